/* SPDX-License-Identifier: Apache-2.0 */
/* A runtime that does not answer, and one that leaves the end of an exec untold. */
#include "fixture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Neither kills nor queries are ever answered: not even that their time is over. */
static void mute(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind != C8D_CALL_KILL && call->kind != C8D_CALL_STATE)
        scripted_ok(script, call);
}

static void test_kill__never_answered__is_told_as_unresponsive(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;

    (void)state;
    fixture_open(&f, mute);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    assert_int_equal(c8d_process_kill(task, 9, 60 * SECOND, NULL), C8D_INDETERMINATE);
    assert_int_equal(fixture_count(&f, C8D_NOTICE_UNRESPONSIVE), 0);
    assert_int_equal(c8d_process_kill(task, 9, 60 * SECOND, NULL), C8D_INDETERMINATE);
    assert_int_equal(fixture_count(&f, C8D_NOTICE_UNRESPONSIVE), 1);
    assert_int_equal(c8d_process_kill(task, 9, 60 * SECOND, NULL), C8D_INDETERMINATE);
    assert_int_equal(fixture_count(&f, C8D_NOTICE_UNRESPONSIVE), 1);
    /* It has not ended for that. */
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 137);
    assert_int_equal(c8d_process_wait(task, SECOND, NULL, NULL), C8D_OK);
    assert_int_equal(fixture_count(&f, C8D_NOTICE_RESPONSIVE), 1);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void done(void *user, enum c8d_status status, const struct c8d_error *err)
{
    enum c8d_status *out = user;

    (void)err;
    *out = status;
}

/* Nobody's own deadline stands behind a submitted call: the model's does. */
static void test_kill_submit__never_answered__is_completed(void **state)
{
    enum c8d_status status = C8D_OK;
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;

    (void)state;
    fixture_open(&f, mute);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    assert_int_equal(c8d_process_kill_submit(task, 9, C8D_NO_DEADLINE, done, &status, NULL), C8D_OK);
    while (status == C8D_OK)
        (void)c8d_client_dispatch(f.client, SECOND);
    assert_int_equal(status, C8D_INDETERMINATE);
    assert_true(scripted_now(f.script) < 30 * SECOND);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void test_exec__its_end_is_never_told__ends_in_its_time(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_process *exec;
    struct c8d_exit end = {.known = true};

    (void)state;
    fixture_open(&f, NULL);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    exec = fixture_exec(&f, task, "e1");
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 0);
    assert_int_equal(c8d_process_wait(exec, 9 * SECOND, &end, NULL), C8D_DEADLINE);
    assert_int_equal(c8d_process_wait(exec, 2 * SECOND, &end, NULL), C8D_OK);
    assert_false(end.known);
    /* Its event comes after all. */
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "c1", "e1", c8d_process_pid(exec), 3);
    fixture_settle(&f);
    assert_int_equal(c8d_process_wait(exec, SECOND, &end, NULL), C8D_OK);
    assert_true(end.known && end.code == 3);
    assert_int_equal(fixture_count(&f, C8D_NOTICE_EXIT), 2);
    c8d_process_unref(exec);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

/* The numbers are the consumer's. */
static void test_patience__set_by_the_consumer__is_kept(void **state)
{
    struct scripted *script = scripted_new(mute);
    const struct c8d_client_options options = {
        .size = sizeof(options),
        .runtime = scripted_runtime(script),
        .namespace_ = str("test"),
        .short_patience_ns = 2 * SECOND,
        .long_patience_ns = 3 * SECOND,
    };
    struct c8d_container_options what = {.size = sizeof(what), .id = str("c1"), .spec = str("{}")};
    struct c8d_client *client;
    struct c8d_container *container;
    struct c8d_process *task;
    int64_t begin;

    (void)state;
    assert_int_equal(c8d_client_new(&options, &client, NULL), C8D_OK);
    assert_int_equal(c8d_client_new_container(client, &what, SECOND, &container, NULL), C8D_OK);
    assert_int_equal(c8d_container_start(container, NULL, SECOND, &task, NULL), C8D_OK);
    begin = scripted_now(script);
    assert_true(scripted_call_of(script, C8D_CALL_START, 0)->deadline_ns - begin <= 3 * SECOND);
    assert_int_equal(c8d_process_kill(task, 15, C8D_NO_DEADLINE, NULL), C8D_INDETERMINATE);
    assert_int_equal(scripted_call_of(script, C8D_CALL_KILL, 0)->deadline_ns - begin, 2 * SECOND);
    c8d_process_unref(task);
    c8d_container_unref(container);
    c8d_client_unref(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kill__never_answered__is_told_as_unresponsive),
        cmocka_unit_test(test_kill_submit__never_answered__is_completed),
        cmocka_unit_test(test_exec__its_end_is_never_told__ends_in_its_time),
        cmocka_unit_test(test_patience__set_by_the_consumer__is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
