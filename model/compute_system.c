/* SPDX-License-Identifier: Apache-2.0 */
/* A compute system: what follows from an arrow, and what is seen of a state. */
#include "machines.h"
#include "rows.h"
#include <c8d/compute_system.h>

const char *c8d_compute_system_action_name(enum c8d_compute_system_action action)
{
#define ROW(name, number, text) [number] = text,
    static const char *const names[] = {C8D_COMPUTE_SYSTEM_ACTIONS(ROW)};
#undef ROW
    return (size_t)action < C8D__COUNT_OF(names) ? names[action] : "?";
}

/* In the order of the effects. */
static const struct c8d__row rows[] = {
    {C8D_FX(NOTICE_CREATED), C8D_COMPUTE_SYSTEM_DO_TELL_CREATED},
    {C8D_FX(NOTICE_GONE), C8D_COMPUTE_SYSTEM_DO_TELL_DELETED},
    {C8D_FX(DONE_OK), C8D_COMPUTE_SYSTEM_DO_DONE},
    {C8D_FX(DONE_FAILED), C8D_COMPUTE_SYSTEM_DO_FAIL},
    {C8D_FX(CALL_CREATE), C8D_COMPUTE_SYSTEM_DO_CREATE},
    {C8D_FX(CALL_START), C8D_COMPUTE_SYSTEM_DO_START},
    {C8D_FX(CALL_KILL), C8D_COMPUTE_SYSTEM_DO_SHUT_DOWN},
    {C8D_FX(CALL_FORCE_KILL), C8D_COMPUTE_SYSTEM_DO_TERMINATE},
    {C8D_FX(CALL_QUERY), C8D_COMPUTE_SYSTEM_DO_ASK_OWNER},
    {C8D_FX(CALL_SUBSCRIBE), C8D_COMPUTE_SYSTEM_DO_WATCH},
    {C8D_FX(DEFER), C8D_COMPUTE_SYSTEM_DO_DEFER},
    {C8D_FX(AWAIT), C8D_COMPUTE_SYSTEM_DO_AWAIT_EXIT},
    {C8D_FX(AGAIN), C8D_COMPUTE_SYSTEM_DO_AGAIN},
    {C8D_FX(CALL_LOAD), C8D_COMPUTE_SYSTEM_DO_OPEN},
    {C8D_FX(ABANDON), C8D_COMPUTE_SYSTEM_DO_ABANDON},
    {C8D_FX(CLOSE), C8D_COMPUTE_SYSTEM_DO_CLOSE},
    {C8D_FX(AWAIT_SHUTDOWN), C8D_COMPUTE_SYSTEM_DO_AWAIT_SHUTDOWN},
    {C8D_FX(AWAIT_LEFTOVER), C8D_COMPUTE_SYSTEM_DO_AWAIT_LEFTOVER},
};

bool c8d_compute_system_step(uint8_t *state, uint8_t symbol, struct c8d_compute_system_actions *actions)
{
    uint64_t effects = 0;

    actions->count = 0;
    /* For no symbol at all the machine has an arrow that is Ragel's, not its own. */
    if (symbol == C8D_SYM_NONE || !c8d__compute_system_step(state, symbol, &effects))
        return false;
    actions->count = c8d__rows_of(rows, C8D__COUNT_OF(rows), effects, actions->items);
    return true;
}

enum c8d_compute_system_presence c8d_compute_system_presence(uint8_t state)
{
    switch (state) {
    case C8D_COMPUTE_SYSTEM_UP:
    case C8D_COMPUTE_SYSTEM_OVER:
    case C8D_COMPUTE_SYSTEM_KILLING:
    case C8D_COMPUTE_SYSTEM_KILLED:
    case C8D_COMPUTE_SYSTEM_VACANT:
    case C8D_COMPUTE_SYSTEM_LEFT:
    case C8D_COMPUTE_SYSTEM_LOADED:
        return C8D_COMPUTE_SYSTEM_SETTLED;
    case C8D_COMPUTE_SYSTEM_RENEWING:
    case C8D_COMPUTE_SYSTEM_REPLACING:
    case C8D_COMPUTE_SYSTEM_RECREATING:
    case C8D_COMPUTE_SYSTEM_RESTARTING:
    case C8D_COMPUTE_SYSTEM_REUNDOING:
    case C8D_COMPUTE_SYSTEM_REUNMAKING:
        return C8D_COMPUTE_SYSTEM_BUSY;
    case C8D_COMPUTE_SYSTEM_SHUTTING_DOWN:
    case C8D_COMPUTE_SYSTEM_TERMINATING:
    case C8D_COMPUTE_SYSTEM_CLOSING:
    case C8D_COMPUTE_SYSTEM_CLOSING_FAILED:
    case C8D_COMPUTE_SYSTEM_LEFT_OPENING:
    case C8D_COMPUTE_SYSTEM_LEFT_ASKING:
    case C8D_COMPUTE_SYSTEM_WATCHING:
    case C8D_COMPUTE_SYSTEM_ENDING:
    case C8D_COMPUTE_SYSTEM_GIVING_UP:
        return C8D_COMPUTE_SYSTEM_GOING;
    default:
        return C8D_COMPUTE_SYSTEM_COMING;
    }
}
