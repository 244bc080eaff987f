/* SPDX-License-Identifier: Apache-2.0 */
/* Compute systems against their rules as tests/support/oracle_compute_system.c has them, through lives at
 * random: states, actions in their order, and what is seen of them. */
#include "life.h"
#include "oracle.h"
#include <c8d/compute_system.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define LIVES 60
#define INPUTS_OF_A_LIFE 300

static const uint8_t symbols[] = {
    C8D_SYM_CREATE,   C8D_SYM_START,         C8D_SYM_DELETE,      C8D_SYM_KILL,     C8D_SYM_STOP,
    C8D_SYM_ASK,      C8D_SYM_LOAD,          C8D_SYM_OK,          C8D_SYM_ERROR,    C8D_SYM_MISSING,
    C8D_SYM_LOST,     C8D_SYM_EXITED,        C8D_SYM_OVERDUE,     C8D_SYM_SNAPSHOT, C8D_SYM_IS_ABSENT,
    C8D_SYM_FORCE_OK, C8D_SYM_FORCE_MISSING, C8D_SYM_FORCE_ERROR, C8D_SYM_TAKEN,    C8D_SYM_OK,
};

/* What each effect is for who carries it out, in the order in which that is done. */
static const struct {
    const char *effect, *action;
} meanings[] = {
    {"notice-created", "tell-created"},
    {"notice-deleted", "tell-deleted"},
    {"done", "done"},
    {"done-failed", "fail"},
    {"create", "create"},
    {"start", "start"},
    {"kill", "shut-down"},
    {"force-kill", "terminate"},
    {"load", "open"},
    {"query", "ask-owner"},
    {"subscribe", "watch"},
    {"await", "await-exit"},
    {"await-shutdown", "await-shutdown"},
    {"await-leftover", "await-leftover"},
    {"abandon", "abandon"},
    {"close", "close"},
    {"again", "again"},
    {"defer", "defer"},
};

static void assert_means(const struct c8d_compute_system_actions *actions, uint64_t effects)
{
    uint32_t n = 0;

    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        if ((effects & oracle_effect(meanings[i].effect)) == 0)
            continue;
        assert_true(n < actions->count);
        assert_string_equal(
            c8d_compute_system_action_name((enum c8d_compute_system_action)actions->items[n++]),
            meanings[i].action);
        effects &= ~oracle_effect(meanings[i].effect);
    }
    assert_int_equal(n, actions->count);
    assert_int_equal(effects, 0);
}

/* Who gives a command is answered once, before anybody else gives one. */
static void answer(bool *waits, uint8_t symbol, const struct c8d_compute_system_actions *actions)
{
    if (symbol == C8D_SYM_CREATE || symbol == C8D_SYM_ASK || symbol == C8D_SYM_LOAD ||
        symbol == C8D_SYM_START || symbol == C8D_SYM_DELETE) {
        assert_false(*waits);
        *waits = true;
    }
    for (uint32_t i = 0; i < actions->count; i++) {
        uint8_t action = actions->items[i];

        if (action != C8D_COMPUTE_SYSTEM_DO_DONE && action != C8D_COMPUTE_SYSTEM_DO_FAIL &&
            action != C8D_COMPUTE_SYSTEM_DO_AGAIN && action != C8D_COMPUTE_SYSTEM_DO_DEFER)
            continue;
        assert_true(*waits);
        *waits = false;
    }
}

static bool rests(uint8_t state)
{
    return state == C8D_COMPUTE_SYSTEM_NONE ||
           c8d_compute_system_presence(state) == C8D_COMPUTE_SYSTEM_SETTLED;
}

static void live(uint64_t seed)
{
    bool waits = false;
    uint8_t state = C8D_COMPUTE_SYSTEM_NONE;

    for (unsigned i = 0; i < INPUTS_OF_A_LIFE; i++) {
        struct c8d_compute_system_actions actions = {.count = 7};
        uint8_t symbol = symbols[life_pick(&seed, sizeof(symbols))];
        struct c8d_cell cell;

        assert_true(oracle_cell(C8D_MACHINE_COMPUTE_SYSTEM, state, symbol, &cell));
        assert_int_equal(c8d_compute_system_step(&state, symbol, &actions), cell.arrow);
        assert_int_equal(state, cell.next);
        assert_means(&actions, cell.effects);
        assert_int_equal(c8d_compute_system_presence(state), oracle_presence(state));
        if (cell.arrow)
            answer(&waits, symbol, &actions);
        assert_int_equal(waits, !rests(state));
    }
}

static void test_lives__at_random__are_as_the_facts_have_them(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= LIVES; seed++)
        live(seed);
}

static void test_presence__of_every_state__is_as_the_facts_have_it(void **state)
{
    (void)state;
    for (unsigned each = 0; each < C8D_COMPUTE_SYSTEM_STATE__COUNT; each++)
        assert_int_equal(c8d_compute_system_presence((uint8_t)each), oracle_presence(each));
    assert_int_equal(c8d_compute_system_presence(C8D_COMPUTE_SYSTEM_STATE__COUNT), C8D_COMPUTE_SYSTEM_COMING);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lives__at_random__are_as_the_facts_have_them),
        cmocka_unit_test(test_presence__of_every_state__is_as_the_facts_have_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
