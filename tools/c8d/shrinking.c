/* SPDX-License-Identifier: Apache-2.0 */
/* Leaving out of a log whatever an anomaly does not need. */
#include "shrinking.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is to stay. */
struct target {
    char kind[64];
    char names[3][C8D_NAME_BYTES_MAX + 1];
};

struct trial {
    struct target *target;
    uint64_t number; /* of the anomaly that is looked for; 0 = any that is the target */
    uint64_t seen;
    bool found;
    bool is_log;
    struct c8d_replay *replay;
};

bool c8d__shrinking_add(struct c8d__shrinking *work, const char *bytes, size_t length)
{
    size_t capacity = work->capacity != 0 ? work->capacity : 1 << 16;
    char *grown;

    while (capacity < work->length + length)
        capacity *= 2;
    if (capacity != work->capacity) {
        grown = realloc(work->log, capacity);
        if (grown == NULL)
            return false;
        work->log = grown;
        work->capacity = capacity;
    }
    memcpy(work->log + work->length, bytes, length);
    work->length += length;
    return true;
}

void c8d__shrinking_free(struct c8d__shrinking *work)
{
    free(work->log);
    free(work->units);
    work->log = NULL;
    work->units = NULL;
}

/* ---- is it still there?
 * -------------------------------------------------------------------------------- */

static void ignore_run(void *user, const struct c8d_replay_run *run)
{
    (void)user;
    (void)run;
}

static bool same(const char *text, struct c8d_str name)
{
    return strlen(text) == name.len && (name.len == 0 || memcmp(text, name.ptr, name.len) == 0);
}

static bool is_target(const struct target *target, const struct c8d_replay_anomaly *anomaly)
{
    return strcmp(target->kind, anomaly->kind) == 0 && same(target->names[0], anomaly->namespace_) &&
           same(target->names[1], anomaly->container) && same(target->names[2], anomaly->process);
}

static void copy(char *to, struct c8d_str name)
{
    memcpy(to, name.ptr != NULL ? name.ptr : "", name.len);
    to[name.len] = '\0';
}

static void look(void *user, const struct c8d_replay_anomaly *anomaly)
{
    struct trial *trial = user;

    trial->seen++;
    if (trial->number == 0) {
        trial->found = trial->found || is_target(trial->target, anomaly);
    } else if (trial->seen == trial->number) {
        trial->found = true;
        snprintf(trial->target->kind, sizeof(trial->target->kind), "%s", anomaly->kind);
        copy(trial->target->names[0], anomaly->namespace_);
        copy(trial->target->names[1], anomaly->container);
        copy(trial->target->names[2], anomaly->process);
    }
}

/* Plays what is kept. */
static bool play(const struct c8d__shrinking *work, enum c8d_log_format format, struct trial *trial)
{
    const struct c8d_replay_sink sink = {.run = ignore_run, .anomaly = look, .user = trial};
    struct c8d_replay_summary summary;
    enum c8d_status status = c8d_replay_new(format, &sink, NULL, &trial->replay);

    if (status != C8D_OK)
        return false;
    for (size_t i = 0; i < work->n_units && status == C8D_OK && !(trial->found && trial->number == 0); i++) {
        if (work->units[i].kept)
            status = c8d_replay_feed(trial->replay, work->units[i].text, work->units[i].length);
    }
    if (status == C8D_OK)
        status = c8d_replay_finish(trial->replay, &summary);
    c8d_replay_free(trial->replay);
    trial->is_log = status == C8D_OK && summary.events + summary.ignored > 0;
    return status == C8D_OK;
}

static bool still_there(const struct c8d__shrinking *work, enum c8d_log_format format, struct target *target)
{
    struct trial trial = {.target = target};

    return play(work, format, &trial) && trial.found;
}

/* ---- records
 * ------------------------------------------------------------------------------------------- */

static void ignore_anomaly(void *user, const struct c8d_replay_anomaly *anomaly)
{
    (void)user;
    (void)anomaly;
}

static bool add_unit(struct c8d__shrinking *work, const char *begin, const char *end)
{
    size_t capacity = work->units_capacity != 0 ? work->units_capacity * 2 : 1024;
    struct c8d__unit *grown;

    if (work->n_units == work->units_capacity) {
        grown = realloc(work->units, capacity * sizeof(*grown));
        if (grown == NULL)
            return false;
        work->units = grown;
        work->units_capacity = capacity;
    }
    work->units[work->n_units++] = (struct c8d__unit){begin, (size_t)(end - begin), true};
    return true;
}

/* A replay knows which lines make one record. */
static bool split(struct c8d__shrinking *work, enum c8d_log_format format)
{
    const struct c8d_replay_sink sink = {.run = ignore_run, .anomaly = ignore_anomaly};
    const char *end = work->log + work->length;
    const char *begin = work->log;
    struct c8d_replay *replay;
    bool done = c8d_replay_new(format, &sink, NULL, &replay) == C8D_OK;

    if (!done)
        return false;
    for (const char *at = begin; at < end && done;) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        const char *next = line_end != NULL ? line_end + 1 : end;

        done = c8d_replay_feed(replay, at, (size_t)(next - at)) == C8D_OK;
        if (done && (next == end || !c8d_replay_within_record(replay))) {
            done = add_unit(work, begin, next);
            begin = next;
        }
        at = next;
    }
    c8d_replay_free(replay);
    return done;
}

/* ---- less and less
 * ------------------------------------------------------------------------------------- */

static size_t kept_units(const struct c8d__shrinking *work)
{
    size_t n = 0;

    for (size_t i = 0; i < work->n_units; i++)
        n += work->units[i].kept;
    return n;
}

/* Drops what is left out from the list, so that the rounds to come are short. */
static void compact(struct c8d__shrinking *work)
{
    size_t n = 0;

    for (size_t i = 0; i < work->n_units; i++) {
        if (work->units[i].kept)
            work->units[n++] = work->units[i];
    }
    work->n_units = n;
}

static void keep_all(struct c8d__shrinking *work, size_t from, size_t to, bool kept)
{
    for (size_t i = from; i < to; i++)
        work->units[i].kept = kept;
}

/* First by a guess: records that do not have the container's name in them are not about it. */
static void drop_strangers(struct c8d__shrinking *work, enum c8d_log_format format, struct target *target)
{
    const char *name = target->names[1];

    if (name[0] == '\0')
        return;
    for (size_t i = 0; i < work->n_units; i++)
        work->units[i].kept = memmem(work->units[i].text, work->units[i].length, name, strlen(name)) != NULL;
    if (!still_there(work, format, target))
        keep_all(work, 0, work->n_units, true);
    compact(work);
}

/* Leaves out each part of a size that is not needed. @return True when one was left out. */
static bool drop_parts(struct c8d__shrinking *work, enum c8d_log_format format, struct target *target,
                       size_t size)
{
    size_t before = work->n_units;

    for (size_t from = 0; from < work->n_units; from += size) {
        size_t to = from + size < work->n_units ? from + size : work->n_units;

        keep_all(work, from, to, false);
        if (kept_units(work) == 0 || !still_there(work, format, target))
            keep_all(work, from, to, true);
    }
    compact(work);
    return work->n_units < before;
}

enum c8d__shrunk c8d__shrinking_run(struct c8d__shrinking *work, enum c8d_log_format format, uint64_t number)
{
    struct target target = {.kind = ""};
    struct trial first = {.target = &target, .number = number};

    if (!split(work, format) || !play(work, format, &first))
        return C8D__SHRUNK_EXHAUSTED;
    if (!first.found)
        return first.is_log ? C8D__SHRUNK_NOTHING_ODD : C8D__SHRUNK_NO_LOG;
    drop_strangers(work, format, &target);
    for (size_t size = work->n_units / 2; size > 1; size /= 2)
        (void)drop_parts(work, format, &target, size);
    while (drop_parts(work, format, &target, 1))
        ;
    return C8D__SHRUNK;
}
