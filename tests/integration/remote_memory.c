/* SPDX-License-Identifier: Apache-2.0 */
#include "remote_memory.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void *take(void *ctx, size_t bytes)
{
    struct counted *counted = ctx;
    void *memory = malloc(bytes);

    assert_non_null(memory);
    atomic_fetch_add(&counted->pieces, 1);
    atomic_fetch_add(&counted->bytes, (long)bytes);
    return memory;
}

static void give(void *ctx, void *memory, size_t bytes)
{
    struct counted *counted = ctx;

    if (memory == NULL)
        return;
    atomic_fetch_sub(&counted->pieces, 1);
    atomic_fetch_sub(&counted->bytes, (long)bytes);
    free(memory);
}

void counted_init(struct counted *counted)
{
    counted->allocator = (struct c8d_allocator){take, give, counted};
    atomic_store(&counted->pieces, 0);
    atomic_store(&counted->bytes, 0);
}
