/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct c8d_str bench_str(const char *text)
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

struct bench *bench_open(bool adopt)
{
    return bench_open_with(adopt, NULL);
}

struct bench *bench_open_with(bool adopt, bench_alter_fn *alter)
{
    struct bench *bench = test_calloc(1, sizeof(*bench));
    struct c8d_client_options options = {.size = sizeof(options),
                                         .namespace_ = bench_str(contract_maker->namespace_),
                                         .adopt = adopt,
                                         .notice = hear,
                                         .user = bench};

    bench->runtime = options.runtime = contract_maker->make(contract_maker->namespace_);
    if (alter != NULL)
        alter(&options.runtime);
    assert_int_equal(c8d_client_new(&options, &bench->client, NULL), C8D_OK);
    return bench;
}

int bench_set_up(void **state)
{
    *state = bench_open(false);
    return 0;
}

int bench_tear_down(void **state)
{
    struct bench *bench = *state;

    c8d_client_unref(bench->client);
    test_free(bench);
    return 0;
}

enum c8d_status bench_try_create(struct bench *bench, const char *id, const char *args,
                                 struct c8d_container **out, struct c8d_error *err)
{
    char spec[SPEC_BYTES];
    struct c8d_label label = {bench_str("org.example.purpose"), bench_str("contract")};
    struct c8d_container_options options = {
        .size = sizeof(options), .id = bench_str(id), .labels = &label, .n_labels = 1};

    spec_container(spec, sizeof(spec), contract_maker, id, args);
    options.spec = bench_str(spec);
    return c8d_client_new_container(bench->client, &options, PATIENCE, out, err);
}

struct c8d_container *bench_create_args(struct bench *bench, const char *id, const char *args)
{
    struct c8d_container *container = NULL;
    struct c8d_error err = {0};

    if (bench_try_create(bench, id, args, &container, &err) != C8D_OK)
        fail_msg("create %s: %s", id, err.message);
    return container;
}

struct c8d_container *bench_create(struct bench *bench, const char *id, const char *script)
{
    char args[512];

    spec_shell(args, sizeof(args), script);
    return bench_create_args(bench, id, args);
}

struct c8d_process *bench_start_with(struct bench *bench, struct c8d_container *container, uint32_t stdio)
{
    struct c8d_start_options options = {
        .size = sizeof(options), .stdio = stdio, .output = write_down, .user = bench};
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    if (c8d_container_start(container, &options, PATIENCE, &task, &err) != C8D_OK)
        fail_msg("start: %s", err.message);
    return task;
}

struct c8d_process *bench_start(struct bench *bench, struct c8d_container *container)
{
    return bench_start_with(bench, container, 0);
}

enum c8d_status bench_try_exec(struct bench *bench, struct c8d_process *task, const char *id,
                               const char *args, struct c8d_process **out, struct c8d_error *err)
{
    char spec[SPEC_BYTES];
    struct c8d_exec_options options = {.size = sizeof(options),
                                       .id = bench_str(id),
                                       .stdio = C8D_STDIO_OUT | C8D_STDIO_ERR,
                                       .output = write_down,
                                       .user = bench};

    spec_process(spec, sizeof(spec), args, false);
    options.spec = bench_str(spec);
    return c8d_task_exec(task, &options, PATIENCE, out, err);
}

struct c8d_process *bench_exec(struct bench *bench, struct c8d_process *task, const char *id,
                               const char *script)
{
    struct c8d_process *process = NULL;
    struct c8d_error err = {0};
    char args[256];

    spec_shell(args, sizeof(args), script);
    if (bench_try_exec(bench, task, id, args, &process, &err) != C8D_OK)
        fail_msg("exec %s: %s", id, err.message);
    return process;
}

void bench_expect_end(struct c8d_process *process, uint32_t code)
{
    struct c8d_exit end = {0};

    assert_int_equal(c8d_process_wait(process, PATIENCE, &end, NULL), C8D_OK);
    assert_true(end.known);
    assert_int_equal(end.code, code);
}

void bench_remove(struct c8d_container *container, struct c8d_process *task)
{
    assert_int_equal(c8d_task_force_delete(task, PATIENCE, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_container_delete(container, PATIENCE, NULL), C8D_OK);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

size_t bench_count(const struct bench *bench, enum c8d_notice_kind kind, const char *process)
{
    size_t n = 0;

    for (size_t i = 0; i < bench->n_heard; i++)
        n += bench->heard[i].kind == kind && strcmp(bench->heard[i].process, process) == 0;
    return n;
}

bool bench_hear_until(struct bench *bench, enum c8d_notice_kind kind, const char *process, size_t n)
{
    for (int i = 0; i < 1000 && bench_count(bench, kind, process) < n; i++) {
        if (c8d_client_dispatch(bench->client, SECOND) == C8D_DEADLINE && i > 30)
            break;
    }
    return bench_count(bench, kind, process) >= n;
}
