/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The runtime table: the only seam between the client and whatever runs containers.
 *
 * A runtime takes calls and gives arrivals: exactly one reply for each call, and events. It holds no rule of
 * a container's lifecycle. Whoever fills the table passes the contract suite in tests/contract.
 */
#ifndef C8D_RUNTIME_H
#define C8D_RUNTIME_H

#include <c8d/base.h>
#include <c8d/error.h>
#include <c8d/stats.h>

C8D_BEGIN_DECLS

struct pollfd;

/** No deadline. Kept apart from every number so that a negative remainder never means "for ever". */
#define C8D_NO_DEADLINE INT64_MAX

/** What can be asked of a runtime. In brackets what containerd calls it. */
enum c8d_call_kind {
    C8D_CALL_VERSION,   /**< [Version.Version] reply: version, revision */
    C8D_CALL_SUBSCRIBE, /**< [Events.Subscribe] reply OK only when every later event is certain to arrive;
                         *   events follow until C8D_ARRIVAL_STREAM_ENDED */
    C8D_CALL_LIST, /**< [Containers.List, or ListStream when that is too large, Tasks.List] reply: entries
                    */
    C8D_CALL_CONTAINER_CREATE, /**< [Containers.Create] uses spec, runtime, options, labels, snapshotter,
                                *   snapshot_key; reply: one entry with created_at_ns */
    C8D_CALL_CONTAINER_GET,    /**< [Containers.Get] reply: one entry with container_present, spec, labels,
                                *   options, snapshotter, snapshot_key */
    C8D_CALL_CONTAINER_DELETE, /**< [Containers.Delete] */
    /** [Tasks.Create; with snapshot_key Snapshots.Mounts before, whose mounts become the root file system]
     * uses stdio, options, snapshotter, snapshot_key; reply: pid */
    C8D_CALL_TASK_CREATE,
    C8D_CALL_EXEC_CREATE, /**< [Tasks.Exec] uses process, spec (an OCI process), stdio */
    C8D_CALL_START,       /**< [Tasks.Start] reply: pid */
    C8D_CALL_DELETE,      /**< [Tasks.Delete; with process: Tasks.DeleteProcess] reply: exit */
    C8D_CALL_KILL,        /**< [Tasks.Kill] uses signal, all */
    C8D_CALL_STATE,       /**< [Tasks.Get] reply: one entry with process_state, pid, exit */
    C8D_CALL_PAUSE,       /**< [Tasks.Pause] */
    C8D_CALL_RESUME,      /**< [Tasks.Resume] */
    C8D_CALL_CLOSE_STDIN, /**< [Tasks.CloseIO] */
    C8D_CALL_RESIZE,      /**< [Tasks.ResizePty] uses columns, rows */
    C8D_CALL_STATS,       /**< [Tasks.Metrics] reply: stats. A task that cannot be measured is REMOTE, whether
                           *   or not there is one: nothing is told of it */
    C8D_CALL_PIDS,        /**< [Tasks.ListPids] reply: processes */
    C8D_CALL_UPDATE,      /**< [Tasks.Update] uses spec (an OCI linux.resources object) */
    C8D_CALL_CHECKPOINT,  /**< [Tasks.Checkpoint] uses checkpoint, exit */
    C8D_CALL_KIND__COUNT
};

/** @return A static name such as "task-create"; "?" for a value that is none. */
C8D_API const char *c8d_call_name(enum c8d_call_kind kind);

struct c8d_label {
    struct c8d_str key;
    struct c8d_str value;
};

/** A message that is passed on as it is: a protobuf Any. */
struct c8d_any {
    struct c8d_str type;  /**< its type URL, such as "containerd.runc.v1.Options"; empty = none */
    struct c8d_str value; /**< bytes */
};

/** Which streams a process has. */
enum {
    C8D_STDIO_IN = 1,
    C8D_STDIO_OUT = 2,
    C8D_STDIO_ERR = 4,      /**< not with C8D_STDIO_TERMINAL: a terminal has one output */
    C8D_STDIO_TERMINAL = 8, /**< give the process a pseudo-terminal */
    /** For the client alone: the streams are made and not read, for somebody who attaches to the task later,
     * be it another program. Pipes hold 64 KiB; then the process waits. */
    C8D_STDIO_LEAVE = 16,
};

/**
 * The near ends of a process's streams, made by open_stdio before the process is created, so that no output
 * is lost. The descriptors are non-blocking and close-on-exec; -1 = none. The client reads, writes and polls
 * them. The runtime closes them and removes what is behind them, in close_stdio; only `in` may have been
 * closed by the client before, to give end-of-file (before CLOSE_STDIN), and is then -1.
 *
 * What the client may rely on: `out` and `err` are silent to poll() until the process's side has been opened,
 * and POLLHUP comes once it was and all that was written has been read. So read when poll() shows something,
 * and not before: a read() before the other side is open gives 0, which is not the end.
 */
struct c8d_stdio {
    int in;
    int out;
    int err;
    uint32_t flags;
    /** Set by the client before close_stdio: the process goes on, and somebody may attach to it later. So
     * what is behind the streams stays. */
    bool keep;
    void *runtime_data; /**< the runtime's own */
};

/** Where the streams of a process are, in the runtime's words; for containerd paths of named pipes. Empty =
 * there is no such stream. */
struct c8d_stdio_names {
    struct c8d_str in;
    struct c8d_str out;
    struct c8d_str err;
    bool terminal;
};

/** One call. Everything it points to is borrowed during submit alone. */
struct c8d_call {
    enum c8d_call_kind kind;
    uint64_t token; /**< returned with the reply; unique among the calls in flight */
    /** On the runtime's clock (now); C8D_NO_DEADLINE. SUBSCRIBE: of its reply, not of the stream. */
    int64_t deadline_ns;
    struct c8d_str container; /**< the container's id */
    struct c8d_str process;   /**< the exec's id; empty = init */
    /** JSON: OCI runtime spec (container create), OCI process (exec create), OCI linux.resources (update) */
    struct c8d_str spec;
    struct c8d_str runtime; /**< container create: shim, such as "io.containerd.runc.v2" */
    /** Container create: options of the shim, kept with the container. Task create: for this run instead of
     * those; type empty = those. */
    struct c8d_any options;
    /** A directory. CHECKPOINT: where the image is written; TASK_CREATE: what is restored instead of started
     * afresh; empty = nothing. A runtime that cannot restore refuses, and never starts afresh. */
    struct c8d_str checkpoint;
    bool exit;                   /**< CHECKPOINT: the task ends with it */
    struct c8d_str snapshotter;  /**< empty = none */
    struct c8d_str snapshot_key; /**< empty = none: the root file system is the spec's own */
    const struct c8d_label *labels;
    size_t n_labels;
    const struct c8d_stdio *stdio; /**< task and exec create; NULL = no streams */
    uint32_t signal;
    bool all; /**< kill: all processes of the container */
    /** Container get: the consumer wants to have the container. A runtime that cannot re-attach to what runs
     * in a container that it does not know ends it. */
    bool takes_over;
    uint32_t columns;
    uint32_t rows;
};

/** What the runtime says of one container or process at one moment. */
enum c8d_entry_state {
    C8D_ENTRY_UNKNOWN, /**< the runtime cannot tell. Never read as stopped. */
    C8D_ENTRY_CREATED,
    C8D_ENTRY_RUNNING,
    C8D_ENTRY_PAUSED,
    C8D_ENTRY_STOPPED,
    C8D_ENTRY_ABSENT, /**< there is a container and no task */
};

/** One entry of a list, or the answer of CONTAINER_GET and STATE. Borrowed until the next call of `next`. */
struct c8d_entry {
    struct c8d_str container;
    struct c8d_str process; /**< empty = init */
    bool container_present; /**< the container's record was seen */
    bool process_told;      /**< process_state and what follows it count */
    enum c8d_entry_state process_state;
    uint32_t pid;                   /**< 0 = not told */
    struct c8d_exit exit;           /**< with STOPPED */
    struct c8d_stdio_names stdio;   /**< STATE, LIST: of a process */
    struct c8d_str spec;            /**< CONTAINER_GET: the stored spec */
    struct c8d_str runtime;         /**< CONTAINER_GET, LIST */
    int64_t created_at_ns;          /**< CONTAINER_GET, CONTAINER_CREATE, LIST; 0 = not told */
    struct c8d_any options;         /**< CONTAINER_GET */
    struct c8d_str snapshotter;     /**< CONTAINER_GET */
    struct c8d_str snapshot_key;    /**< CONTAINER_GET */
    const struct c8d_label *labels; /**< CONTAINER_GET, LIST */
    size_t n_labels;
};

/** What happened, in containerd's words. */
enum c8d_event_kind {
    C8D_EVENT_CONTAINER_CREATE,
    C8D_EVENT_CONTAINER_DELETE,
    C8D_EVENT_TASK_CREATE,
    C8D_EVENT_TASK_START,
    C8D_EVENT_TASK_EXIT, /**< of init or, with process set, of an exec */
    C8D_EVENT_TASK_DELETE,
    C8D_EVENT_TASK_OOM,
    C8D_EVENT_TASK_PAUSED,
    C8D_EVENT_TASK_RESUMED,
    C8D_EVENT_TASK_CHECKPOINTED,
    C8D_EVENT_EXEC_ADDED,
    C8D_EVENT_EXEC_STARTED,
    C8D_EVENT_KIND__COUNT
};

/** @return containerd's topic, such as "/tasks/exec-added"; "?" for a value that is none. Static. */
C8D_API const char *c8d_event_topic(enum c8d_event_kind kind);

struct c8d_event {
    enum c8d_event_kind kind;
    struct c8d_str namespace_;
    struct c8d_str container;
    struct c8d_str
        process;  /**< empty = init: an exit whose id is the container's is init's, whatever its pid */
    uint32_t pid; /**< 0 = not told */
    struct c8d_exit exit; /**< TASK_EXIT, TASK_DELETE */
    int64_t time_ns;      /**< when the runtime published it, wall clock; 0 = not told */
};

enum c8d_arrival_kind {
    C8D_ARRIVAL_REPLY,
    C8D_ARRIVAL_EVENT,
    C8D_ARRIVAL_STREAM_ENDED, /**< the stream that a SUBSCRIBE opened is over; token is that call's */
};

/** One thing that came from the runtime. What it points to is borrowed until the next call of `next`. */
struct c8d_arrival {
    enum c8d_arrival_kind kind;
    uint64_t token;
    /**
     * Replies. UNAVAILABLE: the runtime was not reached and has certainly not acted. INDETERMINATE: the call
     * may have acted (broken connection, deadline or cancel after it was sent). NOT_FOUND: the runtime said
     * so itself.
     */
    enum c8d_status status;
    enum c8d_origin origin;
    int32_t origin_code;
    struct c8d_str message;
    uint32_t pid;         /**< TASK_CREATE, START */
    struct c8d_exit exit; /**< DELETE */
    struct c8d_str version;
    struct c8d_str revision;
    const struct c8d_entry *entries; /**< LIST, CONTAINER_CREATE, CONTAINER_GET, STATE */
    size_t n_entries;
    const struct c8d_stats *stats;            /**< STATS */
    const struct c8d_task_process *processes; /**< PIDS */
    size_t n_processes;
    struct c8d_event event;
};

/** Where streams are to be opened that another program shall find, and whose they are. Borrowed during the
 * call. */
struct c8d_stdio_place {
    struct c8d_str directory; /**< made when it is missing */
    struct c8d_str container;
    struct c8d_str process; /**< the exec's id; empty = init */
};

/** What a runtime can tell about itself. */
struct c8d_runtime_counters {
    uint64_t calls;    /**< calls made to the server, those of subscribe and list included */
    uint64_t events;   /**< events taken from the stream */
    uint64_t connects; /**< connections made */
};

/**
 * The table. `ctx` is the runtime's own. Unless said otherwise functions are called under the client's lock,
 * one at a time, never block and never call back.
 */
struct c8d_runtime_ops {
    uint32_t size; /**< sizeof(struct c8d_runtime_ops) of the filler; later members are absent when it is
                      smaller */

    /**
     * Starts a call. Its reply comes by `next`, always, also when the call fails at once or cannot be sent.
     * @return OK; EXHAUSTED when there is no memory: then no reply comes. INVALID: an argument cannot be put
     * on the wire; no reply comes.
     */
    enum c8d_status (*submit)(void *ctx, const struct c8d_call *call, struct c8d_error *err);

    /** Takes the next arrival. @return False when there is none at present. */
    bool (*next)(void *ctx, struct c8d_arrival *out);

    /**
     * Waits until an arrival may be there, an extra descriptor is ready, `wake` is called or the time is up.
     * May return early, and does when a call that is submitted meanwhile needs that. Called without the
     * client's lock, by one thread at a time.
     * @param extra      Further descriptors to poll; their revents are set. May be NULL with n_extra 0.
     * @param timeout_ns 0 or less: nothing is waited for; C8D_NO_DEADLINE waits without limit. A runtime with
     * a virtual clock advances it instead of waiting.
     */
    void (*wait)(void *ctx, struct pollfd *extra, size_t n_extra, int64_t timeout_ns);

    /** Makes a wait in another thread return. Callable from any thread, and from a signal handler. */
    void (*wake)(void *ctx);

    /** @return The clock of deadlines: monotonic, ns, its start is arbitrary. Callable from any thread. */
    int64_t (*now)(void *ctx);

    /** @return A descriptor that is readable when `next` may have something; the same one for the runtime's
     * life, so that it can sit in an event loop. -1 when there is none. */
    int (*fd)(void *ctx);

    /** Makes the near ends of a process's streams. @return OK, EXHAUSTED, INVALID or REMOTE (see err). */
    enum c8d_status (*open_stdio)(void *ctx, struct c8d_str container, struct c8d_str process, uint32_t flags,
                                  struct c8d_stdio *out, struct c8d_error *err);

    /** Closes them and removes what is behind them. After it, every descriptor in *stdio is -1. */
    void (*close_stdio)(void *ctx, struct c8d_stdio *stdio);

    /** Fills the counters. */
    void (*counters)(void *ctx, struct c8d_runtime_counters *out);

    /** Gives up all calls (no more arrivals) and frees ctx. Called once, last. */
    void (*destroy)(void *ctx);

    /**
     * As open_stdio, in a directory of the consumer's, where another program finds them by the names that
     * libcontainerd gives: ID-stdin, ID-stdout, ID-stderr, ID being the exec's or the container's. The
     * directory stays when they are closed. NULL when the runtime has no such thing: then open_stdio is
     * called.
     */
    enum c8d_status (*open_stdio_in)(void *ctx, const struct c8d_stdio_place *place, uint32_t flags,
                                     struct c8d_stdio *out, struct c8d_error *err);

    /**
     * Opens the near ends of a process that is there already. To be closed with close_stdio, like the others.
     * NULL when the runtime has no such thing.
     * @param names As told in an entry.
     * @param flags Which of them.
     * @return OK; EXHAUSTED; NOT_FOUND: there is nothing (any more) behind a name; NOT_IMPLEMENTED: what is
     * there is of a kind that cannot be attached to, such as a file; REMOTE (see err).
     */
    enum c8d_status (*attach_stdio)(void *ctx, const struct c8d_stdio_names *names, uint32_t flags,
                                    struct c8d_stdio *out, struct c8d_error *err);
};

/** A runtime, passed by value. */
struct c8d_runtime {
    const struct c8d_runtime_ops *ops;
    void *ctx;
};

C8D_END_DECLS

#endif
