/* SPDX-License-Identifier: Apache-2.0 */
/* Many containers at once: snapshots, handles and retries in numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <stdio.h>

enum { MANY = 200 };

static enum c8d_entry_state they_are;
static enum c8d_status queries_end;

static void many(struct scripted *script, const struct scripted_call *call)
{
    unsigned number = 0;

    if (call->kind == C8D_CALL_LIST) {
        scripted_reply_many(script, call->token, MANY, they_are);
    } else if (call->kind == C8D_CALL_STATE && queries_end != C8D_OK) {
        scripted_reply(script, call->token, queries_end, "not now");
    } else if (call->kind == C8D_CALL_STATE) {
        sscanf(call->container, "m%u", &number);
        scripted_reply_state(script, call, C8D_ENTRY_RUNNING, 1000 + number, 0);
    } else {
        scripted_ok(script, call);
    }
}

static void restore_many(struct fixture *f)
{
    fixture_open_with(f, many, true, NULL);
    assert_non_null(f->client);
    assert_int_equal(c8d_client_restore(f->client, SECOND, NULL), C8D_OK);
}

static void restore__many_running__takes_one_list_and_tells_all_in_order(void **state)
{
    struct fixture f;

    (void)state;
    they_are = C8D_ENTRY_RUNNING;
    restore_many(&f);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_LIST), 1);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_STATE), 0);
    assert_int_equal(fixture_count(&f, C8D_NOTICE_START), MANY);
    for (size_t i = 0; i < f.n_heard; i++)
        assert_int_equal(f.heard[i].sequence, i + 1);
    fixture_close(&f);
}

static void restore__each_state_of_a_task__is_taken_for_what_it_is(void **state)
{
    static const struct {
        enum c8d_entry_state entry;
        enum c8d_public_state state;
    } cases[] = {
        {C8D_ENTRY_CREATED, C8D_STATE_CREATED}, {C8D_ENTRY_RUNNING, C8D_STATE_RUNNING},
        {C8D_ENTRY_PAUSED, C8D_STATE_PAUSED},   {C8D_ENTRY_STOPPED, C8D_STATE_STOPPED},
        {C8D_ENTRY_ABSENT, C8D_STATE_DELETED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fixture f;
        struct c8d_container *container = NULL;

        they_are = cases[i].entry;
        restore_many(&f);
        if (they_are != C8D_ENTRY_ABSENT) {
            assert_int_equal(c8d_client_load_container(f.client, str("m7"), SECOND, &container, NULL),
                             C8D_OK);
            assert_int_equal(c8d_container_state(container), cases[i].state);
            /* Known already, so its spec is all that is asked for. */
            assert_int_equal(scripted_n_calls(f.script, C8D_CALL_CONTAINER_GET), 1);
            assert_int_equal(scripted_n_calls(f.script, C8D_CALL_STATE), 0);
            assert_int_equal(c8d_container_spec(container).len, 2);
        }
        c8d_container_unref(container);
        fixture_close(&f);
    }
}

static void handles__on_many_tasks__each_hears_its_own_end(void **state)
{
    struct fixture f;
    struct c8d_container *containers[MANY];
    struct c8d_process *tasks[MANY];
    struct c8d_exit end = {0};
    char name[16];

    (void)state;
    they_are = C8D_ENTRY_RUNNING;
    restore_many(&f);
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof(name), "m%u", i);
        assert_int_equal(c8d_client_load_container(f.client, str(name), SECOND, &containers[i], NULL),
                         C8D_OK);
        tasks[i] = c8d_container_task(containers[i]);
        assert_non_null(tasks[i]);
    }
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof(name), "m%u", i);
        scripted_event(f.script, C8D_EVENT_TASK_EXIT, name, "", 1000 + i, i);
    }
    for (unsigned i = MANY; i-- > 0;) {
        assert_int_equal(c8d_process_wait(tasks[i], SECOND, &end, NULL), C8D_OK);
        assert_int_equal(end.code, i);
    }
    for (unsigned i = 0; i < MANY; i++) {
        c8d_process_unref(tasks[i]);
        c8d_container_unref(containers[i]);
    }
    fixture_close(&f);
}

static void queries__all_fail_for_a_while__are_repeated_and_each_is_answered(void **state)
{
    struct fixture f;
    struct c8d_client_counters counters;

    (void)state;
    they_are = C8D_ENTRY_UNKNOWN;
    queries_end = C8D_DEADLINE;
    restore_many(&f);
    fixture_settle(&f);
    assert_true(c8d_client_next_timeout(f.client) <= 20 * INT64_C(1000000));
    while (scripted_now(f.script) < SECOND)
        (void)c8d_client_dispatch(f.client, SECOND / 10);
    assert_int_equal(fixture_count(&f, C8D_NOTICE_START), 0);
    queries_end = C8D_OK;
    while (scripted_now(f.script) < 4 * SECOND)
        (void)c8d_client_dispatch(f.client, SECOND / 10);
    assert_int_equal(fixture_count(&f, C8D_NOTICE_START), MANY);
    assert_true(c8d_client_next_timeout(f.client) == C8D_NO_DEADLINE);
    c8d_client_counters(f.client, &counters);
    assert_int_equal(counters.pending, 0);
    fixture_close(&f);
}

static void queries__not_even_taken__are_repeated_too(void **state)
{
    struct fixture f;

    (void)state;
    they_are = C8D_ENTRY_RUNNING;
    restore_many(&f);
    scripted_refuse(f.script, C8D_EXHAUSTED);
    for (unsigned i = 0; i < 10; i++) {
        char name[16];

        snprintf(name, sizeof(name), "m%u", i);
        /* Without a pid it is evidence and no proof: asked after. */
        scripted_event(f.script, C8D_EVENT_TASK_EXIT, name, "", 0, 137);
    }
    fixture_settle(&f);
    scripted_refuse(f.script, C8D_OK);
    while (scripted_now(f.script) < SECOND)
        (void)c8d_client_dispatch(f.client, SECOND / 10);
    assert_true(scripted_n_calls(f.script, C8D_CALL_STATE) >= 10);
    /* They run, as the runtime says. */
    assert_int_equal(fixture_count(&f, C8D_NOTICE_EXIT), 0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restore__many_running__takes_one_list_and_tells_all_in_order),
        cmocka_unit_test(restore__each_state_of_a_task__is_taken_for_what_it_is),
        cmocka_unit_test(handles__on_many_tasks__each_hears_its_own_end),
        cmocka_unit_test(queries__all_fail_for_a_while__are_repeated_and_each_is_answered),
        cmocka_unit_test(queries__not_even_taken__are_repeated_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
