/* SPDX-License-Identifier: Apache-2.0 */
/* Memory runs out, at every allocation in turn: once, and from then on for ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <string.h>

static void respond(struct scripted *script, const struct scripted_call *call)
{
    scripted_ok(script, call);
    if (call->kind == C8D_CALL_KILL)
        scripted_event(script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 137);
    if (call->kind == C8D_CALL_CONTAINER_CREATE)
        scripted_event(script, C8D_EVENT_TASK_START, "other", "", 300, 0);
}

/* A whole life with an exec and streams. Stops at the first failure, as a careful consumer does. */
static enum c8d_status live(struct fixture *f)
{
    const struct c8d_container_options created = {
        .size = sizeof(created), .id = str("c1"), .spec = str("{}")};
    const struct c8d_start_options started = {.size = sizeof(started), .stdio = C8D_STDIO_OUT};
    const struct c8d_exec_options run = {
        .size = sizeof(run), .id = str("e1"), .spec = str("{}"), .stdio = C8D_STDIO_IN};
    struct c8d_container *container = NULL;
    struct c8d_process *task = NULL;
    struct c8d_process *exec = NULL;
    size_t n;
    enum c8d_status status = c8d_client_new_container(f->client, &created, SECOND, &container, NULL);

    if (status == C8D_OK)
        status = c8d_container_start(container, &started, SECOND, &task, NULL);
    if (status == C8D_OK)
        status = c8d_task_exec(task, &run, SECOND, &exec, NULL);
    if (status == C8D_OK)
        status = c8d_task_pids(task, SECOND, NULL, 0, &n, NULL);
    if (status == C8D_OK)
        status = c8d_task_update_resources(task, str("{}"), SECOND, NULL);
    if (status == C8D_OK)
        status = c8d_task_force_delete(task, SECOND, NULL, NULL);
    if (status == C8D_OK)
        scripted_end_stream(f->script);
    if (status == C8D_OK)
        fixture_settle(f);
    c8d_process_unref(exec);
    c8d_process_unref(task);
    c8d_container_unref(container);
    return status;
}

static bool is_expected(enum c8d_status status)
{
    /* What waits for memory runs into the waiter's deadline. */
    return status == C8D_EXHAUSTED || status == C8D_DEADLINE || status == C8D_INDETERMINATE;
}

static void assert_no_end_twice(const struct fixture *f)
{
    for (size_t i = 0; i < f->n_heard; i++) {
        for (size_t j = 0; j < i; j++) {
            bool same = f->heard[i].kind == C8D_NOTICE_EXIT && f->heard[j].kind == C8D_NOTICE_EXIT &&
                        strcmp(f->heard[i].process, f->heard[j].process) == 0 &&
                        f->heard[i].incarnation == f->heard[j].incarnation;

            assert_false(same);
        }
    }
}

/* Returns whether the failing allocation was reached. */
static bool attempt(long fail_at, bool for_ever)
{
    struct failing failing;
    struct fixture f;
    bool reached;

    failing_init(&failing);
    failing.fail_at = fail_at;
    failing.for_ever = for_ever;
    fixture_open_with(&f, respond, true, &failing.allocator);
    if (f.client != NULL) {
        enum c8d_status status = live(&f);

        if (status != C8D_OK)
            assert_true(is_expected(status));
        assert_no_end_twice(&f);
        fixture_close(&f);
    }
    reached = failing.made >= fail_at;
    assert_int_equal(failing.live, 0);
    return reached;
}

static void memory__each_allocation_fails_once__fails_cleanly(void **state)
{
    long n = 1;

    (void)state;
    while (attempt(n, false))
        n++;
    assert_true(n > 20);
}

static void memory__each_allocation_fails_for_ever__fails_cleanly(void **state)
{
    long n = 1;

    (void)state;
    while (attempt(n, true))
        n++;
    assert_true(n > 20);
}

static void memory__comes_back__what_had_to_wait_goes_on(void **state)
{
    struct failing failing;
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_exit end = {0};
    enum c8d_status without;

    (void)state;
    failing_init(&failing);
    fixture_open_with(&f, NULL, false, &failing.allocator);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    failing.fail_at = 1;
    failing.for_ever = true;
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 2);
    without = c8d_process_wait(task, SECOND, &end, NULL);
    assert_true(without == C8D_OK || without == C8D_DEADLINE);
    failing.fail_at = 0;
    assert_int_equal(c8d_process_wait(task, SECOND, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 2);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
    assert_int_equal(failing.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory__each_allocation_fails_once__fails_cleanly),
        cmocka_unit_test(memory__each_allocation_fails_for_ever__fails_cleanly),
        cmocka_unit_test(memory__comes_back__what_had_to_wait_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
