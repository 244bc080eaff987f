/* SPDX-License-Identifier: Apache-2.0 */
/* A client in a child after fork(): what it gives up there is still the parent's, on a real containerd. */
#include "remote_client.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct c8d_process *exec_in(struct user *user, struct c8d_process *task)
{
    struct c8d_exec_options options = {.size = sizeof(options),
                                       .id = str("e1"),
                                       .stdio = C8D_STDIO_IN | C8D_STDIO_OUT,
                                       .output = user_output,
                                       .user = user};
    char spec[512];
    struct c8d_process *exec = NULL;
    struct c8d_error err = {0};

    process_json(spec, sizeof(spec), "read word; echo heard $word; exit 6", false);
    options.spec = str(spec);
    if (c8d_task_exec(task, &options, PATIENCE, &exec, &err) != C8D_OK)
        fail_msg("exec: %s", err.message);
    return exec;
}

static void test_client__given_up_in_a_child__is_whole_in_the_parent(void **state)
{
    struct user user;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_process *exec;
    struct c8d_process_status told;
    struct c8d_client_counters counters;
    size_t written = 0;
    int status = -1;
    pid_t child;

    (void)state;
    user_open(&user, false);
    container = user_create(&user, "forked", "sleep 1000", (struct c8d_container_options){0});
    task = user_start(&user, container, C8D_STDIO_OUT);
    exec = exec_in(&user, task);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        c8d_process_unref(exec);
        c8d_process_unref(task);
        c8d_container_unref(container);
        c8d_client_unref(user.client);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    shell("test -p '%s'/*/in && test $(find '%s' -name out -type p | wc -l) -eq 2", user.fifos, user.fifos);
    assert_int_equal(c8d_process_write_stdin(exec, "hello\n", 6, &written, NULL), C8D_OK);
    assert_int_equal(written, 6);
    user_await_output(&user, "heard hello");
    user_expect_end(exec, 6);
    assert_int_equal(c8d_process_delete(exec, PATIENCE, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_process_status(task, PATIENCE, &told, NULL), C8D_OK);
    assert_int_equal(told.state, C8D_STATE_RUNNING);
    c8d_client_counters(user.client, &counters);
    assert_int_equal(counters.runtime.connects, 1);
    assert_int_equal(counters.gaps, 0);
    c8d_process_unref(exec);
    user_remove(container, task);
    user_close(&user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_client__given_up_in_a_child__is_whole_in_the_parent),
    };

    return cmocka_run_group_tests(tests, shared_start, shared_stop);
}
