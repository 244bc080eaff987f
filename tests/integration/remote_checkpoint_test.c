/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images of tasks, on a real containerd. CRIU need not work where this runs, so a stub stands for runc: what
 * it is asked proves that the checkpoint gets there, and that a restore is not silently a fresh start (as in
 * moby#45090).
 */
#include "remote_stub.h"
#include <c8d/runc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void test_checkpoint__of_a_task_that_goes_on__can_be_restored(void **state)
{
    struct stubbed *s = *state;
    struct c8d_container *first;
    struct c8d_process *first_task;
    char words[256];

    stubbed_start(s, "imaged", "sleep 1000");
    stubbed_checkpoint(s, false);
    (void)snprintf(words, sizeof(words), "checkpoint --image-path %s", s->stub.images);
    stub_expect_call(&s->stub, words);
    assert_int_equal(c8d_process_state(s->task), C8D_STATE_RUNNING);
    first = s->container;
    first_task = s->task;
    stubbed_create(s, "restored", "while [ ! -e /tmp/restored ]; do sleep 0.02; done; echo again; exit 7");
    stubbed_restore(s);
    /* Not before: an end before runc has told the pid is lost to the shim of containerd 1.6. */
    shell("touch %s/tmp/restored", shared.rootfs);
    user_expect_end(s->task, 7);
    shell("rm %s/tmp/restored", shared.rootfs);
    assert_int_equal(c8d_process_drain(s->task, PATIENCE, NULL), C8D_OK);
    assert_string_equal(s->user.output, "again\n");
    /* The container's own options came with it: else runc itself would have been asked. */
    (void)snprintf(words, sizeof(words), "restore --image-path %s", s->stub.images);
    stub_expect_call(&s->stub, words);
    user_remove(first, first_task);
}

static void test_checkpoint__with_exit__ends_the_task(void **state)
{
    struct stubbed *s = *state;

    stubbed_start(s, "leaving", "sleep 1000");
    stubbed_checkpoint(s, true);
    user_expect_end(s->task, 137);
    stub_expect_no_call(&s->stub, "leave-running");
}

static void test_restore__without_an_image__fails_and_starts_nothing(void **state)
{
    struct stubbed *s = *state;

    stubbed_create(s, "imageless", "echo afresh");
    assert_int_equal(stubbed_try_restore(s), C8D_REMOTE);
    assert_null(s->task);
    assert_string_equal(s->user.output, "");
    stub_expect_call(&s->stub, " restore ");
    stub_expect_no_call(&s->stub, " create ");
}

/* A shim that is not known might pass the checkpoint over and start afresh. */
static void test_restore__by_an_unknown_shim__is_refused(void **state)
{
    struct stubbed *s = *state;
    const struct c8d_any options = {str("org.example.Options"), str("x")};

    s->container = user_create(&s->user, "foreign", "echo afresh",
                               (struct c8d_container_options){.runtime_options = options});
    assert_int_equal(stubbed_try_restore(s), C8D_NOT_IMPLEMENTED);
    assert_null(s->task);
}

static void test_checkpoint__that_cannot_be__says_why(void **state)
{
    struct stubbed *s = *state;

    stubbed_start(s, "unimaged", "sleep 1000");
    assert_int_equal(c8d_task_checkpoint(s->task, str("relative"), false, PATIENCE, &s->err), C8D_INVALID);
    assert_int_equal(c8d_task_checkpoint(s->task, str(""), false, PATIENCE, &s->err), C8D_INVALID);
    assert_int_equal(c8d_task_checkpoint(s->task, str("/dev/null/images"), false, PATIENCE, &s->err),
                     C8D_REMOTE);
    assert_true(s->err.message[0] != '\0');
    assert_int_equal(c8d_process_state(s->task), C8D_STATE_RUNNING);
    assert_int_equal(c8d_process_kill(s->task, 9, PATIENCE, NULL), C8D_OK);
    user_expect_end(s->task, 137);
    assert_int_equal(c8d_task_checkpoint(s->task, str(s->stub.images), false, PATIENCE, &s->err),
                     C8D_CONFLICT);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, stubbed_set_up, stubbed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_checkpoint__of_a_task_that_goes_on__can_be_restored),
        TEST(test_checkpoint__with_exit__ends_the_task),
        TEST(test_restore__without_an_image__fails_and_starts_nothing),
        TEST(test_restore__by_an_unknown_shim__is_refused),
        TEST(test_checkpoint__that_cannot_be__says_why),
    };

    return cmocka_run_group_tests(tests, shared_start, shared_stop);
}
