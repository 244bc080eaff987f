/* SPDX-License-Identifier: Apache-2.0 */
/* A list of the sockets, and a counter for waking. There is no descriptor for the event loop of somebody
 * else, and so no timer. */
#include "../waiter.h"
#include "../poll_room.h"
#include "client/poll_ms.h"
#include <c8d/runtime.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define NS_PER_MS INT64_C(1000000)
/* A server that goes away has a few sockets, and no more. */
#define SOCKETS_MAX 16

struct c8d__waiter {
    const struct c8d_allocator *allocator;
    pthread_mutex_t lock; /* guards the sockets: one thread sleeps while others make some */
    struct pollfd sockets[SOCKETS_MAX];
    size_t n_sockets;
    int wake_fd;
    struct c8d__poll_room room; /* of the thread that sleeps */
};

struct c8d__waiter *c8d__waiter_new(const struct c8d_allocator *allocator)
{
    struct c8d__waiter *waiter = allocator->allocate(allocator->ctx, sizeof(*waiter));

    if (waiter == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    *waiter = (struct c8d__waiter){.allocator = allocator, .wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (waiter->wake_fd < 0) {
        allocator->release(allocator->ctx, waiter, sizeof(*waiter));
        errno = EMFILE;
        return NULL;
    }
    (void)pthread_mutex_init(&waiter->lock, NULL);
    return waiter;
}

void c8d__waiter_free(struct c8d__waiter *waiter)
{
    const struct c8d_allocator *allocator;

    if (waiter == NULL)
        return;
    allocator = waiter->allocator;
    (void)close(waiter->wake_fd);
    (void)pthread_mutex_destroy(&waiter->lock);
    c8d__poll_room_free(&waiter->room, allocator);
    allocator->release(allocator->ctx, waiter, sizeof(*waiter));
}

/* NULL: it is not there. */
static struct pollfd *find(struct c8d__waiter *waiter, int socket)
{
    for (size_t i = 0; i < waiter->n_sockets; i++) {
        if (waiter->sockets[i].fd == socket)
            return &waiter->sockets[i];
    }
    return NULL;
}

int c8d__waiter_watch(struct c8d__waiter *waiter, int socket)
{
    int error = 0;

    (void)pthread_mutex_lock(&waiter->lock);
    if (waiter->n_sockets < SOCKETS_MAX)
        waiter->sockets[waiter->n_sockets++] = (struct pollfd){.fd = socket, .events = POLLIN};
    else
        error = EMFILE;
    (void)pthread_mutex_unlock(&waiter->lock);
    c8d__waiter_wake(waiter);
    return error;
}

void c8d__waiter_watch_room(struct c8d__waiter *waiter, int socket, bool room)
{
    struct pollfd *found;

    (void)pthread_mutex_lock(&waiter->lock);
    found = find(waiter, socket);
    if (found != NULL)
        found->events = room ? POLLIN | POLLOUT : POLLIN;
    (void)pthread_mutex_unlock(&waiter->lock);
    c8d__waiter_wake(waiter);
}

void c8d__waiter_unwatch(struct c8d__waiter *waiter, int socket)
{
    struct pollfd *found;

    (void)pthread_mutex_lock(&waiter->lock);
    found = find(waiter, socket);
    if (found != NULL)
        *found = waiter->sockets[--waiter->n_sockets];
    (void)pthread_mutex_unlock(&waiter->lock);
}

void c8d__waiter_wake(struct c8d__waiter *waiter)
{
    const uint64_t one = 1;

    (void)!write(waiter->wake_fd, &one, sizeof(one));
}

bool c8d__waiter_sleep(struct c8d__waiter *waiter, struct pollfd *others, size_t n, int64_t timeout_ns)
{
    struct pollfd own[1 + SOCKETS_MAX];
    struct pollfd *fds = c8d__poll_room(&waiter->room, waiter->allocator, 1 + SOCKETS_MAX + n);
    size_t n_others = n;
    size_t n_sockets;
    uint64_t wakes;
    bool ready = false;

    if (fds == NULL) { /* the others are only looked at, and often */
        (void)poll(others, n, 0);
        timeout_ns = timeout_ns < NS_PER_MS ? timeout_ns : NS_PER_MS;
        fds = own;
        n_others = 0;
    }
    (void)pthread_mutex_lock(&waiter->lock);
    n_sockets = waiter->n_sockets;
    memcpy(fds + 1, waiter->sockets, n_sockets * sizeof(*fds));
    (void)pthread_mutex_unlock(&waiter->lock);
    fds[0] = (struct pollfd){.fd = waiter->wake_fd, .events = POLLIN};
    if (n_others != 0)
        memcpy(fds + 1 + n_sockets, others, n_others * sizeof(*fds));
    (void)poll(fds, 1 + n_sockets + n_others, c8d__poll_ms(timeout_ns));
    if (n_others != 0)
        memcpy(others, fds + 1 + n_sockets, n_others * sizeof(*fds));
    if (fds[0].revents != 0)
        (void)!read(waiter->wake_fd, &wakes, sizeof(wakes));
    for (size_t i = 0; i < n_sockets; i++)
        ready = ready || fds[1 + i].revents != 0;
    return ready;
}

int c8d__waiter_fd(const struct c8d__waiter *waiter)
{
    (void)waiter;
    return -1;
}

void c8d__waiter_ring_at(struct c8d__waiter *waiter, int64_t at_ns)
{
    (void)waiter;
    (void)at_ns;
}
