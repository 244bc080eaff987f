/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One process of the Host Compute Service and its record, which HCS does not keep: the init process of a task, or an exec.
 * Made, started, ended, and let go; and whether the task is paused, since that is over when its init process is.
 *
 * CREATE and START are of an init process, LOAD and LAUNCH of an exec, which its task's init process is asked about before: it
 * may refuse them. STOP and KILL: a signal, the second one that cannot be caught; ASK: one that nobody notices.
 *
 * OK, ERROR, LOST: what a call of the procedure under way was answered; of a creation LOST means that something is there and is
 * of no use. EXITED: HCS has told that it has. LOST: HCS cannot tell any more. OVERDUE: its system has exited, and it was not
 * told to have. FORCE_MISSING: a signal found nobody. IS_...: the answer to a question, or none. PAUSED, RESUMED: it has
 * come about.
 *
 * In start there is no record; who gets there is forgotten.
 */
%%{
    machine hcs_process_machine;

    WELL    = OK | ERROR;              # of what is ended or closed: whatever is said, no more can be done
    SIGNAL  = STOP | KILL | ASK;
    OF_EXEC = LOAD | LAUNCH;           # asked of its task

    main := (
    start: ( # None
        0                       @keep                               -> start
      | CREATE                  @created @done                      -> Created
      | LOAD                    @created @done                      -> Added
    ) >~to_none,

    # ---- the init process: until it runs

    # HCS knows nothing of it.
    Created: (
        START                   @call_create                        -> Starting
      | LOAD                                                        -> Created
        # There is nobody to signal, and yet it is over: it never ran, so its end has neither code nor time.
      | (STOP | KILL)           @never_ran @done                    -> Stopped
      | (ASK | CLOSE_STDIN)     @done                               -> Created
      | DELETE                  @never_ran @gone @forget_execs @done -> start
    ) >~to_created,

    # What is wanted of it next depends on what becomes of the start.
    Starting: (
        OK                      @call_subscribe                     -> Watching
        # Refused: nobody was told of a start, so nobody is told of an end, and it may be tried again.
      | ERROR                   @done_failed                        -> Created
        # It is there, and its streams cannot be had.
      | LOST                    @call_signal                        -> Undoing
      | LOAD                                                        -> Starting
      | (SIGNAL | CLOSE_STDIN)  @defer                              -> Starting
    ) >~to_starting,

    # Its exit is held back by HCS until somebody is registered, and by us until its start was told.
    Watching: (
        OK                      @started @done                      -> Running
        # Who cannot be watched would never be told to have ended.
      | ERROR                   @call_signal                        -> Undoing
      | LOAD                                                        -> Watching
      | (SIGNAL | CLOSE_STDIN)  @defer                              -> Watching
    ) >~to_watching,

    Undoing: (
        WELL                    @close                              -> Unmaking
      | LOAD                                                        -> Undoing
      | (SIGNAL | CLOSE_STDIN)  @defer                              -> Undoing
    ) >~to_undoing,

    Unmaking: (
        WELL                    @done_failed                        -> Created
      | LOAD                                                        -> Unmaking
      | (SIGNAL | CLOSE_STDIN)  @defer                              -> Unmaking
    ) >~to_unmaking,

    # ---- it runs; it is not ended alone: its system is shut down or terminated, which ends all who run in it

    Running: (
        STOP                    @call_kill                          -> Running
      | KILL                    @call_force_kill                    -> Running
      | ASK                     @done                               -> Running
      | CLOSE_STDIN             @call_close_stdin                   -> Running
      | OF_EXEC                                                     -> Running
      | PAUSE                   @call_pause                         -> Pausing
        # HCS may never tell of the exit of what has one: so it is asked whether it has.
      | FORCE_MISSING           @ask                                -> Running
      | IS_STOPPED              @exit @close                        -> Ended
      | (EXITED | OVERDUE)      @call_query                         -> Asking
      | LOST                    @exit_unknown @close                -> Ended
    ) >~to_running,

    Pausing: (
        PAUSED                  @paused @done                       -> Paused
      | IS_UNANSWERED           @look                               -> PauseDoubt
      | STOP                    @call_kill                          -> Pausing
      | KILL                    @call_force_kill                    -> Pausing
      | ASK                     @done                               -> Pausing
      | CLOSE_STDIN             @call_close_stdin                   -> Pausing
      | OF_EXEC                                                     -> Pausing
        # HCS tells one completion of a kind from another by nothing.
      | (PAUSE | RESUME)        @defer                              -> Pausing
      | FORCE_MISSING           @ask                                -> Pausing
      | IS_STOPPED              @exit @close                        -> Ended
      | (EXITED | OVERDUE)      @call_query                         -> Asking
      | LOST                    @exit_unknown @close                -> Ended
    ) >~to_pausing,

    # Nothing can be begun in it.
    Paused: (
        RESUME                  @call_resume                        -> Resuming
      | STOP                    @call_kill                          -> Paused
      | KILL                    @call_force_kill                    -> Paused
      | ASK                     @done                               -> Paused
      | CLOSE_STDIN             @call_close_stdin                   -> Paused
      | FORCE_MISSING           @ask                                -> Paused
      | IS_STOPPED              @exit @close                        -> Ended
      | (EXITED | OVERDUE)      @call_query                         -> Asking
      | LOST                    @exit_unknown @close                -> Ended
    ) >~to_paused,

    Resuming: (
        RESUMED                 @resumed @done                      -> Running
      | IS_UNANSWERED           @look                               -> ResumeDoubt
      | STOP                    @call_kill                          -> Resuming
      | KILL                    @call_force_kill                    -> Resuming
      | ASK                     @done                               -> Resuming
      | CLOSE_STDIN             @call_close_stdin                   -> Resuming
      | OF_EXEC                                                     -> Resuming
      | (PAUSE | RESUME)        @defer                              -> Resuming
      | FORCE_MISSING           @ask                                -> Resuming
      | IS_STOPPED              @exit @close                        -> Ended
      | (EXITED | OVERDUE)      @call_query                         -> Asking
      | LOST                    @exit_unknown @close                -> Ended
    ) >~to_resuming,

    # The pause was refused, or given up after its time: whether it has come about all the same is being asked.
    PauseDoubt: (
        IS_PAUSED               @paused @done                       -> Paused
      | IS_RUNNING              @done_failed                        -> Running
      | IS_UNANSWERED           @done_failed                        -> Unsure
      | STOP                    @call_kill                          -> PauseDoubt
      | KILL                    @call_force_kill                    -> PauseDoubt
      | ASK                     @done                               -> PauseDoubt
      | CLOSE_STDIN             @call_close_stdin                   -> PauseDoubt
      | OF_EXEC                                                     -> PauseDoubt
      | (PAUSE | RESUME)        @defer                              -> PauseDoubt
      | FORCE_MISSING           @ask                                -> PauseDoubt
      | IS_STOPPED              @exit @close                        -> Ended
      | (EXITED | OVERDUE)      @call_query                         -> Asking
      | LOST                    @exit_unknown @close                -> Ended
    ) >~to_pause_doubt,

    # The same of its end.
    ResumeDoubt: (
        IS_RUNNING              @resumed @done                      -> Running
      | IS_PAUSED               @done_failed                        -> Paused
      | IS_UNANSWERED           @done_failed                        -> Unsure
      | STOP                    @call_kill                          -> ResumeDoubt
      | KILL                    @call_force_kill                    -> ResumeDoubt
      | ASK                     @done                               -> ResumeDoubt
      | CLOSE_STDIN             @call_close_stdin                   -> ResumeDoubt
      | OF_EXEC                                                     -> ResumeDoubt
      | (PAUSE | RESUME)        @defer                              -> ResumeDoubt
      | FORCE_MISSING           @ask                                -> ResumeDoubt
      | IS_STOPPED              @exit @close                        -> Ended
      | (EXITED | OVERDUE)      @call_query                         -> Asking
      | LOST                    @exit_unknown @close                -> Ended
    ) >~to_resume_doubt,

    # Nobody could say. Both may be tried, and HCS judges.
    Unsure: (
        PAUSE                   @call_pause                         -> Pausing
      | RESUME                  @call_resume                        -> Resuming
      | STOP                    @call_kill                          -> Unsure
      | KILL                    @call_force_kill                    -> Unsure
      | ASK                     @done                               -> Unsure
      | CLOSE_STDIN             @call_close_stdin                   -> Unsure
      | OF_EXEC                                                     -> Unsure
      | FORCE_MISSING           @ask                                -> Unsure
      | IS_STOPPED              @exit @close                        -> Ended
      | (EXITED | OVERDUE)      @call_query                         -> Asking
      | LOST                    @exit_unknown @close                -> Ended
    ) >~to_unsure,

    # ---- it has ended

    # Its code is being asked for. For the consumer it runs until its end is told.
    Asking: (
        OK                      @exit @close                        -> Ended
        # It cannot be had, and a code that is missing is none, not 0.
      | ERROR                   @exit_unknown @close                -> Ended
      | (SIGNAL | CLOSE_STDIN)  @done                               -> Asking
      | LOAD                                                        -> Asking
    ) >~to_asking,

    # Its handle is let go, once nobody uses it.
    Ended: (
        WELL                                                        -> Stopped
      | SIGNAL                  @done_missing                       -> Ended
      | CLOSE_STDIN             @done                               -> Ended
      | DELETE                  @gone @forget_execs @done           -> Leaving
    ) >~to_ended,

    Stopped: (
        SIGNAL                  @done_missing                       -> Stopped
      | CLOSE_STDIN             @done                               -> Stopped
      | DELETE                  @gone @forget_execs @done           -> start
    ) >~to_stopped,

    # Deleted, or gone with its task: nobody finds it any more.
    Leaving: (
        WELL                                                        -> start
    ) >~to_leaving,

    # ---- an exec: until it runs

    Added: (
        LAUNCH                  @call_create                        -> ExecStarting
        # It has no end that anybody waits for.
      | SIGNAL                  @done_conflict                      -> Added
      | CLOSE_STDIN             @done                               -> Added
      | DELETE                  @done                               -> start
        # With its task goes who does not run.
      | DELETED                                                     -> start
    ) >~to_added,

    ExecStarting: (
        OK                      @call_subscribe                     -> ExecWatching
      | ERROR                   @done_failed                        -> Added
      | LOST                    @call_signal                        -> ExecUndoing
      | (SIGNAL | CLOSE_STDIN)  @defer                              -> ExecStarting
    ) >~to_exec_starting,

    ExecWatching: (
        OK                      @started @done                      -> ExecRunning
      | ERROR                   @call_signal                        -> ExecUndoing
      | (SIGNAL | CLOSE_STDIN)  @defer                              -> ExecWatching
    ) >~to_exec_watching,

    ExecUndoing: (
        WELL                    @close                              -> ExecUnmaking
      | (SIGNAL | CLOSE_STDIN)  @defer                              -> ExecUndoing
    ) >~to_exec_undoing,

    ExecUnmaking: (
        WELL                    @done_failed                        -> Added
      | (SIGNAL | CLOSE_STDIN)  @defer                              -> ExecUnmaking
    ) >~to_exec_unmaking,

    # ---- it runs, and may outlive its task until the system goes; HCS has no signals: each of them ends it

    ExecRunning: (
        (STOP | KILL)           @call_signal                        -> ExecRunning
      | ASK                     @done                               -> ExecRunning
      | CLOSE_STDIN             @call_close_stdin                   -> ExecRunning
      | FORCE_MISSING           @ask                                -> ExecRunning
      | IS_STOPPED              @exit @close                        -> ExecEnded
      | (EXITED | OVERDUE)      @call_query                         -> ExecAsking
      | LOST                    @exit_unknown @close                -> ExecEnded
    ) >~to_exec_running,

    # ---- it has ended

    ExecAsking: (
        OK                      @exit @close                        -> ExecEnded
      | ERROR                   @exit_unknown @close                -> ExecEnded
      | (SIGNAL | CLOSE_STDIN)  @done                               -> ExecAsking
    ) >~to_exec_asking,

    ExecEnded: (
        WELL                                                        -> ExecStopped
      | SIGNAL                  @done_missing                       -> ExecEnded
      | CLOSE_STDIN             @done                               -> ExecEnded
      | DELETE                  @done                               -> Leaving
      | DELETED                                                     -> Leaving
    ) >~to_exec_ended,

    ExecStopped: (
        SIGNAL                  @done_missing                       -> ExecStopped
      | CLOSE_STDIN             @done                               -> ExecStopped
      | DELETE                  @done                               -> start
      | DELETED                                                     -> start
    ) >~to_exec_stopped
    );
}%%
