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
    struct user user;
    struct stub stub;
    struct c8d_container *container;
    struct c8d_container *second;
    struct c8d_process *task;
    struct c8d_process *restored = NULL;
    struct c8d_error err = {0};
    char words[256];

    (void)state;
    stub_make(&stub);
    user_open(&user, false);
    container = user_create(&user, "imaged", "sleep 1000",
                            (struct c8d_container_options){.runtime_options = stub.options});
    task = user_start(&user, container, 0);
    if (c8d_task_checkpoint(task, str(stub.images), false, PATIENCE, &err) != C8D_OK)
        fail_msg("checkpoint: %s", err.message);
    (void)snprintf(words, sizeof(words), "checkpoint --image-path %s", stub.images);
    stub_expect_call(&stub, words);
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    second = user_create(&user, "restored",
                         "while [ ! -e /tmp/restored ]; do sleep 0.02; done; echo again; exit 7",
                         (struct c8d_container_options){.runtime_options = stub.options});
    if (stub_restore(second, &stub, &user, &restored, &err) != C8D_OK)
        fail_msg("restore: %s", err.message);
    /* Not before: an end before runc has told the pid is lost to the shim of containerd 1.6. */
    shell("touch %s/tmp/restored", shared.rootfs);
    user_expect_end(restored, 7);
    shell("rm %s/tmp/restored", shared.rootfs);
    assert_int_equal(c8d_process_drain(restored, PATIENCE, NULL), C8D_OK);
    assert_string_equal(user.output, "again\n");
    /* The container's own options came with it: else runc itself would have been asked. */
    (void)snprintf(words, sizeof(words), "restore --image-path %s", stub.images);
    stub_expect_call(&stub, words);
    user_remove(second, restored);
    user_remove(container, task);
    user_close(&user);
    stub_remove(&stub);
}

static void test_checkpoint__with_exit__ends_the_task(void **state)
{
    struct user user;
    struct stub stub;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_error err = {0};

    (void)state;
    stub_make(&stub);
    user_open(&user, false);
    container = user_create(&user, "leaving", "sleep 1000",
                            (struct c8d_container_options){.runtime_options = stub.options});
    task = user_start(&user, container, 0);
    if (c8d_task_checkpoint(task, str(stub.images), true, PATIENCE, &err) != C8D_OK)
        fail_msg("checkpoint: %s", err.message);
    user_expect_end(task, 137);
    stub_expect_no_call(&stub, "leave-running");
    user_remove(container, task);
    user_close(&user);
    stub_remove(&stub);
}

static void test_restore__without_an_image__fails_and_starts_nothing(void **state)
{
    struct user user;
    struct stub stub;
    struct c8d_container *container;
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    (void)state;
    stub_make(&stub);
    user_open(&user, false);
    container = user_create(&user, "imageless", "echo afresh",
                            (struct c8d_container_options){.runtime_options = stub.options});
    assert_int_equal(stub_restore(container, &stub, &user, &task, &err), C8D_REMOTE);
    assert_null(task);
    assert_string_equal(user.output, "");
    stub_expect_call(&stub, " restore ");
    stub_expect_no_call(&stub, " create ");
    user_remove(container, NULL);
    user_close(&user);
    stub_remove(&stub);
}

/* A shim that is not known might pass the checkpoint over and start afresh. */
static void test_restore__by_an_unknown_shim__is_refused(void **state)
{
    const struct c8d_any options = {str("org.example.Options"), str("x")};
    struct user user;
    struct stub stub;
    struct c8d_container *container;
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    (void)state;
    stub_make(&stub);
    user_open(&user, false);
    container = user_create(&user, "foreign", "echo afresh",
                            (struct c8d_container_options){.runtime_options = options});
    assert_int_equal(stub_restore(container, &stub, &user, &task, &err), C8D_NOT_IMPLEMENTED);
    assert_null(task);
    user_remove(container, NULL);
    user_close(&user);
    stub_remove(&stub);
}

static void test_checkpoint__that_cannot_be__says_why(void **state)
{
    struct user user;
    struct stub stub;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_error err = {0};

    (void)state;
    stub_make(&stub);
    user_open(&user, false);
    container = user_create(&user, "unimaged", "sleep 1000",
                            (struct c8d_container_options){.runtime_options = stub.options});
    task = user_start(&user, container, 0);
    assert_int_equal(c8d_task_checkpoint(task, str("relative"), false, PATIENCE, &err), C8D_INVALID);
    assert_int_equal(c8d_task_checkpoint(task, str(""), false, PATIENCE, &err), C8D_INVALID);
    assert_int_equal(c8d_task_checkpoint(task, str("/dev/null/images"), false, PATIENCE, &err), C8D_REMOTE);
    assert_true(err.message[0] != '\0');
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    assert_int_equal(c8d_process_kill(task, 9, PATIENCE, NULL), C8D_OK);
    user_expect_end(task, 137);
    assert_int_equal(c8d_task_checkpoint(task, str(stub.images), false, PATIENCE, &err), C8D_CONFLICT);
    user_remove(container, task);
    user_close(&user);
    stub_remove(&stub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checkpoint__of_a_task_that_goes_on__can_be_restored),
        cmocka_unit_test(test_checkpoint__with_exit__ends_the_task),
        cmocka_unit_test(test_restore__without_an_image__fails_and_starts_nothing),
        cmocka_unit_test(test_restore__by_an_unknown_shim__is_refused),
        cmocka_unit_test(test_checkpoint__that_cannot_be__says_why),
    };

    return cmocka_run_group_tests(tests, shared_start, shared_stop);
}
