/* SPDX-License-Identifier: Apache-2.0 */
/* Exchanges from their preparation to their release, and those that have one reply. */
#include "remote_internal.h"

static void link_in(struct c8d__exchange *exchange)
{
    struct c8d__remote *remote = exchange->remote;

    exchange->started = true;
    exchange->next = remote->exchanges;
    if (exchange->next != NULL)
        exchange->next->previous = exchange;
    remote->exchanges = exchange;
}

static void link_out(struct c8d__exchange *exchange)
{
    if (exchange->next != NULL)
        exchange->next->previous = exchange->previous;
    if (exchange->previous != NULL)
        exchange->previous->next = exchange->next;
    else
        exchange->remote->exchanges = exchange->next;
}

bool c8d__exchange_prepare(struct c8d__remote *remote, struct c8d__exchange *exchange)
{
    exchange->remote = remote;
    exchange->code = C8D__GRPC_UNKNOWN;
    return remote->transport->ops->prepare(remote->transport, exchange);
}

void c8d__exchange_start(struct c8d__exchange *exchange)
{
    struct c8d__remote *remote = exchange->remote;

    link_in(exchange);
    remote->counters.calls++;
    remote->active_ns = c8d__remote_now();
    remote->transport->ops->start(remote->transport, exchange);
    c8d__remote_look_at(remote, exchange->deadline_ns);
}

bool c8d__exchange_send(struct c8d__exchange *exchange, struct c8d__packed *message, bool more)
{
    struct c8d__remote *remote = exchange->remote;

    exchange->more = more;
    if (remote->transport->ops->send(remote->transport, exchange, message))
        return true;
    c8d__packed_free(remote, message);
    return false;
}

void c8d__exchange_cancel(struct c8d__exchange *exchange, int code, const char *why)
{
    struct c8d__transport *transport = exchange->remote->transport;

    transport->ops->cancel(transport, exchange, code, why);
}

void c8d__exchange_release(struct c8d__exchange *exchange)
{
    if (exchange->started)
        link_out(exchange);
    if (exchange->carrier != NULL)
        exchange->remote->transport->ops->release(exchange->remote->transport, exchange);
}

int64_t c8d__exchanges_due(const struct c8d__remote *remote)
{
    int64_t due = C8D_NO_DEADLINE;

    for (const struct c8d__exchange *at = remote->exchanges; at != NULL; at = at->next)
        due = at->deadline_ns < due ? at->deadline_ns : due;
    return due;
}

struct c8d__rpc *c8d__rpc_new(struct c8d__remote *remote, enum c8d__method method,
                              struct c8d__packed *request, uint64_t token, int64_t deadline_ns)
{
    struct c8d__rpc *rpc = request != NULL ? c8d__remote_alloc(remote, sizeof(*rpc)) : NULL;

    if (rpc == NULL) {
        c8d__packed_free(remote, request);
        return NULL;
    }
    *rpc = (struct c8d__rpc){
        .remote = remote,
        .token = token,
        .exchange = {.method = method, .deadline_ns = deadline_ns, .request = request},
    };
    if (c8d__exchange_prepare(remote, &rpc->exchange))
        return rpc;
    c8d__rpc_free(rpc);
    return NULL;
}

void c8d__rpc_free(struct c8d__rpc *rpc)
{
    if (rpc == NULL)
        return;
    c8d__exchange_release(&rpc->exchange);
    c8d__packed_free(rpc->remote, rpc->exchange.request);
    c8d__gathered_free(rpc->remote, rpc->gathered);
    c8d__remote_release(rpc->remote, rpc, sizeof(*rpc));
}
