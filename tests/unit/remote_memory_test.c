/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The containerd runtime without memory: whichever allocation fails, each call comes to one end, a reply that
 * is told as good is whole, the next call is served, and nothing leaks. Also of replies that take many
 * allocations: lists of many containers and tasks, many processes, all that a task uses.
 */
#include "fixture.h"
#include "remote_fake_call.h"
#include "remote_wire.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MANY 100
#define DEVICES 400

static const struct c8d_call version = {.kind = C8D_CALL_VERSION};

/* Makes a runtime and uses it, with the allocation number `fail_at` failing. Returns true when it never came.
 */
static bool live_with_failure(const struct fake *fake, long fail_at)
{
    struct failing failing;
    struct c8d_runtime runtime;
    bool never;

    failing_init(&failing);
    failing.fail_at = fail_at;
    if (fake_open(fake, &failing.allocator, &runtime) == C8D_OK) {
        static const enum c8d_call_kind kinds[] = {C8D_CALL_VERSION, C8D_CALL_LIST, C8D_CALL_SUBSCRIBE};

        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
            enum c8d_status status = fake_submit(runtime, (struct c8d_call){.kind = kinds[i]}, FAKE_PATIENCE);

            assert_true(status == C8D_OK || status == C8D_EXHAUSTED);
            if (status == C8D_OK)
                assert_int_equal(fake_arrive(runtime).kind, C8D_ARRIVAL_REPLY);
        }
        runtime.ops->destroy(runtime.ctx);
    }
    never = failing.made < fail_at;
    assert_int_equal(failing.live, 0);
    return never;
}

static void test_remote_memory__any_allocation_fails__nothing_leaks_and_every_call_ends(void **state)
{
    struct fake fake = {.reply = ""};
    long fail_at = 1;

    (void)state;
    fake_start(&fake);
    while (!live_with_failure(&fake, fail_at))
        fail_at++;
    assert_true(fail_at > 5);
    fake_stop(&fake);
}

/* Whether a good reply has all that the server said. */
typedef bool is_whole_fn(const struct c8d_arrival *reply);

/* To an empty reply, which is malformed to some. */
static bool is_anything(const struct c8d_arrival *reply)
{
    (void)reply;
    return true;
}

/* A call comes to one end, with a word on what is wrong, though the allocation number `fail_at` of its own
 * fails; the runtime serves the same one again. Returns true when that allocation never came. */
static bool call_with_failure(const struct fake *fake, enum c8d_call_kind kind, is_whole_fn *is_whole,
                              long fail_at)
{
    const struct c8d_call call = {.kind = kind, .container = str("c")};
    struct failing failing;
    struct c8d_runtime runtime;
    struct c8d_arrival arrival;
    enum c8d_status status;
    bool never;

    failing_init(&failing);
    assert_int_equal(fake_open(fake, &failing.allocator, &runtime), C8D_OK);
    assert_int_equal(fake_call(runtime, version, FAKE_PATIENCE).status, C8D_OK);
    failing.fail_at = failing.made + fail_at;
    status = fake_submit(runtime, call, FAKE_PATIENCE);
    assert_true(status == C8D_OK || status == C8D_EXHAUSTED);
    if (status == C8D_OK) {
        arrival = fake_arrive(runtime);
        assert_int_equal(arrival.kind, C8D_ARRIVAL_REPLY);
        assert_true(arrival.status == C8D_OK ? is_whole(&arrival) : arrival.message.len != 0);
    }
    never = failing.made < failing.fail_at;
    failing.fail_at = 0;
    arrival = fake_call(runtime, call, FAKE_PATIENCE);
    assert_true(arrival.status == C8D_OK ? is_whole(&arrival) : is_whole == is_anything);
    assert_int_equal(fake_call(runtime, version, FAKE_PATIENCE).status, C8D_OK);
    runtime.ops->destroy(runtime.ctx);
    assert_int_equal(failing.live, 0);
    return never;
}

/* How many allocations the call has. */
static long fail_each(const struct fake *fake, enum c8d_call_kind kind, is_whole_fn *is_whole)
{
    long fail_at = 1;

    while (!call_with_failure(fake, kind, is_whole, fail_at))
        fail_at++;
    return fail_at - 1;
}

static void test_remote_memory__any_allocation_of_a_call_fails__the_next_one_is_served(void **state)
{
    struct fake fake = {.reply = ""};

    (void)state;
    fake_start(&fake);
    for (int kind = 0; kind < C8D_CALL_KIND__COUNT; kind++) {
        if (kind != C8D_CALL_SUBSCRIBE)
            assert_true(fail_each(&fake, (enum c8d_call_kind)kind, is_anything) > 2);
    }
    fake_stop(&fake);
}

/* ---- replies that take many allocations
 * ------------------------------------------------------------------------------------------------------- */

struct laden {
    bool streams; /* the list of the containers is too large, but as a stream */
    struct wire containers;
    size_t ends[MANY]; /* of each of them */
    struct wire tasks;
    struct wire other; /* to whatever else is asked */
};

static void reply_as_stream(struct fake *fake, uint32_t stream, const struct laden *laden)
{
    size_t at = 0;

    (void)fake_begin(fake, stream);
    for (size_t i = 0; i < MANY; at = laden->ends[i++])
        (void)fake_message(fake, stream, laden->containers.bytes + at, laden->ends[i] - at);
    (void)fake_end(fake, stream, 0);
}

static void reply_by_path(struct fake *fake, uint32_t stream, const char *path, const unsigned char *bytes,
                          size_t size)
{
    static const struct wire nothing;
    const struct laden *laden = fake->user;
    const struct wire *reply = &laden->other;

    (void)bytes;
    (void)size;
    if (strcmp(path, "/containerd.services.containers.v1.Containers/ListStream") == 0) {
        reply_as_stream(fake, stream, laden);
        return;
    }
    if (laden->streams && strcmp(path, "/containerd.services.containers.v1.Containers/List") == 0) {
        (void)(fake_begin(fake, stream) && fake_end(fake, stream, 8)); /* RESOURCE_EXHAUSTED */
        return;
    }
    if (strcmp(path, "/containerd.services.containers.v1.Containers/List") == 0)
        reply = &laden->containers;
    else if (strcmp(path, "/containerd.services.tasks.v1.Tasks/List") == 0)
        reply = &laden->tasks;
    else if (strcmp(path, "/containerd.services.version.v1.Version/Version") == 0)
        reply = &nothing;
    (void)(fake_begin(fake, stream) && fake_message(fake, stream, reply->bytes, reply->n) &&
           fake_end(fake, stream, 0));
}

static long fail_each_of_laden(struct laden *laden, enum c8d_call_kind kind, is_whole_fn *is_whole)
{
    struct fake fake = {.message = reply_by_path, .user = laden};
    long n;

    fake_start(&fake);
    n = fail_each(&fake, kind, is_whole);
    fake_stop(&fake);
    return n;
}

static void add_container(struct wire *list, const char *id)
{
    struct wire container = {0};
    struct wire label = {0};
    struct wire runtime = {0};
    struct wire spec = {0};

    wire_text(&container, 1, id);
    wire_text(&label, 1, "com.example.label");
    wire_text(&label, 2, "some value or other");
    wire_message(&container, 2, &label);
    wire_text(&runtime, 1, "io.containerd.runc.v2");
    wire_message(&container, 4, &runtime);
    wire_text(&spec, 1, "types.containerd.io/opencontainers/runtime-spec/1/Spec");
    wire_text(&spec, 2, "{\"ociVersion\":\"1.0.2\"}");
    wire_message(&container, 5, &spec);
    wire_message(list, 1, &container);
}

static void add_task(struct wire *list, const char *id, uint32_t pid)
{
    struct wire task = {0};

    wire_text(&task, 2, id);
    wire_number(&task, 3, pid);
    wire_number(&task, 4, 2); /* RUNNING */
    wire_text(&task, 6, "/run/containerd/fifo/12345/out");
    wire_message(list, 1, &task);
}

static bool is_whole_list(const struct c8d_arrival *reply)
{
    unsigned running = 0;

    for (size_t i = 0; i < reply->n_entries; i++)
        running += reply->entries[i].process_state == C8D_ENTRY_RUNNING && reply->entries[i].pid > 1000 &&
                   reply->entries[i].container_present && reply->entries[i].n_labels == 1 &&
                   reply->entries[i].runtime.len != 0 && reply->entries[i].spec.len == 0;
    return reply->n_entries == MANY && running == MANY;
}

static void fill(struct laden *laden)
{
    char id[16];

    for (unsigned i = 0; i < MANY; i++) {
        (void)snprintf(id, sizeof(id), "laden-%03u", i);
        add_container(&laden->containers, id);
        laden->ends[i] = laden->containers.n;
        add_task(&laden->tasks, id, 1001 + i);
    }
}

static void test_remote_memory__any_allocation_of_a_long_list_fails__it_is_not_told_in_part(void **state)
{
    static struct laden laden;

    (void)state;
    fill(&laden);
    assert_true(fail_each_of_laden(&laden, C8D_CALL_LIST, is_whole_list) > 10);
}

static void test_remote_memory__any_allocation_of_a_list_as_stream_fails__it_is_not_told_in_part(void **state)
{
    static struct laden laden = {.streams = true};

    (void)state;
    fill(&laden);
    assert_true(fail_each_of_laden(&laden, C8D_CALL_LIST, is_whole_list) > 10);
}

static bool is_whole_crowd(const struct c8d_arrival *reply)
{
    unsigned named = 0;

    for (size_t i = 0; i < reply->n_processes; i++)
        named += reply->processes[i].pid == 1001 + i;
    return reply->n_processes == MANY && named == MANY;
}

static void test_remote_memory__any_allocation_of_many_pids_fails__they_are_not_told_in_part(void **state)
{
    static struct laden laden;

    (void)state;
    for (unsigned i = 0; i < MANY; i++) {
        struct wire details = {0};
        struct wire process = {0};

        wire_text(&details, 1, "some-exec");
        wire_number(&process, 1, 1001 + i);
        wire_any(&process, 2, "containerd.runc.v1.ProcessDetails", &details);
        wire_message(&laden.other, 1, &process);
    }
    assert_true(fail_each_of_laden(&laden, C8D_CALL_PIDS, is_whole_crowd) > 5);
}

/* Each of the devices has read a thousand bytes and written two. */
static bool is_whole_usage(const struct c8d_arrival *reply)
{
    return reply->stats != NULL && reply->stats->memory.anonymous.value == 101 &&
           reply->stats->io.read_bytes.value == UINT64_C(1000) * DEVICES &&
           reply->stats->io.write_bytes.value == UINT64_C(2000) * DEVICES;
}

static void add_device(struct wire *io, unsigned minor)
{
    const uint64_t values[] = {8, minor, 1000, 2000, 10, 20};
    struct wire device = {0};

    for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        wire_number(&device, i + 1, values[i]);
    wire_message(io, 1, &device);
}

static void test_remote_memory__any_allocation_of_large_metrics_fails__none_are_told_in_part(void **state)
{
    static struct laden laden;
    struct wire metrics = {0};
    struct wire memory = {0};
    struct wire io = {0};
    struct wire metric = {0};

    (void)state;
    wire_number(&memory, 1, 101);
    wire_message(&metrics, 4, &memory);
    for (unsigned i = 0; i < DEVICES; i++)
        add_device(&io, i + 1);
    wire_message(&metrics, 6, &io);
    wire_text(&metric, 2, "c");
    wire_any(&metric, 3, "io.containerd.cgroups.v2.Metrics", &metrics);
    wire_message(&laden.other, 1, &metric);
    assert_true(fail_each_of_laden(&laden, C8D_CALL_STATS, is_whole_usage) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_remote_memory__any_allocation_fails__nothing_leaks_and_every_call_ends),
        cmocka_unit_test(test_remote_memory__any_allocation_of_a_call_fails__the_next_one_is_served),
        cmocka_unit_test(test_remote_memory__any_allocation_of_a_long_list_fails__it_is_not_told_in_part),
        cmocka_unit_test(
            test_remote_memory__any_allocation_of_a_list_as_stream_fails__it_is_not_told_in_part),
        cmocka_unit_test(test_remote_memory__any_allocation_of_many_pids_fails__they_are_not_told_in_part),
        cmocka_unit_test(test_remote_memory__any_allocation_of_large_metrics_fails__none_are_told_in_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
