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
 * Subscribe is not bound to a namespace: events of others are dropped here.
 */
#include "events.pb-c.h"
#include "remote_internal.h"
#include <grpc/support/log.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define REPUBLISH_AFTER (20 * C8D__MS)
#define TOPIC_BYTES 64

struct c8d__subscription {
    struct c8d__tag sent;
    struct c8d__tag received;
    struct c8d__tag ended;
    struct c8d__subscription *next;
    struct c8d__remote *remote;
    uint64_t token;
    int64_t deadline_ns; /* of the marker's arrival */
    int64_t publish_ns;  /* when the marker is due (again) */
    unsigned pending;    /* what C core still has of us: tags, and a marker being published */
    bool publishing;
    bool confirmed; /* the marker came: the reply is given */
    bool over;      /* the stream has ended, or was told to */
    char topic[TOPIC_BYTES];
    grpc_call *call;
    grpc_byte_buffer *request;
    grpc_byte_buffer *message;
    struct c8d__outcome outcome;
};

static void unlink_and_free(struct c8d__subscription *self)
{
    struct c8d__remote *remote = self->remote;
    struct c8d__subscription **link = &remote->subscriptions;

    while (*link != self)
        link = &(*link)->next;
    *link = self->next;
    grpc_call_unref(self->call);
    grpc_byte_buffer_destroy(self->request);
    grpc_byte_buffer_destroy(self->message);
    c8d__outcome_free(&self->outcome);
    c8d__remote_release(remote, self, sizeof(*self));
}

/* The last thing that C core had of us is back: says how it ended. */
static bool settle(struct c8d__subscription *self, struct c8d_arrival *out)
{
    if (--self->pending != 0)
        return false;
    out->kind = self->confirmed ? C8D_ARRIVAL_STREAM_ENDED : C8D_ARRIVAL_REPLY;
    out->token = self->token;
    c8d__outcome_tell(self->remote, &self->outcome, out);
    if (out->status == C8D_OK && !self->confirmed) {
        out->status = C8D_REMOTE;
        out->message = c8d__wire_str("containerd ended the event stream at once");
    }
    unlink_and_free(self);
    return true;
}

static void end(struct c8d__subscription *self, grpc_status_code code, const char *why)
{
    if (!self->over)
        (void)grpc_call_cancel_with_status(self->call, code, why, NULL);
    self->over = true;
}

static bool marker_published(struct c8d__tag *tag, bool ok, struct c8d_arrival *out)
{
    struct c8d__rpc *rpc = (struct c8d__rpc *)tag;
    struct c8d__subscription *self = rpc->owner;

    (void)ok; /* the status tells */
    self->publishing = false;
    if (rpc->outcome.code != GRPC_STATUS_OK && !self->confirmed)
        end(self, rpc->outcome.code, "the marker of the event stream could not be published");
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
    rpc = c8d__rpc_new(self->remote, C8D__METHOD_PUBLISH, c8d__pack(&request.base), 0, self->deadline_ns);
    if (rpc == NULL) /* tried again when it is due */
        return;
    rpc->tag.complete = marker_published;
    rpc->owner = self;
    self->publishing = true;
    self->pending++;
    c8d__rpc_start(rpc);
}

static void tend(struct c8d__subscription *self, int64_t now)
{
    if (now >= self->deadline_ns) {
        end(self, GRPC_STATUS_DEADLINE_EXCEEDED, "the event stream did not deliver in time");
    } else if (now >= self->publish_ns) {
        self->publish_ns = now + REPUBLISH_AFTER;
        if (!self->publishing && self->remote->connection.fd >= 0)
            publish(self);
    }
}

int64_t c8d__subscriptions_tend(struct c8d__remote *remote, int64_t now)
{
    int64_t due = C8D_NO_DEADLINE;

    for (struct c8d__subscription *self = remote->subscriptions; self != NULL; self = self->next) {
        if (self->confirmed || self->over)
            continue;
        tend(self, now);
        due = self->publish_ns < due ? self->publish_ns : due;
        due = self->deadline_ns < due ? self->deadline_ns : due;
    }
    return due;
}

static void receive(struct c8d__subscription *self, bool first)
{
    const grpc_op ops[] = {
        {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &self->message},
        {.op = GRPC_OP_RECV_INITIAL_METADATA,
         .data.recv_initial_metadata.recv_initial_metadata = &self->outcome.initial},
    };

    self->pending++;
    c8d__batch(self->call, ops, first ? 2 : 1, &self->received);
}

static struct c8d__subscription *from(struct c8d__tag *tag, size_t offset)
{
    return (struct c8d__subscription *)((char *)tag - offset);
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
        end(self, GRPC_STATUS_INTERNAL, "containerd sent a malformed event");
        return false;
    default:
        return false;
    }
}

/* A message that cannot be read ends the stream: what it said is then found out by asking. */
static bool received(struct c8d__tag *tag, bool ok, struct c8d_arrival *out)
{
    struct c8d__subscription *self = from(tag, offsetof(struct c8d__subscription, received));
    const C8dw__Envelope *envelope;
    bool told = false;

    if (!ok || self->message == NULL)
        return settle(self, out);
    envelope = (const C8dw__Envelope *)c8d__unpack(&self->remote->arrival, &c8dw__envelope__descriptor,
                                                   self->message);
    grpc_byte_buffer_destroy(self->message);
    self->message = NULL;
    if (envelope == NULL)
        end(self, GRPC_STATUS_INTERNAL, "containerd sent a malformed event");
    else if (!self->over)
        told = deliver(self, envelope, out);
    receive(self, false);
    self->pending--; /* this message's; the next one has its own */
    return told;
}

static bool sent(struct c8d__tag *tag, bool ok, struct c8d_arrival *out)
{
    (void)ok; /* the status tells */
    return settle(from(tag, offsetof(struct c8d__subscription, sent)), out);
}

static bool ended(struct c8d__tag *tag, bool ok, struct c8d_arrival *out)
{
    struct c8d__subscription *self = from(tag, offsetof(struct c8d__subscription, ended));

    (void)ok;
    self->over = true;
    return settle(self, out);
}

/* Asked for at once: without it a stream that was refused would look like a silent one. */
static void await_end(struct c8d__subscription *self)
{
    const grpc_op op = {
        .op = GRPC_OP_RECV_STATUS_ON_CLIENT,
        .data.recv_status_on_client = {.trailing_metadata = &self->outcome.trailing,
                                       .status = &self->outcome.code,
                                       .status_details = &self->outcome.details},
    };

    self->pending++;
    c8d__batch(self->call, &op, 1, &self->ended);
}

static void open_stream(struct c8d__subscription *self)
{
    grpc_metadata header = c8d__namespace_header(self->remote);
    const grpc_op ops[] = {
        {.op = GRPC_OP_SEND_INITIAL_METADATA,
         .data.send_initial_metadata = {.count = 1, .metadata = &header}},
        {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = self->request},
        {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT},
    };

    await_end(self);
    self->pending++;
    c8d__batch(self->call, ops, sizeof(ops) / sizeof(ops[0]), &self->sent);
    receive(self, true);
}

/* A value that begins with a slash must be quoted. */
static grpc_byte_buffer *request_for(const char *topic)
{
    char tasks[] = "topic~=|^/tasks/|";
    char containers[] = "topic~=|^/containers/|";
    char marker[TOPIC_BYTES + sizeof("topic==\"\"")];
    char *filters[] = {tasks, containers, marker};
    C8dw__SubscribeRequest request = C8DW__SUBSCRIBE_REQUEST__INIT;

    (void)snprintf(marker, sizeof(marker), "topic==\"%s\"", topic);
    request.filters = filters;
    request.n_filters = sizeof(filters) / sizeof(filters[0]);
    return c8d__pack(&request.base);
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
        .sent = {sent},
        .received = {received},
        .ended = {ended},
        .next = remote->subscriptions,
        .remote = remote,
        .token = call->token,
        .deadline_ns = call->deadline_ns,
    };
    c8d__outcome_init(&self->outcome);
    name_marker(self);
    self->request = request_for(self->topic);
    self->call = c8d__connection_call(remote, C8D__METHOD_SUBSCRIBE, C8D_NO_DEADLINE);
    remote->subscriptions = self;
    open_stream(self);
    tend(self, c8d__remote_now());
    c8d__remote_look_at(remote, self->publish_ns);
    return C8D_OK;
}

void c8d__subscriptions_cancel(struct c8d__remote *remote)
{
    for (struct c8d__subscription *self = remote->subscriptions; self != NULL; self = self->next)
        end(self, GRPC_STATUS_CANCELLED, "the runtime is being destroyed");
}
