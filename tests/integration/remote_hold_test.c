/* SPDX-License-Identifier: Apache-2.0 */
/* Output that the consumer holds, on a real containerd: its process waits, and nobody else. */
#include "remote_client.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* More than the pipes on both sides of the shim and its own buffer hold together. */
#define WRITTEN 1000000

static void count(void *user, struct c8d_process *process, int stream, const void *data, size_t length)
{
    size_t *bytes = user;

    (void)process;
    (void)stream;
    (void)data;
    *bytes += length;
}

static void test_output__held__has_its_process_wait_and_no_other(void **state)
{
    size_t bytes = 0;
    const struct c8d_start_options options = {
        .size = sizeof(options), .stdio = C8D_STDIO_IN | C8D_STDIO_OUT, .output = count, .user = &bytes};
    struct user user;
    struct c8d_container *held;
    struct c8d_container *other;
    struct c8d_process *task = NULL;
    struct c8d_process *task_of_other;
    size_t written = 0;

    (void)state;
    user_open(&user, false);
    held = user_create(&user, "held", "read go; head -c 1000000 /dev/zero; exit 4",
                       (struct c8d_container_options){0});
    other = user_create(&user, "other", "echo heard; exit 5", (struct c8d_container_options){0});
    assert_int_equal(c8d_container_start(held, &options, PATIENCE, &task, NULL), C8D_OK);
    c8d_process_hold_output(task, true);
    assert_int_equal(c8d_process_write_stdin(task, "go\n", 3, &written, NULL), C8D_OK);
    assert_int_equal(written, 3);
    task_of_other = user_start(&user, other, C8D_STDIO_OUT);
    user_await_output(&user, "heard");
    user_expect_end(task_of_other, 5);
    assert_int_equal(c8d_process_wait(task, 500 * MS, NULL, NULL), C8D_DEADLINE);
    assert_int_equal(bytes, 0);
    c8d_process_hold_output(task, false);
    user_expect_end(task, 4);
    assert_int_equal(c8d_process_drain(task, PATIENCE, NULL), C8D_OK);
    assert_int_equal(bytes, WRITTEN);
    user_remove(other, task_of_other);
    user_remove(held, task);
    user_close(&user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_output__held__has_its_process_wait_and_no_other),
    };

    return cmocka_run_group_tests(tests, shared_start, shared_stop);
}
