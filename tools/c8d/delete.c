/* SPDX-License-Identifier: Apache-2.0 */
/* c8d delete: containers, their ended tasks included. */
#include "c8d.h"
#include "link.h"
#include <c8d/task.h>
#include <stdlib.h>

struct delete
{
    struct c8d__options options;
    bool force;
    char **ids;
    size_t n_ids;
};

static const struct argp_option option_list[] = {
    {"force", 'f', NULL, 0, "Kill what runs; what does not exist is fine", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct delete *delete = state->input;

    switch (key) {
    case 'f':
        delete->force = true;
        return 0;
    case ARGP_KEY_ARG:
        delete->ids[delete->n_ids++] = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        return c8d__refuse(state, "no container ID (see --help)");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "ID...",
    .doc = "Deletes containers. One that runs is refused unless --force.",
};

/* With its streams when it is certain to go: their pipes go with it then. */
static struct c8d_process *take_task(const struct delete *delete, struct c8d_container *container)
{
    struct c8d_process *task = NULL;

    if ((delete->force || c8d_container_state(container) == C8D_STATE_STOPPED) &&
        c8d_container_attach_task(container, NULL, delete->options.timeout_ns, &task, NULL) == C8D_OK)
        return task;
    return c8d_container_task(container);
}

static enum c8d_status delete_task(const struct delete *delete, struct c8d_container *container,
                                   struct c8d_error *err)
{
    const int64_t timeout = delete->options.timeout_ns;
    struct c8d_process *task = take_task(delete, container);
    enum c8d_status status;

    if (task == NULL)
        return C8D_OK;
    status = delete->force ? c8d_task_force_delete(task, timeout, NULL, err)
                           : c8d_process_delete(task, timeout, NULL, err);
    c8d_process_unref(task);
    return status == C8D_NOT_FOUND ? C8D_OK : status;
}

static bool delete_one(const struct delete *delete, struct c8d_client *client, const char *id)
{
    struct c8d_container *container = NULL;
    struct c8d_error err = {0};
    enum c8d_status status =
        c8d_client_load_container(client, c8d__str(id), delete->options.timeout_ns, &container, &err);

    if (status == C8D_OK)
        status = delete_task(delete, container, &err);
    if (status == C8D_OK)
        status = c8d_container_delete(container, delete->options.timeout_ns, &err);
    c8d_container_unref(container);
    if (status == C8D_OK || (status == C8D_NOT_FOUND && delete->force))
        return true;
    c8d__fail("delete: %s: %s", id, err.message);
    return false;
}

static bool delete_all(const struct delete *delete)
{
    const struct c8d__link link = {0};
    struct c8d_client *client = c8d__link_open(&delete->options, &link);
    bool all = true;

    if (client == NULL)
        return false;
    for (size_t i = 0; i < delete->n_ids; i++)
        all = delete_one(delete, client, delete->ids[i]) && all;
    c8d__link_close(&delete->options, client);
    return all;
}

int c8d_command_delete(int argc, char **argv)
{
    struct delete delete = {.ids = calloc((size_t)argc, sizeof(char *))};
    bool done = false;

    if (delete.ids == NULL)
        c8d__fail("no memory");
    else
        done = c8d__parse(&argp, argc, argv, &delete) && delete_all(&delete);
    free(delete.ids);
    return done ? C8D__EXIT_OK : C8D__EXIT_FAILED;
}
