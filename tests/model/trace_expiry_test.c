/* SPDX-License-Identifier: Apache-2.0 */
/* Time that runs out: of calls, of queries, and of execs behind their task, in every state. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* It may have been done, and it may be done yet. */
static void test_call__expired__is_in_doubt_as_one_that_was_lost(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING_SEEN, "start.expired c", "done ok"},
        {STARTING_ENDED, "start.expired c", "start c, done ok, exit c 3"},
        {STARTING_OVER, "start.expired c", "done ok"},
        {CREATED_DELETING, "del.expired c; is:created c/c 100", ">query c | done unavailable"},
        {NEVER_RAN_DELETING, "del.expired c; is:absent c/c", ">query c | deleted c, done ok"},
        {REAPING, "del.expired c; is:absent c/c", ">query c | exit c ?, deleted c, done ok"},
        {PRESENT, "rm.req c; rm.expired c; rec.is:absent c", ">rec.delete c | >rec.query c | done ok"},
        {PAUSED, "resume.req c; resume.expired c; task.is:running c 100",
         ">resume c | >task.query c | resumed c, done ok"},
        {RUNNING, "ckpt.req c; ckpt.expired c; task.is:running c 100",
         ">checkpoint c | done indeterminate, >task.query c | -"},
        {RUNNING, "pause.req c; ev:exit c/c 100 0 5; pause.expired c",
         ">pause c | exit c 0 | done indeterminate"},
        {RUNNING "; pause.req c" NEXT_RUN, "pause.expired c; task.is:running c 200",
         "done indeterminate, >task.query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The end came first, and the delete is under way. */
static void test_kill_of_force_delete__expired_after_the_end__says_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {KILLING, "ev:exit c/c 100 137 5; fkill.expired c; del.ok c 100 137",
         "exit c 137, >delete c | - | deleted c, done ok"},
        {KILLING, "ev:exit c/c 100 137 5; del.lost c; fkill.expired c; is:absent c/c; is:absent c/c",
         "exit c 137, >delete c | >query c | - | >query c | deleted c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A call, an end or another answer shows that it is still there. */
static void test_silence__one_late_query__is_nothing_to_speak_of(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "verify c/c; is:expired c/c; retry c/c; is:running c/c 100; verify c/c; is:expired c/c",
         ">query c | >retry c | >query c | - | >query c | >retry c"},
        {RUNNING, "verify c/c; is:expired c/c; kill.req c; kill.ok c; retry c/c; is:expired c/c",
         ">query c | >retry c | >kill c | done ok | >query c | >retry c"},
        {RUNNING, "verify c/c; is:expired c/c; ev:exit c/c 100 0 5; retry c/c; is:expired c/c",
         ">query c | >retry c | exit c 0 | >query c | >retry c"},
        {RUNNING, "verify c/c; verify c/c; is:expired c/c; retry c/c; is:running c/c 100",
         ">query c | - | >retry c | >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Whichever they are; and the first sign of life takes it back. */
static void test_silence__two_late_ones__are_told_once(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "verify c/c; is:expired c/c; retry c/c; is:expired c/c; retry c/c; is:running c/c 100",
         ">query c | >retry c | >query c | >retry c, unresponsive c | >query c | responsive c"},
        {RUNNING, "verify c/c; is:expired c/c; kill.req c; kill.expired c; retry c/c; is:running c/c 100",
         ">query c | >retry c | >kill c | done indeterminate, unresponsive c | >query c | responsive c"},
        {RUNNING, "kill.req c; kill.expired c; verify c/c; is:expired c/c; kill.req c; kill.ok c",
         ">kill c | done indeterminate | >query c | >retry c, unresponsive c | >kill c | done ok, responsive "
         "c"},
        {RUNNING,
         "kill.req c; kill.expired c; verify c/c; is:expired c/c; kill.req c; kill.expired c; kill.req c; "
         "kill.ok c",
         ">kill c | done indeterminate | >query c | >retry c, unresponsive c | >kill c | done indeterminate "
         "| >kill c | done ok, responsive c"},
        {RUNNING,
         "kill.req c; kill.expired c; kill.req c; kill.expired c; verify c/c; is:running c/c 100; verify "
         "c/c; is:expired c/c; kill.req c; kill.ok c",
         ">kill c | done indeterminate | >kill c | done indeterminate, unresponsive c | >query c | - | "
         ">query c | >retry c | >kill c | done ok, responsive c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* It has ended, so somebody has seen to it. */
static void test_silence__a_late_call_and_then_the_end__is_nothing_to_speak_of(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "kill.req c; kill.expired c; ev:exit c/c 100 9 5; del.req c; del.expired c; is:absent c/c",
         ">kill c | done indeterminate | exit c 9 | >delete c | >query c | deleted c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Our own side could not reach it; a refusal, though, is an answer. */
static void test_silence__what_says_nothing_of_the_runtime__changes_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; kill.req c; kill.expired c", "kill.req c; kill.unavail c; kill.req c; kill.expired c",
         ">kill c | done unavailable | >kill c | done indeterminate, unresponsive c"},
        {RUNNING "; kill.req c; kill.expired c", "kill.req c; kill.precond c; kill.req c; kill.expired c",
         ">kill c | done conflicting state | >kill c | done indeterminate"},
        {RUNNING "; kill.req c; kill.expired c", "kill.req c; kill.err c; kill.req c; kill.expired c",
         ">kill c | done runtime error | >kill c | done indeterminate"},
        {RUNNING "; kill.req c; kill.expired c", "pause.req c; pause.same c; kill.req c; kill.expired c",
         ">pause c | paused c, done ok | >kill c | done indeterminate"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Whatever call is in flight for it. */
static void test_exec__silent_after_its_task_in_a_call__is_told_to_have_ended(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_STARTING "; ev:exec-started c/e1 7; ev:exit c/c 100 0 5", "outlived c/e1; start.ok c/e1 7",
         "exit c/e1 ? | done ok"},
        {EXEC_RUNNING "; fdel.req c/e1; fkill.lost c/e1; ev:exit c/c 100 0 5", "outlived c/e1; del.nf c/e1",
         "exit c/e1 ?, >delete c/e1 | deleted c/e1, done ok"},
        {EXEC_RUNNING "; fdel.req c/e1; fkill.nf c/e1; ev:exit c/c 100 0 5", "outlived c/e1; del.nf c/e1",
         "exit c/e1 ? | deleted c/e1, done ok"},
        {EXEC_RUNNING "; fdel.req c/e1; fkill.nf c/e1; del.lost c/e1; ev:exit c/c 100 0 5",
         "outlived c/e1; is:absent c/e1; is:absent c/e1",
         "exit c/e1 ? | >query c/e1 | deleted c/e1, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* What was asked for goes on, and its end is told by notices alone. */
static void test_silence__a_call_in_doubt__is_given_up_wherever_it_stands(void **state)
{
    static const struct trace_case cases[] = {
        {CREATED_DELETING, "del.expired c; is:expired c/c",
         ">query c | >retry c, unresponsive c, done indeterminate"},
        {NEVER_RAN_DELETING, "del.expired c; is:expired c/c",
         ">query c | >retry c, unresponsive c, done indeterminate"},
        {REAPING, "del.expired c; is:expired c/c", ">query c | >retry c, unresponsive c, done indeterminate"},
        {PAUSED "; resume.req c", "resume.expired c; task.is:expired c",
         ">task.query c | >task.retry c, unresponsive c, done indeterminate"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A call that is in doubt since is asked for as ever. */
static void test_silence__taken_back__gives_nothing_up(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; kill.req c; kill.expired c; kill.req c; kill.expired c",
         "pause.req c; pause.lost c; kill.req c; kill.ok c; task.is:paused c 100",
         ">pause c | >task.query c | >kill c | done ok, responsive c | paused c, done ok"},
        {RUNNING "; kill.req c; kill.expired c", "pause.req c; pause.exists c; kill.req c; kill.expired c",
         ">pause c | done already exists, >task.query c | >kill c | done indeterminate"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Its reply may come yet. */
static void test_silence__a_call_in_flight__is_not_given_up(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; pause.req c; kill.req c; kill.expired c", "kill.req c; kill.expired c; pause.ok c",
         ">kill c | done indeterminate, unresponsive c | paused c, done ok, responsive c"},
        {"new.req c", "verify c/c; is:expired c/c; retry c/c; is:expired c/c; new.ok c",
         ">query c | >retry c | >query c | >retry c, unresponsive c | done ok, responsive c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Somebody has seen to it. */
static void test_silence__of_what_is_deleted__ends_with_it(void **state)
{
    static const struct trace_case cases[] = {
        {CREATED "; kill.req c; kill.expired c; kill.req c; kill.expired c", "ev:delete c/c 100",
         "deleted c, responsive c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* It was ordered for an exec that has been deleted, or for none at all. */
static void test_timer__of_another_life__is_late(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "outlived c/c", "- (late)"},
        {EXEC_EXITED "; del.req c/e1; del.ok c/e1 7 0", "outlived c/e1", "- (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_call__expired__is_in_doubt_as_one_that_was_lost),
        cmocka_unit_test(test_kill_of_force_delete__expired_after_the_end__says_nothing),
        cmocka_unit_test(test_silence__one_late_query__is_nothing_to_speak_of),
        cmocka_unit_test(test_silence__two_late_ones__are_told_once),
        cmocka_unit_test(test_silence__a_late_call_and_then_the_end__is_nothing_to_speak_of),
        cmocka_unit_test(test_silence__what_says_nothing_of_the_runtime__changes_nothing),
        cmocka_unit_test(test_exec__silent_after_its_task_in_a_call__is_told_to_have_ended),
        cmocka_unit_test(test_silence__a_call_in_doubt__is_given_up_wherever_it_stands),
        cmocka_unit_test(test_silence__taken_back__gives_nothing_up),
        cmocka_unit_test(test_silence__a_call_in_flight__is_not_given_up),
        cmocka_unit_test(test_silence__of_what_is_deleted__ends_with_it),
        cmocka_unit_test(test_timer__of_another_life__is_late),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
