/* SPDX-License-Identifier: Apache-2.0 */
/* What a supervisor is given: options, files and programs, good and bad. */
#include "supervisor_scene.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* What TOML has to escape. */
static void test_supervisor__in_a_directory_with_odd_characters__starts(void **state)
{
    struct scene scene;

    (void)state;
    scene_make(&scene, "a \"b\" \\c");
    scene_open(&scene);
    assert_true(scene_answers(&scene));
    scene_close(&scene);
}

static void test_pid_file__that_names_somebody_else__ends_nobody(void **state)
{
    const char *const texts[] = {NULL, "", "containerd\n", "-1\n", "1\n", "99999999999999999999\n"};
    struct scene scene;
    char ours[32];

    (void)state;
    scene_make(&scene, "c");
    assert_int_equal(mkdir(scene.directory, 0700), 0);
    scene_new(&scene);
    (void)snprintf(ours, sizeof(ours), "%ld\n", (long)getpid());
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        scene_write(&scene, "containerd.pid", texts[i] != NULL ? texts[i] : ours, 0600);
        assert_int_equal(c8d_supervisor_stop(scene.supervisor, PATIENCE, NULL), C8D_OK);
    }
    assert_int_equal(scene.n_heard, 0);
    scene_close(&scene);
}

static void check_start_fails(const char *program, enum c8d_status wanted, size_t notices)
{
    struct scene scene;
    struct c8d_error err = {0};

    scene_make(&scene, "c");
    scene.options.program = str(program);
    scene.options.start_timeout_ns = 300 * MS;
    scene_new(&scene);
    assert_int_equal(c8d_supervisor_start(scene.supervisor, PATIENCE, &err), wanted);
    assert_int_equal(err.status, wanted);
    assert_true(err.message[0] != '\0');
    assert_int_equal(scene.n_heard, notices);
    assert_int_equal(c8d_supervisor_state(scene.supervisor), C8D_SUPERVISOR_IDLE);
    scene_close(&scene);
}

static void test_start__that_cannot_succeed__says_why_and_leaves_nothing(void **state)
{
    (void)state;
    check_start_fails("/nonexistent/containerd", C8D_NOT_FOUND, 0);
    check_start_fails("/etc/passwd", C8D_REMOTE, 0);
    check_start_fails("/bin/false", C8D_UNAVAILABLE, 1);
}

/* Runs, has no socket, and does not care for SIGTERM. */
static void test_start__of_one_that_never_answers__ends_it_and_says_so(void **state)
{
    struct scene scene;
    struct c8d_error err = {0};
    char program[512];

    (void)state;
    scene_make(&scene, "c");
    assert_int_equal(mkdir(scene.directory, 0700), 0);
    scene_write(&scene, "deaf", "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n", 0700);
    (void)snprintf(program, sizeof(program), "%s/deaf", scene.directory);
    scene.options.program = str(program);
    scene.options.start_timeout_ns = 300 * MS;
    scene_new(&scene);
    assert_int_equal(c8d_supervisor_start(scene.supervisor, PATIENCE, &err), C8D_DEADLINE);
    assert_non_null(strstr(err.message, "killed"));
    assert_int_equal(scene.n_heard, 1);
    assert_int_equal(scene.heard[0].exit.code, 128 + SIGKILL);
    scene_close(&scene);
}

/* Spoils one of the options. */
static void spoil(struct c8d_supervisor_options *options, int which, const char *long_path)
{
    switch (which) {
    case 0:
        options->size = 4;
        break;
    case 1:
        options->directory = str("");
        break;
    case 2:
        options->directory = str("relative");
        break;
    case 3:
        options->directory = str(long_path);
        break;
    case 4:
        options->directory = str("/tmp/with\nnewline");
        break;
    case 5:
        options->address = str("relative.sock");
        break;
    case 6:
        options->address = (struct c8d_str){long_path, 108};
        break;
    case 7:
        options->config = str("/etc/containerd/config.toml");
        break; /* without an address */
    case 8:
        options->log_level = str("loud");
        break;
    case 9:
        options->log_level = (struct c8d_str){"info", 3};
        break;
    case 10:
        options->oom_score_adj = 1001;
        break;
    case 11:
        options->stop_timeout_ns = -1;
        break;
    case 12:
        options->program = str("con\ntainerd");
        break;
    case 13:
        options->program = str(long_path);
        break;
    case 14:
        options->metrics = str("127.0.0.1:1\n[evil]");
        break;
    default:
        options->root = str("root");
        break;
    }
}

static void test_options__that_are_wrong__are_refused(void **state)
{
    char long_path[4200];
    struct scene scene;
    struct c8d_supervisor *out = NULL;

    (void)state;
    scene_make(&scene, "c");
    memset(long_path, 'x', sizeof(long_path) - 1);
    long_path[0] = '/';
    long_path[sizeof(long_path) - 1] = '\0';
    for (int which = 0; which < 16; which++) {
        struct c8d_supervisor_options options = scene.options;
        struct c8d_error err = {0};

        spoil(&options, which, long_path);
        assert_int_equal(c8d_supervisor_new(&options, &out, &err), C8D_INVALID);
        assert_true(err.message[0] != '\0');
    }
    assert_null(out);
    scene_remove(scene.directory);
}

static void test_new__where_nothing_can_be_made__says_which_file(void **state)
{
    struct scene scene;
    struct c8d_supervisor *out = NULL;
    struct c8d_error err = {0};
    struct failing failing;

    (void)state;
    scene_make(&scene, "c");
    scene.options.directory = str("/etc/passwd");
    assert_int_equal(c8d_supervisor_new(&scene.options, &out, &err), C8D_REMOTE);
    assert_int_equal(err.origin_code, ENOTDIR);
    scene.options.directory = str("/nonexistent/deep/down");
    assert_int_equal(c8d_supervisor_new(&scene.options, &out, &err), C8D_REMOTE);
    assert_int_equal(err.origin_code, ENOENT);
    failing_init(&failing);
    failing.fail_at = 1;
    scene.options.directory = str(scene.directory);
    scene.options.allocator = &failing.allocator;
    assert_int_equal(c8d_supervisor_new(&scene.options, &out, &err), C8D_EXHAUSTED);
    assert_int_equal(failing.live, 0);
    assert_null(out);
    scene_remove(scene.directory);
}

/* A configuration of one's own is used as it is; one that is missing is said at the start. */
static void test_config__of_ones_own__is_used(void **state)
{
    struct scene scene;
    struct c8d_error err = {0};
    char config[512];
    char address[512];
    char text[2048];

    (void)state;
    scene_make(&scene, "c");
    assert_int_equal(mkdir(scene.directory, 0700), 0);
    (void)snprintf(config, sizeof(config), "%s/mine.toml", scene.directory);
    (void)snprintf(address, sizeof(address), "%s/my.sock", scene.directory);
    scene.options.config = str(config);
    scene.options.address = str(address);
    scene_new(&scene);
    assert_int_equal(c8d_supervisor_start(scene.supervisor, PATIENCE, &err), C8D_REMOTE);
    assert_non_null(strstr(err.message, "mine.toml"));
    (void)snprintf(text, sizeof(text),
                   "version = 2\nroot = \"%s/r\"\nstate = \"%s/s\"\n"
                   "disabled_plugins = [\"io.containerd.grpc.v1.cri\"]\n[grpc]\naddress = \"%s\"\n",
                   scene.directory, scene.directory, address);
    scene_write(&scene, "mine.toml", text, 0600);
    assert_int_equal(c8d_supervisor_start(scene.supervisor, PATIENCE, &err), C8D_OK);
    assert_true(scene_answers(&scene));
    assert_true(scene_has(&scene, "r"));
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_supervisor__in_a_directory_with_odd_characters__starts),
        cmocka_unit_test(test_pid_file__that_names_somebody_else__ends_nobody),
        cmocka_unit_test(test_start__that_cannot_succeed__says_why_and_leaves_nothing),
        cmocka_unit_test(test_start__of_one_that_never_answers__ends_it_and_says_so),
        cmocka_unit_test(test_options__that_are_wrong__are_refused),
        cmocka_unit_test(test_new__where_nothing_can_be_made__says_which_file),
        cmocka_unit_test(test_config__of_ones_own__is_used),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
