/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several threads at one log. Records are collected; each thread reads its part of them; then each takes, in
 * the log's order, those whose container is among its own. What comes of it is kept with its place in the
 * whole, and told in order when all are done.
 */
#include "replay.h"
#include "replay_kept.h"
#include <pthread.h>
#include <string.h>

/* Fewer than this are done before threads have woken up. */
#define WORTH_THREADS 64
#define FIRST_UNITS 4096

struct unit {
    struct c8d_str text;
    uint64_t line;
    enum c8d_line_verdict verdict;
    bool is_unfinished;
    uint32_t hash; /* of the container */
    struct c8d_log_record record;
};

struct worker {
    struct c8d__crew *crew;
    unsigned number;
    struct c8d_replay *replay; /* its own model, sinking into what it keeps */
    struct c8d__kept kept;
    pthread_t thread;
};

struct c8d__crew {
    struct c8d_replay *front;
    unsigned n_workers;
    unsigned n_threads; /* of them that were started: all but the first, which is the caller */
    bool over;
    pthread_barrier_t barrier;
    struct unit *units;
    size_t n_units;
    size_t capacity;
    size_t from; /* units before it have been read already */
    struct worker workers[];
};

/* ---- what each of them does
 * ----------------------------------------------------------------------------- */

static uint32_t hash_of(const struct c8d_log_record *record)
{
    uint64_t hash = UINT64_C(14695981039346656037) ^ record->namespace_.len;
    const struct c8d_str *parts[] = {&record->namespace_, &record->container};

    for (size_t part = 0; part < 2; part++) {
        for (size_t i = 0; i < parts[part]->len; i++)
            hash = (hash ^ (uint8_t)parts[part]->ptr[i]) * UINT64_C(1099511628211);
    }
    return (uint32_t)(hash >> 32);
}

static void read_units(struct c8d__crew *crew, unsigned number)
{
    size_t n = crew->n_units - crew->from;
    size_t begin = crew->from + n * number / crew->n_workers;
    size_t end = crew->from + n * (number + 1) / crew->n_workers;
    struct c8d__recent recent = {0};

    for (size_t i = begin; i < end; i++) {
        struct unit *unit = &crew->units[i];

        unit->verdict = c8d__read_text(crew->front->format, unit->text, &recent, &unit->record);
        unit->hash = unit->verdict == C8D_LINE_EVENT ? hash_of(&unit->record) : 0;
    }
}

static void take_units(struct c8d__crew *crew, struct worker *worker)
{
    struct c8d_replay *replay = worker->replay;

    for (size_t i = 0; i < crew->n_units && replay->failure == C8D_OK; i++) {
        const struct unit *unit = &crew->units[i];

        if (unit->verdict != C8D_LINE_EVENT || unit->hash % crew->n_workers != worker->number)
            continue;
        replay->line = unit->line;
        c8d__replay_judged(replay, unit->verdict, &unit->record, false);
    }
    if (crew->n_units > 0)
        c8d__forget_old(replay, crew->units[crew->n_units - 1].line + 1);
}

static void *run(void *context)
{
    struct worker *worker = context;
    struct c8d__crew *crew = worker->crew;

    for (;;) {
        pthread_barrier_wait(&crew->barrier);
        if (crew->over)
            return NULL;
        read_units(crew, worker->number);
        pthread_barrier_wait(&crew->barrier);
        take_units(crew, worker);
        pthread_barrier_wait(&crew->barrier);
    }
}

static void work_together(struct c8d__crew *crew)
{
    pthread_barrier_wait(&crew->barrier);
    read_units(crew, 0);
    pthread_barrier_wait(&crew->barrier);
    take_units(crew, &crew->workers[0]);
    pthread_barrier_wait(&crew->barrier);
}

static void work_alone(struct c8d__crew *crew)
{
    for (unsigned i = 0; i < crew->n_workers; i++)
        read_units(crew, i);
    for (unsigned i = 0; i < crew->n_workers; i++)
        take_units(crew, &crew->workers[i]);
}

/* ---- telling
 * -------------------------------------------------------------------------------------------- */

/* Tells what all workers have kept for before a place. */
static void tell_before(struct c8d__crew *crew, uint64_t order)
{
    for (;;) {
        struct c8d__kept *first = NULL;

        for (unsigned i = 0; i < crew->n_workers; i++) {
            struct c8d__kept *kept = &crew->workers[i].kept;

            if (c8d__kept_order(kept) < order &&
                (first == NULL || c8d__kept_order(kept) < c8d__kept_order(first)))
                first = kept;
        }
        if (first == NULL)
            return;
        c8d__kept_tell(first, &crew->front->sink);
    }
}

static void note_failures(struct c8d__crew *crew)
{
    for (unsigned i = 0; i < crew->n_workers; i++) {
        const struct worker *worker = &crew->workers[i];

        if (worker->replay->failure != C8D_OK)
            crew->front->failure = worker->replay->failure;
        if (worker->kept.failed)
            crew->front->failure = C8D_EXHAUSTED;
    }
}

/* Lines that are about nobody are the front's own to count and to tell. */
static void tell_units(struct c8d__crew *crew)
{
    struct c8d_replay *front = crew->front;
    uint64_t line = front->line;

    for (size_t i = 0; i < crew->n_units; i++) {
        const struct unit *unit = &crew->units[i];

        if (unit->verdict == C8D_LINE_EVENT) {
            front->summary.events++;
            continue;
        }
        front->line = unit->line;
        tell_before(crew, 2 * unit->line + 1);
        c8d__replay_judged(front, unit->verdict, &unit->record, unit->is_unfinished);
    }
    front->line = line;
    tell_before(crew, UINT64_MAX);
}

/* The first event says what log this is; until then one reads after the other. */
static void detect_format(struct c8d__crew *crew)
{
    struct c8d_replay *front = crew->front;

    crew->from = 0;
    while (front->format == C8D_LOG_AUTO && crew->from < crew->n_units) {
        struct unit *unit = &crew->units[crew->from++];

        unit->verdict = c8d__read_record(front, unit->text, &unit->record);
        unit->hash = unit->verdict == C8D_LINE_EVENT ? hash_of(&unit->record) : 0;
    }
}

/* A recording is one job: the crew has done nothing yet, and goes. */
static void dismiss(struct c8d_replay *front)
{
    struct c8d__crew *crew = front->crew;
    uint64_t line = front->line;

    front->crew = NULL;
    for (size_t i = 0; i < crew->n_units && front->failure == C8D_OK; i++) {
        front->line = crew->units[i].line;
        c8d__replay_record(front, crew->units[i].text, crew->units[i].is_unfinished);
    }
    front->line = line;
    front->crew = crew;
    c8d__crew_free(front);
}

void c8d__crew_flush(struct c8d_replay *front)
{
    struct c8d__crew *crew = front->crew;

    if (crew == NULL || crew->n_units == 0)
        return;
    detect_format(crew);
    if (front->format == C8D_LOG_C8D) {
        dismiss(front);
        return;
    }
    if (crew->n_units < WORTH_THREADS)
        work_alone(crew);
    else
        work_together(crew);
    note_failures(crew);
    if (front->failure == C8D_OK)
        tell_units(crew);
    crew->n_units = 0;
}

static bool reserve(struct c8d__crew *crew)
{
    const struct c8d_allocator *heap = crew->front->allocator;
    size_t capacity = crew->capacity != 0 ? crew->capacity * 2 : FIRST_UNITS;
    struct unit *grown;

    if (crew->n_units < crew->capacity)
        return true;
    grown = heap->allocate(heap->ctx, capacity * sizeof(*grown));
    if (grown == NULL)
        return false;
    if (crew->n_units > 0)
        memcpy(grown, crew->units, crew->n_units * sizeof(*grown));
    heap->release(heap->ctx, crew->units, crew->capacity * sizeof(*grown));
    crew->units = grown;
    crew->capacity = capacity;
    return true;
}

void c8d__crew_take(struct c8d_replay *front, struct c8d_str text, bool is_unfinished)
{
    struct c8d__crew *crew = front->crew;

    if (!reserve(crew)) {
        front->failure = C8D_EXHAUSTED;
        return;
    }
    crew->units[crew->n_units++] =
        (struct unit){.text = text, .line = front->line, .is_unfinished = is_unfinished};
}

/* ---- from beginning to end
 * ------------------------------------------------------------------------------ */

enum c8d_status c8d__crew_finish(struct c8d_replay *front)
{
    struct c8d__crew *crew = front->crew;
    struct c8d_replay_summary *sum = &front->summary;

    for (unsigned i = 0; i < crew->n_workers; i++) {
        struct c8d_replay *replay = crew->workers[i].replay;

        replay->failure = c8d__give_all_runs(replay);
        sum->containers += replay->summary.containers;
        sum->runs += replay->summary.runs;
        sum->anomalies += replay->summary.anomalies;
    }
    note_failures(crew);
    if (front->failure == C8D_OK)
        tell_before(crew, UINT64_MAX);
    return front->failure;
}

static enum c8d_status start(struct c8d__crew *crew)
{
    for (unsigned i = 0; i < crew->n_workers; i++) {
        struct worker *worker = &crew->workers[i];
        struct c8d_replay_sink sink;
        enum c8d_status status;

        *worker = (struct worker){.crew = crew, .number = i};
        worker->kept.allocator = crew->front->allocator;
        sink = c8d__kept_sink(&worker->kept);
        status = c8d_replay_new(crew->front->format, &sink, crew->front->allocator, &worker->replay);
        if (status != C8D_OK)
            return status;
        worker->kept.order = &worker->replay->order;
    }
    for (unsigned i = 1; i < crew->n_workers; i++) {
        if (pthread_create(&crew->workers[i].thread, NULL, run, &crew->workers[i]) != 0)
            return C8D_EXHAUSTED;
        crew->n_threads++;
    }
    return C8D_OK;
}

static size_t bytes_of(unsigned jobs)
{
    return sizeof(struct c8d__crew) + jobs * sizeof(struct worker);
}

enum c8d_status c8d__crew_new(struct c8d_replay *front, unsigned jobs)
{
    const struct c8d_allocator *heap = front->allocator;
    struct c8d__crew *crew = heap->allocate(heap->ctx, bytes_of(jobs));
    enum c8d_status status;

    if (crew == NULL)
        return C8D_EXHAUSTED;
    memset(crew, 0, bytes_of(jobs));
    crew->front = front;
    crew->n_workers = jobs;
    if (pthread_barrier_init(&crew->barrier, NULL, jobs) != 0) {
        heap->release(heap->ctx, crew, bytes_of(jobs));
        return C8D_EXHAUSTED;
    }
    front->crew = crew;
    status = start(crew);
    if (status != C8D_OK)
        c8d__crew_free(front);
    return status;
}

/* Threads that wait for others which were never started would wait for ever. */
static void end_threads(struct c8d__crew *crew)
{
    bool complete = crew->n_threads + 1 == crew->n_workers;

    crew->over = true;
    if (complete)
        pthread_barrier_wait(&crew->barrier);
    for (unsigned i = 1; i <= crew->n_threads; i++) {
        if (!complete)
            pthread_cancel(crew->workers[i].thread);
        pthread_join(crew->workers[i].thread, NULL);
    }
}

void c8d__crew_free(struct c8d_replay *front)
{
    const struct c8d_allocator *heap = front->allocator;
    struct c8d__crew *crew = front->crew;

    if (crew == NULL)
        return;
    front->crew = NULL;
    end_threads(crew);
    pthread_barrier_destroy(&crew->barrier);
    for (unsigned i = 0; i < crew->n_workers; i++) {
        c8d_replay_free(crew->workers[i].replay);
        c8d__kept_free(&crew->workers[i].kept);
    }
    heap->release(heap->ctx, crew->units, crew->capacity * sizeof(*crew->units));
    heap->release(heap->ctx, crew, bytes_of(crew->n_workers));
}
