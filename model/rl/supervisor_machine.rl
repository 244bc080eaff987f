/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The supervision of a private runtime: one process that is started, asked again and again whether it answers, started
 * anew when it ends, and stopped.
 *
 * What the symbols mean has been judged before (supervision.c): the end of an older process, the answer to an older
 * question and a timer that is out of date do not arrive here. Whoever started a process had an old reaper close the
 * channel of the new one, and then believed the new one dead.
 */
%%{
    machine supervisor_machine;

    main := (
    start: ( # Idle
        0                       @keep                               -> start
      | START                   @look                               -> Looking
        # Perhaps one was left running before our time.
      | STOP                    @look                               -> StopLooking
    ) >~to_idle,

    StopLooking: (
        IS_ABSENT               @done                               -> start
      | IS_RUNNING              @call_kill                          -> Stopping
    ) >~to_stop_looking,

    # One that an earlier life of ours has left running is taken over: its containers depend on it, and a second one on
    # the same directories waits for the first one's locks for ever.
    Looking: (
        IS_ABSENT               @call_create                        -> Spawning
      | IS_RUNNING              @call_query @await                  -> Adopting
      | STOP                    @done_undone @done                  -> start
    ) >~to_looking,

    Spawning: (
        OK                      @call_query @await                  -> Starting
      | ERROR                   @done_failed                        -> start
        # Its end may be heard of before the reply.
      | EXITED                  @exit @done_failed                  -> start
      | STOP                    @done_undone                        -> Unwanted
    ) >~to_spawning,

    Starting: (
        HEALTHY                 @started @done_started @again       -> Serving
      | UNHEALTHY               @again                              -> Starting
      | RETRY                   @call_query                         -> Starting
        # It cannot even begin (its configuration, a port in use): said at once instead of being tried for ever.
      | EXITED                  @exit @done_failed                  -> start
      | OVERDUE                 @call_force_kill                    -> Abandoning
      | STOP                    @done_undone @call_kill             -> Stopping
    ) >~to_starting,

    Adopting: (
        HEALTHY                 @started @done_started @again       -> Serving
      | UNHEALTHY               @again                              -> Adopting
      | RETRY                   @call_query                         -> Adopting
        # It was on its way out.
      | EXITED                  @exit @call_create                  -> Spawning
        # It has the locks and does not answer: as good as dead.
      | OVERDUE                 @unresponsive @call_force_kill      -> Replacing
      | STOP                    @done_undone @call_kill             -> Stopping
    ) >~to_adopting,

    Replacing: (
        EXITED                  @exit @call_create                  -> Spawning
      | (HEALTHY | UNHEALTHY | RETRY)                               -> Replacing
      | OVERDUE                 @call_force_kill                    -> Replacing
      | STOP                    @done_undone @call_force_kill       -> StopKilling
    ) >~to_replacing,

    Serving: (
        HEALTHY                 @again                              -> Serving
      | UNHEALTHY               @again                              -> Failing
      | RETRY                   @call_query                         -> Serving
      | GIVEN_UP                @unresponsive @call_force_kill      -> Ending
      | EXITED                  @exit @call_retry                   -> Pause
      | START                   @done_started                       -> Serving
      | STOP                    @call_kill                          -> Stopping
    ) >~to_serving,

    # One check without an answer is no death: the machine may be busy.
    Failing: (
        HEALTHY                 @again                              -> Serving
      | UNHEALTHY               @again                              -> Failing
      | RETRY                   @call_query                         -> Failing
      | GIVEN_UP                @unresponsive @call_force_kill      -> Ending
      | EXITED                  @exit @call_retry                   -> Pause
      | START                   @done_started                       -> Failing
      | STOP                    @call_kill                          -> Stopping
    ) >~to_failing,

    # A second one is not started before the first one is gone: they would share their directories.
    Ending: (
        EXITED                  @exit @call_retry                   -> Pause
      | (HEALTHY | UNHEALTHY | RETRY)                               -> Ending
      | OVERDUE                 @call_force_kill                    -> Ending
      | STOP                    @call_force_kill                    -> StopKilling
    ) >~to_ending,

    Pause: (
        RETRY                   @call_create                        -> Respawning
      | STOP                    @done                               -> start
    ) >~to_pause,

    Respawning: (
        OK                      @call_query @await                  -> Restarting
      | ERROR                   @call_retry                         -> Pause
      | EXITED                  @exit @call_retry                   -> Pause
      | STOP                                                        -> Unwanted
    ) >~to_respawning,

    Restarting: (
        HEALTHY                 @started @again                     -> Serving
      | UNHEALTHY               @again                              -> Restarting
      | RETRY                   @call_query                         -> Restarting
      | EXITED                  @exit @call_retry                   -> Pause
      | OVERDUE                 @unresponsive @call_force_kill      -> Ending
      | STOP                    @call_kill                          -> Stopping
    ) >~to_restarting,

    # Being spawned, and no longer wanted.
    Unwanted: (
        OK                      @call_kill                          -> Stopping
      | ERROR                   @done                               -> start
      | EXITED                  @exit @done                         -> start
    ) >~to_unwanted,

    Stopping: (
        EXITED                  @exit @done                         -> start
      | (HEALTHY | UNHEALTHY | RETRY)                               -> Stopping
      | OVERDUE                 @call_force_kill                    -> StopKilling
    ) >~to_stopping,

    StopKilling: (
        EXITED                  @exit @done                         -> start
      | (HEALTHY | UNHEALTHY | RETRY)                               -> StopKilling
        # Not even SIGKILL ends it (it hangs in the kernel): whoever waits is told that it is not known to be gone.
      | OVERDUE                 @unresponsive @done_lost            -> Lingering
    ) >~to_stop_killing,

    # Its start took too long: it is ended before that is told, so that nothing is left of it.
    Abandoning: (
        EXITED                  @exit @done_failed                  -> start
      | (HEALTHY | UNHEALTHY | RETRY)                               -> Abandoning
      | OVERDUE                 @unresponsive @done_failed          -> Lingering
      | STOP                    @done_undone @call_force_kill       -> StopKilling
    ) >~to_abandoning,

    Lingering: (
        EXITED                  @exit                               -> start
      | (HEALTHY | UNHEALTHY | RETRY)                               -> Lingering
      | STOP                    @call_force_kill                    -> StopKilling
    ) >~to_lingering
    );
}%%
