/* SPDX-License-Identifier: Apache-2.0 */
/* One descriptor for an event loop: the runtime's and those of all streams, in an epoll set. */
#include "client/client_internal.h"
#include <sys/epoll.h>
#include <unistd.h>

void c8d__watch(struct c8d_client *client, int fd, bool on)
{
    struct epoll_event event = {.events = EPOLLIN};

    /* Failure leaves a stream to the next dispatch, which looks at all of them. */
    if (client->epoll >= 0 && fd >= 0)
        (void)epoll_ctl(client->epoll, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, fd, &event);
}

static void watch_all(struct c8d_client *client, int runtime_fd)
{
    c8d__watch(client, runtime_fd, true);
    for (const struct c8d_process *process = client->streams; process != NULL;
         process = process->next_stream) {
        if (c8d__stdio_is_read(process, C8D_STDIO_OUT))
            c8d__watch(client, process->stdio.out, true);
        if (c8d__stdio_is_read(process, C8D_STDIO_ERR))
            c8d__watch(client, process->stdio.err, true);
    }
}

int c8d_client_fd(struct c8d_client *client)
{
    int fd;

    pthread_mutex_lock(&client->lock);
    if (client->epoll < 0) {
        int runtime_fd = client->runtime.ops->fd(client->runtime.ctx);

        if (runtime_fd >= 0)
            client->epoll = epoll_create1(EPOLL_CLOEXEC);
        if (client->epoll >= 0)
            watch_all(client, runtime_fd);
    }
    fd = client->epoll;
    pthread_mutex_unlock(&client->lock);
    return fd;
}
