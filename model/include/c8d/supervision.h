/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The supervision of a private runtime, as a model: one process that is started, asked whether it answers,
 * started again when it ends, and stopped.
 *
 * It is a function from (state, input) to (state, actions), like the model of containers beside it: no I/O,
 * no clock, no memory but the caller's. Processes are told apart by their generation, a number that grows
 * with each one; a pid is data and selects nothing.
 *
 * Threads: one caller at a time for each supervision; different ones are independent.
 */
#ifndef C8D_SUPERVISION_H
#define C8D_SUPERVISION_H

#include <c8d/base.h>
#include <c8d/states.h>
#include <c8d/symbols.h>

C8D_BEGIN_DECLS

/** Counts that the supervision goes by. */
struct c8d_supervision_limits {
    uint32_t failures_max; /**< 1 or more: so many checks in a row without an answer, and it is given up */
    /** 1 or more: so many answers in a row, and the next pause before a restart is the shortest one again.
     * One that answers, dies and answers again would otherwise be restarted in a tight loop. */
    uint32_t steady_checks;
};

/** One thing that happened. Fields that a symbol does not carry are zero. */
struct c8d_supervision_input {
    /**
     * START, STOP: commands of the consumer. IS_ABSENT, IS_RUNNING (with pid): what LOOK found. OK (with
     * pid), ERROR: what became of SPAWN. EXITED: the process has ended. HEALTHY, UNHEALTHY: what CHECK found.
     * RETRY, OVERDUE: a timer is over.
     */
    uint8_t symbol;
    uint8_t status;      /**< ERROR: enum c8d_status, handed through to the completion of START */
    bool exit_known;     /**< EXITED: exit_code counts. Of one that was not our child it cannot be had. */
    uint32_t pid;        /**< IS_RUNNING, OK */
    uint32_t exit_code;  /**< 0-255, or 128 + signal */
    uint64_t generation; /**< all but commands, IS_ABSENT and timers: as given with the action that it
                            answers; IS_RUNNING: that of LOOK */
    uint64_t number;     /**< commands: the consumer's request, returned with its completion; timers: as
                            ordered */
};

/** The timers; how long each runs, says who keeps the clock. Each row is X(name, number, text). */
#define C8D_SUPERVISION_TIMERS(X)                                                                            \
    X(START, 0, "start")             /* OVERDUE: for the first answer after a start */                       \
    X(STOP, 1, "stop")               /* OVERDUE: for its end after SIGTERM */                                \
    X(KILL, 2, "kill")               /* OVERDUE: for its end after SIGKILL */                                \
    X(CHECK, 3, "check")             /* RETRY: until the next check */                                       \
    X(RESTART, 4, "restart")         /* RETRY: before it is started again; longer with each `attempt` */     \
    X(FIRST_CHECK, 5, "first-check") /* RETRY: until the next check, while it has not answered yet */

enum c8d_supervision_timer {
#define C8D_SUPERVISION_TIMER_MEMBER(name, number, text) C8D_SUPERVISION_TIMER_##name = (number),
    C8D_SUPERVISION_TIMERS(C8D_SUPERVISION_TIMER_MEMBER)
#undef C8D_SUPERVISION_TIMER_MEMBER
        C8D_SUPERVISION_TIMER__COUNT
};

/** @return The stable key of a timer, such as "restart"; "?" for a value that is none. Static. */
C8D_API const char *c8d_supervision_timer_name(enum c8d_supervision_timer timer);

/** What is to be done or told. Each row is X(name, number, text). */
#define C8D_SUPERVISION_ACTIONS(X)                                                                           \
    X(LOOK, 0, "look")           /* is one that was started earlier still running? */                        \
    X(SPAWN, 1, "spawn")         /* start the process; its end is reported from now on */                    \
    X(CHECK, 2, "check")         /* ask it something, with a deadline */                                     \
    X(TERMINATE, 3, "terminate") /* SIGTERM */                                                               \
    X(KILL, 4, "kill")           /* SIGKILL */                                                               \
    X(TIMER, 5, "timer")                                                                                     \
    X(DONE, 6, "done")                 /* a request of the consumer is complete with `status` */             \
    X(UP, 7, "up")                     /* told: it answers */                                                \
    X(DOWN, 8, "down")                 /* told: it has ended; once for each generation */                    \
    X(UNRESPONSIVE, 9, "unresponsive") /* told: it does not answer, or not even SIGKILL has ended it */

enum c8d_supervision_action_kind {
#define C8D_SUPERVISION_ACTION_MEMBER(name, number, text) C8D_SUPERVISION_##name = (number),
    C8D_SUPERVISION_ACTIONS(C8D_SUPERVISION_ACTION_MEMBER)
#undef C8D_SUPERVISION_ACTION_MEMBER
        C8D_SUPERVISION_ACTION__COUNT
};

/** @return The stable key of an action, such as "spawn"; "?" for a value that is none. Static. */
C8D_API const char *c8d_supervision_action_name(enum c8d_supervision_action_kind kind);

struct c8d_supervision_action {
    uint8_t kind;        /**< enum c8d_supervision_action_kind */
    uint8_t timer;       /**< TIMER: enum c8d_supervision_timer */
    uint8_t symbol;      /**< TIMER: what to give when it is over, RETRY or OVERDUE, with `number` */
    uint8_t status;      /**< DONE: enum c8d_status */
    bool exit_known;     /**< DOWN: exit_code counts */
    bool adopted;        /**< UP, DOWN: it was started by somebody before us */
    uint32_t pid;        /**< 0 = not known */
    uint32_t exit_code;  /**< DOWN */
    uint32_t attempt;    /**< TIMER RESTART: from 1, how often in a row it had to be started again */
    uint64_t generation; /**< of the process that it is about */
    uint64_t number;     /**< TIMER: to be returned; DONE: the consumer's request */
};

/** How many actions one input can give at most. */
#define C8D_SUPERVISION_ACTIONS_MAX 8

struct c8d_supervision_actions {
    struct c8d_supervision_action items[C8D_SUPERVISION_ACTIONS_MAX];
    uint32_t count; /**< in the order in which they are to be carried out */
};

/** The state: flat, to be stored and compared byte by byte. Its members are the model's own. */
struct c8d_supervision {
    struct c8d_supervision_limits limits;
    uint8_t state; /**< enum c8d_supervisor_state */
    uint8_t adopted;
    uint8_t start_status; /**< why the start under way has failed */
    uint8_t reserved;
    uint32_t pid;
    uint32_t failures; /**< checks in a row without an answer */
    uint32_t answers;  /**< checks in a row with one */
    uint32_t attempts; /**< restarts in a row */
    uint32_t reserved2;
    uint64_t generation;
    uint64_t timers; /**< ordered so far */
    uint64_t pause;  /**< number of the RETRY timer that counts; 0 = none */
    uint64_t limit;  /**< number of the OVERDUE timer that was ordered last; 0 = none yet */
    uint64_t start_request;
    uint64_t stop_request;
};

/**
 * Makes a supervision of nothing yet.
 *
 * @param supervision Filled.
 * @param limits      Copied.
 * @return OK, or INVALID: a limit is 0.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_supervision_init(struct c8d_supervision *supervision,
                                                           const struct c8d_supervision_limits *limits);

/**
 * Feeds one input.
 *
 * @param supervision Moved.
 * @param input       What happened. Borrowed during the call.
 * @param actions     Filled: what is to be done and told.
 * @return True when it was taken. False: it is late, of another generation or cannot happen here, and nothing
 * has changed but that a refused command is completed at once with CONFLICT.
 */
C8D_API bool c8d_supervision_step(struct c8d_supervision *supervision,
                                  const struct c8d_supervision_input *input,
                                  struct c8d_supervision_actions *actions);

C8D_END_DECLS

#endif
