/* SPDX-License-Identifier: Apache-2.0 */
/* The model of table.h. */
#include "table.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

const struct c8d_str table_namespace = {"moby", 4};

struct c8d_str table_text(const char *bytes)
{
    return (struct c8d_str){bytes, strlen(bytes)};
}

void table_open(struct table *table, uint32_t containers, uint32_t execs, uint32_t per_container)
{
    size_t bytes;

    table->limits = (struct c8d_model_limits){.containers_max = containers,
                                              .execs_max = execs,
                                              .execs_per_container_max = per_container,
                                              .wishes_max = 1};
    bytes = c8d_model_bytes(&table->limits);
    table->memory = malloc(bytes);
    assert_non_null(table->memory);
    assert_int_equal(c8d_model_init(table->memory, bytes, &table->limits, &table->model), C8D_OK);
    table->actions = (struct c8d_actions){.items = table->items, .capacity = TABLE_ACTIONS_MAX};
    assert_true(c8d_model_actions_max(&table->limits) <= TABLE_ACTIONS_MAX);
}

void table_close(struct table *table)
{
    free(table->memory);
}

c8d_ref table_container(struct table *table, const char *id)
{
    c8d_ref ref = C8D_REF_NONE;

    assert_int_equal(c8d_model_open(table->model, table_namespace, table_text(id), &ref), C8D_OK);
    return ref;
}

c8d_ref table_exec(struct table *table, c8d_ref container, const char *id)
{
    c8d_ref ref = C8D_REF_NONE;

    assert_int_equal(c8d_model_open_exec(table->model, container, table_text(id), &ref), C8D_OK);
    return ref;
}

void table_step(struct table *table, c8d_ref container, c8d_ref process, uint8_t region, uint8_t symbol)
{
    const struct c8d_input input = {
        .region = region, .symbol = symbol, .container = container, .process = process, .request = 1};
    enum c8d_outcome outcome = c8d_model_step(table->model, &input, &table->actions);

    assert_int_equal(outcome, table->actions.outcome);
}

void table_enliven(struct table *table, c8d_ref container)
{
    table_step(table, container, C8D_REF_NONE, C8D_REGION_CONTAINER, C8D_SYM_CREATE);
    table_step(table, container, C8D_REF_NONE, C8D_REGION_CONTAINER, C8D_SYM_OK);
}

void table_finish(struct table *table, c8d_ref container)
{
    table_step(table, container, C8D_REF_NONE, C8D_REGION_CONTAINER, C8D_SYM_DELETE);
    table_step(table, container, C8D_REF_NONE, C8D_REGION_CONTAINER, C8D_SYM_OK);
}

bool table_knows(const struct table *table, c8d_ref container)
{
    struct c8d_container_view view;

    return c8d_model_view_container(table->model, container, &view);
}
