/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container's record in the runtime: the metadata that outlives its tasks. Here the answers to a query mean: IS_CREATED,
 * the record is there; IS_ABSENT, it is not.
 */
%%{
    machine container_machine;

    SEEN = IS_CREATED | IS_ABSENT | IS_STALE;

    main := (
    start: ( # Absent
        0                           @keep               -> start
      | CREATE                      @call_create        -> Creating
      | LOAD                        @ask                -> Loading
      | (CREATED | VERIFY | IS_STALE) @ask              -> Unobserved
      | IS_ABSENT                                       -> start
      | IS_CREATED                                      -> Present
    ) >~to_absent,

    Unobserved: (
        (CREATED | DELETED)                             -> Unobserved
      | (VERIFY | IS_STALE)         @ask                -> Unobserved
      | LOAD                        @ask                -> Loading
      | IS_ABSENT                                       -> start
      | IS_CREATED                                      -> Present
    ) >~to_unobserved,

    Loading: (
        (CREATED | DELETED)                             -> Loading
      | (VERIFY | IS_STALE)         @ask                -> Loading
      | IS_ABSENT                   @done_missing       -> start
      | IS_CREATED                  @done               -> Present
    ) >~to_loading,

    Creating: (
        OK                          @done               -> Present
      | (ERROR | MISSING)           @done_failed        -> start
      | TAKEN                       @done_failed @ask   -> Unobserved
      | NO_REPLY                    @ask                -> CreateDoubt
      | CREATED                                         -> Creating
      | (DELETED | VERIFY | SEEN)   @defer              -> Creating
    ) >~to_creating,

    CreateDoubt: (
        (CREATED | DELETED)                             -> CreateDoubt
      | (VERIFY | IS_STALE)         @ask                -> CreateDoubt
      | IS_ABSENT                   @done_undone        -> start
      | IS_CREATED                  @done               -> Present
    ) >~to_create_doubt,

    Present: (
        DELETE                      @call_delete        -> Deleting
      | LOAD                        @done               -> Present
        # Deleted by somebody else, or the late event of an older record of that name.
      | (DELETED | VERIFY | IS_STALE) @ask              -> Present
      | IS_ABSENT                                       -> start
      | IS_CREATED                                      -> Present
    ) >~to_present,

    Deleting: (
        (OK | MISSING)              @done               -> start
      | FAILED                      @done_failed @ask   -> Present
      | NO_REPLY                    @ask                -> DeleteDoubt
      | DELETED                                         -> Deleting
      | (CREATED | VERIFY | SEEN)   @defer              -> Deleting
    ) >~to_deleting,

    DeleteDoubt: (
        (CREATED | DELETED)                             -> DeleteDoubt
      | (VERIFY | IS_STALE)         @ask                -> DeleteDoubt
      | IS_ABSENT                   @done               -> start
      | IS_CREATED                  @done_undone        -> Present
    ) >~to_delete_doubt
    );
}%%
