/* SPDX-License-Identifier: Apache-2.0 */
/* A containerd runtime under test: what came from it. */
#include "remote_world.h"
#include "transport.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct c8d_remote_options options_of(const struct server *server, const char *fifos)
{
    return (struct c8d_remote_options){
        .size = sizeof(struct c8d_remote_options),
        .address = str(server->address),
        .namespace_ = str(server->namespace_),
        .fifo_directory = str(fifos),
        .transport = test_transport(),
    };
}

void world_open(struct world *world, const struct server *server)
{
    struct c8d_remote_options options;
    struct c8d_error err = {0};

    *world = (struct world){.server = server};
    (void)snprintf(world->fifos, sizeof(world->fifos), "/tmp/c8d-fifos-XXXXXX");
    assert_non_null(mkdtemp(world->fifos));
    options = options_of(server, world->fifos);
    if (c8d_remote_new(&options, &world->runtime, &err) != C8D_OK)
        fail_msg("%s", err.message);
}

void world_close(struct world *world)
{
    world->runtime.ops->destroy(world->runtime.ctx);
    assert_int_equal(rmdir(world->fifos), 0); /* nothing was left behind */
}

int64_t world_now(struct world *world)
{
    return world->runtime.ops->now(world->runtime.ctx);
}

static void copy(char *to, size_t size, struct c8d_str from)
{
    (void)snprintf(to, size, "%.*s", (int)from.len, from.len != 0 ? from.ptr : "");
}

static void keep_event(struct world *world, const struct c8d_event *event)
{
    struct event *kept = &world->events[world->n_events++];

    assert_true(world->n_events <= EVENTS_MAX);
    assert_int_equal(event->namespace_.len, strlen(world->server->namespace_));
    assert_memory_equal(event->namespace_.ptr, world->server->namespace_, event->namespace_.len);
    *kept = (struct event){.kind = event->kind, .pid = event->pid, .exit = event->exit};
    copy(kept->container, sizeof(kept->container), event->container);
    copy(kept->process, sizeof(kept->process), event->process);
}

static void keep_entry(struct reply *reply, const struct c8d_arrival *arrival, struct c8d_str container)
{
    reply->n_entries = arrival->n_entries;
    for (size_t i = 0; i < arrival->n_entries; i++) {
        const struct c8d_entry *entry = &arrival->entries[i];

        if (entry->container.len != container.len ||
            memcmp(entry->container.ptr, container.ptr, container.len) != 0)
            continue;
        reply->entry = *entry;
        copy(reply->runtime, sizeof(reply->runtime), entry->runtime);
        if (entry->n_labels != 0)
            copy(reply->label, sizeof(reply->label), entry->labels[0].value);
        reply->spec_length = entry->spec.len;
        reply->spec = malloc(entry->spec.len + 1);
        assert_non_null(reply->spec);
        if (entry->spec.len != 0)
            memcpy(reply->spec, entry->spec.ptr, entry->spec.len);
    }
}

static void keep_reply(struct reply *reply, const struct c8d_arrival *arrival, struct c8d_str container)
{
    *reply = (struct reply){
        .status = arrival->status,
        .origin = arrival->origin,
        .origin_code = arrival->origin_code,
        .pid = arrival->pid,
        .exit = arrival->exit,
    };
    copy(reply->message, sizeof(reply->message), arrival->message);
    copy(reply->version, sizeof(reply->version), arrival->version);
    keep_entry(reply, arrival, container);
}

/* Takes what is there. Returns true when it was the reply to `token`. */
bool world_take(struct world *world, uint64_t token, struct c8d_str container, struct reply *reply)
{
    struct c8d_arrival arrival;

    while (world->runtime.ops->next(world->runtime.ctx, &arrival)) {
        if (arrival.kind == C8D_ARRIVAL_EVENT)
            keep_event(world, &arrival.event);
        else if (arrival.kind == C8D_ARRIVAL_STREAM_ENDED)
            world->stream_ends++;
        else if (arrival.token == token) {
            keep_reply(reply, &arrival, container);
            return true;
        }
    }
    return false;
}

void world_await(struct world *world, uint64_t token, struct c8d_str container, struct reply *reply)
{
    int64_t until = world_now(world) + PATIENCE;

    while (!world_take(world, token, container, reply)) {
        if (world_now(world) >= until)
            fail_msg("no reply to call %llu", (unsigned long long)token);
        world->runtime.ops->wait(world->runtime.ctx, NULL, 0, until - world_now(world));
    }
}

uint64_t world_submit(struct world *world, struct c8d_call call)
{
    call.token = ++world->token;
    if (call.deadline_ns == 0)
        call.deadline_ns = world_now(world) + PATIENCE;
    assert_int_equal(world->runtime.ops->submit(world->runtime.ctx, &call, NULL), C8D_OK);
    return call.token;
}

struct reply world_call(struct world *world, struct c8d_call request)
{
    struct reply reply;

    world_await(world, world_submit(world, request), request.container, &reply);
    free(reply.spec);
    reply.spec = NULL;
    return reply;
}

void world_call_ok(struct world *world, struct c8d_call request)
{
    struct reply reply = world_call(world, request);

    if (reply.status != C8D_OK)
        fail_msg("%s: %s", c8d_call_name(request.kind), reply.message);
}

const struct event *world_find_event(const struct world *world, enum c8d_event_kind kind,
                                     const char *container, const char *process)
{
    for (size_t i = 0; i < world->n_events; i++) {
        const struct event *event = &world->events[i];

        if (event->kind == kind && strcmp(event->container, container) == 0 &&
            strcmp(event->process, process) == 0)
            return event;
    }
    return NULL;
}

const struct event *world_await_event(struct world *world, enum c8d_event_kind kind, const char *container,
                                      const char *process)
{
    int64_t until = world_now(world) + PATIENCE;
    const struct event *event;
    struct reply unheard;

    while ((event = world_find_event(world, kind, container, process)) == NULL) {
        if (world_now(world) >= until)
            fail_msg("no event %s of %s/%s", c8d_event_topic(kind), container, process);
        world->runtime.ops->wait(world->runtime.ctx, NULL, 0, until - world_now(world));
        assert_false(world_take(world, 0, str(""), &unheard));
    }
    return event;
}
