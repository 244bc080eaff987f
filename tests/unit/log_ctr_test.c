/* SPDX-License-Identifier: Apache-2.0 */
/* Reading one line of `ctr events`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <c8d/log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT "2023-11-14 22:13:20.123456 +0000 UTC "
#define AT_NS INT64_C(1700000000123456000)

/* The line lies in memory of exactly its size, so that a sanitizer sees any look beyond it. */
static enum c8d_line_verdict read_exact(const char *line, size_t length, struct c8d_log_record *out)
{
    static char *kept;

    free(kept);
    kept = malloc(length > 0 ? length : 1);
    assert_non_null(kept);
    memcpy(kept, line, length);
    return c8d_log_read_line(C8D_LOG_CTR, (struct c8d_str){kept, length}, out);
}

static enum c8d_line_verdict read_line(const char *line, struct c8d_log_record *out)
{
    return read_exact(line, strlen(line), out);
}

static void assert_str(struct c8d_str string, const char *expected)
{
    assert_int_equal(string.len, strlen(expected));
    assert_memory_equal(string.ptr, expected, string.len);
}

static void test_ctr__each_known_topic__gives_its_event(void **state)
{
    (void)state;
    for (int kind = 0; kind < C8D_EVENT_KIND__COUNT; kind++) {
        struct c8d_log_record record;
        char line[256];

        snprintf(line, sizeof(line), AT "moby %s {\"container_id\":\"c\",\"id\":\"c\",\"exec_id\":\"e\"}",
                 c8d_event_topic((enum c8d_event_kind)kind));
        assert_int_equal(read_line(line, &record), C8D_LINE_EVENT);
        assert_int_equal(record.event.kind, kind);
        assert_str(record.namespace_, "moby");
        assert_str(record.container, "c");
        assert_int_equal(record.time_ns, AT_NS);
        assert_int_equal(record.format, C8D_LOG_CTR);
    }
}

static void test_ctr__both_forms_of_exited_at__are_the_same_time(void **state)
{
    static const char *const forms[] = {
        "\"2023-11-14T22:13:20.123456Z\"",
        "{\"seconds\":1700000000,\"nanos\":123456000}",
        "\"2023-11-14T23:43:20.123456+01:30\"",
        "{ \"nanos\" : 123456000 , \"seconds\" : 1700000000 }",
        "\"2023-11-14T20:13:20.123456000-02:00\"",
        "{\"seconds\":1700000000,\"x\":{\"seconds\":[1,{}]},\"nanos\":123456000}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct c8d_log_record record;
        char line[256];

        snprintf(line, sizeof(line),
                 AT "moby /tasks/exit {\"container_id\":\"c\",\"id\":\"e\",\"pid\":7,\"exit_status\":137,"
                    "\"exited_at\":%s}",
                 forms[i]);
        assert_int_equal(read_line(line, &record), C8D_LINE_EVENT);
        assert_int_equal(record.event.exit.at_ns, AT_NS);
        assert_true(record.event.exit.known);
        assert_int_equal(record.event.exit.code, 137);
        assert_int_equal(record.event.pid, 7);
        assert_str(record.process, "e");
    }
}

static void test_ctr__keys_left_out__are_zero_and_known(void **state)
{
    struct c8d_log_record record;

    (void)state;
    assert_int_equal(read_line(AT "moby /tasks/exit {\"container_id\":\"c\",\"id\":\"c\"}", &record),
                     C8D_LINE_EVENT);
    assert_true(record.event.exit.known);
    assert_int_equal(record.event.exit.code, 0);
    assert_int_equal(record.event.exit.at_ns, 0);
    assert_int_equal(record.event.pid, 0);
    assert_int_equal(record.process.len, 0);
}

static void test_ctr__delete_without_a_time__gives_no_code(void **state)
{
    struct c8d_log_record record;

    (void)state;
    assert_int_equal(
        read_line(AT "moby /tasks/delete {\"container_id\":\"c\",\"pid\":9,\"exit_status\":137}", &record),
        C8D_LINE_EVENT);
    assert_false(record.event.exit.known);
    assert_int_equal(record.event.exit.code, 0);
    assert_int_equal(record.event.pid, 9);
}

static void test_ctr__unset_times__are_not_told(void **state)
{
    static const char *const unset[] = {
        "\"0001-01-01T00:00:00Z\"", "{\"seconds\":-62135596800}",        "{}", "null",
        "\"9999-12-31T23:59:59Z\"", "{\"seconds\":9223372036854775807}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(unset) / sizeof(unset[0]); i++) {
        struct c8d_log_record record;
        char line[256];

        snprintf(line, sizeof(line),
                 AT "moby /tasks/exit {\"container_id\":\"c\",\"id\":\"c\",\"exited_at\":%s}", unset[i]);
        assert_int_equal(read_line(line, &record), C8D_LINE_EVENT);
        assert_int_equal(record.event.exit.at_ns, 0);
    }
}

static void test_ctr__times_of_a_line__are_read_to_the_ns(void **state)
{
    static const struct {
        const char *text;
        int64_t ns;
    } times[] = {
        {"2023-11-14 22:13:20 +0000 UTC", INT64_C(1700000000000000000)},
        {"2023-11-14 22:13:20.1 +0000 UTC", INT64_C(1700000000100000000)},
        {"2023-11-14 22:13:20.000000001 +0000 UTC", INT64_C(1700000000000000001)},
        {"2023-11-14 23:13:20 +0100 CET", INT64_C(1700000000000000000)},
        {"2023-11-14 16:13:20 -0600 -06", INT64_C(1700000000000000000)},
        {"2024-02-29 00:00:00 +0000 UTC", INT64_C(1709164800000000000)},
        {"2000-03-01 00:00:00 +0000 UTC", INT64_C(951868800000000000)},
        {"1970-01-01 00:00:00 +0000 UTC", 0},
        {"1969-12-31 23:59:59.5 +0000 UTC", INT64_C(-500000000)},
        {"2262-04-11 23:47:15 +0000 UTC", INT64_C(9223372035000000000)},
        {"0001-01-01 00:00:00 +0000 UTC", 0},
        {"0000-01-01 00:00:00 +0000 UTC", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        struct c8d_log_record record;
        char line[128];

        snprintf(line, sizeof(line), "%s moby /tasks/oom {\"container_id\":\"c\"}", times[i].text);
        assert_int_equal(read_line(line, &record), C8D_LINE_EVENT);
        assert_true(record.time_ns == times[i].ns);
    }
}

static void test_ctr__keys_of_no_concern__are_passed_over(void **state)
{
    struct c8d_log_record record;

    (void)state;
    assert_int_equal(
        read_line(
            AT
            "moby /tasks/create {\"bundle\":\"/a \\\"b\\\\\",\"rootfs\":[{\"type\":\"x}]\",\"n\":[[],{}]}],"
            "\"io\":{\"stdin\":\"\\\"\",\"terminal\":true},\"f\":-1.5e+3,\"z\":null,\"t\":false,"
            "\"container_id\":\"c1\",\"pid\":4711,\"checkpoint\":\"\"}",
            &record),
        C8D_LINE_EVENT);
    assert_str(record.container, "c1");
    assert_int_equal(record.event.pid, 4711);
}

static void test_ctr__a_key_said_twice__counts_as_last_said(void **state)
{
    struct c8d_log_record record;

    (void)state;
    assert_int_equal(
        read_line(AT "moby /tasks/start {\"pid\":1,\"container_id\":\"a\",\"container_id\":\"b\",\"pid\":2}",
                  &record),
        C8D_LINE_EVENT);
    assert_str(record.container, "b");
    assert_int_equal(record.event.pid, 2);
}

static void test_ctr__line_ends_and_blanks__do_not_matter(void **state)
{
    struct c8d_log_record record;

    (void)state;
    assert_int_equal(read_line(AT "moby /tasks/oom { \"container_id\" : \"c\" } \r", &record),
                     C8D_LINE_EVENT);
    assert_int_equal(read_line("", &record), C8D_LINE_IGNORED);
    assert_int_equal(read_line("\r", &record), C8D_LINE_IGNORED);
}

static void test_ctr__topics_of_no_concern__are_ignored(void **state)
{
    static const char *const lines[] = {
        AT "moby /images/create {\"name\":\"x\"}",
        AT "moby /snapshot/prepare {\"key\":\"x\",\"parent\":\"y\"}",
        AT "moby /namespaces/update {broken",
        AT "moby /tasks/exits {}",
        AT "moby /tasks/exi {}",
        AT "moby /containers/update {\"id\":\"c\"}",
        AT "moby /sandboxes/exit ",
        AT "moby /sandboxes/exit",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct c8d_log_record record;

        assert_int_equal(read_line(lines[i], &record), C8D_LINE_IGNORED);
    }
}

static void test_ctr__what_cannot_be_read__is_malformed(void **state)
{
    static const char *const lines[] = {
        /* no line of ctr's */
        "x",
        "{}",
        "time=\"2023\" level=error msg=\"cannot unmarshal an event from Any\"",
        "TIME                           TYPE                ID                  PID                 STATUS",
        "2016-04-26T21:11:46.000000000Z exit                redis               init                0",
        /* times */
        "2023-11-14T22:13:20Z moby /tasks/oom {\"container_id\":\"c\"}",
        "2023-13-14 22:13:20 +0000 UTC moby /tasks/oom {\"container_id\":\"c\"}",
        "2023-02-29 22:13:20 +0000 UTC moby /tasks/oom {\"container_id\":\"c\"}",
        "2023-11-14 24:13:20 +0000 UTC moby /tasks/oom {\"container_id\":\"c\"}",
        "2023-11-14 22:13:20. +0000 UTC moby /tasks/oom {\"container_id\":\"c\"}",
        "2023-11-14 22:13:20.1234567890 +0000 UTC moby /tasks/oom {\"container_id\":\"c\"}",
        "2023-11-14 22:13:20 +0075 UTC moby /tasks/oom {\"container_id\":\"c\"}",
        AT "moby /tasks/exit {\"container_id\":\"c\",\"id\":\"c\",\"exited_at\":\"yesterday\"}",
        AT "moby /tasks/exit {\"container_id\":\"c\",\"id\":\"c\",\"exited_at\":7}",
        AT "moby /tasks/exit {\"container_id\":\"c\",\"id\":\"c\",\"exited_at\":{\"nanos\":1000000000}}",
        AT "moby /tasks/exit {\"container_id\":\"c\",\"id\":\"c\",\"exited_at\":{\"seconds\":1.5}}",
        /* names */
        AT "moby /tasks/oom {}",
        AT "moby /tasks/oom {\"container_id\":\"\"}",
        AT "moby /tasks/oom {\"container_id\":null}",
        AT "moby /tasks/oom {\"container_id\":7}",
        AT "moby /tasks/oom {\"container_id\":\"a\\u0062\"}",
        AT "moby /tasks/oom {\"container_id\":\"a b\"}",
        AT "moby /tasks/oom {\"container_id\":[\"c\"]}",
        AT "moby /containers/create {\"container_id\":\"c\"}",
        AT "moby /tasks/exec-added {\"container_id\":\"c\"}",
        AT "moby /tasks/exec-added {\"container_id\":\"c\",\"exec_id\":\"c\"}",
        AT "moby /tasks/oom "
           "{\"container_id\":\"ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
           "ccccccc\"}",
        AT " /tasks/oom {\"container_id\":\"c\"}",
        /* numbers */
        AT "moby /tasks/start {\"container_id\":\"c\",\"pid\":-1}",
        AT "moby /tasks/start {\"container_id\":\"c\",\"pid\":4294967296}",
        AT "moby /tasks/start {\"container_id\":\"c\",\"pid\":\"7\"}",
        AT "moby /tasks/start {\"container_id\":\"c\",\"pid\":1e3}",
        AT "moby /tasks/start {\"container_id\":\"c\",\"pid\":true}",
        /* JSON */
        AT "moby /tasks/oom ",
        AT "moby /tasks/oom",
        AT "moby /tasks/oom null",
        AT "moby /tasks/oom {\"container_id\":\"c\"",
        AT "moby /tasks/oom {\"container_id\":\"c",
        AT "moby /tasks/oom {\"container_id\":\"c\",}",
        AT "moby /tasks/oom {\"container_id\":\"c\"}}",
        AT "moby /tasks/oom {\"container_id\":\"c\"} x",
        AT "moby /tasks/oom {\"container_id\" \"c\"}",
        AT "moby /tasks/oom {container_id:\"c\"}",
        AT "moby /tasks/oom {\"container_id\":\"c\",\"x\":{\"y\":[}",
        AT "moby /tasks/oom {\"container_id\":\"c\",\"x\":\"\\\"}",
        AT "moby /tasks/oom {\"container_id\":\"c\",\"x\":nul}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct c8d_log_record record;

        if (read_line(lines[i], &record) != C8D_LINE_MALFORMED)
            fail_msg("not malformed: %s", lines[i]);
    }
}

/* No prefix of a line is taken for a whole one, and none makes the lexer look beyond its end. */
static void test_ctr__a_line_cut_anywhere__is_malformed(void **state)
{
    static const char line[] =
        AT "moby /tasks/exit {\"container_id\":\"c\",\"io\":{\"a\":\"\\\\\"},\"id\":\"c\","
           "\"exit_status\":1,\"exited_at\":{\"seconds\":1700000000,\"nanos\":5}}";
    const char *topic_end = strstr(line, "/exit");
    struct c8d_log_record record;

    (void)state;
    assert_int_equal(read_line(line, &record), C8D_LINE_EVENT);
    for (size_t length = 1; length < sizeof(line) - 1; length++) {
        enum c8d_line_verdict verdict = read_exact(line, length, &record);

        /* A topic cut off is another topic. */
        if (&line[length] > topic_end - 5 && &line[length] < topic_end + 5)
            assert_int_equal(verdict, C8D_LINE_IGNORED);
        else
            assert_int_equal(verdict, C8D_LINE_MALFORMED);
    }
}

static void test_ctr__the_names_of_formats__are_told(void **state)
{
    (void)state;
    assert_string_equal(c8d_log_format_name(C8D_LOG_AUTO), "auto");
    assert_string_equal(c8d_log_format_name(C8D_LOG_CTR), "ctr");
    assert_string_equal(c8d_log_format_name(C8D_LOG_C8D), "c8d");
    assert_string_equal(c8d_log_format_name(C8D_LOG_FORMAT__COUNT), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ctr__each_known_topic__gives_its_event),
        cmocka_unit_test(test_ctr__both_forms_of_exited_at__are_the_same_time),
        cmocka_unit_test(test_ctr__keys_left_out__are_zero_and_known),
        cmocka_unit_test(test_ctr__delete_without_a_time__gives_no_code),
        cmocka_unit_test(test_ctr__unset_times__are_not_told),
        cmocka_unit_test(test_ctr__times_of_a_line__are_read_to_the_ns),
        cmocka_unit_test(test_ctr__keys_of_no_concern__are_passed_over),
        cmocka_unit_test(test_ctr__a_key_said_twice__counts_as_last_said),
        cmocka_unit_test(test_ctr__line_ends_and_blanks__do_not_matter),
        cmocka_unit_test(test_ctr__topics_of_no_concern__are_ignored),
        cmocka_unit_test(test_ctr__what_cannot_be_read__is_malformed),
        cmocka_unit_test(test_ctr__a_line_cut_anywhere__is_malformed),
        cmocka_unit_test(test_ctr__the_names_of_formats__are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
