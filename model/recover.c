/* SPDX-License-Identifier: Apache-2.0 */
/*
 * After a restart of the process that the model lives in: what was under way belongs to one that is gone. No
 * state is a trap (moby#22312: "removal in progress" for ever): whatever waits for a reply is asked for,
 * whatever waits for a timer gets another one.
 */
#include "engine.h"
#include <c8d/image.h>

enum {
    CONTAINERS,
    EXECS,
    STREAM,
    OVER,
};

static void ask_again(struct c8d__subject *subject, uint8_t *query, enum c8d_region region)
{
    c8d__query(subject, query, region, C8D_SYM_RECOVER);
}

static void lose(struct c8d__subject *subject, enum c8d_region region, uint8_t symbol)
{
    const struct c8d_input lost = {.region = (uint8_t)region, .symbol = symbol, .status = C8D_INDETERMINATE};

    subject->input = &lost;
    if (region == C8D_REGION_CONTAINER)
        (void)c8d__record_input(subject);
    else if (region == C8D_REGION_TASK)
        (void)c8d__task_input(subject);
    else
        (void)c8d__process_input(subject);
}

static void recover_process(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;
    struct c8d__rest *rest = c8d__rest_of(subject);

    rest->request = 0;
    rest->stop_request = 0;
    rest->kills = 0;
    rest->stop_calls = 0;
    process->flags &= (uint16_t)~C8D__FORCING;
    /* Before an end that was held back is told: whoever wanted the input closed is gone. */
    c8d__stdin_recover(subject);
    /* What has not been done yet is the next consumer's to decide; a deletion goes on by itself. */
    process->launch = C8D_LAUNCH_IDLE;
    ask_again(subject, &process->query, C8D_REGION_PROCESS);
    if (c8d__process_calls(process->state))
        lose(subject, C8D_REGION_PROCESS, C8D_SYM_LOST);
    else if (process->state == C8D_PROCESS_KILLING)
        lose(subject, C8D_REGION_PROCESS, C8D_SYM_FORCE_LOST);
    if (subject->exec != NULL)
        c8d__grace_of_exec(subject);
    c8d__stop_recover(subject);
}

static void recover_container(struct c8d__subject *subject)
{
    struct c8d__container *container = subject->container;
    struct c8d__container_rest *rest = c8d__rest_of_container(subject);

    container->flags &= C8D__RECORD_BORN;
    rest->record_request = 0;
    rest->task_request = 0;
    rest->replace_request = 0;
    container->replace = C8D_REPLACE_IDLE;
    c8d__release_all(&container->init, c8d__links_at(subject->model, &subject->model->containers,
                                                     c8d__container_number(subject->model, container)));
    ask_again(subject, &container->record_query, C8D_REGION_CONTAINER);
    ask_again(subject, &container->task_query, C8D_REGION_TASK);
    if (c8d__record_calls(container->record))
        lose(subject, C8D_REGION_CONTAINER, C8D_SYM_LOST);
    if (c8d__task_calls(container->task))
        lose(subject, C8D_REGION_TASK, C8D_SYM_LOST);
    recover_process(subject);
    c8d__wish_recover(subject);
}

static bool next_container(struct c8d_model *model, struct c8d__subject *subject)
{
    while (model->recover_at < model->containers.used) {
        subject->container = c8d__container_at(model, model->recover_at++);
        subject->process = &subject->container->init;
        if (!c8d__in_use(subject->container->generation))
            continue;
        recover_container(subject);
        c8d__container_settle(model, subject->container);
        return true;
    }
    return false;
}

static bool next_exec(struct c8d_model *model, struct c8d__subject *subject)
{
    while (model->recover_at < model->execs.used) {
        subject->exec = c8d__exec_at(model, model->recover_at++);
        subject->process = &subject->exec->process;
        if (!c8d__in_use(subject->exec->generation))
            continue;
        subject->container = c8d__container_at(model, subject->exec->container);
        c8d__release_all(subject->process,
                         c8d__links_at(model, &model->execs, c8d__exec_number(model, subject->exec)));
        recover_process(subject);
        c8d__exec_settle(model, subject->exec);
        return true;
    }
    return false;
}

static void recover_stream(struct c8d_model *model, struct c8d__subject *subject)
{
    model->open_request = 0;
    model->restore_request = 0;
    c8d__connection_recover(subject);
}

static void recover_next(struct c8d_model *model, struct c8d__subject *subject)
{
    if (model->recovering == CONTAINERS && next_container(model, subject))
        return;
    if (model->recovering == EXECS && next_exec(model, subject))
        return;
    if (model->recovering == STREAM)
        recover_stream(model, subject);
    model->recover_at = 0;
    model->recovering++;
}

bool c8d_model_recover(struct c8d_model *model, struct c8d_actions *actions)
{
    const struct c8d_input nothing = {0};
    struct c8d__subject subject = {
        .model = model, .actions = actions, .input = &nothing, .cause = C8D_CAUSE_RESYNC};

    c8d__begin_actions(actions);
    if (model->recovering == OVER) {
        model->recovering = CONTAINERS;
        return false;
    }
    recover_next(model, &subject);
    return true;
}
