/* SPDX-License-Identifier: Apache-2.0 */
/* One gRPC call with one reply: sent and received as one batch, so that it comes back as one completion. */
#include "remote_internal.h"
#include <grpc/support/log.h>

void c8d__outcome_init(struct c8d__outcome *outcome)
{
    *outcome = (struct c8d__outcome){.code = GRPC_STATUS_UNKNOWN, .details = grpc_empty_slice()};
    grpc_metadata_array_init(&outcome->initial);
    grpc_metadata_array_init(&outcome->trailing);
}

void c8d__outcome_free(struct c8d__outcome *outcome)
{
    grpc_metadata_array_destroy(&outcome->initial);
    grpc_metadata_array_destroy(&outcome->trailing);
    grpc_slice_unref(outcome->details);
}

grpc_metadata c8d__namespace_header(const struct c8d__remote *remote)
{
    return (grpc_metadata){
        .key = grpc_slice_from_static_string("containerd-namespace"),
        .value = grpc_slice_from_static_string(remote->namespace_),
    };
}

void c8d__batch(grpc_call *call, const grpc_op *ops, size_t count, struct c8d__tag *tag)
{
    grpc_call_error error = grpc_call_start_batch(call, ops, count, tag, NULL);

    GPR_ASSERT(error == GRPC_CALL_OK);
}

static void link_in(struct c8d__rpc *rpc)
{
    struct c8d__remote *remote = rpc->remote;

    rpc->next = remote->rpcs;
    if (rpc->next != NULL)
        rpc->next->previous = rpc;
    remote->rpcs = rpc;
    remote->bytes_in_flight += rpc->bytes;
}

static void link_out(struct c8d__rpc *rpc)
{
    struct c8d__remote *remote = rpc->remote;

    if (rpc->next != NULL)
        rpc->next->previous = rpc->previous;
    if (rpc->previous != NULL)
        rpc->previous->next = rpc->next;
    else
        remote->rpcs = rpc->next;
    remote->bytes_in_flight -= rpc->bytes;
}

struct c8d__rpc *c8d__rpc_new(struct c8d__remote *remote, enum c8d__method method, grpc_byte_buffer *request,
                              uint64_t token, int64_t deadline_ns)
{
    struct c8d__rpc *rpc = c8d__remote_alloc(remote, sizeof(*rpc));

    if (rpc == NULL) {
        grpc_byte_buffer_destroy(request);
        return NULL;
    }
    *rpc = (struct c8d__rpc){
        .remote = remote,
        .method = method,
        .request = request,
        .token = token,
        .deadline_ns = deadline_ns,
        .bytes = grpc_byte_buffer_length(request),
    };
    c8d__outcome_init(&rpc->outcome);
    return rpc;
}

void c8d__rpc_start(struct c8d__rpc *rpc)
{
    struct c8d__remote *remote = rpc->remote;
    struct c8d__outcome *outcome = &rpc->outcome;
    grpc_metadata header = c8d__namespace_header(remote);
    const grpc_op ops[] = {
        {.op = GRPC_OP_SEND_INITIAL_METADATA,
         .data.send_initial_metadata = {.count = 1, .metadata = &header}},
        {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = rpc->request},
        {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT},
        {.op = GRPC_OP_RECV_INITIAL_METADATA,
         .data.recv_initial_metadata.recv_initial_metadata = &outcome->initial},
        {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &rpc->reply},
        {.op = GRPC_OP_RECV_STATUS_ON_CLIENT,
         .data.recv_status_on_client = {.trailing_metadata = &outcome->trailing,
                                        .status = &outcome->code,
                                        .status_details = &outcome->details}},
    };

    rpc->call = c8d__connection_call(remote, rpc->method, rpc->deadline_ns);
    link_in(rpc);
    c8d__batch(rpc->call, ops, sizeof(ops) / sizeof(ops[0]), &rpc->tag);
    c8d__remote_look_at(remote, rpc->deadline_ns);
    if (remote->connection.fresh || remote->bytes_in_flight > C8D__SOCKET_BYTES)
        c8d__remote_look_at(remote, c8d__remote_now() + C8D__NUDGE);
}

void c8d__rpc_free(struct c8d__rpc *rpc)
{
    if (rpc == NULL)
        return;
    if (rpc->call != NULL) {
        link_out(rpc);
        grpc_call_unref(rpc->call);
    }
    grpc_byte_buffer_destroy(rpc->request);
    grpc_byte_buffer_destroy(rpc->reply);
    c8d__outcome_free(&rpc->outcome);
    c8d__remote_release(rpc->remote, rpc, sizeof(*rpc));
}
