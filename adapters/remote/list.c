/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list is asked as two: the containers and the tasks. Here they become one list of entries, joined by id. A
 * task whose container is not in the other half (made or deleted in between) is an entry too.
 *
 * containerd's messages have a limit, and each container has its spec in the list: some thousand with specs
 * of a usual size are too many for one message. Then the containers are asked for as a stream, one a message.
 * It is kept without the specs and whatever else nobody wants of a list, as if it had come as one message.
 */
#include "containers.pb-c.h"
#include "remote_internal.h"
#include "tasks.pb-c.h"
#include <stdlib.h>
#include <string.h>

/* Of all containers without their specs. */
#define GATHERED_BYTES_MAX ((size_t)C8D__MESSAGE_BYTES_MAX)
#define FIRST_CAPACITY ((size_t)4096)

/* A ListContainersResponse that grows. */
struct c8d__gathered {
    unsigned char *bytes;
    size_t length;
    size_t capacity;
    enum c8d_status status; /* why it is given up */
};

static int by_container(const void *a, const void *b)
{
    const struct c8d_entry *left = a;
    const struct c8d_entry *right = b;

    /* Both are terminated: they come from protobuf-c. */
    return strcmp(left->container.ptr, right->container.ptr);
}

static bool add_containers(struct c8d__arena *arena, const C8dw__ListContainersResponse *containers,
                           struct c8d_entry *entries)
{
    for (size_t i = 0; i < containers->n_containers; i++) {
        entries[i] = (struct c8d_entry){.process_told = true, .process_state = C8D_ENTRY_ABSENT};
        if (!c8d__entry_container(arena, containers->containers[i], &entries[i]))
            return false;
        entries[i].spec = (struct c8d_str){0};
    }
    qsort(entries, containers->n_containers, sizeof(*entries), by_container);
    return true;
}

/* Returns how many entries there are then. */
static size_t add_tasks(const C8dw__ListTasksResponse *tasks, struct c8d_entry *entries, size_t n_containers)
{
    size_t n = n_containers;

    for (size_t i = 0; i < tasks->n_tasks; i++) {
        const struct c8d_entry key = {.container = c8d__wire_str(tasks->tasks[i]->id)};
        struct c8d_entry *entry = bsearch(&key, entries, n_containers, sizeof(key), by_container);

        if (entry == NULL) {
            entry = &entries[n++];
            *entry = key;
        }
        c8d__entry_process(tasks->tasks[i], entry);
    }
    return n;
}

static void join(struct c8d__rpc *containers, struct c8d__rpc *tasks, struct c8d_arrival *out)
{
    struct c8d__arena *arena = &containers->remote->arrival;
    const C8dw__ListContainersResponse *left = (const C8dw__ListContainersResponse *)c8d__unpack(
        arena, &c8dw__list_containers_response__descriptor, containers->exchange.reply);
    const C8dw__ListTasksResponse *right = (const C8dw__ListTasksResponse *)c8d__unpack(
        arena, &c8dw__list_tasks_response__descriptor, tasks->exchange.reply);
    struct c8d_entry *entries = NULL;

    if (left != NULL && right != NULL)
        entries = c8d__arena_take(arena, (left->n_containers + right->n_tasks) * sizeof(*entries));
    if (entries == NULL || !add_containers(arena, left, entries)) {
        c8d__malformed(containers->remote,
                       left == NULL ? containers->exchange.method : tasks->exchange.method, out);
        return;
    }
    out->n_entries = add_tasks(right, entries, left->n_containers);
    out->entries = entries;
}

static void tell_failure(const struct c8d__rpc *containers, struct c8d_arrival *out)
{
    if (containers->gathered->status == C8D_INTERNAL) {
        c8d__malformed(containers->remote, containers->exchange.method, out);
        return;
    }
    out->status = containers->gathered->status;
    out->message = c8d__wire_str("no room for the list of the containers");
}

static void tell(struct c8d__rpc *containers, struct c8d__rpc *tasks, struct c8d_arrival *out)
{
    out->kind = C8D_ARRIVAL_REPLY;
    out->token = containers->token;
    if (containers->gathered != NULL && containers->gathered->status != C8D_OK) {
        tell_failure(containers, out);
        return;
    }
    c8d__outcome_tell(containers->remote, &containers->exchange, out);
    if (out->status == C8D_OK)
        c8d__outcome_tell(tasks->remote, &tasks->exchange, out);
    if (out->status == C8D_OK)
        join(containers, tasks, out);
}

static bool half_done(struct c8d__rpc *rpc, struct c8d_arrival *out)
{
    struct c8d__rpc *other = rpc->owner;
    bool first = rpc->exchange.method != C8D__METHOD_TASK_LIST;

    rpc->done = true;
    if (!other->done)
        return false;
    tell(first ? rpc : other, first ? other : rpc, out);
    c8d__rpc_free(rpc);
    c8d__rpc_free(other);
    return true;
}

static bool tasks_done(struct c8d__exchange *exchange, struct c8d_arrival *out)
{
    return half_done((struct c8d__rpc *)exchange, out);
}

/* ---- containers as a stream
 * ----------------------------------------------------------------------------------- */

void c8d__gathered_free(struct c8d__remote *remote, struct c8d__gathered *gathered)
{
    if (gathered == NULL)
        return;
    c8d__remote_release(remote, gathered->bytes, gathered->capacity);
    c8d__remote_release(remote, gathered, sizeof(*gathered));
}

static bool make_room(const struct c8d__remote *remote, struct c8d__gathered *gathered, size_t more)
{
    size_t capacity = gathered->capacity != 0 ? gathered->capacity : FIRST_CAPACITY;
    unsigned char *bytes;

    if (more > GATHERED_BYTES_MAX - gathered->length)
        return false;
    while (capacity < gathered->length + more)
        capacity *= 2;
    if (capacity == gathered->capacity)
        return true;
    bytes = c8d__remote_alloc(remote, capacity);
    if (bytes == NULL)
        return false;
    if (gathered->length != 0)
        memcpy(bytes, gathered->bytes, gathered->length);
    c8d__remote_release(remote, gathered->bytes, gathered->capacity);
    gathered->bytes = bytes;
    gathered->capacity = capacity;
    return true;
}

/* A message of the stream is on the wire what a list of one container is, and messages behind each other are
 * one list. */
static enum c8d_status gather(struct c8d__rpc *rpc, struct c8d_str bytes)
{
    struct c8d__gathered *gathered = rpc->gathered;
    C8dw__ListContainersResponse *list = (C8dw__ListContainersResponse *)c8d__unpack(
        &rpc->remote->arrival, &c8dw__list_containers_response__descriptor, bytes);
    size_t size;

    if (list == NULL)
        return C8D_INTERNAL;
    list->base.n_unknown_fields = 0;
    for (size_t i = 0; i < list->n_containers; i++) {
        list->containers[i]->spec = NULL;
        list->containers[i]->base.n_unknown_fields = 0;
    }
    size = protobuf_c_message_get_packed_size(&list->base);
    if (!make_room(rpc->remote, gathered, size))
        return C8D_EXHAUSTED;
    gathered->length += protobuf_c_message_pack(&list->base, gathered->bytes + gathered->length);
    return C8D_OK;
}

static bool gathers(struct c8d__exchange *exchange, struct c8d_str bytes, struct c8d_arrival *out)
{
    struct c8d__rpc *rpc = (struct c8d__rpc *)exchange;
    struct c8d__gathered *gathered = rpc->gathered;

    (void)out;
    if (gathered->status != C8D_OK)
        return false;
    gathered->status = gather(rpc, bytes);
    if (gathered->status != C8D_OK)
        c8d__exchange_cancel(exchange, C8D__GRPC_CANCELLED, "the list is given up");
    return false;
}

static bool stream_done(struct c8d__exchange *exchange, struct c8d_arrival *out)
{
    struct c8d__rpc *rpc = (struct c8d__rpc *)exchange;
    static const char none[] = "";

    exchange->reply = (struct c8d_str){
        .ptr = rpc->gathered->length != 0 ? (const char *)rpc->gathered->bytes : none,
        .len = rpc->gathered->length,
    };
    return half_done(rpc, out);
}

/* Not yet started. NULL: no memory. */
static struct c8d__rpc *new_stream(struct c8d__remote *remote, uint64_t token, int64_t deadline_ns)
{
    const C8dw__ListContainersRequest all = C8DW__LIST_CONTAINERS_REQUEST__INIT;
    struct c8d__rpc *rpc =
        c8d__rpc_new(remote, C8D__METHOD_CONTAINER_STREAM, c8d__pack(remote, &all.base), token, deadline_ns);

    if (rpc == NULL)
        return NULL;
    rpc->exchange.message = gathers;
    rpc->exchange.ended = stream_done;
    rpc->gathered = c8d__remote_alloc(remote, sizeof(*rpc->gathered));
    if (rpc->gathered == NULL) {
        c8d__rpc_free(rpc);
        return NULL;
    }
    *rpc->gathered = (struct c8d__gathered){0};
    return rpc;
}

/* In place of a list that was too large. False: it cannot be asked. Over the same connection alone: when that
 * is lost, so is the other half. */
static bool stream_instead(struct c8d__rpc *containers)
{
    struct c8d__remote *remote = containers->remote;
    struct c8d__rpc *tasks = containers->owner;
    struct c8d__rpc *stream;

    if (remote->closing || !remote->transport->ops->connected(remote->transport))
        return false;
    stream = new_stream(remote, containers->token, containers->exchange.deadline_ns);
    if (stream == NULL)
        return false;
    stream->owner = tasks;
    tasks->owner = stream;
    remote->list_streams = true;
    c8d__exchange_start(&stream->exchange);
    return true;
}

static bool containers_done(struct c8d__exchange *exchange, struct c8d_arrival *out)
{
    struct c8d__rpc *rpc = (struct c8d__rpc *)exchange;

    if (exchange->code != C8D__GRPC_RESOURCE_EXHAUSTED || !stream_instead(rpc))
        return half_done(rpc, out);
    c8d__rpc_free(rpc);
    return false;
}

/* ---- both
 * ----------------------------------------------------------------------------------------------------- */

static enum c8d_status prepare_containers(struct c8d__remote *remote, const struct c8d_call *call,
                                          struct c8d__rpc **out)
{
    enum c8d_status status;

    if (remote->list_streams) {
        *out = new_stream(remote, call->token, call->deadline_ns);
        return *out != NULL ? C8D_OK : C8D_EXHAUSTED;
    }
    status = c8d__submit_prepare(remote, call, C8D__METHOD_CONTAINER_LIST, out);
    if (status == C8D_OK)
        (*out)->exchange.ended = containers_done;
    return status;
}

enum c8d_status c8d__list_submit(struct c8d__remote *remote, const struct c8d_call *call)
{
    struct c8d__rpc *containers = NULL;
    struct c8d__rpc *tasks = NULL;
    enum c8d_status status = prepare_containers(remote, call, &containers);

    if (status == C8D_OK)
        status = c8d__submit_prepare(remote, call, C8D__METHOD_TASK_LIST, &tasks);
    if (status != C8D_OK) {
        c8d__rpc_free(containers);
        return status;
    }
    tasks->exchange.ended = tasks_done;
    containers->owner = tasks;
    tasks->owner = containers;
    c8d__exchange_start(&containers->exchange);
    c8d__exchange_start(&tasks->exchange);
    return C8D_OK;
}
