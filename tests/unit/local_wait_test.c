/* SPDX-License-Identifier: Apache-2.0 */
/* A wait in the milliseconds of poll(), which takes any negative number for a wait without end. */
#include <client/poll_ms.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_wait__in_milliseconds__is_rounded_up_and_a_minute_at_most(void **state)
{
    (void)state;
    assert_int_equal(c8d__poll_ms(1), 1);
    assert_int_equal(c8d__poll_ms(1000000), 1);
    assert_int_equal(c8d__poll_ms(1000001), 2);
    assert_int_equal(c8d__poll_ms(C8D_NO_DEADLINE - 1), 60000);
    assert_int_equal(c8d__poll_ms(C8D_NO_DEADLINE), -1);
}

static void test_wait__that_is_over__is_none(void **state)
{
    (void)state;
    assert_int_equal(c8d__poll_ms(0), 0);
    assert_int_equal(c8d__poll_ms(-1), 0);
    assert_int_equal(c8d__poll_ms(-5000000), 0);
    assert_int_equal(c8d__poll_ms(INT64_MIN), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wait__in_milliseconds__is_rounded_up_and_a_minute_at_most),
        cmocka_unit_test(test_wait__that_is_over__is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
