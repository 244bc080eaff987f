/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of the consumer: lost replies, refusals, deletes by force, launches. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* containerd#11037: the create was cancelled and the task exists. */
static void test_create__reply_lost__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {CREATING, "create.lost c; is:created c 100", ">query c | create c, done ok"},
        {CREATING, "create.lost c; is:absent c", ">query c | done unavailable"},
        {CREATING, "create.lost c; is:running c 100", ">query c | create c, start c, done ok"},
        {CREATING, "create.lost c; is:failed c; retry c; is:created c 100",
         ">query c | >retry c | >query c | create c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#12821: a deadline is no absence. */
static void test_start__reply_lost__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING, "start.lost c; is:running c 100", ">query c | start c, done ok"},
        {STARTING, "start.lost c; is:created c 100", ">query c | done unavailable"},
        {STARTING, "start.lost c; is:absent c", ">query c | exit c ? never-ran, deleted c, done unavailable"},
        {STARTING, "start.lost c; ev:exit c/c 100 3; is:stopped c 100 3; is:stopped c 100 3",
         ">query c | start c, done ok, exit c 3 | >query c | -"},
        {STARTING, "start.lost c; ev:start c 100; is:created c 100; is:running c 100",
         ">query c | start c, done ok | >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#41625: a delete that timed out left the task behind. */
static void test_delete__reply_lost__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {CREATED "; del.req c", "del.lost c; is:absent c", ">query c | deleted c, done ok"},
        {CREATED "; del.req c", "del.lost c; is:created c 100", ">query c | done unavailable"},
        {EXITED "; del.req c", "del.lost c; is:stopped c 100 0; del.req c; del.lost c; ev:delete c 100",
         ">query c | done unavailable | >delete c | >query c | deleted c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#44399, buildkit#3253: only what is over or never began can be deleted. */
static void test_delete__of_a_running_process__is_refused(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "del.req c; start.req c; create.req c; rm.req c",
         "done conflicting state (impossible) | done conflicting state (impossible) | done already exists "
         "(impossible) | done conflicting state (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#7496: two deletes at once, the second finds nothing. */
static void test_delete__not_found__is_done(void **state)
{
    static const struct trace_case cases[] = {
        {EXITED, "del.req c; del.nf c", ">delete c | deleted c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#48912: "cannot delete running task", again and again. */
static void test_delete__said_to_run__believes_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {EXITED, "del.req c; del.precond c; is:running c 100; is:stopped c 100",
         ">delete c | done conflicting state, >query c | - (late) | - (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#38364: what a run before has left is killed and deleted. */
static void test_force_delete__kill_then_end__deletes(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; fdel.req c", "fkill.ok c; ev:exit c/c 100 137; del.ok c 100 137",
         "- | exit c 137, >delete c | deleted c, done ok"},
        {RUNNING "; fdel.req c", "ev:exit c/c 100 137; fkill.ok c; del.ok c 100 137",
         "exit c 137, >delete c | - | deleted c, done ok"},
        {RUNNING "; fdel.req c", "ev:exit c/c 100 137; del.ok c 100 137; fkill.nf c",
         "exit c 137, >delete c | deleted c, done ok | - (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#43403: the exit was still queued when the kill found nobody. */
static void test_force_delete__nothing_to_kill__learns_the_code_from_the_delete(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; fdel.req c", "fkill.nf c; del.ok c 100 9", ">delete c | exit c 9, deleted c, done ok"},
        {RUNNING "; fdel.req c", "fkill.nf c; ev:exit c/c 100 9; del.nf c",
         ">delete c | exit c 9 | deleted c, done ok"},
        {RUNNING "; fdel.req c", "fkill.nf c; del.nf c; ev:exit c/c 100 9",
         ">delete c | exit c ?, deleted c, done ok | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#14081: a kill that is not answered is no end. */
static void test_force_delete__refused_or_lost__leaves_it_running(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; fdel.req c", "fkill.err c", "done runtime error"},
        {RUNNING "; fdel.req c", "fkill.lost c; is:running c 100", ">query c | done unavailable"},
        {RUNNING "; fdel.req c", "fkill.nf c; del.precond c; is:running c 100",
         ">delete c | done conflicting state, >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#7357: its delete looks like an end from outside. */
static void test_force_delete__of_a_created_task__needs_no_kill(void **state)
{
    static const struct trace_case cases[] = {
        {CREATED "; fdel.req c", "del.ok c 100 137; ev:exit c/c 100 137; ev:delete c 100",
         "deleted c, done ok | - (late) | - (duplicate)"},
        {CREATED "; fdel.req c", "ev:exit c/c 100 137; ev:delete c 100; del.ok c 100 137",
         "exit c 137 never-ran | - | deleted c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#38364: a container that was not cleaned up. */
static void test_record__id_taken__is_reported_and_known(void **state)
{
    static const struct trace_case cases[] = {
        {"", "new.req c; new.exists c; rec.is:created c; find.req c",
         ">rec.create c | done already exists, >rec.query c | - | done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#50040: "already exists", and nothing is found: reported, and not tried for ever. */
static void test_record__bundle_left_over__ends(void **state)
{
    static const struct trace_case cases[] = {
        {CREATING, "create.exists c; is:absent c", "done already exists, >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#12821: only "not found" proves absence. */
static void test_record__reply_lost__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {"", "new.req c; new.lost c; rec.is:absent c", ">rec.create c | >rec.query c | done unavailable"},
        {PRESENT, "rm.req c; rm.lost c; rec.is:absent c", ">rec.delete c | >rec.query c | done ok"},
        {PRESENT, "rm.req c; rm.nf c; create.req c", ">rec.delete c | done ok | done not found (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* nerdctl#3193: the task comes first. */
static void test_record__with_a_task__is_not_deleted(void **state)
{
    static const struct trace_case cases[] = {
        {CREATED, "rm.req c; del.req c; del.ok c 100; rm.req c; rm.ok c",
         "done conflicting state (impossible) | >delete c | deleted c, done ok | >rec.delete c | done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#38364: create and start are one for whoever asks. */
static void test_launch__both_done__is_one_command(void **state)
{
    static const struct trace_case cases[] = {
        {PRESENT, "launch.req c; create.ok c 100; start.ok c 100",
         ">create c | create c, >start c | start c, done ok"},
        {PRESENT, "launch.req c; create.lost c; is:running c 100",
         ">create c | >query c | create c, start c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#40613: a task left behind makes the next create fail. */
static void test_launch__start_failed__is_undone(void **state)
{
    static const struct trace_case cases[] = {
        {PRESENT, "launch.req c; create.ok c 100; start.err c; del.ok c",
         ">create c | create c, >start c | exit c ? never-ran, >delete c | deleted c, done runtime error"},
        {PRESENT, "launch.req c; create.ok c 100; start.err c; del.err c; is:created c",
         ">create c | create c, >start c | exit c ? never-ran, >delete c | done runtime error, >query c | -"},
        {PRESENT, "launch.req c; create.ok c 100; start.lost c; is:created c 100; del.ok c",
         ">create c | create c, >start c | >query c | >delete c | deleted c, done unavailable"},
        {PRESENT, "launch.req c; create.ok c 100; start.lost c; is:absent c",
         ">create c | create c, >start c | >query c | exit c ? never-ran, deleted c, done unavailable"},
        {PRESENT, "launch.req c; create.ok c 100; ev:exit c/c 100 137; start.err c; del.ok c",
         ">create c | create c, >start c | - | exit c 137 never-ran, >delete c | deleted c, done runtime "
         "error"},
        {PRESENT,
         "launch.req c; create.ok c 100; ev:start c 100; start.err c; fkill.ok c; ev:exit c/c 100 137; "
         "del.ok c",
         ">create c | create c, >start c | start c | >force-kill c, >timer c kill | - | exit c 137, >delete "
         "c | deleted c, "
         "done runtime error"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#36249: where the id is taken, it is somebody else's. */
static void test_launch__create_failed__has_nothing_to_undo(void **state)
{
    static const struct trace_case cases[] = {
        {PRESENT, "launch.req c; create.err c", ">create c | done runtime error"},
        {PRESENT, "launch.req c; create.exists c; is:running c 300",
         ">create c | done already exists, >query c | create c, start c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* nerdctl#4944: nothing can be created in nothing. */
static void test_create__in_a_record_that_is_not_there__is_refused(void **state)
{
    static const struct trace_case cases[] = {
        {"", "create.req c; launch.req c; kill.req c; del.req c; pause.req c",
         "done not found (impossible) | done not found (impossible) | done not found (impossible) | done not "
         "found (impossible) | done conflicting state (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Counted on containerd: the event of a delete came when the next record of that name was being made, or was
 * there, and each time cost a query. Only the one event that our own delete causes is explained so. */
static void test_record__made_again_at_once__its_delete_event_asks_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {PRESENT "; rm.req c; rm.ok c", "new.req c; ev:rm c; new.ok c", ">rec.create c | - | done ok"},
        {PRESENT "; rm.req c; rm.ok c; new.req c; new.ok c", "ev:rm c; ev:rm c", "- | >rec.query c"},
        {PRESENT "; rm.req c; ev:rm c; rm.ok c; new.req c; new.ok c", "ev:rm c", ">rec.query c"},
        {PRESENT "; rm.req c; rm.err c; rec.is:created c", "ev:rm c", ">rec.query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create__reply_lost__is_asked_for),
        cmocka_unit_test(test_start__reply_lost__is_asked_for),
        cmocka_unit_test(test_delete__reply_lost__is_asked_for),
        cmocka_unit_test(test_delete__of_a_running_process__is_refused),
        cmocka_unit_test(test_delete__not_found__is_done),
        cmocka_unit_test(test_delete__said_to_run__believes_nothing),
        cmocka_unit_test(test_force_delete__kill_then_end__deletes),
        cmocka_unit_test(test_force_delete__nothing_to_kill__learns_the_code_from_the_delete),
        cmocka_unit_test(test_force_delete__refused_or_lost__leaves_it_running),
        cmocka_unit_test(test_force_delete__of_a_created_task__needs_no_kill),
        cmocka_unit_test(test_record__id_taken__is_reported_and_known),
        cmocka_unit_test(test_record__bundle_left_over__ends),
        cmocka_unit_test(test_record__reply_lost__is_asked_for),
        cmocka_unit_test(test_record__with_a_task__is_not_deleted),
        cmocka_unit_test(test_record__made_again_at_once__its_delete_event_asks_nothing),
        cmocka_unit_test(test_launch__both_done__is_one_command),
        cmocka_unit_test(test_launch__start_failed__is_undone),
        cmocka_unit_test(test_launch__create_failed__has_nothing_to_undo),
        cmocka_unit_test(test_create__in_a_record_that_is_not_there__is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
