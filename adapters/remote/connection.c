/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Having a connection: a unix socket that we connect and a transport speaks over.
 *
 * A connection that is lost is thrown away, and the next call makes another. There are no keepalive pings:
 * containerd ends a connection that sends them. A peer that dies shows at once.
 */
#include "remote_internal.h"
#include "socket.h"
#include <errno.h>
#include <time.h>

/* After this much silence a connection is looked at before a call is trusted to it. */
#define SILENCE C8D__MS

int64_t c8d__remote_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 * C8D__MS + now.tv_nsec;
}

int c8d__connection_use(struct c8d__remote *remote, int fd)
{
    int error = remote->transport->ops->connect(remote->transport, fd);

    if (error != 0)
        return error;
    remote->active_ns = c8d__remote_now();
    remote->counters.connects++;
    return 0;
}

static int open_connection(struct c8d__remote *remote)
{
    int error;
    int fd = -1; /* for the compiler, which looks across files and does not see that it is set on success */

    if (remote->address.len == 0)
        return ENOTCONN;
    error = c8d__socket_connect(remote->address.ptr, &fd);
    return error == 0 ? c8d__connection_use(remote, fd) : error;
}

void c8d__connection_check(struct c8d__remote *remote)
{
    remote->transport->ops->check(remote->transport);
}

int c8d__connection_ensure(struct c8d__remote *remote)
{
    const struct c8d__transport *transport = remote->transport;

    if (transport->ops->connected(transport) && c8d__remote_now() - remote->active_ns > SILENCE)
        c8d__connection_check(remote);
    return transport->ops->connected(transport) ? 0 : open_connection(remote);
}
