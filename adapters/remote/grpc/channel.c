/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The channel over a socket that we have connected: C core's own way to connect has a back-off of up to many
 * seconds, and resolvers that a socket path does not need. C core owns the socket; we poll a duplicate.
 */
#include "../socket.h"
#include "../waiter.h"
#include "grpc_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <grpc/grpc_posix.h>
#include <grpc/grpc_security.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

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

int c8d__grpc_connect(struct c8d__transport *transport, int fd)
{
    struct c8d__grpc *grpc = (struct c8d__grpc *)transport;
    int ours = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    int error = ours >= 0 ? c8d__waiter_watch(grpc->remote->waiter, ours) : errno;

    if (error != 0) {
        if (ours >= 0)
            c8d__socket_close(ours);
        c8d__socket_close(fd);
        return error;
    }
    grpc->fd = ours;
    grpc->fresh = true;
    grpc->channel = make_channel(fd);
    memset(grpc->methods, 0, sizeof(grpc->methods));
    return 0;
}

void c8d__grpc_disconnect(struct c8d__grpc *grpc)
{
    if (grpc->fd < 0)
        return;
    /* Calls in flight hold what they need of the channel, and end by themselves. */
    grpc_channel_destroy(grpc->channel);
    c8d__waiter_unwatch(grpc->remote->waiter, grpc->fd);
    c8d__socket_close(grpc->fd);
    grpc->fd = -1;
    c8d__remote_look_now(grpc->remote);
}

void c8d__grpc_drop_retired(struct c8d__grpc *grpc)
{
    if (grpc->retired_fd < 0)
        return;
    c8d__waiter_unwatch(grpc->remote->waiter, grpc->retired_fd);
    c8d__socket_close(grpc->retired_fd);
    grpc->retired_fd = -1;
}

void c8d__grpc_retire(struct c8d__grpc *grpc)
{
    if (grpc->fd < 0)
        return;
    c8d__grpc_drop_retired(grpc);
    grpc_channel_destroy(grpc->channel);
    grpc->retired_fd = grpc->fd;
    grpc->fd = -1;
}

/* The C core counts milliseconds and rounds up: a call would be given up on late, and one without any time
 * left could still be answered. */
static gpr_timespec grpc_time(int64_t ns)
{
    if (ns == C8D_NO_DEADLINE)
        return gpr_inf_future(GPR_CLOCK_MONOTONIC);
    ns = ns > C8D__MS ? ns - C8D__MS : 0;
    return (gpr_timespec){
        .tv_sec = ns / (1000 * C8D__MS),
        .tv_nsec = (int32_t)(ns % (1000 * C8D__MS)),
        .clock_type = GPR_CLOCK_MONOTONIC,
    };
}

grpc_call *c8d__grpc_call(struct c8d__grpc *grpc, enum c8d__method method, int64_t deadline_ns)
{
    void **handle = &grpc->methods[method];

    if (*handle == NULL)
        *handle = grpc_channel_register_call(grpc->channel, c8d__method_path(method), NULL, NULL);
    return grpc_channel_create_registered_call(grpc->channel, NULL, GRPC_PROPAGATE_DEFAULTS, grpc->queue,
                                               *handle, grpc_time(deadline_ns), NULL);
}
