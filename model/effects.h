/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an arrow of a machine does besides changing the state: it sets bits. The engine carries them out in
 * the order of the bits, so this order is part of the specification: a start is told before its completion,
 * its completion before an end that is known already, and the completion of a delete after all that the
 * delete brought to light.
 */
#ifndef C8D_EFFECTS_H
#define C8D_EFFECTS_H

/* Each row is X(NAME, bit, text). */
#define C8D_EFFECTS(X)                                                                                       \
    X(NOTICE_CREATED, 0, "notice-created")                                                                   \
    X(NOTICE_STARTED, 1, "notice-started")                                                                   \
    X(DONE_STARTED, 2, "done-started")                                                                       \
    X(NOTICE_PAUSED, 3, "notice-paused")                                                                     \
    X(NOTICE_RESUMED, 4, "notice-resumed")                                                                   \
    X(NOTICE_CHECKPOINTED, 5, "notice-checkpointed")                                                         \
    X(NOTICE_OOM, 6, "notice-oom")                                                                           \
    X(NOTICE_EXIT, 7, "notice-exit")                                                                         \
    X(NOTICE_GONE, 8, "notice-deleted")                                                                      \
    X(NOTICE_GAP, 9, "notice-gap")                                                                           \
    X(NOTICE_RESYNCED, 10, "notice-resynced")                                                                \
    X(DONE_OK, 11, "done")                                                                                   \
    X(DONE_FAILED, 12, "done-failed")   /* with the status of the reply */                                   \
    X(DONE_MISSING, 13, "done-missing") /* not found */                                                      \
    X(DONE_UNDONE, 14, "done-undone")   /* a query showed that it was not done */                            \
    X(DONE_LOST, 15, "done-lost")       /* it cannot be found out any more */                                \
    X(CALL_CREATE, 16, "create")                                                                             \
    X(CALL_START, 17, "start")                                                                               \
    X(CALL_DELETE, 18, "delete")                                                                             \
    X(CALL_KILL, 19, "kill")                                                                                 \
    X(CALL_FORCE_KILL, 20, "force-kill")                                                                     \
    X(CALL_PAUSE, 21, "pause")                                                                               \
    X(CALL_RESUME, 22, "resume")                                                                             \
    X(CALL_CHECKPOINT, 23, "checkpoint")                                                                     \
    X(CALL_QUERY, 24, "query")                                                                               \
    X(CALL_RETRY, 25, "retry-later")                                                                         \
    X(CALL_SUBSCRIBE, 26, "subscribe")                                                                       \
    X(CALL_LIST, 27, "list")                                                                                 \
    X(ASK, 28, "ask")     /* to the query bookkeeping: the present state is wanted */                        \
    X(DEFER, 29, "defer") /* the same, once the call in flight has settled */                                \
    X(FRESH, 30, "fresh") /* from the query bookkeeping: the answer counts */                                \
    X(STALE, 31, "stale") /* it is out of date */                                                            \
    /* No machine has these beside others of their kind: their place in the order is of no account. */       \
    X(NOTICE_UNRESPONSIVE, 32, "notice-unresponsive")                                                        \
    X(NOTICE_RESPONSIVE, 33, "notice-responsive")                                                            \
    /* Of the supervisor; of a compute system AWAIT (its exit, after a termination) and AGAIN (what was      \
     * asked). */                                                                                            \
    X(LOOK, 34, "look")           /* is one that was started earlier still running? */                       \
    X(AWAIT, 35, "await")         /* its first answer, for so long */                                        \
    X(AGAIN, 36, "again")         /* ask it again after a while */                                           \
    X(DONE_LATE, 37, "done-late") /* it was asked for, and has not come about in its time */                 \
    X(CALL_SIGNAL, 38, "signal")                                                                             \
    X(CALL_ESCALATE, 39, "escalate")                                                                         \
    X(CALL_TIMER, 40, "timer")                                                                               \
    X(CALL_LOAD, 41, "load")                                                                                 \
    X(CALL_LOAD_TASK, 42, "load-task")                                                                       \
    X(CALL_CLEAR, 43, "force-delete")                                                                        \
    X(DONE_CONFLICT, 44, "done-conflict") /* what is there cannot be found */                                \
    X(CALL_CLOSE_STDIN, 45, "close-stdin")                                                                   \
    /* Of a wish: commands that its region's name is needed for, and its timers. */                          \
    X(CALL_CREATE_TASK, 46, "create-task")                                                                   \
    X(CALL_DELETE_TASK, 47, "delete-task")                                                                   \
    X(CALL_STOP, 48, "stop")                                                                                 \
    X(CALL_BACKOFF, 49, "backoff")                                                                           \
    X(CALL_STEADY, 50, "steady")                                                                             \
    X(FORGIVE, 51, "forgive") /* the next pause is the shortest one again */                                 \
    /* Of a compute system alone. */                                                                         \
    X(ABANDON, 52, "abandon")               /* who runs in it is out of reach from now on */                 \
    X(CLOSE, 53, "close")                   /* let go of it, once nobody uses it */                          \
    X(AWAIT_SHUTDOWN, 54, "await-shutdown") /* its exit, or word that it failed, for so long */              \
    X(AWAIT_LEFTOVER, 55, "await-leftover") /* the exit of one that was taken over, for so long */           \
    /* Of a process of HCS, whose effects stand in the order of hcs_process.c. */                            \
    X(EXIT_UNKNOWN, 56, "exit-unknown") /* told to have ended, without a code */                             \
    X(NEVER_RAN, 57, "never-ran")       /* told to have ended, and not to have run */                        \
    X(FORGET_EXECS, 58, "forget-execs") /* with it go the execs that do not run */

enum {
#define C8D_EFFECT_MEMBER(name, bit, text) C8D_BIT_##name = (bit),
    C8D_EFFECTS(C8D_EFFECT_MEMBER)
#undef C8D_EFFECT_MEMBER
};

#define C8D_FX(name) ((uint64_t)1 << C8D_BIT_##name)

#define C8D_FX_DONE                                                                                          \
    (C8D_FX(DONE_STARTED) | C8D_FX(DONE_OK) | C8D_FX(DONE_FAILED) | C8D_FX(DONE_MISSING) |                   \
     C8D_FX(DONE_UNDONE) | C8D_FX(DONE_LOST) | C8D_FX(DONE_LATE) | C8D_FX(DONE_CONFLICT))

#endif
