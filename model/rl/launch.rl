/* SPDX-License-Identifier: Apache-2.0 */
/* Create and start as one: the step function around launch_machine.rl. */
#include "machines.h"

%%{
    machine launch;
    alphtype unsigned char;
    import "symbols.rlh";
    include effects "effects.rl";

    # Never taken: makes Ragel name every state, so that a stored state survives a regeneration of the machine.
    action keep {
        (void)fentry(start);
        (void)fentry(Creating);
        (void)fentry(Starting);
        (void)fentry(Undoing);
    }

    action to_idle     { to = C8D_LAUNCH_IDLE; }
    action to_creating { to = C8D_LAUNCH_CREATING; }
    action to_starting { to = C8D_LAUNCH_STARTING; }
    action to_undoing  { to = C8D_LAUNCH_UNDOING; }

    include launch_machine "launch_machine.rl";
    write data nofinal noerror;
}%%

static int entry_of(uint8_t state)
{
    switch (state) {
    case C8D_LAUNCH_CREATING:
        return launch_en_main_Creating;
    case C8D_LAUNCH_STARTING:
        return launch_en_main_Starting;
    case C8D_LAUNCH_UNDOING:
        return launch_en_main_Undoing;
    default:
        return launch_en_main_start;
    }
}

bool c8d__launch_step(uint8_t *state, uint8_t symbol, uint64_t *effects)
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
