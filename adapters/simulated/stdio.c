/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams: socket pairs, so that a write to a reader that has gone is an error and not a signal. The near
 * ends are the client's, the far ends are the process's.
 */
#include "simulated_internal.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The far ends travel with the near ones until the create call takes them. */
struct ends {
    struct c8d__far_stdio far;
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void c8d__sim_close_far(struct c8d__far_stdio *far)
{
    close_fd(&far->in);
    close_fd(&far->in_held);
    close_fd(&far->out);
    close_fd(&far->err);
}

static bool make_pair(bool wanted, int *near, int *far)
{
    int pair[2];

    if (!wanted)
        return true;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
        return false;
    *near = pair[0];
    *far = pair[1];
    return true;
}

enum c8d_status c8d__sim_open_stdio(struct c8d__world *world, uint32_t flags, struct c8d_stdio *out,
                                    struct c8d_error *err)
{
    struct ends *ends = c8d__sim_alloc(world, sizeof(*ends));
    struct c8d_stdio stdio = {.in = -1, .out = -1, .err = -1, .flags = flags, .runtime_data = ends};
    bool made;

    if (ends == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for streams");
    ends->far = (struct c8d__far_stdio){-1, -1, -1, -1};
    made = make_pair((flags & C8D_STDIO_IN) != 0, &stdio.in, &ends->far.in) &&
           make_pair((flags & C8D_STDIO_OUT) != 0, &stdio.out, &ends->far.out) &&
           make_pair((flags & C8D_STDIO_ERR) != 0, &stdio.err, &ends->far.err);
    if (made && stdio.in >= 0)
        made = (ends->far.in_held = dup(stdio.in)) >= 0;
    if (!made) {
        int code = errno;

        c8d__sim_close_stdio(world, &stdio);
        return c8d_error_set_origin(err, C8D_REMOTE, C8D_ORIGIN_ERRNO, code, "cannot make streams: %s",
                                    strerror(code));
    }
    *out = stdio;
    return C8D_OK;
}

void c8d__sim_close_stdio(struct c8d__world *world, struct c8d_stdio *stdio)
{
    struct ends *ends = stdio->runtime_data;

    close_fd(&stdio->in);
    close_fd(&stdio->out);
    close_fd(&stdio->err);
    stdio->runtime_data = NULL;
    if (ends == NULL)
        return;
    c8d__sim_close_far(&ends->far);
    c8d__sim_free(world, ends, sizeof(*ends));
}

struct c8d__far_stdio c8d__sim_far_ends(const struct c8d_stdio *stdio)
{
    struct ends *ends = stdio->runtime_data;
    struct c8d__far_stdio far = ends->far;

    ends->far = (struct c8d__far_stdio){-1, -1, -1, -1};
    return far;
}

bool c8d__sim_flush(struct c8d__sim_process *process)
{
    int fd = process->unwritten_to_err ? process->stdio.err : process->stdio.out;

    while (process->n_unwritten != 0) {
        ssize_t n = fd >= 0 ? send(fd, process->unwritten, process->n_unwritten, MSG_NOSIGNAL) : -1;

        if (n < 0 && fd >= 0 && errno == EINTR)
            continue;
        if (n < 0 && fd >= 0 && errno == EAGAIN)
            return false;
        if (n < 0) {
            /* Nobody reads it, nor ever will. */
            process->n_unwritten = 0;
            break;
        }
        process->n_unwritten -= (size_t)n;
        memmove(process->unwritten, process->unwritten + n, process->n_unwritten);
    }
    return true;
}

bool c8d__sim_write(struct c8d__sim_process *process, bool to_err, const char *data, size_t length)
{
    if (length > sizeof(process->unwritten))
        length = sizeof(process->unwritten);
    memcpy(process->unwritten, data, length);
    process->n_unwritten = length;
    /* A terminal has one output. */
    process->unwritten_to_err = to_err && process->stdio.err >= 0;
    return c8d__sim_flush(process);
}
