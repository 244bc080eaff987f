/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets of records of one width, each kept in full and once, numbered in the
 * order of arrival. Equality is equality of all bytes: a hash only says where
 * to look. Several threads may put at the same time.
 */
#ifndef C8D_TEST_STORE_H
#define C8D_TEST_STORE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_NONE UINT32_MAX

struct store {
    uint32_t width;
    uint32_t capacity;
    uint8_t *records;
    _Atomic uint32_t *slots; /* number + 1; 0: free; UINT32_MAX: being written */
    uint32_t mask;
    _Atomic uint32_t used;
};

/* False when there is no memory. Addresses are reserved for `capacity` records,
 * memory is used as they come.
 */
bool store_init(struct store *store, uint32_t width, uint32_t capacity);
void store_fini(struct store *store);
/* The record's number; *fresh is set when it was not there. STORE_NONE: full.
 */
uint32_t store_put(struct store *store, const void *record, bool *fresh);
/* STORE_NONE when it is not there. */
uint32_t store_find(const struct store *store, const void *record);
const void *store_get(const struct store *store, uint32_t number);
/* Makes room in the table; to be called by one thread while no other puts,
 * often enough that less than a quarter of its slots are taken in between.
 * False when there is no memory. */
bool store_tend(struct store *store);
size_t store_bytes(const struct store *store);

#endif
