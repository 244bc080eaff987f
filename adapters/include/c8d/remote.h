/* SPDX-License-Identifier: Apache-2.0 */
/*
 * containerd as a runtime, in libc8d-remote: gRPC over its unix socket, streams over FIFOs. On Windows both
 * are named pipes, and nghttp2 is the only transport.
 */
#ifndef C8D_REMOTE_H
#define C8D_REMOTE_H

#include <c8d/allocator.h>
#include <c8d/runtime.h>

C8D_BEGIN_DECLS

/** Who speaks HTTP/2. The results are the same; the costs are not. */
enum c8d_transport {
    C8D_TRANSPORT_AUTO,    /**< gRPC C core, or nghttp2 where the library was built without it */
    C8D_TRANSPORT_GRPC,    /**< gRPC C core: has threads of its own, and 6 MB of libraries */
    C8D_TRANSPORT_NGHTTP2, /**< nghttp2: no thread, the least memory and CPU time */
    C8D_TRANSPORT__COUNT
};

/** @return A static name such as "nghttp2"; "?" for a value that is none. */
C8D_API const char *c8d_transport_name(enum c8d_transport transport);
/** @return Whether this library was built with it; AUTO always is. */
C8D_API bool c8d_transport_available(enum c8d_transport transport);

struct c8d_remote_options {
    uint32_t size; /**< sizeof(struct c8d_remote_options) */
    /** Path of containerd's socket; a leading "unix://" is allowed. On Windows the name of its pipe, such as
     * "\\.\pipe\containerd-containerd"; a leading "npipe://" is allowed. Copied. May be empty with `has_fd`.
     */
    struct c8d_str address;
    /** containerd namespace of every call; containerd's identifiers rule. Copied. */
    struct c8d_str namespace_;
    /** Directory under which the FIFOs of each process get a directory of their own. Made (0700) when it is
     * missing. Empty = /run/c8d/fifo. Copied. On Windows it has to be empty: the pipes are in no directory,
     * and are called "\\.\pipe\containerd-CONTAINER-PROCESS-stdin" and so on, PROCESS being "init" or the
     * exec's id, as libcontainerd calls them. */
    struct c8d_str fifo_directory;
    const struct c8d_allocator *allocator; /**< NULL = default */
    enum c8d_transport transport;
    /** With true, `fd` is used for the first connection: a connected stream socket with containerd at its
     * other end. Taken over: it is closed also when this fails, once the options are found to be in order.
     * When it is lost, the next call connects to `address`, and ends UNAVAILABLE when that is empty. On
     * Windows none can be used (UNAVAILABLE). */
    bool has_fd;
    int fd;
    /** Whether images of tasks go through containerd's content store, for a containerd that does not see the
     * directories of this process. False: a shim writes an image straight into the directory that
     * c8d_task_checkpoint() names and reads it from there, which takes no further call.
     *
     * With true the directories are this process's. A checkpoint reads the image from the store and unpacks
     * it [4 calls: Leases.Create, Tasks.Checkpoint, Content.Read, Leases.Delete], and a start from one packs
     * the directory and writes it there [3 calls more: Leases.Create, Content.Write, Leases.Delete]. A lease
     * of 24 hours holds what is in the store; with its end, when the call is over, it is collected. What is
     * neither a file nor a directory is refused both ways, and so is a tar that would write elsewhere:
     * nothing of it is unpacked then. Owners, times and other attributes are not kept. A checkpoint needs
     * room for the image twice, and memory for none of it. Whoever takes arrivals does the work, a piece of
     * at most 48 KiB at a time. libarchive is loaded with the first image; without it the call is refused as
     * C8D_NOT_IMPLEMENTED, and nothing has been asked. */
    bool images_in_store;
};

/**
 * Makes a containerd runtime. Connects at once, so that a wrong address is told here; later it connects again
 * by itself whenever a call finds the connection gone.
 *
 * With C core: call it before other threads run, since it sets the environment variable GRPC_POLL_STRATEGY to
 * "poll" unless it is set. It silences gRPC's own logging for the process.
 *
 * Threads: takes no thread of its own, but gRPC C core starts some, with all signals blocked. Processes: not
 * to be used in a child after fork() without exec(), whatever the transport; every call then ends
 * UNAVAILABLE, and destroying it there leaves the parent's connection and its pipes alone. exec() is fine: no
 * descriptor is inherited.
 *
 * @param out Set on success; owned by the caller until given to a client, or destroyed with ops->destroy.
 * @return OK; INVALID (address or namespace malformed, no such transport); NOT_IMPLEMENTED (a transport, or
 * images in the store, that this library was built without); UNAVAILABLE (nobody listens there; origin
 * errno); EXHAUSTED.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_remote_new(const struct c8d_remote_options *options,
                                                     struct c8d_runtime *out, struct c8d_error *err);

C8D_END_DECLS

#endif
