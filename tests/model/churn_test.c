/* SPDX-License-Identifier: Apache-2.0 */
/* Room that is used again and again: what is forgotten, in which order, and that nothing of it is left. */
#include "engine.h"
#include "table.h"
#include <c8d/image.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROOM 5
#define ROUNDS 300

static void name_one(char *name, unsigned number)
{
    (void)snprintf(name, 16, "i%u", number);
}

static void live(struct table *table, c8d_ref container, c8d_ref process)
{
    table_step(table, container, process, C8D_REGION_PROCESS, C8D_SYM_IS_ABSENT);
    table_step(table, container, process, C8D_REGION_PROCESS, C8D_SYM_CREATED);
    table_step(table, container, process, C8D_REGION_PROCESS, C8D_SYM_IS_CREATED);
    table_step(table, container, process, C8D_REGION_PROCESS, C8D_SYM_DELETED);
}

static void check_new(const struct table *table, c8d_ref container, c8d_ref process)
{
    struct c8d_process_view view;

    assert_true(c8d_model_view_process(table->model, container, process, &view));
    assert_int_equal(view.state, C8D_PROCESS_ABSENT);
    assert_int_equal(view.incarnation, 0);
    assert_false(view.ended);
}

/* The last ones are remembered, however many there were. */
static void test_containers__coming_and_going__the_last_ones_are_known(void **state)
{
    struct table table;
    c8d_ref refs[ROUNDS];

    (void)state;
    table_open(&table, ROOM, 0, 0);
    for (unsigned i = 0; i < ROUNDS; i++) {
        char name[16];

        name_one(name, i);
        refs[i] = table_container(&table, name);
        check_new(&table, refs[i], C8D_REF_NONE);
        live(&table, refs[i], C8D_REF_NONE);
        for (unsigned k = 0; k <= i; k++)
            assert_true(table_knows(&table, refs[k]) == (k + ROOM > i));
    }
    assert_int_equal(c8d_model_counters(table.model)->forgotten, ROUNDS - ROOM);
    table_close(&table);
}

static uint32_t execs_of(const struct table *table, c8d_ref container)
{
    struct c8d_container_view view;

    assert_true(c8d_model_view_container(table->model, container, &view));
    return view.execs;
}

static void test_execs__coming_and_going__the_last_ones_are_known(void **state)
{
    struct table table;
    c8d_ref containers[3];
    c8d_ref refs[ROUNDS];

    (void)state;
    table_open(&table, 3, ROOM, ROOM);
    for (unsigned i = 0; i < 3; i++) {
        containers[i] = table_container(&table, i == 0 ? "a" : i == 1 ? "b" : "c");
        table_enliven(&table, containers[i]);
    }
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct c8d_process_view view;
        uint32_t known = 0;
        char name[16];

        name_one(name, i);
        refs[i] = table_exec(&table, containers[i % 3], name);
        check_new(&table, containers[i % 3], refs[i]);
        live(&table, containers[i % 3], refs[i]);
        for (unsigned k = 0; k <= i; k++)
            assert_true(c8d_model_view_process(table.model, containers[k % 3], refs[k], &view) ==
                        (k + ROOM > i));
        for (unsigned k = 0; k < 3; k++)
            known += execs_of(&table, containers[k]);
        assert_int_equal(known, i + 1 < ROOM ? i + 1 : ROOM);
    }
    table_close(&table);
}

/* Its own oldest makes room, from wherever it stands in the list. */
static void test_execs__of_one_share__the_ended_one_goes(void **state)
{
    (void)state;
    for (unsigned ended = 0; ended < 3; ended++) {
        struct table table;
        c8d_ref container;
        c8d_ref refs[4];

        table_open(&table, 1, 8, 3);
        container = table_container(&table, "c");
        for (unsigned i = 0; i < 3; i++) {
            char name[16];

            name_one(name, i);
            refs[i] = table_exec(&table, container, name);
            if (i != ended)
                table_step(&table, container, refs[i], C8D_REGION_PROCESS, C8D_SYM_CREATED);
        }
        refs[3] = table_exec(&table, container, "next");
        for (unsigned i = 0; i < 4; i++) {
            struct c8d_process_view view;

            assert_true(c8d_model_view_process(table.model, container, refs[i], &view) == (i != ended));
        }
        assert_int_equal(execs_of(&table, container), 3);
        table_close(&table);
    }
}

/* Both of the execs that went with their container can be had again. */
static void test_execs__freed_with_their_container__are_all_free(void **state)
{
    struct table table;
    c8d_ref container;
    c8d_ref refs[3];

    (void)state;
    table_open(&table, 1, 3, 3);
    container = table_container(&table, "a");
    for (unsigned i = 0; i < 3; i++) {
        char name[16];

        name_one(name, i);
        refs[i] = table_exec(&table, container, name);
    }
    container = table_container(&table, "b");
    while (c8d_model_recover(table.model, &table.actions))
        ; /* which finds three free slots */
    for (unsigned i = 0; i < 3; i++) {
        char name[16];

        name_one(name, i);
        refs[i] = table_exec(&table, container, name);
    }
    for (unsigned i = 0; i < 3; i++)
        check_new(&table, container, refs[i]);
    assert_int_equal(c8d_model_find_exec(table.model, C8D_REF_NONE, table_text("i0")), C8D_REF_NONE);
    table_close(&table);
}

/* An exec that was deleted with its task makes room as any other. */
static void test_exec__deleted_with_its_task__makes_room(void **state)
{
    struct table table;
    c8d_ref container;
    c8d_ref exec;

    (void)state;
    table_open(&table, 1, 1, 1);
    container = table_container(&table, "c");
    table_step(&table, container, C8D_REF_NONE, C8D_REGION_PROCESS, C8D_SYM_STARTED);
    table_step(&table, container, C8D_REF_NONE, C8D_REGION_PROCESS, C8D_SYM_IS_RUNNING);
    exec = table_exec(&table, container, "x");
    table_step(&table, container, exec, C8D_REGION_PROCESS, C8D_SYM_CREATED);
    table_step(&table, container, exec, C8D_REGION_PROCESS, C8D_SYM_IS_STOPPED);
    assert_int_equal(c8d_model_open_exec(table.model, container, table_text("y"), &exec), C8D_EXHAUSTED);
    table_step(&table, container, C8D_REF_NONE, C8D_REGION_PROCESS, C8D_SYM_DELETED);
    assert_int_equal(c8d_model_open_exec(table.model, container, table_text("y"), &exec), C8D_OK);
    table_close(&table);
}

/* ---- what is not at rest is not forgotten */

/* True when the only container has to be kept. */
static bool is_kept(struct table *table)
{
    c8d_ref ref;

    return c8d_model_open(table->model, table_namespace, table_text("other"), &ref) == C8D_EXHAUSTED;
}

static void test_container__with_something_under_way__is_kept(void **state)
{
    static const struct {
        uint8_t region;
        uint8_t symbol;
    } before[][4] = {
        /* A query of its process: an end that was seen first, and a delete. */
        {{C8D_REGION_PROCESS, C8D_SYM_EXITED}, {C8D_REGION_PROCESS, C8D_SYM_DELETED}},
        /* A query of its task. */
        {{C8D_REGION_PROCESS, C8D_SYM_STARTED},
         {C8D_REGION_PROCESS, C8D_SYM_IS_RUNNING},
         {C8D_REGION_TASK, C8D_SYM_PAUSED},
         {C8D_REGION_PROCESS, C8D_SYM_DELETED}},
        /* A call to its task. */
        {{C8D_REGION_PROCESS, C8D_SYM_STARTED},
         {C8D_REGION_PROCESS, C8D_SYM_IS_RUNNING},
         {C8D_REGION_TASK, C8D_SYM_PAUSE},
         {C8D_REGION_PROCESS, C8D_SYM_DELETED}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
        struct table table;
        c8d_ref container;

        table_open(&table, 1, 0, 0);
        container = table_container(&table, "c");
        for (size_t k = 0; k < 4 && before[i][k].symbol != 0; k++)
            table_step(&table, container, C8D_REF_NONE, before[i][k].region, before[i][k].symbol);
        assert_true(is_kept(&table));
        table_close(&table);
    }
}

/* A list that is under way asks after everything that is known. */
static void test_container__in_a_list_under_way__is_kept_until_its_end(void **state)
{
    struct table table;

    (void)state;
    table_open(&table, 1, 0, 0);
    (void)table_container(&table, "c");
    c8d_model_list_begin(table.model);
    for (unsigned region = 0; region < 3; region++) { /* its task, its process, its record */
        assert_true(is_kept(&table));
        assert_true(c8d_model_list_sweep(table.model, &table.actions));
    }
    assert_false(is_kept(&table));
    table_close(&table);
}

static void test_container__with_a_live_exec_behind_an_ended_one__is_kept(void **state)
{
    struct table table;
    c8d_ref container;
    c8d_ref exec;

    (void)state;
    table_open(&table, 1, 2, 2);
    container = table_container(&table, "c");
    exec = table_exec(&table, container, "x");
    table_step(&table, container, exec, C8D_REGION_PROCESS, C8D_SYM_CREATED);
    (void)table_exec(&table, container, "y"); /* in front, and at rest */
    table_step(&table, container, C8D_REF_NONE, C8D_REGION_CONTAINER, C8D_SYM_IS_ABSENT);
    assert_true(is_kept(&table));
    table_close(&table);
}

static void test_hold__of_what_is_at_rest__keeps_it(void **state)
{
    struct table table;
    c8d_ref container;
    c8d_ref exec;

    (void)state;
    table_open(&table, 1, 1, 1);
    container = table_container(&table, "c");
    exec = table_exec(&table, container, "x");
    c8d_model_release(table.model, container, exec); /* which was not held */
    assert_true(c8d_model_hold(table.model, container, C8D_REF_NONE));
    assert_true(is_kept(&table));
    assert_int_equal(c8d_model_open_exec(table.model, container, table_text("y"), &exec), C8D_OK);
    c8d_model_release(table.model, container, C8D_REF_NONE);
    assert_false(is_kept(&table));
    table_close(&table);
}

/* ---- references out of nowhere */

static void test_reference__made_up__names_nothing(void **state)
{
    struct table table;
    c8d_ref container;
    c8d_ref exec;

    (void)state;
    table_open(&table, 2, 1, 1);
    container = table_container(&table, "a");
    exec = table_exec(&table, container, "x");
    assert_true(table_knows(&table, container));
    assert_false(table_knows(&table, container | 0xffffff));
    assert_false(table_knows(&table, container + 1)); /* never used, and even */
    assert_false(table_knows(&table, (c8d_ref)1));
    assert_false(c8d_model_hold(table.model, container, exec | 0xffffff));
    /* Behind the last exec lies the namespace, which has one user. */
    assert_false(c8d_model_hold(table.model, container, exec + 1));
    (void)table_container(&table, "b");
    /* Behind the last container lies the first exec, whose generation is the same. */
    assert_false(table_knows(&table, container + 2));
    assert_false(c8d_model_hold(table.model, container, exec + 1));
    table_close(&table);
}

/* A list begins with everything that is in use, and with nothing that lies behind it. */
static void test_list_begin__all_execs_in_use__touches_nothing_else(void **state)
{
    struct table table;
    char name[C8D_NAME_BYTES_MAX];
    c8d_ref container;
    c8d_ref far_away;
    c8d_ref exec;

    (void)state;
    /* Were it taken for an exec, it would be one that runs, with every flag. */
    memset(name, C8D_PROCESS_RUNNING | 0x10, sizeof(name));
    table_open(&table, 2, 1, 1);
    container = table_container(&table, "c");
    exec = table_exec(&table, container, "x");
    table_step(&table, container, exec, C8D_REGION_PROCESS, C8D_SYM_CREATED);
    assert_int_equal(
        c8d_model_open(table.model, (struct c8d_str){name, sizeof(name)}, table_text("d"), &far_away),
        C8D_OK);
    c8d_model_list_begin(table.model);
    while (c8d_model_list_sweep(table.model, &table.actions))
        assert_true(table.actions.count < 4);
    assert_int_equal(c8d_model_find(table.model, (struct c8d_str){name, sizeof(name)}, table_text("d")),
                     far_away);
    table_close(&table);
}

/* Growing as little as nothing, and with all that there is. */
static void test_grow__to_the_same_size__keeps_every_exec(void **state)
{
    struct table table;
    struct c8d_model *grown;
    static uint64_t memory[8192];
    uint32_t indexed = 0;
    c8d_ref container;
    c8d_ref execs[3];

    (void)state;
    table_open(&table, 1, 3, 3);
    container = table_container(&table, "c");
    for (unsigned i = 0; i < 3; i++) {
        char name[16];

        name_one(name, i);
        execs[i] = table_exec(&table, container, name);
    }
    table.limits.adopt = true;
    assert_int_equal(c8d_model_grow(table.model, memory, sizeof(memory), &table.limits, &grown), C8D_OK);
    for (uint32_t i = 0; i <= grown->index_mask; i++)
        indexed += c8d__index_of(grown)[i] != 0;
    assert_int_equal(indexed, 1);
    assert_true(c8d_model_limits(grown)->adopt);
    assert_false(c8d_model_limits(table.model)->adopt);
    for (unsigned i = 0; i < 3; i++) {
        char name[16];

        name_one(name, i);
        assert_int_equal(c8d_model_find_exec(grown, container, table_text(name)), execs[i]);
    }
    table_close(&table);
}

/* The most that a step can give: what init gives, and six things of each of its execs. */
static void test_actions_max__counts_six_for_each_exec(void **state)
{
    struct c8d_model_limits limits = {.containers_max = 1};
    uint32_t alone = c8d_model_actions_max(&limits);

    (void)state;
    assert_int_equal(alone, 40);
    for (limits.execs_per_container_max = 1; limits.execs_per_container_max < 9;
         limits.execs_per_container_max++)
        assert_int_equal(c8d_model_actions_max(&limits), alone + 6 * limits.execs_per_container_max);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_containers__coming_and_going__the_last_ones_are_known),
        cmocka_unit_test(test_execs__coming_and_going__the_last_ones_are_known),
        cmocka_unit_test(test_execs__of_one_share__the_ended_one_goes),
        cmocka_unit_test(test_execs__freed_with_their_container__are_all_free),
        cmocka_unit_test(test_exec__deleted_with_its_task__makes_room),
        cmocka_unit_test(test_container__with_something_under_way__is_kept),
        cmocka_unit_test(test_container__in_a_list_under_way__is_kept_until_its_end),
        cmocka_unit_test(test_container__with_a_live_exec_behind_an_ended_one__is_kept),
        cmocka_unit_test(test_hold__of_what_is_at_rest__keeps_it),
        cmocka_unit_test(test_reference__made_up__names_nothing),
        cmocka_unit_test(test_list_begin__all_execs_in_use__touches_nothing_else),
        cmocka_unit_test(test_grow__to_the_same_size__keeps_every_exec),
        cmocka_unit_test(test_actions_max__counts_six_for_each_exec),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
