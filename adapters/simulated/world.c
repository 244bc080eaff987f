/* SPDX-License-Identifier: Apache-2.0 */
/* The objects of the world: containers and processes, made, found and removed. */
#include "simulated_internal.h"
#include <string.h>

void *c8d__sim_alloc(struct c8d__world *world, size_t bytes)
{
    void *memory = world->allocator->allocate(world->allocator->ctx, bytes);

    if (memory != NULL)
        memset(memory, 0, bytes);
    return memory;
}

void c8d__sim_free(struct c8d__world *world, void *memory, size_t bytes)
{
    world->allocator->release(world->allocator->ctx, memory, bytes);
}

char *c8d__sim_string(struct c8d__world *world, struct c8d_str text)
{
    char *copy = c8d__sim_alloc(world, text.len + 1);

    if (copy != NULL && text.len != 0)
        memcpy(copy, text.ptr, text.len);
    return copy;
}

void c8d__sim_free_string(struct c8d__world *world, char *text)
{
    if (text != NULL)
        c8d__sim_free(world, text, strlen(text) + 1);
}

struct c8d_str c8d__sim_str(const char *text)
{
    return (struct c8d_str){text, text != NULL ? strlen(text) : 0};
}

struct c8d_label *c8d__sim_labels(struct c8d__world *world, const struct c8d_label *labels, size_t n)
{
    struct c8d_label *copies = n != 0 ? c8d__sim_alloc(world, n * sizeof(*copies)) : NULL;

    for (size_t i = 0; copies != NULL && i < n; i++) {
        char *key = c8d__sim_string(world, labels[i].key);
        char *value = c8d__sim_string(world, labels[i].value);

        copies[i] = (struct c8d_label){c8d__sim_str(key), c8d__sim_str(value)};
        if (key == NULL || value == NULL) {
            c8d__sim_free_labels(world, copies, n);
            return NULL;
        }
    }
    return copies;
}

void c8d__sim_free_labels(struct c8d__world *world, struct c8d_label *labels, size_t n)
{
    if (labels == NULL)
        return;
    for (size_t i = 0; i < n; i++) {
        c8d__sim_free_string(world, (char *)(uintptr_t)labels[i].key.ptr);
        c8d__sim_free_string(world, (char *)(uintptr_t)labels[i].value.ptr);
    }
    c8d__sim_free(world, labels, n * sizeof(*labels));
}

struct c8d__sim_container *c8d__sim_find(struct c8d__world *world, const char *id)
{
    struct c8d__sim_container *container = world->containers;

    while (container != NULL && strcmp(container->id, id) != 0)
        container = container->next;
    return container;
}

struct c8d__sim_process *c8d__sim_find_process(struct c8d__sim_container *container, const char *id)
{
    struct c8d__sim_process *process = container->execs;

    if (id[0] == '\0')
        return container->init;
    while (process != NULL && strcmp(process->id, id) != 0)
        process = process->next;
    return process;
}

/* Takes a string out of a call; what is left of the call is freed with it. */
static char *taken(char **text)
{
    char *string = *text;

    *text = NULL;
    return string;
}

struct c8d__sim_container *c8d__sim_add_container(struct c8d__world *world, struct c8d__sim_call *call)
{
    struct c8d__sim_container *container = c8d__sim_alloc(world, sizeof(*container));

    if (container == NULL)
        return NULL;
    container->spec = call->spec;
    if (!c8d__sim_read_limit(world, container)) {
        c8d__sim_free(world, container, sizeof(*container));
        return NULL;
    }
    container->id = taken(&call->container);
    container->spec = taken(&call->spec);
    container->runtime = taken(&call->runtime);
    container->labels = call->labels;
    container->n_labels = call->n_labels;
    call->labels = NULL;
    container->extras = call->extras;
    call->extras = (struct c8d__sim_extras){0};
    container->created_at_ns = world->epoch_ns + c8d__sim_now(world);
    container->next = world->containers;
    world->containers = container;
    return container;
}

struct c8d__sim_process *c8d__sim_add_process(struct c8d__world *world, struct c8d__sim_container *container,
                                              struct c8d__sim_call *call, struct c8d__program *program)
{
    struct c8d__sim_process *process = c8d__sim_alloc(world, sizeof(*process));

    if (process == NULL)
        return NULL;
    process->id = taken(&call->process);
    process->container = container;
    process->program = program;
    process->streams = c8d__sim_streams_use(call->streams);
    if (process->id[0] != '\0') {
        process->next = container->execs;
        container->execs = process;
    } else {
        container->init = process;
        process->has_streams = true;
    }
    return process;
}

void c8d__sim_remove_process(struct c8d__world *world, struct c8d__sim_process *process)
{
    struct c8d__sim_container *container = process->container;
    struct c8d__sim_process **link = &container->execs;

    if (container->init == process) {
        container->init = NULL;
        container->paused = false;
        container->frozen = false;
        while (container->execs != NULL)
            c8d__sim_remove_process(world, container->execs);
    } else {
        while (*link != process)
            link = &(*link)->next;
        *link = process->next;
    }
    if (process->streams != NULL && process->has_streams)
        c8d__sim_streams_end(process->streams);
    c8d__sim_streams_drop(world, process->streams);
    c8d__program_free(world->allocator, process->program);
    c8d__sim_free_string(world, process->id);
    c8d__sim_free(world, process, sizeof(*process));
}

void c8d__sim_remove_container(struct c8d__world *world, struct c8d__sim_container *container)
{
    struct c8d__sim_container **link = &world->containers;

    while (*link != container)
        link = &(*link)->next;
    *link = container->next;
    if (container->init != NULL)
        c8d__sim_remove_process(world, container->init);
    c8d__sim_free_string(world, container->id);
    c8d__sim_free_string(world, container->spec);
    c8d__sim_free_string(world, container->runtime);
    c8d__sim_free_labels(world, container->labels, container->n_labels);
    c8d__sim_extras_free(world, &container->extras);
    c8d__sim_free(world, container, sizeof(*container));
}
