/* SPDX-License-Identifier: Apache-2.0 */
/* An OCI runtime spec for Windows: read, and checked for what HCS can be told. */
#ifndef C8D_LOCAL_SPEC_H
#define C8D_LOCAL_SPEC_H

#include "host.h"
#include "text.h"
#include <c8d/error.h>
#include <jansson.h>

struct c8d__spec {
    json_t *root;
    json_t *windows; /* its "windows"; borrowed */
    json_t *layers;  /* windows.layerFolders: two or more strings, the writable one last; borrowed */
    bool hyperv;
    struct c8d__text utility_vm; /* with hyperv: the directory of its image */
};

/*
 * Reads and checks a spec.
 *
 * host   Asked for the directories of utility VMs.
 * Returns OK; INVALID with what is wrong; EXHAUSTED. On success it is to be freed.
 */
enum c8d_status c8d__spec_read(const struct c8d__host *host, const struct c8d_allocator *allocator,
                               struct c8d_str text, struct c8d__spec *out, struct c8d_error *err);
void c8d__spec_free(const struct c8d_allocator *allocator, struct c8d__spec *spec);

/* Prefix of a mount's destination that makes it a named pipe. */
#define C8D__PIPE_PREFIX "\\\\.\\pipe\\"

/* Parses JSON whose root is an object. */
enum c8d_status c8d__json_read(struct c8d_str text, const char *what, json_t **out, struct c8d_error *err);

#endif
