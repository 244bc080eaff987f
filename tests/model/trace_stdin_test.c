/* SPDX-License-Identifier: Apache-2.0 */
/* The end of standard input: held back until the start, done when it is confirmed, asked for again when not.
 */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void test_close__of_what_runs__is_done_when_the_runtime_says_so(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "closeio.req c; closeio.ok c", ">close-stdin c | done ok"},
        {EXEC_RUNNING, "closeio.req c/e1; closeio.ok c/e1", ">close-stdin c/e1 | done ok"},
        /* Two processes of one task: each has its own. */
        {EXEC_RUNNING "; closeio.req c/e1; closeio.ok c/e1", "closeio.req c; closeio.ok c",
         ">close-stdin c | done ok"},
        {PAUSED, "closeio.req c; closeio.ok c", ">close-stdin c | done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#38001: asked for before the start it would be lost, and the process wait for its end for ever. */
static void test_close__before_the_start__is_held_back(void **state)
{
    static const struct trace_case cases[] = {
        {CREATED, "closeio.req c; start.req c; start.ok c 100; closeio.ok c",
         "- | >start c | start c, done ok, >close-stdin c | done ok"},
        {CREATED "; closeio.req c; start.req c", "ev:start c 100; start.ok c 100; closeio.ok c",
         "start c, >close-stdin c | done ok | done ok"},
        {CREATED "; start.req c; closeio.req c", "start.lost c; is:running c 100; closeio.ok c",
         ">query c | start c, done ok, >close-stdin c | done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* kata-containers#10825: after a start that failed the call hangs. Nobody is there to read. */
static void test_close__of_what_never_runs__is_done_without_a_call(void **state)
{
    static const struct trace_case cases[] = {
        {CREATED "; closeio.req c; start.req c", "start.err c",
         "exit c ? never-ran, done runtime error, done ok"},
        {CREATED "; closeio.req c", "del.req c; del.ok c 100", ">delete c | deleted c, done ok, done ok"},
        {CREATED "; start.req c; ev:exit c/c 100 0; closeio.req c", "start.ok c 100",
         "start c, done ok, exit c 0, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_close__that_failed__may_be_asked_for_again(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; closeio.req c", "closeio.err c; closeio.req c; closeio.ok c",
         "done runtime error | >close-stdin c | done ok"},
        {RUNNING "; closeio.req c", "closeio.exists c; closeio.req c; closeio.ok c",
         "done already exists | >close-stdin c | done ok"},
        /* It may be closed: nobody can find out, and once more does no harm. */
        {RUNNING "; closeio.req c", "closeio.lost c; closeio.req c; closeio.expired c; closeio.req c",
         "done indeterminate | >close-stdin c | done indeterminate | >close-stdin c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_close__twice__is_refused_while_it_is_under_way_and_when_it_is_done(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; closeio.req c", "closeio.req c; closeio.ok c; closeio.req c",
         "done conflicting state (impossible) | done ok | done conflicting state (impossible)"},
        {CREATED "; closeio.req c", "closeio.req c; start.req c; start.ok c 100",
         "done conflicting state (impossible) | >start c | start c, done ok, >close-stdin c"},
        {PRESENT, "closeio.req c", "done not found (impossible)"},
        {CREATING, "closeio.req c", "done conflicting state (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_close__the_process_ends__is_done(void **state)
{
    static const struct trace_case cases[] = {
        {EXITED, "closeio.req c; closeio.req c", "done ok | done conflicting state (impossible)"},
        {RUNNING "; closeio.req c", "ev:exit c/c 100 3; closeio.err c", "exit c 3, done ok | - (late)"},
        {RUNNING "; closeio.req c", "ev:delete c 100 3", "exit c 3, deleted c, done ok"},
        {RUNNING "; closeio.req c; closeio.ok c", "ev:exit c/c 100 3", "exit c 3"},
        /* The runtime knows nobody of that name: its end was lost, and its code is asked for. */
        {RUNNING "; closeio.req c", "closeio.nf c; is:stopped c 100 3", "done ok, >query c | exit c 3"},
        {RUNNING "; verify c; closeio.req c", "closeio.nf c; is:running c 100", "done ok | -"},
        {RUNNING "; closeio.req c; ev:exit c/c 100 3; closeio.ok c", "closeio.req c",
         "done conflicting state (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_close__of_the_run_before__is_not_the_next_ones(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; closeio.req c; closeio.ok c" NEXT_RUN, "closeio.req c; closeio.ok c",
         ">close-stdin c | done ok"},
        /* A reply that comes after the next run has begun. */
        {RUNNING "; closeio.req c" NEXT_RUN, "closeio.ok c; closeio.req c; closeio.ok c",
         "- (late) | >close-stdin c | done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_close__our_own_restart__leaves_it_to_the_next_consumer(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; closeio.req c; restart", "closeio.req c; closeio.ok c", ">close-stdin c | done ok"},
        {CREATED "; closeio.req c; restart", "start.req c; start.ok c 100", ">start c | start c, done ok"},
        {RUNNING "; closeio.req c; closeio.ok c; restart", "closeio.req c",
         "done conflicting state (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* What is no word of this region changes nothing. */
static void test_input_region__other_symbols__are_refused(void **state)
{
    static const struct {
        uint8_t symbol;
        enum c8d_outcome outcome;
    } rows[] = {
        {C8D_SYM_FORCE_OK, C8D_LATE},
        {C8D_SYM_EXITED, C8D_IMPOSSIBLE},
        {C8D_SYM_START, C8D_IMPOSSIBLE},
    };
    struct trace trace;
    struct c8d_input input = {.region = C8D_REGION_STDIN, .request = 1};

    (void)state;
    assert_true(trace_open(&trace, true));
    (void)trace_feed(&trace, RUNNING "; closeio.req c");
    input.container = c8d_model_find(trace.model, (struct c8d_str){"n", 1}, (struct c8d_str){"c", 1});
    input.request = trace.close;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        input.symbol = rows[i].symbol;
        assert_int_equal(c8d_model_step(trace.model, &input, &trace.actions), rows[i].outcome);
    }
    trace_close(&trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_close__of_what_runs__is_done_when_the_runtime_says_so),
        cmocka_unit_test(test_close__before_the_start__is_held_back),
        cmocka_unit_test(test_close__of_what_never_runs__is_done_without_a_call),
        cmocka_unit_test(test_close__that_failed__may_be_asked_for_again),
        cmocka_unit_test(test_close__twice__is_refused_while_it_is_under_way_and_when_it_is_done),
        cmocka_unit_test(test_close__the_process_ends__is_done),
        cmocka_unit_test(test_close__of_the_run_before__is_not_the_next_ones),
        cmocka_unit_test(test_close__our_own_restart__leaves_it_to_the_next_consumer),
        cmocka_unit_test(test_input_region__other_symbols__are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
