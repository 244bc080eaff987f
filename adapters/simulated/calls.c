/* SPDX-License-Identifier: Apache-2.0 */
/* Calls on their way: when they are carried out, what faults do to them, and their replies. */
#include "simulated_internal.h"
#include <stdio.h>

#define REPLY_MAX_US 1500

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
    struct c8d__due *end;

    /* Of a connection that is gone: its stream went with it. */
    if (call->answered)
        return c8d__ok();
    end = c8d__sim_due_new(world, C8D__DUE_ARRIVAL);
    if (end == NULL)
        return c8d__no_memory();
    /* There is one stream at a time. */
    c8d__sim_end_stream(world);
    world->stream = call->token;
    world->stream_end = end;
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
    /* A subscription that fails is none. */
    bool can_act = call->kind != C8D_CALL_SUBSCRIBE;

    if (world->fail_next[call->kind]) {
        world->fail_next[call->kind] = false;
        if (world->fail_acts[call->kind] && can_act)
            (void)act(world, call, reply);
        return c8d__no(world->fail_status[call->kind], "injected");
    }
    if (c8d__sim_strikes(world, world->faults.reply_failed))
        return c8d__no(C8D_REMOTE, "simulated failure");
    if (c8d__sim_strikes(world, world->faults.reply_lost)) {
        if (can_act && c8d__sim_random(world, 2) != 0)
            (void)act(world, call, reply);
        return c8d__no(C8D_INDETERMINATE, "simulated loss of the reply");
    }
    return act(world, call, reply);
}

static void perhaps_kill_shim(struct c8d__world *world, const struct c8d__sim_call *call)
{
    struct c8d__sim_container *container = c8d__sim_find(world, call->container);

    if (container != NULL && container->init != NULL && c8d__sim_strikes(world, world->faults.shim_killed))
        c8d__sim_kill_shim(world, container);
}

/* Replies take longer than events do, so that the end of a short process is often heard of before its start.
 */
static void send_reply(struct c8d__world *world, struct c8d__due *reply)
{
    int64_t at = c8d__sim_now(world) + c8d__sim_random(world, REPLY_MAX_US) * C8D__US;

    if (at >= reply->call.deadline_ns) {
        at = reply->call.deadline_ns;
        c8d__sim_lose_reply(world, reply, "no reply in time");
    }
    c8d__sim_schedule(world, reply, at);
}

void c8d__sim_carry_out(struct c8d__world *world, struct c8d__due *due)
{
    struct c8d__sim_call *call = &due->call;
    struct c8d__due *reply = c8d__sim_reply_new(world, call->token, C8D_OK, "");
    struct c8d__result result;

    if (reply == NULL && !call->answered && call->deadline_ns <= c8d__sim_now(world)) {
        c8d__sim_lose_reply(world, due, "no reply in time");
        c8d__sim_append(&world->ready, due);
        return;
    }
    if (reply == NULL) {
        /* Without memory for its reply a call is tried again a moment later; it has not acted. */
        c8d__sim_schedule(world, due, c8d__sim_now(world) + C8D__MILLI);
        return;
    }
    perhaps_kill_shim(world, call);
    result = act_with_faults(world, call, reply);
    reply->arrival.status = result.status;
    reply->call.kind = call->kind;
    reply->call.deadline_ns = call->deadline_ns;
    snprintf(reply->message, sizeof(reply->message), "%s", result.message);
    reply->arrival.message = c8d__sim_str(reply->message);
    if (result.status != C8D_OK) {
        c8d__sim_free_entries(world, reply);
        c8d__sim_free_measures(world, reply);
        reply->arrival.pid = 0;
        reply->arrival.exit = (struct c8d_exit){0};
    }
    if (call->answered)
        c8d__sim_due_free(world, reply);
    else
        send_reply(world, reply);
    c8d__sim_due_free(world, due);
}
