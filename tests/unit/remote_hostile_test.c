/* SPDX-License-Identifier: Apache-2.0 */
/* The containerd runtime against a server that breaks its protocol. */
#include "fixture.h"
#include "remote_fake_call.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PATIENCE FAKE_PATIENCE
#define MIB ((size_t)1 << 20)

static const char garbage[] = "\377\377\377\377\377\377";

static enum c8d_status submit(struct c8d_runtime runtime, enum c8d_call_kind kind, int64_t patience)
{
    return fake_submit(runtime, (struct c8d_call){.kind = kind, .container = str("c")}, patience);
}

/* The status of a call's reply, whose message must hold `word`. */
static void expect(struct fake *fake, enum c8d_call_kind kind, int64_t patience, enum c8d_status status,
                   const char *word)
{
    struct c8d_runtime runtime;
    struct c8d_arrival arrival;

    fake_start(fake);
    assert_int_equal(fake_open(fake, NULL, &runtime), C8D_OK);
    assert_int_equal(submit(runtime, kind, patience), C8D_OK);
    arrival = fake_arrive(runtime);
    assert_int_equal(arrival.kind, C8D_ARRIVAL_REPLY);
    assert_int_equal(arrival.token, FAKE_TOKEN);
    assert_int_equal(arrival.status, status);
    if (word != NULL) {
        assert_true(arrival.message.len > 0);
        assert_non_null(memmem(arrival.message.ptr, arrival.message.len, word, strlen(word)));
    }
    runtime.ops->destroy(runtime.ctx);
    fake_stop(fake);
}

static void test_remote_hostile__garbage_as_a_reply__is_internal_with_a_line(void **state)
{
    static const enum c8d_call_kind kinds[] = {C8D_CALL_VERSION, C8D_CALL_CONTAINER_GET, C8D_CALL_START,
                                               C8D_CALL_DELETE,  C8D_CALL_STATE,         C8D_CALL_LIST};

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct fake fake = {.reply = garbage, .reply_size = sizeof(garbage) - 1};

        expect(&fake, kinds[i], PATIENCE, C8D_INTERNAL, "malformed");
    }
}

/* A state without a process must not be read as one. */
static void test_remote_hostile__empty_answer_to_a_query__is_internal(void **state)
{
    struct fake fake = {.reply = ""};

    (void)state;
    expect(&fake, C8D_CALL_STATE, PATIENCE, C8D_INTERNAL, "Tasks/Get");
    fake = (struct fake){.reply = ""};
    expect(&fake, C8D_CALL_CONTAINER_GET, PATIENCE, C8D_INTERNAL, "Containers/Get");
}

static void test_remote_hostile__reply_above_the_limit__is_not_taken(void **state)
{
    char *large = calloc(17, MIB);
    struct fake fake = {.reply = large, .reply_size = 17 * MIB};

    (void)state;
    assert_non_null(large);
    expect(&fake, C8D_CALL_VERSION, PATIENCE, C8D_EXHAUSTED, NULL);
    free(large);
}

/* Two bytes on the wire for each entry, and some hundred when decoded. */
static void test_remote_hostile__reply_that_decodes_to_a_flood__is_cut_off(void **state)
{
    size_t size = 15 * MIB;
    char *flood = malloc(size);
    struct fake fake = {.reply = flood, .reply_size = size};

    (void)state;
    assert_non_null(flood);
    for (size_t i = 0; i < size; i += 2) {
        flood[i] = 1 << 3 | 2;
        flood[i + 1] = 0;
    }
    expect(&fake, C8D_CALL_LIST, PATIENCE, C8D_INTERNAL, "malformed");
    free(flood);
}

/* ---- a list of containers that is too large for one message
 * ----------------------------------------------------------------------------------------------------- */

/* What the stream has in its place, again and again; 0 times: without end. */
struct listing {
    const void *bytes;
    size_t size;
    unsigned times;
};

static void list_as_stream(struct fake *fake, uint32_t stream, const char *path, const unsigned char *bytes,
                           size_t size)
{
    const struct listing *listing = fake->user;
    bool goes_on = fake_begin(fake, stream);

    (void)bytes;
    (void)size;
    if (strcmp(path, "/containerd.services.containers.v1.Containers/List") == 0) {
        (void)fake_end(fake, stream, 8); /* RESOURCE_EXHAUSTED */
        return;
    }
    if (strcmp(path, "/containerd.services.tasks.v1.Tasks/List") == 0) {
        (void)(fake_message(fake, stream, "", 0) && fake_end(fake, stream, 0));
        return;
    }
    for (unsigned i = 0; goes_on && (i < listing->times || listing->times == 0); i++)
        goes_on = fake_message(fake, stream, listing->bytes, listing->size);
    (void)(goes_on && fake_end(fake, stream, 0));
}

static void test_remote_hostile__list_as_stream_with_garbage__is_internal_with_a_line(void **state)
{
    struct listing listing = {garbage, sizeof(garbage) - 1, 3};
    struct fake fake = {.message = list_as_stream, .user = &listing};

    (void)state;
    expect(&fake, C8D_CALL_LIST, PATIENCE, C8D_INTERNAL, "malformed Containers/ListStream");
}

/* Its ids alone are more than we hold; it is ended by us. */
static void test_remote_hostile__list_as_stream_without_end__is_cut_off(void **state)
{
    static const char head[] = {1 << 3 | 2, (char)0x84, (char)0x80, 0x40,
                                1 << 3 | 2, (char)0x80, (char)0x80, 0x40};
    size_t size = sizeof(head) + MIB;
    char *one = malloc(size);
    struct listing listing = {one, size, 0};
    struct fake fake = {.message = list_as_stream, .user = &listing};

    (void)state;
    assert_non_null(one);
    memset(one, 'c', size);
    memcpy(one, head, sizeof(head));
    expect(&fake, C8D_CALL_LIST, PATIENCE, C8D_EXHAUSTED, "no room for the list");
    free(one);
}

static void test_remote_hostile__status_of_the_server__is_the_reply(void **state)
{
    struct fake fake = {.reply = "", .status = 5};

    (void)state;
    expect(&fake, C8D_CALL_STATE, PATIENCE, C8D_NOT_FOUND, NULL);
    fake = (struct fake){.reply = "", .status = 14};
    expect(&fake, C8D_CALL_STATE, PATIENCE, C8D_INDETERMINATE, NULL);
}

static void test_remote_hostile__stream_that_is_refused__fails_the_subscription(void **state)
{
    struct fake fake = {.stream_status = 12};

    (void)state;
    expect(&fake, C8D_CALL_SUBSCRIBE, PATIENCE, C8D_NOT_IMPLEMENTED, NULL);
}

static void test_remote_hostile__stream_that_stays_silent__is_not_believed(void **state)
{
    struct fake fake = {.silent = true};

    (void)state;
    expect(&fake, C8D_CALL_SUBSCRIBE, PATIENCE / 100, C8D_INDETERMINATE, "in time");
}

static void test_remote_hostile__garbage_on_the_stream__ends_it(void **state)
{
    struct fake fake = {.event = garbage, .event_size = sizeof(garbage) - 1};
    struct c8d_runtime runtime;
    struct c8d_arrival arrival;

    (void)state;
    fake_start(&fake);
    assert_int_equal(fake_open(&fake, NULL, &runtime), C8D_OK);
    assert_int_equal(submit(runtime, C8D_CALL_SUBSCRIBE, PATIENCE), C8D_OK);
    arrival = fake_arrive(runtime);
    assert_int_equal(arrival.kind, C8D_ARRIVAL_REPLY);
    assert_int_equal(arrival.status, C8D_OK);
    arrival = fake_arrive(runtime);
    assert_int_equal(arrival.kind, C8D_ARRIVAL_STREAM_ENDED);
    assert_int_equal(arrival.token, FAKE_TOKEN);
    runtime.ops->destroy(runtime.ctx);
    fake_stop(&fake);
}

/* An Envelope: namespace, topic, and an Any of this type with this value. */
static size_t envelope(char *to, const char *namespace_, const char *type_url, const char *value)
{
    size_t any = strlen(type_url) + strlen(value) + 4;

    return (size_t)sprintf(to, "\22%c%s\32\2/t\42%c\12%c%s\22%c%s", (char)strlen(namespace_), namespace_,
                           (char)any, (char)strlen(type_url), type_url, (char)strlen(value), value);
}

/* What the stream brings after its marker: 'e' an event, 'x' its end, '-' nothing but the next reply. */
static char brought(char expected, const char *namespace_, const char *type_url, const char *value)
{
    char bytes[256];
    struct fake fake = {
        .reply = "", .event = bytes, .event_size = envelope(bytes, namespace_, type_url, value)};
    struct c8d_runtime runtime;
    struct c8d_arrival arrival;
    char result = '-';

    fake_start(&fake);
    assert_int_equal(fake_open(&fake, NULL, &runtime), C8D_OK);
    assert_int_equal(submit(runtime, C8D_CALL_SUBSCRIBE, PATIENCE), C8D_OK);
    assert_int_equal(fake_arrive(runtime).status, C8D_OK);
    assert_int_equal(submit(runtime, C8D_CALL_VERSION, PATIENCE), C8D_OK);
    /* The reply may overtake what the stream brings. */
    do {
        arrival = fake_arrive(runtime);
        if (arrival.kind != C8D_ARRIVAL_REPLY)
            result = arrival.kind == C8D_ARRIVAL_EVENT ? 'e' : 'x';
    } while (arrival.kind != C8D_ARRIVAL_REPLY ? expected == '-' : result != expected);
    runtime.ops->destroy(runtime.ctx);
    fake_stop(&fake);
    return result;
}

static void test_remote_hostile__event_of_a_wrong_type__is_no_event(void **state)
{
    static const char exit_of_c[] = "\12\1c\22\1c\30\7";

    (void)state;
    assert_int_equal(brought('e', "hostile", "containerd.events.TaskExit", exit_of_c), 'e');
    assert_int_equal(brought('e', "hostile", "types.containerd.io/containerd.events.TaskExit", exit_of_c),
                     'e');
    assert_int_equal(brought('-', "another", "containerd.events.TaskExit", exit_of_c), '-');
    assert_int_equal(brought('-', "hostile", "containerd.events.TaskExit2", exit_of_c), '-');
    assert_int_equal(brought('-', "hostile", "containerd.events.", exit_of_c), '-');
    assert_int_equal(brought('-', "hostile", "TaskExit", exit_of_c), '-');
    assert_int_equal(brought('-', "hostile", "containerd.events.TaskExit/", exit_of_c), '-');
    assert_int_equal(brought('-', "hostile", "", ""), '-');
    assert_int_equal(brought('x', "hostile", "containerd.events.TaskExit", "\12\177c"), 'x');
    assert_int_equal(brought('x', "hostile", "containerd.events.TaskExit", "\377\377\377"), 'x');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_remote_hostile__garbage_as_a_reply__is_internal_with_a_line),
        cmocka_unit_test(test_remote_hostile__empty_answer_to_a_query__is_internal),
        cmocka_unit_test(test_remote_hostile__reply_above_the_limit__is_not_taken),
        cmocka_unit_test(test_remote_hostile__reply_that_decodes_to_a_flood__is_cut_off),
        cmocka_unit_test(test_remote_hostile__list_as_stream_with_garbage__is_internal_with_a_line),
        cmocka_unit_test(test_remote_hostile__list_as_stream_without_end__is_cut_off),
        cmocka_unit_test(test_remote_hostile__status_of_the_server__is_the_reply),
        cmocka_unit_test(test_remote_hostile__stream_that_is_refused__fails_the_subscription),
        cmocka_unit_test(test_remote_hostile__stream_that_stays_silent__is_not_believed),
        cmocka_unit_test(test_remote_hostile__garbage_on_the_stream__ends_it),
        cmocka_unit_test(test_remote_hostile__event_of_a_wrong_type__is_no_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
