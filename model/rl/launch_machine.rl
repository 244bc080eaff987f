/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Create and start as one command of the consumer. A process that was created and could not be started is deleted again
 * before the command is completed: what is left behind makes the next create fail, and nobody would look for it.
 *
 * OK and ERROR are the completions of the process machine's commands here.
 */
%%{
    machine launch_machine;

    main := (
    start: ( # Idle
        0        @keep          -> start
      | LAUNCH   @call_create   -> Creating
    ) >~to_idle,

    Creating: (
        OK       @call_start    -> Starting
      | ERROR    @done_failed   -> start
    ) >~to_creating,

    Starting: (
        OK       @done          -> start
      | ERROR    @call_delete   -> Undoing
    ) >~to_starting,

    Undoing: (
        (OK | ERROR) @done_failed -> start
    ) >~to_undoing
    );
}%%
