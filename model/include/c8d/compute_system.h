/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a compute system of the Windows Host Compute Service, as a model: what is to be called next,
 * what a refusal, a silence or an exit means, and when it is over. Whoever calls HCS carries the actions out
 * and tells what came of them as symbols.
 *
 * It is a function from (state, symbol) to (state, actions), like the model of containers beside it, and
 * knows no text, no handle and no clock. HCS keeps no record of a container; the record lives and dies with
 * the state that is kept here.
 *
 * Threads: one caller at a time for each state; different ones are independent.
 */
#ifndef C8D_COMPUTE_SYSTEM_H
#define C8D_COMPUTE_SYSTEM_H

#include <c8d/base.h>
#include <c8d/states.h>
#include <c8d/symbols.h>

C8D_BEGIN_DECLS

/**
 * What is to be done or told, each row X(name, number, text). What is called is answered with one symbol: OK,
 * MISSING, ERROR, EXITED or LOST, as model/rl/compute_system_machine.rl has them; what is awaited with
 * EXITED, ERROR (HCS says that it will not), LOST (the service has gone) or OVERDUE.
 */
#define C8D_COMPUTE_SYSTEM_ACTIONS(X)                                                                        \
    X(TELL_CREATED, 0, "tell-created") /* an event: there is a container */                                  \
    X(TELL_DELETED, 1, "tell-deleted") /* an event: there is none any more */                                \
    X(DONE, 2, "done")                 /* the command is complete */                                         \
    X(FAIL, 3, "fail")                 /* the command has failed, with the first error on the way */         \
    X(CREATE, 4, "create")             /* make it, register a callback, and await its completion */          \
    X(START, 5, "start")               /* and await its completion */                                        \
    X(SHUT_DOWN, 6, "shut-down")                                                                             \
    X(TERMINATE, 7, "terminate")                                                                             \
    X(OPEN, 8, "open")                      /* by its id */                                                  \
    X(ASK_OWNER, 9, "ask-owner")            /* MISSING: another's */                                         \
    X(WATCH, 10, "watch")                   /* register a callback */                                        \
    X(AWAIT_EXIT, 11, "await-exit")         /* after a termination */                                        \
    X(AWAIT_SHUTDOWN, 12, "await-shutdown") /* its exit, or word that the shutdown has failed */             \
    X(AWAIT_LEFTOVER, 13, "await-leftover") /* the exit of one that was taken over */                        \
    X(ABANDON, 14, "abandon")               /* who runs in it is told to be out of reach */                  \
    X(CLOSE, 15, "close") /* once nobody uses it: unregister and close, as far as it is there */             \
    X(AGAIN, 16, "again") /* the command is given once more, in the new state */                             \
    X(DEFER, 17, "defer") /* the command is given once more, when something has changed */

enum c8d_compute_system_action {
#define C8D_COMPUTE_SYSTEM_ACTION_MEMBER(name, number, text) C8D_COMPUTE_SYSTEM_DO_##name = (number),
    C8D_COMPUTE_SYSTEM_ACTIONS(C8D_COMPUTE_SYSTEM_ACTION_MEMBER)
#undef C8D_COMPUTE_SYSTEM_ACTION_MEMBER
        C8D_COMPUTE_SYSTEM_ACTION__COUNT
};

/** @return The stable key of an action, such as "shut-down"; "?" for a value that is none. Static. */
C8D_API const char *c8d_compute_system_action_name(enum c8d_compute_system_action action);

/** How many actions one symbol can give at most. */
#define C8D_COMPUTE_SYSTEM_ACTIONS_MAX 2

struct c8d_compute_system_actions {
    uint8_t items[C8D_COMPUTE_SYSTEM_ACTIONS_MAX]; /**< enum c8d_compute_system_action */
    uint32_t count;                                /**< in the order in which they are to be carried out */
};

/**
 * Feeds one symbol.
 *
 * Commands: CREATE; ASK (what is it? one that is not known is opened, looked at and let go); LOAD (the same,
 * and one that was not made here is taken over, which ends it); START (a task is wanted in it); STOP and KILL
 * (shut it down, terminate it); DELETE. Facts: SNAPSHOT and IS_ABSENT (HCS's list has it, or has it no more);
 * EXITED and LOST (it has exited, the service has gone), outside of a procedure; FORCE_OK, FORCE_MISSING and
 * FORCE_ERROR (the answer to what KILL has called). The rest answers an action.
 *
 * @param state   enum c8d_compute_system_state, at first NONE. Moved. Who is in NONE afterwards is to be
 *                forgotten when the actions have been carried out.
 * @param symbol  enum c8d_symbol.
 * @param actions Filled: what is to be done and told.
 * @return True when it was taken. False: it is late, or cannot happen here, and nothing has changed; a
 * command is refused.
 */
C8D_API bool c8d_compute_system_step(uint8_t *state, uint8_t symbol,
                                     struct c8d_compute_system_actions *actions);

/** What is seen of a record from outside. */
enum c8d_compute_system_presence {
    C8D_COMPUTE_SYSTEM_COMING,  /**< not in a list yet; its id is taken, and other commands wait */
    C8D_COMPUTE_SYSTEM_SETTLED, /**< it takes commands */
    C8D_COMPUTE_SYSTEM_BUSY,    /**< it is there, and other commands wait until a procedure is over */
    C8D_COMPUTE_SYSTEM_GOING,   /**< the same, and whether its id is taken is seen then */
};

/** @return What is seen of a record in that state; COMING for a value that is none. */
C8D_API enum c8d_compute_system_presence c8d_compute_system_presence(uint8_t state);

C8D_END_DECLS

#endif
