/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One compute system of the Host Compute Service and its container's record, which HCS does not keep: made and started,
 * made anew for a second task, ended and let go, or taken over from a former life.
 *
 * OK, MISSING, ERROR: what a call of the procedure under way was answered; of a shutdown or a termination OK means that it
 * was accepted, and the exit is awaited. EXITED: it has, or HCS says that there is nothing left to end. OVERDUE: not in its
 * time. LOST: the service has gone; after a creation, that something is there and is not well. FORCE_...: the answer to a
 * termination that the consumer asked for, which comes whenever it likes.
 *
 * In start there is neither a system nor a record; who gets there is forgotten.
 */
%%{
    machine compute_system_machine;

    WELL     = OK | ERROR;                     # of a handle that is closed: it is of no use, whatever is said
    NO_EXIT  = ERROR | OVERDUE | LOST;
    KILLED   = FORCE_OK | FORCE_MISSING;
    LOOK     = ASK | LOAD;                     # of what is known no more is asked

    main := (
    start: ( # None
        0                       @keep                               -> start
      | CREATE                  @call_create                        -> Creating
      | ASK                     @call_load                          -> LookOpening
      | LOAD                    @call_load                          -> Opening
        # HCS's list has it, and we have not made it in this life.
      | SNAPSHOT                                                    -> Left
    ) >~to_none,

    # ---- its beginning

    Creating: (
        OK                      @call_start                         -> Starting
      | ERROR                   @done_failed                        -> start
        # It is there, and cannot be watched, or its creation has not been completed in time.
      | LOST                    @call_force_kill                    -> Undoing
    ) >~to_creating,

    Starting: (
        OK                      @created @done                      -> Up
      | (EXITED | NO_EXIT)      @call_force_kill                    -> Undoing
    ) >~to_starting,

    # Whether it can be ended changes nothing: the handle is let go, and the first failure is told.
    Undoing: (
        OK                      @await                              -> Undoing
      | (EXITED | NO_EXIT)      @close                              -> Unmaking
    ) >~to_undoing,

    Unmaking: (
        WELL                    @done_failed                        -> start
    ) >~to_unmaking,

    # ---- it runs, until it is over

    Up: (
        LOOK                    @done                               -> Up
      | START                   @done                               -> Up
      | STOP                    @call_kill                          -> Up
      | KILL                    @call_force_kill                    -> Killing
        # Of two terminations the first was refused and the second was not.
      | KILLED                                                      -> Killed
      | (EXITED | LOST)                                             -> Over
      | DELETE                  @call_kill                          -> ShuttingDown
    ) >~to_up,

    # Exited, or out of reach: it can run nothing any more. Its exit may be one that HCS wants to be asked about, so its
    # end is asked for as that of any other.
    Over: (
        LOOK                    @done                               -> Over
      | START                   @close                              -> Replacing
      | STOP                    @call_kill                          -> Over
      | KILL                    @call_force_kill                    -> Killing
      | DELETE                  @call_kill                          -> ShuttingDown
    ) >~to_over,

    # What is wanted next depends on whether the termination is accepted: a refused one has ended nothing.
    Killing: (
        LOOK                    @done                               -> Killing
      | (START | DELETE)        @defer                              -> Killing
      | STOP                    @call_kill                          -> Killing
      | KILL                    @call_force_kill                    -> Killing
      | KILLED                                                      -> Killed
      | FORCE_ERROR                                                 -> Up
    ) >~to_killing,

    # Terminated, and not necessarily seen to have exited.
    Killed: (
        LOOK                    @done                               -> Killed
      | START                   @await                              -> Renewing
      | STOP                    @call_kill                          -> Killed
      | KILL                    @call_force_kill                    -> Killed
        # Its exit is as good as a shutdown.
      | DELETE                  @await                              -> ShuttingDown
    ) >~to_killed,

    # A record without a system: it could not be made anew.
    Vacant: (
        LOOK                    @done                               -> Vacant
      | START                   @call_create                        -> Recreating
      | DELETE                  @close                              -> Closing
    ) >~to_vacant,

    # ---- once more, for another task

    Renewing: (
        (EXITED | LOST)         @close                              -> Replacing
        # Two of one name cannot be, and the old one may still run.
      | (OVERDUE | ERROR)       @done_failed                        -> Killed
    ) >~to_renewing,

    Replacing: (
        WELL                    @call_create                        -> Recreating
    ) >~to_replacing,

    Recreating: (
        OK                      @call_start                         -> Restarting
      | ERROR                   @done_failed                        -> Vacant
      | LOST                    @call_force_kill                    -> Reundoing
    ) >~to_recreating,

    Restarting: (
        OK                      @done                               -> Up
      | (EXITED | NO_EXIT)      @call_force_kill                    -> Reundoing
    ) >~to_restarting,

    Reundoing: (
        OK                      @await                              -> Reundoing
      | (EXITED | NO_EXIT)      @close                              -> Reunmaking
    ) >~to_reundoing,

    Reunmaking: (
        WELL                    @done_failed                        -> Vacant
    ) >~to_reunmaking,

    # ---- its end

    ShuttingDown: (
        OK                      @await_shutdown                     -> ShuttingDown
      | EXITED                  @close                              -> Closing
      | NO_EXIT                 @call_force_kill                    -> Terminating
    ) >~to_shutting_down,

    Terminating: (
        OK                      @await                              -> Terminating
        # How the shutdown went wrong is told, also when termination goes well.
      | EXITED                  @close                              -> ClosingFailed
        # It may run for ever: who runs in it is said to be out of reach, as if the service had gone.
      | NO_EXIT                 @abandon @close                     -> ClosingFailed
    ) >~to_terminating,

    Closing: (
        OK                      @gone @done                         -> start
      | ERROR                   @gone @done_failed                  -> start
    ) >~to_closing,

    # What could be done was done: nobody has a use for the record any more, whatever went wrong.
    ClosingFailed: (
        WELL                    @gone @done_failed                  -> start
    ) >~to_closing_failed,

    # ---- one that was not made here is looked at, and left as it is

    LookOpening: (
        OK                      @call_query                         -> LookAsking
      | (MISSING | ERROR)       @done_failed                        -> start
    ) >~to_look_opening,

    # MISSING: it is another owner's. Ids are those of the whole machine.
    LookAsking: (
        OK                      @close                              -> Looked
      | (MISSING | ERROR)       @close                              -> Refused
    ) >~to_look_asking,

    Looked: (
        WELL                    @done                               -> start
    ) >~to_looked,

    Refused: (
        WELL                    @done_failed                        -> start
    ) >~to_refused,

    # ---- or is taken over: nobody can know what runs in it, so it is ended

    Opening: (
        OK                      @call_query                         -> Asking
      | (MISSING | ERROR)       @done_failed                        -> start
    ) >~to_opening,

    Asking: (
        OK                      @call_subscribe                     -> Watching
      | (MISSING | ERROR)       @close                              -> Refused
    ) >~to_asking,

    # Left by a former life of this owner, and not opened.
    Left: (
        ASK                     @done                               -> Left
      | (LOAD | DELETE)         @call_load                          -> LeftOpening
        # The list has it no more.
      | IS_ABSENT                                                   -> start
    ) >~to_left,

    # Only "not found" proves absence: what cannot be opened now is still there.
    LeftOpening: (
        OK                      @call_query                         -> LeftAsking
      | MISSING                 @done_failed                        -> start
      | ERROR                   @done_failed                        -> Left
    ) >~to_left_opening,

    LeftAsking: (
        OK                      @call_subscribe                     -> Watching
        # Somebody else has made one of that name meanwhile.
      | MISSING                 @close                              -> Refused
      | ERROR                   @close                              -> GivingUp
    ) >~to_left_asking,

    # From here on it is known to be there and ours.
    Watching: (
        OK                      @call_force_kill                    -> Ending
      | EXITED                  @again                              -> Loaded
      | ERROR                   @close                              -> GivingUp
    ) >~to_watching,

    Ending: (
        OK                      @await_leftover                     -> Ending
      | EXITED                  @again                              -> Loaded
      | NO_EXIT                 @close                              -> GivingUp
    ) >~to_ending,

    GivingUp: (
        WELL                    @done_failed                        -> Left
    ) >~to_giving_up,

    # Ended, and nothing is known of it: nothing can be started in it.
    Loaded: (
        LOOK                    @done                               -> Loaded
      | DELETE                  @close                              -> Closing
    ) >~to_loaded
    );
}%%
