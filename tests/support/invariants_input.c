/* SPDX-License-Identifier: Apache-2.0 */
/* What an input may not do that is impossible, or not accepted. */
#include "invariants_input.h"
#include <string.h>

static bool same_but_counters(const struct witness *witness)
{
    const uint8_t *now = (const uint8_t *)witness->model;
    const uint8_t *then = witness->image;
    size_t counters = (size_t)((const uint8_t *)c8d_model_counters(witness->model) - now);
    size_t behind = counters + sizeof(struct c8d_model_counters);

    return memcmp(now, then, counters) == 0 &&
           memcmp(now + behind, then + behind, witness->image_bytes - behind) == 0;
}

bool invariant_impossible_leaves_no_trace(const struct witness *witness)
{
    return witness->input == NULL || witness->is_kill_result || witness->actions->outcome != C8D_IMPOSSIBLE ||
           same_but_counters(witness);
}

bool invariant_only_accepted_moves(const struct witness *witness)
{
    if (witness->input == NULL || witness->is_kill_result || witness->actions->outcome == C8D_ACCEPTED)
        return true;
    for (unsigned i = 0; i < witness->life_count; i++) {
        const struct witness_life *life = &witness->lives[i];

        if (life->before.state != life->after.state || life->task_before != life->task_after ||
            life->record_before != life->record_after || life->before.incarnation != life->after.incarnation)
            return false;
    }
    return true;
}

bool invariant_refusal_is_answered(const struct witness *witness)
{
    const struct c8d_actions *actions = witness->actions;
    const struct c8d_input *input = witness->input;

    if (input == NULL || witness->is_kill_result || actions->outcome != C8D_IMPOSSIBLE ||
        input->request == 0 || c8d_symbol_class((enum c8d_symbol)input->symbol) != C8D_CLASS_COMMAND ||
        input->region == C8D_REGION_CONNECTION)
        return true;
    return actions->count == 1 && actions->items[0].kind == C8D_ACTION_DONE &&
           actions->items[0].request == input->request && actions->items[0].status != C8D_OK;
}
