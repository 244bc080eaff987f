/* SPDX-License-Identifier: Apache-2.0 */
/* What arrives while a call of ours is in flight: the reply decides, and a query after it. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A snapshot may have been taken before the call was carried out, or after: it decides nothing. What the
 * reply leaves open is asked for. */
static void test_call__snapshot_meanwhile__is_asked_for_after_the_reply(void **state)
{
    static const struct trace_case cases[] = {
        {CREATING, "list; snap:created c 100; create.err c",
         "- | - (late) | - | done runtime error, >query c"},
        {STARTING, "list; snap:created c 100; start.err c",
         "- | - (late) | - | exit c ? never-ran, done runtime error, >query c"},
        {STARTING_SEEN, "list; snap:created c 100; start.err c", "- | - | - | done runtime error, >query c"},
        {STARTING_ENDED, "list; snap:created c 100; start.err c",
         "- | - (late) | - | exit c 3 never-ran, done runtime error, >query c"},
        {STARTING_OVER, "list; snap:created c 100; start.err c",
         "- | - (late) | - | done runtime error, >query c"},
        {CREATED_DELETING, "list; snap:created c 100; del.err c",
         "- | - (late) | - | done runtime error, >query c"},
        {NEVER_RAN_DELETING, "list; snap:created c 100; del.err c",
         "- | - (late) | - | done runtime error, >query c"},
        {REAPING, "list; snap:created c 100; del.err c", "- | - | - | done runtime error, >query c"},
        {DELETING, "list; snap:created c 100; del.err c", "- | - (late) | - | done runtime error, >query c"},
        {CREATING, "list; sweep; create.err c", "- | - | - | done runtime error, >query c"},
        {STARTING, "list; sweep; start.err c",
         "- | - | - | exit c ? never-ran, done runtime error, >query c"},
        {STARTING_SEEN, "list; sweep; start.err c", "- | - | - | done runtime error, >query c"},
        {STARTING_ENDED, "list; sweep; start.err c",
         "- | - | - | exit c 3 never-ran, done runtime error, >query c"},
        {STARTING_OVER, "list; sweep; start.err c", "- | - | - | done runtime error, >query c"},
        {CREATED_DELETING, "list; sweep; del.err c", "- | - | - | done runtime error, >query c"},
        {NEVER_RAN_DELETING, "list; sweep; del.err c", "- | - | - | done runtime error, >query c"},
        {REAPING, "list; sweep; del.err c", "- | - | - | done runtime error, >query c"},
        {DELETING, "list; sweep; del.err c", "- | - | - | done runtime error, >query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A call that has just been sent makes "running" old news, too. */
static void test_call__snapshot_says_running_or_paused__is_asked_for_after_the_reply(void **state)
{
    static const struct trace_case cases[] = {
        {CREATING, "list; snap:running c 100; create.err c",
         "- | - (late) | - | done runtime error, >query c"},
        {STARTING, "list; snap:running c 100; start.err c",
         "- | - (late) | - | exit c ? never-ran, done runtime error, >query c"},
        {STARTING_SEEN, "list; snap:running c 100; start.err c", "- | - | - | done runtime error, >query c"},
        {STARTING_ENDED, "list; snap:running c 100; start.err c",
         "- | - (late) | - | exit c 3 never-ran, done runtime error, >query c"},
        {STARTING_OVER, "list; snap:running c 100; start.err c",
         "- | - (late) | - | done runtime error, >query c"},
        {CREATED_DELETING, "list; snap:running c 100; del.err c",
         "- | - (late) | - | done runtime error, >query c"},
        {NEVER_RAN_DELETING, "list; snap:running c 100; del.err c",
         "- | - (late) | - | done runtime error, >query c"},
        {REAPING, "list; snap:running c 100; del.err c", "- | - | - | done runtime error, >query c"},
        {DELETING, "list; snap:running c 100; del.err c", "- | - (late) | - | done runtime error, >query c"},
        {CREATING, "list; snap:paused c 100; create.err c",
         "- | - (late) | - | done runtime error, >query c"},
        {STARTING, "list; snap:paused c 100; start.err c",
         "- | - (late) | - | exit c ? never-ran, done runtime error, >query c"},
        {STARTING_SEEN, "list; snap:paused c 100; start.err c",
         "- | paused c | - | done runtime error, >query c"},
        {STARTING_ENDED, "list; snap:paused c 100; start.err c",
         "- | - (late) | - | exit c 3 never-ran, done runtime error, >query c"},
        {STARTING_OVER, "list; snap:paused c 100; start.err c",
         "- | - (late) | - | done runtime error, >query c"},
        {CREATED_DELETING, "list; snap:paused c 100; del.err c",
         "- | - (late) | - | done runtime error, >query c"},
        {NEVER_RAN_DELETING, "list; snap:paused c 100; del.err c",
         "- | - (late) | - | done runtime error, >query c"},
        {REAPING, "list; snap:paused c 100; del.err c", "- | paused c | - | done runtime error, >query c"},
        {DELETING, "list; snap:paused c 100; del.err c", "- | - (late) | - | done runtime error, >query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* "Stopped" can become true of what runs, and never false again; of what was not seen to run it may be about
 * an older one. */
static void test_call__snapshot_says_stopped__counts_for_what_was_seen_to_run(void **state)
{
    static const struct trace_case cases[] = {
        {CREATING, "list; snap:stopped c 100; create.err c",
         "- | - (late) | - | done runtime error, >query c"},
        {STARTING, "list; snap:stopped c 100; start.err c",
         "- | - (late) | - | exit c ? never-ran, done runtime error, >query c"},
        {STARTING_SEEN, "list; snap:stopped c 100; start.err c",
         "- | - | exit c ? | done runtime error, >query c"},
        {STARTING_ENDED, "list; snap:stopped c 100; start.err c",
         "- | - (late) | - | exit c 3 never-ran, done runtime error, >query c"},
        {STARTING_OVER, "list; snap:stopped c 100; start.err c",
         "- | - (late) | - | done runtime error, >query c"},
        {CREATED_DELETING, "list; snap:stopped c 100; del.err c",
         "- | - (late) | - | done runtime error, >query c"},
        {NEVER_RAN_DELETING, "list; snap:stopped c 100; del.err c",
         "- | - (late) | - | done runtime error, >query c"},
        {REAPING, "list; snap:stopped c 100; del.err c", "- | - | exit c ? | done runtime error, >query c"},
        {DELETING, "list; snap:stopped c 100; del.err c", "- | - (late) | - | done runtime error, >query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A hint that what is believed is out of date waits for the reply, since the call may be what it was about.
 */
static void test_call__hint_meanwhile__is_asked_for_after_the_reply(void **state)
{
    static const struct trace_case cases[] = {
        {CREATING, "verify c/c; create.err c", "- | done runtime error, >query c"},
        {STARTING, "verify c/c; start.err c", "- | exit c ? never-ran, done runtime error, >query c"},
        {STARTING_SEEN, "verify c/c; start.err c", "- | done runtime error, >query c"},
        {STARTING_ENDED, "verify c/c; start.err c", "- | exit c 3 never-ran, done runtime error, >query c"},
        {STARTING_OVER, "verify c/c; start.err c", "- | done runtime error, >query c"},
        {CREATED_DELETING, "verify c/c; del.err c", "- | done runtime error, >query c"},
        {NEVER_RAN_DELETING, "verify c/c; del.err c", "- | done runtime error, >query c"},
        {REAPING, "verify c/c; del.err c", "- | done runtime error, >query c"},
        {DELETING, "verify c/c; del.err c", "- | done runtime error, >query c"},
        {CREATING, "list; verify c/c; snap:running c 100; create.err c",
         "- | - | - (late) | - | done runtime error, >query c"},
        {STARTING, "list; verify c/c; snap:running c 100; start.err c",
         "- | - | - (late) | - | exit c ? never-ran, done runtime error, >query c"},
        {STARTING_SEEN, "list; verify c/c; snap:running c 100; start.err c",
         "- | - | - | - | done runtime error, >query c"},
        {STARTING_ENDED, "list; verify c/c; snap:running c 100; start.err c",
         "- | - | - (late) | - | exit c 3 never-ran, done runtime error, >query c"},
        {STARTING_OVER, "list; verify c/c; snap:running c 100; start.err c",
         "- | - | - (late) | - | done runtime error, >query c"},
        {CREATED_DELETING, "list; verify c/c; snap:running c 100; del.err c",
         "- | - | - (late) | - | done runtime error, >query c"},
        {NEVER_RAN_DELETING, "list; verify c/c; snap:running c 100; del.err c",
         "- | - | - (late) | - | done runtime error, >query c"},
        {REAPING, "list; verify c/c; snap:running c 100; del.err c",
         "- | - | - | - | done runtime error, >query c"},
        {DELETING, "list; verify c/c; snap:running c 100; del.err c",
         "- | - | - (late) | - | done runtime error, >query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Somebody else deletes what is being called: the reply says what became of the call, a query what is there.
 */
static void test_call__deleted_by_somebody_else__is_asked_for_after_the_reply(void **state)
{
    static const struct trace_case cases[] = {
        {CREATING, "ev:delete c/c 100; create.nf c", "- | done not found, >query c"},
        {STARTING, "ev:delete c/c 100; start.nf c", "- | exit c ? never-ran, done not found, >query c"},
        {STARTING_SEEN, "ev:delete c/c 100; start.nf c", "exit c ? | done not found, >query c"},
        {STARTING_ENDED, "ev:delete c/c 100; start.nf c", "- | exit c 3 never-ran, done not found, >query c"},
        {STARTING_OVER, "ev:delete c/c 100; start.nf c", "- | done not found, >query c"},
        {CREATED_DELETING, "ev:delete c/c 100; del.nf c", "- | deleted c, done ok"},
        {NEVER_RAN_DELETING, "ev:delete c/c 100; del.nf c", "- | deleted c, done ok"},
        {REAPING, "ev:delete c/c 100; del.nf c", "exit c ? | deleted c, done ok"},
        {DELETING, "ev:delete c/c 100; del.nf c", "- | deleted c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The record, likewise. */
static void test_record__snapshot_during_a_call__is_asked_for_after_the_reply(void **state)
{
    static const struct trace_case cases[] = {
        {"", "new.req c; list; snap:absent c; new.err c; rec.is:created c",
         ">rec.create c | - | done runtime error, >rec.query c | -"},
        {"", "new.req c; list; sweep; new.err c; rec.is:absent c",
         ">rec.create c | - | - | - | done runtime error, >rec.query c | -"},
        {"", "new.req c; list; rec.verify c; snap:absent c; new.err c; rec.is:absent c",
         ">rec.create c | - | - | done runtime error, >rec.query c | -"},
        {"", "new.req c; rec.verify c; new.ok c; rec.is:created c",
         ">rec.create c | - | done ok, >rec.query c | -"},
        {PRESENT, "rm.req c; list; snap:absent c; rm.err c; rec.is:created c",
         ">rec.delete c | - | done runtime error, >rec.query c | -"},
        {PRESENT, "rm.req c; list; sweep; rm.err c; rec.is:absent c",
         ">rec.delete c | - | - | - | done runtime error, >rec.query c | -"},
        {PRESENT, "rm.req c; list; rec.verify c; snap:absent c; rm.ok c; rec.is:absent c",
         ">rec.delete c | - | - | done ok, >rec.query c | -"},
        {PRESENT, "rm.req c; rec.verify c; rm.ok c; rec.is:absent c",
         ">rec.delete c | - | done ok, >rec.query c | -"},
        {PRESENT, "rm.req c; ev:new c; rm.ok c; rec.is:created c",
         ">rec.delete c | - | done ok, >rec.query c | -"},
        {"", "new.req c; ev:rm c; new.ok c; rec.is:absent c",
         ">rec.create c | - | done ok, >rec.query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Whether it is paused, likewise. */
static void test_task__snapshot_during_a_call__is_asked_for_after_the_reply(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "pause.req c; list; snap:running c 100; pause.err c",
         ">pause c | - | - | - | done runtime error, >task.query c"},
        {RUNNING, "pause.req c; list; snap:paused c 100; pause.err c",
         ">pause c | - | - | - | done runtime error, >task.query c"},
        {RUNNING, "ckpt.req c; list; snap:running c 100; ckpt.err c",
         ">checkpoint c | - | - | - | done runtime error, >task.query c"},
        {RUNNING, "ckpt.req c; list; snap:paused c 100; ckpt.err c",
         ">checkpoint c | - | - | - | done runtime error, >task.query c"},
        {PAUSED, "resume.req c; list; snap:running c 100; resume.err c",
         ">resume c | - | - | - | done runtime error, >task.query c"},
        {PAUSED, "resume.req c; list; snap:paused c 100; resume.err c",
         ">resume c | - | - | - | done runtime error, >task.query c"},
        {RUNNING, "pause.req c; list; ev:resumed c; snap:running c 100; pause.err c",
         ">pause c | - | - | - | - | done runtime error, >task.query c"},
        {RUNNING, "ckpt.req c; list; ev:paused c; snap:running c 100; ckpt.err c",
         ">checkpoint c | - | - | - | - | done runtime error, >task.query c"},
        {RUNNING, "ckpt.req c; list; ev:resumed c; snap:running c 100; ckpt.err c",
         ">checkpoint c | - | - | - | - | done runtime error, >task.query c"},
        {PAUSED, "resume.req c; list; ev:paused c; snap:paused c 100; resume.err c",
         ">resume c | - | - | - | - | done runtime error, >task.query c"},
        {RUNNING, "verify c/c; pause.req c; is:paused c/c 100; pause.err c",
         ">query c | >pause c | - | done runtime error, >task.query c"},
        {RUNNING, "verify c/c; ckpt.req c; is:paused c/c 100; ckpt.err c",
         ">query c | >checkpoint c | - | done runtime error, >task.query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_call__snapshot_meanwhile__is_asked_for_after_the_reply),
        cmocka_unit_test(test_call__snapshot_says_running_or_paused__is_asked_for_after_the_reply),
        cmocka_unit_test(test_call__snapshot_says_stopped__counts_for_what_was_seen_to_run),
        cmocka_unit_test(test_call__hint_meanwhile__is_asked_for_after_the_reply),
        cmocka_unit_test(test_call__deleted_by_somebody_else__is_asked_for_after_the_reply),
        cmocka_unit_test(test_record__snapshot_during_a_call__is_asked_for_after_the_reply),
        cmocka_unit_test(test_task__snapshot_during_a_call__is_asked_for_after_the_reply),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
