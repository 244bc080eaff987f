/* SPDX-License-Identifier: Apache-2.0 */
/* A process of HCS: the step function around hcs_process_machine.rl. */
#include "machines.h"

%%{
    machine hcs_process;
    alphtype unsigned char;
    import "symbols.rlh";
    include effects "effects.rl";

    # Never taken: makes Ragel name every state, so that a stored state survives a regeneration of the machine.
    action keep {
        (void)fentry(start);
        (void)fentry(Created);
        (void)fentry(Starting);
        (void)fentry(Watching);
        (void)fentry(Undoing);
        (void)fentry(Unmaking);
        (void)fentry(Running);
        (void)fentry(Pausing);
        (void)fentry(Paused);
        (void)fentry(Resuming);
        (void)fentry(PauseDoubt);
        (void)fentry(ResumeDoubt);
        (void)fentry(Unsure);
        (void)fentry(Asking);
        (void)fentry(Ended);
        (void)fentry(Stopped);
        (void)fentry(Leaving);
        (void)fentry(Added);
        (void)fentry(ExecStarting);
        (void)fentry(ExecWatching);
        (void)fentry(ExecUndoing);
        (void)fentry(ExecUnmaking);
        (void)fentry(ExecRunning);
        (void)fentry(ExecAsking);
        (void)fentry(ExecEnded);
        (void)fentry(ExecStopped);
    }

    action to_none          { to = C8D_HCS_PROCESS_NONE; }
    action to_created       { to = C8D_HCS_PROCESS_CREATED; }
    action to_starting      { to = C8D_HCS_PROCESS_STARTING; }
    action to_watching      { to = C8D_HCS_PROCESS_WATCHING; }
    action to_undoing       { to = C8D_HCS_PROCESS_UNDOING; }
    action to_unmaking      { to = C8D_HCS_PROCESS_UNMAKING; }
    action to_running       { to = C8D_HCS_PROCESS_RUNNING; }
    action to_pausing       { to = C8D_HCS_PROCESS_PAUSING; }
    action to_paused        { to = C8D_HCS_PROCESS_PAUSED; }
    action to_resuming      { to = C8D_HCS_PROCESS_RESUMING; }
    action to_pause_doubt   { to = C8D_HCS_PROCESS_PAUSE_DOUBT; }
    action to_resume_doubt  { to = C8D_HCS_PROCESS_RESUME_DOUBT; }
    action to_unsure        { to = C8D_HCS_PROCESS_UNSURE; }
    action to_asking        { to = C8D_HCS_PROCESS_ASKING; }
    action to_ended         { to = C8D_HCS_PROCESS_ENDED; }
    action to_stopped       { to = C8D_HCS_PROCESS_STOPPED; }
    action to_leaving       { to = C8D_HCS_PROCESS_LEAVING; }
    action to_added         { to = C8D_HCS_PROCESS_ADDED; }
    action to_exec_starting { to = C8D_HCS_PROCESS_EXEC_STARTING; }
    action to_exec_watching { to = C8D_HCS_PROCESS_EXEC_WATCHING; }
    action to_exec_undoing  { to = C8D_HCS_PROCESS_EXEC_UNDOING; }
    action to_exec_unmaking { to = C8D_HCS_PROCESS_EXEC_UNMAKING; }
    action to_exec_running  { to = C8D_HCS_PROCESS_EXEC_RUNNING; }
    action to_exec_asking   { to = C8D_HCS_PROCESS_EXEC_ASKING; }
    action to_exec_ended    { to = C8D_HCS_PROCESS_EXEC_ENDED; }
    action to_exec_stopped  { to = C8D_HCS_PROCESS_EXEC_STOPPED; }

    include hcs_process_machine "hcs_process_machine.rl";
    write data nofinal noerror;
}%%

static int entry_of(uint8_t state)
{
    switch (state) {
    case C8D_HCS_PROCESS_CREATED:
        return hcs_process_en_main_Created;
    case C8D_HCS_PROCESS_STARTING:
        return hcs_process_en_main_Starting;
    case C8D_HCS_PROCESS_WATCHING:
        return hcs_process_en_main_Watching;
    case C8D_HCS_PROCESS_UNDOING:
        return hcs_process_en_main_Undoing;
    case C8D_HCS_PROCESS_UNMAKING:
        return hcs_process_en_main_Unmaking;
    case C8D_HCS_PROCESS_RUNNING:
        return hcs_process_en_main_Running;
    case C8D_HCS_PROCESS_PAUSING:
        return hcs_process_en_main_Pausing;
    case C8D_HCS_PROCESS_PAUSED:
        return hcs_process_en_main_Paused;
    case C8D_HCS_PROCESS_RESUMING:
        return hcs_process_en_main_Resuming;
    case C8D_HCS_PROCESS_PAUSE_DOUBT:
        return hcs_process_en_main_PauseDoubt;
    case C8D_HCS_PROCESS_RESUME_DOUBT:
        return hcs_process_en_main_ResumeDoubt;
    case C8D_HCS_PROCESS_UNSURE:
        return hcs_process_en_main_Unsure;
    case C8D_HCS_PROCESS_ASKING:
        return hcs_process_en_main_Asking;
    case C8D_HCS_PROCESS_ENDED:
        return hcs_process_en_main_Ended;
    case C8D_HCS_PROCESS_STOPPED:
        return hcs_process_en_main_Stopped;
    case C8D_HCS_PROCESS_LEAVING:
        return hcs_process_en_main_Leaving;
    case C8D_HCS_PROCESS_ADDED:
        return hcs_process_en_main_Added;
    case C8D_HCS_PROCESS_EXEC_STARTING:
        return hcs_process_en_main_ExecStarting;
    case C8D_HCS_PROCESS_EXEC_WATCHING:
        return hcs_process_en_main_ExecWatching;
    case C8D_HCS_PROCESS_EXEC_UNDOING:
        return hcs_process_en_main_ExecUndoing;
    case C8D_HCS_PROCESS_EXEC_UNMAKING:
        return hcs_process_en_main_ExecUnmaking;
    case C8D_HCS_PROCESS_EXEC_RUNNING:
        return hcs_process_en_main_ExecRunning;
    case C8D_HCS_PROCESS_EXEC_ASKING:
        return hcs_process_en_main_ExecAsking;
    case C8D_HCS_PROCESS_EXEC_ENDED:
        return hcs_process_en_main_ExecEnded;
    case C8D_HCS_PROCESS_EXEC_STOPPED:
        return hcs_process_en_main_ExecStopped;
    default:
        return hcs_process_en_main_start;
    }
}

bool c8d__hcs_process_step(uint8_t *state, uint8_t symbol, uint64_t *effects)
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
