/* SPDX-License-Identifier: Apache-2.0 */
/* Frames to the client, byte by byte when that is wanted. */
#include "remote_fake_internal.h"
#include <stdarg.h>
#include <string.h>

#define PAYLOAD_MAX ((size_t)16384)

bool fake_raw(struct fake *fake, const void *bytes, size_t size)
{
    const char *at = bytes;

    while (size > 0 && fake_place_is_connected(fake->place)) {
        size_t n = fake->drip != 0 && fake->drip < size ? fake->drip : size;
        size_t sent = fake_place_write(fake->place, at, n);

        if (sent == 0)
            return false;
        if (fake->drip != 0)
            fake_place_await_read(fake->place);
        at += sent;
        size -= sent;
    }
    return fake_place_is_connected(fake->place);
}

bool fake_frame(struct fake *fake, int type, int flags, uint32_t stream, const void *bytes, size_t size)
{
    enum { HEAD_BYTES = 9 };
    unsigned char frame[HEAD_BYTES + PAYLOAD_MAX] = {
        (unsigned char)(size >> 16),   (unsigned char)(size >> 8),   (unsigned char)size,
        (unsigned char)type,           (unsigned char)flags,         (unsigned char)(stream >> 24),
        (unsigned char)(stream >> 16), (unsigned char)(stream >> 8), (unsigned char)stream,
    };

    if (size > PAYLOAD_MAX)
        return fake_raw(fake, frame, HEAD_BYTES) && fake_raw(fake, bytes, size);
    if (size != 0)
        memcpy(frame + HEAD_BYTES, bytes, size);
    return fake_raw(fake, frame, HEAD_BYTES + size);
}

/* A string of HPACK's without Huffman's code; its length has seven bits here. */
static size_t put_string(unsigned char *to, const char *text)
{
    size_t length = strlen(text) < 126 ? strlen(text) : 126;

    to[0] = (unsigned char)length;
    for (size_t i = 0; i < length; i++)
        to[1 + i] = (unsigned char)text[i];
    return length + 1;
}

/* The size of the client's table of headers, as HPACK writes numbers: five bits, and seven in each byte more.
 */
static size_t put_table_size(unsigned char *to, uint32_t size)
{
    enum { FIRST = 31, MORE = 128 };
    size_t length = 0;

    to[length++] = (unsigned char)(0x20 | (size < FIRST ? size : FIRST));
    if (size < FIRST)
        return length;
    for (size -= FIRST; size >= MORE; size /= MORE)
        to[length++] = (unsigned char)(MORE | size % MORE);
    to[length++] = (unsigned char)size;
    return length;
}

/* As servers do, it has the client keep all that it has room for. */
bool fake_headers(struct fake *fake, uint32_t stream, int flags, ...)
{
    enum { LITERAL = 0, LITERAL_TO_KEEP = 0x40 };
    unsigned char block[2048];
    size_t length = 0;
    const char *name;
    va_list args;

    if (fake->link->table_shrunk)
        length = put_table_size(block, fake->link->table);
    fake->link->table_shrunk = false;
    va_start(args, flags);
    while ((name = va_arg(args, const char *)) != NULL) {
        block[length++] = fake->link->table != 0 ? LITERAL_TO_KEEP : LITERAL;
        length += put_string(block + length, name);
        length += put_string(block + length, va_arg(args, const char *));
    }
    va_end(args);
    return fake_frame(fake, FAKE_HEADERS, flags | FAKE_END_HEADERS, stream, block, length);
}

bool fake_begin(struct fake *fake, uint32_t stream)
{
    return fake_headers(fake, stream, 0, ":status", "200", "content-type", "application/grpc", NULL);
}

bool fake_end(struct fake *fake, uint32_t stream, int status)
{
    char text[4] = {(char)('0' + status / 10), (char)('0' + status % 10)};

    return fake_headers(fake, stream, FAKE_END_STREAM, "grpc-status", status < 10 ? text + 1 : text, NULL);
}

/* How much may be sent now; reads until something may. 0 = the client is gone. */
static size_t room(struct fake *fake, uint32_t id)
{
    for (;;) {
        struct fake_stream *stream = fake_find(fake->link, id);
        int64_t window = fake->link->window;

        if (stream == NULL)
            return 0;
        window = stream->window < window ? stream->window : window;
        if (window > 0)
            return (size_t)window < PAYLOAD_MAX ? (size_t)window : PAYLOAD_MAX;
        if (!fake_read_frame(fake))
            return 0;
    }
}

static bool send_data(struct fake *fake, uint32_t id, const unsigned char *bytes, size_t size)
{
    while (size > 0) {
        size_t n = room(fake, id);
        struct fake_stream *stream = fake_find(fake->link, id);

        if (n == 0 || stream == NULL)
            return false;
        n = n < size ? n : size;
        stream->window -= (int64_t)n;
        fake->link->window -= (int64_t)n;
        if (!fake_frame(fake, FAKE_DATA, 0, id, bytes, n))
            return false;
        bytes += n;
        size -= n;
    }
    return true;
}

bool fake_message(struct fake *fake, uint32_t stream, const void *bytes, size_t size)
{
    const unsigned char prefix[5] = {0, (unsigned char)(size >> 24), (unsigned char)(size >> 16),
                                     (unsigned char)(size >> 8), (unsigned char)size};

    return send_data(fake, stream, prefix, sizeof(prefix)) && send_data(fake, stream, bytes, size);
}
