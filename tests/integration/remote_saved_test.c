/* SPDX-License-Identifier: Apache-2.0 */
/* A program that is started anew with an image of what its client knew, on a real containerd. */
#include "remote_client.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* What the program before has left: an image, and a task. */
struct left {
    void *image;
    size_t bytes;
    uint32_t pid;
};

static void save(struct c8d_client *client, struct left *left)
{
    size_t needed = 0;

    assert_int_equal(c8d_client_save(client, NULL, 0, &left->bytes, NULL), C8D_EXHAUSTED);
    left->image = malloc(left->bytes);
    assert_non_null(left->image);
    assert_int_equal(c8d_client_save(client, left->image, left->bytes, &needed, NULL), C8D_OK);
    assert_int_equal(needed, left->bytes);
}

static struct left run_first(const char *id, const char *commands)
{
    struct user user;
    struct left left = {0};
    struct c8d_container *container;
    struct c8d_process *task;

    user_open(&user, false);
    container = user_create(&user, id, commands, (struct c8d_container_options){0});
    task = user_start(&user, container, 0);
    left.pid = c8d_process_pid(task);
    save(user.client, &left);
    c8d_process_unref(task);
    c8d_container_unref(container);
    user_close(&user);
    return left;
}

static void open_second(struct user *user, struct left *left)
{
    user_open_with(user, (struct c8d_client_options){.image = {left->image, left->bytes}},
                   (struct c8d_remote_options){0});
    free(left->image);
}

static struct c8d_container *load(struct user *user, const char *id, struct c8d_process **task)
{
    struct c8d_container *container = NULL;

    assert_int_equal(c8d_client_load_container(user->client, str(id), PATIENCE, &container, NULL), C8D_OK);
    *task = c8d_container_task(container);
    assert_non_null(*task);
    return container;
}

static void test_saved__task_runs_on__is_taken_up(void **state)
{
    struct left left = run_first("goes-on", "sleep 1000");
    struct user user;
    struct c8d_container *container;
    struct c8d_process *task;

    (void)state;
    open_second(&user, &left);
    assert_int_equal(user.exits, 0);
    container = load(&user, "goes-on", &task);
    assert_int_equal(c8d_process_pid(task), left.pid);
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    assert_int_equal(c8d_process_kill(task, 9, PATIENCE, NULL), C8D_OK);
    user_expect_end(task, 137);
    assert_int_equal(user.exits, 1);
    user_remove(container, task);
    user_close(&user);
}

static void test_saved__task_ended_meanwhile__its_end_is_told_once(void **state)
{
    struct left left = run_first("ended", "while [ ! -e /tmp/ended ]; do sleep 0.02; done; exit 7");
    struct user user;
    struct c8d_container *container;
    struct c8d_process *task;

    (void)state;
    shell("touch %s/tmp/ended", shared.rootfs);
    shell("for i in $(seq 600); do ctr --address %s --namespace %s tasks ls | grep -q 'ended .*STOPPED' && "
          "exit 0; "
          "sleep 0.1; done; exit 1",
          shared.address, shared.namespace_);
    shell("rm %s/tmp/ended", shared.rootfs);
    open_second(&user, &left);
    assert_int_equal(user.exits, 1);
    container = load(&user, "ended", &task);
    user_expect_end(task, 7);
    assert_int_equal(user.exits, 1);
    user_remove(container, task);
    user_close(&user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_saved__task_runs_on__is_taken_up),
        cmocka_unit_test(test_saved__task_ended_meanwhile__its_end_is_told_once),
    };

    return cmocka_run_group_tests(tests, shared_start, shared_stop);
}
