/* SPDX-License-Identifier: Apache-2.0 */
/* Every reply that a call can have, in every state that waits for one. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A refusal is certain: there is nothing to ask. */
static void test_create__refused__is_told_with_its_reason(void **state)
{
    static const struct trace_case cases[] = {
        {CREATING, "create.err c 100", "done runtime error"},
        {CREATING, "create.nf c 100", "done not found"},
        {CREATING, "create.unavail c 100", "done unavailable"},
        {CREATING, "create.precond c 100", "done conflicting state"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* No exit event follows a start that failed, and somebody may be waiting for one. */
static void test_start__refused__is_an_end(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING, "start.err c 100", "exit c ? never-ran, done runtime error"},
        {STARTING, "start.nf c 100", "exit c ? never-ran, done not found"},
        {STARTING, "start.exists c 100", "exit c ? never-ran, done already exists"},
        {STARTING, "start.precond c 100", "exit c ? never-ran, done conflicting state"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* It was seen to run, whatever the reply says. */
static void test_start__reply_after_its_event__tells_no_second_start(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING_SEEN, "start.ok c 100", "done ok"},
        {STARTING_SEEN, "start.err c 100", "done runtime error"},
        {STARTING_SEEN, "start.nf c 100", "done not found"},
        {STARTING_SEEN, "start.exists c 100", "done already exists"},
        {STARTING_SEEN, "start.lost c 100", "done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Another client has put its task in the place of ours between creation and start, and the runtime, which
 * goes by the name, has started that one. */
static void test_start__reply_names_another_process__says_nothing_of_ours(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING, "start.ok c 200; is:running c 200",
         ">query c | exit c ? never-ran, deleted c, done unavailable, create c, start c"},
        {STARTING, "verify c; start.ok c 200; is:running c 200",
         "- | >query c | exit c ? never-ran, deleted c, done unavailable, create c, start c"},
        {STARTING, "ev:delete c/c 100; start.ok c 200; is:running c 200",
         "- | >query c | exit c ? never-ran, deleted c, done unavailable, create c, start c"},
        {STARTING, "start.ok c 200; is:running c 100", ">query c | start c, done ok"},
        {STARTING_SEEN, "start.ok c 200; is:running c 200",
         "done ok, >query c | exit c ?, deleted c, create c, start c, >task.query c"},
        {STARTING_ENDED, "start.ok c 200; is:running c 200",
         "start c, done ok, exit c 3, >query c | deleted c, create c, start c"},
        {STARTING_ENDED, "ev:start c/c 200; start.ok c 200; is:running c 200",
         "- | start c, done ok, exit c 3, >query c | deleted c, create c, start c"},
        {STARTING_OVER, "start.ok c 200; is:running c 200",
         "done ok, >query c | deleted c, create c, start c"},
        {PRESENT "; launch.req c; create.ok c 100", "start.ok c 200; is:running c 200",
         ">query c | exit c ? never-ran, deleted c, done unavailable, create c, start c"},
        /* An end without a pid may be that one's. */
        {STARTING, "start.ok c 200; ev:exit c/c 0 137 9; is:absent c; is:absent c",
         ">query c | - | >query c | exit c ? never-ran, deleted c, done unavailable"},
        {STARTING_SEEN, "start.ok c 200; ev:exit c/c 0 137 9; is:absent c; is:absent c",
         "done ok, >query c | - | >query c | exit c ?, deleted c"},
        /* Or, once that one has been taken up, the first one's. */
        {STARTING, "start.ok c 200; is:running c 200; ev:exit c/c 0 137 9; is:stopped c 200",
         ">query c | exit c ? never-ran, deleted c, done unavailable, create c, start c | >query c | exit c "
         "?"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The exit was held back; the reply says whether it ran at all. */
static void test_start__reply_after_the_exit__lets_it_out(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING_ENDED, "start.ok c 100", "start c, done ok, exit c 3"},
        {STARTING_ENDED, "start.lost c 100", "start c, done ok, exit c 3"},
        {STARTING_ENDED, "start.err c 100", "exit c 3 never-ran, done runtime error"},
        {STARTING_ENDED, "start.nf c 100", "exit c 3 never-ran, done not found"},
        {STARTING_ENDED, "start.exists c 100", "exit c 3 never-ran, done already exists"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* All has been told but the completion. */
static void test_start__reply_after_start_and_exit__completes_alone(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING_OVER, "start.ok c 100", "done ok"},
        {STARTING_OVER, "start.lost c 100", "done ok"},
        {STARTING_OVER, "start.err c 100", "done runtime error"},
        {STARTING_OVER, "start.nf c 100", "done not found"},
        {STARTING_OVER, "start.exists c 100", "done already exists"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Not found is done; a refusal is a reason to look. */
static void test_delete__of_what_was_not_started__reply(void **state)
{
    static const struct trace_case cases[] = {
        {CREATED_DELETING, "del.ok c 100", "deleted c, done ok"},
        {CREATED_DELETING, "del.nf c 100", "deleted c, done ok"},
        {CREATED_DELETING, "del.err c 100", "done runtime error, >query c"},
        {CREATED_DELETING, "del.exists c 100", "done already exists, >query c"},
        {CREATED_DELETING, "del.lost c 100", ">query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The same after a failed start. */
static void test_delete__of_what_never_ran__reply(void **state)
{
    static const struct trace_case cases[] = {
        {NEVER_RAN_DELETING, "del.ok c 100", "deleted c, done ok"},
        {NEVER_RAN_DELETING, "del.nf c 100", "deleted c, done ok"},
        {NEVER_RAN_DELETING, "del.err c 100", "done runtime error, >query c"},
        {NEVER_RAN_DELETING, "del.exists c 100", "done already exists, >query c"},
        {NEVER_RAN_DELETING, "del.lost c 100", ">query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The delete tells the end that was not seen. */
static void test_delete__of_what_could_not_be_killed__tells_the_end(void **state)
{
    static const struct trace_case cases[] = {
        {REAPING, "del.ok c 100", "exit c ?, deleted c, done ok"},
        {REAPING, "del.nf c 100", "exit c ?, deleted c, done ok"},
        {REAPING, "del.err c 100", "done runtime error, >query c"},
        {REAPING, "del.exists c 100", "done already exists, >query c"},
        {REAPING, "del.lost c 100", ">query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The same after an end. */
static void test_delete__of_what_ended__reply(void **state)
{
    static const struct trace_case cases[] = {
        {DELETING, "del.ok c 100", "deleted c, done ok"},
        {DELETING, "del.nf c 100", "deleted c, done ok"},
        {DELETING, "del.err c 100", "done runtime error, >query c"},
        {DELETING, "del.exists c 100", "done already exists, >query c"},
        {DELETING, "del.lost c 100", ">query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The record, likewise. */
static void test_record__refused__is_told_with_its_reason(void **state)
{
    static const struct trace_case cases[] = {
        {"", "new.req c; new.err c", ">rec.create c | done runtime error"},
        {"", "new.req c; new.nf c", ">rec.create c | done not found"},
        {PRESENT, "rm.req c; rm.nf c", ">rec.delete c | done ok"},
        {PRESENT, "rm.req c; rm.exists c; rec.is:created c",
         ">rec.delete c | done already exists, >rec.query c | -"},
        {"", "new.req c; ev:new c; new.err c; rec.is:created c",
         ">rec.create c | - | done runtime error, >rec.query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* It may be paused already, by somebody else. */
static void test_pause__refused__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "pause.req c; pause.err c; task.is:running c 100",
         ">pause c | done runtime error, >task.query c | -"},
        {RUNNING, "pause.req c; pause.nf c; task.is:running c 100",
         ">pause c | done not found, >task.query c | -"},
        {RUNNING, "pause.req c; pause.exists c; task.is:running c 100",
         ">pause c | done already exists, >task.query c | -"},
        {PAUSED, "resume.req c; resume.err c; task.is:paused c 100",
         ">resume c | done runtime error, >task.query c | -"},
        {PAUSED, "resume.req c; resume.nf c; task.is:paused c 100",
         ">resume c | done not found, >task.query c | -"},
        {PAUSED, "resume.req c; resume.exists c; task.is:paused c 100",
         ">resume c | done already exists, >task.query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A checkpoint changes nothing that could be asked for. */
static void test_checkpoint__refused__leaves_it_running(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "ckpt.req c; ckpt.err c", ">checkpoint c | done runtime error"},
        {RUNNING, "ckpt.req c; ckpt.nf c", ">checkpoint c | done not found"},
        {RUNNING, "ckpt.req c; ckpt.exists c", ">checkpoint c | done already exists"},
        {RUNNING, "ckpt.req c; ckpt.lost c", ">checkpoint c | done indeterminate, >task.query c"},
        {RUNNING, "ev:checkpointed c", "checkpointed c"},
        {RUNNING, "ckpt.req c; ev:checkpointed c; ckpt.ok c", ">checkpoint c | - | checkpointed c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The end dominates; the reply still owes its completion. */
static void test_pause__process_ended_meanwhile__reply_completes_alone(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "pause.req c; ev:exit c/c 100 0 5; pause.ok c", ">pause c | exit c 0 | done ok"},
        {RUNNING, "pause.req c; ev:exit c/c 100 0 5; pause.err c",
         ">pause c | exit c 0 | done runtime error"},
        {RUNNING, "pause.req c; ev:exit c/c 100 0 5; pause.nf c", ">pause c | exit c 0 | done not found"},
        {RUNNING, "pause.req c; ev:exit c/c 100 0 5; pause.exists c",
         ">pause c | exit c 0 | done already exists"},
        {RUNNING, "pause.req c; ev:exit c/c 100 0 5; pause.lost c",
         ">pause c | exit c 0 | done indeterminate"},
        {PAUSED, "resume.req c; ev:exit c/c 100 0 5; resume.err c",
         ">resume c | exit c 0 | done runtime error"},
        {RUNNING, "ckpt.req c; ev:exit c/c 100 0 5; ckpt.ok c", ">checkpoint c | exit c 0 | done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The call may have reached the next run. */
static void test_pause__next_run_begun_meanwhile__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; pause.req c" NEXT_RUN, "pause.ok c; task.is:running c 200", "done ok, >task.query c | -"},
        {RUNNING "; pause.req c" NEXT_RUN, "pause.err c; task.is:running c 200",
         "done runtime error, >task.query c | -"},
        {RUNNING "; pause.req c" NEXT_RUN, "pause.nf c; task.is:running c 200",
         "done not found, >task.query c | -"},
        {RUNNING "; pause.req c" NEXT_RUN, "pause.exists c; task.is:running c 200",
         "done already exists, >task.query c | -"},
        {RUNNING "; pause.req c" NEXT_RUN, "pause.lost c; task.is:running c 200",
         "done indeterminate, >task.query c | -"},
        {RUNNING "; pause.req c" NEXT_RUN, "ev:paused c; pause.ok c", "- | done ok, >task.query c"},
        /* Carried out on it while its start was under way, and refused all the same. */
        {RUNNING
         "; pause.req c; ev:exit c/c 100 0 5; del.req c; del.ok c 100 0; create.req c; create.ok c 200; "
         "start.req c",
         "pause.err c; ev:paused c; start.ok c 200; task.is:paused c 200",
         "done runtime error | - | start c, done ok, >task.query c | paused c"},
        {RUNNING "; pause.req c" NEXT_RUN, "ev:resumed c; ev:resumed c; pause.ok c",
         "- | - | done ok, >task.query c"},
        {RUNNING "; pause.req c" NEXT_RUN, "list; snap:running c 200; pause.ok c",
         "- | - | - | done ok, >task.query c"},
        {RUNNING "; pause.req c" NEXT_RUN, "list; snap:paused c 200; pause.ok c",
         "- | - | - | done ok, >task.query c"},
        {RUNNING "; pause.req c" NEXT_RUN, "list; ev:resumed c; snap:running c 200; pause.ok c",
         "- | - | - | - | done ok, >task.query c"},
        {RUNNING "; pause.req c" NEXT_RUN, "ev:exit c/c 200 0 6; pause.ok c", "exit c 0 | done ok"},
        {RUNNING,
         "pause.req c; ev:exit c/c 100 0 5; del.req c; del.ok c 100 0; create.req c; ev:paused c; ev:paused "
         "c; create.ok c 200; start.req c; start.ok c 200; pause.ok c",
         ">pause c | exit c 0 | >delete c | deleted c, done ok | >create c | - | - | create c, done ok | "
         ">start c | start c, done ok | done ok, >task.query c"},
        {RUNNING, "ev:paused c; pause.req c; ev:exit c/c 100 0 5; task.is:running c 100; pause.ok c",
         ">task.query c | >pause c | exit c 0 | - | done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The end came first, and the delete is under way. */
static void test_kill_of_force_delete__late_reply__says_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {KILLING, "ev:exit c/c 100 137 5; fkill.ok c; del.ok c 100 137",
         "exit c 137, >delete c | - | deleted c, done ok"},
        {KILLING, "ev:exit c/c 100 137 5; fkill.err c; del.ok c 100 137",
         "exit c 137, >delete c | - | deleted c, done ok"},
        {KILLING, "ev:exit c/c 100 137 5; fkill.nf c; del.ok c 100 137",
         "exit c 137, >delete c | - | deleted c, done ok"},
        {KILLING, "ev:exit c/c 100 137 5; fkill.lost c; del.ok c 100 137",
         "exit c 137, >delete c | - | deleted c, done ok"},
        {KILLING, "ev:exit c/c 100 137 5; del.lost c; fkill.ok c; is:absent c/c",
         "exit c 137, >delete c | >query c | - | >query c"},
        {KILLING, "ev:exit c/c 100 137 5; del.lost c; fkill.err c; is:absent c/c",
         "exit c 137, >delete c | >query c | - | >query c"},
        {KILLING, "ev:exit c/c 100 137 5; del.lost c; fkill.nf c; is:absent c/c",
         "exit c 137, >delete c | >query c | - | >query c"},
        {KILLING, "ev:exit c/c 100 137 5; del.lost c; fkill.lost c; is:absent c/c",
         "exit c 137, >delete c | >query c | - | >query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create__refused__is_told_with_its_reason),
        cmocka_unit_test(test_start__refused__is_an_end),
        cmocka_unit_test(test_start__reply_after_its_event__tells_no_second_start),
        cmocka_unit_test(test_start__reply_names_another_process__says_nothing_of_ours),
        cmocka_unit_test(test_start__reply_after_the_exit__lets_it_out),
        cmocka_unit_test(test_start__reply_after_start_and_exit__completes_alone),
        cmocka_unit_test(test_delete__of_what_was_not_started__reply),
        cmocka_unit_test(test_delete__of_what_never_ran__reply),
        cmocka_unit_test(test_delete__of_what_could_not_be_killed__tells_the_end),
        cmocka_unit_test(test_delete__of_what_ended__reply),
        cmocka_unit_test(test_record__refused__is_told_with_its_reason),
        cmocka_unit_test(test_pause__refused__is_asked_for),
        cmocka_unit_test(test_checkpoint__refused__leaves_it_running),
        cmocka_unit_test(test_pause__process_ended_meanwhile__reply_completes_alone),
        cmocka_unit_test(test_pause__next_run_begun_meanwhile__is_asked_for),
        cmocka_unit_test(test_kill_of_force_delete__late_reply__says_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
