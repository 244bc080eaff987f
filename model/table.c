/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Containers and execs: made, found, held, and forgotten. An ended one is remembered until its room is
 * needed, the one that ended longest ago first: remembering them is what makes a late event recognisable as
 * late.
 */
#include "engine.h"
#include <string.h>

bool c8d__in_use(uint32_t generation)
{
    return (generation & 1) != 0;
}

/* ---- the ended, oldest first
 * ---------------------------------------------------------------------------------- */

static void ended_add(struct c8d_model *model, struct c8d__pool *pool, uint32_t index)
{
    struct c8d__links *links = c8d__links_at(model, pool, index);

    links->older = pool->ended_youngest;
    if (pool->ended_youngest != 0)
        c8d__links_at(model, pool, pool->ended_youngest - 1)->next = index + 1;
    else
        pool->ended_oldest = index + 1;
    pool->ended_youngest = index + 1;
}

static void ended_remove(struct c8d_model *model, struct c8d__pool *pool, uint32_t index)
{
    struct c8d__links *links = c8d__links_at(model, pool, index);

    if (links->older != 0)
        c8d__links_at(model, pool, links->older - 1)->next = links->next;
    else
        pool->ended_oldest = links->next;
    if (links->next != 0)
        c8d__links_at(model, pool, links->next - 1)->older = links->older;
    else
        pool->ended_youngest = links->older;
    *links = (struct c8d__links){0};
}

static void settle(struct c8d_model *model, struct c8d__pool *pool, struct c8d__process *process,
                   uint32_t index, bool at_rest)
{
    if (at_rest == ((process->standing & C8D__LISTED) != 0))
        return;
    process->standing ^= C8D__LISTED;
    if (at_rest)
        ended_add(model, pool, index);
    else
        ended_remove(model, pool, index);
}

static bool process_at_rest(const struct c8d__process *process)
{
    return process->state == C8D_PROCESS_ABSENT && process->query == C8D_QUERY_IDLE;
}

static bool execs_at_rest(const struct c8d_model *model, const struct c8d__container *container)
{
    for (uint32_t next = container->execs; next != 0; next = c8d__exec_at(model, next - 1)->next) {
        if ((c8d__exec_at(model, next - 1)->process.standing & C8D__LISTED) == 0)
            return false;
    }
    return true;
}

/* A query that is owed to the next task is owed to nobody when there will be none. */
static bool task_query_at_rest(uint8_t query)
{
    return query == C8D_QUERY_IDLE || query == C8D_QUERY_OWED;
}

void c8d__container_settle(struct c8d_model *model, struct c8d__container *container)
{
    bool at_rest = (container->init.standing & (C8D__HELD | C8D__WISHED)) == 0 &&
                   container->replace == C8D_REPLACE_IDLE && container->record == C8D_CONTAINER_ABSENT &&
                   container->record_query == C8D_QUERY_IDLE && container->task == C8D_TASK_DOWN &&
                   task_query_at_rest(container->task_query) && process_at_rest(&container->init) &&
                   execs_at_rest(model, container);

    settle(model, &model->containers, &container->init, c8d__container_number(model, container), at_rest);
}

void c8d__exec_settle(struct c8d_model *model, struct c8d__exec *exec)
{
    settle(model, &model->execs, &exec->process, c8d__exec_number(model, exec),
           (exec->process.standing & C8D__HELD) == 0 && process_at_rest(&exec->process));
}

/* ---- making and forgetting
 * ------------------------------------------------------------------------------------ */

static void give_back(struct c8d_model *model, struct c8d__pool *pool, uint32_t index)
{
    c8d__links_at(model, pool, index)->next = pool->free;
    pool->free = index + 1;
}

static void forget_exec(struct c8d_model *model, uint32_t index)
{
    struct c8d__exec *exec = c8d__exec_at(model, index);
    struct c8d__container *container = c8d__container_at(model, exec->container);
    uint32_t *link = &container->execs;
    uint32_t generation = exec->generation + 1;

    while (*link != index + 1)
        link = &c8d__exec_at(model, *link - 1)->next;
    *link = exec->next;
    container->exec_count--;
    ended_remove(model, &model->execs, index);
    memset(c8d__exec_rest(model, exec), 0, sizeof(struct c8d__rest));
    memset(exec, 0, sizeof(*exec));
    exec->generation = generation;
    give_back(model, &model->execs, index);
    model->counters.forgotten++;
}

static void forget_container(struct c8d_model *model, uint32_t index)
{
    struct c8d__container *container = c8d__container_at(model, index);
    uint32_t generation = container->generation + 1;

    while (container->execs != 0)
        forget_exec(model, container->execs - 1);
    c8d__index_remove(model, c8d__container_hash(container), index);
    c8d__namespaces_of(model)[container->namespace_].users--;
    ended_remove(model, &model->containers, index);
    memset(c8d__container_rest(model, container), 0, sizeof(struct c8d__container_rest));
    memset(container, 0, sizeof(*container));
    container->generation = generation;
    give_back(model, &model->containers, index);
    model->counters.forgotten++;
}

bool c8d_model_forget(struct c8d_model *model, c8d_ref container, c8d_ref process)
{
    const struct c8d__container *owner = c8d__container_of(model, container);
    const struct c8d__exec *exec = c8d__exec_of(model, process);

    if (owner == NULL || (process != C8D_REF_NONE && !c8d__exec_is_in(model, exec, owner)))
        return false;
    if (((exec != NULL ? &exec->process : &owner->init)->standing & C8D__LISTED) == 0)
        return false;
    if (exec != NULL)
        forget_exec(model, c8d__exec_number(model, exec));
    else
        forget_container(model, c8d__container_number(model, owner));
    return true;
}

static uint32_t take_slot(struct c8d_model *model, struct c8d__pool *pool)
{
    uint32_t index = C8D__NONE;

    if (pool->free == 0 && pool->used == pool->capacity && pool->ended_oldest != 0) {
        if (pool == &model->containers)
            forget_container(model, pool->ended_oldest - 1);
        else
            forget_exec(model, pool->ended_oldest - 1);
    }
    if (pool->free != 0) {
        struct c8d__links *links;

        index = pool->free - 1;
        links = c8d__links_at(model, pool, index);
        pool->free = links->next;
        links->next = 0;
    } else if (pool->used < pool->capacity) {
        index = pool->used++;
    }
    return index;
}

c8d_ref c8d_model_find(const struct c8d_model *model, struct c8d_str namespace_, struct c8d_str id)
{
    uint32_t number = c8d__namespace_find(model, namespace_);
    uint32_t index =
        number != C8D__NONE ? c8d__index_find(model, number, c8d__hash_of(number, id), id) : C8D__NONE;

    return index != C8D__NONE ? c8d__container_ref(model, c8d__container_at(model, index)) : C8D_REF_NONE;
}

enum c8d_status c8d_model_open(struct c8d_model *model, struct c8d_str namespace_, struct c8d_str id,
                               c8d_ref *out)
{
    c8d_ref found = c8d_model_find(model, namespace_, id);
    struct c8d__container *container;
    uint32_t index;
    uint32_t number;

    if (!c8d__is_name(namespace_) || !c8d__is_name(id))
        return C8D_INVALID;
    if (found != C8D_REF_NONE) {
        *out = found;
        return C8D_OK;
    }
    index = take_slot(model, &model->containers);
    if (index == C8D__NONE)
        return C8D_EXHAUSTED;
    container = c8d__container_at(model, index);
    number = c8d__namespace_enter(model, namespace_);
    if (number == C8D__NONE) {
        give_back(model, &model->containers, index);
        return C8D_EXHAUSTED;
    }
    container->generation++;
    container->name_length = (uint8_t)id.len;
    memcpy(container->name, id.ptr, id.len);
    container->namespace_ = (uint8_t)number;
    if (model->listing != 0) {
        /* First heard of while a snapshot is under way, perhaps from the snapshot itself: it will answer for
         * this one too. */
        container->record_query = C8D_QUERY_LISTED;
        container->init.query = C8D_QUERY_LISTED;
        container->task_query = C8D_QUERY_LISTED;
    }
    c8d__index_put(model, c8d__hash_of(number, id), index);
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

        if (c8d__same_name(exec_id, exec->name, exec->name_length))
            return c8d__exec_ref(model, exec);
        next = exec->next;
    }
    return C8D_REF_NONE;
}

/* Within one container's share, its own oldest ended exec makes room. */
static bool make_room_in(struct c8d_model *model, const struct c8d__container *owner)
{
    uint32_t oldest = C8D__NONE;

    if (owner->exec_count < model->limits.execs_per_container_max)
        return true;
    /* New execs are put in front: the last ended one of the list is the oldest. */
    for (uint32_t next = owner->execs; next != 0; next = c8d__exec_at(model, next - 1)->next) {
        if ((c8d__exec_at(model, next - 1)->process.standing & C8D__LISTED) != 0)
            oldest = next - 1;
    }
    if (oldest == C8D__NONE)
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

    if (owner == NULL || !c8d__is_name(exec_id) || c8d__same_name(exec_id, owner->name, owner->name_length))
        return C8D_INVALID;
    if (found != C8D_REF_NONE) {
        *out = found;
        return C8D_OK;
    }
    index = make_room_in(model, owner) ? take_slot(model, &model->execs) : C8D__NONE;
    if (index == C8D__NONE)
        return C8D_EXHAUSTED;
    exec = c8d__exec_at(model, index);
    exec->generation++;
    exec->name_length = (uint8_t)exec_id.len;
    memcpy(exec->name, exec_id.ptr, exec_id.len);
    exec->container = c8d__container_number(model, owner) & C8D__NUMBER_MASK;
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
    return (uint64_t)container->generation << 32 | c8d__container_number(model, container);
}

c8d_ref c8d__exec_ref(const struct c8d_model *model, const struct c8d__exec *exec)
{
    return exec != NULL ? (uint64_t)exec->generation << 32 | c8d__exec_number(model, exec) : C8D_REF_NONE;
}

struct c8d__container *c8d__container_of(const struct c8d_model *model, c8d_ref ref)
{
    uint32_t index = (uint32_t)ref;
    struct c8d__container *container;

    if (index >= model->containers.used || (ref >> 32 & 1) == 0)
        return NULL;
    container = c8d__container_at(model, index);
    return container->generation == ref >> 32 ? container : NULL;
}

struct c8d__exec *c8d__exec_of(const struct c8d_model *model, c8d_ref ref)
{
    uint32_t index = (uint32_t)ref;
    struct c8d__exec *exec;

    if (index >= model->execs.used || (ref >> 32 & 1) == 0)
        return NULL;
    exec = c8d__exec_at(model, index);
    return exec->generation == ref >> 32 ? exec : NULL;
}

struct c8d__subject c8d__subject_of_exec(const struct c8d__subject *subject, struct c8d__exec *exec)
{
    struct c8d__subject other = *subject;

    other.exec = exec;
    other.process = &exec->process;
    return other;
}

bool c8d__exec_is_in(const struct c8d_model *model, const struct c8d__exec *exec,
                     const struct c8d__container *container)
{
    return exec != NULL && exec->container == c8d__container_number(model, container);
}

/* What is held counts it where its neighbours among the ended would stand: it is taken out from among them
 * first. */
static void hold(struct c8d_model *model, struct c8d__pool *pool, struct c8d__process *process,
                 uint32_t index)
{
    settle(model, pool, process, index, false);
    process->standing |= C8D__HELD;
    c8d__links_at(model, pool, index)->next++;
}

static void release(struct c8d__process *process, struct c8d__links *links)
{
    if ((process->standing & C8D__HELD) != 0 && --links->next == 0)
        process->standing &= (uint8_t)~C8D__HELD;
}

void c8d__release_all(struct c8d__process *process, struct c8d__links *links)
{
    if ((process->standing & C8D__HELD) == 0)
        return;
    links->next = 0;
    process->standing &= (uint8_t)~C8D__HELD;
}

bool c8d_model_hold(struct c8d_model *model, c8d_ref container, c8d_ref process)
{
    struct c8d__container *held = c8d__container_of(model, container);
    struct c8d__exec *exec = c8d__exec_of(model, process);

    if (held == NULL || (process != C8D_REF_NONE && !c8d__exec_is_in(model, exec, held)))
        return false;
    if (exec != NULL)
        hold(model, &model->execs, &exec->process, c8d__exec_number(model, exec));
    else
        hold(model, &model->containers, &held->init, c8d__container_number(model, held));
    c8d__container_settle(model, held);
    return true;
}

void c8d_model_release(struct c8d_model *model, c8d_ref container, c8d_ref process)
{
    struct c8d__container *held = c8d__container_of(model, container);
    struct c8d__exec *exec = c8d__exec_of(model, process);

    if (exec != NULL) {
        release(&exec->process, c8d__links_at(model, &model->execs, c8d__exec_number(model, exec)));
        c8d__exec_settle(model, exec);
    } else if (process == C8D_REF_NONE && held != NULL) {
        release(&held->init, c8d__links_at(model, &model->containers, c8d__container_number(model, held)));
    }
    if (held != NULL)
        c8d__container_settle(model, held);
}
