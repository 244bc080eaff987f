/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody who looks back over the events would call odd, and of which run. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define GONE EXITED "; ev:delete c/c 100"
#define ANOTHER_RUN "; del.req c; del.ok c 100 0; create.req c; create.ok c 200; start.req c; start.ok c 200"
#define ASKED "; ev:start c/c 400"
#define TOLD RUNNING ASKED "; is:stopped c/c 100 0 5"

struct odd {
    const char *given;
    const char *when; /* its last step is what is judged */
    const char *finding;
    uint32_t incarnation;
};

static void check(const struct odd *odds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct trace trace;
        const char *found;

        assert_true(trace_open(&trace, true));
        (void)trace_feed(&trace, odds[i].given);
        (void)trace_feed(&trace, odds[i].when);
        assert_null(trace.witness.broken);
        found = c8d_finding_name((enum c8d_finding)trace.actions.finding);
        if (strcmp(found, odds[i].finding) != 0 || trace.actions.finding_incarnation != odds[i].incarnation)
            fail_msg("\n given %s\n  when %s\n found %s of run %u", odds[i].given, odds[i].when, found,
                     (unsigned)trace.actions.finding_incarnation);
        trace_close(&trace);
    }
}

/* Containerd repeats exits, and a dying shim adds a second one. */
static void test_exit__said_again__is_a_duplicate_or_a_conflict(void **state)
{
    static const struct odd odds[] = {
        {EXITED, "ev:exit c/c 100 0 5", "duplicate-exit", 1},
        {SECOND_RUN, "ev:exit c/c 100 0 5", "duplicate-exit", 1},
        {EXITED, "ev:exit c/c 100 9 5", "conflicting-exit", 1},
        {EXITED, "ev:exit c/c 100 ? 5", "duplicate-exit", 1},
        {DELETING, "ev:exit c/c 0", "duplicate-exit", 1},
        {STARTING "; ev:exit c/c 100 ? 5; start.ok c 100", "ev:exit c/c 100 9 5", "none", 0},
    };

    (void)state;
    check(odds, COUNT_OF(odds));
}

/* An answer or a delete may tell an end before its event comes, and that is told once, too: here also when
 * the next run has begun. An exit that was held back for another exec than it was of is nothing of this
 * one's. */
static void test_exit__first_said_of_an_end_that_was_told__is_none_again(void **state)
{
    static const struct odd odds[] = {
        {TOLD, "ev:exit c/c 100 0 5", "none", 0},
        {TOLD "; ev:exit c/c 100 0 5", "ev:exit c/c 100 0 5", "duplicate-exit", 1},
        {TOLD, "ev:exit c/c 100 9 5", "conflicting-exit", 1},
        {TOLD, "ev:exit c/c 300 0 5", "exit-without-task", 1},
        {TOLD ANOTHER_RUN, "ev:exit c/c 100 0 5", "none", 0},
        {TOLD ANOTHER_RUN "; ev:exit c/c 100 0 5", "ev:exit c/c 100 0 5", "duplicate-exit", 1},
        {TOLD ANOTHER_RUN "; ev:exit c/c 100 9 5", "ev:exit c/c 100 0 5", "duplicate-exit", 1},
        {EXITED ANOTHER_RUN "; ev:exit c/c 200 0 6; del.req c; del.ok c 200 0; create.req c; create.ok c 300",
         "ev:exit c/c 200 0 6", "duplicate-exit", 2},
        {EXITED ANOTHER_RUN ASKED "; is:stopped c/c 200 0 6; del.req c; del.ok c 200 0; create.req c; "
                                  "create.ok c 300",
         "ev:exit c/c 200 0 6", "none", 0},
        {RUNNING "; fdel.req c; fkill.nf c; del.ok c 100 0 5", "ev:exit c/c 100 0 5", "none", 0},
        {RUNNING "; ev:delete c/c 100 0 5", "ev:exit c/c 100 0 5", "event-after-delete", 1},
        {TOLD "; del.req c; ev:delete c/c 100 0 5", "ev:exit c/c 100 0 5", "event-after-delete", 1},
        {RUNNING "; ev:exit c/c 0 137 5; is:stopped c/c 100 137 5", "ev:exit c/c 0 137 5", "duplicate-exit",
         1},
        {"ev:exit c/c 100 0 5", "ev:exit c/c 100 0 5", "duplicate-exit", 1},
        {EXEC_STARTING "; ev:exit c/e1 9 1 5; start.ok c/e1 7; ev:exec-started c/e1 8; is:stopped c/e1 7 0 6",
         "ev:exit c/e1 7 0 6", "none", 0},
    };

    (void)state;
    check(odds, COUNT_OF(odds));
}

/* Only an event that was missed makes the one before odd, never one that was never due. */
static void test_start__around_its_exit__is_odd(void **state)
{
    static const struct odd odds[] = {
        {CREATED "; ev:exit c/c 100 3 5", "ev:start c/c 100", "exit-before-start", 1},
        {EXITED, "ev:start c/c 100", "start-after-exit", 1},
        {NEVER_RAN, "ev:start c/c 200", "start-after-exit", 1},
        {RUNNING, "ev:start c/c 100", "none", 0},
    };

    (void)state;
    check(odds, COUNT_OF(odds));
}

/* Nothing runs there under that pid; where nothing is known, nothing is odd. */
static void test_exit__of_nobody__has_no_task(void **state)
{
    static const struct odd odds[] = {
        {RUNNING, "ev:exit c/c 200 0 5", "exit-without-task", 1},
        {EXITED, "ev:exit c/c 200 0 5", "exit-without-task", 1},
        {PRESENT, "ev:exit c/c 100 0 5", "exit-without-task", 0},
        {"", "ev:exit c/c 100 0 5", "none", 0},
    };

    (void)state;
    check(odds, COUNT_OF(odds));
}

/* Seen from its beginning, the record has had no such task. */
static void test_start__of_what_was_not_created__misses_its_creation(void **state)
{
    static const struct odd odds[] = {
        {PRESENT, "ev:start c/c 100", "missing-create", 1},
        {GONE, "ev:start c/c 200", "missing-create", 2},
        {"", "ev:start c/c 100", "none", 0},
    };

    (void)state;
    check(odds, COUNT_OF(odds));
}

/* Unless it begins another life. */
static void test_event__after_the_delete__is_odd(void **state)
{
    static const struct odd odds[] = {
        {GONE, "ev:start c/c 100", "event-after-delete", 1},
        {GONE, "ev:start c/c", "event-after-delete", 1},
        {GONE, "ev:create c/c 100", "event-after-delete", 1},
        {GONE, "ev:create c/c 200", "none", 0},
        {GONE, "ev:create c/c", "none", 0},
        {CREATED "; ev:delete c/c 100", "ev:exit c/c 100 0 5", "event-after-delete", 1},
        {GONE, "ev:oom c/c 100", "event-after-delete", 1},
        {GONE, "ev:paused c", "event-after-delete", 1},
        {GONE, "ev:resumed c", "event-after-delete", 1},
        {GONE, "ev:checkpointed c", "event-after-delete", 1},
    };

    (void)state;
    check(odds, COUNT_OF(odds));
}

/* It cannot have begun before it. */
static void test_exec__after_the_end_of_its_task__is_odd(void **state)
{
    static const struct odd odds[] = {
        {EXITED, "ev:exec-added c/e1", "exec-after-exit", 1},
        {GONE, "ev:exec-added c/e1", "exec-after-exit", 1},
        {CREATED "; ev:delete c/c 100", "ev:exec-started c/e1 7", "exec-after-exit", 1},
        {RUNNING, "ev:exec-added c/e1", "none", 0},
        {EXEC_ADDED, "ev:exec-started c/e1 7", "none", 0},
        {RUNNING, "ev:exec-started c/e1 7", "missing-create", 1},
        {CREATED, "ev:exec-added c/e1", "none", 0},
        {PRESENT, "ev:exec-added c/e1", "none", 0},
    };

    (void)state;
    check(odds, COUNT_OF(odds));
}

/* The kernel's notice takes another way. */
static void test_oom_or_pause__after_the_end__is_odd(void **state)
{
    static const struct odd odds[] = {
        {EXITED, "ev:oom c/c 100", "oom-after-exit", 1},
        {RUNNING, "ev:oom c/c 100", "none", 0},
        {EXITED, "ev:paused c", "paused-after-exit", 1},
        {EXITED, "ev:checkpointed c", "paused-after-exit", 1},
        {RUNNING, "ev:resumed c", "none", 0},
    };

    (void)state;
    check(odds, COUNT_OF(odds));
}

/* Told by the delete, or by an answer; a dead shim's exit without a pid is odd by itself. */
static void test_end__not_seen__is_missing(void **state)
{
    static const struct odd odds[] = {
        {RUNNING, "ev:delete c/c 100", "missing-exit", 1},
        {RUNNING, "verify c/c; is:absent c/c", "missing-exit", 1},
        {RUNNING, "verify c/c; is:stopped c/c 100", "none", 0},
        {RUNNING, "ev:exit c/c 0 137", "pid-zero-exit", 1},
        {EXEC_RUNNING, "ev:exit c/e1 0 137", "pid-zero-exit", 1},
        /* Of a task whose pid was never told. */
        {"ev:start c/c 0; is:running c/c 0", "ev:exit c/c 0 137", "pid-zero-exit", 1},
        /* moby#45770: it could not be started. */
        {EXEC_ADDED, "ev:exit c/e1 0 127", "none", 0},
        {CREATING, "ev:exit c/c 0 137", "none", 0},
        {RUNNING "; ev:exit c/c 0 137", "is:absent c/c", "none", 0},
    };

    (void)state;
    check(odds, COUNT_OF(odds));
}

/* What is known, what is told, and whose it is: each counts. */
static void test_odd__only_by_what_was_seen__of_the_right_run(void **state)
{
    static const struct odd odds[] = {
        {EXEC_ADDED "; del.req c/e1; del.ok c/e1", "ev:exec-started c/e1 7", "event-after-delete", 1},
        {"load.req c; ev:create c/c 100; is:absent c/c; is:absent c/c", "ev:start c/c 100", "none", 0},
        {NEVER_RAN "; ev:start c/c 100", "ev:start c/c 100", "start-after-exit", 1},
        {RUNNING "; ev:exit c/c 100 0" ANOTHER_RUN, "ev:exit c/c 100 0", "exit-without-task", 2},
        {SECOND_RUN, "ev:exit c/c 100 0 7", "exit-without-task", 2},
        {SECOND_RUN "; ev:exit c/c 200 0 6", "ev:start c/c 100 ? 5", "start-after-exit", 2},
        {"ev:exit c/c 0 137 5; is:running c/c 300", "ev:exit c/c 0 137 5", "pid-zero-exit", 2},
        {"hold c; ev:exit c/c 0 137 5; is:running c/c 300", "ev:exit c/c 0 137 5", "pid-zero-exit", 2},
        {PRESENT "; load.req c; ev:create c/c 100; is:absent c/c; is:absent c/c", "ev:oom c/c 100", "none",
         0},
        {STARTING_OVER "; start.ok c 100", "ev:exit c/c 100 ? 5", "duplicate-exit", 1},
        {CREATING "; create.err c", "ev:exit c/c 100 0 5", "event-after-delete", 0},
        {PRESENT "; load.req c; ev:create c/c 100; is:absent c/c; is:absent c/c", "ev:exit c/c 100 0 5",
         "exit-without-task", 0},
        {PRESENT "; load.req c; ev:create c/c 100; is:absent c/c; is:absent c/c", "ev:exec-added c/e1",
         "none", 0},
        {CREATING "; create.err c", "ev:exec-added c/e1", "exec-after-exit", 1},
        {EXEC_ADDED "; del.req c/e1; del.ok c/e1", "ev:exec-added c/e1", "none", 0},
        {START_DOUBT, "is:absent c/c", "none", 0},
    };

    (void)state;
    check(odds, COUNT_OF(odds));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit__said_again__is_a_duplicate_or_a_conflict),
        cmocka_unit_test(test_exit__first_said_of_an_end_that_was_told__is_none_again),
        cmocka_unit_test(test_start__around_its_exit__is_odd),
        cmocka_unit_test(test_exit__of_nobody__has_no_task),
        cmocka_unit_test(test_start__of_what_was_not_created__misses_its_creation),
        cmocka_unit_test(test_event__after_the_delete__is_odd),
        cmocka_unit_test(test_exec__after_the_end_of_its_task__is_odd),
        cmocka_unit_test(test_oom_or_pause__after_the_end__is_odd),
        cmocka_unit_test(test_end__not_seen__is_missing),
        cmocka_unit_test(test_odd__only_by_what_was_seen__of_the_right_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
