/* SPDX-License-Identifier: Apache-2.0 */
/* An epoll set holds the sockets, a counter for waking and a timer, so that it is the one descriptor for an
 * event loop. Our own sleep looks at the counter beside it, since only a sleep takes back what has woken it.
 */
#include "../waiter.h"
#include "../poll_room.h"
#include <c8d/runtime.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_SECOND INT64_C(1000000000)
/* Without memory the others are only looked at, and as often as this. */
#define SOON INT64_C(1000000)
/* poll()'s first descriptors. */
enum { AT_SET, AT_WAKE, OWN_COUNT };

struct c8d__waiter {
    const struct c8d_allocator *allocator;
    int set_fd;
    int wake_fd;
    int timer_fd;
    struct c8d__poll_room room; /* of the thread that sleeps */
};

static bool gather(struct c8d__waiter *waiter, int fd)
{
    return fd >= 0 && c8d__waiter_watch(waiter, fd) == 0;
}

struct c8d__waiter *c8d__waiter_new(const struct c8d_allocator *allocator)
{
    struct c8d__waiter *waiter = allocator->allocate(allocator->ctx, sizeof(*waiter));
    int error;

    if (waiter == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    *waiter = (struct c8d__waiter){
        .allocator = allocator,
        .set_fd = epoll_create1(EPOLL_CLOEXEC),
        .wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
        .timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
    };
    if (waiter->set_fd >= 0 && gather(waiter, waiter->wake_fd) && gather(waiter, waiter->timer_fd))
        return waiter;
    error = errno;
    c8d__waiter_free(waiter);
    errno = error;
    return NULL;
}

static void close_descriptor(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

void c8d__waiter_free(struct c8d__waiter *waiter)
{
    const struct c8d_allocator *allocator;

    if (waiter == NULL)
        return;
    allocator = waiter->allocator;
    close_descriptor(waiter->set_fd);
    close_descriptor(waiter->wake_fd);
    close_descriptor(waiter->timer_fd);
    c8d__poll_room_free(&waiter->room, allocator);
    allocator->release(allocator->ctx, waiter, sizeof(*waiter));
}

int c8d__waiter_watch(struct c8d__waiter *waiter, int socket)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = socket};

    return epoll_ctl(waiter->set_fd, EPOLL_CTL_ADD, socket, &event) == 0 ? 0 : errno;
}

void c8d__waiter_watch_room(struct c8d__waiter *waiter, int socket, bool room)
{
    struct epoll_event event = {.events = room ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.fd = socket};

    (void)epoll_ctl(waiter->set_fd, EPOLL_CTL_MOD, socket, &event);
}

void c8d__waiter_unwatch(struct c8d__waiter *waiter, int socket)
{
    (void)epoll_ctl(waiter->set_fd, EPOLL_CTL_DEL, socket, NULL);
}

void c8d__waiter_wake(struct c8d__waiter *waiter)
{
    const uint64_t one = 1;
    int before = errno;

    /* It fails only when the counter is full: then the sleeper is awake. */
    if (write(waiter->wake_fd, &one, sizeof(one)) < 0)
        errno = before;
}

static struct timespec timespec_of(int64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / NS_PER_SECOND), .tv_nsec = (long)(ns % NS_PER_SECOND)};
}

static void sleep_for(struct pollfd *fds, size_t n, int64_t timeout_ns)
{
    const struct timespec timeout = timespec_of(timeout_ns);

    if (ppoll(fds, n, timeout_ns == C8D_NO_DEADLINE ? NULL : &timeout, NULL) > 0)
        return;
    for (size_t i = 0; i < n; i++)
        fds[i].revents = 0;
}

bool c8d__waiter_sleep(struct c8d__waiter *waiter, struct pollfd *others, size_t n, int64_t timeout_ns)
{
    struct pollfd own[OWN_COUNT];
    struct pollfd *fds = c8d__poll_room(&waiter->room, waiter->allocator, OWN_COUNT + n);
    size_t count = OWN_COUNT + n;
    uint64_t wakes;

    if (fds == NULL) {
        sleep_for(others, n, 0);
        timeout_ns = timeout_ns < SOON ? timeout_ns : SOON;
        fds = own;
        count = OWN_COUNT;
    } else if (n != 0) {
        memcpy(fds + OWN_COUNT, others, n * sizeof(*others));
    }
    fds[AT_SET] = (struct pollfd){.fd = waiter->set_fd, .events = POLLIN};
    fds[AT_WAKE] = (struct pollfd){.fd = waiter->wake_fd, .events = POLLIN};
    sleep_for(fds, count, timeout_ns);
    if (count > OWN_COUNT)
        memcpy(others, fds + OWN_COUNT, n * sizeof(*others));
    if (fds[AT_WAKE].revents != 0 && read(waiter->wake_fd, &wakes, sizeof(wakes)) < 0)
        return false; /* another reader was faster */
    return fds[AT_SET].revents != 0;
}

int c8d__waiter_fd(const struct c8d__waiter *waiter)
{
    return waiter->set_fd;
}

void c8d__waiter_ring_at(struct c8d__waiter *waiter, int64_t at_ns)
{
    struct itimerspec when = {0};

    if (at_ns != C8D_NO_DEADLINE)
        when.it_value = timespec_of(at_ns);
    (void)timerfd_settime(waiter->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}
