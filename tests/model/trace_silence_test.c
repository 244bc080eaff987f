/* SPDX-License-Identifier: Apache-2.0 */
/* What is not answered, and what is not told: the time of calls, of queries, and of execs after their task.
 */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* containerd#14081: a shim that hangs, and one kill behind the other. Nothing has ended, and nobody waits for
 * ever. */
static void test_kills__never_answered__end_in_unresponsive(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "kill.req c; kill.expired c; kill.req c; kill.expired c; kill.req c; kill.expired c",
         ">kill c | done indeterminate | >kill c | done indeterminate, unresponsive c | >kill c | done "
         "indeterminate"},
        /* It is still what it was, and comes back. */
        {RUNNING "; kill.req c; kill.expired c; kill.req c; kill.expired c",
         "kill.req c; kill.ok c; ev:exit c/c 100 9", ">kill c | done ok, responsive c | exit c 9"},
        {RUNNING "; kill.req c; kill.expired c; kill.req c; kill.expired c", "ev:exit c/c 100 9",
         "exit c 9, responsive c"},
        /* The runtime remembers what the shim last said: its answers take nothing back. */
        {RUNNING "; kill.req c; kill.expired c; verify c; is:running c 100", "kill.req c; kill.expired c",
         ">kill c | done indeterminate, unresponsive c"},
        /* One that is late, and then answered, is nothing to speak of. */
        {RUNNING "; kill.req c; kill.expired c; kill.req c; kill.ok c", "kill.req c; kill.expired c",
         ">kill c | done indeterminate"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_kills__too_many_at_once__are_refused(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING
         "; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c",
         "kill.req c; kill.ok c; kill.req c", "done limit reached (impossible) | done ok | >kill c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#41625, containerd#12821: what is not answered in time is neither done nor absent; nor is it waited
 * for. */
static void test_call__query_not_answered_either__is_given_up(void **state)
{
    static const struct trace_case cases[] = {
        {CREATING, "create.expired c; is:expired c; retry c; is:expired c; retry c; is:created c 100",
         ">query c | >retry c, unresponsive c, done indeterminate | >query c | >retry c | >query c | create "
         "c, "
         "responsive c"},
        {STARTING, "start.expired c; is:expired c; retry c; is:running c 100",
         ">query c | >retry c, unresponsive c, done indeterminate | >query c | start c, responsive c"},
        {EXITED "; del.req c", "del.expired c; is:expired c; retry c; is:absent c",
         ">query c | >retry c, unresponsive c, done indeterminate | >query c | deleted c, responsive c"},
        {RUNNING "; pause.req c", "pause.expired c; task.is:expired c; task.retry c; task.is:paused c 100",
         ">task.query c | >task.retry c, unresponsive c, done indeterminate | >task.query c | paused c, "
         "responsive c"},
        {"new.req c", "new.expired c; rec.is:expired c; rec.retry c; rec.is:created c",
         ">rec.query c | >rec.retry c, unresponsive c, done indeterminate | >rec.query c | responsive c"},
        {EXEC_STARTING, "start.expired c/e1; is:expired c/e1; retry c/e1; is:running c/e1 7",
         ">query c/e1 | >retry c/e1, unresponsive c, done indeterminate | >query c/e1 | exec-started c/e1, "
         "responsive "
         "c"},
        {RUNNING "; fdel.req c",
         "fkill.expired c; is:expired c; retry c; is:stopped c 100 137; del.ok c 100 137",
         ">query c | >retry c, unresponsive c, done indeterminate | >query c | exit c 137, >delete c, "
         "responsive c | "
         "deleted c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A broken connection is told as a gap. It says nothing of the container. */
static void test_call__reply_lost_with_the_connection__is_no_silence(void **state)
{
    static const struct trace_case cases[] = {
        {CREATING, "create.lost c; is:failed c; retry c; is:failed c; retry c; is:created c 100",
         ">query c | >retry c | >query c | >retry c | >query c | create c, done ok"},
        {RUNNING, "kill.req c; kill.unavail c; kill.req c; kill.lost c",
         ">kill c | done unavailable | >kill c | done indeterminate"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#9719, #10589, moby#42328: the exec's own end was lost behind its task's. */
static void test_exec__silent_after_its_task__is_told_to_have_ended(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING, "ev:exit c/c 100 0; outlived c/e1", "exit c 0, >timer c/e1 exec | exit c/e1 ?"},
        /* Its event comes after all: the code is learnt, and no second end is told. */
        {EXEC_RUNNING "; ev:exit c/c 100 0; outlived c/e1",
         "ev:exit c/e1 7 137; del.req c/e1; del.ok c/e1 7 137", "- | >delete c/e1 | deleted c/e1, done ok"},
        {EXEC_RUNNING "; ev:exit c/c 100 0; ev:exit c/e1 7 3", "outlived c/e1", "- (late)"},
        /* Seen to run only after the end of its task. */
        {EXEC_STARTING, "ev:exit c/c 100 0; outlived c/e1; start.ok c/e1 7; outlived c/e1",
         "exit c 0 | - (late) | exec-started c/e1, done ok, >timer c/e1 exec | exit c/e1 ?"},
        {EXEC_RUNNING "; fdel.req c/e1", "ev:exit c/c 100 0; outlived c/e1; del.nf c/e1",
         "exit c 0, >timer c/e1 exec | exit c/e1 ?, >delete c/e1 | deleted c/e1, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The next task of the name runs already: the exec may be that one's, so it is asked for. */
static void test_exec__silent_and_a_task_runs__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING "; ev:exit c/c 100 0; del.req c; del.ok c 100 0; is:running c/e1 7",
         "create.req c; create.ok c 200; start.req c; start.ok c 200; outlived c/e1; is:absent c/e1",
         ">create c | create c, done ok | >start c | start c, done ok | >query c/e1 | exit c/e1 ?, deleted "
         "c/e1"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* While the stream is away, silence means nothing. */
static void test_exec__silent_during_a_gap__is_given_more_time(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " EXEC_RUNNING "; ev:exit c/c 100 0; gap",
         "outlived c/e1; subscribed; list; snap:stopped c 100 0; sweep; "
         "listed; is:running c/e1 7; outlived c/e1",
         ">timer c/e1 exec | >list | - | - (late) | - | >query c/e1 | resynced | - | exit c/e1 ?"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The answer may be that another task runs under that name, and that the exec is that one's. */
static void test_exec__silent_while_its_task_is_asked_for__is_given_more_time(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING "; ev:exit c/c 100 0 5; verify c", "outlived c/e1; is:stopped c 100; outlived c/e1",
         ">timer c/e1 exec | - | exit c/e1 ?"},
        {EXEC_RUNNING "; ev:exit c/c 100 0 5; verify c", "outlived c/e1; is:running c 200; outlived c/e1",
         ">timer c/e1 exec | deleted c, >query c/e1, create c, start c | -"},
        {EXEC_RUNNING "; ev:exit c/c 100 0 5; verify c; is:expired c; retry c; is:expired c",
         "outlived c/e1; retry c; is:stopped c 100; outlived c/e1",
         ">timer c/e1 exec | >query c | responsive c | exit c/e1 ?"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Our start was refused because somebody else's had won: an exec runs in it. */
static void test_exec__of_a_task_that_is_told_to_have_never_run__is_given_more_time(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " NEVER_RAN "; ev:exec-added c/e1; ev:exec-started c/e1 7", "outlived c/e1",
         ">timer c/e1 exec"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A request whose call is in flight has its reply to wait for; one that only a query could decide has not. */
static void test_unresponsive__gives_up_what_is_in_doubt__and_no_call(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; exec.req c/e1; verify c; is:expired c", "retry c; is:expired c; exec.ok c/e1",
         ">query c | >retry c, unresponsive c | exec-added c/e1, done ok, responsive c"},
        {EXITED "; del.req c; del.ok c 100 0; rm.req c; rm.lost c",
         "rec.is:expired c; rec.retry c; rec.is:expired c",
         ">rec.retry c | >rec.query c | >rec.retry c, unresponsive c, done indeterminate"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Nobody has said anything. */
static void test_exec__ended_by_time_alone__is_no_answer(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING "; ev:exit c/c 100 0 5; rec.verify c; rec.is:expired c; rec.retry c; rec.is:expired c",
         "outlived c/e1; rec.retry c; rec.is:created c", "exit c/e1 ? | >rec.query c | responsive c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exec__of_a_task_that_is_told_to_have_never_run__is_given_more_time),
        cmocka_unit_test(test_kills__never_answered__end_in_unresponsive),
        cmocka_unit_test(test_kills__too_many_at_once__are_refused),
        cmocka_unit_test(test_call__query_not_answered_either__is_given_up),
        cmocka_unit_test(test_call__reply_lost_with_the_connection__is_no_silence),
        cmocka_unit_test(test_exec__silent_after_its_task__is_told_to_have_ended),
        cmocka_unit_test(test_exec__silent_and_a_task_runs__is_asked_for),
        cmocka_unit_test(test_exec__silent_during_a_gap__is_given_more_time),
        cmocka_unit_test(test_exec__silent_while_its_task_is_asked_for__is_given_more_time),
        cmocka_unit_test(test_unresponsive__gives_up_what_is_in_doubt__and_no_call),
        cmocka_unit_test(test_exec__ended_by_time_alone__is_no_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
