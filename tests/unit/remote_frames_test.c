/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that breaks HTTP/2 or gRPC, over each transport. Each case is one answer to one call: the call
 * ends in time, in a class that is true, without a loop that is busy, and the next call succeeds; at the end
 * no memory and no descriptor is left.
 */
#include "fixture.h"
#include "remote_answers.h"
#include "remote_fake_call.h"
#include "self.h"
#include "transport.h"
#include <c8d/remote.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS FAKE_MS
#define PATIENCE FAKE_PATIENCE
#define SHORT (300 * MS)

static struct c8d_runtime open_runtime(const struct fake *fake, struct failing *memory)
{
    struct c8d_runtime runtime;

    assert_int_equal(fake_open(fake, memory != NULL ? &memory->allocator : NULL, &runtime), C8D_OK);
    return runtime;
}

static struct c8d_arrival call(struct c8d_runtime runtime, int64_t patience)
{
    return fake_call(runtime, (struct c8d_call){.kind = C8D_CALL_VERSION}, patience);
}

/* The server may still be closing its side when the next call looks. */
static bool recovers(struct c8d_runtime runtime)
{
    for (int i = 0; i < 100; i++) {
        if (call(runtime, PATIENCE).status == C8D_OK)
            return true;
    }
    return false;
}

/* What is wrong with how the answer was taken; NULL = nothing. */
static const char *judge(const struct answer *answer, const struct c8d_arrival *arrival, int64_t took_ns)
{
    if ((answer->allowed & ANY_OF(arrival->status)) == 0)
        return "of a class that is not true";
    if (arrival->status != C8D_OK && arrival->message.len == 0)
        return "without a line";
    return answer->slow && took_ns > SHORT + 5000 * MS ? "long after the deadline" : NULL;
}

/* Nothing is asserted while the server runs: its thread would go on without us. */
static void try_answer(const struct answer *answer, size_t drip)
{
    struct fake fake = {.reply = "", .answer = answer->answer, .drip = drip};
    struct failing memory;
    struct c8d_runtime runtime;
    struct c8d_arrival arrival;
    const char *problem;
    char line[256];
    int64_t before;
    bool again;

    failing_init(&memory);
    fake_start(&fake);
    runtime = open_runtime(&fake, &memory);
    before = runtime.ops->now(runtime.ctx);
    arrival = call(runtime, answer->slow ? SHORT : PATIENCE);
    problem = judge(answer, &arrival, runtime.ops->now(runtime.ctx) - before);
    (void)snprintf(line, sizeof(line), "%s: %.*s", c8d_status_text(arrival.status), (int)arrival.message.len,
                   arrival.message.ptr);
    again = recovers(runtime);
    runtime.ops->destroy(runtime.ctx);
    fake_stop(&fake);
    if (problem != NULL)
        fail_msg("%s: %s, %s", answer->name, line, problem);
    if (!again)
        fail_msg("%s: no call succeeds after it", answer->name);
    assert_int_equal(memory.live, 0);
}

static void test_remote_frames__each_wrong_answer__ends_the_call_and_not_the_next(void **state)
{
    (void)state;
    for (const struct answer *at = answers; at->name != NULL; at++)
        try_answer(at, 0);
}

/* Those that flood would take too long. */
static void test_remote_frames__each_byte_by_itself__is_the_same(void **state)
{
    (void)state;
    for (const struct answer *at = answers; at->name != NULL; at++) {
        if (!at->flood)
            try_answer(at, 1);
    }
}

static void percent(struct fake *fake, uint32_t stream)
{
    (void)fake_headers(fake, stream, FAKE_END_STREAM, ":status", "200", "content-type", "application/grpc",
                       "grpc-status", "9", "grpc-message", "100%25 caf%C3%A9 %zz %", NULL);
}

static void test_remote_frames__percent_encoded_message__is_decoded(void **state)
{
    static const char expected[] = "100% caf\303\251 %zz %";
    struct fake fake = {.reply = "", .answer = percent};
    struct c8d_runtime runtime;
    struct c8d_arrival arrival;

    (void)state;
    fake_start(&fake);
    runtime = open_runtime(&fake, NULL);
    arrival = call(runtime, PATIENCE);
    assert_int_equal(arrival.status, C8D_CONFLICT);
    assert_int_equal(arrival.origin, C8D_ORIGIN_GRPC);
    assert_int_equal(arrival.origin_code, 9);
    assert_int_equal(arrival.message.len, sizeof(expected) - 1);
    assert_memory_equal(arrival.message.ptr, expected, sizeof(expected) - 1);
    runtime.ops->destroy(runtime.ctx);
    fake_stop(&fake);
}

/* Each time another text, up to the longest that a line of the fake's can have. */
static void fail_anew(struct fake *fake, uint32_t stream)
{
    char text[100];

    (void)snprintf(text, sizeof(text), "failure number %u of a container that nobody has ever heard of",
                   stream);
    (void)fake_headers(fake, stream, FAKE_END_STREAM, ":status", "200", "content-type", "application/grpc",
                       "grpc-status", "5", "grpc-message", text, NULL);
}

/* HTTP/2 has a memory of headers, and each failure has a text of its own. */
static void test_remote_frames__ever_other_failures__nothing_of_them_is_kept(void **state)
{
    enum { FAILURES = 200 };
    struct fake fake = {.reply = "", .answer = fail_anew, .always = true};
    struct failing memory;
    struct c8d_runtime runtime;
    unsigned not_found = 0;
    long after_one = 0;
    long after_all;

    (void)state;
    failing_init(&memory);
    fake_start(&fake);
    runtime = open_runtime(&fake, &memory);
    for (unsigned i = 0; i < FAILURES; i++) {
        not_found += call(runtime, PATIENCE).status == C8D_NOT_FOUND;
        after_one = i == 0 ? memory.live : after_one;
    }
    after_all = memory.live;
    runtime.ops->destroy(runtime.ctx);
    fake_stop(&fake);
    assert_int_equal(not_found, FAILURES);
    assert_true(after_all <= after_one);
}

static void greet_in_http_1(struct fake *fake)
{
    static const char text[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";

    (void)fake_raw(fake, text, sizeof(text) - 1);
}

static void greet_and_hang_up(struct fake *fake)
{
    fake_hang_up(fake);
}

static void test_remote_frames__wrong_greeting__ends_the_call_and_not_the_next(void **state)
{
    static void (*const greetings[])(struct fake * fake) = {greet_in_http_1, greet_and_hang_up};

    (void)state;
    for (size_t i = 0; i < sizeof(greetings) / sizeof(greetings[0]); i++) {
        struct fake fake = {.reply = "", .greeting = greetings[i]};
        struct c8d_runtime runtime;
        enum c8d_status status;

        fake_start(&fake);
        runtime = open_runtime(&fake, NULL);
        status = call(runtime, PATIENCE).status;
        assert_true((ANY_OF(status) & (BROKEN | ANY_OF(C8D_UNAVAILABLE) | ANY_OF(C8D_OK))) != 0);
        assert_true(recovers(runtime));
        runtime.ops->destroy(runtime.ctx);
        fake_stop(&fake);
    }
}

static void reply_empty(struct fake *fake, uint32_t stream)
{
    (void)(fake_begin(fake, stream) && fake_message(fake, stream, "", 0) && fake_end(fake, stream, 0));
}

static void ask_whether_we_live(struct fake *fake, uint32_t stream)
{
    (void)fake_frame(fake, FAKE_PING, 0, 0, "12345678", 8);
    fake_await_pong(fake);
    reply_empty(fake, stream);
}

static void test_remote_frames__ping_during_a_call__is_answered_without_another_one(void **state)
{
    struct fake fake = {.reply = "", .answer = ask_whether_we_live};
    struct c8d_runtime runtime;
    enum c8d_status status;

    (void)state;
    fake_start(&fake);
    runtime = open_runtime(&fake, NULL);
    status = call(runtime, PATIENCE).status;
    runtime.ops->destroy(runtime.ctx);
    fake_stop(&fake);
    assert_int_equal(status, C8D_OK);
    assert_int_equal(fake.pongs, 1);
}

/* As grpc-go does, to learn how much it may send: a ping by each request, unless one is on its way. */
static void measure_the_line(struct fake *fake, uint32_t stream)
{
    unsigned *pings = fake->user;

    if (*pings == fake->pongs) {
        ++*pings;
        (void)fake_frame(fake, FAKE_PING, 0, 0, "measured", 8);
    }
    reply_empty(fake, stream);
}

/* Each would wake us. C core answers at once, and has no setting for it. */
static void test_remote_frames__pings_by_the_way__do_not_come_with_each_call(void **state)
{
    enum { CALLS = 50 };
    unsigned pings = 0;
    struct fake fake = {.reply = "", .answer = measure_the_line, .always = true, .user = &pings};
    struct c8d_runtime runtime;
    unsigned ok = 0;
    int64_t took_ns;

    (void)state;
    fake_start(&fake);
    runtime = open_runtime(&fake, NULL);
    took_ns = -runtime.ops->now(runtime.ctx);
    for (unsigned i = 0; i < CALLS; i++)
        ok += call(runtime, PATIENCE).status == C8D_OK;
    took_ns += runtime.ops->now(runtime.ctx);
    runtime.ops->destroy(runtime.ctx);
    fake_stop(&fake);
    assert_int_equal(ok, CALLS);
    assert_true(pings >= 1);
    if (test_transport() == C8D_TRANSPORT_NGHTTP2)
        assert_true(pings <= 1 + took_ns / (500 * MS));
}

/* How long after the last call began a sleep ended that nothing but time could end. */
static int64_t look_after_calls(struct c8d_runtime runtime)
{
    const int64_t until = runtime.ops->now(runtime.ctx) + 60 * MS;
    struct c8d_arrival arrival;
    int64_t begun;

    do {
        begun = runtime.ops->now(runtime.ctx);
        assert_int_equal(call(runtime, PATIENCE).status, C8D_OK);
    } while (begun < until);
    while (runtime.ops->next(runtime.ctx, &arrival))
        ;
    runtime.ops->wait(runtime.ctx, NULL, 0, 300 * MS);
    return runtime.ops->now(runtime.ctx) - begun;
}

/* C core's own threads are looked after when nothing was heard for 100 ms: not 100 ms after some call of
 * before, which would be a sleep more for many a call. What else the server sends may end a sleep once. */
static void test_remote_frames__something_heard__puts_off_the_next_look(void **state)
{
    enum { ROUNDS = 8 };
    struct fake fake = {.reply = ""};
    struct c8d_runtime runtime;
    unsigned put_off = 0;

    (void)state;
    fake_start(&fake);
    runtime = open_runtime(&fake, NULL);
    assert_int_equal(fake_call(runtime, (struct c8d_call){.kind = C8D_CALL_SUBSCRIBE}, PATIENCE).status,
                     C8D_OK);
    for (int i = 0; i < ROUNDS; i++)
        put_off += look_after_calls(runtime) >= 99 * MS;
    runtime.ops->destroy(runtime.ctx);
    fake_stop(&fake);
    assert_true(put_off > ROUNDS / 2);
}

/* A server that is silent costs no time but its own. */
static void test_remote_frames__silence__costs_no_cpu(void **state)
{
    struct fake fake = {.reply = "", .answer = answer_nothing};
    struct c8d_runtime runtime;
    struct self_thread before;
    struct self_thread after;

    (void)state;
    fake_start(&fake);
    runtime = open_runtime(&fake, NULL);
    before = self_thread();
    assert_int_equal(call(runtime, 2 * SHORT).status, C8D_INDETERMINATE);
    after = self_thread();
    assert_true(after.cpu_ns - before.cpu_ns < 2 * SHORT / 4);
    assert_true(after.switches - before.switches < 1000);
    runtime.ops->destroy(runtime.ctx);
    fake_stop(&fake);
}

/* More than any buffer on the way has room for: the request is sent as it is taken. */
static void test_remote_frames__large_request__goes_through(void **state)
{
    struct fake fake = {.reply = ""};

    (void)state;
    fake_start(&fake);
    fake_take_large_request(&fake, open_runtime(&fake, NULL));
}

/* What the system keeps once it was used, such as its threads, is there before anything is counted. */
static int warm_up(void **state)
{
    struct fake fake = {.reply = ""};
    struct c8d_runtime runtime;
    bool served;

    (void)state;
    fake_start(&fake);
    runtime = open_runtime(&fake, NULL);
    served = recovers(runtime);
    runtime.ops->destroy(runtime.ctx);
    fake_stop(&fake);
    return served ? 0 : -1;
}

static unsigned descriptors_before;

static int note_descriptors(void **state)
{
    (void)state;
    descriptors_before = self_open();
    return 0;
}

/* C core closes its own a little later, from a thread of its own. */
static int expect_no_descriptors(void **state)
{
    (void)state;
    for (int tries = 0; self_open() > descriptors_before; tries++) {
        struct timespec pause = {.tv_nsec = 10 * MS};

        if (tries == 500)
            return -1;
        (void)nanosleep(&pause, NULL);
    }
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, note_descriptors, expect_no_descriptors)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_remote_frames__each_wrong_answer__ends_the_call_and_not_the_next),
        TEST(test_remote_frames__each_byte_by_itself__is_the_same),
        TEST(test_remote_frames__percent_encoded_message__is_decoded),
        TEST(test_remote_frames__ever_other_failures__nothing_of_them_is_kept),
        TEST(test_remote_frames__wrong_greeting__ends_the_call_and_not_the_next),
        TEST(test_remote_frames__ping_during_a_call__is_answered_without_another_one),
        TEST(test_remote_frames__pings_by_the_way__do_not_come_with_each_call),
        TEST(test_remote_frames__something_heard__puts_off_the_next_look),
        TEST(test_remote_frames__silence__costs_no_cpu),
        TEST(test_remote_frames__large_request__goes_through),
    };

    return cmocka_run_group_tests(tests, warm_up, NULL);
}
