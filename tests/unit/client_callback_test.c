/* SPDX-License-Identifier: Apache-2.0 */
/* Callbacks that call back, and handles dropped in every order and place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <string.h>

/* A consumer that acts inside its callbacks. */
struct consumer {
    struct scripted *script;
    struct c8d_client *client;
    struct c8d_container *container;
    struct c8d_process *task;
    enum c8d_notice_kind act_on;
    void (*act)(struct consumer *consumer);
    int acted;
    enum c8d_status results[4];
    int done;
    enum c8d_status done_status;
    char done_message[C8D_ERROR_MESSAGE_BYTES];
};

static void hear(void *user, const struct c8d_notice *notice)
{
    struct consumer *consumer = user;

    if (consumer->act != NULL && notice->kind == consumer->act_on) {
        consumer->acted++;
        consumer->act(consumer);
    }
}

static void open_consumer(struct consumer *consumer, scripted_respond_fn *respond)
{
    struct c8d_client_options options = {
        .size = sizeof(options), .namespace_ = str("test"), .notice = hear, .user = consumer};
    const struct c8d_container_options created = {
        .size = sizeof(created), .id = str("c1"), .spec = str("{}")};

    memset(consumer, 0, sizeof(*consumer));
    consumer->script = scripted_new(respond);
    options.runtime = scripted_runtime(consumer->script);
    assert_int_equal(c8d_client_new(&options, &consumer->client, NULL), C8D_OK);
    assert_int_equal(c8d_client_new_container(consumer->client, &created, SECOND, &consumer->container, NULL),
                     C8D_OK);
    assert_int_equal(c8d_container_start(consumer->container, NULL, SECOND, &consumer->task, NULL), C8D_OK);
}

static void close_consumer(struct consumer *consumer)
{
    c8d_process_unref(consumer->task);
    c8d_container_unref(consumer->container);
    c8d_client_unref(consumer->client);
}

static void settle(struct consumer *consumer)
{
    while (c8d_client_dispatch(consumer->client, 0) == C8D_OK)
        ;
}

static void exit_event(struct consumer *consumer)
{
    scripted_event(consumer->script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 0);
}

static void block_inside(struct consumer *consumer)
{
    struct c8d_version version;
    struct c8d_exit end;

    consumer->results[0] = c8d_client_version(consumer->client, SECOND, &version, NULL);
    consumer->results[1] = c8d_process_wait(consumer->task, SECOND, &end, NULL);
    consumer->results[2] = c8d_client_dispatch(consumer->client, 0);
    consumer->results[3] = c8d_process_delete(consumer->task, SECOND, NULL, NULL);
}

static void callback__blocking_calls__are_refused(void **state)
{
    struct consumer c;

    (void)state;
    open_consumer(&c, NULL);
    c.act_on = C8D_NOTICE_OOM;
    c.act = block_inside;
    scripted_event(c.script, C8D_EVENT_TASK_OOM, "c1", "", 0, 0);
    settle(&c);
    assert_int_equal(c.acted, 1);
    for (int i = 0; i < 4; i++)
        assert_int_equal(c.results[i], C8D_CONFLICT);
    /* Outside it is allowed again. */
    assert_int_equal(c8d_process_kill(c.task, 15, SECOND, NULL), C8D_OK);
    close_consumer(&c);
}

static void count_done(void *user, enum c8d_status status, const struct c8d_error *err)
{
    struct consumer *consumer = user;

    consumer->done++;
    consumer->done_status = status;
    if (err != NULL)
        memcpy(consumer->done_message, err->message, sizeof(err->message));
}

static void kill_inside(struct consumer *consumer)
{
    consumer->results[0] = c8d_process_kill_submit(consumer->task, 9, SECOND, count_done, consumer, NULL);
}

static void callback__kill_submitted__is_sent_and_completed_once(void **state)
{
    struct consumer c;

    (void)state;
    open_consumer(&c, NULL);
    c.act_on = C8D_NOTICE_OOM;
    c.act = kill_inside;
    scripted_event(c.script, C8D_EVENT_TASK_OOM, "c1", "", 0, 0);
    settle(&c);
    assert_int_equal(c.results[0], C8D_OK);
    assert_int_equal(c.done, 1);
    assert_int_equal(c.done_status, C8D_OK);
    assert_int_equal(scripted_call_of(c.script, C8D_CALL_KILL, 0)->signal, 9);
    close_consumer(&c);
}

static void fail_kill(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_KILL)
        scripted_reply(script, call->token, C8D_REMOTE, "no such signal\nhere");
    else
        scripted_ok(script, call);
}

static void kill_submit__fails__tells_why_in_one_line(void **state)
{
    struct consumer c;

    (void)state;
    open_consumer(&c, fail_kill);
    assert_int_equal(c8d_process_kill_submit(c.task, 99, SECOND, count_done, &c, NULL), C8D_OK);
    settle(&c);
    assert_int_equal(c.done, 1);
    assert_int_equal(c.done_status, C8D_REMOTE);
    assert_string_equal(c.done_message, "no such signal here");
    close_consumer(&c);
}

static void unreachable(struct scripted *script, const struct scripted_call *call)
{
    scripted_reply(script, call->token, C8D_UNAVAILABLE, "nobody listens there");
}

static void kill_submit__link_is_down__is_unavailable_at_once(void **state)
{
    struct consumer c;

    (void)state;
    open_consumer(&c, NULL);
    scripted_set_respond(c.script, unreachable);
    scripted_end_stream(c.script);
    settle(&c);
    assert_int_equal(c8d_process_kill_submit(c.task, 9, SECOND, count_done, &c, NULL), C8D_UNAVAILABLE);
    settle(&c);
    assert_int_equal(c.done, 0);
    assert_int_equal(scripted_n_calls(c.script, C8D_CALL_KILL), 0);
    close_consumer(&c);
}

static void drop_all(struct consumer *consumer)
{
    c8d_client_unref(consumer->client);
    c8d_container_unref(consumer->container);
    c8d_process_unref(consumer->task);
    consumer->container = NULL;
    consumer->task = NULL;
}

static void callback__drops_every_handle__the_client_goes_when_the_dispatch_is_over(void **state)
{
    struct consumer c;

    (void)state;
    open_consumer(&c, NULL);
    c.act_on = C8D_NOTICE_EXIT;
    c.act = drop_all;
    exit_event(&c);
    /* The last reference goes inside; the leak checker and the address sanitizer judge the rest. */
    (void)c8d_client_dispatch(c.client, 0);
    assert_int_equal(c.acted, 1);
}

static void unref__in_every_order__frees_all(void **state)
{
    static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        struct consumer c;

        open_consumer(&c, NULL);
        for (int j = 0; j < 3; j++) {
            if (orders[i][j] == 0)
                c8d_client_unref(c.client);
            else if (orders[i][j] == 1)
                c8d_container_unref(c.container);
            else
                c8d_process_unref(c.task);
        }
    }
}

static void unref__with_operations_under_way__cancels_each_once(void **state)
{
    struct consumer c;

    (void)state;
    open_consumer(&c, NULL);
    assert_int_equal(c8d_process_kill_submit(c.task, 9, SECOND, count_done, &c, NULL), C8D_OK);
    assert_int_equal(c8d_process_kill_submit(c.task, 10, SECOND, count_done, &c, NULL), C8D_OK);
    assert_int_equal(c8d_process_stop_submit(c.task, NULL, count_done, &c, NULL), C8D_OK);
    close_consumer(&c);
    assert_int_equal(c.done, 3);
    assert_int_equal(c.done_status, C8D_CANCELED);
    assert_string_equal(c.done_message, "the client is gone");
}

/* The signal was delivered; the process lives through its grace. */
static void unref__in_the_grace_of_a_stop__cancels_it(void **state)
{
    struct consumer c;

    (void)state;
    open_consumer(&c, NULL);
    assert_int_equal(c8d_process_stop_submit(c.task, NULL, count_done, &c, NULL), C8D_OK);
    settle(&c);
    assert_int_equal(scripted_n_calls(c.script, C8D_CALL_KILL), 1);
    assert_int_equal(c.done, 0);
    close_consumer(&c);
    assert_int_equal(c.done, 1);
    assert_int_equal(c.done_status, C8D_CANCELED);
}

static void unref__with_a_result_not_told_yet__tells_that(void **state)
{
    struct consumer c;

    (void)state;
    open_consumer(&c, NULL);
    exit_event(&c);
    settle(&c);
    assert_int_equal(c8d_process_kill_submit(c.task, 9, SECOND, count_done, &c, NULL), C8D_OK);
    close_consumer(&c);
    assert_int_equal(c.done, 1);
    assert_int_equal(c.done_status, C8D_NOT_FOUND);
}

static void never(struct scripted *script, const struct scripted_call *call)
{
    (void)script;
    (void)call;
}

static void kill_and_drop_all(struct consumer *consumer)
{
    kill_inside(consumer);
    drop_all(consumer);
    /* Not before the dispatch is over. */
    assert_int_equal(consumer->done, 0);
}

static void callback__submits_and_drops_every_handle__is_canceled_before_the_dispatch_returns(void **state)
{
    struct consumer c;

    (void)state;
    open_consumer(&c, NULL);
    scripted_set_respond(c.script, never);
    c.act_on = C8D_NOTICE_OOM;
    c.act = kill_and_drop_all;
    scripted_event(c.script, C8D_EVENT_TASK_OOM, "c1", "", 0, 0);
    (void)c8d_client_dispatch(c.client, 0);
    assert_int_equal(c.results[0], C8D_OK);
    assert_int_equal(c.done, 1);
    assert_int_equal(c.done_status, C8D_CANCELED);
}

static void ref__of_each_handle__needs_as_many_unrefs(void **state)
{
    struct consumer c;

    (void)state;
    open_consumer(&c, NULL);
    assert_ptr_equal(c8d_client_ref(c.client), c.client);
    assert_ptr_equal(c8d_container_ref(c.container), c.container);
    assert_ptr_equal(c8d_process_ref(c.task), c.task);
    c8d_client_unref(c.client);
    c8d_container_unref(c.container);
    c8d_process_unref(c.task);
    assert_int_equal(c8d_process_state(c.task), C8D_STATE_RUNNING);
    assert_int_equal(c8d_container_id(c.container).len, 2);
    assert_int_equal(c8d_process_id(c.task).len, 2);
    close_consumer(&c);
    c8d_client_unref(NULL);
    c8d_container_unref(NULL);
    c8d_process_unref(NULL);
}

static void next_timeout__nothing_due__is_no_deadline_and_work_is_zero(void **state)
{
    struct consumer c;

    (void)state;
    open_consumer(&c, NULL);
    assert_true(c8d_client_next_timeout(c.client) == C8D_NO_DEADLINE);
    /* Refused at once, so its completion waits to be told. */
    exit_event(&c);
    settle(&c);
    assert_int_equal(c8d_process_kill_submit(c.task, 9, SECOND, count_done, &c, NULL), C8D_OK);
    assert_int_equal(c8d_client_next_timeout(c.client), 0);
    assert_int_equal(c8d_client_dispatch(c.client, 0), C8D_OK);
    assert_int_equal(c.done_status, C8D_NOT_FOUND);
    assert_true(c8d_client_next_timeout(c.client) == C8D_NO_DEADLINE);
    close_consumer(&c);
}

static void dispatch__nothing_happens__is_deadline_when_the_time_is_up(void **state)
{
    struct consumer c;
    int64_t before;

    (void)state;
    open_consumer(&c, NULL);
    settle(&c);
    before = scripted_now(c.script);
    assert_int_equal(c8d_client_dispatch(c.client, 3 * SECOND), C8D_DEADLINE);
    assert_int_equal(scripted_now(c.script), before + 3 * SECOND);
    close_consumer(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callback__blocking_calls__are_refused),
        cmocka_unit_test(callback__kill_submitted__is_sent_and_completed_once),
        cmocka_unit_test(kill_submit__fails__tells_why_in_one_line),
        cmocka_unit_test(kill_submit__link_is_down__is_unavailable_at_once),
        cmocka_unit_test(callback__drops_every_handle__the_client_goes_when_the_dispatch_is_over),
        cmocka_unit_test(unref__in_every_order__frees_all),
        cmocka_unit_test(unref__with_operations_under_way__cancels_each_once),
        cmocka_unit_test(unref__in_the_grace_of_a_stop__cancels_it),
        cmocka_unit_test(unref__with_a_result_not_told_yet__tells_that),
        cmocka_unit_test(callback__submits_and_drops_every_handle__is_canceled_before_the_dispatch_returns),
        cmocka_unit_test(ref__of_each_handle__needs_as_many_unrefs),
        cmocka_unit_test(next_timeout__nothing_due__is_no_deadline_and_work_is_zero),
        cmocka_unit_test(dispatch__nothing_happens__is_deadline_when_the_time_is_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
