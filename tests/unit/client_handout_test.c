/* SPDX-License-Identifier: Apache-2.0 */
/* Operations that make a handle and that nobody waits for: the handle comes with the completion. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

/* What was told, and what came with it. */
struct told {
    int n;
    enum c8d_status status;
    struct c8d_container *container;
    struct c8d_process *process;
};

static void tell(struct told *told, enum c8d_status status, const struct c8d_error *err)
{
    assert_true((err == NULL) == (status == C8D_OK));
    assert_true(err == NULL || (err->status == status && err->message[0] != '\0'));
    told->n++;
    told->status = status;
}

static void made(void *user, enum c8d_status status, struct c8d_container *container,
                 const struct c8d_error *err)
{
    struct told *told = user;

    assert_true((container != NULL) == (status == C8D_OK));
    tell(told, status, err);
    told->container = container;
}

static void launched(void *user, enum c8d_status status, struct c8d_process *process,
                     const struct c8d_error *err)
{
    struct told *told = user;

    assert_true((process != NULL) == (status == C8D_OK));
    tell(told, status, err);
    told->process = process;
}

static enum c8d_status submit_create(struct c8d_client *client, const char *id, struct told *told)
{
    const struct c8d_container_options options = {.size = sizeof(options), .id = str(id), .spec = str("{}")};

    return c8d_client_new_container_submit(client, &options, made, told, NULL);
}

static enum c8d_status submit_exec(struct c8d_process *task, const char *id, struct told *told)
{
    const struct c8d_exec_options options = {.size = sizeof(options), .id = str(id), .spec = str("{}")};

    return c8d_task_exec_submit(task, &options, launched, told, NULL);
}

static void expect(struct fixture *f, const struct told *told, enum c8d_status status)
{
    assert_int_equal(told->n, 0);
    fixture_settle(f);
    assert_int_equal(told->n, 1);
    assert_int_equal(told->status, status);
}

static void create__submitted__hands_the_container_out(void **state)
{
    struct told told = {0}, second = {0};
    struct fixture f;

    (void)state;
    fixture_open(&f, NULL);
    assert_int_equal(c8d_client_connect(f.client, SECOND, NULL), C8D_OK);
    assert_int_equal(submit_create(f.client, "c1", &told), C8D_OK);
    expect(&f, &told, C8D_OK);
    assert_memory_equal(c8d_container_id(told.container).ptr, "c1", 2);
    assert_int_equal(submit_create(f.client, "c1", &second), C8D_OK);
    expect(&f, &second, C8D_ALREADY_EXISTS);
    assert_int_equal(c8d_container_delete(told.container, SECOND, NULL), C8D_OK);
    c8d_container_unref(told.container);
    fixture_close(&f);
}

static void start__submitted__hands_the_task_out(void **state)
{
    struct told told = {0}, second = {0};
    struct c8d_container *container;
    struct fixture f;

    (void)state;
    fixture_open(&f, NULL);
    container = fixture_create(&f, "c1");
    assert_int_equal(c8d_container_start_submit(container, NULL, launched, &told, NULL), C8D_OK);
    assert_int_equal(c8d_container_start_submit(container, NULL, launched, &second, NULL), C8D_OK);
    expect(&f, &told, C8D_OK);
    assert_int_equal(second.n, 1);
    assert_int_not_equal(second.status, C8D_OK);
    assert_int_equal(c8d_process_state(told.process), C8D_STATE_RUNNING);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_START), 1);
    c8d_process_unref(told.process);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void exec__submitted__hands_the_exec_out(void **state)
{
    struct c8d_container *container;
    struct c8d_process *task;
    struct told told = {0}, none = {0};
    struct c8d_exit end;
    struct fixture f;

    (void)state;
    fixture_open(&f, NULL);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    assert_int_equal(submit_exec(task, "e1", &told), C8D_OK);
    expect(&f, &told, C8D_OK);
    assert_int_equal(submit_exec(told.process, "e2", &none), C8D_INVALID);
    assert_int_equal(submit_exec(task, "c1", &none), C8D_INVALID);
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "c1", "e1", c8d_process_pid(told.process), 4);
    fixture_settle(&f);
    assert_int_equal(c8d_process_exit(told.process, &end), C8D_OK);
    assert_int_equal(end.code, 4);
    /* Of a task that has ended, and of one whose place another run has taken. */
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 0);
    fixture_settle(&f);
    assert_int_equal(submit_exec(task, "e3", &none), C8D_OK);
    expect(&f, &none, C8D_CONFLICT);
    assert_int_equal(c8d_process_delete(task, SECOND, NULL, NULL), C8D_OK);
    none = (struct told){0};
    c8d_process_unref(fixture_start(&f, container));
    assert_int_equal(submit_exec(task, "e3", &none), C8D_CONFLICT);
    fixture_settle(&f);
    assert_int_equal(none.n, 0);
    c8d_process_unref(told.process);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void fail_to_start(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_START)
        scripted_reply(script, call->token, C8D_REMOTE, "no such program");
    else
        scripted_ok(script, call);
}

/* What was opened for it is closed again. */
static void start__that_fails__is_told_without_a_task(void **state)
{
    const struct c8d_start_options options = {.size = sizeof(options), .stdio = C8D_STDIO_IN | C8D_STDIO_OUT};
    struct c8d_container *container;
    struct told told = {0};
    struct fixture f;

    (void)state;
    fixture_open(&f, fail_to_start);
    container = fixture_create(&f, "c1");
    assert_int_equal(c8d_container_start_submit(container, &options, launched, &told, NULL), C8D_OK);
    assert_int_equal(scripted_open_stdios(f.script), 1);
    expect(&f, &told, C8D_REMOTE);
    assert_int_equal(scripted_open_stdios(f.script), 0);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_DELETE), 1);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void submit__without_a_connection__is_refused(void **state)
{
    struct c8d_container *container;
    struct c8d_process *task;
    struct told told = {0};
    struct fixture f;

    (void)state;
    fixture_open(&f, NULL);
    assert_int_equal(submit_create(f.client, "c0", &told), C8D_UNAVAILABLE);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    scripted_refuse(f.script, C8D_UNAVAILABLE);
    scripted_end_stream(f.script);
    fixture_settle(&f);
    assert_int_equal(submit_create(f.client, "c2", &told), C8D_UNAVAILABLE);
    assert_int_equal(c8d_container_start_submit(container, NULL, launched, &told, NULL), C8D_UNAVAILABLE);
    assert_int_equal(submit_exec(task, "e1", &told), C8D_UNAVAILABLE);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
    assert_int_equal(told.n, 0);
}

static void expect_canceled(const struct told *told)
{
    assert_int_equal(told->n, 1);
    assert_int_equal(told->status, C8D_CANCELED);
}

/* The client goes when all three are under way. */
static void unref__before_the_replies__cancels(void **state)
{
    const struct c8d_start_options options = {.size = sizeof(options), .stdio = C8D_STDIO_OUT};
    struct told create = {0}, start = {0}, exec = {0};
    struct c8d_container *first, *second;
    struct failing failing;
    struct c8d_process *task;
    struct fixture f;

    (void)state;
    failing_init(&failing);
    fixture_open_with(&f, NULL, false, &failing.allocator);
    first = fixture_create(&f, "c1");
    second = fixture_create(&f, "c2");
    task = fixture_start(&f, first);
    assert_int_equal(submit_create(f.client, "c3", &create), C8D_OK);
    assert_int_equal(c8d_container_start_submit(second, &options, launched, &start, NULL), C8D_OK);
    assert_int_equal(submit_exec(task, "e1", &exec), C8D_OK);
    c8d_process_unref(task);
    c8d_container_unref(first);
    c8d_container_unref(second);
    fixture_close(&f);
    expect_canceled(&create);
    expect_canceled(&start);
    expect_canceled(&exec);
    assert_int_equal(failing.live, 0);
}

/* A consumer that is held back when there is no memory to keep anything for it. */
struct stuck {
    struct failing failing;
    struct c8d_client *client;
};

static void get_stuck(void *user, const struct c8d_notice *notice)
{
    struct stuck *stuck = user;

    if (notice->kind != C8D_NOTICE_CREATE || notice->process.len == 0)
        return;
    assert_int_equal(c8d_notice_defer(stuck->client), C8D_OK);
    stuck->failing.fail_at = 1;
    stuck->failing.for_ever = true;
}

/* It runs, but the client goes before that was told: a handle would come too late. */
static void unref__when_it_runs_already__cancels(void **state)
{
    const struct c8d_container_options options = {
        .size = sizeof(options), .id = str("c1"), .spec = str("{}")};
    struct scripted *script = scripted_new(NULL);
    struct c8d_container *container;
    struct stuck stuck = {0};
    const struct c8d_client_options how = {.size = sizeof(how),
                                           .runtime = scripted_runtime(script),
                                           .namespace_ = str("test"),
                                           .allocator = &stuck.failing.allocator,
                                           .notice = get_stuck,
                                           .user = &stuck};
    struct told told = {0};

    (void)state;
    failing_init(&stuck.failing);
    assert_int_equal(c8d_client_new(&how, &stuck.client, NULL), C8D_OK);
    assert_int_equal(c8d_client_new_container(stuck.client, &options, SECOND, &container, NULL), C8D_OK);
    assert_int_equal(c8d_container_start_submit(container, NULL, launched, &told, NULL), C8D_OK);
    while (c8d_client_dispatch(stuck.client, 0) == C8D_OK)
        ;
    assert_int_equal(scripted_n_calls(script, C8D_CALL_START), 1);
    assert_int_equal(told.n, 0);
    assert_int_equal(c8d_container_state(container), C8D_STATE_RUNNING);
    c8d_container_unref(container);
    c8d_client_unref(stuck.client);
    expect_canceled(&told);
    assert_int_equal(stuck.failing.live, 0);
}

/* A life of which each step is begun by the completion of the one before. */
struct chain {
    struct told exec;
};

static void exec_next(void *user, enum c8d_status status, struct c8d_process *process,
                      const struct c8d_error *err)
{
    struct chain *chain = user;

    assert_null(err);
    assert_int_equal(status, C8D_OK);
    assert_int_equal(submit_exec(process, "e1", &chain->exec), C8D_OK);
    c8d_process_unref(process);
}

static void start_next(void *user, enum c8d_status status, struct c8d_container *container,
                       const struct c8d_error *err)
{
    assert_null(err);
    assert_int_equal(status, C8D_OK);
    assert_int_equal(c8d_container_start_submit(container, NULL, exec_next, user, NULL), C8D_OK);
    c8d_container_unref(container);
}

static void submit__inside_completions__goes_on(void **state)
{
    const struct c8d_container_options options = {
        .size = sizeof(options), .id = str("c1"), .spec = str("{}")};
    struct chain chain = {0};
    struct fixture f;

    (void)state;
    fixture_open(&f, NULL);
    assert_int_equal(c8d_client_connect(f.client, SECOND, NULL), C8D_OK);
    assert_int_equal(c8d_client_new_container_submit(f.client, &options, start_next, &chain, NULL), C8D_OK);
    expect(&f, &chain.exec, C8D_OK);
    c8d_process_unref(chain.exec.process);
    fixture_close(&f);
}

/* Refused at once, or told once. */
static void check_once(struct fixture *f, enum c8d_status status, const struct told *told)
{
    fixture_settle(f);
    assert_true(status == C8D_OK || status == C8D_EXHAUSTED);
    assert_int_equal(told->n, status == C8D_OK);
}

/* Returns true when the allocation that was to fail never came. */
static bool live_with_failure(long fail_at)
{
    const struct c8d_start_options options = {.size = sizeof(options), .stdio = C8D_STDIO_OUT};
    struct told create = {0}, start = {0}, exec = {0};
    struct c8d_container *container;
    struct failing failing;
    struct fixture f;
    bool never;

    failing_init(&failing);
    fixture_open_with(&f, NULL, false, &failing.allocator);
    container = fixture_create(&f, "c1");
    failing.fail_at = failing.made + fail_at;
    check_once(&f, submit_create(f.client, "c2", &create), &create);
    check_once(&f, c8d_container_start_submit(container, &options, launched, &start, NULL), &start);
    if (start.process != NULL)
        check_once(&f, submit_exec(start.process, "e1", &exec), &exec);
    never = failing.made < failing.fail_at;
    c8d_process_unref(exec.process);
    c8d_process_unref(start.process);
    c8d_container_unref(create.container);
    c8d_container_unref(container);
    fixture_close(&f);
    assert_int_equal(failing.live, 0);
    return never;
}

static void submit__any_allocation_fails__is_refused_or_told_once(void **state)
{
    long fail_at = 1;

    (void)state;
    while (!live_with_failure(fail_at))
        fail_at++;
    assert_true(fail_at > 5);
}

#define PER_THREAD 50

struct crowd {
    struct c8d_process *task;
    atomic_int begun, told;
};

static void count(void *user, enum c8d_status status, struct c8d_process *process,
                  const struct c8d_error *err)
{
    struct crowd *crowd = user;

    assert_null(err);
    assert_int_equal(status, C8D_OK);
    c8d_process_unref(process);
    atomic_fetch_add(&crowd->told, 1);
}

static void *submit_many(void *arg)
{
    struct crowd *crowd = arg;

    for (int i = 0; i < PER_THREAD; i++) {
        char id[32];
        struct c8d_exec_options options = {.size = sizeof(options), .spec = str("{}")};

        (void)snprintf(id, sizeof(id), "e%d", atomic_fetch_add(&crowd->begun, 1));
        options.id = str(id);
        if (c8d_task_exec_submit(crowd->task, &options, count, crowd, NULL) != C8D_OK)
            return crowd;
    }
    return NULL;
}

static void submit__from_several_threads__each_is_told(void **state)
{
    struct c8d_container *container;
    struct crowd crowd = {0};
    pthread_t threads[2];
    void *failed;
    struct fixture f;

    (void)state;
    fixture_open(&f, NULL);
    container = fixture_create(&f, "c1");
    crowd.task = fixture_start(&f, container);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, submit_many, &crowd), 0);
    /* Some are told here while others are begun there. */
    for (int i = 0; i < 100 * PER_THREAD && atomic_load(&crowd.told) < PER_THREAD / 2; i++)
        (void)c8d_client_dispatch(f.client, SECOND / 100);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    fixture_settle(&f);
    assert_int_equal(atomic_load(&crowd.told), 2 * PER_THREAD);
    c8d_process_unref(crowd.task);
    c8d_container_unref(container);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(create__submitted__hands_the_container_out),
        cmocka_unit_test(start__submitted__hands_the_task_out),
        cmocka_unit_test(exec__submitted__hands_the_exec_out),
        cmocka_unit_test(start__that_fails__is_told_without_a_task),
        cmocka_unit_test(submit__without_a_connection__is_refused),
        cmocka_unit_test(unref__before_the_replies__cancels),
        cmocka_unit_test(unref__when_it_runs_already__cancels),
        cmocka_unit_test(submit__inside_completions__goes_on),
        cmocka_unit_test(submit__any_allocation_fails__is_refused_or_told_once),
        cmocka_unit_test(submit__from_several_threads__each_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
