/* SPDX-License-Identifier: Apache-2.0 */
/* The replay of log_told.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "log_told.h"
#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void print_time(FILE *out, const char *key, int64_t ns)
{
    time_t seconds = (time_t)(ns / 1000000000);
    struct tm utc;
    char text[32];

    if (ns <= 0) {
        fprintf(out, ",\"%s\":null", key);
        return;
    }
    assert_non_null(gmtime_r(&seconds, &utc));
    assert_true(strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc) > 0);
    fprintf(out, ",\"%s\":\"%s.%09dZ\"", key, text, (int)(ns % 1000000000));
}

static void print_names(FILE *out, struct c8d_str namespace_, struct c8d_str container,
                        struct c8d_str process)
{
    fprintf(out, "\"namespace\":\"%.*s\",\"container\":\"%.*s\",\"process\":\"%.*s\"", (int)namespace_.len,
            namespace_.ptr, (int)container.len, container.ptr, (int)process.len, process.ptr);
}

static void tell_run(void *user, const struct c8d_replay_run *run)
{
    FILE *out = ((struct told *)user)->out;
    bool over = run->state == C8D_STATE_STOPPED || run->state == C8D_STATE_DELETED;

    fputs("{\"type\":\"run\",", out);
    print_names(out, run->namespace_, run->container, run->process);
    fprintf(out, ",\"incarnation\":%" PRIu32 ",\"state\":\"%s\",\"pid\":%" PRIu32, run->incarnation,
            c8d_public_state_name(run->state), run->pid);
    if (over && run->exit.known)
        fprintf(out, ",\"exit_code\":%" PRIu32, run->exit.code);
    else
        fputs(",\"exit_code\":null", out);
    print_time(out, "exited_at", over ? run->exit.at_ns : 0);
    fprintf(out, ",\"oom\":%s", run->oom ? "true" : "false");
    print_time(out, "started_at", run->started_at_ns);
    fputs("}\n", out);
}

static void tell_anomaly(void *user, const struct c8d_replay_anomaly *anomaly)
{
    FILE *out = ((struct told *)user)->out;

    fprintf(out, "{\"type\":\"anomaly\",\"kind\":\"%s\",\"line\":%" PRIu64 ",", anomaly->kind, anomaly->line);
    print_names(out, anomaly->namespace_, anomaly->container, anomaly->process);
    fprintf(out, ",\"incarnation\":%" PRIu32 ",\"detail\":\"%s\"}\n", anomaly->incarnation, anomaly->detail);
}

struct c8d_replay_sink told_sink(struct told *told)
{
    return (struct c8d_replay_sink){.run = tell_run, .anomaly = tell_anomaly, .user = told};
}

struct c8d_replay *told_begin(struct told *told)
{
    const struct c8d_replay_sink sink = told_sink(told);
    struct c8d_replay *replay = NULL;

    *told = (struct told){0};
    told->out = open_memstream(&told->text, &told->size);
    assert_non_null(told->out);
    assert_int_equal(c8d_replay_new(C8D_LOG_AUTO, &sink, NULL, &replay), C8D_OK);
    return replay;
}

void told_end(struct told *told, struct c8d_replay *replay)
{
    assert_int_equal(c8d_replay_finish(replay, &told->summary), C8D_OK);
    c8d_replay_free(replay);
    /* No line is lost, and none is counted twice. */
    assert_int_equal(told->summary.lines, told->summary.events + told->summary.ignored +
                                              told->summary.malformed + told->summary.continued);
    assert_int_equal(fclose(told->out), 0);
}

void told_replay_jobs(struct told *told, const char *log, size_t length, size_t piece, unsigned jobs)
{
    struct c8d_replay *replay = told_begin(told);

    assert_int_equal(c8d_replay_set_jobs(replay, jobs), C8D_OK);
    for (size_t at = 0; at < length; at += piece)
        assert_int_equal(c8d_replay_feed(replay, log + at, length - at < piece ? length - at : piece),
                         C8D_OK);
    told_end(told, replay);
}

void told_replay(struct told *told, const char *log, size_t length, size_t piece)
{
    told_replay_jobs(told, log, length, piece, 1);
}

char *told_read_file(const char *directory, const char *name, size_t *length)
{
    char path[1024];
    char *text;
    FILE *file;
    long size;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("cannot open %s", path);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size = ftell(file);
    text = malloc((size_t)size + 1);
    assert_non_null(text);
    rewind(file);
    assert_int_equal(fread(text, 1, (size_t)size, file), size);
    text[size] = '\0';
    fclose(file);
    *length = (size_t)size;
    return text;
}

size_t told_for_each_log(const char *directory_name, told_log_fn *check)
{
    DIR *directory = opendir(directory_name);
    struct dirent *entry;
    size_t n = 0;

    assert_non_null(directory);
    while ((entry = readdir(directory)) != NULL) {
        char *dot = strrchr(entry->d_name, '.');
        size_t length;
        char *log;

        if (dot == NULL || strcmp(dot, ".log") != 0)
            continue;
        log = told_read_file(directory_name, entry->d_name, &length);
        check(entry->d_name, log, length);
        free(log);
        n++;
    }
    closedir(directory);
    return n;
}
