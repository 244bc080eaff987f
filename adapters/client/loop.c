/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who waits for the runtime. The first thread that has to wait drives: it takes arrivals, steps the model and
 * delivers, for all. Threads that come later sleep until what they wait for is there; when the driver has
 * what it came for, one of them takes over. So no thread is ever started, and one thread alone never hands
 * anything off.
 */
#include "client_internal.h"

/* Without memory for what an arrival may cause, it stays with the runtime and we look again after this. */
#define STARVED_PAUSE (10 * C8D__MS)
/* How many arrivals may be handled before the streams are looked at. */
#define ARRIVALS_PER_LOOK 32

int64_t c8d__now(struct c8d_client *client)
{
    return client->runtime.ops->now(client->runtime.ctx);
}

int64_t c8d__deadline(struct c8d_client *client, int64_t timeout_ns)
{
    int64_t now;

    if (timeout_ns == C8D_NO_DEADLINE)
        return C8D_NO_DEADLINE;
    now = c8d__now(client);
    if (timeout_ns <= 0)
        return now;
    return timeout_ns < C8D_NO_DEADLINE - now ? now + timeout_ns : C8D_NO_DEADLINE;
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

bool c8d__has_work(struct c8d_client *client)
{
    return client->deliveries.count != 0 || c8d__holds_wait(client) || client->requests.first_unsent != 0;
}

int64_t c8d__next_due(struct c8d_client *client)
{
    int64_t due = sooner(c8d__timer_next(client), c8d__deadline_next(client));

    /* Nothing of what is due can be handled either. */
    return client->starved ? c8d__now(client) + STARVED_PAUSE : due;
}

/* Handles one thing that is there. */
static bool handle(struct c8d_client *client)
{
    const struct c8d_input overflow = {.region = C8D_REGION_CONNECTION, .symbol = C8D_SYM_OVERFLOW};
    const struct c8d__cause nobody = {0};
    struct c8d_arrival arrival = {0};
    struct c8d__timer timer;

    if (c8d__deliver(client))
        return true;
    client->starved = client->deliveries.count != 0 || !c8d__reserve(client, 1);
    if (client->starved)
        return false;
    if (c8d__hold_overflow(client)) {
        c8d__step(client, &overflow, &nobody);
    } else if (client->timers.count != 0 && c8d__timer_take(client, c8d__now(client), &timer)) {
        const struct c8d__cause cause = {.level = timer.level};
        const struct c8d_input input = {
            .region = timer.region,
            .symbol = timer.symbol,
            .container = timer.container,
            .process = timer.process,
            .request = timer.request,
        };

        c8d__step(client, &input, &cause);
    } else if (c8d__request_take_unsent(client, &arrival) ||
               client->runtime.ops->next(client->runtime.ctx, &arrival) ||
               c8d__deadline_take(client, c8d__now(client), &arrival)) {
        c8d__take(client, &arrival);
    } else {
        return false;
    }
    c8d__deliver(client);
    return true;
}

/* Wakes the threads whose wait is over. */
static void wake_waiters(struct c8d_client *client)
{
    int64_t now;

    if (client->waiters == NULL)
        return;
    now = c8d__now(client);
    for (struct c8d__waiter *waiter = client->waiters; waiter != NULL; waiter = waiter->next) {
        if (waiter->deadline <= now || waiter->ready(waiter->arg))
            pthread_cond_signal(&waiter->wake);
    }
}

/* Waits for the runtime and the streams, and reads what the streams have. */
static void rest(struct c8d_client *client, int64_t deadline)
{
    int64_t until = sooner(deadline, c8d__next_due(client));
    int64_t timeout = C8D_NO_DEADLINE;
    uint32_t n = c8d__stdio_prepare(client);

    for (const struct c8d__waiter *waiter = client->waiters; waiter != NULL; waiter = waiter->next) {
        /* One that has what it waits for needs no time any more; it just has not run yet. */
        if (!waiter->ready(waiter->arg))
            until = sooner(until, waiter->deadline);
    }
    if (until != C8D_NO_DEADLINE) {
        timeout = until - c8d__now(client);
        timeout = timeout > 0 ? timeout : 0;
    }
    client->rest_until = until;
    client->polling = true;
    pthread_mutex_unlock(&client->lock);
    client->runtime.ops->wait(client->runtime.ctx, client->pollfds, n, timeout);
    pthread_mutex_lock(&client->lock);
    client->polling = false;
    c8d__stdio_pump(client, n);
}

static enum c8d_status drive(struct c8d_client *client, bool (*ready)(void *arg), void *arg, int64_t deadline)
{
    unsigned handled = 0;
    bool looked = false;

    for (;;) {
        bool any = handle(client);

        client->progress += any;
        wake_waiters(client);
        if (ready(arg))
            return C8D_OK;
        if (any && ++handled % ARRIVALS_PER_LOOK != 0)
            continue;
        if (deadline != C8D_NO_DEADLINE && deadline <= c8d__now(client)) {
            if (looked)
                return C8D_DEADLINE;
            looked = true;
        }
        /* With more to handle the streams are only looked at. */
        rest(client, any ? c8d__now(client) : deadline);
    }
}

static void lead(struct c8d_client *client)
{
    client->driving = true;
    client->driver = pthread_self();
}

/* Nobody drives any more but an event loop, which sleeps for longer than it may: something is due before. */
static void hasten_loop(struct c8d_client *client)
{
    int64_t due = client->epoll >= 0 ? c8d__next_due(client) : C8D_NO_DEADLINE;

    if (due >= client->loop_due)
        return;
    client->loop_due = due;
    client->runtime.ops->wake(client->runtime.ctx);
}

/* The driver leaves: the next one takes over. */
static void hand_over(struct c8d_client *client)
{
    client->driving = false;
    if (client->waiters != NULL)
        pthread_cond_signal(&client->waiters->wake);
    else
        hasten_loop(client);
}

static void remove_waiter(struct c8d_client *client, const struct c8d__waiter *gone)
{
    for (struct c8d__waiter **link = &client->waiters; *link != NULL; link = &(*link)->next) {
        if (*link == gone) {
            *link = gone->next;
            return;
        }
    }
}

/* Sleeps until the wait is over, or there is nobody who drives. */
static void follow(struct c8d_client *client, bool (*ready)(void *arg), void *arg, int64_t deadline)
{
    struct c8d__waiter self = {
        .next = client->waiters,
        .ready = ready,
        .arg = arg,
        .deadline = deadline,
        .wake = PTHREAD_COND_INITIALIZER,
    };

    client->waiters = &self;
    c8d__kick(client);
    while (client->driving && !ready(arg) && deadline > c8d__now(client))
        pthread_cond_wait(&self.wake, &client->lock);
    remove_waiter(client, &self);
    pthread_cond_destroy(&self.wake);
}

enum c8d_status c8d__wait(struct c8d_client *client, bool (*ready)(void *arg), void *arg, int64_t deadline)
{
    enum c8d_status status = C8D_OK;

    while (client->driving) {
        if (ready(arg))
            break;
        if (deadline <= c8d__now(client)) {
            status = C8D_DEADLINE;
            break;
        }
        follow(client, ready, arg, deadline);
    }
    if (!client->driving && status == C8D_OK && !ready(arg)) {
        lead(client);
        status = drive(client, ready, arg, deadline);
        client->driving = false;
    }
    if (!client->driving)
        hand_over(client);
    return status;
}

/* Whether the driver went to sleep before there was something to do, and for longer than may be. What a call
 * needs that was submitted since, its runtime sees to. */
static bool oversleeps(struct c8d_client *client)
{
    return c8d__has_work(client) || c8d__next_due(client) < client->rest_until ||
           (client->waiters != NULL && client->waiters->deadline < client->rest_until);
}

void c8d__kick(struct c8d_client *client)
{
    bool loop_sleeps = !client->driving && client->epoll >= 0;

    if (loop_sleeps || (client->polling && oversleeps(client)))
        client->runtime.ops->wake(client->runtime.ctx);
}

void c8d__poll_anew(struct c8d_client *client)
{
    if (client->polling)
        client->runtime.ops->wake(client->runtime.ctx);
}
