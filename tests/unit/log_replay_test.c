/* SPDX-License-Identifier: Apache-2.0 */
/* Whole logs: what a replay tells of them, however they are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "log_told.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOGS C8D_TESTS_DIR "/data/logs"
#define BYTES(string) (string), strlen(string)

/* ---- the stored logs
 * ------------------------------------------------------------------------------------------- */

static void compare_with_expected(const char *name, const char *log, size_t length)
{
    struct told told;
    char expected_name[256];
    char *expected;
    char *summary;
    size_t expected_length;

    told_replay(&told, log, length, length);
    snprintf(expected_name, sizeof(expected_name), "%.*s.expected.json", (int)strlen(name) - 4, name);
    expected = told_read_file(LOGS, expected_name, &expected_length);
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
    assert_true(told_for_each_log(LOGS, compare_with_expected) >= 40);
}

static void compare_cuts(const char *name, const char *log, size_t length)
{
    static const size_t pieces[] = {1, 2, 7, 64, 1000};
    struct told whole;

    told_replay(&whole, log, length, length);
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        struct told told;

        told_replay(&told, log, length, pieces[i]);
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
    assert_true(told_for_each_log(LOGS, compare_cuts) >= 40);
}

/* What real daemons told when nothing was wrong, and what they would have. */
static const char *const healthy[] = {
    "healthy.log",    "demo.log",       "docker.log",       "docker-json.log",
    "docker-ctr.log", "podman.log",     "podman-json.log",  "podman-file.log",
    "exec-ids.log",   "exec-fails.log", "docker-lines.log", "podman-short.log",
};

static void check_healthy(const char *name, const char *log, size_t length)
{
    struct told told;

    told_replay(&told, log, length, length + 1);
    if (told.summary.anomalies != 0)
        fail_msg("%s, %zu bytes from %.60s:\n%s", name, length, log, told.text);
    free(told.text);
}

static void test_replay__a_healthy_log_that_begins_or_ends_anywhere__shows_nothing_odd(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(healthy) / sizeof(healthy[0]); i++) {
        size_t length;
        char *log = told_read_file(LOGS, healthy[i], &length);

        for (size_t at = 0; at < length; at++) {
            bool within_record = at + 1 < length && log[at + 1] != log[0];

            if (log[at] != '\n' || within_record)
                continue;
            check_healthy(healthy[i], log + at + 1, length - at - 1);
            check_healthy(healthy[i], log, at + 1);
        }
        free(log);
    }
}

/* ---- lines
 * ----------------------------------------------------------------------------------------------------- */

#define OOM "2023-11-14 22:13:20 +0000 UTC moby /tasks/oom {\"container_id\":\"c\""

static void test_replay__an_unfinished_last_line__counts_if_it_is_whole(void **state)
{
    struct told told;

    (void)state;
    told_replay(&told, BYTES(OOM "}"), 1000);
    assert_int_equal(told.summary.events, 1);
    assert_int_equal(told.summary.anomalies, 0);
    free(told.text);
    told_replay(&told, BYTES(OOM), 1000);
    assert_int_equal(told.summary.events, 0);
    assert_int_equal(told.summary.malformed, 1);
    assert_non_null(strstr(told.text, "\"truncated-line\",\"line\":1,"));
    free(told.text);
    told_replay(&told, BYTES(OOM "\n" OOM "}\n"), 1000);
    assert_non_null(strstr(told.text, "\"malformed-line\",\"line\":1,"));
    assert_int_equal(told.summary.events, 1);
    free(told.text);
}

/* The exit was published first and written last: the oom took the shorter way. */
static void test_replay__an_oom_beside_its_exit__is_not_out_of_order(void **state)
{
    static const char log[] =
        "2023-11-14 22:13:20.1 +0000 UTC moby /containers/create {\"id\":\"c\"}\n"
        "2023-11-14 22:13:20.2 +0000 UTC moby /tasks/create {\"container_id\":\"c\",\"pid\":7}\n"
        "2023-11-14 22:13:20.3 +0000 UTC moby /tasks/start {\"container_id\":\"c\",\"pid\":7}\n"
        "2023-11-14 22:13:20.6 +0000 UTC moby /tasks/oom {\"container_id\":\"c\"}\n"
        "2023-11-14 22:13:20.5 +0000 UTC moby /tasks/exit "
        "{\"container_id\":\"c\",\"id\":\"c\",\"pid\":7,\"exit_status\":137}\n";
    static const char late[] =
        "2023-11-14 22:13:20.4 +0000 UTC moby /tasks/delete {\"container_id\":\"c\",\"pid\":7}\n";
    char both[sizeof(log) + sizeof(late)];
    struct told told;

    (void)state;
    told_replay(&told, BYTES(log), 1000);
    assert_int_equal(told.summary.events, 5);
    assert_int_equal(told.summary.anomalies, 0);
    assert_non_null(strstr(told.text, "\"oom\":true"));
    free(told.text);
    /* What comes after is held against the exit. */
    (void)snprintf(both, sizeof(both), "%s%s", log, late);
    told_replay(&told, BYTES(both), 1000);
    assert_non_null(strstr(told.text, "\"out-of-order-time\",\"line\":6,"));
    free(told.text);
}

static void test_replay__nothing__is_an_empty_log(void **state)
{
    struct told told;

    (void)state;
    told_replay(&told, "", 0, 1);
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

            told_replay(&told, line, limit + over + 1, pieces[i]);
            assert_int_equal(told.summary.lines, 1);
            assert_int_equal(told.summary.malformed, over);
            assert_int_equal(told.summary.events, 1 - over);
            free(told.text);
        }
        free(line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replay__each_stored_log__tells_what_is_expected),
        cmocka_unit_test(test_replay__cut_anywhere__is_the_same),
        cmocka_unit_test(test_replay__a_healthy_log_that_begins_or_ends_anywhere__shows_nothing_odd),
        cmocka_unit_test(test_replay__an_unfinished_last_line__counts_if_it_is_whole),
        cmocka_unit_test(test_replay__an_oom_beside_its_exit__is_not_out_of_order),
        cmocka_unit_test(test_replay__nothing__is_an_empty_log),
        cmocka_unit_test(test_replay__a_line_of_more_than_a_mebibyte__is_malformed_however_it_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
