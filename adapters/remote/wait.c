/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sleeping, waking and taking arrivals.
 *
 * The transport is asked when its socket has something, and not to wait: so one thread sleeps in one poll()
 * for the socket, for wake() and for the embedder's own descriptors, and a call costs one sleep. What
 * happens without the socket's help (a deadline) has a time at which we look.
 */
#include "remote_internal.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_SECOND INT64_C(1000000000)
/* How soon we look again at what was due already. */
#define SOON C8D__MS
/* poll()'s first descriptors. */
enum { AT_EPOLL, AT_WAKE, OWN_COUNT };

static struct timespec timespec_of(int64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / NS_PER_SECOND), .tv_nsec = (long)(ns % NS_PER_SECOND)};
}

/* An event loop of somebody else cannot be told a time: a timer makes the descriptor readable. */
static void arm_timer(struct c8d__remote *remote)
{
    struct itimerspec when = {0};
    int64_t at = atomic_load(&remote->wake_at);

    if (!remote->looped)
        return;
    if (at != C8D_NO_DEADLINE)
        when.it_value = timespec_of(at);
    (void)timerfd_settime(remote->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

void c8d__remote_wake(void *ctx)
{
    struct c8d__remote *remote = ctx;
    const uint64_t one = 1;
    int before = errno;

    /* It fails only when the counter is full: then the waiter is awake. */
    if (write(remote->wake_fd, &one, sizeof(one)) < 0)
        errno = before;
}

void c8d__remote_look_at(struct c8d__remote *remote, int64_t at_ns)
{
    if (at_ns >= atomic_load(&remote->wake_at))
        return;
    atomic_store(&remote->wake_at, at_ns);
    arm_timer(remote);
    if (atomic_load(&remote->waiting))
        c8d__remote_wake(remote);
}

void c8d__remote_look_now(struct c8d__remote *remote)
{
    atomic_store(&remote->look, true);
    c8d__remote_wake(remote);
}

/* When the transport must be looked at though nothing shows on the socket. */
static int64_t next_look(struct c8d__remote *remote, int64_t now)
{
    int64_t markers = c8d__subscriptions_tend(remote, now);
    int64_t transport = remote->transport->ops->due(remote->transport, now);
    int64_t due = markers < transport ? markers : transport;

    return due > now ? due : now + SOON;
}

static bool take_refusal(struct c8d__remote *remote, struct c8d_arrival *out)
{
    struct c8d__refusal *refusal = remote->refusals;
    char *kept;

    if (refusal == NULL)
        return false;
    remote->refusals = refusal->next;
    if (remote->refusals == NULL)
        remote->refusals_end = &remote->refusals;
    kept = c8d__arena_string(&remote->arrival, c8d__wire_str(refusal->message));
    *out = (struct c8d_arrival){
        .kind = C8D_ARRIVAL_REPLY,
        .token = refusal->token,
        .status = refusal->status,
        .origin = refusal->error != 0 ? C8D_ORIGIN_ERRNO : C8D_ORIGIN_NONE,
        .origin_code = refusal->error,
        .message = c8d__wire_str(kept != NULL ? kept : c8d_status_text(refusal->status)),
    };
    c8d__remote_release(remote, refusal, sizeof(*refusal));
    return true;
}

bool c8d__remote_next(void *ctx, struct c8d_arrival *out)
{
    struct c8d__remote *remote = ctx;
    int64_t now = c8d__remote_now();

    c8d__arena_reset(&remote->arrival);
    *out = (struct c8d_arrival){0};
    if (take_refusal(remote, out))
        return true;
    if (c8d__remote_forked(remote))
        return false;
    remote->heard = remote->heard || atomic_load(&remote->look);
    if (now >= atomic_load(&remote->wake_at)) {
        atomic_store(&remote->wake_at, next_look(remote, now));
        atomic_store(&remote->look, true);
    }
    if (!atomic_load(&remote->look) && !remote->looped)
        return false;
    /* Before it is looked at: what comes meanwhile is to be seen. */
    atomic_store(&remote->look, false);
    if (remote->transport->ops->next(remote->transport, now, out)) {
        atomic_store(&remote->look, true);
        return true;
    }
    remote->heard = false;
    arm_timer(remote);
    return false;
}

/* Room for our descriptors and these; NULL without memory. */
static struct pollfd *pollfds(struct c8d__remote *remote, size_t n)
{
    struct pollfd *grown;

    if (n <= remote->n_pollfds)
        return remote->pollfds;
    grown = c8d__remote_alloc(remote, n * sizeof(*grown));
    if (grown == NULL)
        return NULL;
    c8d__remote_release(remote, remote->pollfds, remote->n_pollfds * sizeof(*grown));
    remote->pollfds = grown;
    remote->n_pollfds = n;
    return grown;
}

static int64_t shortened(struct c8d__remote *remote, int64_t timeout_ns)
{
    int64_t at = atomic_load(&remote->wake_at);
    int64_t left;

    if (atomic_load(&remote->look) || timeout_ns <= 0)
        return 0;
    if (at == C8D_NO_DEADLINE)
        return timeout_ns;
    left = at - c8d__remote_now();
    left = left > 0 ? left : 0;
    return left < timeout_ns ? left : timeout_ns;
}

static void sleep_for(struct pollfd *fds, size_t n, int64_t timeout_ns)
{
    const struct timespec timeout = timespec_of(timeout_ns);

    if (ppoll(fds, n, timeout_ns == C8D_NO_DEADLINE ? NULL : &timeout, NULL) > 0)
        return;
    for (size_t i = 0; i < n; i++)
        fds[i].revents = 0;
}

void c8d__remote_wait(void *ctx, struct pollfd *extra, size_t n_extra, int64_t timeout_ns)
{
    struct c8d__remote *remote = ctx;
    struct pollfd own[OWN_COUNT];
    struct pollfd *fds = pollfds(remote, OWN_COUNT + n_extra);
    size_t n = OWN_COUNT + n_extra;
    uint64_t count;

    if (fds == NULL) { /* no memory: the others are only looked at, and often */
        sleep_for(extra, n_extra, 0);
        timeout_ns = timeout_ns < SOON ? timeout_ns : SOON;
        fds = own;
        n = OWN_COUNT;
    } else if (n_extra != 0) {
        memcpy(fds + OWN_COUNT, extra, n_extra * sizeof(*extra));
    }
    fds[AT_EPOLL] = (struct pollfd){.fd = remote->epoll_fd, .events = POLLIN};
    fds[AT_WAKE] = (struct pollfd){.fd = remote->wake_fd, .events = POLLIN};
    atomic_store(&remote->waiting, true);
    sleep_for(fds, n, shortened(remote, timeout_ns));
    atomic_store(&remote->waiting, false);
    if (n > OWN_COUNT)
        memcpy(extra, fds + OWN_COUNT, n_extra * sizeof(*extra));
    if (fds[AT_WAKE].revents != 0 && read(remote->wake_fd, &count, sizeof(count)) < 0)
        return; /* another reader was faster */
    if (fds[AT_EPOLL].revents != 0)
        atomic_store(&remote->look, true);
}

int c8d__remote_fd(void *ctx)
{
    struct c8d__remote *remote = ctx;

    remote->looped = true;
    arm_timer(remote);
    return remote->epoll_fd;
}
