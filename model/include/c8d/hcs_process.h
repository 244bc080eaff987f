/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a process of the Windows Host Compute Service, as a model: the init process of a task, or an
 * exec, in a compute system whose own life is in c8d/compute_system.h. What is to be called next, what a
 * refusal, a silence or an exit means, what a signal does in each state, and when an end has a code.
 *
 * It is a function from (state, symbol) to (state, actions) and knows no text, no handle and no clock.
 *
 * Threads: one caller at a time for each state; different ones are independent.
 */
#ifndef C8D_HCS_PROCESS_H
#define C8D_HCS_PROCESS_H

#include <c8d/base.h>
#include <c8d/states.h>
#include <c8d/symbols.h>

C8D_BEGIN_DECLS

/**
 * What is to be done or told, each row X(name, number, text). What is called is answered with OK or ERROR,
 * and where it is said so with another symbol; CREATE also with LOST (it is there, and of no use), END
 * besides with FORCE_MISSING (it has ended) when it was asked for by a command.
 */
#define C8D_HCS_PROCESS_ACTIONS(X)                                                                           \
    X(TELL_CREATED, 0, "tell-created") /* an event: there is a task, or an exec */                           \
    X(TELL_STARTED, 1, "tell-started") /* an event */                                                        \
    X(TELL_PAUSED, 2, "tell-paused")   /* an event: the task is paused */                                    \
    X(TELL_RESUMED, 3, "tell-resumed") /* an event: it is not any more */                                    \
    X(TELL_EXIT, 4, "tell-exit")       /* an event: it has ended, with the code that was asked for */        \
    X(TELL_EXIT_UNKNOWN, 5, "tell-exit-unknown") /* the same, without a code */                              \
    X(TELL_NEVER_RAN, 6, "tell-never-ran")       /* the same, without a code and a time */                   \
    X(TELL_DELETED, 7, "tell-deleted")           /* an event: the task is gone */                            \
    X(FORGET_EXECS, 8, "forget-execs")           /* each of its execs is given DELETED */                    \
    X(DONE, 9, "done")                           /* the command is complete */                               \
    X(FAIL, 10, "fail")                          /* it has failed, with the first error on the way */        \
    X(REFUSE_ENDED, 11, "refuse-ended")          /* it is not found: the process has ended */                \
    X(REFUSE_UNSTARTED, 12, "refuse-unstarted")  /* a conflict: the exec was not started */                  \
    X(CREATE, 13, "create")                      /* have HCS create it, and take its streams */              \
    X(WATCH, 14, "watch")                        /* register a callback */                                   \
    X(SHUT_DOWN, 15, "shut-down")                /* give its compute system STOP */                          \
    X(TERMINATE, 16, "terminate")                /* give its compute system KILL */                          \
    X(END, 17, "end")                            /* terminate this process alone */                          \
    X(ASK_CODE, 18, "ask-code")                  /* OK: HCS has said which; ERROR: it has not */             \
    X(ASK_ENDED, 19, "ask-ended")     /* IS_STOPPED: it has ended, with a code; anything else is not told */ \
    X(ASK_PAUSED, 20, "ask-paused")   /* is the system paused? IS_PAUSED, IS_RUNNING, IS_UNANSWERED */       \
    X(PAUSE, 21, "pause")             /* the system: PAUSED, IS_UNANSWERED */                                \
    X(RESUME, 22, "resume")           /* the system: RESUMED, IS_UNANSWERED */                               \
    X(CLOSE_STDIN, 23, "close-stdin") /* once all is passed on */                                            \
    X(CLOSE, 24, "close")             /* unregister, and close once nobody uses it */                        \
    X(DEFER, 25, "defer")             /* the command is given once more, when something has changed */

enum c8d_hcs_process_action {
#define C8D_HCS_PROCESS_ACTION_MEMBER(name, number, text) C8D_HCS_PROCESS_DO_##name = (number),
    C8D_HCS_PROCESS_ACTIONS(C8D_HCS_PROCESS_ACTION_MEMBER)
#undef C8D_HCS_PROCESS_ACTION_MEMBER
        C8D_HCS_PROCESS_ACTION__COUNT
};

/** @return The stable key of an action, such as "ask-code"; "?" for a value that is none. Static. */
C8D_API const char *c8d_hcs_process_action_name(enum c8d_hcs_process_action action);

/** How many actions one symbol can give at most. */
#define C8D_HCS_PROCESS_ACTIONS_MAX 4

struct c8d_hcs_process_actions {
    uint8_t items[C8D_HCS_PROCESS_ACTIONS_MAX]; /**< enum c8d_hcs_process_action */
    uint32_t count;                             /**< in the order in which they are to be carried out */
};

/**
 * Feeds one symbol.
 *
 * Commands: CREATE and START of an init process; LOAD and LAUNCH, the same of an exec, each given to the init
 * process of its task first, which takes it or refuses it; STOP, KILL and ASK (a signal that can be caught,
 * one that cannot, and none); CLOSE_STDIN; PAUSE and RESUME; DELETE. Facts, at any time: EXITED, LOST,
 * OVERDUE (its system has exited, and a while later HCS has not told that it has); FORCE_MISSING (its
 * termination, or that of its system, found that it has ended); DELETED (an exec's task is). The rest answers
 * an action.
 *
 * @param state   enum c8d_hcs_process_state, at first NONE. Moved. Who is in NONE afterwards is to be
 * forgotten when the actions have been carried out.
 * @param symbol  enum c8d_symbol.
 * @param actions Filled: what is to be done and told.
 * @return True when it was taken. False: it is late, or cannot happen here, and nothing has changed; a
 * command is refused.
 */
C8D_API bool c8d_hcs_process_step(uint8_t *state, uint8_t symbol, struct c8d_hcs_process_actions *actions);

/** @return What is seen of a process in that state from outside: CREATED, RUNNING, PAUSED or STOPPED; DELETED
 * when it is found by nobody, and for a value that is no state. */
C8D_API enum c8d_public_state c8d_hcs_process_seen(uint8_t state);

C8D_END_DECLS

#endif
