/* SPDX-License-Identifier: Apache-2.0 */
/* The model's memory: names, references, holds, forgetting, growing, moving. */
#include <c8d/model.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ACTIONS_MAX 256

struct table {
    struct c8d_model_limits limits;
    void *memory;
    struct c8d_model *model;
    struct c8d_action items[ACTIONS_MAX];
    struct c8d_actions actions;
};

static const struct c8d_str default_namespace = {"moby", 4};

static struct c8d_str text(const char *bytes)
{
    return (struct c8d_str){bytes, strlen(bytes)};
}

static void open_table(struct table *table, uint32_t containers, uint32_t execs, uint32_t per_container)
{
    size_t bytes;

    table->limits = (struct c8d_model_limits){
        .containers_max = containers, .execs_max = execs, .execs_per_container_max = per_container};
    bytes = c8d_model_bytes(&table->limits);
    table->memory = malloc(bytes);
    assert_non_null(table->memory);
    assert_int_equal(c8d_model_init(table->memory, bytes, &table->limits, &table->model), C8D_OK);
    table->actions = (struct c8d_actions){.items = table->items, .capacity = ACTIONS_MAX};
    assert_true(c8d_model_actions_max(&table->limits) <= ACTIONS_MAX);
}

static void close_table(struct table *table)
{
    free(table->memory);
}

static c8d_ref opened(struct table *table, const char *id)
{
    c8d_ref ref = C8D_REF_NONE;

    assert_int_equal(c8d_model_open(table->model, default_namespace, text(id), &ref), C8D_OK);
    return ref;
}

static c8d_ref opened_exec(struct table *table, c8d_ref container, const char *id)
{
    c8d_ref ref = C8D_REF_NONE;

    assert_int_equal(c8d_model_open_exec(table->model, container, text(id), &ref), C8D_OK);
    return ref;
}

static void step(struct table *table, c8d_ref container, c8d_ref process, uint8_t region, uint8_t symbol)
{
    const struct c8d_input input = {
        .region = region, .symbol = symbol, .container = container, .process = process, .request = 1};

    (void)c8d_model_step(table->model, &input, &table->actions);
}

/* Makes the record: what is alive is not forgotten. */
static void enliven(struct table *table, c8d_ref container)
{
    step(table, container, C8D_REF_NONE, C8D_REGION_CONTAINER, C8D_SYM_CREATE);
    step(table, container, C8D_REF_NONE, C8D_REGION_CONTAINER, C8D_SYM_OK);
}

static void finish(struct table *table, c8d_ref container)
{
    step(table, container, C8D_REF_NONE, C8D_REGION_CONTAINER, C8D_SYM_DELETE);
    step(table, container, C8D_REF_NONE, C8D_REGION_CONTAINER, C8D_SYM_OK);
}

static bool knows(const struct table *table, c8d_ref container)
{
    struct c8d_container_view view;

    return c8d_model_view_container(table->model, container, &view);
}

/* ---- limits and memory */

static void test_bytes__limit_out_of_range__is_zero(void **state)
{
    struct c8d_model_limits limits = {.containers_max = 1};

    (void)state;
    assert_true(c8d_model_bytes(&limits) > 0);
    limits.containers_max = 0;
    assert_int_equal(c8d_model_bytes(&limits), 0);
    limits.containers_max = (1u << 24) + 1;
    assert_int_equal(c8d_model_bytes(&limits), 0);
    limits = (struct c8d_model_limits){.containers_max = 1, .execs_max = (1u << 24) + 1};
    assert_int_equal(c8d_model_bytes(&limits), 0);
    limits = (struct c8d_model_limits){.containers_max = 1, .execs_per_container_max = 4097};
    assert_int_equal(c8d_model_bytes(&limits), 0);
}

static void test_init__memory_small_or_misaligned__is_invalid(void **state)
{
    const struct c8d_model_limits limits = {.containers_max = 2};
    size_t bytes = c8d_model_bytes(&limits);
    char *memory = malloc(bytes + 8);
    struct c8d_model *model;

    (void)state;
    assert_non_null(memory);
    assert_int_equal(c8d_model_init(memory, bytes - 1, &limits, &model), C8D_INVALID);
    assert_int_equal(c8d_model_init(memory + 1, bytes, &limits, &model), C8D_INVALID);
    assert_int_equal(c8d_model_init(memory + 4, bytes, &limits, &model), C8D_INVALID);
    assert_int_equal(c8d_model_init(NULL, bytes, &limits, &model), C8D_INVALID);
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
    open_table(&table, 2, 2, 2);
    memset(name, 'n', sizeof(name));
    assert_int_equal(
        c8d_model_open(table.model, (struct c8d_str){name, 76}, (struct c8d_str){name, 76}, &ref), C8D_OK);
    assert_int_equal(c8d_model_open(table.model, default_namespace, (struct c8d_str){name, 77}, &ref),
                     C8D_INVALID);
    assert_int_equal(c8d_model_open(table.model, (struct c8d_str){name, 77}, text("c"), &ref), C8D_INVALID);
    assert_int_equal(c8d_model_open(table.model, default_namespace, text(""), &ref), C8D_INVALID);
    assert_int_equal(c8d_model_open(table.model, text(""), text("c"), &ref), C8D_INVALID);
    assert_int_equal(c8d_model_find(table.model, default_namespace, (struct c8d_str){name, 77}),
                     C8D_REF_NONE);
    close_table(&table);
}

static void test_open__same_id_in_two_namespaces__are_two(void **state)
{
    struct table table;
    c8d_ref here;
    c8d_ref there;

    (void)state;
    open_table(&table, 2, 0, 0);
    here = opened(&table, "c");
    assert_int_equal(c8d_model_open(table.model, text("k8s.io"), text("c"), &there), C8D_OK);
    assert_true(here != there);
    assert_int_equal(c8d_model_find(table.model, text("k8s.io"), text("c")), there);
    assert_int_equal(c8d_model_find(table.model, default_namespace, text("c")), here);
    close_table(&table);
}

static void test_open_exec__named_as_its_container__is_invalid(void **state)
{
    struct table table;
    c8d_ref container;
    c8d_ref exec;

    (void)state;
    open_table(&table, 2, 2, 2);
    container = opened(&table, "c");
    assert_int_equal(c8d_model_open_exec(table.model, container, text("c"), &exec), C8D_INVALID);
    assert_int_equal(c8d_model_open_exec(table.model, container, text(""), &exec), C8D_INVALID);
    assert_int_equal(c8d_model_open_exec(table.model, C8D_REF_NONE, text("e"), &exec), C8D_INVALID);
    exec = opened_exec(&table, container, "e");
    assert_int_equal(opened_exec(&table, container, "e"), exec);
    assert_int_equal(c8d_model_find_exec(table.model, container, text("e")), exec);
    close_table(&table);
}

/* ---- forgetting */

static void test_open__full_of_live_ones__is_exhausted(void **state)
{
    struct table table;
    c8d_ref ref;

    (void)state;
    open_table(&table, 2, 0, 0);
    enliven(&table, opened(&table, "a"));
    enliven(&table, opened(&table, "b"));
    assert_int_equal(c8d_model_open(table.model, default_namespace, text("c"), &ref), C8D_EXHAUSTED);
    finish(&table, opened(&table, "a"));
    assert_int_equal(c8d_model_open(table.model, default_namespace, text("c"), &ref), C8D_OK);
    close_table(&table);
}

static void test_open__full__forgets_what_ended_longest_ago(void **state)
{
    struct table table;
    c8d_ref refs[3];

    (void)state;
    open_table(&table, 3, 0, 0);
    refs[0] = opened(&table, "a");
    refs[1] = opened(&table, "b");
    refs[2] = opened(&table, "c");
    for (unsigned i = 0; i < 3; i++)
        enliven(&table, refs[i]);
    finish(&table, refs[1]);
    finish(&table, refs[0]);
    (void)opened(&table, "d");
    assert_true(knows(&table, refs[0]));
    assert_false(knows(&table, refs[1]));
    assert_true(knows(&table, refs[2]));
    assert_int_equal(c8d_model_counters(table.model)->forgotten, 1);
    close_table(&table);
}

static void test_hold__ended__is_not_forgotten_until_released_as_often(void **state)
{
    struct table table;
    c8d_ref held;
    c8d_ref ref;

    (void)state;
    open_table(&table, 1, 0, 0);
    held = opened(&table, "a");
    assert_true(c8d_model_hold(table.model, held, C8D_REF_NONE));
    assert_true(c8d_model_hold(table.model, held, C8D_REF_NONE));
    c8d_model_release(table.model, held, C8D_REF_NONE);
    assert_int_equal(c8d_model_open(table.model, default_namespace, text("b"), &ref), C8D_EXHAUSTED);
    c8d_model_release(table.model, held, C8D_REF_NONE);
    assert_int_equal(c8d_model_open(table.model, default_namespace, text("b"), &ref), C8D_OK);
    assert_false(c8d_model_hold(table.model, held, C8D_REF_NONE));
    close_table(&table);
}

static void test_reference__of_a_forgotten_one__finds_nothing(void **state)
{
    struct table table;
    c8d_ref old;
    c8d_ref young;

    (void)state;
    open_table(&table, 1, 0, 0);
    old = opened(&table, "a");
    young = opened(&table, "b");
    assert_true(old != young);
    assert_false(knows(&table, old));
    step(&table, old, C8D_REF_NONE, C8D_REGION_PROCESS, C8D_SYM_EXITED);
    assert_int_equal(table.actions.outcome, C8D_FOREIGN);
    step(&table, old, C8D_REF_NONE, C8D_REGION_PROCESS, C8D_SYM_KILL);
    assert_int_equal(table.actions.outcome, C8D_IMPOSSIBLE);
    assert_int_equal(table.actions.items[0].status, C8D_NOT_FOUND);
    (void)c8d_model_killed(table.model, old, C8D_REF_NONE, 7, C8D_OK, &table.actions);
    assert_int_equal(table.actions.count, 1);
    assert_int_equal(table.actions.items[0].request, 7);
    close_table(&table);
}

static void test_open_exec__share_is_full__forgets_its_own_oldest(void **state)
{
    struct table table;
    c8d_ref container;
    c8d_ref first;
    c8d_ref second;

    (void)state;
    open_table(&table, 2, 4, 2);
    container = opened(&table, "c");
    first = opened_exec(&table, container, "e1");
    second = opened_exec(&table, container, "e2");
    (void)opened_exec(&table, container, "e3");
    assert_int_equal(c8d_model_find_exec(table.model, container, text("e1")), C8D_REF_NONE);
    assert_int_equal(c8d_model_find_exec(table.model, container, text("e2")), second);
    assert_int_equal(c8d_model_exec_id(table.model, first).len, 0);
    assert_true(c8d_model_hold(table.model, container, second));
    (void)opened_exec(&table, container, "e4");
    assert_int_equal(c8d_model_find_exec(table.model, container, text("e2")), second);
    close_table(&table);
}

static void test_next__walks__each_once(void **state)
{
    struct table table;
    c8d_ref container;
    unsigned containers = 0;
    unsigned execs = 0;

    (void)state;
    open_table(&table, 4, 4, 4);
    container = opened(&table, "a");
    (void)opened(&table, "b");
    (void)opened_exec(&table, container, "e1");
    (void)opened_exec(&table, container, "e2");
    for (c8d_ref at = c8d_model_next(table.model, C8D_REF_NONE); at != C8D_REF_NONE;
         at = c8d_model_next(table.model, at))
        containers++;
    for (c8d_ref at = c8d_model_next_exec(table.model, container, C8D_REF_NONE); at != C8D_REF_NONE;
         at = c8d_model_next_exec(table.model, container, at))
        execs++;
    assert_int_equal(containers, 2);
    assert_int_equal(execs, 2);
    close_table(&table);
}

/* ---- growing and moving */

static void test_grow__references_and_states__stay(void **state)
{
    struct table table;
    struct c8d_model_limits more = {.containers_max = 50, .execs_max = 9, .execs_per_container_max = 3};
    c8d_ref container;
    c8d_ref exec;
    struct c8d_model *grown;
    struct c8d_container_view view;
    void *memory;

    (void)state;
    open_table(&table, 2, 2, 2);
    container = opened(&table, "a");
    exec = opened_exec(&table, container, "e");
    enliven(&table, container);
    memory = malloc(c8d_model_bytes(&more));
    assert_non_null(memory);
    assert_int_equal(c8d_model_grow(table.model, memory, c8d_model_bytes(&more), &more, &grown), C8D_OK);
    free(table.memory);
    table.memory = memory;
    table.model = grown;
    assert_int_equal(c8d_model_find(grown, default_namespace, text("a")), container);
    assert_int_equal(c8d_model_find_exec(grown, container, text("e")), exec);
    assert_true(c8d_model_view_container(grown, container, &view));
    assert_int_equal(view.state, C8D_CONTAINER_PRESENT);
    assert_int_equal(c8d_model_limits(grown)->containers_max, 50);
    for (unsigned i = 0; i < 49; i++) {
        char id[8];

        (void)snprintf(id, sizeof(id), "n%u", i);
        (void)opened(&table, id);
    }
    assert_int_equal(c8d_model_counters(grown)->forgotten, 0);
    close_table(&table);
}

static void test_grow__limit_shrinks__is_invalid(void **state)
{
    struct table table;
    struct c8d_model_limits less = {.containers_max = 1, .execs_max = 2, .execs_per_container_max = 2};
    struct c8d_model *grown;
    uint64_t memory[2048];

    (void)state;
    open_table(&table, 2, 2, 2);
    assert_int_equal(c8d_model_grow(table.model, memory, sizeof(memory), &less, &grown), C8D_INVALID);
    less = (struct c8d_model_limits){.containers_max = 2, .execs_max = 1, .execs_per_container_max = 2};
    assert_int_equal(c8d_model_grow(table.model, memory, sizeof(memory), &less, &grown), C8D_INVALID);
    less = (struct c8d_model_limits){.containers_max = 2, .execs_max = 2, .execs_per_container_max = 1};
    assert_int_equal(c8d_model_grow(table.model, memory, sizeof(memory), &less, &grown), C8D_INVALID);
    assert_int_equal(c8d_model_grow(table.model, memory, 8, &table.limits, &grown), C8D_INVALID);
    close_table(&table);
}

static void test_copy__moved_by_memcpy__goes_on_alike(void **state)
{
    struct table table;
    size_t bytes;
    void *memory;
    c8d_ref container;

    (void)state;
    open_table(&table, 3, 3, 3);
    container = opened(&table, "a");
    enliven(&table, container);
    bytes = c8d_model_bytes(&table.limits);
    memory = malloc(bytes);
    assert_non_null(memory);
    memcpy(memory, table.memory, bytes);
    step(&table, container, C8D_REF_NONE, C8D_REGION_PROCESS, C8D_SYM_CREATE);
    {
        struct table copy = table;

        copy.model = memory;
        copy.actions.items = copy.items;
        step(&copy, container, C8D_REF_NONE, C8D_REGION_PROCESS, C8D_SYM_CREATE);
        assert_int_equal(copy.actions.count, table.actions.count);
        assert_memory_equal(copy.items, table.items, copy.actions.count * sizeof(copy.items[0]));
    }
    assert_memory_equal(memory, table.memory, bytes);
    free(memory);
    close_table(&table);
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
    open_table(&table, 24, 0, 0);
    for (unsigned turn = 0; turn < 20000; turn++) {
        unsigned at = next_random(&seed) % RANDOM_NAMES;
        char id[8];

        (void)snprintf(id, sizeof(id), "%u", at);
        if (alive[at]) {
            assert_int_equal(c8d_model_find(table.model, default_namespace, text(id)), refs[at]);
            finish(&table, refs[at]);
            count--;
        } else if (count < 24) {
            refs[at] = opened(&table, id);
            enliven(&table, refs[at]);
            count++;
        } else {
            assert_int_equal(c8d_model_open(table.model, default_namespace, text(id), &refs[at]),
                             C8D_EXHAUSTED);
            continue;
        }
        alive[at] = !alive[at];
        for (unsigned i = 0; i < RANDOM_NAMES; i++) {
            (void)snprintf(id, sizeof(id), "%u", i);
            if (alive[i])
                assert_int_equal(c8d_model_find(table.model, default_namespace, text(id)), refs[i]);
        }
    }
    close_table(&table);
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
