/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime table of the simulated world. */
#include "client/poll_ms.h"
#include "simulated_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* ---- submit
 * --------------------------------------------------------------------------------------------------- */

static bool copy_call(struct c8d__world *world, const struct c8d_call *from, struct c8d__sim_call *to)
{
    const struct c8d__sim_extras extras = {
        .options = from->options, .snapshotter = from->snapshotter, .snapshot_key = from->snapshot_key};

    to->kind = from->kind;
    to->token = from->token;
    to->deadline_ns = from->deadline_ns;
    to->signal = from->signal;
    to->all = from->all;
    to->restores = from->checkpoint.len != 0;
    to->container = c8d__sim_string(world, from->container);
    to->process = c8d__sim_string(world, from->process);
    to->spec = c8d__sim_string(world, from->spec);
    to->runtime = c8d__sim_string(world, from->runtime);
    to->labels = c8d__sim_labels(world, from->labels, from->n_labels);
    to->n_labels = to->labels != NULL ? from->n_labels : 0;
    return c8d__sim_extras_copy(world, &to->extras, &extras) && to->container != NULL &&
           to->process != NULL && to->spec != NULL && to->runtime != NULL &&
           (from->n_labels == 0 || to->labels != NULL);
}

/* As on containerd's wire, there is no NUL in a text. */
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
           is_text(call->spec) && is_text(call->runtime) && is_text(call->options.type) &&
           is_text(call->snapshotter) && is_text(call->snapshot_key);
}

static enum c8d_status refuse(struct c8d__world *world, uint64_t token, enum c8d_status status,
                              const char *message)
{
    struct c8d__due *reply = c8d__sim_reply_new(world, token, status, message);

    if (reply == NULL)
        return C8D_EXHAUSTED;
    c8d__sim_append(&world->ready, reply);
    return C8D_OK;
}

static enum c8d_status submit_locked(struct c8d__world *world, const struct c8d_call *call,
                                     struct c8d_error *err)
{
    struct c8d__due *due;
    int64_t at;

    if (!is_valid(call))
        return c8d_error_set(err, C8D_INVALID, "malformed call");
    if (call->deadline_ns <= c8d__sim_now(world))
        return refuse(world, call->token, C8D_DEADLINE, "the deadline had passed before the call was sent");
    world->counters.calls += call->kind == C8D_CALL_LIST ? 2 : 1;
    if (world->down)
        return refuse(world, call->token, C8D_UNAVAILABLE, "nobody listens");
    due = c8d__sim_due_new(world, C8D__DUE_CALL);
    if (due == NULL || !copy_call(world, call, &due->call)) {
        c8d__sim_due_free(world, due);
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for a call");
    }
    if (call->stdio != NULL)
        due->call.streams = c8d__sim_streams_use(call->stdio->runtime_data);
    at = c8d__sim_now(world) + c8d__sim_random(world, 200) * C8D__US;
    c8d__sim_schedule(world, due, at < call->deadline_ns ? at : call->deadline_ns);
    if (c8d__sim_strikes(world, world->faults.disconnect))
        c8d__sim_break_connection(world);
    return C8D_OK;
}

static void wake(void *ctx)
{
    const struct c8d__world *world = ctx;
    const uint64_t one = 1;

    (void)!write(world->wake_fd, &one, sizeof(one));
}

static enum c8d_status submit(void *ctx, const struct c8d_call *call, struct c8d_error *err)
{
    struct c8d__world *world = ctx;
    enum c8d_status status;

    pthread_mutex_lock(&world->lock);
    status = submit_locked(world, call, err);
    if (world->polling)
        wake(world);
    pthread_mutex_unlock(&world->lock);
    return status;
}

/* ---- arrivals
 * ------------------------------------------------------------------------------------------------- */

/* A reply that is held back longer than its call may take is lost. */
static void expire_held(struct c8d__world *world)
{
    struct c8d__due **link = &world->held;

    while (*link != NULL) {
        struct c8d__due *due = *link;

        if (due->call.deadline_ns > c8d__sim_now(world)) {
            link = &due->next;
            continue;
        }
        *link = due->next;
        c8d__sim_lose_reply(world, due, "no reply in time");
        c8d__sim_append(&world->ready, due);
    }
}

static bool next(void *ctx, struct c8d_arrival *out)
{
    struct c8d__world *world = ctx;
    bool any;

    pthread_mutex_lock(&world->lock);
    c8d__sim_run(world);
    expire_held(world);
    c8d__sim_due_free(world, world->given);
    world->given = world->ready;
    any = world->given != NULL;
    if (any) {
        world->ready = world->given->next;
        world->given->next = NULL;
        *out = world->given->arrival;
        world->counters.events += out->kind == C8D_ARRIVAL_EVENT;
    }
    pthread_mutex_unlock(&world->lock);
    return any;
}

/* ---- waiting
 * -------------------------------------------------------------------------------------------------- */

static int64_t next_due(const struct c8d__world *world)
{
    int64_t at = world->due != NULL ? world->due->at : C8D_NO_DEADLINE;

    for (const struct c8d__due *held = world->held; held != NULL; held = held->next)
        at = held->call.deadline_ns < at ? held->call.deadline_ns : at;
    return at;
}

static bool waits_for_stream(const struct c8d__sim_process *process)
{
    return process != NULL && process->phase == C8D__PHASE_RUNNING && !c8d__sim_is_held(process) &&
           process->blocked >= C8D__BLOCKED_IN;
}

/* With fds NULL it is only counted. */
static size_t watch_process(const struct c8d__sim_process *process, struct pollfd *fds, size_t n)
{
    if (!waits_for_stream(process))
        return n;
    if (fds == NULL)
        return n + 1;
    if (process->blocked == C8D__BLOCKED_IN)
        fds[n] = (struct pollfd){.fd = process->streams->in, .events = POLLIN};
    else
        fds[n] = (struct pollfd){.fd = c8d__sim_output(process), .events = POLLOUT};
    return n + 1;
}

/* The descriptors that processes wait for, behind the wake-up. */
static size_t watch_processes(const struct c8d__world *world, struct pollfd *fds)
{
    size_t n = 1;

    for (const struct c8d__sim_container *each = world->containers; each != NULL; each = each->next) {
        n = watch_process(each->init, fds, n);
        for (const struct c8d__sim_process *exec = each->execs; exec != NULL; exec = exec->next)
            n = watch_process(exec, fds, n);
    }
    return n;
}

/* Room for so many descriptors. False: no memory. */
static bool make_room(struct c8d__world *world, size_t n)
{
    struct pollfd *grown;

    if (n <= world->n_pollfds)
        return true;
    grown = c8d__sim_alloc(world, 2 * n * sizeof(*grown));
    if (grown == NULL)
        return false;
    c8d__sim_free(world, world->pollfds, world->n_pollfds * sizeof(*grown));
    world->pollfds = grown;
    world->n_pollfds = 2 * n;
    return true;
}

static bool waits_for(const struct c8d__sim_process *process, int fd)
{
    return waits_for_stream(process) &&
           (process->blocked == C8D__BLOCKED_IN ? process->streams->in : c8d__sim_output(process)) == fd;
}

static struct c8d__sim_process *waiting_for(struct c8d__world *world, int fd)
{
    for (struct c8d__sim_container *each = world->containers; each != NULL; each = each->next) {
        if (waits_for(each->init, fd))
            return each->init;
        for (struct c8d__sim_process *exec = each->execs; exec != NULL; exec = exec->next) {
            if (waits_for(exec, fd))
                return exec;
        }
    }
    return NULL;
}

/* Lets processes go on whose descriptors are ready. */
static void go_on(struct c8d__world *world, const struct pollfd *fds, size_t n)
{
    uint64_t count;

    if (fds[0].revents != 0)
        (void)!read(world->wake_fd, &count, sizeof(count));
    for (size_t i = 1; i < n; i++) {
        struct c8d__sim_process *process = fds[i].revents != 0 ? waiting_for(world, fds[i].fd) : NULL;

        if (process != NULL)
            c8d__sim_step(world, process);
    }
}

/* Polls the caller's descriptors and ours, without the lock. True: something is ready. */
static bool poll_all(struct c8d__world *world, struct pollfd *extra, size_t n_extra, int64_t timeout_ns)
{
    struct pollfd wake_only;
    struct pollfd *fds = &wake_only;
    size_t n = watch_processes(world, NULL);
    int ready;

    if (make_room(world, n + n_extra)) {
        fds = world->pollfds;
        (void)watch_processes(world, fds);
    } else {
        /* Without memory the streams wait, and not for long. */
        n = 1;
        n_extra = 0;
        timeout_ns = timeout_ns < C8D__MILLI ? timeout_ns : C8D__MILLI;
    }
    fds[0] = (struct pollfd){.fd = world->wake_fd, .events = POLLIN};
    if (n_extra != 0)
        memcpy(fds + n, extra, n_extra * sizeof(*extra));
    world->polling = true;
    pthread_mutex_unlock(&world->lock);
    ready = poll(fds, n + n_extra, c8d__poll_ms(timeout_ns));
    pthread_mutex_lock(&world->lock);
    world->polling = false;
    if (ready <= 0)
        return false;
    for (size_t i = 0; i < n_extra; i++)
        extra[i].revents = fds[n + i].revents;
    go_on(world, fds, n);
    return true;
}

static void wait_locked(struct c8d__world *world, struct pollfd *extra, size_t n_extra, int64_t timeout_ns)
{
    int64_t now = c8d__sim_now(world);
    int64_t until = timeout_ns < C8D_NO_DEADLINE - now ? now + timeout_ns : C8D_NO_DEADLINE;
    int64_t due;

    if (poll_all(world, extra, n_extra, 0) || world->ready != NULL)
        return;
    /* Only now: another thread may have submitted meanwhile, and the clock must not pass that by. */
    due = next_due(world);
    until = due < until ? due : until;
    if (world->real_time || until == C8D_NO_DEADLINE)
        (void)poll_all(world, extra, n_extra,
                       until == C8D_NO_DEADLINE ? until
                       : until > now            ? until - now
                                                : 0);
    else
        c8d__sim_advance(world, until);
}

static void wait(void *ctx, struct pollfd *extra, size_t n_extra, int64_t timeout_ns)
{
    struct c8d__world *world = ctx;

    for (size_t i = 0; i < n_extra; i++)
        extra[i].revents = 0;
    pthread_mutex_lock(&world->lock);
    wait_locked(world, extra, n_extra, timeout_ns);
    pthread_mutex_unlock(&world->lock);
}

/* ---- the rest
 * ------------------------------------------------------------------------------------------------- */

static int64_t now(void *ctx)
{
    return c8d__sim_now(ctx);
}

static int fd_of(void *ctx)
{
    (void)ctx;
    return -1; /* a virtual clock cannot make a descriptor readable */
}

static enum c8d_status open_stdio(void *ctx, struct c8d_str container, struct c8d_str process, uint32_t flags,
                                  struct c8d_stdio *out, struct c8d_error *err)
{
    struct c8d__world *world = ctx;
    enum c8d_status status;

    (void)container;
    (void)process;
    pthread_mutex_lock(&world->lock);
    status = c8d__sim_open_stdio(world, flags, out, err);
    pthread_mutex_unlock(&world->lock);
    return status;
}

static void close_stdio(void *ctx, struct c8d_stdio *stdio)
{
    struct c8d__world *world = ctx;

    pthread_mutex_lock(&world->lock);
    c8d__sim_close_stdio(world, stdio);
    pthread_mutex_unlock(&world->lock);
}

static void counters(void *ctx, struct c8d_runtime_counters *out)
{
    struct c8d__world *world = ctx;

    pthread_mutex_lock(&world->lock);
    *out = world->counters;
    pthread_mutex_unlock(&world->lock);
}

static void free_list(struct c8d__world *world, struct c8d__due *list)
{
    while (list != NULL) {
        struct c8d__due *after = list->next;

        c8d__sim_due_free(world, list);
        list = after;
    }
}

static void destroy(void *ctx)
{
    struct c8d__world *world = ctx;

    free_list(world, world->due);
    free_list(world, world->ready);
    free_list(world, world->held);
    c8d__sim_due_free(world, world->given);
    c8d__sim_due_free(world, world->stream_end);
    while (world->containers != NULL)
        c8d__sim_remove_container(world, world->containers);
    c8d__sim_free(world, world->pollfds, world->n_pollfds * sizeof(*world->pollfds));
    if (world->wake_fd >= 0)
        close(world->wake_fd);
    pthread_mutex_destroy(&world->lock);
    c8d__sim_free(world, world, sizeof(*world));
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

static bool are_rates(const struct c8d_simulated_faults *faults)
{
    return faults->reply_lost <= 1000 && faults->reply_failed <= 1000 && faults->event_lost <= 1000 &&
           faults->event_repeated <= 1000 && faults->event_delayed <= 1000 && faults->disconnect <= 1000 &&
           faults->shim_killed <= 1000;
}

enum c8d_status c8d_simulated_new(const struct c8d_simulated_options *options, struct c8d_runtime *out,
                                  struct c8d_error *err)
{
    const struct c8d_allocator *allocator =
        options->allocator != NULL ? options->allocator : c8d_allocator_default();
    struct c8d__world *world;

    if (options->size != sizeof(*options))
        return c8d_error_set(err, C8D_INVALID, "size: not that of the options of a simulated runtime");
    if (options->namespace_.len == 0 || options->namespace_.len > C8D_NAME_BYTES_MAX)
        return c8d_error_set(err, C8D_INVALID, "namespace: not 1 to %d bytes", C8D_NAME_BYTES_MAX);
    if (!are_rates(&options->faults))
        return c8d_error_set(err, C8D_INVALID, "faults: a rate is more than 1000");
    world = allocator->allocate(allocator->ctx, sizeof(*world));
    if (world == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for a simulated runtime");
    memset(world, 0, sizeof(*world));
    world->allocator = allocator;
    world->faults = options->faults;
    world->real_time = options->real_time;
    world->random = (options->seed + 1) * 0x9e3779b97f4a7c15u | 1;
    world->next_pid = 1000;
    world->epoch_ns = INT64_C(1767225600) * 1000000000;
    snprintf(world->namespace_, sizeof(world->namespace_), "%.*s", (int)options->namespace_.len,
             options->namespace_.ptr);
    pthread_mutex_init(&world->lock, NULL);
    world->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (world->wake_fd < 0) {
        int code = errno;

        destroy(world);
        return c8d_error_set_origin(err, C8D_EXHAUSTED, C8D_ORIGIN_ERRNO, code, "cannot make an eventfd: %s",
                                    strerror(code));
    }
    world->counters.connects = 1;
    *out = (struct c8d_runtime){&ops, world};
    return C8D_OK;
}
