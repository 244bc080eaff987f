/* SPDX-License-Identifier: Apache-2.0 */
/* The default allocator: malloc and free. */
#include <c8d/allocator.h>
#include <stdlib.h>

static void *allocate(void *ctx, size_t bytes)
{
    (void)ctx;
    return malloc(bytes);
}

static void release(void *ctx, void *memory, size_t bytes)
{
    (void)ctx;
    (void)bytes;
    free(memory);
}

const struct c8d_allocator *c8d_allocator_default(void)
{
    static const struct c8d_allocator heap = {allocate, release, NULL};

    return &heap;
}
