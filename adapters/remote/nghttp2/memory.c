/* SPDX-License-Identifier: Apache-2.0 */
/* nghttp2 gives memory back without saying how much it was, so each piece has its size before it. */
#include "nghttp2_internal.h"
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

union head {
    size_t bytes; /* with the head */
    max_align_t align;
};

static void *take(size_t size, void *user)
{
    union head *head = NULL;

    if (size <= SIZE_MAX - sizeof(*head))
        head = c8d__remote_alloc(user, size + sizeof(*head));
    if (head == NULL)
        return NULL;
    head->bytes = size + sizeof(*head);
    return head + 1;
}

static void give(void *memory, void *user)
{
    union head *head = memory;

    if (memory != NULL)
        c8d__remote_release(user, head - 1, head[-1].bytes);
}

static void *take_zeroed(size_t n, size_t size, void *user)
{
    void *memory = size == 0 || n <= SIZE_MAX / size ? take(n * size, user) : NULL;

    if (memory != NULL)
        memset(memory, 0, n * size);
    return memory;
}

static void *retake(void *memory, size_t size, void *user)
{
    void *moved = take(size, user);
    size_t had;

    if (moved == NULL || memory == NULL)
        return moved;
    had = ((union head *)memory)[-1].bytes - sizeof(union head);
    memcpy(moved, memory, had < size ? had : size);
    give(memory, user);
    return moved;
}

void c8d__h2_memory(nghttp2_mem *memory, struct c8d__remote *remote)
{
    *memory = (nghttp2_mem){remote, take, give, take_zeroed, retake};
}
