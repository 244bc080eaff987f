/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event stream.
 *
 * containerd acknowledges a subscription by nothing: the stream is silent until the first event, and what
 * happened just before the server got to it is lost. So we publish a marker of our own, under a topic that
 * only this subscription has, until the stream brings it. From then on every event is certain to arrive; only
 * then the call gets its reply. Events that came before the marker are given out when they come, before the
 * reply.
 *
 * Subscribe is not bound to a namespace: which one is wanted is said in its filters, so that nobody is woken
 * for what happens in another one; what comes of others all the same is dropped here.
 */
#include "events.pb-c.h"
#include "remote_internal.h"
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define REPUBLISH_AFTER (20 * C8D__MS)
#define TOPIC_BYTES 64

struct c8d__subscription {
    struct c8d__exchange exchange; /* first */
    struct c8d__subscription *next;
    struct c8d__remote *remote;
    uint64_t token;
    int64_t deadline_ns; /* of the marker's arrival */
    int64_t publish_ns;  /* when the marker is due (again) */
    bool publishing;     /* a marker is on its way */
    bool confirmed;      /* the marker came: the reply is given */
    bool stopped;        /* the stream was told to end */
    bool over;           /* it has ended */
    char topic[TOPIC_BYTES];
};

static void unlink_and_free(struct c8d__subscription *self)
{
    struct c8d__remote *remote = self->remote;
    struct c8d__subscription **link = &remote->subscriptions;

    while (*link != self)
        link = &(*link)->next;
    *link = self->next;
    c8d__exchange_release(&self->exchange);
    c8d__packed_free(remote, self->exchange.request);
    c8d__remote_release(remote, self, sizeof(*self));
}

/* The stream and a marker on its way are both over: says how it ended. */
static bool settle(struct c8d__subscription *self, struct c8d_arrival *out)
{
    if (!self->over || self->publishing)
        return false;
    out->kind = self->confirmed ? C8D_ARRIVAL_STREAM_ENDED : C8D_ARRIVAL_REPLY;
    out->token = self->token;
    c8d__outcome_tell(self->remote, &self->exchange, out);
    if (out->status == C8D_OK && !self->confirmed) {
        out->status = C8D_REMOTE;
        out->message = c8d__wire_str("containerd ended the event stream at once");
    }
    unlink_and_free(self);
    return true;
}

static void end(struct c8d__subscription *self, int code, const char *why)
{
    if (!self->stopped && !self->over)
        c8d__exchange_cancel(&self->exchange, code, why);
    self->stopped = true;
}

static bool marker_published(struct c8d__exchange *exchange, struct c8d_arrival *out)
{
    struct c8d__rpc *rpc = (struct c8d__rpc *)exchange;
    struct c8d__subscription *self = rpc->owner;

    self->publishing = false;
    if (exchange->code != C8D__GRPC_OK && !self->confirmed)
        end(self, exchange->code, "the marker of the event stream could not be published");
    c8d__rpc_free(rpc);
    return settle(self, out);
}

static void publish(struct c8d__subscription *self)
{
    char type[] = "google.protobuf.Empty"; /* known to whoever else listens */
    C8dw__PublishRequest request = C8DW__PUBLISH_REQUEST__INIT;
    C8dw__Any event = C8DW__ANY__INIT;
    struct c8d__rpc *rpc;

    event.type_url = type;
    request.topic = self->topic;
    request.event = &event;
    rpc = c8d__rpc_new(self->remote, C8D__METHOD_PUBLISH, c8d__pack(self->remote, &request.base), 0,
                       self->deadline_ns);
    if (rpc == NULL) /* tried again when it is due */
        return;
    rpc->exchange.ended = marker_published;
    rpc->owner = self;
    self->publishing = true;
    c8d__exchange_start(&rpc->exchange);
}

static void tend(struct c8d__subscription *self, int64_t now)
{
    if (now >= self->deadline_ns) {
        end(self, C8D__GRPC_DEADLINE_EXCEEDED, "the event stream did not deliver in time");
    } else if (now >= self->publish_ns) {
        self->publish_ns = now + REPUBLISH_AFTER;
        if (!self->publishing && self->remote->transport->ops->connected(self->remote->transport))
            publish(self);
    }
}

int64_t c8d__subscriptions_tend(struct c8d__remote *remote, int64_t now)
{
    int64_t due = C8D_NO_DEADLINE;

    for (struct c8d__subscription *self = remote->subscriptions; self != NULL; self = self->next) {
        if (self->confirmed || self->stopped || self->over)
            continue;
        tend(self, now);
        due = self->publish_ns < due ? self->publish_ns : due;
        due = self->deadline_ns < due ? self->deadline_ns : due;
    }
    return due;
}

/* Gives out one message of the stream. */
static bool deliver(struct c8d__subscription *self, const C8dw__Envelope *envelope, struct c8d_arrival *out)
{
    struct c8d__remote *remote = self->remote;

    out->token = self->token;
    if (!self->confirmed && strcmp(envelope->topic, self->topic) == 0) {
        self->confirmed = true;
        out->kind = C8D_ARRIVAL_REPLY;
        return true;
    }
    if (strcmp(envelope->namespace_, remote->namespace_) != 0)
        return false;
    out->kind = C8D_ARRIVAL_EVENT;
    switch (c8d__wire_event(&remote->arrival, envelope, &out->event)) {
    case C8D__WIRE_EVENT:
        remote->counters.events++;
        return true;
    case C8D__WIRE_MALFORMED:
        end(self, C8D__GRPC_INTERNAL, "containerd sent a malformed event");
        return false;
    default:
        return false;
    }
}

/* A message that cannot be read ends the stream: what it said is then found out by asking. */
static bool received(struct c8d__exchange *exchange, struct c8d_str bytes, struct c8d_arrival *out)
{
    struct c8d__subscription *self = (struct c8d__subscription *)exchange;
    const C8dw__Envelope *envelope =
        (const C8dw__Envelope *)c8d__unpack(&self->remote->arrival, &c8dw__envelope__descriptor, bytes);

    if (envelope != NULL)
        return deliver(self, envelope, out);
    end(self, C8D__GRPC_INTERNAL, "containerd sent a malformed event");
    return false;
}

static bool ended(struct c8d__exchange *exchange, struct c8d_arrival *out)
{
    struct c8d__subscription *self = (struct c8d__subscription *)exchange;

    self->over = true;
    return settle(self, out);
}

/* A comma is "and", several filters are "or". A value that is more than letters and digits is quoted. */
static struct c8d__packed *request_for(const struct c8d__remote *remote, const char *topic)
{
    char tasks[C8D_NAME_BYTES_MAX + sizeof("namespace==\"\",topic~=|^/tasks/|")];
    char containers[C8D_NAME_BYTES_MAX + sizeof("namespace==\"\",topic~=|^/containers/|")];
    char marker[TOPIC_BYTES + sizeof("topic==\"\"")];
    char *filters[] = {tasks, containers, marker};
    C8dw__SubscribeRequest request = C8DW__SUBSCRIBE_REQUEST__INIT;

    (void)snprintf(tasks, sizeof(tasks), "namespace==\"%s\",topic~=|^/tasks/|", remote->namespace_);
    (void)snprintf(containers, sizeof(containers), "namespace==\"%s\",topic~=|^/containers/|",
                   remote->namespace_);
    (void)snprintf(marker, sizeof(marker), "topic==\"%s\"", topic);
    request.filters = filters;
    request.n_filters = sizeof(filters) / sizeof(filters[0]);
    return c8d__pack(remote, &request.base);
}

static void name_marker(struct c8d__subscription *self)
{
    unsigned long long salt = 0;

    /* Without random bytes the clock must do: nobody gains by guessing. */
    if (getrandom(&salt, sizeof(salt), GRND_NONBLOCK) != (ssize_t)sizeof(salt))
        salt = (unsigned long long)c8d__remote_now();
    (void)snprintf(self->topic, sizeof(self->topic), "/c8d/marker/%llx-%llx", salt,
                   (unsigned long long)self->remote->markers++);
}

enum c8d_status c8d__subscribe(struct c8d__remote *remote, const struct c8d_call *call)
{
    struct c8d__subscription *self = c8d__remote_alloc(remote, sizeof(*self));

    if (self == NULL)
        return C8D_EXHAUSTED;
    *self = (struct c8d__subscription){
        .exchange =
            {
                .method = C8D__METHOD_SUBSCRIBE,
                .deadline_ns = C8D_NO_DEADLINE,
                .message = received,
                .ended = ended,
            },
        .next = remote->subscriptions,
        .remote = remote,
        .token = call->token,
        .deadline_ns = call->deadline_ns,
    };
    remote->subscriptions = self;
    name_marker(self);
    self->exchange.request = request_for(remote, self->topic);
    if (self->exchange.request == NULL || !c8d__exchange_prepare(remote, &self->exchange)) {
        unlink_and_free(self);
        return C8D_EXHAUSTED;
    }
    c8d__exchange_start(&self->exchange);
    tend(self, c8d__remote_now());
    c8d__remote_look_at(remote, self->publish_ns);
    return C8D_OK;
}
