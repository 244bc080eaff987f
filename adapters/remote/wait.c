/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sleeping, waking and taking arrivals.
 *
 * The transport is asked when its socket has something, and not to wait: so one thread sleeps at once
 * for the socket, for wake() and for the embedder's own descriptors, and a call costs one sleep. What
 * happens without the socket's help (a deadline) has a time at which we look.
 */
#include "remote_internal.h"
#include "waiter.h"

/* How soon we look again at what was due already. */
#define SOON C8D__MS

static int64_t next_time(struct c8d__remote *remote)
{
    int64_t wake_at = atomic_load(&remote->wake_at);
    int64_t echo_at = atomic_load(&remote->echo_at);

    return wake_at < echo_at ? wake_at : echo_at;
}

static void arm_timer(struct c8d__remote *remote)
{
    if (remote->looped)
        c8d__waiter_ring_at(remote->waiter, next_time(remote));
}

void c8d__remote_wake(void *ctx)
{
    c8d__waiter_wake(((struct c8d__remote *)ctx)->waiter);
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

void c8d__remote_look_unless_heard(struct c8d__remote *remote, int64_t at_ns)
{
    atomic_store(&remote->echo_at, at_ns);
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
    if (c8d__images_work(remote, out))
        return true;
    remote->heard = remote->heard || atomic_load(&remote->look);
    if (now >= atomic_load(&remote->wake_at)) {
        atomic_store(&remote->wake_at, next_look(remote, now));
        atomic_store(&remote->look, true);
    }
    if (now >= atomic_load(&remote->echo_at))
        atomic_store(&remote->look, true);
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

static int64_t shortened(struct c8d__remote *remote, int64_t timeout_ns)
{
    int64_t at = next_time(remote);
    int64_t left;

    if (atomic_load(&remote->look) || timeout_ns <= 0)
        return 0;
    if (at == C8D_NO_DEADLINE)
        return timeout_ns;
    left = at - c8d__remote_now();
    left = left > 0 ? left : 0;
    return left < timeout_ns ? left : timeout_ns;
}

void c8d__remote_wait(void *ctx, struct pollfd *extra, size_t n_extra, int64_t timeout_ns)
{
    struct c8d__remote *remote = ctx;
    bool ready;

    atomic_store(&remote->waiting, true);
    ready = c8d__waiter_sleep(remote->waiter, extra, n_extra, shortened(remote, timeout_ns));
    atomic_store(&remote->waiting, false);
    if (ready)
        atomic_store(&remote->look, true);
}

int c8d__remote_fd(void *ctx)
{
    struct c8d__remote *remote = ctx;

    remote->looped = true;
    arm_timer(remote);
    return c8d__waiter_fd(remote->waiter);
}
