/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked for without waiting, whatever runtime is below: each is told once, and what it was is done.
 */
#include "bench.h"

#include "contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A completion, and the handle that came with it. */
struct told {
    unsigned times;
    enum c8d_status status;
    struct c8d_container *container;
    struct c8d_process *process;
};

static void tell(void *user, enum c8d_status status, const struct c8d_error *err)
{
    struct told *told = user;

    assert_true((err == NULL) == (status == C8D_OK));
    told->times++;
    told->status = status;
}

static void tell_container(void *user, enum c8d_status status, struct c8d_container *container,
                           const struct c8d_error *err)
{
    ((struct told *)user)->container = container;
    tell(user, status, err);
}

static void tell_process(void *user, enum c8d_status status, struct c8d_process *process,
                         const struct c8d_error *err)
{
    ((struct told *)user)->process = process;
    tell(user, status, err);
}

/* Drives the client until a submission is told; `submitted` is what the submission said. */
static void await(struct bench *bench, enum c8d_status submitted, const struct told *told)
{
    assert_int_equal(submitted, C8D_OK);
    for (int i = 0; i < 1000 && told->times == 0; i++) {
        if (c8d_client_dispatch(bench->client, SECOND) == C8D_DEADLINE && i > 30)
            break;
    }
    assert_int_equal(told->times, 1);
}

static void await_ok(struct bench *bench, enum c8d_status submitted, const struct told *told)
{
    await(bench, submitted, told);
    assert_int_equal(told->status, C8D_OK);
}

/* Options of a container whose shell runs a script, with memory for the spec. */
struct wish {
    char args[256];
    char spec[SPEC_BYTES];
    struct c8d_container_options options;
};

static const struct c8d_container_options *wish_for(struct wish *wish, const char *id, const char *script)
{
    spec_shell(wish->args, sizeof(wish->args), script);
    spec_container(wish->spec, sizeof(wish->spec), contract_maker, id, wish->args);
    wish->options = (struct c8d_container_options){
        .size = sizeof(wish->options), .id = bench_str(id), .spec = bench_str(wish->spec)};
    return &wish->options;
}

static struct c8d_process *submit_exec(struct bench *bench, struct c8d_process *task, const char *id,
                                       const char *script)
{
    char args[256];
    char spec[SPEC_BYTES];
    struct c8d_exec_options options = {.size = sizeof(options), .id = bench_str(id)};
    struct told told = {0};

    spec_shell(args, sizeof(args), script);
    spec_process(spec, sizeof(spec), args, false);
    options.spec = bench_str(spec);
    await_ok(bench, c8d_task_exec_submit(task, &options, tell_process, &told, NULL), &told);
    return told.process;
}

static void expect_code(struct c8d_process *process, uint32_t code)
{
    struct c8d_exit end = {0};

    assert_int_equal(c8d_process_exit(process, &end), C8D_OK);
    assert_true(end.known);
    assert_int_equal(end.code, code);
}

static void test_life__submitted__each_step_is_told(void **state)
{
    struct bench *bench = *state;
    struct wish wish;
    struct told made = {0};
    struct told started = {0};
    struct told ended[2] = {0};
    struct told deleted[2] = {0};
    struct c8d_process *exec;

    assert_int_equal(c8d_client_connect(bench->client, PATIENCE, NULL), C8D_OK);
    await_ok(bench,
             c8d_client_new_container_submit(bench->client, wish_for(&wish, "submitted", "sleep 1000"),
                                             tell_container, &made, NULL),
             &made);
    await_ok(bench, c8d_container_start_submit(made.container, NULL, tell_process, &started, NULL), &started);
    exec = submit_exec(bench, started.process, "e", "exit 5");
    await_ok(bench, c8d_process_wait_submit(exec, tell, &ended[0], NULL), &ended[0]);
    expect_code(exec, 5);
    await_ok(bench, c8d_process_delete_submit(exec, tell, &deleted[0], NULL), &deleted[0]);
    assert_int_equal(c8d_process_kill(started.process, 9, PATIENCE, NULL), C8D_OK);
    await_ok(bench, c8d_process_wait_submit(started.process, tell, &ended[1], NULL), &ended[1]);
    expect_code(started.process, contract_killed(9));
    await_ok(bench, c8d_process_delete_submit(started.process, tell, &deleted[1], NULL), &deleted[1]);
    assert_int_equal(c8d_container_delete(made.container, PATIENCE, NULL), C8D_OK);
    assert_int_equal(bench_count(bench, C8D_NOTICE_EXIT, "submitted"), 1);
    assert_int_equal(bench_count(bench, C8D_NOTICE_EXIT, "e"), 1);
    c8d_process_unref(exec);
    c8d_process_unref(started.process);
    c8d_container_unref(made.container);
}

static void test_pause__submitted__is_told_when_it_is_so(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "chilled", "sleep 1000");
    struct c8d_process *task = bench_start(bench, container);
    struct told paused = {0};
    struct told again = {0};
    struct told resumed = {0};

    await_ok(bench, c8d_task_pause_submit(task, tell, &paused, NULL), &paused);
    assert_int_equal(c8d_process_state(task), C8D_STATE_PAUSED);
    await(bench, c8d_task_pause_submit(task, tell, &again, NULL), &again);
    assert_int_equal(again.status, C8D_NOT_MODIFIED);
    await_ok(bench, c8d_task_resume_submit(task, tell, &resumed, NULL), &resumed);
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    bench_remove(container, task);
}

static void test_force_delete__submitted__leaves_nothing(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "forced", "sleep 1000");
    struct c8d_process *task = bench_start(bench, container);
    struct told deleted = {0};

    await_ok(bench, c8d_task_force_delete_submit(task, tell, &deleted, NULL), &deleted);
    assert_int_equal(bench_count(bench, C8D_NOTICE_EXIT, "forced"), 1);
    assert_int_equal(bench_count(bench, C8D_NOTICE_DELETED, "forced"), 1);
    assert_null(c8d_container_task(container));
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

static void test_load__submitted__finds_what_there_is_and_says_what_there_is_not(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "there", "sleep 1000");
    struct told found = {0};
    struct told missed = {0};

    await_ok(
        bench,
        c8d_client_load_container_submit(bench->client, bench_str("there"), tell_container, &found, NULL),
        &found);
    assert_true(c8d_container_spec(found.container).len != 0);
    await(bench,
          c8d_client_load_container_submit(bench->client, bench_str("elsewhere"), tell_container, &missed,
                                           NULL),
          &missed);
    assert_int_equal(missed.status, C8D_NOT_FOUND);
    assert_null(missed.container);
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    c8d_container_unref(found.container);
    c8d_container_unref(container);
}

static void test_replace__submitted__makes_it_anew(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *old = bench_create(bench, "replaced", "sleep 1000");
    struct c8d_process *old_task = bench_start(bench, old);
    struct wish wish;
    struct told made = {0};
    struct c8d_process *task;

    await_ok(bench,
             c8d_client_replace_container_submit(bench->client, wish_for(&wish, "replaced", "exit 6"),
                                                 tell_container, &made, NULL),
             &made);
    assert_int_equal(bench_count(bench, C8D_NOTICE_EXIT, "replaced"), 1);
    c8d_process_unref(old_task);
    c8d_container_unref(old);
    task = bench_start(bench, made.container);
    bench_expect_end(task, 6);
    bench_remove(made.container, task);
}

/* A signal that comes before the program does is runc's own, which ends by it in its way. */
static void await_output(struct bench *bench)
{
    for (int i = 0; i < 30 && bench->n_output[0] == 0; i++)
        (void)c8d_client_dispatch(bench->client, SECOND);
    assert_true(bench->n_output[0] != 0);
}

/* Whether it heeds the first signal or not: what is init in its namespace need not. */
static void test_stop__of_a_task__is_its_end(void **state)
{
    const struct c8d_stop_options how = {.size = sizeof(how), .grace_ns = SECOND / 4};
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "stopped", "echo up; sleep 1000");
    struct c8d_process *task = bench_start_with(bench, container, C8D_STDIO_OUT);
    struct c8d_exit end = {0};
    struct told told = {0};

    await_output(bench);
    assert_int_equal(c8d_process_stop(task, &how, PATIENCE, &end, NULL), C8D_OK);
    assert_true(end.known);
    assert_true(end.code == contract_killed(15) || end.code == contract_killed(9));
    assert_int_equal(c8d_process_stop(task, &how, PATIENCE, &end, NULL), C8D_NOT_MODIFIED);
    await(bench, c8d_process_stop_submit(task, &how, tell, &told, NULL), &told);
    assert_int_equal(told.status, C8D_NOT_MODIFIED);
    assert_int_equal(bench_count(bench, C8D_NOTICE_EXIT, "stopped"), 1);
    bench_remove(container, task);
}

int contract_submitted(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_set_up, bench_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_life__submitted__each_step_is_told),
        TEST(test_pause__submitted__is_told_when_it_is_so),
        TEST(test_force_delete__submitted__leaves_nothing),
        TEST(test_load__submitted__finds_what_there_is_and_says_what_there_is_not),
        TEST(test_replace__submitted__makes_it_anew),
        TEST(test_stop__of_a_task__is_its_end),
    };

    return contract_run_tests(tests);
}
