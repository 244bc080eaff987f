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

/* ---- what was there before
 * ------------------------------------------------------------------------------------ */

static void running(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_STATE)
        scripted_reply_state(script, call, C8D_ENTRY_RUNNING, 100, 0);
    else
        scripted_ok(script, call);
    if (call->kind == C8D_CALL_KILL)
        scripted_event(script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 128 + call->signal);
}

/* A task of a run before: attached to, written to an image, stopped, and all of it deleted. */
static enum c8d_status take_up(struct fixture *f)
{
    const struct c8d_attach_options all = {.size = sizeof(all)};
    struct c8d_container *container = NULL;
    struct c8d_process *task = NULL;
    enum c8d_status status;

    scripted_tell_streams(f->script);
    status = c8d_client_load_container(f->client, str("c1"), SECOND, &container, NULL);
    if (status == C8D_OK)
        status = c8d_container_attach_task(container, &all, SECOND, &task, NULL);
    if (status == C8D_OK)
        assert_int_equal(scripted_open_stdios(f->script), 1);
    if (status == C8D_OK)
        status = c8d_task_checkpoint(task, str("/images"), false, SECOND, NULL);
    if (status == C8D_OK)
        status = c8d_process_stop(task, NULL, SECOND, NULL, NULL);
    if (status == C8D_OK)
        status = c8d_process_delete(task, SECOND, NULL, NULL);
    if (status == C8D_OK)
        status = c8d_container_delete(container, SECOND, NULL);
    c8d_process_unref(task);
    c8d_container_unref(container);
    return status;
}

/* The name is taken until what has it is killed and deleted. */
static void taken(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_CONTAINER_CREATE && scripted_n_calls(script, C8D_CALL_CONTAINER_DELETE) == 0)
        scripted_reply(script, call->token, C8D_ALREADY_EXISTS, "taken");
    else
        running(script, call);
}

static enum c8d_status replace(struct fixture *f)
{
    const struct c8d_container_options what = {.size = sizeof(what), .id = str("c1"), .spec = str("{}")};
    struct c8d_container *container = NULL;
    enum c8d_status status = c8d_client_replace_container(f->client, &what, SECOND, &container, NULL);

    c8d_container_unref(container);
    return status;
}

/* More than there is room for at first. */
static void many(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_LIST)
        scripted_reply_many(script, call->token, 40, C8D_ENTRY_RUNNING);
    else
        scripted_ok(script, call);
}

static enum c8d_status restore(struct fixture *f)
{
    struct c8d_container *container = NULL;
    enum c8d_status status = c8d_client_restore(f->client, SECOND, NULL);

    if (status == C8D_OK)
        status = c8d_client_load_container(f->client, str("m39"), SECOND, &container, NULL);
    if (status == C8D_OK)
        scripted_end_stream(f->script);
    if (status == C8D_OK)
        fixture_settle(f);
    c8d_container_unref(container);
    return status;
}

/* ---- each allocation in turn
 * ---------------------------------------------------------------------------------- */

static const struct life {
    const char *name;
    scripted_respond_fn *respond;
    bool adopt;
    enum c8d_status (*live)(struct fixture *f);
} lives[] = {
    {"a life", respond, true, live},
    {"taken up", running, false, take_up},
    {"replaced", taken, false, replace},
    {"restored", many, true, restore},
};
#define N_LIVES (sizeof(lives) / sizeof(lives[0]))

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
static bool attempt(const struct life *life, long fail_at, bool for_ever)
{
    struct failing failing;
    struct fixture f;
    bool reached;

    failing_init(&failing);
    failing.fail_at = fail_at;
    failing.for_ever = for_ever;
    fixture_open_with(&f, life->respond, life->adopt, &failing.allocator);
    if (f.client != NULL) {
        enum c8d_status status = life->live(&f);

        if (status != C8D_OK && !is_expected(status))
            fail_msg("%s, allocation %ld: %s", life->name, fail_at, c8d_status_text(status));
        assert_no_end_twice(&f);
        fixture_close(&f);
    }
    reached = failing.made >= fail_at;
    assert_int_equal(failing.live, 0);
    return reached;
}

static void fail_each(bool for_ever)
{
    struct failing enough;

    for (const struct life *life = lives; life < lives + N_LIVES; life++) {
        struct fixture f;
        long n = 1;

        failing_init(&enough);
        fixture_open_with(&f, life->respond, life->adopt, &enough.allocator);
        assert_int_equal(life->live(&f), C8D_OK);
        fixture_close(&f);
        while (attempt(life, n, for_ever))
            n++;
        assert_true(n > 10);
    }
}

static void memory__each_allocation_fails_once__fails_cleanly(void **state)
{
    (void)state;
    fail_each(false);
}

static void memory__each_allocation_fails_for_ever__fails_cleanly(void **state)
{
    (void)state;
    fail_each(true);
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
