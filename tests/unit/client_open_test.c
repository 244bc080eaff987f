/* SPDX-License-Identifier: Apache-2.0 */
/* Containers that are taken up, or replaced, by somebody who does not wait: the handle comes with the
 * completion. */
#include "fixture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct told {
    int n;
    enum c8d_status status;
    struct c8d_container *container;
};

static void opened(void *user, enum c8d_status status, struct c8d_container *container,
                   const struct c8d_error *err)
{
    struct told *told = user;

    assert_true((container != NULL) == (status == C8D_OK));
    assert_true((err == NULL) == (status == C8D_OK));
    assert_true(err == NULL || (err->status == status && err->message[0] != '\0'));
    told->n++;
    told->status = status;
    told->container = container;
}

static enum c8d_status load(struct c8d_client *client, struct told *told)
{
    return c8d_client_load_container_submit(client, str("c1"), opened, told, NULL);
}

static enum c8d_status replace(struct c8d_client *client, struct told *told)
{
    const struct c8d_container_options what = {
        .size = sizeof(what), .id = str("c1"), .spec = str("{\"a\":1}")};

    return c8d_client_replace_container_submit(client, &what, opened, told, NULL);
}

static void expect(struct fixture *f, const struct told *told, enum c8d_status status)
{
    assert_int_equal(told->n, 0);
    fixture_settle(f);
    assert_int_equal(told->n, 1);
    assert_int_equal(told->status, status);
}

static void open_connected(struct fixture *f, scripted_respond_fn *respond)
{
    fixture_open(f, respond);
    assert_int_equal(c8d_client_connect(f->client, SECOND, NULL), C8D_OK);
}

static void there(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_STATE)
        scripted_reply_state(script, call, C8D_ENTRY_RUNNING, 77, 0);
    else
        scripted_ok(script, call);
}

static void load__of_what_runs__hands_it_out_with_its_task(void **state)
{
    struct told told = {0}, again = {0};
    struct c8d_process *task;
    struct fixture f;

    (void)state;
    open_connected(&f, there);
    assert_int_equal(load(f.client, &told), C8D_OK);
    expect(&f, &told, C8D_OK);
    assert_true(c8d_container_spec(told.container).len != 0);
    task = c8d_container_task(told.container);
    assert_non_null(task);
    assert_int_equal(c8d_process_pid(task), 77);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_CONTAINER_GET), 1);
    /* The model knows it now, and the spec is asked for all the same. */
    assert_int_equal(load(f.client, &again), C8D_OK);
    expect(&f, &again, C8D_OK);
    assert_true(c8d_container_spec(again.container).len != 0);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_CONTAINER_GET), 2);
    c8d_process_unref(task);
    c8d_container_unref(told.container);
    c8d_container_unref(again.container);
    fixture_close(&f);
}

static void without_task(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_STATE)
        scripted_reply(script, call->token, C8D_NOT_FOUND, "no such task");
    else
        scripted_ok(script, call);
}

static void load__without_a_task__hands_it_out(void **state)
{
    struct told told = {0};
    struct fixture f;

    (void)state;
    open_connected(&f, without_task);
    assert_int_equal(load(f.client, &told), C8D_OK);
    expect(&f, &told, C8D_OK);
    assert_null(c8d_container_task(told.container));
    c8d_container_unref(told.container);
    fixture_close(&f);
}

static void absent(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_CONTAINER_GET)
        scripted_reply(script, call->token, C8D_NOT_FOUND, "no such container");
    else
        scripted_ok(script, call);
}

static void load__of_what_is_not_there__is_told(void **state)
{
    struct told told = {0};
    struct fixture f;

    (void)state;
    open_connected(&f, absent);
    assert_int_equal(c8d_client_load_container_submit(f.client, str("-"), opened, &told, NULL), C8D_INVALID);
    assert_int_equal(load(f.client, &told), C8D_OK);
    expect(&f, &told, C8D_NOT_FOUND);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_STATE), 0);
    fixture_close(&f);
}

/* A run before has left a task that runs; the name is free once its record is deleted. */
static void leftover(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_CONTAINER_CREATE && scripted_n_calls(script, C8D_CALL_CONTAINER_DELETE) == 0) {
        scripted_reply(script, call->token, C8D_ALREADY_EXISTS, "taken");
    } else {
        there(script, call);
        if (call->kind == C8D_CALL_KILL)
            scripted_event(script, C8D_EVENT_TASK_EXIT, "c1", "", 77, 137);
    }
}

static void replace__of_a_leftover__hands_the_new_one_out(void **state)
{
    struct told told = {0}, second = {0};
    struct fixture f;

    (void)state;
    open_connected(&f, leftover);
    assert_int_equal(replace(f.client, &told), C8D_OK);
    assert_int_equal(replace(f.client, &second), C8D_OK);
    expect(&f, &told, C8D_OK);
    /* One at a time. */
    assert_int_equal(second.n, 1);
    assert_int_equal(second.status, C8D_CONFLICT);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_CONTAINER_CREATE), 2);
    assert_string_equal(fixture_story(&f), "create start exit deleted");
    assert_int_equal(c8d_container_state(told.container), C8D_STATE_DELETED);
    c8d_container_unref(told.container);
    fixture_close(&f);
}

static void submit__without_a_connection__is_refused(void **state)
{
    struct told told = {0};
    struct fixture f;

    (void)state;
    fixture_open(&f, NULL);
    assert_int_equal(load(f.client, &told), C8D_UNAVAILABLE);
    assert_int_equal(replace(f.client, &told), C8D_UNAVAILABLE);
    fixture_close(&f);
    assert_int_equal(told.n, 0);
}

static void unref__before_the_replies__cancels(void **state)
{
    struct told told = {0};
    struct fixture f;

    (void)state;
    for (int i = 0; i < 2; i++) {
        told = (struct told){0};
        open_connected(&f, there);
        assert_int_equal(i == 0 ? load(f.client, &told) : replace(f.client, &told), C8D_OK);
        fixture_close(&f);
        assert_int_equal(told.n, 1);
        assert_int_equal(told.status, C8D_CANCELED);
    }
}

/* Returns true when the allocation that was to fail never came. */
static bool load_with_failure(long fail_at)
{
    struct failing failing;
    struct told told = {0};
    enum c8d_status status;
    struct fixture f;
    bool never;

    failing_init(&failing);
    fixture_open_with(&f, there, false, &failing.allocator);
    assert_int_equal(c8d_client_connect(f.client, SECOND, NULL), C8D_OK);
    failing.fail_at = failing.made + fail_at;
    status = load(f.client, &told);
    fixture_settle(&f);
    assert_true(status == C8D_OK || status == C8D_EXHAUSTED);
    assert_int_equal(told.n, status == C8D_OK);
    never = failing.made < failing.fail_at;
    c8d_container_unref(told.container);
    fixture_close(&f);
    assert_int_equal(failing.live, 0);
    return never;
}

static void load__any_allocation_fails__is_refused_or_told_once(void **state)
{
    long fail_at = 1;

    (void)state;
    while (!load_with_failure(fail_at))
        fail_at++;
    assert_true(fail_at > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(load__of_what_runs__hands_it_out_with_its_task),
        cmocka_unit_test(load__without_a_task__hands_it_out),
        cmocka_unit_test(load__of_what_is_not_there__is_told),
        cmocka_unit_test(replace__of_a_leftover__hands_the_new_one_out),
        cmocka_unit_test(submit__without_a_connection__is_refused),
        cmocka_unit_test(unref__before_the_replies__cancels),
        cmocka_unit_test(load__any_allocation_fails__is_refused_or_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
