/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Create a container, in place of what a run before may have left under its name, as one command of the consumer
 * (moby#38364, #40613). Each step may find nothing to do. There are two creates and no third: what exists and cannot be
 * found is a bundle that somebody left behind, and that is for the consumer to know (moby#50040).
 *
 * OK, MISSING, TAKEN and ERROR are the completions of the commands that this one is made of.
 */
%%{
    machine replace_machine;

    main := (
    start: ( # Idle
        0                   @keep              -> start
      | REPLACE             @call_create       -> Creating
    ) >~to_idle,

    Creating: (
        OK                  @done              -> start
      | TAKEN               @call_load         -> Finding
      | (ERROR | MISSING)   @done_failed       -> start
    ) >~to_creating,

    Finding: (
        OK                  @call_load_task    -> FindingTask
        # It went away meanwhile; or it was never there, which the next create shows.
      | MISSING             @call_create       -> CreatingAgain
      | ERROR               @done_failed       -> start
    ) >~to_finding,

    FindingTask: (
        OK                  @call_clear        -> Clearing
      | MISSING             @call_delete       -> Deleting
      | ERROR               @done_failed       -> start
    ) >~to_finding_task,

    Clearing: (
        (OK | MISSING)      @call_delete       -> Deleting
      | FAILED              @done_failed       -> start
    ) >~to_clearing,

    Deleting: (
        (OK | MISSING)      @call_create       -> CreatingAgain
      | FAILED              @done_failed       -> start
    ) >~to_deleting,

    CreatingAgain: (
        OK                  @done              -> start
      | TAKEN               @done_conflict     -> start
      | (ERROR | MISSING)   @done_failed       -> start
    ) >~to_creating_again
    );
}%%
