/* SPDX-License-Identifier: Apache-2.0 */
/* The event stream: in order, unless a fault says otherwise, and gone for good while nobody is subscribed. */
#include "simulated_internal.h"
#include <stdio.h>

#define DELAY_MAX_US 50000

static void deliver(struct c8d__world *world, const struct c8d_event *event, int64_t at)
{
    struct c8d__due *due = c8d__sim_due_new(world, C8D__DUE_ARRIVAL);

    /* Without memory for it the event is lost, as it is when a shim gives up publishing. */
    if (due == NULL)
        return;
    snprintf(due->container, sizeof(due->container), "%.*s", (int)event->container.len, event->container.ptr);
    snprintf(due->process, sizeof(due->process), "%.*s", (int)event->process.len, event->process.ptr);
    due->arrival.kind = C8D_ARRIVAL_EVENT;
    due->arrival.event = *event;
    due->arrival.event.namespace_ = c8d__sim_str(world->namespace_);
    due->arrival.event.container = c8d__sim_str(due->container);
    due->arrival.event.process = c8d__sim_str(due->process);
    c8d__sim_schedule(world, due, at);
}

void c8d__sim_publish_event(struct c8d__world *world, const struct c8d_event *event)
{
    int64_t at = c8d__sim_now(world) + c8d__sim_random(world, 1000) * C8D__US;
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

    c8d__sim_free_entries(world, due);
    due->kind = C8D__DUE_ARRIVAL;
    snprintf(due->message, sizeof(due->message), "%s", message);
    due->arrival = (struct c8d_arrival){.kind = C8D_ARRIVAL_REPLY,
                                        .token = token,
                                        .status = C8D_INDETERMINATE,
                                        .message = c8d__sim_str(due->message)};
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
            c8d__sim_lose_reply(world, reply, "connection lost");
        } else if (calls || (due->kind == C8D__DUE_ARRIVAL && due->arrival.kind == C8D_ARRIVAL_REPLY)) {
            /* A call, too, without memory for its reply: it becomes that itself, and never acts. */
            *link = due->next;
            c8d__sim_lose_reply(world, due, "connection lost");
            continue;
        } else if (due->kind == C8D__DUE_ARRIVAL) {
            *link = due->next;
            c8d__sim_due_free(world, due);
            continue;
        }
        link = &due->next;
    }
}

void c8d__sim_break_connection(struct c8d__world *world)
{
    lose_due(world);
    while (world->held != NULL) {
        struct c8d__due *due = world->held;

        world->held = due->next;
        c8d__sim_lose_reply(world, due, "connection lost");
    }
    if (world->stream != 0) {
        world->stream_end->arrival.kind = C8D_ARRIVAL_STREAM_ENDED;
        world->stream_end->arrival.token = world->stream;
        c8d__sim_append(&world->ready, world->stream_end);
        world->stream_end = NULL;
        world->stream = 0;
    }
    world->counters.connects++;
}
