/* SPDX-License-Identifier: Apache-2.0 */
/* The world: its clock, what is due on it, and the host that a runtime stands on. */
#include "sim_internal.h"
#include <client/poll_ms.h>
#include <errno.h>
#include <fcntl.h>
#include <local/hresult.h>
#include <local/workers.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define EPOCH_NS INT64_C(1700000000000000000)

struct sim sim = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

void sim_lock(void)
{
    pthread_mutex_lock(&sim.lock);
}

void sim_unlock(void)
{
    pthread_mutex_unlock(&sim.lock);
}

void *sim_alloc(size_t bytes)
{
    void *memory = calloc(1, bytes);

    if (memory == NULL)
        abort();
    return memory;
}

char *sim_copy(const char *text)
{
    size_t bytes = strlen(text) + 1;

    return memcpy(sim_alloc(bytes), text, bytes);
}

uint32_t sim_random(uint32_t below)
{
    sim.random = sim.random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(sim.random >> 33) % below;
}

/* ---- the clock
 * ---------------------------------------------------------------------------------------------------------
 */

static int64_t real_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 * SIM_MS + now.tv_nsec;
}

static int64_t now_locked(void)
{
    return sim.threads ? real_now() : sim.now;
}

int64_t hcs_sim_now(void)
{
    int64_t now;

    sim_lock();
    now = now_locked();
    sim_unlock();
    return now;
}

void sim_schedule(const struct sim_due *due, int64_t delay_ns)
{
    struct sim_due *copy = sim_alloc(sizeof(*copy));
    struct sim_due **link = &sim.due;

    *copy = *due;
    copy->at = now_locked() + delay_ns;
    while (*link != NULL && (*link)->at <= copy->at)
        link = &(*link)->next;
    copy->next = *link;
    *link = copy;
    pthread_cond_broadcast(&sim.changed);
}

static void forget(const struct sim_system *system, const struct sim_process *process)
{
    struct sim_due **link = &sim.due;

    while (*link != NULL) {
        struct sim_due *due = *link;

        if ((system == NULL || due->system != system) && (process == NULL || due->process != process)) {
            link = &due->next;
            continue;
        }
        *link = due->next;
        free(due);
    }
}

void sim_forget_process(const struct sim_process *process)
{
    forget(NULL, process);
}

void sim_forget_system(const struct sim_system *system)
{
    forget(system, NULL);
}

/* Only its own timer ends a sleep; in a paused system it has an effect at the resumption. */
static void step(struct sim_process *process, unsigned run, bool timer)
{
    if (run != process->run || (process->blocked == SIM_SLEEPS && !timer))
        return;
    process->blocked = SIM_GOES_ON;
    sim_program_step(process);
}

static void happen(const struct sim_due *due)
{
    switch (due->kind) {
    case SIM_NOTIFY_SYSTEM:
        sim_system_told(due->system, due->type, due->status);
        break;
    case SIM_NOTIFY_PROCESS:
        sim_process_told(due->process);
        break;
    case SIM_STEP:
        step(due->process, due->run, due->timer);
        break;
    }
}

void sim_run(void)
{
    while (sim.due != NULL && sim.due->at <= now_locked()) {
        struct sim_due *due = sim.due;

        sim.due = due->next;
        happen(due);
        free(due);
    }
    sim_system_sweep();
}

/* ---- the host
 * ----------------------------------------------------------------------------------------------------------
 */

static int64_t host_now(void *ctx)
{
    (void)ctx;
    return hcs_sim_now();
}

static int64_t host_wall(void *ctx)
{
    (void)ctx;
    return EPOCH_NS + hcs_sim_now();
}

static void host_wake(void *ctx)
{
    (void)ctx;
    (void)!write(sim.wake_fds[1], "", 1);
}

static bool poll_all(struct pollfd *fds, size_t n, int timeout_ms)
{
    struct pollfd *all = sim_alloc((n + 1) * sizeof(*all));
    char drained[64];
    bool ready;

    if (n != 0)
        memcpy(all + 1, fds, n * sizeof(*fds));
    all[0] = (struct pollfd){.fd = sim.wake_fds[0], .events = POLLIN};
    ready = poll(all, n + 1, timeout_ms) > 0;
    for (size_t i = 0; i < n; i++)
        fds[i].revents = (short)(ready ? all[i + 1].revents : 0);
    if (ready && all[0].revents != 0)
        (void)!read(sim.wake_fds[0], drained, sizeof(drained));
    free(all);
    return ready;
}

/* Moves on to what comes next, at most to the end of the wait. Without either it is a real wait. */
static bool advance(int64_t timeout_ns)
{
    bool endless = timeout_ns == INT64_MAX;
    int64_t until = endless ? INT64_MAX : sim.now + timeout_ns;

    if (sim.due != NULL && sim.due->at < until)
        until = sim.due->at;
    if (until == INT64_MAX)
        return false;
    sim.now = until > sim.now ? until : sim.now;
    sim_run();
    return true;
}

static void host_wait(void *ctx, struct pollfd *fds, size_t n, int64_t timeout_ns)
{
    bool moved = true;

    (void)ctx;
    if (sim.threads) {
        (void)poll_all(fds, n, c8d__poll_ms(timeout_ns));
        return;
    }
    if (poll_all(fds, n, 0))
        return;
    sim_lock();
    moved = advance(timeout_ns);
    sim_unlock();
    if (!moved)
        (void)poll_all(fds, n, -1);
}

static void host_run(void *ctx, struct c8d__work *work)
{
    (void)ctx;
    if (sim.threads)
        c8d__workers_run(sim.workers, work);
    else
        work->run(work);
}

static int32_t host_find_directory(void *ctx, const char *path)
{
    (void)ctx;
    for (size_t i = 0; i < sizeof(sim.folders) / sizeof(sim.folders[0]); i++) {
        if (sim.folders[i] != NULL && strcmp(sim.folders[i], path) == 0)
            return sim.folders_are_closed ? C8D__HR_ACCESS_DENIED : C8D__HR_DONE;
    }
    return C8D__HR_PATH_NOT_FOUND;
}

static uint32_t host_processors(void *ctx)
{
    (void)ctx;
    return 4;
}

static uint32_t host_build(void *ctx)
{
    (void)ctx;
    return 17763;
}

static void host_destroy(void *ctx)
{
    (void)ctx;
}

struct c8d__host hcs_sim_host(void)
{
    return (struct c8d__host){.ctx = &sim,
                              .hcs = &sim.table,
                              .now = host_now,
                              .wall = host_wall,
                              .wait = host_wait,
                              .wake = host_wake,
                              .run = host_run,
                              .find_directory = host_find_directory,
                              .processors = host_processors,
                              .build = host_build,
                              .destroy = host_destroy};
}

/* ---- beginning and end
 * ------------------------------------------------------------------------------------------------- */

/* With threads: makes happen what is due. */
static void *keep_time(void *arg)
{
    (void)arg;
    sim_lock();
    while (!sim.stop) {
        struct timespec at;
        int64_t delay = sim.due != NULL ? sim.due->at - real_now() : 100 * SIM_MS;

        if (delay > 0) {
            clock_gettime(CLOCK_REALTIME, &at);
            at.tv_nsec += (long)(delay < 100 * SIM_MS ? delay : 100 * SIM_MS);
            at.tv_sec += at.tv_nsec / 1000000000;
            at.tv_nsec %= 1000000000;
            (void)pthread_cond_timedwait(&sim.changed, &sim.lock, &at);
        }
        sim_run();
    }
    sim_unlock();
    return NULL;
}

static void free_world(void)
{
    while (sim.systems != NULL) {
        struct sim_system *system = sim.systems;

        sim.systems = system->next;
        while (system->processes != NULL) {
            struct sim_process *process = system->processes;

            system->processes = process->next;
            sim_process_free(process);
        }
        sim_forget_system(system);
        free(system->id);
        free(system->owner);
        free(system);
    }
    for (size_t i = 0; i < HCS_SIM__COUNT; i++)
        free(sim.documents[i]);
    for (size_t i = 0; i < sizeof(sim.folders) / sizeof(sim.folders[0]); i++)
        free(sim.folders[i]);
    free(sim.log);
}

void hcs_sim_finish(void)
{
    if (!sim.open)
        return;
    if (sim.threads) {
        c8d__workers_free(sim.workers);
        sim_lock();
        sim.stop = true;
        pthread_cond_broadcast(&sim.changed);
        sim_unlock();
        (void)pthread_join(sim.thread, NULL);
    }
    free_world();
    close(sim.wake_fds[0]);
    close(sim.wake_fds[1]);
    sim.open = false;
}

static void open_world(uint64_t seed, bool threads)
{
    hcs_sim_finish();
    memset(&sim.open, 0, sizeof(sim) - offsetof(struct sim, open));
    sim.open = true;
    sim.threads = threads;
    sim.random = seed * 2 + 1;
    sim.next_pid = 1000;
    sim_system_table(&sim.table);
    sim_query_table(&sim.table);
    sim_process_table(&sim.table);
    sim_pipe_table(&sim.table);
    if (pipe2(sim.wake_fds, O_CLOEXEC | O_NONBLOCK) != 0)
        abort();
}

void hcs_sim_reset(uint64_t seed)
{
    open_world(seed, false);
}

void hcs_sim_reset_threads(uint64_t seed)
{
    open_world(seed, true);
    sim.workers = c8d__workers_new();
    if (pthread_create(&sim.thread, NULL, keep_time, NULL) != 0)
        abort();
}

const struct c8d__hcs *hcs_sim_table(void)
{
    return &sim.table;
}

void hcs_sim_folder(const char *path)
{
    size_t i = 0;

    while (sim.folders[i] != NULL)
        i++;
    sim.folders[i] = sim_copy(path);
}

void hcs_sim_close_folders(void)
{
    sim.folders_are_closed = true;
}

void hcs_sim_never_tell_again(void)
{
    sim.no_telling = true;
}
