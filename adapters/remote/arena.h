/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for what one message decodes to: handed out in sequence, given back all at once, and limited,
 * because a small message of a hostile server can decode to fifty times its size.
 */
#ifndef C8D_REMOTE_ARENA_H
#define C8D_REMOTE_ARENA_H

#include <c8d/allocator.h>
#include <protobuf-c/protobuf-c.h>

struct c8d__chunk;

struct c8d__arena {
    const struct c8d_allocator *allocator;
    struct c8d__chunk *chunks; /* the newest first; the oldest is kept over a reset */
    size_t total;
    size_t limit;
    ProtobufCAllocator protobuf; /* for protobuf-c: takes from this arena, gives nothing back */
};

void c8d__arena_init(struct c8d__arena *arena, const struct c8d_allocator *allocator, size_t limit);
/* Gives back everything, but keeps a small chunk so that the usual message costs no allocation. */
void c8d__arena_reset(struct c8d__arena *arena);
void c8d__arena_free(struct c8d__arena *arena);
/* Returns NULL at the limit and without memory. */
void *c8d__arena_take(struct c8d__arena *arena, size_t bytes);
/* Copies and terminates with NUL. */
char *c8d__arena_string(struct c8d__arena *arena, struct c8d_str text);

#endif
