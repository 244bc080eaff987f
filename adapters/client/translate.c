/* SPDX-License-Identifier: Apache-2.0 */
/* Arrivals become inputs of the model: translation, and no rule of a lifecycle. */
#include "client_internal.h"
#include "meaning.h"

enum c8d_status c8d__lookup(struct c8d_client *client, struct c8d_str container, struct c8d_str process,
                            c8d_ref *container_out, c8d_ref *process_out)
{
    enum c8d_status status = C8D_OK;

    *process_out = C8D_REF_NONE;
    *container_out = c8d_model_find(client->model, client->namespace_, container);
    if (*container_out == C8D_REF_NONE && client->adopt)
        status = c8d__open(client, container, container_out);
    if (*container_out == C8D_REF_NONE)
        return status == C8D_EXHAUSTED ? status : C8D_NOT_FOUND;
    if (process.len == 0)
        return C8D_OK;
    *process_out = c8d_model_find_exec(client->model, *container_out, process);
    if (*process_out == C8D_REF_NONE && client->adopt)
        status = c8d__open_exec(client, *container_out, process, process_out);
    if (*process_out == C8D_REF_NONE)
        return status == C8D_EXHAUSTED ? status : C8D_NOT_FOUND;
    return C8D_OK;
}

static bool is_ours(const struct c8d_client *client, const struct c8d_event *event)
{
    return event->namespace_.len == 0 || c8d__same(event->namespace_, client->namespace_);
}

static void take_event(struct c8d_client *client, const struct c8d_event *event)
{
    const struct c8d__cause nobody = {0};
    const struct c8d_input overflow = {.region = C8D_REGION_CONNECTION, .symbol = C8D_SYM_OVERFLOW};
    struct c8d_input input = c8d__input_of_event(event);
    enum c8d_status status;

    if (input.symbol == C8D_SYM_NONE || (is_ours(client, event) && c8d__hold_drops(client, event->container)))
        return;
    status = is_ours(client, event)
                 ? c8d__lookup(client, event->container, event->process, &input.container, &input.process)
                 : C8D_NOT_FOUND;
    if (status == C8D_NOT_FOUND) {
        input.container = C8D_REF_NONE;
        input.process = C8D_REF_NONE;
        c8d__step_foreign(client, &input, event);
    } else if (status == C8D_OK && c8d__reserve(client, 1)) {
        c8d__step(client, &input, &nobody);
    } else {
        /* An event that there is no room for is an event that was lost. */
        c8d__step(client, &overflow, &nobody);
    }
}

static enum c8d_symbol forced(enum c8d_symbol symbol)
{
    switch (symbol) {
    case C8D_SYM_OK:
        return C8D_SYM_FORCE_OK;
    case C8D_SYM_MISSING:
        return C8D_SYM_FORCE_MISSING;
    case C8D_SYM_LOST:
        return C8D_SYM_FORCE_LOST;
    case C8D_SYM_EXPIRED:
        return C8D_SYM_FORCE_EXPIRED;
    default:
        return C8D_SYM_FORCE_ERROR;
    }
}

/* The answer to a query carries what the runtime says now. */
static void add_entry(struct c8d_input *input, const struct c8d_arrival *reply)
{
    if (reply->status != C8D_OK || reply->n_entries == 0)
        return;
    input->pid = reply->entries[0].pid;
    input->exit_known = reply->entries[0].exit.known;
    input->exit_code = reply->entries[0].exit.code;
    input->exited_at_ns = reply->entries[0].exit.at_ns;
}

static void take_query(struct c8d_client *client, const struct c8d_arrival *reply, struct c8d_input *input,
                       struct c8d__cause *cause)
{
    input->symbol = (uint8_t)c8d__answer(reply, (enum c8d_region)input->region);
    add_entry(input, reply);
    if (input->symbol != C8D_SYM_IS_UNANSWERED && input->symbol != C8D_SYM_IS_EXPIRED)
        cause->level = 0;
    if (input->region == C8D_REGION_CONTAINER && reply->status == C8D_OK && reply->n_entries != 0)
        c8d__containers_learn(client, input->container, &reply->entries[0]);
    c8d__step(client, input, cause);
    /* After the step: a run that it finds is the one that the answer is about. */
    if (input->region == C8D_REGION_PROCESS && input->process == C8D_REF_NONE && reply->status == C8D_OK &&
        reply->n_entries != 0)
        c8d__streams_tell(client, input->container, &reply->entries[0]);
}

static void take_subscribe(struct c8d_client *client, const struct c8d_arrival *reply,
                           struct c8d_input *input, struct c8d__cause *cause)
{
    input->symbol = reply->status == C8D_OK ? C8D_SYM_SUBSCRIBED : C8D_SYM_SUBSCRIBE_FAILED;
    if (reply->status == C8D_OK) {
        /* Keep the slot and so the key: the end of the stream will name it. */
        struct c8d__request *slot = c8d__request_find(client, reply->token);

        c8d__deadline_end(client, slot);
        slot->kind = C8D__REQUEST_STREAM;
        slot->request = 0;
        client->stream = reply->token;
        cause->level = 0;
    }
    c8d__step(client, input, cause);
}

static void take_stream_end(struct c8d_client *client, const struct c8d_arrival *arrival)
{
    const struct c8d_input input = {.region = C8D_REGION_CONNECTION, .symbol = C8D_SYM_STREAM_ENDED};
    const struct c8d__cause nobody = {0};

    if (arrival->token != client->stream || client->stream == 0)
        return;
    c8d__request_free(client, client->stream);
    client->stream = 0;
    c8d__step(client, &input, &nobody);
}

static void learn(struct c8d_client *client, c8d_ref ref, const struct c8d_entry *entry)
{
    if (entry->container_present)
        c8d__containers_learn(client, ref, entry);
    else if (entry->process.len == 0)
        c8d__streams_tell(client, ref, entry);
}

static void take_plain(struct c8d_client *client, const struct c8d_arrival *reply, struct c8d__op *op)
{
    enum c8d_status status = reply->status;

    if (op == NULL)
        return;
    if (status == C8D_OK) {
        c8d__op_answer(op, reply);
        if (op->container != NULL && reply->n_entries != 0)
            learn(client, op->container->ref, &reply->entries[0]);
    }
    c8d__op_complete(client, op, status, reply);
}

static void take_reply(struct c8d_client *client, struct c8d_arrival *reply)
{
    const struct c8d__request *slot = c8d__request_find(client, reply->token);
    struct c8d__request request;
    struct c8d__op *op;
    struct c8d__cause cause = {.reply = reply};
    struct c8d_input input = {.pid = reply->pid};

    if (slot == NULL || slot->kind == C8D__REQUEST_OPERATION || slot->kind == C8D__REQUEST_STREAM)
        return;
    request = *slot;
    /* To the model it is of account whether the connection broke, or the time is over. */
    if (reply->status == C8D_INDETERMINATE && c8d__deadline_is_over(client, slot))
        reply->status = C8D_DEADLINE;
    input.status = (uint8_t)reply->status;
    if (request.kind != C8D__REQUEST_SUBSCRIBE || reply->status != C8D_OK)
        c8d__request_free(client, reply->token);
    op = c8d__op_find(client, request.request);
    if (op != NULL)
        c8d__op_note(op, reply);
    cause.level = request.level;
    input.region = request.region;
    input.container = request.container;
    input.process = request.process;
    input.exit_known = reply->exit.known;
    input.exit_code = reply->exit.code;
    input.exited_at_ns = reply->exit.at_ns;
    switch (request.kind) {
    case C8D__REQUEST_LIFECYCLE:
        if (reply->status == C8D_OK && reply->n_entries != 0)
            c8d__containers_made(client, request.container, &reply->entries[0]);
        input.symbol = (uint8_t)c8d_symbol_of_reply(reply->status);
        c8d__step(client, &input, &cause);
        break;
    case C8D__REQUEST_CLOSE_STDIN:
        input.symbol = (uint8_t)c8d_symbol_of_reply(reply->status);
        input.request = request.request;
        c8d__step(client, &input, &cause);
        break;
    case C8D__REQUEST_FORCE_KILL:
        input.symbol = (uint8_t)forced(c8d_symbol_of_reply(reply->status));
        c8d__step(client, &input, &cause);
        break;
    case C8D__REQUEST_KILL:
        input.symbol = C8D_SYM_KILL;
        input.request = request.request;
        c8d__step_killed(client, &input, &cause);
        break;
    case C8D__REQUEST_QUERY:
        take_query(client, reply, &input, &cause);
        break;
    case C8D__REQUEST_SUBSCRIBE:
        take_subscribe(client, reply, &input, &cause);
        break;
    case C8D__REQUEST_LIST:
        c8d__take_list(client, reply, request.request, &cause);
        break;
    default:
        take_plain(client, reply, op);
        break;
    }
}

void c8d__take(struct c8d_client *client, struct c8d_arrival *arrival)
{
    switch (arrival->kind) {
    case C8D_ARRIVAL_REPLY:
        take_reply(client, arrival);
        break;
    case C8D_ARRIVAL_EVENT:
        take_event(client, &arrival->event);
        break;
    default:
        take_stream_end(client, arrival);
        break;
    }
}
