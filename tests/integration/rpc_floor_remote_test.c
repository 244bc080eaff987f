/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fewest calls: what each operation of the handles costs on a real containerd, counted by containerd
 * itself (grpc_server_handled_total of its metrics), not by us.
 */
#include "remote_counters.h"
#include "transport.h"
#include <c8d/remote.h>
#include <c8d/task.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)
#define PATIENCE (30 * SECOND)

struct world {
    struct c8d_client *client;
    unsigned exits; /* EXIT notices heard */
};

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

/* ---- a world
 * -------------------------------------------------------------------------------------------------- */

static void hear(void *user, const struct c8d_notice *notice)
{
    struct world *world = user;

    if (notice->kind == C8D_NOTICE_EXIT)
        world->exits++;
}

static struct world *new_world(bool adopt)
{
    struct world *world = test_calloc(1, sizeof(*world));
    struct c8d_remote_options remote = {
        .size = sizeof(remote),
        .address = str(counters_setting("C8D_TEST_ADDRESS")),
        .namespace_ = str(counters_setting("C8D_TEST_NAMESPACE")),
        .transport = test_transport(),
    };
    struct c8d_client_options options = {.size = sizeof(options),
                                         .namespace_ = remote.namespace_,
                                         .adopt = adopt,
                                         .notice = hear,
                                         .user = world};

    assert_int_equal(c8d_remote_new(&remote, &options.runtime, NULL), C8D_OK);
    assert_int_equal(c8d_client_new(&options, &world->client, NULL), C8D_OK);
    assert_int_equal(c8d_client_connect(world->client, PATIENCE, NULL), C8D_OK);
    return world;
}

static int open_world(void **state)
{
    *state = new_world(false);
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;

    c8d_client_unref(world->client);
    test_free(world);
    return 0;
}

static const char *spec_of(const char *id, const char *script, char *out, size_t size)
{
    snprintf(
        out, size,
        "{\"ociVersion\":\"1.0.2\",\"process\":{\"user\":{\"uid\":0,\"gid\":0},\"cwd\":\"/\","
        "\"args\":[\"/bin/sh\",\"-c\",\"%s\"],\"env\":[\"PATH=/bin\"]},\"root\":{\"path\":\"%s\"},"
        "\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"}],"
        "\"linux\":{\"cgroupsPath\":\"/%s/%s\",\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"}]}}",
        script, counters_setting("C8D_TEST_ROOTFS"), counters_setting("C8D_TEST_NAMESPACE"), id);
    return out;
}

static struct c8d_container *create(struct world *world, const char *id, const char *script)
{
    char spec[1024];
    struct c8d_container_options options = {
        .size = sizeof(options), .id = str(id), .spec = str(spec_of(id, script, spec, sizeof(spec)))};
    struct c8d_container *container = NULL;
    struct c8d_error err = {0};

    if (c8d_client_new_container(world->client, &options, PATIENCE, &container, &err) != C8D_OK)
        fail_msg("create %s: %s", id, err.message);
    return container;
}

static struct c8d_process *start(struct c8d_container *container)
{
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    if (c8d_container_start(container, NULL, PATIENCE, &task, &err) != C8D_OK)
        fail_msg("start: %s", err.message);
    return task;
}

static struct c8d_process *exec(struct c8d_process *task, const char *id, const char *script)
{
    char spec[512];
    struct c8d_exec_options options = {.size = sizeof(options), .id = str(id)};
    struct c8d_process *process = NULL;
    struct c8d_error err = {0};

    snprintf(spec, sizeof(spec),
             "{\"user\":{\"uid\":0,\"gid\":0},\"cwd\":\"/\",\"args\":[\"/bin/"
             "sh\",\"-c\",\"%s\"],\"env\":[\"PATH=/bin\"]}",
             script);
    options.spec = str(spec);
    if (c8d_task_exec(task, &options, PATIENCE, &process, &err) != C8D_OK)
        fail_msg("exec: %s", err.message);
    return process;
}

static void wait_for(struct c8d_process *process, uint32_t code)
{
    struct c8d_exit end;

    assert_int_equal(c8d_process_wait(process, PATIENCE, &end, NULL), C8D_OK);
    assert_true(end.known);
    assert_int_equal(end.code, code);
}

static void remove_all(struct c8d_process *task, struct c8d_container *container)
{
    if (task != NULL)
        assert_int_equal(c8d_task_force_delete(task, PATIENCE, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

/* Waits until late events of what was done have come: they must cost nothing. */
static void settle(struct world *world)
{
    while (c8d_client_dispatch(world->client, SECOND / 4) == C8D_OK)
        ;
}

static void test_rpc_floor__each_operation__costs_no_more(void **state)
{
    struct world *world = *state;
    unsigned before = counters_calls();
    unsigned now;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_process *process;
    struct c8d_process_status status;
    struct c8d_stats stats;
    size_t n;

#define COSTS(expected)                                                                                      \
    do {                                                                                                     \
        settle(world);                                                                                       \
        now = counters_calls();                                                                              \
        assert_int_equal(now - before, expected);                                                            \
        before = now;                                                                                        \
    } while (0)

    container = create(world, "floor", "sleep 1000");
    COSTS(1);
    task = start(container);
    COSTS(2);
    process = exec(task, "e1", "exit 7");
    wait_for(process, 7);
    assert_int_equal(c8d_process_delete(process, PATIENCE, NULL, NULL), C8D_OK);
    COSTS(3);
    assert_int_equal(c8d_task_pause(task, PATIENCE, NULL), C8D_OK);
    COSTS(1);
    assert_int_equal(c8d_task_resume(task, PATIENCE, NULL), C8D_OK);
    COSTS(1);
    assert_int_equal(c8d_task_stats(task, PATIENCE, &stats, NULL), C8D_OK);
    COSTS(1);
    assert_int_equal(c8d_task_pids(task, PATIENCE, NULL, 0, &n, NULL), C8D_OK);
    COSTS(1);
    assert_int_equal(c8d_task_update_resources(task, str("{}"), PATIENCE, NULL), C8D_OK);
    COSTS(1);
    assert_int_equal(c8d_process_status(task, PATIENCE, &status, NULL), C8D_OK);
    COSTS(1);
    assert_int_equal(c8d_process_resize(task, 80, 25, PATIENCE, NULL), C8D_OK);
    COSTS(1);
    assert_int_equal(c8d_process_kill(task, 9, PATIENCE, NULL), C8D_OK);
    wait_for(task, 137);
    COSTS(1);
    assert_int_equal(c8d_process_delete(task, PATIENCE, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    COSTS(2);
    assert_int_equal(world->exits, 2);
    c8d_process_unref(process);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

/* Pausing and resuming without a breath between: the events of the one arrive in the middle of the other. */
static void test_rpc_floor__pause_and_resume_at_once__costs_two(void **state)
{
    struct world *world = *state;
    struct c8d_container *container = create(world, "breathless", "sleep 1000");
    struct c8d_process *task = start(container);
    unsigned before;

    settle(world);
    before = counters_calls();
    for (int i = 0; i < 5; i++) {
        assert_int_equal(c8d_task_pause(task, PATIENCE, NULL), C8D_OK);
        assert_int_equal(c8d_task_resume(task, PATIENCE, NULL), C8D_OK);
    }
    settle(world);
    assert_int_equal(counters_calls() - before, 10);
    assert_int_equal(c8d_task_force_delete(task, PATIENCE, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    settle(world);
    assert_int_equal(counters_calls() - before, 13);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

/* What is read from elsewhere in the middle of a lifecycle is nothing. */
static void test_rpc_floor__ten_lifecycles_in_a_row__cost_nine_each(void **state)
{
    struct world *world = *state;
    unsigned before = counters_calls();

    for (int i = 0; i < 10; i++) {
        struct c8d_container *container = create(world, "again", "sleep 1000");
        struct c8d_process *task = start(container);
        struct c8d_process *process = exec(task, "e", "true");

        wait_for(process, 0);
        assert_int_equal(c8d_process_delete(process, PATIENCE, NULL, NULL), C8D_OK);
        assert_int_equal(c8d_task_force_delete(task, PATIENCE, NULL, NULL), C8D_OK);
        assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
        c8d_process_unref(process);
        c8d_process_unref(task);
        c8d_container_unref(container);
    }
    settle(world);
    assert_int_equal(counters_calls() - before, 10 * (1 + 2 + 3 + 2 + 1));
    assert_int_equal(world->exits, 20);
}

static void test_rpc_floor__load_of_a_running_container__costs_two(void **state)
{
    struct world *world = *state;
    struct c8d_container *container = create(world, "loaded", "sleep 1000");
    struct c8d_process *task = start(container);
    struct c8d_container *again = NULL;
    struct world *other = new_world(false);
    void *other_state = other;
    unsigned before;

    settle(other);
    before = counters_calls();
    assert_int_equal(c8d_client_load_container(other->client, str("loaded"), PATIENCE, &again, NULL), C8D_OK);
    assert_int_equal(c8d_container_state(again), C8D_STATE_RUNNING);
    assert_int_equal(counters_calls() - before, 2);
    c8d_container_unref(again);
    close_world(&other_state);

    remove_all(task, container);
}

/* The end of a process that reads up to its end-of-file. */
static void test_rpc_floor__close_stdin__costs_one(void **state)
{
    struct world *world = *state;
    const struct c8d_start_options piped = {.size = sizeof(piped), .stdio = C8D_STDIO_IN};
    struct c8d_container *container = create(world, "reads", "read line; exit 5");
    struct c8d_process *task = NULL;
    unsigned before;

    assert_int_equal(c8d_container_start(container, &piped, PATIENCE, &task, NULL), C8D_OK);
    settle(world);
    before = counters_calls();
    assert_int_equal(c8d_process_close_stdin(task, PATIENCE, NULL), C8D_OK);
    wait_for(task, 5);
    settle(world);
    assert_int_equal(counters_calls() - before, 1);
    remove_all(task, container);
}

/* CRIU need not be there, or work: it is one call all the same, and the task runs on. */
static void test_rpc_floor__checkpoint__costs_one_also_when_it_fails(void **state)
{
    struct world *world = *state;
    struct c8d_container *container = create(world, "imaged", "sleep 1000");
    struct c8d_process *task = start(container);
    unsigned before;

    settle(world);
    before = counters_calls();
    assert_int_equal(c8d_task_checkpoint(task, str("/dev/null/images"), false, PATIENCE, NULL), C8D_REMOTE);
    settle(world);
    assert_int_equal(counters_calls() - before, 1);
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    remove_all(task, container);
}

/* Makes a container in place of what has its name, and removes it again. @return What the first has cost. */
static unsigned replace(struct world *world, const char *id)
{
    char spec[1024];
    const struct c8d_container_options options = {
        .size = sizeof(options), .id = str(id), .spec = str(spec_of(id, "exit 4", spec, sizeof(spec)))};
    struct c8d_container *container = NULL;
    struct c8d_process *task;
    struct c8d_error err = {0};
    unsigned before;
    unsigned cost;

    settle(world);
    before = counters_calls();
    if (c8d_client_replace_container(world->client, &options, PATIENCE, &container, &err) != C8D_OK)
        fail_msg("replace %s: %s", id, err.message);
    settle(world);
    cost = counters_calls() - before;
    task = start(container);
    wait_for(task, 4);
    remove_all(task, container);
    return cost;
}

static void test_rpc_floor__replace_of_nothing__costs_what_a_create_does(void **state)
{
    assert_int_equal(replace(*state, "nothing"), 1);
}

/* What another program has left: it is looked at, killed and deleted, and nothing is done twice. */
static void test_rpc_floor__replace__costs_what_is_there(void **state)
{
    struct world *other = new_world(false);
    void *other_state = other;
    struct c8d_container *record = create(other, "record", "sleep 1000");
    struct c8d_container *running = create(other, "running", "sleep 1000");
    struct c8d_process *task = start(running);
    struct c8d_exit end = {0};

    settle(other);
    /* Create, in vain; Containers.Get; Tasks.Get, of no task; Containers.Delete; Create. */
    assert_int_equal(replace(*state, "record"), 5);
    /* Kill and Tasks.Delete as well. */
    assert_int_equal(replace(*state, "running"), 7);
    assert_int_equal(c8d_process_wait(task, PATIENCE, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 137);
    c8d_process_unref(task);
    c8d_container_unref(running);
    c8d_container_unref(record);
    close_world(&other_state);
}

struct census {
    unsigned running, paused, stopped, without_task;
};

static void count(void *user, const struct c8d_container_view *container, const struct c8d_process_view *task)
{
    struct census *census = user;

    (void)container;
    census->running += task != NULL && task->public_state == C8D_STATE_RUNNING;
    census->paused += task != NULL && task->public_state == C8D_STATE_PAUSED;
    census->stopped += task != NULL && task->public_state == C8D_STATE_STOPPED;
    census->without_task += task == NULL || task->public_state == C8D_STATE_DELETED;
}

static void test_rpc_floor__restore_of_many__costs_two(void **state)
{
    struct world *world = *state;
    struct world *other;
    void *other_state;
    struct c8d_container *containers[6];
    struct c8d_process *tasks[5];
    struct census census = {0};
    char id[16];
    unsigned before;

    for (size_t i = 0; i < 6; i++) {
        snprintf(id, sizeof(id), "many%zu", i);
        containers[i] = create(world, id, i == 1 ? "exit 3" : "sleep 1000");
        if (i < 5)
            tasks[i] = start(containers[i]);
    }
    wait_for(tasks[1], 3);
    assert_int_equal(c8d_task_pause(tasks[2], PATIENCE, NULL), C8D_OK);
    settle(world);

    other = new_world(true);
    other_state = other;
    before = counters_calls();
    assert_int_equal(c8d_client_restore(other->client, PATIENCE, NULL), C8D_OK);
    settle(other);
    assert_int_equal(counters_calls() - before, 2);
    c8d_client_visit(other->client, count, &census);
    assert_int_equal(census.running, 3);
    assert_int_equal(census.paused, 1);
    assert_int_equal(census.stopped, 1);
    assert_int_equal(census.without_task, 1);
    close_world(&other_state);

    for (size_t i = 0; i < 6; i++) {
        if (i < 5) {
            assert_int_equal(c8d_task_force_delete(tasks[i], PATIENCE, NULL, NULL), C8D_OK);
            c8d_process_unref(tasks[i]);
        }
        assert_int_equal(c8d_container_delete(containers[i], PATIENCE, NULL), C8D_OK);
        c8d_container_unref(containers[i]);
    }
}

/* A hundred at a time cost what each costs, and to find them all again costs two. So many of them run that it
 * does not take long; C8D_FLOOR_RUNNING lets more run, up to all. */
static void test_rpc_floor__a_hundred_containers__cost_no_more_each(void **state)
{
    enum { HUNDRED = 100 };
    const char *wanted = getenv("C8D_FLOOR_RUNNING");
    const size_t running = wanted != NULL ? (size_t)strtoul(wanted, NULL, 10) : 4;
    struct world *world = *state;
    struct world *other;
    void *other_state;
    struct c8d_container *containers[HUNDRED];
    struct c8d_process *tasks[HUNDRED] = {0};
    struct census census = {0};
    char id[16];
    unsigned before = counters_calls();

    assert_true(running <= HUNDRED);
    for (size_t i = 0; i < HUNDRED; i++) {
        snprintf(id, sizeof(id), "hundred%zu", i);
        containers[i] = create(world, id, "sleep 1000");
    }
    for (size_t i = 0; i < running; i++)
        tasks[i] = start(containers[i]);
    settle(world);
    assert_int_equal(counters_calls() - before, HUNDRED + 2 * running);

    other = new_world(true);
    other_state = other;
    before = counters_calls();
    assert_int_equal(c8d_client_restore(other->client, PATIENCE, NULL), C8D_OK);
    settle(other);
    assert_int_equal(counters_calls() - before, 2);
    c8d_client_visit(other->client, count, &census);
    assert_int_equal(census.running, running);
    assert_int_equal(census.without_task, HUNDRED - running);
    close_world(&other_state);

    before = counters_calls();
    for (size_t i = 0; i < HUNDRED; i++)
        remove_all(tasks[i], containers[i]);
    settle(world);
    assert_int_equal(counters_calls() - before, HUNDRED + 2 * running);
    assert_int_equal(world->exits, running);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rpc_floor__each_operation__costs_no_more, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(test_rpc_floor__pause_and_resume_at_once__costs_two, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(test_rpc_floor__ten_lifecycles_in_a_row__cost_nine_each, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(test_rpc_floor__load_of_a_running_container__costs_two, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(test_rpc_floor__restore_of_many__costs_two, open_world, close_world),
        cmocka_unit_test_setup_teardown(test_rpc_floor__close_stdin__costs_one, open_world, close_world),
        cmocka_unit_test_setup_teardown(test_rpc_floor__checkpoint__costs_one_also_when_it_fails, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(test_rpc_floor__replace_of_nothing__costs_what_a_create_does,
                                        open_world, close_world),
        cmocka_unit_test_setup_teardown(test_rpc_floor__replace__costs_what_is_there, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(test_rpc_floor__a_hundred_containers__cost_no_more_each, open_world,
                                        close_world),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
