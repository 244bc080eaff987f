/* SPDX-License-Identifier: Apache-2.0 */
/* Pipes in the memory of the process, and counters, each of which is its own other end. */
#include "descriptor.h"
#include "descriptor_internal.h"
#include "include/poll.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PIPE_BYTES 65536
/* A write of so many bytes goes in as a whole or not at all. */
#define ATOMIC_BYTES 4096

#define POSIX_NONBLOCK 0x10000

struct memory_pipe {
    struct c8d__object object; /* first */
    size_t at, n;              /* the bytes that are in it, in a ring */
    char bytes[PIPE_BYTES];
};

struct counter {
    struct c8d__object object; /* first */
    uint64_t count;
};

static int fail(int error)
{
    errno = error;
    return -1;
}

/* Both begin with their object. */
static void drop(struct c8d__object *object)
{
    free(object);
}

static size_t take(struct memory_pipe *pipe, char *to, size_t n)
{
    size_t first;

    n = n < pipe->n ? n : pipe->n;
    first = n < PIPE_BYTES - pipe->at ? n : PIPE_BYTES - pipe->at;
    memcpy(to, pipe->bytes + pipe->at, first);
    memcpy(to + first, pipe->bytes, n - first);
    pipe->at = (pipe->at + n) % PIPE_BYTES;
    pipe->n -= n;
    return n;
}

static size_t put(struct memory_pipe *pipe, const char *from, size_t n)
{
    size_t room = PIPE_BYTES - pipe->n;
    size_t end = (pipe->at + pipe->n) % PIPE_BYTES;
    size_t first;

    if (n > room && n <= ATOMIC_BYTES)
        return 0;
    n = n < room ? n : room;
    first = n < PIPE_BYTES - end ? n : PIPE_BYTES - end;
    memcpy(pipe->bytes + end, from, first);
    memcpy(pipe->bytes, from + first, n - first);
    pipe->n += n;
    return n;
}

static ssize_t read_pipe(struct c8d__object *object, void *bytes, size_t n)
{
    struct memory_pipe *pipe = (struct memory_pipe *)object;

    if (pipe->n == 0 && object->writers == 0)
        return 0;
    return pipe->n == 0 && n != 0 ? fail(EAGAIN) : (ssize_t)take(pipe, bytes, n);
}

static ssize_t write_pipe(struct c8d__object *object, const void *bytes, size_t n)
{
    size_t written;

    if (object->readers == 0)
        return fail(EPIPE);
    written = put((struct memory_pipe *)object, bytes, n);
    return written == 0 && n != 0 ? fail(EAGAIN) : (ssize_t)written;
}

static int look_at_pipe(const struct c8d__object *object, bool writes)
{
    const struct memory_pipe *pipe = (const struct memory_pipe *)object;

    if (!writes)
        return (pipe->n != 0 ? POLLIN : 0) | (object->writers == 0 ? POLLHUP : 0);
    if (object->readers == 0)
        return POLLOUT | POLLERR;
    return PIPE_BYTES - pipe->n >= ATOMIC_BYTES ? POLLOUT : 0;
}

static const struct c8d__object_kind pipe_kind = {false, read_pipe, write_pipe, look_at_pipe, drop};

int c8d__posix_pipe2(int ends[2], int flags)
{
    struct memory_pipe *pipe = calloc(1, sizeof(*pipe));
    bool blocks = (flags & POSIX_NONBLOCK) == 0;
    int reads, writes = -1;

    if (pipe == NULL)
        return fail(ENOMEM);
    pipe->object.kind = &pipe_kind;
    c8d__descriptors_lock();
    reads = c8d__descriptors_add(&pipe->object, false, blocks);
    if (reads >= 0)
        writes = c8d__descriptors_add(&pipe->object, true, blocks);
    if (reads >= 0 && writes < 0)
        c8d__descriptors_remove(reads);
    else if (reads < 0)
        free(pipe);
    c8d__descriptors_unlock();
    if (writes < 0)
        return fail(EMFILE);
    ends[0] = reads;
    ends[1] = writes;
    return 0;
}

static ssize_t read_counter(struct c8d__object *object, void *bytes, size_t n)
{
    struct counter *counter = (struct counter *)object;

    if (n < sizeof(counter->count))
        return fail(EINVAL);
    if (counter->count == 0)
        return fail(EAGAIN);
    memcpy(bytes, &counter->count, sizeof(counter->count));
    counter->count = 0;
    return (ssize_t)sizeof(counter->count);
}

static ssize_t write_counter(struct c8d__object *object, const void *bytes, size_t n)
{
    uint64_t more;

    if (n < sizeof(more))
        return fail(EINVAL);
    memcpy(&more, bytes, sizeof(more));
    ((struct counter *)object)->count += more;
    return (ssize_t)sizeof(more);
}

static int look_at_counter(const struct c8d__object *object, bool writes)
{
    (void)writes;
    return (((const struct counter *)object)->count != 0 ? POLLIN : 0) | POLLOUT;
}

static const struct c8d__object_kind counter_kind = {true, read_counter, write_counter, look_at_counter,
                                                     drop};

int c8d__posix_eventfd(unsigned count, int flags)
{
    struct counter *counter = calloc(1, sizeof(*counter));
    int fd;

    (void)flags;
    if (counter == NULL)
        return fail(ENOMEM);
    counter->object.kind = &counter_kind;
    counter->count = count;
    c8d__descriptors_lock();
    fd = c8d__descriptors_add(&counter->object, false, false);
    c8d__descriptors_unlock();
    if (fd >= 0)
        return fd;
    free(counter);
    return fail(EMFILE);
}
