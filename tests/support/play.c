/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers into what happens; see play.h. */
#include "play.h"

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

void play_any_input(struct world *world, unsigned what, unsigned whom, unsigned data)
{
    const struct world_container *container = &world->containers[whom % WORLD_CONTAINERS];
    struct c8d_input input = {.region = (uint8_t)(whom / 16 % 5),
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
    if (input.region == C8D_REGION_PROCESS || input.region == C8D_REGION_STDIN)
        input.process = container->refs[whom / 2 % 8 % (1 + WORLD_EXECS)];
    if (what >= 250) {
        (void)witness_list_sweep(world->witness, world->actions);
    } else if (what >= 245) {
        witness_list_begin(world->witness);
    } else if (world->witness->pending_count < WITNESS_REQUESTS_MAX) {
        witness_step(world->witness, &input, world->actions);
    }
}

void play_act(struct world *world, unsigned what, unsigned a, unsigned b)
{
    switch (what % 19) {
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
    case 17:
        world_restart(world, a);
        break;
    default:
        world_crash(world, a);
        break;
    }
}
