/* SPDX-License-Identifier: Apache-2.0 */
/* A recording in a file. */
#include "recording_file.h"
#include "c8d.h"
#include "link.h"
#include "streams.h"
#include "write_all.h"
#include <c8d/error.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNC_INTERVAL_NS (INT64_C(1000) * 1000 * 1000)

/* ---- lasting
 * -------------------------------------------------------------------------------------------------- */

/* Pipes and terminals cannot be made lasting. */
static int make_lasting(struct c8d__file_sink *sink)
{
    if (!sink->dirty)
        return 0;
    sink->synced_ns = c8d__monotonic_ns();
    sink->dirty = false;
    return fdatasync(sink->fd) != 0 && errno != EINVAL && errno != EROFS ? errno : 0;
}

int64_t c8d__file_due_ns(const struct c8d__file_sink *sink)
{
    int64_t left = sink->synced_ns + SYNC_INTERVAL_NS - c8d__monotonic_ns();

    if (sink->wish.sync != C8D__SYNC_INTERVAL || !sink->dirty)
        return INT64_MAX;
    return left > 0 ? left : 0;
}

int c8d__file_tick(struct c8d__file_sink *sink)
{
    return c8d__file_due_ns(sink) == 0 ? make_lasting(sink) : 0;
}

/* The names in a directory are made lasting with the directory. */
static void make_name_lasting(const struct c8d__file_sink *sink)
{
    char directory[PATH_MAX];
    char *slash;
    int fd;

    if (sink->wish.sync == C8D__SYNC_NEVER)
        return;
    snprintf(directory, sizeof(directory), "%s", sink->wish.path);
    slash = strrchr(directory, '/');
    if (slash == NULL)
        snprintf(directory, sizeof(directory), ".");
    else
        slash[slash == directory] = '\0';
    fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)!fsync(fd);
    close(fd);
}

/* ---- turning over
 * --------------------------------------------------------------------------------------------- */

static bool part_name(const struct c8d__file_sink *sink, unsigned number, char out[PATH_MAX])
{
    int length = number == 0 ? snprintf(out, PATH_MAX, "%s", sink->wish.path)
                             : snprintf(out, PATH_MAX, "%s.%u", sink->wish.path, number);

    return length > 0 && length < PATH_MAX;
}

/* PATH.2 becomes PATH.3, PATH.1 PATH.2, PATH PATH.1, in this order: whenever it is cut short, no part is
 * lost. */
static int move_parts(const struct c8d__file_sink *sink)
{
    char from[PATH_MAX];
    char to[PATH_MAX];

    for (unsigned number = sink->wish.keep; number > 0; number--) {
        if (!part_name(sink, number - 1, from) || !part_name(sink, number, to))
            return ENAMETOOLONG;
        if (rename(from, to) != 0 && errno != ENOENT)
            return errno;
    }
    if (sink->wish.keep == 0 && unlink(sink->wish.path) != 0)
        return errno;
    return 0;
}

/* Every part begins as a recording of its own does. */
static int write_header(struct c8d__file_sink *sink)
{
    char header[C8D_RECORDING_HEADER_BYTES];
    size_t length = c8d_recording_header(header);

    sink->bytes = length;
    sink->dirty = true;
    return c8d__write_all(sink->fd, header, length);
}

static int turn_over(struct c8d__file_sink *sink)
{
    int error = sink->wish.sync != C8D__SYNC_NEVER ? make_lasting(sink) : 0;
    int fd;

    if (error == 0)
        error = move_parts(sink);
    if (error != 0)
        return error;
    fd = open(sink->wish.path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return errno;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        error = errno;
        close(fd);
        return error;
    }
    close(sink->fd);
    sink->fd = fd;
    make_name_lasting(sink);
    return write_header(sink);
}

/* ---- frames
 * --------------------------------------------------------------------------------------------------- */

static int take_frame(void *user, const char *bytes, size_t length, const struct c8d_log_record *record)
{
    struct c8d__file_sink *sink = user;
    int error = 0;

    (void)record;
    if (sink->wish.rotate_bytes != 0 && sink->bytes + length > sink->wish.rotate_bytes && sink->bytes > 0)
        error = turn_over(sink);
    if (error == 0)
        error = c8d__write_all(sink->fd, bytes, length);
    sink->unread = error != 0 && strcmp(sink->wish.path, "-") == 0 && c8d__streams_reader_is_gone(error);
    if (error != 0)
        return sink->unread ? 0 : error;
    sink->bytes += length;
    sink->dirty = true;
    return sink->wish.sync == C8D__SYNC_FRAME ? make_lasting(sink) : c8d__file_tick(sink);
}

static int finish(void *user)
{
    struct c8d__file_sink *sink = user;

    return sink->wish.sync != C8D__SYNC_NEVER ? make_lasting(sink) : 0;
}

struct c8d_recorder_sink c8d__file_recorder_sink(struct c8d__file_sink *sink)
{
    return (struct c8d_recorder_sink){.frame = take_frame, .finish = finish, .user = sink};
}

/* ---- opening
 * -------------------------------------------------------------------------------------------------- */

static int open_path(const struct c8d__file_wish *wish, bool *made)
{
    int fd;

    *made = false;
    if (strcmp(wish->path, "-") == 0)
        return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    fd = open(wish->path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    *made = fd >= 0;
    if (fd < 0 && errno == EEXIST && wish->if_there != C8D__REFUSE)
        fd = open(wish->path, O_RDWR | O_APPEND | O_CLOEXEC);
    return fd;
}

/* A file that is there: it must be a recording, and nobody else's. Devices and pipes are written to as they
 * are. */
static bool take_over(struct c8d__file_sink *sink)
{
    struct c8d_error err = {0};
    struct stat status;
    int64_t whole = 0;

    if (fstat(sink->fd, &status) == 0 && !S_ISREG(status.st_mode))
        return true;
    if (flock(sink->fd, LOCK_EX | LOCK_NB) != 0) {
        c8d__fail("%s: %s", sink->wish.path,
                  errno == EWOULDBLOCK ? "another recorder is writing it" : strerror(errno));
        return false;
    }
    if (sink->made)
        return true;
    if (c8d_recording_scan(sink->fd, &whole, &err) != C8D_OK) {
        c8d__fail("%s: %s; it is left as it is", sink->wish.path, err.message);
        return false;
    }
    if (sink->wish.if_there == C8D__REPLACE)
        whole = 0;
    if (ftruncate(sink->fd, whole) != 0) {
        c8d__fail("%s: %s", sink->wish.path, strerror(errno));
        return false;
    }
    sink->bytes = (uint64_t)whole;
    sink->resumed = whole > 0;
    return true;
}

bool c8d__file_open(struct c8d__file_sink *sink, const struct c8d__file_wish *wish)
{
    *sink = (struct c8d__file_sink){.wish = *wish, .synced_ns = c8d__monotonic_ns()};
    sink->fd = open_path(wish, &sink->made);
    if (sink->fd < 0 && errno == EEXIST && wish->there != NULL) {
        c8d__fail("%s: %s (%s)", wish->path, strerror(errno), wish->there);
        return false;
    }
    if (sink->fd < 0) {
        c8d__fail("%s: %s", wish->path, strerror(errno));
        return false;
    }
    if (strcmp(wish->path, "-") == 0)
        return true;
    if (!take_over(sink)) {
        close(sink->fd);
        return false;
    }
    if (sink->made)
        make_name_lasting(sink);
    return true;
}

int c8d__file_close(struct c8d__file_sink *sink)
{
    int error = close(sink->fd) != 0 ? errno : 0;

    sink->fd = -1;
    return error;
}
