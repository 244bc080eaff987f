/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a log: as they are, compressed, growing, or standard input. */
#include "log_input.h"
#include "c8d.h"
#include "log_codec.h"
#include "log_mark.h"
#include "log_wait.h"
#include "write_all.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)1 << 20)
/* Less is read before anybody wonders. */
#define PROGRESS_BYTES_MIN ((int64_t)256 << 20)

/* One file of them. */
struct file {
    struct c8d__log_input *input;
    const char *name;
    int fd;
    int64_t size; /* 0 = not known, or too small for anybody to wait */
    int64_t done;
    int64_t shown_percent;
    struct c8d__codec *codec;
    struct c8d__log_mark mark;
    bool begun;     /* a piece of it was handed on */
    bool abandoned; /* what comes is not wanted any more */
};

static bool fail(const struct file *file, const char *what)
{
    c8d__fail("%s: %s: %s", file->input->subcommand, file->name, what);
    return false;
}

static int open_file(const struct c8d__log_input *input, const char *name)
{
    if (strcmp(name, "-") != 0)
        return open(name, O_RDONLY | O_CLOEXEC);
    return input->spool > 0 ? fcntl(input->spool, F_DUPFD_CLOEXEC, 0)
                            : fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
}

static bool begin_file(struct c8d__log_input *input, const char *name, struct file *file)
{
    struct stat status;

    *file = (struct file){.input = input, .name = name, .fd = open_file(input, name)};
    if (file->fd < 0 || fstat(file->fd, &status) != 0) {
        fail(file, strerror(errno));
        if (file->fd >= 0)
            close(file->fd);
        return false;
    }
    if (strcmp(name, "-") == 0 && input->spool > 0)
        lseek(file->fd, 0, SEEK_SET);
    if (S_ISREG(status.st_mode) && status.st_size >= PROGRESS_BYTES_MIN && isatty(STDERR_FILENO) &&
        !input->follow)
        file->size = status.st_size;
    return true;
}

static void end_file(const struct file *file)
{
    c8d__codec_free(file->codec);
    close(file->fd);
}

bool c8d__log_check(const struct c8d__log_input *input)
{
    for (size_t i = 0; i < input->n_files; i++) {
        int fd = open_file(input, input->files[i]);

        if (fd < 0) {
            c8d__fail("%s: %s: %s", input->subcommand, input->files[i], strerror(errno));
            return false;
        }
        close(fd);
    }
    return true;
}

static void show_progress(struct file *file)
{
    int64_t percent = file->size > 0 ? file->done / (file->size / 100) : 0;

    if (percent <= file->shown_percent)
        return;
    if (percent < 100)
        fprintf(stderr, "\r%3" PRId64 " %%", percent);
    else
        fputs("\r     \r", stderr);
    file->shown_percent = percent;
}

/* ---- one piece
 * ----------------------------------------------------------------------------------------- */

/* What `ctr events` printed before containerd 1.0: a table, whose columns say less than the events did. */
static bool is_old_table(const char *text, size_t length)
{
    const char *end = memchr(text, '\n', length);
    size_t width = end != NULL ? (size_t)(end - text) : 0;

    return width > 5 && memcmp(text, "TIME ", 5) == 0 && memmem(text, width, " TYPE ", 6) != NULL &&
           memmem(text, width, " STATUS", 7) != NULL;
}

/* Its export has fields with their lengths in binary. */
static bool is_journal(const char *bytes, size_t length)
{
    static const char cursor[] = "__CURSOR=";

    return length >= strlen(cursor) && memcmp(bytes, cursor, strlen(cursor)) == 0;
}

static bool hand_on(struct file *file, const char *bytes, size_t length)
{
    struct c8d__log_input *input = file->input;

    if (length == 0)
        return true;
    if (!file->begun && !is_journal(bytes, length) && memchr(bytes, '\0', length) != NULL)
        return fail(file, "binary, and no event log");
    if (!file->begun && is_old_table(bytes, length))
        return fail(file, "the table that containerd 0.2 printed; it cannot be read");
    file->begun = true;
    input->bytes += (int64_t)length;
    return input->piece(input->user, bytes, length);
}

/* A byte order mark before the text is none of it. */
static bool take_text(void *user, const char *bytes, size_t length)
{
    struct file *file = user;
    const char *p = bytes;

    if (file->mark.decided)
        return hand_on(file, bytes, length);
    switch (c8d__log_mark_take(&file->mark, &p, &length)) {
    case C8D__MARK_UTF16:
        return fail(file, "UTF-16, which cannot be read; iconv -f UTF-16 -t UTF-8 makes it UTF-8");
    case C8D__MARK_NONE:
        if (!hand_on(file, file->mark.held, file->mark.n_held))
            return false;
        break;
    default:
        break;
    }
    return hand_on(file, p, length);
}

static bool choose_codec(struct file *file, const char *bytes, size_t length)
{
    enum c8d__codec_kind kind = c8d__codec_of((const unsigned char *)bytes, length);

    if (kind == C8D__PLAIN)
        return true;
    file->codec = c8d__codec_new(kind);
    return file->codec != NULL || fail(file, kind == C8D__GZIP ? "this build does not read gzip files"
                                                               : "this build does not read zstd files");
}

static bool take_piece(struct file *file, const char *bytes, size_t length)
{
    bool ended = false;

    if (file->done == 0 && !choose_codec(file, bytes, length))
        return false;
    file->done += (int64_t)length;
    show_progress(file);
    if (file->codec == NULL)
        return take_text(file, bytes, length);
    if (c8d__codec_unpack(file->codec, bytes, length, take_text, file, &ended))
        return true;
    return ended ? false : fail(file, "damaged: it cannot be unpacked");
}

static ssize_t read_some(const struct file *file, char *buffer)
{
    ssize_t n;

    do
        n = read(file->fd, buffer, BUFFER_BYTES);
    while (n < 0 && errno == EINTR && !c8d__log_wait_is_over());
    if (n < 0 && errno == EINTR)
        return 0;
    if (n < 0)
        fail(file, strerror(errno));
    return n;
}

/* Reads to the end of a file as it is now, as long as what comes of it can be written. */
static bool read_to_end(struct file *file, char *buffer)
{
    ssize_t n = 1;

    while (ferror(stdout) == 0 && (n = read_some(file, buffer)) > 0) {
        if (!take_piece(file, buffer, (size_t)n))
            return false;
    }
    return n >= 0;
}

/* ---- all of them
 * --------------------------------------------------------------------------------------- */

static bool reopen(struct file *file)
{
    int fd = open(file->name, O_RDONLY | O_CLOEXEC);

    /* Not made yet: it will be. */
    if (fd < 0)
        return true;
    close(file->fd);
    file->fd = fd;
    file->mark = (struct c8d__log_mark){0};
    return true;
}

/* Waits once, and reads what has come. False to end. */
static bool keep_up(struct file *file, struct c8d__log_wait *wait, char *buffer)
{
    struct c8d__log_input *input = file->input;
    enum c8d__log_change change;

    file->abandoned = input->idle != NULL && !input->idle(input->user);
    if (file->abandoned)
        return false;
    change = c8d__log_wait(wait, file->fd);
    if (change == C8D__LOG_CUT) {
        file->mark = (struct c8d__log_mark){0};
        if (lseek(file->fd, 0, SEEK_SET) != 0)
            return fail(file, strerror(errno));
    }
    if (!read_to_end(file, buffer) || change == C8D__LOG_OVER)
        return false;
    return change != C8D__LOG_REPLACED || (reopen(file) && read_to_end(file, buffer));
}

/* A log is put aside under another name and begun anew, or copied and cut to nothing. */
static bool follow(struct file *file, char *buffer)
{
    struct c8d__log_wait wait;

    if (!c8d__log_wait_begin(&wait, file->name))
        return fail(file, strerror(errno));
    while (keep_up(file, &wait, buffer))
        ;
    c8d__log_wait_end(&wait);
    return file->abandoned || c8d__log_wait_is_over();
}

static bool read_file(struct c8d__log_input *input, size_t number, char *buffer)
{
    struct file file;
    bool done;

    if (!begin_file(input, input->files[number], &file))
        return false;
    done = read_to_end(&file, buffer);
    if (done && input->follow && number + 1 == input->n_files && strcmp(file.name, "-") != 0)
        done = file.codec == NULL ? follow(&file, buffer) : fail(&file, "a compressed file does not grow");
    if (done && file.codec != NULL && ferror(stdout) == 0 && !c8d__codec_is_whole(file.codec))
        done = fail(&file, "damaged: it ends too early");
    end_file(&file);
    return done;
}

bool c8d__log_read(struct c8d__log_input *input)
{
    char *buffer = malloc(BUFFER_BYTES);
    bool done = buffer != NULL;

    if (!done)
        c8d__fail("%s: no memory", input->subcommand);
    input->bytes = 0;
    for (size_t i = 0; i < input->n_files && done; i++)
        done = read_file(input, i, buffer);
    free(buffer);
    return done;
}

/* ---- standard input, twice
 * ----------------------------------------------------------------------------- */

static bool copy_to(int to, char *buffer)
{
    ssize_t n;

    while ((n = read(STDIN_FILENO, buffer, BUFFER_BYTES)) > 0) {
        int failure = c8d__write_all(to, buffer, (size_t)n);

        if (failure != 0) {
            errno = failure;
            return false;
        }
    }
    return n == 0;
}

bool c8d__log_spool(struct c8d__log_input *input)
{
    char *buffer;
    bool done;

    for (size_t i = 0; i < input->n_files; i++) {
        if (strcmp(input->files[i], "-") != 0 || input->spool > 0)
            continue;
        buffer = malloc(BUFFER_BYTES);
        input->spool = memfd_create("log", MFD_CLOEXEC);
        done = buffer != NULL && input->spool > 0 && copy_to(input->spool, buffer);
        free(buffer);
        if (!done) {
            c8d__fail("%s: -: %s", input->subcommand, strerror(errno));
            return false;
        }
    }
    return true;
}

void c8d__log_close(struct c8d__log_input *input)
{
    if (input->spool > 0)
        close(input->spool);
    input->spool = 0;
}
