/* SPDX-License-Identifier: Apache-2.0 */
/* Calls on their way: when they are carried out, what faults do to them, and their replies. */
#include "simulated_internal.h"
#include <stdio.h>

struct c8d__due *c8d__sim_reply_new(struct c8d__world *world, uint64_t token, enum c8d_status status,
                                    const char *message)
{
    struct c8d__due *reply = c8d__sim_due_new(world, C8D__DUE_ARRIVAL);

    if (reply == NULL)
        return NULL;
    reply->arrival.kind = C8D_ARRIVAL_REPLY;
    reply->arrival.token = token;
    reply->arrival.status = status;
    snprintf(reply->message, sizeof(reply->message), "%s", message);
    reply->arrival.message = c8d__sim_str(reply->message);
    return reply;
}

static struct c8d__result subscribe(struct c8d__world *world, const struct c8d__sim_call *call)
{
    /* Of a connection that is gone: its stream went with it. */
    if (call->answered)
        return c8d__ok();
    if (world->stream_end == NULL)
        world->stream_end = c8d__sim_due_new(world, C8D__DUE_ARRIVAL);
    if (world->stream_end == NULL)
        return c8d__no_memory();
    world->stream = call->token;
    return c8d__ok();
}

static struct c8d__result act(struct c8d__world *world, struct c8d__sim_call *call, struct c8d__due *reply)
{
    switch (call->kind) {
    case C8D_CALL_VERSION:
        reply->arrival.version = c8d__sim_str("simulated");
        reply->arrival.revision = c8d__sim_str("0");
        return c8d__ok();
    case C8D_CALL_SUBSCRIBE:
        return subscribe(world, call);
    case C8D_CALL_LIST:
        return c8d__sim_tell_list(world, reply) ? c8d__ok() : c8d__no_memory();
    default:
        return c8d__sim_serve(world, call, reply);
    }
}

/* Acts, or does not, as the faults of the world have it. */
static struct c8d__result act_with_faults(struct c8d__world *world, struct c8d__sim_call *call,
                                          struct c8d__due *reply)
{
    struct c8d__result result;

    if (world->fail_next[call->kind]) {
        world->fail_next[call->kind] = false;
        if (world->fail_acts[call->kind])
            (void)act(world, call, reply);
        return c8d__no(world->fail_status[call->kind], "injected");
    }
    if (c8d__sim_strikes(world, world->faults.reply_failed))
        return c8d__no(C8D_REMOTE, "simulated failure");
    if (c8d__sim_strikes(world, world->faults.reply_lost)) {
        if (call->kind != C8D_CALL_SUBSCRIBE && c8d__sim_random(world, 2) != 0)
            (void)act(world, call, reply);
        return c8d__no(C8D_INDETERMINATE, "simulated loss of the reply");
    }
    result = act(world, call, reply);
    return result;
}

static void perhaps_kill_shim(struct c8d__world *world, const struct c8d__sim_call *call)
{
    struct c8d__sim_container *container = c8d__sim_find(world, call->container);

    if (container != NULL && container->init != NULL && c8d__sim_strikes(world, world->faults.shim_killed))
        c8d__sim_kill_shim(world, container);
}

void c8d__sim_reply(struct c8d__world *world, struct c8d__due *reply)
{
    c8d__sim_schedule(world, reply, c8d__sim_now(world) + c8d__sim_random(world, 1000) * C8D__US);
}

void c8d__sim_carry_out(struct c8d__world *world, struct c8d__due *due)
{
    struct c8d__sim_call *call = &due->call;
    struct c8d__due *reply = c8d__sim_reply_new(world, call->token, C8D_OK, "");
    struct c8d__result result;

    if (reply == NULL) {
        /* Without memory for its reply a call is tried again a moment later; it has not acted. */
        c8d__sim_schedule(world, due, c8d__sim_now(world) + C8D__MILLI);
        return;
    }
    perhaps_kill_shim(world, call);
    result = act_with_faults(world, call, reply);
    reply->arrival.status = result.status;
    reply->call.deadline_ns = call->deadline_ns;
    snprintf(reply->message, sizeof(reply->message), "%s", result.message);
    reply->arrival.message = c8d__sim_str(reply->message);
    if (result.status != C8D_OK) {
        c8d__sim_free_entries(world, reply);
        reply->arrival.pid = 0;
        reply->arrival.exit = (struct c8d_exit){0};
    }
    if (call->answered)
        c8d__sim_due_free(world, reply);
    else
        c8d__sim_reply(world, reply);
    c8d__sim_due_free(world, due);
}
