/* SPDX-License-Identifier: Apache-2.0 */
/* The model's memory: names, references, holds, forgetting, growing, moving. */
#include "table.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- limits and memory */

static void test_bytes__limit_out_of_range__is_zero(void **state)
{
    struct c8d_model_limits limits = {.containers_max = 1};

    (void)state;
    assert_true(c8d_model_bytes(&limits) > 0);
    limits.containers_max = 1u << 24;
    assert_true(c8d_model_bytes(&limits) > 0);
    limits = (struct c8d_model_limits){
        .containers_max = 1, .execs_max = 1u << 24, .execs_per_container_max = 4096};
    assert_true(c8d_model_bytes(&limits) > 0);
    limits.containers_max = 0;
    assert_int_equal(c8d_model_bytes(&limits), 0);
    limits.containers_max = (1u << 24) + 1;
    assert_int_equal(c8d_model_bytes(&limits), 0);
    limits = (struct c8d_model_limits){.containers_max = 1, .execs_max = (1u << 24) + 1};
    assert_int_equal(c8d_model_bytes(&limits), 0);
    limits = (struct c8d_model_limits){.containers_max = 1, .execs_per_container_max = 4097};
    assert_int_equal(c8d_model_bytes(&limits), 0);
    limits = (struct c8d_model_limits){.containers_max = 1, .wishes_max = 1};
    assert_true(c8d_model_bytes(&limits) > 0);
    limits.wishes_max = 2;
    assert_int_equal(c8d_model_bytes(&limits), 0);
}

static void test_init__memory_small_or_misaligned__is_invalid(void **state)
{
    const struct c8d_model_limits limits = {.containers_max = 2};
    const struct c8d_model_limits none = {.containers_max = 0};
    size_t bytes = c8d_model_bytes(&limits);
    char *memory = malloc(bytes + 8);
    struct c8d_model *model;

    (void)state;
    assert_non_null(memory);
    assert_int_equal(c8d_model_init(memory, bytes - 1, &limits, &model), C8D_INVALID);
    assert_int_equal(c8d_model_init(memory + 1, bytes, &limits, &model), C8D_INVALID);
    assert_int_equal(c8d_model_init(memory + 4, bytes, &limits, &model), C8D_INVALID);
    assert_int_equal(c8d_model_init(NULL, bytes, &limits, &model), C8D_INVALID);
    assert_int_equal(c8d_model_init(memory + 8, bytes, &none, &model), C8D_INVALID);
    assert_int_equal(c8d_model_init(memory + 8, bytes, &limits, &model), C8D_OK);
    free(memory);
}

/* ---- names */

static void test_open__name_of_76_and_77_bytes__fits_and_does_not(void **state)
{
    struct table table;
    char name[78];
    c8d_ref ref;

    (void)state;
    table_open(&table, 2, 2, 2);
    memset(name, 'n', sizeof(name));
    assert_int_equal(
        c8d_model_open(table.model, (struct c8d_str){name, 76}, (struct c8d_str){name, 76}, &ref), C8D_OK);
    assert_int_equal(c8d_model_open(table.model, table_namespace, (struct c8d_str){name, 77}, &ref),
                     C8D_INVALID);
    assert_int_equal(c8d_model_open(table.model, (struct c8d_str){name, 77}, table_text("c"), &ref),
                     C8D_INVALID);
    assert_int_equal(c8d_model_open(table.model, table_namespace, table_text(""), &ref), C8D_INVALID);
    assert_int_equal(c8d_model_open(table.model, table_text(""), table_text("c"), &ref), C8D_INVALID);
    assert_int_equal(c8d_model_find(table.model, table_namespace, (struct c8d_str){name, 77}), C8D_REF_NONE);
    table_close(&table);
}

static void test_open__same_id_in_two_namespaces__are_two(void **state)
{
    struct table table;
    c8d_ref here;
    c8d_ref there;

    (void)state;
    table_open(&table, 2, 0, 0);
    here = table_container(&table, "c");
    assert_int_equal(c8d_model_open(table.model, table_text("k8s.io"), table_text("c"), &there), C8D_OK);
    assert_true(here != there);
    assert_int_equal(c8d_model_find(table.model, table_text("k8s.io"), table_text("c")), there);
    assert_int_equal(c8d_model_find(table.model, table_namespace, table_text("c")), here);
    table_close(&table);
}

static void test_open_exec__named_as_its_container__is_invalid(void **state)
{
    struct table table;
    c8d_ref container;
    c8d_ref exec;

    (void)state;
    table_open(&table, 2, 2, 2);
    container = table_container(&table, "c");
    assert_int_equal(c8d_model_open_exec(table.model, container, table_text("c"), &exec), C8D_INVALID);
    assert_int_equal(c8d_model_open_exec(table.model, container, table_text(""), &exec), C8D_INVALID);
    assert_int_equal(c8d_model_open_exec(table.model, C8D_REF_NONE, table_text("e"), &exec), C8D_INVALID);
    exec = table_exec(&table, container, "e");
    assert_int_equal(table_exec(&table, container, "e"), exec);
    assert_int_equal(c8d_model_find_exec(table.model, container, table_text("e")), exec);
    table_close(&table);
}

/* ---- forgetting */

static void test_open__full_of_live_ones__is_exhausted(void **state)
{
    struct table table;
    c8d_ref ref;

    (void)state;
    table_open(&table, 2, 0, 0);
    table_enliven(&table, table_container(&table, "a"));
    table_enliven(&table, table_container(&table, "b"));
    assert_int_equal(c8d_model_open(table.model, table_namespace, table_text("c"), &ref), C8D_EXHAUSTED);
    table_finish(&table, table_container(&table, "a"));
    assert_int_equal(c8d_model_open(table.model, table_namespace, table_text("c"), &ref), C8D_OK);
    table_close(&table);
}

static void test_open__full__forgets_what_ended_longest_ago(void **state)
{
    struct table table;
    c8d_ref refs[3];

    (void)state;
    table_open(&table, 3, 0, 0);
    refs[0] = table_container(&table, "a");
    refs[1] = table_container(&table, "b");
    refs[2] = table_container(&table, "c");
    for (unsigned i = 0; i < 3; i++)
        table_enliven(&table, refs[i]);
    table_finish(&table, refs[1]);
    table_finish(&table, refs[0]);
    (void)table_container(&table, "d");
    assert_true(table_knows(&table, refs[0]));
    assert_false(table_knows(&table, refs[1]));
    assert_true(table_knows(&table, refs[2]));
    assert_int_equal(c8d_model_counters(table.model)->forgotten, 1);
    table_close(&table);
}

static void test_hold__ended__is_not_forgotten_until_released_as_often(void **state)
{
    struct table table;
    c8d_ref held;
    c8d_ref ref;

    (void)state;
    table_open(&table, 1, 0, 0);
    held = table_container(&table, "a");
    assert_true(c8d_model_hold(table.model, held, C8D_REF_NONE));
    assert_true(c8d_model_hold(table.model, held, C8D_REF_NONE));
    c8d_model_release(table.model, held, C8D_REF_NONE);
    assert_int_equal(c8d_model_open(table.model, table_namespace, table_text("b"), &ref), C8D_EXHAUSTED);
    c8d_model_release(table.model, held, C8D_REF_NONE);
    assert_int_equal(c8d_model_open(table.model, table_namespace, table_text("b"), &ref), C8D_OK);
    assert_false(c8d_model_hold(table.model, held, C8D_REF_NONE));
    table_close(&table);
}

static void test_reference__of_a_forgotten_one__finds_nothing(void **state)
{
    struct table table;
    c8d_ref old;
    c8d_ref young;

    (void)state;
    table_open(&table, 1, 0, 0);
    old = table_container(&table, "a");
    young = table_container(&table, "b");
    assert_true(old != young);
    assert_false(table_knows(&table, old));
    table_step(&table, old, C8D_REF_NONE, C8D_REGION_PROCESS, C8D_SYM_EXITED);
    assert_int_equal(table.actions.outcome, C8D_FOREIGN);
    table_step(&table, old, C8D_REF_NONE, C8D_REGION_PROCESS, C8D_SYM_KILL);
    assert_int_equal(table.actions.outcome, C8D_IMPOSSIBLE);
    assert_int_equal(table.actions.items[0].status, C8D_NOT_FOUND);
    (void)c8d_model_killed(table.model, old, C8D_REF_NONE, 7, C8D_OK, &table.actions);
    assert_int_equal(table.actions.count, 1);
    assert_int_equal(table.actions.items[0].request, 7);
    table_close(&table);
}

static void test_open_exec__share_is_full__forgets_its_own_oldest(void **state)
{
    struct table table;
    c8d_ref container;
    c8d_ref first;
    c8d_ref second;

    (void)state;
    table_open(&table, 2, 4, 2);
    container = table_container(&table, "c");
    first = table_exec(&table, container, "e1");
    second = table_exec(&table, container, "e2");
    (void)table_exec(&table, container, "e3");
    assert_int_equal(c8d_model_find_exec(table.model, container, table_text("e1")), C8D_REF_NONE);
    assert_int_equal(c8d_model_find_exec(table.model, container, table_text("e2")), second);
    assert_int_equal(c8d_model_exec_id(table.model, first).len, 0);
    assert_true(c8d_model_hold(table.model, container, second));
    (void)table_exec(&table, container, "e4");
    assert_int_equal(c8d_model_find_exec(table.model, container, table_text("e2")), second);
    table_close(&table);
}

static void test_next__walks__each_once(void **state)
{
    struct table table;
    c8d_ref container;
    unsigned containers = 0;
    unsigned execs = 0;

    (void)state;
    table_open(&table, 4, 4, 4);
    container = table_container(&table, "a");
    (void)table_container(&table, "b");
    (void)table_exec(&table, container, "e1");
    (void)table_exec(&table, container, "e2");
    for (c8d_ref at = c8d_model_next(table.model, C8D_REF_NONE); at != C8D_REF_NONE;
         at = c8d_model_next(table.model, at))
        containers++;
    for (c8d_ref at = c8d_model_next_exec(table.model, container, C8D_REF_NONE); at != C8D_REF_NONE;
         at = c8d_model_next_exec(table.model, container, at))
        execs++;
    assert_int_equal(containers, 2);
    assert_int_equal(execs, 2);
    table_close(&table);
}

/* ---- growing and moving */

static void test_grow__references_and_states__stay(void **state)
{
    struct table table;
    struct c8d_model_limits more = {
        .containers_max = 50, .execs_max = 9, .execs_per_container_max = 3, .wishes_max = 2};
    c8d_ref container;
    c8d_ref exec;
    struct c8d_model *grown;
    struct c8d_container_view view;
    void *memory;

    (void)state;
    table_open(&table, 2, 2, 2);
    container = table_container(&table, "a");
    exec = table_exec(&table, container, "e");
    table_enliven(&table, container);
    table_step(&table, container, C8D_REF_NONE, C8D_REGION_CONTAINER, C8D_SYM_WISH_STOPPED);
    memory = malloc(c8d_model_bytes(&more));
    assert_non_null(memory);
    assert_int_equal(c8d_model_grow(table.model, memory, c8d_model_bytes(&more), &more, &grown), C8D_OK);
    free(table.memory);
    table.memory = memory;
    table.model = grown;
    assert_int_equal(c8d_model_find(grown, table_namespace, table_text("a")), container);
    assert_int_equal(c8d_model_find_exec(grown, container, table_text("e")), exec);
    assert_true(c8d_model_view_container(grown, container, &view));
    assert_int_equal(view.state, C8D_CONTAINER_PRESENT);
    assert_int_equal(view.wish, C8D_WISH_STOPPED);
    assert_int_equal(c8d_model_limits(grown)->containers_max, 50);
    for (unsigned i = 0; i < 49; i++) {
        char id[8];

        (void)snprintf(id, sizeof(id), "n%u", i);
        (void)table_container(&table, id);
    }
    assert_int_equal(c8d_model_counters(grown)->forgotten, 0);
    table_close(&table);
}

static void test_grow__limit_shrinks__is_invalid(void **state)
{
    struct table table;
    struct c8d_model_limits less = {
        .containers_max = 1, .execs_max = 2, .execs_per_container_max = 2, .wishes_max = 1};
    struct c8d_model *grown;
    uint64_t memory[2048];

    (void)state;
    table_open(&table, 2, 2, 2);
    assert_int_equal(c8d_model_grow(table.model, memory, sizeof(memory), &less, &grown), C8D_INVALID);
    less = (struct c8d_model_limits){
        .containers_max = 2, .execs_max = 1, .execs_per_container_max = 2, .wishes_max = 1};
    assert_int_equal(c8d_model_grow(table.model, memory, sizeof(memory), &less, &grown), C8D_INVALID);
    less = (struct c8d_model_limits){
        .containers_max = 2, .execs_max = 2, .execs_per_container_max = 1, .wishes_max = 1};
    assert_int_equal(c8d_model_grow(table.model, memory, sizeof(memory), &less, &grown), C8D_INVALID);
    less = table.limits;
    less.wishes_max = 0;
    assert_int_equal(c8d_model_grow(table.model, memory, sizeof(memory), &less, &grown), C8D_INVALID);
    assert_int_equal(c8d_model_grow(table.model, memory, 8, &table.limits, &grown), C8D_INVALID);
    table_close(&table);
}

static void test_copy__moved_by_memcpy__goes_on_alike(void **state)
{
    struct table table;
    size_t bytes;
    void *memory;
    c8d_ref container;

    (void)state;
    table_open(&table, 3, 3, 3);
    container = table_container(&table, "a");
    table_enliven(&table, container);
    bytes = c8d_model_bytes(&table.limits);
    memory = malloc(bytes);
    assert_non_null(memory);
    memcpy(memory, table.memory, bytes);
    table_step(&table, container, C8D_REF_NONE, C8D_REGION_PROCESS, C8D_SYM_CREATE);
    {
        struct table copy = table;

        copy.model = memory;
        copy.actions.items = copy.items;
        table_step(&copy, container, C8D_REF_NONE, C8D_REGION_PROCESS, C8D_SYM_CREATE);
        assert_int_equal(copy.actions.count, table.actions.count);
        assert_memory_equal(copy.items, table.items, copy.actions.count * sizeof(copy.items[0]));
    }
    assert_memory_equal(memory, table.memory, bytes);
    free(memory);
    table_close(&table);
}

/* ---- the index, against a list */

#define RANDOM_NAMES 48

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

/* Containers come and go; those that are alive are found, those that were forgotten are not. */
static void test_index__at_random__finds_what_a_list_has(void **state)
{
    struct table table;
    c8d_ref refs[RANDOM_NAMES] = {C8D_REF_NONE};
    bool alive[RANDOM_NAMES] = {false};
    unsigned count = 0;
    uint32_t seed = 1;

    (void)state;
    table_open(&table, 24, 0, 0);
    for (unsigned turn = 0; turn < 20000; turn++) {
        unsigned at = next_random(&seed) % RANDOM_NAMES;
        char id[8];

        (void)snprintf(id, sizeof(id), "%u", at);
        if (alive[at]) {
            assert_int_equal(c8d_model_find(table.model, table_namespace, table_text(id)), refs[at]);
            table_finish(&table, refs[at]);
            count--;
        } else if (count < 24) {
            refs[at] = table_container(&table, id);
            table_enliven(&table, refs[at]);
            count++;
        } else {
            assert_int_equal(c8d_model_open(table.model, table_namespace, table_text(id), &refs[at]),
                             C8D_EXHAUSTED);
            continue;
        }
        alive[at] = !alive[at];
        for (unsigned i = 0; i < RANDOM_NAMES; i++) {
            (void)snprintf(id, sizeof(id), "%u", i);
            if (alive[i])
                assert_int_equal(c8d_model_find(table.model, table_namespace, table_text(id)), refs[i]);
        }
    }
    table_close(&table);
}

static void test_init__whatever_lies_between_the_limits__gives_the_same_image(void **state)
{
    static _Alignas(8) unsigned char images[2][16384];

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct c8d_model_limits limits;
        struct c8d_model *model;

        memset(&limits, i * 255, sizeof(limits));
        limits.containers_max = 1;
        limits.execs_max = 1;
        limits.execs_per_container_max = 1;
        limits.wishes_max = 1;
        limits.adopt = true;
        assert_int_equal(c8d_model_init(images[i], sizeof(images[i]), &limits, &model), C8D_OK);
    }
    assert_memory_equal(images[0], images[1], sizeof(images[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes__limit_out_of_range__is_zero),
        cmocka_unit_test(test_init__memory_small_or_misaligned__is_invalid),
        cmocka_unit_test(test_open__name_of_76_and_77_bytes__fits_and_does_not),
        cmocka_unit_test(test_open__same_id_in_two_namespaces__are_two),
        cmocka_unit_test(test_open_exec__named_as_its_container__is_invalid),
        cmocka_unit_test(test_open__full_of_live_ones__is_exhausted),
        cmocka_unit_test(test_open__full__forgets_what_ended_longest_ago),
        cmocka_unit_test(test_hold__ended__is_not_forgotten_until_released_as_often),
        cmocka_unit_test(test_reference__of_a_forgotten_one__finds_nothing),
        cmocka_unit_test(test_open_exec__share_is_full__forgets_its_own_oldest),
        cmocka_unit_test(test_next__walks__each_once),
        cmocka_unit_test(test_grow__references_and_states__stay),
        cmocka_unit_test(test_grow__limit_shrinks__is_invalid),
        cmocka_unit_test(test_init__whatever_lies_between_the_limits__gives_the_same_image),
        cmocka_unit_test(test_copy__moved_by_memcpy__goes_on_alike),
        cmocka_unit_test(test_index__at_random__finds_what_a_list_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
