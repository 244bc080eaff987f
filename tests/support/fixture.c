/* SPDX-License-Identifier: Apache-2.0 */
/* The fixture of fixture.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct c8d_str str(const char *string)
{
    return (struct c8d_str){string, strlen(string)};
}

static void hear(void *user, const struct c8d_notice *notice)
{
    struct fixture *fixture = user;
    struct heard *heard = &fixture->heard[fixture->n_heard++];

    assert_true(fixture->n_heard < sizeof(fixture->heard) / sizeof(fixture->heard[0]));
    *heard = (struct heard){
        .kind = notice->kind,
        .cause = notice->cause,
        .sequence = notice->sequence,
        .incarnation = notice->incarnation,
        .exit = notice->exit,
    };
    if (notice->process.len != 0)
        memcpy(heard->process, notice->process.ptr, notice->process.len);
}

void fixture_open_with(struct fixture *fixture, scripted_respond_fn *respond, bool adopt,
                       const struct c8d_allocator *allocator)
{
    struct c8d_client_options options = {
        .size = sizeof(options),
        .namespace_ = str("test"),
        .adopt = adopt,
        .notice = hear,
        .user = fixture,
        .allocator = allocator,
    };

    memset(fixture, 0, sizeof(*fixture));
    fixture->script = scripted_new(respond);
    scripted_set_user(fixture->script, fixture);
    options.runtime = scripted_runtime(fixture->script);
    if (c8d_client_new(&options, &fixture->client, NULL) != C8D_OK) {
        options.runtime.ops->destroy(options.runtime.ctx);
        fixture->client = NULL;
    }
}

void fixture_open(struct fixture *fixture, scripted_respond_fn *respond)
{
    fixture_open_with(fixture, respond, false, NULL);
    assert_non_null(fixture->client);
}

void fixture_close(struct fixture *fixture)
{
    c8d_client_unref(fixture->client);
}

struct c8d_container *fixture_create(struct fixture *fixture, const char *id)
{
    const struct c8d_container_options options = {
        .size = sizeof(options), .id = str(id), .spec = str("{\"process\":{}}")};
    struct c8d_container *container = NULL;
    struct c8d_error err = {0};

    if (c8d_client_new_container(fixture->client, &options, SECOND, &container, &err) != C8D_OK)
        fail_msg("create: %s", err.message);
    return container;
}

struct c8d_process *fixture_start(struct fixture *fixture, struct c8d_container *container)
{
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    (void)fixture;
    if (c8d_container_start(container, NULL, SECOND, &task, &err) != C8D_OK)
        fail_msg("start: %s", err.message);
    return task;
}

struct c8d_process *fixture_exec(struct fixture *fixture, struct c8d_process *task, const char *id)
{
    const struct c8d_exec_options options = {
        .size = sizeof(options), .id = str(id), .spec = str("{\"args\":[]}")};
    struct c8d_process *process = NULL;
    struct c8d_error err = {0};

    (void)fixture;
    if (c8d_task_exec(task, &options, SECOND, &process, &err) != C8D_OK)
        fail_msg("exec: %s", err.message);
    return process;
}

void fixture_settle(struct fixture *fixture)
{
    while (c8d_client_dispatch(fixture->client, 0) == C8D_OK)
        ;
}

size_t fixture_count(const struct fixture *fixture, enum c8d_notice_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < fixture->n_heard; i++)
        n += fixture->heard[i].kind == kind;
    return n;
}

const char *fixture_story(const struct fixture *fixture)
{
    static char story[4096];

    story[0] = '\0';
    for (size_t i = 0; i < fixture->n_heard; i++) {
        if (i != 0)
            strcat(story, " ");
        strcat(story, c8d_notice_name(fixture->heard[i].kind));
    }
    return story;
}

/* The threads of a replay allocate at the same time. */
static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;

static bool count(struct failing *failing)
{
    bool fails;

    pthread_mutex_lock(&counting);
    failing->made++;
    fails = failing->fail_at != 0 &&
            (failing->for_ever ? failing->made >= failing->fail_at : failing->made == failing->fail_at);
    failing->live += !fails;
    pthread_mutex_unlock(&counting);
    return !fails;
}

static void *allocate(void *ctx, size_t bytes)
{
    return count(ctx) ? malloc(bytes) : NULL;
}

static void release(void *ctx, void *memory, size_t bytes)
{
    struct failing *failing = ctx;

    (void)bytes;
    pthread_mutex_lock(&counting);
    failing->live -= memory != NULL;
    pthread_mutex_unlock(&counting);
    free(memory);
}

void failing_init(struct failing *failing)
{
    *failing = (struct failing){.allocator = {allocate, release, failing}};
}
