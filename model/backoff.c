/* SPDX-License-Identifier: Apache-2.0 */
/* How long to pause: for whoever keeps the clock. */
#include <c8d/base.h>

int64_t c8d_backoff_ns(int64_t first_ns, int64_t longest_ns, uint32_t attempt)
{
    int64_t pause = first_ns;

    for (; attempt > 1 && pause < longest_ns; attempt--)
        pause = pause <= longest_ns / 2 ? pause * 2 : longest_ns;
    return pause < longest_ns ? pause : longest_ns;
}
