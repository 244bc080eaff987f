/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One exchange: putting its messages together, and how it ended.
 *
 * A stream that was closed without a status of gRPC's may have had its effect: it counts as lost with its
 * connection does, and not as a failure that the server has told.
 */
#include "nghttp2_internal.h"
#include <string.h>

/* Of all messages that are not whole: a list is two of full size. */
#define ASSEMBLING_MAX ((size_t)4 * C8D__MESSAGE_BYTES_MAX)
#define FIRST_CAPACITY ((size_t)512)
/* What a stream keeps for its next message. */
#define KEPT_CAPACITY ((size_t)64 << 10)

void c8d__h2_message_free(struct c8d__h2 *h2, struct c8d__h2_message *message)
{
    c8d__remote_release(h2->remote, message->bytes, message->capacity);
    h2->assembling -= message->capacity;
    *message = (struct c8d__h2_message){0};
}

/* Grows as bytes come, and not as the prefix promises. */
static bool grow(struct c8d__h2 *h2, struct c8d__h2_message *message, size_t wanted)
{
    size_t capacity = message->capacity * 2 > FIRST_CAPACITY ? message->capacity * 2 : FIRST_CAPACITY;
    unsigned char *bytes;

    if (wanted <= message->capacity)
        return true;
    capacity = capacity > wanted ? capacity : wanted;
    capacity = capacity < message->size || wanted > message->size ? capacity : message->size;
    if (h2->assembling + capacity > ASSEMBLING_MAX)
        return false;
    bytes = c8d__remote_alloc(h2->remote, capacity);
    if (bytes == NULL)
        return false;
    if (message->length != 0)
        memcpy(bytes, message->bytes, message->length);
    c8d__remote_release(h2->remote, message->bytes, message->capacity);
    h2->assembling += capacity - message->capacity;
    message->bytes = bytes;
    message->capacity = capacity;
    return true;
}

void c8d__h2_end(struct c8d__h2_stream *stream, int code, const char *text)
{
    struct c8d__exchange *exchange = stream->exchange;
    struct c8d__h2 *h2 = (struct c8d__h2 *)exchange->remote->transport;

    if (stream->over)
        return;
    exchange->code = code;
    exchange->details = (struct c8d_str){text, strlen(text)};
    stream->over = true;
    *h2->over_end = stream;
    h2->over_end = &stream->next_over;
}

void c8d__h2_reset(struct c8d__h2_stream *stream, int code, const char *text)
{
    struct c8d__h2_connection *connection = stream->connection;

    if (stream->over)
        return;
    c8d__h2_end(stream, code, text);
    if (connection == NULL || connection->lost)
        return;
    (void)nghttp2_session_set_stream_user_data(connection->session, stream->id, NULL);
    (void)nghttp2_submit_rst_stream(connection->session, NGHTTP2_FLAG_NONE, stream->id, NGHTTP2_CANCEL);
}

static void close_untold(struct c8d__h2_stream *stream, uint32_t error_code)
{
    if (stream->http_status != 0 && stream->http_status != 200) {
        c8d__h2_end(stream, c8d__h2_code_of_http(stream->http_status), "the server speaks HTTP and no gRPC");
    } else if (error_code == NGHTTP2_REFUSED_STREAM) {
        stream->exchange->unprocessed = true;
        c8d__h2_end(stream, C8D__GRPC_UNAVAILABLE, "the server goes away and has not taken the call");
    } else if (error_code != NGHTTP2_NO_ERROR) {
        c8d__h2_end(stream, C8D__GRPC_UNAVAILABLE, nghttp2_http2_strerror(error_code));
    } else {
        c8d__h2_end(stream, C8D__GRPC_BROKEN, "malformed reply: without a status");
    }
}

void c8d__h2_closed(struct c8d__h2_stream *stream, uint32_t error_code)
{
    struct c8d__exchange *exchange = stream->exchange;
    const struct c8d__h2_message *message = &stream->message;

    if (stream->grpc_status < 0) {
        close_untold(stream, error_code);
        return;
    }
    if (stream->grpc_status == C8D__GRPC_OK && message->prefix_length != 0) {
        c8d__h2_end(stream, C8D__GRPC_BROKEN, "malformed reply: cut short");
        return;
    }
    if (stream->complete)
        exchange->reply = (struct c8d_str){(const char *)message->bytes, message->length};
    c8d__h2_end(stream, stream->grpc_status, "");
    exchange->details = (struct c8d_str){stream->text, stream->text_length};
}

/* Returns why the prefix cannot be; NULL when it is in order. */
static const char *read_prefix(struct c8d__h2_stream *stream)
{
    struct c8d__h2_message *message = &stream->message;
    const unsigned char *bytes = message->prefix;

    message->size = (size_t)bytes[1] << 24 | (size_t)bytes[2] << 16 | (size_t)bytes[3] << 8 | bytes[4];
    if (bytes[0] != 0)
        return "malformed reply: compressed, which was not asked for";
    if (stream->exchange->message == NULL && stream->complete)
        return "malformed reply: there is a second one";
    return NULL;
}

/* Takes what is missing of the prefix. False: it is not whole yet, or has ended the stream. */
static bool take_prefix(struct c8d__h2_connection *connection, struct c8d__h2_stream *stream)
{
    struct c8d__h2_message *message = &stream->message;
    const char *wrong;

    while (message->prefix_length < C8D__PREFIX_BYTES && connection->piece_length != 0) {
        message->prefix[message->prefix_length++] = *connection->piece++;
        connection->piece_length--;
        if (message->prefix_length < C8D__PREFIX_BYTES)
            continue;
        wrong = read_prefix(stream);
        if (wrong != NULL)
            c8d__h2_reset(stream, C8D__GRPC_BROKEN, wrong);
        else if (message->size > C8D__MESSAGE_BYTES_MAX)
            c8d__h2_reset(stream, C8D__GRPC_RESOURCE_EXHAUSTED, "the reply is larger than 16 MiB");
    }
    return message->prefix_length == C8D__PREFIX_BYTES && !stream->over;
}

static bool deliver(struct c8d__h2_connection *connection, struct c8d__h2_stream *stream,
                    const unsigned char *bytes, struct c8d_arrival *out)
{
    const struct c8d_str text = {(const char *)bytes, stream->message.size};
    bool told;

    stream->message.prefix_length = 0;
    told = stream->exchange->message(stream->exchange, text, out);
    if (stream->message.capacity > KEPT_CAPACITY)
        c8d__h2_message_free(connection->h2, &stream->message);
    return told;
}

/* Takes of the body of a message what is there. Returns true when an arrival was filled. */
static bool take_body(struct c8d__h2_connection *connection, struct c8d__h2_stream *stream,
                      struct c8d_arrival *out)
{
    struct c8d__h2_message *message = &stream->message;
    const unsigned char *bytes = connection->piece;
    size_t missing = message->size - message->length;
    size_t n = missing < connection->piece_length ? missing : connection->piece_length;

    connection->piece += n;
    connection->piece_length -= n;
    /* All of it lies here: no need to have it twice. */
    if (stream->exchange->message != NULL && message->length == 0 && n == message->size)
        return deliver(connection, stream, bytes, out);
    /* Also an empty reply has an address. */
    if (!grow(connection->h2, message, message->length + n + (message->size == 0))) {
        c8d__h2_reset(stream, C8D__GRPC_RESOURCE_EXHAUSTED, "no memory for the reply");
        return false;
    }
    if (n != 0)
        memcpy(message->bytes + message->length, bytes, n);
    message->length += n;
    if (message->length < message->size)
        return false;
    if (stream->exchange->message != NULL) {
        message->length = 0;
        return deliver(connection, stream, message->bytes, out);
    }
    stream->complete = true;
    message->prefix_length = 0;
    return false;
}

bool c8d__h2_take_piece(struct c8d__h2_connection *connection, struct c8d_arrival *out)
{
    struct c8d__arena *arena = &connection->h2->remote->arrival;

    while (connection->piece != NULL) {
        struct c8d__h2_stream *stream = connection->paused;

        if (stream == NULL || stream->over || connection->piece_length == 0) {
            connection->piece = NULL;
            break;
        }
        if (!take_prefix(connection, stream))
            continue;
        if (take_body(connection, stream, out))
            return true;
        c8d__arena_reset(arena);
    }
    return false;
}
