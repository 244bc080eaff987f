/* SPDX-License-Identifier: Apache-2.0 */
/* The pipes of scripted_pipes.h. */
#include "scripted_pipes.h"
#include <assert.h>
#include <fcntl.h>
#include <unistd.h>

static void make_pipe(int *near, int *far, bool near_reads)
{
    int ends[2];
    int failed = pipe2(ends, O_CLOEXEC | O_NONBLOCK);

    assert(failed == 0);
    (void)failed;
    *near = ends[near_reads ? 0 : 1];
    *far = ends[near_reads ? 1 : 0];
}

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void scripted_pipes_init(struct scripted_pipes *pipes)
{
    *pipes = (struct scripted_pipes){.far = {-1, -1, -1}};
}

void scripted_pipes_open(struct scripted_pipes *pipes, uint32_t flags, struct c8d_stdio *out)
{
    *out = (struct c8d_stdio){.in = -1, .out = -1, .err = -1, .flags = flags};
    pipes->far = (struct scripted_stdio){-1, -1, -1};
    if ((flags & C8D_STDIO_IN) != 0)
        make_pipe(&out->in, &pipes->far.far_in, false);
    if ((flags & C8D_STDIO_OUT) != 0)
        make_pipe(&out->out, &pipes->far.far_out, true);
    if ((flags & C8D_STDIO_ERR) != 0)
        make_pipe(&out->err, &pipes->far.far_err, true);
    pipes->open++;
}

void scripted_pipes_close(struct scripted_pipes *pipes, struct c8d_stdio *near)
{
    close_one(&near->in);
    close_one(&near->out);
    close_one(&near->err);
    pipes->open--;
}

void scripted_pipes_done(struct scripted_pipes *pipes)
{
    /* Whatever became of the client, it has closed what it had opened. */
    assert(pipes->open == 0);
    close_one(&pipes->far.far_in);
    close_one(&pipes->far.far_out);
    close_one(&pipes->far.far_err);
}
