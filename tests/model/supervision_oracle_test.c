/* SPDX-License-Identifier: Apache-2.0 */
/* The supervision against its rules as supervision_facts.c has them, through lives at random. */
#include "supervision_facts.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define LIVES 6000
#define INPUTS_OF_A_LIFE 60

static const uint8_t symbols[] = {
    C8D_SYM_START,   C8D_SYM_STOP,   C8D_SYM_IS_ABSENT, C8D_SYM_IS_RUNNING, C8D_SYM_OK,
    C8D_SYM_ERROR,   C8D_SYM_EXITED, C8D_SYM_HEALTHY,   C8D_SYM_UNHEALTHY,  C8D_SYM_RETRY,
    C8D_SYM_OVERDUE, C8D_SYM_PAUSED, C8D_SYM_NONE,
};

/* A small generator: the same numbers everywhere. */
static uint32_t pick(uint64_t *seed, uint32_t below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % below;
}

static uint64_t number_of_timer(const struct facts *facts, uint64_t due, uint64_t *seed)
{
    const uint64_t others[] = {0, facts->pause, facts->limit, facts->timers, due - 1, due + 1};

    return pick(seed, 4) != 0 ? due : others[pick(seed, 6)];
}

static struct c8d_supervision_input next_input(const struct facts *facts, uint64_t *seed, uint64_t *requests)
{
    uint8_t symbol = symbols[pick(seed, sizeof(symbols))];
    struct c8d_supervision_input input = {
        .symbol = symbol,
        .status = (uint8_t)(C8D_INVALID + pick(seed, 3)),
        .exit_known = pick(seed, 3) != 0,
        .exit_code = 1 + pick(seed, 255),
        .pid = 1 + pick(seed, 1000),
        .generation = facts->generation + (pick(seed, 8) == 0 ? pick(seed, 3) : 1) - 1,
    };

    if (symbol == C8D_SYM_START || symbol == C8D_SYM_STOP)
        input.number = ++*requests;
    if (symbol == C8D_SYM_RETRY)
        input.number = number_of_timer(facts, facts->pause, seed);
    if (symbol == C8D_SYM_OVERDUE)
        input.number = number_of_timer(facts, facts->limit, seed);
    return input;
}

static void assert_same_action(const struct c8d_supervision_action *model,
                               const struct c8d_supervision_action *facts)
{
    assert_string_equal(c8d_supervision_action_name((enum c8d_supervision_action_kind)model->kind),
                        c8d_supervision_action_name((enum c8d_supervision_action_kind)facts->kind));
    assert_int_equal(model->timer, facts->timer);
    assert_int_equal(model->symbol, facts->symbol);
    assert_int_equal(model->status, facts->status);
    assert_int_equal(model->exit_known, facts->exit_known);
    assert_int_equal(model->adopted, facts->adopted);
    assert_int_equal(model->pid, facts->pid);
    assert_int_equal(model->exit_code, facts->exit_code);
    assert_int_equal(model->attempt, facts->attempt);
    assert_int_equal(model->generation, facts->generation);
    assert_int_equal(model->number, facts->number);
}

/* Gives both the same; true when it was taken. */
static bool step_both(struct c8d_supervision *model, struct facts *facts,
                      const struct c8d_supervision_input *input)
{
    struct c8d_supervision before = *model;
    struct c8d_supervision_actions said;
    struct c8d_supervision_actions wanted;
    bool taken = c8d_supervision_step(model, input, &said);

    assert_int_equal(taken, facts_step(facts, input, &wanted));
    assert_int_equal(said.count, wanted.count);
    for (uint32_t i = 0; i < said.count; i++)
        assert_same_action(&said.items[i], &wanted.items[i]);
    if (!taken)
        assert_memory_equal(model, &before, sizeof(before));
    return taken;
}

/* One life, and which states it came through. */
static uint32_t live(const struct c8d_supervision_limits *limits, uint64_t seed)
{
    struct facts facts = {.limits = *limits, .trouble = C8D_OK};
    struct c8d_supervision model;
    uint64_t requests = 0;
    uint32_t seen = 0;

    assert_int_equal(c8d_supervision_init(&model, limits), C8D_OK);
    for (unsigned i = 0; i < INPUTS_OF_A_LIFE; i++) {
        struct c8d_supervision_input input = next_input(&facts, &seed, &requests);

        if (!step_both(&model, &facts, &input))
            continue;
        seen |= UINT32_C(1) << model.state;
    }
    return seen;
}

static void check_lives(uint32_t failures_max, uint32_t steady_checks)
{
    const struct c8d_supervision_limits limits = {failures_max, steady_checks};
    uint32_t seen = 0;

    for (uint64_t seed = 1; seed <= LIVES; seed++)
        seen |= live(&limits, seed);
    /* Whoever never came somewhere has compared nothing there. */
    assert_int_equal(seen, (UINT32_C(1) << C8D_SUPERVISOR_STATE__COUNT) - 1);
}

static void test_supervision__with_any_input__does_as_the_facts_have_it(void **state)
{
    (void)state;
    check_lives(3, 2);
    check_lives(2, 3);
}

/* The first silence is the last. It is never seen to fail then, and so not in each state. */
static void test_supervision__given_one_chance__does_as_the_facts_have_it(void **state)
{
    const struct c8d_supervision_limits limits = {1, 1};

    (void)state;
    for (uint64_t seed = 1; seed <= LIVES; seed++)
        live(&limits, seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_supervision__with_any_input__does_as_the_facts_have_it),
        cmocka_unit_test(test_supervision__given_one_chance__does_as_the_facts_have_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
