/* SPDX-License-Identifier: Apache-2.0 */
/* Whether calls are answered: the step function around response_machine.rl. */
#include "machines.h"

%%{
    machine response;
    alphtype unsigned char;
    import "symbols.rlh";
    include effects "effects.rl";

    # Never taken: makes Ragel name every state, so that a stored state survives a regeneration of the machine.
    action keep {
        (void)fentry(start);
        (void)fentry(QueryLate);
        (void)fentry(CallLate);
        (void)fentry(Silent);
        (void)fentry(Stuck);
        (void)fentry(Undead);
    }

    action to_answering  { to = C8D_RESPONSE_ANSWERING; }
    action to_query_late { to = C8D_RESPONSE_QUERY_LATE; }
    action to_call_late  { to = C8D_RESPONSE_CALL_LATE; }
    action to_silent     { to = C8D_RESPONSE_SILENT; }
    action to_stuck      { to = C8D_RESPONSE_STUCK; }
    action to_undead     { to = C8D_RESPONSE_UNDEAD; }

    include response_machine "response_machine.rl";
    write data nofinal noerror;
}%%

static int entry_of(uint8_t state)
{
    switch (state) {
    case C8D_RESPONSE_QUERY_LATE:
        return response_en_main_QueryLate;
    case C8D_RESPONSE_CALL_LATE:
        return response_en_main_CallLate;
    case C8D_RESPONSE_SILENT:
        return response_en_main_Silent;
    case C8D_RESPONSE_STUCK:
        return response_en_main_Stuck;
    case C8D_RESPONSE_UNDEAD:
        return response_en_main_Undead;
    default:
        return response_en_main_start;
    }
}

bool c8d__response_step(uint8_t *state, uint8_t symbol, uint64_t *effects)
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
