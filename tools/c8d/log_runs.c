/* SPDX-License-Identifier: Apache-2.0 */
/* All runs of a log, in memory, to be compared with another's. */
#include "log_runs.h"
#include "c8d.h"
#include "log_input.h"
#include <stdlib.h>
#include <string.h>

static void copy_name(char to[C8D_NAME_BYTES_MAX + 1], struct c8d_str from)
{
    memcpy(to, from.ptr != NULL ? from.ptr : "", from.len);
    to[from.len] = '\0';
}

static bool reserve(struct c8d__log_runs *log)
{
    size_t capacity = log->capacity != 0 ? log->capacity * 2 : 256;
    struct c8d__log_run *grown;

    if (log->n < log->capacity)
        return true;
    grown = realloc(log->runs, capacity * sizeof(*grown));
    if (grown == NULL) {
        log->failed = true;
        return false;
    }
    log->runs = grown;
    log->capacity = capacity;
    return true;
}

static void keep_run(void *user, const struct c8d_replay_run *run)
{
    struct c8d__log_runs *log = user;
    struct c8d__log_run *kept;
    bool of_exec = run->process.len != run->container.len ||
                   memcmp(run->process.ptr, run->container.ptr, run->process.len) != 0;

    if (of_exec && !log->execs)
        return;
    if (log->namespace_ != NULL && (strlen(log->namespace_) != run->namespace_.len ||
                                    memcmp(log->namespace_, run->namespace_.ptr, run->namespace_.len) != 0))
        return;
    if (!reserve(log))
        return;
    kept = &log->runs[log->n++];
    *kept = (struct c8d__log_run){
        .line = run->first_line,
        .state = run->state,
        .code_known = run->exit.known,
        .code = run->exit.code,
        .oom = run->oom,
        .started = run->started_at_ns != 0,
        .end_told = run->exit.known || run->exit.at_ns != 0,
    };
    copy_name(kept->namespace_, run->namespace_);
    copy_name(kept->container, run->container);
    copy_name(kept->process, run->process);
}

static void ignore_anomaly(void *user, const struct c8d_replay_anomaly *anomaly)
{
    (void)user;
    (void)anomaly;
}

struct reading {
    struct c8d_replay *replay;
};

static bool feed(void *user, const char *bytes, size_t length)
{
    struct reading *reading = user;

    return c8d_replay_feed(reading->replay, bytes, length) == C8D_OK;
}

static bool read_into(struct c8d_replay *replay, const char *subcommand, const char *file)
{
    struct reading reading = {replay};
    struct c8d__log_input input = {
        .subcommand = subcommand, .files = &file, .n_files = 1, .piece = feed, .user = &reading};
    struct c8d_replay_summary summary;

    if (!c8d__log_read(&input))
        return false;
    if (c8d_replay_finish(replay, &summary) != C8D_OK)
        c8d__fail("%s: %s: no memory", subcommand, file);
    else if (summary.events + summary.ignored == 0)
        c8d__fail("%s: %s: no line of it is one of an event log", subcommand, file);
    else
        return true;
    return false;
}

static int compare_places(const void *a, const void *b)
{
    const struct c8d__log_run *left = a;
    const struct c8d__log_run *right = b;
    int order = c8d__log_run_compare(left, right);

    return order != 0 ? order : left->line < right->line ? -1 : left->line > right->line;
}

bool c8d__log_runs_read(struct c8d__log_runs *log, const char *subcommand, const char *file,
                        enum c8d_log_format format)
{
    const struct c8d_replay_sink sink = {.run = keep_run, .anomaly = ignore_anomaly, .user = log};
    struct c8d_replay *replay;
    bool done;

    if (c8d_replay_new(format, &sink, NULL, &replay) != C8D_OK) {
        c8d__fail("%s: no memory", subcommand);
        return false;
    }
    done = read_into(replay, subcommand, file);
    c8d_replay_free(replay);
    if (done && log->failed)
        c8d__fail("%s: no memory", subcommand);
    if (log->n > 0)
        qsort(log->runs, log->n, sizeof(*log->runs), compare_places);
    return done && !log->failed;
}

int c8d__log_run_compare(const struct c8d__log_run *a, const struct c8d__log_run *b)
{
    int order = strcmp(a->namespace_, b->namespace_);

    if (order == 0)
        order = strcmp(a->container, b->container);
    return order != 0 ? order : strcmp(a->process, b->process);
}

size_t c8d__log_runs_of_one(const struct c8d__log_runs *log, size_t at)
{
    size_t n = 1;

    while (at + n < log->n && c8d__log_run_compare(&log->runs[at], &log->runs[at + n]) == 0)
        n++;
    return n;
}

void c8d__log_runs_free(struct c8d__log_runs *log)
{
    free(log->runs);
    log->runs = NULL;
}
