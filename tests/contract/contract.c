/* SPDX-License-Identifier: Apache-2.0 */
#include "contract.h"

#include <c8d/task.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)
#define PATIENCE (30 * SECOND)
#define HEARD_MAX 256

struct heard {
    enum c8d_notice_kind kind;
    char container[C8D_NAME_BYTES_MAX + 1];
    char process[C8D_NAME_BYTES_MAX + 1];
    struct c8d_exit exit;
    uint64_t sequence;
};

/* One client on the runtime under test, what it has told, and what the processes have written. */
struct bench {
    struct c8d_runtime runtime;
    struct c8d_client *client;
    struct heard heard[HEARD_MAX];
    size_t n_heard;
    char output[2][4096];
    size_t n_output[2];
};

static const struct contract_maker *maker;

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

static void store(char *to, struct c8d_str text)
{
    snprintf(to, C8D_NAME_BYTES_MAX + 1, "%.*s", (int)text.len, text.ptr);
}

static void hear(void *user, const struct c8d_notice *notice)
{
    struct bench *bench = user;
    struct heard *heard = &bench->heard[bench->n_heard];

    assert_true(bench->n_heard < HEARD_MAX);
    bench->n_heard++;
    heard->kind = notice->kind;
    heard->exit = notice->exit;
    heard->sequence = notice->sequence;
    store(heard->container, notice->container);
    store(heard->process, notice->process);
}

static void write_down(void *user, struct c8d_process *process, int stream, const void *data, size_t length)
{
    struct bench *bench = user;
    int which = stream == C8D_STDIO_ERR;

    (void)process;
    if (length == 0)
        return;
    assert_true(bench->n_output[which] + length < sizeof(bench->output[which]));
    memcpy(bench->output[which] + bench->n_output[which], data, length);
    bench->n_output[which] += length;
}

static struct bench *open_bench(bool adopt)
{
    struct bench *bench = test_calloc(1, sizeof(*bench));
    struct c8d_client_options options = {.size = sizeof(options),
                                         .namespace_ = str(maker->namespace_),
                                         .adopt = adopt,
                                         .notice = hear,
                                         .user = bench};

    bench->runtime = options.runtime = maker->make(maker->namespace_);
    assert_int_equal(c8d_client_new(&options, &bench->client, NULL), C8D_OK);
    return bench;
}

static int set_up(void **state)
{
    *state = open_bench(false);
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;

    c8d_client_unref(bench->client);
    test_free(bench);
    return 0;
}

/* ---- containers
 * ----------------------------------------------------------------------------------------------- */

static enum c8d_status try_create(struct bench *bench, const char *id, const char *script,
                                  struct c8d_container **out, struct c8d_error *err)
{
    char spec[2048];
    struct c8d_label label = {str("org.example.purpose"), str("contract")};
    struct c8d_container_options options = {
        .size = sizeof(options), .id = str(id), .labels = &label, .n_labels = 1};

    snprintf(
        spec, sizeof(spec),
        "{\"ociVersion\":\"1.0.2\",\"process\":{\"user\":{\"uid\":0,\"gid\":0},\"cwd\":\"/\",\"args\":[%s],"
        "\"env\":[\"PATH=/bin\"]},\"root\":{\"path\":\"%s\"},\"mounts\":[{\"destination\":\"/proc\","
        "\"type\":\"proc\",\"source\":\"proc\"}],\"linux\":{\"cgroupsPath\":\"/%s/"
        "%s\",\"resources\":{\"memory\":"
        "{\"limit\":33554432}},\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"}]}}",
        script, maker->rootfs, maker->namespace_, id);
    options.spec = str(spec);
    return c8d_client_new_container(bench->client, &options, PATIENCE, out, err);
}

static struct c8d_container *create_args(struct bench *bench, const char *id, const char *args)
{
    struct c8d_container *container = NULL;
    struct c8d_error err = {0};

    if (try_create(bench, id, args, &container, &err) != C8D_OK)
        fail_msg("create %s: %s", id, err.message);
    return container;
}

static struct c8d_container *create(struct bench *bench, const char *id, const char *script)
{
    char args[512];

    snprintf(args, sizeof(args), "\"/bin/sh\",\"-c\",\"%s\"", script);
    return create_args(bench, id, args);
}

static struct c8d_process *start_with(struct bench *bench, struct c8d_container *container, uint32_t stdio)
{
    struct c8d_start_options options = {
        .size = sizeof(options), .stdio = stdio, .output = write_down, .user = bench};
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    if (c8d_container_start(container, &options, PATIENCE, &task, &err) != C8D_OK)
        fail_msg("start: %s", err.message);
    return task;
}

static struct c8d_process *start(struct bench *bench, struct c8d_container *container)
{
    return start_with(bench, container, 0);
}

static enum c8d_status try_exec(struct bench *bench, struct c8d_process *task, const char *id,
                                const char *program, const char *script, uint32_t stdio,
                                struct c8d_process **out, struct c8d_error *err)
{
    char spec[512];
    struct c8d_exec_options options = {
        .size = sizeof(options), .id = str(id), .stdio = stdio, .output = write_down, .user = bench};

    snprintf(spec, sizeof(spec),
             "{\"user\":{\"uid\":0,\"gid\":0},\"cwd\":\"/\",\"args\":[\"%s\",\"-c\",\"%s\"],\"env\":[\"PATH=/"
             "bin\"]}",
             program, script);
    options.spec = str(spec);
    return c8d_task_exec(task, &options, PATIENCE, out, err);
}

static struct c8d_process *exec(struct bench *bench, struct c8d_process *task, const char *id,
                                const char *script)
{
    struct c8d_process *process = NULL;
    struct c8d_error err = {0};

    if (try_exec(bench, task, id, "/bin/sh", script, C8D_STDIO_OUT | C8D_STDIO_ERR, &process, &err) != C8D_OK)
        fail_msg("exec %s: %s", id, err.message);
    return process;
}

static void expect_end(struct c8d_process *process, uint32_t code)
{
    struct c8d_exit end = {0};

    assert_int_equal(c8d_process_wait(process, PATIENCE, &end, NULL), C8D_OK);
    assert_true(end.known);
    assert_int_equal(end.code, code);
}

static void remove_all(struct c8d_container *container, struct c8d_process *task)
{
    assert_int_equal(c8d_task_force_delete(task, PATIENCE, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

static size_t count(const struct bench *bench, enum c8d_notice_kind kind, const char *process)
{
    size_t n = 0;

    for (size_t i = 0; i < bench->n_heard; i++)
        n += bench->heard[i].kind == kind && strcmp(bench->heard[i].process, process) == 0;
    return n;
}

static bool hear_until(struct bench *bench, enum c8d_notice_kind kind, const char *process, size_t n)
{
    for (int i = 0; i < 1000 && count(bench, kind, process) < n; i++) {
        if (c8d_client_dispatch(bench->client, SECOND) == C8D_DEADLINE && i > 30)
            break;
    }
    return count(bench, kind, process) >= n;
}

/* ---- the suite
 * ------------------------------------------------------------------------------------------------ */

static void test_version__of_any_runtime__is_told(void **state)
{
    struct bench *bench = *state;
    struct c8d_version version = {0};

    assert_int_equal(c8d_client_version(bench->client, PATIENCE, &version, NULL), C8D_OK);
    assert_true(version.version[0] != '\0');
}

static void test_task__that_exits__is_seen_to_end_once_with_its_code(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = create(bench, "ends", "exit 7");
    struct c8d_process *task = start(bench, container);
    struct c8d_exit end = {0};

    expect_end(task, 7);
    assert_int_equal(c8d_container_state(container), C8D_STATE_STOPPED);
    assert_int_equal(c8d_process_delete(task, PATIENCE, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 7);
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    assert_int_equal(count(bench, C8D_NOTICE_CREATE, "ends"), 1);
    assert_int_equal(count(bench, C8D_NOTICE_START, "ends"), 1);
    assert_int_equal(count(bench, C8D_NOTICE_EXIT, "ends"), 1);
    assert_int_equal(count(bench, C8D_NOTICE_DELETED, "ends"), 1);
    assert_int_equal(bench->heard[0].kind, C8D_NOTICE_CREATE);
    assert_int_equal(bench->heard[1].kind, C8D_NOTICE_START);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

static void test_task__that_writes__is_heard_on_both_streams(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = create(bench, "writes", "echo to out; echo to err >&2; exit 0");
    struct c8d_process *task = start_with(bench, container, C8D_STDIO_OUT | C8D_STDIO_ERR);

    expect_end(task, 0);
    assert_int_equal(c8d_process_drain(task, PATIENCE, NULL), C8D_OK);
    assert_string_equal(bench->output[0], "to out\n");
    assert_string_equal(bench->output[1], "to err\n");
    remove_all(container, task);
}

static void test_task__given_end_of_input__reads_all_of_it_and_ends(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = create(bench, "reads", "cat; exit 4");
    struct c8d_process *task = start_with(bench, container, C8D_STDIO_IN | C8D_STDIO_OUT);
    size_t written = 0;

    assert_int_equal(c8d_process_write_stdin(task, "hello\n", 6, &written, NULL), C8D_OK);
    assert_int_equal(written, 6);
    assert_int_equal(c8d_process_close_stdin(task, PATIENCE, NULL), C8D_OK);
    expect_end(task, 4);
    assert_int_equal(c8d_process_drain(task, PATIENCE, NULL), C8D_OK);
    assert_string_equal(bench->output[0], "hello\n");
    remove_all(container, task);
}

static void test_container__whose_id_is_taken__is_refused_and_the_first_lives(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = create(bench, "taken", "sleep 1000");
    struct c8d_container *second = NULL;
    struct c8d_process *task = start(bench, container);
    struct c8d_error err = {0};
    struct bench *other = open_bench(false);
    void *other_state = other;

    assert_int_equal(try_create(bench, "taken", "\"/bin/sh\"", &second, &err), C8D_ALREADY_EXISTS);
    assert_true(err.message[0] != '\0');
    assert_int_equal(c8d_container_state(container), C8D_STATE_RUNNING);
    remove_all(container, task);
    tear_down(&other_state);
}

static void test_container__with_a_task__is_not_deleted(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = create(bench, "busy", "sleep 1000");
    struct c8d_process *task = start(bench, container);

    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_CONFLICT);
    assert_int_equal(c8d_process_delete(task, PATIENCE, NULL, NULL), C8D_CONFLICT);
    assert_int_equal(c8d_container_state(container), C8D_STATE_RUNNING);
    remove_all(container, task);
}

static void test_task__whose_program_is_missing__fails_and_leaves_nothing(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = create_args(bench, "nothing", "\"/no/such/program\"");
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    assert_int_equal(c8d_container_start(container, NULL, PATIENCE, &task, &err), C8D_REMOTE);
    assert_null(task);
    assert_non_null(strstr(err.message, "no"));
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    c8d_container_unref(container);
}

static void test_exec__that_exits__is_seen_to_end_once_with_its_code(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = create(bench, "host", "sleep 1000");
    struct c8d_process *task = start(bench, container);
    struct c8d_process *process = exec(bench, task, "e1", "echo from exec; exit 42");
    struct c8d_exit end = {0};

    expect_end(process, 42);
    assert_int_equal(c8d_process_drain(process, PATIENCE, NULL), C8D_OK);
    assert_string_equal(bench->output[0], "from exec\n");
    assert_int_equal(c8d_process_delete(process, PATIENCE, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 42);
    assert_int_equal(count(bench, C8D_NOTICE_EXEC_ADDED, "e1"), 1);
    assert_int_equal(count(bench, C8D_NOTICE_EXEC_STARTED, "e1"), 1);
    assert_int_equal(count(bench, C8D_NOTICE_EXIT, "e1"), 1);
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    c8d_process_unref(process);
    remove_all(container, task);
}

static void test_exec__whose_program_is_missing__fails_and_its_id_is_free(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = create(bench, "failing", "sleep 1000");
    struct c8d_process *task = start(bench, container);
    struct c8d_process *process = NULL;
    struct c8d_error err = {0};

    assert_int_equal(try_exec(bench, task, "again", "/no/such/program", "", 0, &process, &err), C8D_REMOTE);
    assert_null(process);
    assert_true(err.message[0] != '\0');
    assert_int_equal(count(bench, C8D_NOTICE_EXEC_STARTED, "again"), 0);
    assert_int_equal(count(bench, C8D_NOTICE_EXIT, "again"), 1);
    process = exec(bench, task, "again", "exit 3");
    expect_end(process, 3);
    assert_int_equal(c8d_process_delete(process, PATIENCE, NULL, NULL), C8D_OK);
    c8d_process_unref(process);
    remove_all(container, task);
}

static void test_exec__that_outlives_init__is_seen_to_end_once(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = create(bench, "outlived", "sleep 1000");
    struct c8d_process *task = start(bench, container);
    struct c8d_process *process = exec(bench, task, "long", "sleep 1000");
    struct c8d_exit end = {0};

    assert_int_equal(c8d_process_kill(task, 9, PATIENCE, NULL), C8D_OK);
    expect_end(task, 137);
    assert_int_equal(c8d_process_delete(task, PATIENCE, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_process_wait(process, PATIENCE, &end, NULL), C8D_OK);
    if (end.known)
        assert_int_equal(end.code, 137);
    assert_int_equal(count(bench, C8D_NOTICE_EXIT, "long"), 1);
    assert_int_equal(count(bench, C8D_NOTICE_EXIT, "outlived"), 1);
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    c8d_process_unref(process);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

static void test_kill__of_what_has_ended__is_not_found(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = create(bench, "over", "exit 0");
    struct c8d_process *task = start(bench, container);

    expect_end(task, 0);
    assert_int_equal(c8d_process_kill(task, 9, PATIENCE, NULL), C8D_NOT_FOUND);
    remove_all(container, task);
}

static void test_pause__and_resume__change_the_state_and_are_told(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = create(bench, "cold", "sleep 1000");
    struct c8d_process *task = start(bench, container);

    assert_int_equal(c8d_task_resume(task, PATIENCE, NULL), C8D_NOT_MODIFIED);
    assert_int_equal(c8d_task_pause(task, PATIENCE, NULL), C8D_OK);
    assert_int_equal(c8d_process_state(task), C8D_STATE_PAUSED);
    assert_int_equal(c8d_task_pause(task, PATIENCE, NULL), C8D_NOT_MODIFIED);
    assert_int_equal(c8d_task_resume(task, PATIENCE, NULL), C8D_OK);
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    assert_int_equal(count(bench, C8D_NOTICE_PAUSED, "cold"), 1);
    assert_int_equal(count(bench, C8D_NOTICE_RESUMED, "cold"), 1);
    remove_all(container, task);
}

static void test_task__out_of_memory__is_told_and_ends_by_sigkill(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = create_args(bench, "hungry", "\"/bin/hog\"");
    struct c8d_process *task = start(bench, container);

    expect_end(task, 137);
    assert_true(hear_until(bench, C8D_NOTICE_OOM, "hungry", 1));
    assert_int_equal(count(bench, C8D_NOTICE_OOM, "hungry"), 1);
    remove_all(container, task);
}

static void test_container__loaded_by_another_client__is_the_same_one(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = create(bench, "shared", "sleep 1000");
    struct c8d_process *task = start(bench, container);
    struct c8d_container *loaded = NULL;
    struct c8d_process *its_task;

    assert_int_equal(c8d_client_load_container(bench->client, str("unheard-of"), PATIENCE, &loaded, NULL),
                     C8D_NOT_FOUND);
    assert_int_equal(c8d_client_load_container(bench->client, str("shared"), PATIENCE, &loaded, NULL),
                     C8D_OK);
    its_task = c8d_container_task(loaded);
    assert_non_null(its_task);
    assert_int_equal(c8d_process_pid(its_task), c8d_process_pid(task));
    c8d_process_unref(its_task);
    c8d_container_unref(loaded);
    remove_all(container, task);
}

static void test_connection__that_breaks__is_told_as_one_gap_and_made_good(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = create(bench, "bridged", "sleep 1000");
    struct c8d_process *task = start(bench, container);

    maker->interrupt(bench->runtime);
    assert_true(hear_until(bench, C8D_NOTICE_RESYNCED, "", 1));
    assert_int_equal(count(bench, C8D_NOTICE_GAP, ""), 1);
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    assert_int_equal(c8d_process_kill(task, 9, PATIENCE, NULL), C8D_OK);
    expect_end(task, 137);
    assert_int_equal(c8d_process_delete(task, PATIENCE, NULL, NULL), C8D_OK);
    assert_int_equal(count(bench, C8D_NOTICE_EXIT, "bridged"), 1);
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

static void test_notices__of_several_containers__are_numbered_without_holes(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *containers[4];
    struct c8d_process *tasks[4];
    char id[16];

    for (size_t i = 0; i < 4; i++) {
        snprintf(id, sizeof(id), "numbered%zu", i);
        containers[i] = create(bench, id, "exit 1");
        tasks[i] = start(bench, containers[i]);
    }
    for (size_t i = 0; i < 4; i++) {
        expect_end(tasks[i], 1);
        remove_all(containers[i], tasks[i]);
    }
    assert_int_equal(bench->n_heard, 16);
    for (size_t i = 0; i < bench->n_heard; i++)
        assert_int_equal(bench->heard[i].sequence, i + 1);
}

static void test_id__used_again__is_another_incarnation_with_its_own_end(void **state)
{
    struct bench *bench = *state;
    struct c8d_container *container = create(bench, "twice", "sleep 1000");

    for (size_t run = 1; run <= 3; run++) {
        struct c8d_process *task = start(bench, container);

        assert_int_equal(c8d_process_kill(task, 9, PATIENCE, NULL), C8D_OK);
        expect_end(task, 137);
        assert_int_equal(c8d_process_delete(task, PATIENCE, NULL, NULL), C8D_OK);
        assert_int_equal(count(bench, C8D_NOTICE_EXIT, "twice"), run);
        c8d_process_unref(task);
    }
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    c8d_container_unref(container);
}

int contract_run(const struct contract_maker *of)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_version__of_any_runtime__is_told),
        TEST(test_task__that_exits__is_seen_to_end_once_with_its_code),
        TEST(test_task__that_writes__is_heard_on_both_streams),
        TEST(test_task__given_end_of_input__reads_all_of_it_and_ends),
        TEST(test_container__whose_id_is_taken__is_refused_and_the_first_lives),
        TEST(test_container__with_a_task__is_not_deleted),
        TEST(test_task__whose_program_is_missing__fails_and_leaves_nothing),
        TEST(test_exec__that_exits__is_seen_to_end_once_with_its_code),
        TEST(test_exec__whose_program_is_missing__fails_and_its_id_is_free),
        TEST(test_exec__that_outlives_init__is_seen_to_end_once),
        TEST(test_kill__of_what_has_ended__is_not_found),
        TEST(test_pause__and_resume__change_the_state_and_are_told),
        TEST(test_task__out_of_memory__is_told_and_ends_by_sigkill),
        TEST(test_container__loaded_by_another_client__is_the_same_one),
        TEST(test_connection__that_breaks__is_told_as_one_gap_and_made_good),
        TEST(test_notices__of_several_containers__are_numbered_without_holes),
        TEST(test_id__used_again__is_another_incarnation_with_its_own_end),
    };

    maker = of;
    return cmocka_run_group_tests_name(of->name, tests, NULL, NULL);
}
