/* SPDX-License-Identifier: Apache-2.0 */
/* Stopping a process: the step function around stop_machine.rl. */
#include "machines.h"

%%{
    machine stop;
    alphtype unsigned char;
    import "symbols.rlh";
    include effects "effects.rl";

    # Never taken: makes Ragel name every state, so that a stored state survives a regeneration of the machine.
    action keep {
        (void)fentry(start);
        (void)fentry(Signaled);
        (void)fentry(Killed);
    }

    action to_idle     { to = C8D_STOP_IDLE; }
    action to_signaled { to = C8D_STOP_SIGNALED; }
    action to_killed   { to = C8D_STOP_KILLED; }

    include stop_machine "stop_machine.rl";
    write data nofinal noerror;
}%%

static int entry_of(uint8_t state)
{
    switch (state) {
    case C8D_STOP_SIGNALED:
        return stop_en_main_Signaled;
    case C8D_STOP_KILLED:
        return stop_en_main_Killed;
    default:
        return stop_en_main_start;
    }
}

bool c8d__stop_step(uint8_t *state, uint8_t symbol, uint64_t *effects)
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
