/* SPDX-License-Identifier: Apache-2.0 */
/* Whole logs: what a replay tells of them, however they are cut, and what it does without memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <c8d/log.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LOGS C8D_TESTS_DIR "/data/logs"
#define BYTES(string) (string), strlen(string)

/* What a replay told, as JSON lines. Written apart from the command's own printing, as a check on it. */
struct told {
    FILE *out;
    char *text;
    size_t size;
    struct c8d_replay_summary summary;
};

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

static struct c8d_replay *begin(struct told *told)
{
    const struct c8d_replay_sink sink = {tell_run, tell_anomaly, told};
    struct c8d_replay *replay = NULL;

    *told = (struct told){0};
    told->out = open_memstream(&told->text, &told->size);
    assert_non_null(told->out);
    assert_int_equal(c8d_replay_new(C8D_LOG_AUTO, &sink, NULL, &replay), C8D_OK);
    return replay;
}

static void end(struct told *told, struct c8d_replay *replay)
{
    assert_int_equal(c8d_replay_finish(replay, &told->summary), C8D_OK);
    c8d_replay_free(replay);
    /* No line is lost, and none is counted twice. */
    assert_int_equal(told->summary.lines,
                     told->summary.events + told->summary.ignored + told->summary.malformed);
    assert_int_equal(fclose(told->out), 0);
}

/* Feeds a log in pieces of `piece` bytes; told->text is to be freed. */
static void replay_pieces(struct told *told, const char *log, size_t length, size_t piece)
{
    struct c8d_replay *replay = begin(told);

    for (size_t at = 0; at < length; at += piece)
        assert_int_equal(c8d_replay_feed(replay, log + at, length - at < piece ? length - at : piece),
                         C8D_OK);
    end(told, replay);
}

static char *read_file(const char *directory, const char *name, size_t *length)
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

typedef void log_fn(const char *name, const char *log, size_t length);

static void for_each_log(log_fn *check)
{
    DIR *directory = opendir(LOGS);
    struct dirent *entry;
    int n = 0;

    assert_non_null(directory);
    while ((entry = readdir(directory)) != NULL) {
        char *dot = strrchr(entry->d_name, '.');
        size_t length;
        char *log;

        if (dot == NULL || strcmp(dot, ".log") != 0)
            continue;
        log = read_file(LOGS, entry->d_name, &length);
        check(entry->d_name, log, length);
        free(log);
        n++;
    }
    closedir(directory);
    assert_true(n >= 25);
}

/* ---- the stored logs
 * ------------------------------------------------------------------------------------------- */

static void compare_with_expected(const char *name, const char *log, size_t length)
{
    struct told told;
    char expected_name[256];
    char *expected;
    char *summary;
    size_t expected_length;

    replay_pieces(&told, log, length, length);
    snprintf(expected_name, sizeof(expected_name), "%.*s.expected.json", (int)strlen(name) - 4, name);
    expected = read_file(LOGS, expected_name, &expected_length);
    summary = strstr(expected, "{\"type\":\"summary\"");
    if (summary != NULL)
        *summary = '\0';
    if (strcmp(told.text, expected) != 0)
        fail_msg("%s:\nexpected:\n%s\ncame:\n%s", name, expected, told.text);
    free(expected);
    free(told.text);
}

static void test_replay__each_stored_log__tells_what_is_expected(void **state)
{
    (void)state;
    for_each_log(compare_with_expected);
}

static void compare_cuts(const char *name, const char *log, size_t length)
{
    static const size_t pieces[] = {1, 2, 7, 64, 1000};
    struct told whole;

    replay_pieces(&whole, log, length, length);
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        struct told told;

        replay_pieces(&told, log, length, pieces[i]);
        if (strcmp(told.text, whole.text) != 0)
            fail_msg("%s is told otherwise in pieces of %zu bytes", name, pieces[i]);
        assert_memory_equal(&told.summary, &whole.summary, sizeof(whole.summary));
        free(told.text);
    }
    free(whole.text);
}

static void test_replay__cut_anywhere__is_the_same(void **state)
{
    (void)state;
    for_each_log(compare_cuts);
}

static void test_replay__a_healthy_log_that_begins_or_ends_anywhere__shows_nothing_odd(void **state)
{
    size_t length;
    char *log = read_file(LOGS, "healthy.log", &length);

    (void)state;
    for (size_t at = 0; at < length; at++) {
        struct told told;

        if (log[at] != '\n')
            continue;
        replay_pieces(&told, log + at + 1, length - at - 1, length);
        assert_int_equal(told.summary.anomalies, 0);
        free(told.text);
        replay_pieces(&told, log, at + 1, length);
        assert_int_equal(told.summary.anomalies, 0);
        free(told.text);
    }
    free(log);
}

/* ---- lines
 * ----------------------------------------------------------------------------------------------------- */

#define OOM "2023-11-14 22:13:20 +0000 UTC moby /tasks/oom {\"container_id\":\"c\""

static void test_replay__an_unfinished_last_line__counts_if_it_is_whole(void **state)
{
    struct told told;

    (void)state;
    replay_pieces(&told, BYTES(OOM "}"), 1000);
    assert_int_equal(told.summary.events, 1);
    assert_int_equal(told.summary.anomalies, 0);
    free(told.text);
    replay_pieces(&told, BYTES(OOM), 1000);
    assert_int_equal(told.summary.events, 0);
    assert_int_equal(told.summary.malformed, 1);
    assert_non_null(strstr(told.text, "\"truncated-line\",\"line\":1,"));
    free(told.text);
    replay_pieces(&told, BYTES(OOM "\n" OOM "}\n"), 1000);
    assert_non_null(strstr(told.text, "\"malformed-line\",\"line\":1,"));
    assert_int_equal(told.summary.events, 1);
    free(told.text);
}

static void test_replay__nothing__is_an_empty_log(void **state)
{
    struct told told;

    (void)state;
    replay_pieces(&told, "", 0, 1);
    assert_int_equal(told.summary.lines, 0);
    assert_int_equal(told.size, 0);
    free(told.text);
}

/* A line of a given length that could be read if it were not too long. */
static char *long_line(size_t length)
{
    static const char head[] = OOM ",\"x\":\"";
    char *line = malloc(length + 1);

    assert_non_null(line);
    memset(line, 'x', length);
    memcpy(line, head, sizeof(head) - 1);
    line[length - 2] = '"';
    line[length - 1] = '}';
    line[length] = '\n';
    return line;
}

static void test_replay__a_line_of_more_than_a_mebibyte__is_malformed_however_it_is_cut(void **state)
{
    const size_t limit = (size_t)1 << 20;
    static const size_t pieces[] = {4099, (size_t)1 << 19, (size_t)1 << 22};

    (void)state;
    for (size_t over = 0; over <= 1; over++) {
        char *line = long_line(limit + over);

        for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
            struct told told;

            replay_pieces(&told, line, limit + over + 1, pieces[i]);
            assert_int_equal(told.summary.lines, 1);
            assert_int_equal(told.summary.malformed, over);
            assert_int_equal(told.summary.events, 1 - over);
            free(told.text);
        }
        free(line);
    }
}

/* ---- memory
 * ---------------------------------------------------------------------------------------------------- */

static void ignore_run(void *user, const struct c8d_replay_run *run)
{
    (void)user;
    (void)run;
}

static void ignore_anomaly(void *user, const struct c8d_replay_anomaly *anomaly)
{
    (void)user;
    (void)anomaly;
}

/* Bytes that one line takes at most, in the makers of logs below. */
#define LINE_MAX_BYTES 256

static size_t add_line(char *log, const char *topic, unsigned container, const char *key, unsigned exec,
                       unsigned pid)
{
    return (size_t)snprintf(log, LINE_MAX_BYTES,
                            "2023-11-14 22:13:20 +0000 UTC moby /tasks/%s {\"container_id\":\"c%u\",\"%s\":"
                            "\"e%u\",\"pid\":%u}\n",
                            topic, container, key, exec, pid);
}

/* An exec from its beginning to its end. */
static size_t add_life(char *log, unsigned container, unsigned exec, unsigned pid)
{
    size_t length = add_line(log, "exec-added", container, "exec_id", exec, 0);

    length += add_line(log + length, "exec-started", container, "exec_id", exec, pid);
    return length + add_line(log + length, "exit", container, "id", exec, pid);
}

/* One container and many execs, each of which ends before the next one begins. */
static void test_replay__more_execs_than_are_kept__each_has_its_run(void **state)
{
    const unsigned n = 5000;
    char *log = malloc((size_t)3 * n * LINE_MAX_BYTES);
    size_t length = 0;
    struct told told;

    (void)state;
    assert_non_null(log);
    for (unsigned i = 0; i < n; i++)
        length += add_life(log + length, 1, i, 100 + i);
    replay_pieces(&told, log, length, 4096);
    assert_int_equal(told.summary.runs, n);
    assert_int_equal(told.summary.anomalies, 0);
    for (unsigned i = 0; i < n; i += 499) {
        char run[64];

        snprintf(run, sizeof(run), "\"process\":\"e%u\",\"incarnation\":1,", i);
        assert_non_null(strstr(told.text, run));
    }
    assert_null(strstr(told.text, "\"exit_code\":null"));
    free(told.text);
    free(log);
}

/* An exec that was let go, lives again under its name, ends with its task, and is then in the way of others.
 */
static void test_replay__an_exec_let_go_that_lives_again__has_both_runs(void **state)
{
    const unsigned kept = 64;
    const unsigned others = 400;
    char *log = malloc((size_t)4 * (kept + others) * LINE_MAX_BYTES);
    size_t length = 0;
    struct told told;

    (void)state;
    assert_non_null(log);
    length += add_line(log, "create", 1, "unused", 0, 10);
    length += add_line(log + length, "start", 1, "unused", 0, 10);
    for (unsigned i = 0; i <= kept; i++)
        length += add_life(log + length, 1, i, 100 + i);
    length += add_life(log + length, 1, 1, 99);
    length += add_line(log + length, "exit", 1, "unused", 0, 10);
    length += add_line(log + length, "delete", 1, "unused", 0, 10);
    for (unsigned i = 0; i < others; i++)
        length += add_life(log + length, 2 + i / 32, i, 1000 + i);
    replay_pieces(&told, log, length, length);
    assert_non_null(strstr(told.text, "\"process\":\"e1\",\"incarnation\":1,"));
    assert_non_null(strstr(told.text, "\"process\":\"e1\",\"incarnation\":2,"));
    assert_int_equal(told.summary.runs, 1 + kept + 2 + others);
    assert_int_equal(told.summary.anomalies, 0);
    free(told.text);
    free(log);
}

/* Many containers, each with an exec that stays. */
static char *many_containers(unsigned n, size_t *length)
{
    char *log = malloc((size_t)2 * n * LINE_MAX_BYTES);

    assert_non_null(log);
    *length = 0;
    for (unsigned i = 0; i < n; i++) {
        *length += add_line(log + *length, "start", i, "unused", 0, 100);
        *length += add_line(log + *length, "exec-started", i, "exec_id", 7, 101);
    }
    return log;
}

static void test_replay__more_containers_than_there_was_room_for__keeps_them_all(void **state)
{
    const unsigned n = 3000;
    struct told told;
    size_t length;
    char *log = many_containers(n, &length);
    const char *at;

    (void)state;
    replay_pieces(&told, log, length, 4096);
    assert_int_equal(told.summary.containers, n);
    assert_int_equal(told.summary.runs, 2 * n);
    /* In the order in which they were seen first. */
    at = told.text;
    for (unsigned i = 0; i < n; i += 7) {
        char run[64];

        snprintf(run, sizeof(run), "\"container\":\"c%u\",\"process\":\"c%u\"", i, i);
        at = strstr(at, run);
        assert_non_null(at);
    }
    free(told.text);
    free(log);
}

static void test_replay__too_many_execs_at_once__is_exhausted_and_goes_no_further(void **state)
{
    const unsigned n = 4200;
    char *log = malloc((size_t)n * LINE_MAX_BYTES);
    size_t length = 0;
    struct told told;
    struct c8d_replay *replay;

    (void)state;
    assert_non_null(log);
    for (unsigned i = 0; i < n; i++)
        length += add_line(log + length, "exec-started", 1, "exec_id", i, 100 + i);
    replay = begin(&told);
    assert_int_equal(c8d_replay_feed(replay, log, length), C8D_EXHAUSTED);
    assert_int_equal(c8d_replay_feed(replay, log, length), C8D_EXHAUSTED);
    assert_int_equal(c8d_replay_finish(replay, &told.summary), C8D_EXHAUSTED);
    assert_int_equal(told.summary.lines, 4097);
    c8d_replay_free(replay);
    fclose(told.out);
    free(told.text);
    free(log);
}

static enum c8d_status replay_with(const struct c8d_allocator *allocator, const char *log, size_t length)
{
    const struct c8d_replay_sink sink = {ignore_run, ignore_anomaly, NULL};
    struct c8d_replay_summary summary;
    struct c8d_replay *replay = NULL;
    enum c8d_status status = c8d_replay_new(C8D_LOG_AUTO, &sink, allocator, &replay);

    for (size_t at = 0; at < length && status == C8D_OK; at += 1000)
        status = c8d_replay_feed(replay, log + at, length - at < 1000 ? length - at : 1000);
    if (status == C8D_OK)
        status = c8d_replay_finish(replay, &summary);
    c8d_replay_free(replay);
    return status;
}

static void test_replay__memory_that_fails_anywhere__is_told_and_leaks_nothing(void **state)
{
    struct failing failing;
    size_t length;
    char *log = many_containers(300, &length);
    long needed;

    (void)state;
    failing_init(&failing);
    assert_int_equal(replay_with(&failing.allocator, log, length), C8D_OK);
    assert_int_equal(failing.live, 0);
    needed = failing.made;
    assert_true(needed > 5);
    for (long at = 1; at <= needed; at++) {
        failing_init(&failing);
        failing.fail_at = at;
        assert_int_equal(replay_with(&failing.allocator, log, length), C8D_EXHAUSTED);
        assert_int_equal(failing.live, 0);
    }
    free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replay__each_stored_log__tells_what_is_expected),
        cmocka_unit_test(test_replay__cut_anywhere__is_the_same),
        cmocka_unit_test(test_replay__a_healthy_log_that_begins_or_ends_anywhere__shows_nothing_odd),
        cmocka_unit_test(test_replay__an_unfinished_last_line__counts_if_it_is_whole),
        cmocka_unit_test(test_replay__nothing__is_an_empty_log),
        cmocka_unit_test(test_replay__a_line_of_more_than_a_mebibyte__is_malformed_however_it_is_cut),
        cmocka_unit_test(test_replay__more_execs_than_are_kept__each_has_its_run),
        cmocka_unit_test(test_replay__an_exec_let_go_that_lives_again__has_both_runs),
        cmocka_unit_test(test_replay__more_containers_than_there_was_room_for__keeps_them_all),
        cmocka_unit_test(test_replay__too_many_execs_at_once__is_exhausted_and_goes_no_further),
        cmocka_unit_test(test_replay__memory_that_fails_anywhere__is_told_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
