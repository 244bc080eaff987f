/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A consumer that does not answer its notices, on a real containerd: what is kept for it has a limit, others
 * are told meanwhile, and when it answers, from another thread, each end is told once, with the code that it
 * had or honestly without one.
 */
#include "remote_client.h"
#include "remote_memory.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define KEPT_MAX 7
#define FLOOD 5          /* pauses, and as many resumptions */
#define NOTICE_BYTES 256 /* that one takes, at least, when it is kept */
#define EXECS 4
#define CODE 40 /* of the first exec */
#define KILLED 137

struct life {
    unsigned starts, ends;
    struct c8d_exit exit;
};

struct consumer {
    struct user user;
    struct counted memory;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_process *execs[EXECS];
    /* what was told; the main thread's alone, since it alone drives */
    unsigned told; /* of the container that is held back */
    unsigned gaps, resyncs;
    uint64_t to_drop; /* events in all, before they are waited for no more */
    struct life init, lives[EXECS];
    /* between the two threads */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t owed; /* the notice that is to be answered; 0 = none */
    bool awake, over;
    unsigned refused; /* answers */
    pthread_t answerer;
};

static bool is(struct c8d_str name, const char *text)
{
    return name.len == strlen(text) && memcmp(name.ptr, text, name.len) == 0;
}

static void *answer(void *arg)
{
    struct consumer *consumer = arg;

    pthread_mutex_lock(&consumer->lock);
    while (!consumer->over) {
        uint64_t sequence = consumer->awake ? consumer->owed : 0;

        if (sequence == 0) {
            pthread_cond_wait(&consumer->changed, &consumer->lock);
            continue;
        }
        consumer->owed = 0;
        pthread_mutex_unlock(&consumer->lock);
        if (c8d_notice_done(consumer->user.client, sequence) != C8D_OK)
            consumer->refused++;
        pthread_mutex_lock(&consumer->lock);
    }
    pthread_mutex_unlock(&consumer->lock);
    return NULL;
}

/* Returns what was owed before. */
static uint64_t owe(struct consumer *consumer, uint64_t sequence)
{
    uint64_t before;

    pthread_mutex_lock(&consumer->lock);
    before = consumer->owed;
    consumer->owed = sequence;
    pthread_cond_signal(&consumer->changed);
    pthread_mutex_unlock(&consumer->lock);
    return before;
}

static void set(struct consumer *consumer, bool *what)
{
    pthread_mutex_lock(&consumer->lock);
    *what = true;
    pthread_cond_signal(&consumer->changed);
    pthread_mutex_unlock(&consumer->lock);
}

static void hear(void *arg, const struct c8d_notice *notice)
{
    struct consumer *consumer = arg;
    struct life *life = &consumer->init;

    consumer->gaps += notice->kind == C8D_NOTICE_GAP;
    consumer->resyncs += notice->kind == C8D_NOTICE_RESYNCED;
    if (!is(notice->container, "slow"))
        return;
    consumer->told++;
    if (!is(notice->process, "slow"))
        life = &consumer->lives[notice->process.ptr[1] - '0'];
    life->starts += notice->kind == C8D_NOTICE_START || notice->kind == C8D_NOTICE_EXEC_STARTED;
    if (notice->kind == C8D_NOTICE_EXIT) {
        life->ends++;
        life->exit = notice->exit;
    }
    assert_int_equal(c8d_notice_defer(consumer->user.client), C8D_OK);
    assert_int_equal(owe(consumer, notice->sequence), 0);
}

static void open_consumer(struct consumer *consumer)
{
    struct c8d_client_options options = {.notice = hear, .user = consumer, .kept_notices_max = KEPT_MAX};
    struct c8d_remote_options remote = {0};

    memset(consumer, 0, sizeof(*consumer));
    counted_init(&consumer->memory);
    options.allocator = remote.allocator = &consumer->memory.allocator;
    assert_int_equal(pthread_mutex_init(&consumer->lock, NULL), 0);
    assert_int_equal(pthread_cond_init(&consumer->changed, NULL), 0);
    user_open_with(&consumer->user, options, remote);
    assert_int_equal(pthread_create(&consumer->answerer, NULL, answer, consumer), 0);
    consumer->container =
        user_create(&consumer->user, "slow", "sleep 1000", (struct c8d_container_options){0});
    consumer->task = user_start(&consumer->user, consumer->container, 0);
    assert_int_equal(consumer->told, 1);
}

static void close_consumer(struct consumer *consumer)
{
    for (unsigned i = 0; i < EXECS; i++)
        c8d_process_unref(consumer->execs[i]);
    user_remove(consumer->container, consumer->task);
    set(consumer, &consumer->over);
    assert_int_equal(pthread_join(consumer->answerer, NULL), 0);
    assert_int_equal(consumer->refused, 0);
    user_close(&consumer->user);
    assert_int_equal(atomic_load(&consumer->memory.pieces), 0);
    pthread_cond_destroy(&consumer->changed);
    pthread_mutex_destroy(&consumer->lock);
}

static struct c8d_client_counters counters_of(struct consumer *consumer)
{
    struct c8d_client_counters counters;

    c8d_client_counters(consumer->user.client, &counters);
    return counters;
}

static void freeze_and_thaw(struct c8d_process *task)
{
    assert_int_equal(c8d_task_pause(task, PATIENCE, NULL), C8D_OK);
    assert_int_equal(c8d_task_resume(task, PATIENCE, NULL), C8D_OK);
}

/* The start is kept, and as many notices as there is room for: each pause and each resumption is one. */
static void fill(struct consumer *consumer)
{
    for (int i = 0; i < (KEPT_MAX - 1) / 2; i++)
        freeze_and_thaw(consumer->task);
    assert_int_equal(counters_of(consumer).kept_notices, KEPT_MAX);
}

static bool all_dropped(void *arg)
{
    struct consumer *consumer = arg;

    return counters_of(consumer).dropped_events >= consumer->to_drop;
}

/* Somebody else freezes and thaws the task again and again. These events are dropped, and take no memory. */
static void flood(struct consumer *consumer)
{
    const long bytes = atomic_load(&consumer->memory.bytes);
    struct c8d_container *container;
    struct c8d_process *task;
    struct user other;

    consumer->to_drop = counters_of(consumer).dropped_events + UINT64_C(2) * FLOOD;
    user_open(&other, false);
    assert_int_equal(c8d_client_load_container(other.client, str("slow"), PATIENCE, &container, NULL),
                     C8D_OK);
    task = c8d_container_task(container);
    assert_non_null(task);
    for (int i = 0; i < FLOOD; i++)
        freeze_and_thaw(task);
    assert_true(user_await(&consumer->user, all_dropped, consumer));
    assert_int_equal(counters_of(consumer).kept_notices, KEPT_MAX);
    print_message("%ld bytes at the limit, %ld after it\n", bytes, atomic_load(&consumer->memory.bytes));
    assert_true(atomic_load(&consumer->memory.bytes) < bytes + 2L * FLOOD * NOTICE_BYTES);
    c8d_process_unref(task);
    c8d_container_unref(container);
    user_close(&other);
}

static enum c8d_public_state state_of(struct c8d_process *process)
{
    struct c8d_process_status status = {.state = C8D_STATE_UNKNOWN};

    if (c8d_process_status(process, PATIENCE, &status, NULL) == C8D_NOT_FOUND)
        return C8D_STATE_DELETED;
    return status.state;
}

/* containerd says so; what the consumer hears waits. */
static bool is_over(void *arg)
{
    return state_of(arg) == C8D_STATE_STOPPED;
}

static void run_execs(struct consumer *consumer)
{
    for (unsigned i = 0; i < EXECS; i++) {
        struct c8d_exec_options options = {.size = sizeof(options)};
        char id[8], spec[256];

        (void)snprintf(id, sizeof(id), "e%u", i);
        (void)snprintf(spec, sizeof(spec),
                       "{\"user\":{\"uid\":0,\"gid\":0},\"cwd\":\"/\",\"env\":[\"PATH=/bin\"],"
                       "\"args\":[\"/bin/sh\",\"-c\",\"exit %u\"]}",
                       CODE + i);
        options.id = str(id);
        options.spec = str(spec);
        assert_int_equal(c8d_task_exec(consumer->task, &options, PATIENCE, &consumer->execs[i], NULL),
                         C8D_OK);
    }
    for (unsigned i = 0; i < EXECS; i++) {
        assert_true(user_await(&consumer->user, is_over, consumer->execs[i]));
    }
}

/* Of this exec the code cannot be had any more. */
static void delete_behind(struct consumer *consumer, unsigned i)
{
    shell("ctr -a '%s' -n '%s' tasks delete --exec-id e%u slow >/dev/null 2>&1 || true", shared.address,
          shared.namespace_, i);
    assert_int_equal(state_of(consumer->execs[i]), C8D_STATE_DELETED);
}

/* Nobody else waits for the consumer. */
static void run_another(struct consumer *consumer)
{
    struct c8d_container *container =
        user_create(&consumer->user, "quick", "exit 7", (struct c8d_container_options){0});
    struct c8d_process *task = user_start(&consumer->user, container, 0);

    user_expect_end(task, 7);
    user_remove(container, task);
}

static bool is_resynced(void *arg)
{
    const struct consumer *consumer = arg;

    return consumer->resyncs != 0;
}

static void judge(const struct consumer *consumer)
{
    assert_int_equal(consumer->init.starts, 1);
    assert_int_equal(consumer->init.ends, 0);
    for (unsigned i = 0; i < EXECS; i++) {
        const struct life *life = &consumer->lives[i];

        assert_int_equal(life->starts, 1);
        assert_int_equal(life->ends, 1);
        assert_int_equal(life->exit.known, i != 0);
        if (i != 0)
            assert_int_equal(life->exit.code, CODE + i);
    }
}

static void test_consumer__that_answers_late__hears_each_end_once(void **state)
{
    static struct consumer consumer;

    (void)state;
    open_consumer(&consumer);
    fill(&consumer);
    flood(&consumer);
    run_execs(&consumer);
    delete_behind(&consumer, 0);
    run_another(&consumer);
    assert_int_equal(consumer.told, 1);
    assert_int_equal(counters_of(&consumer).gaps, 0);

    set(&consumer, &consumer.awake);
    assert_true(user_await(&consumer.user, is_resynced, &consumer));
    assert_int_equal(consumer.resyncs, 1);
    for (unsigned i = 0; i < EXECS; i++)
        assert_int_equal(c8d_process_wait(consumer.execs[i], PATIENCE, NULL, NULL), C8D_OK);
    judge(&consumer);
    assert_int_equal(consumer.gaps, 1);
    assert_int_equal(counters_of(&consumer).gaps, 1);

    assert_int_equal(c8d_process_kill(consumer.task, 9, PATIENCE, NULL), C8D_OK);
    user_expect_end(consumer.task, KILLED);
    assert_int_equal(consumer.init.ends, 1);
    close_consumer(&consumer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_consumer__that_answers_late__hears_each_end_once),
    };

    return cmocka_run_group_tests(tests, shared_start, shared_stop);
}
