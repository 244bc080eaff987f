/* SPDX-License-Identifier: Apache-2.0 */
/* The header and the body of a request. */
#include "nghttp2_internal.h"
#include <stdio.h>
#include <string.h>

/* Eight digits and a unit, with room for a compiler that does not know it. */
#define TIMEOUT_BYTES 24
#define TIMEOUT_MAX INT64_C(99999999)

/* What gRPC calls a timeout: the finest unit in which it has at most eight digits, rounded up. */
static void write_timeout(char out[TIMEOUT_BYTES], int64_t left_ns)
{
    static const struct {
        int64_t ns;
        char name;
    } units[] = {{1, 'n'}, {1000, 'u'}, {C8D__MS, 'm'}, {1000 * C8D__MS, 'S'}};
    size_t last = sizeof(units) / sizeof(units[0]) - 1;
    size_t unit = 0;
    int64_t value;

    left_ns = left_ns > 0 ? left_ns : 1;
    while (unit < last && left_ns / units[unit].ns >= TIMEOUT_MAX)
        unit++;
    value = left_ns / units[unit].ns + (left_ns % units[unit].ns != 0);
    (void)snprintf(out, TIMEOUT_BYTES, "%lld%c", (long long)(value < TIMEOUT_MAX ? value : TIMEOUT_MAX),
                   units[unit].name);
}

static nghttp2_nv header(const char *name, const char *value, int flags)
{
    union {
        const char *borrowed;
        uint8_t *field;
    } name_bytes = {name}, value_bytes = {value};

    return (nghttp2_nv){name_bytes.field, value_bytes.field, strlen(name), strlen(value), (uint8_t)flags};
}

/* The body goes out as far as flow control lets it; a stream that nobody owns any more has none. One whose
 * next message is not there yet waits for c8d__h2_send(). */
/* NOLINTNEXTLINE(readability-function-size): nghttp2 says what it takes */
static ssize_t read_body(nghttp2_session *session, int32_t id, uint8_t *to, size_t size, uint32_t *flags,
                         nghttp2_data_source *source, void *user)
{
    struct c8d__h2_stream *stream = nghttp2_session_get_stream_user_data(session, id);
    const struct c8d__packed *request;
    size_t left;

    (void)source;
    (void)user;
    if (stream == NULL)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    request = stream->exchange->request;
    left = C8D__PREFIX_BYTES + request->size - stream->sent;
    if (left == 0)
        return NGHTTP2_ERR_DEFERRED;
    if (size >= left) {
        size = left;
        *flags |= stream->exchange->more ? 0 : NGHTTP2_DATA_FLAG_EOF;
    }
    memcpy(to, request->bytes + stream->sent, size);
    stream->sent += size;
    return (ssize_t)size;
}

bool c8d__h2_send(struct c8d__transport *transport, struct c8d__exchange *exchange,
                  struct c8d__packed *message)
{
    struct c8d__h2_stream *stream = exchange->carrier;

    (void)transport;
    if (stream->over || stream->sent != C8D__PREFIX_BYTES + exchange->request->size)
        return false;
    c8d__packed_free(exchange->remote, exchange->request);
    exchange->request = message;
    stream->sent = 0;
    /* Fails when the body is not asked for at present: then it will be. */
    (void)nghttp2_session_resume_data(stream->connection->session, stream->id);
    c8d__h2_flush(stream->connection);
    return true;
}

/* The headers that not every call has. Returns how many there are then. */
static size_t add_headers(const struct c8d__exchange *exchange, nghttp2_nv headers[], size_t n,
                          char timeout[TIMEOUT_BYTES])
{
    enum { OTHER = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_INDEX };

    if (exchange->lease != NULL)
        headers[n++] = header("containerd-lease", exchange->lease, OTHER);
    if (exchange->deadline_ns == C8D_NO_DEADLINE)
        return n;
    write_timeout(timeout, exchange->deadline_ns - c8d__remote_now());
    headers[n++] = header("grpc-timeout", timeout, OTHER);
    return n;
}

void c8d__h2_request(struct c8d__h2_connection *connection, struct c8d__h2_stream *stream)
{
    enum {
        SAME = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE,
        ALWAYS = 8,
        ALL = ALWAYS + 2
    };
    const struct c8d__exchange *exchange = stream->exchange;
    const nghttp2_data_provider body = {.read_callback = read_body};
    char timeout[TIMEOUT_BYTES];
    nghttp2_nv headers[ALL] = {
        header(":method", "POST", SAME),
        header(":scheme", "http", SAME),
        header(":path", c8d__method_path(exchange->method), SAME),
        header(":authority", "localhost", SAME),
        header("content-type", "application/grpc", SAME),
        header("te", "trailers", SAME),
        header("user-agent", "libc8d", SAME),
        header("containerd-namespace", exchange->remote->namespace_, SAME),
    };
    size_t n = add_headers(exchange, headers, ALWAYS, timeout);

    stream->id = nghttp2_submit_request(connection->session, NULL, headers, n, &body, stream);
    if (stream->id >= 0)
        return;
    stream->exchange->unprocessed = true;
    c8d__h2_end(stream, C8D__GRPC_UNAVAILABLE, nghttp2_strerror(stream->id));
}
