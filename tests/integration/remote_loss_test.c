/* SPDX-License-Identifier: Apache-2.0 */
/* The containerd runtime when the server hangs, dies or comes back, and over a fork. What breaks a server
 * starts one of its own. */
#include "remote_world.h"
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The server that a test breaks. */
static struct server own;

static int own_start(void **state)
{
    (void)state;
    server_start(&own);
    return 0;
}

static int own_stop(void **state)
{
    (void)state;
    server_stop(&own);
    return 0;
}

static void test_remote__deadline_in_the_past__nothing_is_sent(void **state)
{
    struct world world;
    struct c8d_runtime_counters counters;
    struct reply reply;

    (void)state;
    world_open(&world, &shared);
    reply = world_call(&world, (struct c8d_call){.kind = C8D_CALL_VERSION, .deadline_ns = world_now(&world)});
    assert_int_equal(reply.status, C8D_DEADLINE);
    world.runtime.ops->counters(world.runtime.ctx, &counters);
    assert_int_equal(counters.calls, 0);
    assert_int_equal(counters.connects, 1);
    world_close(&world);
}

static void test_remote__child_after_fork__is_refused_and_the_parent_goes_on(void **state)
{
    struct world world;
    int status;
    pid_t child;

    (void)state;
    world_open(&world, &shared);
    world_call_ok(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct c8d_arrival arrival = {0};
        const struct c8d_call version = {.kind = C8D_CALL_VERSION, .deadline_ns = C8D_NO_DEADLINE};

        if (world.runtime.ops->submit(world.runtime.ctx, &version, NULL) != C8D_OK)
            _exit(1);
        if (!world.runtime.ops->next(world.runtime.ctx, &arrival))
            _exit(2);
        _exit(arrival.status == C8D_UNAVAILABLE ? 0 : 3);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    world_call_ok(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    world_close(&world);
}

static void test_remote__server_that_hangs__a_call_ends_indeterminate_in_time(void **state)
{
    struct world world;
    struct reply reply;
    int64_t before;

    (void)state;
    world_open(&world, &own);
    world_call_ok(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    server_pause(&own);
    before = world_now(&world);
    reply = world_call(&world, (struct c8d_call){.kind = C8D_CALL_VERSION, .deadline_ns = before + 200 * MS});
    assert_int_equal(reply.status, C8D_INDETERMINATE);
    assert_true(world_now(&world) - before >= 199 * MS);
    assert_true(world_now(&world) - before < 2000 * MS);
    before = world_now(&world);
    reply =
        world_call(&world, (struct c8d_call){.kind = C8D_CALL_SUBSCRIBE, .deadline_ns = before + 200 * MS});
    assert_int_equal(reply.status, C8D_INDETERMINATE);
    assert_true(world_now(&world) - before < 2000 * MS);
    assert_int_equal(kill(server_pid(&own), SIGCONT), 0);
    world_call_ok(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    world_close(&world);
}

static void await_stream_end(struct world *world)
{
    int64_t until = world_now(world) + PATIENCE;
    struct reply unheard;

    while (world->stream_ends == 0) {
        assert_true(world_now(world) < until);
        world->runtime.ops->wait(world->runtime.ctx, NULL, 0, until - world_now(world));
        (void)world_take(world, 0, str(""), &unheard);
    }
}

/* The server is stopped first, so that the call is certainly in flight when it is killed. */
static void test_remote__server_killed__calls_and_stream_end_and_the_next_call_connects(void **state)
{
    struct c8d_runtime_counters counters;
    struct world world;
    struct reply reply;
    uint64_t token;

    (void)state;
    world_open(&world, &own);
    world_subscribe(&world);
    world_create(&world, "survivor", "sleep 1000", false);
    world_launch(&world, "survivor", NULL);
    server_pause(&own);
    token = world_submit(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    server_script("kill", own.directory, "");
    world_await(&world, token, str(""), &reply);
    assert_int_equal(reply.status, C8D_INDETERMINATE);
    await_stream_end(&world);
    assert_int_equal(world.stream_ends, 1);
    reply = world_call(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    assert_int_equal(reply.status, C8D_UNAVAILABLE);
    assert_int_equal(reply.origin, C8D_ORIGIN_ERRNO);
    server_script("restart", own.directory, "");
    world_subscribe(&world);
    assert_int_equal(world_call(&world, call_on(C8D_CALL_STATE, "survivor")).entry.process_state,
                     C8D_ENTRY_RUNNING);
    world.runtime.ops->counters(world.runtime.ctx, &counters);
    assert_int_equal(counters.connects, 2);
    world_kill(&world, "survivor");
    assert_int_equal(world_finish(&world, "survivor"), 137);
    world_close(&world);
}

/* Nobody was waiting when the server went: the next call finds out by itself. */
static void test_remote__server_restarted_while_idle__the_next_call_succeeds(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, &own);
    world_call_ok(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    server_script("restart", own.directory, "");
    world_call_ok(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    world_close(&world);
}

static void test_remote__destroyed_with_calls_in_flight__gives_everything_back(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, &shared);
    world_subscribe(&world);
    (void)world_submit(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    (void)world_submit(&world, (struct c8d_call){.kind = C8D_CALL_LIST});
    (void)world_submit(&world, (struct c8d_call){.kind = C8D_CALL_SUBSCRIBE});
    world_close(&world);
}

/* Replies come in any order; each must be OK. */
static void await_replies(struct world *world, size_t n)
{
    int64_t until = world_now(world) + PATIENCE;
    size_t replies = 0;

    while (replies < n) {
        struct c8d_arrival arrival;

        assert_true(world_now(world) < until);
        world->runtime.ops->wait(world->runtime.ctx, NULL, 0, until - world_now(world));
        while (world->runtime.ops->next(world->runtime.ctx, &arrival)) {
            assert_int_equal(arrival.kind, C8D_ARRIVAL_REPLY);
            assert_int_equal(arrival.status, C8D_OK);
            replies++;
        }
    }
}

/* More than the socket holds, while nobody reads: the rest is sent when somebody does, without further calls.
 */
static void test_remote__server_that_pauses__large_requests_are_finished_later(void **state)
{
    enum { COUNT = 3 };
    const size_t padding = (size_t)4 << 20;
    char *spec = malloc(padding + 64);
    struct world world;
    int length;

    (void)state;
    assert_non_null(spec);
    length = sprintf(spec, "{\"annotations\":{\"large\":\"");
    memset(spec + length, 'x', padding);
    (void)sprintf(spec + (size_t)length + padding, "\"}}");
    world_open(&world, &own);
    world_call_ok(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    server_pause(&own);
    for (int i = 0; i < COUNT; i++) {
        char id[16];
        struct c8d_call create = {.kind = C8D_CALL_CONTAINER_CREATE, .spec = str(spec)};

        (void)snprintf(id, sizeof(id), "large%d", i);
        create.container = str(id);
        create.runtime = str("io.containerd.runc.v2");
        (void)world_submit(&world, create);
    }
    assert_int_equal(kill(server_pid(&own), SIGCONT), 0);
    await_replies(&world, COUNT);
    free(spec);
    world_close(&world);
}

static void *wait_long(void *arg)
{
    struct world *world = arg;

    world->runtime.ops->wait(world->runtime.ctx, NULL, 0, PATIENCE);
    return NULL;
}

/* The thread that waits does so for a connection that another one makes. */
static void test_remote__server_restarted__a_thread_that_waits_hears_the_new_connection(void **state)
{
    struct world world;
    struct reply reply;
    pthread_t thread;
    uint64_t token;
    int64_t before;

    (void)state;
    world_open(&world, &own);
    world_call_ok(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    server_script("kill", own.directory, "");
    assert_int_equal(world_call(&world, (struct c8d_call){.kind = C8D_CALL_VERSION}).status, C8D_UNAVAILABLE);
    server_script("restart", own.directory, "");
    before = world_now(&world);
    assert_int_equal(pthread_create(&thread, NULL, wait_long, &world), 0);
    token = world_submit(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(world_now(&world) - before < PATIENCE);
    world_await(&world, token, str(""), &reply);
    assert_int_equal(reply.status, C8D_OK);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_remote__deadline_in_the_past__nothing_is_sent),
        cmocka_unit_test(test_remote__child_after_fork__is_refused_and_the_parent_goes_on),
        cmocka_unit_test_setup_teardown(test_remote__server_that_hangs__a_call_ends_indeterminate_in_time,
                                        own_start, own_stop),
        cmocka_unit_test_setup_teardown(
            test_remote__server_killed__calls_and_stream_end_and_the_next_call_connects, own_start, own_stop),
        cmocka_unit_test_setup_teardown(test_remote__server_restarted_while_idle__the_next_call_succeeds,
                                        own_start, own_stop),
        cmocka_unit_test_setup_teardown(test_remote__server_that_pauses__large_requests_are_finished_later,
                                        own_start, own_stop),
        cmocka_unit_test_setup_teardown(
            test_remote__server_restarted__a_thread_that_waits_hears_the_new_connection, own_start, own_stop),
        cmocka_unit_test(test_remote__destroyed_with_calls_in_flight__gives_everything_back),
    };

    return cmocka_run_group_tests(tests, shared_start, shared_stop);
}
