/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection: a unix socket that we connect and C core speaks over.
 *
 * We connect ourselves, since C core's own way has a back-off of up to many seconds and resolvers that a
 * socket path does not need. Such a channel never connects again, so a lost one is thrown away and the next
 * call makes another. C core owns the socket; we poll a duplicate.
 *
 * There are no keepalive pings: containerd ends a connection that sends them. A peer that dies shows at once.
 */
#include "remote_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <grpc/grpc_posix.h>
#include <grpc/grpc_security.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* After this much silence a connection is looked at before a call is trusted to it. */
#define SILENCE C8D__MS

int64_t c8d__remote_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 * C8D__MS + now.tv_nsec;
}

static int connect_socket(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    /* A unix socket connects at once or not at all. */
    if (fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof(*address)) != 0) {
        int error = errno;

        (void)close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

/*
 * A lean channel. Not C core's "minimal stack", which is no faster to speak of and leaves the limit of a
 * message out.
 */
static grpc_channel *make_channel(int fd)
{
    static const struct {
        const char *key;
        int value;
    } settings[] = {
        {GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, C8D__MESSAGE_BYTES_MAX},
        {GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0},
        {GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0},
        {GRPC_ARG_ENABLE_RETRIES, 0},
        {GRPC_ARG_ENABLE_CHANNELZ, 0},
        {GRPC_ARG_ENABLE_HTTP_PROXY, 0},
        {GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1},
        {GRPC_ARG_CLIENT_IDLE_TIMEOUT_MS, INT_MAX},
        {GRPC_ARG_HTTP2_BDP_PROBE, 0},
    };
    enum { COUNT = sizeof(settings) / sizeof(settings[0]) };
    grpc_arg list[COUNT];
    const grpc_channel_args args = {COUNT, list};
    grpc_channel_credentials *credentials = grpc_insecure_credentials_create();
    grpc_channel *channel;

    for (size_t i = 0; i < COUNT; i++) {
        list[i] = (grpc_arg){.type = GRPC_ARG_INTEGER};
        memcpy(&list[i].key, &settings[i].key, sizeof(list[i].key));
        list[i].value.integer = settings[i].value;
    }
    channel = grpc_channel_create_from_fd("localhost", fd, credentials, &args);
    grpc_channel_credentials_release(credentials);
    return channel;
}

static int watch(const struct c8d__remote *remote, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    return epoll_ctl(remote->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

static int open_connection(struct c8d__remote *remote)
{
    struct c8d__connection *connection = &remote->connection;
    int fd = connect_socket(&remote->address);
    int ours = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
    int error = ours >= 0 ? watch(remote, ours) : errno;

    if (error != 0) {
        if (ours >= 0)
            (void)close(ours);
        if (fd >= 0)
            (void)close(fd);
        return error;
    }
    *connection = (struct c8d__connection){.fd = ours, .fresh = true, .channel = make_channel(fd)};
    connection->active_ns = c8d__remote_now();
    remote->counters.connects++;
    return 0;
}

void c8d__connection_close(struct c8d__remote *remote)
{
    struct c8d__connection *connection = &remote->connection;

    if (connection->fd < 0)
        return;
    /* Calls in flight hold what they need of the channel, and end by themselves. */
    grpc_channel_destroy(connection->channel);
    (void)epoll_ctl(remote->epoll_fd, EPOLL_CTL_DEL, connection->fd, NULL);
    (void)close(connection->fd);
    *connection = (struct c8d__connection){.fd = -1};
    c8d__remote_look_now(remote);
}

void c8d__connection_check(struct c8d__remote *remote)
{
    struct pollfd fd = {.fd = remote->connection.fd, .events = 0};

    if (fd.fd >= 0 && poll(&fd, 1, 0) == 1 && (fd.revents & (POLLHUP | POLLERR)) != 0)
        c8d__connection_close(remote);
}

int c8d__connection_ensure(struct c8d__remote *remote)
{
    if (remote->connection.fd >= 0 && c8d__remote_now() - remote->connection.active_ns > SILENCE)
        c8d__connection_check(remote);
    return remote->connection.fd >= 0 ? 0 : open_connection(remote);
}

static gpr_timespec grpc_time(int64_t ns)
{
    if (ns == C8D_NO_DEADLINE)
        return gpr_inf_future(GPR_CLOCK_MONOTONIC);
    return (gpr_timespec){
        .tv_sec = ns / (1000 * C8D__MS),
        .tv_nsec = (int32_t)(ns % (1000 * C8D__MS)),
        .clock_type = GPR_CLOCK_MONOTONIC,
    };
}

grpc_call *c8d__connection_call(struct c8d__remote *remote, enum c8d__method method, int64_t deadline_ns)
{
    struct c8d__connection *connection = &remote->connection;
    void **handle = &connection->methods[method];

    if (*handle == NULL)
        *handle = grpc_channel_register_call(connection->channel, c8d__method_path(method), NULL, NULL);
    connection->active_ns = c8d__remote_now();
    remote->counters.calls++;
    return grpc_channel_create_registered_call(connection->channel, NULL, GRPC_PROPAGATE_DEFAULTS,
                                               remote->queue, *handle, grpc_time(deadline_ns), NULL);
}
