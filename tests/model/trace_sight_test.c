/* SPDX-License-Identifier: Apache-2.0 */
/* What is seen for the first time: by an event, by a command, by a snapshot. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* An answer about what is not known tells the life up to where it stands, in order. */
static void test_first_sight__answer__tells_all_that_led_there(void **state)
{
    static const struct trace_case cases[] = {
        {"", "verify c/c; is:absent c/c", ">query c | -"},
        {"", "verify c/c; is:created c/c 100", ">query c | create c"},
        {"", "verify c/c; is:running c/c 100", ">query c | create c, start c"},
        {"", "verify c/c; is:paused c/c 100", ">query c | create c, start c, paused c"},
        {"", "verify c/c; is:stopped c/c 100", ">query c | create c, start c, exit c ?"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Somebody else's, whose life may be shorter than a query takes. */
static void test_first_sight__event_while_it_is_asked_for__is_taken(void **state)
{
    static const struct trace_case cases[] = {
        {"", "verify c/c; ev:create c/c 100; is:running c/c 100; is:running c/c 100",
         ">query c | create c | >query c | start c"},
        {"", "verify c/c; ev:start c/c 100; is:running c/c 100; is:running c/c 100",
         ">query c | create c, start c | >query c | -"},
        {"", "ev:start c/c 100; ev:exit c/c 100 3 5; is:stopped c/c 100; is:stopped c/c 100",
         "create c, start c, >query c | exit c 3 | >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A create that failed is followed by an exit, too. */
static void test_first_sight__end_while_it_is_asked_for__proves_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {"", "verify c/c; ev:exit c/c 100 3 5; is:absent c/c; is:absent c/c", ">query c | - | >query c | -"},
        {"", "verify c/c; ev:delete c/c 100; is:absent c/c; is:absent c/c", ">query c | - | >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Taken up with whatever is there; nothing there is "not found". */
static void test_load__answer__completes_it(void **state)
{
    static const struct trace_case cases[] = {
        {"", "load.req c; is:absent c/c", ">query c | done not found"},
        {"", "load.req c; is:created c/c 100", ">query c | create c, done ok"},
        {"", "load.req c; is:running c/c 100", ">query c | create c, start c, done ok"},
        {"", "load.req c; is:paused c/c 100", ">query c | create c, start c, done ok, paused c"},
        {"", "load.req c; is:stopped c/c 100", ">query c | create c, start c, exit c ?, done ok"},
        {"", "verify c/c; load.req c; is:running c/c 100; is:running c/c 100",
         ">query c | - | >query c | create c, start c, done ok"},
        {RUNNING, "load.req c", "done ok"},
        {CREATING, "load.req c", "done conflicting state (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The answer may be older than the event. */
static void test_load__event_meanwhile__is_asked_for_again(void **state)
{
    static const struct trace_case cases[] = {
        {"", "load.req c; ev:create c/c 100; is:running c/c 100; is:running c/c 100",
         ">query c | - | >query c | create c, start c, done ok"},
        {"", "load.req c; ev:start c/c 100; is:running c/c 100; is:running c/c 100",
         ">query c | - | >query c | create c, start c, done ok"},
        {"", "load.req c; ev:exit c/c 100; is:running c/c 100; is:running c/c 100",
         ">query c | - | >query c | create c, start c, done ok"},
        {"", "load.req c; ev:delete c/c 100; is:running c/c 100; is:running c/c 100",
         ">query c | - | >query c | create c, start c, done ok"},
        {"", "load.req c; verify c/c; is:absent c/c; is:absent c/c",
         ">query c | - | >query c | done not found"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Who was it? The reply decides what to ask. */
static void test_create__event_of_another_run__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {CREATING, "ev:create c/c 100; create.ok c 100", "- | create c, done ok"},
        {CREATING, "ev:create c/c 100; create.ok c 200; is:created c/c 200",
         "- | create c, done ok, >query c | -"},
        {CREATING, "ev:create c/c 100; create.err c; is:created c/c 100",
         "- | done runtime error, >query c | create c"},
        {CREATING, "ev:start c/c 100; create.ok c 200; is:created c/c 200",
         "- | create c, done ok, >query c | -"},
        {CREATING, "ev:exit c/c 100 0; create.ok c 200; is:created c/c 200",
         "- | create c, done ok, >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The record: an event about an unknown one is a reason to ask. */
static void test_record__first_sight__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {"", "ev:new c; rec.is:created c", ">rec.query c | -"},
        {"", "ev:new c; ev:new c; rec.is:created c; rec.is:created c", ">rec.query c | - | >rec.query c | -"},
        {"", "ev:new c; ev:rm c; rec.is:absent c; rec.is:absent c", ">rec.query c | - | >rec.query c | -"},
        {"", "rec.verify c; rec.is:absent c", ">rec.query c | -"},
        {"", "rec.verify c; rec.verify c; rec.is:created c; rec.is:created c",
         ">rec.query c | - | >rec.query c | -"},
        {"", "list; rec.verify c; snap:absent c; rec.is:created c", ">rec.query c | - (late) | -"},
        {"", "ev:new c; find.req c; rec.is:created c; rec.is:created c",
         ">rec.query c | - | >rec.query c | done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* And so is a command. */
static void test_record__loaded__completes_with_what_is_there(void **state)
{
    static const struct trace_case cases[] = {
        {"", "find.req c; rec.is:created c", ">rec.query c | done ok"},
        {"", "find.req c; rec.is:absent c", ">rec.query c | done not found"},
        {"", "find.req c; ev:new c; rec.is:created c; rec.is:created c",
         ">rec.query c | - | >rec.query c | done ok"},
        {"", "find.req c; ev:rm c; rec.is:absent c; rec.is:absent c",
         ">rec.query c | - | >rec.query c | done not found"},
        {"", "find.req c; rec.verify c; rec.is:absent c; rec.is:absent c",
         ">rec.query c | - | >rec.query c | done not found"},
        {PRESENT, "find.req c", "done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Nothing there, and nothing was known. */
static void test_snapshot__of_what_is_known_to_be_absent__says_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {PRESENT, "rm.req c; rm.ok c; list; sweep", ">rec.delete c | done ok | - | - | -"},
        {"", "list; snap:absent c", "- (late)"},
        {PRESENT, "rm.req c; rm.ok c; list; ev:rm c; ev:rm c; snap:absent c; rec.is:created c",
         ">rec.delete c | done ok | - (late) | - (late) | >rec.query c | -"},
        {EXITED, "del.req c; del.ok c 100 0; list; ev:create c/c 100; snap:running c 300; is:running c/c 300",
         ">delete c | deleted c, done ok | - (late) | - | - (late) | >query c | create c, start c"},
        {"", "list; ev:paused c; snap:running c 100; is:running c/c 100",
         ">query c | - (late) | - (late) | - (late) | create c, start c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_sight__answer__tells_all_that_led_there),
        cmocka_unit_test(test_first_sight__event_while_it_is_asked_for__is_taken),
        cmocka_unit_test(test_first_sight__end_while_it_is_asked_for__proves_nothing),
        cmocka_unit_test(test_load__answer__completes_it),
        cmocka_unit_test(test_load__event_meanwhile__is_asked_for_again),
        cmocka_unit_test(test_create__event_of_another_run__is_asked_for),
        cmocka_unit_test(test_record__first_sight__is_asked_for),
        cmocka_unit_test(test_record__loaded__completes_with_what_is_there),
        cmocka_unit_test(test_snapshot__of_what_is_known_to_be_absent__says_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
