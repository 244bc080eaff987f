/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations of the consumer, from a command to its completion. An operation outlives whoever waits for it: a
 * waiter that gives up loses the result and undoes nothing.
 */
#include "client_internal.h"
#include <stdio.h>

#define PLAIN_PATIENCE (10000 * C8D__MS)

enum c8d_status c8d__enter(struct c8d_client *client, struct c8d_error *err)
{
    pthread_mutex_lock(&client->lock);
    if (client->delivering && pthread_equal(client->driver, pthread_self())) {
        pthread_mutex_unlock(&client->lock);
        return c8d_error_set(err, C8D_CONFLICT, "a blocking call inside a callback would wait for itself");
    }
    client->refs++;
    return C8D_OK;
}

void c8d__leave(struct c8d_client *client)
{
    c8d__client_unlock_unref(client);
}

struct c8d__op *c8d__op_new(struct c8d_client *client, struct c8d_container *container,
                            struct c8d_process *process, struct c8d_error *err)
{
    struct c8d__op *op;
    struct c8d__request slot = {.kind = C8D__REQUEST_OPERATION};

    /* One slot for itself, and room for what its command brings about. */
    op = c8d__requests_reserve(client, 1) ? c8d__alloc(client, sizeof(*op)) : NULL;
    if (op == NULL) {
        c8d_error_set(err, C8D_EXHAUSTED, "no memory");
        return NULL;
    }
    slot.op = op;
    op->key = c8d__request_new(client, &slot);
    op->container = container;
    op->process = process;
    op->call_deadline = C8D_NO_DEADLINE;
    if (container != NULL)
        container->pins++;
    if (process != NULL)
        process->pins++;
    client->pending++;
    if (c8d__reserve(client, 1))
        return op;
    c8d__op_free(client, op);
    c8d_error_set(err, C8D_EXHAUSTED, "no memory");
    return NULL;
}

void c8d__op_free(struct c8d_client *client, struct c8d__op *op)
{
    c8d__request_free(client, op->key);
    if (op->process != NULL)
        c8d__process_unpin(op->process);
    if (op->container != NULL)
        c8d__container_unpin(op->container);
    c8d__release(client, op, sizeof(*op));
    client->pending--;
}

struct c8d__op *c8d__op_find(struct c8d_client *client, uint64_t key)
{
    struct c8d__request *slot = c8d__request_find(client, key);

    return slot != NULL && slot->kind == C8D__REQUEST_OPERATION ? slot->op : NULL;
}

static void copy_text(char *to, size_t room, struct c8d_str from)
{
    snprintf(to, room, "%.*s", (int)from.len, from.len != 0 ? from.ptr : "");
}

/* As many as there is room for; told is how many there are. */
static void copy_processes(const struct c8d__wanted *wanted, const struct c8d_arrival *reply)
{
    size_t n = reply->n_processes < wanted->capacity ? reply->n_processes : wanted->capacity;

    for (size_t i = 0; i < n; i++)
        wanted->processes[i] = reply->processes[i];
    *wanted->n_processes = reply->n_processes;
}

static void copy_status(struct c8d_process_status *to, const struct c8d_entry *entry)
{
    static const uint8_t states[] = {
        [C8D_ENTRY_UNKNOWN] = C8D_STATE_UNKNOWN, [C8D_ENTRY_CREATED] = C8D_STATE_CREATED,
        [C8D_ENTRY_RUNNING] = C8D_STATE_RUNNING, [C8D_ENTRY_PAUSED] = C8D_STATE_PAUSED,
        [C8D_ENTRY_STOPPED] = C8D_STATE_STOPPED, [C8D_ENTRY_ABSENT] = C8D_STATE_DELETED,
    };

    *to = (struct c8d_process_status){
        .state = (enum c8d_public_state)states[entry->process_state],
        .pid = entry->pid,
        .exit = entry->exit,
    };
}

void c8d__op_answer(struct c8d__op *op, const struct c8d_arrival *reply)
{
    const struct c8d__wanted *wanted = &op->wanted;

    if (wanted->version != NULL) {
        copy_text(wanted->version->version, sizeof(wanted->version->version), reply->version);
        copy_text(wanted->version->revision, sizeof(wanted->version->revision), reply->revision);
    }
    if (wanted->stats != NULL && reply->stats != NULL)
        *wanted->stats = *reply->stats;
    if (wanted->n_processes != NULL)
        copy_processes(wanted, reply);
    if (wanted->status != NULL && reply->n_entries != 0)
        copy_status(wanted->status, &reply->entries[0]);
}

static void set_error(struct c8d_error *err, const struct c8d_arrival *reply)
{
    c8d_error_set_origin(err, reply->status, reply->origin, reply->origin_code, "%.*s",
                         (int)reply->message.len, reply->message.len != 0 ? reply->message.ptr : "");
}

/* Keeps the first failure on the way of an operation: what came after is its consequence. */
void c8d__op_note(struct c8d__op *op, const struct c8d_arrival *reply)
{
    if (reply->status != C8D_OK && op->err.message[0] == '\0')
        set_error(&op->err, reply);
}

void c8d__op_complete(struct c8d_client *client, struct c8d__op *op, enum c8d_status status,
                      const struct c8d_arrival *reply)
{
    if (op == NULL || op->completed)
        return;
    op->completed = true;
    op->status = status;
    if (status != C8D_OK && op->err.status != status) {
        if (reply != NULL && reply->status == status)
            set_error(&op->err, reply);
        else
            op->err = (struct c8d_error){.status = status};
    }
    if (status != C8D_OK && op->err.message[0] == '\0')
        c8d_error_set(&op->err, status, "%s", c8d_status_text(status));
    c8d__push_completion(client, op);
}

static bool makes_a_handle(const struct c8d__op *op)
{
    return op->container_done != NULL || op->process_done != NULL;
}

static bool is_submitted(const struct c8d__op *op)
{
    return op->callback != NULL || makes_a_handle(op);
}

/* Called without the lock. */
static void tell(const struct c8d__op *op)
{
    const struct c8d_error *err = op->status != C8D_OK ? &op->err : NULL;

    if (op->container_done != NULL)
        op->container_done(op->user, op->status, err == NULL ? op->container : NULL, err);
    else if (op->process_done != NULL)
        op->process_done(op->user, op->status, err == NULL ? op->process : NULL, err);
    else
        op->callback(op->user, op->status, err);
}

/* The reference that comes with the completion. */
static void hand_out(struct c8d__op *op)
{
    if (op->status != C8D_OK)
        return;
    if (op->container_done != NULL)
        c8d__container_take_ref(op->container);
    if (op->process_done != NULL)
        c8d__process_ref(op->process);
}

void c8d__op_cancel(struct c8d__op *op)
{
    if (!is_submitted(op))
        return;
    if (!op->completed || (op->status == C8D_OK && makes_a_handle(op)) || op->load == C8D__LOAD_TASK)
        op->status = c8d_error_set(&op->err, C8D_CANCELED, "the client is gone");
    tell(op);
}

void c8d__op_finish(struct c8d_client *client, struct c8d__op *op)
{
    if (op->load != C8D__LOAD_NONE && c8d__load_goes_on(client, op))
        return;
    op->done = true;
    if (op->launches) {
        op->process->launching = false;
        if (op->status != C8D_OK)
            c8d__stdio_close(op->process);
    }
    if (is_submitted(op)) {
        hand_out(op);
        if (op->launches)
            op->process->promised = false;
        client->delivering = true;
        pthread_mutex_unlock(&client->lock);
        tell(op);
        pthread_mutex_lock(&client->lock);
        client->delivering = false;
    }
    if (op->abandoned)
        c8d__op_free(client, op);
}

void c8d__op_step(struct c8d_client *client, struct c8d__op *op, enum c8d_region region,
                  enum c8d_symbol symbol)
{
    const struct c8d__cause cause = {0};
    const struct c8d_input input = {
        .region = (uint8_t)region,
        .symbol = (uint8_t)symbol,
        .container = op->container != NULL ? op->container->ref : C8D_REF_NONE,
        .process = op->process != NULL ? op->process->exec : C8D_REF_NONE,
        .request = op->key,
    };

    c8d__step(client, &input, &cause);
}

static bool is_done(void *arg)
{
    const struct c8d__op *op = arg;

    return op->done;
}

/* Nobody waits any more, so nobody may be called back for what was being launched either. */
static void abandon(struct c8d__op *op)
{
    op->abandoned = true;
    op->wanted = (struct c8d__wanted){0};
    if (op->launches)
        op->process->output = NULL;
}

enum c8d_status c8d__op_wait(struct c8d_client *client, struct c8d__op *op, int64_t deadline,
                             enum c8d_status late, struct c8d_error *err)
{
    enum c8d_status status;

    if (c8d__wait(client, is_done, op, deadline) != C8D_OK) {
        abandon(op);
        return c8d_error_set(err, late, "no result yet when the time was up");
    }
    status = op->status;
    if (status != C8D_OK && err != NULL)
        *err = op->err;
    c8d__op_free(client, op);
    return status;
}

enum c8d_status c8d__command(struct c8d_client *client, const struct c8d__command *what, int64_t deadline,
                             struct c8d_error *err)
{
    bool harmless = what->region == C8D_REGION_CONNECTION || what->symbol == C8D_SYM_LOAD;
    struct c8d__op *op = c8d__op_new(client, what->container, what->process, err);

    if (op == NULL)
        return C8D_EXHAUSTED;
    c8d__op_step(client, op, what->region, what->symbol);
    return c8d__op_wait(client, op, deadline, harmless ? C8D_DEADLINE : C8D_INDETERMINATE, err);
}

void c8d__plain_begin(struct c8d_client *client, struct c8d__op *op, struct c8d_call *call)
{
    const struct c8d__request request = {.kind = C8D__REQUEST_PLAIN, .request = op->key};

    call->deadline_ns = c8d__now(client) + PLAIN_PATIENCE;
    c8d__submit(client, call, &request);
}

enum c8d_status c8d__plain_call(struct c8d_client *client, struct c8d__plain *what, int64_t deadline,
                                struct c8d_error *err)
{
    bool harmless = what->call.kind == C8D_CALL_VERSION || what->call.kind == C8D_CALL_CONTAINER_GET ||
                    what->call.kind == C8D_CALL_STATE || what->call.kind == C8D_CALL_STATS ||
                    what->call.kind == C8D_CALL_PIDS;
    enum c8d_status late = harmless ? C8D_DEADLINE : C8D_INDETERMINATE;
    struct c8d__op *op = c8d__op_new(client, what->container, what->process, err);

    if (op == NULL)
        return C8D_EXHAUSTED;
    op->wanted = what->wanted;
    c8d__plain_begin(client, op, &what->call);
    return c8d__op_wait(client, op, deadline, late, err);
}

enum c8d_status c8d__check_connected(const struct c8d_client *client, struct c8d_error *err)
{
    if (c8d_model_connection(client->model) != C8D_CONNECTION_UP)
        return c8d_error_set(err, C8D_UNAVAILABLE, "not connected to the runtime");
    return C8D_OK;
}

static bool is_settled(void *arg)
{
    struct c8d_client *client = arg;
    enum c8d_connection_state state = c8d_model_connection(client->model);

    return state == C8D_CONNECTION_UP || state == C8D_CONNECTION_IDLE || state == C8D_CONNECTION_CLOSED;
}

enum c8d_status c8d__connect(struct c8d_client *client, int64_t deadline, struct c8d_error *err)
{
    const struct c8d__command open = {.region = C8D_REGION_CONNECTION, .symbol = C8D_SYM_OPEN};
    enum c8d_status status = c8d__recover(client, err);

    if (status != C8D_OK)
        return status;
    for (;;) {
        switch (c8d_model_connection(client->model)) {
        case C8D_CONNECTION_UP:
            return C8D_OK;
        case C8D_CONNECTION_IDLE:
            return c8d__command(client, &open, deadline, err);
        case C8D_CONNECTION_CLOSED:
            return c8d_error_set(err, C8D_UNAVAILABLE, "the connection is closed");
        default:
            if (c8d__wait(client, is_settled, client, deadline) != C8D_OK)
                return c8d_error_set(err, C8D_DEADLINE, "not connected to the runtime");
        }
    }
}
