/* SPDX-License-Identifier: Apache-2.0 */
/* The search: workers take scenes in the order of their numbers, which is the
 * order of their depth. */
#include "search.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUND_SCENES 8192
#define SHARE_SCENES 64
#define REST_STEPS_MAX 2000
#define INTACT_EVERY 4096

struct shared {
    struct search *search;
    pthread_barrier_t barrier;
    pthread_mutex_t lock;
    _Atomic uint32_t next; /* scene to be taken */
    uint32_t round_end;
    uint32_t level_end;
    _Atomic bool stop;
    struct timespec began;
    double told_at;
};

struct worker {
    struct shared *shared;
    pthread_t thread;
    bool first;
    struct scene base;
    struct scene work;
    struct scene pristine;
    struct kept kept;
    uint16_t acts[ACTS_MAX]; /* of the setting */
    unsigned act_count;
    uint64_t transitions;
    uint64_t loops;
    uint64_t cuts;
    uint64_t quiet;
    uint64_t rested;
    uint32_t rest_steps;
    uint32_t rest_queries;
};

static double seconds_since(const struct timespec *began)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - began->tv_sec) + (double)(now.tv_nsec - began->tv_nsec) / 1e9;
}

static void report(struct worker *worker, const char *broken, uint32_t at, unsigned act)
{
    struct search *search = worker->shared->search;

    (void)pthread_mutex_lock(&worker->shared->lock);
    /* The lowest number of those found in this round: the shortest way. */
    if (search->broken == NULL || at < search->broken_at) {
        search->broken = broken;
        search->broken_at = at;
        search->broken_act = act;
    }
    (void)pthread_mutex_unlock(&worker->shared->lock);
    atomic_store(&worker->shared->stop, true);
}

/* ---- one scene */

unsigned search_next_to_rest(const struct scene *scene)
{
    unsigned next = act_count();

    /* An event before anything else, so that there is room for more of them. */
    for (unsigned act = act_count(); act-- > 0;) {
        if (act_is_quiet(act) && act_is_enabled(scene, act) &&
            (next == act_count() || scene->runtime.event_count == 0 || !act_is_delivery(next)))
            next = act;
    }
    return next;
}

bool search_rest(struct scene *scene, uint32_t *steps, uint32_t *queries)
{
    uint64_t asked = scene->model->counters.queries;

    for (*steps = 0; *steps < REST_STEPS_MAX && !scene_is_quiet(scene); ++*steps) {
        unsigned act = search_next_to_rest(scene);

        if (act == act_count()) {
            scene->broken = "nothing can happen any more, and it is not at rest";
            return false;
        }
        act_do(scene, act);
        if (scene->broken != NULL)
            return false;
    }
    *queries = (uint32_t)(scene->model->counters.queries - asked);
    if (*steps == REST_STEPS_MAX)
        scene->broken = "it does not come to rest";
    else
        scene_save_account(scene);
    if (scene->broken == NULL)
        scene_check_quiet(scene);
    return scene->broken == NULL;
}

static void let_rest(struct worker *worker, uint32_t number)
{
    uint32_t steps;
    uint32_t queries;

    archive_copy(&worker->shared->search->archive, &worker->base, &worker->work);
    scene_load_account(&worker->work);
    if (!search_rest(&worker->work, &steps, &queries)) {
        report(worker, worker->work.broken, number, act_count());
        return;
    }
    worker->rested++;
    if (steps > worker->rest_steps)
        worker->rest_steps = steps;
    if (queries > worker->rest_queries)
        worker->rest_queries = queries;
}

static void check_quiet(struct worker *worker, uint32_t number)
{
    archive_copy(&worker->shared->search->archive, &worker->base, &worker->work);
    scene_load_account(&worker->work);
    scene_check_quiet(&worker->work);
    worker->quiet++;
    if (worker->work.broken != NULL)
        report(worker, worker->work.broken, number, act_count() + 1);
}

static void try_act(struct worker *worker, uint32_t number, unsigned act)
{
    struct archive *archive = &worker->shared->search->archive;
    struct scene *work = &worker->work;
    bool fresh = false;
    uint32_t next;

    archive_copy(archive, &worker->base, work);
    scene_load_account(work);
    act_do(work, act);
    if (work->broken != NULL) {
        report(worker, work->broken, number, act);
        return;
    }
    if (work->cut) {
        worker->cuts++;
        return;
    }
    scene_save_account(work);
    scene_canonicalise(work);
    next = archive_keep(archive, work, &worker->base, &worker->kept, number, &fresh);
    worker->transitions++;
    worker->loops += next == number;
    if (next == STORE_NONE)
        atomic_store(&worker->shared->stop, true);
}

/* What is not stored must not change; a change of it stays and is found. */
static bool is_intact(const struct worker *worker)
{
    struct scene scene = worker->pristine;

    archive_copy(&worker->shared->search->archive, &worker->work, &scene);
    scene.model = (struct c8d_model *)(void *)scene.image;
    memset(&scene.model->counters, 0, sizeof(scene.model->counters));
    return memcmp(scene.image, worker->work.image, sizeof(scene.image)) == 0;
}

static void expand(struct worker *worker, uint32_t number)
{
    const struct search *search = worker->shared->search;

    archive_load(&search->archive, number, &worker->base, &worker->kept);
    if (scene_is_quiet(&worker->base))
        check_quiet(worker, number);
    for (unsigned i = 0; i < worker->act_count; i++) {
        if (act_is_enabled(&worker->base, worker->acts[i]))
            try_act(worker, number, worker->acts[i]);
    }
    if (search->rest_every != 0 && number % search->rest_every == 0)
        let_rest(worker, number);
    if (number % INTACT_EVERY == 0) {
        memset(&worker->work.model->counters, 0, sizeof(worker->work.model->counters));
        if (!is_intact(worker))
            report(worker, "what is not stored of a scene has changed", number, act_count() + 1);
    }
}

/* ---- rounds */

static void tell(struct shared *shared)
{
    struct search *search = shared->search;
    double now = seconds_since(&shared->began);

    if (!search->progress || now - shared->told_at < 2)
        return;
    shared->told_at = now;
    (void)fprintf(stderr, "\r%s: depth %u, %" PRIu32 " states, %" PRIu32 " to be expanded, %zu MB, %.0f s   ",
                  search->setting->name, search->depth, archive_count(&search->archive),
                  archive_count(&search->archive) - shared->round_end, archive_bytes(&search->archive) >> 20,
                  now);
}

/* By one thread, while the others wait. */
static void next_round(struct shared *shared)
{
    struct search *search = shared->search;
    uint32_t count = archive_count(&search->archive);

    tell(shared);
    if (atomic_load(&shared->stop) || !archive_tend(&search->archive) ||
        archive_bytes(&search->archive) > search->memory_max ||
        (count > search->states_max && search->states_max != 0)) {
        atomic_store(&shared->stop, true);
        return;
    }
    if (shared->round_end == count) {
        search->complete = true;
        atomic_store(&shared->stop, true);
        return;
    }
    if (shared->round_end == shared->level_end) {
        search->depth++;
        shared->level_end = count;
    }
    atomic_store(&shared->next, shared->round_end);
    shared->round_end = shared->level_end - shared->round_end > ROUND_SCENES
                            ? shared->round_end + ROUND_SCENES
                            : shared->level_end;
}

static void work_round(struct worker *worker)
{
    struct shared *shared = worker->shared;

    for (;;) {
        uint32_t from = atomic_fetch_add(&shared->next, SHARE_SCENES);
        uint32_t to = from + SHARE_SCENES < shared->round_end ? from + SHARE_SCENES : shared->round_end;

        if (from >= shared->round_end)
            return;
        for (; from < to; from++)
            expand(worker, from);
    }
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct shared *shared = worker->shared;

    for (;;) {
        (void)pthread_barrier_wait(&shared->barrier);
        if (worker->first)
            next_round(shared);
        (void)pthread_barrier_wait(&shared->barrier);
        if (atomic_load(&shared->stop))
            break;
        work_round(worker);
    }
    (void)pthread_mutex_lock(&shared->lock);
    coverage_add(&shared->search->coverage, coverage_of_thread());
    (void)pthread_mutex_unlock(&shared->lock);
    return NULL;
}

static void add_up(struct search *search, const struct worker *worker)
{
    search->transitions += worker->transitions;
    search->loops += worker->loops;
    search->cuts += worker->cuts;
    search->quiet += worker->quiet;
    search->rested += worker->rested;
    if (worker->rest_steps > search->rest_steps)
        search->rest_steps = worker->rest_steps;
    if (worker->rest_queries > search->rest_queries)
        search->rest_queries = worker->rest_queries;
}

static bool put_roots(struct search *search)
{
    static const enum truth_state priors[] = {TRUTH_NONE, TRUTH_CREATED, TRUTH_RUNNING, TRUTH_STOPPED};
    static struct scene scene;
    bool fresh;

    search->roots = search->setting->prior ? 4 : 1;
    for (uint32_t i = 0; i < search->roots; i++) {
        if (!scene_init(&scene, search->setting, priors[i]))
            return false;
        if (i == 0 && !archive_init(&search->archive, &scene))
            return false;
        (void)archive_keep(&search->archive, &scene, NULL, NULL, STORE_NONE, &fresh);
        scene_fini(&scene);
    }
    return true;
}

static bool make_worker(struct worker *worker, struct shared *shared)
{
    const struct setting *setting = shared->search->setting;

    worker->shared = shared;
    for (unsigned act = 0; act < act_count(); act++) {
        if (act_is_of(setting, act))
            worker->acts[worker->act_count++] = (uint16_t)act;
    }
    return scene_init(&worker->base, setting, TRUTH_NONE) && scene_init(&worker->work, setting, TRUTH_NONE) &&
           scene_init(&worker->pristine, setting, TRUTH_NONE);
}

bool search_run(struct search *search)
{
    struct shared shared = {.search = search, .lock = PTHREAD_MUTEX_INITIALIZER};
    struct worker *workers = calloc(search->threads, sizeof(*workers));

    (void)act_count();
    (void)clock_gettime(CLOCK_MONOTONIC, &shared.began);
    if (workers == NULL || !put_roots(search) ||
        pthread_barrier_init(&shared.barrier, NULL, search->threads) != 0) {
        free(workers);
        return false;
    }
    workers[0].first = true;
    for (unsigned i = 0; i < search->threads; i++) {
        if (!make_worker(&workers[i], &shared) ||
            pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            abort(); /* the others already wait for it */
    }
    for (unsigned i = 0; i < search->threads; i++) {
        (void)pthread_join(workers[i].thread, NULL);
        add_up(search, &workers[i]);
        scene_fini(&workers[i].base);
        scene_fini(&workers[i].work);
        scene_fini(&workers[i].pristine);
    }
    if (search->progress)
        (void)fprintf(stderr, "\r%100s\r", "");
    search->seconds = seconds_since(&shared.began);
    (void)pthread_barrier_destroy(&shared.barrier);
    free(workers);
    return true;
}

void search_fini(struct search *search)
{
    archive_fini(&search->archive);
}
