/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The queue of what the consumer is to be told: notices and completions in the order in which the model gave
 * them, told by the driver one at a time and without the lock. Those of a container that is held back are put
 * aside (holds.c).
 */
#include "client_internal.h"
#include <string.h>

bool c8d__deliveries_reserve(struct c8d_client *client, uint32_t more)
{
    struct c8d__deliveries *queue = &client->deliveries;
    uint32_t before = queue->capacity;

    if (queue->capacity - queue->count >= more)
        return true;
    if (!c8d__grow(client, (void **)&queue->items, &queue->capacity, queue->count + more,
                   sizeof(*queue->items)))
        return false;
    /* What had wrapped round at the old end goes on behind it. Growing at least doubles, so it fits. */
    if (queue->head + queue->count > before)
        memcpy(&queue->items[before], queue->items,
               (queue->head + queue->count - before) * sizeof(*queue->items));
    return true;
}

static struct c8d__delivery *push(struct c8d_client *client)
{
    struct c8d__deliveries *queue = &client->deliveries;

    return &queue->items[(queue->head + queue->count++) % queue->capacity];
}

static void store(struct c8d_str name, char *bytes, uint8_t *length)
{
    *length = (uint8_t)name.len;
    if (name.len != 0)
        memcpy(bytes, name.ptr, name.len);
}

void c8d__push_notice(struct c8d_client *client, const struct c8d_action *action)
{
    struct c8d__delivery *item = push(client);
    struct c8d_container_view view = {0};

    item->op = NULL;
    item->action = *action;
    c8d_model_view_container(client->model, action->container, &view);
    store(view.id, item->container, &item->container_len);
    store(action->process != C8D_REF_NONE ? c8d_model_exec_id(client->model, action->process) : view.id,
          item->process, &item->process_len);
}

void c8d__push_completion(struct c8d_client *client, struct c8d__op *op)
{
    push(client)->op = op;
}

static struct c8d_exit exit_of(const struct c8d_action *action)
{
    return (struct c8d_exit){
        .known = action->exit_known,
        .ran = action->ran,
        .code = action->exit_code,
        .at_ns = action->exited_at_ns,
    };
}

static void tell_notice(struct c8d_client *client, const struct c8d__delivery *item)
{
    const struct c8d_action *action = &item->action;
    struct c8d_notice notice = {
        .kind = (enum c8d_notice_kind)action->what,
        .cause = (enum c8d_cause)action->cause,
        .sequence = action->sequence,
        .namespace_ = client->namespace_,
        .container = {item->container, item->container_len},
        .process = {item->process, item->process_len},
        .incarnation = action->incarnation,
        .pid = action->pid,
        .ended = action->what == C8D_NOTICE_EXIT || action->what == C8D_NOTICE_CONFLICT ||
                 (action->what == C8D_NOTICE_DELETED && action->exit_known),
        .exit = exit_of(action),
    };

    if (client->notice == NULL)
        return;
    client->delivering = true;
    client->telling = action;
    pthread_mutex_unlock(&client->lock);
    client->notice(client->user, &notice);
    pthread_mutex_lock(&client->lock);
    client->telling = NULL;
    client->delivering = false;
}

/* Takes the next thing that may be told; what may not is put aside. False: nothing, or no memory to do so. */
static bool take(struct c8d_client *client, struct c8d__delivery *out)
{
    struct c8d__deliveries *queue = &client->deliveries;

    if (c8d__hold_take(client, out))
        return true;
    while (queue->count != 0) {
        /* A copy: the queue may move while a callback runs. */
        bool waits;

        *out = queue->items[queue->head];
        waits = c8d__hold_is(client, out);
        if (waits && !c8d__hold_keep(client, out))
            return false;
        queue->head = (queue->head + 1) % queue->capacity;
        queue->count--;
        if (!waits)
            return true;
    }
    return false;
}

bool c8d__deliver(struct c8d_client *client)
{
    struct c8d__delivery item;
    bool any = false;

    while (take(client, &item)) {
        any = true;
        if (item.op != NULL) {
            c8d__op_finish(client, item.op);
            continue;
        }
        tell_notice(client, &item);
        c8d__processes_told(client, &item.action);
        c8d__hold_told(client, item.action.container);
    }
    return any;
}
