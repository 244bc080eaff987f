/* SPDX-License-Identifier: Apache-2.0 */
#include "remote_answers.h"
#include <string.h>
#include <time.h>

/* Frames that want an answer each, none of which is read meanwhile. */
#define FLOOD 5000

static void compressed(struct fake *fake, uint32_t stream)
{
    (void)(fake_begin(fake, stream) && fake_frame(fake, FAKE_DATA, 0, stream, "\1\0\0\0\1x", 6) &&
           fake_end(fake, stream, 0));
}

static void cut_short(struct fake *fake, uint32_t stream)
{
    (void)(fake_begin(fake, stream) && fake_frame(fake, FAKE_DATA, 0, stream, "\0\0\0\0\11x", 6) &&
           fake_end(fake, stream, 0));
}

static void prefix_cut_short(struct fake *fake, uint32_t stream)
{
    (void)(fake_begin(fake, stream) && fake_frame(fake, FAKE_DATA, 0, stream, "\0\0", 2) &&
           fake_end(fake, stream, 0));
}

static void four_gigabytes(struct fake *fake, uint32_t stream)
{
    (void)(fake_begin(fake, stream) && fake_frame(fake, FAKE_DATA, 0, stream, "\0\377\377\377\377x", 6));
}

static void two_replies(struct fake *fake, uint32_t stream)
{
    (void)(fake_begin(fake, stream) && fake_message(fake, stream, "", 0) &&
           fake_message(fake, stream, "", 0) && fake_end(fake, stream, 0));
}

static void no_reply(struct fake *fake, uint32_t stream)
{
    (void)(fake_begin(fake, stream) && fake_end(fake, stream, 0));
}

static void no_status(struct fake *fake, uint32_t stream)
{
    (void)(fake_begin(fake, stream) && fake_message(fake, stream, "", 0) &&
           fake_frame(fake, FAKE_DATA, FAKE_END_STREAM, stream, "", 0));
}

static void status_that_is_none(struct fake *fake, uint32_t stream)
{
    (void)(fake_begin(fake, stream) &&
           fake_headers(fake, stream, FAKE_END_STREAM, "grpc-status", "none", NULL));
}

static void status_99(struct fake *fake, uint32_t stream)
{
    (void)(fake_begin(fake, stream) && fake_end(fake, stream, 99));
}

static void html(struct fake *fake, uint32_t stream)
{
    static const char page[] = "<html>unavailable</html>";

    (void)(fake_headers(fake, stream, 0, ":status", "503", "content-type", "text/html", NULL) &&
           fake_frame(fake, FAKE_DATA, FAKE_END_STREAM, stream, page, sizeof(page) - 1));
}

static void data_before_headers(struct fake *fake, uint32_t stream)
{
    (void)fake_frame(fake, FAKE_DATA, FAKE_END_STREAM, stream, "\0\0\0\0\0", 5);
}

static void headers_without_status(struct fake *fake, uint32_t stream)
{
    (void)fake_headers(fake, stream, FAKE_END_STREAM, "content-type", "application/grpc", NULL);
}

static void bad_hpack(struct fake *fake, uint32_t stream)
{
    (void)fake_frame(fake, FAKE_HEADERS, FAKE_END_HEADERS, stream, "\377\377\377\377\377\377", 6);
    fake_await_end(fake, stream);
}

static void frame_too_large(struct fake *fake, uint32_t stream)
{
    (void)fake_raw(fake, "\377\377\377\0\0\0\0\0\1", 9);
    fake_await_end(fake, stream);
}

static void frame_of_an_unknown_type(struct fake *fake, uint32_t stream)
{
    (void)(fake_frame(fake, 0xfa, 0xff, stream, "unknown", 7) && fake_begin(fake, stream) &&
           fake_message(fake, stream, "", 0) && fake_end(fake, stream, 0));
}

static void idle_stream(struct fake *fake, uint32_t stream)
{
    (void)(fake_frame(fake, FAKE_DATA, 0, stream + 100, "x", 1) && fake_begin(fake, stream) &&
           fake_message(fake, stream, "", 0) && fake_end(fake, stream, 0));
}

static void closed_stream(struct fake *fake, uint32_t stream)
{
    (void)(fake_begin(fake, stream) && fake_message(fake, stream, "", 0) && fake_end(fake, stream, 0) &&
           fake_begin(fake, stream) && fake_frame(fake, FAKE_DATA, 0, stream, "late", 4));
}

static void reset(struct fake *fake, uint32_t stream)
{
    (void)(fake_begin(fake, stream) && fake_frame(fake, FAKE_RST, 0, stream, "\0\0\0\2", 4));
}

static void refused(struct fake *fake, uint32_t stream)
{
    (void)fake_frame(fake, FAKE_RST, 0, stream, "\0\0\0\7", 4);
}

static void goaway_for_all(struct fake *fake, uint32_t stream)
{
    (void)fake_frame(fake, FAKE_GOAWAY, 0, 0, "\0\0\0\0\0\0\0\0", 8);
    fake_await_end(fake, stream);
}

/* It finishes what it has begun. */
static void goaway_and_reply(struct fake *fake, uint32_t stream)
{
    (void)(fake_frame(fake, FAKE_GOAWAY, 0, 0, "\177\377\377\377\0\0\0\0", 8) && fake_begin(fake, stream) &&
           fake_message(fake, stream, "", 0) && fake_end(fake, stream, 0));
}

static void push(struct fake *fake, uint32_t stream)
{
    (void)fake_frame(fake, FAKE_PUSH, FAKE_END_HEADERS, stream, "\0\0\0\2\0\1a\1b", 8);
    fake_await_end(fake, stream);
}

static void window_overflow(struct fake *fake, uint32_t stream)
{
    (void)fake_frame(fake, FAKE_WINDOW, 0, 0, "\177\377\377\377", 4);
    (void)fake_frame(fake, FAKE_WINDOW, 0, 0, "\177\377\377\377", 4);
    fake_await_end(fake, stream);
}

static void window_of_nothing(struct fake *fake, uint32_t stream)
{
    (void)fake_frame(fake, FAKE_WINDOW, 0, 0, "\0\0\0\0", 4);
    fake_await_end(fake, stream);
}

static void settings_of_a_wrong_size(struct fake *fake, uint32_t stream)
{
    (void)fake_frame(fake, FAKE_SETTINGS, 0, 0, "\0\1\0", 3);
    fake_await_end(fake, stream);
}

void answer_hang_up(struct fake *fake, uint32_t stream)
{
    (void)(fake_begin(fake, stream) && fake_raw(fake, "\0\0\377\0\0", 5));
    fake_hang_up(fake);
}

static void many_headers(struct fake *fake, uint32_t stream)
{
    char name[121];
    bool on = fake_begin(fake, stream);

    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    /* Each a frame of its own that ends and goes on: 64 KiB in all. */
    on = on && fake_frame(fake, FAKE_HEADERS, FAKE_END_STREAM, stream, "", 0);
    for (int i = 0; on && i < 1024; i++) {
        unsigned char block[123] = {0, 120};

        memcpy(block + 2, name, 120);
        block[122] = 0;
        on = fake_frame(fake, FAKE_CONTINUATION, i == 1023 ? FAKE_END_HEADERS : 0, stream, block,
                        sizeof(block));
    }
    fake_await_end(fake, stream);
}

static void headers_without_end(struct fake *fake, uint32_t stream)
{
    (void)fake_frame(fake, FAKE_HEADERS, 0, stream, "\0\1a\1b", 5);
    fake_await_end(fake, stream);
}

/* For ever is some seconds, much longer than the call has. */
static bool goes_on(time_t *until)
{
    if (*until == 0)
        *until = time(NULL) + 2;
    return time(NULL) < *until;
}

static void continuation_for_ever(struct fake *fake, uint32_t stream)
{
    time_t until = 0;
    bool on = fake_frame(fake, FAKE_HEADERS, 0, stream, "", 0);

    while (on && goes_on(&until))
        on = fake_frame(fake, FAKE_CONTINUATION, 0, stream, "", 0);
    fake_hang_up(fake);
}

static void settings_flood(struct fake *fake, uint32_t stream)
{
    bool on = true;

    for (int i = 0; on && i < FLOOD; i++)
        on = fake_frame(fake, FAKE_SETTINGS, 0, 0, "", 0);
    (void)(on && fake_begin(fake, stream) && fake_message(fake, stream, "", 0) && fake_end(fake, stream, 0));
}

static void ping_flood(struct fake *fake, uint32_t stream)
{
    bool on = true;

    for (int i = 0; on && i < FLOOD; i++)
        on = fake_frame(fake, FAKE_PING, 0, 0, "12345678", 8);
    (void)(on && fake_begin(fake, stream) && fake_message(fake, stream, "", 0) && fake_end(fake, stream, 0));
}

void answer_nothing(struct fake *fake, uint32_t stream)
{
    (void)fake_begin(fake, stream);
    fake_await_end(fake, stream);
}

/* Frames without content count against no window. */
static void empty_data_for_ever(struct fake *fake, uint32_t stream)
{
    time_t until = 0;
    bool on = fake_begin(fake, stream);

    while (on && goes_on(&until))
        on = fake_frame(fake, FAKE_DATA, 0, stream, "", 0);
    fake_hang_up(fake);
}

static void data_for_ever(struct fake *fake, uint32_t stream)
{
    time_t until = 0;
    static const char block[16384];
    bool on = fake_begin(fake, stream) && fake_message(fake, stream, block, 0);

    while (on && goes_on(&until))
        on = fake_message(fake, stream, block, sizeof(block));
    fake_hang_up(fake);
}

static void code_without_a_message(struct fake *fake, uint32_t stream)
{
    (void)fake_headers(fake, stream, FAKE_END_STREAM, ":status", "200", "content-type", "application/grpc",
                       "grpc-status", "5", NULL);
}

#define CASE(answer, ...)                                                                                    \
    {                                                                                                        \
#answer, answer, __VA_ARGS__                                                                         \
    }

const struct answer answers[] = {
    CASE(compressed, BROKEN, false, false),
    CASE(cut_short, BROKEN, false, false),
    CASE(prefix_cut_short, BROKEN, false, false),
    /* C core takes note of these when it has all there is: at the deadline. */
    CASE(four_gigabytes, LOST | ANY_OF(C8D_EXHAUSTED), true, false),
    CASE(two_replies, BROKEN, true, false),
    CASE(no_reply, BROKEN, false, false),
    CASE(no_status, BROKEN, false, false),
    CASE(status_that_is_none, BROKEN, false, false),
    CASE(status_99, BROKEN, false, false),
    CASE(html, LOST, false, false),
    CASE(data_before_headers, BROKEN, true, false),
    CASE(headers_without_status, BROKEN, true, false),
    CASE(bad_hpack, BROKEN, true, false),
    CASE(frame_too_large, BROKEN, true, false),
    CASE(frame_of_an_unknown_type, ANY_OF(C8D_OK), false, false),
    CASE(idle_stream, LOST | ANY_OF(C8D_OK), false, false),
    CASE(closed_stream, ANY_OF(C8D_OK), false, false),
    CASE(reset, BROKEN, false, false),
    CASE(refused, LOST | ANY_OF(C8D_UNAVAILABLE), false, false),
    CASE(goaway_for_all, LOST | ANY_OF(C8D_UNAVAILABLE), false, false),
    CASE(goaway_and_reply, ANY_OF(C8D_OK), false, false),
    CASE(push, BROKEN, true, false),
    CASE(window_overflow, BROKEN, true, false),
    CASE(window_of_nothing, BROKEN, true, false),
    CASE(settings_of_a_wrong_size, BROKEN, true, false),
    {"hang-up in a frame", answer_hang_up, LOST, false, false},
    CASE(many_headers, BROKEN | ANY_OF(C8D_EXHAUSTED), true, true),
    CASE(headers_without_end, LOST, true, false),
    CASE(continuation_for_ever, BROKEN, true, true),
    CASE(settings_flood, LOST | ANY_OF(C8D_OK), true, true),
    CASE(ping_flood, LOST | ANY_OF(C8D_OK), true, true),
    {"nothing for ever", answer_nothing, LOST, true, false},
    CASE(empty_data_for_ever, LOST, true, true),
    CASE(data_for_ever, BROKEN, true, true),
    CASE(code_without_a_message, ANY_OF(C8D_NOT_FOUND), false, false),
    {0},
};
