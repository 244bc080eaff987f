/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a runtime sleeps on: its sockets, a wake-up and a time. Each system has a file of it, beside that of
 * its sockets: posix/waiter.c, windows/waiter.c.
 */
#ifndef C8D_REMOTE_WAITER_H
#define C8D_REMOTE_WAITER_H

#include <c8d/allocator.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pollfd;
struct c8d__waiter;

/* NULL: there are no descriptors, or no memory; errno tells. */
struct c8d__waiter *c8d__waiter_new(const struct c8d_allocator *allocator);
/* Takes NULL. Sockets that are still watched are their owners'. */
void c8d__waiter_free(struct c8d__waiter *waiter);

/* Has a sleeper look when there is something to read and, when asked, room to write. Returns 0 or an errno
 * value. */
int c8d__waiter_watch(struct c8d__waiter *waiter, int socket);
void c8d__waiter_watch_room(struct c8d__waiter *waiter, int socket, bool room);
/* Before it is closed. */
void c8d__waiter_unwatch(struct c8d__waiter *waiter, int socket);

/* Sleeps until a watched socket or one of the others is ready, somebody wakes it, or the time is up. Sets the
 * revents of the others. Returns whether a socket is to be looked at. By one thread at a time; it does
 * without memory, and then returns early. */
bool c8d__waiter_sleep(struct c8d__waiter *waiter, struct pollfd *others, size_t n, int64_t timeout_ns);
/* Ends a sleep, or the next one. From any thread, and from a signal handler. */
void c8d__waiter_wake(struct c8d__waiter *waiter);

/* A descriptor for an event loop of somebody else, readable when a sleep would have ended; -1 = there is none
 * on this system. */
int c8d__waiter_fd(const struct c8d__waiter *waiter);
/* Such a loop cannot be told a time: makes the descriptor readable then. C8D_NO_DEADLINE: never. */
void c8d__waiter_ring_at(struct c8d__waiter *waiter, int64_t at_ns);

#endif
