/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests. What is large (the spec) is packed from where the caller has it; what is small is copied, since
 * protobuf-c wants it terminated.
 */
#include "containers.pb-c.h"
#include "remote_internal.h"
#include "runc.pb-c.h"
#include "snapshots.pb-c.h"
#include "tasks.pb-c.h"
#include <stdio.h>
#include <string.h>

#define SPEC_URL "types.containerd.io/opencontainers/runtime-spec/1/Spec"
#define PROCESS_URL "types.containerd.io/opencontainers/runtime-spec/1/Process"
#define RUNC_URL "containerd.runc.v1.Options"
#define CHECKPOINT_URL "containerd.runc.v1.CheckpointOptions"
#define RESOURCES_URL "types.containerd.io/opencontainers/runtime-spec/1/LinuxResources"

/* With its prefix written. */
static struct c8d__packed *make_room(const struct c8d__remote *remote, size_t size)
{
    struct c8d__packed *packed;

    if (size > UINT32_MAX)
        return NULL;
    packed = c8d__remote_alloc(remote, sizeof(*packed) + C8D__PREFIX_BYTES + size);
    if (packed == NULL)
        return NULL;
    packed->size = size;
    packed->bytes[0] = 0; /* not compressed */
    for (unsigned i = 0; i < sizeof(uint32_t); i++)
        packed->bytes[1 + i] = (unsigned char)(size >> 8 * (sizeof(uint32_t) - 1 - i));
    return packed;
}

struct c8d__packed *c8d__pack(const struct c8d__remote *remote, const ProtobufCMessage *message)
{
    struct c8d__packed *packed = make_room(remote, protobuf_c_message_get_packed_size(message));

    if (packed != NULL)
        (void)protobuf_c_message_pack(message, packed->bytes + C8D__PREFIX_BYTES);
    return packed;
}

struct c8d__packed *c8d__pack_behind(const struct c8d__remote *remote, const struct c8d__packed *first,
                                     const ProtobufCMessage *message)
{
    struct c8d__packed *second = c8d__pack(remote, message);
    struct c8d__packed *both = NULL;

    if (second != NULL && first->size <= UINT32_MAX - second->size)
        both = make_room(remote, first->size + second->size);
    if (both != NULL) {
        memcpy(both->bytes + C8D__PREFIX_BYTES, first->bytes + C8D__PREFIX_BYTES, first->size);
        memcpy(both->bytes + C8D__PREFIX_BYTES + first->size, second->bytes + C8D__PREFIX_BYTES,
               second->size);
    }
    c8d__packed_free(remote, second);
    return both;
}

void c8d__packed_free(const struct c8d__remote *remote, struct c8d__packed *packed)
{
    if (packed != NULL)
        c8d__remote_release(remote, packed, sizeof(*packed) + C8D__PREFIX_BYTES + packed->size);
}

/* Copies into the scratch arena. The first failure stays in *status. */
static char *string(struct c8d__remote *remote, struct c8d_str text, enum c8d_status *status)
{
    char *copy = c8d__arena_string(&remote->scratch, text);

    if (copy == NULL)
        *status = C8D_EXHAUSTED;
    else if (strlen(copy) != text.len)
        *status = C8D_INVALID; /* a NUL inside would cut it short at the other end */
    return copy;
}

static C8dw__Any any(const char *url, struct c8d_str bytes)
{
    C8dw__Any message = C8DW__ANY__INIT;
    union {
        const char *borrowed;
        uint8_t *field;
    } value = {bytes.ptr};
    union {
        const char *borrowed;
        char *field;
    } type_url = {url};

    message.type_url = type_url.field;
    message.value = (ProtobufCBinaryData){.len = bytes.len, .data = value.field};
    return message;
}

static enum c8d_status labels(struct c8d__remote *remote, const struct c8d_call *call, C8dw__Container *out)
{
    size_t n = call->n_labels;
    C8dw__Container__LabelsEntry *entries = c8d__arena_take(&remote->scratch, n * sizeof(*entries));
    C8dw__Container__LabelsEntry **list = c8d__arena_take(&remote->scratch, n * sizeof(*list));
    enum c8d_status status = C8D_OK;

    if (entries == NULL || list == NULL)
        return C8D_EXHAUSTED;
    for (size_t i = 0; i < n; i++) {
        c8dw__container__labels_entry__init(&entries[i]);
        entries[i].key = string(remote, call->labels[i].key, &status);
        entries[i].value = string(remote, call->labels[i].value, &status);
        list[i] = &entries[i];
    }
    out->labels = list;
    out->n_labels = n;
    return status;
}

static enum c8d_status container_create(struct c8d__remote *remote, const struct c8d_call *call, char *id,
                                        struct c8d__packed **out)
{
    C8dw__CreateContainerRequest request = C8DW__CREATE_CONTAINER_REQUEST__INIT;
    C8dw__Container container = C8DW__CONTAINER__INIT;
    C8dw__Runtime runtime = C8DW__RUNTIME__INIT;
    C8dw__Any spec = any(SPEC_URL, call->spec);
    C8dw__Any options = any("", call->options.value);
    enum c8d_status status = labels(remote, call, &container);

    runtime.name = string(remote, call->runtime, &status);
    options.type_url = string(remote, call->options.type, &status);
    container.snapshotter = string(remote, call->snapshotter, &status);
    container.snapshot_key = string(remote, call->snapshot_key, &status);
    if (status != C8D_OK)
        return status;
    if (call->options.type.len != 0)
        runtime.options = &options;
    container.id = id;
    container.runtime = &runtime;
    container.spec = &spec;
    request.container = &container;
    *out = c8d__pack(remote, &request.base);
    return *out != NULL ? C8D_OK : C8D_EXHAUSTED;
}

/* The paths are our own, and not written to. */
static char *path(const char *text)
{
    union {
        const char *borrowed;
        char *field;
    } both = {text};

    return both.field;
}

static bool is_text(struct c8d_str text, const char *expected)
{
    return text.len == strlen(expected) && memcmp(text.ptr, expected, text.len) == 0;
}

/* Packs a message into the scratch arena. */
static struct c8d_str pack_in(struct c8d__remote *remote, struct c8d_str before,
                              const ProtobufCMessage *message, enum c8d_status *status)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = c8d__arena_take(&remote->scratch, before.len + size);

    if (bytes == NULL) {
        *status = C8D_EXHAUSTED;
        return (struct c8d_str){0};
    }
    if (before.len != 0)
        memcpy(bytes, before.ptr, before.len);
    (void)protobuf_c_message_pack(message, bytes + before.len);
    return (struct c8d_str){(const char *)bytes, before.len + size};
}

/* The options, with the directory that is restored from: one field behind the others is in the same message.
 */
static C8dw__Any restore_options(struct c8d__remote *remote, const struct c8d_call *call,
                                 enum c8d_status *status)
{
    C8dw__RuncOptions restore = C8DW__RUNC_OPTIONS__INIT;

    restore.criu_image_path = string(remote, call->checkpoint, status);
    if (*status != C8D_OK)
        return any(RUNC_URL, (struct c8d_str){0});
    return any(RUNC_URL, pack_in(remote, call->options.value, &restore.base, status));
}

static enum c8d_status checkpoint(struct c8d__remote *remote, const struct c8d_call *call, char *id,
                                  struct c8d__packed **out)
{
    C8dw__CheckpointTaskRequest request = C8DW__CHECKPOINT_TASK_REQUEST__INIT;
    C8dw__CheckpointOptions message = C8DW__CHECKPOINT_OPTIONS__INIT;
    enum c8d_status status = C8D_OK;
    C8dw__Any options;

    message.exit = call->exit;
    if (!remote->images_in_store)
        message.image_path = string(remote, call->checkpoint, &status);
    if (status != C8D_OK)
        return status;
    options = any(CHECKPOINT_URL, pack_in(remote, (struct c8d_str){0}, &message.base, &status));
    if (status != C8D_OK)
        return status;
    request.container_id = id;
    request.options = &options;
    *out = c8d__pack(remote, &request.base);
    return *out != NULL ? C8D_OK : C8D_EXHAUSTED;
}

static enum c8d_status task_create(struct c8d__remote *remote, const struct c8d_call *call, char *id,
                                   struct c8d__packed **out)
{
    C8dw__CreateTaskRequest request = C8DW__CREATE_TASK_REQUEST__INIT;
    struct c8d__stdio_paths paths = c8d__stdio_paths(call->stdio);
    C8dw__Any options = any("", call->options.value);
    bool by_path = call->checkpoint.len != 0 && !remote->images_in_store;
    enum c8d_status status = C8D_OK;

    options.type_url = string(remote, call->options.type, &status);
    if (by_path)
        options = restore_options(remote, call, &status);
    /* Only the shim for runc is known to restore; another one would start afresh, and nobody would know. */
    if (call->checkpoint.len != 0 && call->options.type.len != 0 && !is_text(call->options.type, RUNC_URL))
        status = C8D_NOT_IMPLEMENTED;
    if (status != C8D_OK)
        return status;
    if (call->options.type.len != 0 || by_path)
        request.options = &options;
    request.container_id = id;
    request.in_path = path(paths.in);
    request.out_path = path(paths.out);
    request.err_path = path(paths.err);
    request.terminal = paths.terminal;
    *out = c8d__pack(remote, &request.base);
    return *out != NULL ? C8D_OK : C8D_EXHAUSTED;
}

static struct c8d__packed *exec_create(struct c8d__remote *remote, const struct c8d_call *call, char *id,
                                       char *exec)
{
    C8dw__ExecProcessRequest request = C8DW__EXEC_PROCESS_REQUEST__INIT;
    struct c8d__stdio_paths paths = c8d__stdio_paths(call->stdio);
    C8dw__Any spec = any(PROCESS_URL, call->spec);

    request.container_id = id;
    request.exec_id = exec;
    request.in_path = path(paths.in);
    request.out_path = path(paths.out);
    request.err_path = path(paths.err);
    request.terminal = paths.terminal;
    request.spec = &spec;
    return c8d__pack(remote, &request.base);
}

static struct c8d__packed *kill_request(struct c8d__remote *remote, const struct c8d_call *call, char *id,
                                        char *exec)
{
    C8dw__KillRequest request = C8DW__KILL_REQUEST__INIT;

    request.container_id = id;
    request.exec_id = exec;
    request.signal = call->signal;
    request.all = call->all;
    return c8d__pack(remote, &request.base);
}

static struct c8d__packed *resize(struct c8d__remote *remote, const struct c8d_call *call, char *id,
                                  char *exec)
{
    C8dw__ResizePtyRequest request = C8DW__RESIZE_PTY_REQUEST__INIT;

    request.container_id = id;
    request.exec_id = exec;
    request.width = call->columns;
    request.height = call->rows;
    return c8d__pack(remote, &request.base);
}

static struct c8d__packed *close_io(struct c8d__remote *remote, char *id, char *exec)
{
    C8dw__CloseIORequest request = C8DW__CLOSE_IOREQUEST__INIT;

    request.container_id = id;
    request.exec_id = exec;
    request.in = true;
    return c8d__pack(remote, &request.base);
}

/* Of one task alone. */
static enum c8d_status metrics(struct c8d__remote *remote, const char *id, struct c8d__packed **out)
{
    static const char field[] = "id==";
    C8dw__MetricsRequest request = C8DW__METRICS_REQUEST__INIT;
    size_t size = sizeof(field) + strlen(id);
    char *filter = c8d__arena_take(&remote->scratch, size);

    if (filter == NULL)
        return C8D_EXHAUSTED;
    (void)snprintf(filter, size, "%s%s", field, id);
    request.filters = &filter;
    request.n_filters = 1;
    *out = c8d__pack(remote, &request.base);
    return *out != NULL ? C8D_OK : C8D_EXHAUSTED;
}

static struct c8d__packed *update(struct c8d__remote *remote, const struct c8d_call *call, char *id)
{
    C8dw__UpdateTaskRequest request = C8DW__UPDATE_TASK_REQUEST__INIT;
    C8dw__Any resources = any(RESOURCES_URL, call->spec);

    request.container_id = id;
    request.resources = &resources;
    return c8d__pack(remote, &request.base);
}

static enum c8d_status mounts(struct c8d__remote *remote, const struct c8d_call *call,
                              struct c8d__packed **out)
{
    C8dw__MountsRequest request = C8DW__MOUNTS_REQUEST__INIT;
    enum c8d_status status = C8D_OK;

    request.snapshotter = string(remote, call->snapshotter, &status);
    request.key = string(remote, call->snapshot_key, &status);
    if (status != C8D_OK)
        return status;
    *out = c8d__pack(remote, &request.base);
    return *out != NULL ? C8D_OK : C8D_EXHAUSTED;
}

static struct c8d__packed *container_request(struct c8d__remote *remote, char *id)
{
    C8dw__ContainerRequest request = C8DW__CONTAINER_REQUEST__INIT;

    request.id = id;
    return c8d__pack(remote, &request.base);
}

static struct c8d__packed *task_request(struct c8d__remote *remote, char *id)
{
    C8dw__TaskRequest request = C8DW__TASK_REQUEST__INIT;

    request.container_id = id;
    return c8d__pack(remote, &request.base);
}

static struct c8d__packed *process_request(struct c8d__remote *remote, char *id, char *exec)
{
    C8dw__ProcessRequest request = C8DW__PROCESS_REQUEST__INIT;

    request.container_id = id;
    request.exec_id = exec;
    return c8d__pack(remote, &request.base);
}

static struct c8d__packed *empty(struct c8d__remote *remote)
{
    const C8dw__Empty request = C8DW__EMPTY__INIT;

    return c8d__pack(remote, &request.base);
}

enum c8d_status c8d__encode(struct c8d__remote *remote, const struct c8d_call *call, enum c8d__method method,
                            struct c8d__packed **out)
{
    enum c8d_status status = C8D_OK;
    char *id = string(remote, call->container, &status);
    char *exec = string(remote, call->process, &status);

    if (status != C8D_OK)
        return status;
    switch (method) {
    case C8D__METHOD_CONTAINER_CREATE:
        return container_create(remote, call, id, out);
    case C8D__METHOD_CONTAINER_GET:
    case C8D__METHOD_CONTAINER_DELETE:
        *out = container_request(remote, id);
        break;
    case C8D__METHOD_TASK_CREATE:
        return task_create(remote, call, id, out);
    case C8D__METHOD_EXEC:
        *out = exec_create(remote, call, id, exec);
        break;
    case C8D__METHOD_DELETE:
    case C8D__METHOD_PAUSE:
    case C8D__METHOD_RESUME:
    case C8D__METHOD_LIST_PIDS:
        *out = task_request(remote, id);
        break;
    case C8D__METHOD_METRICS:
        return metrics(remote, id, out);
    case C8D__METHOD_CHECKPOINT:
        return checkpoint(remote, call, id, out);
    case C8D__METHOD_MOUNTS:
        return mounts(remote, call, out);
    case C8D__METHOD_UPDATE:
        *out = update(remote, call, id);
        break;
    case C8D__METHOD_START:
    case C8D__METHOD_DELETE_PROCESS:
    case C8D__METHOD_GET:
        *out = process_request(remote, id, exec);
        break;
    case C8D__METHOD_KILL:
        *out = kill_request(remote, call, id, exec);
        break;
    case C8D__METHOD_CLOSE_IO:
        *out = close_io(remote, id, exec);
        break;
    case C8D__METHOD_RESIZE:
        *out = resize(remote, call, id, exec);
        break;
    default: /* VERSION and the lists ask without words: no filter is all */
        *out = empty(remote);
        break;
    }
    return *out != NULL ? C8D_OK : C8D_EXHAUSTED;
}
