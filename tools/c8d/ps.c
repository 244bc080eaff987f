/* SPDX-License-Identifier: Apache-2.0 */
/* c8d ps: the containers of a namespace, and what they do. */
#include "c8d.h"
#include "link.h"
#include "output.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long it waits for the answer to what the list left open. */
#define SETTLE_NS (INT64_C(1000) * 1000 * 1000)

struct row {
    char id[C8D_NAME_BYTES_MAX + 1];
    uint32_t pid;
    const char *state;
    bool open; /* its state is being asked for */
};

struct rows {
    struct row *list;
    size_t count;
    bool complete;
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    (void)key;
    (void)value;
    (void)state;
    return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
    .parser = parse,
    .doc = "Lists the containers: ID, PID and state of the task. A container without a task has the state "
           "\"none\".",
};

static void add(void *user, const struct c8d_container_view *container, const struct c8d_process_view *task)
{
    struct rows *rows = user;
    struct row *grown;

    /* Remembered, and gone. */
    if (task == NULL && container->state == C8D_CONTAINER_ABSENT)
        return;
    grown = reallocarray(rows->list, rows->count + 1, sizeof(*grown));
    if (grown == NULL) {
        rows->complete = false;
        return;
    }
    rows->list = grown;
    grown += rows->count++;
    *grown = (struct row){.state = "none"};
    snprintf(grown->id, sizeof(grown->id), "%.*s", (int)container->id.len, container->id.ptr);
    if (task == NULL)
        return;
    grown->pid = task->pid;
    grown->state = c8d_public_state_name((enum c8d_public_state)task->public_state);
    grown->open = task->public_state == C8D_STATE_UNKNOWN;
}

static bool any_open(const struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->list[i].open)
            return true;
    }
    return false;
}

static void collect(struct c8d_client *client, struct rows *rows)
{
    free(rows->list);
    *rows = (struct rows){.complete = true};
    c8d_client_visit(client, add, rows);
}

static int by_id(const void *a, const void *b)
{
    const struct row *first = a;
    const struct row *second = b;

    return strcmp(first->id, second->id);
}

static bool print_row(const struct c8d__options *options, const struct row *row, int width)
{
    if (options->json)
        return c8d__print_json(json_pack("{s:s, s:s, s:s, s:I, s:s}", "type", "container", "namespace",
                                         options->namespace_, "container", row->id, "pid",
                                         (json_int_t)row->pid, "state", row->state));
    printf("%-*s %10" PRIu32 " %s\n", width, row->id, row->pid, row->state);
    return true;
}

static bool print(const struct c8d__options *options, const struct rows *rows)
{
    int width = 2;

    for (size_t i = 0; i < rows->count; i++) {
        int length = (int)strlen(rows->list[i].id);

        width = length > width ? length : width;
    }
    if (!options->json)
        printf("%-*s %10s %s\n", width, "ID", "PID", "STATE");
    for (size_t i = 0; i < rows->count; i++) {
        if (!print_row(options, &rows->list[i], width))
            return false;
    }
    return true;
}

static bool list(const struct c8d__options *options, struct c8d_client *client)
{
    struct rows rows = {0};
    struct c8d_error err = {0};
    bool done = false;

    if (c8d_client_restore(client, options->timeout_ns, &err) != C8D_OK) {
        c8d__fail("ps: %s", err.message);
        return false;
    }
    collect(client, &rows);
    while (any_open(&rows) && c8d_client_dispatch(client, SETTLE_NS) == C8D_OK)
        collect(client, &rows);
    if (!rows.complete) {
        c8d__fail("ps: no memory");
    } else {
        if (rows.count != 0)
            qsort(rows.list, rows.count, sizeof(*rows.list), by_id);
        done = print(options, &rows);
    }
    free(rows.list);
    return done;
}

int c8d_command_ps(int argc, char **argv)
{
    struct c8d__options options = {0};
    const struct c8d__link link = {.adopt = true};
    struct c8d_client *client;
    bool done;

    if (!c8d__parse(&argp, argc, argv, &options))
        return C8D__EXIT_FAILED;
    client = c8d__link_open(&options, &link);
    if (client == NULL)
        return C8D__EXIT_FAILED;
    done = list(&options, client);
    c8d__link_close(&options, client);
    return done ? C8D__EXIT_OK : C8D__EXIT_FAILED;
}
