/* SPDX-License-Identifier: Apache-2.0 */
/* Each call whose time is over, each exec whose time is over, and each way in and out of silence. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void test_expired__each_call__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {"new.req c; new.ok c; rm.req c", "rm.expired c; rec.is:absent c", ">rec.query c | done ok"},
        {STARTING_SEEN, "start.expired c", "done ok"},
        {STARTING_ENDED, "start.expired c", "start c, done ok, exit c 3"},
        {STARTING_OVER, "start.expired c", "done ok"},
        {CREATED_DELETING, "del.expired c; is:created c 100", ">query c | done unavailable"},
        {NEVER_RAN_DELETING, "del.expired c; is:absent c", ">query c | deleted c, done ok"},
        {REAPING, "del.expired c; is:stopped c 100 9", ">query c | exit c 9, done unavailable"},
        {DELETING, "del.expired c; is:absent c", ">query c | deleted c, done ok"},
        {PAUSED "; resume.req c", "resume.expired c; task.is:running c 100",
         ">task.query c | resumed c, done ok"},
        {RUNNING "; ckpt.req c", "ckpt.expired c", "done indeterminate, >task.query c"},
        {RUNNING "; pause.req c; ev:exit c/c 100 0 5", "pause.expired c", "done indeterminate"},
        {RUNNING "; pause.req c" NEXT_RUN, "pause.expired c; task.is:running c 200",
         "done indeterminate, >task.query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_expired__kill_of_a_force_delete_that_is_over__is_late(void **state)
{
    static const struct trace_case cases[] = {
        {KILLING "; ev:exit c/c 100 9 5", "fkill.expired c; del.ok c 100 9", "- | deleted c, done ok"},
        {KILLING "; ev:exit c/c 100 9 5; del.lost c", "fkill.expired c; is:absent c", "- | >query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_expired__query_that_was_disturbed__is_asked_again(void **state)
{
    static const struct trace_case cases[] = {
        {CREATE_DOUBT "; ev:create c 100", "is:expired c; retry c; is:created c 100",
         ">retry c | >query c | create c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_outlived__in_each_state_in_which_it_runs__ends(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_STARTING "; ev:exec-started c/e1 7; ev:exit c/c 100 0", "outlived c/e1; start.ok c/e1 7",
         "exit c/e1 ? | done ok"},
        {EXEC_RUNNING "; fdel.req c/e1; fkill.lost c/e1; ev:exit c/c 100 0", "outlived c/e1; del.ok c/e1 7 3",
         "exit c/e1 ?, >delete c/e1 | deleted c/e1, done ok"},
        {EXEC_RUNNING "; fdel.req c/e1; fkill.nf c/e1; ev:exit c/c 100 0", "outlived c/e1; del.ok c/e1 7 3",
         "exit c/e1 ? | deleted c/e1, done ok"},
        {EXEC_RUNNING "; fdel.req c/e1; fkill.nf c/e1; del.lost c/e1; ev:exit c/c 100 0",
         "outlived c/e1; is:absent c/e1", "exit c/e1 ? | >query c/e1"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_outlived__of_a_task_or_of_what_is_over__is_late(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "outlived c", "- (late)"},
        {EXEC_EXITED "; ev:exit c/c 100 0", "outlived c/e1", "- (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The first query is late; what comes next decides. */
static void test_silence__of_queries__is_told_and_over(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; verify c; is:expired c",
         "retry c; is:expired c; retry c; is:expired c; retry c; is:running c 100",
         ">query c | >retry c, unresponsive c | >query c | >retry c | >query c | responsive c"},
        {RUNNING "; verify c; is:expired c", "retry c; is:running c 100; verify c; is:expired c",
         ">query c | - | >query c | >retry c"},
        {RUNNING "; verify c; is:expired c", "kill.req c; kill.ok c; kill.req c; kill.expired c",
         ">kill c | done ok | >kill c | done indeterminate"},
        {RUNNING "; verify c; is:expired c", "ev:exit c/c 100 9", "exit c 9"},
        {RUNNING "; verify c; is:expired c",
         "kill.req c; kill.expired c; kill.req c; kill.expired c; kill.req c; kill.ok c",
         ">kill c | done indeterminate, unresponsive c | >kill c | done indeterminate | >kill c | done ok, "
         "responsive c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_silence__of_calls__is_not_over_by_an_answer(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; kill.req c; kill.expired c; kill.req c; kill.expired c",
         "verify c; is:running c 100; verify c; is:expired c; retry c; is:running c 100; kill.req c; kill.nf "
         "c",
         ">query c | - | >query c | >retry c | >query c | - | >kill c | done not found, responsive c, >query "
         "c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A process that outlives its SIGKILL. */
static void test_undead__whatever_is_answered__ends_with_the_end(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; stop.req c; kill.ok c; overdue c; kill.ok c; overdue c",
         "verify c; is:running c 100; verify c; is:expired c; kill.req c; kill.expired c; stop.req c; "
         "kill.ok c; overdue c; kill.ok c; overdue c; ev:exit c/c 100 9",
         ">query c | - | >query c | >retry c | >kill c | done indeterminate | >kill c, >timer c grace | - | "
         ">escalate c, >timer c kill | - | done deadline exceeded | exit c 9, responsive c"},
        {RUNNING "; verify c; is:expired c; stop.req c", "overdue c; overdue c",
         ">escalate c, >timer c kill | unresponsive c, done deadline exceeded"},
        {RUNNING "; stop.req c; kill.expired c; overdue c", "overdue c",
         "unresponsive c, done deadline exceeded"},
        {RUNNING "; verify c; is:expired c; retry c; is:expired c; stop.req c",
         "overdue c; overdue c; kill.ok c; kill.ok c",
         ">escalate c, >timer c kill | done deadline exceeded | - | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_stop__each_result_of_a_signal__is_taken(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; stop.req c", "kill.lost c; ev:exit c/c 100 143", "- | exit c 143, done ok"},
        {RUNNING "; stop.req c", "kill.exists c", "done already exists"},
        {RUNNING "; stop.req c; kill.ok c; overdue c", "kill.nf c; is:stopped c 100 3",
         ">query c | exit c 3, done ok"},
        {RUNNING "; stop.req c; kill.ok c; overdue c", "kill.exists c; ev:exit c/c 100 137",
         "- | exit c 137, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_stop__beside_a_signal_of_its_own__each_has_its_result(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; stop.req c; kill.req c", "kill.err c; ev:exit c/c 100 143",
         "done runtime error | exit c 143, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expired__each_call__is_asked_for),
        cmocka_unit_test(test_expired__kill_of_a_force_delete_that_is_over__is_late),
        cmocka_unit_test(test_expired__query_that_was_disturbed__is_asked_again),
        cmocka_unit_test(test_outlived__in_each_state_in_which_it_runs__ends),
        cmocka_unit_test(test_outlived__of_a_task_or_of_what_is_over__is_late),
        cmocka_unit_test(test_silence__of_queries__is_told_and_over),
        cmocka_unit_test(test_silence__of_calls__is_not_over_by_an_answer),
        cmocka_unit_test(test_undead__whatever_is_answered__ends_with_the_end),
        cmocka_unit_test(test_stop__each_result_of_a_signal__is_taken),
        cmocka_unit_test(test_stop__beside_a_signal_of_its_own__each_has_its_result),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
