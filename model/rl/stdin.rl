/* SPDX-License-Identifier: Apache-2.0 */
/* The end of standard input: the step function around stdin_machine.rl. */
#include "machines.h"

%%{
    machine stdin;
    alphtype unsigned char;
    import "symbols.rlh";
    include effects "effects.rl";

    # Never taken: makes Ragel name every state, so that a stored state survives a regeneration of the machine.
    action keep {
        (void)fentry(start);
        (void)fentry(Wished);
        (void)fentry(Closing);
        (void)fentry(Closed);
    }

    action to_open    { to = C8D_STDIN_OPEN; }
    action to_wished  { to = C8D_STDIN_WISHED; }
    action to_closing { to = C8D_STDIN_CLOSING; }
    action to_closed  { to = C8D_STDIN_CLOSED; }

    include stdin_machine "stdin_machine.rl";
    write data nofinal noerror;
}%%

static int entry_of(uint8_t state)
{
    switch (state) {
    case C8D_STDIN_WISHED:
        return stdin_en_main_Wished;
    case C8D_STDIN_CLOSING:
        return stdin_en_main_Closing;
    case C8D_STDIN_CLOSED:
        return stdin_en_main_Closed;
    default:
        return stdin_en_main_start;
    }
}

bool c8d__stdin_step(uint8_t *state, uint8_t symbol, uint64_t *effects)
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
