/* SPDX-License-Identifier: Apache-2.0 */
/* The handles' whole way, and the orders in which a runtime may tell it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <string.h>

static void end_of_task(struct scripted *script, uint32_t code)
{
    scripted_event(script, C8D_EVENT_TASK_EXIT, "c1", "", 100, code);
}

static void lifecycle__all_goes_well__each_step_costs_its_calls_and_tells_its_notices(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_exit end = {0};
    struct c8d_client_counters counters;

    (void)state;
    fixture_open(&f, NULL);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    assert_int_equal(c8d_process_pid(task), 100);
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    assert_int_equal(c8d_process_wait(task, 0, &end, NULL), C8D_DEADLINE);
    end_of_task(f.script, 7);
    assert_int_equal(c8d_process_wait(task, SECOND, &end, NULL), C8D_OK);
    assert_true(end.known);
    assert_true(end.ran);
    assert_int_equal(end.code, 7);
    assert_int_equal(c8d_process_state(task), C8D_STATE_STOPPED);
    assert_int_equal(c8d_process_delete(task, SECOND, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 7);
    assert_int_equal(c8d_process_state(task), C8D_STATE_DELETED);
    assert_int_equal(c8d_container_delete(container, SECOND, NULL), C8D_OK);
    assert_string_equal(fixture_story(&f), "create start exit deleted");
    c8d_client_counters(f.client, &counters);
    /* Subscribe, Containers.Create, Tasks.Create, Tasks.Start, Tasks.Delete, Containers.Delete. */
    assert_int_equal(counters.runtime.calls, 6);
    assert_int_equal(counters.pending, 0);
    for (size_t i = 0; i < f.n_heard; i++)
        assert_int_equal(f.heard[i].sequence, i + 1);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void exit_first(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_START)
        end_of_task(script, 3);
    scripted_ok(script, call);
}

static void start__exit_event_before_the_reply__is_told_after_the_start(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_exit end = {0};

    (void)state;
    fixture_open(&f, exit_first);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    assert_int_equal(c8d_process_wait(task, SECOND, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 3);
    assert_string_equal(fixture_story(&f), "create start exit");
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void fail_exec_start(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_START && call->process[0] != '\0')
        scripted_reply(script, call->token, C8D_REMOTE, "no such program");
    else
        scripted_ok(script, call);
}

static void exec__start_fails__is_undone_and_says_why(void **state)
{
    const struct c8d_exec_options options = {.size = sizeof(options), .id = str("e1"), .spec = str("{}")};
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_process *exec = NULL;
    struct c8d_error err = {0};

    (void)state;
    fixture_open(&f, fail_exec_start);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    assert_int_equal(c8d_task_exec(task, &options, SECOND, &exec, &err), C8D_REMOTE);
    assert_null(exec);
    assert_string_equal(err.message, "no such program");
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_DELETE), 1);
    assert_string_equal(scripted_call_of(f.script, C8D_CALL_DELETE, 0)->process, "e1");
    /* One end, although it never ran; and the name is free again. */
    assert_int_equal(fixture_count(&f, C8D_NOTICE_EXIT), 1);
    assert_false(f.heard[3].exit.ran);
    scripted_set_respond(f.script, NULL);
    exec = fixture_exec(&f, task, "e1");
    c8d_process_unref(exec);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void exit__repeated__is_told_once(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_exit end = {0};

    (void)state;
    fixture_open(&f, NULL);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    end_of_task(f.script, 0);
    end_of_task(f.script, 0);
    end_of_task(f.script, 137);
    fixture_settle(&f);
    assert_int_equal(fixture_count(&f, C8D_NOTICE_EXIT), 1);
    assert_int_equal(c8d_process_wait(task, 0, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 0);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void exit__late_one_of_the_run_before__does_not_end_the_next_run(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *first;
    struct c8d_process *second;
    struct c8d_exit end = {0};

    (void)state;
    fixture_open(&f, NULL);
    container = fixture_create(&f, "c1");
    first = fixture_start(&f, container);
    end_of_task(f.script, 9);
    assert_int_equal(c8d_process_wait(first, SECOND, &end, NULL), C8D_OK);
    assert_int_equal(c8d_process_delete(first, SECOND, NULL, NULL), C8D_OK);
    second = fixture_start(&f, container);
    end_of_task(f.script, 9);
    fixture_settle(&f);
    assert_int_equal(c8d_process_wait(second, 0, &end, NULL), C8D_DEADLINE);
    assert_int_equal(c8d_process_state(second), C8D_STATE_RUNNING);
    /* The old handle speaks of its own run alone. */
    assert_int_equal(c8d_process_state(first), C8D_STATE_DELETED);
    assert_int_equal(c8d_process_wait(first, 0, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 9);
    assert_int_equal(c8d_process_kill(first, 15, SECOND, NULL), C8D_NOT_FOUND);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_KILL), 0);
    c8d_process_unref(first);
    c8d_process_unref(second);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void exec__exit_after_that_of_init__is_told_with_its_code(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_process *exec;
    struct c8d_exit end = {0};

    (void)state;
    fixture_open(&f, NULL);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    exec = fixture_exec(&f, task, "e1");
    end_of_task(f.script, 0);
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "c1", "e1", 200, 137);
    assert_int_equal(c8d_process_wait(exec, SECOND, &end, NULL), C8D_OK);
    assert_true(end.known);
    assert_int_equal(end.code, 137);
    assert_int_equal(fixture_count(&f, C8D_NOTICE_EXIT), 2);
    c8d_process_unref(exec);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void kill__after_the_end__is_not_found_and_costs_no_call(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_exit end;

    (void)state;
    fixture_open(&f, NULL);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    assert_int_equal(c8d_process_kill(task, 10, SECOND, NULL), C8D_OK);
    assert_int_equal(scripted_call_of(f.script, C8D_CALL_KILL, 0)->signal, 10);
    assert_false(scripted_call_of(f.script, C8D_CALL_KILL, 0)->all);
    end_of_task(f.script, 0);
    assert_int_equal(c8d_process_wait(task, SECOND, &end, NULL), C8D_OK);
    assert_int_equal(c8d_process_kill(task, 15, SECOND, NULL), C8D_NOT_FOUND);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_KILL), 1);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void end_on_kill(struct scripted *script, const struct scripted_call *call)
{
    scripted_ok(script, call);
    if (call->kind == C8D_CALL_KILL)
        end_of_task(script, 137);
}

static void force_delete__running__kills_all_waits_and_deletes(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_exit end = {0};

    (void)state;
    fixture_open(&f, end_on_kill);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    assert_int_equal(c8d_task_force_delete(task, SECOND, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 137);
    assert_int_equal(scripted_call_of(f.script, C8D_CALL_KILL, 0)->signal, 9);
    assert_true(scripted_call_of(f.script, C8D_CALL_KILL, 0)->all);
    assert_string_equal(fixture_story(&f), "create start exit deleted");
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void nobody_to_kill(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_KILL)
        scripted_reply(script, call->token, C8D_NOT_FOUND, "process already finished");
    else if (call->kind == C8D_CALL_DELETE)
        scripted_reply_exit(script, call->token, 11);
    else
        scripted_ok(script, call);
}

static void force_delete__exit_event_was_lost__the_delete_tells_the_code(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_exit end = {0};

    (void)state;
    fixture_open(&f, nobody_to_kill);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    assert_int_equal(c8d_task_force_delete(task, SECOND, &end, NULL), C8D_OK);
    assert_true(end.known);
    assert_int_equal(end.code, 11);
    assert_string_equal(fixture_story(&f), "create start exit deleted");
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void pause__twice__the_second_is_not_modified(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_process *exec;

    (void)state;
    fixture_open(&f, NULL);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    exec = fixture_exec(&f, task, "e1");
    assert_int_equal(c8d_task_pause(task, SECOND, NULL), C8D_OK);
    assert_int_equal(c8d_container_state(container), C8D_STATE_PAUSED);
    assert_int_equal(c8d_task_pause(task, SECOND, NULL), C8D_NOT_MODIFIED);
    assert_int_equal(c8d_task_resume(task, SECOND, NULL), C8D_OK);
    assert_int_equal(c8d_container_state(container), C8D_STATE_RUNNING);
    assert_int_equal(c8d_task_pause(exec, SECOND, NULL), C8D_INVALID);
    assert_string_equal(fixture_story(&f), "create start exec-added exec-started paused resumed");
    c8d_process_unref(exec);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void refuse_create(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_CONTAINER_CREATE)
        scripted_reply(script, call->token, C8D_ALREADY_EXISTS, "container \"c1\": already exists");
    else
        scripted_ok(script, call);
}

static void create__refused_by_the_runtime__hands_its_words_on(void **state)
{
    const struct c8d_container_options options = {
        .size = sizeof(options), .id = str("c1"), .spec = str("{}")};
    struct fixture f;
    struct c8d_container *container = NULL;
    struct c8d_error err = {0};

    (void)state;
    fixture_open(&f, refuse_create);
    assert_int_equal(c8d_client_new_container(f.client, &options, SECOND, &container, &err),
                     C8D_ALREADY_EXISTS);
    assert_null(container);
    assert_string_equal(err.message, "container \"c1\": already exists");
    fixture_close(&f);
}

static void create__bad_options__are_invalid_and_cost_no_call(void **state)
{
    static const char *const ids[] = {"", "-c", "c-", "a/b", "a b", "\xc3\xa4"};
    struct c8d_container_options options = {.size = sizeof(options), .spec = str("{}")};
    struct fixture f;
    struct c8d_container *container = NULL;
    char long_id[C8D_NAME_BYTES_MAX + 1];

    (void)state;
    fixture_open(&f, NULL);
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        options.id = str(ids[i]);
        assert_int_equal(c8d_client_new_container(f.client, &options, SECOND, &container, NULL), C8D_INVALID);
    }
    memset(long_id, 'a', sizeof(long_id));
    options.id = (struct c8d_str){long_id, sizeof(long_id)};
    assert_int_equal(c8d_client_new_container(f.client, &options, SECOND, &container, NULL), C8D_INVALID);
    options.id = str("c1");
    options.spec = str("");
    assert_int_equal(c8d_client_new_container(f.client, &options, SECOND, &container, NULL), C8D_INVALID);
    options.size = 0;
    assert_int_equal(c8d_client_new_container(f.client, &options, SECOND, &container, NULL), C8D_INVALID);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_CONTAINER_CREATE), 0);
    fixture_close(&f);
}

static void load__running_container__takes_two_calls_and_has_spec_and_task(void **state)
{
    struct fixture f;
    struct c8d_container *container = NULL;
    struct c8d_process *task;
    struct c8d_process *again;

    (void)state;
    fixture_open(&f, NULL);
    assert_int_equal(c8d_client_load_container(f.client, str("c1"), SECOND, &container, NULL), C8D_OK);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_CONTAINER_GET), 1);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_STATE), 1);
    assert_int_equal(c8d_container_spec(container).len, 2);
    assert_int_equal(c8d_container_state(container), C8D_STATE_RUNNING);
    task = c8d_container_task(container);
    assert_non_null(task);
    assert_int_equal(c8d_process_pid(task), 100);
    again = c8d_container_task(container);
    assert_ptr_equal(task, again);
    c8d_process_unref(again);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void all_missing(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_CONTAINER_GET)
        scripted_reply(script, call->token, C8D_NOT_FOUND, "not found");
    else
        scripted_ok(script, call);
}

static void load__no_such_container__is_not_found(void **state)
{
    struct fixture f;
    struct c8d_container *container = NULL;

    (void)state;
    fixture_open(&f, all_missing);
    assert_int_equal(c8d_client_load_container(f.client, str("c1"), SECOND, &container, NULL), C8D_NOT_FOUND);
    assert_null(container);
    fixture_close(&f);
}

static void mute(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_SUBSCRIBE || call->kind == C8D_CALL_CONTAINER_CREATE)
        scripted_ok(script, call);
}

static void start__waiter_gives_up__the_operation_goes_on(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task = NULL;

    (void)state;
    fixture_open(&f, mute);
    container = fixture_create(&f, "c1");
    assert_int_equal(c8d_container_start(container, NULL, SECOND, &task, NULL), C8D_INDETERMINATE);
    assert_null(task);
    scripted_set_respond(f.script, NULL);
    scripted_ok(f.script, scripted_call_of(f.script, C8D_CALL_TASK_CREATE, 0));
    fixture_settle(&f);
    assert_string_equal(fixture_story(&f), "create start");
    assert_int_equal(c8d_container_state(container), C8D_STATE_RUNNING);
    task = c8d_container_task(container);
    assert_non_null(task);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void calls__deadline__is_the_clients_own_and_not_the_waiters(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task = NULL;
    int64_t before;

    (void)state;
    fixture_open(&f, mute);
    container = fixture_create(&f, "c1");
    before = scripted_now(f.script);
    assert_int_equal(c8d_container_start(container, NULL, SECOND, &task, NULL), C8D_INDETERMINATE);
    assert_true(scripted_now(f.script) >= before + SECOND);
    assert_int_equal(scripted_call_of(f.script, C8D_CALL_TASK_CREATE, 0)->deadline_ns, before + 30 * SECOND);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void submit__refused_by_the_runtime__fails_the_operation_with_its_words(void **state)
{
    const struct c8d_container_options options = {
        .size = sizeof(options), .id = str("c1"), .spec = str("{}")};
    struct fixture f;
    struct c8d_container *container = NULL;
    struct c8d_error err = {0};

    (void)state;
    fixture_open(&f, NULL);
    assert_int_equal(c8d_client_connect(f.client, SECOND, NULL), C8D_OK);
    scripted_refuse(f.script, C8D_INVALID);
    assert_int_equal(c8d_client_new_container(f.client, &options, SECOND, &container, &err), C8D_INVALID);
    assert_string_equal(err.message, "refused by the script");
    scripted_refuse(f.script, C8D_OK);
    fixture_settle(&f);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lifecycle__all_goes_well__each_step_costs_its_calls_and_tells_its_notices),
        cmocka_unit_test(start__exit_event_before_the_reply__is_told_after_the_start),
        cmocka_unit_test(exec__start_fails__is_undone_and_says_why),
        cmocka_unit_test(exit__repeated__is_told_once),
        cmocka_unit_test(exit__late_one_of_the_run_before__does_not_end_the_next_run),
        cmocka_unit_test(exec__exit_after_that_of_init__is_told_with_its_code),
        cmocka_unit_test(kill__after_the_end__is_not_found_and_costs_no_call),
        cmocka_unit_test(force_delete__running__kills_all_waits_and_deletes),
        cmocka_unit_test(force_delete__exit_event_was_lost__the_delete_tells_the_code),
        cmocka_unit_test(pause__twice__the_second_is_not_modified),
        cmocka_unit_test(create__refused_by_the_runtime__hands_its_words_on),
        cmocka_unit_test(create__bad_options__are_invalid_and_cost_no_call),
        cmocka_unit_test(load__running_container__takes_two_calls_and_has_spec_and_task),
        cmocka_unit_test(load__no_such_container__is_not_found),
        cmocka_unit_test(start__waiter_gives_up__the_operation_goes_on),
        cmocka_unit_test(calls__deadline__is_the_clients_own_and_not_the_waiters),
        cmocka_unit_test(submit__refused_by_the_runtime__fails_the_operation_with_its_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
