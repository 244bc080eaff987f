/* SPDX-License-Identifier: Apache-2.0 */
/* What the consumer wishes of a container: the step function around wish_machine.rl. */
#include "machines.h"

%%{
    machine wish;
    alphtype unsigned char;
    import "symbols.rlh";
    include effects "effects.rl";

    # Never taken: makes Ragel name every state, so that a stored state survives a regeneration of the machine.
    action keep {
        (void)fentry(start);
        (void)fentry(Dropped);
        (void)fentry(Running);
        (void)fentry(RunningCalling);
        (void)fentry(RunningReaping);
        (void)fentry(RunningBackoff);
        (void)fentry(Stopped);
        (void)fentry(StoppedCalling);
        (void)fentry(StoppedBackoff);
        (void)fentry(Paused);
        (void)fentry(PausedCalling);
        (void)fentry(PausedBackoff);
        (void)fentry(Removed);
        (void)fentry(RemovedCalling);
        (void)fentry(RemovedBackoff);
    }

    action to_none            { to = C8D_WISH_NONE; }
    action to_dropped         { to = C8D_WISH_DROPPED; }
    action to_running         { to = C8D_WISH_RUNNING; }
    action to_running_calling { to = C8D_WISH_RUNNING_CALLING; }
    action to_running_reaping { to = C8D_WISH_RUNNING_REAPING; }
    action to_running_backoff { to = C8D_WISH_RUNNING_BACKOFF; }
    action to_stopped         { to = C8D_WISH_STOPPED; }
    action to_stopped_calling { to = C8D_WISH_STOPPED_CALLING; }
    action to_stopped_backoff { to = C8D_WISH_STOPPED_BACKOFF; }
    action to_paused          { to = C8D_WISH_PAUSED; }
    action to_paused_calling  { to = C8D_WISH_PAUSED_CALLING; }
    action to_paused_backoff  { to = C8D_WISH_PAUSED_BACKOFF; }
    action to_removed         { to = C8D_WISH_REMOVED; }
    action to_removed_calling { to = C8D_WISH_REMOVED_CALLING; }
    action to_removed_backoff { to = C8D_WISH_REMOVED_BACKOFF; }

    include wish_machine "wish_machine.rl";
    write data nofinal noerror;
}%%

static int entry_of(uint8_t state)
{
    switch (state) {
    case C8D_WISH_DROPPED:
        return wish_en_main_Dropped;
    case C8D_WISH_RUNNING:
        return wish_en_main_Running;
    case C8D_WISH_RUNNING_CALLING:
        return wish_en_main_RunningCalling;
    case C8D_WISH_RUNNING_REAPING:
        return wish_en_main_RunningReaping;
    case C8D_WISH_RUNNING_BACKOFF:
        return wish_en_main_RunningBackoff;
    case C8D_WISH_STOPPED:
        return wish_en_main_Stopped;
    case C8D_WISH_STOPPED_CALLING:
        return wish_en_main_StoppedCalling;
    case C8D_WISH_STOPPED_BACKOFF:
        return wish_en_main_StoppedBackoff;
    case C8D_WISH_PAUSED:
        return wish_en_main_Paused;
    case C8D_WISH_PAUSED_CALLING:
        return wish_en_main_PausedCalling;
    case C8D_WISH_PAUSED_BACKOFF:
        return wish_en_main_PausedBackoff;
    case C8D_WISH_REMOVED:
        return wish_en_main_Removed;
    case C8D_WISH_REMOVED_CALLING:
        return wish_en_main_RemovedCalling;
    case C8D_WISH_REMOVED_BACKOFF:
        return wish_en_main_RemovedBackoff;
    default:
        return wish_en_main_start;
    }
}

bool c8d__wish_step(uint8_t *state, uint8_t symbol, uint64_t *effects)
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
