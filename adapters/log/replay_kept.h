/* SPDX-License-Identifier: Apache-2.0 */
/* Runs and anomalies that are kept until it is their turn to be told. */
#ifndef C8D_REPLAY_KEPT_H
#define C8D_REPLAY_KEPT_H

#include <c8d/log.h>

struct c8d__kept_item;

struct c8d__kept {
    const struct c8d_allocator *allocator;
    const uint64_t *order; /* where what comes next belongs */
    struct c8d__kept_item *items;
    size_t count;
    size_t capacity;
    size_t told; /* of them */
    bool failed; /* no memory: something is missing */
};

/* A sink that keeps. */
struct c8d_replay_sink c8d__kept_sink(struct c8d__kept *kept);
/* The place of the next item; UINT64_MAX when there is none. */
uint64_t c8d__kept_order(const struct c8d__kept *kept);
/* Tells the next item, and drops it. */
void c8d__kept_tell(struct c8d__kept *kept, const struct c8d_replay_sink *sink);
void c8d__kept_free(struct c8d__kept *kept);

#endif
