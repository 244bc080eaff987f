/* SPDX-License-Identifier: Apache-2.0 */
/* A client's life is recorded and replayed: the replay must end where the client did. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <c8d/log.h>
#include <c8d/simulated.h>
#include <c8d/task.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N_CONTAINERS 4

/* The task of one container, as the client or the replay has it at the end. */
struct ended {
    bool seen;
    enum c8d_public_state state;
    uint32_t incarnation;
    uint32_t pid;
    bool code_known;
    uint32_t code;
};

struct world {
    struct c8d_runtime runtime; /* the client's */
    struct c8d_client *client;
    struct c8d_recorder *recorder;
    int fd;
    uint64_t random;
    struct ended live[N_CONTAINERS];
    struct ended replayed[N_CONTAINERS];
    uint64_t anomalies;
};

static uint64_t next_random(struct world *world, uint64_t below)
{
    world->random = world->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (world->random >> 33) % below;
}

static void open_world(struct world *world, uint64_t seed, const struct c8d_simulated_faults *faults,
                       bool adopt)
{
    char name[] = "/tmp/c8d-recording-XXXXXX";
    const struct c8d_simulated_options simulated = {
        .size = sizeof(simulated), .seed = seed, .faults = *faults, .namespace_ = str("test")};
    struct c8d_client_options options = {.size = sizeof(options), .namespace_ = str("test"), .adopt = adopt};

    *world = (struct world){.random = seed};
    world->fd = mkstemp(name);
    assert_true(world->fd >= 0);
    assert_int_equal(unlink(name), 0);
    assert_int_equal(c8d_recorder_new(world->fd, NULL, &world->recorder, NULL), C8D_OK);
    assert_int_equal(c8d_simulated_new(&simulated, &options.runtime, NULL), C8D_OK);
    world->runtime = options.runtime;
    options.tap = (struct c8d_tap){c8d_recorder_input, world->recorder};
    assert_int_equal(c8d_client_new(&options, &world->client, NULL), C8D_OK);
}

/* "c0" and so on. */
static size_t number_of(struct c8d_str id)
{
    assert_int_equal(id.len, 2);
    return (size_t)(id.ptr[1] - '0');
}

static void visit(void *user, const struct c8d_container_view *container, const struct c8d_process_view *task)
{
    struct world *world = user;
    struct ended *ended = &world->live[number_of(container->id)];

    if (task == NULL || task->incarnation == 0)
        return;
    *ended = (struct ended){.seen = true,
                            .state = (enum c8d_public_state)task->public_state,
                            .incarnation = task->incarnation,
                            .pid = task->pid,
                            .code_known = task->ended && task->exit.known,
                            .code = task->exit.code};
}

static void take_run(void *user, const struct c8d_replay_run *run)
{
    struct world *world = user;
    struct ended *ended = &world->replayed[number_of(run->container)];

    if (run->process.ptr[0] != 'c')
        return; /* an exec */
    *ended = (struct ended){.seen = true,
                            .state = run->state,
                            .incarnation = run->incarnation,
                            .pid = run->pid,
                            .code_known = run->exit.known,
                            .code = run->exit.code};
}

static void take_anomaly(void *user, const struct c8d_replay_anomaly *anomaly)
{
    struct world *world = user;

    assert_true(strlen(anomaly->detail) > 0);
    world->anomalies++;
}

/* Replays the file, or what is left of it when its last `cut` bytes are lost. */
static struct c8d_replay_summary replay(struct world *world, off_t cut)
{
    const struct c8d_replay_sink sink = {.run = take_run, .anomaly = take_anomaly, .user = world};
    off_t size = lseek(world->fd, 0, SEEK_END) - cut;
    char *text = malloc((size_t)size);
    struct c8d_replay_summary summary;
    struct c8d_replay *log;

    assert_non_null(text);
    assert_int_equal(pread(world->fd, text, (size_t)size, 0), size);
    assert_int_equal(c8d_replay_new(C8D_LOG_AUTO, &sink, NULL, &log), C8D_OK);
    assert_int_equal(c8d_replay_feed(log, text, (size_t)size), C8D_OK);
    assert_int_equal(c8d_replay_finish(log, &summary), C8D_OK);
    c8d_replay_free(log);
    free(text);
    return summary;
}

static void close_world(struct world *world)
{
    assert_int_equal(c8d_recorder_free(world->recorder, NULL), C8D_OK);
    close(world->fd);
}

/* ---- what a consumer may do
 * ------------------------------------------------------------------------------------ */

static void run_exec(struct world *world, struct c8d_process *task)
{
    static unsigned number;
    char id[16];
    struct c8d_exec_options options = {.size = sizeof(options),
                                       .spec = str("{\"args\":[\"sh\",\"-c\",\"exit 3\"]}")};
    struct c8d_process *exec = NULL;

    snprintf(id, sizeof(id), "e%u", number++ % 3);
    options.id = str(id);
    if (c8d_task_exec(task, &options, SECOND, &exec, NULL) != C8D_OK)
        return;
    if (next_random(world, 2) == 0)
        (void)!c8d_process_wait(exec, SECOND, NULL, NULL);
    if (next_random(world, 2) == 0)
        (void)!c8d_process_delete(exec, SECOND, NULL, NULL);
    c8d_process_unref(exec);
}

static void act_on_task(struct world *world, struct c8d_process *task)
{
    enum c8d_status status = C8D_OK;

    switch (next_random(world, 7)) {
    case 0:
        status = c8d_process_kill(task, 15, SECOND, NULL);
        break;
    case 1:
        status = c8d_task_pause(task, SECOND, NULL);
        break;
    case 2:
        status = c8d_task_resume(task, SECOND, NULL);
        break;
    case 3:
        status = c8d_process_delete(task, SECOND, NULL, NULL);
        break;
    case 4:
        status = c8d_task_force_delete(task, SECOND, NULL, NULL);
        break;
    case 5:
        status = c8d_process_wait(task, SECOND / 10, NULL, NULL);
        break;
    default:
        run_exec(world, task);
        break;
    }
    (void)status;
}

static void act_on_container(struct world *world, struct c8d_container **slot, const char *id)
{
    const struct c8d_container_options options = {
        .size = sizeof(options),
        .id = str(id),
        .spec =
            str("{\"process\":{\"args\":[\"sh\",\"-c\",\"sleep 5; exit 7\"]},\"root\":{\"path\":\"/\"}}")};
    struct c8d_process *task = NULL;

    if (*slot == NULL) {
        (void)!c8d_client_new_container(world->client, &options, SECOND, slot, NULL);
        return;
    }
    task = c8d_container_task(*slot);
    if (task == NULL && next_random(world, 4) == 0 && c8d_container_delete(*slot, SECOND, NULL) == C8D_OK) {
        c8d_container_unref(*slot);
        *slot = NULL;
    } else if (task == NULL) {
        (void)!c8d_container_start(*slot, NULL, SECOND, &task, NULL);
    } else {
        act_on_task(world, task);
    }
    c8d_process_unref(task);
}

static void live(struct world *world, int steps)
{
    struct c8d_container *containers[N_CONTAINERS] = {0};

    for (int i = 0; i < steps; i++) {
        size_t number = next_random(world, N_CONTAINERS);
        char id[3] = {'c', (char)('0' + number), '\0'};

        act_on_container(world, &containers[number], id);
        if (next_random(world, 20) == 0)
            c8d_simulated_disconnect(world->runtime);
        while (c8d_client_dispatch(world->client, SECOND / 100) == C8D_OK)
            ;
    }
    c8d_client_visit(world->client, visit, world);
    for (size_t i = 0; i < N_CONTAINERS; i++)
        c8d_container_unref(containers[i]);
}

static void assert_same_end(const struct world *world)
{
    for (size_t i = 0; i < N_CONTAINERS; i++) {
        const struct ended *live_end = &world->live[i];
        const struct ended *replayed = &world->replayed[i];

        if (!live_end->seen) {
            /* Nothing there; the replay remembers what was. */
            assert_true(!replayed->seen || replayed->state == C8D_STATE_DELETED);
            continue;
        }
        assert_true(replayed->seen);
        /* A run that is over stays what it was while its successor is being made. */
        if (live_end->state != C8D_STATE_UNKNOWN)
            assert_int_equal(replayed->state, live_end->state);
        assert_int_equal(replayed->incarnation, live_end->incarnation);
        assert_int_equal(replayed->pid, live_end->pid);
        assert_int_equal(replayed->code_known, live_end->code_known);
        assert_int_equal(replayed->code, live_end->code);
    }
}

static void test_recording__a_world_that_only_loses_its_link__ends_the_same(void **state)
{
    const struct c8d_simulated_faults none = {0};

    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct world world;
        struct c8d_replay_summary summary;

        open_world(&world, seed, &none, false);
        live(&world, 60);
        c8d_client_unref(world.client);
        summary = replay(&world, 0);
        assert_same_end(&world);
        assert_int_equal(summary.malformed, 0);
        assert_int_equal(summary.ignored, 1);
        assert_int_equal(summary.lines, summary.events + 1);
        assert_true(summary.events > 100);
        close_world(&world);
    }
}

static void test_recording__a_world_full_of_faults__ends_the_same(void **state)
{
    const struct c8d_simulated_faults faults = {.reply_lost = 50,
                                                .reply_failed = 30,
                                                .event_lost = 50,
                                                .event_repeated = 50,
                                                .event_delayed = 50,
                                                .disconnect = 20,
                                                .shim_killed = 20};

    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct world world;
        struct c8d_replay_summary summary;

        open_world(&world, seed, &faults, seed % 2 == 0);
        live(&world, 100);
        c8d_client_unref(world.client);
        summary = replay(&world, 0);
        assert_same_end(&world);
        assert_int_equal(summary.malformed, 0);
        assert_int_equal(summary.anomalies, world.anomalies);
        close_world(&world);
    }
}

/* A client that adopts nothing hears of strangers; nothing of theirs may appear in the replay. */
static void test_recording__what_was_foreign__stays_so(void **state)
{
    const struct c8d_input strange = {.region = C8D_REGION_PROCESS, .symbol = C8D_SYM_EXITED, .pid = 5};
    const struct c8d_actions foreign = {.outcome = C8D_FOREIGN};
    const struct c8d_simulated_faults none = {0};
    struct world world;
    struct c8d_replay_summary summary;

    (void)state;
    open_world(&world, 3, &none, false);
    c8d_recorder_input(world.recorder, &strange, str("test"), str("c1"), str(""), &foreign);
    c8d_recorder_input(world.recorder, &strange, str("other"), str("c2"), str("e1"), &foreign);
    c8d_client_unref(world.client);
    summary = replay(&world, 0);
    assert_int_equal(summary.events, 2);
    assert_int_equal(summary.containers, 0);
    assert_int_equal(summary.runs, 0);
    close_world(&world);
}

static void test_recording__torn_at_its_end__counts_up_to_there(void **state)
{
    const struct c8d_simulated_faults none = {0};
    struct world world;
    struct c8d_replay_summary whole;

    (void)state;
    open_world(&world, 7, &none, false);
    live(&world, 20);
    c8d_client_unref(world.client);
    whole = replay(&world, 0);
    for (off_t cut = 1; cut <= 40; cut++) {
        struct c8d_replay_summary torn = replay(&world, cut);

        assert_int_equal(torn.lines, whole.lines);
        /* Of the line feed alone nothing is missing. */
        assert_int_equal(torn.malformed, cut > 1);
        assert_int_equal(torn.events, whole.events - (cut > 1));
    }
    close_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recording__a_world_that_only_loses_its_link__ends_the_same),
        cmocka_unit_test(test_recording__a_world_full_of_faults__ends_the_same),
        cmocka_unit_test(test_recording__what_was_foreign__stays_so),
        cmocka_unit_test(test_recording__torn_at_its_end__counts_up_to_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
