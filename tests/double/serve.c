/* SPDX-License-Identifier: Apache-2.0 */
/* A request becomes a call of the runtime's table. */
#include "double.h"

#include "containers.pb-c.h"
#include "events.pb-c.h"
#include "snapshots.pb-c.h"
#include "tasks.pb-c.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVICES "/containerd.services."
#define PREFIX_BYTES 5
#define LABELS_MAX 64

static struct c8d_str bytes_of(const ProtobufCBinaryData *data)
{
    return (struct c8d_str){(const char *)data->data, data->len};
}

/* ---- containers
 * --------------------------------------------------------------------------------------------- */

static bool ask_nothing(struct double_ *self, struct stream *stream, ProtobufCMessage *message,
                        struct c8d_call *call)
{
    (void)self;
    (void)stream;
    (void)message;
    (void)call;
    return true;
}

static bool ask_create(struct double_ *self, struct stream *stream, ProtobufCMessage *message,
                       struct c8d_call *call)
{
    static struct c8d_label labels[LABELS_MAX];
    const C8dw__Container *container = ((const C8dw__CreateContainerRequest *)message)->container;

    (void)self;
    if (container == NULL || container->runtime == NULL || container->spec == NULL ||
        container->n_labels > LABELS_MAX) {
        stream_end(stream, CODE_INVALID, "a container has to have a runtime and a spec");
        return false;
    }
    call->container = str(container->id);
    call->runtime = str(container->runtime->name);
    call->spec = bytes_of(&container->spec->value);
    call->snapshotter = str(container->snapshotter);
    call->snapshot_key = str(container->snapshot_key);
    if (container->runtime->options != NULL)
        call->options = (struct c8d_any){str(container->runtime->options->type_url),
                                         bytes_of(&container->runtime->options->value)};
    for (size_t i = 0; i < container->n_labels; i++)
        labels[i] = (struct c8d_label){str(container->labels[i]->key), str(container->labels[i]->value)};
    call->labels = labels;
    call->n_labels = container->n_labels;
    return true;
}

static bool ask_container(struct double_ *self, struct stream *stream, ProtobufCMessage *message,
                          struct c8d_call *call)
{
    (void)self;
    (void)stream;
    call->container = str(((const C8dw__ContainerRequest *)message)->id);
    return true;
}

/* ---- tasks
 * ------------------------------------------------------------------------------------------------- */

static bool ask_task_create(struct double_ *self, struct stream *stream, ProtobufCMessage *message,
                            struct c8d_call *call)
{
    const C8dw__CreateTaskRequest *request = (const C8dw__CreateTaskRequest *)message;
    const struct c8d_stdio_names names = {str(request->in_path), str(request->out_path),
                                          str(request->err_path), request->terminal};

    (void)stream;
    call->container = str(request->container_id);
    call->stdio = shuttle_open(self, call->container, call->process, &names);
    return true;
}

static bool ask_exec(struct double_ *self, struct stream *stream, ProtobufCMessage *message,
                     struct c8d_call *call)
{
    const C8dw__ExecProcessRequest *request = (const C8dw__ExecProcessRequest *)message;
    const struct c8d_stdio_names names = {str(request->in_path), str(request->out_path),
                                          str(request->err_path), request->terminal};

    if (request->spec == NULL || request->exec_id[0] == '\0') {
        stream_end(stream, CODE_INVALID, "an exec has to have an id and a spec");
        return false;
    }
    call->container = str(request->container_id);
    call->process = str(request->exec_id);
    call->spec = bytes_of(&request->spec->value);
    call->stdio = shuttle_open(self, call->container, call->process, &names);
    return true;
}

static bool ask_task(struct double_ *self, struct stream *stream, ProtobufCMessage *message,
                     struct c8d_call *call)
{
    (void)self;
    (void)stream;
    call->container = str(((const C8dw__TaskRequest *)message)->container_id);
    return true;
}

static bool ask_process(struct double_ *self, struct stream *stream, ProtobufCMessage *message,
                        struct c8d_call *call)
{
    (void)self;
    (void)stream;
    call->container = str(((const C8dw__ProcessRequest *)message)->container_id);
    call->process = str(((const C8dw__ProcessRequest *)message)->exec_id);
    return true;
}

static bool ask_kill(struct double_ *self, struct stream *stream, ProtobufCMessage *message,
                     struct c8d_call *call)
{
    const C8dw__KillRequest *request = (const C8dw__KillRequest *)message;

    (void)self;
    (void)stream;
    call->container = str(request->container_id);
    call->process = str(request->exec_id);
    call->signal = request->signal;
    call->all = request->all;
    return true;
}

static bool ask_resize(struct double_ *self, struct stream *stream, ProtobufCMessage *message,
                       struct c8d_call *call)
{
    const C8dw__ResizePtyRequest *request = (const C8dw__ResizePtyRequest *)message;

    (void)self;
    (void)stream;
    call->container = str(request->container_id);
    call->process = str(request->exec_id);
    call->columns = request->width;
    call->rows = request->height;
    /* What no client can ask for: a test reads it here. */
    (void)printf("resized %s %u %u\n", request->container_id, request->width, request->height);
    (void)fflush(stdout);
    return true;
}

static bool ask_close_io(struct double_ *self, struct stream *stream, ProtobufCMessage *message,
                         struct c8d_call *call)
{
    const C8dw__CloseIORequest *request = (const C8dw__CloseIORequest *)message;

    call->container = str(request->container_id);
    call->process = str(request->exec_id);
    if (!request->in || shuttle_ends_input(self, call->container, call->process)) {
        answer_empty(self, stream, NULL);
        return false;
    }
    return true;
}

/* A filter is "id==" and the id. */
static bool ask_stats(struct double_ *self, struct stream *stream, ProtobufCMessage *message,
                      struct c8d_call *call)
{
    const C8dw__MetricsRequest *request = (const C8dw__MetricsRequest *)message;

    (void)self;
    if (request->n_filters != 1 || strncmp(request->filters[0], "id==", 4) != 0) {
        stream_end(stream, CODE_UNIMPLEMENTED, "one filter, of one id, is all that is understood");
        return false;
    }
    call->container = str(request->filters[0] + 4);
    return true;
}

static bool ask_update(struct double_ *self, struct stream *stream, ProtobufCMessage *message,
                       struct c8d_call *call)
{
    const C8dw__UpdateTaskRequest *request = (const C8dw__UpdateTaskRequest *)message;

    (void)self;
    call->container = str(request->container_id);
    if (request->resources == NULL) {
        stream_end(stream, CODE_INVALID, "an update has to have resources");
        return false;
    }
    call->spec = bytes_of(&request->resources->value);
    return true;
}

/* ---- what the runtime has no part in
 * ------------------------------------------------------------------------ */

static bool ask_mounts(struct double_ *self, struct stream *stream, ProtobufCMessage *message,
                       struct c8d_call *call)
{
    const C8dw__MountsResponse response = C8DW__MOUNTS_RESPONSE__INIT;

    (void)self;
    (void)message;
    (void)call;
    stream_say(stream, &response.base);
    stream_end(stream, CODE_OK, "");
    return false;
}

static bool ask_subscribe(struct double_ *self, struct stream *stream, ProtobufCMessage *message,
                          struct c8d_call *call)
{
    (void)self;
    (void)message;
    (void)call;
    stream->subscribed = true;
    return false;
}

static bool ask_publish(struct double_ *self, struct stream *stream, ProtobufCMessage *message,
                        struct c8d_call *call)
{
    const C8dw__PublishRequest *request = (const C8dw__PublishRequest *)message;
    C8dw__Envelope envelope = C8DW__ENVELOPE__INIT;

    (void)call;
    envelope.namespace_ = stream->namespace_;
    envelope.topic = request->topic;
    envelope.event = request->event;
    broadcast(self, &envelope.base);
    answer_empty(self, stream, NULL);
    return false;
}

#define CONTAINERS "containers.v1.Containers/"
#define TASKS "tasks.v1.Tasks/"
#define EVENTS "events.v1.Events/"
#define MESSAGE(name) &c8dw__##name##__descriptor

static const struct method methods[] = {
    {"version.v1.Version/Version", MESSAGE(empty), C8D_CALL_VERSION, ask_nothing, answer_version},
    {EVENTS "Publish", MESSAGE(publish_request), C8D_CALL_KIND__COUNT, ask_publish, NULL},
    {EVENTS "Subscribe", MESSAGE(subscribe_request), C8D_CALL_KIND__COUNT, ask_subscribe, NULL},
    {CONTAINERS "Create", MESSAGE(create_container_request), C8D_CALL_CONTAINER_CREATE, ask_create,
     answer_container},
    {CONTAINERS "Get", MESSAGE(container_request), C8D_CALL_CONTAINER_GET, ask_container, answer_container},
    {CONTAINERS "List", MESSAGE(list_containers_request), C8D_CALL_LIST, ask_nothing, answer_containers},
    {CONTAINERS "Delete", MESSAGE(container_request), C8D_CALL_CONTAINER_DELETE, ask_container, answer_empty},
    {TASKS "Create", MESSAGE(create_task_request), C8D_CALL_TASK_CREATE, ask_task_create, answer_created},
    {TASKS "Exec", MESSAGE(exec_process_request), C8D_CALL_EXEC_CREATE, ask_exec, answer_created},
    {TASKS "Start", MESSAGE(process_request), C8D_CALL_START, ask_process, answer_started},
    {TASKS "Delete", MESSAGE(task_request), C8D_CALL_DELETE, ask_task, answer_deleted},
    {TASKS "DeleteProcess", MESSAGE(process_request), C8D_CALL_DELETE, ask_process, answer_deleted},
    {TASKS "Kill", MESSAGE(kill_request), C8D_CALL_KILL, ask_kill, answer_empty},
    {TASKS "Get", MESSAGE(process_request), C8D_CALL_STATE, ask_process, answer_task},
    {TASKS "List", MESSAGE(list_tasks_request), C8D_CALL_LIST, ask_nothing, answer_tasks},
    {TASKS "Pause", MESSAGE(task_request), C8D_CALL_PAUSE, ask_task, answer_empty},
    {TASKS "Resume", MESSAGE(task_request), C8D_CALL_RESUME, ask_task, answer_empty},
    {TASKS "CloseIO", MESSAGE(close_iorequest), C8D_CALL_CLOSE_STDIN, ask_close_io, answer_empty},
    {TASKS "ResizePty", MESSAGE(resize_pty_request), C8D_CALL_RESIZE, ask_resize, answer_empty},
    {TASKS "Metrics", MESSAGE(metrics_request), C8D_CALL_STATS, ask_stats, answer_stats},
    {TASKS "ListPids", MESSAGE(task_request), C8D_CALL_PIDS, ask_task, answer_pids},
    {TASKS "Update", MESSAGE(update_task_request), C8D_CALL_UPDATE, ask_update, answer_empty},
    {"snapshots.v1.Snapshots/Mounts", MESSAGE(mounts_request), C8D_CALL_KIND__COUNT, ask_mounts, NULL},
};

static const struct method *method_of(const char *path)
{
    const size_t length = sizeof(SERVICES) - 1;

    for (size_t i = 0; strncmp(path, SERVICES, length) == 0 && i < sizeof(methods) / sizeof(methods[0]);
         i++) {
        if (strcmp(path + length, methods[i].path) == 0)
            return &methods[i];
    }
    return NULL;
}

/* One whole message, not compressed. */
static ProtobufCMessage *unpack(const struct stream *stream)
{
    const unsigned char *at = stream->request.at;
    size_t size;

    if (stream->request.n < PREFIX_BYTES || at[0] != 0)
        return NULL;
    size = (size_t)at[1] << 24 | (size_t)at[2] << 16 | (size_t)at[3] << 8 | at[4];
    if (size != stream->request.n - PREFIX_BYTES)
        return NULL;
    return protobuf_c_message_unpack(stream->method->request, NULL, size, at + PREFIX_BYTES);
}

static void ask(struct double_ *self, struct stream *stream, ProtobufCMessage *message)
{
    struct c8d_call call = {.kind = stream->method->kind, .deadline_ns = C8D_NO_DEADLINE};
    struct c8d_error err = {0};
    struct c8d_arrival refused;

    if (!stream->method->ask(self, stream, message, &call))
        return;
    call.token = stream->token = ++self->tokens;
    shuttle_note(&call);
    if (self->runtime.ops->submit(self->runtime.ctx, &call, &err) == C8D_OK)
        return;
    refused = (struct c8d_arrival){
        .kind = C8D_ARRIVAL_REPLY, .token = call.token, .status = C8D_INVALID, .message = str(err.message)};
    answer_arrival(self, &refused);
}

void serve(struct double_ *self, struct stream *stream)
{
    ProtobufCMessage *message;

    stream->method = method_of(stream->path);
    if (stream->method == NULL) {
        stream_end(stream, CODE_UNIMPLEMENTED, "no such method");
        return;
    }
    if (stream->namespace_[0] == '\0') {
        stream_end(stream, CODE_PRECONDITION, "namespace is required");
        return;
    }
    message = unpack(stream);
    if (message == NULL) {
        stream_end(stream, CODE_INVALID, "the request is malformed");
        return;
    }
    ask(self, stream, message);
    protobuf_c_message_free_unpacked(message, NULL);
}
