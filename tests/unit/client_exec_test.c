/* SPDX-License-Identifier: Apache-2.0 */
/* Execs: what is refused, what is found out, and many of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <stdio.h>

struct exec_fixture {
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
};

static void open_all(struct exec_fixture *x)
{
    fixture_open(&x->f, NULL);
    x->container = fixture_create(&x->f, "c1");
    x->task = fixture_start(&x->f, x->container);
}

static void close_all(struct exec_fixture *x)
{
    c8d_process_unref(x->task);
    c8d_container_unref(x->container);
    fixture_close(&x->f);
}

static enum c8d_status try_exec(struct c8d_process *task, const char *id, const char *spec)
{
    const struct c8d_exec_options options = {.size = sizeof(options), .id = str(id), .spec = str(spec)};
    struct c8d_process *exec = NULL;
    enum c8d_status status = c8d_task_exec(task, &options, SECOND, &exec, NULL);

    assert_true((status == C8D_OK) == (exec != NULL));
    c8d_process_unref(exec);
    return status;
}

static void exec__bad_options__are_invalid_and_cost_no_call(void **state)
{
    struct exec_fixture x;
    struct c8d_exec_options options = {.size = 1};
    struct c8d_process *exec;

    (void)state;
    open_all(&x);
    assert_int_equal(try_exec(x.task, "", "{}"), C8D_INVALID);
    assert_int_equal(try_exec(x.task, "a b", "{}"), C8D_INVALID);
    assert_int_equal(try_exec(x.task, "c1", "{}"), C8D_INVALID);
    assert_int_equal(try_exec(x.task, "e1", ""), C8D_INVALID);
    assert_int_equal(c8d_task_exec(x.task, &options, SECOND, &exec, NULL), C8D_INVALID);
    assert_int_equal(scripted_n_calls(x.f.script, C8D_CALL_EXEC_CREATE), 0);
    close_all(&x);
}

static void exec__id_in_use__already_exists_until_it_is_deleted(void **state)
{
    struct exec_fixture x;
    struct c8d_process *exec;
    struct c8d_exit end;

    (void)state;
    open_all(&x);
    exec = fixture_exec(&x.f, x.task, "e1");
    assert_int_equal(try_exec(x.task, "e1", "{}"), C8D_ALREADY_EXISTS);
    assert_int_equal(c8d_process_delete(exec, SECOND, NULL, NULL), C8D_CONFLICT);
    scripted_event(x.f.script, C8D_EVENT_TASK_EXIT, "c1", "e1", 200, 0);
    assert_int_equal(c8d_process_wait(exec, SECOND, &end, NULL), C8D_OK);
    assert_int_equal(c8d_process_delete(exec, SECOND, &end, NULL), C8D_OK);
    assert_int_equal(c8d_process_delete(exec, SECOND, &end, NULL), C8D_NOT_FOUND);
    assert_int_equal(try_exec(x.task, "e1", "{}"), C8D_OK);
    c8d_process_unref(exec);
    close_all(&x);
}

static void exec__task_has_ended__is_a_conflict(void **state)
{
    struct exec_fixture x;
    struct c8d_exit end;

    (void)state;
    open_all(&x);
    scripted_event(x.f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 0);
    assert_int_equal(c8d_process_wait(x.task, SECOND, &end, NULL), C8D_OK);
    assert_int_equal(try_exec(x.task, "e1", "{}"), C8D_CONFLICT);
    assert_int_equal(c8d_process_delete(x.task, SECOND, NULL, NULL), C8D_OK);
    c8d_process_unref(fixture_start(&x.f, x.container));
    /* The next run is not what this handle means. */
    assert_int_equal(try_exec(x.task, "e1", "{}"), C8D_CONFLICT);
    close_all(&x);
}

static void exec__of_an_exec__is_invalid(void **state)
{
    struct exec_fixture x;
    struct c8d_process *exec;

    (void)state;
    open_all(&x);
    exec = fixture_exec(&x.f, x.task, "e1");
    assert_int_equal(try_exec(exec, "e2", "{}"), C8D_INVALID);
    assert_int_equal(c8d_task_force_delete(exec, SECOND, NULL, NULL), C8D_INVALID);
    c8d_process_unref(exec);
    close_all(&x);
}

static void exec__more_than_there_is_room_for__room_is_made(void **state)
{
    enum { MANY = 300 };
    struct exec_fixture x;
    struct c8d_process *execs[MANY];
    char name[16];

    (void)state;
    open_all(&x);
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof(name), "e%d", i);
        execs[i] = fixture_exec(&x.f, x.task, name);
    }
    for (int i = 0; i < MANY; i++)
        assert_int_equal(c8d_process_state(execs[i]), C8D_STATE_RUNNING);
    assert_int_equal(fixture_count(&x.f, C8D_NOTICE_EXEC_STARTED), MANY);
    for (int i = 0; i < MANY; i++)
        c8d_process_unref(execs[i]);
    close_all(&x);
}

static void exec__task_is_deleted__its_execs_come_to_an_end_with_it(void **state)
{
    struct exec_fixture x;
    struct c8d_process *exec;
    struct c8d_exit end = {0};

    (void)state;
    open_all(&x);
    exec = fixture_exec(&x.f, x.task, "e1");
    scripted_event(x.f.script, C8D_EVENT_TASK_EXIT, "c1", "e1", 200, 3);
    scripted_event(x.f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 0);
    fixture_settle(&x.f);
    assert_int_equal(c8d_process_delete(x.task, SECOND, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_process_wait(exec, 0, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 3);
    assert_int_equal(c8d_process_state(exec), C8D_STATE_DELETED);
    assert_int_equal(c8d_process_kill(exec, 9, SECOND, NULL), C8D_NOT_FOUND);
    c8d_process_unref(exec);
    close_all(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exec__bad_options__are_invalid_and_cost_no_call),
        cmocka_unit_test(exec__id_in_use__already_exists_until_it_is_deleted),
        cmocka_unit_test(exec__task_has_ended__is_a_conflict),
        cmocka_unit_test(exec__of_an_exec__is_invalid),
        cmocka_unit_test(exec__more_than_there_is_room_for__room_is_made),
        cmocka_unit_test(exec__task_is_deleted__its_execs_come_to_an_end_with_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
