/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams: named pipes that we listen at before the process is created, and that the shim connects to. Their
 * names follow from the ids, as libcontainerd gives them, so that there is no directory of them; and nothing
 * is left of one that is closed.
 */
#include "../remote_internal.h"
#include "windows/link.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "\\\\.\\pipe\\"
#define INIT "init"
/* What a name of a pipe can have. */
#define NAME_BYTES 257

/* Empty where there is no pipe. */
struct names {
    char in[NAME_BYTES];
    char out[NAME_BYTES];
    char err[NAME_BYTES];
};

enum c8d_status c8d__stdio_directory(struct c8d_str *path, struct c8d_error *err)
{
    if (path->len != 0)
        return c8d_error_set(err, C8D_INVALID, "fifo_directory: pipes of Windows are in none");
    path->ptr = "";
    return C8D_OK;
}

static enum c8d_status begin(struct c8d__remote *remote, uint32_t flags, struct c8d_stdio *out,
                             struct c8d_error *err)
{
    struct names *names;

    *out = (struct c8d_stdio){.in = -1, .out = -1, .err = -1, .flags = flags};
    if ((flags & C8D_STDIO_TERMINAL) != 0 && (flags & (C8D_STDIO_OUT | C8D_STDIO_ERR)) != C8D_STDIO_OUT)
        return c8d_error_set(err, C8D_INVALID, "a terminal has a standard output and no standard error");
    names = c8d__remote_alloc(remote, sizeof(*names));
    if (names == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for the streams of a process");
    *names = (struct names){.in = ""};
    out->runtime_data = names;
    return C8D_OK;
}

static void close_one(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

void c8d__remote_close_stdio(void *ctx, struct c8d_stdio *stdio)
{
    close_one(&stdio->in);
    close_one(&stdio->out);
    close_one(&stdio->err);
    c8d__remote_release(ctx, stdio->runtime_data, sizeof(struct names));
    stdio->runtime_data = NULL;
}

static enum c8d_status listen_at(const char *name, int flags, int *fd, struct c8d_error *err)
{
    *fd = c8d__link_listen(name, flags | C8D__LINK_FIRST);
    if (*fd >= 0)
        return C8D_OK;
    return c8d_error_set_origin(err, C8D_REMOTE, C8D_ORIGIN_ERRNO, errno, "%s: %s", name,
                                strerrordesc_np(errno));
}

/* Those of the streams that have a name. */
static enum c8d_status listen_at_all(struct c8d__remote *remote, struct c8d_stdio *stdio,
                                     struct c8d_error *err)
{
    const struct names *names = stdio->runtime_data;
    enum c8d_status status = C8D_OK;

    if (names->in[0] != '\0')
        status = listen_at(names->in, C8D__LINK_PATIENT, &stdio->in, err);
    if (status == C8D_OK && names->out[0] != '\0')
        status = listen_at(names->out, 0, &stdio->out, err);
    if (status == C8D_OK && names->err[0] != '\0')
        status = listen_at(names->err, 0, &stdio->err, err);
    if (status != C8D_OK)
        c8d__remote_close_stdio(remote, stdio);
    return status;
}

static void put_name(char *to, struct c8d_str container, struct c8d_str process, const char *stream)
{
    (void)snprintf(to, NAME_BYTES, PREFIX "containerd-%.*s-%.*s-%s", (int)container.len, container.ptr,
                   (int)process.len, process.ptr, stream);
}

enum c8d_status c8d__remote_open_stdio(void *ctx, struct c8d_str container, struct c8d_str process,
                                       uint32_t flags, struct c8d_stdio *out, struct c8d_error *err)
{
    struct c8d__remote *remote = ctx;
    enum c8d_status status = begin(remote, flags, out, err);
    struct names *names = out->runtime_data;

    if (status != C8D_OK)
        return status;
    if (container.len > C8D_NAME_BYTES_MAX || process.len > C8D_NAME_BYTES_MAX) {
        c8d__remote_close_stdio(remote, out);
        return c8d_error_set(err, C8D_INVALID, "an id of more than %d bytes", C8D_NAME_BYTES_MAX);
    }
    if (process.len == 0)
        process = c8d__wire_str(INIT);
    if ((flags & C8D_STDIO_IN) != 0)
        put_name(names->in, container, process, "stdin");
    if ((flags & C8D_STDIO_OUT) != 0)
        put_name(names->out, container, process, "stdout");
    if ((flags & C8D_STDIO_ERR) != 0)
        put_name(names->err, container, process, "stderr");
    return listen_at_all(remote, out, err);
}

/* Another program finds them by their names in any case. */
enum c8d_status c8d__remote_open_stdio_in(void *ctx, const struct c8d_stdio_place *place, uint32_t flags,
                                          struct c8d_stdio *out, struct c8d_error *err)
{
    return c8d__remote_open_stdio(ctx, place->container, place->process, flags, out, err);
}

static enum c8d_status take_name(struct c8d_str name, char *to, struct c8d_error *err)
{
    const size_t length = sizeof(PREFIX) - 1;

    if (name.len == 0)
        return C8D_OK;
    if (name.len >= NAME_BYTES || name.len <= length || memcmp(name.ptr, PREFIX, length) != 0)
        return c8d_error_set(err, C8D_NOT_IMPLEMENTED, "%.*s: no named pipe", (int)name.len, name.ptr);
    memcpy(to, name.ptr, name.len);
    to[name.len] = '\0';
    return C8D_OK;
}

/* The shim is who connects. That it does so again when whoever listened has gone, and another one listens
 * under the same names, is an assumption: no shim for Windows has been seen to. */
enum c8d_status c8d__remote_attach_stdio(void *ctx, const struct c8d_stdio_names *names, uint32_t flags,
                                         struct c8d_stdio *out, struct c8d_error *err)
{
    struct c8d__remote *remote = ctx;
    enum c8d_status status =
        begin(remote, flags | (names->terminal ? (uint32_t)C8D_STDIO_TERMINAL : 0), out, err);
    struct names *taken = out->runtime_data;

    if (status != C8D_OK)
        return status;
    if ((flags & C8D_STDIO_IN) != 0)
        status = take_name(names->in, taken->in, err);
    if (status == C8D_OK && (flags & C8D_STDIO_OUT) != 0)
        status = take_name(names->out, taken->out, err);
    if (status == C8D_OK && (flags & C8D_STDIO_ERR) != 0)
        status = take_name(names->err, taken->err, err);
    if (status == C8D_OK)
        return listen_at_all(remote, out, err);
    c8d__remote_close_stdio(remote, out);
    return status;
}

struct c8d__stdio_paths c8d__stdio_paths(const struct c8d_stdio *stdio)
{
    const struct names *names = stdio != NULL ? stdio->runtime_data : NULL;

    if (names == NULL)
        return (struct c8d__stdio_paths){"", "", "", false};
    return (struct c8d__stdio_paths){names->in, names->out, names->err,
                                     (stdio->flags & C8D_STDIO_TERMINAL) != 0};
}
