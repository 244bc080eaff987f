/* SPDX-License-Identifier: Apache-2.0 */
#include "remote_client.h"
#include "transport.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static void hear(void *arg, const struct c8d_notice *notice)
{
    struct user *user = arg;

    user->exits += notice->kind == C8D_NOTICE_EXIT;
}

void user_open_with(struct user *user, struct c8d_client_options options, struct c8d_remote_options remote)
{
    struct c8d_error err = {0};

    memset(user, 0, sizeof(*user));
    (void)snprintf(user->fifos, sizeof(user->fifos), "/tmp/c8d-user-XXXXXX");
    assert_non_null(mkdtemp(user->fifos));
    remote.size = sizeof(remote);
    remote.transport = test_transport();
    remote.address = str(shared.address);
    remote.namespace_ = options.namespace_ = str(shared.namespace_);
    remote.fifo_directory = str(user->fifos);
    options.size = sizeof(options);
    if (options.notice == NULL) {
        options.notice = hear;
        options.user = user;
    }
    if (c8d_remote_new(&remote, &options.runtime, &err) != C8D_OK ||
        c8d_client_new(&options, &user->client, &err) != C8D_OK ||
        c8d_client_connect(user->client, PATIENCE, &err) != C8D_OK)
        fail_msg("%s", err.message);
}

void user_open(struct user *user, bool adopt)
{
    user_open_with(user, (struct c8d_client_options){.adopt = adopt}, (struct c8d_remote_options){0});
}

void user_open_storing(struct user *user)
{
    user_open_with(user, (struct c8d_client_options){0},
                   (struct c8d_remote_options){.images_in_store = true});
}

void user_leave(struct user *user)
{
    c8d_client_unref(user->client);
    user->client = NULL;
}

void user_close(struct user *user)
{
    user_leave(user);
    assert_int_equal(rmdir(user->fifos), 0);
}

const char *user_spec(const char *id, const char *commands, const char *root, bool terminal)
{
    static char spec[4096];

    (void)snprintf(
        spec, sizeof(spec),
        "{\"ociVersion\":\"1.0.2\",\"process\":{\"terminal\":%s,\"user\":{\"uid\":0,\"gid\":0},\"cwd\":\"/\","
        "\"args\":[\"/bin/sh\",\"-c\",\"%s\"],\"env\":[\"PATH=/bin\"]},\"root\":{\"path\":\"%s\"},"
        "\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"},"
        "{\"destination\":\"/dev\",\"type\":\"tmpfs\",\"source\":\"tmpfs\"},"
        "{\"destination\":\"/dev/pts\",\"type\":\"devpts\",\"source\":\"devpts\","
        "\"options\":[\"newinstance\",\"ptmxmode=0666\"]}],"
        "\"linux\":{\"cgroupsPath\":\"/%s/%s\",\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"}]}}",
        terminal ? "true" : "false", commands, root, shared.namespace_, id);
    return spec;
}

struct c8d_container *user_create(struct user *user, const char *id, const char *commands,
                                  struct c8d_container_options options)
{
    struct c8d_container *container = NULL;
    struct c8d_error err = {0};

    options.size = sizeof(options);
    options.id = str(id);
    if (options.spec.len == 0)
        options.spec = str(user_spec(id, commands, shared.rootfs, false));
    if (c8d_client_new_container(user->client, &options, PATIENCE, &container, &err) != C8D_OK)
        fail_msg("create %s: %s", id, err.message);
    return container;
}

struct c8d_process *user_start(struct user *user, struct c8d_container *container, uint32_t stdio)
{
    const struct c8d_start_options options = {
        .size = sizeof(options), .stdio = stdio, .output = user_output, .user = user};
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    if (c8d_container_start(container, &options, PATIENCE, &task, &err) != C8D_OK)
        fail_msg("start: %s", err.message);
    return task;
}

void user_remove(struct c8d_container *container, struct c8d_process *task)
{
    if (task != NULL)
        assert_int_equal(c8d_task_force_delete(task, PATIENCE, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

void user_expect_end(struct c8d_process *process, uint32_t code)
{
    struct c8d_exit end = {0};

    assert_int_equal(c8d_process_wait(process, PATIENCE, &end, NULL), C8D_OK);
    assert_true(end.known);
    assert_int_equal(end.code, code);
}

void user_output(void *arg, struct c8d_process *process, int stream, const void *data, size_t length)
{
    struct user *user = arg;

    (void)process;
    (void)stream;
    if (length == 0)
        return;
    assert_true(user->n_output + length < sizeof(user->output));
    memcpy(user->output + user->n_output, data, length);
    user->n_output += length;
}

static int64_t now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 * MS + time.tv_nsec;
}

bool user_await(struct user *user, bool (*ready)(void *arg), void *arg)
{
    /* Whatever happens ends a dispatch: however often it does, only time counts. */
    const int64_t until = now() + PATIENCE;

    while (!ready(arg) && now() < until)
        (void)c8d_client_dispatch(user->client, 100 * MS);
    return ready(arg);
}

struct wanted {
    const struct user *user;
    const char *text;
};

static bool has_text(void *arg)
{
    const struct wanted *wanted = arg;

    return strstr(wanted->user->output, wanted->text) != NULL;
}

void user_await_output(struct user *user, const char *text)
{
    struct wanted wanted = {user, text};

    if (!user_await(user, has_text, &wanted))
        fail_msg("'%s' is not in '%s'", text, user->output);
}

void shell(const char *format, ...)
{
    char command[4096];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(command, sizeof(command), format, args);
    va_end(args);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
}
