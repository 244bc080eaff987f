/* SPDX-License-Identifier: Apache-2.0 */
/* Steps as they are told: for those who draw what happened instead of judging it. */
#include "replay.h"

struct c8d__before c8d__look_before(const struct c8d_replay *replay, c8d_ref container, c8d_ref process)
{
    struct c8d__before before = {0};

    (void)c8d_model_view_process(replay->store.model, container, process, &before.process);
    if (replay->sink.step != NULL)
        (void)c8d_model_view_container(replay->store.model, container, &before.container);
    return before;
}

void c8d__tell_step(struct c8d_replay *replay, const struct c8d_input *input,
                    const struct c8d__before *before)
{
    const struct c8d_model *model = replay->store.model;
    struct c8d_container_view owner = {0};
    struct c8d_replay_step step = {
        .line = replay->summary.lines,
        .time_ns = replay->time_ns,
        .region = (enum c8d_region)input->region,
        .symbol = (enum c8d_symbol)input->symbol,
        .outcome = (enum c8d_outcome)replay->store.actions.outcome,
        .before = before->process,
        .actions = &replay->store.actions,
    };

    if (replay->sink.step == NULL)
        return;
    (void)c8d_model_view_process(model, input->container, input->process, &step.after);
    if (c8d_model_view_container(model, input->container, &owner)) {
        step.namespace_ = owner.namespace_;
        step.container = owner.id;
        step.process = input->process != C8D_REF_NONE ? c8d_model_exec_id(model, input->process) : owner.id;
        step.container_states[0] = before->container.state;
        step.container_states[1] = owner.state;
        step.task_states[0] = before->container.task_state;
        step.task_states[1] = owner.task_state;
    }
    replay->sink.step(replay->sink.user, &step);
}
