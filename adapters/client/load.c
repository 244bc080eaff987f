/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking up a container that exists: its record, its spec when the model knew the record already and so did
 * not ask for it, and its task. One operation, whose next step begins when the one before would be told.
 */
#include "client_internal.h"

void c8d__load_begin(struct c8d_client *client, struct c8d__op *op)
{
    op->container->loading = true;
    c8d__op_step(client, op, C8D_REGION_CONTAINER, C8D_SYM_LOAD);
}

static void ask_for_spec(struct c8d_client *client, struct c8d__op *op)
{
    struct c8d_call call = {.kind = C8D_CALL_CONTAINER_GET, .container = op->container->id};

    c8d__plain_begin(client, op, &call);
}

/* What comes after a step that went well. */
static enum c8d__load step_after(const struct c8d__op *op)
{
    if (op->load == C8D__LOAD_TASK)
        return C8D__LOAD_NONE;
    return op->load == C8D__LOAD_RECORD && op->container->loading ? C8D__LOAD_SPEC : C8D__LOAD_TASK;
}

static void judge(struct c8d_client *client, struct c8d__op *op)
{
    /* A container need not have a task. */
    if (op->load == C8D__LOAD_TASK && op->status == C8D_NOT_FOUND)
        op->status = C8D_OK;
    else if (op->load == C8D__LOAD_SPEC && op->status == C8D_OK && op->container->loading)
        op->status = c8d_error_set(&op->err, C8D_EXHAUSTED, "no memory for the spec");
    else if (op->load != C8D__LOAD_TASK && op->status == C8D_OK && !c8d__reserve(client, 1))
        op->status = c8d_error_set(&op->err, C8D_EXHAUSTED, "no memory");
}

bool c8d__load_goes_on(struct c8d_client *client, struct c8d__op *op)
{
    judge(client, op);
    op->load = op->status == C8D_OK ? step_after(op) : C8D__LOAD_NONE;
    if (op->load != C8D__LOAD_SPEC)
        op->container->loading = false;
    if (op->load == C8D__LOAD_NONE)
        return false;
    op->completed = false;
    op->err = (struct c8d_error){0};
    if (op->load == C8D__LOAD_SPEC)
        ask_for_spec(client, op);
    else
        c8d__op_step(client, op, C8D_REGION_PROCESS, C8D_SYM_LOAD);
    return true;
}
