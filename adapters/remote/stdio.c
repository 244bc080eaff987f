/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams: named pipes in a directory of their own for each process, which the shim opens from the other
 * side.
 *
 * Ours are open before the process is created, so that nothing it writes is lost. The input is opened for
 * reading too, because opening a pipe for writing alone fails until somebody reads it; so end-of-file reaches
 * the process by closing ours and then by CLOSE_STDIN.
 */
#include "remote_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Without an output a shim wants a file none the less. */
#define NOWHERE "/dev/null"

/* What is behind a process's streams. The paths are empty where there is no pipe. */
struct files {
    char directory[PATH_MAX];
    char in[PATH_MAX];
    char out[PATH_MAX];
    char err[PATH_MAX];
};

static int make_directories(const char *path)
{
    char part[PATH_MAX];
    size_t length = strlen(path);

    if (length >= sizeof(part))
        return ENAMETOOLONG;
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return errno;
    }
    return 0;
}

static int make_directory(const struct c8d__remote *remote, struct files *files)
{
    int n = snprintf(files->directory, sizeof(files->directory), "%s/XXXXXX", remote->fifo_directory.ptr);
    int error;

    if (n < 0 || (size_t)n >= sizeof(files->directory))
        return ENAMETOOLONG;
    if (mkdtemp(files->directory) != NULL)
        return 0;
    error = errno == ENOENT ? make_directories(remote->fifo_directory.ptr) : errno;
    if (error == 0) {
        (void)snprintf(files->directory, sizeof(files->directory), "%s/XXXXXX", remote->fifo_directory.ptr);
        error = mkdtemp(files->directory) != NULL ? 0 : errno;
    }
    if (error != 0)
        files->directory[0] = '\0';
    return error;
}

static int make_pipe(const struct files *files, const char *name, int flags, char *path, int *fd)
{
    int n = snprintf(path, PATH_MAX, "%s/%s", files->directory, name);

    if (n < 0 || n >= PATH_MAX) {
        path[0] = '\0';
        return ENAMETOOLONG;
    }
    if (mkfifo(path, 0600) != 0) {
        path[0] = '\0';
        return errno;
    }
    *fd = open(path, flags | O_NONBLOCK | O_CLOEXEC);
    return *fd >= 0 ? 0 : errno;
}

static int make_pipes(struct files *files, uint32_t flags, struct c8d_stdio *out)
{
    int error = 0;

    if ((flags & C8D_STDIO_IN) != 0)
        error = make_pipe(files, "in", O_RDWR, files->in, &out->in);
    if (error == 0 && (flags & C8D_STDIO_OUT) != 0)
        error = make_pipe(files, "out", O_RDONLY, files->out, &out->out);
    if (error == 0 && (flags & C8D_STDIO_ERR) != 0)
        error = make_pipe(files, "err", O_RDONLY, files->err, &out->err);
    return error;
}

static void close_one(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static void remove_one(const char *path)
{
    if (path[0] != '\0')
        (void)unlink(path);
}

void c8d__remote_close_stdio(void *ctx, struct c8d_stdio *stdio)
{
    struct c8d__remote *remote = ctx;
    struct files *files = stdio->runtime_data;

    close_one(&stdio->in);
    close_one(&stdio->out);
    close_one(&stdio->err);
    if (files == NULL)
        return;
    remove_one(files->in);
    remove_one(files->out);
    remove_one(files->err);
    if (files->directory[0] != '\0')
        (void)rmdir(files->directory);
    c8d__remote_release(remote, files, sizeof(*files));
    stdio->runtime_data = NULL;
}

enum c8d_status c8d__remote_open_stdio(void *ctx, struct c8d_str container, struct c8d_str process,
                                       uint32_t flags, struct c8d_stdio *out, struct c8d_error *err)
{
    struct c8d__remote *remote = ctx;
    struct files *files;
    int error;

    (void)container;
    (void)process;
    *out = (struct c8d_stdio){.in = -1, .out = -1, .err = -1, .flags = flags};
    if ((flags & C8D_STDIO_TERMINAL) != 0 && (flags & (C8D_STDIO_OUT | C8D_STDIO_ERR)) != C8D_STDIO_OUT)
        return c8d_error_set(err, C8D_INVALID, "a terminal has a standard output and no standard error");
    files = c8d__remote_alloc(remote, sizeof(*files));
    if (files == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for the streams of a process");
    files->directory[0] = files->in[0] = files->out[0] = files->err[0] = '\0';
    out->runtime_data = files;
    error = make_directory(remote, files);
    if (error == 0)
        error = make_pipes(files, flags, out);
    if (error == 0)
        return C8D_OK;
    c8d__remote_close_stdio(remote, out);
    return c8d_error_set_origin(err, C8D_REMOTE, C8D_ORIGIN_ERRNO, error, "named pipes under %s: %s",
                                remote->fifo_directory.ptr, strerrordesc_np(error));
}

struct c8d__stdio_paths c8d__stdio_paths(const struct c8d_stdio *stdio)
{
    const struct files *files = stdio != NULL ? stdio->runtime_data : NULL;
    bool terminal = files != NULL && (stdio->flags & C8D_STDIO_TERMINAL) != 0;

    if (files == NULL || (stdio->flags & (C8D_STDIO_IN | C8D_STDIO_OUT | C8D_STDIO_ERR)) == 0)
        return (struct c8d__stdio_paths){"", "", "", terminal};
    return (struct c8d__stdio_paths){
        .in = files->in,
        .out = files->out[0] != '\0' ? files->out : NOWHERE,
        .err = files->err[0] != '\0' || terminal ? files->err : NOWHERE,
        .terminal = terminal,
    };
}
