/* SPDX-License-Identifier: Apache-2.0 */
/* The options of a supervisor: checked, and completed by the defaults. */
#include "supervisor_internal.h"
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#define MS INT64_C(1000000)
#define SECOND (1000 * MS)
/* Until it has answered once: its start is what somebody waits for. */
#define FIRST_CHECK (20 * MS)

static enum c8d_status refuse(struct c8d_error *err, const char *what, struct c8d_str value)
{
    return c8d_error_set(err, C8D_INVALID, "%s: not valid: '%.*s'", what,
                         (int)(value.len < 100 ? value.len : 100), value.len != 0 ? value.ptr : "");
}

/* What can stand in a line of a file and on a command line. */
static bool is_plain(struct c8d_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
            return false;
    }
    return true;
}

static bool is_path(struct c8d_str path, size_t bytes_max)
{
    return path.len > 1 && path.len <= bytes_max && path.ptr[0] == '/' && is_plain(path);
}

static void copy(char *to, struct c8d_str from)
{
    memcpy(to, from.ptr, from.len);
    to[from.len] = '\0';
}

/* The path given, or the one of that name in the directory. */
static enum c8d_status take_path(const struct c8d__kept *kept, struct c8d_str given, const char *name,
                                 size_t bytes_max, struct c8d__path *out, struct c8d_error *err)
{
    int length;

    if (given.len != 0) {
        if (!is_path(given, bytes_max))
            return refuse(err, name, given);
        copy(out->text, given);
        return C8D_OK;
    }
    length = snprintf(out->text, sizeof(out->text), "%s/%s", kept->directory.text, name);
    if (length < 0 || (size_t)length > bytes_max)
        return c8d_error_set(err, C8D_INVALID, "directory: too long a path for %s", name);
    return C8D_OK;
}

static enum c8d_status take_paths(const struct c8d_supervisor_options *options, struct c8d__kept *kept,
                                  struct c8d_error *err)
{
    const size_t socket_max = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;
    const struct c8d_str none = {0};
    const struct {
        struct c8d_str given;
        const char *name;
        size_t bytes_max;
        struct c8d__path *out;
    } paths[] = {
        {options->config, "containerd.toml", PATH_MAX - 1, &kept->config},
        {options->address, "containerd.sock", socket_max, &kept->address},
        {options->root, "root", PATH_MAX - 1, &kept->root},
        {options->state, "state", PATH_MAX - 1, &kept->state},
        {none, "containerd.pid", PATH_MAX - 1, &kept->pid_file},
        {none, "containerd.log", PATH_MAX - 1, &kept->log},
    };

    if (!is_path(options->directory, PATH_MAX - 32))
        return refuse(err, "directory", options->directory);
    copy(kept->directory.text, options->directory);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        enum c8d_status status =
            take_path(kept, paths[i].given, paths[i].name, paths[i].bytes_max, paths[i].out, err);

        if (status != C8D_OK)
            return status;
    }
    kept->own_config = options->config.len != 0;
    if (kept->own_config && options->address.len == 0)
        return c8d_error_set(err, C8D_INVALID, "address: needed with a configuration file of one's own");
    return C8D_OK;
}

static bool is_level(struct c8d_str level)
{
    static const char *const levels[] = {"trace", "debug", "info", "warn", "error", "fatal", "panic"};

    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (level.len == strlen(levels[i]) && memcmp(level.ptr, levels[i], level.len) == 0)
            return true;
    }
    return false;
}

static enum c8d_status take_words(const struct c8d_supervisor_options *options, struct c8d__kept *kept,
                                  struct c8d_error *err)
{
    if (options->program.len >= sizeof(kept->program.text) || !is_plain(options->program))
        return refuse(err, "program", options->program);
    copy(kept->program.text,
         options->program.len != 0 ? options->program : (struct c8d_str){"containerd", strlen("containerd")});
    if (options->metrics.len >= sizeof(kept->metrics) || !is_plain(options->metrics))
        return refuse(err, "metrics", options->metrics);
    if (options->metrics.len != 0)
        copy(kept->metrics, options->metrics);
    if (options->log_level.len != 0 && !is_level(options->log_level))
        return refuse(err, "log_level", options->log_level);
    copy(kept->log_level,
         options->log_level.len != 0 ? options->log_level : (struct c8d_str){"info", strlen("info")});
    if (options->oom_score_adj < -1000 || options->oom_score_adj > 1000)
        return c8d_error_set(err, C8D_INVALID, "oom_score_adj: not -1000 to 1000");
    kept->oom_score_adj = options->oom_score_adj;
    return C8D_OK;
}

static enum c8d_status take_times(const struct c8d_supervisor_options *options, struct c8d__kept *kept,
                                  struct c8d_error *err)
{
    const struct {
        int64_t given, otherwise;
        int64_t *out;
    } times[] = {
        {options->start_timeout_ns, 15 * SECOND, &kept->times_ns[C8D_SUPERVISION_TIMER_START]},
        {options->stop_timeout_ns, 15 * SECOND, &kept->times_ns[C8D_SUPERVISION_TIMER_STOP]},
        {options->kill_timeout_ns, 10 * SECOND, &kept->times_ns[C8D_SUPERVISION_TIMER_KILL]},
        {options->check_every_ns, SECOND, &kept->times_ns[C8D_SUPERVISION_TIMER_CHECK]},
        {0, FIRST_CHECK, &kept->times_ns[C8D_SUPERVISION_TIMER_FIRST_CHECK]},
        {options->restart_min_ns, 100 * MS, &kept->times_ns[C8D_SUPERVISION_TIMER_RESTART]},
        {options->restart_max_ns, 10 * SECOND, &kept->restart_max_ns},
        {options->check_timeout_ns, 5 * SECOND, &kept->check_timeout_ns},
    };

    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        if (times[i].given < 0)
            return c8d_error_set(err, C8D_INVALID, "a time is negative");
        *times[i].out = times[i].given != 0 ? times[i].given : times[i].otherwise;
    }
    kept->failures_max = options->failures_max != 0 ? options->failures_max : 3;
    return C8D_OK;
}

enum c8d_status c8d__keep_options(const struct c8d_supervisor_options *options, struct c8d__kept *out,
                                  struct c8d_error *err)
{
    enum c8d_status status = take_paths(options, out, err);

    if (status == C8D_OK)
        status = take_words(options, out, err);
    if (status == C8D_OK)
        status = take_times(options, out, err);
    return status;
}
