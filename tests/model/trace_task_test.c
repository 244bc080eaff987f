/* SPDX-License-Identifier: Apache-2.0 */
/* Pausing, checkpoints and lack of memory: an end of init dominates them all. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* moby#33843: the event and the reply are one. */
static void test_pause__event_before_or_after_reply__is_told_once(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "pause.req c; ev:paused c; pause.ok c; resume.req c; resume.ok c; ev:resumed c",
         ">pause c | - | paused c, done ok | >resume c | resumed c, done ok | -"},
        {RUNNING, "pause.req c; pause.ok c; ev:paused c; resume.req c; ev:resumed c; resume.ok c",
         ">pause c | paused c, done ok | - | >resume c | - | resumed c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#33843, containerd#2773: exited and paused at once, it could not be killed. */
static void test_pause__racing_with_exit__ends_stopped(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "pause.req c; ev:exit c/c 100 0; ev:paused c; pause.ok c",
         ">pause c | exit c 0 | - (late) | done ok"},
        {RUNNING, "pause.req c; pause.ok c; ev:paused c; ev:exit c/c 100 0; ev:paused c",
         ">pause c | paused c, done ok | - | exit c 0 | - (late)"},
        {RUNNING, "ev:exit c/c 100 0; ev:paused c; ev:resumed c", "exit c 0 | - (late) | - (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#32881: it may be late, so it never flips the state by itself. */
static void test_paused__event_of_somebody_else__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "ev:paused c; task.is:paused c 100; ev:resumed c; task.is:running c 100",
         ">task.query c | paused c | >task.query c | resumed c"},
        {RUNNING, "ev:paused c; task.is:running c 100", ">task.query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#2773: paused or not, the runtime knows. */
static void test_pause__reply_lost__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "pause.req c; pause.lost c; task.is:paused c 100; pause.req c",
         ">pause c | >task.query c | paused c, done ok | done not modified (impossible)"},
        {RUNNING, "pause.req c; pause.lost c; task.is:running c 100",
         ">pause c | >task.query c | done unavailable"},
        {RUNNING, "pause.req c; pause.lost c; ev:exit c/c 100 0",
         ">pause c | >task.query c | exit c 0, done indeterminate"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#15853: a process that ends cannot be paused. */
static void test_pause__refused__is_reported(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "pause.req c; pause.err c; task.is:running c 100",
         ">pause c | done runtime error, >task.query c | -"},
        {CREATED, "pause.req c; resume.req c; ckpt.req c",
         "done conflicting state (impossible) | done conflicting state (impossible) | done conflicting state "
         "(impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#33843: nothing that was due is carried over. */
static void test_pause__of_the_run_before__does_not_reach_the_next(void **state)
{
    static const struct trace_case cases[] = {
        {PAUSED "; ev:exit c/c 100 0; del.req c; del.ok c 100 0; create.req c; create.ok c 200; start.req c; "
                "start.ok c 200",
         "pause.req c; pause.ok c; ev:paused c", ">pause c | paused c, done ok | -"},
        {RUNNING "; pause.req c; ev:exit c/c 100 0; del.req c; del.ok c 100 0; create.req c; create.ok c "
                 "200; start.req c; start.ok c 200",
         "pause.ok c; task.is:paused c 200", "done ok, >task.query c | paused c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#33843: the next event of that kind is somebody else's. */
static void test_pause__whose_event_never_came__is_not_owed_to_the_next_run(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; pause.req c; pause.ok c; ev:exit c/c 100 0; del.req c; del.ok c 100 0; create.req c; "
                 "create.ok c 200; start.req c; start.ok c 200",
         "ev:paused c; task.is:paused c 200", ">task.query c | paused c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#32881: the end of a paused container. */
static void test_paused__and_killed__ends(void **state)
{
    static const struct trace_case cases[] = {
        {PAUSED, "kill.req c; kill.ok c; ev:exit c/c 100 137; resume.req c",
         ">kill c | done ok | exit c 137 | done conflicting state (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* In a paused task nothing can be started: the runtime refuses, and the exec is told to have never run. */
static void test_paused__exec_started_in_it__never_ran(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_ADDED, "pause.req c; pause.ok c; start.req c/e1; start.err c/e1; resume.req c; resume.ok c",
         ">pause c | paused c, done ok | >start c/e1 | exit c/e1 ? never-ran, done runtime error | >resume c "
         "| "
         "resumed c, done ok"},
        {EXEC_ADDED,
         "pause.req c; pause.ok c; start.req c/e1; ev:resumed c; start.ok c/e1 7; task.is:running c 100",
         ">pause c | paused c, done ok | >start c/e1 | >task.query c | exec-started c/e1, done ok | resumed "
         "c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#45090: the event and the reply are one. */
static void test_checkpoint__event_before_or_after_reply__is_told_once(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "ckpt.req c; ckpt.ok c; ev:checkpointed c", ">checkpoint c | checkpointed c, done ok | -"},
        {RUNNING, "ckpt.req c; ev:checkpointed c; ckpt.ok c", ">checkpoint c | - | checkpointed c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#41546: a checkpoint may end the process. */
static void test_checkpoint__with_exit__ends_stopped(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "ckpt.req c; ev:checkpointed c; ev:exit c/c 100 137; ckpt.ok c",
         ">checkpoint c | - | exit c 137 | done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#37360: the state does not show whether an image was written. */
static void test_checkpoint__reply_lost__cannot_be_found_out(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "ckpt.req c; ckpt.lost c; task.is:running c 100",
         ">checkpoint c | done indeterminate, >task.query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#8180, containerd#12372: its notice takes another way than the exit. */
static void test_oom__before_or_after_the_end__is_told_once(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "ev:oom c; ev:oom c; ev:exit c/c 100 137", "oom c | - (duplicate) | exit c 137"},
        {RUNNING, "ev:exit c/c 100 137; ev:oom c; ev:oom c", "exit c 137 | oom c | - (duplicate)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#12260: it belongs to no run that is left. */
static void test_oom__after_the_delete__is_late(void **state)
{
    static const struct trace_case cases[] = {
        {EXITED, "del.req c; del.ok c 100 0; ev:oom c", ">delete c | deleted c, done ok | - (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* rust-extensions#142: a shim that does not tell. A code that looks like it is no lack of memory. */
static void test_oom__never_published__is_not_made_up(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "ev:exit c/c 100 137; del.req c; del.ok c 100 137",
         "exit c 137 | >delete c | deleted c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The event of a delete of ours takes nothing along that is to be heard of the next task. */
static void test_paused__of_somebody_else_behind_our_delete_of_the_record__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {EXITED "; del.req c; del.ok c 100 0; rm.req c; rm.ok c; ev:rm c; " RUNNING, "ev:paused c",
         ">task.query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* As pausing what is paused: nothing to be done, and that is told apart from a conflict. */
static void test_resume__of_what_runs__is_done_already(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "resume.req c", "done not modified (impossible)"},
        {PAUSED, "pause.req c", "done not modified (impossible)"},
        {PAUSED, "resume.req c; resume.req c", ">resume c | done conflicting state (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The query that the run before has left is made when the next one is up; that this one is paused, as the
 * same answer says, is no reason to make it twice. */
static void test_pause__owed_to_the_next_run__is_asked_for_once(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING
         "; ckpt.req c; ev:paused c; ev:exit c/c 100 0 5; del.req c; del.ok c 100 0; load.req c; ckpt.lost c",
         "is:paused c 200; task.is:paused c 200", "create c, start c, done ok, >task.query c, paused c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Names select for the runtime: a call of ours may have paused it meanwhile. */
static void test_pause__of_a_run_that_took_the_place__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; verify c", "is:paused c 300; task.is:paused c 300",
         "exit c ?, deleted c, create c, start c, >task.query c | paused c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A run, a thaw, a checkpoint and a refusal each say of one event alone whether it is to come. */
static void test_calls__leave_each_others_events_due(void **state)
{
    static const struct trace_case cases[] = {
        {EXITED "; del.req c; del.ok c 100 0", "ev:rm c", ">rec.query c"},
        {RUNNING "; pause.req c; pause.ok c", "stop.req c; ev:paused c; resume.ok c",
         ">resume c, >kill c, >timer c grace | - | resumed c"},
        {RUNNING "; pause.req c; pause.ok c; resume.req c; resume.ok c",
         "ckpt.req c; ev:paused c; ev:resumed c; ckpt.ok c",
         ">checkpoint c | - | - | checkpointed c, done ok"},
        {RUNNING "; ckpt.req c; ckpt.err c", "ev:paused c", ">task.query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The answer to a query of our own, when the entry about the process is still to come: that may be older. */
static void test_snapshot__task_asked_for_between_its_entries__has_the_process_verified(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " RUNNING GAP "; snap.task.is:running c 100; ev:paused c",
         "task.is:stopped c 100; snap.is:running c 100", "- | >query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pause__event_before_or_after_reply__is_told_once),
        cmocka_unit_test(test_pause__racing_with_exit__ends_stopped),
        cmocka_unit_test(test_paused__event_of_somebody_else__is_asked_for),
        cmocka_unit_test(test_pause__reply_lost__is_asked_for),
        cmocka_unit_test(test_pause__refused__is_reported),
        cmocka_unit_test(test_pause__of_the_run_before__does_not_reach_the_next),
        cmocka_unit_test(test_pause__whose_event_never_came__is_not_owed_to_the_next_run),
        cmocka_unit_test(test_paused__and_killed__ends),
        cmocka_unit_test(test_paused__exec_started_in_it__never_ran),
        cmocka_unit_test(test_checkpoint__event_before_or_after_reply__is_told_once),
        cmocka_unit_test(test_checkpoint__with_exit__ends_stopped),
        cmocka_unit_test(test_checkpoint__reply_lost__cannot_be_found_out),
        cmocka_unit_test(test_oom__before_or_after_the_end__is_told_once),
        cmocka_unit_test(test_oom__after_the_delete__is_late),
        cmocka_unit_test(test_oom__never_published__is_not_made_up),
        cmocka_unit_test(test_paused__of_somebody_else_behind_our_delete_of_the_record__is_asked_for),
        cmocka_unit_test(test_resume__of_what_runs__is_done_already),
        cmocka_unit_test(test_pause__owed_to_the_next_run__is_asked_for_once),
        cmocka_unit_test(test_pause__of_a_run_that_took_the_place__is_asked_for),
        cmocka_unit_test(test_calls__leave_each_others_events_due),
        cmocka_unit_test(test_snapshot__task_asked_for_between_its_entries__has_the_process_verified),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
