/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The streams of a process. HCS gives the far ends as handles when there is a process; the client wants near
 * ends before. So there are pipes in between, and what goes through them is moved whenever the runtime is
 * driven.
 *
 * The client sees what it sees with containerd: an output is silent until there is a process, and has an end
 * after its last byte; closing the near end of the input is no end of file before CLOSE_STDIN.
 */
#include "local_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* ---- opening
 * -----------------------------------------------------------------------------------------------------------
 */

static bool make_input(struct c8d__pump *pump, int *near)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    pump->far = ends[0];
    *near = ends[1];
    return true;
}

static bool make_output(struct c8d__pump *pump, int *near)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    *near = ends[0];
    pump->far = ends[1];
    pump->held = fcntl(ends[0], F_DUPFD_CLOEXEC, 0);
    return pump->held >= 0;
}

static bool make_pipes(struct c8d__plumbing *plumbing, struct c8d_stdio *near)
{
    uint32_t flags = plumbing->flags;

    return ((flags & C8D_STDIO_IN) == 0 || make_input(&plumbing->pumps[C8D__PUMP_IN], &near->in)) &&
           ((flags & C8D_STDIO_OUT) == 0 || make_output(&plumbing->pumps[C8D__PUMP_OUT], &near->out)) &&
           ((flags & C8D_STDIO_ERR) == 0 || make_output(&plumbing->pumps[C8D__PUMP_ERR], &near->err));
}

enum c8d_status c8d__plumbing_open(struct c8d__local *local, uint32_t flags, struct c8d_stdio *out,
                                   struct c8d_error *err)
{
    struct c8d_stdio near = {.in = -1, .out = -1, .err = -1, .flags = flags};
    struct c8d__plumbing *plumbing;

    if ((flags & C8D_STDIO_TERMINAL) != 0 && (flags & (C8D_STDIO_OUT | C8D_STDIO_ERR)) != C8D_STDIO_OUT)
        return c8d_error_set(err, C8D_INVALID, "a terminal has a standard output and no standard error");
    plumbing = c8d__local_alloc(local, sizeof(*plumbing));
    if (plumbing == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for streams");
    plumbing->users = 1;
    plumbing->flags = flags;
    for (size_t i = 0; i < C8D__PUMP__COUNT; i++)
        plumbing->pumps[i].far = plumbing->pumps[i].held = -1;
    near.runtime_data = plumbing;
    if (!make_pipes(plumbing, &near)) {
        int error = errno;

        c8d__plumbing_close(local, &near);
        return c8d_error_set_origin(err, C8D_REMOTE, C8D_ORIGIN_ERRNO, error, "cannot make pipes: %s",
                                    strerror(error));
    }
    *out = near;
    return C8D_OK;
}

/* ---- closing
 * -----------------------------------------------------------------------------------------------------------
 */

static void close_pump(struct c8d__local *local, struct c8d__pump *pump)
{
    if (pump->stream != NULL)
        local->host.hcs->stream_close(pump->stream);
    pump->stream = NULL;
    close_fd(&pump->far);
    close_fd(&pump->held);
}

void c8d__plumbing_drop(struct c8d__local *local, struct c8d__plumbing *plumbing)
{
    if (plumbing == NULL || --plumbing->users != 0)
        return;
    for (size_t i = 0; i < C8D__PUMP__COUNT; i++)
        close_pump(local, &plumbing->pumps[i]);
    c8d__local_free(local, plumbing, sizeof(*plumbing));
}

void c8d__plumbing_close(struct c8d__local *local, struct c8d_stdio *stdio)
{
    struct c8d__plumbing *plumbing = stdio->runtime_data;

    close_fd(&stdio->in);
    close_fd(&stdio->out);
    close_fd(&stdio->err);
    stdio->runtime_data = NULL;
    if (plumbing != NULL)
        plumbing->unread = true;
    c8d__plumbing_drop(local, plumbing);
}

/* ---- a process
 * ---------------------------------------------------------------------------------------------------------
 */

static void ready(void *ctx)
{
    struct c8d__local *local = ctx;

    atomic_store(&local->stirred, true);
    local->host.wake(local->host.ctx);
}

/* Every handle is taken over, wanted or not. */
static bool connect(struct c8d__local *local, struct c8d__pump *pump, c8d__handle handle)
{
    const struct c8d__hcs *hcs = local->host.hcs;
    struct c8d__stream *stream;

    if (handle == NULL) {
        /* HCS gives no such stream: nothing comes. */
        if (pump != NULL)
            pump->ended = true;
        return true;
    }
    stream = hcs->stream_open(handle, ready, local);
    if (stream != NULL && pump != NULL && pump->stream != NULL)
        hcs->stream_close(pump->stream); /* of a start that was undone */
    if (stream != NULL && pump != NULL)
        pump->stream = stream;
    else if (stream != NULL)
        hcs->stream_close(stream);
    return stream != NULL;
}

bool c8d__plumbing_connect(struct c8d__local *local, struct c8d__plumbing *plumbing,
                           const struct c8d__process_info *info)
{
    const c8d__handle handles[] = {info->in, info->out, info->err};
    bool connected = true;

    for (size_t i = 0; i < C8D__PUMP__COUNT; i++) {
        struct c8d__pump *pump = plumbing != NULL ? &plumbing->pumps[i] : NULL;

        if (!connect(local, pump, handles[i]))
            connected = false;
    }
    return connected;
}

/* ---- moving
 * ------------------------------------------------------------------------------------------------------------
 */

/* What reading a pipe gives, in the words of a stream. */
static ptrdiff_t read_pipe(struct c8d__pump *pump)
{
    ssize_t n = read(pump->far, pump->bytes, sizeof(pump->bytes));

    if (n >= 0)
        return n;
    return errno == EAGAIN || errno == EINTR ? C8D__STREAM_AGAIN : C8D__STREAM_BROKEN;
}

static ptrdiff_t write_pipe(struct c8d__pump *pump, bool unread)
{
    ssize_t n = (ssize_t)(pump->to - pump->from);

    if (!unread)
        n = write(pump->far, pump->bytes + pump->from, (size_t)n);
    if (n >= 0)
        return n;
    return errno == EAGAIN || errno == EINTR ? C8D__STREAM_AGAIN : C8D__STREAM_BROKEN;
}

static bool is_empty(const struct c8d__pump *pump)
{
    return pump->from == pump->to;
}

/* What is in between goes out. True: some of it did. */
static bool took(struct c8d__pump *pump, ptrdiff_t n)
{
    if (n == C8D__STREAM_AGAIN || n == C8D__STREAM_END)
        return false;
    /* What nobody can take any more is let go. */
    pump->from = n > 0 ? pump->from + (size_t)n : pump->to;
    return true;
}

static bool pump_in(const struct c8d__hcs *hcs, struct c8d__pump *pump)
{
    ptrdiff_t n;

    if (pump->stream == NULL)
        return false;
    if (!is_empty(pump))
        return took(pump, hcs->stream_write(pump->stream, pump->bytes + pump->from, pump->to - pump->from));
    if (pump->ended)
        return false;
    n = read_pipe(pump);
    pump->ended = n == C8D__STREAM_END || n == C8D__STREAM_BROKEN;
    pump->from = 0;
    pump->to = n > 0 ? (size_t)n : 0;
    return n > 0;
}

static bool pump_out(const struct c8d__hcs *hcs, struct c8d__pump *pump, bool unread)
{
    ptrdiff_t n;

    if (pump->far < 0)
        return false;
    if (!is_empty(pump))
        return took(pump, write_pipe(pump, unread));
    if (pump->ended) {
        close_fd(&pump->far);
        return true;
    }
    if (pump->stream == NULL)
        return false;
    n = hcs->stream_read(pump->stream, pump->bytes, sizeof(pump->bytes));
    pump->ended = n == C8D__STREAM_END || n == C8D__STREAM_BROKEN;
    pump->from = 0;
    pump->to = n > 0 ? (size_t)n : 0;
    return n != C8D__STREAM_AGAIN;
}

bool c8d__plumbing_pump(struct c8d__local *local, struct c8d__plumbing *plumbing)
{
    const struct c8d__hcs *hcs = local->host.hcs;
    bool in = pump_in(hcs, &plumbing->pumps[C8D__PUMP_IN]);
    bool out = pump_out(hcs, &plumbing->pumps[C8D__PUMP_OUT], plumbing->unread);
    bool err = pump_out(hcs, &plumbing->pumps[C8D__PUMP_ERR], plumbing->unread);

    return in || out || err;
}

bool c8d__plumbing_is_drained(const struct c8d__local *local, const struct c8d__plumbing *plumbing)
{
    const struct c8d__pump *pump = &plumbing->pumps[C8D__PUMP_IN];
    struct pollfd pollfd = {.fd = pump->far, .events = POLLIN};

    if (pump->stream == NULL)
        return true;
    return is_empty(pump) && local->host.hcs->stream_is_idle(pump->stream) &&
           (pump->ended || poll(&pollfd, 1, 0) != 1 || (pollfd.revents & POLLIN) == 0);
}

void c8d__plumbing_close_input(struct c8d__local *local, struct c8d__plumbing *plumbing)
{
    struct c8d__pump *pump = &plumbing->pumps[C8D__PUMP_IN];

    if (pump->stream != NULL)
        local->host.hcs->stream_close(pump->stream);
    pump->stream = NULL;
}

static size_t watch(int fd, short events, struct pollfd *fds, size_t n)
{
    if (fds != NULL)
        fds[n] = (struct pollfd){.fd = fd, .events = events};
    return n + 1;
}

size_t c8d__plumbing_watch(const struct c8d__plumbing *plumbing, struct pollfd *fds, size_t n)
{
    const struct c8d__pump *in = &plumbing->pumps[C8D__PUMP_IN];

    if (in->stream != NULL && is_empty(in) && !in->ended)
        n = watch(in->far, POLLIN, fds, n);
    for (size_t i = C8D__PUMP_OUT; i < C8D__PUMP__COUNT; i++) {
        const struct c8d__pump *out = &plumbing->pumps[i];

        if (out->far >= 0 && !is_empty(out))
            n = watch(out->far, POLLOUT, fds, n);
    }
    return n;
}
