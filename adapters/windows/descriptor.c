/* SPDX-License-Identifier: Apache-2.0 */
/* The table of descriptors, and the calls on them. */
#include "descriptor.h"
#include "descriptor_internal.h"
#include "include/poll.h"
#include <errno.h>
#include <io.h>
#include <pthread.h>
#include <time.h>

#undef poll

/* Numbers that the C runtime does not give. */
#define FIRST 0x10000
#define DESCRIPTORS_MAX 16384
#define NS_PER_SECOND 1000000000L

struct descriptor {
    struct c8d__object *object; /* NULL = free */
    bool writes;
    bool blocks;
};

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

void c8d__descriptors_lock(void)
{
    pthread_mutex_lock(&lock);
}

void c8d__descriptors_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

void c8d__descriptors_changed(void)
{
    pthread_cond_broadcast(&changed);
}

int c8d__descriptors_add(struct c8d__object *object, bool writes, bool blocks)
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

void c8d__descriptors_remove(int fd)
{
    struct descriptor *descriptor = find(fd);
    struct c8d__object *object = descriptor->object;

    object->readers -= !descriptor->writes;
    object->writers -= descriptor->writes;
    descriptor->object = NULL;
    if (object->readers + object->writers == 0)
        object->kind->drop(object);
    c8d__descriptors_changed();
}

int c8d__posix_dup(int fd)
{
    const struct descriptor *descriptor;
    int copy = -1;
    int error = EBADF;

    if (fd < FIRST)
        return _dup(fd);
    pthread_mutex_lock(&lock);
    descriptor = find(fd);
    if (descriptor != NULL) {
        error = EMFILE;
        copy = c8d__descriptors_add(descriptor->object, descriptor->writes, descriptor->blocks);
    }
    pthread_mutex_unlock(&lock);
    return copy >= 0 ? copy : fail(error);
}

int c8d__posix_close(int fd)
{
    bool found;

    if (fd < FIRST)
        return _close(fd);
    pthread_mutex_lock(&lock);
    found = find(fd) != NULL;
    if (found)
        c8d__descriptors_remove(fd);
    pthread_mutex_unlock(&lock);
    return found ? 0 : fail(EBADF);
}

ssize_t c8d__posix_read(int fd, void *bytes, size_t n)
{
    const struct descriptor *descriptor;
    ssize_t got = -1;

    if (fd < FIRST)
        return _read(fd, bytes, n < INT32_MAX ? (unsigned)n : INT32_MAX);
    pthread_mutex_lock(&lock);
    errno = EBADF;
    while ((descriptor = find(fd)) != NULL && !descriptor->writes) {
        got = descriptor->object->kind->read(descriptor->object, bytes, n);
        if (got >= 0 || errno != EAGAIN || !descriptor->blocks)
            break;
        pthread_cond_wait(&changed, &lock);
        errno = EBADF;
    }
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return got;
}

static bool takes(const struct descriptor *descriptor)
{
    return descriptor->writes || descriptor->object->kind->duplex;
}

ssize_t c8d__posix_write(int fd, const void *bytes, size_t n)
{
    const struct descriptor *descriptor;
    ssize_t written = -1;

    if (fd < FIRST)
        return _write(fd, bytes, n < INT32_MAX ? (unsigned)n : INT32_MAX);
    pthread_mutex_lock(&lock);
    errno = EBADF;
    while ((descriptor = find(fd)) != NULL && takes(descriptor)) {
        written = descriptor->object->kind->write(descriptor->object, bytes, n);
        if (written >= 0 || errno != EAGAIN || !descriptor->blocks)
            break;
        pthread_cond_wait(&changed, &lock);
        errno = EBADF;
    }
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    return written;
}

static short ready(const struct pollfd *pollfd)
{
    const struct descriptor *descriptor = find(pollfd->fd);
    int always = POLLERR | POLLHUP;

    if (pollfd->fd < 0)
        return 0;
    if (descriptor == NULL)
        return pollfd->fd < FIRST ? pollfd->events : POLLNVAL;
    return (short)(descriptor->object->kind->look(descriptor->object, descriptor->writes) &
                   (pollfd->events | always));
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
