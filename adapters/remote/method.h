/* SPDX-License-Identifier: Apache-2.0 */
/* The methods of containerd's services that we call. */
#ifndef C8D_REMOTE_METHOD_H
#define C8D_REMOTE_METHOD_H

/* What containerd is asked. */
enum c8d__method {
    C8D__METHOD_VERSION,
    C8D__METHOD_PUBLISH,
    C8D__METHOD_SUBSCRIBE,
    C8D__METHOD_CONTAINER_CREATE,
    C8D__METHOD_CONTAINER_GET,
    C8D__METHOD_CONTAINER_LIST,
    C8D__METHOD_CONTAINER_STREAM,
    C8D__METHOD_CONTAINER_DELETE,
    C8D__METHOD_TASK_CREATE,
    C8D__METHOD_EXEC,
    C8D__METHOD_START,
    C8D__METHOD_DELETE,
    C8D__METHOD_DELETE_PROCESS,
    C8D__METHOD_KILL,
    C8D__METHOD_GET,
    C8D__METHOD_TASK_LIST,
    C8D__METHOD_PAUSE,
    C8D__METHOD_RESUME,
    C8D__METHOD_CLOSE_IO,
    C8D__METHOD_RESIZE,
    C8D__METHOD_METRICS,
    C8D__METHOD_LIST_PIDS,
    C8D__METHOD_UPDATE,
    C8D__METHOD_MOUNTS,
    C8D__METHOD_CHECKPOINT,
    C8D__METHOD_CONTENT_READ,
    C8D__METHOD_CONTENT_WRITE,
    C8D__METHOD_LEASE_CREATE,
    C8D__METHOD_LEASE_DELETE,
    C8D__METHOD__COUNT
};

/* The path of a method, such as "/containerd.services.tasks.v1.Tasks/Kill". Static. */
const char *c8d__method_path(enum c8d__method method);
/* The path's end, such as "Tasks/Kill". Static. */
const char *c8d__method_name(enum c8d__method method);

#endif
