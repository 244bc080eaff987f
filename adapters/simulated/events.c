/* SPDX-License-Identifier: Apache-2.0 */
/* The event stream: in order, unless a fault says otherwise, and gone for good while nobody is subscribed. */
#include "simulated_internal.h"
#include <stdio.h>
#include <string.h>

#define DELAY_MAX_US 50000

/* Some come at once, some take their time. */
static int64_t travel_time(struct c8d__world *world)
{
    return c8d__sim_random(world, c8d__sim_random(world, 2) != 0 ? 200 : 1000) * C8D__US;
}

static void store(char *to, size_t size, struct c8d_str name)
{
    size_t length = name.len < size ? name.len : size - 1;

    if (length != 0)
        memcpy(to, name.ptr, length);
    to[length] = '\0';
}

static void deliver(struct c8d__world *world, const struct c8d_event *event, int64_t at)
{
    struct c8d__due *due = c8d__sim_due_new(world, C8D__DUE_ARRIVAL);

    if (due == NULL) {
        /* A stream that cannot give every event is over, so that what is missing is asked for. */
        c8d__sim_break_connection(world);
        return;
    }
    store(due->container, sizeof(due->container), event->container);
    store(due->process, sizeof(due->process), event->process);
    due->arrival.kind = C8D_ARRIVAL_EVENT;
    due->arrival.event = *event;
    due->arrival.event.namespace_ = c8d__sim_str(world->namespace_);
    due->arrival.event.container = c8d__sim_str(due->container);
    due->arrival.event.process = c8d__sim_str(due->process);
    c8d__sim_schedule(world, due, at);
}

void c8d__sim_publish_event(struct c8d__world *world, const struct c8d_event *event)
{
    int64_t at = c8d__sim_now(world) + travel_time(world);
    bool dropped = world->drop_next[event->kind];

    world->drop_next[event->kind] = false;
    if (world->stream == 0 || world->down || dropped || c8d__sim_strikes(world, world->faults.event_lost))
        return;
    if (at < world->last_event_at)
        at = world->last_event_at;
    if (c8d__sim_strikes(world, world->faults.event_delayed)) {
        deliver(world, event, at + c8d__sim_random(world, DELAY_MAX_US) * C8D__US);
    } else {
        world->last_event_at = at;
        deliver(world, event, at);
    }
    if (c8d__sim_strikes(world, world->faults.event_repeated))
        deliver(world, event, at + c8d__sim_random(world, DELAY_MAX_US) * C8D__US);
}

void c8d__sim_publish(struct c8d__world *world, enum c8d_event_kind kind,
                      const struct c8d__sim_container *container, const struct c8d__sim_process *process)
{
    struct c8d_event event = {
        .kind = kind,
        .container = c8d__sim_str(container->id),
        .process = c8d__sim_str(process != NULL ? process->id : ""),
        .time_ns = world->epoch_ns + c8d__sim_now(world),
    };

    if (process != NULL && kind != C8D_EVENT_EXEC_ADDED)
        event.pid = process->pid;
    if (process != NULL && kind == C8D_EVENT_TASK_EXIT)
        event.exit = (struct c8d_exit){.known = true,
                                       .ran = process->exited_at_ns != 0,
                                       .code = process->exit_code,
                                       .at_ns = process->exited_at_ns};
    if (process != NULL && kind == C8D_EVENT_TASK_DELETE)
        event.exit = c8d__sim_exit_of(process);
    c8d__sim_publish_event(world, &event);
}

/* ---- the connection
 * ------------------------------------------------------------------------------------------- */

void c8d__sim_lose_reply(struct c8d__world *world, struct c8d__due *due, const char *message)
{
    uint64_t token = due->kind == C8D__DUE_CALL ? due->call.token : due->arrival.token;

    if (due->call.kind == C8D_CALL_SUBSCRIBE && token == world->stream && token != 0) {
        /* Whoever subscribed does not know it. */
        c8d__sim_due_free(world, world->stream_end);
        world->stream_end = NULL;
        world->stream = 0;
    }
    c8d__sim_free_entries(world, due);
    c8d__sim_free_measures(world, due);
    due->kind = C8D__DUE_ARRIVAL;
    snprintf(due->message, sizeof(due->message), "%s", message);
    due->arrival = (struct c8d_arrival){.kind = C8D_ARRIVAL_REPLY,
                                        .token = token,
                                        .status = C8D_INDETERMINATE,
                                        .message = c8d__sim_str(due->message)};
}

static void hand_out_lost(struct c8d__world *world, struct c8d__due *due)
{
    c8d__sim_lose_reply(world, due, "connection lost");
    c8d__sim_append(&world->ready, due);
}

/* Calls that were not carried out yet will be, and nobody will hear of it; replies under way come as lost;
 * events under way do not come at all. */
static void lose_due(struct c8d__world *world)
{
    struct c8d__due **link = &world->due;

    while (*link != NULL) {
        struct c8d__due *due = *link;
        bool calls = due->kind == C8D__DUE_CALL && !due->call.answered;
        struct c8d__due *reply = calls ? c8d__sim_due_new(world, C8D__DUE_ARRIVAL) : NULL;

        if (reply != NULL) {
            due->call.answered = true;
            reply->arrival.token = due->call.token;
            hand_out_lost(world, reply);
        } else if (calls || (due->kind == C8D__DUE_ARRIVAL && due->arrival.kind == C8D_ARRIVAL_REPLY)) {
            /* A call, too, without memory for its reply: it becomes that itself, and never acts. */
            *link = due->next;
            hand_out_lost(world, due);
            continue;
        } else if (due->kind == C8D__DUE_ARRIVAL) {
            *link = due->next;
            c8d__sim_due_free(world, due);
            continue;
        }
        link = &due->next;
    }
}

void c8d__sim_end_stream(struct c8d__world *world)
{
    if (world->stream == 0)
        return;
    world->stream_end->arrival.kind = C8D_ARRIVAL_STREAM_ENDED;
    world->stream_end->arrival.token = world->stream;
    c8d__sim_append(&world->ready, world->stream_end);
    world->stream_end = NULL;
    world->stream = 0;
}

void c8d__sim_break_connection(struct c8d__world *world)
{
    lose_due(world);
    while (world->held != NULL) {
        struct c8d__due *due = world->held;

        world->held = due->next;
        hand_out_lost(world, due);
    }
    c8d__sim_end_stream(world);
    world->counters.connects++;
}
