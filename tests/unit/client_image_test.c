/* SPDX-License-Identifier: Apache-2.0 */
/* A program that is started anew with an image of what its client knew. */
#include "fixture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint8_t *image;
static size_t image_bytes;

/* The first program: a task runs, and an image is taken. */
static void run_first(void)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    size_t needed = 0;

    fixture_open(&f, NULL);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    assert_int_equal(c8d_client_save(f.client, NULL, 0, &image_bytes, NULL), C8D_EXHAUSTED);
    image = malloc(image_bytes);
    assert_non_null(image);
    assert_int_equal(c8d_client_save(f.client, image, image_bytes, &needed, NULL), C8D_OK);
    assert_int_equal(needed, image_bytes);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static struct c8d_exit told;
static unsigned told_ends, gaps, resyncs;

static void hear(void *user, const struct c8d_notice *notice)
{
    (void)user;
    gaps += notice->kind == C8D_NOTICE_GAP;
    resyncs += notice->kind == C8D_NOTICE_RESYNCED;
    if (notice->kind == C8D_NOTICE_EXIT) {
        told_ends++;
        told = notice->exit;
        assert_int_equal(notice->cause, C8D_CAUSE_RESYNC);
        assert_int_equal(notice->incarnation, 1);
    }
}

/* What has become of the task meanwhile. */
static enum c8d_entry_state it_is;

static void respond(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_LIST)
        scripted_reply_list(script, call->token, "c1", it_is, 100, 3);
    else
        scripted_ok(script, call);
}

static enum c8d_status begin(struct scripted *script, struct c8d_str namespace_, struct c8d_str from,
                             struct c8d_client **out)
{
    const struct c8d_client_options options = {
        .size = sizeof(options),
        .runtime = scripted_runtime(script),
        .namespace_ = namespace_,
        .notice = hear,
        .image = from,
    };

    told_ends = gaps = resyncs = 0;
    return c8d_client_new(&options, out, NULL);
}

static struct c8d_str whole(void)
{
    return (struct c8d_str){(const char *)image, image_bytes};
}

static void test_image__task_ended_meanwhile__its_end_is_told(void **state)
{
    struct scripted *script = scripted_new(respond);
    struct c8d_client *client;

    (void)state;
    it_is = C8D_ENTRY_STOPPED;
    assert_int_equal(begin(script, str("test"), whole(), &client), C8D_OK);
    assert_int_equal(c8d_client_connect(client, SECOND, NULL), C8D_OK);
    assert_int_equal(gaps, 1);
    assert_int_equal(resyncs, 1);
    assert_int_equal(told_ends, 1);
    assert_true(told.known && told.code == 3);
    c8d_client_unref(client);
}

static void test_image__task_runs_on__handles_find_it(void **state)
{
    struct scripted *script = scripted_new(respond);
    struct c8d_client *client;
    struct c8d_container *container;
    struct c8d_process *task;

    (void)state;
    it_is = C8D_ENTRY_RUNNING;
    assert_int_equal(begin(script, str("test"), whole(), &client), C8D_OK);
    assert_int_equal(c8d_client_load_container(client, str("c1"), SECOND, &container, NULL), C8D_OK);
    assert_int_equal(told_ends, 0);
    task = c8d_container_task(container);
    assert_non_null(task);
    assert_int_equal(c8d_process_pid(task), 100);
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    c8d_process_unref(task);
    c8d_container_unref(container);
    c8d_client_unref(client);
}

static void test_image__damaged_or_foreign__is_refused(void **state)
{
    struct scripted *script = scripted_new(respond);
    struct c8d_runtime runtime = scripted_runtime(script);
    struct c8d_client *client;

    (void)state;
    assert_int_equal(begin(script, str("other"), whole(), &client), C8D_CONFLICT);
    assert_int_equal(
        begin(script, str("test"), (struct c8d_str){(const char *)image, image_bytes - 1}, &client),
        C8D_INVALID);
    image[image_bytes / 2] ^= 1;
    assert_int_equal(begin(script, str("test"), whole(), &client), C8D_INVALID);
    image[image_bytes / 2] ^= 1;
    image[8] ^= 1;
    assert_int_equal(begin(script, str("test"), whole(), &client), C8D_CONFLICT);
    image[8] ^= 1;
    /* The runtime is still ours: no client has taken it over. */
    runtime.ops->destroy(runtime.ctx);
}

static int set_up(void **state)
{
    (void)state;
    run_first();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(image);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_image__task_ended_meanwhile__its_end_is_told),
        cmocka_unit_test(test_image__task_runs_on__handles_find_it),
        cmocka_unit_test(test_image__damaged_or_foreign__is_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
