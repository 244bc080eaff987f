/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tar becomes a directory. It comes from somebody else, and may be made to do harm: the whole of it is
 * looked through first. What then is written goes into the directory name by name, and follows no link, so
 * that it is certain where it ends up. libarchive only reads: what it has for writing changes the umask of
 * the whole process for moments.
 */
#include "libarchive.h"
#include "sha256.h"
#include "tar.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIRECTORY_MODE 0700
#define FILE_MODE 0600
#define MODE_MASK 0777

struct c8d__unpacker {
    const struct c8d_allocator *allocator;
    const struct c8d__libarchive *lib;
    int directory;
    int spool; /* the tar, in a file without a name */
    char digest[C8D__DIGEST_BYTES];
    int64_t expected; /* bytes */
    int64_t taken;
    struct sha256_ctx sum;
    struct archive *archive; /* NULL: a look through it is to begin */
    bool looked;             /* it was looked through */
    bool in_entry;           /* its content is being read */
    int64_t promised;        /* bytes of all files so far, as their headers say */
    unsigned entries;
    int file; /* that is being written; -1 = none */
    unsigned char piece[C8D__PIECE_BYTES];
};

static enum c8d_status fail(struct c8d_error *err, int error, const char *what)
{
    return c8d_error_set_origin(err, error == ENOMEM ? C8D_EXHAUSTED : C8D_REMOTE, C8D_ORIGIN_ERRNO, error,
                                "the image cannot be unpacked: %s: %s", what, strerrordesc_np(error));
}

static enum c8d_status refuse(struct c8d_error *err, const char *name, const char *why)
{
    return c8d_error_set(err, C8D_REMOTE, "the image is not unpacked: %.128s: %s", name, why);
}

/* A file system without such files gets one whose name is gone at once. */
static int open_spool(int directory)
{
    static const char name[] = ".c8d-image";
    int fd = openat(directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, FILE_MODE);

    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return fd;
    fd = openat(directory, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (fd >= 0)
        (void)unlinkat(directory, name, 0);
    return fd;
}

static enum c8d_status open_both(struct c8d__unpacker *unpacker, const char *path, struct c8d_error *err)
{
    if (mkdir(path, DIRECTORY_MODE) != 0 && errno != EEXIST)
        return fail(err, errno, path);
    unpacker->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (unpacker->directory < 0)
        return fail(err, errno, path);
    unpacker->spool = open_spool(unpacker->directory);
    return unpacker->spool >= 0 ? C8D_OK : fail(err, errno, path);
}

enum c8d_status c8d__unpacker_new(const struct c8d_allocator *allocator, const char *directory,
                                  struct c8d__unpacker **out, struct c8d_error *err)
{
    const struct c8d__libarchive *lib = c8d__libarchive_load(err);
    struct c8d__unpacker *unpacker;
    enum c8d_status status;

    if (lib == NULL)
        return C8D_NOT_IMPLEMENTED;
    unpacker = allocator->allocate(allocator->ctx, sizeof(*unpacker));
    if (unpacker == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory to unpack an image");
    memset(unpacker, 0, offsetof(struct c8d__unpacker, piece));
    unpacker->allocator = allocator;
    unpacker->lib = lib;
    unpacker->directory = unpacker->spool = unpacker->file = -1;
    sha256_init(&unpacker->sum);
    status = open_both(unpacker, directory, err);
    if (status == C8D_OK)
        *out = unpacker;
    else
        c8d__unpacker_free(unpacker);
    return status;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

void c8d__unpacker_free(struct c8d__unpacker *unpacker)
{
    if (unpacker == NULL)
        return;
    close_if_open(unpacker->file);
    close_if_open(unpacker->spool);
    close_if_open(unpacker->directory);
    if (unpacker->archive != NULL)
        (void)unpacker->lib->archive_read_free(unpacker->archive);
    unpacker->allocator->release(unpacker->allocator->ctx, unpacker, sizeof(*unpacker));
}

enum c8d_status c8d__unpacker_expect(struct c8d__unpacker *unpacker, struct c8d_str digest, int64_t size,
                                     struct c8d_error *err)
{
    if (size <= 0 || size > C8D__TAR_BYTES_MAX)
        return c8d_error_set(err, C8D_REMOTE, "the image has a size that cannot be: %lld", (long long)size);
    if (digest.len != C8D__DIGEST_BYTES - 1)
        return c8d_error_set(err, C8D_REMOTE, "the image has a digest that cannot be checked");
    memcpy(unpacker->digest, digest.ptr, digest.len);
    unpacker->expected = size;
    return C8D_OK;
}

enum c8d_status c8d__unpacker_take(struct c8d__unpacker *unpacker, struct c8d_str bytes,
                                   struct c8d_error *err)
{
    if ((int64_t)bytes.len > unpacker->expected - unpacker->taken)
        return c8d_error_set(err, C8D_REMOTE, "the image is longer than the %lld bytes that were told",
                             (long long)unpacker->expected);
    sha256_update(&unpacker->sum, bytes.len, (const unsigned char *)bytes.ptr);
    unpacker->taken += (int64_t)bytes.len;
    while (bytes.len != 0) {
        ssize_t n = write(unpacker->spool, bytes.ptr, bytes.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(err, errno, "the tar");
        bytes.ptr += n;
        bytes.len -= (size_t)n;
    }
    return C8D_OK;
}

enum c8d_status c8d__unpacker_end(struct c8d__unpacker *unpacker, struct c8d_error *err)
{
    char name[C8D__DIGEST_BYTES];

    if (unpacker->taken != unpacker->expected)
        return c8d_error_set(err, C8D_REMOTE, "the image is cut short: %lld bytes of %lld",
                             (long long)unpacker->taken, (long long)unpacker->expected);
    c8d__sha256_name(&unpacker->sum, name);
    if (memcmp(name, unpacker->digest, sizeof(name)) != 0)
        return c8d_error_set(err, C8D_REMOTE, "the image is not the one that was told: its digest is %s",
                             name);
    return C8D_OK;
}

/* Read and never skipped: libarchive would not notice that what it skips is not there. */
static la_ssize_t read_spool(struct archive *archive, void *ctx, const void **out)
{
    struct c8d__unpacker *unpacker = ctx;
    ssize_t n = read(unpacker->spool, unpacker->piece, sizeof(unpacker->piece));

    if (n < 0)
        unpacker->lib->archive_set_error(archive, errno, "%s", strerrordesc_np(errno));
    *out = unpacker->piece;
    return n;
}

static enum c8d_status fail_archive(const struct c8d__unpacker *unpacker, struct c8d_error *err)
{
    const char *why = unpacker->lib->archive_error_string(unpacker->archive);

    return refuse(err, "its tar", why != NULL ? why : "malformed");
}

static enum c8d_status open_archive(struct c8d__unpacker *unpacker, struct c8d_error *err)
{
    unpacker->entries = 0;
    unpacker->promised = 0;
    unpacker->archive = unpacker->lib->archive_read_new();
    if (unpacker->archive == NULL || lseek(unpacker->spool, 0, SEEK_SET) != 0)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory to unpack an image");
    if (unpacker->lib->archive_read_support_format_tar(unpacker->archive) != ARCHIVE_OK ||
        unpacker->lib->archive_read_open(unpacker->archive, unpacker, NULL, read_spool, NULL) != ARCHIVE_OK)
        return fail_archive(unpacker, err);
    return C8D_OK;
}

/* The next name of a path, of which it is cut off; "." is none. NULL: there is none left. */
static char *cut_name(char **path)
{
    char *name;

    do {
        while (**path == '/')
            ++*path;
        name = *path;
        *path += strcspn(*path, "/");
        if (**path != '\0')
            *(*path)++ = '\0';
    } while (strcmp(name, ".") == 0);
    return *name != '\0' ? name : NULL;
}

static const char *wrong_path(const char *path)
{
    char names[C8D__TAR_PATH_MAX];
    char *at = names;
    char *name;

    if (path[0] == '/')
        return "an absolute path";
    if (path[0] == '\0')
        return "no name";
    if (strlen(path) >= sizeof(names))
        return "too long a path";
    memcpy(names, path, strlen(path) + 1);
    while ((name = cut_name(&at)) != NULL) {
        if (strcmp(name, "..") == 0)
            return "a path that leads out of the directory";
    }
    return NULL;
}

static const char *wrong_kind(const struct c8d__unpacker *unpacker, struct archive_entry *entry)
{
    if (unpacker->lib->archive_entry_hardlink(entry) != NULL)
        return "a hard link";
    switch (unpacker->lib->archive_entry_filetype(entry)) {
    case AE_IFREG:
    case AE_IFDIR:
        return NULL;
    case AE_IFLNK:
        return "a symbolic link";
    default:
        return "neither a file nor a directory";
    }
}

/* A header says what is to come: together no more than there is. */
static const char *wrong_size(struct c8d__unpacker *unpacker, struct archive_entry *entry)
{
    int64_t size = unpacker->lib->archive_entry_size(entry);

    if (++unpacker->entries > C8D__TAR_ENTRIES_MAX)
        return "too many entries";
    if (size < 0 || size > unpacker->expected - unpacker->promised)
        return "more bytes than the tar has";
    unpacker->promised += size;
    return NULL;
}

static enum c8d_status check(struct c8d__unpacker *unpacker, struct archive_entry *entry,
                             struct c8d_error *err)
{
    const char *path = unpacker->lib->archive_entry_pathname(entry);
    const char *wrong;

    if (path == NULL)
        return refuse(err, "an entry", "a name that cannot be read");
    wrong = wrong_path(path);
    if (wrong == NULL)
        wrong = wrong_kind(unpacker, entry);
    if (wrong == NULL)
        wrong = wrong_size(unpacker, entry);
    return wrong == NULL ? C8D_OK : refuse(err, path, wrong);
}

/* Goes down into a directory, which is made when it is missing. Closes where it was. */
static int descend(int from, const char *name, mode_t mode)
{
    int fd = -1;

    if (mkdirat(from, name, mode | DIRECTORY_MODE) == 0 || errno == EEXIST)
        fd = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
        errno = EEXIST;
    close_if_open(from);
    return fd;
}

/* What was there is not written into, but replaced. */
static int make_file(int parent, const char *name, mode_t mode)
{
    int fd = -1;

    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode | FILE_MODE);
    close_if_open(parent);
    return fd;
}

static enum c8d_status create(struct c8d__unpacker *unpacker, struct archive_entry *entry,
                              struct c8d_error *err)
{
    const char *path = unpacker->lib->archive_entry_pathname(entry);
    mode_t mode = unpacker->lib->archive_entry_perm(entry) & MODE_MASK;
    bool is_file = unpacker->lib->archive_entry_filetype(entry) == AE_IFREG;
    int at = fcntl(unpacker->directory, F_DUPFD_CLOEXEC, 0);
    char names[C8D__TAR_PATH_MAX];
    char *rest = names;
    char *name;
    char *following;

    memcpy(names, path, strlen(path) + 1);
    for (name = cut_name(&rest); name != NULL && at >= 0; name = following) {
        following = cut_name(&rest);
        if (following == NULL && is_file)
            at = unpacker->file = make_file(at, name, mode);
        else
            at = descend(at, name, following == NULL ? mode : 0);
    }
    if (at < 0)
        return fail(err, errno, path);
    if (at != unpacker->file)
        close_if_open(at);
    return C8D_OK;
}

/* A look through it is over. */
static enum c8d_status finish(struct c8d__unpacker *unpacker, bool *done)
{
    (void)unpacker->lib->archive_read_free(unpacker->archive);
    unpacker->archive = NULL;
    *done = unpacker->looked;
    unpacker->looked = true;
    return C8D_OK;
}

static enum c8d_status next_entry(struct c8d__unpacker *unpacker, bool *done, struct c8d_error *err)
{
    struct archive_entry *entry;
    int result = unpacker->lib->archive_read_next_header(unpacker->archive, &entry);
    enum c8d_status status;

    if (result == ARCHIVE_EOF)
        return finish(unpacker, done);
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
        return fail_archive(unpacker, err);
    status = check(unpacker, entry, err);
    if (status == C8D_OK && unpacker->looked)
        status = create(unpacker, entry, err);
    unpacker->in_entry = status == C8D_OK;
    return status;
}

static enum c8d_status write_block(struct c8d__unpacker *unpacker, const char *bytes, size_t size,
                                   int64_t offset, struct c8d_error *err)
{
    while (size != 0) {
        ssize_t n = pwrite(unpacker->file, bytes, size, offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(err, errno, "a file");
        bytes += n;
        size -= (size_t)n;
        offset += n;
    }
    return C8D_OK;
}

static enum c8d_status next_block(struct c8d__unpacker *unpacker, struct c8d_error *err)
{
    const void *bytes;
    size_t size;
    la_int64_t offset;
    int result = unpacker->lib->archive_read_data_block(unpacker->archive, &bytes, &size, &offset);

    if (result == ARCHIVE_EOF) {
        close_if_open(unpacker->file);
        unpacker->file = -1;
        unpacker->in_entry = false;
        return C8D_OK;
    }
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
        return fail_archive(unpacker, err);
    return unpacker->file >= 0 ? write_block(unpacker, bytes, size, offset, err) : C8D_OK;
}

enum c8d_status c8d__unpacker_step(struct c8d__unpacker *unpacker, bool *done, struct c8d_error *err)
{
    *done = false;
    if (unpacker->archive == NULL)
        return open_archive(unpacker, err);
    return unpacker->in_entry ? next_block(unpacker, err) : next_entry(unpacker, done, err);
}
