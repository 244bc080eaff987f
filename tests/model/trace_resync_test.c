/* SPDX-License-Identifier: Apache-2.0 */
/* Lost events: after a gap the snapshot makes good what was missed. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* moby#41227: what was published while nobody listened is gone. */
static void test_gap__while_running__is_told_and_resynced(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " RUNNING, "gap; subscribed; list; snap:running c 100; sweep; listed",
         "gap, >subscribe | >list | - | - | - | resynced"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#41227: the container ran for ever. */
static void test_gap__exit_lost__is_told_from_the_snapshot(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " RUNNING, "gap; subscribed; list; snap:stopped c 100 3; sweep; listed; ev:exit c/c 100 3",
         "gap, >subscribe | >list | - | - | exit c 3 | resynced | - (duplicate)"},
        {UP "; " RUNNING, "gap; subscribed; list; snap:stopped c 100 ?; sweep; listed; ev:exit c/c 100 3",
         "gap, >subscribe | >list | - | - | exit c ? | resynced | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#45788: not in the list: it is over, its code unknown. */
static void test_gap__exit_and_delete_lost__are_told_from_the_sweep(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " RUNNING, "gap; subscribed; list; sweep; listed",
         "gap, >subscribe | >list | - | exit c ?, deleted c | - | resynced"},
        {UP "; " RUNNING, "gap; subscribed; list; snap:absent c; sweep; listed",
         "gap, >subscribe | >list | - | - | exit c ?, deleted c | resynced"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#46857: the same id with another pid. */
static void test_gap__restarted_by_somebody_else__is_a_new_run(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " RUNNING, "gap; subscribed; list; snap:running c 300; sweep; listed",
         "gap, >subscribe | >list | - | - | exit c ?, deleted c, create c, start c | resynced"},
        {UP "; " EXITED, "gap; subscribed; list; snap:running c 300; sweep; listed",
         "gap, >subscribe | >list | - | - (late) | deleted c, create c, start c | resynced"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#9999: a snapshot does not show execs. */
static void test_gap__exec_running__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " EXEC_RUNNING,
         "gap; subscribed; list; snap:running c 100; sweep; listed; is:stopped c/e1 7 ?",
         "gap, >subscribe | >list | - | - | - | >query c/e1 | resynced | exit c/e1 ?"},
        {UP "; " EXEC_RUNNING, "gap; subscribed; list; sweep; listed; is:absent c/e1; is:absent c/e1",
         "gap, >subscribe | >list | - | exit c ?, deleted c, >timer c/e1 exec, >query c/e1 | - | - | "
         "resynced | >query c/e1 | "
         "exit c/e1 ?, deleted c/e1"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#10390: the list may be older than the event. */
static void test_gap__event_during_the_list__makes_its_entry_stale(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " RUNNING,
         "gap; subscribed; list; ev:exit c/c 100 3; snap:running c 100; sweep; listed; is:stopped c 100 3",
         "gap, >subscribe | >list | exit c 3 | - | - | >query c | resynced | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#11037: the snapshot cannot tell what the reply will. */
static void test_gap__call_in_flight__its_reply_comes_first(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " STARTING,
         "gap; subscribed; list; snap:created c 100; sweep; listed; start.ok c 100; is:running c 100",
         "gap, >subscribe | >list | - | - (late) | - | resynced | start c, done ok, >query c | -"},
        {UP "; " STARTING,
         "gap; subscribed; list; snap:created c 100; sweep; listed; start.lost c; is:running c 100",
         "gap, >subscribe | >list | - | - (late) | - | resynced | >query c | start c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#39513: no busy loop. */
static void test_gap__list_fails__is_asked_again_after_a_pause(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " RUNNING,
         "gap; subscribed; list; list.err; link.retry; list; snap:stopped c 100 3; sweep; listed",
         "gap, >subscribe | >list | >retry | >list | - | - | exit c 3 | resynced"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#39513, moby#41228: one attempt at a time. */
static void test_gap__subscribe_fails__is_tried_again_after_a_pause(void **state)
{
    static const struct trace_case cases[] = {
        {UP, "gap; subscribe.err; link.retry; subscribe.err; link.retry; subscribed; list; sweep; listed",
         "gap, >subscribe | >retry | >subscribe | >retry | >subscribe | >list | resynced"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#4682: the list that was under way says nothing. */
static void test_gap__during_the_list__begins_again(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " RUNNING, "gap; subscribed; list; gap; subscribed; list; snap:stopped c 100 3; sweep; listed",
         "gap, >subscribe | >list | gap, >subscribe | >list | - | - | exit c 3 | resynced"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#2748: what was dropped on our side is a loss, too. */
static void test_overflow__lists_again(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " RUNNING, "overflow; list; snap:stopped c 100 3; sweep; listed",
         "gap, >list | - | - | exit c 3 | resynced"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#12821: a deadline is no absence. */
static void test_query__failed__proves_nothing_and_is_asked_again(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " RUNNING, "verify c; is:failed c; retry c; is:failed c; retry c; is:running c 100",
         ">query c | >retry c | >query c | >retry c | >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#10390: the answer may be older than the event. */
static void test_query__disturbed_by_an_event__is_asked_again(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " CREATED, "verify c; ev:start c 100; is:created c 100; is:running c 100",
         ">query c | start c | >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#10390: all is adopted from one snapshot. */
static void test_restore__containers_and_tasks__cost_no_query(void **state)
{
    static const struct trace_case cases[] = {
        {"",
         "restore; subscribed; list; snap:running c 100; snap:paused d 200; snap:stopped a 300 3; "
         "snap:absent b; sweep; listed",
         ">subscribe | >list | - | - (late) | create c, start c | - | - (late) | create d, start d, paused d "
         "| - | - (late) | create a, start a, exit a 3 | - | - | - | resynced, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#45800: a container that was paused while nobody looked. */
static void test_snapshot__found_paused__is_paused(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " RUNNING,
         "gap; subscribed; list; snap:paused c 100; sweep; listed; resume.req c; resume.ok c",
         "gap, >subscribe | >list | - | paused c | - | resynced | >resume c | resumed c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#45800: the list answers what was asked. */
static void test_snapshot__of_a_task_in_doubt__settles_it(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " RUNNING "; pause.req c; pause.lost c",
         "gap; subscribed; list; snap:paused c 100; sweep; listed; task.is:paused c 100; task.is:paused c "
         "100",
         "gap, >subscribe | >list | - | - (late) | - | resynced | >task.query c | paused c, done ok"},
        {UP "; " EXITED "; del.req c; del.lost c",
         "gap; subscribed; list; snap:absent c; sweep; listed; is:absent c; is:absent c",
         "gap, >subscribe | >list | - | - | resynced | >query c | deleted c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#46212, nerdctl#4886: the end that is heard first has no pid, and somebody has begun anew. */
static void test_restore__echo_of_a_dead_shim__does_not_hide_the_next_run(void **state)
{
    static const struct trace_case cases[] = {
        {"restore; subscribed; list",
         "ev:exit c/c 0 137 1; snap:running c 101; sweep; listed; is:running c 101",
         "create c, start c, exit c 137 | - | - (late) | >query c | resynced, done ok | deleted c, create c, "
         "start c"},
        {"restore; subscribed; list; ev:exit c/c 0 137 1; snap:running c 101; sweep; listed",
         "is:absent c; ev:create c 101; ev:start c 101", "deleted c | create c, >query c | start c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#45800: what others have begun has an end, too. */
static void test_restore__foreign_exec__is_adopted_by_its_event(void **state)
{
    static const struct trace_case cases[] = {
        {"restore; subscribed; list; snap:running c 100; sweep; listed",
         "ev:exec-added c/x; is:created c/x; ev:exec-started c/x 9; ev:exit c/x 9 4; ev:delete c/x 9",
         "exec-added c/x, >query c/x | - | exec-started c/x | exit c/x 4 | deleted c/x"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* nerdctl#4886: somebody else acts on the same runtime. */
static void test_restore__foreign_container__is_believed_and_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {"restore; subscribed; list; sweep; listed",
         "ev:create c 100; is:created c 100; ev:start c 100; ev:exit c/c 100 2; ev:delete c 100",
         "create c, >query c | - | start c | exit c 2 | deleted c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#41228: no request is forgotten. */
static void test_restore__asked_while_opening__completes_both(void **state)
{
    static const struct trace_case cases[] = {
        {"open", "restore; subscribed; list; sweep; listed", "- | >list | resynced, done ok, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#33764: what happens to one is no news of the other. */
static void test_containers__two__do_not_touch_each_other(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; new.req d; new.ok d; create.req d; create.ok d 300; start.req d; start.ok d 300",
         "ev:exit c/c 100 1; pause.req d; pause.ok d; ev:exit d/d 300 2",
         "exit c 1 | >pause d | paused d, done ok | exit d 2"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#41228: whoever waits for the stream is told. */
static void test_stream__closed__gives_up_what_waits(void **state)
{
    static const struct trace_case cases[] = {
        {"", "open; close; open", ">subscribe | done indeterminate | done unavailable (impossible)"},
        {"", "open; subscribe.err; restore; close",
         ">subscribe | done unavailable | >subscribe | done indeterminate"},
        {UP, "close; gap; restore", "- | - (late) | done unavailable (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#9070: events of a full channel were dropped, whole lives among them. */
static void test_overflow__during_another__is_made_good_by_one_list(void **state)
{
    static const struct trace_case cases[] = {
        {UP, "overflow; list; snap:stopped c 100 3; sweep; listed",
         "gap, >list | - | - (late) | create c, start c, exit c 3 | resynced"},
        {UP "; " EXEC_RUNNING, "overflow; list; snap:running c 100; sweep; listed; is:stopped c/e1 7 3",
         "gap, >list | - | - | - | >query c/e1 | resynced | exit c/e1 3"},
        {UP "; " RUNNING, "overflow; list; overflow; link.retry; list; snap:stopped c 100 3; sweep; listed",
         "gap, >list | gap, >retry | >list | - | - | exit c 3 | resynced"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gap__while_running__is_told_and_resynced),
        cmocka_unit_test(test_gap__exit_lost__is_told_from_the_snapshot),
        cmocka_unit_test(test_gap__exit_and_delete_lost__are_told_from_the_sweep),
        cmocka_unit_test(test_gap__restarted_by_somebody_else__is_a_new_run),
        cmocka_unit_test(test_gap__exec_running__is_asked_for),
        cmocka_unit_test(test_gap__event_during_the_list__makes_its_entry_stale),
        cmocka_unit_test(test_gap__call_in_flight__its_reply_comes_first),
        cmocka_unit_test(test_gap__list_fails__is_asked_again_after_a_pause),
        cmocka_unit_test(test_gap__subscribe_fails__is_tried_again_after_a_pause),
        cmocka_unit_test(test_gap__during_the_list__begins_again),
        cmocka_unit_test(test_overflow__lists_again),
        cmocka_unit_test(test_query__failed__proves_nothing_and_is_asked_again),
        cmocka_unit_test(test_query__disturbed_by_an_event__is_asked_again),
        cmocka_unit_test(test_restore__containers_and_tasks__cost_no_query),
        cmocka_unit_test(test_snapshot__found_paused__is_paused),
        cmocka_unit_test(test_snapshot__of_a_task_in_doubt__settles_it),
        cmocka_unit_test(test_restore__echo_of_a_dead_shim__does_not_hide_the_next_run),
        cmocka_unit_test(test_restore__foreign_exec__is_adopted_by_its_event),
        cmocka_unit_test(test_restore__foreign_container__is_believed_and_asked_for),
        cmocka_unit_test(test_restore__asked_while_opening__completes_both),
        cmocka_unit_test(test_containers__two__do_not_touch_each_other),
        cmocka_unit_test(test_stream__closed__gives_up_what_waits),
        cmocka_unit_test(test_overflow__during_another__is_made_good_by_one_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
