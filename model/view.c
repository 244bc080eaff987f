/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at the model without moving it. */
#include "engine.h"

static enum c8d_public_state public_state(const struct c8d__process *process, uint8_t task)
{
    switch (process->state) {
    case C8D_PROCESS_ABSENT:
        return C8D_STATE_DELETED;
    case C8D_PROCESS_UNOBSERVED:
    case C8D_PROCESS_LOADING:
    case C8D_PROCESS_CREATING:
    case C8D_PROCESS_CREATE_DOUBT:
    case C8D_PROCESS_START_DOUBT:
        return C8D_STATE_UNKNOWN;
    case C8D_PROCESS_CREATED:
    case C8D_PROCESS_STARTING:
    case C8D_PROCESS_STARTING_ENDED:
    case C8D_PROCESS_CREATED_DELETING:
    case C8D_PROCESS_CREATED_DELETE_DOUBT:
        return C8D_STATE_CREATED;
    default:
        break;
    }
    if (c8d__process_over(process->state))
        return C8D_STATE_STOPPED;
    return task == C8D_TASK_PAUSED || task == C8D_TASK_RESUMING ? C8D_STATE_PAUSED : C8D_STATE_RUNNING;
}

bool c8d_model_view_container(const struct c8d_model *model, c8d_ref container,
                              struct c8d_container_view *out)
{
    const struct c8d__container *seen = c8d__container_of(model, container);
    const struct c8d__wish *wish;

    if (seen == NULL)
        return false;
    wish = c8d__wish_of(model, seen);
    *out = (struct c8d_container_view){
        .namespace_ = c8d__namespace_name(model, seen->namespace_),
        .id = {seen->name, seen->name_length},
        .state = seen->record,
        .task_state = seen->task,
        .execs = seen->exec_count,
        .response = seen->response,
        .replace = seen->replace,
        .wish = wish != NULL ? wish->state : (uint8_t)C8D_WISH_NONE,
        .wish_attempts = wish != NULL ? wish->attempts : 0,
    };
    return true;
}

bool c8d_model_view_process(const struct c8d_model *model, c8d_ref container, c8d_ref process,
                            struct c8d_process_view *out)
{
    const struct c8d__container *owner = c8d__container_of(model, container);
    const struct c8d__exec *exec = c8d__exec_of(model, process);
    const struct c8d__process *seen;

    if (owner == NULL || (process != C8D_REF_NONE && !c8d__exec_is_in(model, exec, owner)))
        return false;
    seen = exec != NULL ? &exec->process : &owner->init;
    *out = (struct c8d_process_view){
        .state = seen->state,
        .query = seen->query,
        .stop = seen->stop,
        .closing = seen->closing,
        /* A paused task freezes its execs, too. */
        .public_state = (uint8_t)public_state(seen, owner->task),
        .oom = (seen->flags & C8D__OOM) != 0,
        .started = (seen->flags & C8D__STARTED) != 0,
        .ended = (seen->flags & C8D__ENDED) != 0,
        .pid = seen->pid,
        .incarnation = seen->incarnation,
        .exit = {.known = (seen->flags & C8D__EXIT_KNOWN) != 0,
                 .ran = (seen->flags & C8D__STARTED) != 0,
                 .code = seen->exit_code,
                 .at_ns = seen->exited_at_ns},
    };
    return true;
}

struct c8d_str c8d_model_exec_id(const struct c8d_model *model, c8d_ref process)
{
    const struct c8d__exec *exec = c8d__exec_of(model, process);

    return exec != NULL ? (struct c8d_str){exec->name, exec->name_length} : (struct c8d_str){"", 0};
}

c8d_ref c8d_model_next(const struct c8d_model *model, c8d_ref container)
{
    uint32_t index = container == C8D_REF_NONE ? 0 : (uint32_t)container + 1;

    for (; index < model->containers.used; index++) {
        if (c8d__in_use(c8d__container_at(model, index)->generation))
            return c8d__container_ref(model, c8d__container_at(model, index));
    }
    return C8D_REF_NONE;
}

c8d_ref c8d_model_next_exec(const struct c8d_model *model, c8d_ref container, c8d_ref process)
{
    const struct c8d__container *owner = c8d__container_of(model, container);
    const struct c8d__exec *exec = c8d__exec_of(model, process);
    uint32_t next;

    if (owner == NULL)
        return C8D_REF_NONE;
    next = exec != NULL ? exec->next : owner->execs;
    return next != 0 ? c8d__exec_ref(model, c8d__exec_at(model, next - 1)) : C8D_REF_NONE;
}

enum c8d_connection_state c8d_model_connection(const struct c8d_model *model)
{
    return (enum c8d_connection_state)model->connection;
}

const struct c8d_model_counters *c8d_model_counters(const struct c8d_model *model)
{
    return &model->counters;
}
