/* SPDX-License-Identifier: Apache-2.0 */
/* Stopping through the handles. */
#include "fixture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The process ends by this signal alone; 0 = by none. */
static uint32_t deadly;

static void respond(struct scripted *script, const struct scripted_call *call)
{
    scripted_ok(script, call);
    if (call->kind == C8D_CALL_KILL && call->signal == deadly)
        scripted_event(script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 128 + call->signal);
}

struct stopping {
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
};

static void open_stopping(struct stopping *s, uint32_t signal)
{
    deadly = signal;
    fixture_open(&s->f, respond);
    s->container = fixture_create(&s->f, "c1");
    s->task = fixture_start(&s->f, s->container);
}

static void close_stopping(struct stopping *s)
{
    c8d_process_unref(s->task);
    c8d_container_unref(s->container);
    fixture_close(&s->f);
}

static void test_stop__heeds_the_signal__needs_no_second(void **state)
{
    struct stopping s;
    struct c8d_exit end = {0};

    (void)state;
    open_stopping(&s, 15);
    assert_int_equal(c8d_process_stop(s.task, NULL, SECOND, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 143);
    assert_int_equal(scripted_n_calls(s.f.script, C8D_CALL_KILL), 1);
    assert_int_equal(c8d_process_stop(s.task, NULL, SECOND, &end, NULL), C8D_NOT_MODIFIED);
    close_stopping(&s);
}

static void test_stop__does_not_heed_it__is_killed_after_its_grace(void **state)
{
    const struct c8d_stop_options options = {.size = sizeof(options), .signal = 2, .grace_ns = 3 * SECOND};
    struct stopping s;
    struct c8d_exit end = {0};
    int64_t begin;

    (void)state;
    open_stopping(&s, 9);
    begin = scripted_now(s.f.script);
    assert_int_equal(c8d_process_stop(s.task, &options, 60 * SECOND, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 137);
    assert_in_range(scripted_now(s.f.script) - begin, 3 * SECOND, 4 * SECOND);
    assert_int_equal(scripted_call_of(s.f.script, C8D_CALL_KILL, 0)->signal, 2);
    assert_false(scripted_call_of(s.f.script, C8D_CALL_KILL, 0)->all);
    assert_int_equal(scripted_call_of(s.f.script, C8D_CALL_KILL, 1)->signal, 9);
    assert_true(scripted_call_of(s.f.script, C8D_CALL_KILL, 1)->all);
    close_stopping(&s);
}

static void test_stop__cannot_be_killed__says_so(void **state)
{
    struct stopping s;

    (void)state;
    open_stopping(&s, 0);
    assert_int_equal(c8d_process_stop(s.task, NULL, 60 * SECOND, NULL, NULL), C8D_DEADLINE);
    assert_int_equal(fixture_count(&s.f, C8D_NOTICE_UNRESPONSIVE), 1);
    assert_int_equal(c8d_process_state(s.task), C8D_STATE_RUNNING);
    close_stopping(&s);
}

/* moby#45738, moby#46688: the caller goes; the stop does not. */
static void test_stop__nobody_waits__goes_on(void **state)
{
    struct stopping s;

    (void)state;
    open_stopping(&s, 9);
    assert_int_equal(c8d_process_stop(s.task, NULL, SECOND, NULL, NULL), C8D_INDETERMINATE);
    assert_int_equal(c8d_process_wait(s.task, 20 * SECOND, NULL, NULL), C8D_OK);
    close_stopping(&s);
}

static void done(void *user, enum c8d_status status, const struct c8d_error *err)
{
    (void)err;
    *(enum c8d_status *)user = status;
}

static void test_stop_submit__each_end__is_told(void **state)
{
    const struct c8d_stop_options now = {.size = sizeof(now), .grace_ns = -1};
    const struct c8d_stop_options wrong = {.size = 2};
    enum c8d_status status = C8D_INTERNAL;
    struct stopping s;

    (void)state;
    open_stopping(&s, 9);
    assert_int_equal(c8d_process_stop_submit(s.task, &wrong, done, &status, NULL), C8D_INVALID);
    assert_int_equal(c8d_process_stop(s.task, &wrong, 0, NULL, NULL), C8D_INVALID);
    assert_int_equal(c8d_process_stop_submit(s.task, &now, done, &status, NULL), C8D_OK);
    fixture_settle(&s.f);
    assert_int_equal(status, C8D_OK);
    assert_int_equal(scripted_n_calls(s.f.script, C8D_CALL_KILL), 2);
    close_stopping(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stop__heeds_the_signal__needs_no_second),
        cmocka_unit_test(test_stop__does_not_heed_it__is_killed_after_its_grace),
        cmocka_unit_test(test_stop__cannot_be_killed__says_so),
        cmocka_unit_test(test_stop__nobody_waits__goes_on),
        cmocka_unit_test(test_stop_submit__each_end__is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
