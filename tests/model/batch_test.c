/* SPDX-License-Identifier: Apache-2.0 */
/* Lookups in batches find what lookups one by one find. */
#include "table.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define IDS 100

static char names[IDS][16];
static struct c8d_str ids[IDS];

static void name_all(void)
{
    for (unsigned i = 0; i < IDS; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "container-%u", i);
        ids[i] = table_text(names[i]);
    }
}

/* Every third one is not there; batches of every size, those that end within a group among them. */
static void test_find_many__of_any_size__finds_as_one_by_one(void **state)
{
    struct table table;
    c8d_ref found[IDS + 1];

    (void)state;
    name_all();
    table_open(&table, IDS, 0, 0);
    for (unsigned i = 0; i < IDS; i++) {
        if (i % 3 != 0)
            (void)table_container(&table, names[i]);
    }
    for (size_t count = 0; count <= IDS; count++) {
        for (size_t i = 0; i <= IDS; i++)
            found[i] = 77;
        c8d_model_find_many(table.model, table_namespace, ids, count, found);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(found[i], c8d_model_find(table.model, table_namespace, ids[i]));
            assert_true((found[i] != C8D_REF_NONE) == (i % 3 != 0));
        }
        assert_int_equal(found[count], 77);
    }
    table_close(&table);
}

static void test_find_many__in_a_namespace_that_is_not_known__finds_nothing(void **state)
{
    struct table table;
    c8d_ref found[IDS];

    (void)state;
    name_all();
    table_open(&table, 2, 0, 0);
    (void)table_container(&table, names[0]);
    found[0] = found[1] = found[2] = 77;
    c8d_model_find_many(table.model, table_text("other"), ids, 2, found);
    assert_int_equal(found[0], C8D_REF_NONE);
    assert_int_equal(found[1], C8D_REF_NONE);
    assert_int_equal(found[2], 77);
    found[0] = 77;
    c8d_model_find_many(table.model, table_text(""), ids, 1, found);
    assert_int_equal(found[0], C8D_REF_NONE);
    table_close(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find_many__of_any_size__finds_as_one_by_one),
        cmocka_unit_test(test_find_many__in_a_namespace_that_is_not_known__finds_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
