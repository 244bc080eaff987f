/* SPDX-License-Identifier: Apache-2.0 */
#include "descriptor.h"
#include "include/poll.h"
#include <errno.h>
#include <io.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef poll

/* Numbers that the C runtime does not give. */
#define FIRST 0x10000
#define DESCRIPTORS_MAX 16384
#define PIPE_BYTES 65536
/* A write of so many bytes goes in as a whole or not at all. */
#define ATOMIC_BYTES 4096
#define NS_PER_SECOND 1000000000L

#define POSIX_NONBLOCK 0x10000

/* A pipe, or a counter, which is its own other end. */
struct object {
    bool counter;
    uint64_t count;
    unsigned readers, writers;
    size_t at, n; /* the bytes that are in it, in a ring */
    char bytes[PIPE_BYTES];
};

struct descriptor {
    struct object *object; /* NULL = free */
    bool writes;
    bool blocks;
};

/* One lock and one condition for all: there are few, and whoever waits looks at his own. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct descriptor descriptors[DESCRIPTORS_MAX];

static int fail(int error)
{
    errno = error;
    return -1;
}

static struct descriptor *find(int fd)
{
    int i = fd - FIRST;

    return i >= 0 && i < DESCRIPTORS_MAX && descriptors[i].object != NULL ? &descriptors[i] : NULL;
}

/* -1: there is none left. */
static int add(struct object *object, bool writes, bool blocks)
{
    for (int i = 0; i < DESCRIPTORS_MAX; i++) {
        if (descriptors[i].object != NULL)
            continue;
        descriptors[i] = (struct descriptor){object, writes, blocks};
        object->readers += !writes;
        object->writers += writes;
        return FIRST + i;
    }
    return -1;
}

static void drop(struct descriptor *descriptor)
{
    struct object *object = descriptor->object;

    object->readers -= !descriptor->writes;
    object->writers -= descriptor->writes;
    descriptor->object = NULL;
    if (object->readers + object->writers == 0)
        free(object);
    pthread_cond_broadcast(&changed);
}

/* ---- making and closing
 * ------------------------------------------------------------------------------------------------- */

int c8d__posix_pipe2(int ends[2], int flags)
{
    struct object *object = calloc(1, sizeof(*object));
    bool blocks = (flags & POSIX_NONBLOCK) == 0;
    int reads, writes = -1;

    if (object == NULL)
        return fail(ENOMEM);
    pthread_mutex_lock(&lock);
    reads = add(object, false, blocks);
    if (reads >= 0)
        writes = add(object, true, blocks);
    if (reads >= 0 && writes < 0)
        drop(find(reads));
    else if (reads < 0)
        free(object);
    pthread_mutex_unlock(&lock);
    if (writes < 0)
        return fail(EMFILE);
    ends[0] = reads;
    ends[1] = writes;
    return 0;
}

int c8d__posix_eventfd(unsigned count, int flags)
{
    struct object *object = calloc(1, sizeof(*object));
    int fd;

    (void)flags;
    if (object == NULL)
        return fail(ENOMEM);
    object->counter = true;
    object->count = count;
    pthread_mutex_lock(&lock);
    fd = add(object, false, false);
    pthread_mutex_unlock(&lock);
    if (fd >= 0)
        return fd;
    free(object);
    return fail(EMFILE);
}

int c8d__posix_dup(int fd)
{
    const struct descriptor *descriptor;
    int copy = -1;
    int error = EBADF;

    pthread_mutex_lock(&lock);
    descriptor = find(fd);
    if (descriptor != NULL) {
        error = EMFILE;
        copy = add(descriptor->object, descriptor->writes, descriptor->blocks);
    }
    pthread_mutex_unlock(&lock);
    return copy >= 0 ? copy : fail(error);
}

int c8d__posix_close(int fd)
{
    struct descriptor *descriptor;

    if (fd < FIRST)
        return _close(fd);
    pthread_mutex_lock(&lock);
    descriptor = find(fd);
    if (descriptor != NULL)
        drop(descriptor);
    pthread_mutex_unlock(&lock);
    return descriptor != NULL ? 0 : fail(EBADF);
}

/* ---- reading and writing
 * ------------------------------------------------------------------------------------------------ */

static size_t take(struct object *object, char *to, size_t n)
{
    size_t first;

    n = n < object->n ? n : object->n;
    first = n < PIPE_BYTES - object->at ? n : PIPE_BYTES - object->at;
    memcpy(to, object->bytes + object->at, first);
    memcpy(to + first, object->bytes, n - first);
    object->at = (object->at + n) % PIPE_BYTES;
    object->n -= n;
    return n;
}

static size_t put(struct object *object, const char *from, size_t n)
{
    size_t room = PIPE_BYTES - object->n;
    size_t end = (object->at + object->n) % PIPE_BYTES;
    size_t first;

    if (n > room && n <= ATOMIC_BYTES)
        return 0;
    n = n < room ? n : room;
    first = n < PIPE_BYTES - end ? n : PIPE_BYTES - end;
    memcpy(object->bytes + end, from, first);
    memcpy(object->bytes, from + first, n - first);
    object->n += n;
    return n;
}

static ssize_t read_counter(struct object *object, void *bytes, size_t n)
{
    if (n < sizeof(object->count))
        return fail(EINVAL);
    if (object->count == 0)
        return fail(EAGAIN);
    memcpy(bytes, &object->count, sizeof(object->count));
    object->count = 0;
    return (ssize_t)sizeof(object->count);
}

static ssize_t read_locked(const struct descriptor *descriptor, void *bytes, size_t n)
{
    struct object *object = descriptor->object;

    if (object->counter)
        return read_counter(object, bytes, n);
    if (descriptor->writes)
        return fail(EBADF);
    if (object->n == 0 && object->writers == 0)
        return 0;
    return object->n == 0 && n != 0 ? fail(EAGAIN) : (ssize_t)take(object, bytes, n);
}

static ssize_t write_locked(const struct descriptor *descriptor, const void *bytes, size_t n)
{
    struct object *object = descriptor->object;
    uint64_t more;
    size_t written;

    if (object->counter) {
        if (n < sizeof(more))
            return fail(EINVAL);
        memcpy(&more, bytes, sizeof(more));
        object->count += more;
        return (ssize_t)sizeof(more);
    }
    if (!descriptor->writes)
        return fail(EBADF);
    if (object->readers == 0)
        return fail(EPIPE);
    written = put(object, bytes, n);
    return written == 0 && n != 0 ? fail(EAGAIN) : (ssize_t)written;
}

ssize_t c8d__posix_read(int fd, void *bytes, size_t n)
{
    struct descriptor *descriptor;
    ssize_t got = -1;

    if (fd < FIRST)
        return _read(fd, bytes, n < INT32_MAX ? (unsigned)n : INT32_MAX);
    pthread_mutex_lock(&lock);
    errno = EBADF;
    while ((descriptor = find(fd)) != NULL) {
        got = read_locked(descriptor, bytes, n);
        if (got >= 0 || errno != EAGAIN || !descriptor->blocks)
            break;
        pthread_cond_wait(&changed, &lock);
    }
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return got;
}

ssize_t c8d__posix_write(int fd, const void *bytes, size_t n)
{
    struct descriptor *descriptor;
    ssize_t written = -1;

    if (fd < FIRST)
        return _write(fd, bytes, n < INT32_MAX ? (unsigned)n : INT32_MAX);
    pthread_mutex_lock(&lock);
    errno = EBADF;
    while ((descriptor = find(fd)) != NULL) {
        written = write_locked(descriptor, bytes, n);
        if (written >= 0 || errno != EAGAIN || !descriptor->blocks)
            break;
        pthread_cond_wait(&changed, &lock);
    }
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return written;
}

/* ---- poll
 * -------------------------------------------------------------------------------------------------------------
 */

static int look(const struct descriptor *descriptor)
{
    const struct object *object = descriptor->object;

    if (object->counter)
        return (object->count != 0 ? POLLIN : 0) | POLLOUT;
    if (descriptor->writes)
        return object->readers == 0                     ? POLLOUT | POLLERR
               : PIPE_BYTES - object->n >= ATOMIC_BYTES ? POLLOUT
                                                        : 0;
    return (object->n != 0 ? POLLIN : 0) | (object->writers == 0 ? POLLHUP : 0);
}

static short ready(const struct pollfd *pollfd)
{
    const struct descriptor *descriptor = find(pollfd->fd);
    int always = POLLERR | POLLHUP;

    if (pollfd->fd < 0)
        return 0;
    if (descriptor == NULL)
        return pollfd->fd < FIRST ? pollfd->events : POLLNVAL;
    return (short)(look(descriptor) & (pollfd->events | always));
}

static int look_at_all(struct pollfd *fds, size_t n)
{
    int any = 0;

    for (size_t i = 0; i < n; i++) {
        fds[i].revents = ready(&fds[i]);
        any += fds[i].revents != 0;
    }
    return any;
}

static struct timespec after(int timeout_ms)
{
    struct timespec at;

    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_sec += timeout_ms / 1000;
    at.tv_nsec += timeout_ms % 1000 * (NS_PER_SECOND / 1000);
    at.tv_sec += at.tv_nsec / NS_PER_SECOND;
    at.tv_nsec %= NS_PER_SECOND;
    return at;
}

int c8d__posix_poll(struct pollfd *fds, size_t n, int timeout_ms)
{
    const struct timespec until = after(timeout_ms > 0 ? timeout_ms : 0);
    bool late = timeout_ms == 0;
    int any;

    pthread_mutex_lock(&lock);
    while ((any = look_at_all(fds, n)) == 0 && !late) {
        if (timeout_ms < 0)
            pthread_cond_wait(&changed, &lock);
        else
            late = pthread_cond_timedwait(&changed, &lock, &until) == ETIMEDOUT;
    }
    pthread_mutex_unlock(&lock);
    return any;
}
