/* SPDX-License-Identifier: Apache-2.0 */
/* Execs: their ends beside the end of init, and what is left of one that failed. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* moby#45770, moby#45795: the exit of a short exec overtakes the reply. */
static void test_exec_exit__before_start_reply__held_back(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_STARTING, "ev:exit c/e1 7 3; start.ok c/e1 7; ev:exec-started c/e1 7",
         "- | exec-started c/e1, done ok, exit c/e1 3 | - (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#45770: the start failed and an exit with a code came. */
static void test_exec_exit__of_failed_start__does_not_replace_its_end(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_STARTING, "ev:exit c/e1 0 127; start.err c/e1",
         "- | exit c/e1 127 never-ran, done runtime error, >query c/e1"},
        {EXEC_STARTING, "start.err c/e1; ev:exit c/e1 0 127; is:created c/e1",
         "exit c/e1 ? never-ran, done runtime error | >query c/e1 | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#39427: whoever waited for a failed exec waited for ever. */
static void test_exec_start__failed__is_an_end(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_STARTING, "start.err c/e1; del.req c/e1; del.ok c/e1",
         "exit c/e1 ? never-ran, done runtime error | >delete c/e1 | deleted c/e1, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#9719, containerd#9999: clients dropped the exec with the container. */
static void test_exec_exit__after_init_exit__is_told(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING, "ev:exit c/c 100 0; ev:exit c/e1 7 137", "exit c 0, >timer c/e1 exec | exit c/e1 137"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#9999: the exits of execs were dropped; the code may come late. */
static void test_exec_exit__lost_with_its_task__is_told_unknown(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING, "ev:exit c/c 100 0; del.req c; del.ok c 100 0; is:absent c/e1; ev:exit c/e1 7 137",
         "exit c 0, >timer c/e1 exec | >delete c | deleted c, done ok, >query c/e1 | exit c/e1 ?, deleted "
         "c/e1 | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* kata-containers#6154: virtual machines report one pid for all. */
static void test_exec_exit__with_the_pid_of_init__ends_the_exec(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_STARTING "; start.ok c/e1 100", "ev:exit c/e1 100 0; ev:exit c/c 100 0",
         "exit c/e1 0 | exit c 0"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#10589: execs kept coming and the end of init was never published. */
static void test_exec__after_init_exit__is_refused(void **state)
{
    static const struct trace_case cases[] = {
        {EXITED, "exec.req c/e1; launch.req c/e1",
         "done conflicting state (impossible) | done conflicting state (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#3365: the second registration replaced the first. */
static void test_exec__registered_twice__is_refused(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_ADDED, "exec.req c/e1", "done already exists (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#2820: a late exit was attributed to the next exec of that name. */
static void test_exec_id__used_again__late_exit_is_the_old_ones(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING "; ev:exit c/e1 7 0 5; del.req c/e1; del.ok c/e1 7 0; exec.req c/e1; exec.ok c/e1; "
                      "start.req c/e1; start.ok c/e1 8",
         "ev:exit c/e1 7 0 5; ev:exit c/e1 8 2 6", "- (duplicate) | exit c/e1 2"},
        {EXEC_RUNNING
         "; ev:exit c/e1 7 0 5; del.req c/e1; del.ok c/e1 7 0; exec.req c/e1; exec.ok c/e1; start.req c/e1",
         "ev:exit c/e1 7 1 6; start.ok c/e1 8; is:running c/e1 8",
         "- | exec-started c/e1, done ok | - (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#32274: execs of health probes were left registered. */
static void test_exec__launch_fails_to_start__is_deleted(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "launch.req c/e1; create.ok c/e1; start.err c/e1; del.ok c/e1",
         ">create c/e1 | exec-added c/e1, >start c/e1 | exit c/e1 ? never-ran, >delete c/e1 | deleted c/e1, "
         "done runtime error"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#8557: nothing is known of it but that it is not there. */
static void test_exec__start_reply_lost_and_gone__is_over(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_STARTING, "start.lost c/e1; is:absent c/e1",
         ">query c/e1 | exit c/e1 ? never-ran, deleted c/e1, done unavailable"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#9999: each has an end of its own. */
static void test_exec__two_of_one_task__are_independent(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING "; exec.req c/e2; exec.ok c/e2; start.req c/e2; start.ok c/e2 8",
         "ev:exit c/e2 8 2; ev:exit c/e1 7 1", "exit c/e2 2 | exit c/e1 1"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Found by fuzzing: the task was replaced unseen, and an exec that was registered since then is its
 * successor's. */
static void test_exec__of_a_task_that_was_replaced_unseen__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING "; ev:exit c/e1 7 1; kill.req c; kill.nf c", "is:running c 101; is:stopped c/e1 7 1",
         "exit c ?, deleted c, >query c/e1, create c, start c, >task.query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exec_exit__before_start_reply__held_back),
        cmocka_unit_test(test_exec_exit__of_failed_start__does_not_replace_its_end),
        cmocka_unit_test(test_exec_start__failed__is_an_end),
        cmocka_unit_test(test_exec_exit__after_init_exit__is_told),
        cmocka_unit_test(test_exec_exit__lost_with_its_task__is_told_unknown),
        cmocka_unit_test(test_exec_exit__with_the_pid_of_init__ends_the_exec),
        cmocka_unit_test(test_exec__after_init_exit__is_refused),
        cmocka_unit_test(test_exec__registered_twice__is_refused),
        cmocka_unit_test(test_exec_id__used_again__late_exit_is_the_old_ones),
        cmocka_unit_test(test_exec__launch_fails_to_start__is_deleted),
        cmocka_unit_test(test_exec__start_reply_lost_and_gone__is_over),
        cmocka_unit_test(test_exec__two_of_one_task__are_independent),
        cmocka_unit_test(test_exec__of_a_task_that_was_replaced_unseen__is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
