/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recording that was gone on with. Its model began anew, ours has not: it is told what a client that was
 * away would have been told. The stream has ended; what was asked is not answered.
 */
#include "replay.h"

static void step(struct c8d_replay *replay, enum c8d_region region, enum c8d_symbol symbol, c8d_ref container,
                 c8d_ref process)
{
    const struct c8d_input input = {.region = (uint8_t)region,
                                    .symbol = (uint8_t)symbol,
                                    .status = symbol == C8D_SYM_IS_UNANSWERED ? C8D_UNAVAILABLE : C8D_OK,
                                    .container = container,
                                    .process = process};

    c8d__replay_step(replay, &input);
}

/* Who was not asked after takes no notice. */
static void leave_unanswered(struct c8d_replay *replay, c8d_ref container)
{
    const struct c8d_model *model = replay->store.model;

    step(replay, C8D_REGION_CONTAINER, C8D_SYM_IS_UNANSWERED, container, C8D_REF_NONE);
    step(replay, C8D_REGION_PROCESS, C8D_SYM_IS_UNANSWERED, container, C8D_REF_NONE);
    step(replay, C8D_REGION_TASK, C8D_SYM_IS_UNANSWERED, container, C8D_REF_NONE);
    for (c8d_ref exec = c8d_model_next_exec(model, container, C8D_REF_NONE); exec != C8D_REF_NONE;
         exec = c8d_model_next_exec(model, container, exec))
        step(replay, C8D_REGION_PROCESS, C8D_SYM_IS_UNANSWERED, container, exec);
}

void c8d__replay_resume(struct c8d_replay *replay)
{
    const struct c8d_model *model = replay->store.model;

    replay->resumed = true;
    replay->lists_before = replay->store.list_number;
    for (c8d_ref container = c8d_model_next(model, C8D_REF_NONE); container != C8D_REF_NONE;
         container = c8d_model_next(model, container))
        leave_unanswered(replay, container);
    step(replay, C8D_REGION_CONNECTION, C8D_SYM_STREAM_ENDED, C8D_REF_NONE, C8D_REF_NONE);
    /* It was waiting to subscribe again, and now somebody does. */
    if (c8d_model_connection(model) == C8D_CONNECTION_PAUSE)
        step(replay, C8D_REGION_CONNECTION, C8D_SYM_RETRY, C8D_REF_NONE, C8D_REF_NONE);
    replay->store.n_asks = 0;
}

uint64_t c8d__replay_list_number(const struct c8d_replay *replay, uint64_t recorded)
{
    return replay->resumed ? recorded + replay->lists_before : recorded;
}

static void ask_again(struct c8d_replay *replay, c8d_ref container)
{
    const struct c8d_model *model = replay->store.model;

    for (c8d_ref exec = c8d_model_next_exec(model, container, C8D_REF_NONE); exec != C8D_REF_NONE;
         exec = c8d_model_next_exec(model, container, exec)) {
        struct c8d_process_view view = {0};

        (void)c8d_model_view_process(model, container, exec, &view);
        if (view.query == C8D_QUERY_WAITING)
            step(replay, C8D_REGION_PROCESS, C8D_SYM_RETRY, container, exec);
    }
}

void c8d__replay_ask_again(struct c8d_replay *replay)
{
    const struct c8d_model *model = replay->store.model;

    if (!replay->resumed)
        return;
    for (c8d_ref container = c8d_model_next(model, C8D_REF_NONE); container != C8D_REF_NONE;
         container = c8d_model_next(model, container))
        ask_again(replay, container);
}
