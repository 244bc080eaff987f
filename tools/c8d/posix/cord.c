/* SPDX-License-Identifier: Apache-2.0 */
#include "cord.h"
#include <c8d/simulated.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void c8d__cord_simulated(struct c8d__cord *cord, struct c8d_runtime runtime)
{
    *cord = (struct c8d__cord){.simulated = runtime, .fd = -1};
}

static bool make_address(struct c8d_str text, struct sockaddr_un *out)
{
    static const char scheme[] = "unix://";
    const size_t length = sizeof(scheme) - 1;

    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (text.len > length && memcmp(text.ptr, scheme, length) == 0)
        text = (struct c8d_str){text.ptr + length, text.len - length};
    if (text.len == 0 || text.len >= sizeof(out->sun_path))
        return false;
    memcpy(out->sun_path, text.ptr, text.len);
    return true;
}

enum c8d_status c8d__cord_connect(struct c8d__cord *cord, struct c8d_str address, int *fd,
                                  struct c8d_error *err)
{
    struct sockaddr_un to;
    int made;

    *cord = (struct c8d__cord){.fd = -1};
    if (!make_address(address, &to))
        return c8d_error_set(err, C8D_INVALID, "no path of a socket: '%.*s'", (int)address.len, address.ptr);
    made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made >= 0 && connect(made, (const struct sockaddr *)&to, sizeof(to)) == 0)
        cord->fd = fcntl(made, F_DUPFD_CLOEXEC, 0);
    if (cord->fd >= 0) {
        *fd = made;
        return C8D_OK;
    }
    c8d_error_set(err, C8D_UNAVAILABLE, "cannot connect to '%s': %s", to.sun_path, strerror(errno));
    if (made >= 0)
        (void)close(made);
    return C8D_UNAVAILABLE;
}

void c8d__cord_cut(struct c8d__cord *cord)
{
    if (cord->simulated.ops != NULL)
        c8d_simulated_disconnect(cord->simulated);
    else
        (void)shutdown(cord->fd, SHUT_RDWR);
}

void c8d__cord_release(struct c8d__cord *cord)
{
    if (cord->fd >= 0)
        (void)close(cord->fd);
    cord->fd = -1;
}
