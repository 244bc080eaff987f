/* SPDX-License-Identifier: Apache-2.0 */
/* What containerd's shim for runc can be told: its message containerd.runc.v1.Options. In libc8d-remote. */
#ifndef C8D_RUNC_H
#define C8D_RUNC_H

#include <c8d/runtime.h>

C8D_BEGIN_DECLS

/** All zero: the shim's own defaults. Texts are borrowed during the call, and have no NUL in them. */
struct c8d_runc_options {
    uint32_t size;              /**< sizeof(struct c8d_runc_options) */
    struct c8d_str binary_name; /**< the OCI runtime, by name or absolute path; empty = "runc" */
    struct c8d_str root; /**< directory of runc's state; empty = the shim's own, one for each namespace */
    struct c8d_str shim_cgroup; /**< cgroup that the shim is put into; empty = that of containerd */
    bool systemd_cgroup;        /**< cgroups are made by systemd: cgroupsPath is "slice:prefix:name" */
    bool no_pivot_root;
    bool no_new_keyring;
    /** Who owns the pipes between the shim and the process: root of the container's user namespace, as the
     * host counts. Without it a process of a remapped user cannot open /dev/stdout again. */
    uint32_t io_uid;
    uint32_t io_gid;
};

/** Upper bound of what c8d_runc_options_pack() needs for these options. */
C8D_API size_t c8d_runc_options_bytes(const struct c8d_runc_options *options);

/**
 * Packs options for c8d_container_options.runtime_options and c8d_start_options.runtime_options.
 *
 * @param memory At least c8d_runc_options_bytes() bytes; `out` points into it.
 * @param out    Set on OK: type URL (static) and bytes.
 * @return OK; INVALID: unknown size of the options, a NUL in a text, or too little memory.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_runc_options_pack(const struct c8d_runc_options *options,
                                                            void *memory, size_t bytes, struct c8d_any *out,
                                                            struct c8d_error *err);

C8D_END_DECLS

#endif
