/* SPDX-License-Identifier: Apache-2.0 */
#include "poll_room.h"

void c8d__poll_room_free(struct c8d__poll_room *room, const struct c8d_allocator *allocator)
{
    if (room->fds != NULL)
        allocator->release(allocator->ctx, room->fds, room->n * sizeof(*room->fds));
}

struct pollfd *c8d__poll_room(struct c8d__poll_room *room, const struct c8d_allocator *allocator, size_t n)
{
    struct pollfd *grown;

    if (n <= room->n)
        return room->fds;
    grown = allocator->allocate(allocator->ctx, n * sizeof(*grown));
    if (grown == NULL)
        return NULL;
    c8d__poll_room_free(room, allocator);
    *room = (struct c8d__poll_room){grown, n};
    return grown;
}
