/* SPDX-License-Identifier: Apache-2.0 */
/* The model alone, told by hand what happens to a container that others made: it is heard to start and to end
 * once. */
#include <c8d/model.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int starts, exits, failures;

static void hear(const struct c8d_actions *actions)
{
    for (uint32_t i = 0; i < actions->count; i++) {
        const struct c8d_action *action = &actions->items[i];

        if (action->kind != C8D_ACTION_NOTICE)
            continue;
        starts += action->what == C8D_NOTICE_START;
        exits += action->what == C8D_NOTICE_EXIT;
        if (action->what == C8D_NOTICE_EXIT &&
            (!action->exit_known || action->exit_code != 3 || action->pid != 42))
            failures++;
    }
}

static enum c8d_outcome tell(struct c8d_model *model, struct c8d_actions *actions, c8d_ref container,
                             enum c8d_symbol symbol)
{
    const struct c8d_input input = {
        .region = C8D_REGION_PROCESS,
        .symbol = (uint8_t)symbol,
        .pid = 42,
        .exit_known = symbol == C8D_SYM_EXITED,
        .exit_code = symbol == C8D_SYM_EXITED ? 3 : 0,
        .container = container,
    };
    enum c8d_outcome outcome = c8d_model_step(model, &input, actions);

    hear(actions);
    return outcome;
}

int main(void)
{
    const struct c8d_model_limits limits = {.containers_max = 4, .adopt = true};
    const struct c8d_str names = {"test", 4}, id = {"web", 3};
    size_t bytes = c8d_model_bytes(&limits);
    void *memory = malloc(bytes);
    struct c8d_actions actions = {.capacity = c8d_model_actions_max(&limits)};
    struct c8d_model *model;
    c8d_ref web;

    actions.items = calloc(actions.capacity, sizeof(*actions.items));
    if (memory == NULL || actions.items == NULL || c8d_model_init(memory, bytes, &limits, &model) != C8D_OK ||
        c8d_model_open(model, names, id, &web) != C8D_OK)
        return 1;
    failures += tell(model, &actions, web, C8D_SYM_CREATED) != C8D_ACCEPTED;
    failures += tell(model, &actions, web, C8D_SYM_STARTED) != C8D_ACCEPTED;
    failures += tell(model, &actions, web, C8D_SYM_EXITED) != C8D_ACCEPTED;
    failures += tell(model, &actions, web, C8D_SYM_EXITED) != C8D_DUPLICATE;
    free(actions.items);
    free(memory);
    if (starts != 1 || exits != 1 || failures != 0)
        fprintf(stderr, "%d starts, %d exits, %d failures\n", starts, exits, failures);
    return starts != 1 || exits != 1 || failures != 0;
}
