/* SPDX-License-Identifier: Apache-2.0 */
/* Runs and anomalies that are kept until it is their turn to be told. */
#include "replay_kept.h"
#include <string.h>

#define FIRST_ITEMS 256

struct c8d__kept_item {
    uint64_t order;
    struct c8d_replay_run run; /* names of both */
    struct c8d_replay_anomaly anomaly;
    char names[3][C8D_NAME_BYTES_MAX];
    char *detail; /* an anomaly's; NULL = this is a run */
    size_t detail_bytes;
};

static struct c8d__kept_item *add(struct c8d__kept *kept)
{
    const struct c8d_allocator *heap = kept->allocator;
    size_t capacity = kept->capacity != 0 ? kept->capacity * 2 : FIRST_ITEMS;
    struct c8d__kept_item *grown;

    if (kept->count == kept->capacity) {
        grown = heap->allocate(heap->ctx, capacity * sizeof(*grown));
        if (grown == NULL) {
            kept->failed = true;
            return NULL;
        }
        if (kept->count > 0)
            memcpy(grown, kept->items, kept->count * sizeof(*grown));
        heap->release(heap->ctx, kept->items, kept->capacity * sizeof(*grown));
        kept->items = grown;
        kept->capacity = capacity;
    }
    kept->items[kept->count] = (struct c8d__kept_item){.order = *kept->order};
    return &kept->items[kept->count++];
}

static size_t keep_name(char *to, struct c8d_str name)
{
    if (name.len > 0)
        memcpy(to, name.ptr, name.len);
    return name.len;
}

static void keep_names(struct c8d__kept_item *item, struct c8d_str namespace_, struct c8d_str container,
                       struct c8d_str process)
{
    item->run.namespace_.len = keep_name(item->names[0], namespace_);
    item->run.container.len = keep_name(item->names[1], container);
    item->run.process.len = keep_name(item->names[2], process);
}

static void keep_run(void *user, const struct c8d_replay_run *run)
{
    struct c8d__kept_item *item = add(user);

    if (item == NULL)
        return;
    item->run = *run;
    keep_names(item, run->namespace_, run->container, run->process);
}

static void keep_anomaly(void *user, const struct c8d_replay_anomaly *anomaly)
{
    struct c8d__kept *kept = user;
    struct c8d__kept_item *item = add(kept);
    size_t bytes = strlen(anomaly->detail) + 1;

    if (item == NULL)
        return;
    item->anomaly = *anomaly;
    keep_names(item, anomaly->namespace_, anomaly->container, anomaly->process);
    item->detail = kept->allocator->allocate(kept->allocator->ctx, bytes);
    if (item->detail == NULL) {
        kept->failed = true;
        kept->count--;
        return;
    }
    memcpy(item->detail, anomaly->detail, bytes);
    item->detail_bytes = bytes;
}

struct c8d_replay_sink c8d__kept_sink(struct c8d__kept *kept)
{
    return (struct c8d_replay_sink){.run = keep_run, .anomaly = keep_anomaly, .user = kept};
}

uint64_t c8d__kept_order(const struct c8d__kept *kept)
{
    return kept->told < kept->count ? kept->items[kept->told].order : UINT64_MAX;
}

static void drop_detail(const struct c8d__kept *kept, const struct c8d__kept_item *item)
{
    kept->allocator->release(kept->allocator->ctx, item->detail, item->detail_bytes);
}

void c8d__kept_tell(struct c8d__kept *kept, const struct c8d_replay_sink *sink)
{
    struct c8d__kept_item *item = &kept->items[kept->told++];

    item->run.namespace_.ptr = item->names[0];
    item->run.container.ptr = item->names[1];
    item->run.process.ptr = item->names[2];
    if (item->detail == NULL) {
        sink->run(sink->user, &item->run);
    } else {
        item->anomaly.namespace_ = item->run.namespace_;
        item->anomaly.container = item->run.container;
        item->anomaly.process = item->run.process;
        item->anomaly.detail = item->detail;
        sink->anomaly(sink->user, &item->anomaly);
        drop_detail(kept, item);
    }
    if (kept->told == kept->count) {
        kept->told = 0;
        kept->count = 0;
    }
}

void c8d__kept_free(struct c8d__kept *kept)
{
    for (size_t i = kept->told; i < kept->count; i++)
        drop_detail(kept, &kept->items[i]);
    if (kept->allocator != NULL)
        kept->allocator->release(kept->allocator->ctx, kept->items, kept->capacity * sizeof(*kept->items));
}
