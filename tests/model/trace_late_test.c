/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of an incarnation that is over, when the next one has begun or is looked for. Each of these
 * was found by exploration (tests/explore) as the shortest way to a wrong end. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define BEGUN_AGAIN "; create.req c; create.ok c 100; start.req c; start.ok c 100"

#define FIRST_GONE EXITED "; del.req c; del.ok c 100 0 5"
#define SECOND_GONE SECOND_RUN "; ev:exit c/c 200 1 9; del.req c; del.ok c 200 1 9"
#define EXEC_GONE                                                                                            \
    RUNNING "; exec.req c/e1; exec.ok c/e1; start.req c/e1; start.ok c/e1 7; ev:exit c/e1 7 3 9; "           \
            "del.req c/e1; del.ok c/e1 7 3 9"

/* All events of a life come after its deletion, while a query that is out of date is asked again. */
static void test_late_events__while_asked_after__open_no_incarnation(void **state)
{
    static const struct trace_case cases[] = {
        {FIRST_GONE "; load.req c",
         "ev:create c 100; ev:start c 100; ev:exit c/c 100 0 5; is:absent c; is:absent c",
         "- (late) | - (late) | - (duplicate) | >query c | done not found"},
        {FIRST_GONE "; verify c", "ev:create c 100; ev:create c 101", "- (late) | create c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_late_events__of_the_run_before_the_last__open_no_incarnation(void **state)
{
    static const struct trace_case cases[] = {
        {SECOND_GONE, "ev:create c 100; ev:start c 100; ev:exit c/c 100 0 5; ev:delete c 100",
         "- (late) | - (late) | - (duplicate) | - (duplicate)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The event of a creation is said twice: in the second run, whose predecessor's end was never heard, and in
 * one that an exit has opened, of which only the creation had been heard. */
static void test_created__again_in_a_run_with_a_past__is_a_duplicate(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING
         "; verify c; is:stopped c 100 0 5; del.req c; del.ok c 100 0 5; create.req c; ev:create c/c 200; "
         "create.ok c 200",
         "ev:create c/c 200", "- (duplicate)"},
        {"load.req c; ev:create c/c 100; is:absent c; is:absent c; ev:exit c/c 100 0 5", "ev:create c/c 100",
         "- (duplicate)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Only the last run's exit is known by its words; of the one before that the runtime is asked. */
static void test_exit__of_the_run_before_one_without_a_pid__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {FIRST_GONE
         "; create.req c; create.ok c; start.req c; start.ok c; ev:exit c/c 0 137 9; is:stopped c; "
         "del.req c; del.ok c; create.req c; create.ok c 300; start.req c; start.ok c 300",
         "ev:exit c/c 100 0 5", ">query c"},
        {FIRST_GONE
         "; create.req c; create.ok c; start.req c; start.err c; del.req c; del.ok c; create.req c; "
         "create.ok c 300; start.req c; start.ok c 300",
         "ev:exit c/c 100 0 5", ">query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The event of an exec's creation has no pid to know it by. */
static void test_late_exec_added__after_its_deletion__opens_no_incarnation(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_GONE, "ev:exec-added c/e1; ev:exec-started c/e1 7; ev:exit c/e1 7 3 9",
         "- (late) | - (late) | - (duplicate)"},
        /* Another one of that name. */
        {EXEC_GONE "; ev:exec-added c/e1", "ev:exec-added c/e1", "exec-added c/e1, >query c/e1"},
        {EXEC_GONE "; exec.req c/e1", "ev:exec-added c/e1; exec.ok c/e1; ev:exec-added c/e1",
         "- (late) | exec-added c/e1, done ok | -"},
        /* It may have been lost with a stream. */
        {UP "; " EXEC_GONE "; gap; subscribed; list", "ev:exec-added c/e1", "exec-added c/e1, >query c/e1"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_late_exec_started__of_the_exec_before__starts_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_GONE "; exec.req c/e1; exec.ok c/e1; start.req c/e1",
         "ev:exec-started c/e1 7; ev:exit c/e1 7 3 9; start.ok c/e1 8; is:running c/e1 8",
         "- | - (duplicate) | exec-started c/e1, done ok, >query c/e1 | -"},
        {EXEC_GONE "; exec.req c/e1; exec.ok c/e1; start.req c/e1", "ev:exec-started c/e1 0",
         "exec-started c/e1"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Virtual machines report one pid for all that runs in them. */
static void test_stopped__asked_before_the_incarnation_began__ends_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING
         "; verify c; ev:exit c/c 100 0 5; del.req c; del.ok c 100 0 5; create.req c; create.ok c 100; "
         "start.req c; start.ok c 100",
         "is:stopped c 100 0 5; is:running c 100", ">query c | -"},
        /* Asked in this one, it stands. */
        {RUNNING "; verify c; ev:oom c 100", "is:stopped c 100 0 5", "exit c 0, >query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd says "paused" of every exec of a paused task (its pkg/process/exec.go). */
static void test_exec__said_to_be_paused__is_what_its_pid_and_end_tell(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_ADDED "; verify c/e1", "is:paused c/e1", "-"},
        {EXEC_RUNNING "; verify c/e1", "is:paused c/e1 7", "-"},
        {EXEC_RUNNING "; verify c/e1", "is:paused c/e1 7 3 9", "exit c/e1 3"},
        {RUNNING "; exec.req c/e1; exec.lost c/e1", "is:paused c/e1", "exec-added c/e1, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#6429: a creation that fails is followed by an exit without a pid. It is no life, also where
 * nobody has seen the record being made. */
static void test_exit__after_a_creation_that_failed__is_late(void **state)
{
    static const struct trace_case cases[] = {
        {"find.req c; rec.is:created c; create.req c; create.err c", "ev:exit c/c 0 137 1", "- (late)"},
        {"find.req c; rec.is:created c; create.req c; create.lost c; is:absent c", "ev:exit c/c 0 137 1",
         "- (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#6429: a creation before has failed, and its end is told when the next one has succeeded, or when
 * that run is over, too. */
static void test_exit__pid_zero_after_a_creation_that_failed__has_no_code(void **state)
{
    static const struct trace_case cases[] = {
        {CREATING "; create.err c" BEGUN_AGAIN, "ev:exit c/c 0 137 6; is:absent c",
         ">query c | exit c ?, deleted c"},
        {CREATE_DOUBT "; is:absent c" BEGUN_AGAIN, "ev:exit c/c 0 137 6; is:absent c",
         ">query c | exit c ?, deleted c"},
        {CREATING "; create.err c" BEGUN_AGAIN NEXT_RUN, "ev:exit c/c 0 137 6; is:absent c",
         ">query c | exit c ?, deleted c"},
        {CREATING "; create.err c" BEGUN_AGAIN, "ev:exit c/c 100 4 6", "exit c 4"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* What else can fail, or be found to be absent, was no creation, and nobody makes up an end for it. */
static void test_exit__pid_zero_after_other_failures__has_its_code(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; fdel.req c; fkill.err c", "ev:exit c/c 0 137 6; is:absent c",
         ">query c | exit c 137, deleted c"},
        {START_DOUBT "; ev:exit c/c 0 137 5; is:absent c; is:absent c" BEGUN_AGAIN,
         "ev:exit c/c 0 137 6; is:absent c", ">query c | exit c 137, deleted c"},
        {PRESENT "; load.req c; is:absent c" BEGUN_AGAIN, "ev:exit c/c 0 137 6; is:absent c",
         ">query c | exit c 137, deleted c"},
        /* A rival of the run before is none of this one. */
        {RUNNING "; ev:start c 300; is:running c 100" NEXT_RUN, "ev:exit c/c 0 137 6; is:absent c",
         ">query c | exit c 137, deleted c"},
        {PRESENT "; verify c; is:absent c" BEGUN_AGAIN, "ev:exit c/c 0 137 6; is:absent c",
         ">query c | exit c 137, deleted c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* What was asked before an event that repeats what is known may have been answered before it happened. */
static void test_answer__overtaken_by_an_event_that_moves_nothing__is_asked_for_again(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING "; start.precond c; ev:exit c/c 0 137 9",
         "ev:exit c/c 100 11 1; is:running c 100; is:stopped c 100 11 1",
         "conflict c 11 never-ran (duplicate) | >query c | -"},
        {CREATED "; verify c", "ev:create c 100; is:created c 100; is:created c 100", "- | >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Somebody else has paused it, and a checkpoint or a start of ours is under way. */
static void test_pause__found_during_another_call__is_looked_into(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; ckpt.req c; verify c", "is:paused c 100; ckpt.ok c; task.is:paused c 100",
         "- | checkpointed c, done ok, >task.query c | paused c"},
        /* A pause of the run before that was given up, and is carried out on this one before it is known to
           run. */
        {RUNNING
         "; pause.req c; pause.lost c; ev:exit c/c 100 0 5; del.req c; del.ok c 100 0 5; create.req c; "
         "create.ok c 200; start.req c",
         "task.is:paused c 200; start.ok c 200; task.is:paused c 200",
         "- | start c, done ok, >task.query c | paused c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A consumer who sends signals again and again would put off for ever the answer that a lost reply waits for.
 */
/* The list saw it end as what it was deleted as had never begun. */
static void test_snapshot__of_what_was_deleted_meanwhile__opens_no_incarnation(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " CREATED GAP "; del.req c; del.ok c 100 7 5", "snap:stopped c 100 7 5; is:absent c",
         "- | - (late) | >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_kill__while_asked_after__leaves_the_answer_good(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING "; start.lost c", "kill.req c; kill.ok c; is:created c 100",
         ">kill c | done ok | done unavailable"},
        {STARTING "; start.lost c", "kill.req c; kill.nf c; is:created c 100",
         ">kill c | done not found | done unavailable"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The execs may be of either task: they are asked for. That the next task has ended as well is the end of
 * those that are its own. */
static void test_answer__of_another_run__asks_for_the_execs_and_gives_no_time(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING "; verify c", "is:running c 300",
         "exit c ?, deleted c, >query c/e1, create c, start c, >task.query c"},
        {EXEC_RUNNING "; verify c", "is:stopped c 300 9 6",
         "exit c ?, deleted c, >query c/e1, create c, start c, exit c 9, >timer c/e1 exec"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* What has not run needs no kill, which would be taken for that one. */
static void test_force_delete__with_the_kill_of_the_run_before_in_flight__needs_none(void **state)
{
    static const struct trace_case cases[] = {
        {KILLING "; ev:exit c/c 100 0 5; del.ok c 100 0; create.req c; create.ok c 200", "fdel.req c",
         ">delete c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_late_events__while_asked_after__open_no_incarnation),
        cmocka_unit_test(test_late_events__of_the_run_before_the_last__open_no_incarnation),
        cmocka_unit_test(test_created__again_in_a_run_with_a_past__is_a_duplicate),
        cmocka_unit_test(test_exit__of_the_run_before_one_without_a_pid__is_asked_for),
        cmocka_unit_test(test_late_exec_added__after_its_deletion__opens_no_incarnation),
        cmocka_unit_test(test_late_exec_started__of_the_exec_before__starts_nothing),
        cmocka_unit_test(test_stopped__asked_before_the_incarnation_began__ends_nothing),
        cmocka_unit_test(test_exec__said_to_be_paused__is_what_its_pid_and_end_tell),
        cmocka_unit_test(test_exit__after_a_creation_that_failed__is_late),
        cmocka_unit_test(test_exit__pid_zero_after_a_creation_that_failed__has_no_code),
        cmocka_unit_test(test_exit__pid_zero_after_other_failures__has_its_code),
        cmocka_unit_test(test_answer__overtaken_by_an_event_that_moves_nothing__is_asked_for_again),
        cmocka_unit_test(test_pause__found_during_another_call__is_looked_into),
        cmocka_unit_test(test_snapshot__of_what_was_deleted_meanwhile__opens_no_incarnation),
        cmocka_unit_test(test_kill__while_asked_after__leaves_the_answer_good),
        cmocka_unit_test(test_answer__of_another_run__asks_for_the_execs_and_gives_no_time),
        cmocka_unit_test(test_force_delete__with_the_kill_of_the_run_before_in_flight__needs_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
