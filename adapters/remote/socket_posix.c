/* SPDX-License-Identifier: Apache-2.0 */
#include "socket.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int c8d__socket_connect(const char *path, int *out)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    int fd;

    if (length >= sizeof(address.sun_path))
        return ENAMETOOLONG;
    memcpy(address.sun_path, path, length);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    /* A unix socket connects at once or not at all. */
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        int error = errno;

        (void)close(fd);
        return error;
    }
    *out = fd;
    return 0;
}

int c8d__socket_adopt(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
        return errno;
    return 0;
}

void c8d__socket_close(int fd)
{
    (void)close(fd);
}

static ptrdiff_t nothing_or_over(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
}

ptrdiff_t c8d__socket_read(int fd, void *to, size_t size)
{
    ssize_t n = recv(fd, to, size, 0);

    if (n > 0)
        return n;
    return n == 0 ? -1 : nothing_or_over();
}

ptrdiff_t c8d__socket_write(int fd, const void *from, size_t size)
{
    ssize_t n = send(fd, from, size, MSG_NOSIGNAL);

    return n >= 0 ? n : nothing_or_over();
}

bool c8d__socket_hung_up(int fd)
{
    struct pollfd one = {.fd = fd, .events = 0};

    return poll(&one, 1, 0) == 1 && (one.revents & (POLLHUP | POLLERR)) != 0;
}

int c8d__socket_watch(int set, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    return epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

void c8d__socket_watch_room(int set, int fd, bool room)
{
    struct epoll_event event = {.events = room ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.fd = fd};

    (void)epoll_ctl(set, EPOLL_CTL_MOD, fd, &event);
}

void c8d__socket_unwatch(int set, int fd)
{
    (void)epoll_ctl(set, EPOLL_CTL_DEL, fd, NULL);
}
