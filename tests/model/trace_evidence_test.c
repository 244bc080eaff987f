/* SPDX-License-Identifier: Apache-2.0 */
/* Whose is it: what an event, an answer or a reply says of the incarnation that is known. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Its id was used again, or the kernel used the pid again: a pid that disagrees is a reason to ask and
 * decides nothing. */
static void test_event__of_another_pid__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "ev:create c/c 200; is:running c/c 100", ">query c | -"},
        {RUNNING, "ev:start c/c 200; is:running c/c 200",
         ">query c | exit c ?, deleted c, create c, start c, >task.query c"},
        /* What was paused meanwhile under that name is the one that the answer has seen before. */
        {RUNNING "; ev:start c/c 200; pause.req c; pause.ok c",
         "is:running c/c 200; task.is:paused c 200; is:paused c/c 200",
         "exit c ?, deleted c, create c, start c, >task.query c | paused c | - (late)"},
        {RUNNING, "ev:delete c/c 200; is:running c/c 100", ">query c | -"},
        {EXITED, "ev:exit c/c 200 9 5", "- (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Told to have never run: somebody else may have started it after all. */
static void test_start_event__after_a_refused_start__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {NEVER_RAN, "ev:start c/c 100; is:running c/c 100", ">query c | deleted c, create c, start c"},
        {EXEC_STARTING "; start.err c/e1", "ev:exec-started c/e1 7; is:created c/e1; is:created c/e1",
         ">query c/e1 | - | - (late)"},
        /* One that did run, and whose end an answer has told, never runs again. */
        {RUNNING "; verify c; is:stopped c 100 0 5", "ev:start c/c 100", "- (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Killed while it is created, by a kernel that gives pids again at once: not the run before, whose end was
 * told. */
static void test_exit__in_creation__is_of_the_run_before_only_in_its_words(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; ev:exit c/c 100 0; del.req c; del.ok c 100 0; create.req c",
         "ev:exit c/c 100 137 7; create.ok c 100", "- | create c, done ok, >query c"},
        {RUNNING "; verify c; is:absent c; create.req c", "ev:exit c/c 300 137 7; create.ok c 300",
         "- | create c, done ok, >query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The first one stands. */
static void test_exit__again_without_a_code__adds_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {EXITED, "ev:exit c/c 100 ? 5", "- (duplicate)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Not the same words: it may be this run's, told with an old pid. */
static void test_exit__of_the_run_before_with_another_code__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {SECOND_RUN, "ev:exit c/c 100 9 5; is:running c/c 200", ">query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A life that began before we looked is no surprise; one that was watched from its beginning is. */
static void test_exit__of_what_was_never_seen__opens_a_run_only_where_nothing_is_known(void **state)
{
    static const struct trace_case cases[] = {
        {PRESENT, "ev:exit c/c 100 0 5", "- (late)"},
        {RUNNING, "ev:exit c/e9 9 0 5", "- (late)"},
        {"", "ev:exit c/c 100 0 5", "create c, start c, exit c 0, >query c"},
        {RUNNING "; list; snap:running c 100", "ev:exit c/e9 9 0 5", "- (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A dead shim's exit has no pid. */
static void test_exit__first_sight_without_a_pid__a_run_with_one_is_its_successor(void **state)
{
    static const struct trace_case cases[] = {
        {"", "ev:exit c/c 0 137; is:running c/c; is:running c/c",
         "create c, start c, exit c 137, >query c | - (late) | - (late)"},
        {"", "ev:exit c/c 0 137; is:running c/c 300",
         "create c, start c, exit c 137, >query c | deleted c, create c, start c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The time that was told with it stands. */
static void test_exit__without_its_code__learns_it_later(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING, "ev:exit c/c 100 ? 5; start.ok c 100; ev:exit c/c 100 4 9",
         "- | start c, done ok, exit c ? | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Somebody else's run was deleted in its place. */
static void test_delete__tells_the_code_of_another_run__is_not_believed(void **state)
{
    static const struct trace_case cases[] = {
        {REAPING, "del.ok c 200 9", "exit c ?, deleted c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The exit that was held back is this one's, as far as anybody knows. */
static void test_start__reply_without_a_pid__holds_all_the_same(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING_ENDED, "start.ok c", "start c, done ok, exit c 3"},
        {EXEC_STARTING, "start.ok c/e1; ev:exit c/e1 7 3 5", "exec-started c/e1, done ok | exit c/e1 3"},
        {EXEC_STARTING, "ev:exit c/e1 7 3 5; start.ok c/e1", "- | exec-started c/e1, done ok, exit c/e1 3"},
        /* An answer without one has told the code: the start event, with the pid, takes nothing back. */
        {EXEC_STARTING,
         "start.ok c/e1; verify c/e1; is:stopped c/e1 0 3 5; ev:exec-started c/e1 7; ev:exit c/e1 7 4 9",
         "exec-started c/e1, done ok | >query c/e1 | exit c/e1 3 | - (late) | conflict c/e1 4 (duplicate)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Of the run before an exit had been held back, and what that one's pid was says nothing of the next run's.
 */
static void test_answer__without_a_pid__leaves_the_pid_unknown(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " STARTING_ENDED
            "; start.ok c 100; del.req c; del.ok c 100 3; gap; subscribed; list; snap:running c; sweep",
         "listed; ev:exit c/c 200 4 9", "resynced | exit c 4"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* It was the end of an older exec of that name. */
static void test_exec_start_event__names_another_pid_than_the_exit__is_of_another(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_STARTING, "ev:exit c/e1 6 0 5; ev:exec-started c/e1 7; start.ok c/e1 7; ev:exit c/e1 7 3 6",
         "- | exec-started c/e1 | done ok | exit c/e1 3"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Its creation was found out by a query, when it had ended already. */
static void test_launch__created_late_and_over__is_a_conflict(void **state)
{
    static const struct trace_case cases[] = {
        {PRESENT, "launch.req c; create.lost c; is:stopped c/c 100; del.ok c",
         ">create c | >query c | create c, exit c ? never-ran, >delete c | deleted c, done conflicting "
         "state"},
        {PRESENT, "launch.req c; create.lost c; is:running c/c 100",
         ">create c | >query c | create c, start c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Those that ended are deleted, those that never ran, too; for the rest the end is asked for. */
static void test_task_deleted__its_execs_go_with_it(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_EXITED, "ev:exit c/c 100 0 5; ev:delete c/c 100", "exit c 0 | deleted c, deleted c/e1"},
        {EXEC_STARTING "; start.err c/e1", "ev:exit c/c 100 0 5; ev:delete c/c 100",
         "exit c 0 | deleted c, deleted c/e1"},
        {EXEC_EXITED "; del.req c/e1; del.ok c/e1 7 0", "ev:exit c/c 100 0 5; ev:delete c/c 100",
         "exit c 0 | deleted c"},
        {EXEC_RUNNING, "ev:exit c/c 100 0 5; ev:delete c/c 100; is:absent c/e1",
         "exit c 0, >timer c/e1 exec | deleted c, >query c/e1 | exit c/e1 ?, deleted c/e1"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Nothing is there yet that the event could disagree with. */
static void test_create__event_of_another_run_and_reply_lost__is_asked_for_once(void **state)
{
    static const struct trace_case cases[] = {
        {EXITED "; del.req c; del.ok c 100 0; create.req c",
         "ev:create c/c 300; create.lost c; is:created c/c 300", "- | >query c | create c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Only of this very process can it never become false. */
static void test_stopped__overtaken_and_of_another_pid__is_asked_for_again(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "verify c/c; verify c/c; is:stopped c/c 200; is:running c/c 100",
         ">query c | - | >query c | -"},
        {RUNNING, "verify c/c; verify c/c; is:stopped c/c 100; is:stopped c/c 100",
         ">query c | - | exit c ?, >query c | -"},
        {EXITED, "verify c/c; verify c/c; is:stopped c/c 100; is:stopped c/c 100",
         ">query c | - | >query c | -"},
        {PRESENT "; create.req c; create.ok c 1; start.req c; start.ok c 1",
         "verify c/c; verify c/c; is:stopped c/c 1 0 5", ">query c | - | exit c 0, >query c"},
        {EXEC_ADDED, "verify c/e1; verify c/e1; is:stopped c/e1", ">query c/e1 | - | >query c/e1"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* It has been deleted before the reply to the kill came. */
static void test_kill__nobody_there_and_gone_meanwhile__asks_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "kill.req c; ev:exit c/c 100 0 5; ev:delete c/c 100; kill.nf c",
         ">kill c | exit c 0 | deleted c | done not found"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A fault of the adapter, which costs nothing. */
static void test_kill__result_that_nobody_waits_for__ends_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "kill.ok c; kill.req c; kill.ok c", "- | >kill c | done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The event of its creation is due, late as it may be. */
static void test_exec__registered_without_its_event_in_a_task_that_is_gone__is_over(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; exec.req c/e1",
         "ev:exit c/c 100 0 5; ev:delete c/c 100; exec.err c/e1; ev:exec-added c/e1",
         "exit c 0 | deleted c | done runtime error, >query c/e1 | exec-added c/e1"},
        {RUNNING "; exec.req c/e1", "ev:exec-added c/e1; exec.lost c/e1; is:created c/e1; is:created c/e1",
         "- | >query c/e1 | exec-added c/e1, done ok | - (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* No snapshot shows execs. */
static void test_sweep__execs__asks_for_those_that_may_run(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING, "list; snap:running c 100; sweep", "- | - | - | >query c/e1"},
        {EXEC_EXITED, "list; snap:running c 100; sweep", "- | - | -"},
        {RUNNING "; exec.req c/e1", "list; snap:running c 100; sweep", "- | - | -"},
        /* Its start was refused, but one that had been given up may be carried out late, in the gap. */
        {EXEC_STARTING "; start.err c/e1", "list; snap:running c 100; sweep; is:running c/e1 7",
         "- | - | - | >query c/e1 | deleted c/e1, exec-added c/e1, exec-started c/e1"},
        {EXEC_EXITED "; del.req c/e1; del.ok c/e1 7 0", "list; snap:running c 100; sweep", "- | - | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Absent from a list that is older. */
static void test_sweep__what_something_happened_to_meanwhile__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "list; verify c/c; sweep; is:absent c/c", "- | - | >query c | - | exit c ?, deleted c"},
        {RUNNING, "list; verify c/c; snap:stopped c 100; is:stopped c/c 100",
         "- | - | - | exit c ?, >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The answer that may be about the run before is the first one alone. */
static void
test_stopped__overtaken__in_a_run_that_began_under_a_query__is_believed_of_the_next_query(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; verify c; ev:delete c/c 100; ev:create c/c 200; is:created c 200; ev:start c 200; "
                 "is:running c 200; is:running c 200",
         "verify c; verify c; is:stopped c 200 0 6", ">query c | - | exit c 0, >query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_event__of_another_pid__is_asked_for),
        cmocka_unit_test(test_start_event__after_a_refused_start__is_asked_for),
        cmocka_unit_test(test_exit__in_creation__is_of_the_run_before_only_in_its_words),
        cmocka_unit_test(test_exit__again_without_a_code__adds_nothing),
        cmocka_unit_test(test_exit__of_the_run_before_with_another_code__is_asked_for),
        cmocka_unit_test(test_exit__of_what_was_never_seen__opens_a_run_only_where_nothing_is_known),
        cmocka_unit_test(test_exit__first_sight_without_a_pid__a_run_with_one_is_its_successor),
        cmocka_unit_test(test_exit__without_its_code__learns_it_later),
        cmocka_unit_test(test_delete__tells_the_code_of_another_run__is_not_believed),
        cmocka_unit_test(test_start__reply_without_a_pid__holds_all_the_same),
        cmocka_unit_test(test_answer__without_a_pid__leaves_the_pid_unknown),
        cmocka_unit_test(test_exec_start_event__names_another_pid_than_the_exit__is_of_another),
        cmocka_unit_test(test_launch__created_late_and_over__is_a_conflict),
        cmocka_unit_test(test_task_deleted__its_execs_go_with_it),
        cmocka_unit_test(test_create__event_of_another_run_and_reply_lost__is_asked_for_once),
        cmocka_unit_test(test_stopped__overtaken_and_of_another_pid__is_asked_for_again),
        cmocka_unit_test(test_kill__nobody_there_and_gone_meanwhile__asks_nothing),
        cmocka_unit_test(test_kill__result_that_nobody_waits_for__ends_nothing),
        cmocka_unit_test(test_exec__registered_without_its_event_in_a_task_that_is_gone__is_over),
        cmocka_unit_test(test_sweep__execs__asks_for_those_that_may_run),
        cmocka_unit_test(test_sweep__what_something_happened_to_meanwhile__is_asked_for),
        cmocka_unit_test(
            test_stopped__overtaken__in_a_run_that_began_under_a_query__is_believed_of_the_next_query),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
