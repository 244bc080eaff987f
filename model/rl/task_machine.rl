/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of a task that is not a process: whether it is paused, and checkpoints. It stands beside the process machine
 * and lives between TASK_UP and TASK_DOWN; an end of the init process dominates whatever is going on here.
 *
 * An event that says "paused" or "resumed" may be late, so it never flips the state: it makes us ask. The events that our
 * own calls cause are told apart before (evidence.c).
 */
%%{
    machine task_machine;

    # The answers about a task that is up; all others are the process's.
    SEEN = IS_RUNNING | IS_PAUSED | IS_STALE;

    main := (
    start: ( # Down
        0                      @keep                         -> start
      | TASK_UP                                              -> Thawed
        # Paused by somebody else before its start was told here: asked for once it is up.
      | (PAUSED | IS_STALE)    @defer                        -> start
    ) >~to_down,

    Thawed: (
        PAUSE                  @call_pause                   -> Pausing
      | CHECKPOINT             @call_checkpoint              -> Checkpointing
      | (PAUSED | VERIFY | IS_STALE) @ask                    -> Thawed
      | IS_RUNNING                                           -> Thawed
      | IS_PAUSED              @paused                       -> Paused
      | CHECKPOINTED           @checkpointed                 -> Thawed
      | TASK_DOWN                                            -> start
    ) >~to_thawed,

    Pausing: (
        OK                     @paused @done                 -> Paused
      | REFUSED                @done_failed @ask             -> Thawed
      | NO_REPLY               @ask                          -> PauseDoubt
      | PAUSED                                               -> Pausing
      | (RESUMED | SEEN) @defer                              -> Pausing
      | TASK_DOWN                                            -> DownCalling
    ) >~to_pausing,

    PauseDoubt: (
        (PAUSED | RESUMED)                                   -> PauseDoubt
      | IS_STALE               @ask                          -> PauseDoubt
      | IS_PAUSED              @paused @done                 -> Paused
      | IS_RUNNING             @done_undone                  -> Thawed
      | TASK_DOWN              @done_lost                    -> start
    ) >~to_pause_doubt,

    Paused: (
        RESUME                 @call_resume                  -> Resuming
      | (RESUMED | VERIFY | IS_STALE) @ask                   -> Paused
      | IS_PAUSED                                            -> Paused
      | IS_RUNNING             @resumed                      -> Thawed
      | TASK_DOWN                                            -> start
    ) >~to_paused,

    Resuming: (
        OK                     @resumed @done                -> Thawed
      | REFUSED                @done_failed @ask             -> Paused
      | NO_REPLY               @ask                          -> ResumeDoubt
      | RESUMED                                              -> Resuming
      | (PAUSED | SEEN) @defer                               -> Resuming
      | TASK_DOWN                                            -> DownCalling
    ) >~to_resuming,

    ResumeDoubt: (
        (PAUSED | RESUMED)                                   -> ResumeDoubt
      | IS_STALE               @ask                          -> ResumeDoubt
      | IS_PAUSED              @done_undone                  -> Paused
      | IS_RUNNING             @resumed @done                -> Thawed
      | TASK_DOWN              @done_lost                    -> start
    ) >~to_resume_doubt,

    Checkpointing: (
        OK                     @checkpointed @done           -> Thawed
      | REFUSED                @done_failed                  -> Thawed
        # Whether an image was written cannot be read off the task's state.
      | NO_REPLY               @done_lost @ask               -> Thawed
      | (PAUSED | RESUMED | SEEN) @defer                     -> Checkpointing
      | CHECKPOINTED                                         -> Checkpointing
      | TASK_DOWN                                            -> DownCalling
    ) >~to_checkpointing,

    # The process ended while a call was in flight. The call may yet reach a successor of the same name: what it did there
    # is asked once there is one.
    DownCalling: (
        OK                     @done @defer                  -> start
      | REFUSED                @done_failed                  -> start
      | NO_REPLY               @done_lost @defer             -> start
      | (PAUSED | IS_STALE)    @defer                        -> DownCalling
      | TASK_UP                                              -> UpCalling
    ) >~to_down_calling,

    UpCalling: (
        OK                     @done @ask                    -> Thawed
      | REFUSED                @done_failed @ask             -> Thawed
      | NO_REPLY               @done_lost @ask               -> Thawed
      | (PAUSED | RESUMED | SEEN) @defer                     -> UpCalling
      | TASK_DOWN                                            -> DownCalling
    ) >~to_up_calling
    );
}%%
