/* SPDX-License-Identifier: Apache-2.0 */
/* Subjects: written and read back, whatever the names are made of; and what is none is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "nats_subject.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

static void test_subject__plain_names__are_as_they_are(void **state)
{
    const struct c8d__subject_names names = {str("node-1"), str("k8s_io"), str("web")};
    const struct c8d__subject_names all = {str("node-1"), str("k8s_io"), str("")};
    char subject[C8D__SUBJECT_BYTES];

    (void)state;
    assert_true(c8d__subject_write("c8d", 7, &names, subject));
    assert_string_equal(subject, "c8d.7.node-1.k8s_io.web");
    assert_true(c8d__subject_write("a.b", 1023, &all, subject));
    assert_string_equal(subject, "a.b.1023.node-1.k8s_io.=");
}

static void test_subject__bytes_that_it_cannot_have__are_written_otherwise(void **state)
{
    const struct c8d__subject_names names = {str("node.example"), str("a b"), str("=*>.$\x01\xff")};
    char subject[C8D__SUBJECT_BYTES];

    (void)state;
    assert_true(c8d__subject_write("c8d", 0, &names, subject));
    assert_string_equal(subject, "c8d.0.node=2Eexample.a=20b.=3D=2A=3E=2E=24=01=FF");
}

static void test_subject__the_longest_names__fit__and_a_longer_one_does_not(void **state)
{
    char longest[C8D__TOKEN_BYTES_MAX + 2];
    char subject[C8D__SUBJECT_BYTES];
    char host[C8D__TOKEN_BYTES_MAX + 1];
    struct c8d__subject_names names;

    (void)state;
    memset(longest, '.', sizeof(longest));
    names.host = names.namespace_ = names.container = (struct c8d_str){longest, C8D__TOKEN_BYTES_MAX};
    assert_true(c8d__subject_write("c8d", 1023, &names, subject));
    assert_true(c8d__subject_host("c8d", subject, host));
    assert_int_equal(strlen(host), C8D__TOKEN_BYTES_MAX);
    names.container.len++;
    assert_false(c8d__subject_write("c8d", 1023, &names, subject));
}

static void test_subject__any_host__is_read_back(void **state)
{
    (void)state;
    srand(1);
    for (int i = 0; i < 20000; i++) {
        char name[C8D__TOKEN_BYTES_MAX + 1] = "";
        char subject[C8D__SUBJECT_BYTES];
        char host[C8D__TOKEN_BYTES_MAX + 1];
        size_t length = 1 + (size_t)rand() % 20;
        const struct c8d__subject_names names = {{name, length}, str("n"), str("c")};

        for (size_t k = 0; k < length; k++)
            name[k] = (char)(1 + rand() % 255);
        assert_true(c8d__subject_write("x", 3, &names, subject));
        assert_true(c8d__subject_host("x", subject, host));
        assert_string_equal(host, name);
    }
}

static void test_subject__any_bytes__are_read_or_refused(void **state)
{
    (void)state;
    srand(2);
    for (int i = 0; i < 20000; i++) {
        static const char letters[] = "c8d.=0123456789AFx\x01\xff";
        char host[C8D__TOKEN_BYTES_MAX + 1];
        /* Of just its size, so that a reader that goes too far is found out. */
        size_t length = (size_t)rand() % 40;
        char *subject = malloc(length + 7);

        assert_non_null(subject);
        memcpy(subject, "c8d.1.", 6);
        for (size_t k = 0; k < length; k++)
            subject[6 + k] = letters[(size_t)rand() % (sizeof(letters) - 1)];
        subject[length + 6] = '\0';
        (void)c8d__subject_host("c8d", subject, host);
        free(subject);
    }
}

static void test_subject__what_is_none_of_ours__is_refused(void **state)
{
    static const char *const subjects[] = {
        "",           "c8d",     "c8d.",         "other.1.h.n.c", "c8d.x.h.n.c",
        "c8d.1..n.c", "c8d.1.h", "c8d.1.=4.n.c", "c8d.1.=zz.n.c", "c8d.1.=00.n.c"};
    char host[C8D__TOKEN_BYTES_MAX + 1];

    (void)state;
    for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++)
        assert_false(c8d__subject_host("c8d", subjects[i], host));
}

static void test_partition__of_a_container__is_one_and_all_are_used(void **state)
{
    unsigned used[16] = {0};

    (void)state;
    for (int i = 0; i < 1600; i++) {
        char name[16];
        struct c8d__subject_names names = {str("h"), str("n"), str(name)};
        unsigned partition;

        snprintf(name, sizeof(name), "web-%d", i);
        names.container = str(name);
        partition = c8d__partition_of(&names, 16);
        assert_int_equal(partition, c8d__partition_of(&names, 16));
        used[partition]++;
    }
    for (int i = 0; i < 16; i++)
        assert_in_range(used[i], 50, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_subject__plain_names__are_as_they_are),
        cmocka_unit_test(test_subject__bytes_that_it_cannot_have__are_written_otherwise),
        cmocka_unit_test(test_subject__the_longest_names__fit__and_a_longer_one_does_not),
        cmocka_unit_test(test_subject__any_host__is_read_back),
        cmocka_unit_test(test_subject__any_bytes__are_read_or_refused),
        cmocka_unit_test(test_subject__what_is_none_of_ours__is_refused),
        cmocka_unit_test(test_partition__of_a_container__is_one_and_all_are_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
