/* SPDX-License-Identifier: Apache-2.0 */
/* Carrying out what the model wants: its commands become calls, timers and made-up replies. */
#include "client_internal.h"

#define SIGNAL_KILL 9

/* What a command is to the runtime. */
struct translation {
    uint8_t region, command;
    uint8_t call;    /* enum c8d_call_kind */
    uint8_t request; /* enum c8d__request_kind */
};

static const struct translation translations[] = {
    {C8D_REGION_CONTAINER, C8D_COMMAND_CREATE, C8D_CALL_CONTAINER_CREATE, C8D__REQUEST_LIFECYCLE},
    {C8D_REGION_CONTAINER, C8D_COMMAND_DELETE, C8D_CALL_CONTAINER_DELETE, C8D__REQUEST_LIFECYCLE},
    {C8D_REGION_CONTAINER, C8D_COMMAND_QUERY, C8D_CALL_CONTAINER_GET, C8D__REQUEST_QUERY},
    {C8D_REGION_PROCESS, C8D_COMMAND_CREATE, C8D_CALL_TASK_CREATE, C8D__REQUEST_LIFECYCLE},
    {C8D_REGION_PROCESS, C8D_COMMAND_START, C8D_CALL_START, C8D__REQUEST_LIFECYCLE},
    {C8D_REGION_PROCESS, C8D_COMMAND_DELETE, C8D_CALL_DELETE, C8D__REQUEST_LIFECYCLE},
    {C8D_REGION_PROCESS, C8D_COMMAND_KILL, C8D_CALL_KILL, C8D__REQUEST_KILL},
    {C8D_REGION_PROCESS, C8D_COMMAND_ESCALATE, C8D_CALL_KILL, C8D__REQUEST_KILL},
    {C8D_REGION_PROCESS, C8D_COMMAND_FORCE_KILL, C8D_CALL_KILL, C8D__REQUEST_FORCE_KILL},
    {C8D_REGION_PROCESS, C8D_COMMAND_QUERY, C8D_CALL_STATE, C8D__REQUEST_QUERY},
    {C8D_REGION_STDIN, C8D_COMMAND_CLOSE_STDIN, C8D_CALL_CLOSE_STDIN, C8D__REQUEST_CLOSE_STDIN},
    {C8D_REGION_TASK, C8D_COMMAND_PAUSE, C8D_CALL_PAUSE, C8D__REQUEST_LIFECYCLE},
    {C8D_REGION_TASK, C8D_COMMAND_CHECKPOINT, C8D_CALL_CHECKPOINT, C8D__REQUEST_LIFECYCLE},
    {C8D_REGION_TASK, C8D_COMMAND_RESUME, C8D_CALL_RESUME, C8D__REQUEST_LIFECYCLE},
    {C8D_REGION_TASK, C8D_COMMAND_QUERY, C8D_CALL_STATE, C8D__REQUEST_QUERY},
    {C8D_REGION_CONNECTION, C8D_COMMAND_SUBSCRIBE, C8D_CALL_SUBSCRIBE, C8D__REQUEST_SUBSCRIBE},
    {C8D_REGION_CONNECTION, C8D_COMMAND_LIST, C8D_CALL_LIST, C8D__REQUEST_LIST},
};

static const struct translation *translation_of(const struct c8d_action *action)
{
    for (size_t i = 0; i < sizeof(translations) / sizeof(translations[0]); i++) {
        if (translations[i].region == action->region && translations[i].command == action->what)
            return &translations[i];
    }
    return NULL;
}

void c8d__submit(struct c8d_client *client, struct c8d_call *call, const struct c8d__request *request)
{
    struct c8d__op *op = c8d__op_find(client, request->request);
    struct c8d_error err = {0};
    enum c8d_status status;

    call->token = c8d__request_new(client, request);
    status = client->runtime.ops->submit(client->runtime.ctx, call, &err);
    if (status == C8D_OK)
        return;
    if (op != NULL)
        op->err = err;
    c8d__request_unsent(client, call->token, status);
}

static void add_record(struct c8d_call *call, const struct c8d__record *record)
{
    call->snapshotter = record->snapshotter;
    call->snapshot_key = record->snapshot_key;
    if (call->kind != C8D_CALL_CONTAINER_CREATE)
        return;
    call->spec = record->spec;
    call->runtime = record->runtime;
    call->options = record->options;
    call->labels = record->labels;
    call->n_labels = record->n_labels;
}

/* A restore has to repeat the container's options: those of the call are used instead. */
static void restore_or_start(struct c8d_call *call, const struct c8d__op *op)
{
    call->options = op->options;
    call->checkpoint = op->checkpoint;
    if (op->checkpoint.len != 0 && op->options.type.len == 0)
        call->options = op->container->record.options;
}

/* Adds what the operation alone knows: the consumer's options. */
static void add_options(struct c8d_call *call, const struct c8d__op *op)
{
    if (call->kind == C8D_CALL_CONTAINER_CREATE || call->kind == C8D_CALL_TASK_CREATE)
        add_record(call, &op->container->record);
    if (call->kind == C8D_CALL_TASK_CREATE || call->kind == C8D_CALL_EXEC_CREATE) {
        call->spec = op->spec;
        if (call->kind == C8D_CALL_TASK_CREATE)
            restore_or_start(call, op);
        if (op->process != NULL && op->process->streaming)
            call->stdio = &op->process->stdio;
    }
    if (call->kind == C8D_CALL_CHECKPOINT) {
        call->checkpoint = op->checkpoint;
        call->exit = op->exit;
    }
    if (call->kind == C8D_CALL_KILL) {
        call->signal = op->signal;
        if (op->call_deadline < call->deadline_ns)
            call->deadline_ns = op->call_deadline;
    }
}

static void call_runtime(struct c8d_client *client, const struct c8d_action *action,
                         const struct c8d__cause *cause, const struct translation *translation)
{
    const struct c8d__op *op = c8d__op_find(client, action->request);
    struct c8d_container_view view = {0};
    struct c8d_call call = {
        .kind = (enum c8d_call_kind)translation->call,
        .deadline_ns = c8d__deadline(client, client->patience[action->patience]),
    };
    struct c8d__request request = {
        .kind = translation->request,
        .region = action->region,
        .level = cause->level,
        .patience = action->patience,
        .container = action->container,
        .process = action->process,
        .request = action->request,
    };

    c8d_model_view_container(client->model, action->container, &view);
    call.container = view.id;
    call.takes_over = call.kind == C8D_CALL_CONTAINER_GET && view.state == C8D_CONTAINER_LOADING;
    if (action->process != C8D_REF_NONE) {
        call.process = c8d_model_exec_id(client->model, action->process);
        if (call.kind == C8D_CALL_TASK_CREATE)
            call.kind = C8D_CALL_EXEC_CREATE;
    }
    if (op != NULL)
        add_options(&call, op);
    if (action->what == C8D_COMMAND_FORCE_KILL || action->what == C8D_COMMAND_ESCALATE) {
        call.signal = SIGNAL_KILL;
        call.all = action->process == C8D_REF_NONE;
    }
    if (action->what == C8D_COMMAND_LIST)
        c8d__step_list_begin(client);
    c8d__submit(client, &call, &request);
}

static void command(struct c8d_client *client, const struct c8d_action *action,
                    const struct c8d__cause *cause)
{
    const struct translation *translation = translation_of(action);

    if (action->what == C8D_COMMAND_RETRY || action->what == C8D_COMMAND_TIMER) {
        c8d__timer_add(client, action, cause->level);
    } else if (translation != NULL) {
        call_runtime(client, action, cause, translation);
    }
}

void c8d__carry(struct c8d_client *client, const struct c8d_action *action, const struct c8d__cause *cause)
{
    switch (action->kind) {
    case C8D_ACTION_COMMAND:
        command(client, action, cause);
        break;
    case C8D_ACTION_NOTICE:
        client->gaps += action->what == C8D_NOTICE_GAP;
        c8d__processes_hear(client, action);
        c8d__push_notice(client, action);
        break;
    default:
        c8d__op_complete(client, c8d__op_find(client, action->request), (enum c8d_status)action->status,
                         cause->reply);
        break;
    }
}
