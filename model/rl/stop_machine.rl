/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stopping a process as one command of the consumer: its signal, and when its grace is over SIGKILL to all that is in the
 * task, and when that does not help either, the word that it cannot be killed. Only the end of the process is success:
 * a signal that finds nobody makes the model ask, since the end may have been lost, or be still on its way (moby#41227,
 * #43403).
 *
 * OK, MISSING, ERROR, ...: the result of a signal of this command. EXITED: the process has ended, or is gone.
 */
%%{
    machine stop_machine;

    main := (
    start: ( # Idle
        0                              @keep                            -> start
      | STOP                           @call_signal @call_timer         -> Signaled
    ) >~to_idle,

    Signaled: (
        EXITED                         @done                            -> start
        # No such signal, or it cannot be sent here: nothing has been asked of the process.
      | FAILED                         @done_failed                     -> start
      | (OK | MISSING | NO_REPLY)                                       -> Signaled
      | OVERDUE                        @call_escalate @call_timer       -> Killed
    ) >~to_signaled,

    Killed: (
        EXITED                         @done                            -> start
      | (OK | MISSING | FAILED | NO_REPLY)                              -> Killed
      | OVERDUE                        @done_late @unresponsive         -> start
    ) >~to_killed
    );
}%%
