/* SPDX-License-Identifier: Apache-2.0 */
/* Several threads on one client: one drives, the others follow, and each gets what it waits for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#define THREADS 8
#define ROUNDS 20

struct waiter {
    pthread_t thread;
    struct c8d_process *process;
    int64_t timeout_ns;
    enum c8d_status status;
    struct c8d_exit end;
};

static void *wait_for_end(void *arg)
{
    struct waiter *waiter = arg;

    waiter->status = c8d_process_wait(waiter->process, waiter->timeout_ns, &waiter->end, NULL);
    return NULL;
}

static void wait__on_several_threads__all_get_the_same_end(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct waiter waiters[THREADS];

    (void)state;
    fixture_open(&f, NULL);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    for (int i = 0; i < THREADS; i++) {
        waiters[i] = (struct waiter){.process = task, .timeout_ns = C8D_NO_DEADLINE};
        assert_int_equal(pthread_create(&waiters[i].thread, NULL, wait_for_end, &waiters[i]), 0);
    }
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 42);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(waiters[i].thread, NULL);
        assert_int_equal(waiters[i].status, C8D_OK);
        assert_int_equal(waiters[i].end.code, 42);
    }
    assert_int_equal(fixture_count(&f, C8D_NOTICE_EXIT), 1);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void wait__different_deadlines__each_ends_by_its_own(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct waiter waiters[THREADS];

    (void)state;
    fixture_open(&f, NULL);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    /* One without a deadline, so that there is somebody to follow. */
    for (int i = 0; i < THREADS; i++) {
        waiters[i] =
            (struct waiter){.process = task, .timeout_ns = i == 0 ? C8D_NO_DEADLINE : (THREADS - i) * SECOND};
        assert_int_equal(pthread_create(&waiters[i].thread, NULL, wait_for_end, &waiters[i]), 0);
    }
    for (int i = 1; i < THREADS; i++) {
        pthread_join(waiters[i].thread, NULL);
        assert_int_equal(waiters[i].status, C8D_DEADLINE);
    }
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 1);
    pthread_join(waiters[0].thread, NULL);
    assert_int_equal(waiters[0].status, C8D_OK);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

/* Ends what it starts, whichever thread asked. No two runs have the same pid. Called under the client's lock.
 */
static void end_on_kill(struct scripted *script, const struct scripted_call *call)
{
    static uint32_t last_pid = 100;
    static uint32_t pids[THREADS];
    uint32_t *pid = &pids[call->container[0] == 'w' ? call->container[1] - '0' : 0];

    if (call->kind == C8D_CALL_TASK_CREATE) {
        *pid = ++last_pid;
        scripted_reply_pid(script, call->token, *pid);
    } else if (call->kind == C8D_CALL_START) {
        scripted_reply_pid(script, call->token, *pid);
    } else {
        scripted_ok(script, call);
    }
    if (call->kind == C8D_CALL_KILL)
        scripted_event(script, C8D_EVENT_TASK_EXIT, call->container, "", *pid, 137);
}

struct worker {
    pthread_t thread;
    struct c8d_client *client;
    int number;
    int lives;
};

static bool live_once(struct worker *worker)
{
    struct c8d_container_options options = {.size = sizeof(options), .spec = str("{}")};
    struct c8d_container *container = NULL;
    struct c8d_process *task = NULL;
    struct c8d_exit end = {0};
    char name[16];
    bool good;

    snprintf(name, sizeof(name), "w%d", worker->number);
    options.id = str(name);
    good = c8d_client_new_container(worker->client, &options, C8D_NO_DEADLINE, &container, NULL) == C8D_OK &&
           c8d_container_start(container, NULL, C8D_NO_DEADLINE, &task, NULL) == C8D_OK &&
           c8d_process_kill(task, 9, C8D_NO_DEADLINE, NULL) == C8D_OK &&
           c8d_process_wait(task, C8D_NO_DEADLINE, &end, NULL) == C8D_OK && end.code == 137 &&
           c8d_process_delete(task, C8D_NO_DEADLINE, NULL, NULL) == C8D_OK &&
           c8d_container_delete(container, C8D_NO_DEADLINE, NULL) == C8D_OK;
    c8d_process_unref(task);
    c8d_container_unref(container);
    return good;
}

static void *work(void *arg)
{
    struct worker *worker = arg;

    for (int i = 0; i < ROUNDS; i++)
        worker->lives += live_once(worker);
    c8d_client_unref(worker->client);
    return NULL;
}

static void lives__of_many_containers_on_many_threads__all_come_to_their_end(void **state)
{
    struct fixture f;
    struct worker workers[THREADS];
    uint64_t sequence = 0;

    (void)state;
    fixture_open(&f, end_on_kill);
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.client = c8d_client_ref(f.client), .number = i};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        assert_int_equal(workers[i].lives, ROUNDS);
    }
    assert_int_equal(fixture_count(&f, C8D_NOTICE_EXIT), THREADS * ROUNDS);
    for (size_t i = 0; i < f.n_heard; i++) {
        assert_int_equal(f.heard[i].sequence, sequence + 1);
        sequence++;
    }
    fixture_close(&f);
}

struct loop {
    pthread_t thread;
    struct c8d_client *client;
    atomic_bool stop;
    atomic_int rounds;
};

static void *run_loop(void *arg)
{
    struct loop *loop = arg;

    do {
        (void)c8d_client_dispatch(loop->client, C8D_NO_DEADLINE);
        atomic_fetch_add(&loop->rounds, 1);
    } while (!atomic_load(&loop->stop));
    return NULL;
}

static void wake__dispatch_in_another_thread__returns(void **state)
{
    struct fixture f;
    struct loop loop = {0};

    (void)state;
    fixture_open(&f, NULL);
    loop.client = f.client;
    assert_int_equal(pthread_create(&loop.thread, NULL, run_loop, &loop), 0);
    /* Operations of this thread go on while that one drives. */
    c8d_container_unref(fixture_create(&f, "c1"));
    atomic_store(&loop.stop, true);
    c8d_client_wake(f.client);
    pthread_join(loop.thread, NULL);
    assert_true(atomic_load(&loop.rounds) > 0);
    fixture_close(&f);
}

/* The end of a task is waited for by a thread that has no deadline, and so sleeps until it is woken. */
static void begin_to_sleep(struct fixture *f, struct c8d_process *task, struct waiter *sleeper)
{
    *sleeper = (struct waiter){.process = task, .timeout_ns = C8D_NO_DEADLINE};
    assert_int_equal(pthread_create(&sleeper->thread, NULL, wait_for_end, sleeper), 0);
    scripted_await_sleep(f->script);
}

static void end_sleep(struct fixture *f, struct waiter *sleeper)
{
    scripted_event(f->script, C8D_EVENT_TASK_EXIT, "sleeper", "", 100, 0);
    pthread_join(sleeper->thread, NULL);
    assert_int_equal(sleeper->status, C8D_OK);
}

static void await(const atomic_bool *done)
{
    /* The scripted runtime ends the program when nobody wakes its sleeper. */
    while (!atomic_load(done))
        (void)sched_yield();
}

static void note(void *user, enum c8d_status status, const struct c8d_error *err)
{
    (void)status;
    (void)err;
    atomic_store((atomic_bool *)user, true);
}

static void submit__of_what_is_over_while_another_thread_sleeps__is_told(void **state)
{
    struct fixture f;
    struct waiter sleeper;
    struct c8d_container *other;
    struct c8d_container *container;
    struct c8d_process *ended;
    struct c8d_process *task;
    atomic_bool told = false;

    (void)state;
    fixture_open(&f, NULL);
    other = fixture_create(&f, "other");
    ended = fixture_start(&f, other);
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "other", "", 100, 0);
    assert_int_equal(c8d_process_wait(ended, SECOND, NULL, NULL), C8D_OK);
    container = fixture_create(&f, "sleeper");
    task = fixture_start(&f, container);
    begin_to_sleep(&f, task, &sleeper);
    assert_int_equal(c8d_process_wait_submit(ended, note, &told, NULL), C8D_OK);
    await(&told);
    end_sleep(&f, &sleeper);
    c8d_process_unref(task);
    c8d_process_unref(ended);
    c8d_container_unref(container);
    c8d_container_unref(other);
    fixture_close(&f);
}

static void leave_pauses(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind != C8D_CALL_PAUSE)
        scripted_ok(script, call);
}

static void submit__never_answered_while_another_thread_sleeps__ends_in_its_time(void **state)
{
    struct fixture f;
    struct waiter sleeper;
    struct c8d_container *container;
    struct c8d_process *task;
    atomic_bool told = false;

    (void)state;
    fixture_open(&f, leave_pauses);
    container = fixture_create(&f, "sleeper");
    task = fixture_start(&f, container);
    begin_to_sleep(&f, task, &sleeper);
    assert_int_equal(c8d_task_pause_submit(task, note, &told, NULL), C8D_OK);
    await(&told);
    end_sleep(&f, &sleeper);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void hear(void *user, struct c8d_process *process, int stream, const void *data, size_t length)
{
    (void)process;
    (void)stream;
    (void)data;
    if (length != 0)
        atomic_store((atomic_bool *)user, true);
}

static void attach__while_another_thread_sleeps__reads_what_is_written(void **state)
{
    const struct c8d_start_options left = {.size = sizeof(left), .stdio = C8D_STDIO_OUT | C8D_STDIO_LEAVE};
    const struct c8d_attach_options nothing = {.size = sizeof(nothing), .stdio = C8D_STDIO_ERR};
    atomic_bool heard = false;
    const struct c8d_attach_options all = {.size = sizeof(all), .output = hear, .user = &heard};
    struct fixture f;
    struct waiter sleeper;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_process *same;

    (void)state;
    fixture_open(&f, NULL);
    scripted_tell_streams(f.script);
    container = fixture_create(&f, "sleeper");
    assert_int_equal(c8d_container_start(container, &left, SECOND, &task, NULL), C8D_OK);
    /* Learns where the streams are, so that the next time no call wakes the sleeper. */
    assert_int_equal(c8d_container_attach_task(container, &nothing, SECOND, &same, NULL), C8D_OK);
    c8d_process_unref(same);
    begin_to_sleep(&f, task, &sleeper);
    assert_int_equal(c8d_container_attach_task(container, &all, SECOND, &same, NULL), C8D_OK);
    assert_int_equal(write(scripted_stdio(f.script)->far_out, "x", 1), 1);
    await(&heard);
    end_sleep(&f, &sleeper);
    c8d_process_unref(same);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wait__on_several_threads__all_get_the_same_end),
        cmocka_unit_test(wait__different_deadlines__each_ends_by_its_own),
        cmocka_unit_test(lives__of_many_containers_on_many_threads__all_come_to_their_end),
        cmocka_unit_test(wake__dispatch_in_another_thread__returns),
        cmocka_unit_test(submit__of_what_is_over_while_another_thread_sleeps__is_told),
        cmocka_unit_test(submit__never_answered_while_another_thread_sleeps__ends_in_its_time),
        cmocka_unit_test(attach__while_another_thread_sleeps__reads_what_is_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
