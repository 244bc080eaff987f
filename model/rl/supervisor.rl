/* SPDX-License-Identifier: Apache-2.0 */
/* The supervision of a private runtime: the step function around supervisor_machine.rl. */
#include "machines.h"

%%{
    machine supervisor;
    alphtype unsigned char;
    import "symbols.rlh";
    include effects "effects.rl";

    # Never taken: makes Ragel name every state, so that a stored state survives a regeneration of the machine.
    action keep {
        (void)fentry(start);
        (void)fentry(Looking);
        (void)fentry(Spawning);
        (void)fentry(Starting);
        (void)fentry(Adopting);
        (void)fentry(Replacing);
        (void)fentry(Serving);
        (void)fentry(Failing);
        (void)fentry(Ending);
        (void)fentry(Pause);
        (void)fentry(Respawning);
        (void)fentry(Restarting);
        (void)fentry(Unwanted);
        (void)fentry(Stopping);
        (void)fentry(StopKilling);
        (void)fentry(Abandoning);
        (void)fentry(Lingering);
        (void)fentry(StopLooking);
    }

    action to_idle         { to = C8D_SUPERVISOR_IDLE; }
    action to_looking      { to = C8D_SUPERVISOR_LOOKING; }
    action to_spawning     { to = C8D_SUPERVISOR_SPAWNING; }
    action to_starting     { to = C8D_SUPERVISOR_STARTING; }
    action to_adopting     { to = C8D_SUPERVISOR_ADOPTING; }
    action to_replacing    { to = C8D_SUPERVISOR_REPLACING; }
    action to_serving      { to = C8D_SUPERVISOR_SERVING; }
    action to_failing      { to = C8D_SUPERVISOR_FAILING; }
    action to_ending       { to = C8D_SUPERVISOR_ENDING; }
    action to_pause        { to = C8D_SUPERVISOR_PAUSE; }
    action to_respawning   { to = C8D_SUPERVISOR_RESPAWNING; }
    action to_restarting   { to = C8D_SUPERVISOR_RESTARTING; }
    action to_unwanted     { to = C8D_SUPERVISOR_UNWANTED; }
    action to_stopping     { to = C8D_SUPERVISOR_STOPPING; }
    action to_stop_killing { to = C8D_SUPERVISOR_STOP_KILLING; }
    action to_abandoning   { to = C8D_SUPERVISOR_ABANDONING; }
    action to_lingering    { to = C8D_SUPERVISOR_LINGERING; }
    action to_stop_looking { to = C8D_SUPERVISOR_STOP_LOOKING; }

    include supervisor_machine "supervisor_machine.rl";
    write data nofinal noerror;
}%%

static int entry_of(uint8_t state)
{
    switch (state) {
    case C8D_SUPERVISOR_LOOKING:
        return supervisor_en_main_Looking;
    case C8D_SUPERVISOR_SPAWNING:
        return supervisor_en_main_Spawning;
    case C8D_SUPERVISOR_STARTING:
        return supervisor_en_main_Starting;
    case C8D_SUPERVISOR_ADOPTING:
        return supervisor_en_main_Adopting;
    case C8D_SUPERVISOR_REPLACING:
        return supervisor_en_main_Replacing;
    case C8D_SUPERVISOR_SERVING:
        return supervisor_en_main_Serving;
    case C8D_SUPERVISOR_FAILING:
        return supervisor_en_main_Failing;
    case C8D_SUPERVISOR_ENDING:
        return supervisor_en_main_Ending;
    case C8D_SUPERVISOR_PAUSE:
        return supervisor_en_main_Pause;
    case C8D_SUPERVISOR_RESPAWNING:
        return supervisor_en_main_Respawning;
    case C8D_SUPERVISOR_RESTARTING:
        return supervisor_en_main_Restarting;
    case C8D_SUPERVISOR_UNWANTED:
        return supervisor_en_main_Unwanted;
    case C8D_SUPERVISOR_STOPPING:
        return supervisor_en_main_Stopping;
    case C8D_SUPERVISOR_STOP_KILLING:
        return supervisor_en_main_StopKilling;
    case C8D_SUPERVISOR_ABANDONING:
        return supervisor_en_main_Abandoning;
    case C8D_SUPERVISOR_LINGERING:
        return supervisor_en_main_Lingering;
    case C8D_SUPERVISOR_STOP_LOOKING:
        return supervisor_en_main_StopLooking;
    default:
        return supervisor_en_main_start;
    }
}

bool c8d__supervisor_step(uint8_t *state, uint8_t symbol, uint64_t *effects)
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
