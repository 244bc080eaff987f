/* SPDX-License-Identifier: Apache-2.0 */
#include "link.h"
#include "descriptor_internal.h"
#include "include/poll.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define BUFFER_BYTES 65536
/* As with pipes in memory, a write of so many bytes goes in as a whole or not at all. */
#define ATOMIC_BYTES 4096
/* How long a server may take to offer another end, in ms. */
#define BUSY_TRIES 40
#define BUSY_MS 25

struct link;

struct transfer {
    OVERLAPPED overlapped; /* first: it is cast back */
    struct link *link;
    void (*done)(struct link *link, DWORD error, DWORD n);
    bool pending;
    DWORD from, to; /* what is in the buffer */
    char bytes[BUFFER_BYTES];
};

struct link {
    struct c8d__object object; /* first */
    HANDLE handle;
    bool patient;
    bool connected;
    bool over;   /* the other end is gone */
    bool closed; /* ours is */
    struct transfer in, out;
};

static int fail(int error)
{
    errno = error;
    return -1;
}

static void let_go(struct link *link)
{
    if (link->handle != NULL)
        (void)CloseHandle(link->handle);
    link->handle = NULL;
}

/* Under the lock: frees what was closed once nothing is under way that Windows would still write to. */
static void release(struct link *link)
{
    if (!link->closed || link->in.pending || link->out.pending)
        return;
    let_go(link);
    free(link);
}

static void CALLBACK completed(DWORD error, DWORD n, OVERLAPPED *overlapped)
{
    struct transfer *transfer = (struct transfer *)overlapped;
    struct link *link = transfer->link;

    c8d__descriptors_lock();
    transfer->pending = false;
    /* What is handed in may be a status of the kernel; this is an error of Windows. */
    if (error != ERROR_SUCCESS && link->handle != NULL)
        error = GetOverlappedResult(link->handle, overlapped, &n, FALSE) ? ERROR_SUCCESS : GetLastError();
    transfer->done(link, error, n);
    c8d__descriptors_changed();
    release(link);
    c8d__descriptors_unlock();
}

/* ---- transfers, under the lock
 * ---------------------------------------------------------------------------------- */

/* A transfer that cannot be begun is over, and its completion does not come. */
static bool is_under_way(struct transfer *transfer, BOOL begun)
{
    transfer->pending = begun || GetLastError() == ERROR_IO_PENDING;
    return transfer->pending;
}

static void get_ready(struct transfer *transfer, void (*done)(struct link *link, DWORD error, DWORD n))
{
    memset(&transfer->overlapped, 0, sizeof(transfer->overlapped));
    transfer->done = done;
}

static void has_read(struct link *link, DWORD error, DWORD n);
static void has_written(struct link *link, DWORD error, DWORD n);

static void read_on(struct link *link)
{
    struct transfer *in = &link->in;

    if (!link->connected || link->over || link->closed || in->pending || in->from < in->to)
        return;
    in->from = in->to = 0;
    get_ready(in, has_read);
    if (!is_under_way(in, ReadFile(link->handle, in->bytes, BUFFER_BYTES, NULL, &in->overlapped)))
        link->over = true;
}

/* Of a message without bytes there is nothing to tell. */
static void has_read(struct link *link, DWORD error, DWORD n)
{
    link->over = link->over || error != ERROR_SUCCESS;
    link->in.to = error == ERROR_SUCCESS ? n : 0;
    read_on(link);
}

static void write_on(struct link *link)
{
    struct transfer *out = &link->out;

    if (!link->connected || link->over || out->pending || out->from == out->to)
        return;
    get_ready(out, has_written);
    if (!is_under_way(out, WriteFile(link->handle, out->bytes + out->from, out->to - out->from, NULL,
                                     &out->overlapped)))
        link->over = true;
}

static void has_written(struct link *link, DWORD error, DWORD n)
{
    struct transfer *out = &link->out;

    link->over = link->over || error != ERROR_SUCCESS;
    out->from += error == ERROR_SUCCESS ? n : 0;
    if (out->from == out->to)
        out->from = out->to = 0;
    write_on(link);
}

static void connect_now(struct link *link)
{
    link->connected = true;
    read_on(link);
    write_on(link);
}

/* Also of one that was closed meanwhile, and has something left to write. */
static void has_connected(struct link *link, DWORD error, DWORD n)
{
    (void)n;
    if (error == ERROR_SUCCESS && link->handle != NULL)
        connect_now(link);
    else
        link->over = true;
}

/* Whoever has come, written and gone before we looked has been here: what he has written is there to be read,
 * and then the end. */
static void await(struct link *link)
{
    get_ready(&link->in, has_connected);
    if (is_under_way(&link->in, ConnectNamedPipe(link->handle, &link->in.overlapped)))
        return;
    if (GetLastError() == ERROR_PIPE_CONNECTED || GetLastError() == ERROR_NO_DATA)
        connect_now(link);
    else
        link->over = true;
}

/* ---- a descriptor of it
 * ----------------------------------------------------------------------------------------- */

static ssize_t read_link(struct c8d__object *object, void *bytes, size_t n)
{
    struct link *link = (struct link *)object;
    struct transfer *in = &link->in;
    DWORD left = in->to - in->from;

    if (in->pending || left == 0)
        return link->over && !in->pending ? 0 : fail(EAGAIN);
    if (n > left)
        n = left;
    memcpy(bytes, in->bytes + in->from, n);
    in->from += (DWORD)n;
    read_on(link);
    return (ssize_t)n;
}

static ssize_t write_link(struct c8d__object *object, const void *bytes, size_t n)
{
    struct link *link = (struct link *)object;
    struct transfer *out = &link->out;
    size_t room = BUFFER_BYTES - out->to;

    if (link->over && !link->patient)
        return fail(EPIPE);
    if (n > room && (n <= ATOMIC_BYTES || room == 0))
        return fail(EAGAIN);
    if (n > room)
        n = room;
    memcpy(out->bytes + out->to, bytes, n);
    out->to += (DWORD)n;
    write_on(link);
    return (ssize_t)n;
}

static int look_at_link(const struct c8d__object *object, bool writes)
{
    const struct link *link = (const struct link *)object;
    bool room = BUFFER_BYTES - link->out.to >= ATOMIC_BYTES;

    (void)writes;
    return (!link->in.pending && link->in.from < link->in.to ? POLLIN : 0) | (link->over ? POLLHUP : 0) |
           (room && (link->patient || (link->connected && !link->over)) ? POLLOUT : 0);
}

/* What nobody waits for any more is cancelled, and its name is free at once; what was written is to arrive.
 */
static void drop(struct c8d__object *object)
{
    struct link *link = (struct link *)object;

    link->closed = true;
    if (link->in.pending)
        (void)CancelIoEx(link->handle, &link->in.overlapped);
    if (link->out.from == link->out.to)
        let_go(link);
    release(link);
}

static const struct c8d__object_kind link_kind = {true, read_link, write_link, look_at_link, drop};

/* ---- making one
 * ------------------------------------------------------------------------------------------------ */

static int error_of(DWORD error)
{
    switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
        return ENOENT;
    case ERROR_PIPE_BUSY:
        return EAGAIN;
    case ERROR_ACCESS_DENIED:
        return EACCES;
    case ERROR_INVALID_NAME:
    case ERROR_BAD_PATHNAME:
        return EINVAL;
    default:
        return EIO;
    }
}

static bool widen(const char *name, wchar_t out[MAX_PATH])
{
    return MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, name, -1, out, MAX_PATH) != 0;
}

/* Takes over the handle. */
static int add(HANDLE handle, int flags, void (*begin)(struct link *link))
{
    struct link *link = calloc(1, sizeof(*link));
    int fd;

    if (link == NULL || !BindIoCompletionCallback(handle, completed, 0)) {
        (void)CloseHandle(handle);
        free(link);
        return fail(ENOMEM);
    }
    link->object.kind = &link_kind;
    link->handle = handle;
    link->patient = (flags & C8D__LINK_PATIENT) != 0;
    link->in.link = link->out.link = link;
    c8d__descriptors_lock();
    fd = c8d__descriptors_add(&link->object, false, false);
    if (fd >= 0) {
        begin(link);
    } else {
        link->closed = true;
        release(link);
    }
    c8d__descriptors_unlock();
    return fd >= 0 ? fd : fail(EMFILE);
}

int c8d__link_listen(const char *name, int flags)
{
    DWORD mode = PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED;
    DWORD most = PIPE_UNLIMITED_INSTANCES;
    wchar_t wide[MAX_PATH];
    HANDLE handle;

    if (!widen(name, wide))
        return fail(EINVAL);
    if ((flags & C8D__LINK_FIRST) != 0) {
        mode |= FILE_FLAG_FIRST_PIPE_INSTANCE;
        most = 1;
    }
    handle = CreateNamedPipeW(wide, mode, PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_REJECT_REMOTE_CLIENTS,
                              most, BUFFER_BYTES, BUFFER_BYTES, 0, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return fail(error_of(GetLastError()));
    return c8d__link_listen_at(handle, flags);
}

int c8d__link_listen_at(void *handle, int flags)
{
    return add(handle, flags, await);
}

int c8d__link_connect(const char *name)
{
    wchar_t wide[MAX_PATH];
    HANDLE handle;

    if (!widen(name, wide))
        return fail(EINVAL);
    for (int tries = 0;; tries++) {
        /* Whoever listens there learns nothing of who we are, and cannot act as us. */
        handle = CreateFileW(wide, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                             FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, NULL);
        if (handle != INVALID_HANDLE_VALUE)
            return add(handle, 0, connect_now);
        if (GetLastError() != ERROR_PIPE_BUSY || tries == BUSY_TRIES)
            return fail(error_of(GetLastError()));
        (void)WaitNamedPipeW(wide, BUSY_MS);
    }
}
