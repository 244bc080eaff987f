/* SPDX-License-Identifier: Apache-2.0 */
/* The client's queues by themselves: requests, timers, deliveries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "../../adapters/client/client_internal.h"
#include "fixture.h"

static void timers__added_in_any_order__come_out_by_their_time(void **state)
{
    static const uint8_t levels[] = {5, 0, 3, 1, 4, 2, 0, 9, 255, 3};
    struct c8d__timer timer = {0};
    struct fixture f;
    int64_t before = 0;
    size_t n = 0;

    (void)state;
    fixture_open(&f, NULL);
    assert_true(c8d__timers_reserve(f.client, sizeof(levels)));
    for (size_t i = 0; i < sizeof(levels); i++) {
        const struct c8d_action action = {.what = C8D_COMMAND_RETRY, .container = i + 1};

        c8d__timer_add(f.client, &action, levels[i]);
    }
    assert_false(c8d__timer_take(f.client, scripted_now(f.script), &timer));
    assert_int_equal(c8d__timer_next(f.client), scripted_now(f.script) + 20 * C8D__MS);
    while (c8d__timer_take(f.client, INT64_MAX - 1, &timer)) {
        assert_true(timer.due >= before);
        before = timer.due;
        n++;
    }
    assert_int_equal(n, sizeof(levels));
    assert_int_equal(before, scripted_now(f.script) + 1000 * C8D__MS);
    assert_true(c8d__timer_next(f.client) == C8D_NO_DEADLINE);
    fixture_close(&f);
}

static void requests__freed_and_used_again__old_keys_find_nothing(void **state)
{
    const struct c8d__request what = {.kind = C8D__REQUEST_LIFECYCLE, .container = 7};
    struct fixture f;
    uint64_t first;
    uint64_t second;

    (void)state;
    fixture_open(&f, NULL);
    first = c8d__request_new(f.client, &what);
    assert_int_equal(c8d__request_find(f.client, first)->container, 7);
    c8d__request_free(f.client, first);
    assert_null(c8d__request_find(f.client, first));
    second = c8d__request_new(f.client, &what);
    assert_true(first != second);
    assert_null(c8d__request_find(f.client, first));
    c8d__request_free(f.client, first);
    assert_non_null(c8d__request_find(f.client, second));
    assert_null(c8d__request_find(f.client, 0));
    assert_null(c8d__request_find(f.client, UINT64_MAX));
    fixture_close(&f);
}

static void requests__not_sent__come_back_in_order_as_replies(void **state)
{
    const struct c8d__request what = {.kind = C8D__REQUEST_LIFECYCLE};
    struct fixture f;
    struct c8d_arrival reply;
    uint64_t keys[3];

    (void)state;
    fixture_open(&f, NULL);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 3; i++) {
            keys[i] = c8d__request_new(f.client, &what);
            c8d__request_unsent(f.client, keys[i], C8D_INVALID);
        }
        for (int i = 0; i < 3; i++) {
            assert_true(c8d__request_take_unsent(f.client, &reply));
            assert_true(reply.token == keys[i]);
            assert_int_equal(reply.status, C8D_INVALID);
            c8d__request_free(f.client, keys[i]);
        }
        assert_false(c8d__request_take_unsent(f.client, &reply));
    }
    fixture_close(&f);
}

struct growing {
    struct c8d_client *client;
    uint64_t pushed;
    uint64_t heard;
};

static void push_one(struct growing *growing)
{
    const struct c8d_action action = {
        .kind = C8D_ACTION_NOTICE, .what = C8D_NOTICE_GAP, .sequence = ++growing->pushed};

    assert_true(c8d__deliveries_reserve(growing->client, 1));
    c8d__push_notice(growing->client, &action);
}

/* More is pushed than was heard, so that the ring turns and grows at every turn. */
static void push_more(void *user, const struct c8d_notice *notice)
{
    struct growing *growing = user;

    assert_int_equal(notice->sequence, growing->heard + 1);
    growing->heard++;
    pthread_mutex_lock(&growing->client->lock);
    for (int i = 0; i < 3 && growing->pushed < 5000; i++)
        push_one(growing);
    pthread_mutex_unlock(&growing->client->lock);
}

static void deliveries__queue_grows_while_it_is_told__keep_their_order(void **state)
{
    struct scripted *script = scripted_new(NULL);
    struct growing growing = {0};
    const struct c8d_client_options options = {.size = sizeof(options),
                                               .runtime = scripted_runtime(script),
                                               .namespace_ = str("test"),
                                               .notice = push_more,
                                               .user = &growing};

    (void)state;
    assert_int_equal(c8d_client_new(&options, &growing.client, NULL), C8D_OK);
    push_one(&growing);
    while (c8d_client_dispatch(growing.client, 0) == C8D_OK)
        ;
    assert_int_equal(growing.heard, 5000);
    c8d_client_unref(growing.client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers__added_in_any_order__come_out_by_their_time),
        cmocka_unit_test(requests__freed_and_used_again__old_keys_find_nothing),
        cmocka_unit_test(requests__not_sent__come_back_in_order_as_replies),
        cmocka_unit_test(deliveries__queue_grows_while_it_is_told__keep_their_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
