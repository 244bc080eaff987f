/* SPDX-License-Identifier: Apache-2.0 */
/* OCI runtime specs: the default one, that of a bundle, and the process of an exec. */
#ifndef C8D_COMMAND_SPEC_H
#define C8D_COMMAND_SPEC_H

#include <c8d/base.h>
#include <jansson.h>

/** What the words of the command line change in a spec. */
struct c8d__wishes {
    char **args;      /**< ends with NULL; NULL itself = as they are */
    const char **env; /**< "K=V" each */
    size_t n_env;
    const char *workdir; /**< NULL = as it is */
    const char *user;    /**< "uid[:gid]"; NULL = as it is */
    uint64_t memory;     /**< bytes; 0 = no limit of ours */
    bool terminal;       /**< give it a terminal, of the size of ours */
};

/** @return A spec with the usual isolation for the root file system at `rootfs`; NULL after a failure that
 * was told. */
json_t *c8d__spec_default(const char *rootfs, const char *namespace_, const char *id);

/** @return The spec of the bundle, its root made absolute; NULL after a failure that was told. */
json_t *c8d__spec_of_bundle(const char *directory);

/** @return The process object for an exec in a container with this spec; NULL after a failure that was told.
 */
json_t *c8d__spec_of_exec(struct c8d_str container_spec);

/** Changes an OCI process object. @return False after a failure that was told. */
bool c8d__spec_wish_process(json_t *process, const struct c8d__wishes *wishes);

/** Changes a whole spec. @return False after a failure that was told. */
bool c8d__spec_wish(json_t *spec, const struct c8d__wishes *wishes);

/** @return The absolute path of a directory, to be freed; NULL after a failure that was told. */
char *c8d__directory(const char *what, const char *path);

/** @return The spec as text, to be freed; NULL after a failure that was told. */
char *c8d__spec_text(const json_t *spec);

#endif
