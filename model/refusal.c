/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs of state and symbol that have no arrow: why a command is refused, and what a reply or an event means.
 */
#include "engine.h"

static enum c8d_status refusal_of_process(uint8_t state, uint8_t symbol)
{
    bool nothing_there = state == C8D_PROCESS_ABSENT;

    switch (symbol) {
    case C8D_SYM_CREATE:
    case C8D_SYM_LAUNCH:
        return c8d__process_exists(state) ? C8D_ALREADY_EXISTS : C8D_CONFLICT;
    case C8D_SYM_KILL:
        /* What has ended cannot be signalled: containerd says "not found" there, too. */
        return nothing_there || c8d__process_over(state) ? C8D_NOT_FOUND : C8D_CONFLICT;
    default:
        return nothing_there ? C8D_NOT_FOUND : C8D_CONFLICT;
    }
}

static enum c8d_status refusal_of_task(uint8_t state, uint8_t symbol)
{
    if ((state == C8D_TASK_PAUSED && symbol == C8D_SYM_PAUSE) ||
        (state == C8D_TASK_THAWED && symbol == C8D_SYM_RESUME))
        return C8D_NOT_MODIFIED;
    return C8D_CONFLICT;
}

static enum c8d_status refusal_of_container(uint8_t state, uint8_t symbol)
{
    if (symbol == C8D_SYM_CREATE)
        return state == C8D_CONTAINER_PRESENT ? C8D_ALREADY_EXISTS : C8D_CONFLICT;
    return state == C8D_CONTAINER_ABSENT ? C8D_NOT_FOUND : C8D_CONFLICT;
}

enum c8d_status c8d__refusal(enum c8d_machine machine, uint8_t state, uint8_t symbol)
{
    if (machine == C8D_MACHINE_PROCESS)
        return refusal_of_process(state, symbol);
    return machine == C8D_MACHINE_TASK ? refusal_of_task(state, symbol) : refusal_of_container(state, symbol);
}

bool c8d__is_force_reply(uint8_t symbol)
{
    return (symbol >= C8D_SYM_FORCE_OK && symbol <= C8D_SYM_FORCE_LOST) || symbol == C8D_SYM_FORCE_EXPIRED;
}

enum c8d_outcome c8d__outcome_without_arrow(bool nothing_there, uint8_t symbol)
{
    /* The reply to a force-delete's kill may come after the delete that followed it. Any other reply without
     * a call in flight is a fault of the adapter. */
    if (c8d_symbol_class((enum c8d_symbol)symbol) == C8D_CLASS_REPLY)
        return c8d__is_force_reply(symbol) ? C8D_LATE : C8D_IMPOSSIBLE;
    return nothing_there ? C8D_FOREIGN : C8D_LATE;
}
