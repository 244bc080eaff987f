/* SPDX-License-Identifier: Apache-2.0 */
/* Where a recording ends that its recorder did not. */
#include "frame.h"
#include <c8d/error.h>
#include <c8d/log.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TAIL_BYTES 65536

static enum c8d_status unreadable(int error, struct c8d_error *err)
{
    char reason[128];

    return c8d_error_set_origin(err, C8D_REMOTE, C8D_ORIGIN_ERRNO, error, "cannot read the recording: %s",
                                strerror_r(error, reason, sizeof(reason)));
}

/* Reads until `length` bytes or the end of the file. @return Bytes read; -1 with errno. */
static ssize_t read_at(int fd, char *bytes, size_t length, off_t at)
{
    size_t done = 0;

    while (done < length) {
        ssize_t n = pread(fd, bytes + done, length - done, at + (off_t)done);

        if (n < 0 && errno != EINTR)
            return -1;
        if (n == 0)
            break;
        if (n > 0)
            done += (size_t)n;
    }
    return (ssize_t)done;
}

static bool is_frame(const char *line, size_t length)
{
    struct c8d_log_record record;
    enum c8d_line_verdict verdict = c8d_log_read_line(C8D_LOG_C8D, (struct c8d_str){line, length}, &record);

    return length > 0 && (verdict == C8D_LINE_INPUT || verdict == C8D_LINE_IGNORED);
}

/* The bytes up to the end of the last whole frame; 0 = there is none. */
static size_t last_frame_end(const char *bytes, size_t length)
{
    size_t end = length;

    while (end > 0) {
        const char *feed = memrchr(bytes, '\n', end);
        const char *before;
        size_t begin;

        if (feed == NULL)
            return 0;
        end = (size_t)(feed - bytes);
        before = end > 0 ? memrchr(bytes, '\n', end) : NULL;
        begin = before != NULL ? (size_t)(before - bytes) + 1 : 0;
        if (is_frame(bytes + begin, end - begin))
            return end + 1;
    }
    return 0;
}

/* A file whose recorder was ended while it wrote the header holds a part of it. */
static bool is_cut_header(const char *bytes, size_t length)
{
    struct c8d__frame header;

    c8d__frame_header(&header);
    return length < header.length && memcmp(bytes, header.bytes, length) == 0;
}

static enum c8d_status scan(int fd, off_t size, char *bytes, int64_t *whole, struct c8d_error *err)
{
    off_t tail = size > TAIL_BYTES ? size - TAIL_BYTES : 0;
    ssize_t n = read_at(fd, bytes, C8D__FRAME_BYTES, 0);
    const char *feed;
    size_t end;

    if (n < 0)
        return unreadable(errno, err);
    if (is_cut_header(bytes, (size_t)n)) {
        *whole = 0;
        return C8D_OK;
    }
    feed = memchr(bytes, '\n', (size_t)n);
    if (feed == NULL || !is_frame(bytes, (size_t)(feed - bytes)))
        return c8d_error_set(err, C8D_INVALID, "it is no recording");
    n = read_at(fd, bytes, TAIL_BYTES, tail);
    if (n < 0)
        return unreadable(errno, err);
    end = last_frame_end(bytes, (size_t)n);
    if (end == 0)
        return c8d_error_set(err, C8D_INVALID, "its end is damaged");
    *whole = tail + (int64_t)end;
    return C8D_OK;
}

enum c8d_status c8d_recording_scan(int fd, int64_t *whole, struct c8d_error *err)
{
    char bytes[TAIL_BYTES];
    struct stat status;

    if (fstat(fd, &status) != 0)
        return unreadable(errno, err);
    if (!S_ISREG(status.st_mode))
        return c8d_error_set(err, C8D_INVALID, "it is no regular file");
    return scan(fd, status.st_size, bytes, whole, err);
}
