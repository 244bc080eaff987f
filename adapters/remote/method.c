/* SPDX-License-Identifier: Apache-2.0 */
#include "method.h"

#define SERVICES "/containerd.services."
#define CONTAINERS SERVICES "containers.v1.Containers/"
#define TASKS SERVICES "tasks.v1.Tasks/"
#define EVENTS SERVICES "events.v1.Events/"

const char *c8d__method_path(enum c8d__method method)
{
    static const char *const paths[C8D__METHOD__COUNT] = {
        [C8D__METHOD_VERSION] = SERVICES "version.v1.Version/Version",
        [C8D__METHOD_PUBLISH] = EVENTS "Publish",
        [C8D__METHOD_SUBSCRIBE] = EVENTS "Subscribe",
        [C8D__METHOD_CONTAINER_CREATE] = CONTAINERS "Create",
        [C8D__METHOD_CONTAINER_GET] = CONTAINERS "Get",
        [C8D__METHOD_CONTAINER_LIST] = CONTAINERS "List",
        [C8D__METHOD_CONTAINER_STREAM] = CONTAINERS "ListStream",
        [C8D__METHOD_CONTAINER_DELETE] = CONTAINERS "Delete",
        [C8D__METHOD_TASK_CREATE] = TASKS "Create",
        [C8D__METHOD_EXEC] = TASKS "Exec",
        [C8D__METHOD_START] = TASKS "Start",
        [C8D__METHOD_DELETE] = TASKS "Delete",
        [C8D__METHOD_DELETE_PROCESS] = TASKS "DeleteProcess",
        [C8D__METHOD_KILL] = TASKS "Kill",
        [C8D__METHOD_GET] = TASKS "Get",
        [C8D__METHOD_TASK_LIST] = TASKS "List",
        [C8D__METHOD_PAUSE] = TASKS "Pause",
        [C8D__METHOD_RESUME] = TASKS "Resume",
        [C8D__METHOD_CLOSE_IO] = TASKS "CloseIO",
        [C8D__METHOD_RESIZE] = TASKS "ResizePty",
        [C8D__METHOD_METRICS] = TASKS "Metrics",
        [C8D__METHOD_LIST_PIDS] = TASKS "ListPids",
        [C8D__METHOD_UPDATE] = TASKS "Update",
        [C8D__METHOD_CHECKPOINT] = TASKS "Checkpoint",
        [C8D__METHOD_CONTENT_READ] = SERVICES "content.v1.Content/Read",
        [C8D__METHOD_CONTENT_WRITE] = SERVICES "content.v1.Content/Write",
        [C8D__METHOD_LEASE_CREATE] = SERVICES "leases.v1.Leases/Create",
        [C8D__METHOD_LEASE_DELETE] = SERVICES "leases.v1.Leases/Delete",
        [C8D__METHOD_MOUNTS] = SERVICES "snapshots.v1.Snapshots/Mounts",
    };

    return paths[method];
}

const char *c8d__method_name(enum c8d__method method)
{
    const char *path = c8d__method_path(method);
    const char *name = path;

    for (const char *at = path; *at != '\0'; at++) {
        if (*at == '.')
            name = at + 1;
    }
    return name;
}
