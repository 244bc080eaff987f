/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a recording, and reading it back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <c8d/log.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct c8d_actions accepted = {.outcome = C8D_ACCEPTED};

/* A file without a name. */
static int scratch(void)
{
    char name[] = "/tmp/c8d-recorder-XXXXXX";
    int fd = mkstemp(name);

    assert_true(fd >= 0);
    assert_int_equal(unlink(name), 0);
    return fd;
}

static struct c8d_recorder *open_on(int fd)
{
    struct c8d_recorder *recorder = NULL;

    assert_int_equal(c8d_recorder_new(fd, NULL, &recorder, NULL), C8D_OK);
    return recorder;
}

/* All that was written, NUL-terminated; to be freed. */
static char *content(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = malloc((size_t)size + 1);

    assert_non_null(text);
    assert_int_equal(pread(fd, text, (size_t)size, 0), size);
    text[size] = '\0';
    return text;
}

static enum c8d_line_verdict read_text(const char *line, size_t length, struct c8d_log_record *out)
{
    return c8d_log_read_line(C8D_LOG_AUTO, (struct c8d_str){line, length}, out);
}

static void assert_same(struct c8d_str a, struct c8d_str b)
{
    assert_int_equal(a.len, b.len);
    if (a.len > 0)
        assert_memory_equal(a.ptr, b.ptr, a.len);
}

static void assert_same_input(const struct c8d_input *a, const struct c8d_input *b)
{
    assert_int_equal(a->region, b->region);
    assert_int_equal(a->symbol, b->symbol);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->exit_known, b->exit_known);
    assert_int_equal(a->pid, b->pid);
    assert_int_equal(a->exit_code, b->exit_code);
    assert_true(a->exited_at_ns == b->exited_at_ns);
    assert_true(a->request == b->request);
}

/* Records one input and reads the line back. */
static void round_trip(const struct c8d_input *input, struct c8d_str namespace_, struct c8d_str container,
                       struct c8d_str process, const struct c8d_actions *result, bool killed)
{
    int fd = scratch();
    struct c8d_recorder *recorder = open_on(fd);
    struct c8d_log_record record;
    char *text;
    char *line;

    c8d_recorder_input(recorder, input, namespace_, container, process, result);
    assert_int_equal(c8d_recorder_free(recorder, NULL), C8D_OK);
    text = content(fd);
    line = strchr(text, '\n') + 1;
    assert_int_equal(read_text(text, (size_t)(line - text) - 1, &record), C8D_LINE_IGNORED);
    assert_int_equal(read_text(line, strlen(line) - 1, &record), C8D_LINE_INPUT);
    assert_int_equal(record.format, C8D_LOG_C8D);
    assert_same_input(&record.input, input);
    assert_same(record.namespace_, namespace_);
    assert_same(record.container, container);
    assert_same(record.process, process);
    assert_int_equal(record.outcome, result->outcome);
    assert_int_equal(record.killed, killed);
    assert_true(record.time_ns > 0);
    free(text);
    close(fd);
}

static void test_recorder__every_symbol__is_read_back(void **state)
{
    (void)state;
    for (int symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
        const struct c8d_input input = {.region = C8D_REGION_PROCESS, .symbol = (uint8_t)symbol};

        round_trip(&input, str("default"), str("c1"), str(""), &accepted, symbol == C8D_SYM_KILL);
    }
}

static void test_recorder__every_region_status_and_outcome__is_read_back(void **state)
{
    (void)state;
    for (int region = 0; region <= C8D_REGION_STDIN; region++) {
        for (int status = 0; status < C8D_STATUS__COUNT; status++) {
            const struct c8d_input input = {
                .region = (uint8_t)region, .symbol = C8D_SYM_ERROR, .status = (uint8_t)status};
            const struct c8d_actions result = {.outcome = (uint8_t)(status % C8D_OUTCOME__COUNT)};

            round_trip(&input, str("ns"), str("c1"), str("e1"), &result, false);
        }
    }
}

static void test_recorder__every_field_at_its_limit__is_read_back(void **state)
{
    const struct c8d_input most = {
        .region = C8D_REGION_PROCESS,
        .symbol = C8D_SYM_EXITED,
        .status = C8D_EXHAUSTED,
        .exit_known = true,
        .pid = UINT32_MAX,
        .exit_code = UINT32_MAX,
        .exited_at_ns = INT64_MAX,
        .request = C8D_REQUEST_SNAPSHOT,
    };
    struct c8d_input least = {
        .region = C8D_REGION_PROCESS, .symbol = C8D_SYM_EXITED, .exited_at_ns = -INT64_MAX};
    const struct c8d_str longest =
        str("0123456789012345678901234567890123456789012345678901234567890123456789.-_aZ9");

    (void)state;
    assert_int_equal(longest.len, C8D_NAME_BYTES_MAX);
    round_trip(&most, longest, longest, longest, &accepted, false);
    round_trip(&least, str("n"), str("c"), str(""), &accepted, false);
    /* A code that is not known is not 0. */
    least.exit_known = true;
    round_trip(&least, str("n"), str("c"), str(""), &accepted, false);
}

static void test_recorder__a_kill_and_its_result__are_told_apart(void **state)
{
    struct c8d_action kill = {.kind = C8D_ACTION_COMMAND, .what = C8D_COMMAND_KILL};
    struct c8d_action query = {.kind = C8D_ACTION_COMMAND, .what = C8D_COMMAND_QUERY};
    const struct c8d_actions commanded = {.items = &kill, .count = 1, .outcome = C8D_ACCEPTED};
    const struct c8d_actions asks = {.items = &query, .count = 1, .outcome = C8D_ACCEPTED};
    const struct c8d_actions refused = {.outcome = C8D_IMPOSSIBLE};
    const struct c8d_input input = {
        .region = C8D_REGION_PROCESS, .symbol = C8D_SYM_KILL, .status = C8D_NOT_FOUND, .request = 3};

    (void)state;
    round_trip(&input, str("n"), str("c"), str(""), &commanded, false);
    round_trip(&input, str("n"), str("c"), str(""), &refused, false);
    round_trip(&input, str("n"), str("c"), str(""), &asks, true);
    round_trip(&input, str("n"), str("c"), str(""), &accepted, true);
}

static void test_recorder__names_that_are_none__do_not_break_the_line(void **state)
{
    const struct c8d_input input = {.region = C8D_REGION_PROCESS, .symbol = C8D_SYM_STARTED};
    char endless[300];
    int fd = scratch();
    struct c8d_recorder *recorder = open_on(fd);
    struct c8d_log_record record;
    char *text;
    char *line;

    (void)state;
    memset(endless, 'x', sizeof(endless));
    c8d_recorder_input(recorder, &input, str("n"), str("\"\\\n\x01\xff"), str(""), &accepted);
    c8d_recorder_input(recorder, &input, str("n"), (struct c8d_str){endless, sizeof(endless)}, str(""),
                       &accepted);
    c8d_recorder_input(recorder, &input, str("n"), str("c"), str(""), &accepted);
    assert_int_equal(c8d_recorder_free(recorder, NULL), C8D_OK);
    text = content(fd);
    line = strchr(text, '\n') + 1;
    assert_non_null(strstr(line, "\\u0022\\u005c\\u000a\\u0001\\u00ff"));
    assert_int_equal(read_text(line, strcspn(line, "\n"), &record), C8D_LINE_MALFORMED);
    line = strchr(line, '\n') + 1;
    assert_int_equal(read_text(line, strcspn(line, "\n"), &record), C8D_LINE_MALFORMED);
    line = strchr(line, '\n') + 1;
    assert_int_equal(read_text(line, strcspn(line, "\n"), &record), C8D_LINE_INPUT);
    free(text);
    close(fd);
}

static void test_recorder__any_byte_changed__is_noticed(void **state)
{
    const struct c8d_input input = {.region = C8D_REGION_PROCESS, .symbol = C8D_SYM_STARTED, .pid = 42};
    int fd = scratch();
    struct c8d_recorder *recorder = open_on(fd);
    struct c8d_log_record record;
    char *text;
    char *line;

    (void)state;
    c8d_recorder_input(recorder, &input, str("n"), str("c"), str("e"), &accepted);
    assert_int_equal(c8d_recorder_free(recorder, NULL), C8D_OK);
    text = content(fd);
    line = strchr(text, '\n') + 1;
    for (size_t i = 0; line[i] != '\n'; i++) {
        line[i] ^= 1;
        assert_int_equal(c8d_log_read_line(C8D_LOG_C8D, (struct c8d_str){line, strcspn(line, "\n")}, &record),
                         C8D_LINE_MALFORMED);
        line[i] ^= 1;
    }
    for (size_t cut = 1; line[cut] != '\n'; cut++)
        assert_int_equal(c8d_log_read_line(C8D_LOG_C8D, (struct c8d_str){line, cut}, &record),
                         C8D_LINE_MALFORMED);
    free(text);
    close(fd);
}

/* Lines whose checksum is right. */
static void test_frame__content_under_a_right_checksum__is_still_judged(void **state)
{
    static const struct {
        const char *line;
        enum c8d_line_verdict verdict;
    } lines[] = {
        {"da472378 {\"c8d\":1}", C8D_LINE_IGNORED},
        {"f16a70bb {\"c8d\":2}", C8D_LINE_MALFORMED},
        {"eafea947 {\"c8d\":1,\"made\":\"today\"}", C8D_LINE_IGNORED},
        {"19971ce9 {\"region\":\"process\",\"symbol\":\"STARTED\",\"namespace\":\"n\",\"container\":\"c\"}",
         C8D_LINE_INPUT},
        {"d0f8579a { \"region\":\"process\",\"symbol\":\"STARTED\",\"namespace\":\"n\",\"container\":\"c\" , "
         "\"colour\" : {\"a\":[1,\"}\"]} }",
         C8D_LINE_INPUT},
        {"2ca6aa33 "
         "{\"region\":\"process\",\"symbol\":\"STARTED\",\"namespace\":\"n\",\"container\":\"c\",\"killed\":"
         "false,\"sure\":true}",
         C8D_LINE_INPUT},
        {"9e3c699e {\"region\":\"process\",\"namespace\":\"n\",\"container\":\"c\"}", C8D_LINE_MALFORMED},
        {"9bf4a99a {\"symbol\":\"STARTED\",\"namespace\":\"n\",\"container\":\"c\"}", C8D_LINE_MALFORMED},
        {"6364d06f {\"region\":\"process\",\"symbol\":\"STARTED\",\"namespace\":\"n\"}", C8D_LINE_MALFORMED},
        {"f1d8d40e {\"region\":\"process\",\"symbol\":\"STARTED\",\"outcome\":\"foreign\"}", C8D_LINE_INPUT},
        {"48e04283 {\"region\":\"connection\",\"symbol\":\"SUBSCRIBED\"}", C8D_LINE_INPUT},
        {"30ac82c3 "
         "{\"region\":\"process\",\"symbol\":\"STARTED\",\"namespace\":\"n\",\"container\":\"c\",\"region\":"
         "\"moon\"}",
         C8D_LINE_MALFORMED},
        {"7ffd4834 "
         "{\"region\":\"process\",\"symbol\":\"STARTED\",\"namespace\":\"n\",\"container\":\"c\",\"symbol\":"
         "\"WHATEVER\"}",
         C8D_LINE_MALFORMED},
        {"b608c502 "
         "{\"region\":\"process\",\"symbol\":\"STARTED\",\"namespace\":\"n\",\"container\":\"c\",\"status\":"
         "\"ok\"}",
         C8D_LINE_MALFORMED},
        {"83bbe60d "
         "{\"region\":\"process\",\"symbol\":\"STARTED\",\"namespace\":\"n\",\"container\":\"c\",\"outcome\":"
         "\"odd\"}",
         C8D_LINE_MALFORMED},
        {"040081fc "
         "{\"region\":\"process\",\"symbol\":\"STARTED\",\"namespace\":\"n\",\"container\":\"c\",\"pid\":"
         "\"7\"}",
         C8D_LINE_MALFORMED},
        {"46e26708 "
         "{\"region\":\"process\",\"symbol\":\"STARTED\",\"namespace\":\"n\",\"container\":\"c\",\"pid\":{}}",
         C8D_LINE_MALFORMED},
        {"b8c86eb2 "
         "{\"region\":\"process\",\"symbol\":\"STARTED\",\"namespace\":\"n\",\"container\":\"c\",\"pid\":"
         "true}",
         C8D_LINE_MALFORMED},
        {"53737193 "
         "{\"region\":\"process\",\"symbol\":\"STARTED\",\"namespace\":\"n\",\"container\":\"c\",\"killed\":"
         "1}",
         C8D_LINE_MALFORMED},
        {"f440e8cd {\"region\":\"process\",\"symbol\":\"STARTED\",\"namespace\":\"n\",\"container\":\"c\"",
         C8D_LINE_MALFORMED},
        {"0d4cbb29 []", C8D_LINE_MALFORMED},
    };
    struct c8d_log_record record;

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        if (c8d_log_read_line(C8D_LOG_C8D, str(lines[i].line), &record) != lines[i].verdict)
            fail_msg("misjudged: %s", lines[i].line);
    }
}

static void test_recorder__a_full_disk__is_the_first_failure_and_the_last_line(void **state)
{
    const struct c8d_input input = {.region = C8D_REGION_PROCESS, .symbol = C8D_SYM_STARTED};
    int fd = open("/dev/full", O_WRONLY);
    struct c8d_recorder *recorder = NULL;
    struct c8d_error err = {0};

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(c8d_recorder_new(fd, NULL, &recorder, &err), C8D_REMOTE);
    assert_int_equal(err.origin, C8D_ORIGIN_ERRNO);
    assert_int_equal(err.origin_code, ENOSPC);
    assert_null(recorder);
    close(fd);

    /* Full later: by way of a descriptor that now leads there. */
    fd = scratch();
    recorder = open_on(fd);
    {
        int full = open("/dev/full", O_WRONLY);
        int kept = dup(fd);

        assert_true(dup2(full, fd) == fd);
        c8d_recorder_input(recorder, &input, str("n"), str("c"), str(""), &accepted);
        assert_int_equal(c8d_recorder_status(recorder, &err), C8D_REMOTE);
        assert_int_equal(err.origin_code, ENOSPC);
        /* Room again: nothing may follow what was lost. */
        assert_true(dup2(kept, fd) == fd);
        c8d_recorder_input(recorder, &input, str("n"), str("c"), str(""), &accepted);
        assert_int_equal(c8d_recorder_free(recorder, &err), C8D_REMOTE);
        assert_int_equal(lseek(fd, 0, SEEK_END), strlen("da472378 {\"c8d\":1}\n"));
        close(full);
        close(kept);
    }
    close(fd);
}

/* A file that may not grow any more takes a part of a line. */
static void test_recorder__a_short_write__is_a_failure_and_a_torn_line(void **state)
{
    const struct c8d_input input = {.region = C8D_REGION_PROCESS, .symbol = C8D_SYM_STARTED};
    struct rlimit before;
    struct rlimit tight;
    int fd = scratch();
    struct c8d_recorder *recorder = open_on(fd);
    struct c8d_error err = {0};
    struct c8d_log_record record;
    char *text;
    char *line;

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = before;
    tight.rlim_cur = 60;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    c8d_recorder_input(recorder, &input, str("n"), str("c"), str(""), &accepted);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(c8d_recorder_free(recorder, &err), C8D_REMOTE);
    assert_int_equal(err.origin_code, EFBIG);
    text = content(fd);
    assert_int_equal(strlen(text), 60);
    line = strchr(text, '\n') + 1;
    assert_int_equal(c8d_log_read_line(C8D_LOG_C8D, str(line), &record), C8D_LINE_MALFORMED);
    free(text);
    close(fd);
}

static void test_recorder__no_memory__is_told_and_leaves_nothing(void **state)
{
    struct failing failing;
    struct c8d_recorder *recorder = NULL;
    struct c8d_error err = {0};
    int fd = scratch();

    (void)state;
    failing_init(&failing);
    failing.fail_at = 1;
    assert_int_equal(c8d_recorder_new(fd, &failing.allocator, &recorder, &err), C8D_EXHAUSTED);
    failing.fail_at = 0;
    assert_int_equal(c8d_recorder_new(fd, &failing.allocator, &recorder, &err), C8D_OK);
    assert_int_equal(c8d_recorder_free(recorder, NULL), C8D_OK);
    assert_int_equal(c8d_recorder_free(NULL, NULL), C8D_OK);
    assert_int_equal(failing.live, 0);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorder__every_symbol__is_read_back),
        cmocka_unit_test(test_recorder__every_region_status_and_outcome__is_read_back),
        cmocka_unit_test(test_recorder__every_field_at_its_limit__is_read_back),
        cmocka_unit_test(test_recorder__a_kill_and_its_result__are_told_apart),
        cmocka_unit_test(test_recorder__names_that_are_none__do_not_break_the_line),
        cmocka_unit_test(test_recorder__any_byte_changed__is_noticed),
        cmocka_unit_test(test_frame__content_under_a_right_checksum__is_still_judged),
        cmocka_unit_test(test_recorder__a_full_disk__is_the_first_failure_and_the_last_line),
        cmocka_unit_test(test_recorder__a_short_write__is_a_failure_and_a_torn_line),
        cmocka_unit_test(test_recorder__no_memory__is_told_and_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
