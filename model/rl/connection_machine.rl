/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event stream of one connection. There is no replay and no cursor in containerd's event service: what was published
 * while nobody listened is gone. So each loss is told once as a gap, and made good by a snapshot taken after the new
 * stream is certain to deliver: subscribe first, list second. A stream that cannot be opened is tried again after a pause,
 * one attempt at a time (clients have filled disks with logs of a busy loop here).
 */
%%{
    machine connection_machine;

    main := (
    start: ( # Idle
        0                      @keep                         -> start
      | OPEN                   @call_subscribe               -> Opening
      | RESTORE                @call_subscribe               -> OpeningRestore
      | CLOSE                                                -> Closed
      | RECOVER                                              -> start
    ) >~to_idle,

    Opening: (
        # Nothing is known yet, so nothing can be out of date: no snapshot.
        SUBSCRIBED             @done                         -> Up
      | SUBSCRIBE_FAILED       @done_failed                  -> start
      | RESTORE                                              -> OpeningRestore
      | CLOSE                  @done_lost                    -> Closed
      | RECOVER                                              -> start
    ) >~to_opening,

    OpeningRestore: (
        SUBSCRIBED             @call_list                    -> Listing
      | SUBSCRIBE_FAILED       @done_failed                  -> start
      | CLOSE                  @done_lost                    -> Closed
      | RECOVER                                              -> start
    ) >~to_opening_restore,

    Up: (
        OPEN                   @done                         -> Up
      | RESTORE                @call_list                    -> Listing
      | STREAM_ENDED           @gap @call_subscribe          -> Reopening
      | OVERFLOW               @gap @call_list               -> Listing
      | CLOSE                                                -> Closed
        # What was published since the image was made is lost.
      | RECOVER                @gap @call_subscribe          -> Reopening
    ) >~to_up,

    Listing: (
        LISTED                 @resynced @done               -> Up
      | LIST_FAILED            @call_retry                   -> ListPause
      | STREAM_ENDED           @gap @call_subscribe          -> Reopening
        # What was dropped may be missing from the list under way: another one after a pause.
      | OVERFLOW               @gap @call_retry              -> ListPause
      | CLOSE                  @done_lost                    -> Closed
      | RECOVER                @gap @call_subscribe          -> Reopening
    ) >~to_listing,

    ListPause: (
        RETRY                  @call_list                    -> Listing
      | STREAM_ENDED           @gap @call_subscribe          -> Reopening
      | OVERFLOW                                             -> ListPause
      | CLOSE                  @done_lost                    -> Closed
      | RECOVER                @gap @call_subscribe          -> Reopening
    ) >~to_list_pause,

    Pause: (
        RETRY                  @call_subscribe               -> Reopening
      | CLOSE                  @done_lost                    -> Closed
      | RECOVER                @call_subscribe               -> Reopening
    ) >~to_pause,

    Reopening: (
        SUBSCRIBED             @call_list                    -> Listing
      | SUBSCRIBE_FAILED       @call_retry                   -> Pause
        # A pause asked for before the stream broke is over: nothing to do.
      | RETRY                                                -> Reopening
      | CLOSE                  @done_lost                    -> Closed
      | RECOVER                @call_subscribe               -> Reopening
    ) >~to_reopening,

    Closed: (
        CLOSE                                                -> Closed
      | RECOVER                                              -> start
    ) >~to_closed
    );
}%%
