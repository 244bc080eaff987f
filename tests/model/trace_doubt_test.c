/* SPDX-License-Identifier: Apache-2.0 */
/* A call whose reply was lost: what its state says, and what it does not. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Only "not found" proves that there is nothing left; what had started is told to have ended first. */
static void test_doubt__absent__is_told_once(void **state)
{
    static const struct trace_case cases[] = {
        {CREATE_DOUBT, "is:absent c/c", "done unavailable"},
        {START_DOUBT, "is:absent c/c", "exit c ? never-ran, deleted c, done unavailable"},
        {CREATED_DELETE_DOUBT, "is:absent c/c", "deleted c, done ok"},
        {NEVER_RAN_DELETE_DOUBT, "is:absent c/c", "deleted c, done ok"},
        {KILL_DOUBT, "is:absent c/c", "exit c ?, deleted c, done ok"},
        {REAP_DOUBT, "is:absent c/c", "exit c ?, deleted c, done ok"},
        {DELETE_DOUBT, "is:absent c/c", "deleted c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* What has not been seen to run may still be waiting for its start. */
static void test_doubt__created__is_told_as_it_is(void **state)
{
    static const struct trace_case cases[] = {
        {CREATE_DOUBT, "is:created c/c 100", "create c, done ok"},
        {START_DOUBT, "is:created c/c 100", "done unavailable"},
        {CREATED_DELETE_DOUBT, "is:created c/c 100", "done unavailable"},
        {NEVER_RAN_DELETE_DOUBT, "is:created c/c 100", "done unavailable"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* It has run, so the one that waits for its start is its successor. */
static void test_doubt__what_ended_is_said_to_be_created__is_another_one(void **state)
{
    static const struct trace_case cases[] = {
        {KILL_DOUBT, "is:created c/c 200", "exit c ?, deleted c, done ok, create c"},
        {REAP_DOUBT, "is:created c/c 200", "exit c ?, deleted c, done ok, create c"},
        {DELETE_DOUBT, "is:created c/c 200", "deleted c, done ok, create c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* It runs, or it is paused, which is running, too. */
static void test_doubt__running__was_not_done(void **state)
{
    static const struct trace_case cases[] = {
        {CREATE_DOUBT, "is:running c/c 100", "create c, start c, done ok"},
        {START_DOUBT, "is:running c/c 100", "start c, done ok"},
        {CREATED_DELETE_DOUBT, "is:running c/c 100", "start c, done unavailable"},
        {KILL_DOUBT, "is:running c/c 100", "done unavailable"},
        {REAP_DOUBT, "is:running c/c 100", "done unavailable"},
        {DELETE_DOUBT, "is:running c/c 100", "done unavailable"},
        {CREATE_DOUBT, "is:paused c/c 100", "create c, start c, done ok, paused c"},
        {START_DOUBT, "is:paused c/c 100", "start c, done ok, paused c"},
        {CREATED_DELETE_DOUBT, "is:paused c/c 100", "start c, done unavailable, paused c"},
        {KILL_DOUBT, "is:paused c/c 100", "done unavailable, >task.query c"},
        {REAP_DOUBT, "is:paused c/c 100", "done unavailable, >task.query c"},
        {DELETE_DOUBT, "is:paused c/c 100", "done unavailable"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* It has stopped: its end is told, its code is unknown until somebody tells it. */
static void test_doubt__stopped__ends_it(void **state)
{
    static const struct trace_case cases[] = {
        {CREATE_DOUBT, "is:stopped c/c 100; ev:exit c/c 100 9 5",
         "create c, exit c ? never-ran, done ok | >query c"},
        {START_DOUBT, "is:stopped c/c 100; ev:exit c/c 100 9 5", "start c, done ok, exit c ? | -"},
        {CREATED_DELETE_DOUBT, "is:stopped c/c 100; ev:exit c/c 100 9 5",
         "exit c ? never-ran, done unavailable | >query c"},
        {NEVER_RAN_DELETE_DOUBT, "is:stopped c/c 100; ev:exit c/c 100 9 5", "done unavailable | >query c"},
        {KILL_DOUBT, "is:stopped c/c 100; ev:exit c/c 100 9 5", "exit c ?, >delete c | -"},
        {REAP_DOUBT, "is:stopped c/c 100; ev:exit c/c 100 9 5", "exit c ?, done unavailable | -"},
        {DELETE_DOUBT, "is:stopped c/c 100; ev:exit c/c 100 9 5",
         "done unavailable | conflict c 9 (duplicate)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* An exit is true whatever became of the call. */
static void test_doubt__exit_event__ends_it(void **state)
{
    static const struct trace_case cases[] = {
        {CREATE_DOUBT, "ev:exit c/c 100 9 5", "-"},
        {START_DOUBT, "ev:exit c/c 100 9 5", "start c, done ok, exit c 9"},
        {CREATED_DELETE_DOUBT, "ev:exit c/c 100 9 5", "exit c 9 never-ran"},
        {KILL_DOUBT, "ev:exit c/c 100 9 5", "exit c 9, >delete c"},
        {REAP_DOUBT, "ev:exit c/c 100 9 5", "exit c 9"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* And so is a deletion. */
static void test_doubt__delete_event__tells_that_it_is_gone(void **state)
{
    static const struct trace_case cases[] = {
        {CREATE_DOUBT, "ev:delete c/c 100", "-"},
        {START_DOUBT, "ev:delete c/c 100", "-"},
        {CREATED_DELETE_DOUBT, "ev:delete c/c 100", "deleted c, done ok"},
        {NEVER_RAN_DELETE_DOUBT, "ev:delete c/c 100", "deleted c, done ok"},
        {KILL_DOUBT, "ev:delete c/c 100", "exit c ?, deleted c, done ok"},
        {REAP_DOUBT, "ev:delete c/c 100", "exit c ?, deleted c, done ok"},
        {DELETE_DOUBT, "ev:delete c/c 100", "deleted c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A start is told when it is seen, and what was to be deleted before it could run is then waited for. */
static void test_doubt__start_event__is_seen_to_run(void **state)
{
    static const struct trace_case cases[] = {
        {CREATE_DOUBT, "ev:start c/c 100; is:stopped c/c 100; is:stopped c/c 100",
         "- | >query c | create c, exit c ? never-ran, done ok"},
        {CREATE_DOUBT, "ev:create c/c 100; is:created c/c 100; is:created c/c 100",
         "- | >query c | create c, done ok"},
        {START_DOUBT, "ev:start c/c 100", "start c, done ok"},
        {CREATED_DELETE_DOUBT, "ev:start c/c 100; is:running c/c 100; is:running c/c 100",
         "start c | >query c | done unavailable"},
        {CREATED_DELETING, "ev:start c/c 100; del.precond c; ev:exit c/c 100 9 5",
         "start c | done conflicting state, >query c | exit c 9"},
        {CREATED_DELETING, "ev:start c/c 100; ev:exit c/c 100 9 5; del.ok c 100 9",
         "start c | exit c 9 | deleted c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* What happened after the runtime looked is not in its answer. */
static void test_doubt__answer_that_something_overtook__is_asked_for_again(void **state)
{
    static const struct trace_case cases[] = {
        {CREATE_DOUBT, "verify c/c; is:absent c/c; is:absent c/c", "- | >query c | done unavailable"},
        {START_DOUBT, "verify c/c; is:absent c/c; is:absent c/c",
         "- | >query c | exit c ? never-ran, deleted c, done unavailable"},
        {CREATED_DELETE_DOUBT, "verify c/c; is:absent c/c; is:absent c/c",
         "- | >query c | deleted c, done ok"},
        {NEVER_RAN_DELETE_DOUBT, "verify c/c; is:absent c/c; is:absent c/c",
         "- | >query c | deleted c, done ok"},
        {KILL_DOUBT, "verify c/c; is:absent c/c; is:absent c/c",
         "- | >query c | exit c ?, deleted c, done ok"},
        {REAP_DOUBT, "verify c/c; is:absent c/c; is:absent c/c",
         "- | >query c | exit c ?, deleted c, done ok"},
        {DELETE_DOUBT, "verify c/c; is:absent c/c; is:absent c/c", "- | >query c | deleted c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The record, likewise. */
static void test_record_doubt__answer__says_what_became_of_it(void **state)
{
    static const struct trace_case cases[] = {
        {"", "new.req c; new.lost c; rec.is:created c", ">rec.create c | >rec.query c | done ok"},
        {"", "new.req c; new.lost c; ev:new c; rec.is:created c; rec.is:created c",
         ">rec.create c | >rec.query c | - | >rec.query c | done ok"},
        {"", "new.req c; new.lost c; ev:rm c; rec.is:absent c; rec.is:absent c",
         ">rec.create c | >rec.query c | - | >rec.query c | done unavailable"},
        {"", "new.req c; new.lost c; rec.verify c; rec.is:absent c; rec.is:absent c",
         ">rec.create c | >rec.query c | - | >rec.query c | done unavailable"},
        {PRESENT, "rm.req c; rm.lost c; rec.is:created c", ">rec.delete c | >rec.query c | done unavailable"},
        {PRESENT, "rm.req c; rm.lost c; ev:rm c; rec.is:absent c; rec.is:absent c",
         ">rec.delete c | >rec.query c | - | >rec.query c | done ok"},
        {PRESENT, "rm.req c; rm.lost c; ev:new c; rec.is:created c; rec.is:created c",
         ">rec.delete c | >rec.query c | - | >rec.query c | done unavailable"},
        {PRESENT, "rm.req c; rm.lost c; rec.verify c; rec.is:absent c; rec.is:absent c",
         ">rec.delete c | >rec.query c | - | >rec.query c | done ok"},
        {PRESENT, "rec.verify c; rec.verify c; rec.is:created c; rec.is:created c",
         ">rec.query c | - | >rec.query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A lost reply leaves the pause in doubt: an event may be this call's or an older one's, so it answers
 * nothing. */
static void test_pause_doubt__event__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "pause.req c; pause.lost c; ev:paused c; task.is:paused c 100; task.is:paused c 100",
         ">pause c | >task.query c | - | >task.query c | paused c, done ok"},
        {RUNNING, "pause.req c; pause.lost c; ev:resumed c; task.is:running c 100; task.is:running c 100",
         ">pause c | >task.query c | - | >task.query c | done unavailable"},
        {RUNNING,
         "pause.req c; pause.lost c; verify c/c; is:paused c/c 100; task.is:paused c 100; task.is:paused c "
         "100",
         ">pause c | >task.query c | >query c | - | paused c, done ok | - (late)"},
        {PAUSED, "resume.req c; resume.lost c; ev:resumed c; task.is:running c 100; task.is:running c 100",
         ">resume c | >task.query c | - | >task.query c | resumed c, done ok"},
        {PAUSED, "resume.req c; resume.lost c; ev:paused c; task.is:paused c 100; task.is:paused c 100",
         ">resume c | >task.query c | - | >task.query c | done unavailable"},
        {PAUSED, "resume.req c; resume.lost c; task.is:paused c 100",
         ">resume c | >task.query c | done unavailable"},
        {PAUSED, "resume.req c; resume.lost c; ev:exit c/c 100 0 5",
         ">resume c | >task.query c | exit c 0, done indeterminate"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_doubt__absent__is_told_once),
        cmocka_unit_test(test_doubt__created__is_told_as_it_is),
        cmocka_unit_test(test_doubt__what_ended_is_said_to_be_created__is_another_one),
        cmocka_unit_test(test_doubt__running__was_not_done),
        cmocka_unit_test(test_doubt__stopped__ends_it),
        cmocka_unit_test(test_doubt__exit_event__ends_it),
        cmocka_unit_test(test_doubt__delete_event__tells_that_it_is_gone),
        cmocka_unit_test(test_doubt__start_event__is_seen_to_run),
        cmocka_unit_test(test_doubt__answer_that_something_overtook__is_asked_for_again),
        cmocka_unit_test(test_record_doubt__answer__says_what_became_of_it),
        cmocka_unit_test(test_pause_doubt__event__is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
