/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of a model: the caller's, in one piece, laid out here.
 *
 * Layout: struct c8d_model, the index, containers, their rests and links, the same of execs, namespaces,
 * wishes. Everything is found by its distance from the start, so a copy of the bytes is a copy of the model.
 */
#include "engine.h"
#include <string.h>

/* A container takes two lines of the processor's memory; begun in the midst of one it would take three. */
#define LINE 64
#define INDEX_AT ((sizeof(struct c8d_model) + LINE - 1) / LINE * LINE)
#define INDEX_SLOTS_MIN (LINE / (uint32_t)sizeof(uint32_t))
#define ENTITIES_MAX ((uint32_t)1 << C8D__NUMBER_BITS)
#define EXECS_PER_CONTAINER_MAX 4096

_Static_assert(sizeof(struct c8d__container) == (size_t)2 * LINE, "no more than that is waited for");

static bool limits_are_valid(const struct c8d_model_limits *limits)
{
    return limits->containers_max >= 1 && limits->containers_max <= ENTITIES_MAX &&
           limits->execs_max <= ENTITIES_MAX && limits->execs_per_container_max <= EXECS_PER_CONTAINER_MAX &&
           limits->wishes_max <= limits->containers_max;
}

static uint32_t index_slots_of(const struct c8d_model_limits *limits)
{
    uint32_t slots = INDEX_SLOTS_MIN;

    /* At most two thirds full, so that a probe stays short. */
    while (slots < limits->containers_max + limits->containers_max / 2)
        slots *= 2;
    return slots;
}

static struct c8d__layout layout_of(const struct c8d_model_limits *limits)
{
    uint64_t containers = INDEX_AT + index_slots_of(limits) * (uint64_t)sizeof(uint32_t);
    struct c8d__layout layout;

    layout.container_rests = containers + limits->containers_max * sizeof(struct c8d__container);
    layout.container_links =
        layout.container_rests + limits->containers_max * sizeof(struct c8d__container_rest);
    layout.execs = layout.container_links + limits->containers_max * sizeof(struct c8d__links);
    layout.exec_rests = layout.execs + limits->execs_max * sizeof(struct c8d__exec);
    layout.exec_links = layout.exec_rests + limits->execs_max * sizeof(struct c8d__rest);
    layout.namespaces = layout.exec_links + limits->execs_max * sizeof(struct c8d__links);
    layout.wishes = layout.namespaces + C8D__NAMESPACES_MAX * sizeof(struct c8d__namespace);
    return layout;
}

static void *at(const struct c8d_model *model, uint64_t offset)
{
    /* The one place where the memory behind the header is reached; it belongs to the model and is writable.
     */
    return (void *)((uintptr_t)model + (uintptr_t)offset);
}

uint32_t *c8d__index_of(const struct c8d_model *model)
{
    return at(model, INDEX_AT);
}

struct c8d__namespace *c8d__namespaces_of(const struct c8d_model *model)
{
    return at(model, model->layout.namespaces);
}

struct c8d__container *c8d__container_at(const struct c8d_model *model, uint32_t index)
{
    size_t containers = INDEX_AT + ((size_t)model->index_mask + 1) * sizeof(uint32_t);

    return (struct c8d__container *)at(model, containers) + index;
}

uint32_t c8d__container_number(const struct c8d_model *model, const struct c8d__container *container)
{
    return (uint32_t)(container - c8d__container_at(model, 0));
}

struct c8d__container_rest *c8d__container_rest(const struct c8d_model *model,
                                                const struct c8d__container *container)
{
    return (struct c8d__container_rest *)at(model, model->layout.container_rests) +
           c8d__container_number(model, container);
}

struct c8d__container_rest *c8d__rest_of_container(const struct c8d__subject *subject)
{
    return c8d__container_rest(subject->model, subject->container);
}

struct c8d__rest *c8d__rest_of(const struct c8d__subject *subject)
{
    return subject->exec != NULL ? c8d__exec_rest(subject->model, subject->exec)
                                 : &c8d__rest_of_container(subject)->init;
}

struct c8d__links *c8d__links_at(const struct c8d_model *model, const struct c8d__pool *pool, uint32_t index)
{
    return (struct c8d__links *)at(model, pool == &model->containers ? model->layout.container_links
                                                                     : model->layout.exec_links) +
           index;
}

void c8d__container_fetch(const struct c8d__container *container)
{
    for (size_t at = 0; at < sizeof(*container); at += LINE)
        __builtin_prefetch((const char *)container + at, 1);
}

struct c8d__exec *c8d__exec_at(const struct c8d_model *model, uint32_t index)
{
    return (struct c8d__exec *)at(model, model->layout.execs) + index;
}

uint32_t c8d__exec_number(const struct c8d_model *model, const struct c8d__exec *exec)
{
    return (uint32_t)(exec - c8d__exec_at(model, 0));
}

struct c8d__rest *c8d__exec_rest(const struct c8d_model *model, const struct c8d__exec *exec)
{
    return (struct c8d__rest *)at(model, model->layout.exec_rests) + c8d__exec_number(model, exec);
}

struct c8d__wish *c8d__wish_at(const struct c8d_model *model, uint32_t index)
{
    return (struct c8d__wish *)at(model, model->layout.wishes) + index;
}

struct c8d__wish *c8d__wish_of(const struct c8d_model *model, const struct c8d__container *container)
{
    return (container->init.standing & C8D__WISHED) != 0
               ? c8d__wish_at(model, c8d__container_rest(model, container)->wish - 1)
               : NULL;
}

struct c8d_str c8d__namespace_name(const struct c8d_model *model, uint32_t number)
{
    const struct c8d__namespace *entry = &c8d__namespaces_of(model)[number];

    return (struct c8d_str){entry->name, entry->length};
}

size_t c8d_model_bytes(const struct c8d_model_limits *limits)
{
    return limits_are_valid(limits)
               ? (size_t)(layout_of(limits).wishes + limits->wishes_max * sizeof(struct c8d__wish))
               : 0;
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
    model->index_mask = index_slots_of(limits) - 1;
    model->layout = layout_of(limits);
}

enum c8d_status c8d_model_init(void *memory, size_t bytes, const struct c8d_model_limits *limits,
                               struct c8d_model **out)
{
    struct c8d_model *model = memory;

    if (!limits_are_valid(limits) || memory == NULL || (uintptr_t)memory % 8 != 0 ||
        bytes < c8d_model_bytes(limits))
        return C8D_INVALID;
    memset(memory, 0, c8d_model_bytes(limits));
    take_limits(model, limits);
    *out = model;
    return C8D_OK;
}

const struct c8d_model_limits *c8d_model_limits(const struct c8d_model *model)
{
    return &model->limits;
}

/* As many of each as have been in use. */
static void copy_containers(struct c8d_model *grown, const struct c8d_model *model)
{
    size_t used = model->containers.used;

    memcpy(c8d__container_at(grown, 0), c8d__container_at(model, 0), used * sizeof(struct c8d__container));
    memcpy(at(grown, grown->layout.container_rests), at(model, model->layout.container_rests),
           used * sizeof(struct c8d__container_rest));
    memcpy(at(grown, grown->layout.container_links), at(model, model->layout.container_links),
           used * sizeof(struct c8d__links));
    for (uint32_t i = 0; i < used; i++) {
        if (c8d__in_use(c8d__container_at(grown, i)->generation))
            c8d__index_put(grown, c8d__container_hash(c8d__container_at(grown, i)), i);
    }
}

static void copy_execs(struct c8d_model *grown, const struct c8d_model *model)
{
    size_t used = model->execs.used;

    memcpy(c8d__exec_at(grown, 0), c8d__exec_at(model, 0), used * sizeof(struct c8d__exec));
    memcpy(at(grown, grown->layout.exec_rests), at(model, model->layout.exec_rests),
           used * sizeof(struct c8d__rest));
    memcpy(at(grown, grown->layout.exec_links), at(model, model->layout.exec_links),
           used * sizeof(struct c8d__links));
}

enum c8d_status c8d_model_grow(const struct c8d_model *model, void *memory, size_t bytes,
                               const struct c8d_model_limits *limits, struct c8d_model **out)
{
    struct c8d_model *grown;
    enum c8d_status status;

    if (limits->containers_max < model->limits.containers_max ||
        limits->execs_max < model->limits.execs_max ||
        limits->execs_per_container_max < model->limits.execs_per_container_max ||
        limits->wishes_max < model->limits.wishes_max)
        return C8D_INVALID;
    status = c8d_model_init(memory, bytes, limits, &grown);
    if (status != C8D_OK)
        return status;
    *grown = *model;
    take_limits(grown, limits);
    copy_containers(grown, model);
    copy_execs(grown, model);
    memcpy(c8d__namespaces_of(grown), c8d__namespaces_of(model),
           C8D__NAMESPACES_MAX * sizeof(struct c8d__namespace));
    memcpy(c8d__wish_at(grown, 0), c8d__wish_at(model, 0), model->wishes_used * sizeof(struct c8d__wish));
    *out = grown;
    return C8D_OK;
}
