/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams: named pipes in a directory of their own for each process, or in one of the consumer's, which the
 * shim opens from the other side.
 *
 * Ours are open before the process is created, so that nothing it writes is lost. The input is opened for
 * reading too, because opening a pipe for writing alone fails until somebody reads it; so end-of-file reaches
 * the process by closing ours and then by CLOSE_STDIN.
 */
#include "stdio_files.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIFO_DIRECTORY "/run/c8d/fifo"
/* Without an output a shim wants a file none the less. */
#define NOWHERE "/dev/null"
/* What the pipes are called in a directory of their own. */
#define NAME_IN "in"
#define NAME_OUT "out"
#define NAME_ERR "err"

enum c8d_status c8d__stdio_directory(struct c8d_str *path, struct c8d_error *err)
{
    if (path->len == 0)
        *path = (struct c8d_str){FIFO_DIRECTORY, sizeof(FIFO_DIRECTORY) - 1};
    if (path->len <= 1 || path->ptr[0] != '/' || memchr(path->ptr, '\0', path->len) != NULL)
        return c8d_error_set(err, C8D_INVALID, "fifo_directory: not an absolute path");
    return C8D_OK;
}

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

static int make_directory(const struct c8d__remote *remote, struct c8d__files *files)
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

/* A pipe that an earlier run has left is in the way: what may still be in it is not of this one. */
static int make_pipe(const struct c8d__layout *layout, const char *name, int flags, char *path, int *fd)
{
    int n = snprintf(path, PATH_MAX, "%s/%s%s", layout->directory, layout->prefix, name);

    if (n < 0 || n >= PATH_MAX) {
        path[0] = '\0';
        return ENAMETOOLONG;
    }
    if (mkfifo(path, 0600) != 0 && (errno != EEXIST || unlink(path) != 0 || mkfifo(path, 0600) != 0)) {
        int error = errno;

        path[0] = '\0';
        return error;
    }
    *fd = open(path, flags | O_NONBLOCK | O_CLOEXEC);
    return *fd >= 0 ? 0 : errno;
}

static int make_pipes(struct c8d__files *files, const struct c8d__layout *layout, uint32_t flags,
                      struct c8d_stdio *out)
{
    int error = 0;

    if ((flags & C8D_STDIO_IN) != 0)
        error = make_pipe(layout, layout->in, O_RDWR, files->in, &out->in);
    if (error == 0 && (flags & C8D_STDIO_OUT) != 0)
        error = make_pipe(layout, layout->out, O_RDONLY, files->out, &out->out);
    if (error == 0 && (flags & C8D_STDIO_ERR) != 0)
        error = make_pipe(layout, layout->err, O_RDONLY, files->err, &out->err);
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
    struct c8d__files *files = stdio->runtime_data;

    close_one(&stdio->in);
    close_one(&stdio->out);
    close_one(&stdio->err);
    if (files == NULL)
        return;
    /* In a child after fork() the files are the parent's. */
    if (!stdio->keep && !c8d__remote_forked(remote)) {
        remove_one(files->in);
        remove_one(files->out);
        remove_one(files->err);
        if (files->directory[0] != '\0')
            (void)rmdir(files->directory);
    }
    c8d__remote_release(remote, files, sizeof(*files));
    stdio->runtime_data = NULL;
}

enum c8d_status c8d__files_new(struct c8d__remote *remote, uint32_t flags, struct c8d_stdio *out,
                               struct c8d_error *err)
{
    struct c8d__files *files;

    *out = (struct c8d_stdio){.in = -1, .out = -1, .err = -1, .flags = flags};
    if ((flags & C8D_STDIO_TERMINAL) != 0 && (flags & (C8D_STDIO_OUT | C8D_STDIO_ERR)) != C8D_STDIO_OUT)
        return c8d_error_set(err, C8D_INVALID, "a terminal has a standard output and no standard error");
    files = c8d__remote_alloc(remote, sizeof(*files));
    if (files == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for the streams of a process");
    files->directory[0] = files->in[0] = files->out[0] = files->err[0] = '\0';
    out->runtime_data = files;
    return C8D_OK;
}

static enum c8d_status fail(struct c8d__remote *remote, struct c8d_stdio *stdio, const char *directory,
                            int error, struct c8d_error *err)
{
    c8d__remote_close_stdio(remote, stdio);
    return c8d_error_set_origin(err, C8D_REMOTE, C8D_ORIGIN_ERRNO, error, "named pipes under %s: %s",
                                directory, strerrordesc_np(error));
}

enum c8d_status c8d__remote_open_stdio(void *ctx, struct c8d_str container, struct c8d_str process,
                                       uint32_t flags, struct c8d_stdio *out, struct c8d_error *err)
{
    struct c8d__remote *remote = ctx;
    enum c8d_status status = c8d__files_new(remote, flags, out, err);
    struct c8d__files *files = out->runtime_data;
    int error;

    (void)container;
    (void)process;
    if (status != C8D_OK)
        return status;
    error = make_directory(remote, files);
    if (error == 0) {
        const struct c8d__layout layout = {files->directory, "", NAME_IN, NAME_OUT, NAME_ERR};

        error = make_pipes(files, &layout, flags, out);
    }
    return error == 0 ? C8D_OK : fail(remote, out, remote->fifo_directory.ptr, error, err);
}

enum c8d_status c8d__remote_open_stdio_in(void *ctx, const struct c8d_stdio_place *place, uint32_t flags,
                                          struct c8d_stdio *out, struct c8d_error *err)
{
    struct c8d__remote *remote = ctx;
    struct c8d_str directory = place->directory;
    struct c8d_str id = place->process.len != 0 ? place->process : place->container;
    enum c8d_status status = c8d__files_new(remote, flags, out, err);
    char path[PATH_MAX];
    char prefix[C8D_NAME_BYTES_MAX + 1];
    const struct c8d__layout layout = {path, prefix, "-stdin", "-stdout", "-stderr"};
    int error = 0;

    if (status != C8D_OK)
        return status;
    if (directory.len >= sizeof(path) || id.len >= sizeof(prefix)) {
        path[0] = '\0';
        return fail(remote, out, path, ENAMETOOLONG, err);
    }
    (void)snprintf(path, sizeof(path), "%.*s", (int)directory.len, directory.ptr);
    (void)snprintf(prefix, sizeof(prefix), "%.*s", (int)id.len, id.ptr);
    if (access(path, F_OK) != 0)
        error = make_directories(path);
    if (error == 0)
        error = make_pipes(out->runtime_data, &layout, flags, out);
    return error == 0 ? C8D_OK : fail(remote, out, path, error, err);
}

struct c8d__stdio_paths c8d__stdio_paths(const struct c8d_stdio *stdio)
{
    const struct c8d__files *files = stdio != NULL ? stdio->runtime_data : NULL;
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

bool c8d__files_are_ours(const char *path)
{
    static const char *const names[] = {NAME_IN, NAME_OUT, NAME_ERR};
    const char *name = strrchr(path, '/');

    for (size_t i = 0; name != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(name + 1, names[i]) == 0)
            return true;
    }
    return false;
}
