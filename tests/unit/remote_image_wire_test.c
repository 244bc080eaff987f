/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images of tasks through a content store, as they are on the wire: what is asked, byte by byte where it
 * matters, and what becomes of answers that are wrong. Whatever happens, a lease that was given is ended, a
 * task is never created without its image, and nothing that was refused is unpacked.
 */
#include "remote_store.h"
#include "remote_wire.h"
#include "transport.h"
#include <c8d/remote.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS INT64_C(1000000)
#define PATIENCE (60000 * MS)
#define SHORT (300 * MS)
#define TYPE "application/vnd.containerd.container.criu.checkpoint.criu.tar"

struct outcome {
    enum c8d_status status;
    uint32_t pid;
    char message[C8D_ERROR_MESSAGE_BYTES];
};

static struct c8d_runtime open_runtime(const struct fake *fake, struct failing *memory)
{
    const struct c8d_remote_options options = {
        .size = sizeof(options),
        .address = str(fake->address),
        .namespace_ = str("images"),
        .allocator = &memory->allocator,
        .transport = test_transport(),
        .images_in_store = true,
    };
    struct c8d_runtime runtime;

    assert_int_equal(c8d_remote_new(&options, &runtime, NULL), C8D_OK);
    return runtime;
}

static enum c8d_status submit(struct c8d_runtime runtime, enum c8d_call_kind kind, const char *directory,
                              int64_t patience, struct c8d_error *err)
{
    const struct c8d_call call = {
        .kind = kind,
        .token = 7,
        .deadline_ns = runtime.ops->now(runtime.ctx) + patience,
        .container = str("web"),
        .checkpoint = str(directory),
    };

    return runtime.ops->submit(runtime.ctx, &call, err);
}

static struct outcome await(struct c8d_runtime runtime)
{
    int64_t until = runtime.ops->now(runtime.ctx) + PATIENCE;
    struct outcome outcome = {.status = C8D_STATUS__COUNT};
    struct c8d_arrival arrival;

    while (!runtime.ops->next(runtime.ctx, &arrival)) {
        if (runtime.ops->now(runtime.ctx) >= until)
            return outcome;
        runtime.ops->wait(runtime.ctx, NULL, 0, until - runtime.ops->now(runtime.ctx));
    }
    outcome.status = arrival.status;
    outcome.pid = arrival.pid;
    (void)snprintf(outcome.message, sizeof(outcome.message), "%.*s", (int)arrival.message.len,
                   arrival.message.len != 0 ? arrival.message.ptr : "");
    return outcome;
}

/* Nothing is asserted while the server runs: its thread would go on without us. */
static struct outcome ask(struct place *place, struct store *store, enum c8d_call_kind kind, int64_t patience)
{
    struct fake fake = {.message = store_message, .user = store};
    struct outcome outcome = {.status = C8D_STATUS__COUNT};
    struct c8d_error err = {0};
    struct c8d_runtime runtime;

    fake_start(&fake);
    runtime = open_runtime(&fake, &place->memory);
    outcome.status =
        submit(runtime, kind, kind == C8D_CALL_CHECKPOINT ? place->out : place->in, patience, &err);
    if (outcome.status == C8D_OK)
        outcome = await(runtime);
    runtime.ops->destroy(runtime.ctx);
    fake_stop(&fake);
    return outcome;
}

static void fill(const struct place *place)
{
    run("cd %s && echo image >inventory.img && head -c 200000 /dev/urandom >pages-1.img", place->in);
}

static void expect(const struct outcome *outcome, enum c8d_status status, enum harm harm)
{
    if (outcome->status != status)
        fail_msg("harm %d: %s (%s)", (int)harm, c8d_status_text(outcome->status), outcome->message);
    if (status != C8D_OK)
        assert_true(outcome->message[0] != '\0');
}

static void expect_released(const struct store *store)
{
    assert_true(store->lease[0] != '\0');
    assert_string_equal(store->released, store->lease);
    assert_true(store->synchronous);
}

/* ---- restoring ---- */

static void test_restore__the_create_request__carries_the_image(void **state)
{
    struct place *place = *state;
    struct store store;
    struct outcome outcome;
    struct wire descriptor = {0};
    struct wire expected = {0};
    struct tar packed = new_tar();
    char digest[C8D__DIGEST_BYTES];

    fill(place);
    store_init(&store, HARM_NONE);
    outcome = ask(place, &store, C8D_CALL_TASK_CREATE, PATIENCE);
    expect(&outcome, C8D_OK, HARM_NONE);
    assert_int_equal(outcome.pid, 4321);
    assert_string_equal(store.calls, "Leases/Create Content/Write Tasks/Create Leases/Delete");
    /* What was written is the directory, under its own name. */
    assert_int_equal(pack(place, &packed, NULL), C8D_OK);
    assert_int_equal(store.written.size, packed.size);
    assert_memory_equal(store.written.bytes, packed.bytes, packed.size);
    name_of(&packed, digest);
    assert_string_equal(store.expected, digest);
    assert_int_equal(store.total, packed.size);
    /* The request, to the byte. */
    wire_text(&descriptor, 1, TYPE);
    wire_text(&descriptor, 2, digest);
    wire_number(&descriptor, 3, packed.size);
    wire_text(&expected, 1, "web");
    wire_message(&expected, 8, &descriptor);
    assert_int_equal(store.request_size, expected.n);
    assert_memory_equal(store.request, expected.bytes, expected.n);
    /* A lease holds it, which ends by itself in case nobody ends it. */
    assert_true(store.in_lease);
    assert_int_equal(strlen(store.expiry), strlen("2026-11-26T12:00:00Z"));
    expect_released(&store);
    store_done(&store);
    free(packed.bytes);
}

static void test_restore__what_goes_wrong__creates_nothing_and_ends_the_lease(void **state)
{
    static const struct {
        enum harm harm;
        enum c8d_status status;
        bool creates;
    } cases[] = {
        {HARM_RELEASE, C8D_OK, true},       {HARM_EXISTS, C8D_OK, true},
        {HARM_CALL, C8D_REMOTE, true},      {HARM_WRITE, C8D_REMOTE, false},
        {HARM_OFFSET, C8D_INTERNAL, false}, {HARM_TWICE, C8D_INTERNAL, false},
        {HARM_EARLY, C8D_REMOTE, false},    {HARM_HANG_UP, C8D_UNAVAILABLE, false},
    };
    struct place *place = *state;

    fill(place);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct store store;
        struct outcome outcome;

        store_init(&store, cases[i].harm);
        outcome = ask(place, &store, C8D_CALL_TASK_CREATE, PATIENCE);
        expect(&outcome, cases[i].status, cases[i].harm);
        assert_int_equal(strstr(store.calls, "Tasks/Create") != NULL, cases[i].creates);
        expect_released(&store);
        store_done(&store);
    }
}

static void test_image__without_a_lease__asks_nothing_more(void **state)
{
    static const enum c8d_call_kind kinds[] = {C8D_CALL_TASK_CREATE, C8D_CALL_CHECKPOINT};
    struct place *place = *state;

    fill(place);
    for (size_t i = 0; i < 2; i++) {
        struct store store;
        struct outcome outcome;

        store_init(&store, HARM_LEASE);
        outcome = ask(place, &store, kinds[i], PATIENCE);
        expect(&outcome, C8D_NOT_IMPLEMENTED, HARM_LEASE);
        assert_string_equal(store.calls, "Leases/Create");
        store_done(&store);
    }
}

/* ---- checkpointing ---- */

static void store_checkpoint(const struct place *place, struct store *store)
{
    struct place other = *place;

    assert_int_equal(pack(&other, &store->blob, NULL), C8D_OK);
    name_of(&store->blob, store->digest);
}

static void test_checkpoint__what_is_stored__is_unpacked(void **state)
{
    struct place *place = *state;
    struct store store;
    struct outcome outcome;

    fill(place);
    store_init(&store, HARM_NONE);
    store_checkpoint(place, &store);
    outcome = ask(place, &store, C8D_CALL_CHECKPOINT, PATIENCE);
    expect(&outcome, C8D_OK, HARM_NONE);
    assert_string_equal(store.calls, "Leases/Create Tasks/Checkpoint Content/Read Leases/Delete");
    assert_true(store.in_lease);
    expect_released(&store);
    run("cd %s && diff -r in out", place->path);
    store_done(&store);
}

static void test_checkpoint__what_goes_wrong__unpacks_nothing_and_ends_the_lease(void **state)
{
    static const struct {
        enum harm harm;
        enum c8d_status status;
    } cases[] = {
        {HARM_CALL, C8D_REMOTE},           {HARM_NO_IMAGE, C8D_REMOTE}, {HARM_OTHER_IMAGE, C8D_REMOTE},
        {HARM_SIZE, C8D_REMOTE},           {HARM_LONG, C8D_REMOTE},     {HARM_SHORT, C8D_REMOTE},
        {HARM_DIGEST, C8D_REMOTE},         {HARM_READ, C8D_REMOTE},     {HARM_OFFSET, C8D_INTERNAL},
        {HARM_HANG_UP, C8D_INDETERMINATE},
    };
    struct place *place = *state;

    fill(place);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct store store;
        struct outcome outcome;

        store_init(&store, cases[i].harm);
        store_checkpoint(place, &store);
        outcome = ask(place, &store, C8D_CALL_CHECKPOINT, PATIENCE);
        expect(&outcome, cases[i].status, cases[i].harm);
        assert_int_equal(count_entries(place->out), 0);
        expect_released(&store);
        store_done(&store);
    }
}

static void test_checkpoint__a_tar_that_does_harm__is_refused(void **state)
{
    struct place *place = *state;
    struct store store;
    struct outcome outcome;

    fill(place);
    store_init(&store, HARM_NONE);
    store_checkpoint(place, &store);
    memcpy(store.blob.bytes, "../evil", 8); /* in the place of the first name: its checksum is wrong, too */
    name_of(&store.blob, store.digest);
    outcome = ask(place, &store, C8D_CALL_CHECKPOINT, PATIENCE);
    expect(&outcome, C8D_REMOTE, HARM_NONE);
    assert_int_equal(count_entries(place->out), 0);
    assert_int_equal(count_entries(place->path), 2);
    expect_released(&store);
    store_done(&store);
}

/* ---- on the way ---- */

/* Nobody answers: it ends by its deadline, in a class that is true. */
static void test_image__no_answer_in_time__ends_the_call(void **state)
{
    static const struct {
        enum c8d_call_kind kind;
        int stalls_at;
        enum c8d_status status;
    } cases[] = {
        {C8D_CALL_TASK_CREATE, 1, C8D_UNAVAILABLE},
        {C8D_CALL_TASK_CREATE, 3, C8D_UNAVAILABLE},
        {C8D_CALL_CHECKPOINT, 2, C8D_INDETERMINATE},
        {C8D_CALL_CHECKPOINT, 3, C8D_INDETERMINATE},
    };
    struct place *place = *state;

    fill(place);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct store store;
        struct outcome outcome;

        store_init(&store, HARM_NONE);
        store_checkpoint(place, &store);
        store.stalls_at = cases[i].stalls_at;
        outcome = ask(place, &store, cases[i].kind, SHORT);
        expect(&outcome, cases[i].status, (enum harm)i);
        store_done(&store);
    }
}

/* The runtime is destroyed at each step of a call; close_place() asserts that no memory is left. */
static void test_image__destroyed_on_the_way__leaves_nothing(void **state)
{
    static const enum c8d_call_kind kinds[] = {C8D_CALL_TASK_CREATE, C8D_CALL_CHECKPOINT};
    struct place *place = *state;

    fill(place);
    for (int at = 1; at <= 8; at++) {
        enum c8d_call_kind kind = kinds[at % 2];
        struct store store;
        struct fake fake = {.message = store_message, .user = &store};
        struct c8d_runtime runtime;
        struct c8d_arrival arrival;
        int step = (at + 1) / 2;

        store_init(&store, HARM_NONE);
        store_checkpoint(place, &store);
        store.stalls_at = step;
        fake_start(&fake);
        runtime = open_runtime(&fake, &place->memory);
        (void)submit(runtime, kind, kind == C8D_CALL_CHECKPOINT ? place->out : place->in, PATIENCE, NULL);
        while (atomic_load(&store.seen) < step) {
            (void)runtime.ops->next(runtime.ctx, &arrival);
            runtime.ops->wait(runtime.ctx, NULL, 0, MS);
        }
        runtime.ops->destroy(runtime.ctx);
        fake_stop(&fake);
        assert_int_equal(place->memory.live, 0);
        store_done(&store);
    }
}

/* Each allocation on the way fails once: the call fails, or comes through. */
static void test_image__each_allocation_that_fails__is_survived(void **state)
{
    static const enum c8d_call_kind kinds[] = {C8D_CALL_TASK_CREATE, C8D_CALL_CHECKPOINT};
    struct place *place = *state;

    run("echo image >%s/inventory.img", place->in);
    for (long at = 1; at <= 60; at++) {
        enum c8d_call_kind kind = kinds[at % 2];
        struct store store;
        struct fake fake = {.message = store_message, .user = &store};
        struct outcome outcome = {.status = C8D_EXHAUSTED};
        struct c8d_runtime runtime;

        store_init(&store, HARM_NONE);
        store_checkpoint(place, &store);
        fake_start(&fake);
        runtime = open_runtime(&fake, &place->memory);
        place->memory.made = 0;
        place->memory.fail_at = (at + 1) / 2;
        if (submit(runtime, kind, kind == C8D_CALL_CHECKPOINT ? place->out : place->in, PATIENCE, NULL) ==
            C8D_OK)
            outcome = await(runtime);
        runtime.ops->destroy(runtime.ctx);
        fake_stop(&fake);
        place->memory.fail_at = 0;
        assert_int_not_equal(outcome.status, C8D_STATUS__COUNT);
        assert_int_equal(place->memory.live, 0);
        store_done(&store);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(test_restore__the_create_request__carries_the_image),
        IN_PLACE(test_restore__what_goes_wrong__creates_nothing_and_ends_the_lease),
        IN_PLACE(test_image__without_a_lease__asks_nothing_more),
        IN_PLACE(test_checkpoint__what_is_stored__is_unpacked),
        IN_PLACE(test_checkpoint__what_goes_wrong__unpacks_nothing_and_ends_the_lease),
        IN_PLACE(test_checkpoint__a_tar_that_does_harm__is_refused),
        IN_PLACE(test_image__no_answer_in_time__ends_the_call),
        IN_PLACE(test_image__destroyed_on_the_way__leaves_nothing),
        IN_PLACE(test_image__each_allocation_that_fails__is_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
