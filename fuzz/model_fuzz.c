/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes the model. The first byte chooses between two ways:
 *
 *   even  any input at all, legal or not, to two containers with two execs: the invariants hold after each.
 *   odd   a runtime in miniature (tests/support/world.h) with faults: the invariants hold after each step,
 * and when everything has arrived the model knows the truth.
 *
 * With C8D_FUZZ_TRACE in the environment each step is written to stderr, to read a finding by.
 */
#include "world.h"
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

static void fail(const char *what)
{
    (void)fprintf(stderr, "broken: %s\n", what);
    abort();
}

/* ---- any input */

static const uint8_t statuses[] = {[C8D_SYM_OK] = C8D_OK,
                                   [C8D_SYM_ERROR] = C8D_REMOTE,
                                   [C8D_SYM_MISSING] = C8D_NOT_FOUND,
                                   [C8D_SYM_LOST] = C8D_INDETERMINATE,
                                   [C8D_SYM_FORCE_OK] = C8D_OK,
                                   [C8D_SYM_FORCE_ERROR] = C8D_REMOTE,
                                   [C8D_SYM_FORCE_MISSING] = C8D_NOT_FOUND,
                                   [C8D_SYM_FORCE_LOST] = C8D_INDETERMINATE,
                                   [C8D_SYM_EXPIRED] = C8D_DEADLINE,
                                   [C8D_SYM_FORCE_EXPIRED] = C8D_DEADLINE};

static uint64_t request_of(struct world *world, const struct c8d_input *input, unsigned choice)
{
    enum c8d_symbol_class is = c8d_symbol_class((enum c8d_symbol)input->symbol);

    if (is == C8D_CLASS_COMMAND || input->symbol == C8D_SYM_OPEN || input->symbol == C8D_SYM_RESTORE)
        return choice % 8 == 7 ? 0 : ++world->request;
    /* A snapshot has no entry that says that it failed. */
    if (is == C8D_CLASS_ANSWER && input->symbol != C8D_SYM_IS_UNANSWERED &&
        input->symbol != C8D_SYM_IS_EXPIRED)
        return choice % 4 == 3 ? C8D_REQUEST_SNAPSHOT : 0;
    return choice % 4;
}

static void any_input(struct world *world, struct bytes *bytes)
{
    unsigned what = next(bytes);
    unsigned whom = next(bytes);
    unsigned data = next(bytes);
    const struct world_container *container = &world->containers[whom % WORLD_CONTAINERS];
    struct c8d_input input = {.region = (uint8_t)(whom / 16 % 4),
                              .symbol = (uint8_t)(what % C8D_SYM__COUNT),
                              .pid = data % 4,
                              .exit_known = data / 4 % 2 == 1,
                              .exited_at_ns = data / 64 % 2};

    if (input.exit_known)
        input.exit_code = data / 8 % 4;
    if (input.symbol < sizeof(statuses))
        input.status = statuses[input.symbol];
    input.request = request_of(world, &input, data / 8);
    if (input.region != C8D_REGION_CONNECTION)
        input.container = container->container;
    if (input.region == C8D_REGION_PROCESS)
        input.process = container->refs[whom / 2 % 8 % (1 + WORLD_EXECS)];
    if (what >= 250) {
        (void)witness_list_sweep(world->witness, world->actions);
    } else if (what >= 245) {
        witness_list_begin(world->witness);
    } else if (world->witness->pending_count < WITNESS_REQUESTS_MAX) {
        witness_step(world->witness, &input, world->actions);
    }
    if (world->witness->broken != NULL)
        fail(world->witness->broken);
}

/* ---- the runtime in miniature */

static void one_act(struct world *world, unsigned what, unsigned a, unsigned b)
{
    switch (what % 18) {
    case 0:
    case 1:
    case 2:
        world_command(world, a, b);
        break;
    case 3:
    case 4:
    case 5:
    case 6:
        world_serve(world, a, b);
        break;
    case 7:
    case 8:
        world_reply(world, a);
        break;
    case 9:
        world_lose(world, a, b);
        break;
    case 10:
    case 11:
        world_deliver(world, a);
        break;
    case 12:
        world_repeat(world);
        break;
    case 13:
        world_die(world, a, b);
        break;
    case 14:
        world_meddle(world, a, b);
        break;
    case 15:
        world_break(world);
        break;
    case 16:
        world_drop(world, a);
        break;
    default:
        world_crash(world, a);
        break;
    }
}

static void play(struct world *world, struct bytes *bytes)
{
    while (bytes->left > 0 && world->broken == NULL) {
        unsigned what = next(bytes);
        unsigned a = next(bytes);

        one_act(world, what, a, next(bytes));
    }
    if (!world_drain(world))
        fail("it never comes to rest");
    if (world->broken == NULL)
        world_compare(world);
    if (world->broken != NULL)
        fail(world->broken);
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
