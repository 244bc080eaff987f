/* SPDX-License-Identifier: Apache-2.0 */
/* A process of HCS: what follows from an arrow, and what is seen of a state. */
#include "machines.h"
#include "rows.h"
#include <c8d/hcs_process.h>

const char *c8d_hcs_process_action_name(enum c8d_hcs_process_action action)
{
#define ROW(name, number, text) [number] = text,
    static const char *const names[] = {C8D_HCS_PROCESS_ACTIONS(ROW)};
#undef ROW
    return (size_t)action < C8D__COUNT_OF(names) ? names[action] : "?";
}

/* In the order in which they are carried out: what is told comes before what is answered, and an answer
 * before what goes on after it. */
static const struct c8d__row rows[] = {
    {C8D_FX(NOTICE_CREATED), C8D_HCS_PROCESS_DO_TELL_CREATED},
    {C8D_FX(NOTICE_STARTED), C8D_HCS_PROCESS_DO_TELL_STARTED},
    {C8D_FX(NOTICE_PAUSED), C8D_HCS_PROCESS_DO_TELL_PAUSED},
    {C8D_FX(NOTICE_RESUMED), C8D_HCS_PROCESS_DO_TELL_RESUMED},
    {C8D_FX(NOTICE_EXIT), C8D_HCS_PROCESS_DO_TELL_EXIT},
    {C8D_FX(EXIT_UNKNOWN), C8D_HCS_PROCESS_DO_TELL_EXIT_UNKNOWN},
    {C8D_FX(NEVER_RAN), C8D_HCS_PROCESS_DO_TELL_NEVER_RAN},
    {C8D_FX(NOTICE_GONE), C8D_HCS_PROCESS_DO_TELL_DELETED},
    {C8D_FX(FORGET_EXECS), C8D_HCS_PROCESS_DO_FORGET_EXECS},
    {C8D_FX(DONE_OK), C8D_HCS_PROCESS_DO_DONE},
    {C8D_FX(DONE_FAILED), C8D_HCS_PROCESS_DO_FAIL},
    {C8D_FX(DONE_MISSING), C8D_HCS_PROCESS_DO_REFUSE_ENDED},
    {C8D_FX(DONE_CONFLICT), C8D_HCS_PROCESS_DO_REFUSE_UNSTARTED},
    {C8D_FX(CALL_CREATE), C8D_HCS_PROCESS_DO_CREATE},
    {C8D_FX(CALL_SUBSCRIBE), C8D_HCS_PROCESS_DO_WATCH},
    {C8D_FX(CALL_KILL), C8D_HCS_PROCESS_DO_SHUT_DOWN},
    {C8D_FX(CALL_FORCE_KILL), C8D_HCS_PROCESS_DO_TERMINATE},
    {C8D_FX(CALL_SIGNAL), C8D_HCS_PROCESS_DO_END},
    {C8D_FX(CALL_QUERY), C8D_HCS_PROCESS_DO_ASK_CODE},
    {C8D_FX(ASK), C8D_HCS_PROCESS_DO_ASK_ENDED},
    {C8D_FX(LOOK), C8D_HCS_PROCESS_DO_ASK_PAUSED},
    {C8D_FX(CALL_PAUSE), C8D_HCS_PROCESS_DO_PAUSE},
    {C8D_FX(CALL_RESUME), C8D_HCS_PROCESS_DO_RESUME},
    {C8D_FX(CALL_CLOSE_STDIN), C8D_HCS_PROCESS_DO_CLOSE_STDIN},
    {C8D_FX(CLOSE), C8D_HCS_PROCESS_DO_CLOSE},
    {C8D_FX(DEFER), C8D_HCS_PROCESS_DO_DEFER},
};

bool c8d_hcs_process_step(uint8_t *state, uint8_t symbol, struct c8d_hcs_process_actions *actions)
{
    uint64_t effects = 0;

    actions->count = 0;
    /* For no symbol at all the machine has an arrow that is Ragel's, not its own. */
    if (symbol == C8D_SYM_NONE || !c8d__hcs_process_step(state, symbol, &effects))
        return false;
    actions->count = c8d__rows_of(rows, C8D__COUNT_OF(rows), effects, actions->items);
    return true;
}

enum c8d_public_state c8d_hcs_process_seen(uint8_t state)
{
    static const uint8_t seen[] = {
        [C8D_HCS_PROCESS_NONE] = C8D_STATE_DELETED,
        [C8D_HCS_PROCESS_CREATED] = C8D_STATE_CREATED,
        [C8D_HCS_PROCESS_STARTING] = C8D_STATE_CREATED,
        [C8D_HCS_PROCESS_WATCHING] = C8D_STATE_CREATED,
        [C8D_HCS_PROCESS_UNDOING] = C8D_STATE_CREATED,
        [C8D_HCS_PROCESS_UNMAKING] = C8D_STATE_CREATED,
        [C8D_HCS_PROCESS_RUNNING] = C8D_STATE_RUNNING,
        [C8D_HCS_PROCESS_PAUSING] = C8D_STATE_RUNNING,
        [C8D_HCS_PROCESS_PAUSED] = C8D_STATE_PAUSED,
        [C8D_HCS_PROCESS_RESUMING] = C8D_STATE_PAUSED,
        [C8D_HCS_PROCESS_PAUSE_DOUBT] = C8D_STATE_RUNNING,
        [C8D_HCS_PROCESS_RESUME_DOUBT] = C8D_STATE_PAUSED,
        [C8D_HCS_PROCESS_UNSURE] = C8D_STATE_RUNNING,
        [C8D_HCS_PROCESS_ASKING] = C8D_STATE_RUNNING,
        [C8D_HCS_PROCESS_ENDED] = C8D_STATE_STOPPED,
        [C8D_HCS_PROCESS_STOPPED] = C8D_STATE_STOPPED,
        [C8D_HCS_PROCESS_LEAVING] = C8D_STATE_DELETED,
        [C8D_HCS_PROCESS_ADDED] = C8D_STATE_CREATED,
        [C8D_HCS_PROCESS_EXEC_STARTING] = C8D_STATE_CREATED,
        [C8D_HCS_PROCESS_EXEC_WATCHING] = C8D_STATE_CREATED,
        [C8D_HCS_PROCESS_EXEC_UNDOING] = C8D_STATE_CREATED,
        [C8D_HCS_PROCESS_EXEC_UNMAKING] = C8D_STATE_CREATED,
        [C8D_HCS_PROCESS_EXEC_RUNNING] = C8D_STATE_RUNNING,
        [C8D_HCS_PROCESS_EXEC_ASKING] = C8D_STATE_RUNNING,
        [C8D_HCS_PROCESS_EXEC_ENDED] = C8D_STATE_STOPPED,
        [C8D_HCS_PROCESS_EXEC_STOPPED] = C8D_STATE_STOPPED,
    };

    return state < C8D__COUNT_OF(seen) ? (enum c8d_public_state)seen[state] : C8D_STATE_DELETED;
}
