/* SPDX-License-Identifier: Apache-2.0 */
/* One process, wherever it stands in its life: signals, lack of memory, and what somebody else does to it. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* The kernel's notice takes another way than the exit: it may come at any point of a life, and again. */
static void test_oom__wherever_the_process_stands__is_told_once(void **state)
{
    static const struct trace_case cases[] = {
        /* While it is found out what is there, it is not late yet. */
        {EXITED "; del.req c; del.ok c 100 0; load.req c", "ev:oom c/c 100", "-"},
        {CREATED, "ev:oom c/c 100; ev:oom c/c 100", "oom c | - (duplicate)"},
        {STARTING, "ev:oom c/c 100; ev:oom c/c 100", "oom c | - (duplicate)"},
        {STARTING_SEEN, "ev:oom c/c 100; ev:oom c/c 100", "oom c | - (duplicate)"},
        {STARTING_ENDED, "ev:oom c/c 100; ev:oom c/c 100", "oom c | - (duplicate)"},
        {STARTING_OVER, "ev:oom c/c 100; ev:oom c/c 100", "oom c | - (duplicate)"},
        {START_DOUBT, "ev:oom c/c 100; ev:oom c/c 100", "oom c | - (duplicate)"},
        {RUNNING, "ev:oom c/c 100; ev:oom c/c 100", "oom c | - (duplicate)"},
        {EXITED, "ev:oom c/c 100; ev:oom c/c 100", "oom c | - (duplicate)"},
        {NEVER_RAN, "ev:oom c/c 100; ev:oom c/c 100", "oom c | - (duplicate)"},
        {NEVER_RAN_DELETING, "ev:oom c/c 100; ev:oom c/c 100", "oom c | - (duplicate)"},
        {KILLING, "ev:oom c/c 100; ev:oom c/c 100", "oom c | - (duplicate)"},
        {KILL_DOUBT, "ev:oom c/c 100; ev:oom c/c 100", "oom c | - (duplicate)"},
        {REAPING, "ev:oom c/c 100; ev:oom c/c 100", "oom c | - (duplicate)"},
        {REAP_DOUBT, "ev:oom c/c 100; ev:oom c/c 100", "oom c | - (duplicate)"},
        {DELETING, "ev:oom c/c 100; ev:oom c/c 100", "oom c | - (duplicate)"},
        {DELETE_DOUBT, "ev:oom c/c 100; ev:oom c/c 100", "oom c | - (duplicate)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* It names a container that runs, or one that is long gone. */
static void test_oom__before_anything_is_known__is_a_reason_to_ask(void **state)
{
    static const struct trace_case cases[] = {
        {"", "ev:oom c/c 100; ev:oom c/c 100; is:running c/c 100; is:running c/c 100",
         ">query c | - | >query c | create c, start c"},
        {"", "load.req c; ev:oom c/c 100; is:running c/c 100; is:running c/c 100",
         ">query c | - | >query c | create c, start c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A signal is wanted now: it does not wait for a call in flight, and several may be under way. */
static void test_kill__while_it_may_run__reaches_the_runtime(void **state)
{
    static const struct trace_case cases[] = {
        {CREATED, "kill.req c; kill.ok c", ">kill c | done ok"},
        {STARTING, "kill.req c; kill.ok c", ">kill c | done ok"},
        {STARTING_SEEN, "kill.req c; kill.ok c", ">kill c | done ok"},
        {START_DOUBT, "kill.req c; kill.ok c", ">kill c | done ok"},
        {RUNNING, "kill.req c; kill.ok c", ">kill c | done ok"},
        {KILLING, "kill.req c; kill.ok c", ">kill c | done ok"},
        {RUNNING, "kill.req c; kill.nf c; is:stopped c/c 100",
         ">kill c | done not found, >query c | exit c ?"},
        {CREATING, "kill.req c", "done conflicting state (impossible)"},
        {EXITED, "kill.req c", "done not found (impossible)"},
        {DELETING, "kill.req c", "done not found (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Killed before its start, or deleted by somebody else, which looks the same from outside. */
static void test_exit__of_what_was_not_started__never_ran(void **state)
{
    static const struct trace_case cases[] = {
        {CREATED, "ev:exit c/c 100 137; ev:delete c/c 100", "exit c 137 never-ran | deleted c"},
        {CREATED, "ev:delete c/c 100", "deleted c"},
        {CREATED, "verify c/c; is:absent c/c", ">query c | deleted c"},
        {CREATED, "verify c/c; is:stopped c/c 100; is:stopped c/c 100",
         ">query c | exit c ? never-ran | - (late)"},
        {CREATED_DELETING, "ev:exit c/c 100 137; del.ok c 100 137",
         "exit c 137 never-ran | deleted c, done ok"},
        {CREATED_DELETE_DOUBT, "ev:exit c/c 100 137; ev:delete c/c 100",
         "exit c 137 never-ran | deleted c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Whoever starts it, it runs. */
static void test_created__started_by_somebody_else__runs(void **state)
{
    static const struct trace_case cases[] = {
        {CREATED, "ev:start c/c 100", "start c"},
        {CREATED, "verify c/c; is:running c/c 100", ">query c | start c"},
        {CREATED, "verify c/c; is:paused c/c 100", ">query c | start c, paused c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* What has ended stays until it is deleted. */
static void test_ended__asked_for__is_gone_or_still_there(void **state)
{
    static const struct trace_case cases[] = {
        {NEVER_RAN, "ev:delete c/c 100", "deleted c"},
        {NEVER_RAN, "verify c/c; is:absent c/c", ">query c | deleted c"},
        {NEVER_RAN, "verify c/c; is:stopped c/c 100", ">query c | -"},
        {NEVER_RAN, "verify c/c; is:created c/c 100", ">query c | -"},
        {EXITED, "verify c/c; is:absent c/c", ">query c | deleted c"},
        {EXITED, "verify c/c; is:stopped c/c 100", ">query c | -"},
        {EXITED, "ev:delete c/c 100", "deleted c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* There is nothing to kill. */
static void test_force_delete__of_what_ended__is_a_delete(void **state)
{
    static const struct trace_case cases[] = {
        {EXITED, "fdel.req c; del.ok c 100 0", ">delete c | deleted c, done ok"},
        {NEVER_RAN, "fdel.req c; del.ok c 100", ">delete c | deleted c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The kill is on its way; what the runtime says meanwhile is what counts. */
static void test_force_delete__asked_for_meanwhile__follows_what_is_there(void **state)
{
    static const struct trace_case cases[] = {
        {KILLING, "verify c/c; is:running c/c 100; fkill.ok c; ev:exit c/c 100 137 5",
         ">query c | - | - | exit c 137, >delete c"},
        {KILLING, "verify c/c; is:paused c/c 100", ">query c | >task.query c"},
        {KILLING, "verify c/c; is:stopped c/c 100; del.ok c 100 137",
         ">query c | exit c ?, >delete c | deleted c, done ok"},
        {KILLING, "verify c/c; is:absent c/c", ">query c | exit c ?, deleted c, done ok"},
        {KILLING, "ev:delete c/c 100", "exit c ?, deleted c, done ok"},
        {KILLING, "verify c/c; verify c/c; is:running c/c 100; is:running c/c 100",
         ">query c | - | >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* What happened after the runtime looked is not in its answer. */
static void test_answer__that_something_overtook__is_asked_for_again(void **state)
{
    static const struct trace_case cases[] = {
        {"", "verify c/c; verify c/c; is:running c/c 100; is:running c/c 100",
         ">query c | - | >query c | create c, start c"},
        {CREATED, "verify c/c; verify c/c; is:running c/c 100; is:running c/c 100",
         ">query c | - | >query c | start c"},
        {RUNNING, "verify c/c; verify c/c; is:running c/c 100; is:running c/c 100",
         ">query c | - | >query c | -"},
        {EXITED, "verify c/c; verify c/c; is:stopped c/c 100; is:stopped c/c 100",
         ">query c | - | >query c | -"},
        {NEVER_RAN, "verify c/c; verify c/c; is:stopped c/c 100; is:stopped c/c 100",
         ">query c | - | >query c | -"},
        {PRESENT, "list; ev:exit c/c 100 0 5; snap:absent c; is:absent c/c", "- (late) | - | - (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_oom__wherever_the_process_stands__is_told_once),
        cmocka_unit_test(test_oom__before_anything_is_known__is_a_reason_to_ask),
        cmocka_unit_test(test_kill__while_it_may_run__reaches_the_runtime),
        cmocka_unit_test(test_exit__of_what_was_not_started__never_ran),
        cmocka_unit_test(test_created__started_by_somebody_else__runs),
        cmocka_unit_test(test_ended__asked_for__is_gone_or_still_there),
        cmocka_unit_test(test_force_delete__of_what_ended__is_a_delete),
        cmocka_unit_test(test_force_delete__asked_for_meanwhile__follows_what_is_there),
        cmocka_unit_test(test_answer__that_something_overtook__is_asked_for_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
