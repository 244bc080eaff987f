/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table, deadlines, and giving out what has come.
 *
 * There may be more than one connection: a server that goes away finishes on the old one what it has begun,
 * while further calls go to a new one.
 */
#include "../socket.h"
#include "nghttp2_internal.h"

/* Connections that finish what was begun on them; with more, the oldest is given up. */
#define RETIRED_MAX 3
/* How much one call of `next` reads without finding anything to tell, so that deadlines are kept. */
#define READS_MAX 16

static struct c8d__h2_connection *current(const struct c8d__h2 *h2)
{
    return h2->connections != NULL && !h2->connections->retired ? h2->connections : NULL;
}

static bool connected(const struct c8d__transport *transport)
{
    return current((const struct c8d__h2 *)transport) != NULL;
}

/* What has come before the peer went is still to be read; so the connection stays, and takes no more calls.
 */
static void check(struct c8d__transport *transport)
{
    struct c8d__h2_connection *connection = current((struct c8d__h2 *)transport);

    if (connection == NULL || !c8d__socket_hung_up(connection->fd))
        return;
    connection->retired = true;
    c8d__remote_look_now(connection->h2->remote);
}

static int connect_h2(struct c8d__transport *transport, int fd)
{
    struct c8d__h2 *h2 = (struct c8d__h2 *)transport;
    unsigned n = 0;
    int error = c8d__h2_connect(transport, fd);

    if (error != 0)
        return error;
    for (struct c8d__h2_connection *at = h2->connections; at != NULL; at = at->next) {
        if (n++ > RETIRED_MAX)
            c8d__h2_lose(at, "too many connections of a server that goes away");
    }
    return 0;
}

static bool prepare(struct c8d__transport *transport, struct c8d__exchange *exchange)
{
    struct c8d__h2_stream *stream = c8d__remote_alloc(exchange->remote, sizeof(*stream));

    (void)transport;
    if (stream == NULL)
        return false;
    *stream = (struct c8d__h2_stream){.exchange = exchange, .grpc_status = C8D__GRPC_BROKEN};
    exchange->carrier = stream;
    return true;
}

static void start(struct c8d__transport *transport, struct c8d__exchange *exchange)
{
    struct c8d__h2 *h2 = (struct c8d__h2 *)transport;
    struct c8d__h2_connection *connection = current(h2);
    struct c8d__h2_stream *stream = exchange->carrier;

    h2->due_ns = exchange->deadline_ns < h2->due_ns ? exchange->deadline_ns : h2->due_ns;
    if (connection == NULL) { /* lost since it was made sure of: by the other half of a list */
        exchange->unprocessed = true;
        c8d__h2_end(stream, C8D__GRPC_UNAVAILABLE, "the connection was lost");
    } else {
        stream->connection = connection;
        if (h2->remote->active_ns >= connection->pings_due - C8D__PING_PATIENCE + C8D__PING_REST)
            c8d__h2_answer_pings(connection);
        c8d__h2_request(connection, stream);
        c8d__h2_flush(connection);
    }
    if (h2->over != NULL)
        c8d__remote_look_now(h2->remote);
}

static void cancel(struct c8d__transport *transport, struct c8d__exchange *exchange, int code,
                   const char *why)
{
    struct c8d__h2_stream *stream = exchange->carrier;

    (void)transport;
    c8d__h2_reset(stream, code, why);
    if (stream->connection != NULL && !stream->connection->lost)
        c8d__h2_flush(stream->connection);
    c8d__remote_look_now(exchange->remote);
}

static void release(struct c8d__transport *transport, struct c8d__exchange *exchange)
{
    struct c8d__h2 *h2 = (struct c8d__h2 *)transport;
    struct c8d__h2_stream *stream = exchange->carrier;

    for (struct c8d__h2_connection *at = h2->connections; at != NULL; at = at->next) {
        if (at->paused == stream)
            at->paused = NULL;
    }
    if (stream->connection != NULL)
        (void)nghttp2_session_set_stream_user_data(stream->connection->session, stream->id, NULL);
    c8d__h2_message_free(h2, &stream->message);
    exchange->carrier = NULL;
    c8d__remote_release(exchange->remote, stream, sizeof(*stream));
}

/* The nearest time after now. */
static int64_t next_due(const struct c8d__h2 *h2, int64_t now)
{
    int64_t due = C8D_NO_DEADLINE;

    for (const struct c8d__exchange *at = h2->remote->exchanges; at != NULL; at = at->next) {
        if (at->deadline_ns > now && at->deadline_ns < due)
            due = at->deadline_ns;
    }
    for (const struct c8d__h2_connection *at = h2->connections; at != NULL; at = at->next) {
        if (at->n_pings != 0 && at->pings_due > now && at->pings_due < due)
            due = at->pings_due;
    }
    return due;
}

/* Looks for what is due when something is. */
static void expire(struct c8d__h2 *h2, int64_t now)
{
    if (now < h2->due_ns)
        return;
    for (struct c8d__exchange *at = h2->remote->exchanges; at != NULL; at = at->next) {
        if (at->deadline_ns <= now)
            c8d__h2_reset(at->carrier, C8D__GRPC_DEADLINE_EXCEEDED, "no reply in time");
    }
    for (struct c8d__h2_connection *at = h2->connections; at != NULL; at = at->next) {
        if (at->n_pings != 0 && at->pings_due <= now)
            c8d__h2_answer_pings(at);
    }
    h2->due_ns = next_due(h2, now);
}

/* Tells of the ends that are known. True: an arrival was filled. */
static bool tell_over(struct c8d__h2 *h2, struct c8d_arrival *out)
{
    while (h2->over != NULL) {
        struct c8d__h2_stream *stream = h2->over;

        h2->over = stream->next_over;
        if (h2->over == NULL)
            h2->over_end = &h2->over;
        if (stream->exchange->ended(stream->exchange, out))
            return true;
        c8d__arena_reset(&h2->remote->arrival);
    }
    return false;
}

/* Reads from one connection. True: an arrival was filled. */
static bool pump(struct c8d__h2_connection *connection, struct c8d_arrival *out)
{
    struct c8d__h2 *h2 = connection->h2;

    for (unsigned reads = 0; reads < READS_MAX;) {
        if (tell_over(h2, out) || c8d__h2_take_piece(connection, out))
            return true;
        reads += connection->at == connection->length;
        if (!c8d__h2_advance(connection))
            break;
        h2->remote->active_ns = c8d__remote_now();
    }
    if (!connection->lost)
        c8d__h2_flush(connection);
    if (connection->at < connection->length)
        c8d__remote_look_now(h2->remote);
    return tell_over(h2, out);
}

static bool carries_any(const struct c8d__h2_connection *connection)
{
    for (const struct c8d__exchange *at = connection->h2->remote->exchanges; at != NULL; at = at->next) {
        if (((const struct c8d__h2_stream *)at->carrier)->connection == connection)
            return true;
    }
    return false;
}

/* Closes what has nothing more to do. */
static void sweep(struct c8d__h2 *h2)
{
    struct c8d__h2_connection *following;

    for (struct c8d__h2_connection *at = h2->connections; at != NULL; at = following) {
        following = at->next;
        at->drained = false;
        if (at->retired && !carries_any(at))
            c8d__h2_close(at);
    }
}

static bool next(struct c8d__transport *transport, int64_t now, struct c8d_arrival *out)
{
    struct c8d__h2 *h2 = (struct c8d__h2 *)transport;

    expire(h2, now);
    for (struct c8d__h2_connection *at = h2->connections; at != NULL; at = at->next) {
        if (pump(at, out))
            return true;
    }
    if (tell_over(h2, out))
        return true;
    sweep(h2);
    return false;
}

static int64_t due(struct c8d__transport *transport, int64_t now)
{
    const struct c8d__h2 *h2 = (const struct c8d__h2 *)transport;

    /* What is due now is seen to by this very look. */
    return h2->due_ns > now ? h2->due_ns : next_due(h2, now);
}

static void free_all(struct c8d__h2 *h2)
{
    nghttp2_option_del(h2->option);
    nghttp2_session_callbacks_del(h2->callbacks);
    c8d__remote_release(h2->remote, h2, sizeof(*h2));
}

static void destroy(struct c8d__transport *transport)
{
    struct c8d__h2 *h2 = (struct c8d__h2 *)transport;
    struct c8d_arrival unheard;

    for (struct c8d__exchange *at = h2->remote->exchanges; at != NULL; at = at->next)
        c8d__h2_end(at->carrier, C8D__GRPC_CANCELLED, "the runtime is being destroyed");
    while (tell_over(h2, &unheard))
        ;
    while (h2->connections != NULL)
        c8d__h2_close(h2->connections);
    free_all(h2);
}

/* The memory of a child is its own; the socket's other holder, and the set it is in, are the parent's. */
static void abandon(struct c8d__transport *transport)
{
    struct c8d__h2 *h2 = (struct c8d__h2 *)transport;

    for (struct c8d__h2_connection *at = h2->connections; at != NULL; at = at->next)
        c8d__socket_close(at->fd);
    free_all(h2);
}

static const struct c8d__transport_ops ops = {
    .name = "nghttp2",
    .connect = connect_h2,
    .connected = connected,
    .check = check,
    .prepare = prepare,
    .start = start,
    .send = c8d__h2_send,
    .cancel = cancel,
    .release = release,
    .next = next,
    .due = due,
    .destroy = destroy,
    .abandon = abandon,
};

struct c8d__transport *c8d__nghttp2_transport(struct c8d__remote *remote)
{
    struct c8d__h2 *h2 = c8d__remote_alloc(remote, sizeof(*h2));

    if (h2 == NULL)
        return NULL;
    *h2 = (struct c8d__h2){.transport = {&ops}, .remote = remote, .due_ns = C8D_NO_DEADLINE};
    h2->over_end = &h2->over;
    c8d__h2_memory(&h2->memory, remote);
    if (c8d__h2_callbacks(&h2->callbacks) == 0 && c8d__h2_options(&h2->option) == 0)
        return &h2->transport;
    free_all(h2);
    return NULL;
}
