/* SPDX-License-Identifier: Apache-2.0 */
/* The event stream, and the snapshot that makes good what it lost. */
#include "engine.h"

static void emit(struct c8d__subject *subject, uint64_t effects)
{
    struct c8d_model *model = subject->model;

    if ((effects & C8D_FX(NOTICE_GAP)) != 0)
        c8d__emit(subject, C8D_ACTION_NOTICE, C8D_NOTICE_GAP, C8D_REGION_CONNECTION);
    if ((effects & C8D_FX(NOTICE_RESYNCED)) != 0)
        c8d__emit(subject, C8D_ACTION_NOTICE, C8D_NOTICE_RESYNCED, C8D_REGION_CONNECTION);
    c8d__complete(subject, C8D_REGION_CONNECTION, &model->open_request, effects);
    c8d__complete(subject, C8D_REGION_CONNECTION, &model->restore_request, effects);
    if ((effects & C8D_FX(CALL_RETRY)) != 0)
        c8d__emit(subject, C8D_ACTION_COMMAND, C8D_COMMAND_RETRY, C8D_REGION_CONNECTION);
    if ((effects & C8D_FX(CALL_SUBSCRIBE)) != 0)
        c8d__emit(subject, C8D_ACTION_COMMAND, C8D_COMMAND_SUBSCRIBE, C8D_REGION_CONNECTION);
    if ((effects & C8D_FX(CALL_LIST)) != 0)
        c8d__emit(subject, C8D_ACTION_COMMAND, C8D_COMMAND_LIST, C8D_REGION_CONNECTION)->request =
            ++model->list_number;
}

void c8d__connection_recover(struct c8d__subject *subject)
{
    uint64_t effects = 0;

    (void)c8d__connection_step(&subject->model->connection, C8D_SYM_RECOVER, &effects);
    subject->model->listing = 0;
    emit(subject, effects);
}

enum c8d_outcome c8d__connection_input(struct c8d__subject *subject)
{
    struct c8d_model *model = subject->model;
    uint8_t symbol = subject->input->symbol;
    uint64_t effects = 0;

    /* The end of a list that was given up for a newer one says nothing. */
    if ((symbol == C8D_SYM_LISTED || symbol == C8D_SYM_LIST_FAILED) &&
        subject->input->request != model->list_number)
        return C8D_LATE;
    if (symbol == C8D_SYM_RECOVER)
        return C8D_IMPOSSIBLE;
    if (!c8d__connection_step(&model->connection, symbol, &effects)) {
        if (symbol == C8D_SYM_OPEN || symbol == C8D_SYM_RESTORE)
            c8d__emit_done(subject, C8D_REGION_CONNECTION, subject->input->request, C8D_UNAVAILABLE);
        return symbol == C8D_SYM_OPEN || symbol == C8D_SYM_RESTORE || symbol == C8D_SYM_SUBSCRIBED
                   ? C8D_IMPOSSIBLE
                   : C8D_LATE;
    }
    if (symbol == C8D_SYM_OPEN)
        model->open_request = subject->input->request;
    if (symbol == C8D_SYM_RESTORE)
        model->restore_request = subject->input->request;
    model->listing = model->connection == C8D_CONNECTION_LISTING;
    model->pursue_at = 0;
    emit(subject, effects);
    return C8D_ACCEPTED;
}

/* ---- snapshot
 * ------------------------------------------------------------------------------------------------- */

void c8d_model_list_begin(struct c8d_model *model)
{
    model->sweep_at = 0;
    model->sweep_region = 0;
    for (uint32_t i = 0; i < model->containers.used; i++) {
        struct c8d__container *container = c8d__container_at(model, i);
        uint64_t effects = 0;

        if (!c8d__in_use(container->generation))
            continue;
        /* Events that our calls were to cause may be among those that were lost. */
        container->flags &= C8D__RECORD_BORN;
        (void)c8d__query_step(&container->record_query, C8D_SYM_LISTING, &effects);
        (void)c8d__query_step(&container->init.query, C8D_SYM_LISTING, &effects);
        (void)c8d__query_step(&container->task_query, C8D_SYM_LISTING, &effects);
        c8d__container_settle(model, container);
    }
    for (uint32_t i = 0; i < model->execs.used; i++)
        c8d__exec_at(model, i)->process.flags &= (uint16_t)~C8D__CREATED_DUE;
}

bool c8d_model_list_counts(const struct c8d_model *model, uint64_t request)
{
    return model->listing != 0 && request == model->list_number;
}

static bool is_listed(uint8_t query)
{
    return query == C8D_QUERY_LISTED || query == C8D_QUERY_LIST_DISTURBED;
}

/* Gives one region that the snapshot did not name its IS_ABSENT. */
static bool sweep_container(struct c8d__subject *subject, struct c8d_input *input)
{
    struct c8d__container *container = subject->container;

    *input = (struct c8d_input){.symbol = C8D_SYM_IS_ABSENT, .request = C8D_REQUEST_SNAPSHOT};
    if (is_listed(container->task_query))
        (void)c8d__task_input(subject);
    else if (is_listed(container->init.query))
        (void)c8d__process_input(subject);
    else if (is_listed(container->record_query))
        (void)c8d__record_input(subject);
    else
        return false;
    return true;
}

static bool sweep_containers(struct c8d_model *model, struct c8d__subject *subject, struct c8d_input *input)
{
    for (; model->sweep_at < model->containers.used; model->sweep_at++) {
        struct c8d__container *container = c8d__container_at(model, model->sweep_at);
        bool swept;

        if (!c8d__in_use(container->generation))
            continue;
        subject->container = container;
        subject->process = &container->init;
        swept = sweep_container(subject, input);
        c8d__replace_advance(subject);
        c8d__container_settle(model, container);
        if (swept)
            return true;
    }
    model->sweep_at = 0;
    model->sweep_region = 1;
    return false;
}

/* No list names execs. One whose start was refused may run all the same: an earlier call for it that was
 * given up has been carried out late, and its events were lost. */
static bool may_run(uint8_t state)
{
    return c8d__process_exists(state) && (!c8d__process_over(state) || state == C8D_PROCESS_NEVER_RAN);
}

static bool sweep_execs(struct c8d_model *model, struct c8d__subject *subject, struct c8d_input *input)
{
    while (model->sweep_at < model->execs.used) {
        struct c8d__exec *exec = c8d__exec_at(model, model->sweep_at++);

        /* A free slot holds no process. */
        if (!may_run(exec->process.state))
            continue;
        *input = (struct c8d_input){.symbol = C8D_SYM_VERIFY};
        subject->container = c8d__container_at(model, exec->container);
        subject->exec = exec;
        subject->process = &exec->process;
        (void)c8d__process_input(subject);
        return true;
    }
    return false;
}

bool c8d_model_list_sweep(struct c8d_model *model, struct c8d_actions *actions)
{
    struct c8d_input input = {0};
    struct c8d__subject subject = {
        .model = model, .actions = actions, .input = &input, .cause = C8D_CAUSE_RESYNC};

    c8d__begin_actions(actions);
    if (model->sweep_region == 0 && sweep_containers(model, &subject, &input))
        return true;
    return sweep_execs(model, &subject, &input);
}
