/* SPDX-License-Identifier: Apache-2.0 */
/* Query bookkeeping: the step function around query_machine.rl. */
#include "machines.h"

%%{
    machine query;
    alphtype unsigned char;
    import "symbols.rlh";
    include effects "effects.rl";

    # Never taken: makes Ragel name every state, so that a stored state survives a regeneration of the machine.
    action keep {
        (void)fentry(start);
        (void)fentry(Asked);
        (void)fentry(Disturbed);
        (void)fentry(Owed);
        (void)fentry(Waiting);
        (void)fentry(Listed);
        (void)fentry(ListDisturbed);
    }

    action to_idle           { to = C8D_QUERY_IDLE; }
    action to_asked          { to = C8D_QUERY_ASKED; }
    action to_disturbed      { to = C8D_QUERY_DISTURBED; }
    action to_owed           { to = C8D_QUERY_OWED; }
    action to_waiting        { to = C8D_QUERY_WAITING; }
    action to_listed         { to = C8D_QUERY_LISTED; }
    action to_list_disturbed { to = C8D_QUERY_LIST_DISTURBED; }

    include query_machine "query_machine.rl";
    write data nofinal noerror;
}%%

static int entry_of(uint8_t state)
{
    switch (state) {
    case C8D_QUERY_ASKED:
        return query_en_main_Asked;
    case C8D_QUERY_DISTURBED:
        return query_en_main_Disturbed;
    case C8D_QUERY_OWED:
        return query_en_main_Owed;
    case C8D_QUERY_WAITING:
        return query_en_main_Waiting;
    case C8D_QUERY_LISTED:
        return query_en_main_Listed;
    case C8D_QUERY_LIST_DISTURBED:
        return query_en_main_ListDisturbed;
    default:
        return query_en_main_start;
    }
}

bool c8d__query_step(uint8_t *state, uint8_t symbol, uint64_t *effects)
{
    const unsigned char *p = &symbol;
    const unsigned char *const pe = p + 1;
    int cs = entry_of(*state);
    uint8_t to = 0; /* set on the way into each state */
    uint64_t fx = 0;

    %% write exec;

    /* Without an arrow Ragel is in its error state, 0, and nothing may have changed. */
    if (cs == 0)
        return false;
    *state = to;
    *effects = fx;
    return true;
}
