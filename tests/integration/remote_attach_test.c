/* SPDX-License-Identifier: Apache-2.0 */
/* Taking up tasks that another program has started, with their streams: one of ours, and a real dockerd. */
#include "remote_client.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define ALL (C8D_STDIO_IN | C8D_STDIO_OUT | C8D_STDIO_ERR)

static struct c8d_container *load(struct user *user, const char *id)
{
    struct c8d_container *container = NULL;
    struct c8d_error err = {0};

    if (c8d_client_load_container(user->client, str(id), PATIENCE, &container, &err) != C8D_OK)
        fail_msg("load %s: %s", id, err.message);
    return container;
}

static enum c8d_status try_attach(struct user *user, struct c8d_container *container, uint32_t stdio,
                                  struct c8d_process **out, struct c8d_error *err)
{
    const struct c8d_attach_options options = {
        .size = sizeof(options), .stdio = stdio, .output = user_output, .user = user};

    return c8d_container_attach_task(container, &options, PATIENCE, out, err);
}

static struct c8d_process *attach(struct user *user, struct c8d_container *container)
{
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    if (try_attach(user, container, 0, &task, &err) != C8D_OK)
        fail_msg("attach: %s", err.message);
    return task;
}

static uint64_t calls(const struct user *user)
{
    struct c8d_client_counters counters;

    c8d_client_counters(user->client, &counters);
    return counters.runtime.calls;
}

/* The task goes on when this file is there: so that what it then writes is not read by the first program. */
#define GO "while [ ! -e /tmp/go ]; do sleep 0.02; done; busybox rm /tmp/go; "

/* Starts a task and goes away, as a program that is restarted does. */
static void start_and_leave(struct user *user, const char *id, const char *commands, uint32_t stdio)
{
    struct c8d_container *container;
    struct c8d_process *task;

    user_open(user, false);
    container = user_create(user, id, commands, (struct c8d_container_options){0});
    task = user_start(user, container, stdio);
    c8d_process_unref(task);
    c8d_container_unref(container);
    user_leave(user);
    shell("touch %s/tmp/go", shared.rootfs);
}

static void write_all(struct c8d_process *task, const char *text)
{
    size_t written = 0;

    assert_int_equal(c8d_process_write_stdin(task, text, strlen(text), &written, NULL), C8D_OK);
    assert_int_equal(written, strlen(text));
}

static void finish(struct user *first, struct user *second)
{
    user_close(second);
    /* The pipes of the first went with the end of the task. */
    assert_int_equal(rmdir(first->fifos), 0);
}

static void test_attach__after_the_first_program_has_gone__has_all_streams(void **state)
{
    struct user first;
    struct user second;
    struct c8d_container *container;
    struct c8d_process *task;
    uint64_t before;

    (void)state;
    start_and_leave(&first, "left", GO "echo begun; echo oops >&2; cat; exit 7", ALL);
    user_open(&second, false);
    before = calls(&second);
    container = load(&second, "left");
    task = attach(&second, container);
    /* Containers.Get and Tasks.Get: where the streams are was told with the state. */
    assert_int_equal(calls(&second) - before, 2);
    user_await_output(&second, "begun\n");
    user_await_output(&second, "oops\n");
    write_all(task, "hello\n");
    user_await_output(&second, "hello\n");
    assert_int_equal(c8d_process_close_stdin(task, PATIENCE, NULL), C8D_OK);
    user_expect_end(task, 7);
    assert_int_equal(c8d_process_drain(task, PATIENCE, NULL), C8D_OK);
    assert_int_equal(second.exits, 1);
    user_remove(container, task);
    finish(&first, &second);
}

static void test_attach__of_what_was_written_meanwhile__loses_nothing(void **state)
{
    struct user first;
    struct user second;
    struct c8d_container *container;
    struct c8d_process *task;

    (void)state;
    start_and_leave(&first, "busy", GO "i=0; while [ $i -lt 500 ]; do echo $i; i=$(($i+1)); done; cat", ALL);
    user_open(&second, false);
    container = load(&second, "busy");
    task = attach(&second, container);
    user_await_output(&second, "\n499\n");
    assert_int_equal(strncmp(second.output, "0\n1\n2\n", 6), 0);
    assert_int_equal(second.n_output, 10 * 2 + 90 * 3 + 400 * 4);
    user_remove(container, task);
    finish(&first, &second);
}

static void test_attach__to_what_is_attached__is_refused(void **state)
{
    struct user user;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_process *again = NULL;
    struct c8d_error err = {0};

    (void)state;
    user_open(&user, false);
    container = user_create(&user, "mine", "cat", (struct c8d_container_options){0});
    task = user_start(&user, container, ALL);
    assert_int_equal(try_attach(&user, container, 0, &again, &err), C8D_CONFLICT);
    assert_null(again);
    user_remove(container, task);
    user_close(&user);
}

static void test_attach__to_what_has_no_streams__gives_the_task(void **state)
{
    struct user user;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_process *again;
    struct c8d_process *none = NULL;

    (void)state;
    user_open(&user, false);
    container = user_create(&user, "silent", "sleep 1000", (struct c8d_container_options){0});
    assert_int_equal(try_attach(&user, container, 0, &none, NULL), C8D_NOT_FOUND);
    task = user_start(&user, container, 0);
    again = attach(&user, container);
    assert_int_equal(c8d_process_pid(again), c8d_process_pid(task));
    assert_int_equal(c8d_process_stdin_fd(again), -1);
    assert_int_equal(c8d_process_kill(again, SIGKILL, PATIENCE, NULL), C8D_OK);
    user_expect_end(task, 137);
    c8d_process_unref(again);
    /* Ended and not deleted: there still is a task to be had. */
    again = attach(&user, container);
    user_expect_end(again, 137);
    c8d_process_unref(again);
    user_remove(container, task);
    user_close(&user);
}

static void test_attach__to_the_output_alone__leaves_the_input(void **state)
{
    struct user first;
    struct user second;
    struct c8d_container *container;
    struct c8d_process *task = NULL;

    (void)state;
    start_and_leave(&first, "half", GO "echo out; echo err >&2; sleep 1000", ALL);
    user_open(&second, false);
    container = load(&second, "half");
    assert_int_equal(try_attach(&second, container, C8D_STDIO_ERR, &task, NULL), C8D_OK);
    assert_int_equal(c8d_process_stdin_fd(task), -1);
    user_await_output(&second, "err\n");
    assert_string_equal(second.output, "err\n");
    user_remove(container, task);
    user_close(&second);
    shell("rm -r %s", first.fifos);
}

static void test_attach__to_a_file__is_not_implemented(void **state)
{
    struct user user;
    struct c8d_container *container;
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    (void)state;
    user_open(&user, false);
    shell("ctr --address '%s' --namespace '%s' run -d --log-uri file://%s/log --rootfs '%s' filed /bin/sleep "
          "1000",
          shared.address, shared.namespace_, user.fifos, shared.rootfs);
    container = load(&user, "filed");
    assert_int_equal(try_attach(&user, container, 0, &task, &err), C8D_NOT_IMPLEMENTED);
    assert_non_null(strstr(err.message, "log"));
    task = c8d_container_task(container);
    user_remove(container, task);
    shell("rm -f %s/log", user.fifos);
    user_close(&user);
}

/* ---- the directory of the pipes
 * ------------------------------------------------------------------------------- */

static void test_bundle__of_a_container__has_its_pipes(void **state)
{
    struct user user;
    struct c8d_container *container;
    struct c8d_process *task;
    char directory[] = "/tmp/c8d-bundle-XXXXXX";
    char wanted[128];
    char bundle[128];
    struct stat stat_;
    struct c8d_label label = {.key = str(C8D_LABEL_BUNDLE_PATH)};

    (void)state;
    assert_non_null(mkdtemp(directory));
    (void)snprintf(wanted, sizeof(wanted), "%s/containers/bundled", directory);
    assert_int_equal(c8d_bundle_make(str(wanted), 0, 0, bundle, sizeof(bundle), NULL), C8D_OK);
    assert_string_equal(bundle, wanted);
    assert_int_equal(stat(bundle, &stat_), 0);
    assert_int_equal(stat_.st_mode & 0777, 0755);
    label.value = str(bundle);
    user_open(&user, false);
    container = user_create(&user, "bundled", "cat; exit 3",
                            (struct c8d_container_options){.labels = &label, .n_labels = 1});
    task = user_start(&user, container, ALL);
    shell("test -p %s/bundled-stdin -a -p %s/bundled-stdout -a -p %s/bundled-stderr", bundle, bundle, bundle);
    write_all(task, "through the bundle\n");
    user_await_output(&user, "through the bundle\n");
    assert_int_equal(c8d_process_close_stdin(task, PATIENCE, NULL), C8D_OK);
    user_expect_end(task, 3);
    user_remove(container, task);
    user_close(&user);
    shell("rmdir %s && rm -r %s", bundle, directory);
}

static void test_bundle__of_a_remapped_root__belongs_to_it(void **state)
{
    char directory[] = "/tmp/c8d-bundle-XXXXXX";
    char wanted[128];
    char expected[128];
    char made[128];
    struct stat stat_;

    (void)state;
    assert_non_null(mkdtemp(directory)); /* 0700: closed to it */
    (void)snprintf(wanted, sizeof(wanted), "%s/containers/x", directory);
    (void)snprintf(expected, sizeof(expected), "%s.1234.5678/containers.1234.5678/x.1234.5678", directory);
    assert_int_equal(c8d_bundle_make(str(wanted), 1234, 5678, made, sizeof(made), NULL), C8D_OK);
    assert_string_equal(made, expected);
    assert_int_equal(stat(made, &stat_), 0);
    assert_int_equal(stat_.st_mode & 0777, 0700);
    assert_int_equal(stat_.st_uid, 1234);
    assert_int_equal(stat_.st_gid, 5678);
    /* Once more gives the same. */
    assert_int_equal(c8d_bundle_make(str(wanted), 1234, 5678, made, sizeof(made), NULL), C8D_OK);
    assert_string_equal(made, expected);
    shell("rm -r %s %s.1234.5678", directory, directory);
}

static void test_bundle__that_cannot_be_made__says_why(void **state)
{
    char made[16];
    char large[128];
    struct c8d_error err = {0};

    (void)state;
    assert_int_equal(c8d_bundle_make(str("relative"), 0, 0, made, sizeof(made), &err), C8D_INVALID);
    assert_int_equal(c8d_bundle_make(str("/"), 0, 0, made, sizeof(made), &err), C8D_INVALID);
    assert_int_equal(c8d_bundle_make(str("/tmp"), 0, 0, made, 0, &err), C8D_INVALID);
    assert_int_equal(c8d_bundle_make(str("/tmp/longer-than-it"), 0, 0, made, sizeof(made), &err),
                     C8D_INVALID);
    assert_int_equal(c8d_bundle_make(str("/proc/nosuch/x"), 0, 0, large, sizeof(large), &err), C8D_REMOTE);
    assert_int_equal(err.origin, C8D_ORIGIN_ERRNO);
    assert_non_null(strstr(err.message, "/proc/nosuch"));
}

static void expect_label(struct c8d_container *container, const char *id)
{
    size_t n;
    const struct c8d_label *labels = c8d_container_labels(container, &n);

    for (size_t i = 0; i < n; i++) {
        if (labels[i].key.len == strlen(C8D_LABEL_BUNDLE_PATH) &&
            memcmp(labels[i].key.ptr, C8D_LABEL_BUNDLE_PATH, labels[i].key.len) == 0) {
            assert_non_null(memmem(labels[i].value.ptr, labels[i].value.len, id, strlen(id)));
            return;
        }
    }
    fail_msg("no label %s", C8D_LABEL_BUNDLE_PATH);
}

/* As a dockerd of 23 and later leaves them: an id of 64 digits, the label, and pipes of that name beside
 * those of execs in a directory that is dockerd's own and stays. */
static void test_bundle__left_by_a_dockerd_of_23__is_taken_over_with_its_pipes(void **state)
{
    static const char id[] = "4d3f1c0b9a8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a392817060504";
    const struct c8d_exec_options shell_in_it = {
        .size = sizeof(shell_in_it),
        .id = str("e1"),
        .spec = str("{\"user\":{\"uid\":0,\"gid\":0},\"cwd\":\"/\",\"args\":[\"/bin/cat\"]}"),
        .stdio = ALL,
    };
    struct c8d_label label = {.key = str(C8D_LABEL_BUNDLE_PATH)};
    struct user first;
    struct user second;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_process *exec = NULL;
    char directory[] = "/tmp/c8d-bundle-XXXXXX";
    char bundle[256];

    (void)state;
    assert_non_null(mkdtemp(directory));
    (void)snprintf(bundle, sizeof(bundle), "%s/run/docker/containerd/%s", directory, id);
    label.value = str(bundle);
    user_open(&first, false);
    container = user_create(&first, id, GO "echo begun; cat; exit 7",
                            (struct c8d_container_options){.labels = &label, .n_labels = 1});
    task = user_start(&first, container, ALL);
    c8d_process_unref(task);
    c8d_container_unref(container);
    user_leave(&first);
    shell("touch %s/tmp/go", shared.rootfs);

    user_open(&second, true);
    assert_int_equal(c8d_client_restore(second.client, PATIENCE, NULL), C8D_OK);
    container = load(&second, id);
    expect_label(container, bundle);
    task = attach(&second, container);
    user_await_output(&second, "begun\n");
    write_all(task, "taken over\n");
    user_await_output(&second, "taken over\n");
    assert_int_equal(c8d_task_exec(task, &shell_in_it, PATIENCE, &exec, NULL), C8D_OK);
    shell("test -p %s/e1-stdin -a -p %s/e1-stdout -a -p %s/%s-stdout", bundle, bundle, bundle, id);
    assert_int_equal(c8d_process_close_stdin(exec, PATIENCE, NULL), C8D_OK);
    user_expect_end(exec, 0);
    assert_int_equal(c8d_process_delete(exec, PATIENCE, NULL, NULL), C8D_OK);
    c8d_process_unref(exec);
    shell("test ! -e %s/e1-stdin -a ! -e %s/e1-stdout -a -p %s/%s-stdout", bundle, bundle, bundle, id);
    assert_int_equal(c8d_process_close_stdin(task, PATIENCE, NULL), C8D_OK);
    user_expect_end(task, 7);
    user_remove(container, task);
    finish(&first, &second);
    shell("rmdir %s && rm -r %s", bundle, directory);
}

/* ---- dockerd
 * ------------------------------------------------------------------------------------------------------ */

static void dockerd(const char *verb, const char *words)
{
    shell("support/dockerd.sh %s %s/dockerd %s", verb, getenv("C8D_TEST_DIR"), words);
}

static void read_id(char *to, size_t size)
{
    char path[512];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/dockerd/id", getenv("C8D_TEST_DIR"));
    file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(to, (int)size, file));
    to[strcspn(to, "\n")] = '\0';
    (void)fclose(file);
}

/* dockerd is killed, and ours takes its container up: its streams, its signals, its end. */
static void test_dockerd__that_was_killed__has_its_container_taken_over(void **state)
{
    struct user user;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_process *exec = NULL;
    struct c8d_exec_options options = {.size = sizeof(options), .id = str("probe"), .stdio = C8D_STDIO_OUT};
    char words[512];
    char id[128];
    size_t written;

    (void)state;
    dockerd("start", "");
    (void)snprintf(
        words, sizeof(words),
        "-i busy sh -c 'trap \"echo got it; exit 5\" USR1; while :; do read -r line && echo \"$line\"; done' "
        ">%s/dockerd/id",
        getenv("C8D_TEST_DIR"));
    dockerd("run", words);
    read_id(id, sizeof(id));
    dockerd("kill", "");

    user_open(&user, true);
    assert_int_equal(c8d_client_restore(user.client, PATIENCE, NULL), C8D_OK);
    container = load(&user, id);
    expect_label(container, id);
    assert_int_equal(c8d_container_state(container), C8D_STATE_RUNNING);
    task = attach(&user, container);
    write_all(task, "are you there\n");
    user_await_output(&user, "are you there\n");
    options.output = user_output;
    options.user = &user;
    options.spec = str("{\"user\":{\"uid\":0,\"gid\":0},\"cwd\":\"/\",\"args\":[\"/bin/echo\",\"from exec\"],"
                       "\"env\":[\"PATH=/bin\"]}");
    assert_int_equal(c8d_task_exec(task, &options, PATIENCE, &exec, NULL), C8D_OK);
    user_await_output(&user, "from exec\n");
    user_expect_end(exec, 0);
    assert_int_equal(c8d_process_delete(exec, PATIENCE, NULL, NULL), C8D_OK);
    c8d_process_unref(exec);
    assert_int_equal(c8d_process_kill(task, SIGUSR1, PATIENCE, NULL), C8D_OK);
    /* A shell may run the trap at once, and be gone, or when the read is over. */
    (void)!c8d_process_write_stdin(task, "wake up\n", 8, &written, NULL);
    user_expect_end(task, 5);
    assert_int_equal(c8d_process_drain(task, PATIENCE, NULL), C8D_OK);
    user_await_output(&user, "got it\n");
    user_remove(container, task);
    user_close(&user);
    dockerd("kill", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attach__after_the_first_program_has_gone__has_all_streams),
        cmocka_unit_test(test_attach__of_what_was_written_meanwhile__loses_nothing),
        cmocka_unit_test(test_attach__to_what_is_attached__is_refused),
        cmocka_unit_test(test_attach__to_what_has_no_streams__gives_the_task),
        cmocka_unit_test(test_attach__to_the_output_alone__leaves_the_input),
        cmocka_unit_test(test_attach__to_a_file__is_not_implemented),
        cmocka_unit_test(test_bundle__of_a_container__has_its_pipes),
        cmocka_unit_test(test_bundle__left_by_a_dockerd_of_23__is_taken_over_with_its_pipes),
        cmocka_unit_test(test_bundle__of_a_remapped_root__belongs_to_it),
        cmocka_unit_test(test_bundle__that_cannot_be_made__says_why),
        cmocka_unit_test(test_dockerd__that_was_killed__has_its_container_taken_over),
    };

    return cmocka_run_group_tests(tests, shared_start, shared_stop);
}
