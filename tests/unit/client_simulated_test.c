/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client in a simulated world: first with single misfortunes, then with all of them at random. Whatever
 * happens, each process that started is seen to end exactly once, and in the end nothing is left in the
 * world.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <c8d/simulated.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENDS_MAX = 4096 };

struct end {
    char container[SCRIPTED_NAME];
    char process[SCRIPTED_NAME];
    uint32_t incarnation;
};

struct world {
    struct c8d_runtime runtime;
    struct c8d_client *client;
    uint64_t sequence;
    size_t n_ends;
    struct end ends[ENDS_MAX];
    size_t n_ran; /* ends of processes that had run */
    size_t heard[C8D_NOTICE_KIND__COUNT];
    char output[1024];
    size_t output_len;
};

static void remember_end(struct world *world, const struct c8d_notice *notice)
{
    struct end *end = &world->ends[world->n_ends];

    assert_true(world->n_ends < ENDS_MAX);
    memset(end, 0, sizeof(*end));
    memcpy(end->container, notice->container.ptr, notice->container.len);
    memcpy(end->process, notice->process.ptr, notice->process.len);
    end->incarnation = notice->incarnation;
    for (size_t i = 0; i < world->n_ends; i++)
        assert_int_not_equal(memcmp(&world->ends[i], end, sizeof(*end)), 0);
    world->n_ends++;
    world->n_ran += notice->exit.ran;
}

static void hear(void *user, const struct c8d_notice *notice)
{
    struct world *world = user;

    assert_true(notice->sequence == world->sequence + 1);
    world->sequence = notice->sequence;
    world->heard[notice->kind]++;
    if (notice->kind == C8D_NOTICE_EXIT)
        remember_end(world, notice);
}

static void collect(void *user, struct c8d_process *process, int stream, const void *data, size_t length)
{
    struct world *world = user;

    (void)process;
    (void)stream;
    if (data == NULL || world->output_len + length >= sizeof(world->output))
        return;
    memcpy(world->output + world->output_len, data, length);
    world->output_len += length;
}

static void open_world(struct world *world, uint64_t seed, const struct c8d_simulated_faults *faults)
{
    struct c8d_simulated_options simulated = {
        .size = sizeof(simulated), .seed = seed, .namespace_ = str("test")};
    struct c8d_client_options options = {
        .size = sizeof(options), .namespace_ = str("test"), .notice = hear, .user = world};

    memset(world, 0, sizeof(*world));
    if (faults != NULL)
        simulated.faults = *faults;
    assert_int_equal(c8d_simulated_new(&simulated, &world->runtime, NULL), C8D_OK);
    options.runtime = world->runtime;
    assert_int_equal(c8d_client_new(&options, &world->client, NULL), C8D_OK);
}

static void close_world(struct world *world)
{
    c8d_client_unref(world->client);
}

static struct c8d_container *create(struct world *world, const char *id, const char *script)
{
    struct c8d_container_options options = {.size = sizeof(options), .id = str(id)};
    struct c8d_container *container = NULL;
    struct c8d_error err = {0};
    char spec[512];

    snprintf(spec, sizeof(spec), "{\"process\":{\"args\":[\"sh\",\"-c\",\"%s\"]}}", script);
    options.spec = str(spec);
    if (c8d_client_new_container(world->client, &options, 60 * SECOND, &container, &err) != C8D_OK)
        fail_msg("create: %s", err.message);
    return container;
}

static struct c8d_process *start(struct world *world, struct c8d_container *container)
{
    const struct c8d_start_options options = {
        .size = sizeof(options), .stdio = C8D_STDIO_OUT, .output = collect, .user = world};
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    if (c8d_container_start(container, &options, 60 * SECOND, &task, &err) != C8D_OK)
        fail_msg("start: %s", err.message);
    return task;
}

static void expect_end(struct c8d_process *process, uint32_t code)
{
    struct c8d_exit end = {0};

    assert_int_equal(c8d_process_wait(process, 3600 * SECOND, &end, NULL), C8D_OK);
    assert_true(end.known);
    assert_int_equal(end.code, code);
}

static void tidy_up(struct world *world, struct c8d_container *container, struct c8d_process *task)
{
    assert_int_equal(c8d_process_delete(task, 60 * SECOND, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_container_delete(container, 60 * SECOND, NULL), C8D_OK);
    assert_int_equal(c8d_simulated_objects(world->runtime), 0);
    c8d_process_unref(task);
    c8d_container_unref(container);
    close_world(world);
}

static void life__in_many_perfect_worlds__ends_with_its_code_and_output(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct world world;
        struct c8d_container *container;
        struct c8d_process *task;

        open_world(&world, seed, NULL);
        container = create(&world, "c1", "echo hello; exit 7");
        task = start(&world, container);
        expect_end(task, 7);
        assert_int_equal(c8d_process_drain(task, 60 * SECOND, NULL), C8D_OK);
        assert_int_equal(world.output_len, 6);
        assert_memory_equal(world.output, "hello\n", 6);
        assert_int_equal(world.heard[C8D_NOTICE_EXIT], 1);
        tidy_up(&world, container, task);
    }
}

static void exec__missing_program__is_undone(void **state)
{
    const struct c8d_exec_options options = {
        .size = sizeof(options), .id = str("e1"), .spec = str("{\"args\":[\"nosuch\"]}")};
    struct world world;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_process *exec = NULL;

    (void)state;
    open_world(&world, 1, NULL);
    container = create(&world, "c1", "sleep 10");
    task = start(&world, container);
    assert_int_equal(c8d_task_exec(task, &options, 60 * SECOND, &exec, NULL), C8D_REMOTE);
    assert_int_equal(c8d_simulated_objects(world.runtime), 2);
    expect_end(task, 0);
    tidy_up(&world, container, task);
}

static void disconnect__while_it_runs__one_end_with_its_code(void **state)
{
    struct world world;
    struct c8d_container *container;
    struct c8d_process *task;

    (void)state;
    open_world(&world, 1, NULL);
    container = create(&world, "c1", "sleep 5; exit 9");
    task = start(&world, container);
    c8d_simulated_disconnect(world.runtime);
    expect_end(task, 9);
    assert_int_equal(world.heard[C8D_NOTICE_GAP], 1);
    assert_int_equal(world.heard[C8D_NOTICE_RESYNCED], 1);
    assert_int_equal(world.heard[C8D_NOTICE_EXIT], 1);
    tidy_up(&world, container, task);
}

static void down__when_it_ends__one_end_with_its_code(void **state)
{
    struct world world;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_exit end;

    (void)state;
    open_world(&world, 1, NULL);
    container = create(&world, "c1", "sleep 5; exit 9");
    task = start(&world, container);
    c8d_simulated_set_down(world.runtime, true);
    assert_int_equal(c8d_process_wait(task, 30 * SECOND, &end, NULL), C8D_DEADLINE);
    assert_int_equal(world.heard[C8D_NOTICE_EXIT], 0);
    c8d_simulated_set_down(world.runtime, false);
    expect_end(task, 9);
    assert_int_equal(world.heard[C8D_NOTICE_GAP], 1);
    tidy_up(&world, container, task);
}

static void exit_event__dropped__a_kill_finds_it_out(void **state)
{
    struct world world;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_exit end;

    (void)state;
    open_world(&world, 1, NULL);
    container = create(&world, "c1", "sleep 5; exit 9");
    task = start(&world, container);
    c8d_simulated_drop_next(world.runtime, C8D_EVENT_TASK_EXIT);
    assert_int_equal(c8d_process_wait(task, 30 * SECOND, &end, NULL), C8D_DEADLINE);
    assert_int_equal(c8d_process_kill(task, 15, 60 * SECOND, NULL), C8D_NOT_FOUND);
    expect_end(task, 9);
    tidy_up(&world, container, task);
}

static void start__reply_lost__is_found_to_run(void **state)
{
    struct world world;
    struct c8d_container *container;
    struct c8d_process *task;

    (void)state;
    open_world(&world, 1, NULL);
    container = create(&world, "c1", "sleep 5; exit 9");
    c8d_simulated_fail_next(world.runtime, C8D_CALL_START, C8D_INDETERMINATE, true);
    task = start(&world, container);
    expect_end(task, 9);
    tidy_up(&world, container, task);
}

static void exit__repeated_by_the_stream__is_told_once(void **state)
{
    struct c8d_event event = {.kind = C8D_EVENT_TASK_EXIT,
                              .namespace_ = str("test"),
                              .container = str("c1"),
                              .exit = {true, true, 9, 0}};
    struct world world;
    struct c8d_container *container;
    struct c8d_process *task;

    (void)state;
    open_world(&world, 1, NULL);
    container = create(&world, "c1", "sleep 5; exit 9");
    task = start(&world, container);
    event.pid = c8d_process_pid(task);
    expect_end(task, 9);
    c8d_simulated_inject(world.runtime, &event);
    event.exit.code = 137;
    c8d_simulated_inject(world.runtime, &event);
    while (c8d_client_dispatch(world.client, SECOND) == C8D_OK)
        ;
    assert_int_equal(world.heard[C8D_NOTICE_EXIT], 1);
    tidy_up(&world, container, task);
}

/* ---- misfortunes at random
 * ---------------------------------------------------------------------------------- */

/* In a world of misfortunes only the outcome counts. */
static void whatever(enum c8d_status status)
{
    (void)status;
}

/* A frozen task cannot be killed, so it is not left frozen, whatever became of the pause. */
static void thaw(struct world *world, struct c8d_process *task)
{
    for (int i = 0; i < 50; i++) {
        enum c8d_status status = c8d_task_resume(task, 100 * SECOND, NULL);

        if (status == C8D_OK || status == C8D_NOT_MODIFIED || status == C8D_NOT_FOUND)
            return;
        (void)c8d_client_dispatch(world->client, SECOND);
    }
}

/* One container's life by a consumer who takes what he gets. */
static void live(struct world *world, const char *id)
{
    const struct c8d_container_options created = {
        .size = sizeof(created),
        .id = str(id),
        .spec = str("{\"process\":{\"args\":[\"sh\",\"-c\",\"echo a; sleep 3; exit 5\"]}}")};
    const struct c8d_start_options started = {
        .size = sizeof(started), .stdio = C8D_STDIO_OUT, .output = collect, .user = world};
    const struct c8d_exec_options run = {
        .size = sizeof(run), .id = str("e1"), .spec = str("{\"args\":[\"sh\",\"-c\",\"sleep 1; exit 2\"]}")};
    struct c8d_container *container = NULL;
    struct c8d_process *task = NULL;
    struct c8d_process *exec = NULL;
    struct c8d_exit end = {0};

    if (c8d_client_new_container(world->client, &created, 100 * SECOND, &container, NULL) == C8D_OK &&
        c8d_container_start(container, &started, 100 * SECOND, &task, NULL) == C8D_OK) {
        if (c8d_task_exec(task, &run, 100 * SECOND, &exec, NULL) == C8D_OK)
            whatever(c8d_process_kill(exec, 15, 100 * SECOND, NULL));
        whatever(c8d_task_pause(task, 100 * SECOND, NULL));
        thaw(world, task);
        if (c8d_process_wait(task, 100 * SECOND, &end, NULL) == C8D_OK && end.known)
            assert_true(end.code == 5 || end.code == 137);
    }
    c8d_process_unref(exec);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

/* Ends and deletes what is there under this id. */
static void remove_all(struct world *world, const char *id)
{
    struct c8d_container *container = NULL;
    struct c8d_process *task;

    if (c8d_client_load_container(world->client, str(id), 100 * SECOND, &container, NULL) != C8D_OK)
        return;
    task = c8d_container_task(container);
    if (task != NULL)
        whatever(c8d_task_force_delete(task, 100 * SECOND, NULL, NULL));
    whatever(c8d_container_delete(container, 100 * SECOND, NULL));
    c8d_process_unref(task);
    c8d_container_unref(container);
}

static void survive(uint64_t seed, const struct c8d_simulated_faults *faults)
{
    static struct world world;
    struct c8d_client_counters counters;
    size_t left;

    open_world(&world, seed, faults);
    for (int round = 0; round < 3; round++) {
        live(&world, "c1");
        live(&world, "c2");
        left = 1;
        for (int i = 0; i < 50 && left != 0; i++) {
            remove_all(&world, "c1");
            remove_all(&world, "c2");
            left = c8d_simulated_objects(world.runtime);
            /* What was refused because of something in doubt is no longer so a little later. */
            (void)c8d_client_dispatch(world.client, SECOND);
        }
        if (left != 0)
            fail_msg("seed %llu: %zu objects are left", (unsigned long long)seed, left);
    }
    /* What is still under way comes to its end. */
    for (int i = 0; i < 1000 && c8d_client_dispatch(world.client, SECOND) == C8D_OK; i++)
        ;
    c8d_client_counters(world.client, &counters);
    if (counters.pending != 0)
        fail_msg("seed %llu: an operation never ended", (unsigned long long)seed);
    if (world.n_ran != world.heard[C8D_NOTICE_START] + world.heard[C8D_NOTICE_EXEC_STARTED])
        fail_msg("seed %llu: not each start has its end", (unsigned long long)seed);
    close_world(&world);
}

static void faults__each_kind_alone__is_survived(void **state)
{
    static const struct c8d_simulated_faults kinds[] = {
        {.reply_lost = 200},    {.reply_failed = 200}, {.event_lost = 200},  {.event_repeated = 500},
        {.event_delayed = 500}, {.disconnect = 100},   {.shim_killed = 100},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        for (uint64_t seed = 1; seed <= 100; seed++)
            survive(seed, &kinds[i]);
    }
}

static void faults__all_together__are_survived(void **state)
{
    static const struct c8d_simulated_faults all = {
        .reply_lost = 50,
        .reply_failed = 50,
        .event_lost = 50,
        .event_repeated = 100,
        .event_delayed = 100,
        .disconnect = 30,
        .shim_killed = 30,
    };

    (void)state;
    for (uint64_t seed = 1; seed <= 1000; seed++)
        survive(seed, &all);
}

/* ---- threads
 * ------------------------------------------------------------------------------------------------ */

struct worker {
    pthread_t thread;
    struct world *world;
    char id[16];
    int good;
};

static void *work(void *arg)
{
    struct worker *worker = arg;

    for (int i = 0; i < 10; i++) {
        struct c8d_container *container = create(worker->world, worker->id, "echo hello; sleep 1; exit 3");
        struct c8d_process *task = start(worker->world, container);
        struct c8d_exit end = {0};

        worker->good += c8d_process_wait(task, C8D_NO_DEADLINE, &end, NULL) == C8D_OK && end.code == 3 &&
                        c8d_process_delete(task, C8D_NO_DEADLINE, NULL, NULL) == C8D_OK &&
                        c8d_container_delete(container, C8D_NO_DEADLINE, NULL) == C8D_OK;
        c8d_process_unref(task);
        c8d_container_unref(container);
    }
    return NULL;
}

static void threads__each_with_containers_of_its_own__all_get_their_ends(void **state)
{
    enum { THREADS = 4 };
    static struct world world;
    struct worker workers[THREADS];

    (void)state;
    open_world(&world, 1, NULL);
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.world = &world};
        snprintf(workers[i].id, sizeof(workers[i].id), "w%d", i);
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        assert_int_equal(workers[i].good, 10);
    }
    assert_int_equal(world.heard[C8D_NOTICE_EXIT], THREADS * 10);
    assert_int_equal(c8d_simulated_objects(world.runtime), 0);
    close_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(life__in_many_perfect_worlds__ends_with_its_code_and_output),
        cmocka_unit_test(exec__missing_program__is_undone),
        cmocka_unit_test(disconnect__while_it_runs__one_end_with_its_code),
        cmocka_unit_test(down__when_it_ends__one_end_with_its_code),
        cmocka_unit_test(exit_event__dropped__a_kill_finds_it_out),
        cmocka_unit_test(start__reply_lost__is_found_to_run),
        cmocka_unit_test(exit__repeated_by_the_stream__is_told_once),
        cmocka_unit_test(faults__each_kind_alone__is_survived),
        cmocka_unit_test(faults__all_together__are_survived),
        cmocka_unit_test(threads__each_with_containers_of_its_own__all_get_their_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
