/* SPDX-License-Identifier: Apache-2.0 */
/* An allocator that counts, whichever threads use it. */
#ifndef C8D_TESTS_REMOTE_MEMORY_H
#define C8D_TESTS_REMOTE_MEMORY_H

#include <c8d/allocator.h>
#include <stdatomic.h>

struct counted {
    struct c8d_allocator allocator;
    atomic_long pieces; /* not given back yet */
    atomic_long bytes;  /* of them */
};

void counted_init(struct counted *counted);

#endif
