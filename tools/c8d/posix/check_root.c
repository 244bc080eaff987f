/* SPDX-License-Identifier: Apache-2.0 */
#include "check_root.h"
#include "c8d.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Where a shell and what it needs lie, whether these are directories or lead to others. */
static const char *const shared[] = {"usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"};
/* What the default spec mounts there. */
static const char *const mounted[] = {"proc", "dev", "sys", "run"};

bool c8d__check_root_make(char path[C8D__CHECK_ROOT_BYTES])
{
    const char *directory = getenv("TMPDIR");
    int length = snprintf(path, C8D__CHECK_ROOT_BYTES, "%s/c8d-check-XXXXXX",
                          directory != NULL && *directory == '/' ? directory : "/tmp");

    if (length < C8D__CHECK_ROOT_BYTES && mkdtemp(path) != NULL)
        return true;
    errno = length < C8D__CHECK_ROOT_BYTES ? errno : ENAMETOOLONG;
    c8d__fail("check: %s: %s", path, strerror(errno));
    path[0] = '\0';
    return false;
}

/* The host's `name`, as it is there: a directory is mounted, a link made again. */
static bool share(const char *path, const char *name, json_t *mounts)
{
    char there[16];
    char target[256];
    char here[C8D__CHECK_ROOT_BYTES + 16];
    struct stat status;
    ssize_t length;

    snprintf(there, sizeof(there), "/%s", name);
    if (lstat(there, &status) != 0)
        return true;
    if (!S_ISLNK(status.st_mode))
        return json_array_append_new(mounts, json_pack("{s:s, s:s, s:s, s:[s, s, s, s]}", "destination",
                                                       there, "type", "bind", "source", there, "options",
                                                       "rbind", "ro", "nosuid", "nodev")) == 0;
    length = readlink(there, target, sizeof(target) - 1);
    if (length < 0)
        return false;
    target[length] = '\0';
    snprintf(here, sizeof(here), "%s/%s", path, name);
    return symlink(target, here) == 0;
}

bool c8d__check_root_fill(const char *path, json_t *spec)
{
    json_t *mounts = json_object_get(spec, "mounts");

    for (size_t i = 0; i < COUNT(shared); i++) {
        if (share(path, shared[i], mounts))
            continue;
        c8d__fail("check: %s/%s: %s", path, shared[i], strerror(errno));
        return false;
    }
    return true;
}

/* Never deeper: what is not empty is not ours. */
static void clear(const char *path, const char *const *names, size_t n)
{
    char at[C8D__CHECK_ROOT_BYTES + 16];

    for (size_t i = 0; i < n; i++) {
        snprintf(at, sizeof(at), "%s/%s", path, names[i]);
        if (rmdir(at) != 0 && errno == ENOTDIR)
            (void)unlink(at);
    }
}

void c8d__check_root_remove(const char *path)
{
    if (*path == '\0')
        return;
    clear(path, shared, COUNT(shared));
    clear(path, mounted, COUNT(mounted));
    if (rmdir(path) != 0)
        c8d__fail("check: %s is left behind: %s", path, strerror(errno));
}
