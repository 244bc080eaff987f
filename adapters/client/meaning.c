/* SPDX-License-Identifier: Apache-2.0 */
/* containerd's events in the model's words: a table, and no rule of a lifecycle. */
#include "meaning.h"

static const struct {
    uint8_t region;
    uint8_t symbol;
} meanings[C8D_EVENT_KIND__COUNT] = {
    [C8D_EVENT_CONTAINER_CREATE] = {C8D_REGION_CONTAINER, C8D_SYM_CREATED},
    [C8D_EVENT_CONTAINER_DELETE] = {C8D_REGION_CONTAINER, C8D_SYM_DELETED},
    [C8D_EVENT_TASK_CREATE] = {C8D_REGION_PROCESS, C8D_SYM_CREATED},
    [C8D_EVENT_TASK_START] = {C8D_REGION_PROCESS, C8D_SYM_STARTED},
    [C8D_EVENT_TASK_EXIT] = {C8D_REGION_PROCESS, C8D_SYM_EXITED},
    [C8D_EVENT_TASK_DELETE] = {C8D_REGION_PROCESS, C8D_SYM_DELETED},
    [C8D_EVENT_TASK_OOM] = {C8D_REGION_PROCESS, C8D_SYM_OOM},
    [C8D_EVENT_TASK_PAUSED] = {C8D_REGION_TASK, C8D_SYM_PAUSED},
    [C8D_EVENT_TASK_RESUMED] = {C8D_REGION_TASK, C8D_SYM_RESUMED},
    [C8D_EVENT_TASK_CHECKPOINTED] = {C8D_REGION_TASK, C8D_SYM_CHECKPOINTED},
    [C8D_EVENT_EXEC_ADDED] = {C8D_REGION_PROCESS, C8D_SYM_CREATED},
    [C8D_EVENT_EXEC_STARTED] = {C8D_REGION_PROCESS, C8D_SYM_STARTED},
};

struct c8d_input c8d__input_of_event(const struct c8d_event *event)
{
    if ((size_t)event->kind >= C8D_EVENT_KIND__COUNT)
        return (struct c8d_input){.symbol = C8D_SYM_NONE};
    return (struct c8d_input){
        .region = meanings[event->kind].region,
        .symbol = meanings[event->kind].symbol,
        .pid = event->pid,
        .exit_known = event->exit.known,
        .exit_code = event->exit.code,
        .exited_at_ns = event->exit.at_ns,
    };
}
