/* SPDX-License-Identifier: Apache-2.0 */
/* Measuring and changing a running task through its handle. */
#include "bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DOUBLE_LIMIT "{\"memory\":{\"limit\":67108864}}"
#define LIMIT_OF_SPEC (UINT64_C(32) << 20)

static void end(struct c8d_process *task)
{
    assert_int_equal(c8d_process_kill(task, 9, PATIENCE, NULL), C8D_OK);
    bench_expect_end(task, contract_killed(9));
}

static void test_stats__after_an_update__tell_the_new_limit(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "tuned", "sleep 1000");
    struct c8d_process *task = bench_start(bench, container);
    struct c8d_stats stats = {0};

    assert_int_equal(c8d_task_stats(task, PATIENCE, &stats, NULL), C8D_OK);
    assert_true(stats.memory.limit.value == LIMIT_OF_SPEC);
    assert_int_equal(c8d_task_update_resources(task, bench_str(DOUBLE_LIMIT), PATIENCE, NULL), C8D_OK);
    assert_int_equal(c8d_task_stats(task, PATIENCE, &stats, NULL), C8D_OK);
    assert_true(stats.memory.limit.value == 2 * LIMIT_OF_SPEC);
    bench_remove(container, task);
}

static void test_update__that_is_refused__says_why(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "stubborn", "sleep 1000");
    struct c8d_process *task = bench_start(bench, container);
    struct c8d_error err = {0};

    assert_int_equal(c8d_task_update_resources(task, bench_str(""), PATIENCE, &err), C8D_INVALID);
    assert_int_equal(c8d_task_update_resources(task, bench_str("[]"), PATIENCE, &err), C8D_REMOTE);
    assert_true(err.message[0] != '\0');
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    end(task);
    assert_int_equal(c8d_task_update_resources(task, bench_str(DOUBLE_LIMIT), PATIENCE, &err), C8D_REMOTE);
    bench_remove(container, task);
}

static void test_pids__of_a_task_with_an_exec__name_both(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "lodgers", "sleep 1000");
    struct c8d_process *task = bench_start(bench, container);
    struct c8d_process *exec = bench_exec(bench, task, "guest", "sleep 1000");
    struct c8d_task_process list[8] = {0};
    size_t n = 0;
    size_t seen = 0;

    assert_int_equal(c8d_task_pids(task, PATIENCE, list, 8, &n, NULL), C8D_OK);
    assert_in_range(n, 2, 8);
    for (size_t i = 0; i < n; i++) {
        seen += list[i].pid == c8d_process_pid(task) && list[i].exec[0] == '\0';
        seen += list[i].pid == c8d_process_pid(exec) && strcmp(list[i].exec, "guest") == 0;
    }
    assert_int_equal(seen, 2);
    /* Without room for all, the number is told none the less, and nothing is written behind the end. */
    memset(list, 0, sizeof(list));
    assert_int_equal(c8d_task_pids(task, PATIENCE, list, 1, &n, NULL), C8D_OK);
    assert_true(n >= 2);
    assert_int_not_equal(list[0].pid, 0);
    assert_int_equal(list[1].pid, 0);
    assert_int_equal(c8d_task_pids(task, PATIENCE, NULL, 0, &n, NULL), C8D_OK);
    assert_true(n >= 2);
    end(task);
    assert_int_equal(c8d_task_pids(task, PATIENCE, list, 8, &n, NULL), C8D_OK);
    assert_int_equal(n, 0);
    c8d_process_unref(exec);
    bench_remove(container, task);
}

static void test_status__in_each_state__is_what_the_runtime_says(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "asked", "sleep 1000");
    struct c8d_process *task = bench_start(bench, container);
    struct c8d_process *exec = bench_exec(bench, task, "over", "exit 5");
    struct c8d_process_status status = {0};

    assert_int_equal(c8d_process_status(task, PATIENCE, &status, NULL), C8D_OK);
    assert_int_equal(status.state, C8D_STATE_RUNNING);
    assert_int_equal(status.pid, c8d_process_pid(task));
    bench_expect_end(exec, 5);
    assert_int_equal(c8d_process_status(exec, PATIENCE, &status, NULL), C8D_OK);
    assert_int_equal(status.state, C8D_STATE_STOPPED);
    assert_true(status.exit.known);
    assert_int_equal(status.exit.code, 5);
    assert_int_equal(c8d_process_delete(exec, PATIENCE, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_process_status(exec, PATIENCE, &status, NULL), C8D_NOT_FOUND);
    assert_int_equal(c8d_task_pause(task, PATIENCE, NULL), C8D_OK);
    assert_int_equal(c8d_process_status(task, PATIENCE, &status, NULL), C8D_OK);
    assert_int_equal(status.state, C8D_STATE_PAUSED);
    assert_int_equal(c8d_task_resume(task, PATIENCE, NULL), C8D_OK);
    c8d_process_unref(exec);
    bench_remove(container, task);
}

static void test_measures__of_an_exec__are_refused(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "landlord", "sleep 1000");
    struct c8d_process *task = bench_start(bench, container);
    struct c8d_process *exec = bench_exec(bench, task, "tenant", "sleep 1000");
    struct c8d_stats stats;
    size_t n;

    assert_int_equal(c8d_task_stats(exec, PATIENCE, &stats, NULL), C8D_INVALID);
    assert_int_equal(c8d_task_pids(exec, PATIENCE, NULL, 0, &n, NULL), C8D_INVALID);
    assert_int_equal(c8d_task_update_resources(exec, bench_str(DOUBLE_LIMIT), PATIENCE, NULL), C8D_INVALID);
    c8d_process_unref(exec);
    bench_remove(container, task);
}

/* The handle is bound to its run: a later one of the same name does not answer for it. */
static void test_measures__of_a_run_that_is_gone__are_not_found(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "former", "sleep 1000");
    struct c8d_process *task = bench_start(bench, container);
    struct c8d_process *next;
    struct c8d_process_status status;
    struct c8d_stats stats;
    size_t n;

    end(task);
    assert_int_equal(c8d_process_delete(task, PATIENCE, NULL, NULL), C8D_OK);
    next = bench_start(bench, container);
    assert_int_equal(c8d_task_stats(task, PATIENCE, &stats, NULL), C8D_NOT_FOUND);
    assert_int_equal(c8d_task_pids(task, PATIENCE, NULL, 0, &n, NULL), C8D_NOT_FOUND);
    assert_int_equal(c8d_task_update_resources(task, bench_str(DOUBLE_LIMIT), PATIENCE, NULL), C8D_NOT_FOUND);
    assert_int_equal(c8d_process_status(task, PATIENCE, &status, NULL), C8D_NOT_FOUND);
    assert_int_equal(c8d_process_resize(task, 80, 25, PATIENCE, NULL), C8D_NOT_FOUND);
    assert_int_equal(c8d_task_stats(next, PATIENCE, &stats, NULL), C8D_OK);
    c8d_process_unref(task);
    bench_remove(container, next);
}

static void test_resize__of_a_process__is_done_or_refused(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = bench_create(bench, "sized", "sleep 1000");
    struct c8d_process *task = bench_start(bench, container);

    assert_int_equal(c8d_process_resize(task, 100, 40, PATIENCE, NULL), C8D_OK);
    assert_int_equal(c8d_process_resize(task, 0, 40, PATIENCE, NULL), C8D_INVALID);
    assert_int_equal(c8d_process_resize(task, 100, 65536, PATIENCE, NULL), C8D_INVALID);
    bench_remove(container, task);
}

static bool same(struct c8d_str text, const char *expected)
{
    return text.len == strlen(expected) && memcmp(text.ptr, expected, text.len) == 0;
}

static void assert_record(struct c8d_container *container)
{
    const struct c8d_label *labels;
    size_t n;

    assert_true(same(c8d_container_runtime(container), "io.containerd.runc.v2"));
    assert_true(same(c8d_container_runtime_options(container).type, "org.example.Options"));
    assert_int_equal(c8d_container_runtime_options(container).value.len, 3);
    assert_memory_equal(c8d_container_runtime_options(container).value.ptr, "a\0b", 3);
    assert_true(same(c8d_container_snapshotter(container), "native"));
    assert_true(same(c8d_container_snapshot_key(container), "some-key"));
    assert_true(c8d_container_created_at(container) > 0);
    labels = c8d_container_labels(container, &n);
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++)
        assert_true(same(labels[i].key, "first")
                        ? same(labels[i].value, "1")
                        : same(labels[i].key, "second") && same(labels[i].value, "two"));
}

static void test_container__made_with_everything__is_loaded_with_it(void **state)
{
    const struct c8d_label labels[] = {{bench_str("first"), bench_str("1")},
                                       {bench_str("second"), bench_str("two")}};
    const struct c8d_container_options options = {
        .size = sizeof(options),
        .id = bench_str("laden"),
        .spec = bench_str("{\"process\":{}}"),
        .labels = labels,
        .n_labels = 2,
        .runtime_options = {bench_str("org.example.Options"), {"a\0b", 3}},
        .snapshotter = bench_str("native"),
        .snapshot_key = bench_str("some-key"),
    };
    struct bench *bench = *state;
    struct c8d_container *container = NULL;
    struct c8d_container *loaded = NULL;
    struct c8d_error err = {0};

    if (c8d_client_new_container(bench->client, &options, PATIENCE, &container, &err) != C8D_OK)
        fail_msg("%s", err.message);
    assert_record(container);
    assert_int_equal(c8d_client_load_container(bench->client, options.id, PATIENCE, &loaded, NULL), C8D_OK);
    assert_record(loaded);
    assert_int_equal(c8d_container_created_at(loaded), c8d_container_created_at(container));
    assert_true(same(c8d_container_spec(loaded), "{\"process\":{}}"));
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    c8d_container_unref(loaded);
    c8d_container_unref(container);
}

static void test_container__with_half_a_snapshot__is_refused(void **state)
{
    struct c8d_container_options options = {.size = sizeof(options),
                                            .id = bench_str("half"),
                                            .spec = bench_str("{}"),
                                            .snapshotter = bench_str("native")};
    struct bench *bench = *state;
    struct c8d_container *container;

    assert_int_equal(c8d_client_new_container(bench->client, &options, PATIENCE, &container, NULL),
                     C8D_INVALID);
    options.snapshotter = bench_str("");
    options.snapshot_key = bench_str("key");
    assert_int_equal(c8d_client_new_container(bench->client, &options, PATIENCE, &container, NULL),
                     C8D_INVALID);
}

int contract_tasks(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_set_up, bench_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_stats__after_an_update__tell_the_new_limit),
        TEST(test_update__that_is_refused__says_why),
        TEST(test_pids__of_a_task_with_an_exec__name_both),
        TEST(test_status__in_each_state__is_what_the_runtime_says),
        TEST(test_measures__of_an_exec__are_refused),
        TEST(test_measures__of_a_run_that_is_gone__are_not_found),
        TEST(test_resize__of_a_process__is_done_or_refused),
        TEST(test_container__made_with_everything__is_loaded_with_it),
        TEST(test_container__with_half_a_snapshot__is_refused),
    };

    return contract_run_tests(tests);
}
