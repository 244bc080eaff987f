/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime table of the Host Compute Service. */
#include "local_internal.h"
#include <poll.h>
#include <string.h>

#define MINUTE (60 * C8D__LOCAL_SECOND)

/* ---- calls
 * -------------------------------------------------------------------------------------------------------------
 */

static bool is_text(struct c8d_str text)
{
    return text.len == 0 || memchr(text.ptr, '\0', text.len) == NULL;
}

static bool is_valid(const struct c8d_call *call)
{
    for (size_t i = 0; i < call->n_labels; i++) {
        if (!is_text(call->labels[i].key) || !is_text(call->labels[i].value))
            return false;
    }
    return call->kind < C8D_CALL_KIND__COUNT && call->container.len <= C8D_NAME_BYTES_MAX &&
           call->process.len <= C8D_NAME_BYTES_MAX && is_text(call->container) && is_text(call->process) &&
           is_text(call->spec) && is_text(call->runtime);
}

static enum c8d_status submit(void *ctx, const struct c8d_call *call, struct c8d_error *err)
{
    struct c8d__local *local = ctx;
    struct c8d__errand **link;
    struct c8d__errand *errand;
    enum c8d_status status;

    if (!is_valid(call))
        return c8d_error_set(err, C8D_INVALID, "malformed call");
    pthread_mutex_lock(&local->lock);
    status = c8d__errand_of_call(local, call, &errand, err);
    if (status == C8D_OK) {
        /* Calls about one thing are taken in their order. */
        for (link = &local->errands; *link != NULL; link = &(*link)->next)
            ;
        *link = errand;
        atomic_store(&local->stirred, true);
        if (local->waiting)
            local->host.wake(local->host.ctx);
    }
    pthread_mutex_unlock(&local->lock);
    return status;
}

/* ---- arrivals
 * ----------------------------------------------------------------------------------------------------------
 */

static bool pump_process(struct c8d__local *local, struct c8d__local_process *process)
{
    return process->plumbing != NULL && c8d__plumbing_pump(local, process->plumbing);
}

static void pump(struct c8d__local *local)
{
    bool moved = false;

    for (struct c8d__local_container *each = local->containers; each != NULL; each = each->next) {
        for (struct c8d__local_process *process = each->processes; process != NULL; process = process->next)
            moved = pump_process(local, process) || moved;
    }
    /* There may be more: no stream keeps the others waiting, nor the arrivals. */
    if (moved)
        atomic_store(&local->stirred, true);
}

static struct c8d__local_arrival *take_ready(struct c8d__local *local)
{
    struct c8d__local_arrival *arrival = local->ready;

    if (arrival == NULL)
        return NULL;
    local->ready = arrival->next;
    if (local->ready == NULL)
        local->ready_end = &local->ready;
    return arrival;
}

static bool next(void *ctx, struct c8d_arrival *out)
{
    struct c8d__local *local = ctx;
    bool any;

    pthread_mutex_lock(&local->lock);
    c8d__local_arrival_free(local, local->given);
    if (local->ready == NULL) {
        atomic_store(&local->stirred, false);
        pump(local);
        c8d__errands_run(local);
    }
    local->given = take_ready(local);
    any = local->given != NULL;
    if (any) {
        *out = local->given->arrival;
        local->counters.events += out->kind == C8D_ARRIVAL_EVENT;
    }
    pthread_mutex_unlock(&local->lock);
    return any;
}

/* ---- waiting
 * -----------------------------------------------------------------------------------------------------------
 */

static size_t watch_all(const struct c8d__local *local, struct pollfd *fds)
{
    size_t n = 0;

    for (const struct c8d__local_container *each = local->containers; each != NULL; each = each->next) {
        for (const struct c8d__local_process *process = each->processes; process != NULL;
             process = process->next) {
            if (process->plumbing != NULL)
                n = c8d__plumbing_watch(process->plumbing, fds, n);
        }
    }
    return n;
}

/* Room for so many descriptors. False: no memory. */
static bool make_room(struct c8d__local *local, size_t n)
{
    struct pollfd *grown;

    if (n <= local->n_fds)
        return true;
    grown = c8d__local_alloc(local, 2 * n * sizeof(*grown));
    if (grown == NULL)
        return false;
    c8d__local_free(local, local->fds, local->n_fds * sizeof(*grown));
    local->fds = grown;
    local->n_fds = 2 * n;
    return true;
}

/* How long there is nothing to do but to wait. */
static int64_t patience(struct c8d__local *local, int64_t timeout_ns)
{
    int64_t errands = c8d__errands_due(local);
    int64_t processes = c8d__processes_due(local);
    int64_t due = errands < processes ? errands : processes;
    int64_t now = local->host.now(local->host.ctx);

    if (local->ready != NULL || atomic_load(&local->stirred) || due <= now)
        return 0;
    if (due == C8D_NO_DEADLINE)
        return timeout_ns;
    return due - now < timeout_ns ? due - now : timeout_ns;
}

static void wait(void *ctx, struct pollfd *extra, size_t n_extra, int64_t timeout_ns)
{
    struct c8d__local *local = ctx;
    struct pollfd *fds;
    size_t n;

    for (size_t i = 0; i < n_extra; i++)
        extra[i].revents = 0;
    pthread_mutex_lock(&local->lock);
    n = watch_all(local, NULL);
    timeout_ns = patience(local, timeout_ns);
    if (make_room(local, n + n_extra)) {
        (void)watch_all(local, local->fds);
    } else {
        /* Without memory streams wait, and not for long. */
        n = n_extra = 0;
        timeout_ns = timeout_ns < C8D__LOCAL_SECOND / 1000 ? timeout_ns : C8D__LOCAL_SECOND / 1000;
    }
    local->waiting = true;
    fds = local->fds; /* used by the one thread that waits */
    if (n_extra != 0)
        memcpy(fds + n, extra, n_extra * sizeof(*extra));
    pthread_mutex_unlock(&local->lock);
    local->host.wait(local->host.ctx, fds, n + n_extra, timeout_ns);
    pthread_mutex_lock(&local->lock);
    local->waiting = false;
    pthread_mutex_unlock(&local->lock);
    if (n_extra != 0)
        memcpy(extra, fds + n, n_extra * sizeof(*extra));
}

static void wake(void *ctx)
{
    const struct c8d__local *local = ctx;

    local->host.wake(local->host.ctx);
}

static int64_t now(void *ctx)
{
    const struct c8d__local *local = ctx;

    return local->host.now(local->host.ctx);
}

static int fd_of(void *ctx)
{
    (void)ctx;
    return -1; /* what HCS tells makes no descriptor readable */
}

/* ---- streams
 * -----------------------------------------------------------------------------------------------------------
 */

static enum c8d_status open_stdio(void *ctx, struct c8d_str container, struct c8d_str process, uint32_t flags,
                                  struct c8d_stdio *out, struct c8d_error *err)
{
    struct c8d__local *local = ctx;
    enum c8d_status status;

    (void)container;
    (void)process;
    pthread_mutex_lock(&local->lock);
    status = c8d__plumbing_open(local, flags, out, err);
    pthread_mutex_unlock(&local->lock);
    return status;
}

static void close_stdio(void *ctx, struct c8d_stdio *stdio)
{
    struct c8d__local *local = ctx;

    pthread_mutex_lock(&local->lock);
    c8d__plumbing_close(local, stdio);
    pthread_mutex_unlock(&local->lock);
}

/* ---- from beginning to end
 * --------------------------------------------------------------------------------------------- */

static void counters(void *ctx, struct c8d_runtime_counters *out)
{
    struct c8d__local *local = ctx;

    pthread_mutex_lock(&local->lock);
    *out = local->counters;
    pthread_mutex_unlock(&local->lock);
}

/* Whatever is open is closed; compute systems and processes go on. */
static void close_process(const struct c8d__hcs *hcs, struct c8d__local_process *process)
{
    if (process->watch.registration != NULL)
        (void)hcs->unregister_process(process->watch.registration);
    if (process->handle != NULL)
        (void)hcs->close_process(process->handle);
}

static void close_container(const struct c8d__hcs *hcs, struct c8d__local_container *container)
{
    for (struct c8d__local_process *each = container->processes; each != NULL; each = each->next)
        close_process(hcs, each);
    if (container->watch.registration != NULL)
        (void)hcs->unregister_system(container->watch.registration);
    if (container->handle != NULL)
        (void)hcs->close(container->handle);
}

/* What was begun is not abandoned, since it writes into our memory. */
static void finish_job(struct c8d__local *local, struct c8d__errand *errand)
{
    bool finished = !errand->working;

    while (!finished) {
        pthread_mutex_lock(&local->finished_lock);
        finished = errand->finished;
        pthread_mutex_unlock(&local->finished_lock);
        if (!finished)
            local->host.wait(local->host.ctx, NULL, 0, C8D__LOCAL_SECOND);
    }
}

/* A handle that a call has made in the end is nobody's. */
static void close_made(const struct c8d__hcs *hcs, const struct c8d__errand *errand)
{
    const struct c8d__job *job = &errand->job;

    if (!errand->working || job->made == NULL)
        return;
    if (job->kind == C8D__JOB_CREATE || job->kind == C8D__JOB_OPEN)
        (void)hcs->close(job->made);
    else if (job->kind == C8D__JOB_CREATE_PROCESS)
        (void)hcs->close_process(job->made);
    else if (job->kind == C8D__JOB_REGISTER)
        (void)hcs->unregister_system(job->made);
    else if (job->kind == C8D__JOB_REGISTER_PROCESS)
        (void)hcs->unregister_process(job->made);
}

static void end_errands(struct c8d__local *local)
{
    while (local->errands != NULL) {
        struct c8d__errand *errand = local->errands;

        local->errands = errand->next;
        finish_job(local, errand);
        close_made(local->host.hcs, errand);
        c8d__errand_free(errand);
    }
}

static void free_memory(struct c8d__local *local)
{
    struct c8d__local_arrival *arrival;

    while ((arrival = take_ready(local)) != NULL)
        c8d__local_arrival_free(local, arrival);
    c8d__local_arrival_free(local, local->given);
    c8d__local_arrival_free(local, local->stream_end);
    c8d__local_free(local, local->fds, local->n_fds * sizeof(*local->fds));
    pthread_mutex_destroy(&local->finished_lock);
    pthread_mutex_destroy(&local->lock);
    local->allocator->release(local->allocator->ctx, local, sizeof(*local));
}

static void destroy(void *ctx)
{
    struct c8d__local *local = ctx;
    struct c8d__host host = local->host;

    end_errands(local);
    while (local->containers != NULL) {
        close_container(host.hcs, local->containers);
        c8d__local_remove(local->containers);
    }
    free_memory(local);
    host.destroy(host.ctx);
}

static const struct c8d_runtime_ops ops = {
    .size = sizeof(struct c8d_runtime_ops),
    .submit = submit,
    .next = next,
    .wait = wait,
    .wake = wake,
    .now = now,
    .fd = fd_of,
    .open_stdio = open_stdio,
    .close_stdio = close_stdio,
    .counters = counters,
    .destroy = destroy,
};

static int64_t limit(int64_t wanted, int64_t otherwise)
{
    return wanted != 0 ? wanted : otherwise;
}

static struct c8d_local_limits limits_of(const struct c8d_local_limits *wanted)
{
    return (struct c8d_local_limits){
        .create_ns = limit(wanted->create_ns, 4 * MINUTE),
        .start_ns = limit(wanted->start_ns, 4 * MINUTE),
        .pause_ns = limit(wanted->pause_ns, 4 * MINUTE),
        .shutdown_ns = limit(wanted->shutdown_ns, 5 * MINUTE),
        .terminate_ns = limit(wanted->terminate_ns, 5 * MINUTE),
        .load_ns = limit(wanted->load_ns, 2 * MINUTE),
        .silence_ns = limit(wanted->silence_ns, C8D__LOCAL_SECOND),
    };
}

static bool are_in_range(const struct c8d_local_limits *limits)
{
    return limits->create_ns >= 0 && limits->start_ns >= 0 && limits->pause_ns >= 0 &&
           limits->shutdown_ns >= 0 && limits->terminate_ns >= 0 && limits->load_ns >= 0 &&
           limits->silence_ns >= 0;
}

enum c8d_status c8d__local_new(const struct c8d_local_options *options, const struct c8d__host *host,
                               struct c8d_runtime *out, struct c8d_error *err)
{
    static const char default_owner[] = "libc8d";
    struct c8d_str owner = options->owner;
    const struct c8d_allocator *allocator =
        options->allocator != NULL ? options->allocator : c8d_allocator_default();
    struct c8d__local *local;

    if (owner.len == 0)
        owner = (struct c8d_str){default_owner, sizeof(default_owner) - 1};
    if (options->size != sizeof(*options) || options->namespace_.len > C8D_NAME_BYTES_MAX ||
        owner.len > C8D_NAME_BYTES_MAX || !is_text(options->namespace_) || !is_text(owner) ||
        !are_in_range(&options->limits))
        return c8d_error_set(err, C8D_INVALID, "an option of the local runtime is out of range");
    local = allocator->allocate(allocator->ctx, sizeof(*local));
    if (local == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for a runtime");
    memset(local, 0, sizeof(*local));
    local->allocator = allocator;
    local->host = *host;
    local->limits = limits_of(&options->limits);
    local->ready_end = &local->ready;
    memcpy(local->owner, owner.ptr, owner.len);
    if (options->namespace_.len != 0)
        memcpy(local->namespace_, options->namespace_.ptr, options->namespace_.len);
    (void)pthread_mutex_init(&local->lock, NULL);
    (void)pthread_mutex_init(&local->finished_lock, NULL);
    *out = (struct c8d_runtime){&ops, local};
    return C8D_OK;
}
