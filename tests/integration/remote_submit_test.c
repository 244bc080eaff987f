/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked of a task without waiting, on a real containerd: it gets there, and the caller is told once
 * what a blocking one would have heard. CRIU need not work where this runs: a stub stands for runc where a
 * checkpoint is to succeed.
 */
#include "remote_counters.h"
#include "remote_stub.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct told {
    unsigned times;
    enum c8d_status status;
    char message[C8D_ERROR_MESSAGE_BYTES];
};

static void tell(void *user, enum c8d_status status, const struct c8d_error *err)
{
    struct told *told = user;

    told->times++;
    told->status = status;
    if (err != NULL)
        (void)snprintf(told->message, sizeof(told->message), "%s", err->message);
}

static bool is_told(void *arg)
{
    return ((const struct told *)arg)->times != 0;
}

/* Until nothing more comes, so that a second time would be seen. */
static void expect_told_once(struct stubbed *s, struct told *told, enum c8d_status status)
{
    assert_true(user_await(&s->user, is_told, told));
    while (c8d_client_dispatch(s->user.client, 100 * MS) == C8D_OK)
        ;
    assert_int_equal(told->times, 1);
    assert_int_equal(told->status, status);
}

static void test_checkpoint_submit__of_a_task__reaches_runc_and_is_told(void **state)
{
    struct stubbed *s = *state;
    struct told told = {0};
    char words[256];
    char images[sizeof(s->stub.images)];

    stubbed_start(s, "imaged-unwaited", "sleep 1000");
    memcpy(images, s->stub.images, sizeof(images));
    assert_int_equal(c8d_task_checkpoint_submit(s->task, str(images), false, tell, &told, &s->err), C8D_OK);
    memset(images, 'x', sizeof(images)); /* it is borrowed during the call alone */
    assert_int_equal(told.times, 0);
    expect_told_once(s, &told, C8D_OK);
    (void)snprintf(words, sizeof(words), "checkpoint --image-path %s", s->stub.images);
    stub_expect_call(&s->stub, words);
    assert_int_equal(c8d_process_state(s->task), C8D_STATE_RUNNING);
}

/* By runc itself, whether there is a CRIU or not. */
static void test_checkpoint_submit__that_cannot_be__is_one_call_and_says_why(void **state)
{
    struct stubbed *s = *state;
    struct told told = {0};
    unsigned before;

    s->container =
        user_create(&s->user, "unimaged-unwaited", "sleep 1000", (struct c8d_container_options){0});
    s->task = user_start(&s->user, s->container, 0);
    assert_int_equal(c8d_task_checkpoint_submit(s->task, str("relative"), false, tell, &told, &s->err),
                     C8D_INVALID);
    before = counters_calls();
    assert_int_equal(c8d_task_checkpoint_submit(s->task, str("/dev/null/images"), true, tell, &told, &s->err),
                     C8D_OK);
    expect_told_once(s, &told, C8D_REMOTE);
    assert_int_equal(counters_calls() - before, 1);
    assert_true(told.message[0] != '\0');
    assert_int_equal(c8d_process_state(s->task), C8D_STATE_RUNNING);
}

static void test_close_stdin_submit__of_a_reader__ends_it_and_is_told(void **state)
{
    struct stubbed *s = *state;
    struct told told = {0};
    struct told again = {0};
    unsigned before;

    s->container = user_create(&s->user, "reads-unwaited", "cat; exit 5", (struct c8d_container_options){0});
    s->task = user_start(&s->user, s->container, C8D_STDIO_IN | C8D_STDIO_OUT);
    before = counters_calls();
    assert_int_equal(write(c8d_process_stdin_fd(s->task), "last words\n", 11), 11);
    assert_int_equal(c8d_process_close_stdin_submit(s->task, tell, &told, &s->err), C8D_OK);
    assert_int_equal(c8d_process_stdin_fd(s->task), -1);
    assert_int_equal(told.times, 0);
    user_expect_end(s->task, 5);
    expect_told_once(s, &told, C8D_OK);
    assert_int_equal(counters_calls() - before, 1);
    assert_string_equal(s->user.output, "last words\n");
    assert_int_equal(c8d_process_close_stdin_submit(s->task, tell, &again, &s->err), C8D_OK);
    expect_told_once(s, &again, C8D_CONFLICT);
    assert_int_equal(counters_calls() - before, 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, stubbed_set_up, stubbed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_checkpoint_submit__of_a_task__reaches_runc_and_is_told),
        TEST(test_checkpoint_submit__that_cannot_be__is_one_call_and_says_why),
        TEST(test_close_stdin_submit__of_a_reader__ends_it_and_is_told),
    };

    return cmocka_run_group_tests(tests, shared_start, shared_stop);
}
