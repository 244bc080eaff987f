/* SPDX-License-Identifier: Apache-2.0 */
/* The event stream: opening it, losing it, and making good what was lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <stdio.h>
#include <string.h>

#define MS INT64_C(1000000)

static void unreachable(struct scripted *script, const struct scripted_call *call)
{
    scripted_reply(script, call->token, C8D_UNAVAILABLE, "nobody listens there");
}

static void connect__nobody_there__fails_at_once_with_the_runtimes_words(void **state)
{
    struct fixture f;
    struct c8d_error err = {0};

    (void)state;
    fixture_open(&f, unreachable);
    assert_int_equal(c8d_client_connect(f.client, SECOND, &err), C8D_UNAVAILABLE);
    assert_string_equal(err.message, "nobody listens there");
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_SUBSCRIBE), 1);
    /* And may be tried again. */
    scripted_set_respond(f.script, NULL);
    assert_int_equal(c8d_client_connect(f.client, SECOND, &err), C8D_OK);
    assert_int_equal(c8d_client_connect(f.client, SECOND, &err), C8D_OK);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_SUBSCRIBE), 2);
    fixture_close(&f);
}

static void silent(struct scripted *script, const struct scripted_call *call)
{
    (void)script;
    (void)call;
}

static void connect__no_reply__is_deadline(void **state)
{
    struct fixture f;
    int64_t before;

    (void)state;
    fixture_open(&f, silent);
    before = scripted_now(f.script);
    assert_int_equal(c8d_client_connect(f.client, 50 * MS, NULL), C8D_DEADLINE);
    assert_int_equal(scripted_now(f.script), before + 50 * MS);
    fixture_close(&f);
}

/* A snapshot in which c1 is what the test wants. */
struct snapshot {
    enum c8d_entry_state state;
    uint32_t pid;
    uint32_t code;
};

static struct snapshot now_is;

static void listing(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_LIST)
        scripted_reply_list(script, call->token, "c1", now_is.state, now_is.pid, now_is.code);
    else if (call->kind == C8D_CALL_STATE)
        scripted_reply_state(script, call, now_is.state, now_is.pid, now_is.code);
    else
        scripted_ok(script, call);
}

static void gap__process_ended_meanwhile__is_told_once_with_its_code(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_exit end = {0};
    struct c8d_client_counters counters;

    (void)state;
    now_is = (struct snapshot){C8D_ENTRY_STOPPED, 100, 4};
    fixture_open(&f, listing);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    scripted_end_stream(f.script);
    assert_int_equal(c8d_process_wait(task, SECOND, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 4);
    fixture_settle(&f);
    assert_string_equal(fixture_story(&f), "create start gap exit resynced");
    assert_int_equal(f.heard[3].cause, C8D_CAUSE_RESYNC);
    /* The event of the same end comes after all. */
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 4);
    fixture_settle(&f);
    assert_int_equal(fixture_count(&f, C8D_NOTICE_EXIT), 1);
    c8d_client_counters(f.client, &counters);
    assert_int_equal(counters.gaps, 1);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void gap__still_running__changes_nothing_and_handles_stay_valid(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_exit end = {0};

    (void)state;
    now_is = (struct snapshot){C8D_ENTRY_RUNNING, 100, 0};
    fixture_open(&f, listing);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    scripted_end_stream(f.script);
    fixture_settle(&f);
    assert_string_equal(fixture_story(&f), "create start gap resynced");
    assert_int_equal(c8d_process_kill(task, 15, SECOND, NULL), C8D_OK);
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 143);
    assert_int_equal(c8d_process_wait(task, SECOND, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 143);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void gap__runtime_cannot_tell__is_asked_again_and_never_taken_for_stopped(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_exit end = {0};

    (void)state;
    now_is = (struct snapshot){C8D_ENTRY_UNKNOWN, 0, 0};
    fixture_open(&f, listing);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    scripted_end_stream(f.script);
    assert_int_equal(c8d_process_wait(task, SECOND, &end, NULL), C8D_DEADLINE);
    assert_int_equal(fixture_count(&f, C8D_NOTICE_EXIT), 0);
    assert_true(scripted_n_calls(f.script, C8D_CALL_STATE) >= 3);
    now_is = (struct snapshot){C8D_ENTRY_STOPPED, 100, 1};
    assert_int_equal(c8d_process_wait(task, 2 * SECOND, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 1);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void all_gone(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_STATE)
        scripted_reply(script, call->token, C8D_NOT_FOUND, "no task");
    else
        scripted_ok(script, call);
}

static void gap__task_is_gone__ends_with_an_unknown_code(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_exit end = {.known = true, .code = 99};

    (void)state;
    fixture_open(&f, all_gone);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    scripted_end_stream(f.script);
    assert_int_equal(c8d_process_wait(task, SECOND, &end, NULL), C8D_OK);
    assert_false(end.known);
    assert_true(end.ran);
    assert_int_equal(end.code, 0);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static int lists_to_fail;

static void failing_lists(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_LIST && lists_to_fail-- > 0)
        scripted_reply(script, call->token, C8D_DEADLINE, "too slow");
    else
        scripted_ok(script, call);
}

static void gap__runtime_stays_away__is_tried_with_growing_pauses(void **state)
{
    struct fixture f;
    struct c8d_client_counters counters;
    size_t in_first_100_ms;

    (void)state;
    fixture_open(&f, NULL);
    assert_int_equal(c8d_client_connect(f.client, SECOND, NULL), C8D_OK);
    scripted_set_respond(f.script, unreachable);
    scripted_end_stream(f.script);
    assert_int_equal(c8d_client_connect(f.client, 1, NULL), C8D_OK);
    fixture_settle(&f);
    assert_int_equal(c8d_client_connect(f.client, 100 * MS, NULL), C8D_DEADLINE);
    /* At once, after 20 ms and after 40 more. */
    in_first_100_ms = scripted_n_calls(f.script, C8D_CALL_SUBSCRIBE) - 1;
    assert_int_equal(in_first_100_ms, 3);
    assert_int_equal(c8d_client_connect(f.client, 100 * SECOND, NULL), C8D_DEADLINE);
    assert_in_range(scripted_n_calls(f.script, C8D_CALL_SUBSCRIBE), 100, 110);
    c8d_client_counters(f.client, &counters);
    assert_int_equal(counters.gaps, 1);
    /* Back again: within a second, and the pauses are short again afterwards. */
    lists_to_fail = 1;
    scripted_set_respond(f.script, failing_lists);
    assert_int_equal(c8d_client_connect(f.client, SECOND + 20 * MS, NULL), C8D_OK);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_LIST), 2);
    assert_string_equal(fixture_story(&f), "gap resynced");
    fixture_close(&f);
}

static void gap__list_fails__is_asked_for_again(void **state)
{
    struct fixture f;

    (void)state;
    lists_to_fail = 2;
    fixture_open(&f, failing_lists);
    assert_int_equal(c8d_client_connect(f.client, SECOND, NULL), C8D_OK);
    scripted_end_stream(f.script);
    fixture_settle(&f);
    assert_int_equal(c8d_client_connect(f.client, SECOND, NULL), C8D_OK);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_LIST), 3);
    assert_string_equal(fixture_story(&f), "gap resynced");
    fixture_close(&f);
}

static void held_lists(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind != C8D_CALL_LIST)
        listing(script, call);
}

/* Another gap while a list is under way: what it says may be from before what that gap has swallowed. */
static void gap__list_that_was_given_up_comes_late__proves_nothing(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;

    (void)state;
    now_is = (struct snapshot){C8D_ENTRY_RUNNING, 100, 0};
    fixture_open(&f, held_lists);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    for (int gap = 0; gap < 2; gap++) {
        scripted_end_stream(f.script);
        fixture_settle(&f);
    }
    scripted_reply_list(f.script, scripted_call_of(f.script, C8D_CALL_LIST, 0)->token, "c1", C8D_ENTRY_ABSENT,
                        0, 0);
    fixture_settle(&f);
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    scripted_reply_list(f.script, scripted_call_of(f.script, C8D_CALL_LIST, 1)->token, "c1",
                        C8D_ENTRY_RUNNING, 100, 0);
    fixture_settle(&f);
    assert_string_equal(fixture_story(&f), "create start gap gap resynced");
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void operation__while_the_link_is_down__waits_for_it(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task = NULL;

    (void)state;
    now_is = (struct snapshot){C8D_ENTRY_ABSENT, 0, 0};
    fixture_open(&f, listing);
    container = fixture_create(&f, "c1");
    scripted_set_respond(f.script, unreachable);
    scripted_end_stream(f.script);
    fixture_settle(&f);
    /* Nothing was asked of the runtime: that is a deadline, and no doubt. */
    assert_int_equal(c8d_container_start(container, NULL, 50 * MS, &task, NULL), C8D_DEADLINE);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_TASK_CREATE), 0);
    scripted_set_respond(f.script, listing);
    assert_int_equal(c8d_container_start(container, NULL, 2 * SECOND, &task, NULL), C8D_OK);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static enum c8d_status lost_as;

static void lose_start(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_START)
        scripted_reply(script, call->token, lost_as, "no reply that says anything");
    else if (call->kind == C8D_CALL_STATE)
        scripted_reply_state(script, call, now_is.state, now_is.pid, now_is.code);
    else
        scripted_ok(script, call);
}

static void check_lost_start(enum c8d_status lost)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;

    lost_as = lost;
    now_is = (struct snapshot){C8D_ENTRY_RUNNING, 100, 0};
    fixture_open(&f, lose_start);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    assert_string_equal(fixture_story(&f), "create start");
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void start__reply_lost_and_it_runs__the_query_tells_so(void **state)
{
    (void)state;
    check_lost_start(C8D_INDETERMINATE);
}

static void start__reply_unreadable_and_it_runs__the_query_tells_so(void **state)
{
    (void)state;
    check_lost_start(C8D_INTERNAL);
}

static void exit__pid_zero__is_confirmed_by_a_query(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_exit end = {0};

    (void)state;
    now_is = (struct snapshot){C8D_ENTRY_STOPPED, 100, 137};
    fixture_open(&f, listing);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "c1", "", 0, 137);
    assert_int_equal(c8d_process_wait(task, SECOND, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 137);
    assert_int_equal(fixture_count(&f, C8D_NOTICE_EXIT), 1);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void event__of_a_stranger__is_counted_foreign_and_passed_over(void **state)
{
    struct fixture f;
    struct c8d_client_counters counters;

    (void)state;
    fixture_open(&f, NULL);
    assert_int_equal(c8d_client_connect(f.client, SECOND, NULL), C8D_OK);
    scripted_event(f.script, C8D_EVENT_TASK_START, "other", "", 300, 0);
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "other", "e", 301, 1);
    scripted_event(f.script, C8D_EVENT_TASK_OOM, "", "", 0, 0);
    fixture_settle(&f);
    c8d_client_counters(f.client, &counters);
    assert_int_equal(counters.model.outcomes[C8D_FOREIGN], 3);
    assert_int_equal(f.n_heard, 0);
    fixture_close(&f);
}

static void event__of_another_namespace__is_foreign_whatever_it_names(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;

    (void)state;
    fixture_open(&f, NULL);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    scripted_set_namespace(f.script, "other");
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 1);
    fixture_settle(&f);
    assert_int_equal(fixture_count(&f, C8D_NOTICE_EXIT), 0);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void fail_state(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_STATE)
        scripted_reply(script, call->token, C8D_DEADLINE, "too slow");
    else
        scripted_ok(script, call);
}

static void query__answered_after_many_failures__pauses_are_short_again(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    size_t asked;
    int64_t until;

    (void)state;
    fixture_open(&f, fail_state);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "c1", "", 0, 137);
    until = scripted_now(f.script) + SECOND;
    while (scripted_now(f.script) < until)
        (void)c8d_client_dispatch(f.client, SECOND / 10);
    assert_true(c8d_client_next_timeout(f.client) > 20 * MS);
    /* The next query is held back, and what happens meanwhile makes its answer stale. */
    asked = scripted_n_calls(f.script, C8D_CALL_STATE);
    scripted_set_respond(f.script, silent);
    while (scripted_n_calls(f.script, C8D_CALL_STATE) == asked)
        (void)c8d_client_dispatch(f.client, SECOND / 10);
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "c1", "", 0, 137);
    fixture_settle(&f);
    scripted_set_respond(f.script, fail_state);
    scripted_reply_state(f.script, scripted_call_of(f.script, C8D_CALL_STATE, asked), C8D_ENTRY_RUNNING, 100,
                         0);
    fixture_settle(&f);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_STATE), asked + 2);
    assert_in_range(c8d_client_next_timeout(f.client), 1, 20 * MS);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void version__asked_for__needs_no_stream(void **state)
{
    struct fixture f;
    struct c8d_version version = {.version = "x"};

    (void)state;
    fixture_open(&f, NULL);
    assert_int_equal(c8d_client_version(f.client, SECOND, &version, NULL), C8D_OK);
    assert_string_equal(version.version, "");
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_SUBSCRIBE), 0);
    scripted_set_respond(f.script, silent);
    assert_int_equal(c8d_client_version(f.client, 10 * MS, &version, NULL), C8D_DEADLINE);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connect__nobody_there__fails_at_once_with_the_runtimes_words),
        cmocka_unit_test(connect__no_reply__is_deadline),
        cmocka_unit_test(gap__process_ended_meanwhile__is_told_once_with_its_code),
        cmocka_unit_test(gap__still_running__changes_nothing_and_handles_stay_valid),
        cmocka_unit_test(gap__runtime_cannot_tell__is_asked_again_and_never_taken_for_stopped),
        cmocka_unit_test(gap__task_is_gone__ends_with_an_unknown_code),
        cmocka_unit_test(gap__runtime_stays_away__is_tried_with_growing_pauses),
        cmocka_unit_test(gap__list_fails__is_asked_for_again),
        cmocka_unit_test(gap__list_that_was_given_up_comes_late__proves_nothing),
        cmocka_unit_test(operation__while_the_link_is_down__waits_for_it),
        cmocka_unit_test(start__reply_lost_and_it_runs__the_query_tells_so),
        cmocka_unit_test(start__reply_unreadable_and_it_runs__the_query_tells_so),
        cmocka_unit_test(exit__pid_zero__is_confirmed_by_a_query),
        cmocka_unit_test(event__of_a_stranger__is_counted_foreign_and_passed_over),
        cmocka_unit_test(event__of_another_namespace__is_foreign_whatever_it_names),
        cmocka_unit_test(query__answered_after_many_failures__pauses_are_short_again),
        cmocka_unit_test(version__asked_for__needs_no_stream),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
