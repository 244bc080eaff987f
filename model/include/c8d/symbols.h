/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The alphabet of the machines: all that can happen to a container, task, process or connection.
 *
 * One list feeds the C enum, the names in logs and golden tables, and (through the preprocessor, at build
 * time) the alphabet of the Ragel machines, which use the names without their prefix. Numbers are stable:
 * recordings hold names, stored model images hold numbers.
 */
#ifndef C8D_SYMBOLS_H
#define C8D_SYMBOLS_H

#include <c8d/base.h>

C8D_BEGIN_DECLS

/** Who speaks in a symbol. */
enum c8d_symbol_class {
    C8D_CLASS_COMMAND, /**< the consumer wants something */
    C8D_CLASS_REPLY,   /**< the runtime's reply to a call of ours; exactly one for each call */
    C8D_CLASS_EVENT,   /**< the runtime's event stream; may be lost, repeated, late, out of order */
    C8D_CLASS_ANSWER, /**< the runtime's answer to a query for the present state, or an entry of a snapshot */
    C8D_CLASS_LINK,   /**< the connection, its stream and its timers */
    C8D_CLASS_INTERNAL, /**< one machine to another, inside the model */
};

/** Each row is X(name, number, class). Commands are imperative, events past, answers begin with IS_. */
#define C8D_SYMBOLS(X)                                                                                       \
    /* Commands. CREATE: a container record, a task or (exec) a process, by region. */                       \
    X(CREATE, 1, COMMAND)                                                                                    \
    X(START, 2, COMMAND)                                                                                     \
    X(DELETE, 3, COMMAND)                                                                                    \
    X(FORCE_DELETE, 4, COMMAND)                                                                              \
    X(LOAD, 5, COMMAND)   /* take up what may exist already */                                               \
    X(LAUNCH, 6, COMMAND) /* create and start as one, undone when the start fails */                         \
    X(KILL, 7, COMMAND)                                                                                      \
    X(PAUSE, 8, COMMAND)                                                                                     \
    X(RESUME, 9, COMMAND)                                                                                    \
    X(CHECKPOINT, 10, COMMAND)                                                                               \
    /* Reply to the one lifecycle call in flight of a region. */                                             \
    X(OK, 11, REPLY)                                                                                         \
    X(ERROR, 12, REPLY)   /* refused or failed: certainly not done */                                        \
    X(MISSING, 13, REPLY) /* NotFound */                                                                     \
    X(LOST, 14, REPLY)    /* may or may not have been done */                                                \
    /* Reply to the kill that a force-delete sends, or the consumer's termination of a compute system. */    \
    X(FORCE_OK, 15, REPLY)                                                                                   \
    X(FORCE_ERROR, 16, REPLY)                                                                                \
    X(FORCE_MISSING, 17, REPLY)                                                                              \
    X(FORCE_LOST, 18, REPLY)                                                                                 \
    /* Events. */                                                                                            \
    X(CREATED, 19, EVENT) /* /tasks/create, /tasks/exec-added, /containers/create */                         \
    X(STARTED, 20, EVENT) /* /tasks/start, /tasks/exec-started */                                            \
    X(EXITED, 21, EVENT)  /* /tasks/exit */                                                                  \
    X(DELETED, 22, EVENT) /* /tasks/delete, /containers/delete */                                            \
    X(PAUSED, 23, EVENT)                                                                                     \
    X(RESUMED, 24, EVENT)                                                                                    \
    X(CHECKPOINTED, 25, EVENT)                                                                               \
    X(OOM, 26, EVENT)                                                                                        \
    /* Answers. */                                                                                           \
    X(IS_ABSENT, 27, ANSWER)                                                                                 \
    X(IS_CREATED, 28, ANSWER)                                                                                \
    X(IS_RUNNING, 29, ANSWER)                                                                                \
    X(IS_PAUSED, 30, ANSWER)                                                                                 \
    X(IS_STOPPED, 31, ANSWER)                                                                                \
    X(IS_STALE, 32, ANSWER)      /* answered, but something happened in between: ask again */                \
    X(IS_UNANSWERED, 33, ANSWER) /* the query itself failed */                                               \
    /* Link. VERIFY: something hints that what we believe is out of date: ask. */                            \
    X(VERIFY, 34, LINK)                                                                                      \
    X(RETRY, 35, LINK) /* the pause after a failed query or subscription is over */                          \
    X(OPEN, 36, LINK)  /* an event stream is wanted */                                                       \
    X(SUBSCRIBED, 37, LINK)                                                                                  \
    X(SUBSCRIBE_FAILED, 38, LINK)                                                                            \
    X(STREAM_ENDED, 39, LINK)                                                                                \
    X(OVERFLOW, 40, LINK) /* events were dropped on our side */                                              \
    X(RESTORE, 41, LINK)  /* take up all that the runtime holds */                                           \
    X(LISTED, 42, LINK)   /* the snapshot is complete */                                                     \
    X(LIST_FAILED, 43, LINK)                                                                                 \
    X(CLOSE, 44, LINK)                                                                                       \
    /* Between machines. */                                                                                  \
    X(TASK_UP, 45, INTERNAL)   /* the init process runs: the task can be paused */                           \
    X(TASK_DOWN, 46, INTERNAL) /* it does not any more */                                                    \
    X(NOT_OURS, 47, INTERNAL)  /* the exit held back belongs to another process */                           \
    /* Query bookkeeping. */                                                                                 \
    X(ASK, 48, INTERNAL)      /* a machine wants to know the present state */                                \
    X(DEFER, 49, INTERNAL)    /* it wants to know once the call in flight has settled */                     \
    X(STIR, 50, INTERNAL)     /* something happened: an answer under way may be out of date */               \
    X(SETTLED, 51, INTERNAL)  /* no lifecycle call is in flight */                                           \
    X(ANSWERED, 52, INTERNAL) /* the answer to our query came */                                             \
    X(LISTING, 53, INTERNAL)  /* a snapshot was asked for: it answers for us too */                          \
    X(SNAPSHOT, 54, INTERNAL) /* what the snapshot says of us came */                                        \
    /* Numbers are stable, so what comes later stands at the end. */                                         \
    X(TAKEN, 55, REPLY) /* AlreadyExists: somebody has that id */                                            \
    /* The time that the model gives a call is over, and no reply has come: as LOST, and a sign. */          \
    X(EXPIRED, 56, REPLY)                                                                                    \
    X(FORCE_EXPIRED, 57, REPLY)                                                                              \
    X(IS_EXPIRED, 58, ANSWER)                                                                                \
    /* An exec has had its time to end after its task. */                                                    \
    X(OUTLIVED, 59, LINK)                                                                                    \
    /* The supervision of a private runtime; START, OK, ERROR, EXITED, IS_ABSENT, IS_RUNNING, RETRY, too. */ \
    X(STOP, 60, COMMAND)      /* of a process, too: signal, grace, SIGKILL */                                \
    X(HEALTHY, 61, LINK)      /* it has answered a check */                                                  \
    X(UNHEALTHY, 62, LINK)    /* it has not */                                                               \
    X(GIVEN_UP, 63, INTERNAL) /* it has not, too often in a row */                                           \
    X(OVERDUE, 64, LINK)      /* its start, or its end, takes too long */                                    \
    X(REPLACE, 65, COMMAND)   /* create, in place of what is there */                                        \
    X(RECOVER, 66, INTERNAL)  /* the process that the model lives in was started anew */                     \
    X(CLOSE_STDIN, 67, COMMAND)                                                                              \
    /* What a container is to be from now on, whatever happens to it; WISH_NONE: nothing any more. */        \
    X(WISH_NONE, 68, COMMAND)                                                                                \
    X(WISH_RUNNING, 69, COMMAND)                                                                             \
    X(WISH_STOPPED, 70, COMMAND)                                                                             \
    X(WISH_PAUSED, 71, COMMAND)                                                                              \
    X(WISH_REMOVED, 72, COMMAND)                                                                             \
    X(AGAIN, 73, LINK)       /* the pause before a wish is followed again is over */                         \
    X(STEADY, 74, LINK)      /* what was wished for has lasted long enough */                                \
    X(VACANT, 75, INTERNAL)  /* there is a record, and no task */                                            \
    X(REACHED, 76, INTERNAL) /* all is as it was wished */                                                   \
    X(LAPSED, 77, INTERNAL)  /* it has been nearer to the wish before */

enum c8d_symbol {
    C8D_SYM_NONE = 0,
#define C8D_SYMBOL_MEMBER(name, number, class_) C8D_SYM_##name = (number),
    C8D_SYMBOLS(C8D_SYMBOL_MEMBER)
#undef C8D_SYMBOL_MEMBER
        C8D_SYM__COUNT
};

/**
 * Names a symbol.
 *
 * @param symbol Any value.
 * @return A static string such as "EXITED"; "?" for a value that is none.
 */
C8D_API const char *c8d_symbol_name(enum c8d_symbol symbol);

/**
 * Finds a symbol by name (as in a recording).
 *
 * @param name Borrowed during the call.
 * @return C8D_SYM_NONE when no symbol has that name.
 */
C8D_API enum c8d_symbol c8d_symbol_named(struct c8d_str name);

/** @return The class of a symbol; C8D_CLASS_INTERNAL for a value that is none. */
C8D_API enum c8d_symbol_class c8d_symbol_class(enum c8d_symbol symbol);

/**
 * Says what a call's result means for the machine that sent it. The rule is here, not in an adapter, because
 * treating a timeout or a broken connection as absence has torn down healthy containers: only NOT_FOUND
 * proves absence.
 *
 * @param status Result of a lifecycle call.
 * @return OK, MISSING, TAKEN, LOST, EXPIRED (for DEADLINE) or ERROR.
 */
C8D_API enum c8d_symbol c8d_symbol_of_reply(enum c8d_status status);

C8D_END_DECLS

#endif
