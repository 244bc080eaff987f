/* SPDX-License-Identifier: Apache-2.0 */
/* Where libc8d takes its memory from. */
#ifndef C8D_ALLOCATOR_H
#define C8D_ALLOCATOR_H

#include <c8d/base.h>

C8D_BEGIN_DECLS

/** An allocator of the embedder. Must outlive all that was made with it, and be callable from every thread
 * that calls libc8d. */
struct c8d_allocator {
    /** @return `bytes` bytes (1 or more), aligned for any type; NULL when there is none. */
    void *(*allocate)(void *ctx, size_t bytes);
    /** Frees what allocate gave. @param memory May be NULL. @param bytes As asked for. */
    void (*release)(void *ctx, void *memory, size_t bytes);
    void *ctx;
};

/** @return malloc and free. Static. */
C8D_API const struct c8d_allocator *c8d_allocator_default(void);

C8D_END_DECLS

#endif
