/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a container is to be, beside what it is. The wish stands until the consumer says another; what is observed is compared with
 * it after each step, and the one command that brings it nearer is asked for. So a stop while a restart is waiting is not forgotten
 * (moby#34028), and what was wished for is followed through whatever fails in between.
 *
 * An observation (wish.c) comes only when nothing of the container is in flight, asked or in doubt and the event stream is up: nothing
 * is concluded from silence. IS_ABSENT: there is no record. VACANT: a record without a task. REACHED: nothing is left to be done.
 * LAPSED: it is farther from the wish than it has been since the last pause, because it has ended or somebody else has undone it; EXITED:
 * so is a run that has ended. OK, ERROR: what has become of the command in flight.
 *
 * Each command brings the wish nearer, and what fails or lapses waits for a pause that grows. So between two pauses there are only as many
 * commands as there are steps on the way, and one that clears away what has ended (moby#49507: a tight loop of restarts).
 */
%%{
    machine wish_machine;

    main := (
    start: ( # None
        0              @keep              -> start
      | WISH_RUNNING                      -> Running
      | WISH_STOPPED                      -> Stopped
      | WISH_PAUSED                       -> Paused
      | WISH_REMOVED                      -> Removed
    ) >~to_none,

    # The command in flight may still fail: a new wish is not to take its result for that of its own.
    Dropped: (
        (OK | ERROR)                      -> start
      | RECOVER                           -> start
      | WISH_RUNNING                      -> RunningCalling
      | WISH_STOPPED                      -> StoppedCalling
      | WISH_PAUSED                       -> PausedCalling
      | WISH_REMOVED                      -> RemovedCalling
    ) >~to_dropped,

    Running: (
        IS_ABSENT      @call_create       -> RunningCalling
      | VACANT         @call_create_task  -> RunningCalling
      | IS_CREATED     @call_start        -> RunningCalling
      | IS_PAUSED      @call_resume       -> RunningCalling
        # Of a run that had ended before the wish: no pause.
      | IS_STOPPED     @call_delete_task  -> RunningCalling
        # Deleted before the pause: what is left of a run is in nobody's way meanwhile (moby#41698).
      | EXITED         @call_delete_task  -> RunningReaping
      | LAPSED         @call_backoff      -> RunningBackoff
      | REACHED        @call_steady       -> Running
      | STEADY         @forgive           -> Running
      | WISH_NONE                         -> start
      | WISH_STOPPED                      -> Stopped
      | WISH_PAUSED                       -> Paused
      | WISH_REMOVED                      -> Removed
    ) >~to_running,

    RunningCalling: (
        OK                                -> Running
      | ERROR          @call_backoff      -> RunningBackoff
      | RECOVER                           -> Running
      | WISH_NONE                         -> Dropped
      | WISH_STOPPED                      -> StoppedCalling
      | WISH_PAUSED                       -> PausedCalling
      | WISH_REMOVED                      -> RemovedCalling
    ) >~to_running_calling,

    RunningReaping: (
        (OK | ERROR)   @call_backoff      -> RunningBackoff
      | RECOVER        @call_backoff      -> RunningBackoff
      | WISH_NONE                         -> Dropped
      | WISH_STOPPED                      -> StoppedCalling
      | WISH_PAUSED                       -> PausedCalling
      | WISH_REMOVED                      -> RemovedCalling
    ) >~to_running_reaping,

    # Wished once more, it waits all the same: a consumer that repeats itself makes no tight loop either.
    RunningBackoff: (
        AGAIN                             -> Running
      | RECOVER        @call_backoff      -> RunningBackoff
      | WISH_NONE                         -> start
      | WISH_STOPPED                      -> Stopped
      | WISH_PAUSED                       -> Paused
      | WISH_REMOVED                      -> Removed
    ) >~to_running_backoff,

    Stopped: (
        (IS_RUNNING | IS_PAUSED) @call_stop -> StoppedCalling
        # Somebody else has started it: stopped again, and no race of two who never give in.
      | LAPSED         @call_backoff      -> StoppedBackoff
      | REACHED        @call_steady       -> Stopped
      | STEADY         @forgive           -> Stopped
      | WISH_NONE                         -> start
      | WISH_RUNNING                      -> Running
      | WISH_PAUSED                       -> Paused
      | WISH_REMOVED                      -> Removed
    ) >~to_stopped,

    StoppedCalling: (
        OK                                -> Stopped
      | ERROR          @call_backoff      -> StoppedBackoff
      | RECOVER                           -> Stopped
      | WISH_NONE                         -> Dropped
      | WISH_RUNNING                      -> RunningCalling
      | WISH_PAUSED                       -> PausedCalling
      | WISH_REMOVED                      -> RemovedCalling
    ) >~to_stopped_calling,

    StoppedBackoff: (
        AGAIN                             -> Stopped
      | RECOVER        @call_backoff      -> StoppedBackoff
      | WISH_NONE                         -> start
      | WISH_RUNNING                      -> Running
      | WISH_PAUSED                       -> Paused
      | WISH_REMOVED                      -> Removed
    ) >~to_stopped_backoff,

    # Nothing is started in order to be paused: an end dominates, and what runs again is paused again.
    Paused: (
        IS_RUNNING     @call_pause        -> PausedCalling
      | LAPSED         @call_backoff      -> PausedBackoff
      | REACHED        @call_steady       -> Paused
      | STEADY         @forgive           -> Paused
      | WISH_NONE                         -> start
      | WISH_RUNNING                      -> Running
      | WISH_STOPPED                      -> Stopped
      | WISH_REMOVED                      -> Removed
    ) >~to_paused,

    PausedCalling: (
        OK                                -> Paused
      | ERROR          @call_backoff      -> PausedBackoff
      | RECOVER                           -> Paused
      | WISH_NONE                         -> Dropped
      | WISH_RUNNING                      -> RunningCalling
      | WISH_STOPPED                      -> StoppedCalling
      | WISH_REMOVED                      -> RemovedCalling
    ) >~to_paused_calling,

    PausedBackoff: (
        AGAIN                             -> Paused
      | RECOVER        @call_backoff      -> PausedBackoff
      | WISH_NONE                         -> start
      | WISH_RUNNING                      -> Running
      | WISH_STOPPED                      -> Stopped
      | WISH_REMOVED                      -> Removed
    ) >~to_paused_backoff,

    # Once: what is made under that name afterwards is another.
    Removed: (
        REACHED                           -> start
      | VACANT         @call_delete       -> RemovedCalling
      | (IS_CREATED | IS_STOPPED) @call_delete_task -> RemovedCalling
      | (IS_RUNNING | IS_PAUSED) @call_stop -> RemovedCalling
      | LAPSED         @call_backoff      -> RemovedBackoff
      | WISH_NONE                         -> start
      | WISH_RUNNING                      -> Running
      | WISH_STOPPED                      -> Stopped
      | WISH_PAUSED                       -> Paused
    ) >~to_removed,

    RemovedCalling: (
        OK                                -> Removed
      | ERROR          @call_backoff      -> RemovedBackoff
      | RECOVER                           -> Removed
      | WISH_NONE                         -> Dropped
      | WISH_RUNNING                      -> RunningCalling
      | WISH_STOPPED                      -> StoppedCalling
      | WISH_PAUSED                       -> PausedCalling
    ) >~to_removed_calling,

    RemovedBackoff: (
        AGAIN                             -> Removed
      | RECOVER        @call_backoff      -> RemovedBackoff
      | WISH_NONE                         -> start
      | WISH_RUNNING                      -> Running
      | WISH_STOPPED                      -> Stopped
      | WISH_PAUSED                       -> Paused
    ) >~to_removed_backoff
    );
}%%
