/* SPDX-License-Identifier: Apache-2.0 */
/* How a container is to be made: what run and create have in common. */
#ifndef C8D_COMMAND_MAKING_H
#define C8D_COMMAND_MAKING_H

#include "link.h"
#include "place.h"
#include "wishes.h"

enum {
    C8D__OPTION_BUNDLE = 0x300,
    C8D__OPTION_ROOTFS,
    C8D__OPTION_SNAPSHOT,
    C8D__OPTION_MEMORY,
    C8D__OPTION_LABEL,
    C8D__OPTION_SHIM,
    C8D__OPTION_RUNC,
    C8D__OPTION_SYSTEMD_CGROUP,
};

/** Rows of an option table. */
#define C8D__MAKING_OPTIONS                                                                                  \
    {                                                                                                        \
        "rootfs", C8D__OPTION_ROOTFS, "DIR", 0, "Root file system; the rest of the spec is the default one", \
        0},                                                                                                  \
        {"bundle", C8D__OPTION_BUNDLE, "DIR", 0, "OCI bundle: DIR/config.json is the spec", 0},              \
        {"snapshot",                                                                                         \
         C8D__OPTION_SNAPSHOT,                                                                               \
         "SNAPSHOTTER/KEY",                                                                                  \
         0,                                                                                                  \
         "Root file system: a snapshot that containerd holds",                                               \
         0},                                                                                                 \
        C8D__WISH_OPTIONS,                                                                                   \
        {"memory", C8D__OPTION_MEMORY, "BYTES", 0, "Limit of its memory; k, m or g may follow", 0},          \
        {"label", C8D__OPTION_LABEL, "NAME=VALUE", 0, "Label the container", 0},                             \
        {"shim", C8D__OPTION_SHIM, "NAME", 0, "Who runs it [" C8D__DEFAULT_SHIM "]", 0},                     \
        {"runc", C8D__OPTION_RUNC, "PROGRAM", 0, "OCI runtime that the runc shim calls [runc]", 0},          \
    {                                                                                                        \
        "systemd-cgroup", C8D__OPTION_SYSTEMD_CGROUP, NULL, 0, "Have systemd make the cgroup", 0             \
    }

struct c8d__making {
    struct c8d__command_line line;
    const char *bundle;
    const char *rootfs;
    struct c8d_str snapshotter;
    struct c8d_str snapshot_key;
    struct c8d_label *labels;
    size_t n_labels;
    const char *shim;
    const char *runc;
    bool systemd_cgroup;
    char *spec;
    bool terminal; /**< the spec's own process has one */
};

/** Takes what is for it: the options above, ID and COMMAND. As an argp parser. */
error_t c8d__making_parse(int key, char *value, struct argp_state *state, struct c8d__making *making);
/** Refuses what does not go together: to be called at ARGP_KEY_END. */
error_t c8d__making_check(const struct c8d__making *making, const struct c8d__options *options,
                          const struct argp_state *state);
/** Makes making->spec. @return False after a failure that was told. */
bool c8d__making_spec(struct c8d__making *making, const struct c8d__options *options);
/** @return The container, made; NULL after a failure that was told as the subcommand's. */
struct c8d_container *c8d__making_container(const struct c8d__making *making,
                                            const struct c8d__options *options, struct c8d_client *client,
                                            const char *subcommand);
void c8d__making_free(struct c8d__making *making);

#endif
