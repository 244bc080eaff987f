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
};

/**
 * Makes a container [1 call: Containers.Create].
 * @return OK; ALREADY_EXISTS; INVALID; UNAVAILABLE; INDETERMINATE; EXHAUSTED; REMOTE.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_client_new_container(struct c8d_client *client,
                                                               const struct c8d_container_options *options,
                                                               int64_t timeout_ns, struct c8d_container **out,
                                                               struct c8d_error *err);

/** Takes up a container that exists, with its task when it has one [2 calls: Containers.Get, Tasks.Get].
 *  @return OK; NOT_FOUND; and as above. */
C8D_NODISCARD C8D_API enum c8d_status c8d_client_load_container(struct c8d_client *client, struct c8d_str id,
                                                                int64_t timeout_ns,
                                                                struct c8d_container **out,
                                                                struct c8d_error *err);

C8D_API struct c8d_container *c8d_container_ref(struct c8d_container *container);
C8D_API void c8d_container_unref(struct c8d_container *container); /**< NULL is allowed */

/** @return The id. Borrowed for the handle's life. */
C8D_API struct c8d_str c8d_container_id(const struct c8d_container *container);
/** @return The state of its task; DELETED when it has none. Costs no call. */
C8D_API enum c8d_public_state c8d_container_state(struct c8d_container *container);
/** @return The spec as given or loaded. Borrowed for the handle's life. */
C8D_API struct c8d_str c8d_container_spec(const struct c8d_container *container);

struct c8d_start_options {
    uint32_t size;         /**< sizeof(struct c8d_start_options) */
    uint32_t stdio;        /**< C8D_STDIO_* */
    c8d_output_fn *output; /**< NULL = what is written is read and thrown away */
    void *user;            /**< for output */
};

/**
 * Creates the task and starts it [2 calls: Tasks.Create, Tasks.Start]. When the start fails, what was created
 * is deleted again before this returns.
 * @param options NULL = no streams.
 * @param out Set on success: the task, one reference.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_container_start(struct c8d_container *container,
                                                          const struct c8d_start_options *options,
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
