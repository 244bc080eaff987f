/* SPDX-License-Identifier: Apache-2.0 */
/* Pause and checkpoint of a task: the step function around task_machine.rl. */
#include "machines.h"

%%{
    machine task;
    alphtype unsigned char;
    import "symbols.rlh";
    include effects "effects.rl";

    # Never taken: makes Ragel name every state, so that a stored state survives a regeneration of the machine.
    action keep {
        (void)fentry(start);
        (void)fentry(Thawed);
        (void)fentry(Pausing);
        (void)fentry(PauseDoubt);
        (void)fentry(Paused);
        (void)fentry(Resuming);
        (void)fentry(ResumeDoubt);
        (void)fentry(Checkpointing);
        (void)fentry(DownCalling);
        (void)fentry(UpCalling);
    }

    action to_down          { to = C8D_TASK_DOWN; }
    action to_thawed        { to = C8D_TASK_THAWED; }
    action to_pausing       { to = C8D_TASK_PAUSING; }
    action to_pause_doubt   { to = C8D_TASK_PAUSE_DOUBT; }
    action to_paused        { to = C8D_TASK_PAUSED; }
    action to_resuming      { to = C8D_TASK_RESUMING; }
    action to_resume_doubt  { to = C8D_TASK_RESUME_DOUBT; }
    action to_checkpointing { to = C8D_TASK_CHECKPOINTING; }
    action to_down_calling  { to = C8D_TASK_DOWN_CALLING; }
    action to_up_calling    { to = C8D_TASK_UP_CALLING; }

    include task_machine "task_machine.rl";
    write data nofinal noerror;
}%%

static int entry_of(uint8_t state)
{
    switch (state) {
    case C8D_TASK_THAWED:
        return task_en_main_Thawed;
    case C8D_TASK_PAUSING:
        return task_en_main_Pausing;
    case C8D_TASK_PAUSE_DOUBT:
        return task_en_main_PauseDoubt;
    case C8D_TASK_PAUSED:
        return task_en_main_Paused;
    case C8D_TASK_RESUMING:
        return task_en_main_Resuming;
    case C8D_TASK_RESUME_DOUBT:
        return task_en_main_ResumeDoubt;
    case C8D_TASK_CHECKPOINTING:
        return task_en_main_Checkpointing;
    case C8D_TASK_DOWN_CALLING:
        return task_en_main_DownCalling;
    case C8D_TASK_UP_CALLING:
        return task_en_main_UpCalling;
    default:
        return task_en_main_start;
    }
}

bool c8d__task_step(uint8_t *state, uint8_t symbol, uint64_t *effects)
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
