/* SPDX-License-Identifier: Apache-2.0 */
/* Connections and calls. */
#include "double.h"

#include <errno.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX_BYTES 5
#define READ_BYTES 65536
#define WINDOW (16 << 20)

struct connection {
    struct connection *next;
    struct double_ *self;
    nghttp2_session *session;
    struct stream *streams;
    int fd;
    bool broken;
    struct bytes output; /* not yet written */
};

/* ---- streams
 * ------------------------------------------------------------------------------------------------ */

static nghttp2_nv header(const char *name, const char *value)
{
    union {
        const char *borrowed;
        uint8_t *field;
    } name_bytes = {name}, value_bytes = {value};

    return (nghttp2_nv){name_bytes.field, value_bytes.field, strlen(name), strlen(value),
                        NGHTTP2_NV_FLAG_NONE};
}

/* As gRPC wants a line: what is no printable ASCII, and the percent sign, by their number. */
static void escape(char *to, size_t size, const char *from)
{
    size_t n = 0;

    for (; *from != '\0' && n + 4 < size; from++) {
        if (*from >= ' ' && *from <= '~' && *from != '%')
            to[n++] = *from;
        else
            n += (size_t)snprintf(to + n, size - n, "%%%02X", (unsigned)(unsigned char)*from);
    }
    to[n] = '\0';
}

static void submit_trailer(nghttp2_session *session, const struct stream *stream)
{
    char code[16], message[3 * sizeof(stream->message)];
    nghttp2_nv trailer[2];

    (void)snprintf(code, sizeof(code), "%d", stream->code);
    escape(message, sizeof(message), stream->message);
    trailer[0] = header("grpc-status", code);
    trailer[1] = header("grpc-message", message);
    (void)nghttp2_submit_trailer(session, stream->id, trailer, stream->code == CODE_OK ? 1 : 2);
}

/* NOLINTNEXTLINE(readability-function-size): nghttp2 says what it takes */
static ssize_t read_answer(nghttp2_session *session, int32_t id, uint8_t *to, size_t size, uint32_t *flags,
                           nghttp2_data_source *source, void *user)
{
    struct stream *stream = source->ptr;
    size_t left = stream->answer.n - stream->sent;

    (void)id;
    (void)user;
    if (left == 0 && !stream->over)
        return NGHTTP2_ERR_DEFERRED;
    size = size < left ? size : left;
    if (size != 0)
        memcpy(to, stream->answer.at + stream->sent, size);
    stream->sent += size;
    if (size == left && stream->over) {
        *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
        submit_trailer(session, stream);
    }
    return (ssize_t)size;
}

static void go_ahead(struct stream *stream)
{
    const nghttp2_nv headers[] = {header(":status", "200"), header("content-type", "application/grpc")};
    const nghttp2_data_provider body = {.source.ptr = stream, .read_callback = read_answer};

    if (stream->begun)
        (void)nghttp2_session_resume_data(stream->connection->session, stream->id);
    else
        (void)nghttp2_submit_response(stream->connection->session, stream->id, headers, 2, &body);
    stream->begun = true;
}

void stream_say(struct stream *stream, const ProtobufCMessage *message)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    unsigned char prefix[PREFIX_BYTES] = {0, (unsigned char)(size >> 24), (unsigned char)(size >> 16),
                                          (unsigned char)(size >> 8), (unsigned char)size};
    uint8_t *packed = take(size);

    (void)protobuf_c_message_pack(message, packed);
    append(&stream->answer, prefix, sizeof(prefix));
    append(&stream->answer, packed, size);
    free(packed);
    go_ahead(stream);
}

void stream_end(struct stream *stream, int code, const char *message)
{
    stream->code = code;
    stream->over = true;
    (void)snprintf(stream->message, sizeof(stream->message), "%s", message);
    go_ahead(stream);
}

struct stream *stream_of(struct double_ *self, uint64_t token)
{
    for (struct connection *connection = self->connections; connection != NULL;
         connection = connection->next) {
        for (struct stream *stream = connection->streams; stream != NULL; stream = stream->next) {
            if (stream->token == token)
                return stream;
        }
    }
    return NULL;
}

void broadcast(struct double_ *self, const ProtobufCMessage *envelope)
{
    for (struct connection *connection = self->connections; connection != NULL;
         connection = connection->next) {
        for (struct stream *stream = connection->streams; stream != NULL; stream = stream->next) {
            if (stream->subscribed)
                stream_say(stream, envelope);
        }
    }
}

static void free_stream(struct stream *stream)
{
    struct stream **link = &stream->connection->streams;

    while (*link != stream)
        link = &(*link)->next;
    *link = stream->next;
    release(&stream->request);
    release(&stream->answer);
    free(stream);
}

/* ---- what nghttp2 tells
 * ------------------------------------------------------------------------------------- */

static int on_begin(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    struct connection *connection = user;
    struct stream *stream = take(sizeof(*stream));

    stream->connection = connection;
    stream->id = frame->hd.stream_id;
    stream->next = connection->streams;
    connection->streams = stream;
    return nghttp2_session_set_stream_user_data(session, stream->id, stream);
}

static void keep(char *to, size_t size, const uint8_t *value, size_t length)
{
    (void)snprintf(to, size, "%.*s", (int)length, (const char *)value);
}

static bool is(const uint8_t *name, size_t length, const char *expected)
{
    return length == strlen(expected) && memcmp(name, expected, length) == 0;
}

/* NOLINTNEXTLINE(readability-function-size): nghttp2 says what it takes */
static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags, void *user)
{
    struct stream *stream = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);

    (void)flags;
    (void)user;
    if (stream != NULL && is(name, name_length, ":path"))
        keep(stream->path, sizeof(stream->path), value, value_length);
    else if (stream != NULL && is(name, name_length, "containerd-namespace"))
        keep(stream->namespace_, sizeof(stream->namespace_), value, value_length);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes, size_t length,
                   void *user)
{
    struct stream *stream = nghttp2_session_get_stream_user_data(session, id);

    (void)flags;
    (void)user;
    if (stream != NULL)
        append(&stream->request, bytes, length);
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    const struct connection *connection = user;
    struct stream *stream;

    if ((frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS) ||
        (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0)
        return 0;
    stream = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (stream != NULL)
        serve(connection->self, stream);
    return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t error, void *user)
{
    struct stream *stream = nghttp2_session_get_stream_user_data(session, id);

    (void)error;
    (void)user;
    if (stream != NULL)
        free_stream(stream);
    return 0;
}

static nghttp2_session *make_session(struct connection *connection)
{
    static const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WINDOW}};
    nghttp2_session_callbacks *callbacks = NULL;
    nghttp2_session *session = NULL;

    if (nghttp2_session_callbacks_new(&callbacks) != 0)
        abort();
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    if (nghttp2_session_server_new(&session, callbacks, connection) != 0)
        abort();
    nghttp2_session_callbacks_del(callbacks);
    (void)nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, 1);
    (void)nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, WINDOW);
    return session;
}

/* ---- connections
 * -------------------------------------------------------------------------------------------- */

void server_take(struct double_ *self, int fd)
{
    struct connection *connection = take(sizeof(*connection));

    connection->self = self;
    connection->fd = fd;
    connection->session = make_session(connection);
    connection->next = self->connections;
    self->connections = connection;
}

static void read_all(struct connection *connection)
{
    unsigned char input[READ_BYTES];

    while (!connection->broken) {
        ssize_t n = read(connection->fd, input, sizeof(input));

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        connection->broken = n <= 0 || nghttp2_session_mem_recv(connection->session, input, (size_t)n) != n;
    }
}

static void write_all(struct connection *connection)
{
    struct bytes *output = &connection->output;
    const uint8_t *frame;
    ssize_t n;

    while (!connection->broken && (n = nghttp2_session_mem_send(connection->session, &frame)) != 0) {
        if (n > 0)
            append(output, frame, (size_t)n);
        connection->broken = n < 0;
    }
    while (!connection->broken && output->n != 0) {
        n = write(connection->fd, output->at, output->n);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n > 0) {
            output->n -= (size_t)n;
            memmove(output->at, output->at + n, output->n);
        }
        connection->broken = n <= 0;
    }
}

static void free_connection(struct connection *connection)
{
    struct connection **link = &connection->self->connections;

    while (*link != connection)
        link = &(*link)->next;
    *link = connection->next;
    while (connection->streams != NULL)
        free_stream(connection->streams);
    nghttp2_session_del(connection->session);
    (void)close(connection->fd);
    release(&connection->output);
    free(connection);
}

void server_poll(struct double_ *self)
{
    struct connection *after;

    for (struct connection *at = self->connections; at != NULL; at = after) {
        after = at->next;
        write_all(at);
        if (at->broken)
            free_connection(at);
        else
            poll_for(self, at->fd, at->output.n != 0 ? POLLIN | POLLOUT : POLLIN);
    }
}

void server_go_on(struct double_ *self)
{
    struct connection *after;

    for (struct connection *at = self->connections; at != NULL; at = after) {
        after = at->next;
        if (shown(self, at->fd) != 0)
            read_all(at);
        write_all(at);
        if (at->broken)
            free_connection(at);
    }
}

void server_drop(struct double_ *self)
{
    while (self->connections != NULL)
        free_connection(self->connections);
}
