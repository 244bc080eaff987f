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

/* The body goes out as far as flow control lets it; a stream that nobody owns any more has none. */
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
    if (size >= left) {
        size = left;
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    }
    memcpy(to, request->bytes + stream->sent, size);
    stream->sent += size;
    return (ssize_t)size;
}

void c8d__h2_request(struct c8d__h2_connection *connection, struct c8d__h2_stream *stream)
{
    enum {
        SAME = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE,
        OTHER = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_INDEX,
    };
    const struct c8d__exchange *exchange = stream->exchange;
    const nghttp2_data_provider body = {.read_callback = read_body};
    char timeout[TIMEOUT_BYTES];
    nghttp2_nv headers[] = {
        header(":method", "POST", SAME),
        header(":scheme", "http", SAME),
        header(":path", c8d__method_path(exchange->method), SAME),
        header(":authority", "localhost", SAME),
        header("content-type", "application/grpc", SAME),
        header("te", "trailers", SAME),
        header("user-agent", "libc8d", SAME),
        header("containerd-namespace", exchange->remote->namespace_, SAME),
        header("grpc-timeout", "", OTHER),
    };
    size_t n = sizeof(headers) / sizeof(headers[0]);

    if (exchange->deadline_ns == C8D_NO_DEADLINE) {
        n--;
    } else {
        write_timeout(timeout, exchange->deadline_ns - c8d__remote_now());
        headers[n - 1] = header("grpc-timeout", timeout, OTHER);
    }
    stream->id = nghttp2_submit_request(connection->session, NULL, headers, n, &body, stream);
    if (stream->id >= 0)
        return;
    stream->exchange->unprocessed = true;
    c8d__h2_end(stream, C8D__GRPC_UNAVAILABLE, nghttp2_strerror(stream->id));
}
