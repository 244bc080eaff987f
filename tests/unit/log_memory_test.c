/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of many containers and execs: what a replay keeps, what it lets go, and what it does without memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include "log_told.h"
#include <stdlib.h>
#include <string.h>

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
    told_replay(&told, log, length, 4096);
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

/* Of an exec that was let go nothing is remembered, of a younger one its number; both end with their task. */
static void test_replay__an_exec_let_go_that_lives_again__has_both_runs(void **state)
{
    const unsigned kept = 64;
    char *log = malloc((size_t)4 * kept * LINE_MAX_BYTES);
    size_t length = 0;
    struct told told;
    const char *first;

    (void)state;
    assert_non_null(log);
    length += add_line(log, "create", 1, "unused", 0, 10);
    length += add_line(log + length, "start", 1, "unused", 0, 10);
    for (unsigned i = 0; i <= kept; i++)
        length += add_life(log + length, 1, i, 100 + i);
    length += add_life(log + length, 1, 1, 99);
    length += add_life(log + length, 1, 60, 98);
    length += add_line(log + length, "exit", 1, "unused", 0, 10);
    length += add_line(log + length, "delete", 1, "unused", 0, 10);
    told_replay(&told, log, length, length);
    first = strstr(told.text, "\"process\":\"e1\",\"incarnation\":1,");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "\"process\":\"e1\",\"incarnation\":1,"));
    assert_non_null(strstr(told.text, "\"process\":\"e60\",\"incarnation\":1,"));
    assert_non_null(strstr(told.text, "\"process\":\"e60\",\"incarnation\":2,"));
    assert_int_equal(told.summary.runs, 1 + kept + 1 + 2);
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
    told_replay(&told, log, length, 4096);
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
    replay = told_begin(&told);
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
    const struct c8d_replay_sink sink = {.run = ignore_run, .anomaly = ignore_anomaly};
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
        cmocka_unit_test(test_replay__more_execs_than_are_kept__each_has_its_run),
        cmocka_unit_test(test_replay__an_exec_let_go_that_lives_again__has_both_runs),
        cmocka_unit_test(test_replay__more_containers_than_there_was_room_for__keeps_them_all),
        cmocka_unit_test(test_replay__too_many_execs_at_once__is_exhausted_and_goes_no_further),
        cmocka_unit_test(test_replay__memory_that_fails_anywhere__is_told_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
