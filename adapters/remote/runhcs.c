/* SPDX-License-Identifier: Apache-2.0 */
/* Options of the shim for Windows: packed here, and passed on by the runtime like those of any other shim. */
#include "packing.h"
#include "runhcs.pb-c.h"
#include <c8d/runhcs.h>

#define OPTIONS_URL "containerd.runhcs.v1.Options"
#define N_FIELDS 11

_Static_assert((int)C8D_RUNHCS_TRACE_FILE == (int)C8DW__RUNHCS_TRACE__RUNHCS_TRACE_FILE,
               "the wire's numbers");
_Static_assert((int)C8D_RUNHCS_TRACE_ETW == (int)C8DW__RUNHCS_TRACE__RUNHCS_TRACE_ETW, "the wire's numbers");

size_t c8d_runhcs_options_bytes(const struct c8d_runhcs_options *options)
{
    /* Each text is there twice: packed, and terminated before. */
    return (size_t)N_FIELDS * C8D__FIELD_BYTES +
           2 * (options->registry_root.len + options->boot_files.len + N_FIELDS);
}

static bool fill(const struct c8d_runhcs_options *options, char **at, C8dw__RunhcsOptions *out)
{
    out->debug = options->debug;
    out->trace = (C8dw__RunhcsTrace)options->trace;
    out->registry_root = c8d__terminate(options->registry_root, at);
    out->boot_files = c8d__terminate(options->boot_files, at);
    out->vm_processors = (int32_t)options->vm_processors;
    out->vm_memory_mb = (int32_t)options->vm_memory_mb;
    out->no_bind_mounts = options->no_bind_mounts;
    out->no_physical_disk_mounts = options->no_physical_disk_mounts;
    out->no_virtual_disk_mounts = options->no_virtual_disk_mounts;
    out->no_pipe_mounts = options->no_pipe_mounts;
    out->no_sandbox_mounts = options->no_sandbox_mounts;
    return out->registry_root != NULL && out->boot_files != NULL;
}

enum c8d_status c8d_runhcs_options_pack(const struct c8d_runhcs_options *options, void *memory, size_t bytes,
                                        struct c8d_any *out, struct c8d_error *err)
{
    C8dw__RunhcsOptions message = C8DW__RUNHCS_OPTIONS__INIT;
    char *at = memory;
    bool filled;

    if (options->size != sizeof(*options))
        return c8d_error_set(err, C8D_INVALID, "unknown size of the options");
    if ((unsigned)options->trace >= C8D_RUNHCS_TRACE__COUNT)
        return c8d_error_set(err, C8D_INVALID, "trace: there is none of this number");
    if (options->vm_processors > INT32_MAX || options->vm_memory_mb > INT32_MAX)
        return c8d_error_set(err, C8D_INVALID, "a utility VM of more than any host has");
    if (bytes < c8d_runhcs_options_bytes(options))
        return c8d_error_set(err, C8D_INVALID, "too little memory for the options");
    filled = fill(options, &at, &message);
    return c8d__pack_options(&message.base, filled, (struct c8d_str){OPTIONS_URL, sizeof(OPTIONS_URL) - 1},
                             at, out, err);
}
