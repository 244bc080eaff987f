/* SPDX-License-Identifier: Apache-2.0 */
/* What an action carries, field by field: who, which run, how it ended, why it is told, how long to wait. */
#include "engine.h"
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct trace trace;

static int set_up(void **state)
{
    (void)state;
    return trace_open(&trace, true) ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    trace_close(&trace);
    return 0;
}

/* The last action of that kind and name of the last step. */
static const struct c8d_action *told(const char *text, uint8_t kind, uint8_t what)
{
    (void)trace_feed(&trace, text);
    assert_null(trace.witness.broken);
    for (uint32_t i = trace.actions.count; i-- > 0;) {
        if (trace.actions.items[i].kind == kind && trace.actions.items[i].what == what)
            return &trace.actions.items[i];
    }
    fail_msg("%s gives no such action", text);
    return NULL;
}

static const struct c8d_action *noticed(const char *text, enum c8d_notice_kind kind)
{
    return told(text, C8D_ACTION_NOTICE, (uint8_t)kind);
}

static void check_exit(const struct c8d_action *action, bool known, uint32_t code, int64_t at)
{
    assert_int_equal(action->exit_known, known);
    assert_int_equal(action->exit_code, code);
    assert_int_equal(action->exited_at_ns, at);
    assert_int_equal(action->pid, 100);
    assert_int_equal(action->incarnation, 1);
    assert_int_equal(action->region, C8D_REGION_PROCESS);
}

static void check_view(bool known, uint32_t code, int64_t at)
{
    struct c8d_process_view view;
    c8d_ref container = c8d_model_next(trace.model, C8D_REF_NONE);

    assert_true(c8d_model_view_process(trace.model, container, C8D_REF_NONE, &view));
    assert_int_equal(view.exit.known, known);
    assert_int_equal(view.exit.code, code);
    assert_int_equal(view.exit.at_ns, at);
    assert_int_equal(view.pid, 100);
}

static void test_exit__with_all_that_is_known__is_told_and_seen(void **state)
{
    (void)state;
    check_exit(noticed(RUNNING "; ev:exit c/c 100 3 5", C8D_NOTICE_EXIT), true, 3, 5);
    check_view(true, 3, 5);
    check_exit(noticed("ev:delete c/c 100", C8D_NOTICE_DELETED), true, 3, 5);
}

/* The first code stands; the second is told as what it is. */
static void test_conflict__tells_the_second_code__and_changes_nothing(void **state)
{
    (void)state;
    check_exit(noticed(RUNNING "; ev:exit c/c 100 3 5; ev:exit c/c 100 9 7", C8D_NOTICE_CONFLICT), true, 9,
               7);
    check_view(true, 3, 5);
}

static void test_exit__code_told_later__is_seen_with_its_time(void **state)
{
    (void)state;
    check_exit(noticed(RUNNING "; verify c/c; is:stopped c/c 100", C8D_NOTICE_EXIT), false, 0, 0);
    check_view(false, 0, 0);
    (void)trace_feed(&trace, "ev:exit c/c 100 3 5");
    assert_int_equal(trace.actions.count, 0);
    check_view(true, 3, 5);
}

/* A delete tells the code, too. */
static void test_exit__code_told_by_the_delete__is_told_with_it(void **state)
{
    (void)state;
    (void)trace_feed(&trace, RUNNING "; verify c/c; is:stopped c/c 100; del.req c");
    check_exit(noticed("del.ok c 100 3 5", C8D_NOTICE_DELETED), true, 3, 5);
}

/* Of one that never ran, too: it was killed before. */
static void test_exit__of_what_never_ran__is_told_by_the_delete(void **state)
{
    (void)state;
    (void)trace_feed(&trace, NEVER_RAN "; del.req c");
    check_exit(noticed("del.ok c 100 9 5", C8D_NOTICE_DELETED), true, 9, 5);
}

/* An exit without a pid, which a query has confirmed. */
static void test_exit__suspected_and_confirmed__has_its_code_and_time(void **state)
{
    (void)state;
    check_exit(noticed(RUNNING "; ev:exit c/c 0 137 5; is:stopped c/c 100", C8D_NOTICE_EXIT), true, 137, 5);
}

/* Another start under that name was seen before: the exit may be of that one. */
static void test_exit__suspected_after_another_start__has_no_code(void **state)
{
    (void)state;
    check_exit(
        noticed(RUNNING "; ev:start c/c 101; ev:exit c/c 0 137 5; is:stopped c/c 100", C8D_NOTICE_EXIT),
        false, 0, 0);
}

static void test_start__tells_no_end(void **state)
{
    (void)state;
    check_exit(noticed(RUNNING, C8D_NOTICE_START), false, 0, 0);
}

static void test_cause__says_what_it_was_heard_by(void **state)
{
    (void)state;
    assert_int_equal(noticed(RUNNING, C8D_NOTICE_START)->cause, C8D_CAUSE_REPLY);
    assert_int_equal(noticed("ev:paused c; task.is:paused c 100", C8D_NOTICE_PAUSED)->cause,
                     C8D_CAUSE_RESYNC);
    assert_int_equal(noticed("ev:exit c/c 100 0 5", C8D_NOTICE_EXIT)->cause, C8D_CAUSE_EVENT);
    (void)trace_feed(&trace, "del.req c; del.ok c 100 0; create.req c; create.ok c 200; list; sweep");
    (void)trace_feed(&trace, "verify c/c; is:expired c/c; kill.req c; kill.ok c; retry c/c; is:expired c/c");
    assert_int_equal(noticed("retry c/c; is:expired c/c", C8D_NOTICE_UNRESPONSIVE)->cause, C8D_CAUSE_TIMER);
}

/* What the time brings is told as that, be it the stream's; all else that belongs to the stream is resync. */
static void test_cause__of_what_belongs_to_the_link__is_the_time_or_the_stream(void **state)
{
    static const uint8_t timers[] = {C8D_SYM_RETRY, C8D_SYM_OUTLIVED, C8D_SYM_OVERDUE, C8D_SYM_AGAIN,
                                     C8D_SYM_STEADY};

    (void)state;
    for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
        const struct c8d_input input = {.symbol = (uint8_t)symbol};
        uint8_t expected =
            memchr(timers, (int)symbol, sizeof(timers)) != NULL ? C8D_CAUSE_TIMER : C8D_CAUSE_RESYNC;

        if (c8d_symbol_class((enum c8d_symbol)symbol) == C8D_CLASS_LINK)
            assert_int_equal(c8d__cause_of(&input), expected);
    }
}

/* The task is resumed for the stop of an exec, whose pid is not the task's. */
static void test_stop__of_an_exec_in_a_paused_task__resumes_the_task(void **state)
{
    const struct c8d_action *resume;

    (void)state;
    (void)trace_feed(&trace, EXEC_RUNNING "; pause.req c; pause.ok c; ev:paused c");
    resume = told("stop.req c/e1", C8D_ACTION_COMMAND, C8D_COMMAND_RESUME);
    assert_int_equal(resume->process, C8D_REF_NONE);
    assert_int_equal(resume->pid, 100);
}

/* Each request that is given up is completed as what it was made for. */
static void test_given_up__record_and_process__are_told_apart(void **state)
{
    (void)state;
    (void)trace_feed(&trace, PRESENT "; create.req c; create.lost c; is:expired c; retry c");
    assert_int_equal(told("is:expired c", C8D_ACTION_DONE, 0)->region, C8D_REGION_PROCESS);
    (void)trace_feed(&trace, "new.req d; new.lost d; rec.is:expired d; rec.retry d");
    assert_int_equal(told("rec.is:expired d", C8D_ACTION_DONE, 0)->region, C8D_REGION_CONTAINER);
}

/* What is known already is had at once, and it is the process that was asked for. */
static void test_load__of_what_is_known__completes_the_process(void **state)
{
    (void)state;
    (void)trace_feed(&trace, RUNNING);
    assert_int_equal(told("load.req c", C8D_ACTION_DONE, 0)->region, C8D_REGION_PROCESS);
}

/* Silence is the container's, whichever process it was that was asked about. */
static void test_unresponsive__by_the_calls_of_an_exec__is_about_init(void **state)
{
    const struct c8d_action *action;

    (void)state;
    action = noticed(EXEC_RUNNING "; kill.req c/e1 9; kill.expired c/e1; kill.req c/e1 9; kill.expired c/e1",
                     C8D_NOTICE_UNRESPONSIVE);
    assert_int_equal(action->process, C8D_REF_NONE);
    assert_int_equal(action->pid, 100);
}

static void test_command__says_how_long_its_reply_is_worth_waiting_for(void **state)
{
    static const struct {
        const char *text;
        uint8_t command;
        uint8_t patience;
    } commands[] = {
        {PRESENT "; create.req c", C8D_COMMAND_CREATE, C8D_PATIENCE_LONG},
        {"create.ok c 100; start.req c", C8D_COMMAND_START, C8D_PATIENCE_LONG},
        {"start.ok c 100; kill.req c", C8D_COMMAND_KILL, C8D_PATIENCE_SHORT},
        {"pause.req c", C8D_COMMAND_PAUSE, C8D_PATIENCE_SHORT},
        {"pause.err c", C8D_COMMAND_QUERY, C8D_PATIENCE_SHORT},
        {"task.is:failed c", C8D_COMMAND_RETRY, C8D_PATIENCE_NONE},
        {"task.retry c; task.is:running c 100; ckpt.req c", C8D_COMMAND_CHECKPOINT, C8D_PATIENCE_LONG},
        {"ckpt.ok c; exec.req c/e1; exec.ok c/e1; start.req c/e1; start.ok c/e1 7; ev:exit c/c 100 0 5",
         C8D_COMMAND_TIMER, C8D_PATIENCE_EXEC},
        {"del.req c", C8D_COMMAND_DELETE, C8D_PATIENCE_LONG},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        assert_int_equal(told(commands[i].text, C8D_ACTION_COMMAND, commands[i].command)->patience,
                         commands[i].patience);
}

static void test_counters__count_queries_alone(void **state)
{
    uint64_t before;

    (void)state;
    (void)trace_feed(&trace, RUNNING);
    before = c8d_model_counters(trace.model)->queries;
    (void)trace_feed(&trace,
                     "verify c/c; is:failed c/c; retry c/c; is:running c/c 100; kill.req c; kill.ok c");
    assert_int_equal(c8d_model_counters(trace.model)->queries, before + 2);
}

/* What is held back of an exit that was another exec's is forgotten whole. */
static void test_exec__exit_of_another_held_back__leaves_nothing(void **state)
{
    struct c8d_process_view view;
    struct c8d_action last;

    (void)state;
    (void)trace_feed(&trace, EXEC_STARTING "; ev:exit c/e1 6 4 5; ev:exec-started c/e1 7");
    last = trace.actions.items[0];
    assert_true(c8d_model_view_process(trace.model, last.container, last.process, &view));
    assert_false(view.exit.known);
    assert_int_equal(view.exit.code, 0);
    assert_int_equal(view.exit.at_ns, 0);
    assert_int_equal(noticed("start.ok c/e1 7; ev:exit c/e1 7 3 9", C8D_NOTICE_EXIT)->exited_at_ns, 9);
}

/* The pid of the task is not its exec's. */
static void test_exec__deleted_with_its_task__has_no_pid_of_its(void **state)
{
    const struct c8d_action *action;

    (void)state;
    (void)trace_feed(&trace, EXEC_STARTING "; start.err c/e1; ev:exit c/c 100 0 5");
    action = noticed("ev:delete c/c 100", C8D_NOTICE_DELETED);
    assert_true(action->process != C8D_REF_NONE);
    assert_int_equal(action->pid, 0);
}

static void test_done__says_of_which_region(void **state)
{
    static const struct {
        const char *text;
        uint8_t region;
    } calls[] = {
        {"open; subscribed", C8D_REGION_CONNECTION},
        {PRESENT, C8D_REGION_CONTAINER},
        {"create.req c; create.ok c 100", C8D_REGION_PROCESS},
        {"start.req c; start.ok c 100; kill.req c; kill.ok c", C8D_REGION_PROCESS},
        {"pause.req c; pause.expired c; task.is:expired c", C8D_REGION_TASK},
        {"task.retry c; task.is:running c 100; pause.req c; pause.err c", C8D_REGION_TASK},
        {"close; open", C8D_REGION_CONNECTION},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        assert_int_equal(told(calls[i].text, C8D_ACTION_DONE, 0)->region, calls[i].region);
}

/* Pausing is the task's, whichever process an input names. */
static void test_pause__naming_an_exec__is_its_tasks(void **state)
{
    struct c8d_input input = {.region = C8D_REGION_TASK, .symbol = C8D_SYM_PAUSED};

    (void)state;
    (void)trace_feed(&trace, EXEC_ADDED);
    input.container = c8d_model_next(trace.model, C8D_REF_NONE);
    input.process = c8d_model_next_exec(trace.model, input.container, C8D_REF_NONE);
    (void)c8d_model_step(trace.model, &input, &trace.actions);
    assert_int_equal(trace.actions.count, 1);
    assert_int_equal(trace.actions.items[0].what, C8D_COMMAND_QUERY);
    assert_int_equal(trace.actions.items[0].process, C8D_REF_NONE);
    assert_int_equal(trace.actions.items[0].pid, 100);
}

/* The completion of a command to nobody names nobody, and says what was asked for. */
static void test_command__to_what_is_not_there__names_nothing(void **state)
{
    struct c8d_input input = {.region = C8D_REGION_PROCESS, .symbol = C8D_SYM_KILL, .request = 77};
    const struct c8d_action *action = &trace.actions.items[0];

    (void)state;
    (void)trace_feed(&trace, EXEC_ADDED);
    input.container = c8d_model_next(trace.model, C8D_REF_NONE);
    input.process = c8d_model_next_exec(trace.model, input.container, C8D_REF_NONE) + (2ull << 32);
    assert_int_equal(c8d_model_step(trace.model, &input, &trace.actions), C8D_IMPOSSIBLE);
    assert_int_equal(action->status, C8D_NOT_FOUND);
    assert_int_equal(action->request, 77);
    assert_int_equal(action->container, C8D_REF_NONE);
    assert_int_equal(action->process, C8D_REF_NONE);
    assert_int_equal(action->pid, 0);
    assert_int_equal(
        c8d_model_killed(trace.model, input.container, input.process, 78, C8D_DEADLINE, &trace.actions),
        C8D_FOREIGN);
    assert_int_equal(trace.actions.outcome, C8D_FOREIGN);
    assert_int_equal(action->request, 78);
    assert_int_equal(action->status, C8D_INDETERMINATE);
    assert_int_equal(action->region, C8D_REGION_PROCESS);
    (void)trace_feed(&trace, "new.req d");
    input.container = trace.actions.items[0].container;
    input.process -= 2ull << 32; /* c's exec */
    assert_int_equal(c8d_model_step(trace.model, &input, &trace.actions), C8D_IMPOSSIBLE);
    assert_int_equal(action->process, C8D_REF_NONE);
    assert_int_equal(c8d_model_killed(trace.model, input.container, C8D_REF_NONE, 79, C8D_OK, &trace.actions),
                     C8D_ACCEPTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_exit__with_all_that_is_known__is_told_and_seen, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_conflict__tells_the_second_code__and_changes_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_exit__code_told_later__is_seen_with_its_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_exit__code_told_by_the_delete__is_told_with_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_exit__of_what_never_ran__is_told_by_the_delete, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_exit__suspected_and_confirmed__has_its_code_and_time, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_exit__suspected_after_another_start__has_no_code, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_start__tells_no_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cause__says_what_it_was_heard_by, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stop__of_an_exec_in_a_paused_task__resumes_the_task, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_given_up__record_and_process__are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_load__of_what_is_known__completes_the_process, set_up,
                                        tear_down),
        cmocka_unit_test(test_cause__of_what_belongs_to_the_link__is_the_time_or_the_stream),
        cmocka_unit_test_setup_teardown(test_unresponsive__by_the_calls_of_an_exec__is_about_init, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_command__says_how_long_its_reply_is_worth_waiting_for, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_exec__exit_of_another_held_back__leaves_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_exec__deleted_with_its_task__has_no_pid_of_its, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_done__says_of_which_region, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pause__naming_an_exec__is_its_tasks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_command__to_what_is_not_there__names_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_counters__count_queries_alone, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
