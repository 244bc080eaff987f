/* SPDX-License-Identifier: Apache-2.0 */
/* A model by itself, for tests of what it holds: its limits, its containers and execs, and their room. */
#ifndef C8D_TEST_TABLE_H
#define C8D_TEST_TABLE_H

#include <c8d/model.h>

#define TABLE_ACTIONS_MAX 256

struct table {
    struct c8d_model_limits limits;
    void *memory;
    struct c8d_model *model;
    struct c8d_action items[TABLE_ACTIONS_MAX];
    struct c8d_actions actions;
};

/* The namespace of all containers that table_container makes. */
extern const struct c8d_str table_namespace;

struct c8d_str table_text(const char *bytes);

/* These assert success. */
void table_open(struct table *table, uint32_t containers, uint32_t execs, uint32_t per_container);
c8d_ref table_container(struct table *table, const char *id);
c8d_ref table_exec(struct table *table, c8d_ref container, const char *id);

void table_close(struct table *table);
void table_step(struct table *table, c8d_ref container, c8d_ref process, uint8_t region, uint8_t symbol);
/* Makes the record: what is alive is not forgotten. */
void table_enliven(struct table *table, c8d_ref container);
/* Deletes the record. */
void table_finish(struct table *table, c8d_ref container);
bool table_knows(const struct table *table, c8d_ref container);

#endif
