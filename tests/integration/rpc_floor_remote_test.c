/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fewest calls: what each operation of the handles costs on a real containerd, counted by containerd
 * itself (grpc_server_handled_total of its metrics), not by us.
 */
#include "transport.h"
#include <arpa/inet.h>
#include <c8d/remote.h>
#include <c8d/task.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)
#define PATIENCE (30 * SECOND)

struct world {
    struct c8d_client *client;
    unsigned exits; /* EXIT notices heard */
};

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

static const char *setting(const char *name)
{
    const char *value = getenv(name);

    if (value == NULL)
        fail_msg("%s is not set: run this through tests/support/with-containerd.sh", name);
    return value;
}

/* ---- containerd's own counters
 * -------------------------------------------------------------------------------- */

static int dial(const char *address)
{
    char host[64];
    const char *colon = strrchr(address, ':');
    struct sockaddr_in to = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_non_null(colon);
    snprintf(host, sizeof(host), "%.*s", (int)(colon - address), address);
    to.sin_port = htons((uint16_t)atoi(colon + 1));
    assert_int_equal(inet_pton(AF_INET, host, &to.sin_addr), 1);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

static char *fetch_metrics(void)
{
    static const char request[] = "GET /v1/metrics HTTP/1.0\r\n\r\n";
    size_t capacity = 1 << 20;
    size_t length = 0;
    char *text = test_malloc(capacity);
    int fd = dial(setting("C8D_TEST_METRICS"));
    ssize_t n;

    assert_int_equal(write(fd, request, sizeof(request) - 1), sizeof(request) - 1);
    while ((n = read(fd, text + length, capacity - length - 1)) > 0)
        length += (size_t)n;
    text[length] = '\0';
    close(fd);
    return text;
}

/* All calls that containerd has handled so far, whatever their result; those of the stream are not
 * operations. */
static unsigned calls_handled(void)
{
    static const char name[] = "grpc_server_handled_total{";
    char *text = fetch_metrics();
    double sum = 0;

    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (strncmp(line, name, sizeof(name) - 1) == 0 && strstr(line, "v1.Events\"") == NULL)
            sum += strtod(strrchr(line, ' '), NULL);
    }
    test_free(text);
    return (unsigned)sum;
}

/* ---- a world
 * -------------------------------------------------------------------------------------------------- */

static void hear(void *user, const struct c8d_notice *notice)
{
    struct world *world = user;

    if (notice->kind == C8D_NOTICE_EXIT)
        world->exits++;
}

static struct world *new_world(bool adopt)
{
    struct world *world = test_calloc(1, sizeof(*world));
    struct c8d_remote_options remote = {
        .size = sizeof(remote),
        .address = str(setting("C8D_TEST_ADDRESS")),
        .namespace_ = str(setting("C8D_TEST_NAMESPACE")),
        .transport = test_transport(),
    };
    struct c8d_client_options options = {.size = sizeof(options),
                                         .namespace_ = remote.namespace_,
                                         .adopt = adopt,
                                         .notice = hear,
                                         .user = world};

    assert_int_equal(c8d_remote_new(&remote, &options.runtime, NULL), C8D_OK);
    assert_int_equal(c8d_client_new(&options, &world->client, NULL), C8D_OK);
    assert_int_equal(c8d_client_connect(world->client, PATIENCE, NULL), C8D_OK);
    return world;
}

static int open_world(void **state)
{
    *state = new_world(false);
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;

    c8d_client_unref(world->client);
    test_free(world);
    return 0;
}

static const char *spec_of(const char *id, const char *script, char *out, size_t size)
{
    snprintf(
        out, size,
        "{\"ociVersion\":\"1.0.2\",\"process\":{\"user\":{\"uid\":0,\"gid\":0},\"cwd\":\"/\","
        "\"args\":[\"/bin/sh\",\"-c\",\"%s\"],\"env\":[\"PATH=/bin\"]},\"root\":{\"path\":\"%s\"},"
        "\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"}],"
        "\"linux\":{\"cgroupsPath\":\"/%s/%s\",\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"}]}}",
        script, setting("C8D_TEST_ROOTFS"), setting("C8D_TEST_NAMESPACE"), id);
    return out;
}

static struct c8d_container *create(struct world *world, const char *id, const char *script)
{
    char spec[1024];
    struct c8d_container_options options = {
        .size = sizeof(options), .id = str(id), .spec = str(spec_of(id, script, spec, sizeof(spec)))};
    struct c8d_container *container = NULL;
    struct c8d_error err = {0};

    if (c8d_client_new_container(world->client, &options, PATIENCE, &container, &err) != C8D_OK)
        fail_msg("create %s: %s", id, err.message);
    return container;
}

static struct c8d_process *start(struct c8d_container *container)
{
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    if (c8d_container_start(container, NULL, PATIENCE, &task, &err) != C8D_OK)
        fail_msg("start: %s", err.message);
    return task;
}

static struct c8d_process *exec(struct c8d_process *task, const char *id, const char *script)
{
    char spec[512];
    struct c8d_exec_options options = {.size = sizeof(options), .id = str(id)};
    struct c8d_process *process = NULL;
    struct c8d_error err = {0};

    snprintf(spec, sizeof(spec),
             "{\"user\":{\"uid\":0,\"gid\":0},\"cwd\":\"/\",\"args\":[\"/bin/"
             "sh\",\"-c\",\"%s\"],\"env\":[\"PATH=/bin\"]}",
             script);
    options.spec = str(spec);
    if (c8d_task_exec(task, &options, PATIENCE, &process, &err) != C8D_OK)
        fail_msg("exec: %s", err.message);
    return process;
}

static void wait_for(struct c8d_process *process, uint32_t code)
{
    struct c8d_exit end;

    assert_int_equal(c8d_process_wait(process, PATIENCE, &end, NULL), C8D_OK);
    assert_true(end.known);
    assert_int_equal(end.code, code);
}

/* Waits until late events of what was done have come: they must cost nothing. */
static void settle(struct world *world)
{
    while (c8d_client_dispatch(world->client, SECOND / 4) == C8D_OK)
        ;
}

static void test_rpc_floor__each_operation__costs_no_more(void **state)
{
    struct world *world = *state;
    unsigned before = calls_handled();
    unsigned now;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_process *process;
    struct c8d_process_status status;
    struct c8d_stats stats;
    size_t n;

#define COSTS(expected)                                                                                      \
    do {                                                                                                     \
        settle(world);                                                                                       \
        now = calls_handled();                                                                               \
        assert_int_equal(now - before, expected);                                                            \
        before = now;                                                                                        \
    } while (0)

    container = create(world, "floor", "sleep 1000");
    COSTS(1);
    task = start(container);
    COSTS(2);
    process = exec(task, "e1", "exit 7");
    wait_for(process, 7);
    assert_int_equal(c8d_process_delete(process, PATIENCE, NULL, NULL), C8D_OK);
    COSTS(3);
    assert_int_equal(c8d_task_pause(task, PATIENCE, NULL), C8D_OK);
    COSTS(1);
    assert_int_equal(c8d_task_resume(task, PATIENCE, NULL), C8D_OK);
    COSTS(1);
    assert_int_equal(c8d_task_stats(task, PATIENCE, &stats, NULL), C8D_OK);
    COSTS(1);
    assert_int_equal(c8d_task_pids(task, PATIENCE, NULL, 0, &n, NULL), C8D_OK);
    COSTS(1);
    assert_int_equal(c8d_task_update_resources(task, str("{}"), PATIENCE, NULL), C8D_OK);
    COSTS(1);
    assert_int_equal(c8d_process_status(task, PATIENCE, &status, NULL), C8D_OK);
    COSTS(1);
    assert_int_equal(c8d_process_resize(task, 80, 25, PATIENCE, NULL), C8D_OK);
    COSTS(1);
    assert_int_equal(c8d_process_kill(task, 9, PATIENCE, NULL), C8D_OK);
    wait_for(task, 137);
    COSTS(1);
    assert_int_equal(c8d_process_delete(task, PATIENCE, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    COSTS(2);
    assert_int_equal(world->exits, 2);
    c8d_process_unref(process);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

/* Pausing and resuming without a breath between: the events of the one arrive in the middle of the other. */
static void test_rpc_floor__pause_and_resume_at_once__costs_two(void **state)
{
    struct world *world = *state;
    struct c8d_container *container = create(world, "breathless", "sleep 1000");
    struct c8d_process *task = start(container);
    unsigned before;

    settle(world);
    before = calls_handled();
    for (int i = 0; i < 5; i++) {
        assert_int_equal(c8d_task_pause(task, PATIENCE, NULL), C8D_OK);
        assert_int_equal(c8d_task_resume(task, PATIENCE, NULL), C8D_OK);
    }
    settle(world);
    assert_int_equal(calls_handled() - before, 10);
    assert_int_equal(c8d_task_force_delete(task, PATIENCE, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    settle(world);
    assert_int_equal(calls_handled() - before, 13);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

/* What is read from elsewhere in the middle of a lifecycle is nothing. */
static void test_rpc_floor__ten_lifecycles_in_a_row__cost_nine_each(void **state)
{
    struct world *world = *state;
    unsigned before = calls_handled();

    for (int i = 0; i < 10; i++) {
        struct c8d_container *container = create(world, "again", "sleep 1000");
        struct c8d_process *task = start(container);
        struct c8d_process *process = exec(task, "e", "true");

        wait_for(process, 0);
        assert_int_equal(c8d_process_delete(process, PATIENCE, NULL, NULL), C8D_OK);
        assert_int_equal(c8d_task_force_delete(task, PATIENCE, NULL, NULL), C8D_OK);
        assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
        c8d_process_unref(process);
        c8d_process_unref(task);
        c8d_container_unref(container);
    }
    settle(world);
    assert_int_equal(calls_handled() - before, 10 * (1 + 2 + 3 + 2 + 1));
    assert_int_equal(world->exits, 20);
}

static void test_rpc_floor__load_of_a_running_container__costs_two(void **state)
{
    struct world *world = *state;
    struct c8d_container *container = create(world, "loaded", "sleep 1000");
    struct c8d_process *task = start(container);
    struct c8d_container *again = NULL;
    struct world *other = new_world(false);
    void *other_state = other;
    unsigned before;

    settle(other);
    before = calls_handled();
    assert_int_equal(c8d_client_load_container(other->client, str("loaded"), PATIENCE, &again, NULL), C8D_OK);
    assert_int_equal(c8d_container_state(again), C8D_STATE_RUNNING);
    assert_int_equal(calls_handled() - before, 2);
    c8d_container_unref(again);
    close_world(&other_state);

    assert_int_equal(c8d_task_force_delete(task, PATIENCE, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

struct census {
    unsigned running, paused, stopped, without_task;
};

static void count(void *user, const struct c8d_container_view *container, const struct c8d_process_view *task)
{
    struct census *census = user;

    (void)container;
    census->running += task != NULL && task->public_state == C8D_STATE_RUNNING;
    census->paused += task != NULL && task->public_state == C8D_STATE_PAUSED;
    census->stopped += task != NULL && task->public_state == C8D_STATE_STOPPED;
    census->without_task += task == NULL || task->public_state == C8D_STATE_DELETED;
}

static void test_rpc_floor__restore_of_many__costs_two(void **state)
{
    struct world *world = *state;
    struct world *other;
    void *other_state;
    struct c8d_container *containers[6];
    struct c8d_process *tasks[5];
    struct census census = {0};
    char id[16];
    unsigned before;

    for (size_t i = 0; i < 6; i++) {
        snprintf(id, sizeof(id), "many%zu", i);
        containers[i] = create(world, id, i == 1 ? "exit 3" : "sleep 1000");
        if (i < 5)
            tasks[i] = start(containers[i]);
    }
    wait_for(tasks[1], 3);
    assert_int_equal(c8d_task_pause(tasks[2], PATIENCE, NULL), C8D_OK);
    settle(world);

    other = new_world(true);
    other_state = other;
    before = calls_handled();
    assert_int_equal(c8d_client_restore(other->client, PATIENCE, NULL), C8D_OK);
    settle(other);
    assert_int_equal(calls_handled() - before, 2);
    c8d_client_visit(other->client, count, &census);
    assert_int_equal(census.running, 3);
    assert_int_equal(census.paused, 1);
    assert_int_equal(census.stopped, 1);
    assert_int_equal(census.without_task, 1);
    close_world(&other_state);

    for (size_t i = 0; i < 6; i++) {
        if (i < 5) {
            assert_int_equal(c8d_task_force_delete(tasks[i], PATIENCE, NULL, NULL), C8D_OK);
            c8d_process_unref(tasks[i]);
        }
        assert_int_equal(c8d_container_delete(containers[i], PATIENCE, NULL), C8D_OK);
        c8d_container_unref(containers[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rpc_floor__each_operation__costs_no_more, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(test_rpc_floor__pause_and_resume_at_once__costs_two, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(test_rpc_floor__ten_lifecycles_in_a_row__cost_nine_each, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(test_rpc_floor__load_of_a_running_container__costs_two, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(test_rpc_floor__restore_of_many__costs_two, open_world, close_world),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
