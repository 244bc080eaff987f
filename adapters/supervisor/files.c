/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a private containerd: its directories, its configuration, its pid. */
#include "supervisor_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum c8d_status fail(struct c8d_error *err, const char *path)
{
    int code = errno;

    return c8d_error_set_origin(err, C8D_REMOTE, C8D_ORIGIN_ERRNO, code, "%s: %s", path, strerror(code));
}

enum c8d_status c8d__supervisor_directories(const struct c8d__kept *kept, struct c8d_error *err)
{
    const char *path = kept->directory.text;
    struct stat found;

    if (mkdir(path, 0700) == 0)
        return C8D_OK;
    if (errno != EEXIST || stat(path, &found) != 0)
        return fail(err, path);
    if (!S_ISDIR(found.st_mode)) {
        errno = ENOTDIR;
        return fail(err, path);
    }
    return C8D_OK;
}

/* A basic string of TOML. The options have no control characters. */
static void write_string(FILE *file, const char *key, const char *value)
{
    fprintf(file, "%s = \"", key);
    for (; *value != '\0'; value++) {
        if (*value == '"' || *value == '\\')
            fputc('\\', file);
        fputc(*value, file);
    }
    fputs("\"\n", file);
}

static void write_settings(FILE *file, const struct c8d__kept *kept)
{
    fputs("# Made by the supervisor of libc8d, and anew at each start.\nversion = 2\n", file);
    write_string(file, "root", kept->root.text);
    write_string(file, "state", kept->state.text);
    if (kept->oom_score_adj != 0)
        fprintf(file, "oom_score = %d\n", (int)kept->oom_score_adj);
    fputs("disabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n[grpc]\n", file);
    write_string(file, "address", kept->address.text);
    fputs("[debug]\n", file);
    write_string(file, "level", kept->log_level);
    if (kept->metrics[0] != '\0') {
        fputs("[metrics]\n", file);
        write_string(file, "address", kept->metrics);
    }
}

/* Replaces a file at once, so that nobody reads half of it. */
static bool replace(const char *path, void (*write_it)(FILE *, const void *), const void *what)
{
    char beside[PATH_MAX + 8];
    FILE *file;
    bool good;

    (void)snprintf(beside, sizeof(beside), "%s.new", path);
    file = fopen(beside, "we");
    if (file == NULL)
        return false;
    write_it(file, what);
    good = ferror(file) == 0;
    good = fclose(file) == 0 && good;
    if (good && rename(beside, path) == 0)
        return true;
    (void)unlink(beside);
    return false;
}

static void write_config(FILE *file, const void *kept)
{
    write_settings(file, kept);
}

enum c8d_status c8d__supervisor_write_config(const struct c8d__kept *kept, struct c8d_error *err)
{
    if (kept->own_config)
        return access(kept->config.text, R_OK) == 0 ? C8D_OK : fail(err, kept->config.text);
    return replace(kept->config.text, write_config, kept) ? C8D_OK : fail(err, kept->config.text);
}

static void write_pid(FILE *file, const void *pid)
{
    fprintf(file, "%u\n", *(const unsigned *)pid);
}

void c8d__supervisor_write_pid(const struct c8d__kept *kept, uint32_t pid)
{
    const unsigned number = pid;

    /* Without the file the process is still kept; it only cannot be taken over later. */
    (void)replace(kept->pid_file.text, write_pid, &number);
}

uint32_t c8d__supervisor_read_pid(const struct c8d__kept *kept)
{
    char text[16] = "";
    FILE *file = fopen(kept->pid_file.text, "re");
    unsigned long pid;
    char *end;

    if (file == NULL)
        return 0;
    if (fgets(text, sizeof(text), file) == NULL)
        text[0] = '\0';
    (void)fclose(file);
    pid = strtoul(text, &end, 10);
    return end != text && (*end == '\n' || *end == '\0') && pid <= INT32_MAX ? (uint32_t)pid : 0;
}

void c8d__supervisor_remove_pid(const struct c8d__kept *kept, uint32_t pid)
{
    if (pid != 0 && c8d__supervisor_read_pid(kept) == pid)
        (void)unlink(kept->pid_file.text);
}
