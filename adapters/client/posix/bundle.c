/* SPDX-License-Identifier: Apache-2.0 */
/* The directory of a container's pipes, as moby's libcontainerd makes it. */
#include <c8d/container.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODE_SHARED 0755
#define MODE_OWN 0700

struct path {
    char *bytes;
    size_t size;
    size_t n;
};

static bool append(struct path *path, const char *text, size_t length)
{
    if (length >= path->size - path->n)
        return false;
    memcpy(path->bytes + path->n, text, length);
    path->n += length;
    path->bytes[path->n] = '\0';
    return true;
}

/* Makes the last part. Returns 0 or an errno value. */
static int make_shared(const struct path *path)
{
    if (mkdir(path->bytes, MODE_SHARED) == 0)
        return chmod(path->bytes, MODE_SHARED) == 0 ? 0 : errno;
    return errno == EEXIST ? 0 : errno;
}

static bool is_open_to_others(const struct path *path)
{
    struct stat stat_;

    return stat(path->bytes, &stat_) == 0 && (stat_.st_mode & S_IXOTH) != 0;
}

/* Replaces the last part by one that belongs to the user, unless all can pass through it. */
static int make_own(struct path *path, uint32_t uid, uint32_t gid)
{
    char suffix[32];
    int length = snprintf(suffix, sizeof(suffix), ".%u.%u", uid, gid);

    if (is_open_to_others(path))
        return 0;
    if (!append(path, suffix, (size_t)length))
        return ENAMETOOLONG;
    if (mkdir(path->bytes, MODE_OWN) != 0)
        return errno == EEXIST ? 0 : errno;
    return chown(path->bytes, uid, gid) == 0 ? 0 : errno;
}

/* One part after the other. */
static int make(struct c8d_str wanted, uint32_t uid, uint32_t gid, struct path *path)
{
    const char *at = wanted.ptr;
    const char *end = wanted.ptr + wanted.len;
    int error = 0;

    while (at < end && error == 0) {
        const char *slash = memchr(at + 1, '/', (size_t)(end - at - 1));
        const char *next = slash != NULL ? slash : end;

        if (next - at > 1 && !append(path, at, (size_t)(next - at)))
            return ENAMETOOLONG;
        if (next - at > 1)
            error = uid == 0 && gid == 0 ? make_shared(path) : make_own(path, uid, gid);
        at = next;
    }
    return error;
}

enum c8d_status c8d_bundle_make(struct c8d_str path, uint32_t uid, uint32_t gid, char *out, size_t bytes,
                                struct c8d_error *err)
{
    struct path made = {.bytes = out, .size = bytes};
    int error;

    if (path.len < 2 || path.ptr[0] != '/' || memchr(path.ptr, '\0', path.len) != NULL)
        return c8d_error_set(err, C8D_INVALID, "a bundle needs an absolute path");
    if (bytes == 0)
        return c8d_error_set(err, C8D_INVALID, "no room for the path of the bundle");
    out[0] = '\0';
    error = make(path, uid, gid, &made);
    if (error == ENAMETOOLONG)
        return c8d_error_set(err, C8D_INVALID, "too little room for the path of the bundle");
    if (error != 0)
        return c8d_error_set_origin(err, C8D_REMOTE, C8D_ORIGIN_ERRNO, error, "bundle %s: %s", out,
                                    strerrordesc_np(error));
    return C8D_OK;
}
