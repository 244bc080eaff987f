/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The states of the machines, one list a machine. Numbers are stable: stored model images hold them.
 * The pages with the arrows are model/rl/<machine>.rl; `c8d graph` draws them.
 */
#ifndef C8D_STATES_H
#define C8D_STATES_H

#include <c8d/base.h>

C8D_BEGIN_DECLS

/**
 * One process: the init process of a task, or an exec. "Doubt" means: the reply was lost, a query is out.
 * Each row is X(name, number).
 */
#define C8D_PROCESS_STATES(X)                                                                                \
    X(ABSENT, 0)                                                                                             \
    X(UNOBSERVED, 1) /* heard of, not yet asked after */                                                     \
    X(LOADING, 2)    /* the consumer wants to take it up; asked */                                           \
    X(CREATING, 3)                                                                                           \
    X(CREATE_DOUBT, 4)                                                                                       \
    X(CREATED, 5)                                                                                            \
    X(STARTING, 6)                                                                                           \
    X(STARTING_SEEN, 7)  /* its start event came before the reply */                                         \
    X(STARTING_ENDED, 8) /* its exit event came before the reply and is held back */                         \
    X(STARTING_OVER, 9)  /* start and exit both came before the reply */                                     \
    X(START_DOUBT, 10)                                                                                       \
    X(RUNNING, 11)                                                                                           \
    X(EXITED, 12)                                                                                            \
    X(NEVER_RAN, 13) /* created, and over without having run */                                              \
    X(CREATED_DELETING, 14)                                                                                  \
    X(NEVER_RAN_DELETING, 15)                                                                                \
    X(CREATED_DELETE_DOUBT, 16)                                                                              \
    X(KILLING, 17) /* force-delete has sent SIGKILL */                                                       \
    X(KILL_DOUBT, 18)                                                                                        \
    X(REAPING, 19) /* force-delete deletes what it could not kill any more; no end seen yet */               \
    X(REAP_DOUBT, 20)                                                                                        \
    X(DELETING, 21)                                                                                          \
    X(DELETE_DOUBT, 22)                                                                                      \
    X(NEVER_RAN_DELETE_DOUBT, 23)

/** Whether a task can be paused, is paused, or is being checkpointed. Lives while the init process runs. */
#define C8D_TASK_STATES(X)                                                                                   \
    X(DOWN, 0)                                                                                               \
    X(THAWED, 1)                                                                                             \
    X(PAUSING, 2)                                                                                            \
    X(PAUSE_DOUBT, 3)                                                                                        \
    X(PAUSED, 4)                                                                                             \
    X(RESUMING, 5)                                                                                           \
    X(RESUME_DOUBT, 6)                                                                                       \
    X(CHECKPOINTING, 7)                                                                                      \
    X(DOWN_CALLING, 8) /* the process ended while a call was in flight */                                    \
    X(UP_CALLING, 9)   /* and its successor runs already */

/** The container's record in the runtime (containerd: Containers.Create to Containers.Delete). */
#define C8D_CONTAINER_STATES(X)                                                                              \
    X(ABSENT, 0)                                                                                             \
    X(UNOBSERVED, 1)                                                                                         \
    X(LOADING, 2)                                                                                            \
    X(CREATING, 3)                                                                                           \
    X(CREATE_DOUBT, 4)                                                                                       \
    X(PRESENT, 5)                                                                                            \
    X(DELETING, 6)                                                                                           \
    X(DELETE_DOUBT, 7)

/** One connection's event stream. */
#define C8D_CONNECTION_STATES(X)                                                                             \
    X(IDLE, 0)                                                                                               \
    X(OPENING, 1)                                                                                            \
    X(OPENING_RESTORE, 2) /* opening, and a snapshot is wanted at once */                                    \
    X(UP, 3)                                                                                                 \
    X(LISTING, 4)                                                                                            \
    X(LIST_PAUSE, 5) /* the list failed; asked again after a pause */                                        \
    X(PAUSE, 6)      /* no stream; tried again after a pause */                                              \
    X(REOPENING, 7)  /* after a gap */                                                                       \
    X(CLOSED, 8)

/** The bookkeeping of one region's query for the present state. */
#define C8D_QUERY_STATES(X)                                                                                  \
    X(IDLE, 0)                                                                                               \
    X(ASKED, 1)                                                                                              \
    X(DISTURBED, 2) /* asked, and something happened since: the answer is stale */                           \
    X(OWED, 3)      /* to be asked when the call in flight has settled */                                    \
    X(WAITING, 4)   /* the query failed; asked again after a pause */                                        \
    X(LISTED, 5)    /* a snapshot under way will answer */                                                   \
    X(LIST_DISTURBED, 6)

/** Create and start as one command of the consumer. */
#define C8D_LAUNCH_STATES(X)                                                                                 \
    X(IDLE, 0)                                                                                               \
    X(CREATING, 1)                                                                                           \
    X(STARTING, 2)                                                                                           \
    X(UNDOING, 3) /* the start failed; what was created is being deleted */

/** Whether a container's calls are answered. */
#define C8D_RESPONSE_STATES(X)                                                                               \
    X(ANSWERING, 0)                                                                                          \
    X(QUERY_LATE, 1) /* one query was not answered in its time */                                            \
    X(CALL_LATE, 2)  /* one call was not */                                                                  \
    X(SILENT, 3)     /* told to be unresponsive: nothing is answered, not even a query */                    \
    X(STUCK, 4)      /* told to be unresponsive: calls are not answered, though queries may be */            \
    X(UNDEAD, 5)     /* told to be unresponsive: a process outlives its SIGKILL */

/** Stopping a process as one command of the consumer. */
#define C8D_STOP_STATES(X)                                                                                   \
    X(IDLE, 0)                                                                                               \
    X(SIGNALED, 1) /* the consumer's signal is sent, and its grace runs */                                   \
    X(KILLED, 2)   /* SIGKILL is sent to all */

/** Create in place of what is there under the name, as one command of the consumer. */
#define C8D_REPLACE_STATES(X)                                                                                \
    X(IDLE, 0)                                                                                               \
    X(CREATING, 1)                                                                                           \
    X(FINDING, 2)      /* the name is taken: its record is being loaded */                                   \
    X(FINDING_TASK, 3) /* and its task */                                                                    \
    X(CLEARING, 4)     /* the task is being deleted by force */                                              \
    X(DELETING, 5)     /* the record is being deleted */                                                     \
    X(CREATING_AGAIN, 6)

/** The end of a process's standard input. */
#define C8D_STDIN_STATES(X)                                                                                  \
    X(OPEN, 0)                                                                                               \
    X(WISHED, 1) /* the consumer wants it closed; held back until the start */                               \
    X(CLOSING, 2)                                                                                            \
    X(CLOSED, 3) /* the runtime says so, or nobody is left to read */

/** What the consumer wishes of a container, and how far the model has come with it. CALLING: one command for
 * it is in flight. BACKOFF: the next one waits for a timer. */
#define C8D_WISH_STATES(X)                                                                                   \
    X(NONE, 0)                                                                                               \
    X(DROPPED, 1) /* no more, and a command for it is still in flight */                                     \
    X(RUNNING, 2)                                                                                            \
    X(RUNNING_CALLING, 3)                                                                                    \
    X(RUNNING_REAPING, 4) /* its run has ended, and is being deleted */                                      \
    X(RUNNING_BACKOFF, 5)                                                                                    \
    X(STOPPED, 6)                                                                                            \
    X(STOPPED_CALLING, 7)                                                                                    \
    X(STOPPED_BACKOFF, 8)                                                                                    \
    X(PAUSED, 9)                                                                                             \
    X(PAUSED_CALLING, 10)                                                                                    \
    X(PAUSED_BACKOFF, 11)                                                                                    \
    X(REMOVED, 12)                                                                                           \
    X(REMOVED_CALLING, 13)                                                                                   \
    X(REMOVED_BACKOFF, 14)

/** The supervision of a private runtime (c8d/supervision.h). */
#define C8D_SUPERVISOR_STATES(X)                                                                             \
    X(IDLE, 0)                                                                                               \
    X(LOOKING, 1) /* for one that was left running */                                                        \
    X(SPAWNING, 2)                                                                                           \
    X(STARTING, 3)  /* it runs, and has not answered yet */                                                  \
    X(ADOPTING, 4)  /* one that was left running has not answered yet */                                     \
    X(REPLACING, 5) /* it was killed, since it did not answer */                                             \
    X(SERVING, 6)                                                                                            \
    X(FAILING, 7) /* checks were not answered, fewer than it takes to give it up */                          \
    X(ENDING, 8)  /* it was killed, since it did not answer */                                               \
    X(PAUSE, 9)   /* it has ended, and is started again after a pause */                                     \
    X(RESPAWNING, 10)                                                                                        \
    X(RESTARTING, 11)                                                                                        \
    X(UNWANTED, 12) /* being spawned, and to be stopped */                                                   \
    X(STOPPING, 13)                                                                                          \
    X(STOP_KILLING, 14)                                                                                      \
    X(ABANDONING, 15) /* killed, since its start took too long */                                            \
    X(LINGERING, 16)  /* given up, and not even SIGKILL has ended it */                                      \
    X(STOP_LOOKING, 17)

/** One compute system of the Host Compute Service, with its container's record (c8d/compute_system.h). */
#define C8D_COMPUTE_SYSTEM_STATES(X)                                                                         \
    X(NONE, 0)                                                                                               \
    X(CREATING, 1)                                                                                           \
    X(STARTING, 2)                                                                                           \
    X(UNDOING, 3)  /* it could not be made; what there is of it is being terminated */                       \
    X(UNMAKING, 4) /* and let go */                                                                          \
    X(UP, 5)                                                                                                 \
    X(OVER, 6)       /* exited, or the service has gone */                                                   \
    X(KILLING, 7)    /* the consumer's termination is under way */                                           \
    X(KILLED, 8)     /* it was accepted */                                                                   \
    X(VACANT, 9)     /* a record without a system */                                                         \
    X(RENEWING, 10)  /* another task is wanted: the old system's exit is awaited */                          \
    X(REPLACING, 11) /* it is let go */                                                                      \
    X(RECREATING, 12)                                                                                        \
    X(RESTARTING, 13)                                                                                        \
    X(REUNDOING, 14)                                                                                         \
    X(REUNMAKING, 15)                                                                                        \
    X(SHUTTING_DOWN, 16) /* called, or its exit is awaited */                                                \
    X(TERMINATING, 17)   /* the same, since it was not shut down */                                          \
    X(CLOSING, 18)                                                                                           \
    X(CLOSING_FAILED, 19) /* the same, with a failure to tell */                                             \
    X(LOOK_OPENING, 20)   /* one that was not made here is to be looked at */                                \
    X(LOOK_ASKING, 21)    /* whose it is */                                                                  \
    X(LOOKED, 22)         /* it is let go */                                                                 \
    X(REFUSED, 23)        /* the same, with a failure to tell */                                             \
    X(OPENING, 24)        /* one that was not made here is to be taken over */                               \
    X(ASKING, 25)         /* whose it is */                                                                  \
    X(LEFT, 26)           /* by a former life of this owner, and not opened */                               \
    X(LEFT_OPENING, 27)                                                                                      \
    X(LEFT_ASKING, 28)                                                                                       \
    X(WATCHING, 29)  /* it is ours, and a callback is being registered */                                    \
    X(ENDING, 30)    /* it is being terminated */                                                            \
    X(GIVING_UP, 31) /* it could not be: it is let go, and left */                                           \
    X(LOADED, 32)    /* taken over, and ended */

/** A process of the Windows Host Compute Service and its record (c8d/hcs_process.h). */
#define C8D_HCS_PROCESS_STATES(X)                                                                            \
    X(NONE, 0)                                                                                               \
    X(CREATED, 1)                                                                                            \
    X(STARTING, 2)                                                                                           \
    X(WATCHING, 3) /* HCS has it, and a callback is being registered */                                      \
    X(UNDOING, 4)  /* it cannot be used: it is being ended */                                                \
    X(UNMAKING, 5) /* and let go */                                                                          \
    X(RUNNING, 6)                                                                                            \
    X(PAUSING, 7)                                                                                            \
    X(PAUSED, 8)                                                                                             \
    X(RESUMING, 9)                                                                                           \
    X(PAUSE_DOUBT, 10) /* it failed, and whether it has come about is being asked */                         \
    X(RESUME_DOUBT, 11)                                                                                      \
    X(UNSURE, 12) /* and could not be said */                                                                \
    X(ASKING, 13) /* it has ended, and its code is being asked for */                                        \
    X(ENDED, 14)  /* it is told, and its handle is let go */                                                 \
    X(STOPPED, 15)                                                                                           \
    X(LEAVING, 16) /* the same, and it was deleted */                                                        \
    X(ADDED, 17)   /* an exec that was not started */                                                        \
    X(EXEC_STARTING, 18)                                                                                     \
    X(EXEC_WATCHING, 19)                                                                                     \
    X(EXEC_UNDOING, 20)                                                                                      \
    X(EXEC_UNMAKING, 21)                                                                                     \
    X(EXEC_RUNNING, 22)                                                                                      \
    X(EXEC_ASKING, 23)                                                                                       \
    X(EXEC_ENDED, 24)                                                                                        \
    X(EXEC_STOPPED, 25)

#define C8D_STATE_MEMBER_P(name, number) C8D_PROCESS_##name = (number),
#define C8D_STATE_MEMBER_T(name, number) C8D_TASK_##name = (number),
#define C8D_STATE_MEMBER_C(name, number) C8D_CONTAINER_##name = (number),
#define C8D_STATE_MEMBER_L(name, number) C8D_CONNECTION_##name = (number),
#define C8D_STATE_MEMBER_Q(name, number) C8D_QUERY_##name = (number),
#define C8D_STATE_MEMBER_S(name, number) C8D_LAUNCH_##name = (number),
#define C8D_STATE_MEMBER_R(name, number) C8D_RESPONSE_##name = (number),
#define C8D_STATE_MEMBER_V(name, number) C8D_SUPERVISOR_##name = (number),
#define C8D_STATE_MEMBER_O(name, number) C8D_STOP_##name = (number),
#define C8D_STATE_MEMBER_E(name, number) C8D_REPLACE_##name = (number),
#define C8D_STATE_MEMBER_I(name, number) C8D_STDIN_##name = (number),
#define C8D_STATE_MEMBER_W(name, number) C8D_WISH_##name = (number),
#define C8D_STATE_MEMBER_H(name, number) C8D_COMPUTE_SYSTEM_##name = (number),
#define C8D_STATE_MEMBER_J(name, number) C8D_HCS_PROCESS_##name = (number),

enum c8d_process_state { C8D_PROCESS_STATES(C8D_STATE_MEMBER_P) C8D_PROCESS_STATE__COUNT };
enum c8d_task_state { C8D_TASK_STATES(C8D_STATE_MEMBER_T) C8D_TASK_STATE__COUNT };
enum c8d_container_state { C8D_CONTAINER_STATES(C8D_STATE_MEMBER_C) C8D_CONTAINER_STATE__COUNT };
enum c8d_connection_state { C8D_CONNECTION_STATES(C8D_STATE_MEMBER_L) C8D_CONNECTION_STATE__COUNT };
enum c8d_query_state { C8D_QUERY_STATES(C8D_STATE_MEMBER_Q) C8D_QUERY_STATE__COUNT };
enum c8d_launch_state { C8D_LAUNCH_STATES(C8D_STATE_MEMBER_S) C8D_LAUNCH_STATE__COUNT };
enum c8d_response_state { C8D_RESPONSE_STATES(C8D_STATE_MEMBER_R) C8D_RESPONSE_STATE__COUNT };
enum c8d_supervisor_state { C8D_SUPERVISOR_STATES(C8D_STATE_MEMBER_V) C8D_SUPERVISOR_STATE__COUNT };
enum c8d_stop_state { C8D_STOP_STATES(C8D_STATE_MEMBER_O) C8D_STOP_STATE__COUNT };
enum c8d_replace_state { C8D_REPLACE_STATES(C8D_STATE_MEMBER_E) C8D_REPLACE_STATE__COUNT };
enum c8d_stdin_state { C8D_STDIN_STATES(C8D_STATE_MEMBER_I) C8D_STDIN_STATE__COUNT };
enum c8d_wish_state { C8D_WISH_STATES(C8D_STATE_MEMBER_W) C8D_WISH_STATE__COUNT };
enum c8d_compute_system_state {
    C8D_COMPUTE_SYSTEM_STATES(C8D_STATE_MEMBER_H) C8D_COMPUTE_SYSTEM_STATE__COUNT
};
enum c8d_hcs_process_state { C8D_HCS_PROCESS_STATES(C8D_STATE_MEMBER_J) C8D_HCS_PROCESS_STATE__COUNT };

#undef C8D_STATE_MEMBER_P
#undef C8D_STATE_MEMBER_T
#undef C8D_STATE_MEMBER_C
#undef C8D_STATE_MEMBER_L
#undef C8D_STATE_MEMBER_Q
#undef C8D_STATE_MEMBER_S
#undef C8D_STATE_MEMBER_R
#undef C8D_STATE_MEMBER_V
#undef C8D_STATE_MEMBER_O
#undef C8D_STATE_MEMBER_E
#undef C8D_STATE_MEMBER_I
#undef C8D_STATE_MEMBER_W
#undef C8D_STATE_MEMBER_H
#undef C8D_STATE_MEMBER_J

/** What a consumer or an operator sees of the states above (the states of containerd's task API, and
 * unknown). */
enum c8d_public_state {
    C8D_STATE_UNKNOWN, /**< not known at present; a query is out. Never means stopped. */
    C8D_STATE_CREATED,
    C8D_STATE_RUNNING,
    C8D_STATE_PAUSED,
    C8D_STATE_STOPPED,
    C8D_STATE_DELETED,
};

/** @return "unknown", "created", "running", "paused", "stopped" or "deleted". Static. */
C8D_API const char *c8d_public_state_name(enum c8d_public_state state);

/** The machines. */
enum c8d_machine {
    C8D_MACHINE_CONTAINER,
    C8D_MACHINE_TASK,
    C8D_MACHINE_PROCESS,
    C8D_MACHINE_CONNECTION,
    C8D_MACHINE_QUERY,
    C8D_MACHINE_LAUNCH,
    C8D_MACHINE_RESPONSE,
    C8D_MACHINE_SUPERVISOR,
    C8D_MACHINE_STOP,
    C8D_MACHINE_REPLACE,
    C8D_MACHINE_STDIN,
    C8D_MACHINE_WISH,
    C8D_MACHINE_COMPUTE_SYSTEM,
    C8D_MACHINE_HCS_PROCESS,
    C8D_MACHINE__COUNT
};

/** One cell of a machine's table: what a symbol does in a state. */
struct c8d_cell {
    uint8_t next;     /**< the state afterwards; the same one when there is no arrow */
    bool arrow;       /**< false: the machine has no arrow here and its state is untouched */
    uint64_t effects; /**< bits; name each with c8d_effect_name() */
};

/** @return The machine's name, such as "process"; NULL for a value that is none. Static. */
C8D_API const char *c8d_machine_name(enum c8d_machine machine);

/** @return How many states a machine has; 0 for a value that is none. */
C8D_API unsigned c8d_machine_states(enum c8d_machine machine);

/** @return The state's name, such as "STARTING_SEEN"; "?" for a value that is none. Static. */
C8D_API const char *c8d_state_name(enum c8d_machine machine, unsigned state);

/** @return The name of effect bit number `bit`, such as "notice-exit"; NULL for a bit that is none. Static.
 */
C8D_API const char *c8d_effect_name(unsigned bit);

/**
 * Reads one cell from the compiled machine itself, for diagrams, golden tables and exhaustive tests.
 *
 * @param machine The machine.
 * @param state   Below c8d_machine_states(machine).
 * @param symbol  1 to C8D_SYM__COUNT - 1.
 * @return The cell; no arrow for arguments out of range.
 */
C8D_API struct c8d_cell c8d_machine_cell(enum c8d_machine machine, unsigned state, unsigned symbol);

C8D_END_DECLS

#endif
