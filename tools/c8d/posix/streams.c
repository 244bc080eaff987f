/* SPDX-License-Identifier: Apache-2.0 */
#include "streams.h"
#include "c8d.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

/* What is closed by an exec was not given to us: before main() some library found the place free, and forgot
 * what it opened there, as the gRPC C core does. */
static bool is_given(int fd)
{
    int flags = fcntl(fd, F_GETFD);

    return flags >= 0 && (flags & FD_CLOEXEC) == 0;
}

/* With a standard stream closed, the first socket would take its place and be written to. */
static void fill(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        /* The wrong way round, so that its use fails. */
        int flags = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
        int null = is_given(fd) ? fd : open("/dev/null", flags);

        if (null < 0 || (null != fd && (dup2(null, fd) != fd || close(null) != 0)))
            _exit(C8D__EXIT_FAILED);
    }
}

void c8d__streams_begin(void)
{
    fill();
    (void)signal(SIGPIPE, SIG_IGN);
}

/* The stream is asked, since the error may be of something later. */
bool c8d__streams_reader_is_gone(int error)
{
    struct pollfd fd = {.fd = STDOUT_FILENO, .events = POLLOUT};

    (void)error;
    return poll(&fd, 1, 0) == 1 && (fd.revents & POLLERR) != 0;
}

int c8d__streams_input(void)
{
    return STDIN_FILENO;
}
