/* SPDX-License-Identifier: Apache-2.0 */
/* Operations that nobody waits for: each is told once, whatever becomes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"

struct told {
    struct c8d_process *process; /* whose end is looked at */
    struct c8d_exit end;
    int n;
    enum c8d_status status;
};

static void done(void *user, enum c8d_status status, const struct c8d_error *err)
{
    struct told *told = user;

    assert_true((err == NULL) == (status == C8D_OK));
    told->n++;
    told->status = status;
    if (told->process != NULL)
        assert_int_equal(c8d_process_exit(told->process, &told->end), C8D_OK);
}

struct submitting {
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct told told;
};

static void open_submitting(struct submitting *s)
{
    fixture_open(&s->f, NULL);
    s->container = fixture_create(&s->f, "c1");
    s->task = fixture_start(&s->f, s->container);
    s->told = (struct told){0};
}

static void close_submitting(struct submitting *s)
{
    c8d_process_unref(s->task);
    c8d_container_unref(s->container);
    fixture_close(&s->f);
}

static void end(struct submitting *s)
{
    scripted_event(s->f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 3);
    fixture_settle(&s->f);
}

static void expect(struct submitting *s, enum c8d_status status)
{
    assert_int_equal(s->told.n, 0);
    fixture_settle(&s->f);
    assert_int_equal(s->told.n, 1);
    assert_int_equal(s->told.status, status);
    s->told.n = 0;
}

static void pause_and_resume__submitted__are_told(void **state)
{
    struct submitting s;

    (void)state;
    open_submitting(&s);
    assert_int_equal(c8d_task_resume_submit(s.task, done, &s.told, NULL), C8D_OK);
    expect(&s, C8D_NOT_MODIFIED);
    assert_int_equal(c8d_task_pause_submit(s.task, done, &s.told, NULL), C8D_OK);
    expect(&s, C8D_OK);
    assert_int_equal(c8d_process_state(s.task), C8D_STATE_PAUSED);
    assert_int_equal(c8d_task_resume_submit(s.task, done, &s.told, NULL), C8D_OK);
    expect(&s, C8D_OK);
    assert_int_equal(c8d_process_state(s.task), C8D_STATE_RUNNING);
    close_submitting(&s);
}

static void delete__submitted__is_told_and_the_run_is_gone(void **state)
{
    struct submitting s;

    (void)state;
    open_submitting(&s);
    assert_int_equal(c8d_process_delete_submit(s.task, done, &s.told, NULL), C8D_OK);
    expect(&s, C8D_CONFLICT);
    end(&s);
    assert_int_equal(c8d_process_delete_submit(s.task, done, &s.told, NULL), C8D_OK);
    expect(&s, C8D_OK);
    assert_int_equal(c8d_process_delete_submit(s.task, done, &s.told, NULL), C8D_OK);
    expect(&s, C8D_NOT_FOUND);
    close_submitting(&s);
}

static void force_delete__submitted__kills_and_deletes(void **state)
{
    struct submitting s;

    (void)state;
    open_submitting(&s);
    assert_int_equal(c8d_task_force_delete_submit(s.task, done, &s.told, NULL), C8D_OK);
    fixture_settle(&s.f);
    assert_int_equal(s.told.n, 0);
    end(&s);
    assert_int_equal(s.told.n, 1);
    assert_int_equal(s.told.status, C8D_OK);
    assert_int_equal(c8d_process_state(s.task), C8D_STATE_DELETED);
    close_submitting(&s);
}

static void checkpoint__submitted__is_told(void **state)
{
    struct submitting s;

    (void)state;
    open_submitting(&s);
    assert_int_equal(c8d_task_checkpoint_submit(s.task, str("images"), false, done, &s.told, NULL),
                     C8D_INVALID);
    assert_int_equal(c8d_task_checkpoint_submit(s.task, str("/images"), true, done, &s.told, NULL), C8D_OK);
    assert_int_equal(scripted_n_calls(s.f.script, C8D_CALL_CHECKPOINT), 1);
    expect(&s, C8D_OK);
    end(&s);
    assert_int_equal(c8d_task_checkpoint_submit(s.task, str("/images"), false, done, &s.told, NULL), C8D_OK);
    expect(&s, C8D_CONFLICT);
    assert_int_equal(scripted_n_calls(s.f.script, C8D_CALL_CHECKPOINT), 1);
    close_submitting(&s);
}

static void close_stdin__submitted__is_told(void **state)
{
    const struct c8d_start_options options = {.size = sizeof(options), .stdio = C8D_STDIO_IN};
    struct submitting s;

    (void)state;
    open_submitting(&s);
    assert_int_equal(c8d_process_close_stdin_submit(s.task, done, &s.told, NULL), C8D_CONFLICT);
    assert_int_equal(s.told.n, 0);
    c8d_process_unref(s.task);
    c8d_container_unref(s.container);
    s.container = fixture_create(&s.f, "c2");
    assert_int_equal(c8d_container_start(s.container, &options, SECOND, &s.task, NULL), C8D_OK);
    assert_true(c8d_process_stdin_fd(s.task) >= 0);
    assert_int_equal(c8d_process_close_stdin_submit(s.task, done, &s.told, NULL), C8D_OK);
    assert_int_equal(c8d_process_stdin_fd(s.task), -1);
    expect(&s, C8D_OK);
    assert_int_equal(c8d_process_close_stdin_submit(s.task, done, &s.told, NULL), C8D_OK);
    expect(&s, C8D_CONFLICT);
    close_submitting(&s);
}

/* The client goes before the runtime has answered. */
static void unref__while_a_checkpoint_is_under_way__cancels(void **state)
{
    struct submitting s;

    (void)state;
    open_submitting(&s);
    assert_int_equal(c8d_task_checkpoint_submit(s.task, str("/images"), false, done, &s.told, NULL), C8D_OK);
    close_submitting(&s);
    assert_int_equal(s.told.n, 1);
    assert_int_equal(s.told.status, C8D_CANCELED);
}

static void task_operations__of_an_exec__are_refused(void **state)
{
    struct submitting s;
    struct c8d_process *exec;

    (void)state;
    open_submitting(&s);
    exec = fixture_exec(&s.f, s.task, "e1");
    assert_int_equal(c8d_task_pause_submit(exec, done, &s.told, NULL), C8D_INVALID);
    assert_int_equal(c8d_task_resume_submit(exec, done, &s.told, NULL), C8D_INVALID);
    assert_int_equal(c8d_task_force_delete_submit(exec, done, &s.told, NULL), C8D_INVALID);
    assert_int_equal(c8d_task_checkpoint_submit(exec, str("/images"), false, done, &s.told, NULL),
                     C8D_INVALID);
    c8d_process_unref(exec);
    close_submitting(&s);
    assert_int_equal(s.told.n, 0);
}

static void wait__submitted__is_told_when_the_end_is(void **state)
{
    struct submitting s;
    struct told second = {0};

    (void)state;
    open_submitting(&s);
    s.told.process = s.task;
    assert_int_equal(c8d_process_exit(s.task, &s.told.end), C8D_CONFLICT);
    assert_int_equal(c8d_process_wait_submit(s.task, done, &s.told, NULL), C8D_OK);
    assert_int_equal(c8d_process_wait_submit(s.task, done, &second, NULL), C8D_OK);
    fixture_settle(&s.f);
    assert_int_equal(s.told.n, 0);
    end(&s);
    assert_int_equal(s.told.n, 1);
    assert_int_equal(s.told.status, C8D_OK);
    assert_true(s.told.end.known);
    assert_int_equal(s.told.end.code, 3);
    assert_int_equal(second.n, 1);
    /* And at once, when it has ended before. */
    s.told.n = 0;
    assert_int_equal(c8d_process_wait_submit(s.task, done, &s.told, NULL), C8D_OK);
    expect(&s, C8D_OK);
    close_submitting(&s);
}

/* The waiting itself keeps what it needs. */
static void wait__handle_dropped__is_told(void **state)
{
    struct submitting s;

    (void)state;
    open_submitting(&s);
    assert_int_equal(c8d_process_wait_submit(s.task, done, &s.told, NULL), C8D_OK);
    c8d_process_unref(s.task);
    s.task = NULL;
    end(&s);
    assert_int_equal(s.told.n, 1);
    assert_int_equal(s.told.status, C8D_OK);
    close_submitting(&s);
}

static void unref__while_an_end_is_awaited__cancels(void **state)
{
    struct submitting s;

    (void)state;
    open_submitting(&s);
    assert_int_equal(c8d_process_wait_submit(s.task, done, &s.told, NULL), C8D_OK);
    close_submitting(&s);
    assert_int_equal(s.told.n, 1);
    assert_int_equal(s.told.status, C8D_CANCELED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pause_and_resume__submitted__are_told),
        cmocka_unit_test(delete__submitted__is_told_and_the_run_is_gone),
        cmocka_unit_test(force_delete__submitted__kills_and_deletes),
        cmocka_unit_test(checkpoint__submitted__is_told),
        cmocka_unit_test(close_stdin__submitted__is_told),
        cmocka_unit_test(unref__while_a_checkpoint_is_under_way__cancels),
        cmocka_unit_test(task_operations__of_an_exec__are_refused),
        cmocka_unit_test(wait__submitted__is_told_when_the_end_is),
        cmocka_unit_test(wait__handle_dropped__is_told),
        cmocka_unit_test(unref__while_an_end_is_awaited__cancels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
