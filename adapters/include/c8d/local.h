/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Host Compute Service of Windows as a runtime, without containerd: vmcompute.dll and documents of
 * schema 1. In libc8d-local.
 *
 * A container is a compute system, which is created and started when the container is; a task is the first
 * process in it. So the spec is checked, and an id that is in use is found, when the container is created; a
 * program that cannot be found shows at the start. What HCS has no operation for is NOT_IMPLEMENTED: signals
 * other than the two ends below, pause and resume without Hyper-V isolation, and whatever would re-attach to
 * processes of an earlier life.
 *
 * Signals. For the init process 9, and a kill of all, terminates the compute system with all that runs in it;
 * any other signal shuts it down. Any signal ends an exec. 0 asks whether the process runs.
 *
 * Exit codes are the 32-bit ones of Windows. 4294967295 stands for none: the end is told with a code that is
 * not known.
 *
 * A loaded container (c8d_client_load_container) that this runtime has not created is a leftover: its compute
 * system is terminated, and it can be deleted and nothing else.
 *
 * A compute system of another owner is no container here. It is left alone, and loading it gives NOT_FOUND.
 * But its id is taken, for HCS has one for the whole machine: making a container of that id gives
 * ALREADY_EXISTS, replacing it CONFLICT. One whose owner HCS does not tell is left alone, too (REMOTE).
 *
 * A list (c8d_client_restore) names the leftovers of this owner, too: what HCS knows under the owner's name
 * and this runtime has not made, such as the containers of a daemon that was killed. Listing leaves them
 * running; deleting or loading one terminates it. Nothing tells whether whoever made them still lives:
 * programs that run beside each other need owners of their own. When HCS gives no list that can be read, none
 * is given, since what a list does not name is gone; a Windows without HcsEnumerateComputeSystems names no
 * leftovers.
 */
#ifndef C8D_LOCAL_H
#define C8D_LOCAL_H

#include <c8d/allocator.h>
#include <c8d/runtime.h>

C8D_BEGIN_DECLS

/** How long HCS may take for what it completes later, in ns. 0 = the default, in brackets. */
struct c8d_local_limits {
    int64_t create_ns;    /**< [4 minutes] then it is terminated */
    int64_t start_ns;     /**< [4 minutes] then it is terminated */
    int64_t pause_ns;     /**< [4 minutes] pause and resume */
    int64_t shutdown_ns;  /**< [5 minutes] until the system has exited; then it is terminated */
    int64_t terminate_ns; /**< [5 minutes] until the system has exited */
    int64_t load_ns;      /**< [2 minutes] until a leftover has exited */
    /** [1 second] how long after the exit of its system a process of which HCS tells no end is taken for
     * ended */
    int64_t silence_ns;
};

struct c8d_local_options {
    uint32_t size;             /**< sizeof(struct c8d_local_options) */
    struct c8d_str namespace_; /**< of its events; copied; at most C8D_NAME_BYTES_MAX bytes */
    struct c8d_str owner;      /**< of its compute systems, as HCS shows it; empty = "libc8d"; copied */
    struct c8d_local_limits limits;
    const struct c8d_allocator *allocator; /**< NULL = default. JSON documents are parsed with malloc. */
};

/**
 * Makes a runtime on the Host Compute Service of this machine.
 *
 * Threads: calls of HCS, which may block for long, are made by threads of the runtime's own, which it starts
 * when they are needed. It has no descriptor for an event loop (fd gives -1).
 *
 * @param out Set on success; owned by the caller until given to a client, or destroyed with ops->destroy,
 * which waits for the HCS calls that are under way.
 * @return OK; INVALID (an option is out of range); NOT_IMPLEMENTED (this is no Windows, or it has no
 * vmcompute.dll; origin HRESULT with Windows's error, and the message names what is missing); EXHAUSTED.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_local_new(const struct c8d_local_options *options,
                                                    struct c8d_runtime *out, struct c8d_error *err);

C8D_END_DECLS

#endif
