/* SPDX-License-Identifier: Apache-2.0 */
/* Two ids whose hashes are the same: rare, and found by search, since the index must tell them apart all the
 * same. */
#include "engine.h"
#include "table.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IDS (1u << 18) /* enough for some eight pairs in 32 bits */

struct hashed {
    uint32_t hash;
    uint32_t number;
};

static struct hashed *ids;

static struct c8d_str id_of(uint32_t number, char *room)
{
    (void)snprintf(room, 16, "i%u", number);
    return table_text(room);
}

static int compare(const void *a, const void *b)
{
    const struct hashed *one = a;
    const struct hashed *other = b;

    return (one->hash > other->hash) - (one->hash < other->hash);
}

static int set_up(void **state)
{
    char room[16];

    (void)state;
    ids = calloc(IDS, sizeof(*ids));
    if (ids == NULL)
        return 1;
    for (uint32_t i = 0; i < IDS; i++)
        ids[i] = (struct hashed){c8d__hash_of(0, id_of(i, room)), i};
    qsort(ids, IDS, sizeof(*ids), compare);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(ids);
    return 0;
}

/* The first namespace is number 0, the second number 1. */
static c8d_ref opened(struct table *table, const char *namespace_, uint32_t number)
{
    char room[16];
    c8d_ref ref = C8D_REF_NONE;

    assert_int_equal(c8d_model_open(table->model, table_text(namespace_), id_of(number, room), &ref), C8D_OK);
    return ref;
}

static void test_index__two_ids_with_one_hash__are_two(void **state)
{
    struct table table;
    uint32_t at = 1;
    c8d_ref one;

    (void)state;
    while (at < IDS && ids[at].hash != ids[at - 1].hash)
        at++;
    assert_true(at < IDS);
    table_open(&table, 4, 0, 0);
    one = opened(&table, "n", ids[at].number);
    assert_true(opened(&table, "n", ids[at - 1].number) != one);
    assert_true(opened(&table, "n", ids[at].number) == one);
    table_close(&table);
}

static void test_index__one_hash_in_two_namespaces__are_two(void **state)
{
    struct table table;
    const struct hashed *same = NULL;
    uint32_t number = 0;
    c8d_ref one;
    c8d_ref other;

    (void)state;
    for (char room[16]; same == NULL; number++) {
        struct hashed wanted = {c8d__hash_of(1, id_of(number, room)), 0};

        same = bsearch(&wanted, ids, IDS, sizeof(*ids), compare);
    }
    table_open(&table, 4, 0, 0);
    one = opened(&table, "n", same->number);
    other = opened(&table, "m", number - 1);
    assert_true(one != other);
    assert_true(opened(&table, "n", same->number) == one);
    assert_true(opened(&table, "m", number - 1) == other);
    table_close(&table);
}

/* The same id in both, chosen so that even its hashes are the same. */
static void test_index__one_id_and_one_hash_in_two_namespaces__are_two(void **state)
{
    static const char id[] = "2ifoqs60";
    struct table table;
    c8d_ref one;
    c8d_ref other;

    (void)state;
    /* When the hash is another one, another id has to be looked for. */
    assert_int_equal(c8d__hash_of(0, table_text(id)), c8d__hash_of(1, table_text(id)));
    table_open(&table, 4, 0, 0);
    assert_int_equal(c8d_model_open(table.model, table_text("n"), table_text(id), &one), C8D_OK);
    assert_int_equal(c8d_model_open(table.model, table_text("m"), table_text(id), &other), C8D_OK);
    assert_true(one != other);
    assert_int_equal(c8d_model_find(table.model, table_text("n"), table_text(id)), one);
    assert_int_equal(c8d_model_find(table.model, table_text("m"), table_text(id)), other);
    table_close(&table);
}

/* Any function would do; a bad one makes probes long. Ids that differ at their ends alone are what engines
 * make. */
static void spread(const char *format)
{
    enum { SLOTS = 1 << 14 };
    static uint8_t fill[SLOTS];

    memset(fill, 0, sizeof(fill));
    for (unsigned i = 0; i < SLOTS; i++) {
        char room[80];
        uint32_t slot;

        (void)snprintf(room, sizeof(room), format, i);
        slot = c8d__hash_of(0, table_text(room)) % SLOTS;
        fill[slot]++;
        assert_true(fill[slot] < 20);
    }
}

static void test_hash__of_ids_that_hardly_differ__spreads(void **state)
{
    (void)state;
    spread("%064x");
    spread("%05x6f1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d");
    spread("web-%u");
    spread("k8s_%u_pod");
}

/* At most two thirds full, so that probes stay short. */
static void test_index__for_any_limit__has_room(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= 70; n++) {
        struct table table;
        uint32_t slots = 16;

        table_open(&table, n, 0, 0);
        while (2 * slots < 2 * n + 2 * (n / 2))
            slots *= 2;
        assert_int_equal(table.model->index_mask + 1, slots);
        table_close(&table);
    }
}

/* In memory that begins with a line, so that none of them takes one line more than it has to. */
static void test_containers__whatever_the_limit__begin_with_a_line_of_memory(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= 70; n++) {
        struct table table;

        table_open(&table, n, 0, 0);
        assert_int_equal(((uintptr_t)c8d__container_at(table.model, 0) - (uintptr_t)table.model) % 64, 0);
        table_close(&table);
    }
}

/* An entry has room for some bits of the hash beside the largest number. */
static void test_index__of_the_most_containers_there_may_be__tells_the_last_from_a_hole(void **state)
{
    (void)state;
    for (uint32_t hash = 0; hash < 128; hash++) {
        const uint32_t last = (1u << 24) - 1;
        uint32_t entry = c8d__index_entry(hash << 25, last);

        assert_int_not_equal(entry, 0);
        assert_int_equal(c8d__index_container(entry), last);
    }
}

static void test_namespaces__left_by_their_last_container__make_room(void **state)
{
    struct table table;
    c8d_ref ref;

    (void)state;
    table_open(&table, 1, 0, 0);
    for (unsigned i = 0; i < 200; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "n%u", i);
        assert_int_equal(c8d_model_open(table.model, table_text(name), table_text("c"), &ref), C8D_OK);
        assert_int_equal(c8d_model_find(table.model, table_text(name), table_text("c")), ref);
    }
    assert_int_equal(c8d_model_find(table.model, table_text("n5"), table_text("c")), C8D_REF_NONE);
    table_close(&table);
}

/* Behind the last of them this model's memory ends. */
static void test_namespaces__all_in_use__nothing_behind_them_is_read(void **state)
{
    const struct c8d_model_limits limits = {.containers_max = C8D__NAMESPACES_MAX + 1};
    size_t bytes = c8d_model_bytes(&limits);
    void *memory = malloc(bytes);
    struct c8d_model *model;
    c8d_ref ref;

    (void)state;
    assert_non_null(memory);
    assert_int_equal(c8d_model_init(memory, bytes, &limits, &model), C8D_OK);
    for (unsigned i = 0; i <= C8D__NAMESPACES_MAX; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "namespace-%u", i);
        assert_int_equal(c8d_model_open(model, table_text(name), table_text("web"), &ref),
                         i < C8D__NAMESPACES_MAX ? C8D_OK : C8D_EXHAUSTED);
    }
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_index__two_ids_with_one_hash__are_two),
        cmocka_unit_test(test_index__one_id_and_one_hash_in_two_namespaces__are_two),
        cmocka_unit_test(test_hash__of_ids_that_hardly_differ__spreads),
        cmocka_unit_test(test_index__for_any_limit__has_room),
        cmocka_unit_test(test_containers__whatever_the_limit__begin_with_a_line_of_memory),
        cmocka_unit_test(test_index__of_the_most_containers_there_may_be__tells_the_last_from_a_hole),
        cmocka_unit_test(test_namespaces__left_by_their_last_container__make_room),
        cmocka_unit_test(test_namespaces__all_in_use__nothing_behind_them_is_read),
        cmocka_unit_test(test_index__one_hash_in_two_namespaces__are_two),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
