/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of a model: the caller's, in one piece, laid out here.
 *
 * Layout: struct c8d_model, the index, containers, execs, namespaces, wishes. Everything is found by its
 * distance from the start, so a copy of the bytes is a copy of the model.
 */
#include "engine.h"
#include <string.h>

struct layout {
    size_t index;
    size_t containers;
    size_t execs;
    size_t namespaces;
    size_t wishes;
    size_t bytes;
    uint32_t index_slots;
};

/* A container takes four lines of the processor's memory; begun in the midst of one it would take five. */
#define LINE 64
#define INDEX_AT ((sizeof(struct c8d_model) + LINE - 1) / LINE * LINE)
#define INDEX_SLOTS_MIN (LINE / (uint32_t)sizeof(uint32_t))
#define ENTITIES_MAX ((uint32_t)1 << 24)
#define EXECS_PER_CONTAINER_MAX 4096

static bool limits_are_valid(const struct c8d_model_limits *limits)
{
    return limits->containers_max >= 1 && limits->containers_max <= ENTITIES_MAX &&
           limits->execs_max <= ENTITIES_MAX && limits->execs_per_container_max <= EXECS_PER_CONTAINER_MAX &&
           limits->wishes_max <= limits->containers_max;
}

static struct layout layout_of(const struct c8d_model_limits *limits)
{
    struct layout layout = {.index_slots = INDEX_SLOTS_MIN};

    /* At most two thirds full, so that a probe stays short. */
    while (layout.index_slots < limits->containers_max + limits->containers_max / 2)
        layout.index_slots *= 2;
    layout.index = INDEX_AT;
    layout.containers = layout.index + layout.index_slots * sizeof(uint32_t);
    layout.execs = layout.containers + limits->containers_max * sizeof(struct c8d__container);
    layout.namespaces = layout.execs + limits->execs_max * sizeof(struct c8d__exec);
    layout.wishes = layout.namespaces + C8D__NAMESPACES_MAX * sizeof(struct c8d__namespace);
    layout.bytes = layout.wishes + limits->wishes_max * sizeof(struct c8d__wish);
    return layout;
}

static void *at(const struct c8d_model *model, size_t offset)
{
    /* The one place where the memory behind the header is reached; it belongs to the model and is writable.
     */
    return (void *)((uintptr_t)model + offset);
}

uint32_t *c8d__index_of(const struct c8d_model *model)
{
    return at(model, INDEX_AT);
}

struct c8d__namespace *c8d__namespaces_of(const struct c8d_model *model)
{
    /* Behind the last exec; asked for with every lookup, so that the layout is not worked out anew. */
    return (struct c8d__namespace *)(void *)c8d__exec_at(model, model->limits.execs_max);
}

struct c8d__container *c8d__container_at(const struct c8d_model *model, uint32_t index)
{
    size_t containers = INDEX_AT + ((size_t)model->index_mask + 1) * sizeof(uint32_t);

    return (struct c8d__container *)at(model, containers) + index;
}

void c8d__container_fetch(const struct c8d__container *container)
{
    for (size_t at = 0; at < sizeof(*container); at += LINE)
        __builtin_prefetch((const char *)container + at, 1);
}

struct c8d__exec *c8d__exec_at(const struct c8d_model *model, uint32_t index)
{
    return (struct c8d__exec *)(void *)c8d__container_at(model, model->limits.containers_max) + index;
}

struct c8d__wish *c8d__wish_at(const struct c8d_model *model, uint32_t index)
{
    return (struct c8d__wish *)(void *)(c8d__namespaces_of(model) + C8D__NAMESPACES_MAX) + index;
}

struct c8d__wish *c8d__wish_of(const struct c8d_model *model, const struct c8d__container *container)
{
    return container->wish != 0 ? c8d__wish_at(model, container->wish - 1) : NULL;
}

struct c8d_str c8d__namespace_name(const struct c8d_model *model, uint32_t number)
{
    const struct c8d__namespace *entry = &c8d__namespaces_of(model)[number];

    return (struct c8d_str){entry->name, entry->length};
}

size_t c8d_model_bytes(const struct c8d_model_limits *limits)
{
    return limits_are_valid(limits) ? layout_of(limits).bytes : 0;
}

uint32_t c8d_model_actions_max(const struct c8d_model_limits *limits)
{
    /* One step of init gives fewer than 40; the end of init makes each exec say and ask at most six things.
     */
    return 40 + 6 * limits->execs_per_container_max;
}

/* Member by member: what lies between them in the caller's copy is anything, and an image holds nothing else
 * than the model. */
static void take_limits(struct c8d_model *model, const struct c8d_model_limits *limits)
{
    model->limits.containers_max = limits->containers_max;
    model->limits.execs_max = limits->execs_max;
    model->limits.execs_per_container_max = limits->execs_per_container_max;
    model->limits.wishes_max = limits->wishes_max;
    model->limits.adopt = limits->adopt;
    model->containers.capacity = limits->containers_max;
    model->execs.capacity = limits->execs_max;
}

enum c8d_status c8d_model_init(void *memory, size_t bytes, const struct c8d_model_limits *limits,
                               struct c8d_model **out)
{
    struct c8d_model *model = memory;

    if (!limits_are_valid(limits) || memory == NULL || (uintptr_t)memory % 8 != 0 ||
        bytes < layout_of(limits).bytes)
        return C8D_INVALID;
    memset(memory, 0, layout_of(limits).bytes);
    take_limits(model, limits);
    model->index_mask = layout_of(limits).index_slots - 1;
    *out = model;
    return C8D_OK;
}

const struct c8d_model_limits *c8d_model_limits(const struct c8d_model *model)
{
    return &model->limits;
}

enum c8d_status c8d_model_grow(const struct c8d_model *model, void *memory, size_t bytes,
                               const struct c8d_model_limits *limits, struct c8d_model **out)
{
    struct c8d_model *grown;
    enum c8d_status status;
    uint32_t index_mask;

    if (limits->containers_max < model->limits.containers_max ||
        limits->execs_max < model->limits.execs_max ||
        limits->execs_per_container_max < model->limits.execs_per_container_max ||
        limits->wishes_max < model->limits.wishes_max)
        return C8D_INVALID;
    status = c8d_model_init(memory, bytes, limits, &grown);
    if (status != C8D_OK)
        return status;
    index_mask = grown->index_mask;
    *grown = *model;
    take_limits(grown, limits);
    grown->index_mask = index_mask;
    memcpy(c8d__container_at(grown, 0), c8d__container_at(model, 0),
           model->containers.used * sizeof(struct c8d__container));
    memcpy(c8d__exec_at(grown, 0), c8d__exec_at(model, 0), model->execs.used * sizeof(struct c8d__exec));
    memcpy(c8d__namespaces_of(grown), c8d__namespaces_of(model),
           C8D__NAMESPACES_MAX * sizeof(struct c8d__namespace));
    memcpy(c8d__wish_at(grown, 0), c8d__wish_at(model, 0), model->wishes_used * sizeof(struct c8d__wish));
    for (uint32_t i = 0; i < grown->containers.used; i++) {
        if ((c8d__container_at(grown, i)->slot.generation & 1) != 0)
            c8d__index_put(grown, c8d__container_at(grown, i)->hash, i);
    }
    *out = grown;
    return C8D_OK;
}
