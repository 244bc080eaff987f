/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a container's calls are answered. One that is late proves nothing; a second one in a row is told as
 * unresponsive, once, and the first sign of life as responsive again. A shim that hangs has made engines wait for ever,
 * with a further kill waiting behind each one before (containerd#14081).
 *
 * OK: a call was answered, whatever the answer. ANSWERED: a query was. EXITED: the task has ended. A runtime may answer
 * queries out of what it remembers while each call hangs, so an answered query takes back no doubt that a call has cast.
 * OVERDUE: a process outlives its SIGKILL.
 */
%%{
    machine response_machine;

    main := (
    start: ( # Answering
        0                           @keep                         -> start
      | OVERDUE                     @unresponsive                 -> Undead
      | IS_EXPIRED                                                -> QueryLate
      | EXPIRED                                                   -> CallLate
      | (OK | ANSWERED | EXITED)                                  -> start
    ) >~to_answering,

    QueryLate: (
        (OK | ANSWERED | EXITED)                                  -> start
      | OVERDUE                     @unresponsive                 -> Undead
      | (EXPIRED | IS_EXPIRED)      @unresponsive @done_lost      -> Silent
    ) >~to_query_late,

    CallLate: (
        (OK | EXITED)                                             -> start
      | ANSWERED                                                  -> CallLate
      | OVERDUE                     @unresponsive                 -> Undead
      | IS_EXPIRED                  @unresponsive @done_lost      -> Silent
      | EXPIRED                     @unresponsive @done_lost      -> Stuck
    ) >~to_call_late,

    Silent: (
        (OK | ANSWERED | EXITED)    @responsive                   -> start
      | OVERDUE                                                   -> Undead
        # Whoever asked since is not kept waiting either.
      | (EXPIRED | IS_EXPIRED)      @done_lost                    -> Silent
    ) >~to_silent,

    Stuck: (
        (OK | EXITED)               @responsive                   -> start
      | ANSWERED                                                  -> Stuck
      | OVERDUE                                                   -> Undead
      | (EXPIRED | IS_EXPIRED)      @done_lost                    -> Stuck
    ) >~to_stuck,

    # Killed, and not dead in the time that this takes. Answers say nothing of that.
    Undead: (
        EXITED                      @responsive                   -> start
      | (OK | ANSWERED | OVERDUE)                                 -> Undead
      | (EXPIRED | IS_EXPIRED)      @done_lost                    -> Undead
    ) >~to_undead
    );
}%%
