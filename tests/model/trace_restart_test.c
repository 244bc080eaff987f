/* SPDX-License-Identifier: Apache-2.0 */
/* The process that the model lives in is started anew: each state has a way out. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* moby#22312, moby#49968: "removal in progress" for ever. Nobody waits for the request any more. */
static void test_restart__call_in_flight__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {CREATING, "restart; is:created c 100", ">query c | create c"},
        {STARTING, "restart; is:running c 100", ">query c | start c"},
        {STARTING_SEEN, "restart", ""},
        {STARTING_ENDED, "restart", "start c, exit c 3"},
        {DELETING, "restart; is:absent c", ">query c | deleted c"},
        {CREATED_DELETING, "restart; is:created c 100", ">query c | -"},
        {KILLING, "restart; is:running c 100; fdel.req c", ">query c | - | >force-kill c, >timer c kill"},
        {REAPING, "restart; is:stopped c 100 9", ">query c | exit c 9"},
        {"new.req c", "restart; rec.is:created c", ">rec.query c | -"},
        {PRESENT "; rm.req c", "restart; rec.is:absent c", ">rec.query c | -"},
        {RUNNING "; pause.req c", "restart; task.is:paused c 100", ">task.query c | paused c"},
        /* Its process has ended since; the reply will not come, and another task can be paused. */
        {RUNNING "; pause.req c; ev:exit c/c 100 0 5",
         "restart; del.req c; del.ok c 100 0; create.req c; create.ok c 200; start.req c; start.ok c 200; "
         "task.is:running c 200; pause.req c",
         ">delete c | deleted c, done ok | >create c | create c, done ok | >start c | start c, done ok, "
         ">task.query c | - | >pause c"},
        {RUNNING "; pause.req c" NEXT_RUN, "restart; task.is:running c 200; pause.req c",
         ">task.query c | - | >pause c"},
        {RUNNING "; ckpt.req c", "restart; task.is:running c 100", ">task.query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* What was in flight is neither waited for nor in the way of what is asked for next. */
static void test_restart__signals_and_events_that_were_due__are_forgotten(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; kill.req c",
         "restart; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; "
         "kill.req c; "
         "kill.req c",
         ">kill c | >kill c | >kill c | >kill c | >kill c | >kill c | >kill c | >kill c | done limit reached "
         "(impossible)"},
        {RUNNING "; stop.req c" NEXT_RUN, "restart; stop.req c", ">kill c, >timer c grace"},
        {RUNNING
         "; fdel.req c; ev:exit c/c 100 137 1; del.ok c 100 137; create.req c; create.ok c 200; start.req c; "
         "start.ok c 200",
         "restart; fdel.req c", ">force-kill c, >timer c kill"},
        {RUNNING "; pause.req c; pause.ok c", "restart; ev:resumed c; task.is:running c 100; ev:paused c",
         ">task.query c | resumed c | >task.query c"},
        {PAUSED "; resume.req c; resume.ok c", "restart; ev:paused c; task.is:paused c 100; ev:resumed c",
         ">task.query c | paused c | >task.query c"},
        {RUNNING "; ckpt.req c; ckpt.ok c", "restart; ev:checkpointed c", "checkpointed c"},
        {PRESENT "; rm.req c; rm.ok c", "restart; new.req c; new.ok c; ev:rm c",
         ">rec.create c | done ok | >rec.query c"},
        {PRESENT "; launch.req c; create.ok c 100; start.err c", "restart; is:absent c; launch.req c",
         ">query c | deleted c | >create c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_restart__query_in_flight__is_asked_again(void **state)
{
    static const struct trace_case cases[] = {
        {CREATE_DOUBT, "restart; retry c; is:created c 100", ">retry c | >query c | create c"},
        {CREATE_DOUBT "; ev:create c 100", "restart; retry c; is:created c 100",
         ">retry c | >query c | create c"},
        {CREATE_DOUBT "; is:failed c", "restart; retry c; is:created c 100",
         ">retry c | >query c | create c"},
        {STARTING "; verify c", "restart; is:running c 100", ">query c | start c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#45800: the task ended while nobody looked; its code is not 0. */
static void test_restart__with_the_stream__tells_a_gap_and_lists(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " RUNNING, "restart; subscribed; list; sweep; listed",
         "gap, >subscribe | >list | - | exit c ?, deleted c | - | resynced"},
        {UP "; " RUNNING, "restart; subscribed; list; snap:running c 100; sweep; listed",
         "gap, >subscribe | >list | - | - | - | resynced"},
        {UP "; " RUNNING, "restart; subscribed; list; snap:running c 200; sweep; listed",
         "gap, >subscribe | >list | - | - | exit c ?, deleted c, create c, start c | resynced"},
        {UP "; " RUNNING "; gap", "restart; subscribed; list; snap:stopped c 100 3; sweep; listed",
         ">subscribe | >list | - | - | exit c 3 | resynced"},
        {UP "; gap; subscribe.err", "restart; link.retry; subscribed", ">subscribe | - | >list"},
        {UP "; gap; subscribed; list", "restart; subscribed; list; sweep; listed",
         "gap, >subscribe | >list | resynced"},
        {UP "; " RUNNING "; gap; subscribed; list; verify c",
         "restart; subscribed; list; snap:running c 100; sweep; listed",
         ">rec.retry c, >task.retry c, >retry c | gap, >subscribe | >list | - | - | - | resynced"},
        {UP "; gap; subscribed; list; list.err", "restart; subscribed", "gap, >subscribe | >list"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_restart__without_a_stream__wants_none(void **state)
{
    static const struct trace_case cases[] = {
        {"open", "restart; open; subscribed", ">subscribe | done ok"},
        {"restore", "restart; open; subscribed", ">subscribe | done ok"},
        {"open; close", "restart; open; subscribed", ">subscribe | done ok"},
        {"", "restart", ""},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_restart__timers__are_ordered_again(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING "; ev:exit c/c 100 0", "restart; outlived c/e1", ">timer c/e1 exec | exit c/e1 ?"},
        {RUNNING "; stop.req c; kill.ok c", "restart; overdue c; kill.ok c; ev:exit c/c 100 137",
         ">timer c grace | >escalate c, >timer c kill | - | exit c 137"},
        {RUNNING "; stop.req c; kill.ok c; overdue c", "restart; overdue c",
         ">timer c kill | unresponsive c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Whoever wanted it stopped is gone: the end that the restart brings out is told, and completes nothing. */
static void test_restart__a_stop_whose_end_was_held_back__completes_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING "; stop.req c; kill.ok c; ev:exit c/c 100 3 5", "restart", "start c, exit c 3"},
        {RUNNING "; stop.req c; kill.ok c", "restart; ev:exit c/c 100 143", ">timer c grace | exit c 143"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Likewise whoever wanted its input closed. */
static void test_restart__a_close_whose_end_was_held_back__completes_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING "; closeio.req c; ev:exit c/c 100 3 5", "restart", "start c, exit c 3"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_restart__a_launch_half_done__is_the_next_consumers(void **state)
{
    static const struct trace_case cases[] = {
        {PRESENT "; launch.req c", "restart; is:created c 100; start.req c",
         ">query c | create c | >start c"},
        {PRESENT "; launch.req c; create.ok c 100; start.err c", "restart; is:absent c",
         ">query c | deleted c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_restart__a_replace__is_given_up(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; replace.req c", "restart; is:running c 100; replace.req c",
         ">query c | - | >force-kill c, >timer c kill"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_restart__signals_and_kills__are_forgotten(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING
         "; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c; kill.req c",
         "restart; kill.req c", ">kill c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#42304: the shim died while nobody looked; the container was taken to run, and was probed for ever. */
static void test_restart__shim_died_meanwhile__its_probes_end_too(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " EXEC_RUNNING,
         "restart; subscribed; list; sweep; listed; is:absent c/e1; is:absent c/e1; exec.req c/e2",
         "gap, >subscribe | >list | - | exit c ?, deleted c, >timer c/e1 exec, >query c/e1 | - | - | "
         "resynced | >query c/e1 | exit c/e1 ?, deleted c/e1 | done conflicting state (impossible)"},
        {UP "; " EXEC_ADDED,
         "restart; subscribed; list; sweep; listed; is:absent c/e1; is:absent c/e1; exec.req c/e2",
         "gap, >subscribe | >list | - | exit c ?, deleted c, >query c/e1 | - | - | resynced | >query c/e1 | "
         "deleted c/e1 | done conflicting state (impossible)"},
        {UP "; " EXEC_RUNNING,
         "restart; subscribed; list; snap:stopped c 100 137; sweep; listed; is:absent c/e1; exec.req c/e2",
         "gap, >subscribe | >list | - | - | exit c 137, >timer c/e1 exec | >query c/e1 | resynced | exit "
         "c/e1 ?, deleted c/e1 | done conflicting state (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Only where nothing is known an exit opens a run: neither a restart nor a deletion is a sight of how the
 * record began. */
static void test_restart__or_delete_of_what_nobody_has_seen_begin__leaves_it_so(void **state)
{
    static const struct trace_case cases[] = {
        {"rec.verify c; rec.is:created c; rm.req c; rm.ok c; ev:rm c", "ev:exit c/c 100 0 5",
         "create c, start c, exit c 0, >query c"},
        {"rec.verify c; rec.is:created c; restart", "ev:exit c/c 100 0 5",
         "create c, start c, exit c 0, >query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_restart__call_in_flight__is_asked_for),
        cmocka_unit_test(test_restart__signals_and_events_that_were_due__are_forgotten),
        cmocka_unit_test(test_restart__query_in_flight__is_asked_again),
        cmocka_unit_test(test_restart__with_the_stream__tells_a_gap_and_lists),
        cmocka_unit_test(test_restart__without_a_stream__wants_none),
        cmocka_unit_test(test_restart__timers__are_ordered_again),
        cmocka_unit_test(test_restart__a_stop_whose_end_was_held_back__completes_nothing),
        cmocka_unit_test(test_restart__a_close_whose_end_was_held_back__completes_nothing),
        cmocka_unit_test(test_restart__a_launch_half_done__is_the_next_consumers),
        cmocka_unit_test(test_restart__a_replace__is_given_up),
        cmocka_unit_test(test_restart__signals_and_kills__are_forgotten),
        cmocka_unit_test(test_restart__shim_died_meanwhile__its_probes_end_too),
        cmocka_unit_test(test_restart__or_delete_of_what_nobody_has_seen_begin__leaves_it_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
