/* SPDX-License-Identifier: Apache-2.0 */
/* What comes on the event stream. */
#include "events.pb-c.h"
#include "remote_internal.h"
#include <string.h>

static void read_container(const ProtobufCMessage *message, struct c8d_event *out)
{
    out->container = c8d__wire_str(((const C8dw__ContainerEvent *)message)->id);
}

static void read_create(const ProtobufCMessage *message, struct c8d_event *out)
{
    const C8dw__TaskCreate *event = (const C8dw__TaskCreate *)message;

    out->container = c8d__wire_str(event->container_id);
    out->pid = event->pid;
}

static void read_start(const ProtobufCMessage *message, struct c8d_event *out)
{
    const C8dw__TaskStart *event = (const C8dw__TaskStart *)message;

    out->container = c8d__wire_str(event->container_id);
    out->pid = event->pid;
}

/* An id that is the container's own means init, as no id does. */
static struct c8d_str process_of(const char *container, const char *id)
{
    return c8d__wire_str(strcmp(container, id) == 0 ? "" : id);
}

/* An end that was told is one, with or without a time; a code of 0 is not on the wire. */
static void read_exit(const ProtobufCMessage *message, struct c8d_event *out)
{
    const C8dw__TaskExit *event = (const C8dw__TaskExit *)message;

    out->container = c8d__wire_str(event->container_id);
    out->process = process_of(event->container_id, event->id);
    out->pid = event->pid;
    out->exit = c8d__wire_exit(event->exit_status, event->exited_at);
    out->exit.known = true;
    out->exit.code = event->exit_status;
}

static void read_delete(const ProtobufCMessage *message, struct c8d_event *out)
{
    const C8dw__TaskDelete *event = (const C8dw__TaskDelete *)message;

    out->container = c8d__wire_str(event->container_id);
    out->process = process_of(event->container_id, event->id);
    out->pid = event->pid;
    out->exit = c8d__wire_exit(event->exit_status, event->exited_at);
}

static void read_exec(const ProtobufCMessage *message, struct c8d_event *out)
{
    const C8dw__TaskExec *event = (const C8dw__TaskExec *)message;

    out->container = c8d__wire_str(event->container_id);
    out->process = c8d__wire_str(event->exec_id);
    out->pid = event->pid;
}

static void read_task(const ProtobufCMessage *message, struct c8d_event *out)
{
    out->container = c8d__wire_str(((const C8dw__TaskEvent *)message)->container_id);
}

struct reader {
    const char *type;
    enum c8d_event_kind kind;
    const ProtobufCMessageDescriptor *descriptor;
    void (*read)(const ProtobufCMessage *message, struct c8d_event *out);
};

#define CONTAINER &c8dw__container_event__descriptor, read_container
#define TASK &c8dw__task_event__descriptor, read_task
#define EXEC &c8dw__task_exec__descriptor, read_exec

static const struct reader readers[] = {
    {"ContainerCreate", C8D_EVENT_CONTAINER_CREATE, CONTAINER},
    {"ContainerDelete", C8D_EVENT_CONTAINER_DELETE, CONTAINER},
    {"TaskCreate", C8D_EVENT_TASK_CREATE, &c8dw__task_create__descriptor, read_create},
    {"TaskStart", C8D_EVENT_TASK_START, &c8dw__task_start__descriptor, read_start},
    {"TaskExit", C8D_EVENT_TASK_EXIT, &c8dw__task_exit__descriptor, read_exit},
    {"TaskDelete", C8D_EVENT_TASK_DELETE, &c8dw__task_delete__descriptor, read_delete},
    {"TaskOOM", C8D_EVENT_TASK_OOM, TASK},
    {"TaskPaused", C8D_EVENT_TASK_PAUSED, TASK},
    {"TaskResumed", C8D_EVENT_TASK_RESUMED, TASK},
    {"TaskCheckpointed", C8D_EVENT_TASK_CHECKPOINTED, TASK},
    {"TaskExecAdded", C8D_EVENT_EXEC_ADDED, EXEC},
    {"TaskExecStarted", C8D_EVENT_EXEC_STARTED, EXEC},
};

/* A type is what follows the last slash of its URL; containerd sends it without any. */
static const struct reader *reader_of(const char *type_url)
{
    static const char package[] = "containerd.events.";
    const char *slash = strrchr(type_url, '/');
    const char *name = slash != NULL ? slash + 1 : type_url;

    if (strncmp(name, package, sizeof(package) - 1) != 0)
        return NULL;
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        if (strcmp(name + sizeof(package) - 1, readers[i].type) == 0)
            return &readers[i];
    }
    return NULL;
}

enum c8d__wire_verdict c8d__wire_event(struct c8d__arena *arena, const C8dw__Envelope *envelope,
                                       struct c8d_event *out)
{
    const struct reader *reader = envelope->event != NULL ? reader_of(envelope->event->type_url) : NULL;
    const ProtobufCMessage *message;

    if (reader == NULL)
        return C8D__WIRE_FOREIGN;
    message = protobuf_c_message_unpack(reader->descriptor, &arena->protobuf, envelope->event->value.len,
                                        envelope->event->value.data);
    if (message == NULL)
        return C8D__WIRE_MALFORMED;
    *out = (struct c8d_event){
        .kind = reader->kind,
        .namespace_ = c8d__wire_str(envelope->namespace_),
        .time_ns = c8d__wire_time(envelope->timestamp),
    };
    reader->read(message, out);
    return C8D__WIRE_EVENT;
}
