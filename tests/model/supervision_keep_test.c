/* SPDX-License-Identifier: Apache-2.0 */
/* A supervised process while it runs: its ends, its silences, and news of the ones before it. */
#include "supervision_rows.h"
#include <c8d/supervision.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_supervision__that_goes_well__starts_checks_and_stops(void **state)
{
    static const struct row rows[] = {SERVING,
                                      {"retry", "check"},
                                      {"healthy", "check"},
                                      {"start", "done(ok)"},
                                      {"stop", "terminate stop"},
                                      {"exited", "down(7) done(ok)"},
                                      {"stop", "look"},
                                      {"absent", "done(ok)"},
                                      {0}};

    (void)state;
    check(rows);
}

static void test_supervision__slow_to_answer__is_asked_until_it_does(void **state)
{
    static const struct row rows[] = {{"start", "look"},          {"absent", "spawn"},
                                      {"spawned", "start check"}, {"unhealthy", "first-check"},
                                      {"retry", "check"},         {"unhealthy", "first-check"},
                                      {"retry", "check"},         {"unhealthy", "first-check"},
                                      {"retry", "check"},         {"healthy", "up done(ok) check"},
                                      {"overdue", "!"},           {0}};

    (void)state;
    check(rows);
}

static void test_process__that_ends__is_started_again_after_a_pause(void **state)
{
    static const struct row rows[] = {SERVING,
                                      {"exited", "down(7) restart"},
                                      {"healthy", "!"},
                                      {"retry", "spawn"},
                                      {"spawned", "start check"},
                                      {"unhealthy", "first-check"},
                                      {"retry", "check"},
                                      {"healthy", "up check"},
                                      {0}};

    (void)state;
    check(rows);
}

/* It answers and dies, again and again: the pause grows until it has been well for some time. */
static void test_process__that_dies_again_and_again__waits_longer_each_time(void **state)
{
    static const struct row rows[] = {SERVING,
                                      {"exited", "down(7) restart"},
                                      {"retry", "spawn"},
                                      {"failed", "restart+"},
                                      {"retry", "spawn"},
                                      {"exited", "down(7) restart+"},
                                      {"spawned", "!"},
                                      {"retry", "spawn"},
                                      {"spawned", "start check"},
                                      {"exited", "down(7) restart+"},
                                      {"retry", "spawn"},
                                      {"spawned", "start check"},
                                      {"healthy", "up check"},
                                      {"exited", "down(7) restart+"},
                                      {"retry", "spawn"},
                                      {"spawned", "start check"},
                                      {"healthy", "up check"},
                                      {"retry", "check"},
                                      {"healthy", "check"},
                                      {"exited", "down(7) restart"},
                                      {0}};

    (void)state;
    check(rows);
}

static void test_process__that_does_not_answer__is_killed_after_so_many_checks(void **state)
{
    static const struct row rows[] = {SERVING,
                                      {"retry", "check"},
                                      {"unhealthy", "check"},
                                      {"retry", "check"},
                                      {"unhealthy", "check"},
                                      {"start", "done(ok)"},
                                      {"retry", "check"},
                                      {"unhealthy", "unresponsive kill kill"},
                                      {"healthy", ""},
                                      {"overdue", "kill kill"},
                                      {"exited", "down(7) restart"},
                                      {0}};
    static const struct row recovered[] = {SERVING,
                                           {"retry", "check"},
                                           {"unhealthy", "check"},
                                           {"retry", "check"},
                                           {"unhealthy", "check"},
                                           {"retry", "check"},
                                           {"healthy", "check"},
                                           {"retry", "check"},
                                           {"unhealthy", "check"},
                                           {"exited", "down(7) restart"},
                                           {0}};
    static const struct row again[] = {SERVING,
                                       {"exited", "down(7) restart"},
                                       {"retry", "spawn"},
                                       {"spawned", "start check"},
                                       {"overdue", "unresponsive kill kill"},
                                       {"exited", "down(7) restart+"},
                                       {0}};

    (void)state;
    check(rows);
    check(recovered);
    check(again);
}

/* The reaper of an older process once closed the channel of the new one, which then was believed dead. */
static void test_news_of_an_older_process__are_passed_over(void **state)
{
    static const struct row rows[] = {SERVING,
                                      {"exited", "down(7) restart"},
                                      {"retry", "spawn"},
                                      {"old exited", "!"},
                                      {"spawned", "start check"},
                                      {"old exited", "!"},
                                      {"old healthy", "!"},
                                      {"old unhealthy", "!"},
                                      {"healthy", "up check"},
                                      {"late retry", "!"},
                                      {"retry", "check"},
                                      {"retry", "!"},
                                      {0}};

    (void)state;
    check(rows);
}

/* A check timer ordered before the end, and one of the check itself, come whenever they like. */
static void test_timers__out_of_date__do_nothing(void **state)
{
    static const struct row rows[] = {{"retry", "!"},
                                      {"overdue", "!"},
                                      SERVING,
                                      {"retry", "check"},
                                      {"overdue", "!"},
                                      {"healthy", "check"},
                                      {"stop", "terminate stop"},
                                      {"retry", ""},
                                      {"exited", "down(7) done(ok)"},
                                      {"overdue", "!"},
                                      {"retry", "!"},
                                      {0}};
    static const struct row replacing[] = {{"start", "look"},
                                           {"found", "start check"},
                                           {"unhealthy", "first-check"},
                                           {"overdue", "unresponsive kill kill"},
                                           {"retry", ""},
                                           {0}};

    (void)state;
    check(rows);
    check(replacing);
}

/* A check and a pause that were under way when it was killed come to nothing, whatever they say. */
static void test_checks__of_one_that_was_killed__do_nothing(void **state)
{
    static const struct row replacing[] = {{"start", "look"},
                                           {"found", "start check"},
                                           {"overdue", "unresponsive kill kill"},
                                           {"healthy", ""},
                                           {0}};
    static const struct row ending[] = {SERVING,
                                        {"exited", "down(7) restart"},
                                        {"retry", "spawn"},
                                        {"spawned", "start check"},
                                        {"unhealthy", "first-check"},
                                        {"overdue", "unresponsive kill kill"},
                                        {"retry", ""},
                                        {"unhealthy", ""},
                                        {0}};
    static const struct row stopping[] = {SERVING,
                                          {"stop", "terminate stop"},
                                          {"healthy", ""},
                                          {"overdue", "kill kill"},
                                          {"retry", ""},
                                          {"unhealthy", ""},
                                          {0}};
    static const struct row abandoning[] = {{"start", "look"},          {"absent", "spawn"},
                                            {"spawned", "start check"}, {"unhealthy", "first-check"},
                                            {"overdue", "kill kill"},   {"retry", ""},
                                            {"unhealthy", ""},          {0}};
    static const struct row lingering[] = {{"start", "look"},
                                           {"absent", "spawn"},
                                           {"spawned", "start check"},
                                           {"unhealthy", "first-check"},
                                           {"overdue", "kill kill"},
                                           {"overdue", "unresponsive done(deadline exceeded)"},
                                           {"retry", ""},
                                           {"healthy", ""},
                                           {0}};

    (void)state;
    check(replacing);
    check(ending);
    check(stopping);
    check(abandoning);
    check(lingering);
}

static void test_process__given_one_chance__is_killed_at_its_first_silence(void **state)
{
    static const struct row rows[] = {
        SERVING, {"retry", "check"}, {"unhealthy", "unresponsive kill kill"}, {0}};

    (void)state;
    check_with(rows, 1);
}

/* The end of one that was not our child: no code, and that is not 0. */
static void test_end__whose_code_cannot_be_had__is_unknown(void **state)
{
    const struct c8d_supervision_limits limits = {1, 1};
    struct c8d_supervision_input input = {.symbol = C8D_SYM_START, .number = 1};
    struct c8d_supervision_actions actions;
    struct c8d_supervision model;

    (void)state;
    assert_int_equal(c8d_supervision_init(&model, &limits), C8D_OK);
    assert_true(c8d_supervision_step(&model, &input, &actions));
    input = (struct c8d_supervision_input){.symbol = C8D_SYM_IS_RUNNING, .pid = 5};
    assert_true(c8d_supervision_step(&model, &input, &actions));
    input = (struct c8d_supervision_input){.symbol = C8D_SYM_HEALTHY, .generation = 1};
    assert_true(c8d_supervision_step(&model, &input, &actions));
    input = (struct c8d_supervision_input){.symbol = C8D_SYM_EXITED, .exit_code = 9, .generation = 1};
    assert_true(c8d_supervision_step(&model, &input, &actions));
    assert_int_equal(actions.items[0].kind, C8D_SUPERVISION_DOWN);
    assert_false(actions.items[0].exit_known);
    assert_int_equal(actions.items[0].exit_code, 0);
    assert_true(actions.items[0].adopted);
    assert_int_equal(actions.items[0].pid, 5);
}

/* The pause between two checks of one that was taken over and has ended is none of the next one's. */
static void test_timer__of_an_adopted_process_that_ended__is_out_of_date(void **state)
{
    static const struct row rows[] = {{"start", "look"},
                                      {"found", "start check"},
                                      {"unhealthy", "first-check"},
                                      {"exited", "down(7) spawn"},
                                      {"spawned", "start check"},
                                      {"retry", "!"},
                                      {"healthy", "up done(ok) check"},
                                      {0}};

    (void)state;
    check(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_supervision__that_goes_well__starts_checks_and_stops),
        cmocka_unit_test(test_supervision__slow_to_answer__is_asked_until_it_does),
        cmocka_unit_test(test_process__that_ends__is_started_again_after_a_pause),
        cmocka_unit_test(test_process__that_dies_again_and_again__waits_longer_each_time),
        cmocka_unit_test(test_process__that_does_not_answer__is_killed_after_so_many_checks),
        cmocka_unit_test(test_news_of_an_older_process__are_passed_over),
        cmocka_unit_test(test_timers__out_of_date__do_nothing),
        cmocka_unit_test(test_checks__of_one_that_was_killed__do_nothing),
        cmocka_unit_test(test_process__given_one_chance__is_killed_at_its_first_silence),
        cmocka_unit_test(test_end__whose_code_cannot_be_had__is_unknown),
        cmocka_unit_test(test_timer__of_an_adopted_process_that_ended__is_out_of_date),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
