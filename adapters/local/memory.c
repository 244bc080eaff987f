/* SPDX-License-Identifier: Apache-2.0 */
/* What there is: containers and processes, found, made and removed. */
#include "local_internal.h"
#include <c8d/hcs_process.h>
#include <string.h>

void *c8d__local_alloc(struct c8d__local *local, size_t bytes)
{
    void *memory = local->allocator->allocate(local->allocator->ctx, bytes);

    if (memory != NULL)
        memset(memory, 0, bytes);
    return memory;
}

void c8d__local_free(struct c8d__local *local, void *memory, size_t bytes)
{
    local->allocator->release(local->allocator->ctx, memory, bytes);
}

static void free_copy(struct c8d__local *local, struct c8d_str text)
{
    if (text.ptr != NULL)
        c8d__local_free(local, (char *)(uintptr_t)text.ptr, text.len + 1);
}

static bool copy(struct c8d__local *local, struct c8d_str text, struct c8d_str *out)
{
    struct c8d__text copied = {0};

    if (!c8d__text_copy(local->allocator, text, &copied))
        return false;
    *out = (struct c8d_str){copied.chars, text.len};
    return true;
}

struct c8d_label *c8d__local_labels(struct c8d__local *local, const struct c8d_label *labels, size_t n)
{
    struct c8d_label *copies = n != 0 ? c8d__local_alloc(local, n * sizeof(*copies)) : NULL;

    for (size_t i = 0; copies != NULL && i < n; i++) {
        if (!copy(local, labels[i].key, &copies[i].key) || !copy(local, labels[i].value, &copies[i].value)) {
            c8d__local_free_labels(local, copies, n);
            return NULL;
        }
    }
    return copies;
}

void c8d__local_free_labels(struct c8d__local *local, struct c8d_label *labels, size_t n)
{
    if (labels == NULL)
        return;
    for (size_t i = 0; i < n; i++) {
        free_copy(local, labels[i].key);
        free_copy(local, labels[i].value);
    }
    c8d__local_free(local, labels, n * sizeof(*labels));
}

struct c8d__local_container *c8d__local_find(struct c8d__local *local, const char *id)
{
    struct c8d__local_container *container = local->containers;

    while (container != NULL && strcmp(container->id.chars, id) != 0)
        container = container->next;
    return container;
}

struct c8d__local_process *c8d__local_find_process(struct c8d__local_container *container, const char *id)
{
    struct c8d__local_process *process = container->processes;

    while (process != NULL &&
           (c8d_hcs_process_seen(process->state) == C8D_STATE_DELETED || strcmp(process->id.chars, id) != 0))
        process = process->next;
    return process;
}

static struct c8d__text taken(struct c8d__text *text)
{
    struct c8d__text whole = *text;

    *text = (struct c8d__text){0};
    return whole;
}

struct c8d__local_container *c8d__local_add(struct c8d__local *local, struct c8d__errand *errand)
{
    struct c8d__local_container *container = c8d__local_alloc(local, sizeof(*container));

    if (container == NULL ||
        !c8d__text_copy(local->allocator, c8d__text_str(&errand->container_id), &container->id)) {
        c8d__local_free(local, container, sizeof(*container));
        return NULL;
    }
    container->local = local;
    container->system = C8D_COMPUTE_SYSTEM_NONE;
    container->spec = taken(&errand->spec);
    container->runtime = taken(&errand->runtime);
    container->labels = errand->labels;
    container->n_labels = errand->n_labels;
    errand->labels = NULL;
    errand->n_labels = 0;
    container->created_at_ns = local->host.wall(local->host.ctx);
    c8d__watch_reset(local, &container->watch);
    container->next = local->containers;
    local->containers = container;
    return container;
}

static void free_process(struct c8d__local_process *process)
{
    struct c8d__local *local = process->container->local;

    c8d__plumbing_drop(local, process->plumbing);
    c8d__text_free(local->allocator, &process->id);
    c8d__text_free(local->allocator, &process->spec);
    if (process->reaper != NULL)
        c8d__errand_free(process->reaper);
    c8d__local_free(local, process, sizeof(*process));
}

void c8d__local_remove(struct c8d__local_container *container)
{
    struct c8d__local *local = container->local;
    struct c8d__local_container **link = &local->containers;

    while (*link != container)
        link = &(*link)->next;
    *link = container->next;
    local->removals++;
    while (container->processes != NULL) {
        struct c8d__local_process *process = container->processes;

        container->processes = process->next;
        free_process(process);
    }
    c8d__text_free(local->allocator, &container->id);
    c8d__text_free(local->allocator, &container->spec);
    c8d__text_free(local->allocator, &container->runtime);
    c8d__local_free_labels(local, container->labels, container->n_labels);
    c8d__local_free(local, container, sizeof(*container));
}

struct c8d__local_process *c8d__local_add_process(struct c8d__errand *errand)
{
    struct c8d__local *local = errand->local;
    struct c8d__local_process *process = c8d__local_alloc(local, sizeof(*process));

    if (process == NULL)
        return NULL;
    process->reaper = c8d__errand_new(local);
    if (process->reaper == NULL) {
        c8d__local_free(local, process, sizeof(*process));
        return NULL;
    }
    process->container = errand->container;
    process->id = taken(&errand->process_id);
    process->spec = taken(&errand->spec);
    process->plumbing = errand->plumbing;
    errand->plumbing = NULL;
    c8d__watch_reset(local, &process->watch);
    process->next = errand->container->processes;
    errand->container->processes = process;
    return process;
}

static bool is_of_no_use(const struct c8d__local_process *process)
{
    return process->state == C8D_HCS_PROCESS_NONE && process->users == 0;
}

void c8d__local_sweep(struct c8d__local_container *container)
{
    struct c8d__local_process **link = &container->processes;

    while (*link != NULL) {
        struct c8d__local_process *process = *link;

        if (!is_of_no_use(process)) {
            link = &process->next;
            continue;
        }
        *link = process->next;
        free_process(process);
    }
}
