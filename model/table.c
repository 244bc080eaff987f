/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of a model: where containers and execs live, how they are found by name, and how ended ones are
 * remembered until their room is needed. Remembering them is what makes a late event recognisable as late.
 *
 * Layout: struct c8d_model, the index, containers, execs, namespaces. Open addressing with linear probing; an
 * entry of the index is a container's number plus one.
 */
#include "engine.h"
#include <string.h>

struct namespace_entry {
    uint32_t users; /* containers in it */
    uint32_t length;
    char name[C8D_NAME_BYTES_MAX];
    uint32_t reserved;
};

struct layout {
    size_t index;
    size_t containers;
    size_t execs;
    size_t namespaces;
    size_t bytes;
    uint32_t index_slots;
};

#define ENTITIES_MAX ((uint32_t)1 << 24)
#define EXECS_PER_CONTAINER_MAX 4096
#define NONE UINT32_MAX

static bool limits_are_valid(const struct c8d_model_limits *limits)
{
    return limits->containers_max >= 1 && limits->containers_max <= ENTITIES_MAX &&
           limits->execs_max <= ENTITIES_MAX && limits->execs_per_container_max <= EXECS_PER_CONTAINER_MAX;
}

static struct layout layout_of(const struct c8d_model_limits *limits)
{
    struct layout layout = {.index_slots = 4};

    /* At most two thirds full, so that a probe stays short. */
    while (layout.index_slots < limits->containers_max + limits->containers_max / 2)
        layout.index_slots *= 2;
    layout.index = sizeof(struct c8d_model);
    layout.containers = layout.index + layout.index_slots * sizeof(uint32_t);
    layout.execs = layout.containers + limits->containers_max * sizeof(struct c8d__container);
    layout.namespaces = layout.execs + limits->execs_max * sizeof(struct c8d__exec);
    layout.bytes = layout.namespaces + C8D__NAMESPACES_MAX * sizeof(struct namespace_entry);
    return layout;
}

static void *at(const struct c8d_model *model, size_t offset)
{
    /* The one place where the memory behind the header is reached; it belongs to the model and is writable.
     */
    return (void *)((uintptr_t)model + offset);
}

static uint32_t *index_of(const struct c8d_model *model)
{
    return at(model, sizeof(struct c8d_model));
}

static struct namespace_entry *namespaces_of(const struct c8d_model *model)
{
    return at(model, layout_of(&model->limits).namespaces);
}

struct c8d__container *c8d__container_at(const struct c8d_model *model, uint32_t index)
{
    size_t containers = sizeof(struct c8d_model) + ((size_t)model->index_mask + 1) * sizeof(uint32_t);

    return (struct c8d__container *)at(model, containers) + index;
}

struct c8d__exec *c8d__exec_at(const struct c8d_model *model, uint32_t index)
{
    return (struct c8d__exec *)(void *)c8d__container_at(model, model->limits.containers_max) + index;
}

struct c8d_str c8d__namespace_name(const struct c8d_model *model, uint32_t number)
{
    const struct namespace_entry *entry = &namespaces_of(model)[number];

    return (struct c8d_str){entry->name, entry->length};
}

size_t c8d_model_bytes(const struct c8d_model_limits *limits)
{
    return limits_are_valid(limits) ? layout_of(limits).bytes : 0;
}

uint32_t c8d_model_actions_max(const struct c8d_model_limits *limits)
{
    /* One step of init gives fewer than 32; the end of init makes each exec say and ask at most four things.
     */
    return 32 + 4 * limits->execs_per_container_max;
}

enum c8d_status c8d_model_init(void *memory, size_t bytes, const struct c8d_model_limits *limits,
                               struct c8d_model **out)
{
    struct c8d_model *model = memory;

    if (!limits_are_valid(limits) || memory == NULL || (uintptr_t)memory % 8 != 0 ||
        bytes < layout_of(limits).bytes)
        return C8D_INVALID;
    memset(memory, 0, layout_of(limits).bytes);
    model->limits = *limits;
    model->index_mask = layout_of(limits).index_slots - 1;
    model->containers.capacity = limits->containers_max;
    model->execs.capacity = limits->execs_max;
    *out = model;
    return C8D_OK;
}

const struct c8d_model_limits *c8d_model_limits(const struct c8d_model *model)
{
    return &model->limits;
}

/* ---- names
 * ---------------------------------------------------------------------------------------------------- */

static bool is_name(struct c8d_str name)
{
    return name.len >= 1 && name.len <= C8D_NAME_BYTES_MAX;
}

static bool same(struct c8d_str name, const char *bytes, uint32_t length)
{
    return name.len == length && memcmp(name.ptr, bytes, length) == 0;
}

static uint32_t find_namespace(const struct c8d_model *model, struct c8d_str name)
{
    const struct namespace_entry *entries = namespaces_of(model);

    for (uint32_t i = 0; i < model->namespaces; i++) {
        if (entries[i].users > 0 && same(name, entries[i].name, entries[i].length))
            return i;
    }
    return NONE;
}

static uint32_t intern_namespace(struct c8d_model *model, struct c8d_str name)
{
    struct namespace_entry *entries = namespaces_of(model);
    uint32_t number = find_namespace(model, name);

    for (uint32_t i = 0; number == NONE && i < C8D__NAMESPACES_MAX; i++) {
        if (entries[i].users == 0) {
            number = i;
            entries[i].length = (uint32_t)name.len;
            memcpy(entries[i].name, name.ptr, name.len);
            if (model->namespaces <= i)
                model->namespaces = i + 1;
        }
    }
    if (number != NONE)
        entries[number].users++;
    return number;
}

/* FNV-1a, folded. Ids are chosen by the host's own engine, not by an enemy. */
static uint32_t hash_of(uint32_t namespace_, struct c8d_str id)
{
    uint64_t hash = 14695981039346656037u ^ namespace_;

    for (size_t i = 0; i < id.len; i++)
        hash = (hash ^ (uint8_t)id.ptr[i]) * 1099511628211u;
    return (uint32_t)(hash ^ hash >> 32);
}

/* ---- the index
 * ------------------------------------------------------------------------------------------------ */

static void index_put(struct c8d_model *model, uint32_t hash, uint32_t container)
{
    uint32_t *index = index_of(model);
    uint32_t slot = hash & model->index_mask;

    while (index[slot] != 0)
        slot = (slot + 1) & model->index_mask;
    index[slot] = container + 1;
}

/* Removes an entry and moves back those that had been pushed past it, so that no probe meets a hole too
 * early. */
static void index_remove(struct c8d_model *model, uint32_t hash, uint32_t container)
{
    uint32_t *index = index_of(model);
    uint32_t hole = hash & model->index_mask;

    while (index[hole] != container + 1)
        hole = (hole + 1) & model->index_mask;
    index[hole] = 0;
    for (uint32_t slot = (hole + 1) & model->index_mask; index[slot] != 0;
         slot = (slot + 1) & model->index_mask) {
        uint32_t home = c8d__container_at(model, index[slot] - 1)->hash & model->index_mask;

        if (((slot - home) & model->index_mask) >= ((slot - hole) & model->index_mask)) {
            index[hole] = index[slot];
            index[slot] = 0;
            hole = slot;
        }
    }
}

static uint32_t index_find(const struct c8d_model *model, uint32_t namespace_, struct c8d_str id)
{
    const uint32_t *index = index_of(model);
    uint32_t hash = hash_of(namespace_, id);

    for (uint32_t slot = hash & model->index_mask; index[slot] != 0; slot = (slot + 1) & model->index_mask) {
        const struct c8d__container *container = c8d__container_at(model, index[slot] - 1);

        if (container->hash == hash && container->namespace_ == namespace_ &&
            same(id, container->slot.name, container->slot.name_length))
            return index[slot] - 1;
    }
    return NONE;
}

/* ---- the ended, oldest first
 * ---------------------------------------------------------------------------------- */

static struct c8d__slot *slot_at(const struct c8d_model *model, const struct c8d__pool *pool, uint32_t index)
{
    return pool == &model->containers ? &c8d__container_at(model, index)->slot
                                      : &c8d__exec_at(model, index)->slot;
}

static void ended_add(struct c8d_model *model, struct c8d__pool *pool, uint32_t index)
{
    struct c8d__slot *slot = slot_at(model, pool, index);

    slot->ended = 1;
    slot->next = 0;
    slot->older = pool->ended_youngest;
    if (pool->ended_youngest != 0)
        slot_at(model, pool, pool->ended_youngest - 1)->next = index + 1;
    else
        pool->ended_oldest = index + 1;
    pool->ended_youngest = index + 1;
}

static void ended_remove(struct c8d_model *model, struct c8d__pool *pool, uint32_t index)
{
    struct c8d__slot *slot = slot_at(model, pool, index);

    if (slot->older != 0)
        slot_at(model, pool, slot->older - 1)->next = slot->next;
    else
        pool->ended_oldest = slot->next;
    if (slot->next != 0)
        slot_at(model, pool, slot->next - 1)->older = slot->older;
    else
        pool->ended_youngest = slot->older;
    slot->ended = 0;
    slot->next = 0;
    slot->older = 0;
}

static void settle(struct c8d_model *model, struct c8d__pool *pool, uint32_t index, bool at_rest)
{
    if (at_rest && slot_at(model, pool, index)->ended == 0)
        ended_add(model, pool, index);
    else if (!at_rest && slot_at(model, pool, index)->ended != 0)
        ended_remove(model, pool, index);
}

static bool process_at_rest(const struct c8d__process *process)
{
    return process->state == C8D_PROCESS_ABSENT && process->query == C8D_QUERY_IDLE;
}

static uint32_t number_of_container(const struct c8d_model *model, const struct c8d__container *container)
{
    return (uint32_t)(container - c8d__container_at(model, 0));
}

static uint32_t number_of_exec(const struct c8d_model *model, const struct c8d__exec *exec)
{
    return (uint32_t)(exec - c8d__exec_at(model, 0));
}

static bool execs_at_rest(const struct c8d_model *model, const struct c8d__container *container)
{
    for (uint32_t next = container->execs; next != 0; next = c8d__exec_at(model, next - 1)->next) {
        if (c8d__exec_at(model, next - 1)->slot.ended == 0)
            return false;
    }
    return true;
}

void c8d__container_settle(struct c8d_model *model, struct c8d__container *container)
{
    bool at_rest = container->slot.holds == 0 && container->record == C8D_CONTAINER_ABSENT &&
                   container->record_query == C8D_QUERY_IDLE && container->task == C8D_TASK_DOWN &&
                   container->task_query == C8D_QUERY_IDLE && process_at_rest(&container->init) &&
                   execs_at_rest(model, container);

    settle(model, &model->containers, number_of_container(model, container), at_rest);
}

void c8d__exec_settle(struct c8d_model *model, struct c8d__exec *exec)
{
    settle(model, &model->execs, number_of_exec(model, exec),
           exec->slot.holds == 0 && process_at_rest(&exec->process));
}

/* ---- making and forgetting
 * ------------------------------------------------------------------------------------ */

static void forget_exec(struct c8d_model *model, uint32_t index)
{
    struct c8d__exec *exec = c8d__exec_at(model, index);
    struct c8d__container *container = c8d__container_at(model, exec->container);
    uint32_t *link = &container->execs;
    uint32_t generation = exec->slot.generation + 1;

    while (*link != index + 1)
        link = &c8d__exec_at(model, *link - 1)->next;
    *link = exec->next;
    container->exec_count--;
    ended_remove(model, &model->execs, index);
    memset(exec, 0, sizeof(*exec));
    exec->slot.generation = generation;
    exec->slot.next = model->execs.free;
    model->execs.free = index + 1;
    model->counters.forgotten++;
}

static void forget_container(struct c8d_model *model, uint32_t index)
{
    struct c8d__container *container = c8d__container_at(model, index);
    uint32_t generation = container->slot.generation + 1;

    while (container->execs != 0)
        forget_exec(model, container->execs - 1);
    index_remove(model, container->hash, index);
    namespaces_of(model)[container->namespace_].users--;
    ended_remove(model, &model->containers, index);
    memset(container, 0, sizeof(*container));
    container->slot.generation = generation;
    container->slot.next = model->containers.free;
    model->containers.free = index + 1;
    model->counters.forgotten++;
}

static uint32_t take_slot(struct c8d_model *model, struct c8d__pool *pool)
{
    uint32_t index = NONE;

    if (pool->free == 0 && pool->used == pool->capacity && pool->ended_oldest != 0) {
        if (pool == &model->containers)
            forget_container(model, pool->ended_oldest - 1);
        else
            forget_exec(model, pool->ended_oldest - 1);
    }
    if (pool->free != 0) {
        index = pool->free - 1;
        pool->free = slot_at(model, pool, index)->next;
    } else if (pool->used < pool->capacity) {
        index = pool->used++;
    }
    return index;
}

static void name_slot(struct c8d__slot *slot, struct c8d_str name)
{
    slot->generation++;
    slot->next = 0;
    slot->name_length = (uint32_t)name.len;
    memcpy(slot->name, name.ptr, name.len);
}

c8d_ref c8d_model_find(const struct c8d_model *model, struct c8d_str namespace_, struct c8d_str id)
{
    uint32_t number = is_name(namespace_) && is_name(id) ? find_namespace(model, namespace_) : NONE;
    uint32_t index = number != NONE ? index_find(model, number, id) : NONE;

    return index != NONE ? c8d__container_ref(model, c8d__container_at(model, index)) : C8D_REF_NONE;
}

enum c8d_status c8d_model_open(struct c8d_model *model, struct c8d_str namespace_, struct c8d_str id,
                               c8d_ref *out)
{
    c8d_ref found = c8d_model_find(model, namespace_, id);
    struct c8d__container *container;
    uint32_t index;
    uint32_t number;

    if (!is_name(namespace_) || !is_name(id))
        return C8D_INVALID;
    if (found != C8D_REF_NONE) {
        *out = found;
        return C8D_OK;
    }
    index = take_slot(model, &model->containers);
    if (index == NONE)
        return C8D_EXHAUSTED;
    container = c8d__container_at(model, index);
    number = intern_namespace(model, namespace_);
    if (number == NONE) {
        container->slot.next = model->containers.free;
        model->containers.free = index + 1;
        return C8D_EXHAUSTED;
    }
    name_slot(&container->slot, id);
    container->namespace_ = number;
    container->hash = hash_of(number, id);
    if (model->listing != 0) {
        /* First heard of while a snapshot is under way, perhaps from the snapshot itself: it will answer for
         * this one too. */
        container->record_query = C8D_QUERY_LISTED;
        container->init.query = C8D_QUERY_LISTED;
        container->task_query = C8D_QUERY_LISTED;
    }
    index_put(model, container->hash, index);
    c8d__container_settle(model, container);
    *out = c8d__container_ref(model, container);
    return C8D_OK;
}

c8d_ref c8d_model_find_exec(const struct c8d_model *model, c8d_ref container, struct c8d_str exec_id)
{
    const struct c8d__container *owner = c8d__container_of(model, container);
    uint32_t next = owner != NULL ? owner->execs : 0;

    while (next != 0) {
        const struct c8d__exec *exec = c8d__exec_at(model, next - 1);

        if (same(exec_id, exec->slot.name, exec->slot.name_length))
            return c8d__exec_ref(model, exec);
        next = exec->next;
    }
    return C8D_REF_NONE;
}

/* Within one container's share, its own oldest ended exec makes room. */
static bool make_room_in(struct c8d_model *model, const struct c8d__container *owner)
{
    uint32_t oldest = NONE;

    if (owner->exec_count < model->limits.execs_per_container_max)
        return true;
    /* New execs are put in front: the last ended one of the list is the oldest. */
    for (uint32_t next = owner->execs; next != 0; next = c8d__exec_at(model, next - 1)->next) {
        if (c8d__exec_at(model, next - 1)->slot.ended != 0)
            oldest = next - 1;
    }
    if (oldest == NONE)
        return false;
    forget_exec(model, oldest);
    return true;
}

enum c8d_status c8d_model_open_exec(struct c8d_model *model, c8d_ref container, struct c8d_str exec_id,
                                    c8d_ref *out)
{
    struct c8d__container *owner = c8d__container_of(model, container);
    c8d_ref found = c8d_model_find_exec(model, container, exec_id);
    struct c8d__exec *exec;
    uint32_t index;

    if (owner == NULL || !is_name(exec_id) || same(exec_id, owner->slot.name, owner->slot.name_length))
        return C8D_INVALID;
    if (found != C8D_REF_NONE) {
        *out = found;
        return C8D_OK;
    }
    index = make_room_in(model, owner) ? take_slot(model, &model->execs) : NONE;
    if (index == NONE)
        return C8D_EXHAUSTED;
    exec = c8d__exec_at(model, index);
    name_slot(&exec->slot, exec_id);
    exec->container = number_of_container(model, owner);
    exec->next = owner->execs;
    owner->execs = index + 1;
    owner->exec_count++;
    c8d__exec_settle(model, exec);
    *out = c8d__exec_ref(model, exec);
    return C8D_OK;
}

/* ---- references
 * ----------------------------------------------------------------------------------------------- */

c8d_ref c8d__container_ref(const struct c8d_model *model, const struct c8d__container *container)
{
    return (uint64_t)container->slot.generation << 32 | number_of_container(model, container);
}

c8d_ref c8d__exec_ref(const struct c8d_model *model, const struct c8d__exec *exec)
{
    return exec != NULL ? (uint64_t)exec->slot.generation << 32 | number_of_exec(model, exec) : C8D_REF_NONE;
}

struct c8d__container *c8d__container_of(const struct c8d_model *model, c8d_ref ref)
{
    uint32_t index = (uint32_t)ref;
    struct c8d__container *container;

    if (index >= model->containers.used || (ref >> 32 & 1) == 0)
        return NULL;
    container = c8d__container_at(model, index);
    return container->slot.generation == ref >> 32 ? container : NULL;
}

struct c8d__exec *c8d__exec_of(const struct c8d_model *model, c8d_ref ref)
{
    uint32_t index = (uint32_t)ref;
    struct c8d__exec *exec;

    if (index >= model->execs.used || (ref >> 32 & 1) == 0)
        return NULL;
    exec = c8d__exec_at(model, index);
    return exec->slot.generation == ref >> 32 ? exec : NULL;
}

bool c8d_model_hold(struct c8d_model *model, c8d_ref container, c8d_ref process)
{
    struct c8d__container *held = c8d__container_of(model, container);
    struct c8d__exec *exec = c8d__exec_of(model, process);

    if (held == NULL || (process != C8D_REF_NONE && exec == NULL))
        return false;
    if (exec != NULL) {
        exec->slot.holds++;
        c8d__exec_settle(model, exec);
    } else {
        held->slot.holds++;
    }
    c8d__container_settle(model, held);
    return true;
}

void c8d_model_release(struct c8d_model *model, c8d_ref container, c8d_ref process)
{
    struct c8d__container *held = c8d__container_of(model, container);
    struct c8d__exec *exec = c8d__exec_of(model, process);

    if (exec != NULL && exec->slot.holds > 0) {
        exec->slot.holds--;
        c8d__exec_settle(model, exec);
    } else if (exec == NULL && process == C8D_REF_NONE && held != NULL && held->slot.holds > 0) {
        held->slot.holds--;
    }
    if (held != NULL)
        c8d__container_settle(model, held);
}

enum c8d_status c8d_model_grow(const struct c8d_model *model, void *memory, size_t bytes,
                               const struct c8d_model_limits *limits, struct c8d_model **out)
{
    struct c8d_model *grown;
    enum c8d_status status;
    uint32_t index_mask;

    if (limits->containers_max < model->limits.containers_max ||
        limits->execs_max < model->limits.execs_max ||
        limits->execs_per_container_max < model->limits.execs_per_container_max)
        return C8D_INVALID;
    status = c8d_model_init(memory, bytes, limits, &grown);
    if (status != C8D_OK)
        return status;
    index_mask = grown->index_mask;
    *grown = *model;
    grown->limits = *limits;
    grown->index_mask = index_mask;
    grown->containers.capacity = limits->containers_max;
    grown->execs.capacity = limits->execs_max;
    memcpy(c8d__container_at(grown, 0), c8d__container_at(model, 0),
           model->containers.used * sizeof(struct c8d__container));
    memcpy(c8d__exec_at(grown, 0), c8d__exec_at(model, 0), model->execs.used * sizeof(struct c8d__exec));
    memcpy(namespaces_of(grown), namespaces_of(model), C8D__NAMESPACES_MAX * sizeof(struct namespace_entry));
    for (uint32_t i = 0; i < grown->containers.used; i++) {
        if ((c8d__container_at(grown, i)->slot.generation & 1) != 0)
            index_put(grown, c8d__container_at(grown, i)->hash, i);
    }
    *out = grown;
    return C8D_OK;
}
