/* SPDX-License-Identifier: Apache-2.0 */
/* Room for the descriptors of one poll(), kept from one to the next. */
#ifndef C8D_REMOTE_POLL_ROOM_H
#define C8D_REMOTE_POLL_ROOM_H

#include <c8d/allocator.h>
#include <poll.h>

struct c8d__poll_room {
    struct pollfd *fds;
    size_t n;
};

/* For so many; what was in it is lost when it grows. NULL without memory: then it is as it was. */
struct pollfd *c8d__poll_room(struct c8d__poll_room *room, const struct c8d_allocator *allocator, size_t n);
void c8d__poll_room_free(struct c8d__poll_room *room, const struct c8d_allocator *allocator);

#endif
