/* SPDX-License-Identifier: Apache-2.0 */
/* The short cut for a common line of `ctr events` never says anything else than the lexer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "log/lexing.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT "2023-11-14 22:13:20.123456789 +0000 UTC "
#define ID "6127867d2623656ebbbf006cf82642c76b518bc9b1b895821b4526926c5ab35e"
#define LINE_MAX 512

static const char *const lines[] = {
    AT "moby /containers/create {\"id\":\"" ID
       "\",\"image\":\"a\\\"b\",\"runtime\":{\"name\":\"r\",\"o\":[{}]}}",
    AT "moby /containers/delete {\"id\":\"c\"}",
    AT "moby /tasks/create {\"container_id\":\"" ID "\",\"bundle\":\"/run/c\",\"rootfs\":[{\"type\":\"o}\"}],"
       "\"io\":{\"stdin\":\"/f\",\"terminal\":true},\"pid\":42}",
    AT "moby /tasks/start {\"container_id\":\"" ID "\",\"pid\":301}",
    AT "n /tasks/exec-added {\"container_id\":\"c\",\"exec_id\":\"probe\"}",
    AT "n /tasks/exec-started {\"container_id\":\"c\",\"exec_id\":\"probe\",\"pid\":7}",
    AT "n /tasks/exit "
       "{\"container_id\":\"c\",\"id\":\"probe\",\"pid\":7,\"exited_at\":\"2023-11-14T22:13:20.5Z\"}",
    AT "n /tasks/exit {\"container_id\":\"c\",\"id\":\"c\",\"pid\":7,\"exit_status\":137,"
       "\"exited_at\":{\"seconds\":1733896459,\"nanos\":191647544}}",
    AT "n /tasks/delete {\"container_id\":\"c\",\"pid\":7,\"exit_status\":1,\"exited_at\":{\"seconds\":7}}",
    AT "n /tasks/oom {\"container_id\":\"c\"}",
    AT "n /tasks/paused {\"container_id\":\"c\"}",
    AT "n /tasks/resumed {\"container_id\":\"c\"}",
    AT "n /tasks/checkpointed {\"container_id\":\"c\",\"checkpoint\":\"\"}",
};

#define N_LINES (sizeof(lines) / sizeof(lines[0]))

static void assert_same_str(struct c8d_str a, struct c8d_str b)
{
    assert_int_equal(a.len, b.len);
    if (a.len > 0)
        assert_ptr_equal(a.ptr, b.ptr);
}

static void assert_same(const struct c8d_log_record *a, const struct c8d_log_record *b)
{
    assert_int_equal(a->event.kind, b->event.kind);
    assert_same_str(a->event.namespace_, b->event.namespace_);
    assert_same_str(a->event.container, b->event.container);
    assert_same_str(a->event.process, b->event.process);
    assert_int_equal(a->event.pid, b->event.pid);
    assert_int_equal(a->event.exit.known, b->event.exit.known);
    assert_int_equal(a->event.exit.ran, b->event.exit.ran);
    assert_int_equal(a->event.exit.code, b->event.exit.code);
    assert_int_equal(a->event.exit.at_ns, b->event.exit.at_ns);
    assert_int_equal(a->event.time_ns, b->event.time_ns);
    assert_same_str(a->namespace_, b->namespace_);
    assert_same_str(a->container, b->container);
    assert_same_str(a->process, b->process);
    assert_int_equal(a->time_ns, b->time_ns);
    assert_int_equal(a->oom, b->oom);
    assert_int_equal(a->format, b->format);
}

/* In memory of exactly its size, so that a sanitizer sees any look beyond it. True when the short cut took
 * it. */
static bool compare(const char *line, size_t length, struct c8d__recent *recent)
{
    char *kept = malloc(length > 0 ? length : 1);
    const struct c8d_str text = {kept, length};
    struct c8d_log_record quick;
    struct c8d_log_record slow;
    bool taken;

    assert_non_null(kept);
    memcpy(kept, line, length);
    taken = c8d__read_common_ctr(text, recent, &quick);
    if (taken) {
        assert_int_equal(c8d_log_read_line(C8D_LOG_CTR, text, &slow), C8D_LINE_EVENT);
        assert_same(&quick, &slow);
    }
    free(kept);
    return taken;
}

static void test_common__as_containerd_writes_it__is_taken(void **state)
{
    struct c8d__recent recent = {0};

    (void)state;
    for (size_t i = 0; i < N_LINES; i++)
        assert_true(compare(lines[i], strlen(lines[i]), &recent));
}

static void test_common__any_byte_another__says_what_the_lexer_says(void **state)
{
    static const char others[] = "\"\\{}[]:, 09aZ_-.+T/\t\n";
    struct c8d__recent recent = {0};
    char line[LINE_MAX];

    (void)state;
    for (size_t i = 0; i < N_LINES; i++) {
        size_t length = strlen(lines[i]);

        memcpy(line, lines[i], length);
        for (size_t at = 0; at < length; at++) {
            for (size_t other = 0; other < sizeof(others); other++) {
                line[at] = others[other];
                (void)compare(line, length, &recent);
            }
            line[at] = lines[i][at];
        }
    }
}

static void test_common__any_part_of_a_line__says_what_the_lexer_says(void **state)
{
    struct c8d__recent recent = {0};
    char line[LINE_MAX];

    (void)state;
    for (size_t i = 0; i < N_LINES; i++) {
        size_t length = strlen(lines[i]);

        for (size_t begin = 0; begin < length; begin++) {
            (void)compare(lines[i], begin, &recent);
            for (size_t end = begin + 1; end <= length; end += 3) {
                memcpy(line, lines[i], begin);
                memcpy(line + begin, lines[i] + end, length - end);
                (void)compare(line, length - (end - begin), &recent);
            }
        }
    }
}

/* What was read before is only taken for a name when the whole of it stands there again. */
static void test_common__a_longer_or_shorter_name_than_before__is_itself(void **state)
{
    static const char longer[] = ID "0";
    static const char *const names[] = {"c", "cc", "ccc", "cc", "c", "d", ID, longer, ID};
    struct c8d__recent recent = {0};
    char line[LINE_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        strcpy(line, AT "n /tasks/start {\"container_id\":\"");
        strcat(line, names[i]);
        strcat(line, "\"}");
        assert_true(compare(line, strlen(line), &recent));
    }
}

/* Eight digits are read at once; near the end of a line there are fewer bytes than that. */
static void test_common__a_number_of_any_length__is_what_the_lexer_reads(void **state)
{
    static const char digits[] = "1029384756";
    struct c8d__recent recent = {0};
    char line[LINE_MAX];

    (void)state;
    for (int n = 0; n <= 10; n++) {
        sprintf(line, AT "n /tasks/start {\"container_id\":\"c\",\"pid\":%.*s}", n, digits);
        assert_int_equal(compare(line, strlen(line), &recent), n >= 1 && n <= 9);
        sprintf(line, AT "n /tasks/start {\"pid\":%.*s,\"container_id\":\"c\"}", n, digits);
        assert_int_equal(compare(line, strlen(line), &recent), n >= 1 && n <= 9);
    }
}

/* What is said to be said again needs no look by others, so it is never said in error. */
static void test_common__a_container_again__is_told_of_the_record_before_alone(void **state)
{
    static const struct {
        const char *line;
        bool again;
    } steps[] = {
        {AT "n /tasks/start {\"container_id\":\"a\"}", false},
        {AT "n /tasks/oom {\"container_id\":\"a\"}", true},
        {AT "m /tasks/oom {\"container_id\":\"a\"}", false}, /* another namespace */
        {AT "m /tasks/oom {\"container_id\":\"a\"}", true},
        {AT "m /containers/create {\"id\":\"b\"}", false}, /* in another member */
        {AT "m /tasks/oom {\"container_id\":\"a\"}", false},
        {AT "m /containers/create {\"id\":\"b\",\"container_id\":\"a\"}", false},
        {AT "m /tasks/oom {\"container_id\":\"a\"}", false},
        {AT "m /tasks/oom {\"container_id\":\"a\",\"container_id\":\"b\"}", false},
        {AT "m /tasks/oom {\"container_id\":\"b\"}", true},
        {AT "m /tasks/oom { \"container_id\":\"a\"}", false}, /* left to the lexer */
        {AT "m /tasks/oom {\"container_id\":\"b\"}", false},
        {AT "m /tasks/oom {\"container_id\":\"b\"}", true},
    };
    struct c8d__recent recent = {0};

    (void)state;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        (void)compare(steps[i].line, strlen(steps[i].line), &recent);
        assert_int_equal(recent.container_again, steps[i].again);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_common__as_containerd_writes_it__is_taken),
        cmocka_unit_test(test_common__any_byte_another__says_what_the_lexer_says),
        cmocka_unit_test(test_common__any_part_of_a_line__says_what_the_lexer_says),
        cmocka_unit_test(test_common__a_longer_or_shorter_name_than_before__is_itself),
        cmocka_unit_test(test_common__a_number_of_any_length__is_what_the_lexer_reads),
        cmocka_unit_test(test_common__a_container_again__is_told_of_the_record_before_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
