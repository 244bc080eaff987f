/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bookkeeping of one region's query for the present state of the runtime: at most one is in flight, and its answer
 * counts only when nothing happened to the region since it was asked. This is a machine of its own because it is where
 * hand-written flags go wrong.
 */
%%{
    machine query_machine;

    main := (
    start: ( # Idle
        0                @keep              -> start
      | ASK              @call_query        -> Asked
      | DEFER                               -> Owed
      | LISTING                             -> Listed
      | (STIR | SETTLED)                    -> start
      | RECOVER                             -> start
    ) >~to_idle,

    Asked: (
        ANSWERED         @fresh             -> start
      | NO_ANSWER        @call_retry        -> Waiting
        # Whatever made us want to know may have come after the runtime looked.
      | (ASK | DEFER | STIR)                -> Disturbed
        # A new stream: this answer may be older than the gap.
      | LISTING                             -> Disturbed
      | SETTLED                             -> Asked
      | RECOVER          @call_retry        -> Waiting
    ) >~to_asked,

    Disturbed: (
        ANSWERED         @stale             -> start
      | NO_ANSWER        @call_retry        -> Waiting
      | (ASK | DEFER | STIR | LISTING | SETTLED) -> Disturbed
      | RECOVER          @call_retry        -> Waiting
    ) >~to_disturbed,

    Owed: (
        (SETTLED | ASK)  @call_query        -> Asked
      | (DEFER | STIR | LISTING)            -> Owed
      | RECOVER                             -> Owed
    ) >~to_owed,

    # The query failed (runtime away, deadline): absence is not proved, so ask again, but not in a tight loop.
    Waiting: (
        RETRY            @call_query        -> Asked
      | LISTING                             -> Listed
      | (ASK | DEFER | STIR | SETTLED)      -> Waiting
      | RECOVER          @call_retry        -> Waiting
    ) >~to_waiting,

    # A snapshot is under way and answers for this region too.
    Listed: (
        SNAPSHOT         @fresh             -> start
      | (ASK | DEFER | STIR)                -> ListDisturbed
      | RETRY                               -> Listed
        # The list is asked for once more: what disturbed it before is in the new one.
      | (LISTING | SETTLED)                 -> Listed
      | RECOVER          @call_retry        -> Waiting
    ) >~to_listed,

    ListDisturbed: (
        SNAPSHOT         @stale             -> start
      | LISTING                             -> Listed
      | (ASK | DEFER | STIR | SETTLED | RETRY) -> ListDisturbed
      | RECOVER          @call_retry        -> Waiting
    ) >~to_list_disturbed
    );
}%%
