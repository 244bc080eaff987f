/* SPDX-License-Identifier: Apache-2.0 */
/* Orders that have gone wrong in the field, and that no other file has. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A start that fails half way in the shim leaves a process behind that runs. */
static void test_start_refused__and_it_runs_all_the_same__is_found_by_its_delete(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_STARTING,
         "start.err c/e1; del.req c/e1; del.precond c/e1; is:running c/e1 312; fdel.req c/e1; fkill.ok c/e1; "
         "ev:exit c/e1 312 137; del.ok c/e1 312 137",
         "exit c/e1 ? never-ran, done runtime error | >delete c/e1 | done conflicting state, >query c/e1 | "
         "deleted c/e1, exec-added c/e1, exec-started c/e1 | >force-kill c/e1, >timer c/e1 kill | - | exit "
         "c/e1 137, >delete c/e1 | deleted c/e1, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#47003, kubernetes#120331: it started later than it ended, or in 1970. */
static void test_times__out_of_order__order_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING, "ev:exit c/c 100 3 1; start.ok c 100", "- | start c, done ok, exit c 3"},
        {RUNNING, "ev:exit c/c 100 3", "exit c 3"},
        {RUNNING "; ev:exit c/c 100 3 9000; del.req c; del.ok c 100 3; create.req c; create.ok c 200; "
                 "start.req c; start.ok c 200",
         "ev:exit c/c 200 4 1", "exit c 4"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A shim takes one pid for both processes that had it, and says the end of both. */
static void test_pid__used_again_within_a_task__ends_each_once(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_ADDED "; exec.req c/e2; exec.ok c/e2; start.req c/e1; start.ok c/e1 500; start.req c/e2; "
                    "start.ok c/e2 500",
         "ev:exit c/e1 500 1 5; ev:exit c/e2 500 1 5; kill.req c/e2",
         "exit c/e1 1 | exit c/e2 1 | done not found (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#3125, containerd#3177, moby#33820: dropped on the way after too many attempts. */
static void test_exit__never_published__is_found_by_asking(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "verify c; is:stopped c 100 7", ">query c | exit c 7"},
        {RUNNING, "kill.req c; kill.nf c; is:stopped c 100 7",
         ">kill c | done not found, >query c | exit c 7"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#2748, kubernetes#52641: a queue was full. */
static void test_events_dropped__on_our_side__are_made_good(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " RUNNING, "overflow; list; snap:stopped c 100 7; sweep; listed",
         "gap, >list | - | - | exit c 7 | resynced"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#8693: published again a second later, and so out of order. */
static void test_start_event__behind_the_exit__is_late(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_STARTING, "ev:exit c/e1 7 0; ev:exec-started c/e1 7; start.ok c/e1 7",
         "- | exec-started c/e1, exit c/e1 0 | done ok"},
        {EXEC_EXITED, "ev:exec-started c/e1 7", "- (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* talos#13864, containerd#1054: a wait that failed with the connection was read as an exit with 255. */
static void test_stream_lost__is_no_exit(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " RUNNING, "gap; subscribed; list; snap:running c 100; sweep; listed; ev:exit c/c 100 0",
         "gap, >subscribe | >list | - | - | - | resynced | exit c 0"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#39513, moby#41228: a busy loop that filled the disk, and a subscription left behind each time. */
static void test_stream_lost__and_lost_again__is_one_gap_and_one_attempt_at_a_time(void **state)
{
    static const struct trace_case cases[] = {
        {UP, "gap; subscribe.err; link.retry; subscribe.err; link.retry; subscribed; list; sweep; listed",
         "gap, >subscribe | >retry | >subscribe | >retry | >subscribe | >list | resynced"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* nerdctl#4277, containerd#4655: what could not be loaded stayed unknown, or was taken for exited. */
static void test_unknown__is_asked_until_it_is_known(void **state)
{
    static const struct trace_case cases[] = {
        {PRESENT "; load.req c", "is:failed c; retry c; is:failed c; retry c; is:running c 100",
         ">retry c | >query c | >retry c | >query c | create c, start c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#38719: a runtime that starts what it creates. */
static void test_start__seen_before_it_is_asked_for__runs(void **state)
{
    static const struct trace_case cases[] = {
        {CREATED, "ev:start c 100; start.req c; ev:exit c/c 100 0",
         "start c | done conflicting state (impossible) | exit c 0"},
        {CREATING, "ev:create c 100; ev:start c 100; create.ok c 100; is:running c 100",
         "- | - | create c, done ok, >query c | start c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* cri-o#9738: the end overtakes the start. */
static void test_stopped_before_started__is_told_in_order(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING, "ev:exit c/c 100 0; ev:start c 100; start.ok c 100", "- | start c, exit c 0 | done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* nerdctl#4886: a monitor kills and starts what we are about to start. */
static void test_task_of_another__created_and_killed_beside_us__is_no_corruption(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING,
         "ev:exit c/c 100 137; ev:delete c 100; ev:create c 300; ev:start c 300; start.nf c; is:running c "
         "300",
         "- | - | - | - | exit c 137 never-ran, done not found, >query c | deleted c, create c, start c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#13350: a monitor of restarts kills and deletes what was created and not yet started. */
static void test_created__killed_by_a_monitor__is_not_started(void **state)
{
    static const struct trace_case cases[] = {
        {CREATED, "ev:exit c/c 100 137; ev:delete c 100; start.req c; exec.req c/e1",
         "exit c 137 never-ran | deleted c | done not found (impossible) | done conflicting state "
         "(impossible)"},
        {CREATED,
         "ev:exit c/c 100 137; ev:delete c 100; ev:create c 300; is:created c 300; start.req c; start.ok c "
         "300",
         "exit c 137 never-ran | deleted c | create c, >query c | - | >start c | start c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd/cri#1037, kubernetes#73802: what could not be loaded was begun a second time, beside the first.
 */
static void test_unknown__is_neither_over_nor_begun_again(void **state)
{
    static const struct trace_case cases[] = {
        {PRESENT "; load.req c",
         "create.req c; launch.req c; is:expired c; create.req c; retry c; is:running c 100; create.req c",
         "done conflicting state (impossible) | done conflicting state (impossible) | >retry c | done "
         "conflicting state (impossible) | >query c | create c, start c, done ok | done already exists "
         "(impossible)"},
        {START_DOUBT, "is:failed c; create.req c; del.req c; retry c; is:running c 100",
         ">retry c | done already exists (impossible) | done conflicting state (impossible) | >query c | "
         "start c, done ok"},
        /* It may be stopped. */
        {START_DOUBT, "is:failed c; stop.req c; kill.nf c; retry c; is:absent c",
         ">retry c | >kill c, >timer c grace | - | >query c | exit c ? never-ran, deleted c, done "
         "unavailable, done ok"},
        {"open; subscribed",
         "wish-running.req c; rec.is:created c; is:expired c; retry c; is:failed c; retry c; is:running c "
         "100",
         "done ok, >rec.query c, >query c | - | >retry c | >query c | >retry c | >query c | create c, start "
         "c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start_refused__and_it_runs_all_the_same__is_found_by_its_delete),
        cmocka_unit_test(test_times__out_of_order__order_nothing),
        cmocka_unit_test(test_pid__used_again_within_a_task__ends_each_once),
        cmocka_unit_test(test_exit__never_published__is_found_by_asking),
        cmocka_unit_test(test_events_dropped__on_our_side__are_made_good),
        cmocka_unit_test(test_start_event__behind_the_exit__is_late),
        cmocka_unit_test(test_stream_lost__is_no_exit),
        cmocka_unit_test(test_stream_lost__and_lost_again__is_one_gap_and_one_attempt_at_a_time),
        cmocka_unit_test(test_unknown__is_asked_until_it_is_known),
        cmocka_unit_test(test_start__seen_before_it_is_asked_for__runs),
        cmocka_unit_test(test_stopped_before_started__is_told_in_order),
        cmocka_unit_test(test_task_of_another__created_and_killed_beside_us__is_no_corruption),
        cmocka_unit_test(test_created__killed_by_a_monitor__is_not_started),
        cmocka_unit_test(test_unknown__is_neither_over_nor_begun_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
