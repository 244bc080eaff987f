/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator: that it sees each promise broken, shrinks a plan, and does the same for the same seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "sim_shrink.h"
#include <string.h>

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

/* ---- promises
 * ------------------------------------------------------------------------------------------------- */

struct told {
    enum c8d_notice_kind kind;
    uint32_t incarnation;
    const char *process; /* NULL = init */
    bool untrue;         /* an exit says the opposite of what was told of its start */
};

#define CREATED                                                                                              \
    {                                                                                                        \
        C8D_NOTICE_CREATE, 1, NULL, false                                                                    \
    }
#define STARTED                                                                                              \
    {                                                                                                        \
        C8D_NOTICE_START, 1, NULL, false                                                                     \
    }
#define EXITED                                                                                               \
    {                                                                                                        \
        C8D_NOTICE_EXIT, 1, NULL, false                                                                      \
    }
#define DELETED                                                                                              \
    {                                                                                                        \
        C8D_NOTICE_DELETED, 1, NULL, false                                                                   \
    }
#define PAUSED                                                                                               \
    {                                                                                                        \
        C8D_NOTICE_PAUSED, 1, NULL, false                                                                    \
    }
#define RESUMED                                                                                              \
    {                                                                                                        \
        C8D_NOTICE_RESUMED, 1, NULL, false                                                                   \
    }
#define OOM                                                                                                  \
    {                                                                                                        \
        C8D_NOTICE_OOM, 1, NULL, false                                                                       \
    }
#define SILENT                                                                                               \
    {                                                                                                        \
        C8D_NOTICE_UNRESPONSIVE, 1, NULL, false                                                              \
    }
#define RESPONSIVE                                                                                           \
    {                                                                                                        \
        C8D_NOTICE_RESPONSIVE, 1, NULL, false                                                                \
    }
#define MAX 8

/* What is broken when these are told. */
static const char *broken_by(const struct told told[MAX])
{
    struct c8d__trial_story story = {0};
    bool started[2] = {false, false};

    for (size_t i = 0; i < MAX && told[i].incarnation != 0; i++) {
        bool *started_it = &started[told[i].process != NULL];
        const struct c8d_notice notice = {.kind = told[i].kind,
                                          .exit.ran = *started_it != told[i].untrue,
                                          .sequence = i + 1,
                                          .incarnation = told[i].incarnation,
                                          .container = str("c0"),
                                          .process = str(told[i].process != NULL ? told[i].process : "c0")};

        c8d__trial_hear(&story, &notice);
        *started_it = *started_it || told[i].kind == C8D_NOTICE_START;
    }
    c8d__trial_end(&story, 1);
    return story.broken != NULL ? story.broken : "";
}

static void test_promises__that_are_broken__are_named(void **state)
{
    const struct {
        struct told told[MAX];
        const char *broken;
    } cases[] = {
        {{CREATED, STARTED, PAUSED, RESUMED, OOM, EXITED, DELETED, {C8D_NOTICE_CREATE, 2, NULL, false}}, ""},
        {{CREATED, STARTED, {C8D_NOTICE_EXEC_ADDED, 1, "e", false}, {C8D_NOTICE_EXIT, 1, "e", false}, EXITED},
         ""},
        {{CREATED, STARTED, EXITED, EXITED}, "one-end"},
        {{STARTED}, "within-life"},
        {{CREATED, STARTED, EXITED, DELETED, OOM}, "within-life"},
        {{CREATED, STARTED, {C8D_NOTICE_EXIT, 2, NULL, false}}, "within-life"},
        {{CREATED, EXITED, STARTED}, "no-start-after-end"},
        {{CREATED, STARTED, STARTED, EXITED}, "no-start-after-end"},
        {{CREATED, STARTED, DELETED}, "end-before-gone"},
        {{CREATED, STARTED, EXITED, CREATED}, "incarnations-count"},
        {{CREATED, EXITED, DELETED, {C8D_NOTICE_CREATE, 3, NULL, false}}, "incarnations-count"},
        {{CREATED, STARTED, OOM, OOM, EXITED}, "oom-once"},
        {{CREATED, STARTED, PAUSED, PAUSED, EXITED}, "pauses-pair"},
        {{CREATED, STARTED, RESUMED, EXITED}, "pauses-pair"},
        {{CREATED, PAUSED}, "pauses-pair"},
        {{CREATED, STARTED}, "each-start-ends"},
        {{CREATED, STARTED, {C8D_NOTICE_EXIT, 1, NULL, true}}, "ran-is-true"},
        {{CREATED, {C8D_NOTICE_EXIT, 1, NULL, true}}, "ran-is-true"},
        {{CREATED, STARTED, SILENT, RESPONSIVE, SILENT, EXITED, DELETED}, ""},
        {{CREATED, STARTED, SILENT, SILENT, EXITED}, "silence-is-told-once"},
        {{CREATED, STARTED, RESPONSIVE, EXITED}, "silence-is-told-once"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(broken_by(cases[i].told), cases[i].broken);
        assert_true(cases[i].broken[0] == '\0' || c8d__trial_promise(cases[i].broken) != NULL);
    }
}

static void test_promises__a_hole_in_the_numbers__is_seen(void **state)
{
    struct c8d__trial_story story = {0};
    const struct c8d_notice second = {.kind = C8D_NOTICE_GAP, .sequence = 2};

    (void)state;
    c8d__trial_hear(&story, &second);
    assert_string_equal(story.broken, "sequence-is-whole");
}

/* ---- shrinking
 * ------------------------------------------------------------------------------------------------ */

struct wanted {
    uint32_t first, second;
    unsigned tries;
};

/* Shown by two steps, in this order. */
static bool has_both(void *user, const struct c8d__trial_step *steps, size_t count)
{
    struct wanted *wanted = user;
    bool first = false;

    wanted->tries++;
    for (size_t i = 0; i < count; i++) {
        first = first || steps[i].number == wanted->first;
        if (first && steps[i].number == wanted->second)
            return true;
    }
    return false;
}

static void test_shrink__any_two_steps_of_a_plan__leaves_those_two(void **state)
{
    const struct c8d__trial_settings settings = {.seed = 1, .containers = 3};
    struct c8d__trial_step steps[200];

    (void)state;
    for (uint32_t first = 1; first < 200; first += 13) {
        for (uint32_t second = first + 1; second <= 200; second += 17) {
            struct wanted wanted = {first, second, 0};

            c8d__trial_plan(&settings, steps, 200);
            assert_int_equal(c8d__trial_shrink(steps, 200, has_both, &wanted), 2);
            assert_int_equal(steps[0].number, first);
            assert_int_equal(steps[1].number, second);
            assert_true(wanted.tries < 300);
        }
    }
}

static bool always(void *user, const struct c8d__trial_step *steps, size_t count)
{
    (void)user;
    (void)steps;
    (void)count;
    return true;
}

static void test_shrink__what_is_always_shown__needs_no_step(void **state)
{
    struct c8d__trial_step steps[5] = {{0}};

    (void)state;
    assert_int_equal(c8d__trial_shrink(steps, 5, always, NULL), 0);
    assert_int_equal(c8d__trial_shrink(steps, 0, always, NULL), 0);
}

/* ---- worlds
 * --------------------------------------------------------------------------------------------------- */

static void test_run__the_same_seed__is_the_same_world(void **state)
{
    const struct c8d__trial_settings settings = {
        .seed = 7,
        .containers = 4,
        .faults = {.reply_lost = 50, .event_repeated = 50, .event_lost = 50, .disconnect = 50}};
    struct c8d__trial_step steps[200];
    struct c8d__trial_result results[2];

    (void)state;
    c8d__trial_plan(&settings, steps, 200);
    for (int i = 0; i < 2; i++)
        assert_true(c8d__trial_run(&settings, steps, 200, &results[i]));
    assert_memory_equal(&results[0], &results[1], sizeof(results[0]));
    assert_null(results[0].broken);
    assert_true(results[0].starts > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_promises__that_are_broken__are_named),
        cmocka_unit_test(test_promises__a_hole_in_the_numbers__is_seen),
        cmocka_unit_test(test_shrink__any_two_steps_of_a_plan__leaves_those_two),
        cmocka_unit_test(test_shrink__what_is_always_shown__needs_no_step),
        cmocka_unit_test(test_run__the_same_seed__is_the_same_world),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
