/* SPDX-License-Identifier: Apache-2.0 */
/* How a container is to be made. */
#include "making.h"
#include "c8d.h"
#include <stdlib.h>
#include <string.h>
#ifdef C8D_WITH_REMOTE
#include <c8d/runc.h>
#endif

#define PACKED_MAX 8192

static error_t take_snapshot(struct c8d__making *making, const char *text, struct argp_state *state)
{
    const char *slash = strchr(text, '/');

    if (slash == NULL || slash == text || slash[1] == '\0')
        return c8d__refuse(state, "not SNAPSHOTTER/KEY: '%s'", text);
    making->snapshotter = (struct c8d_str){text, (size_t)(slash - text)};
    making->snapshot_key = c8d__str(slash + 1);
    return 0;
}

static error_t take_label(struct c8d__making *making, const char *text, struct argp_state *state)
{
    const char *equals = strchr(text, '=');
    struct c8d_label *grown;

    if (equals == NULL || equals == text)
        return c8d__refuse(state, "not NAME=VALUE: '%s'", text);
    grown = reallocarray(making->labels, making->n_labels + 1, sizeof(*grown));
    if (grown == NULL)
        return c8d__refuse(state, "no memory");
    making->labels = grown;
    grown[making->n_labels++] = (struct c8d_label){{text, (size_t)(equals - text)}, c8d__str(equals + 1)};
    return 0;
}

error_t c8d__making_parse(int key, char *value, struct argp_state *state, struct c8d__making *making)
{
    switch (key) {
    case C8D__OPTION_BUNDLE:
        making->bundle = value;
        return 0;
    case C8D__OPTION_ROOTFS:
        making->rootfs = value;
        return 0;
    case C8D__OPTION_SNAPSHOT:
        return take_snapshot(making, value, state);
    case C8D__OPTION_MEMORY:
        return c8d__read_bytes(value, &making->line.wishes.memory)
                   ? 0
                   : c8d__refuse(state, "not a number of bytes: '%s'", value);
    case C8D__OPTION_LABEL:
        return take_label(making, value, state);
    case C8D__OPTION_SHIM:
        making->shim = value;
        return 0;
    case C8D__OPTION_RUNC:
        making->runc = value;
        return 0;
    case C8D__OPTION_SYSTEMD_CGROUP:
        making->systemd_cgroup = true;
        return 0;
    default:
        return c8d__command_line_parse(key, value, state, &making->line);
    }
}

error_t c8d__making_check(const struct c8d__making *making, const struct c8d__options *options,
                          const struct argp_state *state)
{
    int roots = (making->bundle != NULL) + (making->rootfs != NULL) + (making->snapshot_key.len != 0);

    if (making->bundle != NULL && making->rootfs != NULL)
        return c8d__refuse(state, "either --bundle or --rootfs");
    if (making->rootfs != NULL && making->snapshot_key.len != 0)
        return c8d__refuse(state, "either --rootfs or --snapshot");
    if (roots == 0 && !options->simulated)
        return c8d__refuse(state, "neither --bundle nor --rootfs nor --snapshot");
    return 0;
}

static json_t *default_spec(const struct c8d__making *making, const struct c8d__options *options)
{
    char *rootfs;
    json_t *spec = NULL;

    if (making->snapshot_key.len != 0)
        rootfs = strdup("rootfs"); /* where the shim mounts a snapshot, in the bundle that it makes */
    else if (making->rootfs != NULL)
        rootfs = c8d__directory("root file system", making->rootfs);
    else
        rootfs = strdup("/"); /* the simulated runtime looks at no file */
    if (rootfs != NULL)
        spec = c8d__spec_default(rootfs, options->namespace_, making->line.id);
    free(rootfs);
    return spec;
}

bool c8d__making_spec(struct c8d__making *making, const struct c8d__options *options)
{
    json_t *spec =
        making->bundle != NULL ? c8d__spec_of_bundle(making->bundle) : default_spec(making, options);

    if (spec != NULL && c8d__spec_wish(spec, &making->line.wishes)) {
        making->terminal = json_is_true(json_object_get(json_object_get(spec, "process"), "terminal"));
        making->spec = c8d__spec_text(spec);
    }
    json_decref(spec);
    return making->spec != NULL;
}

#ifdef C8D_WITH_REMOTE
static enum c8d_status pack(const struct c8d__making *making, char memory[PACKED_MAX], struct c8d_any *out,
                            struct c8d_error *err)
{
    const struct c8d_runc_options options = {
        .size = sizeof(options),
        .binary_name = c8d__str(making->runc != NULL ? making->runc : ""),
        .systemd_cgroup = making->systemd_cgroup,
    };

    return c8d_runc_options_pack(&options, memory, PACKED_MAX, out, err);
}
#else
static enum c8d_status pack(const struct c8d__making *making, char memory[PACKED_MAX], struct c8d_any *out,
                            struct c8d_error *err)
{
    (void)making;
    (void)memory;
    (void)out;
    return c8d_error_set(err, C8D_NOT_IMPLEMENTED, "this c8d was built without containerd");
}
#endif

struct c8d_container *c8d__making_container(const struct c8d__making *making,
                                            const struct c8d__options *options, struct c8d_client *client,
                                            const char *subcommand)
{
    struct c8d_container_options what = {
        .size = sizeof(what),
        .id = c8d__str(making->line.id),
        .spec = c8d__str(making->spec),
        .runtime = c8d__str(making->shim != NULL ? making->shim : C8D__DEFAULT_SHIM),
        .labels = making->labels,
        .n_labels = making->n_labels,
        .snapshotter = making->snapshotter,
        .snapshot_key = making->snapshot_key,
    };
    struct c8d_container *container = NULL;
    struct c8d_error err = {0};
    char memory[PACKED_MAX];
    enum c8d_status status = C8D_OK;

    if (making->runc != NULL || making->systemd_cgroup)
        status = pack(making, memory, &what.runtime_options, &err);
    if (status == C8D_OK)
        status = c8d_client_connect(client, options->timeout_ns, &err);
    if (status == C8D_OK)
        status = c8d_client_new_container(client, &what, c8d__patience(options), &container, &err);
    if (status != C8D_OK)
        c8d__fail("%s: %s: %s", subcommand, making->line.id, err.message);
    return container;
}

void c8d__making_free(struct c8d__making *making)
{
    free(making->spec);
    free(making->labels);
    c8d__command_line_free(&making->line);
}
