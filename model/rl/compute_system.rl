/* SPDX-License-Identifier: Apache-2.0 */
/* A compute system: the step function around compute_system_machine.rl. */
#include "machines.h"

%%{
    machine compute_system;
    alphtype unsigned char;
    import "symbols.rlh";
    include effects "effects.rl";

    # Never taken: makes Ragel name every state, so that a stored state survives a regeneration of the machine.
    action keep {
        (void)fentry(start);
        (void)fentry(Creating);
        (void)fentry(Starting);
        (void)fentry(Undoing);
        (void)fentry(Unmaking);
        (void)fentry(Up);
        (void)fentry(Over);
        (void)fentry(Killing);
        (void)fentry(Killed);
        (void)fentry(Vacant);
        (void)fentry(Renewing);
        (void)fentry(Replacing);
        (void)fentry(Recreating);
        (void)fentry(Restarting);
        (void)fentry(Reundoing);
        (void)fentry(Reunmaking);
        (void)fentry(ShuttingDown);
        (void)fentry(Terminating);
        (void)fentry(Closing);
        (void)fentry(ClosingFailed);
        (void)fentry(LookOpening);
        (void)fentry(LookAsking);
        (void)fentry(Looked);
        (void)fentry(Refused);
        (void)fentry(Opening);
        (void)fentry(Asking);
        (void)fentry(Left);
        (void)fentry(LeftOpening);
        (void)fentry(LeftAsking);
        (void)fentry(Watching);
        (void)fentry(Ending);
        (void)fentry(GivingUp);
        (void)fentry(Loaded);
    }

    action to_none           { to = C8D_COMPUTE_SYSTEM_NONE; }
    action to_creating       { to = C8D_COMPUTE_SYSTEM_CREATING; }
    action to_starting       { to = C8D_COMPUTE_SYSTEM_STARTING; }
    action to_undoing        { to = C8D_COMPUTE_SYSTEM_UNDOING; }
    action to_unmaking       { to = C8D_COMPUTE_SYSTEM_UNMAKING; }
    action to_up             { to = C8D_COMPUTE_SYSTEM_UP; }
    action to_over           { to = C8D_COMPUTE_SYSTEM_OVER; }
    action to_killing        { to = C8D_COMPUTE_SYSTEM_KILLING; }
    action to_killed         { to = C8D_COMPUTE_SYSTEM_KILLED; }
    action to_vacant         { to = C8D_COMPUTE_SYSTEM_VACANT; }
    action to_renewing       { to = C8D_COMPUTE_SYSTEM_RENEWING; }
    action to_replacing      { to = C8D_COMPUTE_SYSTEM_REPLACING; }
    action to_recreating     { to = C8D_COMPUTE_SYSTEM_RECREATING; }
    action to_restarting     { to = C8D_COMPUTE_SYSTEM_RESTARTING; }
    action to_reundoing      { to = C8D_COMPUTE_SYSTEM_REUNDOING; }
    action to_reunmaking     { to = C8D_COMPUTE_SYSTEM_REUNMAKING; }
    action to_shutting_down  { to = C8D_COMPUTE_SYSTEM_SHUTTING_DOWN; }
    action to_terminating    { to = C8D_COMPUTE_SYSTEM_TERMINATING; }
    action to_closing        { to = C8D_COMPUTE_SYSTEM_CLOSING; }
    action to_closing_failed { to = C8D_COMPUTE_SYSTEM_CLOSING_FAILED; }
    action to_look_opening   { to = C8D_COMPUTE_SYSTEM_LOOK_OPENING; }
    action to_look_asking    { to = C8D_COMPUTE_SYSTEM_LOOK_ASKING; }
    action to_looked         { to = C8D_COMPUTE_SYSTEM_LOOKED; }
    action to_refused        { to = C8D_COMPUTE_SYSTEM_REFUSED; }
    action to_opening        { to = C8D_COMPUTE_SYSTEM_OPENING; }
    action to_asking         { to = C8D_COMPUTE_SYSTEM_ASKING; }
    action to_left           { to = C8D_COMPUTE_SYSTEM_LEFT; }
    action to_left_opening   { to = C8D_COMPUTE_SYSTEM_LEFT_OPENING; }
    action to_left_asking    { to = C8D_COMPUTE_SYSTEM_LEFT_ASKING; }
    action to_watching       { to = C8D_COMPUTE_SYSTEM_WATCHING; }
    action to_ending         { to = C8D_COMPUTE_SYSTEM_ENDING; }
    action to_giving_up      { to = C8D_COMPUTE_SYSTEM_GIVING_UP; }
    action to_loaded         { to = C8D_COMPUTE_SYSTEM_LOADED; }

    include compute_system_machine "compute_system_machine.rl";
    write data nofinal noerror;
}%%

static int entry_of(uint8_t state)
{
    switch (state) {
    case C8D_COMPUTE_SYSTEM_CREATING:
        return compute_system_en_main_Creating;
    case C8D_COMPUTE_SYSTEM_STARTING:
        return compute_system_en_main_Starting;
    case C8D_COMPUTE_SYSTEM_UNDOING:
        return compute_system_en_main_Undoing;
    case C8D_COMPUTE_SYSTEM_UNMAKING:
        return compute_system_en_main_Unmaking;
    case C8D_COMPUTE_SYSTEM_UP:
        return compute_system_en_main_Up;
    case C8D_COMPUTE_SYSTEM_OVER:
        return compute_system_en_main_Over;
    case C8D_COMPUTE_SYSTEM_KILLING:
        return compute_system_en_main_Killing;
    case C8D_COMPUTE_SYSTEM_KILLED:
        return compute_system_en_main_Killed;
    case C8D_COMPUTE_SYSTEM_VACANT:
        return compute_system_en_main_Vacant;
    case C8D_COMPUTE_SYSTEM_RENEWING:
        return compute_system_en_main_Renewing;
    case C8D_COMPUTE_SYSTEM_REPLACING:
        return compute_system_en_main_Replacing;
    case C8D_COMPUTE_SYSTEM_RECREATING:
        return compute_system_en_main_Recreating;
    case C8D_COMPUTE_SYSTEM_RESTARTING:
        return compute_system_en_main_Restarting;
    case C8D_COMPUTE_SYSTEM_REUNDOING:
        return compute_system_en_main_Reundoing;
    case C8D_COMPUTE_SYSTEM_REUNMAKING:
        return compute_system_en_main_Reunmaking;
    case C8D_COMPUTE_SYSTEM_SHUTTING_DOWN:
        return compute_system_en_main_ShuttingDown;
    case C8D_COMPUTE_SYSTEM_TERMINATING:
        return compute_system_en_main_Terminating;
    case C8D_COMPUTE_SYSTEM_CLOSING:
        return compute_system_en_main_Closing;
    case C8D_COMPUTE_SYSTEM_CLOSING_FAILED:
        return compute_system_en_main_ClosingFailed;
    case C8D_COMPUTE_SYSTEM_LOOK_OPENING:
        return compute_system_en_main_LookOpening;
    case C8D_COMPUTE_SYSTEM_LOOK_ASKING:
        return compute_system_en_main_LookAsking;
    case C8D_COMPUTE_SYSTEM_LOOKED:
        return compute_system_en_main_Looked;
    case C8D_COMPUTE_SYSTEM_REFUSED:
        return compute_system_en_main_Refused;
    case C8D_COMPUTE_SYSTEM_OPENING:
        return compute_system_en_main_Opening;
    case C8D_COMPUTE_SYSTEM_ASKING:
        return compute_system_en_main_Asking;
    case C8D_COMPUTE_SYSTEM_LEFT:
        return compute_system_en_main_Left;
    case C8D_COMPUTE_SYSTEM_LEFT_OPENING:
        return compute_system_en_main_LeftOpening;
    case C8D_COMPUTE_SYSTEM_LEFT_ASKING:
        return compute_system_en_main_LeftAsking;
    case C8D_COMPUTE_SYSTEM_WATCHING:
        return compute_system_en_main_Watching;
    case C8D_COMPUTE_SYSTEM_ENDING:
        return compute_system_en_main_Ending;
    case C8D_COMPUTE_SYSTEM_GIVING_UP:
        return compute_system_en_main_GivingUp;
    case C8D_COMPUTE_SYSTEM_LOADED:
        return compute_system_en_main_Loaded;
    default:
        return compute_system_en_main_start;
    }
}

bool c8d__compute_system_step(uint8_t *state, uint8_t symbol, uint64_t *effects)
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
