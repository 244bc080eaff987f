/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes the model. The first byte chooses between two ways:
 *
 *   even  any input at all, legal or not, to two containers with two execs: the invariants hold after each.
 *   odd   a runtime in miniature (tests/support/world.h) with faults: the invariants hold after each step,
 * and when everything has arrived the model knows the truth.
 *
 * Beside that the bytes are symbols to a compute system and to a process of HCS, which are models of their
 * own.
 *
 * With C8D_FUZZ_TRACE in the environment each step is written to stderr, to read a finding by.
 */
#include "oracle.h"
#include "play.h"
#include <c8d/hcs_process.h>
#include <stdio.h>
#include <stdlib.h>

struct bytes {
    const uint8_t *at;
    size_t left;
};

static unsigned next(struct bytes *bytes)
{
    if (bytes->left == 0)
        return 0;
    bytes->left--;
    return *bytes->at++;
}

#define STATES_MAX 40 /* of one machine; more than each has */

static void fail(const char *what)
{
    (void)fprintf(stderr, "broken: %s\n", what);
    abort();
}

/* What the rules say, worked out once for each cell: they are slow. */
static const struct c8d_cell *naive_cell(enum c8d_machine machine, uint8_t state, uint8_t symbol)
{
    static struct c8d_cell cells[C8D_MACHINE__COUNT][STATES_MAX][C8D_SYM__COUNT];
    static bool known[C8D_MACHINE__COUNT][STATES_MAX][C8D_SYM__COUNT];

    if (!known[machine][state][symbol] &&
        !oracle_cell(machine, state, symbol, &cells[machine][state][symbol]))
        fail("a machine without an oracle");
    known[machine][state][symbol] = true;
    return &cells[machine][state][symbol];
}

/* What the linker puts between the engine and its machines: each step is compared with the rules as the
 * oracle has them. */
#define WRAP(function, machine)                                                                              \
    bool __real_##function(uint8_t *state, uint8_t symbol, uint64_t *effects);                               \
    bool __wrap_##function(uint8_t *state, uint8_t symbol, uint64_t *effects);                               \
    bool __wrap_##function(uint8_t *state, uint8_t symbol, uint64_t *effects)                                \
    {                                                                                                        \
        const struct c8d_cell *naive = naive_cell(machine, *state, symbol);                                  \
        bool taken = __real_##function(state, symbol, effects);                                              \
                                                                                                             \
        if (taken != naive->arrow || *state != naive->next || (taken && *effects != naive->effects))         \
            fail("the oracle of the " #machine);                                                             \
        return taken;                                                                                        \
    }

/* NOLINTBEGIN(bugprone-reserved-identifier): the linker makes these names */
WRAP(c8d__process_step, C8D_MACHINE_PROCESS)
WRAP(c8d__task_step, C8D_MACHINE_TASK)
WRAP(c8d__container_step, C8D_MACHINE_CONTAINER)
WRAP(c8d__connection_step, C8D_MACHINE_CONNECTION)
WRAP(c8d__query_step, C8D_MACHINE_QUERY)
WRAP(c8d__launch_step, C8D_MACHINE_LAUNCH)
WRAP(c8d__response_step, C8D_MACHINE_RESPONSE)
WRAP(c8d__stop_step, C8D_MACHINE_STOP)
WRAP(c8d__replace_step, C8D_MACHINE_REPLACE)
WRAP(c8d__stdin_step, C8D_MACHINE_STDIN)
WRAP(c8d__wish_step, C8D_MACHINE_WISH)
WRAP(c8d__compute_system_step, C8D_MACHINE_COMPUTE_SYSTEM)
WRAP(c8d__hcs_process_step, C8D_MACHINE_HCS_PROCESS)
/* NOLINTEND(bugprone-reserved-identifier) */

static void any_input(struct world *world, struct bytes *bytes)
{
    unsigned what = next(bytes);
    unsigned whom = next(bytes);

    play_any_input(world, what, whom, next(bytes));
    if (world->witness->broken != NULL)
        fail(world->witness->broken);
}

static void play(struct world *world, struct bytes *bytes)
{
    while (bytes->left > 0 && world->broken == NULL) {
        unsigned what = next(bytes);
        unsigned a = next(bytes);

        play_act(world, what, a, next(bytes));
    }
    if (!world_drain(world))
        fail("it never comes to rest");
    if (world->broken == NULL)
        world_compare(world);
    if (world->broken != NULL)
        fail(world->broken);
}

static void live(struct bytes bytes)
{
    uint8_t state = C8D_COMPUTE_SYSTEM_NONE;
    struct c8d_compute_system_actions actions;

    while (bytes.left > 0)
        (void)c8d_compute_system_step(&state, (uint8_t)(next(&bytes) % C8D_SYM__COUNT), &actions);
}

static void run(struct bytes bytes)
{
    uint8_t state = C8D_HCS_PROCESS_NONE;
    struct c8d_hcs_process_actions actions;

    while (bytes.left > 0)
        (void)c8d_hcs_process_step(&state, (uint8_t)(next(&bytes) % C8D_SYM__COUNT), &actions);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct c8d_model_limits limits = {
        .containers_max = WORLD_CONTAINERS,
        .execs_max = WORLD_CONTAINERS * WORLD_EXECS,
        .execs_per_container_max = WORLD_EXECS,
        .adopt = true,
    };
    static uint64_t memory[4096];
    static struct c8d_action items[64];
    static struct world world;
    struct bytes bytes = {data, size};
    struct c8d_actions actions = {.items = items, .capacity = 64};
    struct c8d_model *model;
    struct witness witness;
    bool plays = next(&bytes) % 2 == 1;

    live(bytes);
    run(bytes);
    if (c8d_model_actions_max(&limits) > actions.capacity ||
        c8d_model_init(memory, sizeof(memory), &limits, &model) != C8D_OK || !witness_init(&witness, model))
        fail("no room");
    if (getenv("C8D_FUZZ_TRACE") != NULL)
        witness.observer = witness_print;
    if (!world_init(&world, &witness, &actions))
        fail("no room for two containers");
    while (!plays && bytes.left > 0)
        any_input(&world, &bytes);
    if (plays)
        play(&world, &bytes);
    witness_fini(&witness);
    return 0;
}
