/* SPDX-License-Identifier: Apache-2.0 */
/* One socket and its session: reading, writing, its end. */
#include "../socket.h"
#include "../waiter.h"
#include "nghttp2_internal.h"
#include <errno.h>
#include <string.h>

/* How far the server may write ahead: a full message on each stream, and two of them at once. It is the
 * socket that holds it, not we. */
#define STREAM_WINDOW C8D__MESSAGE_BYTES_MAX
#define CONNECTION_WINDOW (2 * C8D__MESSAGE_BYTES_MAX)

static int greet(struct c8d__h2_connection *connection)
{
    /* Without a table of headers, which every text of a failure would go into: what is held does not depend
     * on what the server has said, and no reply is much longer for it. */
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, 0},
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, STREAM_WINDOW},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, C8D__HEADER_BYTES_MAX},
    };
    int error = nghttp2_submit_settings(connection->session, NGHTTP2_FLAG_NONE, settings,
                                        sizeof(settings) / sizeof(settings[0]));

    if (error == 0)
        error = nghttp2_session_set_local_window_size(connection->session, NGHTTP2_FLAG_NONE, 0,
                                                      CONNECTION_WINDOW);
    return error == 0 ? 0 : ENOMEM;
}

static int set_up(struct c8d__h2_connection *connection)
{
    struct c8d__h2 *h2 = connection->h2;

    if (nghttp2_session_client_new3(&connection->session, h2->callbacks, connection, h2->option,
                                    &h2->memory) != 0)
        return ENOMEM;
    if (greet(connection) != 0)
        return ENOMEM;
    return c8d__waiter_watch(h2->remote->waiter, connection->fd);
}

static void free_connection(struct c8d__h2_connection *connection)
{
    nghttp2_session_del(connection->session);
    c8d__socket_close(connection->fd);
    c8d__remote_release(connection->h2->remote, connection, sizeof(*connection));
}

int c8d__h2_connect(struct c8d__transport *transport, int fd)
{
    struct c8d__h2 *h2 = (struct c8d__h2 *)transport;
    struct c8d__h2_connection *connection = c8d__remote_alloc(h2->remote, sizeof(*connection));
    int error;

    if (connection == NULL) {
        c8d__socket_close(fd);
        return ENOMEM;
    }
    /* Its buffers are not touched before they are used. */
    memset(connection, 0, offsetof(struct c8d__h2_connection, input));
    memset(&connection->output, 0, offsetof(struct c8d__h2_output, bytes));
    connection->h2 = h2;
    connection->fd = fd;
    error = set_up(connection);
    if (error != 0) {
        free_connection(connection);
        return error;
    }
    connection->next = h2->connections;
    h2->connections = connection;
    return 0;
}

void c8d__h2_close(struct c8d__h2_connection *connection)
{
    struct c8d__h2_connection **link = &connection->h2->connections;

    while (*link != connection)
        link = &(*link)->next;
    *link = connection->next;
    c8d__waiter_unwatch(connection->h2->remote->waiter, connection->fd);
    free_connection(connection);
}

void c8d__h2_lose(struct c8d__h2_connection *connection, const char *why)
{
    if (connection->lost)
        return;
    connection->lost = connection->retired = true;
    if (connection->why == NULL)
        connection->why = why;
    for (struct c8d__exchange *at = connection->h2->remote->exchanges; at != NULL; at = at->next) {
        struct c8d__h2_stream *stream = at->carrier;

        if (stream->connection != connection || stream->over)
            continue;
        at->unprocessed = !stream->on_wire;
        c8d__h2_end(stream, C8D__GRPC_UNAVAILABLE, connection->why);
    }
    c8d__remote_look_now(connection->h2->remote);
}

/* Writes what is in the buffer. True when all of it is out. */
static bool write_out(struct c8d__h2_connection *connection)
{
    struct c8d__h2_output *output = &connection->output;

    while (output->at < output->length) {
        ptrdiff_t n =
            c8d__socket_write(connection->fd, output->bytes + output->at, output->length - output->at);

        if (n < 0)
            c8d__h2_lose(connection, "the connection broke");
        if (n <= 0)
            return false;
        output->at += (size_t)n;
    }
    output->at = output->length = 0;
    return true;
}

/* Gets the session's next frame, or the one that did not fit. False: there is none. */
static bool next_frame(struct c8d__h2_connection *connection)
{
    struct c8d__h2_output *output = &connection->output;
    ssize_t n;

    if (output->held_length != 0)
        return true;
    n = nghttp2_session_mem_send(connection->session, &output->held);
    if (n < 0)
        c8d__h2_lose(connection, nghttp2_strerror((int)n));
    if (n <= 0)
        return false;
    output->held_length = (size_t)n;
    return true;
}

static void want_room(struct c8d__h2_connection *connection, bool room)
{
    if (connection->output.wants_room == room)
        return;
    connection->output.wants_room = room;
    c8d__waiter_watch_room(connection->h2->remote->waiter, connection->fd, room);
}

void c8d__h2_flush(struct c8d__h2_connection *connection)
{
    struct c8d__h2_output *output = &connection->output;

    while (!connection->lost && next_frame(connection)) {
        if (output->held_length > sizeof(output->bytes) - output->length && !write_out(connection))
            break;
        memcpy(output->bytes + output->length, output->held, output->held_length);
        output->length += output->held_length;
        output->held_length = 0;
    }
    if (!connection->lost)
        want_room(connection, !write_out(connection));
    if (!connection->lost && !nghttp2_session_want_read(connection->session) &&
        !nghttp2_session_want_write(connection->session) && output->length == 0)
        c8d__h2_lose(connection, "the server has ended the connection");
}

void c8d__h2_answer_pings(struct c8d__h2_connection *connection)
{
    for (unsigned i = 0; i < connection->n_pings; i++) {
        int error = nghttp2_submit_ping(connection->session, NGHTTP2_FLAG_ACK, connection->pings[i]);

        /* A server that asks and does not take our answers is one that floods. */
        if (error != 0)
            c8d__h2_lose(connection, nghttp2_strerror(error));
    }
    connection->n_pings = 0;
}

/* Lets the session process what was read, up to the next piece of a body. */
static void process(struct c8d__h2_connection *connection)
{
    ssize_t n;

    connection->resume = false;
    n = nghttp2_session_mem_recv(connection->session, connection->input + connection->at,
                                 connection->length - connection->at);
    if (n < 0)
        c8d__h2_lose(connection, nghttp2_strerror((int)n));
    else
        connection->at += (size_t)n;
}

bool c8d__h2_advance(struct c8d__h2_connection *connection)
{
    ptrdiff_t n;

    if (connection->lost)
        return false;
    if (connection->at < connection->length || connection->resume) {
        process(connection);
        return true;
    }
    if (connection->drained)
        return false;
    n = c8d__socket_read(connection->fd, connection->input, sizeof(connection->input));
    connection->at = 0;
    connection->length = n > 0 ? (size_t)n : 0;
    /* Less than asked for was all of it: looking again would cost a system call. */
    connection->drained = connection->length < sizeof(connection->input);
    if (n < 0)
        c8d__h2_lose(connection, "the server has closed the connection");
    return n != 0;
}
