/* SPDX-License-Identifier: Apache-2.0 */
/* The streams of processes: bytes in memory, with an inside, the process, and an outside, who has the handle.
 */
#include "sim_internal.h"
#include <stdlib.h>
#include <string.h>

#define ROOM 65536

struct sim_pipe *sim_pipe_new(struct sim_process *process, bool inward)
{
    struct sim_pipe *pipe = sim_alloc(sizeof(*pipe));

    pipe->bytes = sim_alloc(ROOM);
    pipe->room = ROOM;
    pipe->process = process;
    pipe->inward = inward;
    sim.streams++;
    return pipe;
}

static size_t at_once(const struct sim_pipe *pipe, size_t n)
{
    return pipe->step != 0 && n > pipe->step ? pipe->step : n;
}

ptrdiff_t sim_pipe_read(struct sim_pipe *pipe, void *bytes, size_t n)
{
    n = at_once(pipe, n < pipe->n ? n : pipe->n);
    if (pipe->broken)
        return C8D__STREAM_BROKEN;
    if (n == 0)
        return pipe->writer_gone ? C8D__STREAM_END : C8D__STREAM_AGAIN;
    if (pipe->breaks_after != 0 && n > pipe->breaks_after)
        n = pipe->breaks_after;
    memcpy(bytes, pipe->bytes, n);
    memmove(pipe->bytes, pipe->bytes + n, pipe->n - n);
    pipe->n -= n;
    if (pipe->breaks_after != 0 && (pipe->breaks_after -= n) == 0)
        pipe->broken = true;
    return (ptrdiff_t)n;
}

ptrdiff_t sim_pipe_write(struct sim_pipe *pipe, const void *bytes, size_t n)
{
    if (pipe->reader_gone || pipe->broken)
        return C8D__STREAM_BROKEN;
    n = at_once(pipe, n < pipe->room - pipe->n ? n : pipe->room - pipe->n);
    if (n == 0)
        return C8D__STREAM_AGAIN;
    memcpy(pipe->bytes + pipe->n, bytes, n);
    pipe->n += n;
    return (ptrdiff_t)n;
}

/* Whoever is on the other side has something to do. */
static void stir(struct sim_pipe *pipe, bool outside)
{
    if (outside && pipe->process != NULL)
        sim_schedule(&(struct sim_due){.kind = SIM_STEP, .process = pipe->process, .run = pipe->process->run},
                     0);
    else if (!outside && pipe->ready != NULL)
        pipe->ready(pipe->ctx);
}

void sim_pipe_close(struct sim_pipe **pipe, bool outside, bool writer)
{
    struct sim_pipe *closed = *pipe;

    if (closed == NULL)
        return;
    *pipe = NULL;
    if (writer)
        closed->writer_gone = true;
    else
        closed->reader_gone = true;
    stir(closed, outside);
    if (outside)
        closed->ready = NULL;
    else
        closed->process = NULL;
    if (closed->writer_gone && closed->reader_gone) {
        free(closed->bytes);
        free(closed);
        sim.streams--;
    }
}

/* ---- outside
 * -----------------------------------------------------------------------------------------------------------
 */

struct c8d__stream {
    struct sim_pipe *pipe;
};

static void stream_close(struct c8d__stream *stream)
{
    sim_lock();
    /* Inside, an input has a reader; so outside is its writer. */
    sim_pipe_close(&stream->pipe, true, stream->pipe->inward);
    sim_unlock();
    free(stream);
}

static struct c8d__stream *stream_open(c8d__handle handle, void (*ready)(void *ctx), void *ctx)
{
    struct c8d__stream *stream = malloc(sizeof(*stream));
    struct sim_pipe *pipe = handle;
    bool refused;

    if (stream == NULL)
        return NULL;
    sim_lock();
    stream->pipe = pipe;
    pipe->ready = ready;
    pipe->ctx = ctx;
    refused = pipe->refused;
    sim_unlock();
    if (!refused)
        return stream;
    stream_close(stream);
    return NULL;
}

static ptrdiff_t stream_read(struct c8d__stream *stream, void *bytes, size_t n)
{
    ptrdiff_t got;

    sim_lock();
    got = sim_pipe_read(stream->pipe, bytes, n);
    if (got > 0)
        stir(stream->pipe, true);
    sim_unlock();
    return got;
}

static ptrdiff_t stream_write(struct c8d__stream *stream, const void *bytes, size_t n)
{
    ptrdiff_t taken;

    sim_lock();
    taken = sim_pipe_write(stream->pipe, bytes, n);
    if (taken > 0)
        stir(stream->pipe, true);
    sim_unlock();
    return taken;
}

static bool stream_is_idle(struct c8d__stream *stream)
{
    (void)stream;
    return true;
}

void sim_pipe_table(struct c8d__hcs *table)
{
    table->stream_open = stream_open;
    table->stream_read = stream_read;
    table->stream_write = stream_write;
    table->stream_is_idle = stream_is_idle;
    table->stream_close = stream_close;
}
