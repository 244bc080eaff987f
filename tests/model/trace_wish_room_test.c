/* SPDX-License-Identifier: Apache-2.0 */
/* Where wishes are kept: two at a time, whose places are used again, and which wait for the stream together.
 */
#include "trace.h"
#include "trace_given_wish.h"
#include <c8d/wish.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static c8d_ref ref_of(struct trace *trace, const char *name)
{
    return c8d_model_find(trace->model, (struct c8d_str){"n", 1}, (struct c8d_str){name, 1});
}

static uint8_t wish_of(struct trace *trace, const char *name)
{
    struct c8d_container_view view;

    assert_true(c8d_model_view_container(trace->model, ref_of(trace, name), &view));
    return view.wish;
}

/* In whatever order two were given up: the next two have a place each, and a third has none. */
static void test_wish__places_given_up__are_used_again(void **state)
{
    static const char *const orders[] = {"wish-none.req a; wish-none.req b",
                                         "wish-none.req b; wish-none.req a"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct trace trace;

        assert_true(trace_open(&trace, true));
        (void)trace_feed(&trace, "wish-running.req a; wish-running.req b");
        (void)trace_feed(&trace, orders[i]);
        assert_string_equal(trace_feed(&trace, "wish-stopped.req c; wish-removed.req d; wish-paused.req a"),
                            "done ok | done ok | done limit reached (impossible)");
        assert_int_equal(wish_of(&trace, "a"), C8D_WISH_NONE);
        assert_int_equal(wish_of(&trace, "b"), C8D_WISH_NONE);
        assert_int_equal(wish_of(&trace, "c"), C8D_WISH_STOPPED);
        assert_int_equal(wish_of(&trace, "d"), C8D_WISH_REMOVED);
        assert_null(trace.witness.broken);
        trace_close(&trace);
    }
}

/* A wish that was given up is followed no more, and the container is not taken for one that is still known.
 */
static void test_pursue__wish_given_up_and_container_forgotten__touches_neither(void **state)
{
    struct trace trace;

    (void)state;
    assert_true(trace_open(&trace, true));
    (void)trace_feed(&trace, "wish-stopped.req a; wish-stopped.req b; wish-none.req a; wish-none.req b");
    assert_true(c8d_model_forget(trace.model, ref_of(&trace, "a"), C8D_REF_NONE));
    assert_true(c8d_model_forget(trace.model, ref_of(&trace, "b"), C8D_REF_NONE));
    assert_string_equal(trace_feed(&trace, "open; subscribed; pursue"), ">subscribe | done ok");
    /* Four have room, and each is another one. */
    (void)trace_feed(&trace, "new.req a; new.req b; new.req c; new.req d");
    (void)trace_feed(&trace, "new.ok a; new.ok b; new.ok c; new.ok d");
    assert_string_equal(trace_feed(&trace, "create.req a; create.req b; create.req c; create.req d"),
                        ">create a | >create b | >create c | >create d");
    assert_null(trace.witness.broken);
    trace_close(&trace);
}

/* What is at rest makes room for others, the one that ended longest ago first: nothing is in that line twice.
 */
static void test_pursue__container_forgotten__makes_room_once(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    struct trace trace;
    c8d_ref ref;

    (void)state;
    assert_true(trace_open(&trace, true));
    (void)trace_feed(&trace, "wish-stopped.req a; wish-none.req a");
    assert_true(c8d_model_forget(trace.model, ref_of(&trace, "a"), C8D_REF_NONE));
    assert_string_equal(trace_feed(&trace, "open; subscribed; pursue"), ">subscribe | done ok");
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_int_equal(
            c8d_model_open(trace.model, (struct c8d_str){"n", 1}, (struct c8d_str){names[i], 1}, &ref),
            C8D_OK);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_int_equal(ref_of(&trace, names[i]) != C8D_REF_NONE, i >= 4);
    trace_close(&trace);
}

/* All that waited for the stream are followed, and what is fulfilled by what was seen meanwhile is over. */
static void test_pursue__several_wait__follows_each(void **state)
{
    static const struct trace_case cases[] = {
        {"new.req a; new.ok a; new.req b; new.ok b; wish-running.req a; wish-running.req b; open; subscribed",
         "pursue", ">create a | >create b"},
        {UP_RUNNING "; gap; subscribed; wish-removed.req b; list; snap:running c 100; sweep; listed",
         "pursue; rec.is:absent b; is:absent b", ">rec.query b, >query b | - | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Found to be removed already when the stream is back: there is nothing left to remember it for. */
static void test_pursue__removal_is_fulfilled__lets_the_container_be_forgotten(void **state)
{
    struct trace trace;

    (void)state;
    assert_true(trace_open(&trace, true));
    (void)trace_feed(&trace,
                     "open; subscribed; wish-removed.req c; gap; rec.is:absent c; is:absent c; subscribed; "
                     "list; sweep; listed");
    assert_int_equal(wish_of(&trace, "c"), C8D_WISH_REMOVED);
    assert_string_equal(trace_feed(&trace, "pursue"), "");
    assert_int_equal(wish_of(&trace, "c"), C8D_WISH_NONE);
    assert_true(c8d_model_forget(trace.model, ref_of(&trace, "c"), C8D_REF_NONE));
    trace_close(&trace);
}

/* The stream may end before all wishes have been looked at: the first one may want something again. */
static void test_pursue__cut_short_by_a_gap__begins_anew(void **state)
{
    struct trace trace;

    (void)state;
    assert_true(trace_open(&trace, true));
    (void)trace_feed(&trace,
                     "open; subscribed; new.req a; new.ok a; new.req b; new.ok b; wish-running.req a; "
                     "wish-running.req b; create.ok a 100; start.ok a 100; create.ok b 200; start.ok b 200");
    (void)trace_feed(&trace, "gap; ev:exit a/a 100 1 5; subscribed; list; snap:stopped a 100 1; "
                             "snap:running b 200; sweep; listed");
    assert_true(witness_pursue(&trace.witness, &trace.actions));
    (void)trace_feed(&trace, "gap; del.ok a 100 1; again a; subscribed; list; snap:running b 200; sweep; "
                             "listed");
    assert_string_equal(trace_feed(&trace, "pursue"), ">rec.create a");
    assert_null(trace.witness.broken);
    trace_close(&trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wish__places_given_up__are_used_again),
        cmocka_unit_test(test_pursue__wish_given_up_and_container_forgotten__touches_neither),
        cmocka_unit_test(test_pursue__container_forgotten__makes_room_once),
        cmocka_unit_test(test_pursue__several_wait__follows_each),
        cmocka_unit_test(test_pursue__removal_is_fulfilled__lets_the_container_be_forgotten),
        cmocka_unit_test(test_pursue__cut_short_by_a_gap__begins_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
