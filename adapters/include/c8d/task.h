/* SPDX-License-Identifier: Apache-2.0 */
/* What a task can do beyond being a process: the handle is the same struct c8d_process. On an exec, each of
 * these is refused with INVALID. */
#ifndef C8D_TASK_H
#define C8D_TASK_H

#include <c8d/process.h>

C8D_BEGIN_DECLS

struct c8d_exec_options {
    uint32_t size;         /**< sizeof(struct c8d_exec_options) */
    struct c8d_str id;     /**< containerd's identifiers rule; not the container's id, not in use */
    struct c8d_str spec;   /**< OCI process object, JSON */
    uint32_t stdio;        /**< C8D_STDIO_* */
    c8d_output_fn *output; /**< NULL = what is written is read and thrown away */
    void *user;            /**< for output */
};

/**
 * Starts a further process in the task [2 calls: Tasks.Exec, Tasks.Start]. When the start fails, what was
 * registered is deleted again before this returns.
 * @return OK; CONFLICT: the task does not run; ALREADY_EXISTS; REMOTE: such as a program that does not exist.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_task_exec(struct c8d_process *task,
                                                    const struct c8d_exec_options *options,
                                                    int64_t timeout_ns, struct c8d_process **out,
                                                    struct c8d_error *err);

/**
 * The same without waiting, and without a limit in time of its own: see c8d_container_start_submit(), whose
 * words on what is borrowed, on threads and on output hold here, too.
 *
 * @param done Told once, when OK is returned: what the other form returns, and the exec when that is OK; or
 * CANCELED when the client goes before. `user` is its own.
 * @return OK: it is under way; refused at once, and `done` is never told: INVALID; CONFLICT: another run has
 * taken the task's place; UNAVAILABLE: there is no connection; EXHAUSTED; and what keeps its streams from
 * being made.
 */
C8D_API enum c8d_status c8d_task_exec_submit(struct c8d_process *task, const struct c8d_exec_options *options,
                                             c8d_process_done_fn *done, void *user, struct c8d_error *err);

/** Freezes and thaws all its processes [1 call each]. @return NOT_MODIFIED when it is so already. */
C8D_NODISCARD C8D_API enum c8d_status c8d_task_pause(struct c8d_process *task, int64_t timeout_ns,
                                                     struct c8d_error *err);
C8D_NODISCARD C8D_API enum c8d_status c8d_task_resume(struct c8d_process *task, int64_t timeout_ns,
                                                      struct c8d_error *err);
/** The same without waiting. Refused at once with UNAVAILABLE when there is no connection, NOT_FOUND when
 * another run has taken its place, INVALID for an exec; else `done` is told as above. */
C8D_API enum c8d_status c8d_task_pause_submit(struct c8d_process *task, c8d_done_fn *done, void *user,
                                              struct c8d_error *err);
C8D_API enum c8d_status c8d_task_resume_submit(struct c8d_process *task, c8d_done_fn *done, void *user,
                                               struct c8d_error *err);

/**
 * Measures what the task uses [1 call: Tasks.Metrics].
 *
 * @param out Set on OK. A number that the cgroup does not count is marked as not told.
 * @return OK; NOT_FOUND: the task is gone; REMOTE: containerd has measured nothing, which proves nothing
 * about the task; DEADLINE; UNAVAILABLE; INDETERMINATE.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_task_stats(struct c8d_process *task, int64_t timeout_ns,
                                                     struct c8d_stats *out, struct c8d_error *err);

/**
 * Lists the processes of the task [1 call: Tasks.ListPids]: all that live in its cgroup, whoever started
 * them. It is also what libcontainerd calls the summary, which on Linux has one entry without content for
 * each process.
 *
 * @param out      Room for `capacity` processes; may be NULL with capacity 0.
 * @param count    Set on OK: how many there are. When it is more than `capacity`, the rest is left out.
 * @return OK (with 0 for a task that has stopped); NOT_FOUND: the task is gone; DEADLINE; UNAVAILABLE;
 * INDETERMINATE; REMOTE.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_task_pids(struct c8d_process *task, int64_t timeout_ns,
                                                    struct c8d_task_process *out, size_t capacity,
                                                    size_t *count, struct c8d_error *err);

/**
 * Changes what the task may use, while it runs [1 call: Tasks.Update]. The container's stored spec stays as
 * it is.
 *
 * @param resources JSON: an OCI linux.resources object; what it does not name stays as it is. Borrowed during
 * the call.
 * @return OK; INVALID: empty; NOT_FOUND: the task is gone; REMOTE: it was refused, such as a malformed
 * object, a limit below the usage, a stopped task; UNAVAILABLE; INDETERMINATE.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_task_update_resources(struct c8d_process *task,
                                                                struct c8d_str resources, int64_t timeout_ns,
                                                                struct c8d_error *err);

/**
 * Writes an image of the task, from which c8d_container_start() can go on [1 call: Tasks.Checkpoint]. runc
 * and CRIU write it, straight into the directory; or it comes through containerd's content store [4 calls],
 * see images_in_store in <c8d/remote.h>.
 *
 * @param directory Absolute, as containerd sees it, or as this process does when the image comes through the
 *                  store; made when it is missing. Borrowed during the call.
 * @param exit      True: the task ends with it, which is told like any other end.
 * @return OK; INVALID: no absolute path; CONFLICT: the task does not run, or something else is under way with
 * it; NOT_FOUND: it is gone; NOT_IMPLEMENTED: the runtime makes no images; REMOTE: such as CRIU failing;
 * INDETERMINATE: whether an image was written cannot be known.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_task_checkpoint(struct c8d_process *task, struct c8d_str directory,
                                                          bool exit, int64_t timeout_ns,
                                                          struct c8d_error *err);

/** The same without waiting: `directory` is borrowed during the call alone. Refused at once as
 * c8d_task_pause_submit(), and with INVALID as above; else `done` is told, once, what the other form returns,
 * or CANCELED when the client goes before. */
C8D_API enum c8d_status c8d_task_checkpoint_submit(struct c8d_process *task, struct c8d_str directory,
                                                   bool exit, c8d_done_fn *done, void *user,
                                                   struct c8d_error *err);

/** Kills the task (SIGKILL to all its processes) if it runs, waits for its end and deletes it [2 calls at
 * most].
 *  @param out May be NULL; set on OK. */
C8D_NODISCARD C8D_API enum c8d_status c8d_task_force_delete(struct c8d_process *task, int64_t timeout_ns,
                                                            struct c8d_exit *out, struct c8d_error *err);
/** The same without waiting; refused at once as c8d_task_pause_submit(). Of the output what its streams hold
 * is given, no more. */
C8D_API enum c8d_status c8d_task_force_delete_submit(struct c8d_process *task, c8d_done_fn *done, void *user,
                                                     struct c8d_error *err);

C8D_END_DECLS

#endif
