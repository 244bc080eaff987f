/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our standard input, fed to a process. A thread does it, since not every standard input can be polled and
 * read without waiting, and a full pipe must not keep output or signals waiting.
 */
#include "feed.h"
#include "c8d.h"
#include "streams.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define FEED_BYTES ((size_t)64 * 1024)

/* Waits for a descriptor. @return False when the thread is to stop. */
static bool await(const struct c8d__feed *feed, int fd, short events)
{
    struct pollfd fds[2] = {{.fd = fd, .events = events}, {.fd = feed->stop[0], .events = POLLIN}};

    while (poll(fds, 2, -1) < 0 && errno == EINTR)
        ;
    return fds[1].revents == 0;
}

/* @return False when it takes no more. */
static bool give(const struct c8d__feed *feed, const char *data, size_t length)
{
    while (length > 0) {
        size_t written = 0;

        if (c8d_process_write_stdin(feed->process, data, length, &written, NULL) != C8D_OK)
            return false;
        data += written;
        length -= written;
        if (length > 0 && !await(feed, c8d_process_stdin_fd(feed->process), POLLOUT))
            return false;
    }
    return true;
}

static ssize_t take(int input, unsigned char *data)
{
    ssize_t n;

    do
        n = read(input, data, FEED_BYTES);
    while (n < 0 && errno == EINTR);
    return n;
}

/* Passes on what is not held back. @return False when it is over. */
static bool pass(struct c8d__feed *feed, const unsigned char *data, size_t length)
{
    static unsigned char passed[FEED_BYTES + C8D__KEYS_MAX];
    size_t n;
    bool detached = c8d__keys_filter(&feed->keys, data, length, passed, &n);

    if (!give(feed, (const char *)passed, n))
        return false;
    if (!detached)
        return true;
    atomic_store(&feed->detached, true);
    c8d_client_wake(feed->client);
    return false;
}

static void *run(void *arg)
{
    static unsigned char data[FEED_BYTES];
    struct c8d__feed *feed = arg;
    struct c8d_error err = {0};
    enum c8d_status status;
    ssize_t n = 1;

    while (n > 0) {
        if (!await(feed, feed->input, POLLIN))
            return NULL;
        n = take(feed->input, data);
        if (n < 0 && errno != EAGAIN)
            c8d__fail("standard input: %s", strerror(errno));
        else if (n < 0)
            n = 1;
        else if (n > 0 && !pass(feed, data, (size_t)n))
            return NULL;
    }
    status = c8d_process_close_stdin(feed->process, feed->timeout_ns, &err);
    if (status != C8D_OK && status != C8D_NOT_FOUND)
        c8d__fail("its standard input is not closed: %s", err.message);
    return NULL;
}

bool c8d__feed_start(struct c8d__feed *feed)
{
    int error;

    feed->input = c8d__streams_input();
    if (feed->input < 0) {
        c8d__fail("standard input: %s", strerror(errno));
        return false;
    }
    if (pipe2(feed->stop, O_CLOEXEC) != 0) {
        c8d__fail("no pipe: %s", strerror(errno));
        return false;
    }
    error = pthread_create(&feed->thread, NULL, run, feed);
    if (error == 0)
        return true;
    c8d__fail("no thread: %s", strerror(error));
    close(feed->stop[0]);
    close(feed->stop[1]);
    return false;
}

void c8d__feed_stop(struct c8d__feed *feed)
{
    close(feed->stop[1]);
    pthread_join(feed->thread, NULL);
    close(feed->stop[0]);
}
