/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the model answers where a machine has no arrow: every state is reached from outside, by the shortest
 * way, and every symbol given to it there. The answers stand in golden/outcomes.txt; C8D_GOLDEN_UPDATE=1
 * writes it anew.
 */
#include "invariants.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IMAGES_MAX 2048
#define IMAGE_WORDS 1024
#define TABLE_BYTES 65536
#define REGIONS (C8D_REGION_STDIN + 2) /* and one that is none */

/* A model, and what tells it from others. */
struct image {
    uint64_t words[IMAGE_WORDS];
    uint8_t states[C8D_MACHINE__COUNT]; /* of the container's machines */
};

static const struct c8d_model_limits limits = {.containers_max = 1, .adopt = true};
static struct image *images;
static unsigned image_count;
static c8d_ref container;
static struct c8d_action items[64];
static struct c8d_actions actions = {.items = items, .capacity = 64};

static struct c8d_model *model_of(struct image *image)
{
    return (struct c8d_model *)(void *)image->words;
}

static void look(struct image *image)
{
    struct c8d_container_view view;
    struct c8d_process_view process;

    assert_true(c8d_model_view_container(model_of(image), container, &view));
    assert_true(c8d_model_view_process(model_of(image), container, C8D_REF_NONE, &process));
    image->states[C8D_MACHINE_CONTAINER] = view.state;
    image->states[C8D_MACHINE_TASK] = view.task_state;
    image->states[C8D_MACHINE_PROCESS] = process.state;
    image->states[C8D_MACHINE_CONNECTION] = (uint8_t)c8d_model_connection(model_of(image));
}

/* The stream's states are looked at beside a container in its first state alone: they do not meet. */
static void keep_if_new(const struct image *image)
{
    static bool seen[C8D_CONTAINER_STATE__COUNT][C8D_TASK_STATE__COUNT][C8D_PROCESS_STATE__COUNT]
                    [C8D_CONNECTION_STATE__COUNT];
    const uint8_t *states = image->states;
    bool *known = &seen[states[C8D_MACHINE_CONTAINER]][states[C8D_MACHINE_TASK]][states[C8D_MACHINE_PROCESS]]
                       [states[C8D_MACHINE_CONNECTION]];
    bool rests = states[C8D_MACHINE_CONTAINER] == 0 && states[C8D_MACHINE_TASK] == 0 &&
                 states[C8D_MACHINE_PROCESS] == 0;

    if (*known || (!rests && states[C8D_MACHINE_CONNECTION] != 0))
        return;
    assert_true(image_count < IMAGES_MAX);
    *known = true;
    images[image_count++] = *image;
}

/* The symbols of each region, with one pid: another process's would be a story of its own. */
static struct c8d_input input_of(unsigned region, unsigned symbol)
{
    static const uint8_t statuses[C8D_SYM__COUNT] = {[C8D_SYM_ERROR] = C8D_REMOTE,
                                                     [C8D_SYM_MISSING] = C8D_NOT_FOUND,
                                                     [C8D_SYM_LOST] = C8D_INDETERMINATE,
                                                     [C8D_SYM_TAKEN] = C8D_ALREADY_EXISTS,
                                                     [C8D_SYM_EXPIRED] = C8D_DEADLINE};

    return (struct c8d_input){.region = (uint8_t)region,
                              .symbol = (uint8_t)symbol,
                              .status = statuses[symbol],
                              .pid = region == C8D_REGION_PROCESS ? 7 : 0,
                              .exit_known = symbol == C8D_SYM_EXITED,
                              .container = region == C8D_REGION_CONNECTION ? C8D_REF_NONE : container,
                              .request = 1};
}

static void explore(void)
{
    static struct image next;
    struct c8d_model *model;

    images = calloc(IMAGES_MAX, sizeof(*images));
    assert_non_null(images);
    assert_true(c8d_model_bytes(&limits) <= sizeof(next.words));
    assert_int_equal(c8d_model_init(images[0].words, sizeof(images[0].words), &limits, &model), C8D_OK);
    assert_int_equal(c8d_model_open(model, (struct c8d_str){"n", 1}, (struct c8d_str){"c", 1}, &container),
                     C8D_OK);
    assert_true(c8d_model_hold(model, container, C8D_REF_NONE));
    look(&images[0]);
    next = images[0];
    keep_if_new(&next);
    for (unsigned at = 0; at < image_count; at++) {
        for (unsigned what = 0; what < REGIONS * C8D_SYM__COUNT; what++) {
            struct c8d_input input = input_of(what / C8D_SYM__COUNT, what % C8D_SYM__COUNT);

            next = images[at];
            (void)c8d_model_step(model_of(&next), &input, &actions);
            look(&next);
            keep_if_new(&next);
        }
    }
}

static const struct image *first_in(enum c8d_machine machine, unsigned state)
{
    for (unsigned i = 0; i < image_count; i++) {
        if (images[i].states[machine] == state)
            return &images[i];
    }
    fail_msg("%s %s is not reached", c8d_machine_name(machine), c8d_state_name(machine, state));
    return NULL;
}

/* ---- as text */

static char table[TABLE_BYTES];
static size_t length;

static void add(const char *before, const char *word)
{
    int added = snprintf(table + length, sizeof(table) - length, "%s%s", before, word);

    assert_true(added >= 0 && (size_t)added < sizeof(table) - length);
    length += (size_t)added;
}

static void add_outcomes(enum c8d_machine machine, unsigned region, unsigned state)
{
    add("", c8d_machine_name(machine));
    add(" ", c8d_state_name(machine, state));
    add("", "\n");
    for (unsigned outcome = 0; outcome < C8D_OUTCOME__COUNT; outcome++) {
        bool any = false;

        for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
            struct c8d_input input = input_of(region, symbol);
            struct image image = *first_in(machine, state);

            if (c8d_machine_cell(machine, state, symbol).arrow ||
                c8d_model_step(model_of(&image), &input, &actions) != outcome)
                continue;
            add(any ? " " : "    ", any ? "" : c8d_outcome_name((enum c8d_outcome)outcome));
            add(any ? "" : ": ", c8d_symbol_name((enum c8d_symbol)symbol));
            any = true;
        }
        add("", any ? "\n" : "");
    }
}

static const struct {
    enum c8d_machine machine;
    enum c8d_region region;
} machines[] = {{C8D_MACHINE_CONTAINER, C8D_REGION_CONTAINER},
                {C8D_MACHINE_TASK, C8D_REGION_TASK},
                {C8D_MACHINE_PROCESS, C8D_REGION_PROCESS},
                {C8D_MACHINE_CONNECTION, C8D_REGION_CONNECTION}};

#define MACHINES (sizeof(machines) / sizeof(machines[0]))

static void test_outcomes__where_there_is_no_arrow__are_as_written_down(void **state)
{
    static const char path[] = C8D_TESTS_DIR "/model/golden/outcomes.txt";
    static char golden[TABLE_BYTES];
    FILE *file = fopen(path, getenv("C8D_GOLDEN_UPDATE") != NULL ? "w" : "r");

    (void)state;
    assert_non_null(file);
    for (unsigned i = 0; i < MACHINES; i++) {
        for (unsigned at = 0; at < c8d_machine_states(machines[i].machine); at++)
            add_outcomes(machines[i].machine, machines[i].region, at);
    }
    if (getenv("C8D_GOLDEN_UPDATE") != NULL)
        assert_int_equal(fwrite(table, 1, length, file), length);
    else
        golden[fread(golden, 1, sizeof(golden) - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
    if (getenv("C8D_GOLDEN_UPDATE") == NULL)
        assert_string_equal(table, golden);
}

/* The invariants that need no past, asked of every symbol in every combination of states. */
static void test_every_cell__moves_only_when_accepted(void **state)
{
    (void)state;
    for (unsigned at = 0; at < image_count; at++) {
        for (unsigned what = 0; what < REGIONS * C8D_SYM__COUNT; what++) {
            struct c8d_input input = input_of(what / C8D_SYM__COUNT, what % C8D_SYM__COUNT);
            struct image image = images[at];

            (void)c8d_model_step(model_of(&image), &input, &actions);
            look(&image);
            assert_true(actions.count < c8d_model_actions_max(&limits));
            if (actions.outcome != C8D_ACCEPTED)
                assert_memory_equal(image.states, images[at].states, sizeof(image.states));
        }
    }
}

static int set_up(void **state)
{
    (void)state;
    explore();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(images);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcomes__where_there_is_no_arrow__are_as_written_down),
        cmocka_unit_test(test_every_cell__moves_only_when_accepted),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
