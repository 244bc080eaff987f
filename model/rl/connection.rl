/* SPDX-License-Identifier: Apache-2.0 */
/* The event stream: the step function around connection_machine.rl. */
#include "machines.h"

%%{
    machine connection;
    alphtype unsigned char;
    import "symbols.rlh";
    include effects "effects.rl";

    # Never taken: makes Ragel name every state, so that a stored state survives a regeneration of the machine.
    action keep {
        (void)fentry(start);
        (void)fentry(Opening);
        (void)fentry(OpeningRestore);
        (void)fentry(Up);
        (void)fentry(Listing);
        (void)fentry(ListPause);
        (void)fentry(Pause);
        (void)fentry(Reopening);
        (void)fentry(Closed);
    }

    action to_idle            { to = C8D_CONNECTION_IDLE; }
    action to_opening         { to = C8D_CONNECTION_OPENING; }
    action to_opening_restore { to = C8D_CONNECTION_OPENING_RESTORE; }
    action to_up              { to = C8D_CONNECTION_UP; }
    action to_listing         { to = C8D_CONNECTION_LISTING; }
    action to_list_pause      { to = C8D_CONNECTION_LIST_PAUSE; }
    action to_pause           { to = C8D_CONNECTION_PAUSE; }
    action to_reopening       { to = C8D_CONNECTION_REOPENING; }
    action to_closed          { to = C8D_CONNECTION_CLOSED; }

    include connection_machine "connection_machine.rl";
    write data nofinal noerror;
}%%

static int entry_of(uint8_t state)
{
    switch (state) {
    case C8D_CONNECTION_OPENING:
        return connection_en_main_Opening;
    case C8D_CONNECTION_OPENING_RESTORE:
        return connection_en_main_OpeningRestore;
    case C8D_CONNECTION_UP:
        return connection_en_main_Up;
    case C8D_CONNECTION_LISTING:
        return connection_en_main_Listing;
    case C8D_CONNECTION_LIST_PAUSE:
        return connection_en_main_ListPause;
    case C8D_CONNECTION_PAUSE:
        return connection_en_main_Pause;
    case C8D_CONNECTION_REOPENING:
        return connection_en_main_Reopening;
    case C8D_CONNECTION_CLOSED:
        return connection_en_main_Closed;
    default:
        return connection_en_main_start;
    }
}

bool c8d__connection_step(uint8_t *state, uint8_t symbol, uint64_t *effects)
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
