/* SPDX-License-Identifier: Apache-2.0 */
/* Steps as they are told: for those who draw what happened instead of judging it. */
#include "replay.h"

struct c8d__before c8d__look_before(const struct c8d_replay *replay, c8d_ref container, c8d_ref process)
{
    struct c8d__before before = {0};

    (void)c8d_model_view_process(replay->store.model, container, process, &before.process);
    (void)c8d_model_view_container(replay->store.model, container, &before.container);
    before.connection = c8d_model_connection(replay->store.model);
    return before;
}

static void tell(const struct c8d_replay *replay, struct c8d_replay_step *step)
{
    const struct c8d_model *model = replay->store.model;
    struct c8d_container_view owner = {0};

    step->line = replay->line;
    step->time_ns = replay->time_ns;
    step->outcome = (enum c8d_outcome)replay->store.actions.outcome;
    step->connection_states[1] = (uint8_t)c8d_model_connection(model);
    step->actions = &replay->store.actions;
    (void)c8d_model_view_process(model, step->container_ref, step->process_ref, &step->after);
    if (c8d_model_view_container(model, step->container_ref, &owner)) {
        step->namespace_ = owner.namespace_;
        step->container = owner.id;
        step->process =
            step->process_ref != C8D_REF_NONE ? c8d_model_exec_id(model, step->process_ref) : owner.id;
        step->container_states[1] = owner.state;
        step->task_states[1] = owner.task_state;
    }
    replay->sink.step(replay->sink.user, step);
}

/* The processes besides the subject that notices speak of: a step gives each its notices in a row. */
static void tell_others(const struct c8d_replay *replay, const struct c8d_input *subject)
{
    const struct c8d_actions *actions = &replay->store.actions;
    c8d_ref last = subject->process;

    for (uint32_t i = 0; i < actions->count; i++) {
        const struct c8d_action *action = &actions->items[i];
        struct c8d_replay_step step = {
            .region = C8D_REGION_PROCESS,
            .container_ref = action->container,
            .process_ref = action->process,
            .connection_states = {(uint8_t)c8d_model_connection(replay->store.model)},
        };

        if (action->kind != C8D_ACTION_NOTICE || action->container != subject->container ||
            action->process == subject->process || action->process == last)
            continue;
        last = action->process;
        tell(replay, &step);
    }
}

static void tell_wanted(const struct c8d_replay *replay, const struct c8d_input *input,
                        const struct c8d__before *before)
{
    struct c8d_replay_step step = {
        .region = (enum c8d_region)input->region,
        .symbol = (enum c8d_symbol)input->symbol,
        .container_ref = input->container,
        .process_ref = input->process,
        .before = before->process,
        .container_states = {before->container.state},
        .task_states = {before->container.task_state},
        .connection_states = {(uint8_t)before->connection},
    };

    tell(replay, &step);
    tell_others(replay, input);
}

void c8d__tell_step(const struct c8d_replay *replay, const struct c8d_input *input,
                    const struct c8d__before *before)
{
    if (replay->sink.step != NULL)
        tell_wanted(replay, input, before);
}
