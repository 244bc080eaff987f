/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing over numbers of records. */
#include "store.h"
#include <string.h>
#include <sys/mman.h>

#define SLOTS_FIRST ((uint32_t)1 << 20)
#define BEING_WRITTEN UINT32_MAX

static void *reserve(size_t bytes)
{
    void *memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (memory == MAP_FAILED)
        return NULL;
    /* Records and slots are looked up all over the place. */
    (void)madvise(memory, bytes, MADV_HUGEPAGE);
    return memory;
}

bool store_init(struct store *store, uint32_t width, uint32_t capacity)
{
    *store = (struct store){.width = width, .capacity = capacity, .mask = SLOTS_FIRST - 1};
    store->records = reserve((size_t)width * capacity);
    store->slots = reserve(SLOTS_FIRST * sizeof(uint32_t));
    return store->records != NULL && store->slots != NULL;
}

void store_fini(struct store *store)
{
    if (store->records != NULL)
        (void)munmap(store->records, (size_t)store->width * store->capacity);
    if (store->slots != NULL)
        (void)munmap((void *)store->slots, ((size_t)store->mask + 1) * sizeof(uint32_t));
    *store = (struct store){0};
}

static uint64_t mix(uint64_t hash)
{
    hash ^= hash >> 32;
    hash *= 0xd6e8feb86659fd93u;
    return hash ^ hash >> 29;
}

static uint32_t hash_of(const void *record, uint32_t width)
{
    const uint8_t *bytes = record;
    uint64_t hash = width;
    uint64_t word;
    uint64_t rest = 0;

    for (; width >= 8; width -= 8, bytes += 8) {
        memcpy(&word, bytes, 8);
        hash = mix(hash ^ word) + 0x9e3779b97f4a7c15u;
    }
    memcpy(&rest, bytes, width);
    return (uint32_t)mix(mix(hash ^ rest));
}

const void *store_get(const struct store *store, uint32_t number)
{
    return store->records + (size_t)store->width * number;
}

/* What stands in a slot, once nobody is writing it. */
static uint32_t settled(_Atomic uint32_t *slot)
{
    uint32_t value;

    do {
        value = atomic_load_explicit(slot, memory_order_acquire);
    } while (value == BEING_WRITTEN);
    return value;
}

static bool is_it(const struct store *store, uint32_t value, const void *record)
{
    return memcmp(store_get(store, value - 1), record, store->width) == 0;
}

uint32_t store_find(const struct store *store, const void *record)
{
    uint32_t at = hash_of(record, store->width) & store->mask;

    for (;; at = (at + 1) & store->mask) {
        uint32_t value = settled(&store->slots[at]);

        if (value == 0)
            return STORE_NONE;
        if (is_it(store, value, record))
            return value - 1;
    }
}

static uint32_t append(struct store *store, const void *record)
{
    uint32_t number = atomic_fetch_add(&store->used, 1);

    if (number >= store->capacity)
        return STORE_NONE;
    memcpy(store->records + (size_t)store->width * number, record, store->width);
    return number;
}

uint32_t store_put(struct store *store, const void *record, bool *fresh)
{
    uint32_t at = hash_of(record, store->width) & store->mask;

    *fresh = false;
    for (;; at = (at + 1) & store->mask) {
        uint32_t value = settled(&store->slots[at]);
        uint32_t number;

        if (value == 0) {
            uint32_t expected = 0;

            if (atomic_compare_exchange_strong(&store->slots[at], &expected, BEING_WRITTEN)) {
                number = append(store, record);
                atomic_store_explicit(&store->slots[at], number == STORE_NONE ? 0 : number + 1,
                                      memory_order_release);
                *fresh = number != STORE_NONE;
                return number;
            }
            value = settled(&store->slots[at]);
        }
        if (value != 0 && is_it(store, value, record))
            return value - 1;
    }
}

bool store_tend(struct store *store)
{
    uint32_t used = atomic_load(&store->used);
    size_t slots = (size_t)store->mask + 1;
    _Atomic uint32_t *more;

    if (used < slots / 2)
        return true;
    more = reserve(2 * slots * sizeof(uint32_t));
    if (more == NULL)
        return false;
    (void)munmap((void *)store->slots, slots * sizeof(uint32_t));
    store->slots = more;
    store->mask = (uint32_t)(2 * slots - 1);
    for (uint32_t number = 0; number < used; number++) {
        uint32_t at = hash_of(store_get(store, number), store->width) & store->mask;

        while (more[at] != 0)
            at = (at + 1) & store->mask;
        more[at] = number + 1;
    }
    return true;
}

size_t store_bytes(const struct store *store)
{
    return (size_t)store->width * atomic_load(&store->used) + ((size_t)store->mask + 1) * sizeof(uint32_t);
}
