/* SPDX-License-Identifier: Apache-2.0 */
/* Slots that are taken, held, given back and taken again: nothing of who was there before stays behind. */
#include "engine.h"
#include "table.h"
#include <c8d/image.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The neighbour of a free slot is none of who takes it: it would stand among the ended, or count as a hold.
 */
static void test_slot__taken_from_among_the_free__has_no_neighbour(void **state)
{
    struct table table;
    c8d_ref first;
    c8d_ref again;

    (void)state;
    table_open(&table, 2, 0, 0);
    first = table_container(&table, "a");
    assert_true(c8d_model_forget(table.model, first, C8D_REF_NONE));
    again = table_container(&table, "b");
    (void)table_container(&table, "c");
    assert_true(c8d_model_forget(table.model, again, C8D_REF_NONE));
    assert_true(c8d_model_forget(table.model, c8d_model_find(table.model, table_namespace, table_text("c")),
                                 C8D_REF_NONE));
    first = table_container(&table, "d");
    assert_true(c8d_model_hold(table.model, first, C8D_REF_NONE));
    assert_true(c8d_model_hold(table.model, first, C8D_REF_NONE));
    again = table_container(&table, "e");
    c8d_model_release(table.model, first, C8D_REF_NONE);
    assert_false(c8d_model_forget(table.model, first, C8D_REF_NONE));
    c8d_model_release(table.model, first, C8D_REF_NONE);
    (void)table_container(&table, "f");
    assert_false(table_knows(&table, again));
    assert_true(c8d_model_forget(table.model, first, C8D_REF_NONE));
    table_close(&table);
}

static void test_hold__after_those_of_a_former_life__counts_from_one(void **state)
{
    struct table table;
    c8d_ref container;

    (void)state;
    table_open(&table, 1, 0, 0);
    container = table_container(&table, "c");
    table_enliven(&table, container);
    assert_true(c8d_model_hold(table.model, container, C8D_REF_NONE));
    assert_true(c8d_model_hold(table.model, container, C8D_REF_NONE));
    while (c8d_model_recover(table.model, &table.actions))
        ;
    assert_true(c8d_model_hold(table.model, container, C8D_REF_NONE));
    c8d_model_release(table.model, container, C8D_REF_NONE);
    table_finish(&table, container);
    assert_true(c8d_model_forget(table.model, container, C8D_REF_NONE));
    table_close(&table);
}

static void test_hold__of_what_is_wished__leaves_the_wish(void **state)
{
    struct table table;
    c8d_ref container;
    c8d_ref other;

    (void)state;
    table_open(&table, 2, 0, 0);
    container = table_container(&table, "c");
    other = table_container(&table, "d");
    table_step(&table, container, C8D_REF_NONE, C8D_REGION_CONTAINER, C8D_SYM_WISH_STOPPED);
    assert_int_equal(table.actions.outcome, C8D_ACCEPTED);
    assert_true(c8d_model_hold(table.model, container, C8D_REF_NONE));
    c8d_model_release(table.model, container, C8D_REF_NONE);
    table_step(&table, other, C8D_REF_NONE, C8D_REGION_CONTAINER, C8D_SYM_WISH_STOPPED);
    assert_int_equal(table.actions.outcome, C8D_IMPOSSIBLE);
    /* There is room for one, and this gives it back. */
    table_step(&table, container, C8D_REF_NONE, C8D_REGION_CONTAINER, C8D_SYM_WISH_NONE);
    table_step(&table, other, C8D_REF_NONE, C8D_REGION_CONTAINER, C8D_SYM_WISH_STOPPED);
    assert_int_equal(table.actions.outcome, C8D_ACCEPTED);
    table_close(&table);
}

/* What lies behind the last of them is something else, whatever it looks like. */
static void test_reference__behind_the_last_slot__names_nothing(void **state)
{
    const uint64_t first_life = 1ull << 32;
    struct table table;
    c8d_ref container;

    (void)state;
    table_open(&table, 1, 1, 1);
    container = table_container(&table, "c");
    (void)table_exec(&table, container, "x");
    c8d__container_at(table.model, 1)->generation = 1;
    assert_null(c8d__container_of(table.model, first_life | 1));
    c8d__container_at(table.model, 1)->generation = 0;
    c8d__exec_at(table.model, 1)->generation = 1;
    assert_null(c8d__exec_of(table.model, first_life | 1));
    c8d__exec_at(table.model, 1)->generation = 0;
    table_close(&table);
}

/* A list is for those that are there. */
static void test_list__as_many_as_there_is_room_for__leaves_what_lies_behind_them(void **state)
{
    struct table table;
    struct c8d__container *behind;
    struct c8d__container before;
    struct c8d__exec *exec_behind;

    (void)state;
    table_open(&table, 1, 2, 2);
    (void)table_exec(&table, table_container(&table, "c"), "x");
    (void)table_exec(&table, c8d_model_find(table.model, table_namespace, table_text("c")), "y");
    exec_behind = c8d__exec_at(table.model, 2);
    exec_behind->process.flags = C8D__CREATED_DUE;
    c8d_model_list_begin(table.model);
    assert_int_equal(exec_behind->process.flags, C8D__CREATED_DUE);
    while (c8d_model_list_sweep(table.model, &table.actions))
        ;

    behind = c8d__container_at(table.model, 1);
    behind->generation = 1;
    before = *behind;
    c8d_model_list_begin(table.model);
    assert_memory_equal(behind, &before, sizeof(before));
    while (c8d_model_list_sweep(table.model, &table.actions))
        ;
    c8d_model_list_begin(table.model);
    behind->record_query = C8D_QUERY_LISTED;
    before = *behind;
    while (c8d_model_list_sweep(table.model, &table.actions))
        ;
    assert_memory_equal(behind, &before, sizeof(before));
    table_close(&table);
}

/* Nor does our own restart ask for anybody who is none. */
static void test_recover__as_many_as_there_is_room_for__leaves_what_lies_behind_them(void **state)
{
    struct table table;
    struct c8d__container *behind;
    struct c8d__container before;

    (void)state;
    table_open(&table, 1, 1, 1);
    (void)table_container(&table, "c");
    behind = c8d__container_at(table.model, 1);
    behind->generation = 1;
    behind->flags = C8D__DUE_PAUSED;
    before = *behind;
    while (c8d_model_recover(table.model, &table.actions))
        ;
    assert_int_equal(behind->flags, before.flags);
    table_close(&table);
}

/* An image says nothing of who was forgotten. */
static void test_forget__what_lay_apart__is_cleared(void **state)
{
    static const struct c8d__container_rest no_container;
    static const struct c8d__rest no_exec;
    struct table table;
    struct c8d__container_rest *of_container;
    struct c8d__rest *of_exec;
    c8d_ref container;
    c8d_ref exec;

    (void)state;
    table_open(&table, 1, 1, 1);
    container = table_container(&table, "c");
    exec = table_exec(&table, container, "x");
    of_container = c8d__container_rest(table.model, c8d__container_of(table.model, container));
    of_exec = c8d__exec_rest(table.model, c8d__exec_of(table.model, exec));
    memset(of_container, 7, sizeof(*of_container));
    memset(of_exec, 7, sizeof(*of_exec));
    assert_true(c8d_model_forget(table.model, container, exec));
    assert_memory_equal(of_exec, &no_exec, sizeof(no_exec));
    assert_true(c8d_model_forget(table.model, container, C8D_REF_NONE));
    assert_memory_equal(of_container, &no_container, sizeof(no_container));
    table_close(&table);
}

/* Nor of what was wished: two models that know the same are the same, byte by byte. */
static void test_wish__given_up__is_cleared(void **state)
{
    static const struct c8d__wish no_wish;
    struct table table;
    c8d_ref container;

    (void)state;
    table_open(&table, 1, 0, 0);
    container = table_container(&table, "c");
    table_enliven(&table, container);
    table_step(&table, container, C8D_REF_NONE, C8D_REGION_CONTAINER, C8D_SYM_WISH_STOPPED);
    assert_memory_not_equal(c8d__wish_at(table.model, 0), &no_wish, sizeof(no_wish));
    table_step(&table, container, C8D_REF_NONE, C8D_REGION_CONTAINER, C8D_SYM_WISH_NONE);
    assert_memory_equal(c8d__wish_at(table.model, 0), &no_wish, sizeof(no_wish));
    assert_int_equal(c8d__container_rest(table.model, c8d__container_of(table.model, container))->wish, 0);
    table_close(&table);
}

/* Byte i of such a piece. */
static void mark(void *piece, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        ((uint8_t *)piece)[i] = (uint8_t)(i % 251 + 1);
}

/* All that lies apart, of each of several: it is in other places when there is more room. */
static void test_grow__what_lies_apart__goes_along(void **state)
{
    enum { N = 3 };
    static uint64_t memory[2048];
    struct c8d_model_limits limits = {
        .containers_max = N + 1, .execs_max = N + 1, .execs_per_container_max = N, .wishes_max = 1};
    struct c8d__container_rest containers[N];
    struct c8d__rest execs[N];
    struct c8d__links links[N];
    struct c8d_model *grown;
    struct c8d_model *old;
    struct table table;

    (void)state;
    table_open(&table, N, N, N);
    old = table.model;
    for (unsigned i = 0; i < N; i++)
        (void)table_exec(&table, table_container(&table, (const char *[]){"a", "b", "c"}[i]), "x");
    mark(containers, sizeof(containers));
    mark(execs, sizeof(execs));
    mark(links, sizeof(links));
    memcpy(c8d__container_rest(old, c8d__container_at(old, 0)), containers, sizeof(containers));
    memcpy(c8d__exec_rest(old, c8d__exec_at(old, 0)), execs, sizeof(execs));
    memcpy(c8d__links_at(old, &old->containers, 0), links, sizeof(links));
    memcpy(c8d__links_at(old, &old->execs, 0), links, sizeof(links));
    assert_int_equal(c8d_model_grow(old, memory, sizeof(memory), &limits, &grown), C8D_OK);
    assert_memory_equal(c8d__container_rest(grown, c8d__container_at(grown, 0)), containers,
                        sizeof(containers));
    assert_memory_equal(c8d__exec_rest(grown, c8d__exec_at(grown, 0)), execs, sizeof(execs));
    assert_memory_equal(c8d__links_at(grown, &grown->containers, 0), links, sizeof(links));
    assert_memory_equal(c8d__links_at(grown, &grown->execs, 0), links, sizeof(links));
    table_close(&table);
}

/* What lies behind the last container looks like one, and is not looked for. */
static void test_grow__to_as_many_containers__has_those_alone_in_the_index(void **state)
{
    static uint64_t memory[2048];
    struct c8d_model_limits limits;
    struct c8d_model *grown;
    struct table table;
    uint32_t indexed = 0;

    (void)state;
    table_open(&table, 1, 1, 1);
    (void)table_container(&table, "c");
    limits = table.limits;
    limits.execs_max = 2;
    c8d__container_at(table.model, 1)->generation = 1;
    assert_int_equal(c8d_model_grow(table.model, memory, sizeof(memory), &limits, &grown), C8D_OK);
    assert_int_equal(c8d__container_at(grown, 1)->generation, 1);
    for (uint32_t i = 0; i <= grown->index_mask; i++)
        indexed += c8d__index_of(grown)[i] != 0;
    assert_int_equal(indexed, 1);
    table_close(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slot__taken_from_among_the_free__has_no_neighbour),
        cmocka_unit_test(test_hold__after_those_of_a_former_life__counts_from_one),
        cmocka_unit_test(test_hold__of_what_is_wished__leaves_the_wish),
        cmocka_unit_test(test_reference__behind_the_last_slot__names_nothing),
        cmocka_unit_test(test_list__as_many_as_there_is_room_for__leaves_what_lies_behind_them),
        cmocka_unit_test(test_recover__as_many_as_there_is_room_for__leaves_what_lies_behind_them),
        cmocka_unit_test(test_forget__what_lay_apart__is_cleared),
        cmocka_unit_test(test_wish__given_up__is_cleared),
        cmocka_unit_test(test_grow__what_lies_apart__goes_along),
        cmocka_unit_test(test_grow__to_as_many_containers__has_those_alone_in_the_index),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
