/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated runtime with very many processes, and what a wait waits for. */
#include <c8d/simulated.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define CATS 100
#define MS INT64_C(1000000)

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

static void run(struct c8d_runtime runtime, int64_t span_ns)
{
    int64_t until = runtime.ops->now(runtime.ctx) + span_ns;
    struct c8d_arrival arrival = {0};

    while (runtime.ops->now(runtime.ctx) < until) {
        while (runtime.ops->next(runtime.ctx, &arrival))
            assert_int_equal(arrival.status, C8D_OK);
        runtime.ops->wait(runtime.ctx, NULL, 0, until - runtime.ops->now(runtime.ctx));
    }
}

static void call(struct c8d_runtime runtime, enum c8d_call_kind kind, const char *id,
                 const struct c8d_stdio *stdio)
{
    const struct c8d_call what = {.kind = kind,
                                  .token = 1,
                                  .deadline_ns = C8D_NO_DEADLINE,
                                  .container = str(id),
                                  .runtime = str("r"),
                                  .spec = str("{\"process\":{\"args\":[\"cat\"]}}"),
                                  .stdio = stdio};

    assert_int_equal(runtime.ops->submit(runtime.ctx, &what, NULL), C8D_OK);
    run(runtime, 2 * MS);
}

static void start_cat(struct c8d_runtime runtime, const char *id, struct c8d_stdio *stdio)
{
    assert_int_equal(
        runtime.ops->open_stdio(runtime.ctx, str(id), str(""), C8D_STDIO_IN | C8D_STDIO_OUT, stdio, NULL),
        C8D_OK);
    call(runtime, C8D_CALL_CONTAINER_CREATE, id, NULL);
    call(runtime, C8D_CALL_TASK_CREATE, id, stdio);
    call(runtime, C8D_CALL_START, id, NULL);
}

static void streams__of_very_many_readers__each_is_served(void **state)
{
    const struct c8d_simulated_options options = {.size = sizeof(options), .namespace_ = str("test")};
    struct c8d_stdio stdios[CATS];
    struct c8d_runtime runtime;
    char id[16];
    char got;

    (void)state;
    assert_int_equal(c8d_simulated_new(&options, &runtime, NULL), C8D_OK);
    for (int i = 0; i < CATS; i++) {
        (void)snprintf(id, sizeof(id), "c%d", i);
        start_cat(runtime, id, &stdios[i]);
    }
    for (int i = 0; i < CATS; i++) {
        assert_int_equal(write(stdios[i].in, "x", 1), 1);
        run(runtime, MS);
        assert_int_equal(read(stdios[i].out, &got, 1), 1);
    }
    for (int i = 0; i < CATS; i++)
        runtime.ops->close_stdio(runtime.ctx, &stdios[i]);
    runtime.ops->destroy(runtime.ctx);
}

/* A thread that waits for the end of one cat after the other. */
struct watcher {
    struct c8d_runtime runtime;
    sem_t waits;
};

static void *watch(void *arg)
{
    struct watcher *watcher = arg;
    const struct c8d_runtime_ops *ops = watcher->runtime.ops;
    struct c8d_arrival arrival;

    for (int ends = 0; ends < CATS;) {
        while (ops->next(watcher->runtime.ctx, &arrival))
            ends += arrival.kind == C8D_ARRIVAL_EVENT && arrival.event.kind == C8D_EVENT_TASK_EXIT;
        (void)sem_post(&watcher->waits);
        if (ends < CATS)
            ops->wait(watcher->runtime.ctx, NULL, 0, C8D_NO_DEADLINE);
    }
    return NULL;
}

static void wait__without_end__hears_what_another_thread_does_to_the_world(void **state)
{
    const struct c8d_simulated_options options = {.size = sizeof(options), .namespace_ = str("test")};
    struct c8d_stdio stdios[CATS];
    struct watcher watcher;
    struct timespec limit;
    pthread_t thread;
    char id[16];

    (void)state;
    assert_int_equal(c8d_simulated_new(&options, &watcher.runtime, NULL), C8D_OK);
    assert_int_equal(sem_init(&watcher.waits, 0, 0), 0);
    call(watcher.runtime, C8D_CALL_SUBSCRIBE, "", NULL);
    for (int i = 0; i < CATS; i++) {
        (void)snprintf(id, sizeof(id), "c%d", i);
        start_cat(watcher.runtime, id, &stdios[i]);
    }
    assert_int_equal(clock_gettime(CLOCK_REALTIME, &limit), 0);
    limit.tv_sec += 20;
    assert_int_equal(pthread_create(&thread, NULL, watch, &watcher), 0);
    for (int i = 0; i < CATS; i++) {
        (void)snprintf(id, sizeof(id), "c%d", i);
        assert_int_equal(sem_timedwait(&watcher.waits, &limit), 0);
        assert_true(c8d_simulated_exit(watcher.runtime, str(id), str(""), 0));
    }
    assert_int_equal(pthread_timedjoin_np(thread, NULL, &limit), 0);
    for (int i = 0; i < CATS; i++)
        watcher.runtime.ops->close_stdio(watcher.runtime.ctx, &stdios[i]);
    watcher.runtime.ops->destroy(watcher.runtime.ctx);
    (void)sem_destroy(&watcher.waits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wait__without_end__hears_what_another_thread_does_to_the_world),
        cmocka_unit_test(streams__of_very_many_readers__each_is_served),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
