/* SPDX-License-Identifier: Apache-2.0 */
/* A process: the init process of a task, or an exec in it. A handle is bound to one incarnation: it never
 * speaks of a later run of the same name. */
#ifndef C8D_PROCESS_H
#define C8D_PROCESS_H

#include <c8d/container.h>

C8D_BEGIN_DECLS

C8D_API struct c8d_process *c8d_process_ref(struct c8d_process *process);
/** Gives up a reference (NULL is allowed). Without one its output is read and thrown away. */
C8D_API void c8d_process_unref(struct c8d_process *process);

/** @return The exec's id; the container's id for a task. Borrowed for the handle's life. */
C8D_API struct c8d_str c8d_process_id(const struct c8d_process *process);
/** @return Its pid in the runtime's pid namespace; 0 = not known. Costs no call. */
C8D_API uint32_t c8d_process_pid(struct c8d_process *process);
C8D_API enum c8d_public_state c8d_process_state(struct c8d_process *process);

/** What a runtime says of a process at one moment. */
struct c8d_process_status {
    enum c8d_public_state state; /**< UNKNOWN when the runtime itself cannot tell. Never read as stopped. */
    uint32_t pid;                /**< 0 = not told */
    struct c8d_exit exit;        /**< with STOPPED */
};

/**
 * Asks the runtime for the present state [1 call: Tasks.Get]. What the client knows from the event stream
 * costs no call: c8d_process_state(). This is for a second opinion, and it changes nothing that the client
 * believes.
 *
 * @param out Set on OK. The runtime answers for the name: should another run have taken its place a moment
 * ago, it is told of that one.
 * @return OK; NOT_FOUND: this run is over and deleted; DEADLINE; UNAVAILABLE; INDETERMINATE; REMOTE.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_process_status(struct c8d_process *process, int64_t timeout_ns,
                                                         struct c8d_process_status *out,
                                                         struct c8d_error *err);

/**
 * Sets the size of its terminal [1 call: Tasks.ResizePty]. A process without a terminal has no size, which is
 * no failure (so containerd's shims).
 *
 * @param columns Width in characters, 1 to 65535.
 * @param rows    Height in characters, 1 to 65535.
 * @return OK; INVALID: a size out of range; NOT_FOUND: it is gone; CONFLICT: an exec that has not started;
 * UNAVAILABLE; INDETERMINATE; REMOTE.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_process_resize(struct c8d_process *process, uint32_t columns,
                                                         uint32_t rows, int64_t timeout_ns,
                                                         struct c8d_error *err);

/** Sends a signal [1 call: Tasks.Kill].
 *  @return OK: delivered; NOT_FOUND: it has ended, or the runtime says so; CONFLICT: it is not started. */
C8D_NODISCARD C8D_API enum c8d_status c8d_process_kill(struct c8d_process *process, uint32_t signal,
                                                       int64_t timeout_ns, struct c8d_error *err);
C8D_API enum c8d_status c8d_process_kill_submit(struct c8d_process *process, uint32_t signal,
                                                int64_t timeout_ns, c8d_done_fn *done, void *user,
                                                struct c8d_error *err);

/** How a process is to be stopped. */
struct c8d_stop_options {
    uint32_t size;    /**< sizeof(struct c8d_stop_options) */
    uint32_t signal;  /**< the signal to begin with; 0 = 15, SIGTERM */
    int64_t grace_ns; /**< how long it may take to end after that; 0 = 10 s, negative = none */
};

/**
 * Stops a process: sends it a signal, after the grace SIGKILL (to all processes of a task), and waits for its
 * end [1 or 2 calls: Tasks.Kill; a paused task is resumed for it, 1 call more]. Only the end is success: a
 * signal that finds nobody makes the model ask what has become of the process (an end may be lost, or still
 * on its way).
 *
 * The timeout is the caller's patience alone: the stop goes on when it is over.
 *
 * @param options NULL = all defaults.
 * @param out     May be NULL; set on OK: how it ended.
 * @return OK; NOT_MODIFIED: it had ended before; NOT_FOUND: it is gone; CONFLICT: it is being stopped
 * already, or it is not started; DEADLINE: it lives in spite of SIGKILL (told as UNRESPONSIVE, too);
 * INDETERMINATE: the timeout is over; and what the runtime said of the signal, such as INVALID.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_process_stop(struct c8d_process *process,
                                                       const struct c8d_stop_options *options,
                                                       int64_t timeout_ns, struct c8d_exit *out,
                                                       struct c8d_error *err);

/** The same without waiting: `done` is called when it has ended, or cannot be stopped. Refused at once with
 * UNAVAILABLE when there is no connection, else as above. */
C8D_API enum c8d_status c8d_process_stop_submit(struct c8d_process *process,
                                                const struct c8d_stop_options *options, c8d_done_fn *done,
                                                void *user, struct c8d_error *err);

/**
 * Waits for the end of this incarnation [no call: the event stream tells it].
 * @param out May be NULL; set on OK. An end whose code cannot be had has known = false.
 * @return OK; DEADLINE.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_process_wait(struct c8d_process *process, int64_t timeout_ns,
                                                       struct c8d_exit *out, struct c8d_error *err);

/**
 * The same without waiting: `done` is called when the end has been told, with OK, at once when it has ended
 * before. c8d_process_exit() then has the code. It needs no connection, and goes on over losses of one.
 *
 * @return OK; EXHAUSTED.
 */
C8D_API enum c8d_status c8d_process_wait_submit(struct c8d_process *process, c8d_done_fn *done, void *user,
                                                struct c8d_error *err);
/** How it ended, as far as is known; costs no call and does not block. @return OK; CONFLICT: no end has been
 * told yet. */
C8D_NODISCARD C8D_API enum c8d_status c8d_process_exit(struct c8d_process *process, struct c8d_exit *out);

/** Waits until all that it has written was given to the output callback: its streams have ended. A delete
 * waits for it by itself, but no longer than two seconds.
 *  @return OK; DEADLINE (something else holds a stream open, or its output is held). */
C8D_NODISCARD C8D_API enum c8d_status c8d_process_drain(struct c8d_process *process, int64_t timeout_ns,
                                                        struct c8d_error *err);

/**
 * Leaves its output where it is, or takes it again: for a consumer that cannot deal with more at present, and
 * does not want to keep all others waiting in its callback. What is held stays in the pipes; when these are
 * full (64 KiB on Linux), the process waits. Its end is told all the same. From any thread, inside callbacks
 * too; a piece that is being given is not taken back.
 *
 * It ends with the last reference on the handle, and with a delete or force-delete, which gives what the
 * streams still have.
 *
 * @param hold True: no output is given until false.
 */
C8D_API void c8d_process_hold_output(struct c8d_process *process, bool hold);

/** Writes to its standard input, as much as fits at once.
 *  @param written Set on OK: how many bytes were taken, 0 when it is full.
 *  @return OK; CONFLICT: it has no standard input, or it was closed. */
C8D_NODISCARD C8D_API enum c8d_status c8d_process_write_stdin(struct c8d_process *process, const void *data,
                                                              size_t length, size_t *written,
                                                              struct c8d_error *err);
/** @return The descriptor of its standard input, to poll for room; -1 when there is none. Not to be closed.
 */
C8D_API int c8d_process_stdin_fd(struct c8d_process *process);
/**
 * Gives it end-of-file [1 call: Tasks.CloseIO, after our end is closed]. It is done when the runtime has
 * confirmed it, or when nobody is left to read: the process has ended, or the runtime knows none of that
 * name. Before the start it is held back until then.
 *
 * After a failure it may be asked for again; nothing can be written any more even so, since our end is
 * closed.
 *
 * @return OK; NOT_FOUND: this run is over and deleted; CONFLICT: it has no standard input, or that is closed,
 * or being closed, already; INDETERMINATE: no reply, or the timeout is over while it is under way or held
 * back; DEADLINE; UNAVAILABLE; and what the runtime said, such as REMOTE.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_process_close_stdin(struct c8d_process *process, int64_t timeout_ns,
                                                              struct c8d_error *err);

/** The same without waiting. Our end is closed when this returns, also when it is then refused at once:
 * CONFLICT: it has no standard input; UNAVAILABLE: there is no connection; NOT_FOUND: another run has taken
 * its place. Else `done` is told, once, what the other form returns, or CANCELED when the client goes before.
 */
C8D_API enum c8d_status c8d_process_close_stdin_submit(struct c8d_process *process, c8d_done_fn *done,
                                                       void *user, struct c8d_error *err);

/** Deletes an ended or never started process [1 call: Tasks.Delete, for an exec Tasks.DeleteProcess].
 *  @param out May be NULL; set on OK: how it ended.
 *  @return CONFLICT while it runs; NOT_FOUND when it is gone already. */
C8D_NODISCARD C8D_API enum c8d_status c8d_process_delete(struct c8d_process *process, int64_t timeout_ns,
                                                         struct c8d_exit *out, struct c8d_error *err);
/** The same without waiting, not for output that is still to come either: what its streams hold is given, no
 * more. To have it all, ask for it when the output callback has told the end of each stream (length 0), which
 * may come after the end of the process. Refused at once with UNAVAILABLE when there is no connection,
 * NOT_FOUND when another run has taken its place; else `done` is told as above. */
C8D_API enum c8d_status c8d_process_delete_submit(struct c8d_process *process, c8d_done_fn *done, void *user,
                                                  struct c8d_error *err);

C8D_END_DECLS

#endif
