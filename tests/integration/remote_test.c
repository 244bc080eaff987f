/* SPDX-License-Identifier: Apache-2.0 */
/* The containerd runtime against a real containerd, through the raw table: calls, events, options and
 * waiting. */
#include "remote_world.h"
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_remote__version__is_told(void **state)
{
    struct world world;
    struct reply reply;

    (void)state;
    world_open(&world, &shared);
    reply = world_call(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    assert_int_equal(reply.status, C8D_OK);
    assert_true(strlen(reply.version) > 2);
    world_close(&world);
}

static void expect_state(struct world *world, const char *id, const char *exec, enum c8d_entry_state state)
{
    struct reply reply = world_call(world, call_on_exec(C8D_CALL_STATE, id, exec));

    assert_int_equal(reply.status, C8D_OK);
    assert_int_equal(reply.n_entries, 1);
    assert_true(reply.entry.process_told);
    assert_int_equal(reply.entry.process_state, state);
}

static void run_exec(struct world *world, const char *id)
{
    char process[1024];
    struct c8d_call exec = call_on_exec(C8D_CALL_EXEC_CREATE, id, "e1");
    struct reply reply;

    process_json(process, sizeof(process), "exit 7", false);
    exec.spec = str(process);
    world_call_ok(world, exec);
    expect_state(world, id, "e1", C8D_ENTRY_CREATED);
    reply = world_call(world, call_on_exec(C8D_CALL_START, id, "e1"));
    assert_int_equal(reply.status, C8D_OK);
    assert_true(reply.pid > 0);
    assert_int_equal(world_await_event(world, C8D_EVENT_TASK_EXIT, id, "e1")->exit.code, 7);
    assert_int_equal(world_find_event(world, C8D_EVENT_EXEC_STARTED, id, "e1")->pid, reply.pid);
    assert_non_null(world_find_event(world, C8D_EVENT_EXEC_ADDED, id, "e1"));
    expect_state(world, id, "e1", C8D_ENTRY_STOPPED);
    reply = world_call(world, call_on_exec(C8D_CALL_DELETE, id, "e1"));
    assert_int_equal(reply.status, C8D_OK);
    assert_true(reply.exit.known);
    assert_int_equal(reply.exit.code, 7);
    assert_int_equal(world_call(world, call_on_exec(C8D_CALL_STATE, id, "e1")).status, C8D_NOT_FOUND);
}

static void pause_and_resume(struct world *world, const char *id)
{
    world_call_ok(world, call_on(C8D_CALL_PAUSE, id));
    expect_state(world, id, "", C8D_ENTRY_PAUSED);
    world_call_ok(world, call_on(C8D_CALL_RESUME, id));
    expect_state(world, id, "", C8D_ENTRY_RUNNING);
    world_await_event(world, C8D_EVENT_TASK_PAUSED, id, "");
    world_await_event(world, C8D_EVENT_TASK_RESUMED, id, "");
}

static void test_remote__one_life__every_call_and_event_is_understood(void **state)
{
    struct world world;
    struct reply reply;
    struct reply list;

    (void)state;
    world_open(&world, &shared);
    world_subscribe(&world);
    world_create(&world, "life", "sleep 1000", false);
    world_await_event(&world, C8D_EVENT_CONTAINER_CREATE, "life", "");
    list = world_call(&world, call_on(C8D_CALL_LIST, "life"));
    assert_int_equal(list.entry.process_state, C8D_ENTRY_ABSENT);
    assert_string_equal(list.runtime, "io.containerd.runc.v2");
    assert_int_equal(world_call(&world, call_on(C8D_CALL_STATE, "life")).status, C8D_NOT_FOUND);
    reply = world_call(&world, call_on(C8D_CALL_TASK_CREATE, "life"));
    assert_int_equal(reply.status, C8D_OK);
    assert_int_equal(world_await_event(&world, C8D_EVENT_TASK_CREATE, "life", "")->pid, reply.pid);
    expect_state(&world, "life", "", C8D_ENTRY_CREATED);
    assert_int_equal(world_call(&world, call_on(C8D_CALL_TASK_CREATE, "life")).status, C8D_ALREADY_EXISTS);
    reply = world_call(&world, call_on(C8D_CALL_START, "life"));
    assert_int_equal(world_await_event(&world, C8D_EVENT_TASK_START, "life", "")->pid, reply.pid);
    run_exec(&world, "life");
    pause_and_resume(&world, "life");
    list = world_call(&world, call_on(C8D_CALL_LIST, "life"));
    assert_true(list.entry.container_present);
    assert_int_equal(list.entry.process_state, C8D_ENTRY_RUNNING);
    assert_int_equal(list.entry.pid, reply.pid);
    world_kill(&world, "life");
    assert_int_equal(world_await_event(&world, C8D_EVENT_TASK_EXIT, "life", "")->exit.code, 137);
    expect_state(&world, "life", "", C8D_ENTRY_STOPPED);
    reply = world_call(&world, call_on(C8D_CALL_DELETE, "life"));
    assert_int_equal(reply.exit.code, 137);
    world_await_event(&world, C8D_EVENT_TASK_DELETE, "life", "");
    world_call_ok(&world, call_on(C8D_CALL_CONTAINER_DELETE, "life"));
    world_await_event(&world, C8D_EVENT_CONTAINER_DELETE, "life", "");
    assert_int_equal(world_call(&world, call_on(C8D_CALL_CONTAINER_GET, "life")).status, C8D_NOT_FOUND);
    world_close(&world);
}

static void test_remote__created_and_never_started__has_no_code(void **state)
{
    struct world world;
    struct reply reply;

    (void)state;
    world_open(&world, &shared);
    world_create(&world, "unborn", "true", false);
    world_call_ok(&world, call_on(C8D_CALL_TASK_CREATE, "unborn"));
    reply = world_call(&world, call_on(C8D_CALL_DELETE, "unborn"));
    assert_int_equal(reply.status, C8D_OK);
    assert_false(reply.exit.known);
    assert_false(reply.exit.ran);
    world_call_ok(&world, call_on(C8D_CALL_CONTAINER_DELETE, "unborn"));
    world_close(&world);
}

static void test_remote__exec_of_nothing__fails_and_can_be_deleted(void **state)
{
    struct world world;
    struct c8d_call exec = call_on_exec(C8D_CALL_EXEC_CREATE, "host", "bad");
    struct reply reply;

    (void)state;
    world_open(&world, &shared);
    world_subscribe(&world);
    world_create(&world, "host", "sleep 1000", false);
    world_launch(&world, "host", NULL);
    exec.spec = str("{\"args\":[\"/no/such\"],\"cwd\":\"/\",\"user\":{}}");
    world_call_ok(&world, exec);
    reply = world_call(&world, call_on_exec(C8D_CALL_START, "host", "bad"));
    assert_int_equal(reply.status, C8D_REMOTE);
    assert_int_equal(reply.origin, C8D_ORIGIN_GRPC);
    assert_non_null(strstr(reply.message, "/no/such"));
    reply = world_call(&world, call_on_exec(C8D_CALL_DELETE, "host", "bad"));
    assert_int_equal(reply.status, C8D_OK);
    assert_false(reply.exit.ran);
    world_kill(&world, "host");
    assert_int_equal(world_finish(&world, "host"), 137);
    world_close(&world);
}

static void test_remote__container_get__gives_back_what_was_stored(void **state)
{
    struct world world;
    struct reply reply;
    char spec[4096];

    (void)state;
    world_open(&world, &shared);
    world_create(&world, "stored", "true", false);
    spec_json(&world, spec, sizeof(spec), "stored", "true", false);
    world_await(&world, world_submit(&world, call_on(C8D_CALL_CONTAINER_GET, "stored")), str("stored"),
                &reply);
    assert_int_equal(reply.status, C8D_OK);
    assert_int_equal(reply.spec_length, strlen(spec));
    assert_memory_equal(reply.spec, spec, reply.spec_length);
    assert_string_equal(reply.label, "yes");
    assert_string_equal(reply.runtime, "io.containerd.runc.v2");
    assert_true(reply.entry.created_at_ns > 0);
    free(reply.spec);
    world_call_ok(&world, call_on(C8D_CALL_CONTAINER_DELETE, "stored"));
    world_close(&world);
}

static void test_remote__spec_of_8_mib__goes_through_and_comes_back(void **state)
{
    const size_t padding = (size_t)8 << 20;
    struct c8d_call create = call_on(C8D_CALL_CONTAINER_CREATE, "large");
    char *spec = malloc(padding + 64);
    struct world world;
    struct reply reply;
    int length;

    (void)state;
    assert_non_null(spec);
    length = sprintf(spec, "{\"annotations\":{\"large\":\"");
    memset(spec + length, 'x', padding);
    (void)sprintf(spec + (size_t)length + padding, "\"}}");
    world_open(&world, &shared);
    create.spec = str(spec);
    create.runtime = str("io.containerd.runc.v2");
    world_call_ok(&world, create);
    world_await(&world, world_submit(&world, call_on(C8D_CALL_CONTAINER_GET, "large")), str("large"), &reply);
    assert_int_equal(reply.status, C8D_OK);
    assert_int_equal(reply.spec_length, create.spec.len);
    assert_memory_equal(reply.spec, spec, reply.spec_length);
    free(reply.spec);
    world_call_ok(&world, call_on(C8D_CALL_CONTAINER_DELETE, "large"));
    free(spec);
    world_close(&world);
}

static void test_remote__string_with_a_nul__is_refused(void **state)
{
    struct world world;
    struct c8d_call get = call_on(C8D_CALL_CONTAINER_GET, "");
    struct c8d_error err = {0};

    (void)state;
    world_open(&world, &shared);
    get.container = (struct c8d_str){"a\0b", 3};
    get.deadline_ns = world_now(&world) + PATIENCE;
    assert_int_equal(world.runtime.ops->submit(world.runtime.ctx, &get, &err), C8D_INVALID);
    assert_int_equal(err.status, C8D_INVALID);
    world_close(&world);
}

static void test_remote__subscribed__the_very_next_event_arrives(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        struct world world;
        char id[32];

        world_open(&world, &shared);
        (void)snprintf(id, sizeof(id), "next%d", round);
        world_subscribe(&world);
        world_create(&world, id, "true", false);
        world_await_event(&world, C8D_EVENT_CONTAINER_CREATE, id, "");
        world_call_ok(&world, call_on(C8D_CALL_CONTAINER_DELETE, id));
        world_close(&world);
    }
}

static void test_remote__events_of_another_namespace__are_dropped(void **state)
{
    struct server other = shared;
    struct world ours;
    struct world theirs;

    (void)state;
    (void)snprintf(other.namespace_, sizeof(other.namespace_), "%.100s-other", shared.namespace_);
    world_open(&ours, &shared);
    world_open(&theirs, &other);
    world_subscribe(&ours);
    world_create(&theirs, "foreign", "true", false);
    world_call_ok(&theirs, call_on(C8D_CALL_CONTAINER_DELETE, "foreign"));
    world_create(&ours, "own", "true", false);
    world_await_event(&ours, C8D_EVENT_CONTAINER_CREATE, "own", "");
    assert_null(world_find_event(&ours, C8D_EVENT_CONTAINER_CREATE, "foreign", ""));
    world_call_ok(&ours, call_on(C8D_CALL_CONTAINER_DELETE, "own"));
    world_close(&theirs);
    world_close(&ours);
}

static void expect_new(const char *address, const char *namespace_, enum c8d_status status)
{
    const struct c8d_remote_options options = {
        .size = sizeof(options),
        .address = str(address),
        .namespace_ = str(namespace_),
    };
    struct c8d_runtime runtime;
    struct c8d_error err = {0};

    assert_int_equal(c8d_remote_new(&options, &runtime, &err), status);
    assert_int_equal(err.status, status);
    assert_true(strlen(err.message) > 0);
}

static void test_remote__malformed_options__are_refused_with_a_line(void **state)
{
    char path[200];

    (void)state;
    memset(path, 'p', sizeof(path) - 1);
    path[0] = '/';
    path[sizeof(path) - 1] = '\0';
    expect_new("", "ns", C8D_INVALID);
    expect_new("unix://", "ns", C8D_INVALID);
    expect_new("tcp://127.0.0.1:1", "ns", C8D_INVALID);
    expect_new("relative.sock", "ns", C8D_INVALID);
    expect_new(path, "ns", C8D_INVALID);
    expect_new("/no/such/socket", "", C8D_INVALID);
    expect_new("/no/such/socket", "a--b", C8D_INVALID);
    expect_new("/no/such/socket", "-a", C8D_INVALID);
    expect_new("/no/such/socket", "a/b", C8D_INVALID);
    expect_new("/no/such/socket", "ns", C8D_UNAVAILABLE);
    expect_new("unix:///no/such/socket", "ns", C8D_UNAVAILABLE);
}

static void *wake_soon(void *arg)
{
    struct world *world = arg;

    world->runtime.ops->wake(world->runtime.ctx);
    return NULL;
}

static void test_remote__wake_from_another_thread__ends_the_wait(void **state)
{
    struct world world;
    pthread_t thread;
    int64_t before;

    (void)state;
    world_open(&world, &shared);
    before = world_now(&world);
    assert_int_equal(pthread_create(&thread, NULL, wake_soon, &world), 0);
    world.runtime.ops->wait(world.runtime.ctx, NULL, 0, PATIENCE);
    assert_true(world_now(&world) - before < PATIENCE);
    assert_int_equal(pthread_join(thread, NULL), 0);
    world_close(&world);
}

/* As an event loop of somebody else would: the descriptor alone, and no wait(). */
static void await_by_descriptor(struct world *world, uint64_t token, struct reply *reply)
{
    struct pollfd fd = {.fd = world->runtime.ops->fd(world->runtime.ctx), .events = POLLIN};
    int64_t until = world_now(world) + PATIENCE;

    assert_true(fd.fd >= 0);
    while (!world_take(world, token, str(""), reply)) {
        assert_true(world_now(world) < until);
        assert_true(poll(&fd, 1, 30000) == 1);
        world->runtime.ops->wait(world->runtime.ctx, NULL, 0, 0);
    }
}

static void test_remote__descriptor_in_an_event_loop__tells_of_every_arrival(void **state)
{
    struct world world;
    struct reply reply;

    (void)state;
    world_open(&world, &shared);
    await_by_descriptor(&world, world_submit(&world, (struct c8d_call){.kind = C8D_CALL_SUBSCRIBE}), &reply);
    assert_int_equal(reply.status, C8D_OK);
    await_by_descriptor(&world, world_submit(&world, (struct c8d_call){.kind = C8D_CALL_VERSION}), &reply);
    assert_int_equal(reply.status, C8D_OK);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_remote__version__is_told),
        cmocka_unit_test(test_remote__one_life__every_call_and_event_is_understood),
        cmocka_unit_test(test_remote__created_and_never_started__has_no_code),
        cmocka_unit_test(test_remote__exec_of_nothing__fails_and_can_be_deleted),
        cmocka_unit_test(test_remote__container_get__gives_back_what_was_stored),
        cmocka_unit_test(test_remote__spec_of_8_mib__goes_through_and_comes_back),
        cmocka_unit_test(test_remote__string_with_a_nul__is_refused),
        cmocka_unit_test(test_remote__subscribed__the_very_next_event_arrives),
        cmocka_unit_test(test_remote__events_of_another_namespace__are_dropped),
        cmocka_unit_test(test_remote__malformed_options__are_refused_with_a_line),
        cmocka_unit_test(test_remote__wake_from_another_thread__ends_the_wait),
        cmocka_unit_test(test_remote__descriptor_in_an_event_loop__tells_of_every_arrival),
    };

    return cmocka_run_group_tests(tests, shared_start, shared_stop);
}
