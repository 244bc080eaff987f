/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A consumer that does not ask for long, over each transport: what the server writes meanwhile stays in the
 * socket and with the server; here nothing grows. Then all of it comes, in order.
 */
#include "fixture.h"
#include "remote_fake_internal.h"
#include "self.h"
#include "transport.h"
#include <c8d/remote.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define MS INT64_C(1000000)
#define PATIENCE (60000 * MS)
#define EVENTS 6000U
#define UNKNOWN_BYTES 1000
#define GROWTH_MAX_KB 8192
/* The server is stuck when it has written nothing for so long. */
#define STUCK (300 * MS)

static atomic_uint written;

/* An exit of the container c, whose code is the event's number, and a field that nobody knows. */
static void flood(struct fake *fake, uint32_t stream)
{
    static const char head[] = "\22\4slow\32\2/t\42\51\12\32containerd.events.TaskExit\22\13\12\1c\22\1c\40";
    static const char tail[] = {15 << 3 | 2, (char)(UNKNOWN_BYTES | 0x80), UNKNOWN_BYTES >> 7};
    unsigned char bytes[sizeof(head) + 3 + sizeof(tail) + UNKNOWN_BYTES] = {0};
    uint32_t subscription = fake->link->subscription;
    unsigned char *at = bytes + sizeof(head) - 1;

    memcpy(bytes, head, sizeof(head) - 1);
    memcpy(at + 4, tail, sizeof(tail));
    for (unsigned n = 0; n < EVENTS; n++) {
        at[0] = (unsigned char)(n | 0x80);
        at[1] = (unsigned char)(n >> 7 | 0x80);
        at[2] = (unsigned char)(n >> 14 | 0x80);
        at[3] = 0;
        if (!fake_message(fake, subscription, bytes, sizeof(bytes)))
            return;
        atomic_store(&written, n + 1);
    }
    (void)(fake_begin(fake, stream) && fake_message(fake, stream, "", 0) && fake_end(fake, stream, 0));
}

static void submit(struct c8d_runtime runtime, enum c8d_call_kind kind)
{
    const struct c8d_call call = {
        .kind = kind,
        .token = 1 + (uint64_t)kind,
        .deadline_ns = runtime.ops->now(runtime.ctx) + PATIENCE,
    };

    assert_int_equal(runtime.ops->submit(runtime.ctx, &call, NULL), C8D_OK);
}

/* Takes what comes until there were so many events, or the first other thing with 0. The reply to a call may
 * come before events that were written before it. Returns how many; `in_order` stays only if they were. */
static unsigned take(struct c8d_runtime runtime, unsigned enough, bool *in_order)
{
    int64_t until = runtime.ops->now(runtime.ctx) + PATIENCE;
    struct c8d_arrival arrival;
    unsigned events = 0;

    while (runtime.ops->now(runtime.ctx) < until) {
        while (runtime.ops->next(runtime.ctx, &arrival)) {
            if (arrival.kind == C8D_ARRIVAL_EVENT)
                *in_order = *in_order && arrival.event.exit.code == events++;
            if (events == enough)
                return events;
        }
        runtime.ops->wait(runtime.ctx, NULL, 0, until - runtime.ops->now(runtime.ctx));
    }
    return events;
}

static void await_stuck(void)
{
    const struct timespec pause = {.tv_nsec = 10 * MS};
    unsigned before = 0;

    for (int64_t still = 0; still < STUCK; still += 10 * MS) {
        unsigned now = atomic_load(&written);

        if (now != before || now == 0)
            still = 0;
        before = now;
        (void)nanosleep(&pause, NULL);
    }
}

static void test_remote_slow__consumer_that_does_not_ask__holds_nothing_and_loses_nothing(void **state)
{
    struct fake fake = {.reply = "", .answer = flood, .always = true};
    struct c8d_remote_options options = {
        .size = sizeof(options), .namespace_ = str("slow"), .transport = test_transport()};
    struct c8d_runtime runtime;
    struct failing memory;
    bool in_order = true;
    unsigned stuck_at;
    unsigned events;
    long growth_kb;
    long live;

    (void)state;
    failing_init(&memory);
    fake_start(&fake);
    options.address = str(fake.address);
    options.allocator = &memory.allocator;
    assert_int_equal(c8d_remote_new(&options, &runtime, NULL), C8D_OK);
    submit(runtime, C8D_CALL_SUBSCRIBE);
    (void)take(runtime, 0, &in_order);
    submit(runtime, C8D_CALL_VERSION);
    live = memory.live;
    growth_kb = self_resident_kb();
    await_stuck();
    stuck_at = atomic_load(&written);
    growth_kb = self_resident_kb() - growth_kb;
    live = memory.live - live;
    events = take(runtime, EVENTS, &in_order);
    runtime.ops->destroy(runtime.ctx);
    fake_stop(&fake);
    assert_true(stuck_at < EVENTS);
    assert_true(growth_kb < GROWTH_MAX_KB);
    assert_int_equal(live, 0);
    assert_int_equal(events, EVENTS);
    assert_true(in_order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_remote_slow__consumer_that_does_not_ask__holds_nothing_and_loses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
