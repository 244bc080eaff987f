/* SPDX-License-Identifier: Apache-2.0 */
/* The invariants of stops and wishes: of what goes on until it is reached. */
#include "invariants_wish.h"
#include <c8d/wish.h>

bool invariant_stop_is_an_end(const struct witness *witness, const struct c8d_action *action)
{
    const struct witness_life *life = witness_find(witness, action->container, action->process);

    if (action->kind != C8D_ACTION_DONE || action->status != C8D_OK || life == NULL || life->stop == 0 ||
        action->request != life->stop)
        return true;
    return life->told.ended || life->told.gone;
}

/* Whether the task of a container is paused is of no account while there is none that runs. */
static bool task_is_down(const struct witness *witness, const struct witness_life *life)
{
    struct c8d_container_view view;

    return c8d_model_view_container(witness->model, life->container, &view) &&
           view.task_state == C8D_TASK_DOWN;
}

bool invariant_wish_acts_on_evidence(const struct witness *witness, const struct c8d_action *action)
{
    const struct witness_life *life = witness_find(witness, action->container, C8D_REF_NONE);

    if (!witness_is_for_a_wish(action))
        return true;
    /* What is frozen is resumed for the signal of a stop. */
    return c8d_model_connection(witness->model) == C8D_CONNECTION_UP && life != NULL && !life->call &&
           !life->force_call && !life->record_call && !life->query && !life->record_query &&
           ((!life->task_call && (!life->task_query || task_is_down(witness, life))) ||
            action->what == C8D_COMMAND_KILL);
}

/* What may be asked for while a wish stands: a set of commands. */
static uint32_t commands_of(const struct c8d_action *action, uint8_t wish)
{
    static const uint32_t stop = 1u << C8D_COMMAND_KILL;
    bool of_record = action->region == C8D_REGION_CONTAINER;

    if (wish >= C8D_WISH_RUNNING && wish <= C8D_WISH_RUNNING_BACKOFF)
        return 1u << C8D_COMMAND_CREATE | 1u << C8D_COMMAND_START | 1u << C8D_COMMAND_RESUME |
               (of_record ? 0 : 1u << C8D_COMMAND_DELETE);
    if (wish >= C8D_WISH_STOPPED && wish <= C8D_WISH_STOPPED_BACKOFF)
        return stop;
    if (wish >= C8D_WISH_PAUSED && wish <= C8D_WISH_PAUSED_BACKOFF)
        return 1u << C8D_COMMAND_PAUSE;
    return wish >= C8D_WISH_REMOVED ? stop | 1u << C8D_COMMAND_DELETE : 0;
}

bool invariant_wish_is_followed(const struct witness *witness)
{
    for (uint32_t i = 0; i < witness->actions->count; i++) {
        const struct c8d_action *action = &witness->actions->items[i];

        if (witness_is_for_a_wish(action) &&
            (commands_of(action, witness_find(witness, action->container, C8D_REF_NONE)->wish) >>
                 action->what &
             1) == 0)
            return false;
    }
    return true;
}

bool invariant_wish_is_paced(const struct witness *witness)
{
    for (unsigned i = 0; i < witness->life_count; i++) {
        if (witness->lives[i].wish_calls > 5)
            return false;
    }
    return true;
}

bool invariant_refusal_pauses(const struct witness *witness)
{
    const struct c8d_input *input = witness->input;
    const struct witness_life *life;

    if (input == NULL || (input->symbol != C8D_SYM_ERROR && input->symbol != C8D_SYM_TAKEN) ||
        witness->is_kill_result || input->process != C8D_REF_NONE)
        return true;
    life = witness_find(witness, input->container, C8D_REF_NONE);
    return life == NULL || life->wish_refused != input->region + 1 || life->wish == C8D_WISH_NONE ||
           life->wish == C8D_WISH_RUNNING_BACKOFF || life->wish == C8D_WISH_STOPPED_BACKOFF ||
           life->wish == C8D_WISH_PAUSED_BACKOFF || life->wish == C8D_WISH_REMOVED_BACKOFF;
}
