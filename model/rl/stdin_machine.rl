/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a process's standard input. The runtime holds it open as well, so that it ends only when the runtime has
 * closed it. What the consumer wants before the start is held back until then: asked for earlier it is lost, and some
 * runtimes hang (moby#38001, kata-containers#10825). It is done when the runtime says so, or when there is nobody left to
 * read; until then it may be asked for again.
 *
 * STARTED, EXITED, DELETED: what has been told of the process. OK, MISSING, ERROR, ...: the reply to the call. RECOVER:
 * whoever wanted it is gone with the program, as is the reply.
 */
%%{
    machine stdin_machine;

    main := (
    start: ( # Open
        0                              @keep              -> start
      | CLOSE_STDIN                                       -> Wished
    ) >~to_open,

    Wished: (
        STARTED                        @call_close_stdin  -> Closing
        # It never ran, or is over already.
      | EXITED                         @done              -> Closed
      | DELETED                        @done              -> start
      | RECOVER                                           -> start
    ) >~to_wished,

    Closing: (
        # Not found: whoever was to read is gone.
        (OK | MISSING)                 @done              -> Closed
      | FAILED                         @done_failed       -> start
        # It may be closed by now. To close it once more does no harm.
      | NO_REPLY                       @done_lost         -> start
      | EXITED                         @done              -> Closed
      | DELETED                        @done              -> start
      | RECOVER                                           -> start
    ) >~to_closing,

    Closed: (
        # The next run has a standard input of its own.
        DELETED                                           -> start
    ) >~to_closed
    );
}%%
