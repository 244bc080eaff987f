/* SPDX-License-Identifier: Apache-2.0 */
/* Carries out what the query bookkeeping of one region wants. */
#include "engine.h"

bool c8d__is_unanswered(uint8_t symbol)
{
    return symbol == C8D_SYM_IS_UNANSWERED || symbol == C8D_SYM_IS_EXPIRED;
}

uint64_t c8d__query(struct c8d__subject *subject, uint8_t *query, enum c8d_region region, uint8_t symbol)
{
    uint64_t effects = 0;

    if (!c8d__query_step(query, symbol, &effects))
        return 0;
    if ((effects & C8D_FX(CALL_QUERY)) != 0)
        c8d__emit(subject, C8D_ACTION_COMMAND, C8D_COMMAND_QUERY, region);
    if ((effects & C8D_FX(CALL_RETRY)) != 0)
        c8d__emit(subject, C8D_ACTION_COMMAND, C8D_COMMAND_RETRY, region);
    return effects;
}
