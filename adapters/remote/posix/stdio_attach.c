/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attaching to the streams of a process that somebody else may have started: the shim holds the other ends,
 * and tells where they are. Only named pipes can be opened twice; what a shim writes to a file or hands to a
 * logging program is not to be had here.
 */
#include "stdio_files.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a shim is told where there is no output. */
#define NOWHERE "/dev/null"

static bool is_pipe(int fd)
{
    struct stat stat;

    return fstat(fd, &stat) == 0 && S_ISFIFO(stat.st_mode);
}

static enum c8d_status tell(int error, struct c8d_str name, struct c8d_error *err)
{
    return c8d_error_set_origin(err, error == ENOENT ? C8D_NOT_FOUND : C8D_REMOTE, C8D_ORIGIN_ERRNO, error,
                                "%.*s: %s", (int)name.len, name.ptr, strerrordesc_np(error));
}

static enum c8d_status attach(struct c8d_str name, int flags, char *path, int *fd, struct c8d_error *err)
{
    int opened;

    if (name.len == 0)
        return C8D_OK;
    if (name.len >= PATH_MAX || name.ptr[0] != '/')
        return c8d_error_set(err, C8D_NOT_IMPLEMENTED, "%.*s: no path of a named pipe", (int)name.len,
                             name.ptr);
    memcpy(path, name.ptr, name.len);
    path[name.len] = '\0';
    opened = open(path, flags | O_NONBLOCK | O_CLOEXEC);
    if (opened >= 0 && is_pipe(opened)) {
        *fd = opened;
        return C8D_OK;
    }
    path[0] = '\0';
    if (opened < 0)
        return tell(errno, name, err);
    (void)close(opened);
    /* What a process writes to nowhere is none of ours. */
    if (name.len == strlen(NOWHERE) && memcmp(name.ptr, NOWHERE, name.len) == 0)
        return C8D_OK;
    return c8d_error_set(err, C8D_NOT_IMPLEMENTED, "%.*s: no named pipe", (int)name.len, name.ptr);
}

/* A directory of the pipes' own goes with them. */
static void keep_directory(struct c8d__files *files)
{
    const char *path = files->out[0] != '\0' ? files->out : files->err[0] != '\0' ? files->err : files->in;

    if (!c8d__files_are_ours(path))
        return;
    (void)snprintf(files->directory, sizeof(files->directory), "%.*s", (int)(strrchr(path, '/') - path),
                   path);
}

enum c8d_status c8d__remote_attach_stdio(void *ctx, const struct c8d_stdio_names *names, uint32_t flags,
                                         struct c8d_stdio *out, struct c8d_error *err)
{
    struct c8d__remote *remote = ctx;
    enum c8d_status status =
        c8d__files_new(remote, flags | (names->terminal ? (uint32_t)C8D_STDIO_TERMINAL : 0), out, err);
    struct c8d__files *files = out->runtime_data;

    if (status != C8D_OK)
        return status;
    if ((flags & C8D_STDIO_IN) != 0)
        status = attach(names->in, O_RDWR, files->in, &out->in, err);
    if (status == C8D_OK && (flags & C8D_STDIO_OUT) != 0)
        status = attach(names->out, O_RDONLY, files->out, &out->out, err);
    if (status == C8D_OK && (flags & C8D_STDIO_ERR) != 0)
        status = attach(names->err, O_RDONLY, files->err, &out->err, err);
    if (status == C8D_OK) {
        keep_directory(files);
        return C8D_OK;
    }
    /* They are somebody else's. */
    out->keep = true;
    c8d__remote_close_stdio(remote, out);
    return status;
}
