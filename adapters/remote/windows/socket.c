/* SPDX-License-Identifier: Apache-2.0 */
/* containerd's named pipe. */
#include "../socket.h"
#include "windows/link.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* What a name of a pipe can have. */
#define NAME_BYTES_MAX 256

static bool begins(struct c8d_str text, const char *with)
{
    return text.len >= strlen(with) && memcmp(text.ptr, with, strlen(with)) == 0;
}

enum c8d_status c8d__socket_address(struct c8d_str *address, struct c8d_error *err)
{
    static const char scheme[] = "npipe://";
    static const char prefix[] = "\\\\.\\pipe\\";
    const size_t length = sizeof(scheme) - 1;

    if (begins(*address, scheme))
        *address = (struct c8d_str){address->ptr + length, address->len - length};
    if (!begins(*address, prefix) || address->len == sizeof(prefix) - 1 ||
        memchr(address->ptr, '\0', address->len) != NULL)
        return c8d_error_set(err, C8D_INVALID,
                             "address: no named pipe, such as \\\\.\\pipe\\containerd-containerd");
    if (address->len > NAME_BYTES_MAX)
        return c8d_error_set(err, C8D_INVALID,
                             "address: longer than the %d bytes that the name of a pipe can have",
                             NAME_BYTES_MAX);
    return C8D_OK;
}

int c8d__socket_connect(const char *path, int *out)
{
    int fd = c8d__link_connect(path);

    if (fd < 0)
        return errno;
    *out = fd;
    return 0;
}

/* The descriptors of others are the C runtime's, which block. */
int c8d__socket_adopt(int fd)
{
    (void)fd;
    return ENOTSUP;
}

void c8d__socket_close(int fd)
{
    (void)close(fd);
}

ptrdiff_t c8d__socket_read(int fd, void *to, size_t size)
{
    ssize_t n = read(fd, to, size);

    if (n > 0)
        return n;
    return n < 0 && errno == EAGAIN ? 0 : -1;
}

ptrdiff_t c8d__socket_write(int fd, const void *from, size_t size)
{
    ssize_t n = write(fd, from, size);

    return n < 0 && errno == EAGAIN ? 0 : n;
}

bool c8d__socket_hung_up(int fd)
{
    struct pollfd one = {.fd = fd, .events = 0};

    return poll(&one, 1, 0) == 1 && (one.revents & (POLLHUP | POLLERR)) != 0;
}
