/* SPDX-License-Identifier: Apache-2.0 */
/* What arrives from the runtime becomes a reply, or an event on every stream. */
#include "double.h"

#include "containers.pb-c.h"
#include "events.pb-c.h"
#include "metrics.pb-c.h"
#include "tasks.pb-c.h"
#include "version.pb-c.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_SECOND INT64_C(1000000000)
#define SPEC_URL "types.containerd.io/opencontainers/runtime-spec/1/Spec"
#define TEXTS_MAX 4096
/* What cgroup v1 says for "no limit". */
#define NO_LIMIT UINT64_C(0x7ffffffffffff000)

/* Strings of the message that is being made, terminated; and parts of it. */
static char *texts[TEXTS_MAX];
static size_t n_texts;

static void *make(size_t bytes)
{
    if (n_texts == TEXTS_MAX)
        abort();
    texts[n_texts] = take(bytes);
    return texts[n_texts++];
}

static void free_all(void)
{
    while (n_texts != 0)
        free(texts[--n_texts]);
}

static char *text(struct c8d_str from)
{
    char *to = make(from.len + 1);

    if (from.len != 0)
        memcpy(to, from.ptr, from.len);
    return to;
}

static ProtobufCBinaryData data(struct c8d_str from)
{
    return (ProtobufCBinaryData){from.len, (uint8_t *)text(from)};
}

static C8dw__Timestamp *timestamp(int64_t ns)
{
    C8dw__Timestamp *time;

    if (ns == 0)
        return NULL;
    time = make(sizeof(*time));
    c8dw__timestamp__init(time);
    time->seconds = ns / NS_PER_SECOND;
    time->nanos = (int32_t)(ns % NS_PER_SECOND);
    return time;
}

static C8dw__Any *any(const char *url, ProtobufCBinaryData value)
{
    C8dw__Any *message = make(sizeof(*message));

    c8dw__any__init(message);
    message->type_url = text(str(url));
    message->value = value;
    return message;
}

static C8dw__Any *pack(const char *url, const ProtobufCMessage *message)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *packed = make(size);

    (void)protobuf_c_message_pack(message, packed);
    return any(url, (ProtobufCBinaryData){size, packed});
}

static void finish(struct stream *stream, const ProtobufCMessage *message)
{
    stream_say(stream, message);
    stream_end(stream, CODE_OK, "");
    free_all();
}

/* ---- replies
 * ------------------------------------------------------------------------------------------------ */

void answer_empty(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival)
{
    const C8dw__Empty message = C8DW__EMPTY__INIT;

    (void)self;
    (void)arrival;
    finish(stream, &message.base);
}

void answer_version(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival)
{
    C8dw__VersionResponse message = C8DW__VERSION_RESPONSE__INIT;

    (void)self;
    message.version = text(arrival->version);
    message.revision = text(arrival->revision);
    finish(stream, &message.base);
}

static C8dw__Container *container_of(const struct c8d_entry *entry)
{
    C8dw__Container *container = make(sizeof(*container));
    C8dw__Runtime *runtime = make(sizeof(*runtime));

    c8dw__container__init(container);
    c8dw__runtime__init(runtime);
    runtime->name = text(entry->runtime);
    if (entry->options.type.len != 0) {
        runtime->options = any("", data(entry->options.value));
        runtime->options->type_url = text(entry->options.type);
    }
    container->id = text(entry->container);
    container->runtime = runtime;
    container->spec = any(SPEC_URL, data(entry->spec));
    container->snapshotter = text(entry->snapshotter);
    container->snapshot_key = text(entry->snapshot_key);
    container->created_at = timestamp(entry->created_at_ns);
    container->n_labels = entry->n_labels;
    container->labels = make(entry->n_labels * sizeof(*container->labels));
    for (size_t i = 0; i < entry->n_labels; i++) {
        container->labels[i] = make(sizeof(*container->labels[i]));
        c8dw__container__labels_entry__init(container->labels[i]);
        container->labels[i]->key = text(entry->labels[i].key);
        container->labels[i]->value = text(entry->labels[i].value);
    }
    return container;
}

void answer_container(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival)
{
    C8dw__GetContainerResponse message = C8DW__GET_CONTAINER_RESPONSE__INIT;

    (void)self;
    if (arrival->n_entries != 1)
        abort();
    message.container = container_of(&arrival->entries[0]);
    finish(stream, &message.base);
}

void answer_containers(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival)
{
    C8dw__ListContainersResponse message = C8DW__LIST_CONTAINERS_RESPONSE__INIT;

    (void)self;
    message.containers = make(arrival->n_entries * sizeof(*message.containers));
    for (size_t i = 0; i < arrival->n_entries; i++) {
        if (arrival->entries[i].container_present)
            message.containers[message.n_containers++] = container_of(&arrival->entries[i]);
    }
    finish(stream, &message.base);
}

static C8dw__Status status_of(enum c8d_entry_state state)
{
    switch (state) {
    case C8D_ENTRY_CREATED:
        return C8DW__STATUS__CREATED;
    case C8D_ENTRY_RUNNING:
        return C8DW__STATUS__RUNNING;
    case C8D_ENTRY_PAUSED:
        return C8DW__STATUS__PAUSED;
    case C8D_ENTRY_STOPPED:
        return C8DW__STATUS__STOPPED;
    default:
        return C8DW__STATUS__UNKNOWN;
    }
}

static C8dw__Process *process_of(struct double_ *self, const struct c8d_entry *entry)
{
    const struct c8d_stdio_names names = shuttle_names(self, entry->container, entry->process);
    C8dw__Process *process = make(sizeof(*process));

    c8dw__process__init(process);
    process->container_id = text(entry->container);
    process->id = text(entry->process.len != 0 ? entry->process : entry->container);
    process->pid = entry->pid;
    process->status = status_of(entry->process_state);
    process->in_path = text(names.in);
    process->out_path = text(names.out);
    process->err_path = text(names.err);
    process->terminal = names.terminal;
    process->exit_status = entry->exit.code;
    process->exited_at = timestamp(entry->exit.at_ns);
    return process;
}

void answer_task(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival)
{
    C8dw__GetResponse message = C8DW__GET_RESPONSE__INIT;

    if (arrival->n_entries != 1)
        abort();
    message.process = process_of(self, &arrival->entries[0]);
    finish(stream, &message.base);
}

void answer_tasks(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival)
{
    C8dw__ListTasksResponse message = C8DW__LIST_TASKS_RESPONSE__INIT;

    message.tasks = make(arrival->n_entries * sizeof(*message.tasks));
    for (size_t i = 0; i < arrival->n_entries; i++) {
        const struct c8d_entry *entry = &arrival->entries[i];

        if (entry->process_told && entry->process_state != C8D_ENTRY_ABSENT)
            message.tasks[message.n_tasks++] = process_of(self, entry);
    }
    finish(stream, &message.base);
}

void answer_created(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival)
{
    C8dw__CreateTaskResponse message = C8DW__CREATE_TASK_RESPONSE__INIT;

    (void)self;
    message.pid = arrival->pid;
    finish(stream, &message.base);
}

void answer_started(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival)
{
    C8dw__StartResponse message = C8DW__START_RESPONSE__INIT;

    (void)self;
    message.pid = arrival->pid;
    finish(stream, &message.base);
}

void answer_deleted(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival)
{
    C8dw__DeleteResponse message = C8DW__DELETE_RESPONSE__INIT;

    (void)self;
    message.pid = arrival->pid;
    message.exit_status = arrival->exit.code;
    message.exited_at = timestamp(arrival->exit.at_ns);
    finish(stream, &message.base);
}

/* ---- measures
 * ----------------------------------------------------------------------------------------------- */

void answer_stats(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival)
{
    const struct c8d_stats *stats = arrival->stats;
    C8dw__MetricsResponse message = C8DW__METRICS_RESPONSE__INIT;
    C8dw__MetricsV1 metrics = C8DW__METRICS_V1__INIT;
    C8dw__PidsStat pids = C8DW__PIDS_STAT__INIT;
    C8dw__CpuStatV1 cpu = C8DW__CPU_STAT_V1__INIT;
    C8dw__CpuUsage usage = C8DW__CPU_USAGE__INIT;
    C8dw__MemoryStatV1 memory = C8DW__MEMORY_STAT_V1__INIT;
    C8dw__MemoryEntry entry = C8DW__MEMORY_ENTRY__INIT;
    C8dw__Metric metric = C8DW__METRIC__INIT;
    C8dw__Metric *list = &metric;

    (void)self;
    pids.current = stats->pids.current.value;
    pids.limit = stats->pids.limit.value != C8D_NO_LIMIT ? stats->pids.limit.value : 0;
    usage.total = stats->cpu.usage_ns.value;
    usage.user = stats->cpu.user_ns.value;
    usage.kernel = stats->cpu.system_ns.value;
    cpu.usage = &usage;
    entry.usage = stats->memory.usage.value;
    entry.limit = stats->memory.limit.value != C8D_NO_LIMIT ? stats->memory.limit.value : NO_LIMIT;
    memory.usage = &entry;
    metrics.pids = &pids;
    metrics.cpu = &cpu;
    metrics.memory = &memory;
    metric.timestamp = timestamp(stats->at_ns);
    metric.id = text(str(""));
    metric.data = pack("io.containerd.cgroups.v1.Metrics", &metrics.base);
    message.metrics = &list;
    message.n_metrics = 1;
    finish(stream, &message.base);
}

void answer_pids(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival)
{
    C8dw__ListPidsResponse message = C8DW__LIST_PIDS_RESPONSE__INIT;

    (void)self;
    message.processes = make(arrival->n_processes * sizeof(*message.processes));
    for (size_t i = 0; i < arrival->n_processes; i++) {
        C8dw__ProcessDetails details = C8DW__PROCESS_DETAILS__INIT;
        C8dw__ProcessInfo *info = make(sizeof(*info));

        c8dw__process_info__init(info);
        info->pid = arrival->processes[i].pid;
        details.exec_id = text(str(arrival->processes[i].exec));
        if (details.exec_id[0] != '\0')
            info->info = pack("containerd.runc.v1.ProcessDetails", &details.base);
        message.processes[message.n_processes++] = info;
    }
    finish(stream, &message.base);
}

/* ---- events
 * ------------------------------------------------------------------------------------------------- */

static C8dw__Any *exit_of(const struct c8d_event *event, char *container, char *id)
{
    C8dw__TaskExit message = C8DW__TASK_EXIT__INIT;

    message.container_id = container;
    message.id = id;
    message.pid = event->pid;
    message.exit_status = event->exit.code;
    message.exited_at = timestamp(event->exit.at_ns);
    return pack("containerd.events.TaskExit", &message.base);
}

static C8dw__Any *delete_of(const struct c8d_event *event, char *container, char *id)
{
    C8dw__TaskDelete message = C8DW__TASK_DELETE__INIT;

    message.container_id = container;
    message.id = id;
    message.pid = event->pid;
    message.exit_status = event->exit.code;
    message.exited_at = timestamp(event->exit.at_ns);
    return pack("containerd.events.TaskDelete", &message.base);
}

/* Those that are the container's name and a pid. */
static C8dw__Any *birth_of(const struct c8d_event *event, char *container)
{
    C8dw__TaskCreate create = C8DW__TASK_CREATE__INIT;
    C8dw__TaskStart start = C8DW__TASK_START__INIT;

    create.container_id = start.container_id = container;
    create.pid = start.pid = event->pid;
    return event->kind == C8D_EVENT_TASK_CREATE ? pack("containerd.events.TaskCreate", &create.base)
                                                : pack("containerd.events.TaskStart", &start.base);
}

static C8dw__Any *exec_of(const struct c8d_event *event, const char *type, char *container)
{
    C8dw__TaskExec message = C8DW__TASK_EXEC__INIT;

    message.container_id = container;
    message.exec_id = text(event->process);
    message.pid = event->pid;
    return pack(type, &message.base);
}

/* Those of the container alone are one and the same on the wire, whether it is called id or container_id. */
static C8dw__Any *name_of(const char *type, char *container)
{
    C8dw__ContainerEvent message = C8DW__CONTAINER_EVENT__INIT;

    message.id = container;
    return pack(type, &message.base);
}

static C8dw__Any *payload(const struct c8d_event *event)
{
    char *container = text(event->container);
    char *id = event->process.len != 0 ? text(event->process) : container;

    switch (event->kind) {
    case C8D_EVENT_CONTAINER_CREATE:
        return name_of("containerd.events.ContainerCreate", container);
    case C8D_EVENT_CONTAINER_DELETE:
        return name_of("containerd.events.ContainerDelete", container);
    case C8D_EVENT_TASK_CREATE:
    case C8D_EVENT_TASK_START:
        return birth_of(event, container);
    case C8D_EVENT_TASK_EXIT:
        return exit_of(event, container, id);
    case C8D_EVENT_TASK_DELETE:
        return delete_of(event, container, id);
    case C8D_EVENT_TASK_OOM:
        return name_of("containerd.events.TaskOOM", container);
    case C8D_EVENT_TASK_PAUSED:
        return name_of("containerd.events.TaskPaused", container);
    case C8D_EVENT_TASK_RESUMED:
        return name_of("containerd.events.TaskResumed", container);
    case C8D_EVENT_EXEC_ADDED:
        return exec_of(event, "containerd.events.TaskExecAdded", container);
    case C8D_EVENT_EXEC_STARTED:
        return exec_of(event, "containerd.events.TaskExecStarted", container);
    default:
        abort();
    }
}

static void tell(struct double_ *self, const struct c8d_event *event)
{
    C8dw__Envelope envelope = C8DW__ENVELOPE__INIT;

    envelope.timestamp = timestamp(event->time_ns);
    envelope.namespace_ = text(event->namespace_);
    envelope.topic = text(str(c8d_event_topic(event->kind)));
    envelope.event = payload(event);
    broadcast(self, &envelope.base);
    free_all();
}

/* ---- arrivals
 * ----------------------------------------------------------------------------------------------- */

static int code_of(enum c8d_status status)
{
    switch (status) {
    case C8D_NOT_FOUND:
        return CODE_NOT_FOUND;
    case C8D_ALREADY_EXISTS:
        return CODE_ALREADY_EXISTS;
    case C8D_CONFLICT:
        return CODE_PRECONDITION;
    case C8D_INVALID:
        return CODE_INVALID;
    case C8D_EXHAUSTED:
        return CODE_EXHAUSTED;
    case C8D_NOT_IMPLEMENTED:
        return CODE_UNIMPLEMENTED;
    default:
        return CODE_UNKNOWN;
    }
}

void answer_arrival(struct double_ *self, const struct c8d_arrival *arrival)
{
    struct stream *stream;
    char message[C8D_ERROR_MESSAGE_BYTES];

    if (arrival->kind == C8D_ARRIVAL_EVENT)
        tell(self, &arrival->event);
    if (arrival->kind != C8D_ARRIVAL_REPLY)
        return;
    shuttle_hear(self, arrival);
    stream = stream_of(self, arrival->token);
    if (stream == NULL) /* whoever asked has gone */
        return;
    (void)snprintf(message, sizeof(message), "%.*s", (int)arrival->message.len,
                   arrival->message.len != 0 ? arrival->message.ptr : "");
    if (arrival->status == C8D_OK)
        stream->method->answer(self, stream, arrival);
    else
        stream_end(stream, code_of(arrival->status), message);
}
