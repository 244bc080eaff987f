/* SPDX-License-Identifier: Apache-2.0 */
/* Create in place of what is there: the step function around replace_machine.rl. */
#include "machines.h"

%%{
    machine replace;
    alphtype unsigned char;
    import "symbols.rlh";
    include effects "effects.rl";

    # Never taken: makes Ragel name every state, so that a stored state survives a regeneration of the machine.
    action keep {
        (void)fentry(start);
        (void)fentry(Creating);
        (void)fentry(Finding);
        (void)fentry(FindingTask);
        (void)fentry(Clearing);
        (void)fentry(Deleting);
        (void)fentry(CreatingAgain);
    }

    action to_idle           { to = C8D_REPLACE_IDLE; }
    action to_creating       { to = C8D_REPLACE_CREATING; }
    action to_finding        { to = C8D_REPLACE_FINDING; }
    action to_finding_task   { to = C8D_REPLACE_FINDING_TASK; }
    action to_clearing       { to = C8D_REPLACE_CLEARING; }
    action to_deleting       { to = C8D_REPLACE_DELETING; }
    action to_creating_again { to = C8D_REPLACE_CREATING_AGAIN; }

    include replace_machine "replace_machine.rl";
    write data nofinal noerror;
}%%

static int entry_of(uint8_t state)
{
    switch (state) {
    case C8D_REPLACE_CREATING:
        return replace_en_main_Creating;
    case C8D_REPLACE_FINDING:
        return replace_en_main_Finding;
    case C8D_REPLACE_FINDING_TASK:
        return replace_en_main_FindingTask;
    case C8D_REPLACE_CLEARING:
        return replace_en_main_Clearing;
    case C8D_REPLACE_DELETING:
        return replace_en_main_Deleting;
    case C8D_REPLACE_CREATING_AGAIN:
        return replace_en_main_CreatingAgain;
    default:
        return replace_en_main_start;
    }
}

bool c8d__replace_step(uint8_t *state, uint8_t symbol, uint64_t *effects)
{
    const unsigned char *p = &symbol;
    const unsigned char *const pe = p + 1;
    int cs = entry_of(*state);
    uint8_t to = *state;
    uint64_t fx = 0;

    %% write exec;

    /* Without an arrow Ragel is in its error state, 0, and nothing may have changed. */
    if (cs == 0)
        return false;
    *state = to;
    *effects = fx;
    return true;
}
