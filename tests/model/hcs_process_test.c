/* SPDX-License-Identifier: Apache-2.0 */
/* Traces of processes of HCS: what HCS does, and what is done next. */
#include "life.h"
#include <c8d/hcs_process.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void step(uint8_t *state, enum c8d_symbol symbol, char *out, size_t bytes)
{
    struct c8d_hcs_process_actions actions;

    if (!c8d_hcs_process_step(state, (uint8_t)symbol, &actions)) {
        life_write(out, bytes, "!");
        return;
    }
    for (uint32_t i = 0; i < actions.count; i++)
        life_write(out, bytes, c8d_hcs_process_action_name((enum c8d_hcs_process_action)actions.items[i]));
}

#define S(name) C8D_SYM_##name
#define CHECK(last, ...)                                                                                     \
    do {                                                                                                     \
        static const struct life_row rows[] = {__VA_ARGS__};                                                 \
        life_check(C8D_MACHINE_HCS_PROCESS, step, rows, sizeof(rows) / sizeof(rows[0]),                      \
                   C8D_HCS_PROCESS_##last);                                                                  \
    } while (0)

/* clang-format off */
#define CREATED {S(CREATE), "tell-created done"}
#define STARTING CREATED, {S(START), "create"}
#define WATCHING STARTING, {S(OK), "watch"}
#define RUNNING WATCHING, {S(OK), "tell-started done"}
#define ENDED RUNNING, {S(EXITED), "ask-code"}, {S(OK), "tell-exit close"}
#define ADDED {S(LOAD), "tell-created done"}
#define EXEC_STARTING ADDED, {S(LAUNCH), "create"}
#define EXEC_WATCHING EXEC_STARTING, {S(OK), "watch"}
#define EXEC_RUNNING EXEC_WATCHING, {S(OK), "tell-started done"}
#define EXEC_ENDED EXEC_RUNNING, {S(EXITED), "ask-code"}, {S(OK), "tell-exit close"}
/* clang-format on */

/* ---- the init process */

static void test_init__started_ended_and_deleted__is_told_and_let_go(void **state)
{
    (void)state;
    CHECK(NONE, ENDED, {S(OK), ""}, {S(DELETE), "tell-deleted forget-execs done"});
}

static void test_init__once_it_was_started__is_not_started_again(void **state)
{
    (void)state;
    CHECK(STARTING, STARTING, {S(START), "!"}, {S(CREATE), "!"});
    CHECK(RUNNING, RUNNING, {S(START), "!"}, {S(DELETE), "!"}, {S(CREATE), "!"});
    CHECK(STOPPED, ENDED, {S(START), "!"}, {S(ERROR), ""}, {S(START), "!"}, {S(CREATE), "!"});
}

static void test_start__refused__may_be_tried_again_and_nobody_is_told(void **state)
{
    (void)state;
    CHECK(RUNNING, STARTING, {S(ERROR), "fail"}, {S(START), "create"}, {S(OK), "watch"},
          {S(OK), "tell-started done"});
}

/* Who cannot be watched would never be told to have ended. */
static void test_start__that_goes_wrong_half_way__is_undone_before_it_is_told(void **state)
{
    (void)state;
    CHECK(CREATED, STARTING, {S(LOST), "end"}, {S(OK), "close"}, {S(OK), "fail"});
    CHECK(CREATED, WATCHING, {S(ERROR), "end"}, {S(ERROR), "close"}, {S(ERROR), "fail"});
    CHECK(ADDED, EXEC_STARTING, {S(LOST), "end"}, {S(ERROR), "close"}, {S(OK), "fail"});
    CHECK(ADDED, EXEC_WATCHING, {S(ERROR), "end"}, {S(OK), "close"}, {S(ERROR), "fail"});
}

static void test_start__under_way__holds_back_what_depends_on_it(void **state)
{
    (void)state;
#define HELD_BACK                                                                                            \
    {S(STOP), "defer"}, {S(KILL), "defer"}, {S(ASK), "defer"}, {S(CLOSE_STDIN), "defer"}, {S(DELETE), "!"}
    CHECK(CREATED, STARTING, HELD_BACK, {S(LOAD), ""}, {S(LAUNCH), "!"}, {S(OK), "watch"}, HELD_BACK,
          {S(LOAD), ""}, {S(LAUNCH), "!"}, {S(ERROR), "end"}, HELD_BACK, {S(LOAD), ""}, {S(OK), "close"},
          HELD_BACK, {S(LOAD), ""}, {S(OK), "fail"});
    CHECK(ADDED, EXEC_STARTING, HELD_BACK, {S(OK), "watch"}, HELD_BACK, {S(ERROR), "end"}, HELD_BACK,
          {S(OK), "close"}, HELD_BACK, {S(OK), "fail"});
}

/* HCS holds it back until somebody is registered, and its start is told first. */
static void test_exit__before_the_start_is_told__waits_for_it(void **state)
{
    (void)state;
    CHECK(ASKING, STARTING, {S(EXITED), "!"}, {S(OK), "watch"}, {S(EXITED), "!"},
          {S(OK), "tell-started done"}, {S(EXITED), "ask-code"});
}

static void test_init__that_never_ran__ends_without_a_code(void **state)
{
    (void)state;
    CHECK(STOPPED, CREATED, {S(ASK), "done"}, {S(CLOSE_STDIN), "done"}, {S(KILL), "tell-never-ran done"},
          {S(KILL), "refuse-ended"});
    CHECK(STOPPED, CREATED, {S(STOP), "tell-never-ran done"});
    CHECK(NONE, CREATED, {S(LOAD), ""}, {S(LAUNCH), "!"}, {S(PAUSE), "!"},
          {S(DELETE), "tell-never-ran tell-deleted forget-execs done"});
}

/* ---- signals */

static void test_signal__to_init__ends_its_system(void **state)
{
    (void)state;
    CHECK(RUNNING, RUNNING, {S(STOP), "shut-down"}, {S(KILL), "terminate"}, {S(ASK), "done"});
}

static void test_signal__to_an_exec__ends_it_alone(void **state)
{
    (void)state;
    CHECK(EXEC_RUNNING, EXEC_RUNNING, {S(STOP), "end"}, {S(KILL), "end"}, {S(ASK), "done"});
}

static void test_signal__to_who_has_ended__finds_nobody(void **state)
{
    (void)state;
#define FINDS_NOBODY                                                                                         \
    {S(STOP), "refuse-ended"}, {S(KILL), "refuse-ended"}, {S(ASK), "refuse-ended"}, {S(CLOSE_STDIN), "done"}
    CHECK(STOPPED, ENDED, FINDS_NOBODY, {S(OK), ""}, FINDS_NOBODY);
    CHECK(EXEC_STOPPED, EXEC_ENDED, FINDS_NOBODY, {S(OK), ""}, FINDS_NOBODY);
}

static void test_signal__to_an_exec_that_was_not_started__is_a_conflict(void **state)
{
    (void)state;
    CHECK(ADDED, ADDED, {S(STOP), "refuse-unstarted"}, {S(KILL), "refuse-unstarted"},
          {S(ASK), "refuse-unstarted"}, {S(CLOSE_STDIN), "done"});
}

/* Nobody is told yet, and there is nothing left to do. */
static void test_signal__while_the_code_is_asked_for__is_done(void **state)
{
    (void)state;
    CHECK(ASKING, RUNNING, {S(EXITED), "ask-code"}, {S(STOP), "done"}, {S(KILL), "done"}, {S(ASK), "done"},
          {S(CLOSE_STDIN), "done"}, {S(DELETE), "!"}, {S(LOAD), ""}, {S(LAUNCH), "!"}, {S(PAUSE), "!"});
    CHECK(EXEC_ASKING, EXEC_RUNNING, {S(EXITED), "ask-code"}, {S(STOP), "done"}, {S(KILL), "done"},
          {S(ASK), "done"}, {S(CLOSE_STDIN), "done"}, {S(DELETE), "!"}, {S(DELETED), "!"});
}

/* HCS has nothing to end, and has not told of an exit, and perhaps never will. */
static void test_signal__that_finds_nobody__asks_whether_it_has_ended(void **state)
{
    (void)state;
    CHECK(ENDED, RUNNING, {S(KILL), "terminate"}, {S(FORCE_MISSING), "ask-ended"},
          {S(IS_STOPPED), "tell-exit close"}, {S(EXITED), "!"});
    CHECK(EXEC_ENDED, EXEC_RUNNING, {S(KILL), "end"}, {S(FORCE_MISSING), "ask-ended"},
          {S(IS_STOPPED), "tell-exit close"}, {S(IS_STOPPED), "!"});
}

/* Its exit came first, and its code is asked for: the other answer may be older than the exit. */
static void test_signal__that_finds_nobody__does_not_disturb_the_exit(void **state)
{
    (void)state;
    CHECK(ENDED, RUNNING, {S(FORCE_MISSING), "ask-ended"}, {S(EXITED), "ask-code"}, {S(IS_STOPPED), "!"},
          {S(OK), "tell-exit close"}, {S(FORCE_MISSING), "!"});
}

static void test_signal__that_is_held_back__is_done_once_it_runs(void **state)
{
    (void)state;
    CHECK(RUNNING, WATCHING, {S(KILL), "defer"}, {S(OK), "tell-started done"}, {S(KILL), "terminate"});
}

/* ---- ends */

/* A code that is missing is none. */
static void test_end__whose_code_cannot_be_had__is_told_without_one(void **state)
{
    (void)state;
    CHECK(STOPPED, RUNNING, {S(EXITED), "ask-code"}, {S(ERROR), "tell-exit-unknown close"}, {S(OK), ""});
    CHECK(EXEC_STOPPED, EXEC_RUNNING, {S(EXITED), "ask-code"}, {S(ERROR), "tell-exit-unknown close"},
          {S(ERROR), ""});
}

static void test_end__that_hcs_cannot_tell_of__has_no_code(void **state)
{
    (void)state;
    CHECK(ENDED, RUNNING, {S(LOST), "tell-exit-unknown close"}, {S(LOST), "!"});
    CHECK(EXEC_ENDED, EXEC_RUNNING, {S(LOST), "tell-exit-unknown close"}, {S(LOST), "!"});
}

static void test_end__that_is_only_known_by_the_systems_exit__has_its_code_asked_for(void **state)
{
    (void)state;
    CHECK(ENDED, RUNNING, {S(OVERDUE), "ask-code"}, {S(EXITED), "!"}, {S(OK), "tell-exit close"});
    CHECK(EXEC_ENDED, EXEC_RUNNING, {S(OVERDUE), "ask-code"}, {S(LOST), "!"}, {S(OK), "tell-exit close"});
}

static void test_deletion__before_the_handle_is_closed__hides_it_at_once(void **state)
{
    (void)state;
    CHECK(NONE, ENDED, {S(DELETE), "tell-deleted forget-execs done"}, {S(KILL), "!"}, {S(DELETE), "!"},
          {S(OK), ""});
    CHECK(NONE, EXEC_ENDED, {S(DELETE), "done"}, {S(DELETE), "!"}, {S(ERROR), ""});
}

static void test_exec__deleted__tells_of_nothing(void **state)
{
    (void)state;
    CHECK(NONE, ADDED, {S(DELETE), "done"});
    CHECK(NONE, EXEC_ENDED, {S(OK), ""}, {S(DELETE), "done"});
}

static void test_exec__whose_task_is_deleted__goes_with_it_unless_it_runs(void **state)
{
    (void)state;
    CHECK(NONE, ADDED, {S(DELETED), ""});
    CHECK(EXEC_RUNNING, EXEC_STARTING, {S(DELETED), "!"}, {S(OK), "watch"}, {S(DELETED), "!"},
          {S(OK), "tell-started done"}, {S(DELETED), "!"}, {S(DELETE), "!"}, {S(LAUNCH), "!"});
    CHECK(NONE, EXEC_ENDED, {S(DELETED), ""}, {S(ERROR), ""});
    CHECK(NONE, EXEC_ENDED, {S(OK), ""}, {S(DELETED), ""});
}

static void test_stdin__of_who_runs__is_closed(void **state)
{
    (void)state;
    CHECK(RUNNING, RUNNING, {S(CLOSE_STDIN), "close-stdin"}, {S(CLOSE_STDIN), "close-stdin"});
    CHECK(EXEC_RUNNING, EXEC_RUNNING, {S(CLOSE_STDIN), "close-stdin"});
}

/* ---- pause and resume */

/* What may be done to a task that runs, whether it is held up or not. */
#define SIGNALLED                                                                                            \
    {S(STOP), "shut-down"}, {S(KILL), "terminate"}, {S(ASK), "done"}, {S(CLOSE_STDIN), "close-stdin"},       \
    {                                                                                                        \
        S(FORCE_MISSING), "ask-ended"                                                                        \
    }
#define BEGINS                                                                                               \
    {S(LOAD), ""},                                                                                           \
    {                                                                                                        \
        S(LAUNCH), ""                                                                                        \
    }
#define BEGINS_NOTHING                                                                                       \
    {S(LOAD), "!"},                                                                                          \
    {                                                                                                        \
        S(LAUNCH), "!"                                                                                       \
    }
/* clang-format off */
#define PAUSING RUNNING, {S(PAUSE), "pause"}
#define PAUSED PAUSING, {S(PAUSED), "tell-paused done"}
#define RESUMING PAUSED, {S(RESUME), "resume"}
#define PAUSE_DOUBT PAUSING, {S(IS_UNANSWERED), "ask-paused"}
#define RESUME_DOUBT RESUMING, {S(IS_UNANSWERED), "ask-paused"}
#define UNSURE PAUSE_DOUBT, {S(IS_UNANSWERED), "fail"}
/* clang-format on */

static void test_task__paused_and_resumed__is_told_so_and_begins_nothing_meanwhile(void **state)
{
    (void)state;
    CHECK(RUNNING, RUNNING, BEGINS, {S(RESUME), "!"}, {S(PAUSE), "pause"}, BEGINS, SIGNALLED,
          {S(PAUSE), "defer"}, {S(RESUME), "defer"}, {S(PAUSED), "tell-paused done"}, BEGINS_NOTHING,
          SIGNALLED, {S(PAUSE), "!"}, {S(RESUME), "resume"}, BEGINS, SIGNALLED, {S(PAUSE), "defer"},
          {S(RESUME), "defer"}, {S(RESUMED), "tell-resumed done"}, {S(PAUSED), "!"}, SIGNALLED);
}

/* Refused, or not answered in its time: it may have come about. */
static void test_pause__that_fails__has_hcs_asked_what_it_is(void **state)
{
    (void)state;
#define WAITS BEGINS, SIGNALLED, {S(PAUSE), "defer"}, {S(RESUME), "defer"}
    CHECK(RUNNING, PAUSE_DOUBT, WAITS, {S(IS_RUNNING), "fail"});
    CHECK(PAUSED, PAUSE_DOUBT, {S(PAUSED), "!"}, {S(IS_PAUSED), "tell-paused done"});
    CHECK(RUNNING, RESUME_DOUBT, WAITS, {S(RESUMED), "!"}, {S(IS_RUNNING), "tell-resumed done"});
    CHECK(PAUSED, RESUME_DOUBT, {S(IS_PAUSED), "fail"});
    CHECK(UNSURE, RESUME_DOUBT, {S(IS_UNANSWERED), "fail"}, {S(IS_UNANSWERED), "!"});
}

/* Nobody could say: HCS judges. */
static void test_pause__of_what_nobody_knows__may_be_tried_as_its_contrary_may(void **state)
{
    (void)state;
    CHECK(PAUSING, UNSURE, BEGINS, SIGNALLED, {S(PAUSE), "pause"});
    CHECK(RESUMING, UNSURE, {S(RESUME), "resume"});
}

#define ENDS(from)                                                                                           \
    CHECK(ASKING, from, {S(EXITED), "ask-code"}, {S(PAUSED), "!"}, {S(RESUMED), "!"},                        \
          {S(IS_UNANSWERED), "!"});                                                                          \
    CHECK(ASKING, from, {S(OVERDUE), "ask-code"});                                                           \
    CHECK(ENDED, from, {S(LOST), "tell-exit-unknown close"}, {S(PAUSED), "!"}, {S(IS_PAUSED), "!"});         \
    CHECK(ENDED, from, {S(IS_STOPPED), "tell-exit close"})

/* Of what has ended nothing is paused, whatever is said of it afterwards. */
static void test_end__while_it_is_held_up__is_an_end_as_any_other(void **state)
{
    (void)state;
    ENDS(PAUSING);
    ENDS(PAUSED);
    ENDS(RESUMING);
    ENDS(PAUSE_DOUBT);
    ENDS(RESUME_DOUBT);
    ENDS(UNSURE);
}

/* ---- all */

static bool is_any(uint8_t state)
{
    (void)state;
    return true;
}

/* Else a call would wait for ever, and the process with it. What a signal is answered is not in a procedure.
 */
static void test_procedure__whatever_it_is_answered__goes_on(void **state)
{
    static const struct life_answers answers[] = {
        {"create", {S(OK), S(ERROR), S(LOST)}},
        {"subscribe", {S(OK), S(ERROR)}},
        {"query", {S(OK), S(ERROR)}},
        {"close", {S(OK), S(ERROR)}},
        {"pause", {S(PAUSED), S(IS_UNANSWERED)}},
        {"resume", {S(RESUMED), S(IS_UNANSWERED)}},
        {"look", {S(IS_PAUSED), S(IS_RUNNING), S(IS_UNANSWERED)}},
    };

    (void)state;
    life_check_answers(C8D_MACHINE_HCS_PROCESS, answers, sizeof(answers) / sizeof(answers[0]), is_any);
}

static void test_symbols__of_no_meaning__change_nothing(void **state)
{
    uint8_t process = C8D_HCS_PROCESS_RUNNING;
    struct c8d_hcs_process_actions actions = {.count = 1};

    (void)state;
    assert_false(c8d_hcs_process_step(&process, C8D_SYM_NONE, &actions));
    assert_int_equal(actions.count, 0);
    assert_false(c8d_hcs_process_step(&process, C8D_SYM_HEALTHY, &actions));
    assert_int_equal(process, C8D_HCS_PROCESS_RUNNING);
}

static void test_action_name__of_no_action__is_a_question_mark(void **state)
{
    (void)state;
    assert_string_equal(c8d_hcs_process_action_name(C8D_HCS_PROCESS_DO_ASK_CODE), "ask-code");
    assert_string_equal(c8d_hcs_process_action_name(C8D_HCS_PROCESS_ACTION__COUNT), "?");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_init__started_ended_and_deleted__is_told_and_let_go),
        cmocka_unit_test(test_init__once_it_was_started__is_not_started_again),
        cmocka_unit_test(test_start__refused__may_be_tried_again_and_nobody_is_told),
        cmocka_unit_test(test_start__that_goes_wrong_half_way__is_undone_before_it_is_told),
        cmocka_unit_test(test_start__under_way__holds_back_what_depends_on_it),
        cmocka_unit_test(test_exit__before_the_start_is_told__waits_for_it),
        cmocka_unit_test(test_init__that_never_ran__ends_without_a_code),
        cmocka_unit_test(test_signal__to_init__ends_its_system),
        cmocka_unit_test(test_signal__to_an_exec__ends_it_alone),
        cmocka_unit_test(test_signal__to_who_has_ended__finds_nobody),
        cmocka_unit_test(test_signal__to_an_exec_that_was_not_started__is_a_conflict),
        cmocka_unit_test(test_signal__while_the_code_is_asked_for__is_done),
        cmocka_unit_test(test_signal__that_finds_nobody__asks_whether_it_has_ended),
        cmocka_unit_test(test_signal__that_finds_nobody__does_not_disturb_the_exit),
        cmocka_unit_test(test_signal__that_is_held_back__is_done_once_it_runs),
        cmocka_unit_test(test_end__whose_code_cannot_be_had__is_told_without_one),
        cmocka_unit_test(test_end__that_hcs_cannot_tell_of__has_no_code),
        cmocka_unit_test(test_end__that_is_only_known_by_the_systems_exit__has_its_code_asked_for),
        cmocka_unit_test(test_deletion__before_the_handle_is_closed__hides_it_at_once),
        cmocka_unit_test(test_exec__deleted__tells_of_nothing),
        cmocka_unit_test(test_exec__whose_task_is_deleted__goes_with_it_unless_it_runs),
        cmocka_unit_test(test_stdin__of_who_runs__is_closed),
        cmocka_unit_test(test_task__paused_and_resumed__is_told_so_and_begins_nothing_meanwhile),
        cmocka_unit_test(test_pause__that_fails__has_hcs_asked_what_it_is),
        cmocka_unit_test(test_pause__of_what_nobody_knows__may_be_tried_as_its_contrary_may),
        cmocka_unit_test(test_end__while_it_is_held_up__is_an_end_as_any_other),
        cmocka_unit_test(test_procedure__whatever_it_is_answered__goes_on),
        cmocka_unit_test(test_symbols__of_no_meaning__change_nothing),
        cmocka_unit_test(test_action_name__of_no_action__is_a_question_mark),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
