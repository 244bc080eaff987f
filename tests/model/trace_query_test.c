/* SPDX-License-Identifier: Apache-2.0 */
/* The bookkeeping of queries: which answer counts, and what becomes of one that does not. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A query that fails proves nothing; whatever comes in the pause is covered by the next one. */
static void test_query__failed__waits_and_is_asked_again(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "verify c/c; is:failed c/c; verify c/c; retry c/c; is:running c/c 100",
         ">query c | >retry c | - | >query c | -"},
        {RUNNING, "verify c/c; is:failed c/c; ev:oom c/c 100; retry c/c; is:running c/c 100",
         ">query c | >retry c | oom c | >query c | -"},
        {RUNNING, "verify c/c; verify c/c; is:failed c/c; retry c/c; is:running c/c 100",
         ">query c | - | >retry c | >query c | -"},
        {START_DOUBT, "is:failed c/c; ev:delete c/c 100; retry c/c; is:absent c/c",
         ">retry c | - | >query c | exit c ? never-ran, deleted c, done unavailable"},
        {CREATED,
         "verify c/c; is:failed c/c; start.req c; verify c/c; start.ok c 100; retry c/c; is:running c/c 100",
         ">query c | >retry c | >start c | - | start c, done ok | >query c | -"},
        {RUNNING, "verify c/c; retry c/c; is:running c/c 100; retry c/c",
         ">query c | - (late) | - | - (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The pause need not be waited for. */
static void test_query__failed_before_a_snapshot__is_answered_by_it(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "verify c/c; is:failed c/c; list; snap:running c 100; retry c/c",
         ">query c | >retry c | - | - | - | - (late)"},
        {RUNNING, "verify c/c; is:failed c/c; list; retry c/c; snap:running c 100",
         ">query c | >retry c | - (late) | - | - | -"},
        {RUNNING,
         "verify c/c; is:failed c/c; list; verify c/c; retry c/c; snap:running c 100; is:running c/c 100",
         ">query c | >retry c | - | - (late) | - | - | >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Its answer may be older than the gap. */
static void test_query__under_way_when_the_stream_broke__is_asked_again(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "verify c/c; list; is:running c/c 100; snap:running c 100; is:running c/c 100",
         ">query c | >query c | - | - | - (late) | -"},
        {RUNNING, "verify c/c; verify c/c; list; is:running c/c 100; is:running c/c 100",
         ">query c | - | >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The call is in flight still. */
static void test_query__owed_when_the_stream_broke__is_asked_after_the_reply(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING, "verify c/c; verify c/c; list; start.ok c 100; is:running c/c 100",
         "- | - | start c, done ok, >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The call may have changed what the runtime saw. */
static void test_query__asked_then_call__is_asked_again_after_the_reply(void **state)
{
    static const struct trace_case cases[] = {
        {CREATED, "verify c/c; start.req c; is:created c/c 100; start.ok c 100; is:running c/c 100",
         ">query c | >start c | - | start c, done ok, >query c | -"},
        {CREATED,
         "verify c/c; start.req c; verify c/c; is:created c/c 100; start.ok c 100; is:running c/c 100",
         ">query c | >start c | - | - | start c, done ok, >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The entry is older than what happened; a newer snapshot has it in it. */
static void test_snapshot__something_happens_meanwhile__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "list; verify c/c; snap:running c 100; is:running c/c 100", "- | - | - | >query c | -"},
        {RUNNING, "list; verify c/c; list; snap:running c 100", "- | - | - | -"},
        {RUNNING, "list; verify c/c; ev:oom c/c 100; snap:running c 100; is:running c/c 100",
         "- | oom c | - | - | >query c | -"},
        {RUNNING, "list; list; snap:running c 100", "- | - | -"},
        {RUNNING, "list; snap:paused c 100; task.is:paused c 100", "- | paused c | - | - (late)"},
        {CREATED, "list; start.req c; start.ok c 100; snap:created c 100; is:running c/c 100",
         ">start c | start c, done ok | - | >task.query c | >query c | -"},
        {CREATED, "list; start.req c; verify c/c; start.ok c 100; snap:created c 100; is:running c/c 100",
         ">start c | - | start c, done ok | - | >task.query c | >query c | -"},
        {CREATED,
         "list; start.req c; verify c/c; verify c/c; snap:created c 100; start.ok c 100; is:running c/c 100",
         ">start c | - | - | - | - (late) | - | start c, done ok, >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Whether it is paused, likewise. */
static void test_pause_query__failed_or_overtaken__is_asked_again(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "ev:paused c; task.is:failed c; task.retry c; task.is:paused c 100",
         ">task.query c | >task.retry c | >task.query c | paused c"},
        {RUNNING, "ev:paused c; ev:paused c; task.is:running c 100; task.is:paused c 100",
         ">task.query c | - | >task.query c | paused c"},
        {RUNNING, "verify c/c; is:paused c/c 100; task.is:paused c 100",
         ">query c | >task.query c | paused c"},
        {PAUSED, "verify c/c; is:running c/c 100; task.is:running c 100",
         ">query c | >task.query c | resumed c"},
        {PAUSED, "verify c/c; is:paused c/c 100", ">query c | -"},
        {PAUSED, "ev:resumed c; task.is:paused c 100", ">task.query c | -"},
        {PAUSED, "ev:resumed c; ev:resumed c; task.is:running c 100; task.is:running c 100",
         ">task.query c | - | >task.query c | resumed c"},
        {RUNNING, "list; ev:resumed c; snap:running c 100", "- (late) | - | >task.query c | >query c"},
        {RUNNING, "list; ev:paused c; snap:running c 100; task.is:paused c 100",
         "- | - | >task.query c | - | paused c"},
        {STARTING, "ev:paused c; start.ok c 100; task.is:paused c 100",
         "- | start c, done ok, >task.query c | paused c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The record, likewise. */
static void test_record_query__failed__is_asked_again(void **state)
{
    static const struct trace_case cases[] = {
        {PRESENT, "ev:rm c; rec.is:failed c; rec.retry c; rec.is:absent c",
         ">rec.query c | >rec.retry c | >rec.query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query__failed__waits_and_is_asked_again),
        cmocka_unit_test(test_query__failed_before_a_snapshot__is_answered_by_it),
        cmocka_unit_test(test_query__under_way_when_the_stream_broke__is_asked_again),
        cmocka_unit_test(test_query__owed_when_the_stream_broke__is_asked_after_the_reply),
        cmocka_unit_test(test_query__asked_then_call__is_asked_again_after_the_reply),
        cmocka_unit_test(test_snapshot__something_happens_meanwhile__is_asked_for),
        cmocka_unit_test(test_pause_query__failed_or_overtaken__is_asked_again),
        cmocka_unit_test(test_record_query__failed__is_asked_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
