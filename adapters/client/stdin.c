/* SPDX-License-Identifier: Apache-2.0 */
/* The standard input of a process. */
#include "client_internal.h"
#include <errno.h>
#include <unistd.h>

enum c8d_status c8d_process_write_stdin(struct c8d_process *process, const void *data, size_t length,
                                        size_t *written, struct c8d_error *err)
{
    enum c8d_status status = C8D_OK;
    ssize_t n;

    pthread_mutex_lock(&process->client->lock);
    if (process->stdio.in < 0) {
        status = c8d_error_set(err, C8D_CONFLICT, "no standard input, or it is closed");
    } else {
        n = c8d__write_quietly(process->stdio.in, data, length);
        if (n >= 0 || errno == EAGAIN)
            *written = n > 0 ? (size_t)n : 0;
        else
            status = c8d_error_set_origin(err, C8D_CONFLICT, C8D_ORIGIN_ERRNO, errno,
                                          "its standard input is closed at the other end");
    }
    pthread_mutex_unlock(&process->client->lock);
    return status;
}

int c8d_process_stdin_fd(struct c8d_process *process)
{
    int fd;

    pthread_mutex_lock(&process->client->lock);
    fd = process->stdio.in;
    pthread_mutex_unlock(&process->client->lock);
    return fd;
}

static bool started_or_over(void *arg)
{
    const struct c8d_process *process = arg;

    return process->started || process->has_end;
}

static enum c8d_status close_io(struct c8d_process *process, int64_t deadline, struct c8d_error *err)
{
    struct c8d_client *client = process->client;
    struct c8d__plain what = {.process = process,
                              .call = {.kind = C8D_CALL_CLOSE_STDIN, .container = process->container->id}};
    enum c8d_status status;

    if (process->exec != C8D_REF_NONE)
        what.call.process = process->id;
    /* Asked for before the start it would be lost, and some runtimes hang. */
    if (c8d__wait(client, started_or_over, process, deadline) != C8D_OK)
        return c8d_error_set(err, C8D_DEADLINE, "it was not started in time");
    if (process->has_end)
        return C8D_OK;
    status = c8d__connect(client, deadline, err);
    if (status == C8D_OK)
        status = c8d__plain_call(client, &what, deadline, err);
    return status == C8D_NOT_FOUND || process->has_end ? C8D_OK : status;
}

enum c8d_status c8d_process_close_stdin(struct c8d_process *process, int64_t timeout_ns,
                                        struct c8d_error *err)
{
    struct c8d_client *client = process->client;
    enum c8d_status status = c8d__enter(client, err);

    if (status != C8D_OK)
        return status;
    if (process->stdio.in >= 0) {
        close(process->stdio.in);
        process->stdio.in = -1;
        status = close_io(process, c8d__deadline(client, timeout_ns), err);
    } else if (!process->has_end) {
        status = c8d_error_set(err, C8D_CONFLICT, "no standard input, or it is closed");
    }
    c8d__leave(client);
    return status;
}
