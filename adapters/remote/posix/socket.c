/* SPDX-License-Identifier: Apache-2.0 */
#include "../socket.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* What a path of a unix socket can have, without the final NUL. */
#define PATH_BYTES_MAX (sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1)

enum c8d_status c8d__socket_address(struct c8d_str *address, struct c8d_error *err)
{
    static const char scheme[] = "unix://";
    const size_t length = sizeof(scheme) - 1;

    if (address->len >= length && memcmp(address->ptr, scheme, length) == 0)
        *address = (struct c8d_str){address->ptr + length, address->len - length};
    if (address->len <= 1 || address->ptr[0] != '/' || memchr(address->ptr, '\0', address->len) != NULL)
        return c8d_error_set(err, C8D_INVALID, "address: not an absolute path of a socket");
    if (address->len > PATH_BYTES_MAX)
        return c8d_error_set(err, C8D_INVALID,
                             "address: longer than the %zu bytes that a socket's path can have",
                             PATH_BYTES_MAX);
    return C8D_OK;
}

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
