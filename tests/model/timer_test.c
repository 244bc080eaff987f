/* SPDX-License-Identifier: Apache-2.0 */
/* Timers: what they are told by, and whom they are for. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_symbol_of_timer__of_each_patience__is_of_execs_alone(void **state)
{
    (void)state;
    assert_int_equal(c8d_symbol_of_timer(C8D_PATIENCE_EXEC), C8D_SYM_OUTLIVED);
    assert_int_equal(c8d_symbol_of_timer(C8D_PATIENCE_SHORT), C8D_SYM_NONE);
}

static void test_backoff__each_attempt__doubles_up_to_the_longest(void **state)
{
    (void)state;
    assert_int_equal(c8d_backoff_ns(100, 1000, 0), 100);
    assert_int_equal(c8d_backoff_ns(100, 1000, 1), 100);
    assert_int_equal(c8d_backoff_ns(100, 1000, 2), 200);
    assert_int_equal(c8d_backoff_ns(100, 1000, 4), 800);
    assert_int_equal(c8d_backoff_ns(100, 1000, 5), 1000);
    assert_int_equal(c8d_backoff_ns(500, 1001, 2), 1000);
    assert_int_equal(c8d_backoff_ns(100, 1000, UINT32_MAX), 1000);
    assert_int_equal(c8d_backoff_ns(1, INT64_MAX, UINT32_MAX), INT64_MAX);
    assert_int_equal(c8d_backoff_ns(2000, 1000, 1), 1000);
}

/* The exec's name was used again while the timer ran. */
static void test_timer__of_an_older_exec_of_that_name__is_late(void **state)
{
    struct trace trace;
    struct c8d_input input = {.region = C8D_REGION_PROCESS, .symbol = C8D_SYM_OUTLIVED};
    struct c8d_process_view view;

    (void)state;
    assert_true(trace_open(&trace, true));
    (void)trace_feed(&trace, EXEC_RUNNING "; ev:exit c/c 100 0 5");
    assert_int_equal(trace.actions.items[trace.actions.count - 1].what, C8D_COMMAND_TIMER);
    input.container = trace.actions.items[trace.actions.count - 1].container;
    input.process = trace.actions.items[trace.actions.count - 1].process;
    input.request = trace.actions.items[trace.actions.count - 1].request - 1;
    witness_step(&trace.witness, &input, &trace.actions);
    assert_int_equal(trace.actions.outcome, C8D_LATE);
    assert_true(c8d_model_view_process(trace.model, input.container, input.process, &view));
    assert_int_equal(view.public_state, C8D_STATE_RUNNING);
    input.request++;
    witness_step(&trace.witness, &input, &trace.actions);
    assert_int_equal(trace.actions.outcome, C8D_ACCEPTED);
    assert_null(trace.witness.broken);
    trace_close(&trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_symbol_of_timer__of_each_patience__is_of_execs_alone),
        cmocka_unit_test(test_backoff__each_attempt__doubles_up_to_the_longest),
        cmocka_unit_test(test_timer__of_an_older_exec_of_that_name__is_late),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
