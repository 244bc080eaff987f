/* SPDX-License-Identifier: Apache-2.0 */
/* Stops: the signal, the grace, SIGKILL, and only the end is success. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* moby#50133: the end is told before the stop is said to be done. */
static void test_stop__ends_in_its_grace__is_done_after_the_end(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "stop.req c; kill.ok c; ev:exit c/c 100 143; overdue c",
         ">kill c, >timer c grace | - | exit c 143, done ok | - (late)"},
        {RUNNING, "stop.req c; ev:exit c/c 100 143; kill.ok c",
         ">kill c, >timer c grace | exit c 143, done ok | -"},
        {EXEC_RUNNING, "stop.req c/e1; kill.ok c/e1; ev:exit c/e1 7 143",
         ">kill c/e1, >timer c/e1 grace | - | exit c/e1 143, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_stop__grace_is_over__kills_all(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; stop.req c; kill.ok c", "overdue c; kill.ok c; ev:exit c/c 100 137; overdue c",
         ">escalate c, >timer c kill | - | exit c 137, done ok | - (late)"},
        /* No reply to the signal: it may have been delivered, so it has its grace. */
        {RUNNING "; stop.req c", "kill.expired c; overdue c; kill.lost c; ev:exit c/c 100 137",
         "- | >escalate c, >timer c kill | - | exit c 137, done ok"},
        {RUNNING "; stop.req c; kill.ok c; overdue c", "kill.err c; ev:exit c/c 100 137",
         "- | exit c 137, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#45738, moby#46688: the caller gives up, and his handle; the stop goes on to its end. */
static void test_stop__handle_dropped__goes_on(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; hold c; stop.req c; drop c", "kill.ok c; overdue c; kill.ok c; ev:exit c/c 100 137",
         "- | >escalate c, >timer c kill | - | exit c 137, done ok"},
        {RUNNING "; hold c; stop.req c; kill.ok c; overdue c; drop c",
         "kill.ok c; ev:exit c/c 100 137; ev:delete c/c 100 137; overdue c",
         "- | exit c 137, done ok | deleted c | - (late)"},
        {RUNNING "; hold c; stop.req c; kill.ok c; drop c", "overdue c; kill.ok c; overdue c",
         ">escalate c, >timer c kill | - | unresponsive c, done deadline exceeded"},
        {EXEC_RUNNING "; hold c/e1; stop.req c/e1; drop c/e1",
         "kill.ok c/e1; overdue c/e1; kill.ok c/e1; ev:exit c/e1 7 137",
         "- | >escalate c/e1, >timer c/e1 kill | - | exit c/e1 137, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#14081: what SIGKILL does not end is reported, and not waited for. */
static void test_stop__lives_in_spite_of_sigkill__is_unresponsive(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; stop.req c; kill.ok c; overdue c; kill.ok c",
         "overdue c; stop.req c; kill.ok c; ev:exit c/c 100 137",
         "unresponsive c, done deadline exceeded | >kill c, >timer c grace | - | exit c 137, responsive c, "
         "done ok"},
        {RUNNING
         "; kill.req c; kill.expired c; kill.req c; kill.expired c; stop.req c; kill.expired c; overdue c; "
         "kill.expired c",
         "overdue c; ev:exit c/c 100 137", "done deadline exceeded | exit c 137, responsive c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#41227, #43403: nobody to signal is no end. What became of it is asked, and the code is still to come.
 */
static void test_stop__signal_finds_nobody__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; stop.req c", "kill.nf c; is:stopped c 100 3", ">query c | exit c 3, done ok"},
        {RUNNING "; stop.req c", "kill.nf c; ev:exit c/c 100 3", ">query c | exit c 3, done ok"},
        {RUNNING "; stop.req c", "kill.nf c; is:absent c; ev:exit c/c 100 3",
         ">query c | exit c ?, deleted c, done ok | -"},
        /* It runs after all: the grace goes on. */
        {RUNNING "; stop.req c", "kill.nf c; is:running c 100; overdue c",
         ">query c | - | >escalate c, >timer c kill"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby f4bbfc34ce: a frozen process takes no signal. */
static void test_stop__of_a_paused_task__thaws_it(void **state)
{
    static const struct trace_case cases[] = {
        {PAUSED, "stop.req c; resume.ok c; kill.ok c; ev:exit c/c 100 143",
         ">resume c, >kill c, >timer c grace | resumed c | - | exit c 143, done ok"},
        {EXEC_RUNNING "; pause.req c; pause.ok c", "stop.req c/e1; resume.ok c",
         ">resume c, >kill c/e1, >timer c/e1 grace | resumed c"},
        {PAUSED, "stop.req c; resume.err c; kill.ok c; task.is:paused c 100; overdue c",
         ">resume c, >kill c, >timer c grace | >task.query c | - | - | >resume c, >escalate c, >timer c "
         "kill"},
        {RUNNING "; pause.req c; stop.req c; pause.ok c",
         "overdue c; resume.ok c; kill.ok c; ev:exit c/c 100 137",
         ">resume c, >escalate c, >timer c kill | resumed c | - | exit c 137, done ok"},
        /* The event of the call that thawed it is nobody else's. */
        {PAUSED "; stop.req c; resume.ok c", "ev:resumed c; ev:resumed c", "- | - (late)"},
        /* None that ran was resumed: whoever resumes it is somebody else. */
        {RUNNING "; stop.req c; kill.ok c; ev:paused c; task.is:paused c 100",
         "ev:resumed c; task.is:running c 100", ">task.query c | resumed c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_stop__where_there_is_nothing_to_stop__is_refused(void **state)
{
    static const struct trace_case cases[] = {
        {EXITED, "stop.req c", "done not modified (impossible)"},
        {PRESENT, "stop.req c", "done not found (impossible)"},
        {CREATING, "stop.req c", "done conflicting state (impossible)"},
        {RUNNING "; stop.req c", "stop.req c; kill.ok c; ev:exit c/c 100 143",
         "done conflicting state (impossible) | - | exit c 143, done ok"},
        {RUNNING "; stop.req c; kill.ok c", "stop.req c; ev:exit c/c 100 143",
         "done conflicting state (impossible) | exit c 143, done ok"},
        /* The signals of the last stop are still under way: their results would be taken for this one's. */
        {RUNNING
         "; stop.req c; ev:exit c/c 100 143; del.req c; del.ok c 100 143; create.req c; create.ok c 200; "
         "start.req c; start.ok c 200",
         "stop.req c; kill.ok c; stop.req c",
         "done conflicting state (impossible) | - | >kill c, >timer c grace"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_stop__signal_is_refused__is_told_with_the_reason(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; stop.req c", "kill.err c; overdue c; stop.req c",
         "done runtime error | - (late) | >kill c, >timer c grace"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_stop__signal_is_refused__completes_the_request_of_the_process(void **state)
{
    struct trace trace;
    const struct c8d_action *done;

    (void)state;
    assert_true(trace_open(&trace, true));
    assert_string_equal(trace_feed(&trace, RUNNING "; stop.req c; kill.err c") + strlen(trace.output) - 18,
                        "done runtime error");
    assert_int_equal(trace.actions.count, 1);
    done = &trace.actions.items[0];
    assert_int_equal(done->region, C8D_REGION_PROCESS);
    assert_int_equal(done->request, trace.request);
    trace_close(&trace);
}

/* A number that is free again says nothing of the stop that had it before. */
static void test_kill__with_the_number_of_a_stop_that_is_over__is_completed(void **state)
{
    struct trace trace;

    (void)state;
    assert_true(trace_open(&trace, true));
    (void)trace_feed(&trace, RUNNING "; stop.req c; kill.err c");
    trace.request--;
    assert_string_equal(trace_feed(&trace, "kill.req c; kill.ok c; stop.req c"),
                        ">kill c | done ok | >kill c, >timer c grace");
    assert_null(trace.witness.broken);
    trace_close(&trace);
}

static enum c8d_outcome command(struct trace *trace, uint8_t symbol, uint64_t request)
{
    const struct c8d_input input = {
        .region = C8D_REGION_PROCESS,
        .symbol = symbol,
        .container = c8d_model_find(trace->model, (struct c8d_str){"n", 1}, (struct c8d_str){"c", 1}),
        .request = request,
    };

    return c8d_model_step(trace->model, &input, &trace->actions);
}

static uint64_t timer_of(const struct trace *trace)
{
    for (uint32_t i = 0; i < trace->actions.count; i++) {
        if (trace->actions.items[i].what == C8D_COMMAND_TIMER)
            return trace->actions.items[i].request;
    }
    return 0;
}

/* A stop whose end nobody waits for has no number: its timer has one all the same. */
static void test_timer__of_a_stop_that_nobody_waits_for__is_told_from_the_next_ones(void **state)
{
    struct trace trace;
    c8d_ref container;
    uint64_t first;

    (void)state;
    assert_true(trace_open(&trace, true));
    (void)trace_feed(&trace, RUNNING);
    container = c8d_model_find(trace.model, (struct c8d_str){"n", 1}, (struct c8d_str){"c", 1});
    assert_int_equal(command(&trace, C8D_SYM_STOP, 0), C8D_ACCEPTED);
    first = timer_of(&trace);
    (void)c8d_model_killed(trace.model, container, C8D_REF_NONE, 0, C8D_REMOTE, &trace.actions);
    assert_int_equal(command(&trace, C8D_SYM_STOP, 0), C8D_ACCEPTED);
    assert_int_equal(command(&trace, C8D_SYM_OVERDUE, first), C8D_LATE);
    trace_close(&trace);
}

static void test_stop__of_what_never_ran__ends_it(void **state)
{
    static const struct trace_case cases[] = {
        {CREATED, "stop.req c; kill.ok c; ev:exit c/c 100 137",
         ">kill c, >timer c grace | - | exit c 137 never-ran, done ok"},
        {CREATED "; stop.req c; kill.ok c", "del.req c; del.ok c 100",
         ">delete c | deleted c, done ok, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* A force-delete waits for the end no longer than a stop does. */
static void test_force_delete__lives_in_spite_of_sigkill__is_given_up(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; fdel.req c; fkill.ok c", "overdue c; ev:exit c/c 100 137",
         "unresponsive c, done deadline exceeded | exit c 137, responsive c"},
        {RUNNING "; fdel.req c; fkill.err c", "overdue c", "- (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The reply to the kill of one incarnation is none to the kill of the next. */
static void test_force_delete__kill_of_the_last_run_in_flight__is_refused(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING
         "; fdel.req c; ev:exit c/c 100 137 1; del.ok c 100 137; create.req c; create.ok c 200; start.req c; "
         "start.ok c 200",
         "fdel.req c; fkill.nf c; fdel.req c; fkill.ok c; ev:exit c/c 200 137 2",
         "done conflicting state (impossible) | - (late) | >force-kill c, >timer c kill | - | exit c 137, "
         ">delete c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#42610: "not found" was taken for stopped, and the container left to run. */
static void test_stop__nobody_is_said_to_be_there_and_it_runs__is_killed(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "kill.req c; kill.nf c; is:running c 100", ">kill c | done not found, >query c | -"},
        {RUNNING "; stop.req c", "kill.nf c; is:running c 100; overdue c; kill.ok c; ev:exit c/c 100 137",
         ">query c | - | >escalate c, >timer c kill | - | exit c 137, done ok"},
        {RUNNING "; fdel.req c",
         "fkill.nf c; del.precond c; is:running c 100; fdel.req c; fkill.ok c; ev:exit c/c 100 137; del.ok c "
         "100 137",
         ">delete c | done conflicting state, >query c | - | >force-kill c, >timer c kill | - | exit c 137, "
         ">delete c | deleted c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stop__ends_in_its_grace__is_done_after_the_end),
        cmocka_unit_test(test_stop__grace_is_over__kills_all),
        cmocka_unit_test(test_stop__handle_dropped__goes_on),
        cmocka_unit_test(test_stop__lives_in_spite_of_sigkill__is_unresponsive),
        cmocka_unit_test(test_stop__signal_finds_nobody__is_asked_for),
        cmocka_unit_test(test_stop__of_a_paused_task__thaws_it),
        cmocka_unit_test(test_stop__where_there_is_nothing_to_stop__is_refused),
        cmocka_unit_test(test_stop__signal_is_refused__is_told_with_the_reason),
        cmocka_unit_test(test_stop__signal_is_refused__completes_the_request_of_the_process),
        cmocka_unit_test(test_kill__with_the_number_of_a_stop_that_is_over__is_completed),
        cmocka_unit_test(test_timer__of_a_stop_that_nobody_waits_for__is_told_from_the_next_ones),
        cmocka_unit_test(test_stop__of_what_never_ran__ends_it),
        cmocka_unit_test(test_force_delete__lives_in_spite_of_sigkill__is_given_up),
        cmocka_unit_test(test_force_delete__kill_of_the_last_run_in_flight__is_refused),
        cmocka_unit_test(test_stop__nobody_is_said_to_be_there_and_it_runs__is_killed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
