/* SPDX-License-Identifier: Apache-2.0 */
/* What is remembered of an incarnation, and of the one before, and for how long: repetitions, events that are
 * due, counts. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Only all the same words make it a repetition. */
static void test_repetition__without_a_time_or_a_pid__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; ev:exit c/c 100 0; del.req c; del.ok c 100 0; create.req c; create.ok c 200; start.req "
                 "c; start.ok c 200",
         "ev:exit c/c 100 0", ">query c"},
        {"ev:exit c/c 0 137 5; is:running c/c 300", "ev:exit c/c 0 137 5", ">query c"},
        {SECOND_RUN, "ev:exit c/c 100 0 7", ">query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The event may be among those that were lost: one that comes is somebody else's. */
static void test_snapshot__between_a_call_and_its_event__makes_nothing_due(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; pause.req c; pause.ok c; list; snap:paused c 100", "ev:paused c", "- (late)"},
        {PAUSED "; resume.req c; resume.ok c; list; snap:running c 100", "ev:resumed c", "- (late)"},
        {RUNNING "; ckpt.req c; ckpt.ok c; list; snap:running c 100", "ev:checkpointed c", "checkpointed c"},
        {RUNNING "; pause.req c; list; snap:running c 100", "ev:paused c; pause.ok c",
         "- | paused c, done ok, >task.query c"},
        {PAUSED "; resume.req c", "ev:resumed c; ev:resumed c; resume.ok c", "- | - | resumed c, done ok"},
        {RUNNING "; ckpt.req c", "ev:checkpointed c; ev:checkpointed c; ckpt.ok c",
         "- | - | checkpointed c, done ok"},
        {RUNNING "; pause.req c", "ev:paused c; ev:paused c; pause.ok c", "- | - | paused c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The event of our own creation has come; a second one is somebody else's. */
static void test_exec__its_creation_seen_in_its_life__the_next_event_is_of_another(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; exec.req c/e1; exec.ok c/e1; ev:exec-added c/e1; del.req c/e1; del.ok c/e1",
         "ev:exec-added c/e1", "exec-added c/e1, >query c/e1"},
        {EXEC_ADDED, "ev:exec-added c/e1; is:created c/e1", ">query c/e1 | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Whatever ran has ended, too. */
static void test_start_event__after_the_exit_of_a_refused_start__is_late(void **state)
{
    static const struct trace_case cases[] = {
        {NEVER_RAN "; ev:exit c/c 100 9 5; is:stopped c/c 100", "ev:start c/c 100", "- (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A life that was taken up in its middle. */
static void test_gone__what_was_never_watched__is_late_all_the_same(void **state)
{
    static const struct trace_case cases[] = {
        {"ev:start c/c 100; is:running c/c 100; ev:exit c/c 100 0 5; ev:delete c/c 100",
         "ev:oom c/c 100; ev:delete c/c 100; ev:start c/c 100; ev:exit c/c 100 0 5",
         "- (late) | - (duplicate) | - (late) | - (duplicate)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* It is as if it had never been heard of. */
static void test_absent__looked_for_and_not_there__knows_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {"load.req c; ev:create c/c 100; is:absent c/c; is:absent c/c", "ev:oom c/c 100", ">query c"},
        {"load.req c; ev:create c/c 100; is:absent c/c; is:absent c/c", "ev:delete c/c 100", "- (foreign)"},
        {"load.req c; ev:create c/c 100; is:absent c/c; is:absent c/c", "ev:start c/c 100",
         "create c, start c, >query c"},
        {"load.req c; ev:create c/c 100; is:absent c/c; is:absent c/c", "ev:exit c/c 100 0 5",
         "create c, start c, exit c 0, >query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* It was known to have stopped; whether it is still there is what is asked. */
static void test_stopped__overtaken_in_doubt_of_a_delete__decides_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {DELETE_DOUBT, "verify c/c; is:stopped c/c 100; is:absent c/c", "- | >query c | deleted c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Also of one that was deleted before it was known to run, and ran all the same. */
static void test_late_event__of_the_run_before_the_last__is_known_by_its_pid(void **state)
{
    static const struct trace_case cases[] = {
        {CREATED "; ev:delete c/c 100; create.req c; create.ok c 200; ev:delete c/c 200", "ev:create c/c 100",
         "- (late)"},
        {CREATED "; del.req c; del.ok c 100 7 5; create.req c; create.ok c 200; ev:delete c/c 200",
         "ev:start c 100; ev:exit c/c 100 7 5", "- (late) | - (late)"},
        {RUNNING NEXT_RUN "; ev:exit c/c 200 0 6; ev:delete c/c 200", "ev:create c/c 100", "- (late)"},
        {NEVER_RAN "; ev:exit c/c 100 9 5; is:stopped c/c 100; del.req c; del.ok c 100; create.req c; "
                   "create.ok c 200; start.req c; start.ok c 200",
         "ev:exit c/c 100 9 5", "- (duplicate)"},
        /* One pid for all, as a virtual machine tells. */
        {EXITED "; del.req c; del.ok c 100 0; create.req c; create.ok c 100; start.req c; start.ok c 100",
         "ev:exit c/c 100 0 5", "- (duplicate)"},
        /* An exec that was never started has been between them. */
        {EXEC_EXITED
         "; del.req c/e1; del.ok c/e1 7 0; exec.req c/e1; exec.ok c/e1; del.req c/e1; del.ok c/e1; "
         "ev:exec-started c/e1 8; is:running c/e1 8",
         "ev:exit c/e1 7 0 4", "- (duplicate)"},
        /* Our start of the second run was refused, and it runs all the same: no third one has been between.
         */
        {EXITED
         "; del.req c; del.ok c 100 0; create.req c; create.ok c 200; start.req c; start.err c; verify c; "
         "is:running c 200; ev:exit c/c 200 3 8; del.req c; del.ok c 200 3",
         "ev:start c 100; ev:exit c/c 100 0 5", "- (late) | - (duplicate)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* What was seen before the reply is seen. */
static void test_create__its_event_seen_and_a_list_under_way__is_said_once(void **state)
{
    static const struct trace_case cases[] = {
        {PRESENT "; create.req c; ev:create c/c 100; list; create.ok c 100", "ev:create c/c 100",
         "- (duplicate)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The creation that was seen was the older one's. */
static void test_create__refused_after_an_older_life__asks_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {PRESENT "; create.req c; ev:create c/c 100; create.ok c 100; start.req c; start.ok c 100; ev:exit "
                 "c/c 100 0 5; del.req c; del.ok c 100 0; create.req c",
         "create.err c", "done runtime error"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* What else is told of it names no other. */
static void test_exec_exit__held_back_and_out_of_memory__keeps_whose_it_is(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_STARTING "; ev:exit c/e1 7 3 5", "ev:oom c/e1; start.ok c/e1 7",
         "oom c/e1 | exec-started c/e1, done ok, exit c/e1 3"},
        {EXEC_STARTING "; ev:exit c/e1 7 3 5", "ev:oom c/e1 9; start.ok c/e1 7; ev:delete c/e1 7",
         "oom c/e1 | exec-started c/e1, done ok, exit c/e1 3, >query c/e1 | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* It was an echo: the end that comes is another one, whose code nobody has told. */
static void test_exit__without_a_pid_and_said_to_run__is_forgotten(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; ev:exit c/c 0 137; is:running c/c 100", "ev:delete c/c 100", "exit c ?, deleted c"},
        {RUNNING "; ev:exit c/c 0 137; is:paused c/c 100", "ev:delete c/c 100", "exit c ?, deleted c"},
        {RUNNING "; ev:exit c/c 0 137", "ev:delete c/c 100", "exit c 137, deleted c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A query is of use only when no call of ours can change the answer. */
static void test_pause__while_a_start_is_in_flight__is_asked_for_after_it(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING_SEEN, "pause.req c; list; snap:running c 100; pause.ok c; start.ok c 100",
         ">pause c | - | - | - | paused c, done ok | done ok, >query c, >task.query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Each result makes room for one more, and one that nobody waits for makes none. */
static void test_kills__counted__one_by_one(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; kill.req c; kill.ok c",
         "kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; "
         "kill.req c",
         ">kill c | >kill c | >kill c | >kill c | >kill c | >kill c | >kill c | >kill c | done limit reached "
         "(impossible)"},
        {RUNNING "; kill.ok c",
         "kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; "
         "kill.req c",
         ">kill c | >kill c | >kill c | >kill c | >kill c | >kill c | >kill c | >kill c | done limit reached "
         "(impossible)"},
        {RUNNING
         "; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c",
         "fdel.req c", ">force-kill c, >timer c kill"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* What comes late of it is recognised. */
static void test_create__refused_after_an_older_life__knows_that_one_still(void **state)
{
    static const struct trace_case cases[] = {
        {EXITED "; del.req c; del.ok c 100 0; create.req c", "create.err c; ev:exit c/c 100 0 5",
         "done runtime error | - (duplicate)"},
        {CREATING "; ev:create c/c 100; create.err c; is:absent c/c", "create.req c; create.err c",
         ">create c | done runtime error"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Nothing is known that could disagree. */
static void test_create__reply_without_a_pid__agrees_with_any_event(void **state)
{
    static const struct trace_case cases[] = {
        {CREATING, "ev:create c/c 100; create.ok c", "- | create c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* It has come, and is due no more. */
static void test_exec__its_creation_seen_before_the_reply__the_next_event_is_of_another(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; exec.req c/e1; ev:exec-added c/e1; exec.ok c/e1; del.req c/e1; del.ok c/e1",
         "ev:exec-added c/e1", "exec-added c/e1, >query c/e1"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Its record is known, and has had no task; but an answer under way may have seen it. */
static void test_event__of_a_task_that_is_not_there__is_foreign(void **state)
{
    static const struct trace_case cases[] = {
        {PRESENT, "ev:oom c/c 100", "- (foreign)"},
        {PRESENT "; list", "ev:delete c/c 100; snap:running c 100", "- (foreign) | - | - (late) | >query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The two entries disagree. */
static void test_snapshot__says_stopped_of_a_task_whose_process_was_answered_for__asks_again(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; list; snap.is:running c 100", "snap.task.is:stopped c 100", ">query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* What a call of ours is still to cause belongs to its own run. */
static void test_due__of_the_run_before__explains_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; ckpt.req c; ckpt.ok c" NEXT_RUN, "ev:checkpointed c", "checkpointed c"},
        {PAUSED "; resume.req c; resume.ok c" NEXT_RUN, "ev:resumed c", "- (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Another call that is refused, or a lack of memory, takes nothing back. */
static void test_due__whatever_else_happens__explains_its_event(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; pause.req c; pause.ok c; ev:oom c/c 100", "ev:paused c", "-"},
        {RUNNING "; pause.req c; pause.ok c; resume.req c; resume.err c", "ev:paused c", "-"},
        {RUNNING "; pause.req c; pause.ok c; resume.req c; resume.ok c; pause.req c; pause.err c",
         "ev:resumed c", "-"},
        {RUNNING "; ckpt.req c; ckpt.ok c; pause.req c; pause.err c", "ev:checkpointed c", "-"},
        /* But a call that was refused causes none. */
        {RUNNING "; ckpt.req c; ckpt.err c", "ev:checkpointed c", "checkpointed c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Its life before is unknown, and so is what its task did. */
static void test_record__taken_up_and_deleted__was_not_watched(void **state)
{
    static const struct trace_case cases[] = {
        {"find.req c; rec.is:created c; rm.req c; rm.ok c", "ev:exit c/c 100 0 5",
         "create c, start c, exit c 0, >query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Only its delete is due. */
static void test_record__deleted_and_made_by_somebody_else__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {PRESENT "; rm.req c; rm.ok c", "ev:new c", ">rec.query c"},
        {PRESENT "; rm.req c", "ev:rm c; ev:rm c; rm.ok c", "- | - | done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* It may be among what was lost: the event that comes is of another. */
static void test_execs__whose_creation_is_due_when_the_stream_broke__are_due_no_more(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; exec.req c/e1; exec.ok c/e1; exec.req c/e2; exec.ok c/e2; list; snap:running c 100; "
                 "del.req c/e1; del.ok c/e1; del.req c/e2; del.ok c/e2",
         "ev:exec-added c/e1; ev:exec-added c/e2",
         "exec-added c/e1, >query c/e1 | exec-added c/e2, >query c/e2"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Each creation is compared with its own event. */
static void test_create__event_of_the_life_before__does_not_disagree_with_the_next(void **state)
{
    static const struct trace_case cases[] = {
        {PRESENT "; create.req c; ev:create c/c 100; create.ok c 100; start.req c; start.ok c 100; ev:exit "
                 "c/c 100 0 5; del.req c; del.ok c 100 0",
         "create.req c; create.ok c 200", ">create c | create c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The kernel has used the pid again. */
static void test_stopped__asked_of_the_exec_before__does_not_stand(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING "; verify c/e1; ev:exit c/e1 7 0 5; del.req c/e1; del.ok c/e1 7 0; exec.req c/e1; "
                      "exec.ok c/e1; start.req c/e1; start.ok c/e1 7",
         "is:stopped c/e1 7; is:running c/e1 7", ">query c/e1 | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Paused by somebody else, or by a call of ours that was given up. */
static void test_snapshot__says_paused_of_what_is_not_up__is_asked_for_once_it_is(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING "; list", "snap:paused c 100; start.ok c 100",
         "- | - (late) | - | start c, done ok, >query c"},
        {STARTING "; list; snap.is:paused c 100", "snap.task.is:paused c 100; start.ok c 100",
         "- | start c, done ok, >query c, >task.query c"},
        {STARTING "; list", "snap:running c 100; start.ok c 100",
         "- | - (late) | - | start c, done ok, >query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repetition__without_a_time_or_a_pid__is_asked_for),
        cmocka_unit_test(test_snapshot__between_a_call_and_its_event__makes_nothing_due),
        cmocka_unit_test(test_exec__its_creation_seen_in_its_life__the_next_event_is_of_another),
        cmocka_unit_test(test_start_event__after_the_exit_of_a_refused_start__is_late),
        cmocka_unit_test(test_gone__what_was_never_watched__is_late_all_the_same),
        cmocka_unit_test(test_absent__looked_for_and_not_there__knows_nothing),
        cmocka_unit_test(test_stopped__overtaken_in_doubt_of_a_delete__decides_nothing),
        cmocka_unit_test(test_late_event__of_the_run_before_the_last__is_known_by_its_pid),
        cmocka_unit_test(test_create__its_event_seen_and_a_list_under_way__is_said_once),
        cmocka_unit_test(test_create__refused_after_an_older_life__asks_nothing),
        cmocka_unit_test(test_exec_exit__held_back_and_out_of_memory__keeps_whose_it_is),
        cmocka_unit_test(test_exit__without_a_pid_and_said_to_run__is_forgotten),
        cmocka_unit_test(test_pause__while_a_start_is_in_flight__is_asked_for_after_it),
        cmocka_unit_test(test_kills__counted__one_by_one),
        cmocka_unit_test(test_create__refused_after_an_older_life__knows_that_one_still),
        cmocka_unit_test(test_create__reply_without_a_pid__agrees_with_any_event),
        cmocka_unit_test(test_exec__its_creation_seen_before_the_reply__the_next_event_is_of_another),
        cmocka_unit_test(test_event__of_a_task_that_is_not_there__is_foreign),
        cmocka_unit_test(test_snapshot__says_stopped_of_a_task_whose_process_was_answered_for__asks_again),
        cmocka_unit_test(test_due__of_the_run_before__explains_nothing),
        cmocka_unit_test(test_due__whatever_else_happens__explains_its_event),
        cmocka_unit_test(test_record__taken_up_and_deleted__was_not_watched),
        cmocka_unit_test(test_record__deleted_and_made_by_somebody_else__is_asked_for),
        cmocka_unit_test(test_execs__whose_creation_is_due_when_the_stream_broke__are_due_no_more),
        cmocka_unit_test(test_create__event_of_the_life_before__does_not_disagree_with_the_next),
        cmocka_unit_test(test_stopped__asked_of_the_exec_before__does_not_stand),
        cmocka_unit_test(test_snapshot__says_paused_of_what_is_not_up__is_asked_for_once_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
