/* SPDX-License-Identifier: Apache-2.0 */
/* What commands of the consumer's, and of others, make of a wish that stands. */
#include "trace.h"
#include "trace_given_wish.h"
#include <c8d/wish.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* The last word counts, and what is no word about what the container is to be changes nothing. */
static void test_command_by_hand__is_the_wish_from_then_on(void **state)
{
    static const struct {
        const char *given;
        uint8_t wish;
    } rows[] = {
        {UP_RUNNING "; stop.req c", C8D_WISH_STOPPED},
        {UP_RUNNING "; fdel.req c", C8D_WISH_STOPPED},
        {UP_RUNNING "; wish-paused.req c; pause.ok c; ev:exit c/c 100 0 5; del.req c", C8D_WISH_STOPPED},
        {LIVE "; wish-stopped.req c; rm.req c", C8D_WISH_REMOVED},
        {LIVE "; wish-stopped.req c; launch.req c", C8D_WISH_RUNNING},
        {UP_RUNNING "; pause.req c", C8D_WISH_PAUSED},
        {UP_RUNNING "; kill.req c; ckpt.req c; load.req c", C8D_WISH_RUNNING},
        {UP_RUNNING "; stop.req c/e1", C8D_WISH_RUNNING},
        {ASKING "; wish-removed.req c; stop.req c", C8D_WISH_REMOVED},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct c8d_container_view view = {0};
        struct trace trace;

        assert_true(trace_open(&trace, true));
        (void)trace_feed(&trace, rows[i].given);
        assert_null(trace.witness.broken);
        assert_true(c8d_model_view_container(
            trace.model, c8d_model_find(trace.model, (struct c8d_str){"n", 1}, (struct c8d_str){"c", 1}),
            &view));
        if (view.wish != rows[i].wish)
            fail_msg("%s: wish %u", rows[i].given, view.wish);
        trace_close(&trace);
    }
}

/* A call of the consumer's in flight: its reply comes first. */
static void test_wish__record_call_in_flight__waits_for_it(void **state)
{
    static const struct trace_case cases[] = {
        {LIVE "; rm.req c; rm.ok c; new.req c", "wish-running.req c; new.ok c",
         "done ok | done ok, >create c"},
        {LIVE "; rm.req c", "wish-running.req c; rm.ok c", "done ok | done ok, >rec.create c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* What a snapshot has shown needs not be asked for. */
static void test_wish__found_running__asks_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {"open; subscribed; overflow; list; snap:running c 100; sweep; listed", "wish-running.req c",
         "done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Somebody else runs a task while its record is being deleted for the wish: it is cleared away after a pause.
 */
static void test_wish_removed__run_by_somebody_else_meanwhile__begins_again(void **state)
{
    static const struct trace_case cases[] = {
        {REMOVING "; ev:create c/c 300; is:created c 300; ev:start c/c 300; ev:exit c/c 300 1 8",
         "rm.ok c; again c; del.ok c 300 1", ">rec.timer c backoff 1 | >delete c | deleted c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The stream comes up with the event of an exec: what is done then is done to the task. */
static void test_wish__moved_by_an_exec__acts_on_the_task(void **state)
{
    static const struct trace_case cases[] = {
        {"new.req c; new.ok c; create.req c; create.ok c 100; start.req c; start.ok c 100; exec.req c/e1; "
         "exec.ok "
         "c/e1; start.req c/e1; start.ok c/e1 7; wish-stopped.req c; open; subscribed",
         "ev:exit c/e1 7 0; kill.ok c; ev:exit c/c 100 143 5",
         "exit c/e1 0, >kill c, >timer c grace | - | exit c 143"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The timer of a wish that was taken back is late, and a run that outlives the program lasts on. */
static void test_timer__of_the_wish_before__is_late(void **state)
{
    static const struct trace_case cases[] = {
        {BACKING_OFF "; again c; create.ok c 200; start.ok c 200", "wish-paused.req c; steady c",
         "done ok, >pause c | - (late)"},
        {BACKING_OFF "; again c; create.ok c 200; start.ok c 200; verify c",
         "wish-paused.req c; steady c; is:running c 200", "done ok | - (late) | >pause c"},
        {BACKING_OFF "; again c; create.ok c 200; start.ok c 200",
         "restart; subscribed; list; snap:running c 200; sweep; listed; pursue; steady c",
         "gap, >subscribe | >list | - | - | - | resynced | >rec.timer c steady | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* No timer is cancelled. That of a stop which is over is no reason to kill at once what is asked to stop the
 * next time. */
static void test_timer__of_the_stop_before__leaves_the_next_one_its_grace(void **state)
{
    struct trace trace;
    uint64_t older;

    (void)state;
    assert_true(trace_open(&trace, true));
    (void)trace_feed(&trace, STOPPING "; kill.ok c");
    older = trace.timer;
    (void)trace_feed(
        &trace,
        "ev:exit c/c 100 143 5; wish-running.req c; del.ok c 100 143; create.ok c 200; start.ok c 200");
    assert_string_equal(trace_feed(&trace, "wish-stopped.req c"), "done ok, >kill c, >timer c grace");
    assert_true(trace.timer != older);
    trace.timer = older;
    assert_string_equal(trace_feed(&trace, "overdue c"), "- (late)");
    assert_null(trace.witness.broken);
    trace_close(&trace);
}

/* The same of a run that is stopped a second time, the first signal having been refused. */
static void test_timer__of_the_stop_that_failed__leaves_the_next_one_its_grace(void **state)
{
    struct trace trace;
    uint64_t older;

    (void)state;
    assert_true(trace_open(&trace, true));
    (void)trace_feed(&trace, STOPPING);
    older = trace.timer;
    assert_string_equal(trace_feed(&trace, "kill.err c; again c"),
                        ">rec.timer c backoff 1 | >kill c, >timer c grace");
    assert_true(trace.timer != older);
    trace.timer = older;
    assert_string_equal(trace_feed(&trace, "overdue c"), "- (late)");
    assert_null(trace.witness.broken);
    trace_close(&trace);
}

/* moby#43751: a waiter read the state after the next run had begun, and so the code 0. */
static void test_run__begun_again_at_once__leaves_the_one_before_its_code(void **state)
{
    static const struct trace_case cases[] = {
        {UP_RUNNING,
         "ev:exit c/c 100 10 5; del.ok c 100 10; again c; create.ok c 200; start.ok c 200; ev:exit c/c 100 "
         "10 5; ev:exit c/c 200 0 9",
         "exit c 10, >delete c | deleted c, >rec.timer c backoff 1 | >create c | create c, >start c | start "
         "c, >rec.timer c steady | - (duplicate) | exit c 0, >delete c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#41698: a run began while the one before was cleared away, and lost its network to that. */
static void test_run__what_is_left_of_the_one_before__is_cleared_away_first(void **state)
{
    static const struct trace_case cases[] = {
        {UP_RUNNING, "ev:exit c/c 100 1 5; again c; create.req c; del.ok c 100 1; again c",
         "exit c 1, >delete c | - (late) | done already exists (impossible) | deleted c, >rec.timer c "
         "backoff 1 | >create c"},
        {UP_RUNNING, "ev:exit c/c 100 1 5; create.req c; replace.req c; del.lost c; is:absent c; again c",
         "exit c 1, >delete c | done already exists (impossible) | done conflicting state | >query c | "
         "deleted c, >rec.timer c backoff 1 | >create c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd/cri#434: what failed while an exit was handled threw the exit away; tried again, it held up all
 * others. */
static void test_end__clearing_up_fails__is_tried_again_and_holds_nobody_up(void **state)
{
    static const struct trace_case cases[] = {
        {UP_RUNNING,
         "ev:exit c/c 100 1 5; ev:create b 900; is:running b 900; ev:exit b/b 900 2; del.err c; is:stopped c "
         "100 1; again c; del.ok c 100 1",
         "exit c 1, >delete c | create b, >query b | start b | exit b 2 | >query c, >rec.timer c backoff 1 | "
         "- | >delete c | deleted c, >create c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Known by an answer alone and deleted by us: somebody else's may be there again. */
static void test_wish__of_what_was_never_seen_begin__asks_first(void **state)
{
    static const struct trace_case cases[] = {
        {"open; subscribed; rec.verify c; rec.is:created c; rm.req c; rm.ok c", "wish-running.req c",
         "done ok, >rec.query c, >query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_command_by_hand__is_the_wish_from_then_on),
        cmocka_unit_test(test_wish__record_call_in_flight__waits_for_it),
        cmocka_unit_test(test_wish__found_running__asks_nothing),
        cmocka_unit_test(test_wish_removed__run_by_somebody_else_meanwhile__begins_again),
        cmocka_unit_test(test_wish__moved_by_an_exec__acts_on_the_task),
        cmocka_unit_test(test_timer__of_the_wish_before__is_late),
        cmocka_unit_test(test_timer__of_the_stop_before__leaves_the_next_one_its_grace),
        cmocka_unit_test(test_timer__of_the_stop_that_failed__leaves_the_next_one_its_grace),
        cmocka_unit_test(test_run__begun_again_at_once__leaves_the_one_before_its_code),
        cmocka_unit_test(test_run__what_is_left_of_the_one_before__is_cleared_away_first),
        cmocka_unit_test(test_end__clearing_up_fails__is_tried_again_and_holds_nobody_up),
        cmocka_unit_test(test_wish__of_what_was_never_seen_begin__asks_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
