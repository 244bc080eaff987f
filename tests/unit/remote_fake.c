/* SPDX-License-Identifier: Apache-2.0 */
/* The fake server: what it reads, and its usual answers. */
#include "remote_fake_internal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PREFACE_BYTES 24
#define WINDOW 65535
#define TABLE 4096 /* unless the client says otherwise */

/* Reads exactly so much. False: the connection is over, or the fake is stopped. */
static bool read_all(struct fake *fake, void *to, size_t size)
{
    unsigned char *at = to;

    while (size > 0) {
        size_t n = fake_place_read(fake->place, at, size);

        if (n == 0)
            return false;
        at += n;
        size -= n;
    }
    return true;
}

struct fake_stream *fake_find(struct fake_link *link, uint32_t id)
{
    for (size_t i = 0; i < STREAMS_MAX; i++) {
        if (link->streams[i].id == id)
            return &link->streams[i];
    }
    return NULL;
}

static struct fake_stream *stream_of(struct fake_link *link, uint32_t id)
{
    struct fake_stream *stream = fake_find(link, id);

    if (stream == NULL) {
        stream = fake_find(link, 0);
        assert_non_null(stream);
        *stream = (struct fake_stream){.id = id, .window = link->initial_window};
    }
    return stream;
}

static uint32_t number(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void take_headers(struct fake *fake, struct fake_stream *stream, unsigned char *block, size_t size)
{
    fake->lease[0] = '\0';
    fake->message_length = 0;
    for (;;) {
        nghttp2_nv nv;
        int flags = 0;
        ssize_t n = nghttp2_hd_inflate_hd2(fake->link->inflater, &nv, &flags, block, size, 1);

        assert_true(n >= 0);
        block += n;
        size -= (size_t)n;
        if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0 && strcmp((const char *)nv.name, ":path") == 0)
            (void)snprintf(stream->path, sizeof(stream->path), "%s", (const char *)nv.value);
        if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0 && strcmp((const char *)nv.name, "grpc-timeout") == 0)
            (void)snprintf(fake->timeout, sizeof(fake->timeout), "%s", (const char *)nv.value);
        if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0 && strcmp((const char *)nv.name, "containerd-lease") == 0)
            (void)snprintf(fake->lease, sizeof(fake->lease), "%s", (const char *)nv.value);
        if ((flags & NGHTTP2_HD_INFLATE_FINAL) == 0)
            continue;
        (void)nghttp2_hd_inflate_end_headers(fake->link->inflater);
        return;
    }
}

static void take_data(struct fake *fake, struct fake_stream *stream, const unsigned char *bytes, size_t size)
{
    unsigned char more[4] = {(unsigned char)(size >> 24), (unsigned char)(size >> 16),
                             (unsigned char)(size >> 8), (unsigned char)size};
    size_t left = stream->length < sizeof(stream->body) ? sizeof(stream->body) - stream->length : 0;

    if (left != 0)
        memcpy(stream->body + stream->length, bytes, size < left ? size : left);
    stream->length += size;
    fake->largest = stream->length > fake->largest ? stream->length : fake->largest;
    if (size != 0 && fake_frame(fake, FAKE_WINDOW, 0, 0, more, sizeof(more)))
        (void)fake_frame(fake, FAKE_WINDOW, 0, stream->id, more, sizeof(more));
}

/* Gives out each message that has become whole. */
static void take_messages(struct fake *fake, const struct fake_stream *stream, const unsigned char *bytes,
                          size_t size)
{
    const uint32_t id = stream->id;
    char path[sizeof(stream->path)];

    (void)snprintf(path, sizeof(path), "%s", stream->path);
    assert_true(size <= FAKE_MESSAGE_MAX - fake->message_length);
    memcpy(fake->message_bytes + fake->message_length, bytes, size);
    fake->message_length += size;
    while (fake->message_length >= 5 && fake->message_length >= 5 + (size_t)number(fake->message_bytes + 1)) {
        size_t whole = number(fake->message_bytes + 1);

        fake->message(fake, id, path, fake->message_bytes + 5, whole);
        if (fake->message_length < 5 + whole)
            return; /* it has read on, and another request has begun */
        fake->message_length -= 5 + whole;
        memmove(fake->message_bytes, fake->message_bytes + 5 + whole, fake->message_length);
    }
}

static void take_settings(struct fake *fake, int flags, const unsigned char *at, size_t size)
{
    struct fake_link *link = fake->link;

    if ((flags & FAKE_ACK) != 0)
        return;
    for (; size >= 6; at += 6, size -= 6) {
        if (at[0] == 0 && at[1] == NGHTTP2_SETTINGS_HEADER_TABLE_SIZE && number(at + 2) < link->table) {
            link->table = number(at + 2);
            link->table_shrunk = true;
        }
        if (at[0] != 0 || at[1] != NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE)
            continue;
        for (size_t i = 0; i < STREAMS_MAX; i++)
            link->streams[i].window += (int64_t)number(at + 2) - link->initial_window;
        link->initial_window = number(at + 2);
    }
    (void)fake_frame(fake, FAKE_SETTINGS, FAKE_ACK, 0, "", 0);
}

static void take_window(struct fake_link *link, uint32_t id, uint32_t more)
{
    struct fake_stream *stream = fake_find(link, id);

    if (id == 0)
        link->window += more;
    else if (stream != NULL)
        stream->window += more;
}

static void take_frame(struct fake *fake, int type, int flags, uint32_t id, unsigned char *at, size_t size)
{
    switch (type) {
    case FAKE_DATA:
        take_data(fake, stream_of(fake->link, id), at, size);
        if (fake->message != NULL)
            take_messages(fake, stream_of(fake->link, id), at, size);
        break;
    case FAKE_HEADERS:
        take_headers(fake, stream_of(fake->link, id), at, size);
        break;
    case FAKE_RST:
        *stream_of(fake->link, id) = (struct fake_stream){0};
        return;
    case FAKE_SETTINGS:
        take_settings(fake, flags, at, size);
        return;
    case FAKE_PING:
        if ((flags & FAKE_ACK) != 0)
            fake->pongs++;
        else
            (void)fake_frame(fake, FAKE_PING, FAKE_ACK, 0, at, size);
        return;
    case FAKE_WINDOW:
        take_window(fake->link, id, number(at));
        return;
    default:
        return;
    }
    if ((flags & FAKE_END_STREAM) != 0)
        stream_of(fake->link, id)->whole = true;
}

bool fake_read_frame(struct fake *fake)
{
    static _Thread_local unsigned char payload[FRAME_BYTES_MAX];
    unsigned char head[9];
    size_t size;

    if (fake->link->over || !read_all(fake, head, sizeof(head))) {
        fake->link->over = true;
        return false;
    }
    size = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
    assert_true(size <= sizeof(payload));
    if (!read_all(fake, payload, size)) {
        fake->link->over = true;
        return false;
    }
    take_frame(fake, head[3], head[4], number(head + 5), payload, size);
    return true;
}

/* A PublishRequest begins with its topic (field 1); an Envelope has it as field 3. */
static void publish(struct fake *fake, const struct fake_stream *stream)
{
    unsigned char envelope[130];
    size_t length = (size_t)stream->body[6] + 2;

    if (fake->link->subscription == 0 || fake->silent)
        return;
    assert_true(length <= sizeof(envelope));
    memcpy(envelope, stream->body + 5, length);
    envelope[0] = 3 << 3 | 2;
    (void)fake_message(fake, fake->link->subscription, envelope, length);
    if (fake->event != NULL)
        (void)fake_message(fake, fake->link->subscription, fake->event, fake->event_size);
}

static bool ends_with(const char *path, const char *end)
{
    size_t length = strlen(path);

    return length >= strlen(end) && strcmp(path + length - strlen(end), end) == 0;
}

static void serve(struct fake *fake, struct fake_stream *stream)
{
    uint32_t id = stream->id;
    bool first = fake->calls++ == 0;

    if (fake->message != NULL) { /* was answered as it came */
        stream->id = 0;
        return;
    }
    if (ends_with(stream->path, "/Subscribe") && fake->stream_status == 0) {
        fake->link->subscription = id;
        (void)fake_begin(fake, id);
        return;
    }
    if (ends_with(stream->path, "/Subscribe")) {
        (void)(fake_begin(fake, id) && fake_end(fake, id, fake->stream_status));
    } else if (ends_with(stream->path, "/Publish")) {
        publish(fake, stream);
        (void)(fake_begin(fake, id) && fake_message(fake, id, "", 0) && fake_end(fake, id, 0));
    } else if (fake->answer != NULL && (first || fake->always)) {
        fake->answer(fake, id);
    } else {
        (void)(fake_begin(fake, id) && fake_message(fake, id, fake->reply, fake->reply_size) &&
               fake_end(fake, id, fake->status));
    }
    stream = fake_find(fake->link, id);
    if (stream != NULL)
        stream->id = 0;
}

static void serve_connection(struct fake *fake)
{
    struct fake_link link = {.window = WINDOW, .initial_window = WINDOW, .table = TABLE};
    unsigned char preface[PREFACE_BYTES];

    fake->link = &link;
    assert_int_equal(nghttp2_hd_inflate_new(&link.inflater), 0);
    if (fake->connections++ == 0 && fake->greeting != NULL)
        fake->greeting(fake);
    else
        (void)fake_frame(fake, FAKE_SETTINGS, 0, 0, "", 0);
    link.over = !read_all(fake, preface, sizeof(preface));
    while (fake_read_frame(fake)) {
        for (size_t i = 0; i < STREAMS_MAX; i++) {
            if (!link.streams[i].whole)
                continue;
            link.streams[i].whole = false;
            serve(fake, &link.streams[i]);
        }
    }
    fake_hang_up(fake);
    nghttp2_hd_inflate_del(link.inflater);
}

void fake_hang_up(struct fake *fake)
{
    fake_place_hang_up(fake->place);
    fake->link->over = true;
}

static bool another_waits(const struct fake_link *link)
{
    for (size_t i = 0; i < STREAMS_MAX; i++) {
        if (link->streams[i].id != 0 && link->streams[i].whole)
            return true;
    }
    return false;
}

void fake_await_end(struct fake *fake, uint32_t stream)
{
    while (fake_find(fake->link, stream) != NULL && !another_waits(fake->link) && fake_read_frame(fake))
        ;
}

void fake_await_pong(struct fake *fake)
{
    unsigned before = fake->pongs;

    while (fake->pongs == before && fake_read_frame(fake))
        ;
}

static void *serve_all(void *arg)
{
    struct fake *fake = arg;

    while (fake_place_accept(fake->place))
        serve_connection(fake);
    return NULL;
}

static void serve_from_now(struct fake *fake)
{
    assert_int_equal(pthread_create(&fake->thread, NULL, serve_all, fake), 0);
}

void fake_start(struct fake *fake)
{
    fake->place = fake_place_open(fake->address, sizeof(fake->address));
    serve_from_now(fake);
}

int fake_start_connected(struct fake *fake, int send_buffer)
{
    int end;

    fake->place = fake_place_open(fake->address, sizeof(fake->address));
    end = fake_place_pair(fake->place, send_buffer);
    serve_from_now(fake);
    return end;
}

void fake_stop(struct fake *fake)
{
    fake_place_stop(fake->place);
    assert_int_equal(pthread_join(fake->thread, NULL), 0);
    fake_place_close(fake->place);
}
