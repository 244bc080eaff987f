/* SPDX-License-Identifier: Apache-2.0 */
/* Containers that a command line names. */
#include "target.h"
#include "c8d.h"
#include <stdlib.h>

error_t c8d__take_id(int key, char *value, struct argp_state *state, const char **id)
{
    switch (key) {
    case ARGP_KEY_ARG:
        if (*id != NULL)
            return ARGP_ERR_UNKNOWN;
        *id = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        return c8d__refuse(state, "no container ID (see --help)");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

error_t c8d__take_ids(int key, char *value, struct argp_state *state, struct c8d__ids *ids, bool may_be_none)
{
    const char **grown;

    switch (key) {
    case ARGP_KEY_ARG:
        grown = reallocarray(ids->list, ids->n + 1, sizeof(*grown));
        if (grown == NULL)
            return c8d__refuse(state, "no memory");
        ids->list = grown;
        ids->list[ids->n++] = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        return may_be_none ? 0 : c8d__refuse(state, "no container ID (see --help)");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

void c8d__ids_free(struct c8d__ids *ids)
{
    free(ids->list);
}

static int act_on(const struct c8d__options *options, const char *subcommand, struct c8d__target *target,
                  bool needs_task, c8d__target_fn *act, void *command)
{
    int code = C8D__EXIT_FAILED;

    target->container = c8d__link_load(options, target->client, subcommand, target->id);
    if (target->container == NULL)
        return code;
    target->task = c8d_container_task(target->container);
    if (needs_task && target->task == NULL)
        c8d__fail("%s: %s: it does not run", subcommand, target->id);
    else
        code = act(command, target);
    c8d_process_unref(target->task);
    c8d_container_unref(target->container);
    return code;
}

int c8d__on_targets(const struct c8d__options *options, const char *subcommand, const struct c8d__ids *ids,
                    bool needs_task, c8d__target_fn *act, void *command)
{
    const struct c8d__link link = {0};
    struct c8d_client *client = c8d__link_open(options, &link);
    int highest = C8D__EXIT_OK;

    if (client == NULL)
        return C8D__EXIT_FAILED;
    for (size_t i = 0; i < ids->n; i++) {
        struct c8d__target target = {.id = ids->list[i], .client = client};
        int code = act_on(options, subcommand, &target, needs_task, act, command);

        highest = code > highest ? code : highest;
    }
    c8d__link_close(options, client);
    return highest;
}

int c8d__on_target(const struct c8d__options *options, const char *subcommand, const char *id,
                   bool needs_task, c8d__target_fn *act, void *command)
{
    const struct c8d__ids ids = {.list = &id, .n = 1};

    return c8d__on_targets(options, subcommand, &ids, needs_task, act, command);
}

/* Nobody was asked: it cannot be done to what it is. */
static bool is_refused_for_its_state(const struct c8d_error *err)
{
    return err->origin == C8D_ORIGIN_NONE &&
           (err->status == C8D_NOT_FOUND || err->status == C8D_CONFLICT || err->status == C8D_ALREADY_EXISTS);
}

void c8d__fail_of(const char *subcommand, const char *id, struct c8d_container *container,
                  const struct c8d_error *err)
{
    if (is_refused_for_its_state(err))
        c8d__fail("%s: %s: %s; it is %s", subcommand, id, err->message,
                  c8d_public_state_name(c8d_container_state(container)));
    else
        c8d__fail("%s: %s: %s", subcommand, id, err->message);
}

int c8d__target_failed(const char *subcommand, const struct c8d__target *target, const struct c8d_error *err)
{
    c8d__fail_of(subcommand, target->id, target->container, err);
    return C8D__EXIT_FAILED;
}
