/* SPDX-License-Identifier: Apache-2.0 */
/* A call of the table becomes one gRPC call, or two. What cannot be sent gets its reply from here. */
#include "remote_internal.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static enum c8d__method method_of(const struct c8d_call *call)
{
    static const uint8_t methods[C8D_CALL_KIND__COUNT] = {
        [C8D_CALL_VERSION] = C8D__METHOD_VERSION,
        [C8D_CALL_SUBSCRIBE] = C8D__METHOD_SUBSCRIBE,
        [C8D_CALL_LIST] = C8D__METHOD_CONTAINER_LIST,
        [C8D_CALL_CONTAINER_CREATE] = C8D__METHOD_CONTAINER_CREATE,
        [C8D_CALL_CONTAINER_GET] = C8D__METHOD_CONTAINER_GET,
        [C8D_CALL_CONTAINER_DELETE] = C8D__METHOD_CONTAINER_DELETE,
        [C8D_CALL_TASK_CREATE] = C8D__METHOD_TASK_CREATE,
        [C8D_CALL_EXEC_CREATE] = C8D__METHOD_EXEC,
        [C8D_CALL_START] = C8D__METHOD_START,
        [C8D_CALL_DELETE] = C8D__METHOD_DELETE,
        [C8D_CALL_KILL] = C8D__METHOD_KILL,
        [C8D_CALL_STATE] = C8D__METHOD_GET,
        [C8D_CALL_PAUSE] = C8D__METHOD_PAUSE,
        [C8D_CALL_RESUME] = C8D__METHOD_RESUME,
        [C8D_CALL_CLOSE_STDIN] = C8D__METHOD_CLOSE_IO,
        [C8D_CALL_RESIZE] = C8D__METHOD_RESIZE,
        [C8D_CALL_STATS] = C8D__METHOD_METRICS,
        [C8D_CALL_PIDS] = C8D__METHOD_LIST_PIDS,
        [C8D_CALL_UPDATE] = C8D__METHOD_UPDATE,
        [C8D_CALL_CHECKPOINT] = C8D__METHOD_CHECKPOINT,
    };

    if (call->kind == C8D_CALL_DELETE && call->process.len != 0)
        return C8D__METHOD_DELETE_PROCESS;
    return (enum c8d__method)methods[call->kind];
}

/* Queues a reply that says that nothing was sent. */
static enum c8d_status refuse(struct c8d__remote *remote, uint64_t token, enum c8d_status status, int error,
                              const char *why)
{
    struct c8d__refusal *refusal = c8d__remote_alloc(remote, sizeof(*refusal));

    if (refusal == NULL)
        return C8D_EXHAUSTED;
    *refusal = (struct c8d__refusal){.token = token, .status = status, .error = error};
    if (error == 0)
        (void)snprintf(refusal->message, sizeof(refusal->message), "%s", why);
    else
        (void)snprintf(refusal->message, sizeof(refusal->message), "%s %s: %s", why,
                       remote->address.len != 0 ? remote->address.ptr : "the given descriptor",
                       strerrordesc_np(error));
    *remote->refusals_end = refusal;
    remote->refusals_end = &refusal->next;
    c8d__remote_look_now(remote);
    return C8D_OK;
}

bool c8d__submit_done(struct c8d__exchange *exchange, struct c8d_arrival *out)
{
    struct c8d__rpc *rpc = (struct c8d__rpc *)exchange;

    out->kind = C8D_ARRIVAL_REPLY;
    out->token = rpc->token;
    c8d__decode_reply(rpc, out);
    c8d__rpc_free(rpc);
    return true;
}

static void keep_name(char *to, struct c8d_str name)
{
    size_t length = name.len < C8D_NAME_BYTES_MAX ? name.len : C8D_NAME_BYTES_MAX;

    if (length != 0)
        memcpy(to, name.ptr, length);
    to[length] = '\0';
}

enum c8d_status c8d__submit_prepare(struct c8d__remote *remote, const struct c8d_call *call,
                                    enum c8d__method method, struct c8d__rpc **out)
{
    struct c8d__packed *request = NULL;
    enum c8d_status status = c8d__encode(remote, call, method, &request);

    if (status != C8D_OK)
        return status;
    *out = c8d__rpc_new(remote, method, request, call->token, call->deadline_ns);
    if (*out == NULL)
        return C8D_EXHAUSTED;
    keep_name((*out)->container, call->container);
    keep_name((*out)->process, call->process);
    return C8D_OK;
}

static enum c8d_status send_single(struct c8d__remote *remote, const struct c8d_call *call)
{
    struct c8d__rpc *rpc = NULL;
    enum c8d_status status = c8d__submit_prepare(remote, call, method_of(call), &rpc);

    if (status != C8D_OK)
        return status;
    rpc->exchange.ended = c8d__submit_done;
    c8d__exchange_start(&rpc->exchange);
    return C8D_OK;
}

static enum c8d_status send_call(struct c8d__remote *remote, const struct c8d_call *call,
                                 struct c8d_error *err)
{
    if (call->checkpoint.len != 0 && remote->images_in_store)
        return c8d__image_submit(remote, call, err);
    switch (call->kind) {
    case C8D_CALL_SUBSCRIBE:
        return c8d__subscribe(remote, call);
    case C8D_CALL_LIST:
        return c8d__list_submit(remote, call);
    case C8D_CALL_TASK_CREATE:
        return call->snapshot_key.len != 0 ? c8d__create_task(remote, call) : send_single(remote, call);
    default:
        return send_single(remote, call);
    }
}

/* Says why a call cannot be sent, unless that was said already. */
static enum c8d_status explain(const struct c8d_call *call, enum c8d_status status,
                               const struct c8d_error *why, struct c8d_error *err)
{
    const char *name = c8d_call_name(call->kind);

    if (why->message[0] != '\0') {
        if (err != NULL)
            *err = *why;
        return status;
    }
    if (status == C8D_INVALID)
        return c8d_error_set(err, status, "%s: a string with a NUL inside", name);
    if (status == C8D_NOT_IMPLEMENTED)
        return c8d_error_set(err, status, "%s: no way is known to tell this shim to restore", name);
    return c8d_error_set(err, status, "%s: no memory for the request", name);
}

enum c8d_status c8d__remote_submit(void *ctx, const struct c8d_call *call, struct c8d_error *err)
{
    struct c8d__remote *remote = ctx;
    struct c8d_error why = {0};
    enum c8d_status status;
    int error;

    if ((unsigned)call->kind >= C8D_CALL_KIND__COUNT)
        return c8d_error_set(err, C8D_INVALID, "there is no such call");
    if (c8d__remote_forked(remote))
        return refuse(remote, call->token, C8D_UNAVAILABLE, 0, "this runtime belongs to the parent process");
    if (call->deadline_ns <= c8d__remote_now())
        return refuse(remote, call->token, C8D_DEADLINE, 0,
                      "the deadline had passed before the call was sent");
    error = c8d__connection_ensure(remote);
    if (error != 0)
        return refuse(remote, call->token, C8D_UNAVAILABLE, error, "cannot connect to");
    c8d__arena_reset(&remote->scratch);
    status = send_call(remote, call, &why);
    return status == C8D_OK ? C8D_OK : explain(call, status, &why, err);
}
