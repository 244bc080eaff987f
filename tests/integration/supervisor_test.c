/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor, on a real containerd that is killed, hung and left behind. */
#include "supervisor_scene.h"
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void test_supervisor__from_start_to_stop__keeps_one_that_answers(void **state)
{
    struct scene scene;

    (void)state;
    scene_make(&scene, "c");
    scene_open(&scene);
    assert_true(scene_answers(&scene));
    assert_true(scene_has(&scene, "containerd.pid"));
    assert_int_equal(c8d_supervisor_state(scene.supervisor), C8D_SUPERVISOR_SERVING);
    assert_int_equal(c8d_supervisor_start(scene.supervisor, PATIENCE, NULL), C8D_OK);
    assert_int_equal(c8d_supervisor_stop(scene.supervisor, PATIENCE, NULL), C8D_OK);
    assert_int_equal(scene.n_heard, 2);
    scene_check(&scene, 0, C8D_SUPERVISION_UP, 1);
    scene_check(&scene, 1, C8D_SUPERVISION_DOWN, 1);
    assert_false(scene.heard[0].adopted);
    assert_true(scene.heard[1].exit.known);
    assert_int_equal(scene.heard[1].exit.code, 0);
    assert_int_equal(c8d_supervisor_pid(scene.supervisor), 0);
    assert_false(scene_has(&scene, "containerd.pid"));
    scene_close(&scene);
}

static void test_supervisor__whose_process_is_killed__starts_another(void **state)
{
    struct scene scene;
    uint32_t first;

    (void)state;
    scene_make(&scene, "c");
    scene_open(&scene);
    first = c8d_supervisor_pid(scene.supervisor);
    assert_int_equal(kill((pid_t)first, SIGKILL), 0);
    scene_await(&scene, 3);
    scene_check(&scene, 1, C8D_SUPERVISION_DOWN, 1);
    assert_int_equal(scene.heard[1].exit.code, 128 + SIGKILL);
    scene_check(&scene, 2, C8D_SUPERVISION_UP, 2);
    assert_int_not_equal(c8d_supervisor_pid(scene.supervisor), first);
    assert_true(scene_answers(&scene));
    scene_close(&scene);
}

static void test_supervisor__whose_process_hangs__kills_it_and_starts_another(void **state)
{
    struct scene scene;

    (void)state;
    scene_make(&scene, "c");
    scene.options.check_timeout_ns = 300 * MS;
    scene_open(&scene);
    assert_int_equal(kill((pid_t)c8d_supervisor_pid(scene.supervisor), SIGSTOP), 0);
    scene_await(&scene, 4);
    scene_check(&scene, 1, C8D_SUPERVISION_UNRESPONSIVE, 1);
    scene_check(&scene, 2, C8D_SUPERVISION_DOWN, 1);
    scene_check(&scene, 3, C8D_SUPERVISION_UP, 2);
    scene_close(&scene);
}

/* A process that is stopped does not hear SIGTERM. */
static void test_stop__of_one_that_does_not_obey__kills_it(void **state)
{
    struct scene scene;

    (void)state;
    scene_make(&scene, "c");
    scene.options.stop_timeout_ns = 200 * MS;
    scene_open(&scene);
    assert_int_equal(kill((pid_t)c8d_supervisor_pid(scene.supervisor), SIGSTOP), 0);
    assert_int_equal(c8d_supervisor_stop(scene.supervisor, PATIENCE, NULL), C8D_OK);
    assert_int_equal(scene.heard[scene.n_heard - 1].exit.code, 128 + SIGKILL);
    scene_close(&scene);
}

static void test_process__left_running__is_taken_over_and_stopped(void **state)
{
    struct scene scene;
    uint32_t pid;

    (void)state;
    scene_make(&scene, "c");
    scene_open(&scene);
    pid = c8d_supervisor_pid(scene.supervisor);
    c8d_supervisor_free(scene.supervisor);
    scene.n_heard = 0;
    scene_open(&scene);
    assert_int_equal(c8d_supervisor_pid(scene.supervisor), pid);
    assert_true(scene.heard[0].adopted);
    c8d_supervisor_free(scene.supervisor);
    /* Stopped by one that never started it. */
    scene.n_heard = 0;
    scene_new(&scene);
    assert_int_equal(c8d_supervisor_stop(scene.supervisor, PATIENCE, NULL), C8D_OK);
    assert_int_equal(scene.n_heard, 1);
    scene_check(&scene, 0, C8D_SUPERVISION_DOWN, 1);
    assert_true(scene.heard[0].adopted);
    scene_close(&scene);
}

static void test_start__without_time__goes_on_in_dispatch(void **state)
{
    struct scene scene;

    (void)state;
    scene_make(&scene, "c");
    scene_new(&scene);
    assert_int_equal(c8d_supervisor_start(scene.supervisor, 0, NULL), C8D_DEADLINE);
    assert_int_equal(c8d_supervisor_start(scene.supervisor, 0, NULL), C8D_CONFLICT);
    scene_await(&scene, 1);
    scene_check(&scene, 0, C8D_SUPERVISION_UP, 1);
    scene_close(&scene);
}

/* An event loop sleeps on the descriptor and the time, and does nothing else. */
static void test_descriptor__of_a_supervisor__tells_an_event_loop(void **state)
{
    struct scene scene;
    struct pollfd fd = {.events = POLLIN};

    (void)state;
    scene_make(&scene, "c");
    scene_open(&scene);
    fd.fd = c8d_supervisor_fd(scene.supervisor);
    assert_int_equal(kill((pid_t)c8d_supervisor_pid(scene.supervisor), SIGKILL), 0);
    for (int rounds = 0; scene.n_heard < 3; rounds++) {
        int64_t left = c8d_supervisor_next_timeout(scene.supervisor);

        assert_true(rounds < 5000);
        assert_true(left >= 0);
        (void)poll(&fd, 1, left == C8D_NO_DEADLINE ? 20000 : (int)(left / MS) + 1);
        while (c8d_supervisor_dispatch(scene.supervisor, 0) == C8D_OK)
            ;
    }
    scene_check(&scene, 2, C8D_SUPERVISION_UP, 2);
    scene_close(&scene);
}

static void *wake(void *supervisor)
{
    c8d_supervisor_wake(supervisor);
    return NULL;
}

static void test_wake__by_another_thread__ends_a_wait(void **state)
{
    struct scene scene;
    struct c8d_error err = {0};
    pthread_t thread;
    char program[512];

    (void)state;
    scene_make(&scene, "c");
    assert_int_equal(mkdir(scene.directory, 0700), 0);
    scene_write(&scene, "slow", "#!/bin/sh\nwhile :; do sleep 1; done\n", 0700);
    (void)snprintf(program, sizeof(program), "%s/slow", scene.directory);
    scene.options.program = str(program);
    scene_new(&scene);
    assert_int_equal(pthread_create(&thread, NULL, wake, scene.supervisor), 0);
    assert_int_equal(c8d_supervisor_start(scene.supervisor, C8D_NO_DEADLINE, &err), C8D_CANCELED);
    assert_int_equal(pthread_join(thread, NULL), 0);
    scene_close(&scene);
}

/* A supervisor that nothing has happened to is not woken by itself. */
static void test_dispatch__with_nothing_to_do__waits_for_its_time(void **state)
{
    struct scene scene;

    (void)state;
    scene_make(&scene, "c");
    scene_new(&scene);
    assert_int_equal(c8d_supervisor_next_timeout(scene.supervisor), C8D_NO_DEADLINE);
    assert_int_equal(c8d_supervisor_dispatch(scene.supervisor, 10 * MS), C8D_DEADLINE);
    c8d_supervisor_free(scene.supervisor);
    scene_remove(scene.directory);
    c8d_supervisor_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_supervisor__from_start_to_stop__keeps_one_that_answers),
        cmocka_unit_test(test_supervisor__whose_process_is_killed__starts_another),
        cmocka_unit_test(test_supervisor__whose_process_hangs__kills_it_and_starts_another),
        cmocka_unit_test(test_stop__of_one_that_does_not_obey__kills_it),
        cmocka_unit_test(test_process__left_running__is_taken_over_and_stopped),
        cmocka_unit_test(test_start__without_time__goes_on_in_dispatch),
        cmocka_unit_test(test_descriptor__of_a_supervisor__tells_an_event_loop),
        cmocka_unit_test(test_wake__by_another_thread__ends_a_wait),
        cmocka_unit_test(test_dispatch__with_nothing_to_do__waits_for_its_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
