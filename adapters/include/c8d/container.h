/* SPDX-License-Identifier: Apache-2.0 */
/* A container: its record in the runtime, and the task that runs it. */
#ifndef C8D_CONTAINER_H
#define C8D_CONTAINER_H

#include <c8d/client.h>

C8D_BEGIN_DECLS

struct c8d_container_options {
    uint32_t size;          /**< sizeof(struct c8d_container_options) */
    struct c8d_str id;      /**< 1-76 bytes of [A-Za-z0-9_.-], beginning and ending with a letter or digit */
    struct c8d_str spec;    /**< OCI runtime spec, JSON; root.path absolute */
    struct c8d_str runtime; /**< shim; empty = "io.containerd.runc.v2" */
    const struct c8d_label *labels;
    size_t n_labels;
    /** Options for the shim, passed on and kept with the container: see c8d_runc_options_pack() for those of
     * runc, c8d_runhcs_options_pack() for those of runhcs. type empty = none. */
    struct c8d_any runtime_options;
    /** A snapshot that becomes the root file system: whose snapshotter, such as "overlayfs", and its key.
     * Both or neither; neither: the spec's root.path. The snapshot is the caller's, before and after. */
    struct c8d_str snapshotter;
    struct c8d_str snapshot_key;
};

/**
 * Makes a container [1 call: Containers.Create]. All that the options point to is borrowed during the call.
 *
 * @return OK; ALREADY_EXISTS; INVALID; UNAVAILABLE; INDETERMINATE; EXHAUSTED; REMOTE.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_client_new_container(struct c8d_client *client,
                                                               const struct c8d_container_options *options,
                                                               int64_t timeout_ns, struct c8d_container **out,
                                                               struct c8d_error *err);

/**
 * The same without waiting, and without a limit in time of its own. All that the options point to is borrowed
 * during this call alone. From any thread, inside callbacks too; it does not block.
 *
 * @param done Told once, when OK is returned: what the other form returns, and the handle when that is OK; or
 * CANCELED when the client goes before. `user` is its own.
 * @return OK: it is under way; refused at once, and `done` is never told: INVALID; UNAVAILABLE: there is no
 * connection (c8d_client_connect()); EXHAUSTED.
 */
C8D_API enum c8d_status c8d_client_new_container_submit(struct c8d_client *client,
                                                        const struct c8d_container_options *options,
                                                        c8d_container_done_fn *done, void *user,
                                                        struct c8d_error *err);

/**
 * Makes a container in place of whatever a run before has left under its name [1 call when nothing is there:
 * Containers.Create; at most 7: also Containers.Get, Tasks.Get, Tasks.Kill, Tasks.Delete,
 * Containers.Delete and a second Containers.Create]. What runs there is killed; its end and its deletion are
 * told as notices.
 *
 * The timeout is the caller's patience alone: what was begun goes on when it is over.
 *
 * @return OK; CONFLICT: the name is taken by something that cannot be found (a bundle was left behind on the
 * runtime's disk), or another operation is at work on it; DEADLINE: what runs there cannot be killed; and as
 * c8d_client_new_container(), but for ALREADY_EXISTS.
 */
C8D_NODISCARD C8D_API enum c8d_status
c8d_client_replace_container(struct c8d_client *client, const struct c8d_container_options *options,
                             int64_t timeout_ns, struct c8d_container **out, struct c8d_error *err);

/** The same without waiting; as c8d_client_new_container_submit(). */
C8D_API enum c8d_status c8d_client_replace_container_submit(struct c8d_client *client,
                                                            const struct c8d_container_options *options,
                                                            c8d_container_done_fn *done, void *user,
                                                            struct c8d_error *err);

/** Takes up a container that exists, with its task when it has one [2 calls: Containers.Get, Tasks.Get].
 *  @return OK; NOT_FOUND; and as above. */
C8D_NODISCARD C8D_API enum c8d_status c8d_client_load_container(struct c8d_client *client, struct c8d_str id,
                                                                int64_t timeout_ns,
                                                                struct c8d_container **out,
                                                                struct c8d_error *err);

/** The same without waiting: `id` is borrowed during this call alone; else as
 * c8d_client_new_container_submit(). */
C8D_API enum c8d_status c8d_client_load_container_submit(struct c8d_client *client, struct c8d_str id,
                                                         c8d_container_done_fn *done, void *user,
                                                         struct c8d_error *err);

C8D_API struct c8d_container *c8d_container_ref(struct c8d_container *container);
C8D_API void c8d_container_unref(struct c8d_container *container); /**< NULL is allowed */

/** @return The id. Borrowed for the handle's life. */
C8D_API struct c8d_str c8d_container_id(const struct c8d_container *container);
/** @return The state of its task; DELETED when it has none. Costs no call. */
C8D_API enum c8d_public_state c8d_container_state(struct c8d_container *container);
/** @return The spec as given or loaded. Borrowed for the handle's life. */
C8D_API struct c8d_str c8d_container_spec(const struct c8d_container *container);

/** @return The shim, such as "io.containerd.runc.v2". Borrowed for the handle's life. */
C8D_API struct c8d_str c8d_container_runtime(const struct c8d_container *container);
/** @return The options of the shim; type empty when there are none. Borrowed for the handle's life. */
C8D_API struct c8d_any c8d_container_runtime_options(const struct c8d_container *container);
/** @param count Set: how many there are. @return The labels as given or loaded. Borrowed for the handle's
 * life. */
C8D_API const struct c8d_label *c8d_container_labels(const struct c8d_container *container, size_t *count);
/** @return When the runtime made it: wall clock, ns since 1970; 0 = not told. */
C8D_API int64_t c8d_container_created_at(struct c8d_container *container);
/** @return The snapshotter, and the key of the snapshot, that its root file system comes from; empty = none.
 * Borrowed for the handle's life. */
C8D_API struct c8d_str c8d_container_snapshotter(const struct c8d_container *container);
C8D_API struct c8d_str c8d_container_snapshot_key(const struct c8d_container *container);

struct c8d_start_options {
    uint32_t size;         /**< sizeof(struct c8d_start_options) */
    uint32_t stdio;        /**< C8D_STDIO_* */
    c8d_output_fn *output; /**< NULL = what is written is read and thrown away */
    void *user;            /**< for output */
    /** Options for the shim in this run, instead of the container's own. type empty = the container's.
     * Borrowed during the call. */
    struct c8d_any runtime_options;
    /** A directory that c8d_task_checkpoint() has written, absolute as containerd sees it (as this process
     * does with images_in_store, see <c8d/remote.h>: then 3 calls more): the task goes on from there instead
     * of starting afresh. Shims that are not known to be able to are refused with NOT_IMPLEMENTED. empty = it
     * starts afresh. Borrowed during the call. */
    struct c8d_str checkpoint;
};

/**
 * Creates the task and starts it [2 calls: Tasks.Create, Tasks.Start; with a snapshot Snapshots.Mounts
 * before]. When the start fails, what was created is deleted again before this returns.
 * @param options NULL = no streams.
 * @param out Set on success: the task, one reference.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_container_start(struct c8d_container *container,
                                                          const struct c8d_start_options *options,
                                                          int64_t timeout_ns, struct c8d_process **out,
                                                          struct c8d_error *err);

/**
 * The same without waiting, and without a limit in time of its own. All that the options point to is borrowed
 * during this call alone, but for options->user, which output is given with. From any thread, inside
 * callbacks too; it does not block. The container's handle may be given up before it is done.
 *
 * Output may be given, with the handle that is coming, before `done` is told.
 *
 * @param done Told once, when OK is returned: what the other form returns, and the task when that is OK; or
 * CANCELED when the client goes before. `user` is its own.
 * @return OK: it is under way; refused at once, and `done` is never told: INVALID; UNAVAILABLE: there is no
 * connection; EXHAUSTED; and what keeps its streams from being made, such as REMOTE.
 */
C8D_API enum c8d_status c8d_container_start_submit(struct c8d_container *container,
                                                   const struct c8d_start_options *options,
                                                   c8d_process_done_fn *done, void *user,
                                                   struct c8d_error *err);

/**
 * The label that names a directory of the consumer's for the pipes of a container's processes: "bundle" in
 * the words of moby's libcontainerd, whose label and whose names of pipes these are. With it a daemon finds
 * the streams of its containers again after a restart, and a daemon of the other kind finds them too. Make
 * the directory with c8d_bundle_make(), and put the label among those of the container.
 */
#define C8D_LABEL_BUNDLE_PATH "com.docker/engine.bundle.path"

/**
 * Makes the directory for the pipes of a container, as libcontainerd makes it. For root (uid and gid 0) that
 * is `path` itself, 0755. For the root of a user namespace each part of the path that is missing, or closed
 * to others, is replaced by one of its own, named PART.UID.GID, 0700 and owned by it: it has to get there,
 * and nobody else.
 *
 * @param path Absolute. Borrowed during the call.
 * @param uid, gid Who root of the container is on the host.
 * @param out  At least `bytes` bytes; set on OK: the path that was made, NUL-terminated. What goes into the
 * label.
 * @return OK; INVALID: not an absolute path, or too little room; REMOTE: it cannot be made (origin errno).
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_bundle_make(struct c8d_str path, uint32_t uid, uint32_t gid,
                                                      char *out, size_t bytes, struct c8d_error *err);

struct c8d_attach_options {
    uint32_t size;         /**< sizeof(struct c8d_attach_options) */
    uint32_t stdio;        /**< which of its streams: C8D_STDIO_IN, OUT, ERR; 0 = all that it has */
    c8d_output_fn *output; /**< NULL = what is written is read and thrown away */
    void *user;            /**< for output */
};

/**
 * Gives a handle on the task that is there, with its streams: after a restart of the program that had started
 * it, whatever program that was [no call when the container was just loaded; else 1: Tasks.Get]. What it has
 * written while nobody was attached comes first, as far as its pipes have held it; when they were full, it
 * waited.
 *
 * A task that has ended, or was started without streams, gives a handle without streams.
 *
 * @param options NULL = all streams, output thrown away.
 * @param out Set on success: the task, one reference.
 * @return OK; NOT_FOUND: there is no task, or its pipes are gone; CONFLICT: its streams are attached already;
 * NOT_IMPLEMENTED: its output goes elsewhere, such as to a file or a logging program; UNAVAILABLE; DEADLINE;
 * REMOTE.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_container_attach_task(struct c8d_container *container,
                                                                const struct c8d_attach_options *options,
                                                                int64_t timeout_ns, struct c8d_process **out,
                                                                struct c8d_error *err);

/** @return The task that runs in the container, a new reference; NULL when there is none. Costs no call. */
C8D_API struct c8d_process *c8d_container_task(struct c8d_container *container);

/** Deletes the container's record [1 call: Containers.Delete]. @return CONFLICT while it has a task;
 * NOT_FOUND. */
C8D_NODISCARD C8D_API enum c8d_status c8d_container_delete(struct c8d_container *container,
                                                           int64_t timeout_ns, struct c8d_error *err);

C8D_END_DECLS

#endif
