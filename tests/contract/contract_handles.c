/* SPDX-License-Identifier: Apache-2.0 */
/* What a consumer sees through the handles, whatever runtime is below them. */
#include "bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_version__of_any_runtime__is_told(void **state)
{
    struct bench *bench = *state;
    struct c8d_version version = {0};

    assert_int_equal(c8d_client_version(bench->client, PATIENCE, &version, NULL), C8D_OK);
    assert_true(version.version[0] != '\0');
}

static void test_task__that_exits__is_seen_to_end_once_with_its_code(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "ends", "exit 7");
    struct c8d_process *task = bench_start(bench, container);
    struct c8d_exit end = {0};

    bench_expect_end(task, 7);
    assert_int_equal(c8d_container_state(container), C8D_STATE_STOPPED);
    assert_int_equal(c8d_process_delete(task, PATIENCE, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 7);
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    assert_int_equal(bench_count(bench, C8D_NOTICE_CREATE, "ends"), 1);
    assert_int_equal(bench_count(bench, C8D_NOTICE_START, "ends"), 1);
    assert_int_equal(bench_count(bench, C8D_NOTICE_EXIT, "ends"), 1);
    assert_int_equal(bench_count(bench, C8D_NOTICE_DELETED, "ends"), 1);
    assert_int_equal(bench->heard[0].kind, C8D_NOTICE_CREATE);
    assert_int_equal(bench->heard[1].kind, C8D_NOTICE_START);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

static void test_task__that_writes__is_heard_on_both_streams(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "writes", "echo to out; echo to err >&2; exit 0");
    struct c8d_process *task = bench_start_with(bench, container, C8D_STDIO_OUT | C8D_STDIO_ERR);

    bench_expect_end(task, 0);
    assert_int_equal(c8d_process_drain(task, PATIENCE, NULL), C8D_OK);
    assert_string_equal(bench->output[0], "to out\n");
    assert_string_equal(bench->output[1], "to err\n");
    bench_remove(container, task);
}

static void test_task__given_end_of_input__reads_all_of_it_and_ends(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "reads", "cat; exit 4");
    struct c8d_process *task = bench_start_with(bench, container, C8D_STDIO_IN | C8D_STDIO_OUT);
    size_t written = 0;

    assert_int_equal(c8d_process_write_stdin(task, "hello\n", 6, &written, NULL), C8D_OK);
    assert_int_equal(written, 6);
    assert_int_equal(c8d_process_close_stdin(task, PATIENCE, NULL), C8D_OK);
    bench_expect_end(task, 4);
    assert_int_equal(c8d_process_drain(task, PATIENCE, NULL), C8D_OK);
    assert_string_equal(bench->output[0], "hello\n");
    bench_remove(container, task);
}

static const struct c8d_runtime_ops *sound;
static bool fails;

static enum c8d_status fail_to_close(void *ctx, const struct c8d_call *call, struct c8d_error *err)
{
    if (call->kind == C8D_CALL_CLOSE_STDIN && fails)
        return c8d_error_set(err, C8D_REMOTE, "not now");
    return sound->submit(ctx, call, err);
}

static void let_close_fail(struct c8d_runtime *runtime)
{
    static struct c8d_runtime_ops ops;

    sound = runtime->ops;
    ops = *sound;
    ops.submit = fail_to_close;
    runtime->ops = &ops;
}

static void test_task__whose_end_of_input_failed__is_given_it_by_the_next_try(void **state)
{
    struct bench *bench = bench_open_with(false, let_close_fail);
    void *bench_state = bench;
    struct c8d_container *container = bench_create(bench, "retried", "cat; exit 4");
    struct c8d_process *task = bench_start_with(bench, container, C8D_STDIO_IN | C8D_STDIO_OUT);
    size_t written = 0;

    (void)state;
    fails = true;
    assert_int_equal(c8d_process_write_stdin(task, "hello\n", 6, &written, NULL), C8D_OK);
    assert_int_equal(c8d_process_close_stdin(task, PATIENCE, NULL), C8D_REMOTE);
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    fails = false;
    assert_int_equal(c8d_process_close_stdin(task, PATIENCE, NULL), C8D_OK);
    bench_expect_end(task, 4);
    assert_int_equal(c8d_process_drain(task, PATIENCE, NULL), C8D_OK);
    assert_string_equal(bench->output[0], "hello\n");
    bench_remove(container, task);
    bench_tear_down(&bench_state);
}

static void test_container__whose_id_is_taken__is_refused_and_the_first_lives(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "taken", "sleep 1000");
    struct c8d_container *second = NULL;
    struct c8d_process *task = bench_start(bench, container);
    struct c8d_error err = {0};
    struct bench *other = bench_open(false);
    void *other_state = other;

    assert_int_equal(bench_try_create(bench, "taken", "\"/bin/sh\"", &second, &err), C8D_ALREADY_EXISTS);
    assert_true(err.message[0] != '\0');
    assert_int_equal(c8d_container_state(container), C8D_STATE_RUNNING);
    bench_remove(container, task);
    bench_tear_down(&other_state);
}

static void test_container__with_a_task__is_not_deleted(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "busy", "sleep 1000");
    struct c8d_process *task = bench_start(bench, container);

    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_CONFLICT);
    assert_int_equal(c8d_process_delete(task, PATIENCE, NULL, NULL), C8D_CONFLICT);
    assert_int_equal(c8d_container_state(container), C8D_STATE_RUNNING);
    bench_remove(container, task);
}

static void test_task__whose_program_is_missing__fails_and_leaves_nothing(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create_args(bench, "nothing", "\"/no/such/program\"");
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    assert_int_equal(c8d_container_start(container, NULL, PATIENCE, &task, &err), C8D_REMOTE);
    assert_null(task);
    assert_non_null(strstr(err.message, "no"));
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    c8d_container_unref(container);
}

static void test_exec__that_exits__is_seen_to_end_once_with_its_code(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "host", "sleep 1000");
    struct c8d_process *task = bench_start(bench, container);
    struct c8d_process *process = bench_exec(bench, task, "e1", "echo from exec; exit 42");
    struct c8d_exit end = {0};

    bench_expect_end(process, 42);
    assert_int_equal(c8d_process_drain(process, PATIENCE, NULL), C8D_OK);
    assert_string_equal(bench->output[0], "from exec\n");
    assert_int_equal(c8d_process_delete(process, PATIENCE, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 42);
    assert_int_equal(bench_count(bench, C8D_NOTICE_EXEC_ADDED, "e1"), 1);
    assert_int_equal(bench_count(bench, C8D_NOTICE_EXEC_STARTED, "e1"), 1);
    assert_int_equal(bench_count(bench, C8D_NOTICE_EXIT, "e1"), 1);
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    c8d_process_unref(process);
    bench_remove(container, task);
}

static void test_exec__whose_program_is_missing__fails_and_its_id_is_free(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "failing", "sleep 1000");
    struct c8d_process *task = bench_start(bench, container);
    struct c8d_process *process = NULL;
    struct c8d_error err = {0};

    assert_int_equal(bench_try_exec(bench, task, "again", "\"/no/such/program\"", &process, &err),
                     C8D_REMOTE);
    assert_null(process);
    assert_true(err.message[0] != '\0');
    assert_int_equal(bench_count(bench, C8D_NOTICE_EXEC_STARTED, "again"), 0);
    assert_int_equal(bench_count(bench, C8D_NOTICE_EXIT, "again"), 1);
    process = bench_exec(bench, task, "again", "exit 3");
    bench_expect_end(process, 3);
    assert_int_equal(c8d_process_delete(process, PATIENCE, NULL, NULL), C8D_OK);
    c8d_process_unref(process);
    bench_remove(container, task);
}

static void test_exec__that_outlives_init__is_seen_to_end_once(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "outlived", "sleep 1000");
    struct c8d_process *task = bench_start(bench, container);
    struct c8d_process *process = bench_exec(bench, task, "long", "sleep 1000");
    struct c8d_exit end = {0};

    assert_int_equal(c8d_process_kill(task, 9, PATIENCE, NULL), C8D_OK);
    bench_expect_end(task, contract_killed(9));
    assert_int_equal(c8d_process_delete(task, PATIENCE, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_process_wait(process, PATIENCE, &end, NULL), C8D_OK);
    if (end.known)
        assert_int_equal(end.code, contract_killed(9));
    assert_int_equal(bench_count(bench, C8D_NOTICE_EXIT, "long"), 1);
    assert_int_equal(bench_count(bench, C8D_NOTICE_EXIT, "outlived"), 1);
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    c8d_process_unref(process);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

static void test_kill__of_what_has_ended__is_not_found(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "over", "exit 0");
    struct c8d_process *task = bench_start(bench, container);

    bench_expect_end(task, 0);
    assert_int_equal(c8d_process_kill(task, 9, PATIENCE, NULL), C8D_NOT_FOUND);
    bench_remove(container, task);
}

struct completions {
    int n;
    enum c8d_status status;
};

static void count_completion(void *user, enum c8d_status status, const struct c8d_error *err)
{
    struct completions *completions = user;

    assert_true(err != NULL && err->status == status);
    completions->n++;
    completions->status = status;
}

/* What a client has left behind that is gone. A runtime of its own went with it. */
static void clear_away(struct bench *bench, const char *id)
{
    struct c8d_container *container = NULL;
    struct c8d_process *task = NULL;
    enum c8d_status status =
        c8d_client_load_container(bench->client, bench_str(id), PATIENCE, &container, NULL);

    if (status == C8D_NOT_FOUND)
        return;
    assert_int_equal(status, C8D_OK);
    task = c8d_container_task(container);
    if (task != NULL)
        assert_int_equal(c8d_task_force_delete(task, PATIENCE, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

static void test_client__that_goes__cancels_what_was_submitted(void **state)
{
    struct bench *first = bench_open(false);
    void *first_state = first;
    struct c8d_container *container = bench_create(first, "canceled", "sleep 1000");
    struct c8d_process *task = bench_start(first, container);
    struct completions completions = {0};

    assert_int_equal(c8d_process_kill_submit(task, 9, PATIENCE, count_completion, &completions, NULL),
                     C8D_OK);
    assert_int_equal(c8d_process_stop_submit(task, NULL, count_completion, &completions, NULL), C8D_OK);
    c8d_process_unref(task);
    c8d_container_unref(container);
    assert_int_equal(completions.n, 0);
    bench_tear_down(&first_state);
    assert_int_equal(completions.n, 2);
    assert_int_equal(completions.status, C8D_CANCELED);
    clear_away(*state, "canceled");
}

static void test_pause__and_resume__change_the_state_and_are_told(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "cold", "sleep 1000");
    struct c8d_process *task = bench_start(bench, container);

    assert_int_equal(c8d_task_resume(task, PATIENCE, NULL), C8D_NOT_MODIFIED);
    assert_int_equal(c8d_task_pause(task, PATIENCE, NULL), C8D_OK);
    assert_int_equal(c8d_process_state(task), C8D_STATE_PAUSED);
    assert_int_equal(c8d_task_pause(task, PATIENCE, NULL), C8D_NOT_MODIFIED);
    assert_int_equal(c8d_task_resume(task, PATIENCE, NULL), C8D_OK);
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    assert_int_equal(bench_count(bench, C8D_NOTICE_PAUSED, "cold"), 1);
    assert_int_equal(bench_count(bench, C8D_NOTICE_RESUMED, "cold"), 1);
    bench_remove(container, task);
}

static void test_task__out_of_memory__is_told_and_ends_by_sigkill(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create_args(bench, "hungry", "\"/bin/hog\"");
    struct c8d_process *task = bench_start(bench, container);

    bench_expect_end(task, contract_killed(9));
    assert_true(bench_hear_until(bench, C8D_NOTICE_OOM, "hungry", 1));
    assert_int_equal(bench_count(bench, C8D_NOTICE_OOM, "hungry"), 1);
    bench_remove(container, task);
}

static void test_container__loaded_by_another_client__is_the_same_one(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "shared", "sleep 1000");
    struct c8d_process *task = bench_start(bench, container);
    struct c8d_container *loaded = NULL;
    struct c8d_process *its_task;

    assert_int_equal(
        c8d_client_load_container(bench->client, bench_str("unheard-of"), PATIENCE, &loaded, NULL),
        C8D_NOT_FOUND);
    assert_int_equal(c8d_client_load_container(bench->client, bench_str("shared"), PATIENCE, &loaded, NULL),
                     C8D_OK);
    its_task = c8d_container_task(loaded);
    assert_non_null(its_task);
    assert_int_equal(c8d_process_pid(its_task), c8d_process_pid(task));
    c8d_process_unref(its_task);
    c8d_container_unref(loaded);
    bench_remove(container, task);
}

static void test_connection__that_breaks__is_told_as_one_gap_and_made_good(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "bridged", "sleep 1000");
    struct c8d_process *task = bench_start(bench, container);

    contract_maker->interrupt(bench->runtime);
    assert_true(bench_hear_until(bench, C8D_NOTICE_RESYNCED, "", 1));
    assert_int_equal(bench_count(bench, C8D_NOTICE_GAP, ""), 1);
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    assert_int_equal(c8d_process_kill(task, 9, PATIENCE, NULL), C8D_OK);
    bench_expect_end(task, contract_killed(9));
    assert_int_equal(c8d_process_delete(task, PATIENCE, NULL, NULL), C8D_OK);
    assert_int_equal(bench_count(bench, C8D_NOTICE_EXIT, "bridged"), 1);
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

static void test_task__that_ends_while_nobody_listens__is_seen_to_end_once_with_its_code(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "unheard", "sleep 1; exit 5");
    struct c8d_process *task = bench_start(bench, container);

    contract_maker->interrupt(bench->runtime);
    bench_expect_end(task, 5);
    assert_true(bench_hear_until(bench, C8D_NOTICE_RESYNCED, "", 1));
    bench_remove(container, task);
    assert_int_equal(bench_count(bench, C8D_NOTICE_GAP, ""), 1);
    assert_int_equal(bench_count(bench, C8D_NOTICE_START, "unheard"), 1);
    assert_int_equal(bench_count(bench, C8D_NOTICE_EXIT, "unheard"), 1);
}

static void test_notices__of_several_containers__are_numbered_without_holes(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *containers[4];
    struct c8d_process *tasks[4];
    char id[16];

    for (size_t i = 0; i < 4; i++) {
        snprintf(id, sizeof(id), "numbered%zu", i);
        containers[i] = bench_create(bench, id, "exit 1");
        tasks[i] = bench_start(bench, containers[i]);
    }
    for (size_t i = 0; i < 4; i++) {
        bench_expect_end(tasks[i], 1);
        bench_remove(containers[i], tasks[i]);
    }
    assert_int_equal(bench->n_heard, 16);
    for (size_t i = 0; i < bench->n_heard; i++)
        assert_int_equal(bench->heard[i].sequence, i + 1);
}

static void test_id__used_again__is_another_incarnation_with_its_own_end(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "twice", "sleep 1000");

    for (size_t run = 1; run <= 3; run++) {
        struct c8d_process *task = bench_start(bench, container);

        assert_int_equal(c8d_process_kill(task, 9, PATIENCE, NULL), C8D_OK);
        bench_expect_end(task, contract_killed(9));
        assert_int_equal(c8d_process_delete(task, PATIENCE, NULL, NULL), C8D_OK);
        assert_int_equal(bench_count(bench, C8D_NOTICE_EXIT, "twice"), run);
        c8d_process_unref(task);
    }
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    c8d_container_unref(container);
}

int contract_handles(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_set_up, bench_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_version__of_any_runtime__is_told),
        TEST(test_task__that_exits__is_seen_to_end_once_with_its_code),
        TEST(test_task__that_writes__is_heard_on_both_streams),
        TEST(test_task__given_end_of_input__reads_all_of_it_and_ends),
        TEST(test_task__whose_end_of_input_failed__is_given_it_by_the_next_try),
        TEST(test_container__whose_id_is_taken__is_refused_and_the_first_lives),
        TEST(test_container__with_a_task__is_not_deleted),
        TEST(test_task__whose_program_is_missing__fails_and_leaves_nothing),
        TEST(test_exec__that_exits__is_seen_to_end_once_with_its_code),
        TEST(test_exec__whose_program_is_missing__fails_and_its_id_is_free),
        TEST(test_exec__that_outlives_init__is_seen_to_end_once),
        TEST(test_kill__of_what_has_ended__is_not_found),
        TEST(test_client__that_goes__cancels_what_was_submitted),
        TEST(test_pause__and_resume__change_the_state_and_are_told),
        TEST(test_task__out_of_memory__is_told_and_ends_by_sigkill),
        TEST(test_container__loaded_by_another_client__is_the_same_one),
        TEST(test_connection__that_breaks__is_told_as_one_gap_and_made_good),
        TEST(test_task__that_ends_while_nobody_listens__is_seen_to_end_once_with_its_code),
        TEST(test_notices__of_several_containers__are_numbered_without_holes),
        TEST(test_id__used_again__is_another_incarnation_with_its_own_end),
    };

    return contract_run_tests(tests);
}
