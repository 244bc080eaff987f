/* SPDX-License-Identifier: Apache-2.0 */
/* What containerd's shim for Windows can be told: its message containerd.runhcs.v1.Options. In libc8d-remote.
 */
#ifndef C8D_RUNHCS_H
#define C8D_RUNHCS_H

#include <c8d/runtime.h>

C8D_BEGIN_DECLS

/** Where the shim traces to. */
enum c8d_runhcs_trace {
    C8D_RUNHCS_TRACE_PIPE, /**< a named pipe */
    C8D_RUNHCS_TRACE_FILE, /**< a file; not every version of the shim has it */
    C8D_RUNHCS_TRACE_ETW,  /**< Event Tracing for Windows */
    C8D_RUNHCS_TRACE__COUNT
};

/** All zero: the shim's own defaults. Texts are borrowed during the call, and have no NUL in them. */
struct c8d_runhcs_options {
    uint32_t size; /**< sizeof(struct c8d_runhcs_options) */
    bool debug;    /**< trace in detail; moby sets it always */
    enum c8d_runhcs_trace trace;
    struct c8d_str
        registry_root;         /**< key of the registry below which state is kept; empty = the shim's own */
    struct c8d_str boot_files; /**< directory of kernel and root file system for Linux containers */
    /** Of the utility VM of a Hyper-V isolated container; 0 = the platform's own: two, or the host's one. */
    uint32_t vm_processors;
    uint32_t vm_memory_mb; /**< 0 = the platform's own: 1024 */
    /** Mounts of these kinds are refused. */
    bool no_bind_mounts;
    bool no_physical_disk_mounts;
    bool no_virtual_disk_mounts;
    bool no_pipe_mounts;
    bool no_sandbox_mounts;
};

/** Upper bound of what c8d_runhcs_options_pack() needs for these options. */
C8D_API size_t c8d_runhcs_options_bytes(const struct c8d_runhcs_options *options);

/**
 * Packs options for c8d_container_options.runtime_options and c8d_start_options.runtime_options, of
 * containers whose runtime is C8D_RUNTIME_RUNHCS.
 *
 * @param memory At least c8d_runhcs_options_bytes() bytes; `out` points into it.
 * @param out    Set on OK: type URL (static) and bytes.
 * @return OK; INVALID: unknown size of the options, a trace that there is none of, a number beyond INT32_MAX,
 * a NUL in a text, or too little memory.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_runhcs_options_pack(const struct c8d_runhcs_options *options,
                                                              void *memory, size_t bytes, struct c8d_any *out,
                                                              struct c8d_error *err);

C8D_END_DECLS

#endif
