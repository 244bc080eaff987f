/* SPDX-License-Identifier: Apache-2.0 */
/* The start and the stop of a supervised process, in each way that they have gone wrong. */
#include "supervision_rows.h"
#include <c8d/supervision.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* A configuration that cannot work is said at once, and not tried for ever (moby made its daemon fail fast).
 */
static void test_start__that_ends_before_its_first_answer__fails_at_once(void **state)
{
    static const struct row exited[] = {{"start", "look"},
                                        {"absent", "spawn"},
                                        {"spawned", "start check"},
                                        {"exited", "down(7) done(unavailable)"},
                                        {"unhealthy", "!"},
                                        {"overdue", "!"},
                                        {0}};
    static const struct row overtaken[] = {{"start", "look"},
                                           {"absent", "spawn"},
                                           {"exited", "down(7) done(unavailable)"},
                                           {"spawned", "!"},
                                           {0}};
    static const struct row refused[] = {
        {"start", "look"}, {"absent", "spawn"}, {"failed", "done(runtime error)"}, {"start", "look"}, {0}};

    (void)state;
    check(exited);
    check(overtaken);
    check(refused);
}

static void test_start__that_never_answers__is_ended_before_it_is_told(void **state)
{
    static const struct row rows[] = {{"start", "look"},
                                      {"absent", "spawn"},
                                      {"spawned", "start check"},
                                      {"overdue", "kill kill"},
                                      {"healthy", ""},
                                      {"exited", "down(7) done(deadline exceeded)"},
                                      {0}};
    static const struct row immortal[] = {{"start", "look"},
                                          {"absent", "spawn"},
                                          {"spawned", "start check"},
                                          {"overdue", "kill kill"},
                                          {"overdue", "unresponsive done(deadline exceeded)"},
                                          {"start", "!done(conflicting state)"},
                                          {"unhealthy", ""},
                                          {"stop", "kill kill"},
                                          {"exited", "down(7) done(ok)"},
                                          {0}};
    static const struct row at_last[] = {{"start", "look"},
                                         {"absent", "spawn"},
                                         {"spawned", "start check"},
                                         {"overdue", "kill kill"},
                                         {"overdue", "unresponsive done(deadline exceeded)"},
                                         {"exited", "down(7)"},
                                         {"start", "look"},
                                         {0}};

    (void)state;
    check(rows);
    check(immortal);
    check(at_last);
}

static void test_process__left_running__is_taken_over(void **state)
{
    static const struct row rows[] = {{"start", "look"},
                                      {"found", "start check"},
                                      {"healthy", "up done(ok) check"},
                                      {"exited", "down(7) restart"},
                                      {0}};
    static const struct row ending[] = {{"start", "look"},
                                        {"found", "start check"},
                                        {"unhealthy", "first-check"},
                                        {"retry", "check"},
                                        {"exited", "down(7) spawn"},
                                        {"spawned", "start check"},
                                        {0}};
    static const struct row silent[] = {{"start", "look"},
                                        {"found", "start check"},
                                        {"overdue", "unresponsive kill kill"},
                                        {"unhealthy", ""},
                                        {"overdue", "kill kill"},
                                        {"exited", "down(7) spawn"},
                                        {0}};
    static const struct row unwanted[] = {
        {"stop", "look"}, {"found", "terminate stop"}, {"exited", "down(7) done(ok)"}, {0}};

    (void)state;
    check(rows);
    check(ending);
    check(silent);
    check(unwanted);
}

/* What stop does in each state that a start can be in: the start is told to be given up, and nothing is left.
 */
static void test_stop__in_the_middle_of_a_start__leaves_nothing(void **state)
{
    static const struct row looking[] = {
        {"start", "look"}, {"stop", "done(canceled) done(ok)"}, {"absent", "!"}, {0}};
    static const struct row spawning[] = {{"start", "look"},
                                          {"absent", "spawn"},
                                          {"stop", "done(canceled)"},
                                          {"spawned", "terminate stop"},
                                          {"exited", "down(7) done(ok)"},
                                          {0}};
    static const struct row refused[] = {
        {"start", "look"}, {"absent", "spawn"}, {"stop", "done(canceled)"}, {"failed", "done(ok)"}, {0}};
    static const struct row overtaken[] = {{"start", "look"},
                                           {"absent", "spawn"},
                                           {"stop", "done(canceled)"},
                                           {"exited", "down(7) done(ok)"},
                                           {0}};
    static const struct row starting[] = {{"start", "look"},
                                          {"absent", "spawn"},
                                          {"spawned", "start check"},
                                          {"stop", "done(canceled) terminate stop"},
                                          {"unhealthy", ""},
                                          {"exited", "down(7) done(ok)"},
                                          {0}};
    static const struct row adopting[] = {
        {"start", "look"}, {"found", "start check"}, {"stop", "done(canceled) terminate stop"}, {0}};
    static const struct row replacing[] = {{"start", "look"},
                                           {"found", "start check"},
                                           {"overdue", "unresponsive kill kill"},
                                           {"stop", "done(canceled) kill kill"},
                                           {"exited", "down(7) done(ok)"},
                                           {0}};
    static const struct row abandoning[] = {{"start", "look"},
                                            {"absent", "spawn"},
                                            {"spawned", "start check"},
                                            {"overdue", "kill kill"},
                                            {"stop", "done(canceled) kill kill"},
                                            {"exited", "down(7) done(ok)"},
                                            {0}};

    (void)state;
    check(looking);
    check(spawning);
    check(refused);
    check(overtaken);
    check(starting);
    check(adopting);
    check(replacing);
    check(abandoning);
}

static void test_stop__in_the_middle_of_a_restart__leaves_nothing(void **state)
{
    static const struct row pausing[] = {
        SERVING, {"exited", "down(7) restart"}, {"stop", "done(ok)"}, {"retry", "!"}, {0}};
    static const struct row respawning[] = {
        SERVING,      {"exited", "down(7) restart"}, {"retry", "spawn"},
        {"stop", ""}, {"spawned", "terminate stop"}, {"exited", "down(7) done(ok)"},
        {0}};
    static const struct row restarting[] = {SERVING,
                                            {"exited", "down(7) restart"},
                                            {"retry", "spawn"},
                                            {"spawned", "start check"},
                                            {"stop", "terminate stop"},
                                            {"exited", "down(7) done(ok)"},
                                            {0}};
    static const struct row failing[] = {
        SERVING, {"retry", "check"}, {"unhealthy", "check"}, {"stop", "terminate stop"}, {0}};
    static const struct row ending[] = {SERVING,
                                        {"retry", "check"},
                                        {"unhealthy", "check"},
                                        {"retry", "check"},
                                        {"unhealthy", "check"},
                                        {"retry", "check"},
                                        {"unhealthy", "unresponsive kill kill"},
                                        {"stop", "kill kill"},
                                        {"exited", "down(7) done(ok)"},
                                        {0}};

    (void)state;
    check(pausing);
    check(respawning);
    check(restarting);
    check(failing);
    check(ending);
}

static void test_stop__that_is_not_obeyed__kills_and_says_what_it_knows(void **state)
{
    static const struct row killed[] = {SERVING,
                                        {"stop", "terminate stop"},
                                        {"stop", "!done(conflicting state)"},
                                        {"overdue", "kill kill"},
                                        {"healthy", ""},
                                        {"exited", "down(7) done(ok)"},
                                        {0}};
    static const struct row immortal[] = {SERVING,
                                          {"stop", "terminate stop"},
                                          {"overdue", "kill kill"},
                                          {"overdue", "unresponsive done(indeterminate)"},
                                          {"exited", "down(7)"},
                                          {"start", "look"},
                                          {0}};

    (void)state;
    check(killed);
    check(immortal);
}

static void test_init__without_limits__is_refused(void **state)
{
    static const struct c8d_supervision_limits none[] = {{0, 1}, {1, 0}};
    struct c8d_supervision model;

    (void)state;
    assert_int_equal(c8d_supervision_init(&model, &none[0]), C8D_INVALID);
    assert_int_equal(c8d_supervision_init(&model, &none[1]), C8D_INVALID);
}

static void test_names__of_what_is_none__are_question_marks(void **state)
{
    (void)state;
    assert_string_equal(c8d_supervision_timer_name(C8D_SUPERVISION_TIMER__COUNT), "?");
    assert_string_equal(c8d_supervision_action_name(C8D_SUPERVISION_ACTION__COUNT), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start__that_ends_before_its_first_answer__fails_at_once),
        cmocka_unit_test(test_start__that_never_answers__is_ended_before_it_is_told),
        cmocka_unit_test(test_process__left_running__is_taken_over),
        cmocka_unit_test(test_stop__in_the_middle_of_a_start__leaves_nothing),
        cmocka_unit_test(test_stop__in_the_middle_of_a_restart__leaves_nothing),
        cmocka_unit_test(test_stop__that_is_not_obeyed__kills_and_says_what_it_knows),
        cmocka_unit_test(test_init__without_limits__is_refused),
        cmocka_unit_test(test_names__of_what_is_none__are_question_marks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
