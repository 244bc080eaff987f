/* SPDX-License-Identifier: Apache-2.0 */
/* What nghttp2 tells us of a session, and how it is set up. */
#include "nghttp2_internal.h"
#include <string.h>

static struct c8d__h2_stream *stream_of(nghttp2_session *session, int32_t id)
{
    return nghttp2_session_get_stream_user_data(session, id);
}

/* One that the session does not know, since it was never opened. */
static struct c8d__h2_stream *find(const struct c8d__h2_connection *connection, int32_t id)
{
    for (struct c8d__exchange *at = connection->h2->remote->exchanges; at != NULL; at = at->next) {
        struct c8d__h2_stream *stream = at->carrier;

        if (stream->connection == connection && stream->id == id)
            return stream;
    }
    return NULL;
}

/* NOLINTNEXTLINE(readability-function-size): nghttp2 says what it takes */
static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags, void *user)
{
    struct c8d__h2_stream *stream = stream_of(session, frame->hd.stream_id);

    (void)flags;
    (void)user;
    if (stream == NULL || stream->over)
        return 0;
    if (c8d__h2_header(stream, (struct c8d_str){(const char *)name, name_length},
                       (struct c8d_str){(const char *)value, value_length}))
        return 0;
    c8d__h2_end(stream, C8D__GRPC_BROKEN, "the reply has more headers than we take");
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

/* Stops here: the piece is taken before anything else is processed. */
static int on_piece(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes, size_t length,
                    void *user)
{
    struct c8d__h2_connection *connection = user;
    struct c8d__h2_stream *stream = stream_of(session, id);

    (void)flags;
    if (stream == NULL || stream->over || stream->http_status != 200)
        return 0;
    connection->paused = stream;
    connection->piece = bytes;
    connection->piece_length = length;
    connection->resume = true;
    return NGHTTP2_ERR_PAUSE;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t error_code, void *user)
{
    struct c8d__h2_stream *stream = stream_of(session, id);

    (void)user;
    if (stream != NULL)
        c8d__h2_closed(stream, error_code);
    return 0;
}

/* An answer goes out with a request, since one by itself costs a system call. */
static void take_ping(struct c8d__h2_connection *connection, const nghttp2_ping *ping)
{
    if (connection->n_pings == C8D__PINGS_MAX)
        c8d__h2_answer_pings(connection);
    if (connection->n_pings == 0) {
        connection->pings_due = c8d__remote_now() + C8D__PING_PATIENCE;
        if (connection->pings_due < connection->h2->due_ns)
            connection->h2->due_ns = connection->pings_due;
        c8d__remote_look_at(connection->h2->remote, connection->pings_due);
    }
    memcpy(connection->pings[connection->n_pings++], ping->opaque_data, C8D__PING_BYTES);
}

/* The server has said all, and does not want to hear the rest of the request: without our end the stream
 * would stay. */
static void end_early(nghttp2_session *session, int32_t id)
{
    struct c8d__h2_stream *stream = stream_of(session, id);

    if (stream == NULL || stream->over)
        return;
    if (!stream->exchange->more && stream->sent == C8D__PREFIX_BYTES + stream->exchange->request->size)
        return;
    c8d__h2_closed(stream, NGHTTP2_NO_ERROR);
    (void)nghttp2_session_set_stream_user_data(session, id, NULL);
    (void)nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_NO_ERROR);
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    struct c8d__h2_connection *connection = user;

    if (frame->hd.type == NGHTTP2_GOAWAY)
        connection->retired = true;
    else if ((frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) &&
             (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0)
        end_early(session, frame->hd.stream_id);
    else if (frame->hd.type == NGHTTP2_PING && (frame->hd.flags & NGHTTP2_FLAG_ACK) == 0)
        take_ping(connection, &frame->ping);
    return 0;
}

static int on_invalid(nghttp2_session *session, const nghttp2_frame *frame, int error, void *user)
{
    struct c8d__h2_connection *connection = user;

    (void)session;
    (void)frame;
    connection->why = nghttp2_strerror(error);
    return 0;
}

static int on_sent(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    struct c8d__h2_stream *stream;

    (void)user;
    if (frame->hd.type != NGHTTP2_HEADERS)
        return 0;
    stream = stream_of(session, frame->hd.stream_id);
    if (stream != NULL)
        stream->on_wire = true;
    return 0;
}

static int on_not_sent(nghttp2_session *session, const nghttp2_frame *frame, int error, void *user)
{
    struct c8d__h2_stream *stream;

    (void)session;
    if (frame->hd.type != NGHTTP2_HEADERS)
        return 0;
    stream = find(user, frame->hd.stream_id);
    if (stream == NULL || stream->over)
        return 0;
    stream->exchange->unprocessed = true;
    c8d__h2_end(stream, C8D__GRPC_UNAVAILABLE, nghttp2_strerror(error));
    return 0;
}

int c8d__h2_callbacks(nghttp2_session_callbacks **out)
{
    int error = nghttp2_session_callbacks_new(out);

    if (error != 0)
        return error;
    nghttp2_session_callbacks_set_on_header_callback(*out, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(*out, on_piece);
    nghttp2_session_callbacks_set_on_stream_close_callback(*out, on_close);
    nghttp2_session_callbacks_set_on_frame_recv_callback(*out, on_frame);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(*out, on_invalid);
    nghttp2_session_callbacks_set_on_frame_send_callback(*out, on_sent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(*out, on_not_sent);
    return 0;
}

int c8d__h2_options(nghttp2_option **out)
{
    int error = nghttp2_option_new(out);

    if (error != 0)
        return error;
    nghttp2_option_set_no_auto_ping_ack(*out, 1);
    nghttp2_option_set_no_closed_streams(*out, 1);
    return 0;
}
