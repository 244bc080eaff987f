/* SPDX-License-Identifier: Apache-2.0 */
/* One process: the step function around process_machine.rl. */
#include "machines.h"

%%{
    machine process;
    alphtype unsigned char;
    import "symbols.rlh";
    include effects "effects.rl";

    # Never taken: makes Ragel name every state, so that a stored state survives a regeneration of the machine.
    action keep {
        (void)fentry(start);
        (void)fentry(Unobserved);
        (void)fentry(Loading);
        (void)fentry(Creating);
        (void)fentry(CreateDoubt);
        (void)fentry(Created);
        (void)fentry(Starting);
        (void)fentry(StartingSeen);
        (void)fentry(StartingEnded);
        (void)fentry(StartingOver);
        (void)fentry(StartDoubt);
        (void)fentry(Running);
        (void)fentry(Exited);
        (void)fentry(NeverRan);
        (void)fentry(CreatedDeleting);
        (void)fentry(NeverRanDeleting);
        (void)fentry(CreatedDeleteDoubt);
        (void)fentry(Killing);
        (void)fentry(KillDoubt);
        (void)fentry(Reaping);
        (void)fentry(ReapDoubt);
        (void)fentry(Deleting);
        (void)fentry(DeleteDoubt);
        (void)fentry(NeverRanDeleteDoubt);
    }

    action to_absent                 { to = C8D_PROCESS_ABSENT; }
    action to_unobserved             { to = C8D_PROCESS_UNOBSERVED; }
    action to_loading                { to = C8D_PROCESS_LOADING; }
    action to_creating               { to = C8D_PROCESS_CREATING; }
    action to_create_doubt           { to = C8D_PROCESS_CREATE_DOUBT; }
    action to_created                { to = C8D_PROCESS_CREATED; }
    action to_starting               { to = C8D_PROCESS_STARTING; }
    action to_starting_seen          { to = C8D_PROCESS_STARTING_SEEN; }
    action to_starting_ended         { to = C8D_PROCESS_STARTING_ENDED; }
    action to_starting_over          { to = C8D_PROCESS_STARTING_OVER; }
    action to_start_doubt            { to = C8D_PROCESS_START_DOUBT; }
    action to_running                { to = C8D_PROCESS_RUNNING; }
    action to_exited                 { to = C8D_PROCESS_EXITED; }
    action to_never_ran              { to = C8D_PROCESS_NEVER_RAN; }
    action to_created_deleting       { to = C8D_PROCESS_CREATED_DELETING; }
    action to_never_ran_deleting     { to = C8D_PROCESS_NEVER_RAN_DELETING; }
    action to_created_delete_doubt   { to = C8D_PROCESS_CREATED_DELETE_DOUBT; }
    action to_killing                { to = C8D_PROCESS_KILLING; }
    action to_kill_doubt             { to = C8D_PROCESS_KILL_DOUBT; }
    action to_reaping                { to = C8D_PROCESS_REAPING; }
    action to_reap_doubt             { to = C8D_PROCESS_REAP_DOUBT; }
    action to_deleting               { to = C8D_PROCESS_DELETING; }
    action to_delete_doubt           { to = C8D_PROCESS_DELETE_DOUBT; }
    action to_never_ran_delete_doubt { to = C8D_PROCESS_NEVER_RAN_DELETE_DOUBT; }

    include process_machine "process_machine.rl";
    write data nofinal noerror;
}%%

static int entry_of(uint8_t state)
{
    switch (state) {
    case C8D_PROCESS_UNOBSERVED:
        return process_en_main_Unobserved;
    case C8D_PROCESS_LOADING:
        return process_en_main_Loading;
    case C8D_PROCESS_CREATING:
        return process_en_main_Creating;
    case C8D_PROCESS_CREATE_DOUBT:
        return process_en_main_CreateDoubt;
    case C8D_PROCESS_CREATED:
        return process_en_main_Created;
    case C8D_PROCESS_STARTING:
        return process_en_main_Starting;
    case C8D_PROCESS_STARTING_SEEN:
        return process_en_main_StartingSeen;
    case C8D_PROCESS_STARTING_ENDED:
        return process_en_main_StartingEnded;
    case C8D_PROCESS_STARTING_OVER:
        return process_en_main_StartingOver;
    case C8D_PROCESS_START_DOUBT:
        return process_en_main_StartDoubt;
    case C8D_PROCESS_RUNNING:
        return process_en_main_Running;
    case C8D_PROCESS_EXITED:
        return process_en_main_Exited;
    case C8D_PROCESS_NEVER_RAN:
        return process_en_main_NeverRan;
    case C8D_PROCESS_CREATED_DELETING:
        return process_en_main_CreatedDeleting;
    case C8D_PROCESS_NEVER_RAN_DELETING:
        return process_en_main_NeverRanDeleting;
    case C8D_PROCESS_CREATED_DELETE_DOUBT:
        return process_en_main_CreatedDeleteDoubt;
    case C8D_PROCESS_KILLING:
        return process_en_main_Killing;
    case C8D_PROCESS_KILL_DOUBT:
        return process_en_main_KillDoubt;
    case C8D_PROCESS_REAPING:
        return process_en_main_Reaping;
    case C8D_PROCESS_REAP_DOUBT:
        return process_en_main_ReapDoubt;
    case C8D_PROCESS_DELETING:
        return process_en_main_Deleting;
    case C8D_PROCESS_DELETE_DOUBT:
        return process_en_main_DeleteDoubt;
    case C8D_PROCESS_NEVER_RAN_DELETE_DOUBT:
        return process_en_main_NeverRanDeleteDoubt;
    default:
        return process_en_main_start;
    }
}

bool c8d__process_step(uint8_t *state, uint8_t symbol, uint64_t *effects)
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
