/* SPDX-License-Identifier: Apache-2.0 */
/* Where room ends: execs, namespaces, slots that are free again, and references that name the wrong one. */
#include "engine.h"
#include "table.h"
#include <c8d/image.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define NAMESPACES_MAX 64

/* An exec that is being created, and one that has come and gone. */
static void enliven_exec(struct table *table, c8d_ref container, c8d_ref exec)
{
    table_step(table, container, exec, C8D_REGION_PROCESS, C8D_SYM_CREATED);
}

static void finish_exec(struct table *table, c8d_ref container, c8d_ref exec)
{
    table_step(table, container, exec, C8D_REGION_PROCESS, C8D_SYM_DELETED);
    table_step(table, container, exec, C8D_REGION_PROCESS, C8D_SYM_IS_ABSENT);
    table_step(table, container, exec, C8D_REGION_PROCESS, C8D_SYM_IS_ABSENT);
}

static bool knows_exec(const struct table *table, c8d_ref container, c8d_ref exec)
{
    struct c8d_process_view view;

    return c8d_model_view_process(table->model, container, exec, &view);
}

static c8d_ref opened_in(struct table *table, unsigned namespace_, enum c8d_status expected)
{
    char name[16];
    c8d_ref ref = C8D_REF_NONE;

    (void)snprintf(name, sizeof(name), "n%u", namespace_);
    assert_int_equal(c8d_model_open(table->model, table_text(name), table_text("c"), &ref), expected);
    return ref;
}

/* ---- execs */

static void test_open_exec__all_room_taken__forgets_what_ended_longest_ago(void **state)
{
    struct table table;
    c8d_ref containers[2];
    c8d_ref execs[3];

    (void)state;
    table_open(&table, 2, 2, 2);
    for (size_t i = 0; i < 2; i++) {
        containers[i] = table_container(&table, i == 0 ? "a" : "b");
        table_enliven(&table, containers[i]);
    }
    execs[0] = table_exec(&table, containers[0], "x");
    execs[1] = table_exec(&table, containers[1], "y");
    enliven_exec(&table, containers[0], execs[0]);
    enliven_exec(&table, containers[1], execs[1]);
    assert_int_equal(c8d_model_open_exec(table.model, containers[0], table_text("z"), &execs[2]),
                     C8D_EXHAUSTED);
    finish_exec(&table, containers[1], execs[1]);
    assert_true(knows_exec(&table, containers[1], execs[1]));
    execs[2] = table_exec(&table, containers[0], "z");
    assert_false(knows_exec(&table, containers[1], execs[1]));
    assert_true(knows_exec(&table, containers[0], execs[0]));
    assert_int_equal(c8d_model_next_exec(table.model, containers[1], C8D_REF_NONE), C8D_REF_NONE);
    assert_int_equal(c8d_model_counters(table.model)->forgotten, 1);
    table_close(&table);
}

static void test_open_exec__share_full_of_live_ones__is_exhausted(void **state)
{
    struct table table;
    c8d_ref container;
    c8d_ref exec;

    (void)state;
    table_open(&table, 1, 4, 2);
    container = table_container(&table, "c");
    enliven_exec(&table, container, table_exec(&table, container, "x"));
    enliven_exec(&table, container, table_exec(&table, container, "y"));
    assert_int_equal(c8d_model_open_exec(table.model, container, table_text("z"), &exec), C8D_EXHAUSTED);
    table_close(&table);
}

/* Its execs go with it, and their room can be had again. */
static void test_container__forgotten__frees_its_execs(void **state)
{
    struct table table;
    c8d_ref container;
    c8d_ref execs[2];

    (void)state;
    table_open(&table, 1, 2, 2);
    container = table_container(&table, "a");
    execs[0] = table_exec(&table, container, "x");
    execs[1] = table_exec(&table, container, "y");
    assert_int_equal(c8d_model_next_exec(table.model, container, execs[1]), execs[0]);
    container = table_container(&table, "b");
    assert_int_equal(c8d_model_counters(table.model)->forgotten, 3);
    assert_false(knows_exec(&table, container, execs[0]));
    (void)table_exec(&table, container, "x");
    (void)table_exec(&table, container, "y");
    assert_int_equal(c8d_model_next_exec(table.model, C8D_REF_NONE, C8D_REF_NONE), C8D_REF_NONE);
    table_close(&table);
}

static void test_forget__what_is_over__is_gone_at_once(void **state)
{
    struct table table;
    c8d_ref container;
    c8d_ref execs[2];
    c8d_ref again;

    (void)state;
    table_open(&table, 4, 4, 4);
    container = table_container(&table, "a");
    execs[0] = table_exec(&table, container, "x");
    execs[1] = table_exec(&table, container, "y");
    assert_true(c8d_model_forget(table.model, container, execs[0]));
    assert_false(knows_exec(&table, container, execs[0]));
    assert_true(knows_exec(&table, container, execs[1]));
    assert_false(c8d_model_forget(table.model, container, execs[0]));
    assert_true(c8d_model_forget(table.model, container, C8D_REF_NONE));
    assert_int_equal(c8d_model_find(table.model, table_text("n"), table_text("a")), C8D_REF_NONE);
    assert_false(c8d_model_forget(table.model, container, C8D_REF_NONE));
    again = table_container(&table, "a");
    assert_true(again != container);
    assert_false(c8d_model_forget(table.model, again, execs[1]));
    table_close(&table);
}

static void test_forget__what_lives_or_is_held__stays(void **state)
{
    struct table table;
    c8d_ref container;
    c8d_ref exec;

    (void)state;
    table_open(&table, 4, 4, 4);
    container = table_container(&table, "a");
    exec = table_exec(&table, container, "x");
    assert_true(c8d_model_hold(table.model, container, exec));
    assert_false(c8d_model_forget(table.model, container, exec));
    assert_false(c8d_model_forget(table.model, container, C8D_REF_NONE));
    c8d_model_release(table.model, container, exec);
    table_enliven(&table, container);
    assert_false(c8d_model_forget(table.model, container, C8D_REF_NONE));
    enliven_exec(&table, container, exec);
    assert_false(c8d_model_forget(table.model, container, exec));
    assert_true(knows_exec(&table, container, exec));
    table_close(&table);
}

/* A query that is owed to the next task is owed to nobody when there will be none. */
static void test_container__with_an_owed_pause_query__is_forgotten(void **state)
{
    struct table table;
    c8d_ref container;

    (void)state;
    table_open(&table, 1, 0, 0);
    container = table_container(&table, "a");
    table_enliven(&table, container);
    table_step(&table, container, C8D_REF_NONE, C8D_REGION_PROCESS, C8D_SYM_CREATE);
    table_step(&table, container, C8D_REF_NONE, C8D_REGION_TASK, C8D_SYM_PAUSED);
    table_step(&table, container, C8D_REF_NONE, C8D_REGION_PROCESS, C8D_SYM_ERROR);
    table_finish(&table, container);
    (void)table_container(&table, "b");
    assert_false(table_knows(&table, container));
    table_close(&table);
}

/* ---- namespaces */

static void test_open__more_namespaces_than_there_can_be__is_exhausted(void **state)
{
    struct table table;
    c8d_ref first = C8D_REF_NONE;

    (void)state;
    table_open(&table, NAMESPACES_MAX + 2, 0, 0);
    for (unsigned i = 0; i < NAMESPACES_MAX; i++) {
        c8d_ref ref = opened_in(&table, i, C8D_OK);

        table_enliven(&table, ref);
        first = i == 0 ? ref : first;
    }
    (void)opened_in(&table, NAMESPACES_MAX, C8D_EXHAUSTED);
    /* One that is known still takes more. */
    assert_int_equal(c8d_model_open(table.model, table_text("n5"), table_text("d"), &first), C8D_OK);
    table_close(&table);
}

/* A slot that came to nothing is free: passed over by whoever walks, and given to the next one. */
static void test_open__failed_for_its_namespace__leaves_a_free_slot(void **state)
{
    struct table table;
    struct c8d_process_view view;
    c8d_ref refs[NAMESPACES_MAX];
    c8d_ref last;
    uint32_t walked = 0;

    (void)state;
    table_open(&table, NAMESPACES_MAX + 1, 0, 0);
    for (unsigned i = 0; i < NAMESPACES_MAX; i++) {
        refs[i] = opened_in(&table, i, C8D_OK);
        table_enliven(&table, refs[i]);
    }
    (void)opened_in(&table, NAMESPACES_MAX, C8D_EXHAUSTED);
    for (c8d_ref at = c8d_model_next(table.model, C8D_REF_NONE); at != C8D_REF_NONE;
         at = c8d_model_next(table.model, at))
        walked++;
    assert_int_equal(walked, NAMESPACES_MAX);
    c8d_model_list_begin(table.model);
    for (walked = 0; c8d_model_list_sweep(table.model, &table.actions);)
        walked++;
    assert_int_equal(walked, 3 * NAMESPACES_MAX);
    assert_int_equal(c8d_model_open(table.model, table_text("n5"), table_text("d"), &last), C8D_OK);
    assert_int_equal((uint32_t)last, NAMESPACES_MAX);
    /* The list has asked nothing of it. */
    assert_true(c8d_model_view_process(table.model, last, C8D_REF_NONE, &view));
    assert_int_equal(view.query, C8D_QUERY_IDLE);
    table_close(&table);
}

/* The slot had been somebody's: what ended has been forgotten to make room. */
static void test_open__failed_in_a_full_table__leaves_a_free_slot(void **state)
{
    struct table table;
    struct c8d_process_view view;
    c8d_ref last;
    uint32_t walked = 0;

    (void)state;
    table_open(&table, NAMESPACES_MAX + 1, 0, 0);
    assert_int_equal(c8d_model_open(table.model, table_text("n0"), table_text("old"), &last), C8D_OK);
    for (unsigned i = 0; i < NAMESPACES_MAX; i++)
        table_enliven(&table, opened_in(&table, i, C8D_OK));
    (void)opened_in(&table, NAMESPACES_MAX, C8D_EXHAUSTED);
    assert_false(table_knows(&table, last));
    assert_false(table_knows(&table, (last & UINT32_MAX) | (c8d_ref)2 << 32)); /* as the free slot counts */
    for (c8d_ref at = c8d_model_next(table.model, C8D_REF_NONE); at != C8D_REF_NONE;
         at = c8d_model_next(table.model, at))
        walked++;
    assert_int_equal(walked, NAMESPACES_MAX);
    c8d_model_list_begin(table.model);
    for (walked = 0; c8d_model_list_sweep(table.model, &table.actions);)
        walked++;
    assert_int_equal(walked, 3 * NAMESPACES_MAX);
    while (c8d_model_recover(table.model, &table.actions))
        assert_false(table_knows(&table, (last & UINT32_MAX) | (c8d_ref)2 << 32));
    assert_int_equal(c8d_model_open(table.model, table_text("n5"), table_text("d"), &last), C8D_OK);
    assert_true(c8d_model_view_process(table.model, last, C8D_REF_NONE, &view));
    assert_int_equal(view.query, C8D_QUERY_IDLE);
    table_close(&table);
}

static void test_grow__with_a_free_slot__leaves_it_free(void **state)
{
    struct table table;
    struct c8d_model_limits limits = {.containers_max = 2 * NAMESPACES_MAX, .execs_max = 1, .wishes_max = 1};
    struct c8d_model *grown;
    static uint64_t memory[NAMESPACES_MAX * 256];
    uint32_t indexed = 0;
    c8d_ref old;

    (void)state;
    table_open(&table, NAMESPACES_MAX + 1, 0, 0);
    assert_int_equal(c8d_model_open(table.model, table_text("n0"), table_text("old"), &old), C8D_OK);
    for (unsigned i = 0; i < NAMESPACES_MAX; i++)
        table_enliven(&table, opened_in(&table, i, C8D_OK));
    (void)opened_in(&table, NAMESPACES_MAX, C8D_EXHAUSTED);
    assert_int_equal(c8d_model_grow(table.model, memory, sizeof(memory), &limits, &grown), C8D_OK);
    for (uint32_t i = 0; i <= grown->index_mask; i++)
        indexed += c8d__index_of(grown)[i] != 0;
    assert_int_equal(indexed, NAMESPACES_MAX);
    for (unsigned i = 0; i < NAMESPACES_MAX; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "n%u", i);
        assert_int_equal((uint32_t)c8d_model_find(grown, table_text(name), table_text("c")), i + 1);
    }
    table_close(&table);
}

/* ---- the wrong one */

static void test_reference__exec_of_another_container__names_nothing(void **state)
{
    struct table table;
    c8d_ref here;
    c8d_ref there;
    c8d_ref exec;
    struct c8d_input input = {.region = C8D_REGION_PROCESS, .symbol = C8D_SYM_EXITED};

    (void)state;
    table_open(&table, 2, 2, 2);
    here = table_container(&table, "a");
    there = table_container(&table, "b");
    exec = table_exec(&table, here, "x");
    assert_true(knows_exec(&table, here, exec));
    assert_false(knows_exec(&table, there, exec));
    assert_false(c8d_model_hold(table.model, there, exec));
    input.container = there;
    input.process = exec;
    assert_int_equal(c8d_model_step(table.model, &input, &table.actions), C8D_FOREIGN);
    input.process = exec + (1ull << 32); /* of another generation */
    input.container = here;
    assert_int_equal(c8d_model_step(table.model, &input, &table.actions), C8D_FOREIGN);
    table_close(&table);
}

static void test_input__of_no_region__is_impossible(void **state)
{
    struct table table;

    (void)state;
    table_open(&table, 1, 0, 0);
    table_step(&table, table_container(&table, "c"), C8D_REF_NONE, C8D_REGION_STDIN + 1, C8D_SYM_EXITED);
    assert_int_equal(table.actions.outcome, C8D_IMPOSSIBLE);
    assert_int_equal(table.actions.count, 0);
    table_close(&table);
}

/* Somebody's zeroed memory is no news, not even of a connection that has not begun. */
static void test_input__of_no_symbol__is_impossible(void **state)
{
    struct table table;
    c8d_ref container;

    (void)state;
    table_open(&table, 1, 1, 1);
    container = table_container(&table, "a");
    for (unsigned region = 0; region <= C8D_REGION_STDIN; region++) {
        table_step(&table, container, C8D_REF_NONE, (uint8_t)region, C8D_SYM_NONE);
        assert_int_equal(table.actions.outcome, C8D_IMPOSSIBLE);
        assert_int_equal(table.actions.count, 0);
    }
    table_close(&table);
}

static void test_release__of_what_is_not_held__changes_nothing(void **state)
{
    struct table table;
    c8d_ref container;
    c8d_ref exec;

    (void)state;
    table_open(&table, 1, 1, 1);
    container = table_container(&table, "c");
    exec = table_exec(&table, container, "x");
    c8d_model_release(table.model, container, exec);
    c8d_model_release(table.model, container, C8D_REF_NONE);
    c8d_model_release(table.model, C8D_REF_NONE, C8D_REF_NONE);
    c8d_model_release(table.model, container, exec + (1ull << 32));
    assert_true(c8d_model_hold(table.model, container, C8D_REF_NONE));
    c8d_model_release(table.model, container, exec + (1ull << 32)); /* not the container's hold */
    c8d_model_release(table.model, C8D_REF_NONE, C8D_REF_NONE);
    table_step(&table, container, C8D_REF_NONE, C8D_REGION_CONTAINER, C8D_SYM_IS_ABSENT);
    assert_int_equal(c8d_model_open(table.model, table_namespace, table_text("d"), &container),
                     C8D_EXHAUSTED);
    table_close(&table);
}

static void test_hold__of_an_exec__keeps_it_and_its_container(void **state)
{
    struct table table;
    c8d_ref container;
    c8d_ref exec;
    c8d_ref other;

    (void)state;
    table_open(&table, 1, 1, 1);
    container = table_container(&table, "c");
    exec = table_exec(&table, container, "x");
    assert_true(c8d_model_hold(table.model, container, exec));
    assert_true(c8d_model_hold(table.model, container, exec));
    c8d_model_release(table.model, container, exec);
    assert_int_equal(c8d_model_open_exec(table.model, container, table_text("y"), &other), C8D_EXHAUSTED);
    assert_int_equal(c8d_model_open(table.model, table_namespace, table_text("d"), &other), C8D_EXHAUSTED);
    c8d_model_release(table.model, container, exec);
    assert_int_equal(c8d_model_open(table.model, table_namespace, table_text("d"), &other), C8D_OK);
    table_close(&table);
}

/* ---- snapshots and actions */

static void test_list__given_up_for_a_newer_one__does_not_count(void **state)
{
    static const uint8_t symbols[] = {C8D_SYM_OPEN, C8D_SYM_SUBSCRIBED, C8D_SYM_OVERFLOW};
    struct table table;
    uint64_t list;

    (void)state;
    table_open(&table, 1, 0, 0);
    for (size_t i = 0; i < sizeof(symbols); i++)
        table_step(&table, C8D_REF_NONE, C8D_REF_NONE, C8D_REGION_CONNECTION, symbols[i]);
    list = table.items[table.actions.count - 1].request;
    assert_true(c8d_model_list_counts(table.model, list));
    assert_false(c8d_model_list_counts(table.model, list + 1));
    table_step(&table, C8D_REF_NONE, C8D_REF_NONE, C8D_REGION_CONNECTION, C8D_SYM_STREAM_ENDED);
    assert_false(c8d_model_list_counts(table.model, list));
    table_close(&table);
}

/* A fault of the caller that must be seen: the last place holds the last action. */
static void test_actions__less_room_than_promised__writes_no_further(void **state)
{
    struct table table;
    struct c8d_action small[2] = {{.kind = C8D_ACTION_DONE}, {.request = 77}};
    c8d_ref container;

    (void)state;
    table_open(&table, 1, 0, 0);
    container = table_container(&table, "c");
    table.actions = (struct c8d_actions){.items = small, .capacity = 1};
    table_step(&table, container, C8D_REF_NONE, C8D_REGION_PROCESS, C8D_SYM_EXITED);
    assert_int_equal(table.actions.count, 1);
    assert_int_equal(small[0].kind, C8D_ACTION_COMMAND);
    assert_int_equal(small[0].what, C8D_COMMAND_QUERY);
    assert_int_equal(small[1].request, 77);
    table_close(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_exec__all_room_taken__forgets_what_ended_longest_ago),
        cmocka_unit_test(test_open_exec__share_full_of_live_ones__is_exhausted),
        cmocka_unit_test(test_container__forgotten__frees_its_execs),
        cmocka_unit_test(test_forget__what_is_over__is_gone_at_once),
        cmocka_unit_test(test_forget__what_lives_or_is_held__stays),
        cmocka_unit_test(test_container__with_an_owed_pause_query__is_forgotten),
        cmocka_unit_test(test_open__more_namespaces_than_there_can_be__is_exhausted),
        cmocka_unit_test(test_open__failed_for_its_namespace__leaves_a_free_slot),
        cmocka_unit_test(test_open__failed_in_a_full_table__leaves_a_free_slot),
        cmocka_unit_test(test_grow__with_a_free_slot__leaves_it_free),
        cmocka_unit_test(test_reference__exec_of_another_container__names_nothing),
        cmocka_unit_test(test_input__of_no_region__is_impossible),
        cmocka_unit_test(test_input__of_no_symbol__is_impossible),
        cmocka_unit_test(test_release__of_what_is_not_held__changes_nothing),
        cmocka_unit_test(test_hold__of_an_exec__keeps_it_and_its_container),
        cmocka_unit_test(test_list__given_up_for_a_newer_one__does_not_count),
        cmocka_unit_test(test_actions__less_room_than_promised__writes_no_further),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
