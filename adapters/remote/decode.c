/* SPDX-License-Identifier: Apache-2.0 */
/* Replies become arrivals. What they point to lives in the arrival's arena. */
#include "containers.pb-c.h"
#include "remote_internal.h"
#include "status.h"
#include "tasks.pb-c.h"
#include "version.pb-c.h"
#include <stdio.h>
#include <string.h>

#define NS_PER_SECOND INT64_C(1000000000)

struct c8d_str c8d__wire_str(const char *text)
{
    return (struct c8d_str){.ptr = text, .len = strlen(text)};
}

/* containerd sends Go's zero time (the year 1) where nothing is set. */
int64_t c8d__wire_time(const C8dw__Timestamp *time)
{
    if (time == NULL || time->seconds <= 0 || time->seconds >= INT64_MAX / NS_PER_SECOND)
        return 0;
    if (time->nanos < 0 || time->nanos >= NS_PER_SECOND)
        return time->seconds * NS_PER_SECOND;
    return time->seconds * NS_PER_SECOND + time->nanos;
}

/*
 * A process that never ran is told of with a code too (0, 137 or 255, by version), and with no time. So the
 * time is what shows that there was an end, and that the code is one.
 */
struct c8d_exit c8d__wire_exit(uint32_t code, const C8dw__Timestamp *at)
{
    int64_t at_ns = c8d__wire_time(at);

    if (at_ns == 0)
        return (struct c8d_exit){0};
    return (struct c8d_exit){.known = true, .ran = true, .code = code, .at_ns = at_ns};
}

ProtobufCMessage *c8d__unpack(struct c8d__arena *arena, const ProtobufCMessageDescriptor *descriptor,
                              struct c8d_str bytes)
{
    if (bytes.ptr == NULL)
        return NULL;
    return protobuf_c_message_unpack(descriptor, &arena->protobuf, bytes.len, (const uint8_t *)bytes.ptr);
}

void c8d__malformed(struct c8d__remote *remote, enum c8d__method method, struct c8d_arrival *out)
{
    char text[C8D_ERROR_MESSAGE_BYTES];
    char *kept;

    (void)snprintf(text, sizeof(text), "containerd sent a malformed %s reply", c8d__method_name(method));
    kept = c8d__arena_string(&remote->arrival, c8d__wire_str(text));
    out->status = C8D_INTERNAL;
    out->origin = C8D_ORIGIN_NONE;
    out->origin_code = 0;
    out->message = c8d__wire_str(kept != NULL ? kept : "containerd sent a malformed reply");
}

void c8d__outcome_tell(struct c8d__remote *remote, const struct c8d__exchange *exchange,
                       struct c8d_arrival *out)
{
    char *kept;

    out->status = exchange->unprocessed ? C8D_UNAVAILABLE : c8d__status_of_grpc(exchange->code);
    if (out->status == C8D_OK)
        return;
    if (exchange->code >= 0) {
        out->origin = C8D_ORIGIN_GRPC;
        out->origin_code = (int32_t)exchange->code;
    }
    if (exchange->code == C8D__GRPC_UNAVAILABLE)
        c8d__connection_check(remote);
    kept = exchange->details.len != 0 ? c8d__arena_string(&remote->arrival, exchange->details) : NULL;
    out->message = kept != NULL ? c8d__wire_str(kept) : c8d__wire_str(c8d_status_text(out->status));
}

static struct c8d_str bytes(const ProtobufCBinaryData *data)
{
    return (struct c8d_str){.ptr = (const char *)data->data, .len = data->len};
}

bool c8d__entry_container(struct c8d__arena *arena, const C8dw__Container *container, struct c8d_entry *out)
{
    struct c8d_label *labels = c8d__arena_take(arena, container->n_labels * sizeof(*labels));

    if (labels == NULL)
        return false;
    for (size_t i = 0; i < container->n_labels; i++) {
        labels[i].key = c8d__wire_str(container->labels[i]->key);
        labels[i].value = c8d__wire_str(container->labels[i]->value);
    }
    out->container = c8d__wire_str(container->id);
    out->container_present = true;
    out->labels = labels;
    out->n_labels = container->n_labels;
    out->created_at_ns = c8d__wire_time(container->created_at);
    if (container->runtime != NULL)
        out->runtime = c8d__wire_str(container->runtime->name);
    if (container->runtime != NULL && container->runtime->options != NULL) {
        out->options.type = c8d__wire_str(container->runtime->options->type_url);
        out->options.value = bytes(&container->runtime->options->value);
    }
    if (container->spec != NULL)
        out->spec = bytes(&container->spec->value);
    out->snapshotter = c8d__wire_str(container->snapshotter);
    out->snapshot_key = c8d__wire_str(container->snapshot_key);
    return true;
}

static enum c8d_entry_state entry_state(C8dw__Status status)
{
    switch (status) {
    case C8DW__STATUS__CREATED:
        return C8D_ENTRY_CREATED;
    case C8DW__STATUS__RUNNING:
    case C8DW__STATUS__PAUSING: /* not yet frozen; a paused event tells of the rest */
        return C8D_ENTRY_RUNNING;
    case C8DW__STATUS__PAUSED:
        return C8D_ENTRY_PAUSED;
    case C8DW__STATUS__STOPPED:
        return C8D_ENTRY_STOPPED;
    default: /* UNKNOWN, and what later versions may add */
        return C8D_ENTRY_UNKNOWN;
    }
}

void c8d__entry_process(const C8dw__Process *process, struct c8d_entry *out)
{
    out->process_told = true;
    out->process_state = entry_state(process->status);
    out->pid = process->pid;
    out->stdio = (struct c8d_stdio_names){
        .in = c8d__wire_str(process->in_path),
        .out = c8d__wire_str(process->out_path),
        .err = c8d__wire_str(process->err_path),
        .terminal = process->terminal,
    };
    /* An exec is said to be paused as long as its task is, ended or not: the time of its end tells. */
    if (out->process_state == C8D_ENTRY_STOPPED || out->process_state == C8D_ENTRY_PAUSED)
        out->exit = c8d__wire_exit(process->exit_status, process->exited_at);
}

static bool read_version(struct c8d__rpc *rpc, const ProtobufCMessage *message, struct c8d_arrival *out)
{
    const C8dw__VersionResponse *reply = (const C8dw__VersionResponse *)message;

    (void)rpc;
    out->version = c8d__wire_str(reply->version);
    out->revision = c8d__wire_str(reply->revision);
    return true;
}

static bool read_container(struct c8d__rpc *rpc, const ProtobufCMessage *message, struct c8d_arrival *out)
{
    const C8dw__GetContainerResponse *reply = (const C8dw__GetContainerResponse *)message;
    struct c8d_entry *entry = c8d__arena_take(&rpc->remote->arrival, sizeof(*entry));

    if (reply->container == NULL || entry == NULL)
        return false;
    *entry = (struct c8d_entry){0};
    out->entries = entry;
    out->n_entries = 1;
    return c8d__entry_container(&rpc->remote->arrival, reply->container, entry);
}

static bool read_task(struct c8d__rpc *rpc, const ProtobufCMessage *message, struct c8d_arrival *out)
{
    const C8dw__CreateTaskResponse *reply = (const C8dw__CreateTaskResponse *)message;

    (void)rpc;
    out->pid = reply->pid;
    return true;
}

static bool read_start(struct c8d__rpc *rpc, const ProtobufCMessage *message, struct c8d_arrival *out)
{
    const C8dw__StartResponse *reply = (const C8dw__StartResponse *)message;

    (void)rpc;
    out->pid = reply->pid;
    return true;
}

static bool read_delete(struct c8d__rpc *rpc, const ProtobufCMessage *message, struct c8d_arrival *out)
{
    const C8dw__DeleteResponse *reply = (const C8dw__DeleteResponse *)message;

    (void)rpc;
    out->pid = reply->pid;
    out->exit = c8d__wire_exit(reply->exit_status, reply->exited_at);
    return true;
}

static bool read_process(struct c8d__rpc *rpc, const ProtobufCMessage *message, struct c8d_arrival *out)
{
    const C8dw__GetResponse *reply = (const C8dw__GetResponse *)message;
    struct c8d__arena *arena = &rpc->remote->arrival;
    struct c8d_entry *entry = c8d__arena_take(arena, sizeof(*entry));
    char *container = c8d__arena_string(arena, c8d__wire_str(rpc->container));
    char *process = c8d__arena_string(arena, c8d__wire_str(rpc->process));

    if (reply->process == NULL || entry == NULL || container == NULL || process == NULL)
        return false;
    /* The reply's own "id" is the container's or the exec's: what was asked tells which. */
    *entry = (struct c8d_entry){
        .container = c8d__wire_str(container),
        .process = c8d__wire_str(process),
    };
    c8d__entry_process(reply->process, entry);
    out->entries = entry;
    out->n_entries = 1;
    return true;
}

static bool read_metrics(struct c8d__rpc *rpc, const ProtobufCMessage *message, struct c8d_arrival *out)
{
    return c8d__wire_metrics(&rpc->remote->arrival, (const C8dw__MetricsResponse *)message, out);
}

static bool read_pids(struct c8d__rpc *rpc, const ProtobufCMessage *message, struct c8d_arrival *out)
{
    return c8d__wire_pids(&rpc->remote->arrival, (const C8dw__ListPidsResponse *)message, out);
}

/* How the reply of a method is read; the others say all by their status. */
struct reader {
    const ProtobufCMessageDescriptor *descriptor;
    bool (*read)(struct c8d__rpc *rpc, const ProtobufCMessage *message, struct c8d_arrival *out);
};

static const struct reader readers[C8D__METHOD__COUNT] = {
    [C8D__METHOD_VERSION] = {&c8dw__version_response__descriptor, read_version},
    [C8D__METHOD_CONTAINER_CREATE] = {&c8dw__get_container_response__descriptor, read_container},
    [C8D__METHOD_CONTAINER_GET] = {&c8dw__get_container_response__descriptor, read_container},
    [C8D__METHOD_TASK_CREATE] = {&c8dw__create_task_response__descriptor, read_task},
    [C8D__METHOD_START] = {&c8dw__start_response__descriptor, read_start},
    [C8D__METHOD_DELETE] = {&c8dw__delete_response__descriptor, read_delete},
    [C8D__METHOD_DELETE_PROCESS] = {&c8dw__delete_response__descriptor, read_delete},
    [C8D__METHOD_GET] = {&c8dw__get_response__descriptor, read_process},
    [C8D__METHOD_METRICS] = {&c8dw__metrics_response__descriptor, read_metrics},
    [C8D__METHOD_LIST_PIDS] = {&c8dw__list_pids_response__descriptor, read_pids},
};

void c8d__decode_reply(struct c8d__rpc *rpc, struct c8d_arrival *out)
{
    const struct reader *reader = &readers[rpc->exchange.method];
    struct c8d__arena *arena = &rpc->remote->arrival;
    ProtobufCMessage *message;

    c8d__outcome_tell(rpc->remote, &rpc->exchange, out);
    if (out->status != C8D_OK || reader->read == NULL)
        return;
    message = c8d__unpack(arena, reader->descriptor, rpc->exchange.reply);
    if (message == NULL || !reader->read(rpc, message, out))
        c8d__malformed(rpc->remote, rpc->exchange.method, out);
}
