/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A task that takes more than one call to create: its root file system is a snapshot, whose mounts are asked
 * for and passed on. A failure before the last step has created nothing.
 */
#include "remote_internal.h"
#include "snapshots.pb-c.h"
#include "tasks.pb-c.h"

/* Nothing was created: neither can that be in doubt, nor does it say that there is no container. */
static void tell_failure(struct c8d_arrival *out)
{
    if (out->status == C8D_INDETERMINATE)
        out->status = C8D_UNAVAILABLE;
    else if (out->status == C8D_NOT_FOUND || out->status == C8D_ALREADY_EXISTS)
        out->status = C8D_REMOTE;
}

/* The request, with the mounts in it. */
static struct c8d__packed *add_mounts(struct c8d__rpc *mounts, const struct c8d__packed *request,
                                      struct c8d_arrival *out)
{
    C8dw__CreateTaskRequest rootfs = C8DW__CREATE_TASK_REQUEST__INIT;
    const C8dw__MountsResponse *reply = (const C8dw__MountsResponse *)c8d__unpack(
        &mounts->remote->arrival, &c8dw__mounts_response__descriptor, mounts->exchange.reply);
    struct c8d__packed *whole;

    if (reply == NULL) {
        c8d__malformed(mounts->remote, C8D__METHOD_MOUNTS, out);
        return NULL;
    }
    rootfs.rootfs = reply->mounts;
    rootfs.n_rootfs = reply->n_mounts;
    whole = c8d__pack_behind(mounts->remote, request, &rootfs.base);
    if (whole == NULL) {
        out->status = C8D_EXHAUSTED;
        out->message = c8d__wire_str("no memory for the request");
    }
    return whole;
}

/* Sends it. False: out says why not. */
static bool send_create(struct c8d__rpc *create, struct c8d_arrival *out)
{
    struct c8d__remote *remote = create->remote;

    if (remote->closing || c8d__connection_ensure(remote) != 0) {
        out->status = C8D_UNAVAILABLE;
        out->message = c8d__wire_str("the connection was lost before the task was created");
        return false;
    }
    c8d__exchange_start(&create->exchange);
    return true;
}

/* Goes on to the next step. True: an arrival was filled, since there is none. */
static bool go_on(struct c8d__rpc *create, struct c8d_arrival *out)
{
    struct c8d_arrival told = *out;

    if (create->owner != NULL)
        return out->status == C8D_OK ? c8d__image_begin(create->owner, out)
                                     : c8d__image_give_up(create->owner, &told, out);
    if (out->status == C8D_OK && send_create(create, out))
        return false;
    c8d__rpc_free(create);
    return true;
}

static bool mounts_done(struct c8d__exchange *exchange, struct c8d_arrival *out)
{
    struct c8d__rpc *mounts = (struct c8d__rpc *)exchange;
    struct c8d__rpc *create = mounts->owner;
    struct c8d__packed *whole = NULL;

    out->kind = C8D_ARRIVAL_REPLY;
    out->token = mounts->token;
    c8d__outcome_tell(mounts->remote, exchange, out);
    tell_failure(out);
    if (out->status == C8D_OK)
        whole = add_mounts(mounts, create->exchange.request, out);
    if (whole != NULL) {
        c8d__packed_free(mounts->remote, create->exchange.request);
        create->exchange.request = whole;
    }
    c8d__rpc_free(mounts);
    return go_on(create, out);
}

enum c8d_status c8d__mounts_first(struct c8d__remote *remote, const struct c8d_call *call,
                                  struct c8d__rpc *create)
{
    struct c8d__rpc *mounts = NULL;
    enum c8d_status status = c8d__submit_prepare(remote, call, C8D__METHOD_MOUNTS, &mounts);

    if (status != C8D_OK)
        return status;
    mounts->exchange.ended = mounts_done;
    mounts->owner = create;
    c8d__exchange_start(&mounts->exchange);
    return C8D_OK;
}

enum c8d_status c8d__create_task(struct c8d__remote *remote, const struct c8d_call *call)
{
    struct c8d__rpc *create = NULL;
    enum c8d_status status = c8d__submit_prepare(remote, call, C8D__METHOD_TASK_CREATE, &create);

    if (status != C8D_OK)
        return status;
    create->exchange.ended = c8d__submit_done;
    status = c8d__mounts_first(remote, call, create);
    if (status != C8D_OK)
        c8d__rpc_free(create);
    return status;
}
