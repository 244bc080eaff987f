/* SPDX-License-Identifier: Apache-2.0 */
/* Times as they are printed: each instant that 64 bits of ns can hold, and back by who reads times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "output.h"
#include "when.h"
#include <string.h>

#define DAY_NS (INT64_C(86400) * 1000000000)

static void assert_written(int64_t ns, const char *expected)
{
    char text[C8D__TIME_BYTES];

    assert_string_equal(c8d__format_time(ns, text), expected);
    assert_int_equal(strlen(text), C8D__TIME_LENGTH);
}

static void test_time__known_instants__are_written_so(void **state)
{
    (void)state;
    assert_written(0, "1970-01-01T00:00:00.000000000Z");
    assert_written(-1, "1969-12-31T23:59:59.999999999Z");
    assert_written(INT64_C(951782399000000001), "2000-02-28T23:59:59.000000001Z");
    assert_written(INT64_C(951782400000000000), "2000-02-29T00:00:00.000000000Z");
    assert_written(INT64_C(1733896459191684944), "2024-12-11T05:54:19.191684944Z");
    assert_written(INT64_C(-2203891200000000000), "1900-03-01T00:00:00.000000000Z");
    assert_written(INT64_MAX, "2262-04-11T23:47:16.854775807Z");
    assert_written(INT64_MIN, "1677-09-21T00:12:43.145224192Z");
}

/* Each day from 1680 to 2260, at another time of day. */
static void test_time__each_day__is_read_back(void **state)
{
    (void)state;
    for (int64_t day = -105000; day < 106000; day++) {
        int64_t ns = day * DAY_NS + (day * INT64_C(8641234567891)) % DAY_NS;
        char text[C8D__TIME_BYTES];
        struct c8d__when when;

        assert_true(c8d__when_read(c8d__format_time(ns, text), &when));
        assert_true(when.is_time);
        assert_int_equal(when.ns, ns);
    }
}

static void test_time__beyond_what_64_bits_hold__is_none(void **state)
{
    static const char *const times[] = {"0001-01-01", "1677-09-20", "2262-04-12", "9999-12-31T23:59:59Z"};

    (void)state;
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        struct c8d__when when;

        assert_false(c8d__when_read(times[i], &when));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time__known_instants__are_written_so),
        cmocka_unit_test(test_time__each_day__is_read_back),
        cmocka_unit_test(test_time__beyond_what_64_bits_hold__is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
