/* SPDX-License-Identifier: Apache-2.0 */
/* c8d stats: what containers use, once or as a table that follows. */
#include "c8d.h"
#include "measure.h"
#include "signals.h"
#include "target.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_SECOND INT64_C(1000000000)
#define INTERVAL_MAX 86400
/* Home, and clear what is below: the table is drawn over itself. */
#define REDRAW "\033[H\033[J"

enum { OPTION_INTERVAL = 0x200 };

/* One container that is measured; in a list. */
struct row {
    struct row *next;
    struct c8d_container *container;
    struct c8d__measure measure;
};

struct stats {
    struct c8d__options options;
    struct c8d__ids ids;
    bool follow;
    uint64_t interval_s;
    struct c8d_client *client;
    struct row *rows;
    bool failed; /* one of the IDs could not be measured, or no memory: told */
};

static const struct argp_option option_list[] = {
    {"follow", 'f', NULL, 0, "Measure again and again", 0},
    {"interval", OPTION_INTERVAL, "SECONDS", 0, "Time between two measurements, 1 to 86400 [1]", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct stats *stats = state->input;

    switch (key) {
    case 'f':
        stats->follow = true;
        return 0;
    case OPTION_INTERVAL:
        if (!c8d__read_number(value, INTERVAL_MAX, &stats->interval_s) || stats->interval_s == 0)
            return c8d__refuse(state, "not 1 to 86400 seconds: '%s'", value);
        return 0;
    default:
        return c8d__take_ids(key, value, state, &stats->ids, true);
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "[ID...]",
    .doc = "Tells what running containers use: those named, or all."
           "\vCPU is the share of one processor since the measurement before. \"-\": not counted.",
};

/* ---- rows
 * ----------------------------------------------------------------------------------------------------- */

static struct row **place_of(struct stats *stats, const char *id)
{
    struct row **link = &stats->rows;

    while (*link != NULL && strcmp((*link)->measure.id, id) < 0)
        link = &(*link)->next;
    return link;
}

/* The rows are in the order of their IDs, each once. */
static void add(struct stats *stats, const char *id)
{
    struct row **link = place_of(stats, id);
    struct row *row;

    if (*link != NULL && strcmp((*link)->measure.id, id) == 0)
        return;
    row = calloc(1, sizeof(*row));
    if (row == NULL) {
        c8d__fail("stats: no memory");
        stats->failed = true;
        return;
    }
    snprintf(row->measure.id, sizeof(row->measure.id), "%s", id);
    row->next = *link;
    *link = row;
}

static void add_running(void *user, const struct c8d_container_view *container,
                        const struct c8d_process_view *task)
{
    char id[C8D_NAME_BYTES_MAX + 1];

    if (task == NULL || (task->public_state != C8D_STATE_RUNNING && task->public_state != C8D_STATE_PAUSED))
        return;
    snprintf(id, sizeof(id), "%.*s", (int)container->id.len, container->id.ptr);
    add(user, id);
}

static void remove_row(struct row **link)
{
    struct row *row = *link;

    *link = row->next;
    c8d_container_unref(row->container);
    free(row);
}

/* ---- measuring
 * ------------------------------------------------------------------------------------------------ */

static enum c8d_status measure(struct stats *stats, struct row *row, struct c8d_error *err)
{
    const int64_t timeout = stats->options.timeout_ns;
    struct c8d_process *task = NULL;
    struct c8d_stats now = {0};
    enum c8d_status status = C8D_OK;

    if (row->container == NULL)
        status = c8d_client_load_container(stats->client, c8d__str(row->measure.id), timeout, &row->container,
                                           err);
    if (status == C8D_OK)
        task = c8d_container_task(row->container);
    if (status == C8D_OK && task == NULL)
        status = c8d_error_set(err, C8D_NOT_FOUND, "it does not run");
    if (status == C8D_OK)
        status = c8d_task_stats(task, timeout, &now, err);
    if (status == C8D_OK)
        c8d__measure_take(&row->measure, &now);
    c8d_process_unref(task);
    return status;
}

/* What cannot be measured leaves the list. It is a failure only where it was named and never was measured:
 * the others just end. */
static void measure_all(struct stats *stats)
{
    for (struct row **link = &stats->rows; *link != NULL;) {
        struct c8d_error err = {0};
        struct row *row = *link;

        if (measure(stats, row, &err) == C8D_OK) {
            link = &row->next;
            continue;
        }
        if (stats->ids.n != 0 && row->measure.now_ns == 0) {
            c8d__fail("stats: %s: %s", row->measure.id, err.message);
            stats->failed = true;
        }
        remove_row(link);
    }
}

static bool print(const struct stats *stats)
{
    int width = 2;

    for (const struct row *row = stats->rows; row != NULL; row = row->next) {
        int length = (int)strlen(row->measure.id);

        width = length > width ? length : width;
    }
    if (stats->follow && !stats->options.json && isatty(STDOUT_FILENO) != 0)
        fputs(REDRAW, stdout);
    if (!stats->options.json)
        c8d__measure_print_heading(width);
    for (const struct row *row = stats->rows; row != NULL; row = row->next) {
        if (!stats->options.json)
            c8d__measure_print(&row->measure, width);
        else if (!c8d__print_json(c8d__measure_json(&row->measure, stats->options.namespace_)))
            return false;
    }
    return true;
}

/* @return False when nobody reads it any more, or it cannot be written, which was told. */
static bool show(struct stats *stats)
{
    int error;

    if (!print(stats)) {
        stats->failed = true;
        return false;
    }
    error = c8d__print_flush();
    if (error != 0)
        stats->failed = c8d__print_failed(error);
    return error == 0;
}

/* @return False when a signal asked us to end. */
static bool pause_until(struct stats *stats, int64_t until)
{
    for (int64_t left = until - c8d__monotonic_ns(); left > 0; left = until - c8d__monotonic_ns()) {
        if (c8d__signal_take() != 0)
            return false;
        c8d_client_dispatch(stats->client, left);
    }
    return c8d__signal_take() == 0;
}

static void follow(struct stats *stats)
{
    int64_t next = c8d__monotonic_ns();

    do {
        if (stats->ids.n == 0)
            c8d_client_visit(stats->client, add_running, stats);
        measure_all(stats);
        /* Of those that were named none is left. */
        if ((stats->ids.n != 0 && stats->rows == NULL) || !show(stats))
            return;
        next += (int64_t)stats->interval_s * NS_PER_SECOND;
    } while (stats->follow && !stats->failed && pause_until(stats, next));
}

static void run(struct stats *stats)
{
    struct c8d_error err = {0};

    if (stats->ids.n == 0 && c8d_client_restore(stats->client, stats->options.timeout_ns, &err) != C8D_OK) {
        c8d__fail("stats: %s", err.message);
        stats->failed = true;
        return;
    }
    for (size_t i = 0; i < stats->ids.n; i++)
        add(stats, stats->ids.list[i]);
    c8d__signals_end(stats->client);
    follow(stats);
    c8d__signals_release();
    while (stats->rows != NULL)
        remove_row(&stats->rows);
}

int c8d_command_stats(int argc, char **argv)
{
    struct stats stats = {.interval_s = 1};
    struct c8d__link link = {0};

    stats.failed = !c8d__parse(&argp, argc, argv, &stats);
    if (!stats.failed) {
        link.adopt = stats.ids.n == 0;
        stats.client = c8d__link_open(&stats.options, &link);
        stats.failed = stats.client == NULL;
    }
    if (stats.client != NULL) {
        run(&stats);
        c8d__link_close(&stats.options, stats.client);
    }
    c8d__ids_free(&stats.ids);
    return stats.failed ? C8D__EXIT_FAILED : C8D__EXIT_OK;
}
