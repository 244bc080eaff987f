/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One process, the init process of a task or an exec: from its creation to its deletion.
 *
 * Two rules make order and loss bearable. Facts that can never become false again (it exited, it was deleted) are taken
 * from events as they come. All else is taken from the reply to our own call, or from the answer to a query; a state
 * whose reply was lost ("doubt") always has a query outstanding.
 *
 * What the symbols mean for this process has been judged before (evidence.c): an event of another incarnation arrives
 * here as VERIFY, never as itself.
 */
%%{
    machine process_machine;

    # The answers about what has run: one that is only created is another (evidence.c), as is one that runs when this
    # one never did.
    SEEN = ANSWER - IS_CREATED;

    main := (
    start: ( # Absent
        0                              @keep                          -> start
      | CREATE                         @call_create                   -> Creating
      | LOAD                           @ask                           -> Loading
        # Heard of for the first time: somebody else's, whose life may be shorter than a query takes. It is believed at
        # once and asked for as well, since the event may also be a late one of something that is long gone.
      | CREATED                        @created @ask                  -> Created
      | STARTED                        @created @started @ask         -> Running
      | EXITED                         @created @started @exit @ask   -> Exited
      | (VERIFY | IS_STALE)            @ask                           -> Unobserved
      | IS_ABSENT                                                     -> start
      | IS_CREATED                     @created                       -> Created
      | IS_UP                          @created @started              -> Running
      | IS_STOPPED                     @created @started @exit        -> Exited
    ) >~to_absent,

    Unobserved: (
        CREATED                        @created                       -> Created
      | STARTED                        @created @started              -> Running
        # Not an end of anything that is known: a create that failed is followed by an exit, too.
      | (EXITED | DELETED | OOM)                                      -> Unobserved
      | (VERIFY | IS_STALE)            @ask                           -> Unobserved
      | LOAD                           @ask                           -> Loading
      | IS_ABSENT                                                     -> start
      | IS_CREATED                     @created                       -> Created
      | IS_UP                          @created @started              -> Running
      | IS_STOPPED                     @created @started @exit        -> Exited
    ) >~to_unobserved,

    Loading: (
        (CREATED | STARTED | EXITED | DELETED | OOM)                  -> Loading
      | (VERIFY | IS_STALE)            @ask                           -> Loading
      | IS_ABSENT                      @done_missing                  -> start
      | IS_CREATED                     @created @done                 -> Created
      | IS_UP                          @created @started @done        -> Running
      | IS_STOPPED                     @created @started @exit @done  -> Exited
    ) >~to_loading,

    Creating: (
        OK                             @created @done                 -> Created
      | (ERROR | MISSING)              @done_failed                   -> start
        # Somebody else has a task of that name.
      | TAKEN                          @done_failed @ask              -> Unobserved
      | NO_REPLY                       @ask                           -> CreateDoubt
        # Our own event mostly overtakes the reply (34 of 40 times as measured).
      | CREATED                                                       -> Creating
        # Init may be OOM-killed while it is created; or this is an old run's end. The reply decides what to ask.
      | (STARTED | EXITED | DELETED)   @defer                         -> Creating
      | (VERIFY | ANSWER)              @defer                         -> Creating
    ) >~to_creating,

    CreateDoubt: (
        (CREATED | STARTED | EXITED | DELETED)                        -> CreateDoubt
      | (VERIFY | IS_STALE)            @ask                           -> CreateDoubt
      | IS_ABSENT                      @done_undone                   -> start
      | IS_CREATED                     @created @done                 -> Created
      | IS_UP                          @created @started @done        -> Running
      | IS_STOPPED                     @created @exit @done           -> NeverRan
    ) >~to_create_doubt,

    Created: (
        START                          @call_start                    -> Starting
      | (DELETE | FORCE_DELETE)        @call_delete                   -> CreatedDeleting
      | KILL                           @call_kill                     -> Created
      | STARTED                        @started                       -> Running
        # Killed before it was started; also what the delete of a created task looks like from outside (137, no time).
      | EXITED                         @exit                          -> NeverRan
      | OOM                            @oom                           -> Created
      | DELETED                        @gone                          -> start
      | (VERIFY | IS_STALE)            @ask                           -> Created
      | IS_ABSENT                      @gone                          -> start
      | IS_CREATED                                                    -> Created
      | IS_UP                          @started                       -> Running
      | IS_STOPPED                     @exit                          -> NeverRan
    ) >~to_created,

    Starting: (
        OK                             @started @done_started         -> Running
        # A failed start is an end of its own: no exit event follows, and somebody may be waiting for one.
      | REFUSED                        @exit @done_failed             -> NeverRan
      | NO_REPLY                       @ask                           -> StartDoubt
      | KILL                           @call_kill                     -> Starting
      | STARTED                        @started                       -> StartingSeen
        # The exit overtakes the reply (18 of 40 for init, 31 of 40 for execs as measured): held back until the start
        # has been told.
      | EXITED                                                        -> StartingEnded
      | OOM                            @oom                           -> Starting
      | (DELETED | VERIFY | ANSWER)    @defer                         -> Starting
    ) >~to_starting,

    StartingSeen: (
        OK                             @done_started                  -> Running
        # Refused, and yet it was seen to run: it runs until it is seen to end.
      | REFUSED                        @done_failed                   -> Running
      | NO_REPLY                       @done_started                  -> Running
      | KILL                           @call_kill                     -> StartingSeen
      | EXITED                         @exit                          -> StartingOver
      | OOM                            @oom                           -> StartingSeen
      | (DELETED | IS_STOPPED)         @exit @defer                   -> StartingOver
      | (VERIFY | SEEN - IS_STOPPED)   @defer                         -> StartingSeen
      | OUTLIVED                       @exit                          -> StartingOver
    ) >~to_starting_seen,

    StartingEnded: (
        (OK | NO_REPLY)                @started @done_started @exit   -> Exited
      | REFUSED                        @exit @done_failed             -> NeverRan
      | STARTED                        @started @exit                 -> StartingOver
        # The reply names another process than the exit did: it was the end of an older exec of that name.
      | NOT_OURS                                                      -> Starting
      | OOM                            @oom                           -> StartingEnded
      | (DELETED | VERIFY | ANSWER)    @defer                         -> StartingEnded
    ) >~to_starting_ended,

    StartingOver: (
        (OK | NO_REPLY)                @done_started                  -> Exited
      | REFUSED                        @done_failed                   -> Exited
      | OOM                            @oom                           -> StartingOver
      | (DELETED | VERIFY | SEEN)      @defer                         -> StartingOver
    ) >~to_starting_over,

    StartDoubt: (
        (VERIFY | IS_STALE)            @ask                           -> StartDoubt
      | KILL                           @call_kill                     -> StartDoubt
      | OOM                            @oom                           -> StartDoubt
      | DELETED                        @ask                           -> StartDoubt
        # It may have run and been deleted by somebody else meanwhile: its end is told, its code is not known.
      | IS_ABSENT                      @exit @gone @done_undone       -> start
      | IS_CREATED                     @done_undone                   -> Created
      | (IS_UP | STARTED)              @started @done_started         -> Running
      | (IS_STOPPED | EXITED)          @started @done_started @exit   -> Exited
    ) >~to_start_doubt,

    Running: (
        FORCE_DELETE                   @call_force_kill @call_timer   -> Killing
      | KILL                           @call_kill                     -> Running
      | EXITED                         @exit                          -> Exited
      | OOM                            @oom                           -> Running
        # Its exit event was lost: the delete tells the end.
      | DELETED                        @exit @gone                    -> start
      | (VERIFY | IS_STALE)            @ask                           -> Running
      | IS_ABSENT                      @exit @gone                    -> start
      | IS_UP                                                         -> Running
      | IS_STOPPED                     @exit                          -> Exited
        # Its task has ended, and its own end has not been told since: it may never be (containerd#9719, #10589).
      | OUTLIVED                       @exit                          -> Exited
    ) >~to_running,

    Exited: (
        (DELETE | FORCE_DELETE)        @call_delete                   -> Deleting
        # The kernel's OOM notice takes another way than the exit event and may come after it.
      | OOM                            @oom                           -> Exited
      | DELETED                        @gone                          -> start
      | (VERIFY | IS_STALE)            @ask                           -> Exited
      | IS_ABSENT                      @gone                          -> start
      | IS_STOPPED                                                    -> Exited
    ) >~to_exited,

    NeverRan: (
        (DELETE | FORCE_DELETE)        @call_delete                   -> NeverRanDeleting
      | OOM                            @oom                           -> NeverRan
      | DELETED                        @gone                          -> start
      | (VERIFY | IS_STALE)            @ask                           -> NeverRan
      | IS_ABSENT                      @gone                          -> start
        # containerd leaves an exec whose start failed in its state "created".
      | (IS_CREATED | IS_STOPPED)                                     -> NeverRan
    ) >~to_never_ran,

    CreatedDeleting: (
        (OK | MISSING)                 @gone @done                    -> start
      | FAILED                         @done_failed @ask              -> Created
      | NO_REPLY                       @ask                           -> CreatedDeleteDoubt
      | STARTED                        @started                       -> Reaping
      | EXITED                         @exit                          -> NeverRanDeleting
      | DELETED                                                       -> CreatedDeleting
      | (VERIFY | ANSWER)              @defer                         -> CreatedDeleting
    ) >~to_created_deleting,

    CreatedDeleteDoubt: (
        (VERIFY | IS_STALE)            @ask                           -> CreatedDeleteDoubt
      | (IS_ABSENT | DELETED)          @gone @done                    -> start
      | IS_CREATED                     @done_undone                   -> Created
      | IS_UP                          @started @done_undone          -> Running
      | IS_STOPPED                     @exit @done_undone             -> NeverRan
      | EXITED                         @exit                          -> NeverRanDeleteDoubt
      | STARTED                        @started                       -> ReapDoubt
    ) >~to_created_delete_doubt,

    NeverRanDeleting: (
        (OK | MISSING)                 @gone @done                    -> start
      | FAILED                         @done_failed @ask              -> NeverRan
      | NO_REPLY                       @ask                           -> NeverRanDeleteDoubt
      | DELETED                                                       -> NeverRanDeleting
      | OOM                            @oom                           -> NeverRanDeleting
      | (VERIFY | ANSWER - IS_UP)      @defer                         -> NeverRanDeleting
    ) >~to_never_ran_deleting,

    NeverRanDeleteDoubt: (
        (VERIFY | IS_STALE)            @ask                           -> NeverRanDeleteDoubt
      | (IS_ABSENT | DELETED)          @gone @done                    -> start
      | (IS_CREATED | IS_STOPPED)      @done_undone                   -> NeverRan
    ) >~to_never_ran_delete_doubt,

    Killing: (
        # Delivered, or not: what counts is the end. Its event may come first.
        FORCE_OK                                                      -> Killing
      | FORCE_ERROR                    @done_failed                   -> Running
        # Nothing to kill any more, and no end seen: the delete will tell the code.
      | FORCE_MISSING                  @call_delete                   -> Reaping
      | FORCE_NO_REPLY                 @ask                           -> KillDoubt
        # SIGKILL was sent, and it lives: nothing here can end it.
      | OVERDUE                        @done_late @unresponsive       -> Running
      | KILL                           @call_kill                     -> Killing
      | EXITED                         @exit @call_delete             -> Deleting
      | OOM                            @oom                           -> Killing
      | DELETED                        @exit @gone @done              -> start
      | (VERIFY | IS_STALE)            @ask                           -> Killing
      | IS_UP                                                         -> Killing
      | IS_STOPPED                     @exit @call_delete             -> Deleting
      | IS_ABSENT                      @exit @gone @done              -> start
      | OUTLIVED                       @exit @call_delete             -> Deleting
    ) >~to_killing,

    KillDoubt: (
        (VERIFY | IS_STALE)            @ask                           -> KillDoubt
      | IS_UP                          @done_undone                   -> Running
      | (IS_STOPPED | EXITED)          @exit @call_delete             -> Deleting
      | OOM                            @oom                           -> KillDoubt
      | (IS_ABSENT | DELETED)          @exit @gone @done              -> start
      | OUTLIVED                       @exit @call_delete             -> Deleting
    ) >~to_kill_doubt,

    Reaping: (
        (OK | MISSING)                 @exit @gone @done              -> start
      | FAILED                         @done_failed @ask              -> Running
      | NO_REPLY                       @ask                           -> ReapDoubt
      | (EXITED | DELETED | IS_STOPPED) @exit                         -> Deleting
      | OOM                            @oom                           -> Reaping
      | (VERIFY | SEEN - IS_STOPPED)   @defer                         -> Reaping
      | OUTLIVED                       @exit                          -> Deleting
    ) >~to_reaping,

    ReapDoubt: (
        (VERIFY | IS_STALE)            @ask                           -> ReapDoubt
      | (IS_ABSENT | DELETED)          @exit @gone @done              -> start
      | IS_UP                          @done_undone                   -> Running
      | IS_STOPPED                     @exit @done_undone             -> Exited
      | EXITED                         @exit                          -> DeleteDoubt
      | OOM                            @oom                           -> ReapDoubt
      | OUTLIVED                       @exit                          -> DeleteDoubt
    ) >~to_reap_doubt,

    Deleting: (
        (OK | MISSING)                 @gone @done                    -> start
      | FAILED                         @done_failed @ask              -> Exited
      | NO_REPLY                       @ask                           -> DeleteDoubt
        # The exit event came before the reply to the kill that caused it.
      | FORCED                                                        -> Deleting
        # The event of a delete always overtakes its reply (40 of 40 as measured).
      | DELETED                                                       -> Deleting
      | OOM                            @oom                           -> Deleting
      | (VERIFY | SEEN)                @defer                         -> Deleting
    ) >~to_deleting,

    DeleteDoubt: (
        (VERIFY | IS_STALE)            @ask                           -> DeleteDoubt
      | (IS_ABSENT | DELETED)          @gone @done                    -> start
      | (IS_STOPPED | IS_UP)           @done_undone                   -> Exited
      | FORCED                                                        -> DeleteDoubt
      | OOM                            @oom                           -> DeleteDoubt
    ) >~to_delete_doubt
    );
}%%
