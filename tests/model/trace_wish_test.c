/* SPDX-License-Identifier: Apache-2.0 */
/* Wishes: what a container is to be, against what is observed of it. */
#include "trace.h"
#include "trace_given_wish.h"
#include <c8d/wish.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* moby ac8b4e3e75: each end is followed by a longer pause; and what is over is deleted before it. */
static void test_wish_running__run_ends__is_begun_again_after_a_pause(void **state)
{
    static const struct trace_case cases[] = {
        {UP_RUNNING,
         "ev:exit c/c 100 1 5; del.ok c 100 1; again c; create.ok c 200; start.ok c 200; ev:exit c/c 200 1 "
         "6; del.ok c 200 1; again c; create.ok c 300",
         "exit c 1, >delete c | deleted c, >rec.timer c backoff 1 | >create c | create c, >start c | start "
         "c, >rec.timer c steady | exit c 1, >delete c | deleted c, >rec.timer c backoff 2 | >create c | "
         "create c, >start c"},
        {WISHED "; create.ok c 100", "ev:exit c/c 100 1 5; start.ok c 100; del.ok c 100 1; again c",
         "- | start c, exit c 1, >delete c | deleted c, >rec.timer c backoff 1 | >create c"},
        {REAPING_RUN, "del.err c; is:stopped c 100 1; again c; del.ok c 100 1; create.ok c 200",
         ">query c, >rec.timer c backoff 1 | - | >delete c | deleted c, >create c | create c, >start c"},
        {REAPING_RUN, "del.lost c; is:stopped c 100 1; again c; del.ok c 100 1",
         ">query c | >rec.timer c backoff 1 | >delete c | deleted c, >create c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A run that has lasted makes the next pause short again. */
static void test_wish_running__run_lasts__makes_the_pause_short_again(void **state)
{
    static const struct trace_case cases[] = {
        {BACKING_OFF "; again c; create.ok c 200",
         "start.ok c 200; steady c; ev:exit c/c 200 0 9; del.ok c 200 0",
         "start c, >rec.timer c steady | - | exit c 0, >delete c | deleted c, >rec.timer c backoff 1"},
        {BACKING_OFF "; again c; create.ok c 200",
         "start.ok c 200; ev:exit c/c 200 0 9; steady c; del.ok c 200 0; steady c",
         "start c, >rec.timer c steady | exit c 0, >delete c | - (late) | deleted c, >rec.timer c backoff 2 "
         "| - (late)"},
        {WISHED "; create.ok c 100", "start.ok c 100; ev:oom c; steady c", "start c | oom c | - (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#49507: a start that fails is no reason to try it again at once. */
static void test_wish_running__start_fails__waits_and_clears_up(void **state)
{
    static const struct trace_case cases[] = {
        {WISHED "; create.ok c 100", "start.err c; again c; del.ok c; create.ok c 200; start.err c; again c",
         "exit c ? never-ran, >rec.timer c backoff 1 | >delete c | deleted c, >create c | create c, >start c "
         "| exit c ? never-ran, >rec.timer c backoff 2 | >delete c"},
        {WISHED, "create.err c; again c; create.ok c 200",
         ">rec.timer c backoff 1 | >create c | create c, >start c"},
        {WISHED, "create.lost c; is:absent c; again c", ">query c | >rec.timer c backoff 1 | >create c"},
        {WISHED, "create.lost c; is:created c 100", ">query c | create c, >start c"},
        {WISHED "; create.ok c 100", "start.expired c; is:running c 100", ">query c | start c"},
        {"open; subscribed; wish-running.req c; rec.is:absent c; is:absent c", "new.err c; again c; new.ok c",
         ">rec.timer c backoff 1 | >rec.create c | >create c"},
        {WISHED, "create.ok c 100; ev:exit c/c 100 137 5; start.err c; again c; del.ok c",
         "create c, >start c | - | exit c 137 never-ran, >rec.timer c backoff 1 | >delete c | deleted c, "
         ">create c"},
        {LIVE "; create.req c; wish-running.req c; verify c",
         "create.ok c 100; is:stopped c 100 137; del.ok c",
         "create c, done ok, >query c | exit c 137 never-ran, >delete c | deleted c, >create c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* What others made, or have left, is taken as it is. */
static void test_wish_running__what_is_there__is_taken_up(void **state)
{
    static const struct trace_case cases[] = {
        {"open; subscribed", "wish-running.req c; rec.is:created c; is:paused c 100; resume.ok c",
         "done ok, >rec.query c, >query c | - | create c, start c, paused c, >resume c | resumed c"},
        {"open; subscribed",
         "wish-running.req c; rec.is:created c; is:stopped c 100 3; del.ok c 100 3; create.ok c 200",
         "done ok, >rec.query c, >query c | - | create c, start c, exit c 3, >delete c | deleted c, >create "
         "c | create c, >start c"},
        {"open; subscribed",
         "wish-running.req c; rec.is:absent c; is:absent c; new.exists c; again c; rec.is:created c; "
         "create.exists c; is:running c 100; again c",
         "done ok, >rec.query c, >query c | - | >rec.create c | >rec.query c, >rec.timer c backoff 1 | - | "
         ">create c | >query c, >rec.timer c backoff 2 | create c, start c | >rec.timer c steady"},
        {"open; subscribed",
         "wish-running.req c; rec.is:absent c; is:stopped c 100 3; del.ok c 100 3; again c; new.ok c",
         "done ok, >rec.query c, >query c | - | create c, start c, exit c 3, >delete c | deleted c, "
         ">rec.create c | - (late) | >create c"},
        {LIVE "; rm.req c; rm.ok c", "wish-running.req c; new.ok c", "done ok, >rec.create c | >create c"},
        {LIVE "; create.req c; create.ok c 100; start.req c; start.ok c 100", "wish-running.req c",
         "done ok"},
        {LIVE "; create.req c; create.ok c 100", "wish-running.req c", "done ok, >start c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* As many calls as a wish ever makes between two pauses: four steps lead there from a task that is left over
 * without its record, and what ends at once is cleared away. */
static void test_wish_running__left_over_without_a_record__takes_five_calls_and_pauses(void **state)
{
    static const struct trace_case cases[] = {
        {"open; subscribed",
         "wish-running.req c; rec.is:absent c; is:stopped c 100 3; del.ok c 100 3; new.ok c; create.ok c "
         "200; start.ok c "
         "200; ev:exit c/c 200 1 5; del.ok c 200 1; again c",
         "done ok, >rec.query c, >query c | - | create c, start c, exit c 3, >delete c | deleted c, "
         ">rec.create c | "
         ">create c | create c, >start c | start c | exit c 1, >delete c | deleted c, >rec.timer c backoff 1 "
         "| >create c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Somebody else undoes what was wished: restored after a pause, and no race of two who never give in. */
static void test_wish__undone_by_somebody_else__is_restored_after_a_pause(void **state)
{
    static const struct trace_case cases[] = {
        {UP_RUNNING, "ev:paused c; task.is:paused c 100; again c; resume.ok c",
         ">task.query c | paused c, >rec.timer c backoff 1 | >resume c | resumed c, >rec.timer c steady"},
        {UP_RUNNING, "ev:delete c 100 9; is:absent c",
         "exit c 9, deleted c, >rec.timer c backoff 1 | - (late)"},
        {UP_RUNNING, "ev:exit c/c 100 9 5; ev:delete c 100 9; del.nf c; again c",
         "exit c 9, >delete c | - | deleted c, >rec.timer c backoff 1 | >create c"},
        {LIVE "; wish-stopped.req c",
         "ev:create c/c 300; is:created c 300; ev:start c/c 300; is:running c 300; again c; kill.ok c; "
         "ev:exit c/c 300 143 8; steady c; steady c",
         "create c, >query c | - | start c, >rec.timer c backoff 1 | - (late) | >kill c, >timer c grace | - "
         "| exit c 143, >rec.timer c steady | - | - (late)"},
        {PAUSING "; pause.ok c",
         "ev:paused c; ev:resumed c; task.is:running c 100; again c; pause.ok c; ev:paused c; steady c",
         "- | >task.query c | resumed c, >rec.timer c backoff 1 | >pause c | paused c, >rec.timer c steady | "
         "- | -"},
        {UP_RUNNING "; wish-removed.req c; kill.ok c; ev:exit c/c 100 143 5; verify c",
         "del.ok c 100 143; is:running c 300; again c; kill.ok c; ev:exit c/c 300 143 8; del.ok c 300 143; "
         "rm.ok c",
         "deleted c, >query c | create c, start c, >rec.timer c backoff 1 | >kill c, >timer c grace | - | "
         "exit c 143, >delete c | deleted c, >rec.delete c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#34028: a stop in the pause before a restart is not forgotten. */
static void test_stop_by_hand__in_the_pause_of_a_restart__beats_it(void **state)
{
    static const struct trace_case cases[] = {
        {BACKING_OFF, "stop.req c; again c", "done not found | - (late)"},
        {BACKING_OFF, "wish-stopped.req c; again c", "done ok | - (late)"},
        {REAPING_RUN, "stop.req c; del.ok c 100 1", "done not modified | deleted c"},
        {WISHED, "stop.req c; create.ok c 100", "done conflicting state | create c"},
        {WISHED "; create.ok c 100", "stop.req c; kill.ok c; start.ok c 100; ev:exit c/c 100 143 5",
         ">kill c, >timer c grace | - | start c | exit c 143, done ok"},
        {UP_RUNNING "; exec.req c/e1; exec.ok c/e1; start.req c/e1; start.ok c/e1 7",
         "stop.req c/e1; ev:exit c/e1 7 143; ev:exit c/c 100 0 5",
         ">kill c/e1, >timer c/e1 grace | exit c/e1 143, done ok | exit c 0, >delete c"},
        {UP_RUNNING, "stop.req c/e1", "done not found (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The consumer's last word counts. */
static void test_command_by_hand__changes_the_wish(void **state)
{
    static const struct trace_case cases[] = {
        {UP_RUNNING,
         "stop.req c; kill.ok c; ev:exit c/c 100 143 5; start.req c; del.req c; del.ok c 100 143; launch.req "
         "c; create.ok c 200; start.ok c 200; ev:exit c/c 200 0 6",
         ">kill c, >timer c grace | - | exit c 143, done ok | done conflicting state (impossible) | >delete "
         "c | deleted c, done ok | >create c | create c, >start c | start c, done ok | exit c 0, >delete c"},
        {UP_RUNNING,
         "fdel.req c; fkill.ok c; ev:exit c/c 100 137 5; del.ok c 100 137; create.req c; create.ok c 200; "
         "start.req c; start.ok c 200; ev:exit c/c 200 0 6",
         ">force-kill c, >timer c kill | - | exit c 137, >delete c | deleted c, done ok | >create c | create "
         "c, done ok | >start c | start c, done ok | exit c 0, >delete c"},
        {UP_RUNNING, "pause.req c; pause.ok c; ev:paused c; resume.req c; resume.ok c; ev:resumed c",
         ">pause c | paused c, done ok | - | >resume c | resumed c, done ok | -"},
        {LIVE "; wish-stopped.req c", "rm.req c; rm.ok c; new.req c; new.ok c",
         ">rec.delete c | done ok | >rec.create c | done ok"},
        {UP_RUNNING "; pause.req c; pause.ok c; wish-removed.req c",
         "start.req c; resume.ok c; kill.ok c; ev:exit c/c 100 143 5",
         "done conflicting state (impossible) | resumed c | - | exit c 143, >delete c"},
        {UP_RUNNING, "kill.req c; kill.ok c; ev:exit c/c 100 143 5",
         ">kill c | done ok | exit c 143, >delete c"},
        {REMOVING, "stop.req c; rm.ok c", "done not found (impossible) | -"},
        {DROPPED, "stop.req c; create.ok c 100", "done conflicting state (impossible) | create c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A removal while it is being started takes all away that comes about. */
static void test_wish_removed__while_starting__removes_what_comes(void **state)
{
    static const struct trace_case cases[] = {
        {WISHED "; create.ok c 100",
         "wish-removed.req c; start.ok c 100; kill.ok c; ev:exit c/c 100 143 5; del.ok c 100 143; rm.ok c; "
         "new.req c; new.ok c",
         "done ok | start c, >kill c, >timer c grace | - | exit c 143, >delete c | deleted c, >rec.delete c "
         "| - | >rec.create c | done ok"},
        {WISHED, "wish-removed.req c; create.ok c 100; del.ok c; rm.ok c",
         "done ok | create c, >delete c | deleted c, >rec.delete c | -"},
        {WISHED "; create.ok c 100", "wish-removed.req c; start.err c; again c; del.ok c; rm.ok c",
         "done ok | exit c ? never-ran, >rec.timer c backoff 1 | >delete c | deleted c, >rec.delete c | -"},
        {PAUSING "; pause.ok c", "wish-removed.req c; resume.ok c; kill.ok c; ev:exit c/c 100 143 5",
         "done ok, >resume c, >kill c, >timer c grace | resumed c | - | exit c 143, >delete c"},
        {"open; subscribed", "wish-removed.req c; rec.is:absent c; is:absent c; wish-none.req c",
         "done ok, >rec.query c, >query c | - | - | done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Nothing is started in order to be paused; what runs again is paused again. */
static void test_wish_paused__exited__waits_for_a_run(void **state)
{
    static const struct trace_case cases[] = {
        {LIVE "; create.req c; create.ok c 100; start.req c; start.ok c 100; ev:exit c/c 100 0 5",
         "wish-paused.req c; ev:delete c 100 0; is:absent c; ev:create c/c 300; is:created c 300; ev:start "
         "c/c 300; is:running c 300; again c; pause.ok c",
         "done ok | deleted c | - (late) | create c, >query c | - | start c, >rec.timer c backoff 1 | - "
         "(late) | >pause c | paused c, >rec.timer c steady"},
        {PAUSING, "ev:exit c/c 100 137 5; pause.nf c; steady c",
         "exit c 137 | >rec.timer c backoff 1 | - (late)"},
        {PAUSING, "pause.lost c; task.is:running c 100; again c; pause.ok c",
         ">task.query c | >rec.timer c backoff 1 | >pause c | paused c, >rec.timer c steady"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* No evidence, no command: a stream that is away, a query under way, a call in doubt. */
static void test_wish__nothing_is_certain__waits(void **state)
{
    static const struct trace_case cases[] = {
        {"new.req c; new.ok c", "wish-running.req c; open; subscribed; pursue; pursue",
         "done ok | >subscribe | done ok | >create c"},
        /* Nor on what is late or impossible. */
        {"new.req c; new.ok c; wish-running.req c; open; subscribed", "kill.req c; ev:delete c 100 0; pursue",
         "done not found (impossible) | - (foreign) | >create c"},
        {UP_RUNNING "; gap",
         "wish-stopped.req c; subscribed; list; snap:running c 100; sweep; listed; pursue",
         "done ok | >list | - | - | - | resynced | >kill c, >timer c grace"},
        {BACKING_OFF "; overflow", "again c; list; snap:absent c; sweep; listed; pursue",
         "- | - | - | - | resynced | >create c"},
        {UP_RUNNING,
         "gap; ev:exit c/c 100 1 5; subscribed; list; snap:stopped c 100 1; sweep; listed; pursue",
         "gap, >subscribe | exit c 1 | >list | - | - (late) | - | resynced | >delete c"},
        {ASKING, "wish-stopped.req c; is:running c 100", "done ok | >kill c, >timer c grace"},
        {UP_RUNNING "; rec.verify c", "wish-stopped.req c; rec.is:created c",
         "done ok | >kill c, >timer c grace"},
        {UP_RUNNING "; pause.req c", "wish-stopped.req c; pause.ok c",
         "done ok | paused c, done ok, >resume c, >kill c, >timer c grace"},
        {UP_RUNNING "; ckpt.req c", "wish-stopped.req c; ckpt.ok c",
         "done ok | checkpointed c, done ok, >kill c, >timer c grace"},
        {UP_RUNNING "; ev:paused c", "wish-stopped.req c; task.is:running c 100",
         "done ok | >kill c, >timer c grace"},
        {LIVE "; launch.req c", "wish-removed.req c; create.ok c 100; start.err c; del.ok c",
         "done ok | create c, >start c | exit c ? never-ran, >delete c | deleted c, done runtime error, "
         ">rec.delete c"},
        {"open; subscribed; replace.req c", "wish-running.req c; new.ok c", "done ok, >query c | done ok"},
        {"open; subscribed; find.req c", "wish-running.req c; rec.is:created c; is:absent c",
         "done ok, >query c | done ok | >create c"},
        {STOPPING, "ev:exit c/c 100 143 5; wish-running.req c; kill.ok c",
         "exit c 143 | done ok | >delete c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Room for two: a third is refused, and what is over makes room. */
static void test_wish__more_than_there_is_room_for__is_refused(void **state)
{
    static const struct trace_case cases[] = {
        {"open; subscribed; wish-stopped.req a; wish-stopped.req b",
         "wish-running.req c; wish-none.req c; wish-none.req a; wish-stopped.req c; pursue; rec.is:absent c; "
         "is:absent c; pursue",
         "done limit reached (impossible) | done ok | done ok | done ok, >rec.query c, >query c | - | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A timer of another wish, or of none, is late. */
static void test_timer__of_no_wish__is_late(void **state)
{
    static const struct trace_case cases[] = {
        {BACKING_OFF, "steady c; again c; again c; again b", "- (late) | >create c | - (late) | - (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static struct c8d_container_view view_of(struct trace *trace)
{
    struct c8d_container_view view = {0};
    c8d_ref container = c8d_model_find(trace->model, (struct c8d_str){"n", 1}, (struct c8d_str){"c", 1});

    assert_true(c8d_model_view_container(trace->model, container, &view));
    return view;
}

static void test_wish__is_shown_with_its_pauses(void **state)
{
    struct trace trace;

    (void)state;
    assert_true(trace_open(&trace, true));
    assert_string_equal(trace_feed(&trace, LIVE "; wish-running.req c; create.err c; again c; create.err c"),
                        ">subscribe | done ok | >rec.create c | done ok | done ok, >create c | "
                        ">rec.timer c backoff 1 | >create c | >rec.timer c backoff 2");
    assert_int_equal(view_of(&trace).wish, C8D_WISH_RUNNING_BACKOFF);
    assert_int_equal(view_of(&trace).wish_attempts, 2);
    for (unsigned i = 0; i < 300; i++)
        (void)trace_feed(&trace, "again c; create.err c");
    assert_int_equal(view_of(&trace).wish_attempts, 255);
    (void)trace_feed(&trace, "wish-none.req c");
    assert_int_equal(view_of(&trace).wish, C8D_WISH_NONE);
    assert_int_equal(view_of(&trace).wish_attempts, 0);
    assert_null(trace.witness.broken);
    trace_close(&trace);
}

/* What is wished for is not forgotten, and what has been reached and is over is. */
static void test_wish__of_what_is_absent__is_remembered(void **state)
{
    struct trace trace;
    c8d_ref container;

    (void)state;
    assert_true(trace_open(&trace, true));
    (void)trace_feed(&trace, "open; subscribed; wish-stopped.req c; rec.is:absent c; is:absent c");
    container = c8d_model_find(trace.model, (struct c8d_str){"n", 1}, (struct c8d_str){"c", 1});
    assert_false(c8d_model_forget(trace.model, container, C8D_REF_NONE));
    (void)trace_feed(&trace, "wish-removed.req c");
    assert_true(c8d_model_forget(trace.model, container, C8D_REF_NONE));
    trace_close(&trace);
}

static void test_timer__of_an_older_pause__is_late(void **state)
{
    struct trace trace;
    uint64_t older;

    (void)state;
    assert_true(trace_open(&trace, true));
    (void)trace_feed(&trace, BACKING_OFF);
    older = trace.wish_timer;
    (void)trace_feed(&trace, "again c; create.err c");
    assert_true(trace.wish_timer != older);
    trace.wish_timer = older;
    assert_string_equal(trace_feed(&trace, "again c"), "- (late)");
    assert_null(trace.witness.broken);
    trace_close(&trace);
}

/* The model's own number in a consumer's command: its completion is the model's, and comes to nobody. */
static void test_command__with_the_number_of_wishes__is_completed_nowhere(void **state)
{
    struct trace trace;
    struct c8d_input input = {
        .region = C8D_REGION_CONTAINER, .symbol = C8D_SYM_DELETE, .request = C8D_REQUEST_WISH};

    (void)state;
    assert_true(trace_open(&trace, true));
    (void)trace_feed(&trace, "hold c; " LIVE);
    input.container = c8d_model_find(trace.model, (struct c8d_str){"n", 1}, (struct c8d_str){"c", 1});
    assert_int_equal(c8d_model_step(trace.model, &input, &trace.actions), C8D_ACCEPTED);
    input.symbol = C8D_SYM_OK;
    assert_int_equal(c8d_model_step(trace.model, &input, &trace.actions), C8D_ACCEPTED);
    assert_int_equal(trace.actions.count, 0);
    trace_close(&trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wish_running__run_ends__is_begun_again_after_a_pause),
        cmocka_unit_test(test_wish_running__run_lasts__makes_the_pause_short_again),
        cmocka_unit_test(test_wish_running__start_fails__waits_and_clears_up),
        cmocka_unit_test(test_wish_running__what_is_there__is_taken_up),
        cmocka_unit_test(test_wish_running__left_over_without_a_record__takes_five_calls_and_pauses),
        cmocka_unit_test(test_wish__undone_by_somebody_else__is_restored_after_a_pause),
        cmocka_unit_test(test_stop_by_hand__in_the_pause_of_a_restart__beats_it),
        cmocka_unit_test(test_command_by_hand__changes_the_wish),
        cmocka_unit_test(test_wish_removed__while_starting__removes_what_comes),
        cmocka_unit_test(test_wish_paused__exited__waits_for_a_run),
        cmocka_unit_test(test_wish__nothing_is_certain__waits),
        cmocka_unit_test(test_wish__more_than_there_is_room_for__is_refused),
        cmocka_unit_test(test_timer__of_no_wish__is_late),
        cmocka_unit_test(test_timer__of_an_older_pause__is_late),
        cmocka_unit_test(test_wish__is_shown_with_its_pauses),
        cmocka_unit_test(test_wish__of_what_is_absent__is_remembered),
        cmocka_unit_test(test_command__with_the_number_of_wishes__is_completed_nowhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
