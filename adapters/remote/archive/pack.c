/* SPDX-License-Identifier: Apache-2.0 */
/* A directory becomes a tar: libarchive writes it into a buffer, as far as somebody wants to have it. */
#include "libarchive.h"
#include "tar.h"
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What libarchive may write beyond a piece: the header of an entry with a long name, or the end. */
#define SLACK_BYTES ((size_t)64 << 10)
#define READ_BYTES ((size_t)16 << 10)

struct c8d__packer {
    const struct c8d_allocator *allocator;
    const struct c8d__libarchive *lib;
    struct archive *archive;
    struct archive_entry *entry;
    FTS *walk;
    size_t root_length; /* of the directory's path, which no name begins with */
    int fd;             /* of the file that is being packed; -1 = none */
    int64_t left;       /* of it */
    unsigned entries;
    bool closed;   /* the end is written */
    bool given_up; /* what is written is not wanted */
    bool too_long; /* what was written did not fit */
    size_t length;
    unsigned char piece[C8D__PIECE_BYTES + SLACK_BYTES];
};

static enum c8d_status fail(struct c8d_error *err, int error, const char *path)
{
    return c8d_error_set_origin(err, C8D_INVALID, C8D_ORIGIN_ERRNO, error, "the image cannot be read: %s: %s",
                                path, strerrordesc_np(error));
}

static enum c8d_status fail_archive(const struct c8d__packer *packer, struct c8d_error *err)
{
    const char *why = packer->lib->archive_error_string(packer->archive);

    return c8d_error_set(err, C8D_INVALID, "the image cannot be packed: %s", why != NULL ? why : "no memory");
}

/* Never fails: after a failure libarchive would not give back all of its memory. */
static la_ssize_t collect(struct archive *archive, void *ctx, const void *bytes, size_t size)
{
    struct c8d__packer *packer = ctx;

    (void)archive;
    packer->too_long = packer->too_long || size > sizeof(packer->piece) - packer->length;
    if (!packer->too_long && !packer->given_up) {
        memcpy(packer->piece + packer->length, bytes, size);
        packer->length += size;
    }
    return (la_ssize_t)size;
}

/* The same directory makes the same tar. */
static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static enum c8d_status open_archive(struct c8d__packer *packer, struct c8d_error *err)
{
    packer->archive = packer->lib->archive_write_new();
    packer->entry = packer->lib->archive_entry_new();
    if (packer->archive == NULL || packer->entry == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory to pack an image");
    if (packer->lib->archive_write_set_format_pax_restricted(packer->archive) != ARCHIVE_OK ||
        packer->lib->archive_write_set_bytes_per_block(packer->archive, 0) != ARCHIVE_OK ||
        packer->lib->archive_write_open(packer->archive, packer, NULL, collect, NULL) != ARCHIVE_OK)
        return fail_archive(packer, err);
    return C8D_OK;
}

static enum c8d_status open_walk(struct c8d__packer *packer, const char *directory, struct c8d_error *err)
{
    union {
        const char *borrowed;
        char *field;
    } path = {directory};
    char *const roots[] = {path.field, NULL};
    struct stat status;

    if (stat(directory, &status) != 0)
        return fail(err, errno, directory);
    if (!S_ISDIR(status.st_mode))
        return fail(err, ENOTDIR, directory);
    packer->root_length = strlen(directory);
    packer->walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
    /* The directory itself comes first, and is not packed. A walk that was never begun would leak, too. */
    if (packer->walk == NULL || fts_read(packer->walk) == NULL)
        return fail(err, errno, directory);
    return C8D_OK;
}

enum c8d_status c8d__packer_new(const struct c8d_allocator *allocator, const char *directory,
                                struct c8d__packer **out, struct c8d_error *err)
{
    const struct c8d__libarchive *lib = c8d__libarchive_load(err);
    struct c8d__packer *packer;
    enum c8d_status status;

    if (lib == NULL)
        return C8D_NOT_IMPLEMENTED;
    packer = allocator->allocate(allocator->ctx, sizeof(*packer));
    if (packer == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory to pack an image");
    memset(packer, 0, offsetof(struct c8d__packer, piece));
    packer->allocator = allocator;
    packer->lib = lib;
    packer->fd = -1;
    status = open_walk(packer, directory, err);
    if (status == C8D_OK)
        status = open_archive(packer, err);
    if (status == C8D_OK)
        *out = packer;
    else
        c8d__packer_free(packer);
    return status;
}

/* libarchive ends what was begun: a file gets all the bytes that its header promises, which takes the least
 * when they are many at once. */
static void close_archive(struct c8d__packer *packer)
{
    packer->given_up = true;
    while (packer->left > 0) {
        size_t n =
            packer->left < (int64_t)sizeof(packer->piece) ? (size_t)packer->left : sizeof(packer->piece);

        if (packer->lib->archive_write_data(packer->archive, packer->piece, n) != (la_ssize_t)n)
            break;
        packer->left -= (int64_t)n;
    }
    (void)packer->lib->archive_write_free(packer->archive);
}

void c8d__packer_free(struct c8d__packer *packer)
{
    if (packer == NULL)
        return;
    if (packer->fd >= 0)
        (void)close(packer->fd);
    if (packer->walk != NULL)
        (void)fts_close(packer->walk);
    packer->lib->archive_entry_free(packer->entry);
    if (packer->archive != NULL)
        close_archive(packer);
    packer->allocator->release(packer->allocator->ctx, packer, sizeof(*packer));
}

/* Writes the header of what was found; of a file the content follows. */
static enum c8d_status begin(struct c8d__packer *packer, const FTSENT *found, const struct stat *status,
                             struct c8d_error *err)
{
    const char *name = found->fts_path + packer->root_length;

    while (*name == '/')
        name++;
    if (++packer->entries > C8D__TAR_ENTRIES_MAX)
        return c8d_error_set(err, C8D_INVALID, "the image cannot be packed: more than %d files",
                             C8D__TAR_ENTRIES_MAX);
    packer->lib->archive_entry_clear(packer->entry);
    packer->lib->archive_entry_copy_pathname(packer->entry, name);
    packer->lib->archive_entry_copy_stat(packer->entry, status);
    return packer->lib->archive_write_header(packer->archive, packer->entry) >= ARCHIVE_WARN
               ? C8D_OK
               : fail_archive(packer, err);
}

/* What is opened is what is packed, whatever has its name by now. */
static enum c8d_status begin_file(struct c8d__packer *packer, const FTSENT *found, struct c8d_error *err)
{
    struct stat status;

    packer->fd = open(found->fts_accpath, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (packer->fd < 0 || fstat(packer->fd, &status) != 0)
        return fail(err, errno, found->fts_path);
    if (!S_ISREG(status.st_mode))
        return c8d_error_set(err, C8D_INVALID, "the image cannot be packed: %s: no file", found->fts_path);
    if (begin(packer, found, &status, err) != C8D_OK)
        return C8D_INVALID;
    packer->left = status.st_size;
    return C8D_OK;
}

/* Goes on to the next file or directory. */
static enum c8d_status next_entry(struct c8d__packer *packer, struct c8d_error *err)
{
    const FTSENT *found;

    errno = 0;
    found = fts_read(packer->walk);
    if (found == NULL && errno != 0)
        return fail(err, errno, "its directory");
    if (found == NULL) {
        packer->closed = true;
        return packer->lib->archive_write_close(packer->archive) == ARCHIVE_OK ? C8D_OK
                                                                               : fail_archive(packer, err);
    }
    switch (found->fts_info) {
    case FTS_F:
        return begin_file(packer, found, err);
    case FTS_D:
        return begin(packer, found, found->fts_statp, err);
    case FTS_DP:
        return C8D_OK;
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        return fail(err, found->fts_errno, found->fts_path);
    default:
        return c8d_error_set(err, C8D_INVALID,
                             "the image cannot be packed: %s: neither a file nor a directory",
                             found->fts_path);
    }
}

static void end_file(struct c8d__packer *packer)
{
    (void)close(packer->fd);
    packer->fd = -1;
}

/* Packs a little of the file. One that has become longer is packed as long as it was; a shorter one is none.
 */
static enum c8d_status go_on(struct c8d__packer *packer, struct c8d_error *err)
{
    unsigned char bytes[READ_BYTES];
    size_t wanted = packer->left < (int64_t)sizeof(bytes) ? (size_t)packer->left : sizeof(bytes);
    ssize_t n = wanted != 0 ? read(packer->fd, bytes, wanted) : 0;

    if (n < 0)
        return fail(err, errno, "a file");
    if (n == 0 && wanted != 0)
        return c8d_error_set(err, C8D_INVALID, "the image cannot be packed: %s has become shorter meanwhile",
                             packer->lib->archive_entry_pathname(packer->entry));
    if (n > 0 && packer->lib->archive_write_data(packer->archive, bytes, (size_t)n) != n)
        return fail_archive(packer, err);
    packer->left -= n;
    if (packer->left == 0)
        end_file(packer);
    return C8D_OK;
}

enum c8d_status c8d__packer_next(struct c8d__packer *packer, struct c8d_str *out, struct c8d_error *err)
{
    enum c8d_status status = C8D_OK;

    packer->length = 0;
    while (status == C8D_OK && packer->length < C8D__PIECE_BYTES && !packer->closed)
        status = packer->fd >= 0 ? go_on(packer, err) : next_entry(packer, err);
    if (packer->too_long)
        return c8d_error_set(err, C8D_INVALID, "the image cannot be packed: a name is too long");
    *out = (struct c8d_str){(const char *)packer->piece, packer->length};
    return status;
}
