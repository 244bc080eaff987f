/* SPDX-License-Identifier: Apache-2.0 */
/* Large pages, as Linux takes them for memory that asks for it. */
#include "client/large.h"
#include <stdint.h>
#include <sys/mman.h>

#define LARGE_PAGE_BYTES ((uintptr_t)2 << 20)

/* Only whole pages that are ours, so that what lies beside them in the heap stays as it is. */
void c8d__expect_large(void *memory, size_t bytes)
{
    uintptr_t begin = ((uintptr_t)memory + LARGE_PAGE_BYTES - 1) & ~(LARGE_PAGE_BYTES - 1);
    uintptr_t end = ((uintptr_t)memory + bytes) & ~(LARGE_PAGE_BYTES - 1);

#ifdef MADV_HUGEPAGE
    if (begin < end)
        (void)madvise((void *)begin, end - begin, MADV_HUGEPAGE);
#endif
}
