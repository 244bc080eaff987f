/* SPDX-License-Identifier: Apache-2.0 */
/* containerd as a runtime: gRPC over its unix socket, streams over FIFOs. In libc8d-remote. */
#ifndef C8D_REMOTE_H
#define C8D_REMOTE_H

#include <c8d/allocator.h>
#include <c8d/runtime.h>

C8D_BEGIN_DECLS

struct c8d_remote_options {
    uint32_t size; /**< sizeof(struct c8d_remote_options) */
    /** Path of containerd's socket; a leading "unix://" is allowed. Copied. */
    struct c8d_str address;
    /** containerd namespace of every call; containerd's identifiers rule. Copied. */
    struct c8d_str namespace_;
    /** Directory under which the FIFOs of each process get a directory of their own. Made (0700) when it is
     * missing. Empty = /run/c8d/fifo. Copied. */
    struct c8d_str fifo_directory;
    const struct c8d_allocator *allocator; /**< NULL = default */
};

/**
 * Makes a containerd runtime. Connects at once, so that a wrong address is told here; later it connects again
 * by itself whenever a call finds the connection gone.
 *
 * Call it before other threads run, since it sets the environment variable GRPC_POLL_STRATEGY to "poll"
 * unless it is set. It silences gRPC's own logging for the process.
 *
 * Threads: takes no thread of its own, but gRPC C core starts some, with all signals blocked. Processes: not
 * to be used in a child after fork() without exec(); every call then ends UNAVAILABLE.
 *
 * @param out Set on success; owned by the caller until given to a client, or destroyed with ops->destroy.
 * @return OK; INVALID (address or namespace malformed); UNAVAILABLE (nobody listens there; origin errno);
 * EXHAUSTED.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_remote_new(const struct c8d_remote_options *options,
                                                     struct c8d_runtime *out, struct c8d_error *err);

C8D_END_DECLS

#endif
