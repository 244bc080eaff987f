/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The completion queue, and when to look at it.
 *
 * C core is called when the socket has something, and not to wait: so one thread sleeps in one poll(), and a
 * call costs one sleep. C core cannot end that sleep by itself; what it does without the socket's help (a
 * deadline, the rest of a large request) has a time at which we look.
 */
#include "../socket.h"
#include "grpc_internal.h"
#include <pthread.h>
#include <signal.h>

/* How soon we look again after something was to be seen, and how seldom in the end. Sooner would be a sleep
 * or two more for most calls of a container's life, and it finds something once in hundreds of calls. */
#define ECHO_FIRST (100 * C8D__MS)
#define ECHO_LAST (640 * C8D__MS)

/* The first connection and the first call make C core start its threads, which must not take the embedder's
 * signals. */
static void block_signals(sigset_t *before)
{
    sigset_t all;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, before);
}

static void restore_signals(const sigset_t *before)
{
    (void)pthread_sigmask(SIG_SETMASK, before, NULL);
}

static int connect_blocked(struct c8d__transport *transport, int fd)
{
    sigset_t before;
    int error;

    block_signals(&before);
    error = c8d__grpc_connect(transport, fd);
    restore_signals(&before);
    return error;
}

static bool connected(const struct c8d__transport *transport)
{
    return ((const struct c8d__grpc *)transport)->fd >= 0;
}

static void check(struct c8d__transport *transport)
{
    struct c8d__grpc *grpc = (struct c8d__grpc *)transport;

    if (grpc->retired_fd >= 0 && c8d__socket_hung_up(grpc->retired_fd))
        c8d__grpc_drop_retired(grpc);
    if (grpc->fd >= 0 && c8d__socket_hung_up(grpc->fd))
        c8d__grpc_disconnect(grpc);
}

static bool is_stuck(const struct c8d__grpc *grpc)
{
    return grpc->fd < 0 || grpc->fresh || grpc->bytes_in_flight > C8D__SOCKET_BYTES;
}

static void start(struct c8d__transport *transport, struct c8d__exchange *exchange)
{
    struct c8d__grpc *grpc = (struct c8d__grpc *)transport;
    sigset_t before;

    if (!grpc->called)
        block_signals(&before);
    c8d__grpc_begin(grpc, exchange);
    if (!grpc->called)
        restore_signals(&before);
    grpc->called = true;
    if (is_stuck(grpc))
        c8d__remote_look_at(grpc->remote, c8d__remote_now() + C8D__NUDGE);
}

static int64_t due(struct c8d__transport *transport, int64_t now)
{
    const struct c8d__grpc *grpc = (const struct c8d__grpc *)transport;
    int64_t nudge = now + C8D__NUDGE;
    int64_t at = c8d__exchanges_due(grpc->remote);

    if (grpc->remote->exchanges != NULL && is_stuck(grpc) && nudge < at)
        return nudge;
    return at > now ? at : nudge;
}

/*
 * C core hands work on to threads of its own now and then (when two want the connection at once, or a write
 * was held up). What they complete shows nowhere. So while anything is expected we look again, ever more
 * seldom.
 */
static void plan_echo(struct c8d__grpc *grpc, int64_t now)
{
    int64_t doubled = grpc->echo_ns * 2;

    grpc->echo_ns = doubled < ECHO_LAST ? doubled : ECHO_LAST;
    if (grpc->remote->heard || grpc->found)
        grpc->echo_ns = ECHO_FIRST;
    c8d__remote_look_unless_heard(grpc->remote,
                                  grpc->remote->exchanges != NULL ? now + grpc->echo_ns : C8D_NO_DEADLINE);
}

/* The queue is empty. A socket that woke us for nothing may have been hung up. */
static bool rest(struct c8d__grpc *grpc, int64_t now)
{
    if (!grpc->found)
        check(&grpc->transport);
    plan_echo(grpc, now);
    grpc->found = false;
    return false;
}

static bool next(struct c8d__transport *transport, int64_t now, struct c8d_arrival *out)
{
    struct c8d__grpc *grpc = (struct c8d__grpc *)transport;

    for (;;) {
        grpc_event event = grpc_completion_queue_next(grpc->queue, gpr_inf_past(GPR_CLOCK_MONOTONIC), NULL);
        struct c8d__tag *tag = event.tag;

        if (event.type != GRPC_OP_COMPLETE)
            return rest(grpc, now);
        grpc->found = true;
        grpc->fresh = false;
        grpc->remote->active_ns = now;
        if (tag->complete(tag, event.success != 0, out))
            return true;
        c8d__arena_reset(&grpc->remote->arrival);
    }
}

static void abandon(struct c8d__transport *transport)
{
    struct c8d__grpc *grpc = (struct c8d__grpc *)transport;

    if (grpc->fd >= 0)
        c8d__socket_close(grpc->fd);
    if (grpc->retired_fd >= 0)
        c8d__socket_close(grpc->retired_fd);
    c8d__remote_release(grpc->remote, grpc, sizeof(*grpc));
}

/* Everything that C core has of ours comes back before the queue is destroyed. */
static void destroy(struct c8d__transport *transport)
{
    struct c8d__grpc *grpc = (struct c8d__grpc *)transport;
    grpc_event event;

    for (struct c8d__exchange *at = grpc->remote->exchanges; at != NULL; at = at->next)
        c8d__grpc_cancel(transport, at, C8D__GRPC_CANCELLED, "the runtime is being destroyed");
    while (grpc->remote->exchanges != NULL) {
        struct c8d_arrival unheard = {0};

        event = grpc_completion_queue_next(grpc->queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
        (void)((struct c8d__tag *)event.tag)->complete(event.tag, event.success != 0, &unheard);
    }
    c8d__grpc_disconnect(grpc);
    c8d__grpc_drop_retired(grpc);
    grpc_completion_queue_shutdown(grpc->queue);
    do
        event = grpc_completion_queue_next(grpc->queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
    while (event.type != GRPC_QUEUE_SHUTDOWN);
    grpc_completion_queue_destroy(grpc->queue);
    grpc_shutdown();
    c8d__remote_release(grpc->remote, grpc, sizeof(*grpc));
}

static const struct c8d__transport_ops ops = {
    .name = "grpc",
    .connect = connect_blocked,
    .connected = connected,
    .check = check,
    .prepare = c8d__grpc_prepare,
    .start = start,
    .send = c8d__grpc_send,
    .cancel = c8d__grpc_cancel,
    .release = c8d__grpc_release,
    .next = next,
    .due = due,
    .destroy = destroy,
    .abandon = abandon,
};

struct c8d__transport *c8d__grpc_transport(struct c8d__remote *remote)
{
    struct c8d__grpc *grpc = c8d__remote_alloc(remote, sizeof(*grpc));
    sigset_t before;

    if (grpc == NULL)
        return NULL;
    *grpc = (struct c8d__grpc){.transport = {&ops}, .remote = remote, .fd = -1, .retired_fd = -1};
    block_signals(&before);
    c8d__grpc_start();
    grpc->queue = grpc_completion_queue_create_for_next(NULL);
    restore_signals(&before);
    return &grpc->transport;
}
