/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that the model gives itself, as parts of one of the consumer's (replace.c) or for a wish (wish.c).
 */
#include "engine.h"

void c8d__command_own(const struct c8d__subject *about, enum c8d_region region, enum c8d_symbol symbol,
                      uint64_t request)
{
    const struct c8d_input input = {.region = (uint8_t)region, .symbol = (uint8_t)symbol, .request = request};
    struct c8d__subject subject = *about;

    subject.input = &input;
    if (region == C8D_REGION_CONTAINER)
        (void)c8d__record_input(&subject);
    else if (region == C8D_REGION_TASK)
        (void)c8d__task_input(&subject);
    else
        (void)c8d__process_input(&subject);
}
