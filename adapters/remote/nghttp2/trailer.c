/* SPDX-License-Identifier: Apache-2.0 */
/* What the server says in headers and trailers: HTTP's status, gRPC's, and its text. */
#include "nghttp2_internal.h"
#include <string.h>

static bool is(struct c8d_str text, const char *word)
{
    return text.len == strlen(word) && memcmp(text.ptr, word, text.len) == 0;
}

/* A number of at most three digits; -1 for anything else. */
static int small_number(struct c8d_str text)
{
    int value = 0;

    if (text.len == 0 || text.len > 3)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return -1;
        value = value * 10 + (text.ptr[i] - '0');
    }
    return value;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One byte, percent-encoded or not; what is no encoding is taken as it is. */
static char decode(struct c8d_str text, size_t *at)
{
    const char *here = text.ptr + *at;
    size_t left = text.len - *at;

    if (*here == '%' && left > 2 && hex(here[1]) >= 0 && hex(here[2]) >= 0) {
        *at += 3;
        return (char)(hex(here[1]) << 4 | hex(here[2]));
    }
    *at += 1;
    return *here;
}

static void take_text(struct c8d__h2_stream *stream, struct c8d_str value)
{
    stream->text_length = 0;
    for (size_t at = 0; at < value.len && stream->text_length < sizeof(stream->text);)
        stream->text[stream->text_length++] = decode(value, &at);
}

bool c8d__h2_header(struct c8d__h2_stream *stream, struct c8d_str name, struct c8d_str value)
{
    stream->header_bytes += name.len + value.len + 32; /* as HTTP/2 counts them */
    if (stream->header_bytes > C8D__HEADER_BYTES_MAX)
        return false;
    if (is(name, ":status"))
        stream->http_status = small_number(value);
    else if (is(name, "grpc-status"))
        stream->grpc_status = small_number(value);
    else if (is(name, "grpc-message"))
        take_text(stream, value);
    return true;
}

int c8d__h2_code_of_http(int status)
{
    switch (status) {
    case 400:
        return C8D__GRPC_INTERNAL;
    case 401:
        return C8D__GRPC_UNAUTHENTICATED;
    case 403:
        return C8D__GRPC_PERMISSION_DENIED;
    case 404:
        return C8D__GRPC_UNIMPLEMENTED;
    case 429:
    case 502:
    case 503:
    case 504:
        return C8D__GRPC_UNAVAILABLE;
    default:
        return C8D__GRPC_UNKNOWN;
    }
}
