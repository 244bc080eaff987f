/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams: pipes, made before there is a process, as containerd's are.
 *
 * What the other side sees is what a shim shows it. A stream is silent until a process has opened it, also
 * when none ever does. Closing the near end of the input is no end of file before CLOSE_STDIN, since the shim
 * holds a writing end of its own; and output that nobody reads any more fills the pipe and blocks the
 * process, since the shim holds a reading end, too. That also spares everybody a SIGPIPE.
 */
#include "simulated_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static bool make_pipe(bool wanted, int *reads, int *writes)
{
    int ends[2];

    if (!wanted)
        return true;
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    *reads = ends[0];
    *writes = ends[1];
    return true;
}

static bool copy_end(int end, int *copy)
{
    if (end >= 0)
        *copy = fcntl(end, F_DUPFD_CLOEXEC, 0);
    return end < 0 || *copy >= 0;
}

static bool make_pipes(uint32_t flags, struct c8d_stdio *near, struct c8d__streams *far)
{
    return make_pipe((flags & C8D_STDIO_IN) != 0, &far->in, &near->in) &&
           make_pipe((flags & C8D_STDIO_OUT) != 0, &near->out, &far->out) &&
           make_pipe((flags & C8D_STDIO_ERR) != 0, &near->err, &far->err) &&
           copy_end(near->in, &far->in_held) && copy_end(near->out, &far->out_held) &&
           copy_end(near->err, &far->err_held);
}

enum c8d_status c8d__sim_open_stdio(struct c8d__world *world, uint32_t flags, struct c8d_stdio *out,
                                    struct c8d_error *err)
{
    struct c8d_stdio near = {.in = -1, .out = -1, .err = -1, .flags = flags};
    struct c8d__streams *far;

    if ((flags & C8D_STDIO_TERMINAL) != 0 && (flags & (C8D_STDIO_OUT | C8D_STDIO_ERR)) != C8D_STDIO_OUT)
        return c8d_error_set(err, C8D_INVALID, "a terminal has a standard output and no standard error");
    far = c8d__sim_alloc(world, sizeof(*far));
    if (far == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for streams");
    *far = (struct c8d__streams){.users = 1,
                                 .terminal = (flags & C8D_STDIO_TERMINAL) != 0,
                                 .in = -1,
                                 .in_held = -1,
                                 .out = -1,
                                 .out_held = -1,
                                 .err = -1,
                                 .err_held = -1};
    near.runtime_data = far;
    if (!make_pipes(flags, &near, far)) {
        int code = errno;

        c8d__sim_close_stdio(world, &near);
        return c8d_error_set_origin(err, C8D_REMOTE, C8D_ORIGIN_ERRNO, code, "cannot make pipes: %s",
                                    strerrordesc_np(code));
    }
    *out = near;
    return C8D_OK;
}

void c8d__sim_close_stdio(struct c8d__world *world, struct c8d_stdio *near)
{
    close_fd(&near->in);
    close_fd(&near->out);
    close_fd(&near->err);
    c8d__sim_streams_drop(world, near->runtime_data);
    near->runtime_data = NULL;
}

struct c8d__streams *c8d__sim_streams_use(struct c8d__streams *streams)
{
    if (streams != NULL)
        streams->users++;
    return streams;
}

void c8d__sim_streams_close_input(struct c8d__streams *streams)
{
    close_fd(&streams->in_held);
}

void c8d__sim_streams_end(struct c8d__streams *streams)
{
    close_fd(&streams->in_held);
    close_fd(&streams->out);
    close_fd(&streams->err);
}

void c8d__sim_streams_drop(struct c8d__world *world, struct c8d__streams *streams)
{
    if (streams == NULL || --streams->users != 0)
        return;
    c8d__sim_streams_end(streams);
    close_fd(&streams->in);
    close_fd(&streams->out_held);
    close_fd(&streams->err_held);
    c8d__sim_free(world, streams, sizeof(*streams));
}

/* ---- output
 * --------------------------------------------------------------------------------------------------- */

int c8d__sim_output(const struct c8d__sim_process *process)
{
    const struct c8d__streams *streams = process->streams;

    if (streams == NULL)
        return -1;
    return process->unwritten_to_err && !streams->terminal ? streams->err : streams->out;
}

/* What to write next, and how many bytes of the output it stands for: a terminal goes back to the first
 * column at the end of a line. A pipe takes two bytes together or not at all. */
static size_t next_piece(const struct c8d__sim_process *process, const char **piece, size_t *length)
{
    const char *line_end = NULL;

    *piece = process->unwritten;
    *length = process->n_unwritten;
    if (process->streams->terminal)
        line_end = memchr(process->unwritten, '\n', process->n_unwritten);
    if (line_end == process->unwritten) {
        *piece = "\r\n";
        *length = 2;
        return 1;
    }
    if (line_end != NULL)
        *length = (size_t)(line_end - process->unwritten);
    return 0;
}

bool c8d__sim_flush(struct c8d__sim_process *process)
{
    int fd = c8d__sim_output(process);

    while (fd >= 0 && process->n_unwritten != 0) {
        const char *piece;
        size_t length;
        size_t whole = next_piece(process, &piece, &length);
        ssize_t n = write(fd, piece, length);
        size_t taken = whole != 0 ? whole : (size_t)n;

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        process->unwritten += taken;
        process->n_unwritten -= taken;
    }
    process->n_unwritten = 0;
    return true;
}
