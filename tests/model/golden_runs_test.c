/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Some hundred runs at random, written down: what each step got, gave and left to be seen, in every field.
 * The traces say what is right; this says that nothing else has changed. golden/runs.txt has a digest of each
 * run, and C8D_GOLDEN_UPDATE=1 writes it anew. To see what a digest stands for, C8D_RUN=<line> writes that
 * run to stderr.
 */
#include "play.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RUNS 240
#define STEPS 90
#define TABLE_BYTES 32768

static uint64_t digest;
static unsigned step_count;
static uint64_t random_state;

static unsigned at_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 56);
}

static void add(uint64_t value)
{
    digest = (digest ^ value) * 0x100000001b3u;
    digest ^= digest >> 29;
}

/* ---- what a step shows, field by field: between them lies anything */

static void add_action(const struct c8d_action *action)
{
    add(action->kind);
    add(action->what);
    add(action->region);
    add(action->cause);
    add(action->status);
    add(action->exit_known);
    add(action->ran);
    add(action->patience);
    add(action->incarnation);
    add(action->pid);
    add(action->exit_code);
    add(action->attempt);
    add((uint64_t)action->exited_at_ns);
    add(action->container);
    add(action->process);
    add(action->request);
    add(action->sequence);
}

static void add_process(const struct c8d_model *model, c8d_ref container, c8d_ref process)
{
    struct c8d_process_view view = {0};

    add(c8d_model_view_process(model, container, process, &view));
    add(view.state);
    add(view.query);
    add(view.public_state);
    add(view.oom);
    add(view.started);
    add(view.ended);
    add(view.closing);
    add(view.pid);
    add(view.incarnation);
    add(view.exit.known);
    add(view.exit.ran);
    add(view.exit.code);
    add((uint64_t)view.exit.at_ns);
}

static void add_containers(const struct c8d_model *model)
{
    for (c8d_ref at = c8d_model_next(model, C8D_REF_NONE); at != C8D_REF_NONE;
         at = c8d_model_next(model, at)) {
        struct c8d_container_view view = {0};

        add(c8d_model_view_container(model, at, &view));
        add(view.state);
        add(view.task_state);
        add(view.execs);
        add(view.response);
        add_process(model, at, C8D_REF_NONE);
        for (c8d_ref exec = c8d_model_next_exec(model, at, C8D_REF_NONE); exec != C8D_REF_NONE;
             exec = c8d_model_next_exec(model, at, exec))
            add_process(model, at, exec);
    }
}

static void add_counters(const struct c8d_model *model)
{
    const struct c8d_model_counters *counters = c8d_model_counters(model);

    add(counters->inputs);
    for (unsigned outcome = 0; outcome < C8D_OUTCOME__COUNT; outcome++)
        add(counters->outcomes[outcome]);
    add(counters->notices);
    add(counters->queries);
    add(counters->forgotten);
}

static void observe(const struct witness *witness)
{
    const struct c8d_actions *actions = witness->actions;

    step_count++;
    add(actions->outcome);
    add(actions->finding);
    add(actions->finding_incarnation);
    for (uint32_t i = 0; i < actions->count; i++)
        add_action(&actions->items[i]);
    add_containers(witness->model);
    add_counters(witness->model);
    add(c8d_model_connection(witness->model));
    if (random_state % 16 == 0) /* what a list begun here would count as */
        add(c8d_model_list_counts(witness->model, witness->sequence));
}

static void observe_aloud(const struct witness *witness)
{
    observe(witness);
    witness_print(witness);
}

/* ---- one run */

static bool has_arrow(const struct world *world, uint8_t region, uint8_t symbol, unsigned whom)
{
    static const enum c8d_machine machines[] = {C8D_MACHINE_CONTAINER, C8D_MACHINE_PROCESS, C8D_MACHINE_TASK,
                                                C8D_MACHINE_CONNECTION, C8D_MACHINE_STDIN};
    const struct world_container *target = &world->containers[whom % WORLD_CONTAINERS];
    const struct c8d_model *model = world->witness->model;
    struct c8d_container_view container = {0};
    struct c8d_process_view process = {0};
    uint8_t states[] = {0, 0, 0, (uint8_t)c8d_model_connection(model), 0};

    (void)c8d_model_view_container(model, target->container, &container);
    (void)c8d_model_view_process(model, target->container, target->refs[whom / 2 % 8 % (1 + WORLD_EXECS)],
                                 &process);
    states[C8D_REGION_CONTAINER] = container.state;
    states[C8D_REGION_PROCESS] = process.state;
    states[C8D_REGION_TASK] = container.task_state;
    states[C8D_REGION_STDIN] = process.closing;
    return c8d_machine_cell(machines[region], states[region], symbol).arrow;
}

/* Mostly what leads on: of inputs chosen blindly nearly all are refused, and no life gets far. */
static void any_input(struct world *world)
{
    unsigned what = at_random();
    unsigned whom = at_random();

    for (unsigned tries = 0; tries < 12; tries++) {
        if (what >= 245 || has_arrow(world, (uint8_t)(whom / 16 % 5), (uint8_t)(what % C8D_SYM__COUNT), whom))
            break;
        what = at_random();
        whom = at_random();
    }
    play_any_input(world, what, whom, at_random());
}

static void act(struct world *world)
{
    unsigned what = at_random();
    unsigned a = at_random();

    play_act(world, what, a, at_random());
}

static void run(unsigned number, bool aloud)
{
    const struct c8d_model_limits limits = {.containers_max = WORLD_CONTAINERS,
                                            .execs_max = WORLD_CONTAINERS * WORLD_EXECS,
                                            .execs_per_container_max = WORLD_EXECS,
                                            .wishes_max = number % 2 == 0 ? 1 : 0,
                                            .adopt = true};
    static uint64_t memory[4096];
    static struct c8d_action items[64];
    static struct world world;
    struct c8d_actions actions = {.items = items, .capacity = 64};
    struct c8d_model *model;
    struct witness witness;

    digest = 0xcbf29ce484222325u;
    step_count = 0;
    random_state = 0x9e3779b97f4a7c15u * (number + 1);
    assert_true(c8d_model_actions_max(&limits) <= actions.capacity);
    assert_int_equal(c8d_model_init(memory, sizeof(memory), &limits, &model), C8D_OK);
    assert_true(witness_init(&witness, model));
    witness.observer = aloud ? observe_aloud : observe;
    assert_true(world_init(&world, &witness, &actions));
    for (unsigned i = 0; i < STEPS; i++)
        (number % 2 == 0 ? any_input : act)(&world);
    if (number % 2 == 1)
        assert_true(world_drain(&world));
    assert_null(witness.broken);
    witness_fini(&witness);
}

static void test_runs__at_random__are_as_written_down(void **state)
{
    static const char path[] = C8D_TESTS_DIR "/model/golden/runs.txt";
    static char now[TABLE_BYTES];
    static char golden[TABLE_BYTES];
    bool update = getenv("C8D_GOLDEN_UPDATE") != NULL;
    const char *aloud = getenv("C8D_RUN");
    FILE *file = fopen(path, update ? "w" : "r");
    size_t length = 0;

    (void)state;
    assert_non_null(file);
    for (unsigned i = 0; i < RUNS; i++) {
        run(i, aloud != NULL && strtoul(aloud, NULL, 10) == i + 1);
        length += (size_t)snprintf(now + length, sizeof(now) - length, "%s run, %u steps, %016llx\n",
                                   i % 2 == 0 ? "any" : "world", step_count, (unsigned long long)digest);
        assert_true(length < sizeof(now));
    }
    if (update)
        assert_int_equal(fwrite(now, 1, length, file), length);
    else
        golden[fread(golden, 1, sizeof(golden) - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
    if (!update)
        assert_string_equal(now, golden);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_runs__at_random__are_as_written_down)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
