/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model: what containers, tasks and processes are, and what everything that happens to them means.
 *
 * It is a function from (state, input) to (state, actions). It does no I/O, reads no clock, allocates
 * nothing, takes no lock and calls nobody; its memory is the caller's, flat and relocatable, so an image of
 * it can be stored and put back with memcpy. What it wants done it returns as commands, what the consumer
 * must hear as notices.
 *
 * Threads: one caller at a time for each model; different models are independent.
 */
#ifndef C8D_MODEL_H
#define C8D_MODEL_H

#include <c8d/base.h>
#include <c8d/states.h>
#include <c8d/symbols.h>

C8D_BEGIN_DECLS

struct c8d_model;

/** Names a container or an exec of one model: slot and generation, so that a reference outlived by its object
 * finds nothing. 0 is no object; as the process of an input it means the init process. The lower 32 bits are
 * the slot's number, below the model's limit of containers or execs, so a table of one's own can be kept
 * beside the model. */
typedef uint64_t c8d_ref;
#define C8D_REF_NONE ((c8d_ref)0)

/** Sizes of one model. All memory is reserved at once by the caller. */
struct c8d_model_limits {
    uint32_t containers_max; /**< 1 to 2^24 containers, ended ones that are still remembered included */
    uint32_t execs_max;      /**< 0 to 2^24 execs in all */
    uint32_t execs_per_container_max; /**< 0 to 4096 execs in one container */
    uint32_t wishes_max;              /**< 0 to containers_max wishes (c8d/wish.h) */
    /** True: take up containers, tasks and execs that others made (an observer, or the owner of the whole
     * namespace). False: events about unknown names are foreign, and are counted and passed over. */
    bool adopt;
};

/** The region of an entity that an input speaks to or an action speaks for. */
enum c8d_region {
    C8D_REGION_CONTAINER,  /**< the container's record */
    C8D_REGION_PROCESS,    /**< the init process or an exec */
    C8D_REGION_TASK,       /**< pause and checkpoint */
    C8D_REGION_CONNECTION, /**< the event stream; no container */
    C8D_REGION_STDIN,      /**< the end of the standard input of the init process or an exec */
};

/** One thing that happened. Fields that a symbol does not carry are zero. */
struct c8d_input {
    uint8_t region;  /**< enum c8d_region */
    uint8_t symbol;  /**< enum c8d_symbol */
    uint8_t status;  /**< replies: enum c8d_status, handed through to the request's completion */
    bool exit_known; /**< exit_code counts */
    uint32_t
        pid; /**< 0 = not told. Evidence, never a key: pids are reused, and VM runtimes report one for all */
    uint32_t exit_code;   /**< with exit_known */
    int64_t exited_at_ns; /**< wall clock, ns since 1970; 0 = not told */
    c8d_ref container;    /**< C8D_REF_NONE only for C8D_REGION_CONNECTION */
    c8d_ref process;      /**< an exec; C8D_REF_NONE = init */
    uint64_t request;     /**< commands, and replies to KILL and CLOSE_STDIN: the consumer's request, returned
                             with its     completion;     timers: as ordered */
};

/** What became of an input. Every (state, symbol) pair has one; each is counted. */
enum c8d_outcome {
    C8D_ACCEPTED,   /**< an arrow was taken, or the input confirmed what is known */
    C8D_LATE,       /**< true once, but things have moved on; nothing changed */
    C8D_DUPLICATE,  /**< said before; nothing changed */
    C8D_FOREIGN,    /**< about an object that is not ours; nothing changed */
    C8D_IMPOSSIBLE, /**< cannot happen here (a refused command, a reply nobody waits for); nothing changed */
    C8D_OUTCOME__COUNT
};

/** @return "accepted", "late", "duplicate", "foreign" or "impossible"; "?" for a value that is none. Static.
 */
C8D_API const char *c8d_outcome_name(enum c8d_outcome outcome);

/** What a look back over events would call odd. Each row is X(name, number, text); the text is a stable key.
 */
#define C8D_FINDINGS(X)                                                                                      \
    X(NONE, 0, "none")                                                                                       \
    X(DUPLICATE_EXIT, 1, "duplicate-exit")                                                                   \
    X(CONFLICTING_EXIT, 2, "conflicting-exit")                                                               \
    X(EXIT_BEFORE_START, 3, "exit-before-start")                                                             \
    X(START_AFTER_EXIT, 4, "start-after-exit")                                                               \
    X(EXIT_WITHOUT_TASK, 5, "exit-without-task")                                                             \
    X(EVENT_AFTER_DELETE, 6, "event-after-delete")                                                           \
    X(EXEC_AFTER_EXIT, 7, "exec-after-exit")                                                                 \
    X(OOM_AFTER_EXIT, 8, "oom-after-exit")                                                                   \
    X(MISSING_EXIT, 9, "missing-exit")                                                                       \
    X(MISSING_CREATE, 10, "missing-create")                                                                  \
    X(PID_ZERO_EXIT, 11, "pid-zero-exit")                                                                    \
    X(PAUSED_AFTER_EXIT, 12, "paused-after-exit")

enum c8d_finding {
#define C8D_FINDING_MEMBER(name, number, text) C8D_FINDING_##name = (number),
    C8D_FINDINGS(C8D_FINDING_MEMBER)
#undef C8D_FINDING_MEMBER
        C8D_FINDING__COUNT
};

/** @return The stable key of a finding, such as "duplicate-exit"; "?" for a value that is none. Static. */
C8D_API const char *c8d_finding_name(enum c8d_finding finding);

/** What the consumer hears. Each row is X(name, number, text); the text is a stable key. */
#define C8D_NOTICES(X)                                                                                       \
    X(CREATE, 0, "create")                                                                                   \
    X(START, 1, "start")                                                                                     \
    X(EXIT, 2, "exit")                                                                                       \
    X(OOM, 3, "oom")                                                                                         \
    X(EXEC_ADDED, 4, "exec-added")                                                                           \
    X(EXEC_STARTED, 5, "exec-started")                                                                       \
    X(PAUSED, 6, "paused")                                                                                   \
    X(RESUMED, 7, "resumed")                                                                                 \
    X(CHECKPOINTED, 8, "checkpointed")                                                                       \
    X(DELETED, 9, "deleted")                                                                                 \
    X(GAP, 10, "gap")           /* the stream broke: events may be missing */                                \
    X(RESYNCED, 11, "resynced") /* what was missed has been made good */                                     \
    X(CONFLICT, 12, "conflict") /* a second end with another code; the first one stands */                   \
    /* Calls on a container are not answered in their time, again and again: nothing is known to have ended  \
     */                                                                                                      \
    X(UNRESPONSIVE, 13, "unresponsive")                                                                      \
    X(RESPONSIVE, 14, "responsive") /* they are again */

enum c8d_notice_kind {
#define C8D_NOTICE_MEMBER(name, number, text) C8D_NOTICE_##name = (number),
    C8D_NOTICES(C8D_NOTICE_MEMBER)
#undef C8D_NOTICE_MEMBER
        C8D_NOTICE_KIND__COUNT
};

/** @return The stable key of a notice, such as "exec-started"; "?" for a value that is none. Static. */
C8D_API const char *c8d_notice_name(enum c8d_notice_kind kind);

/** What made the model say something. */
enum c8d_cause { C8D_CAUSE_EVENT, C8D_CAUSE_REPLY, C8D_CAUSE_RESYNC, C8D_CAUSE_TIMER };

/** @return "event", "reply", "resync" or "timer"; "?" for a value that is none. Static. */
C8D_API const char *c8d_cause_name(enum c8d_cause cause);

/** How many signals of the consumer's may be under way for one process; a further KILL is refused with
 * EXHAUSTED. Of other calls one region has at most one, and at most one query. */
#define C8D_KILLS_MAX 8

/**
 * How long a call, or a timer, is given. The model says which class; how many ns that is, says who keeps the
 * clock. When the time of a call is over and no reply has come, the call is given up: its reply is then
 * EXPIRED (FORCE_EXPIRED; of a query IS_EXPIRED; of a kill the status DEADLINE; SUBSCRIBE_FAILED,
 * LIST_FAILED), and one that comes later is dropped. Each row is X(name, number, text).
 */
#define C8D_PATIENCES(X)                                                                                     \
    X(NONE, 0, "none")                                                                                       \
    X(SHORT, 1, "short") /* queries, signals, pause and resume, the stream */                                \
    X(LONG, 2, "long")   /* create, start, delete, checkpoint */                                             \
    X(EXEC, 3, "exec")   /* a timer: for an exec to end after its task */                                    \
    X(GRACE, 4,                                                                                              \
      "grace")         /* a timer: for a process to end after the signal of a stop, as the consumer said */  \
    X(KILL, 5, "kill") /* a timer: for a process to end after SIGKILL */                                     \
    X(BACKOFF, 6, "backoff") /* a timer: before a wish is followed again; longer with each `attempt`, see    \
                                c8d_backoff_ns() */                                                          \
    X(STEADY, 7, "steady")   /* a timer: for what was wished to last, so that the next pause is short again */

enum c8d_patience {
#define C8D_PATIENCE_MEMBER(name, number, text) C8D_PATIENCE_##name = (number),
    C8D_PATIENCES(C8D_PATIENCE_MEMBER)
#undef C8D_PATIENCE_MEMBER
        C8D_PATIENCE__COUNT
};

/** @return The stable key of a class of patience, such as "short"; "?" for a value that is none. Static. */
C8D_API const char *c8d_patience_name(enum c8d_patience patience);

/** @return The symbol to give when a timer of this class is over; C8D_SYM_NONE for a class that is none of a
 * timer. */
C8D_API enum c8d_symbol c8d_symbol_of_timer(enum c8d_patience patience);

/** What the model wants done. The region of the action tells which call it is. */
enum c8d_command_kind {
    C8D_COMMAND_CREATE, /**< container: Containers.Create; init: Tasks.Create; exec: Tasks.Exec */
    C8D_COMMAND_START,  /**< Tasks.Start */
    C8D_COMMAND_DELETE, /**< Containers.Delete, Tasks.Delete, Tasks.DeleteProcess */
    C8D_COMMAND_KILL,   /**< Tasks.Kill with the signal of the consumer's request (KILL or STOP); its result
                           goes   to c8d_model_killed() */
    C8D_COMMAND_FORCE_KILL, /**< Tasks.Kill SIGKILL (all processes for init); reply FORCE_* */
    C8D_COMMAND_PAUSE,
    C8D_COMMAND_RESUME,
    C8D_COMMAND_CHECKPOINT,
    C8D_COMMAND_QUERY, /**< Containers.Get or Tasks.Get; reply IS_* in the same region */
    C8D_COMMAND_RETRY, /**< give RETRY to this region after a pause of the adapter's choosing (back-off) */
    C8D_COMMAND_SUBSCRIBE, /**< open the stream; SUBSCRIBED only when it is certain to deliver */
    C8D_COMMAND_LIST,      /**< Containers.List and Tasks.List: c8d_model_list_begin, entries, LISTED */
    C8D_COMMAND_ESCALATE,  /**< Tasks.Kill SIGKILL (all processes for init); its result goes to
                              c8d_model_killed() */
    C8D_COMMAND_TIMER, /**< give c8d_symbol_of_timer() to this region and `request` when the patience is over;
                          it need not be cancelled, one that is out of date is late */
    C8D_COMMAND_CLOSE_STDIN, /**< Tasks.CloseIO; its reply has the `request` of the command */
    C8D_COMMAND_KIND__COUNT
};

/** @return A static name such as "force-kill"; "?" for a value that is none. */
C8D_API const char *c8d_command_name(enum c8d_command_kind kind);

enum c8d_action_kind {
    C8D_ACTION_COMMAND,
    C8D_ACTION_NOTICE,
    C8D_ACTION_DONE, /**< a consumer's request is complete with `status` */
};

/** One thing that the model wants done or said. */
struct c8d_action {
    uint8_t kind;         /**< enum c8d_action_kind */
    uint8_t what;         /**< enum c8d_command_kind or c8d_notice_kind */
    uint8_t region;       /**< enum c8d_region */
    uint8_t cause;        /**< notices: enum c8d_cause */
    uint8_t status;       /**< DONE: enum c8d_status */
    bool exit_known;      /**< EXIT, CONFLICT, DELETED: exit_code counts */
    bool ran;             /**< EXIT: false when the process never ran */
    uint8_t patience;     /**< commands: enum c8d_patience, how long the reply may take, or the timer runs */
    uint32_t incarnation; /**< from 1; 0 for the connection */
    uint32_t pid;
    uint32_t exit_code;
    uint32_t attempt; /**< TIMER of the class BACKOFF: pauses in a row, this one included */
    int64_t exited_at_ns;
    c8d_ref container;
    c8d_ref process; /**< C8D_REF_NONE = init */
    uint64_t
        request;       /**< DONE, and KILL and CLOSE_STDIN commands: as given with the command; TIMER: to be
                          returned; other commands: the consumer's request, 0 or C8D_REQUEST_WISH (c8d/wish.h) */
    uint64_t sequence; /**< notices: from 1, without holes */
};

/** Room for the actions of one step; the array is the caller's. */
struct c8d_actions {
    struct c8d_action *items;
    uint32_t capacity; /**< at least c8d_model_actions_max() */
    uint32_t count; /**< out: how many the last step gave, in the order in which they are to be carried out */
    uint8_t outcome; /**< out: enum c8d_outcome of the last step */
    uint8_t finding; /**< out: enum c8d_finding of the last step */
    uint32_t
        finding_incarnation; /**< out: the run that the finding is about, which may not be the present one */
};

/** @return Bytes of memory that a model of these limits needs; 0 when a limit is out of range. */
C8D_API size_t c8d_model_bytes(const struct c8d_model_limits *limits);

/** @return How many actions one step can give at most under these limits. */
C8D_API uint32_t c8d_model_actions_max(const struct c8d_model_limits *limits);

/**
 * Makes an empty model in the caller's memory.
 *
 * @param memory  At least `bytes` bytes, aligned to 8 (to 64 and in huge pages, a container is had with fewer
 * waits for memory); the model lives in it until the caller frees it. Not copied.
 * @param bytes   Size of `memory`.
 * @param limits  Copied.
 * @param out     Set on success: the model (an address within `memory`).
 * @return OK, or INVALID: a limit is out of range, memory is too small or misaligned.
 */
C8D_NODISCARD C8D_API enum c8d_status
c8d_model_init(void *memory, size_t bytes, const struct c8d_model_limits *limits, struct c8d_model **out);

/**
 * Copies a model into larger memory, all references staying valid in the copy. The old memory is then the
 * caller's.
 *
 * @param model  The model; unchanged.
 * @param memory As for c8d_model_init().
 * @param bytes  Size of `memory`.
 * @param limits At least as large as the model's in each number; `adopt` is taken from here.
 * @param out    Set on success.
 * @return OK, or INVALID as for c8d_model_init(), or when a limit would shrink.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_model_grow(const struct c8d_model *model, void *memory,
                                                     size_t bytes, const struct c8d_model_limits *limits,
                                                     struct c8d_model **out);

/** @return The limits of a model. Borrowed until the model's memory goes. */
C8D_API const struct c8d_model_limits *c8d_model_limits(const struct c8d_model *model);

/**
 * Finds a container, remembered ended ones included.
 *
 * @param model        The model.
 * @param namespace_   1 to C8D_NAME_BYTES_MAX bytes. Borrowed during the call.
 * @param id           1 to C8D_NAME_BYTES_MAX bytes. Borrowed during the call.
 * @return Its reference, or C8D_REF_NONE.
 */
C8D_API c8d_ref c8d_model_find(const struct c8d_model *model, struct c8d_str namespace_, struct c8d_str id);

/**
 * Finds many containers of one namespace, each as c8d_model_find() does. While the memory of one is on its
 * way to the processor the next ones are worked on, and what a step reads of them is asked for as well: with
 * many containers a batch of events that is looked up so and then stepped one by one, in order, costs a
 * fraction.
 *
 * @param model        The model.
 * @param namespace_   As for c8d_model_find().
 * @param ids          `count` ids. Borrowed during the call.
 * @param count        How many; what a step is to find in the cache should fit there: some 16 to 64 at a
 * time.
 * @param out          Room for `count` references; each is set, to C8D_REF_NONE where nothing is found.
 */
C8D_API void c8d_model_find_many(const struct c8d_model *model, struct c8d_str namespace_,
                                 const struct c8d_str *ids, size_t count, c8d_ref *out);

/**
 * Finds a container or makes room for it (all its machines in their first state). When the model is full, the
 * container that ended longest ago and is not held is forgotten to make room.
 *
 * @param out Set on success.
 * @return OK; INVALID for a name of a wrong length; EXHAUSTED when the model is full of live or held
 * containers, or they stand in 64 other namespaces.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_model_open(struct c8d_model *model, struct c8d_str namespace_,
                                                     struct c8d_str id, c8d_ref *out);

/** As c8d_model_find(), for an exec of a container. An exec cannot have the name of its container: that is
 * init. */
C8D_API c8d_ref c8d_model_find_exec(const struct c8d_model *model, c8d_ref container, struct c8d_str exec_id);

/** As c8d_model_open(), for an exec of a container. INVALID also when exec_id is the container's id. A
 * container whose share is used up forgets its own execs that have ended, the one made first before the
 * others. */
C8D_NODISCARD C8D_API enum c8d_status c8d_model_open_exec(struct c8d_model *model, c8d_ref container,
                                                          struct c8d_str exec_id, c8d_ref *out);

/**
 * Holds an entity: it is not forgotten, even when ended, until released as often as held.
 *
 * @param container A container of the model.
 * @param process   An exec of it; C8D_REF_NONE holds the container itself.
 * @return False when the references name nothing.
 */
C8D_API bool c8d_model_hold(struct c8d_model *model, c8d_ref container, c8d_ref process);

/** Undoes one c8d_model_hold(). */
C8D_API void c8d_model_release(struct c8d_model *model, c8d_ref container, c8d_ref process);

/**
 * Forgets an entity at once that has ended and is not held, instead of when its room is needed. What is said
 * of it later is said of something unknown.
 *
 * @param container A container of the model.
 * @param process   An exec of it; C8D_REF_NONE forgets the container with all its execs.
 * @return False, and nothing has changed, when the references name nothing, or something that is held or has
 * not ended.
 */
C8D_API bool c8d_model_forget(struct c8d_model *model, c8d_ref container, c8d_ref process);

/**
 * The one function that moves the model: feeds it one input.
 *
 * @param model   The model.
 * @param input   What happened. Borrowed during the call.
 * @param actions Filled: what is to be done and said, the outcome and the finding.
 * @return The outcome, also in actions->outcome. With IMPOSSIBLE, LATE, DUPLICATE and FOREIGN no machine has
 * moved; a refused command still gives one DONE action that says why.
 */
C8D_API enum c8d_outcome c8d_model_step(struct c8d_model *model, const struct c8d_input *input,
                                        struct c8d_actions *actions);

/**
 * Gives the model the result of a signal that it asked for with C8D_COMMAND_KILL or C8D_COMMAND_ESCALATE. A
 * kill that says "not found" proves nothing about the end (its code is still to come), so the model then asks
 * for the state.
 *
 * @param request As in the command.
 * @param status  Result of the call; DEADLINE: its time is over and it was given up.
 * @return The outcome; the actions hold the completion of the request.
 */
C8D_API enum c8d_outcome c8d_model_killed(struct c8d_model *model, c8d_ref container, c8d_ref process,
                                          uint64_t request, enum c8d_status status,
                                          struct c8d_actions *actions);

/**
 * Begins a snapshot: to be called when C8D_COMMAND_LIST is carried out, before the list is asked for. From
 * then until LISTED (or LIST_FAILED), inputs whose symbol is an answer and whose `request` is
 * C8D_REQUEST_SNAPSHOT are entries of it. Give those of one container in the order CONTAINER, TASK, PROCESS:
 * a task that the PROCESS entry finds running would otherwise take its own entry for disturbed and ask once
 * more. LISTED and LIST_FAILED carry the `request` of the LIST command that they answer, so that a list given
 * up says nothing.
 */
C8D_API void c8d_model_list_begin(struct c8d_model *model);

/**
 * Asks whether a list still counts: to be called when it is there, before its first entry. A list that was
 * given up (events were lost while it was under way) may be older than what they would have told: neither its
 * entries nor the sweep may be given.
 *
 * @param request As in the LIST command.
 */
C8D_API bool c8d_model_list_counts(const struct c8d_model *model, uint64_t request);

#define C8D_REQUEST_SNAPSHOT UINT64_MAX

/**
 * Walks what a complete snapshot did not name: to be called after all its entries and before LISTED is given,
 * again and again until it returns false. Each call gives IS_ABSENT to one region of one entity, or asks
 * after one exec (a snapshot does not show those).
 *
 * @param actions Filled as by c8d_model_step().
 * @return True when something was stepped.
 */
C8D_API bool c8d_model_list_sweep(struct c8d_model *model, struct c8d_actions *actions);

/** What is known of one process. */
struct c8d_process_view {
    uint8_t state;        /**< enum c8d_process_state */
    uint8_t query;        /**< enum c8d_query_state */
    uint8_t public_state; /**< enum c8d_public_state; PAUSED by its task */
    uint8_t stop;         /**< enum c8d_stop_state */
    uint8_t closing;      /**< enum c8d_stdin_state */
    bool oom;             /**< the kernel killed something in it for lack of memory */
    bool started;         /**< it has run in this incarnation */
    bool ended;           /**< its end is known (perhaps not its code) */
    uint32_t pid;
    uint32_t incarnation;
    struct c8d_exit exit; /**< with `ended` */
};

/** What is known of one container. */
struct c8d_container_view {
    struct c8d_str namespace_; /**< borrowed until the model is stepped */
    struct c8d_str id;         /**< borrowed until the model is stepped */
    uint8_t state;             /**< enum c8d_container_state */
    uint8_t task_state;        /**< enum c8d_task_state */
    uint32_t execs;            /**< execs known, ended ones included */
    uint8_t response;          /**< enum c8d_response_state; from SILENT on it was told as unresponsive */
    uint8_t replace;           /**< enum c8d_replace_state */
    uint8_t wish;              /**< enum c8d_wish_state */
    uint8_t wish_attempts;     /**< pauses in a row before the wish was followed again; 255: or more */
};

/** @return False when the reference names nothing; else *out is set. */
C8D_API bool c8d_model_view_container(const struct c8d_model *model, c8d_ref container,
                                      struct c8d_container_view *out);
C8D_API bool c8d_model_view_process(const struct c8d_model *model, c8d_ref container, c8d_ref process,
                                    struct c8d_process_view *out);

/** @return The exec's id; empty when the reference names nothing. Borrowed until the model is stepped. */
C8D_API struct c8d_str c8d_model_exec_id(const struct c8d_model *model, c8d_ref process);

/** Walks the containers (ended ones that are remembered included): pass C8D_REF_NONE first, then what it
 * returned.
 *  @return The next container, or C8D_REF_NONE at the end. */
C8D_API c8d_ref c8d_model_next(const struct c8d_model *model, c8d_ref container);

/** Walks the execs of a container, likewise. */
C8D_API c8d_ref c8d_model_next_exec(const struct c8d_model *model, c8d_ref container, c8d_ref process);

/** @return The state of the event stream: enum c8d_connection_state. */
C8D_API enum c8d_connection_state c8d_model_connection(const struct c8d_model *model);

/** Counters since the model was made. */
struct c8d_model_counters {
    uint64_t inputs;
    uint64_t outcomes[C8D_OUTCOME__COUNT];
    uint64_t notices;
    uint64_t queries;
    uint64_t forgotten; /**< ended entities given up to make room */
};

/** @return The counters. Borrowed until the model is stepped. */
C8D_API const struct c8d_model_counters *c8d_model_counters(const struct c8d_model *model);

C8D_END_DECLS

#endif
