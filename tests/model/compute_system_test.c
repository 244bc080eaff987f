/* SPDX-License-Identifier: Apache-2.0 */
/* Traces of compute systems: what HCS does, and what is done next. */
#include "life.h"
#include <c8d/compute_system.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void step(uint8_t *state, enum c8d_symbol symbol, char *out, size_t bytes)
{
    struct c8d_compute_system_actions actions;

    if (!c8d_compute_system_step(state, (uint8_t)symbol, &actions)) {
        life_write(out, bytes, "!");
        return;
    }
    for (uint32_t i = 0; i < actions.count; i++)
        life_write(out, bytes,
                   c8d_compute_system_action_name((enum c8d_compute_system_action)actions.items[i]));
}

#define S(name) C8D_SYM_##name
#define CHECK(last, ...)                                                                                     \
    do {                                                                                                     \
        static const struct life_row rows[] = {__VA_ARGS__};                                                 \
        life_check(C8D_MACHINE_COMPUTE_SYSTEM, step, rows, sizeof(rows) / sizeof(rows[0]),                   \
                   C8D_COMPUTE_SYSTEM_##last);                                                               \
    } while (0)

#define UP                                                                                                   \
    {S(CREATE), "create"}, {S(OK), "start"},                                                                 \
    {                                                                                                        \
        S(OK), "tell-created done"                                                                           \
    }
#define LEFT                                                                                                 \
    {                                                                                                        \
        S(SNAPSHOT), ""                                                                                      \
    }

/* ---- its beginning */

static void test_container__created_used_and_deleted__is_shut_down_and_let_go(void **state)
{
    (void)state;
    CHECK(NONE, UP, {S(START), "done"}, {S(ASK), "done"}, {S(STOP), "shut-down"}, {S(DELETE), "shut-down"},
          {S(OK), "await-shutdown"}, {S(EXITED), "close"}, {S(OK), "tell-deleted done"});
}

static void test_creation__refused__leaves_nothing(void **state)
{
    (void)state;
    CHECK(NONE, {S(CREATE), "create"}, {S(ERROR), "fail"});
}

static void test_creation__that_goes_wrong_half_way__is_undone_before_it_is_told(void **state)
{
    (void)state;
    CHECK(NONE, {S(CREATE), "create"}, {S(LOST), "terminate"}, {S(OK), "await-exit"}, {S(EXITED), "close"},
          {S(OK), "fail"});
    CHECK(NONE, {S(CREATE), "create"}, {S(OK), "start"}, {S(ERROR), "terminate"}, {S(ERROR), "close"},
          {S(ERROR), "fail"});
    CHECK(NONE, {S(CREATE), "create"}, {S(OK), "start"}, {S(EXITED), "terminate"}, {S(OK), "await-exit"},
          {S(OVERDUE), "close"}, {S(OK), "fail"});
}

/* ---- another task in it */

static void test_task__in_what_was_terminated__waits_for_its_exit_and_makes_another(void **state)
{
    (void)state;
    CHECK(UP, UP, {S(KILL), "terminate"}, {S(FORCE_OK), ""}, {S(START), "await-exit"}, {S(EXITED), "close"},
          {S(OK), "create"}, {S(OK), "start"}, {S(OK), "done"});
}

static void test_task__in_what_has_exited__makes_another_at_once(void **state)
{
    (void)state;
    CHECK(UP, UP, {S(EXITED), ""}, {S(START), "close"}, {S(ERROR), "create"}, {S(OK), "start"},
          {S(OK), "done"});
    CHECK(VACANT, UP, {S(LOST), ""}, {S(START), "close"}, {S(OK), "create"}, {S(OK), "start"},
          {S(OVERDUE), "terminate"}, {S(LOST), "close"}, {S(OK), "fail"});
}

/* Two of one name cannot be. */
static void test_task__in_what_does_not_exit__is_refused_and_may_be_tried_again(void **state)
{
    (void)state;
    CHECK(RENEWING, UP, {S(KILL), "terminate"}, {S(FORCE_MISSING), ""}, {S(START), "await-exit"},
          {S(OVERDUE), "fail"}, {S(START), "await-exit"});
    CHECK(KILLED, UP, {S(KILL), "terminate"}, {S(FORCE_OK), ""}, {S(START), "await-exit"},
          {S(ERROR), "fail"});
}

static void test_container__that_could_not_be_made_anew__may_be_tried_again_or_deleted(void **state)
{
    (void)state;
    CHECK(NONE, UP, {S(EXITED), ""}, {S(START), "close"}, {S(OK), "create"}, {S(ERROR), "fail"},
          {S(KILL), "!"}, {S(START), "create"}, {S(LOST), "terminate"}, {S(OK), "await-exit"},
          {S(EXITED), "close"}, {S(OK), "fail"}, {S(DELETE), "close"}, {S(OK), "tell-deleted done"});
}

/* ---- the consumer's own termination */

/* HCS may refuse it, and then what runs goes on. */
static void test_kill__not_answered_yet__holds_back_what_depends_on_it(void **state)
{
    (void)state;
    CHECK(SHUTTING_DOWN, UP, {S(KILL), "terminate"}, {S(ASK), "done"}, {S(DELETE), "defer"},
          {S(START), "defer"}, {S(FORCE_ERROR), ""}, {S(START), "done"}, {S(DELETE), "shut-down"});
}

static void test_kill__refused_after_another_was_not__revives_nothing(void **state)
{
    (void)state;
    CHECK(SHUTTING_DOWN, UP, {S(KILL), "terminate"}, {S(KILL), "terminate"}, {S(FORCE_OK), ""},
          {S(FORCE_ERROR), "!"}, {S(DELETE), "await-exit"});
    CHECK(KILLED, UP, {S(KILL), "terminate"}, {S(KILL), "terminate"}, {S(FORCE_ERROR), ""},
          {S(FORCE_OK), ""});
}

static void test_kill__answered_while_it_is_being_deleted__is_late(void **state)
{
    (void)state;
    CHECK(SHUTTING_DOWN, UP, {S(KILL), "terminate"}, {S(KILL), "terminate"}, {S(FORCE_OK), ""},
          {S(DELETE), "await-exit"}, {S(FORCE_ERROR), "!"}, {S(FORCE_OK), "!"});
}

/* ---- its end */

static void test_delete__refused_a_shutdown__terminates_and_fails_all_the_same(void **state)
{
    (void)state;
    CHECK(NONE, UP, {S(DELETE), "shut-down"}, {S(ERROR), "terminate"}, {S(OK), "await-exit"},
          {S(EXITED), "close"}, {S(OK), "tell-deleted fail"});
    CHECK(NONE, UP, {S(DELETE), "shut-down"}, {S(OK), "await-shutdown"}, {S(OVERDUE), "terminate"},
          {S(EXITED), "close"}, {S(ERROR), "tell-deleted fail"});
}

static void test_delete__of_what_cannot_be_ended__gives_up_who_runs_in_it(void **state)
{
    (void)state;
    CHECK(NONE, UP, {S(DELETE), "shut-down"}, {S(LOST), "terminate"}, {S(LOST), "abandon close"},
          {S(OK), "tell-deleted fail"});
}

static void test_delete__whose_handle_cannot_be_closed__fails_and_is_done(void **state)
{
    (void)state;
    CHECK(NONE, UP, {S(EXITED), ""}, {S(DELETE), "shut-down"}, {S(EXITED), "close"},
          {S(ERROR), "tell-deleted fail"});
}

/* ---- what was not made here */

static void test_stranger__asked_after__is_opened_looked_at_and_let_go(void **state)
{
    (void)state;
    CHECK(NONE, {S(ASK), "open"}, {S(OK), "ask-owner"}, {S(OK), "close"}, {S(OK), "done"});
    CHECK(NONE, {S(ASK), "open"}, {S(MISSING), "fail"});
}

static void test_stranger__of_another_owner__is_not_touched(void **state)
{
    (void)state;
    CHECK(NONE, {S(LOAD), "open"}, {S(OK), "ask-owner"}, {S(MISSING), "close"}, {S(OK), "fail"});
    CHECK(NONE, {S(ASK), "open"}, {S(OK), "ask-owner"}, {S(ERROR), "close"}, {S(OK), "fail"});
}

static void test_leftover__taken_over__is_ended_and_starts_nothing(void **state)
{
    (void)state;
    CHECK(NONE, {S(LOAD), "open"}, {S(OK), "ask-owner"}, {S(OK), "watch"}, {S(OK), "terminate"},
          {S(OK), "await-leftover"}, {S(EXITED), "again"}, {S(LOAD), "done"}, {S(START), "!"},
          {S(DELETE), "close"}, {S(OK), "tell-deleted done"});
}

static void test_leftover__that_is_deleted__is_taken_over_first(void **state)
{
    (void)state;
    CHECK(CLOSING, LEFT, {S(ASK), "done"}, {S(DELETE), "open"}, {S(OK), "ask-owner"}, {S(OK), "watch"},
          {S(EXITED), "again"}, {S(DELETE), "close"});
}

/* Only "not found" proves absence. */
static void test_leftover__that_cannot_be_reached__is_still_there(void **state)
{
    (void)state;
    CHECK(LEFT, LEFT, {S(DELETE), "open"}, {S(ERROR), "fail"}, {S(DELETE), "open"}, {S(OK), "ask-owner"},
          {S(ERROR), "close"}, {S(OK), "fail"}, {S(LOAD), "open"}, {S(OK), "ask-owner"}, {S(OK), "watch"},
          {S(OK), "terminate"}, {S(OVERDUE), "close"}, {S(OK), "fail"});
    CHECK(LEFT, {S(LOAD), "open"}, {S(OK), "ask-owner"}, {S(OK), "watch"}, {S(ERROR), "close"},
          {S(ERROR), "fail"});
}

static void test_leftover__that_has_gone__is_forgotten(void **state)
{
    (void)state;
    CHECK(NONE, LEFT, {S(DELETE), "open"}, {S(MISSING), "fail"});
    CHECK(NONE, LEFT, {S(IS_ABSENT), ""});
    CHECK(UP, UP, {S(IS_ABSENT), "!"});
    CHECK(NONE, LEFT, {S(LOAD), "open"}, {S(OK), "ask-owner"}, {S(MISSING), "close"}, {S(OK), "fail"});
}

/* Else a call would wait for ever, and the container with it. */
static bool is_procedure(uint8_t state)
{
    return state != C8D_COMPUTE_SYSTEM_NONE &&
           c8d_compute_system_presence(state) != C8D_COMPUTE_SYSTEM_SETTLED;
}

static void test_procedure__whatever_it_is_answered__goes_on(void **state)
{
#define EXIT                                                                                                 \
    {                                                                                                        \
        S(EXITED), S(OVERDUE), S(LOST), S(ERROR)                                                             \
    }
    static const struct life_answers answers[] = {
        {"create", {S(OK), S(ERROR), S(LOST)}},
        {"start", {S(OK), S(ERROR)}},
        {"kill", {S(OK), S(EXITED), S(ERROR)}},
        {"force-kill", {S(OK), S(EXITED), S(ERROR)}},
        {"load", {S(OK), S(MISSING), S(ERROR)}},
        {"query", {S(OK), S(MISSING), S(ERROR)}},
        {"subscribe", {S(OK), S(ERROR)}},
        {"await", EXIT},
        {"await-shutdown", EXIT},
        {"await-leftover", EXIT},
        {"close", {S(OK), S(ERROR)}},
    };

    (void)state;
    life_check_answers(C8D_MACHINE_COMPUTE_SYSTEM, answers, sizeof(answers) / sizeof(answers[0]),
                       is_procedure);
}

static void test_symbols__of_no_meaning__change_nothing(void **state)
{
    uint8_t system = C8D_COMPUTE_SYSTEM_UP;
    struct c8d_compute_system_actions actions = {.count = 1};

    (void)state;
    assert_false(c8d_compute_system_step(&system, C8D_SYM_NONE, &actions));
    assert_int_equal(actions.count, 0);
    assert_false(c8d_compute_system_step(&system, C8D_SYM_HEALTHY, &actions));
    assert_int_equal(system, C8D_COMPUTE_SYSTEM_UP);
}

static void test_action_name__of_no_action__is_a_question_mark(void **state)
{
    (void)state;
    assert_string_equal(c8d_compute_system_action_name(C8D_COMPUTE_SYSTEM_DO_SHUT_DOWN), "shut-down");
    assert_string_equal(c8d_compute_system_action_name(C8D_COMPUTE_SYSTEM_ACTION__COUNT), "?");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_container__created_used_and_deleted__is_shut_down_and_let_go),
        cmocka_unit_test(test_creation__refused__leaves_nothing),
        cmocka_unit_test(test_creation__that_goes_wrong_half_way__is_undone_before_it_is_told),
        cmocka_unit_test(test_task__in_what_was_terminated__waits_for_its_exit_and_makes_another),
        cmocka_unit_test(test_task__in_what_has_exited__makes_another_at_once),
        cmocka_unit_test(test_task__in_what_does_not_exit__is_refused_and_may_be_tried_again),
        cmocka_unit_test(test_container__that_could_not_be_made_anew__may_be_tried_again_or_deleted),
        cmocka_unit_test(test_kill__not_answered_yet__holds_back_what_depends_on_it),
        cmocka_unit_test(test_kill__refused_after_another_was_not__revives_nothing),
        cmocka_unit_test(test_kill__answered_while_it_is_being_deleted__is_late),
        cmocka_unit_test(test_delete__refused_a_shutdown__terminates_and_fails_all_the_same),
        cmocka_unit_test(test_delete__of_what_cannot_be_ended__gives_up_who_runs_in_it),
        cmocka_unit_test(test_delete__whose_handle_cannot_be_closed__fails_and_is_done),
        cmocka_unit_test(test_stranger__asked_after__is_opened_looked_at_and_let_go),
        cmocka_unit_test(test_stranger__of_another_owner__is_not_touched),
        cmocka_unit_test(test_leftover__taken_over__is_ended_and_starts_nothing),
        cmocka_unit_test(test_leftover__that_is_deleted__is_taken_over_first),
        cmocka_unit_test(test_leftover__that_cannot_be_reached__is_still_there),
        cmocka_unit_test(test_leftover__that_has_gone__is_forgotten),
        cmocka_unit_test(test_procedure__whatever_it_is_answered__goes_on),
        cmocka_unit_test(test_symbols__of_no_meaning__change_nothing),
        cmocka_unit_test(test_action_name__of_no_action__is_a_question_mark),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
