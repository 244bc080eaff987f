/* SPDX-License-Identifier: Apache-2.0 */
/* Processes of HCS against their rules as tests/support/oracle_hcs_process.c has them, through lives at
 * random: states, actions in their order, and what is seen of them. */
#include "life.h"
#include "oracle.h"
#include <c8d/hcs_process.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define LIVES 80
#define INPUTS_OF_A_LIFE 400

static const uint8_t symbols[] = {
    C8D_SYM_CREATE,  C8D_SYM_START,     C8D_SYM_LOAD,       C8D_SYM_LAUNCH, C8D_SYM_DELETE,
    C8D_SYM_DELETED, C8D_SYM_STOP,      C8D_SYM_KILL,       C8D_SYM_ASK,    C8D_SYM_CLOSE_STDIN,
    C8D_SYM_PAUSE,   C8D_SYM_RESUME,    C8D_SYM_PAUSED,     C8D_SYM_OK,     C8D_SYM_RESUMED,
    C8D_SYM_OK,      C8D_SYM_ERROR,     C8D_SYM_IS_STOPPED, C8D_SYM_EXITED, C8D_SYM_FORCE_MISSING,
    C8D_SYM_LOST,    C8D_SYM_IS_PAUSED, C8D_SYM_IS_RUNNING, C8D_SYM_OK,     C8D_SYM_IS_UNANSWERED,
    C8D_SYM_OVERDUE, C8D_SYM_TAKEN,     C8D_SYM_START,      C8D_SYM_LAUNCH,
};

/* What each effect is for who carries it out, in the order in which that is done. */
static const struct {
    const char *effect, *action;
} meanings[] = {
    {"notice-created", "tell-created"},
    {"notice-started", "tell-started"},
    {"notice-paused", "tell-paused"},
    {"notice-resumed", "tell-resumed"},
    {"notice-exit", "tell-exit"},
    {"exit-unknown", "tell-exit-unknown"},
    {"never-ran", "tell-never-ran"},
    {"notice-deleted", "tell-deleted"},
    {"forget-execs", "forget-execs"},
    {"done", "done"},
    {"done-failed", "fail"},
    {"done-missing", "refuse-ended"},
    {"done-conflict", "refuse-unstarted"},
    {"create", "create"},
    {"subscribe", "watch"},
    {"kill", "shut-down"},
    {"force-kill", "terminate"},
    {"signal", "end"},
    {"query", "ask-code"},
    {"ask", "ask-ended"},
    {"look", "ask-paused"},
    {"pause", "pause"},
    {"resume", "resume"},
    {"close-stdin", "close-stdin"},
    {"close", "close"},
    {"defer", "defer"},
};

static void assert_means(const struct c8d_hcs_process_actions *actions, uint64_t effects)
{
    uint32_t n = 0;

    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        if ((effects & oracle_effect(meanings[i].effect)) == 0)
            continue;
        assert_true(n < actions->count);
        assert_string_equal(c8d_hcs_process_action_name((enum c8d_hcs_process_action)actions->items[n++]),
                            meanings[i].action);
        effects &= ~oracle_effect(meanings[i].effect);
    }
    assert_int_equal(n, actions->count);
    assert_int_equal(effects, 0);
}

static bool has(const struct c8d_hcs_process_actions *actions, enum c8d_hcs_process_action action)
{
    return memchr(actions->items, (int)action, actions->count) != NULL;
}

/* What a consumer is told of one life. */
struct told {
    bool started, ended;
};

static void assert_told_once(struct told *told, const struct c8d_hcs_process_actions *actions)
{
    bool ran =
        has(actions, C8D_HCS_PROCESS_DO_TELL_EXIT) || has(actions, C8D_HCS_PROCESS_DO_TELL_EXIT_UNKNOWN);

    if (has(actions, C8D_HCS_PROCESS_DO_TELL_CREATED))
        *told = (struct told){0};
    if (has(actions, C8D_HCS_PROCESS_DO_TELL_STARTED)) {
        assert_false(told->started || told->ended);
        told->started = true;
    }
    if (ran || has(actions, C8D_HCS_PROCESS_DO_TELL_NEVER_RAN)) {
        assert_int_equal(told->started, ran);
        assert_false(told->ended);
        told->ended = true;
    }
    /* Nobody's deletion hides an end. */
    if (has(actions, C8D_HCS_PROCESS_DO_TELL_DELETED))
        assert_true(told->ended);
}

static void live(uint64_t seed)
{
    struct told told = {0};
    uint8_t state = C8D_HCS_PROCESS_NONE;

    for (unsigned i = 0; i < INPUTS_OF_A_LIFE; i++) {
        struct c8d_hcs_process_actions actions = {.count = 7};
        uint8_t symbol = symbols[life_pick(&seed, sizeof(symbols))];
        struct c8d_cell cell;

        assert_true(oracle_cell(C8D_MACHINE_HCS_PROCESS, state, symbol, &cell));
        assert_int_equal(c8d_hcs_process_step(&state, symbol, &actions), cell.arrow);
        assert_int_equal(state, cell.next);
        assert_means(&actions, cell.effects);
        assert_int_equal(c8d_hcs_process_seen(state), oracle_seen_of_process(state));
        assert_told_once(&told, &actions);
    }
}

static void test_lives__at_random__are_as_the_facts_have_them(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= LIVES; seed++)
        live(seed);
}

static void test_seen__of_every_state__is_as_the_facts_have_it(void **state)
{
    (void)state;
    for (unsigned each = 0; each < C8D_HCS_PROCESS_STATE__COUNT; each++)
        assert_int_equal(c8d_hcs_process_seen((uint8_t)each), oracle_seen_of_process(each));
    assert_int_equal(c8d_hcs_process_seen(C8D_HCS_PROCESS_STATE__COUNT), C8D_STATE_DELETED);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lives__at_random__are_as_the_facts_have_them),
        cmocka_unit_test(test_seen__of_every_state__is_as_the_facts_have_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
