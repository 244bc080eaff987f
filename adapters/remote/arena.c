/* SPDX-License-Identifier: Apache-2.0 */
/* The arena: a list of chunks, filled from the front. */
#include "arena.h"
#include <stdalign.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)8192)

struct c8d__chunk {
    struct c8d__chunk *next;
    size_t bytes; /* as asked from the allocator */
    size_t used;  /* of data */
    alignas(max_align_t) unsigned char data[];
};

static void *protobuf_take(void *arena, size_t bytes)
{
    return c8d__arena_take(arena, bytes);
}

static void protobuf_give(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

void c8d__arena_init(struct c8d__arena *arena, const struct c8d_allocator *allocator, size_t limit)
{
    *arena = (struct c8d__arena){
        .allocator = allocator,
        .limit = limit,
        .protobuf = {protobuf_take, protobuf_give, arena},
    };
}

static void release_until(struct c8d__arena *arena, const struct c8d__chunk *kept)
{
    while (arena->chunks != kept) {
        struct c8d__chunk *chunk = arena->chunks;

        arena->chunks = chunk->next;
        arena->total -= chunk->bytes;
        arena->allocator->release(arena->allocator->ctx, chunk, chunk->bytes);
    }
}

void c8d__arena_reset(struct c8d__arena *arena)
{
    struct c8d__chunk *oldest = arena->chunks;

    while (oldest != NULL && oldest->next != NULL)
        oldest = oldest->next;
    if (oldest != NULL && oldest->bytes > CHUNK_BYTES)
        oldest = NULL;
    release_until(arena, oldest);
    if (oldest != NULL)
        oldest->used = 0;
}

void c8d__arena_free(struct c8d__arena *arena)
{
    release_until(arena, NULL);
}

static struct c8d__chunk *add_chunk(struct c8d__arena *arena, size_t room)
{
    size_t bytes =
        room > CHUNK_BYTES - sizeof(struct c8d__chunk) ? room + sizeof(struct c8d__chunk) : CHUNK_BYTES;
    struct c8d__chunk *chunk;

    if (bytes > arena->limit - arena->total)
        return NULL;
    chunk = arena->allocator->allocate(arena->allocator->ctx, bytes);
    if (chunk == NULL)
        return NULL;
    *chunk = (struct c8d__chunk){.next = arena->chunks, .bytes = bytes};
    arena->chunks = chunk;
    arena->total += bytes;
    return chunk;
}

void *c8d__arena_take(struct c8d__arena *arena, size_t bytes)
{
    struct c8d__chunk *chunk = arena->chunks;
    void *taken;

    if (bytes > arena->limit)
        return NULL;
    bytes = (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (chunk == NULL || bytes > chunk->bytes - sizeof(*chunk) - chunk->used)
        chunk = add_chunk(arena, bytes);
    if (chunk == NULL)
        return NULL;
    taken = chunk->data + chunk->used;
    chunk->used += bytes;
    return taken;
}

char *c8d__arena_string(struct c8d__arena *arena, struct c8d_str text)
{
    char *copy = c8d__arena_take(arena, text.len + 1);

    if (copy == NULL)
        return NULL;
    if (text.len != 0)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}
