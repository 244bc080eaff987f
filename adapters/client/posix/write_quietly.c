/* SPDX-License-Identifier: Apache-2.0 */
#include "client/client_internal.h"
#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* Takes a SIGPIPE that our own write has raised out of the pending ones. */
static void swallow_sigpipe(const sigset_t *pipe_only)
{
    const struct timespec now = {0};

    while (sigtimedwait(pipe_only, NULL, &now) < 0 && errno == EINTR)
        ;
}

ssize_t c8d__write_quietly(int fd, const void *data, size_t length)
{
    sigset_t pipe_only, pending, before;
    ssize_t n;
    int error;

    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigemptyset(&pending);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    do
        n = write(fd, data, length);
    while (n < 0 && errno == EINTR);
    error = errno;
    if (n < 0 && error == EPIPE && sigismember(&pending, SIGPIPE) == 0)
        swallow_sigpipe(&pipe_only);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return n;
}
