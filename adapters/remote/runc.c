/* SPDX-License-Identifier: Apache-2.0 */
/* Options of the shim for runc: packed here, and passed on by the runtime like those of any other shim. */
#include "packing.h"
#include "runc.pb-c.h"
#include <c8d/runc.h>

#define OPTIONS_URL "containerd.runc.v1.Options"
#define N_FIELDS 8

size_t c8d_runc_options_bytes(const struct c8d_runc_options *options)
{
    /* Each text is there twice: packed, and terminated before. */
    return (size_t)N_FIELDS * C8D__FIELD_BYTES +
           2 * (options->binary_name.len + options->root.len + options->shim_cgroup.len + N_FIELDS);
}

static bool fill(const struct c8d_runc_options *options, char **at, C8dw__RuncOptions *out)
{
    out->binary_name = c8d__terminate(options->binary_name, at);
    out->root = c8d__terminate(options->root, at);
    out->shim_cgroup = c8d__terminate(options->shim_cgroup, at);
    out->systemd_cgroup = options->systemd_cgroup;
    out->no_pivot_root = options->no_pivot_root;
    out->no_new_keyring = options->no_new_keyring;
    out->io_uid = options->io_uid;
    out->io_gid = options->io_gid;
    return out->binary_name != NULL && out->root != NULL && out->shim_cgroup != NULL;
}

enum c8d_status c8d_runc_options_pack(const struct c8d_runc_options *options, void *memory, size_t bytes,
                                      struct c8d_any *out, struct c8d_error *err)
{
    C8dw__RuncOptions message = C8DW__RUNC_OPTIONS__INIT;
    char *at = memory;
    bool filled;

    if (options->size != sizeof(*options))
        return c8d_error_set(err, C8D_INVALID, "unknown size of the options");
    if (bytes < c8d_runc_options_bytes(options))
        return c8d_error_set(err, C8D_INVALID, "too little memory for the options");
    filled = fill(options, &at, &message);
    return c8d__pack_options(&message.base, filled, (struct c8d_str){OPTIONS_URL, sizeof(OPTIONS_URL) - 1},
                             at, out, err);
}
