/* SPDX-License-Identifier: Apache-2.0 */
/* The names of the runtime table's lists. */
#include <c8d/runtime.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

const char *c8d_call_name(enum c8d_call_kind kind)
{
    static const char *const names[] = {
        [C8D_CALL_VERSION] = "version",
        [C8D_CALL_SUBSCRIBE] = "subscribe",
        [C8D_CALL_LIST] = "list",
        [C8D_CALL_CONTAINER_CREATE] = "container-create",
        [C8D_CALL_CONTAINER_GET] = "container-get",
        [C8D_CALL_CONTAINER_DELETE] = "container-delete",
        [C8D_CALL_TASK_CREATE] = "task-create",
        [C8D_CALL_EXEC_CREATE] = "exec-create",
        [C8D_CALL_START] = "start",
        [C8D_CALL_DELETE] = "delete",
        [C8D_CALL_KILL] = "kill",
        [C8D_CALL_STATE] = "state",
        [C8D_CALL_PAUSE] = "pause",
        [C8D_CALL_RESUME] = "resume",
        [C8D_CALL_CLOSE_STDIN] = "close-stdin",
        [C8D_CALL_RESIZE] = "resize",
        [C8D_CALL_STATS] = "stats",
        [C8D_CALL_PIDS] = "pids",
        [C8D_CALL_UPDATE] = "update",
        [C8D_CALL_CHECKPOINT] = "checkpoint",
    };

    _Static_assert(COUNT_OF(names) == C8D_CALL_KIND__COUNT, "each call has a name");
    return (size_t)kind < COUNT_OF(names) ? names[kind] : "?";
}

const char *c8d_event_topic(enum c8d_event_kind kind)
{
    static const char *const topics[] = {
        [C8D_EVENT_CONTAINER_CREATE] = "/containers/create",
        [C8D_EVENT_CONTAINER_DELETE] = "/containers/delete",
        [C8D_EVENT_TASK_CREATE] = "/tasks/create",
        [C8D_EVENT_TASK_START] = "/tasks/start",
        [C8D_EVENT_TASK_EXIT] = "/tasks/exit",
        [C8D_EVENT_TASK_DELETE] = "/tasks/delete",
        [C8D_EVENT_TASK_OOM] = "/tasks/oom",
        [C8D_EVENT_TASK_PAUSED] = "/tasks/paused",
        [C8D_EVENT_TASK_RESUMED] = "/tasks/resumed",
        [C8D_EVENT_TASK_CHECKPOINTED] = "/tasks/checkpointed",
        [C8D_EVENT_EXEC_ADDED] = "/tasks/exec-added",
        [C8D_EVENT_EXEC_STARTED] = "/tasks/exec-started",
    };

    _Static_assert(COUNT_OF(topics) == C8D_EVENT_KIND__COUNT, "each event has a topic");
    return (size_t)kind < COUNT_OF(topics) ? topics[kind] : "?";
}
