/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client: one connection to one runtime, in one namespace, and the handles on what it runs.
 *
 * Threads: every function may be called from any thread, unless it says otherwise. No thread is started; the
 * thread that waits in a blocking call or in c8d_client_dispatch() does the work for all. A blocking call
 * made from inside a callback is refused with CONFLICT, since it would wait for itself.
 *
 * Event loops: watch c8d_client_fd() for reading, sleep no longer than c8d_client_next_timeout(), and call
 * c8d_client_dispatch() with a timeout of 0 until it gives DEADLINE, whichever of the two it was. The
 * descriptor is level-triggered, and may be readable without there being anything to do.
 *
 * Processes: not to be used in a child after fork() without exec(). Every descriptor is close-on-exec.
 *
 * Timeouts are ns on a monotonic clock; C8D_NO_DEADLINE waits without limit, 0 only looks. When the time is
 * up before the runtime was asked the result is DEADLINE; when it was asked, the model goes on to find out
 * what became of it, and the result is INDETERMINATE. Losing interest in a result never undoes the operation.
 */
#ifndef C8D_CLIENT_H
#define C8D_CLIENT_H

#include <c8d/allocator.h>
#include <c8d/error.h>
#include <c8d/model.h>
#include <c8d/runtime.h>

C8D_BEGIN_DECLS

struct c8d_client;
struct c8d_container;
struct c8d_process; /* a task is the process that is init */

/** What the consumer hears. Strings are borrowed during the callback. */
struct c8d_notice {
    enum c8d_notice_kind kind;
    enum c8d_cause cause;
    uint64_t sequence; /**< from 1, without holes, over all containers of the client */
    struct c8d_str namespace_;
    struct c8d_str container; /**< empty for GAP and RESYNCED */
    struct c8d_str process;   /**< the container's id for init, the exec's id for an exec; empty as above */
    uint32_t incarnation;
    uint32_t pid; /**< 0 = not known */
    bool ended;   /**< EXIT, CONFLICT, and DELETED when the end is known: exit counts */
    struct c8d_exit exit;
};

/**
 * Hears one notice. Called by the thread that drives the client, without any lock, one notice at a time in
 * order. It may call any function that does not block. One that cannot be dealt with at once is answered
 * later: c8d_notice_defer().
 */
typedef void c8d_notice_fn(void *user, const struct c8d_notice *notice);

/**
 * Completion of a submitted operation: exactly one for each that was accepted (its submit gave OK). Called
 * like c8d_notice_fn. `err` is borrowed during the call, NULL when OK.
 *
 * What is not completed when the client goes is completed with CANCELED, which says nothing about what
 * becomes of it: the runtime may have been asked. That is told by the thread that gives up the last
 * reference, before its call returns and in no order (a reference given up inside a callback, or while
 * another thread is in a blocking call: before the dispatch or blocking call returns that was under way).
 * There are no handles any more then, and the callback must not use the client either.
 */
typedef void c8d_done_fn(void *user, enum c8d_status status, const struct c8d_error *err);

/**
 * As c8d_done_fn, for operations that make a handle: it comes with the completion.
 * @param container, process Set when OK, with one reference, which is the callee's to give up. NULL when not,
 * and nothing is to be given up then: also with CANCELED, when it may have been made all the same.
 */
typedef void c8d_container_done_fn(void *user, enum c8d_status status, struct c8d_container *container,
                                   const struct c8d_error *err);
typedef void c8d_process_done_fn(void *user, enum c8d_status status, struct c8d_process *process,
                                 const struct c8d_error *err);

/**
 * Bytes from a process. Called like c8d_notice_fn; `data` is borrowed during the call.
 * @param stream C8D_STDIO_OUT or C8D_STDIO_ERR.
 * @param data   NULL with length 0 once, when the stream has ended.
 */
typedef void c8d_output_fn(void *user, struct c8d_process *process, int stream, const void *data,
                           size_t length);

/**
 * Sees every input that the model gets, with the names behind the references, and what became of it: for
 * recording. Two things that are no c8d_model_step() are shown as if they were:
 * LISTING in the region CONNECTION is c8d_model_list_begin(), and KILL with the outcome C8D_ACCEPTED and no
 * command among the actions is c8d_model_killed() with the input's status. The steps of
 * c8d_model_list_sweep() are not shown: whoever replays calls it, until it returns false, before LISTED.
 */
struct c8d_tap {
    void (*input)(void *user, const struct c8d_input *input, struct c8d_str namespace_,
                  struct c8d_str container, struct c8d_str process, const struct c8d_actions *result);
    void *user;
};

struct c8d_client_options {
    uint32_t size; /**< sizeof(struct c8d_client_options) */
    /** Taken over on success: the client destroys it at the end. */
    struct c8d_runtime runtime;
    struct c8d_str namespace_; /**< as given to the runtime. Copied. */
    /** True: take up and tell of all that the namespace holds, whoever made it. */
    bool adopt;
    c8d_notice_fn *notice; /**< NULL = none */
    void *user;            /**< for notice */
    struct c8d_tap tap; /**< input NULL = none. Called under the client's lock: must not call the client. */
    const struct c8d_allocator *allocator; /**< NULL = default */
    /**
     * How long a call is given before it is given up and the model asks what has become of it, by the model's
     * class of patience; 0 = the default. Two in a row that were not answered are told as UNRESPONSIVE, the
     * first answer after that as RESPONSIVE. A call of the consumer's that is in doubt then is completed with
     * INDETERMINATE.
     */
    int64_t short_patience_ns; /**< queries, signals, pause, resume, the stream; default 10 s */
    int64_t long_patience_ns;  /**< create, start, delete, checkpoint; default 30 s */
    /** How long after its task an exec may be silent before it is told to have ended, with a code that is not
     * known. An exit event that comes later fills in the code. Default 10 s. */
    int64_t exec_patience_ns;
    /** How long a process may live after SIGKILL, of a stop or of a force-delete, before that is told as
     * UNRESPONSIVE and the operation fails with DEADLINE. Default 10 s. */
    int64_t kill_patience_ns;
    /**
     * An image that c8d_client_save() made in an earlier run of the program; empty = none. Borrowed during
     * the call. The client begins with what is known in it; with the first call on a container, or
     * c8d_client_connect(), it asks for whatever was under way, subscribes, lists, and tells what has
     * happened since (GAP, ends with the cause resync, RESYNCED). Sequence numbers and incarnations go on.
     */
    struct c8d_str image;
    /** How many notices are kept for containers that are held back (c8d_notice_defer()), over all of them; 0
     * = 4096. Each takes some 256 bytes. What the model tells by itself, of the answer to a call or of a
     * snapshot, is kept beyond that: a few for each process. */
    uint32_t kept_notices_max;
};

/** Makes a client with one reference. @return OK; INVALID: also an image that is none, or damaged; CONFLICT:
 * an image of another build, or namespace; EXHAUSTED. */
C8D_NODISCARD C8D_API enum c8d_status c8d_client_new(const struct c8d_client_options *options,
                                                     struct c8d_client **out, struct c8d_error *err);
C8D_API struct c8d_client *c8d_client_ref(struct c8d_client *client);
/** Gives up a reference (NULL is allowed). Handles hold one each; the last one closes the connection. Running
 * containers go on running. Submitted operations without a completion get theirs: see c8d_done_fn. Notices
 * that were not told yet are not told any more. */
C8D_API void c8d_client_unref(struct c8d_client *client);

/**
 * To be called inside a notice callback: the notice is answered later, with c8d_notice_done(). Until then
 * further notices of its container are kept and not told; those of other containers go on, as do completions.
 * What waits for something to have been told, such as c8d_process_wait() for an end, waits as long.
 *
 * What is kept has a limit (`kept_notices_max`). Beyond it events about containers that are held back are
 * dropped. When all that was kept for such a container has been told and answered, that is told as a GAP, all
 * containers are listed, what was missed is told, each end once, and RESYNCED.
 *
 * @return OK; CONFLICT: outside of a notice callback; INVALID: GAP and RESYNCED, which are of no container;
 * EXHAUSTED: no memory, and nothing is held back.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_notice_defer(struct c8d_client *client);

/**
 * Answers a notice that was deferred: the next one of its container may be told. From any thread, inside
 * callbacks too; it does not block.
 *
 * @param sequence Of the notice.
 * @return OK; NOT_FOUND: no answer to it is awaited.
 */
C8D_API enum c8d_status c8d_notice_done(struct c8d_client *client, uint64_t sequence);

struct c8d_version {
    char version[64];
    char revision[64];
};

/** Asks for the runtime's version [1 call: Version.Version]. */
C8D_NODISCARD C8D_API enum c8d_status c8d_client_version(struct c8d_client *client, int64_t timeout_ns,
                                                         struct c8d_version *out, struct c8d_error *err);

/** Opens the event stream and waits until it is certain to deliver. Operations on containers do it by
 * themselves. */
C8D_NODISCARD C8D_API enum c8d_status c8d_client_connect(struct c8d_client *client, int64_t timeout_ns,
                                                         struct c8d_error *err);

/** Opens the stream, lists all that the namespace holds and takes it up (needs `adopt`) [2 calls, whatever
 * their number; 1 more the first time that the specs of all are more than containerd puts into one message].
 * What is found is told as notices of cause resync. */
C8D_NODISCARD C8D_API enum c8d_status c8d_client_restore(struct c8d_client *client, int64_t timeout_ns,
                                                         struct c8d_error *err);

/**
 * Drives the client: waits until something happens or the time is up, then handles all that is there.
 * @return OK when something was handled; DEADLINE when the time was up; CONFLICT from inside a callback.
 */
C8D_API enum c8d_status c8d_client_dispatch(struct c8d_client *client, int64_t timeout_ns);

/** @return A descriptor for an event loop, readable when c8d_client_dispatch(client, 0) has work; -1 when the
 * runtime has none. It stays the same for the client's life. */
C8D_API int c8d_client_fd(struct c8d_client *client);
/** @return Ns until dispatch is to be called even if the descriptor stays silent; C8D_NO_DEADLINE. */
C8D_API int64_t c8d_client_next_timeout(struct c8d_client *client);
/** Makes a dispatch or a blocking call in another thread look up. Safe in a signal handler. */
C8D_API void c8d_client_wake(struct c8d_client *client);

/**
 * Takes an image of all that the client knows, to begin with after a restart of the program. Waits until all
 * notices so far have been told. See c8d/image.h for what an image is, and who must not write it.
 *
 * @param image  Room for it, the caller's; may be NULL with `bytes` 0, to ask for the size.
 * @param needed Set on OK and EXHAUSTED: how many bytes it takes.
 * @return OK; EXHAUSTED: too little room; CONFLICT from inside a callback, or while notices are kept for a
 * container that is held back.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_client_save(struct c8d_client *client, void *image, size_t bytes,
                                                      size_t *needed, struct c8d_error *err);

struct c8d_client_counters {
    struct c8d_model_counters model;
    struct c8d_runtime_counters runtime;
    uint64_t gaps;           /**< losses of the stream */
    uint64_t pending;        /**< requests without a completion yet */
    uint64_t kept_notices;   /**< kept at present for containers that are held back */
    uint64_t dropped_events; /**< about such containers, beyond the limit; made good */
};
C8D_API void c8d_client_counters(struct c8d_client *client, struct c8d_client_counters *out);

/** Calls `visit` for each container known to the client, in no order, under the client's lock: it must not
 * call back. Views and strings are borrowed during the call; `task` is NULL when there is none. */
typedef void c8d_visit_fn(void *user, const struct c8d_container_view *container,
                          const struct c8d_process_view *task);
C8D_API void c8d_client_visit(struct c8d_client *client, c8d_visit_fn *visit, void *user);

C8D_END_DECLS

#endif
