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

/* Ours goes first: what has been written is read before the end. */
static enum c8d_status close_near_end(struct c8d_process *process, struct c8d_error *err)
{
    if (!process->has_stdin)
        return c8d_error_set(err, C8D_CONFLICT, "it has no standard input");
    if (process->stdio.in >= 0)
        close(process->stdio.in);
    process->stdio.in = -1;
    return C8D_OK;
}

enum c8d_status c8d_process_close_stdin(struct c8d_process *process, int64_t timeout_ns,
                                        struct c8d_error *err)
{
    const struct c8d__command what = {process->container, process, C8D_REGION_STDIN, C8D_SYM_CLOSE_STDIN};
    struct c8d_client *client = process->client;
    enum c8d_status status = c8d__enter(client, err);
    int64_t deadline;

    if (status != C8D_OK)
        return status;
    deadline = c8d__deadline(client, timeout_ns);
    status = close_near_end(process, err);
    if (status == C8D_OK)
        status = c8d__process_begin(process, deadline, err);
    if (status == C8D_OK)
        status = c8d__command(client, &what, deadline, err);
    c8d__leave(client);
    return status;
}

enum c8d_status c8d_process_close_stdin_submit(struct c8d_process *process, c8d_done_fn *done, void *user,
                                               struct c8d_error *err)
{
    struct c8d_client *client = process->client;
    struct c8d__op *op = NULL;
    enum c8d_status status;

    pthread_mutex_lock(&client->lock);
    status = close_near_end(process, err);
    if (status == C8D_OK)
        op = c8d__process_submit(process, done, user, &status, err);
    if (op != NULL) {
        c8d__op_step(client, op, C8D_REGION_STDIN, C8D_SYM_CLOSE_STDIN);
        c8d__kick(client);
    }
    pthread_mutex_unlock(&client->lock);
    return status;
}
