/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stream of a process: a pipe that HCS has opened for overlapped transfers. One transfer is under way at a
 * time, into or out of a buffer of ours; its completion, on a thread of the system, tells whoever is to go
 * on.
 */
#include "windows_internal.h"
#include <stdlib.h>
#include <string.h>

#define BUFFER_BYTES 4096

struct c8d__stream {
    OVERLAPPED overlapped; /* first: it is cast back */
    CRITICAL_SECTION lock;
    LONG users; /* who has it, and the transfer under way: the last one out frees it, outside of its lock */
    HANDLE handle;
    void (*ready)(void *ctx);
    void *ctx;
    bool pending, closed, writes;
    DWORD error;
    DWORD from, to; /* what was read and not yet taken */
    char bytes[BUFFER_BYTES];
};

static void drop(struct c8d__stream *stream)
{
    if (InterlockedDecrement(&stream->users) != 0)
        return;
    CloseHandle(stream->handle);
    DeleteCriticalSection(&stream->lock);
    free(stream);
}

/* A transfer is over. Of a stream that was closed meanwhile this is the end. */
static void CALLBACK completed(DWORD error, DWORD n, OVERLAPPED *overlapped)
{
    struct c8d__stream *stream = (struct c8d__stream *)overlapped;

    EnterCriticalSection(&stream->lock);
    stream->pending = false;
    /* What is handed in may be a status of the kernel; this is an error of Windows. */
    stream->error = ERROR_SUCCESS;
    if (error != ERROR_SUCCESS && !GetOverlappedResult(stream->handle, overlapped, &n, FALSE))
        stream->error = GetLastError();
    stream->from = 0;
    stream->to = n;
    /* Before the lock is given up: afterwards whoever closes the stream may be gone. */
    if (!stream->closed)
        stream->ready(stream->ctx);
    LeaveCriticalSection(&stream->lock);
    drop(stream);
}

static struct c8d__stream *stream_open(c8d__handle handle, void (*ready)(void *ctx), void *ctx)
{
    struct c8d__stream *stream = calloc(1, sizeof(*stream));

    if (stream == NULL || !BindIoCompletionCallback(handle, completed, 0)) {
        CloseHandle(handle);
        free(stream);
        return NULL;
    }
    InitializeCriticalSection(&stream->lock);
    stream->users = 1;
    stream->handle = handle;
    stream->ready = ready;
    stream->ctx = ctx;
    return stream;
}

/* A transfer that could not be begun is over, and its completion does not come. Under the lock, which the
 * completion takes: so it finds what is set here. */
static void begun(struct c8d__stream *stream, BOOL done)
{
    DWORD error = done ? ERROR_SUCCESS : GetLastError();

    stream->pending = done || error == ERROR_IO_PENDING;
    if (stream->pending)
        InterlockedIncrement(&stream->users);
    else
        stream->error = error;
}

static void begin_reading(struct c8d__stream *stream)
{
    memset(&stream->overlapped, 0, sizeof(stream->overlapped));
    stream->from = stream->to = 0;
    begun(stream, ReadFile(stream->handle, stream->bytes, BUFFER_BYTES, NULL, &stream->overlapped));
}

static ptrdiff_t take(struct c8d__stream *stream, void *bytes, size_t n)
{
    DWORD left = stream->to - stream->from;
    DWORD taken = n < left ? (DWORD)n : left;

    memcpy(bytes, stream->bytes + stream->from, taken);
    stream->from += taken;
    return (ptrdiff_t)taken;
}

static bool is_end(DWORD error)
{
    return error == ERROR_BROKEN_PIPE || error == ERROR_HANDLE_EOF || error == ERROR_PIPE_NOT_CONNECTED ||
           error == ERROR_NO_DATA;
}

static ptrdiff_t read_locked(struct c8d__stream *stream, void *bytes, size_t n)
{
    if (!stream->pending && stream->from == stream->to && stream->error == ERROR_SUCCESS)
        begin_reading(stream);
    if (stream->pending)
        return C8D__STREAM_AGAIN;
    if (stream->from != stream->to)
        return take(stream, bytes, n);
    if (stream->error == ERROR_SUCCESS)
        return C8D__STREAM_AGAIN; /* a message without bytes */
    return is_end(stream->error) ? C8D__STREAM_END : C8D__STREAM_BROKEN;
}

static ptrdiff_t stream_read(struct c8d__stream *stream, void *bytes, size_t n)
{
    ptrdiff_t got;

    EnterCriticalSection(&stream->lock);
    got = read_locked(stream, bytes, n);
    LeaveCriticalSection(&stream->lock);
    return got;
}

/* What was taken is on its way, as a whole. */
static ptrdiff_t write_locked(struct c8d__stream *stream, const void *bytes, size_t n)
{
    DWORD length = n < BUFFER_BYTES ? (DWORD)n : BUFFER_BYTES;

    if (stream->pending)
        return C8D__STREAM_AGAIN;
    if (stream->error != ERROR_SUCCESS)
        return C8D__STREAM_BROKEN;
    memset(&stream->overlapped, 0, sizeof(stream->overlapped));
    memcpy(stream->bytes, bytes, length);
    stream->writes = true;
    begun(stream, WriteFile(stream->handle, stream->bytes, length, NULL, &stream->overlapped));
    return stream->pending ? (ptrdiff_t)length : C8D__STREAM_BROKEN;
}

static ptrdiff_t stream_write(struct c8d__stream *stream, const void *bytes, size_t n)
{
    ptrdiff_t taken;

    EnterCriticalSection(&stream->lock);
    taken = write_locked(stream, bytes, n);
    LeaveCriticalSection(&stream->lock);
    return taken;
}

static bool stream_is_idle(struct c8d__stream *stream)
{
    bool idle;

    EnterCriticalSection(&stream->lock);
    idle = !stream->pending;
    LeaveCriticalSection(&stream->lock);
    return idle;
}

static void stream_close(struct c8d__stream *stream)
{
    EnterCriticalSection(&stream->lock);
    stream->closed = true;
    /* What was written is to arrive. */
    if (stream->pending && !stream->writes)
        (void)CancelIoEx(stream->handle, &stream->overlapped);
    LeaveCriticalSection(&stream->lock);
    drop(stream);
}

void c8d__windows_streams(struct c8d__hcs *hcs)
{
    hcs->stream_open = stream_open;
    hcs->stream_read = stream_read;
    hcs->stream_write = stream_write;
    hcs->stream_is_idle = stream_is_idle;
    hcs->stream_close = stream_close;
}
