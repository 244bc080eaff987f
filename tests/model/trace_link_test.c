/* SPDX-License-Identifier: Apache-2.0 */
/* The event stream: opened, lost, listed after, closed. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* What was asked for and cannot come any more is completed so. */
static void test_close__wherever_the_stream_stands__is_the_end(void **state)
{
    static const struct trace_case cases[] = {
        {"", "close; close; open; restore",
         "- | - | done unavailable (impossible) | done unavailable (impossible)"},
        {"", "open; close", ">subscribe | done indeterminate"},
        {"", "restore; close; subscribed", ">subscribe | done indeterminate | - (impossible)"},
        {UP, "close", "-"},
        {UP, "gap; close", "gap, >subscribe | -"},
        {UP GAP, "close", "-"},
        {UP, "restore; close; listed", ">list | done indeterminate | - (late)"},
        {UP, "gap; subscribe.err; close", "gap, >subscribe | >retry | -"},
        {UP, "overflow; list.err; close", "gap, >list | >retry | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* It is open. */
static void test_open__a_second_time__is_done(void **state)
{
    static const struct trace_case cases[] = {
        {UP, "open", "done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* All that there is, at any time. */
static void test_restore__on_an_open_stream__lists(void **state)
{
    static const struct trace_case cases[] = {
        {UP, "restore; list; sweep; listed", ">list | resynced, done ok"},
        {"", "open; restore; subscribed; list; sweep; listed",
         ">subscribe | - | >list | resynced, done ok, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Nothing was restored. */
static void test_restore__stream_cannot_be_opened__fails(void **state)
{
    static const struct trace_case cases[] = {
        {"", "restore; subscribe.err", ">subscribe | done unavailable"},
        {"", "open; restore; subscribe.err", ">subscribe | - | done unavailable, done unavailable"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* What was dropped may be missing from the list under way. */
static void test_overflow__during_a_list__lists_again_after_a_pause(void **state)
{
    static const struct trace_case cases[] = {
        {UP, "overflow; overflow; link.retry; list; sweep; listed",
         "gap, >list | gap, >retry | >list | resynced"},
        {UP, "overflow; list.err; overflow; link.retry; list; sweep; listed",
         "gap, >list | >retry | - | >list | resynced"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Subscribe first, list second; a pause asked for before is over. */
static void test_stream_ended__while_a_list_waits__opens_it_first(void **state)
{
    static const struct trace_case cases[] = {
        {UP, "overflow; list.err; gap; link.retry; subscribed; list; sweep; listed",
         "gap, >list | >retry | gap, >subscribe | - | >list | resynced"},
        {UP, "gap; link.retry; subscribed; list; sweep; listed", "gap, >subscribe | - | >list | resynced"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_close__wherever_the_stream_stands__is_the_end),
        cmocka_unit_test(test_open__a_second_time__is_done),
        cmocka_unit_test(test_restore__on_an_open_stream__lists),
        cmocka_unit_test(test_restore__stream_cannot_be_opened__fails),
        cmocka_unit_test(test_overflow__during_a_list__lists_again_after_a_pause),
        cmocka_unit_test(test_stream_ended__while_a_list_waits__opens_it_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
