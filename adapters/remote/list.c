/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list is asked as two: the containers and the tasks. Here they become one list of entries, joined by id. A
 * task whose container is not in the other half (made or deleted in between) is an entry too.
 */
#include "containers.pb-c.h"
#include "remote_internal.h"
#include "tasks.pb-c.h"
#include <stdlib.h>
#include <string.h>

static int by_container(const void *a, const void *b)
{
    const struct c8d_entry *left = a;
    const struct c8d_entry *right = b;

    /* Both are terminated: they come from protobuf-c. */
    return strcmp(left->container.ptr, right->container.ptr);
}

static bool add_containers(struct c8d__arena *arena, const C8dw__ListContainersResponse *containers,
                           struct c8d_entry *entries)
{
    for (size_t i = 0; i < containers->n_containers; i++) {
        entries[i] = (struct c8d_entry){.process_told = true, .process_state = C8D_ENTRY_ABSENT};
        if (!c8d__entry_container(arena, containers->containers[i], &entries[i]))
            return false;
        entries[i].spec = (struct c8d_str){0};
    }
    qsort(entries, containers->n_containers, sizeof(*entries), by_container);
    return true;
}

/* Returns how many entries there are then. */
static size_t add_tasks(const C8dw__ListTasksResponse *tasks, struct c8d_entry *entries, size_t n_containers)
{
    size_t n = n_containers;

    for (size_t i = 0; i < tasks->n_tasks; i++) {
        const struct c8d_entry key = {.container = c8d__wire_str(tasks->tasks[i]->id)};
        struct c8d_entry *entry = bsearch(&key, entries, n_containers, sizeof(key), by_container);

        if (entry == NULL) {
            entry = &entries[n++];
            *entry = key;
        }
        c8d__entry_process(tasks->tasks[i], entry);
    }
    return n;
}

static void join(struct c8d__rpc *containers, struct c8d__rpc *tasks, struct c8d_arrival *out)
{
    struct c8d__arena *arena = &containers->remote->arrival;
    const C8dw__ListContainersResponse *left = (const C8dw__ListContainersResponse *)c8d__unpack(
        arena, &c8dw__list_containers_response__descriptor, containers->exchange.reply);
    const C8dw__ListTasksResponse *right = (const C8dw__ListTasksResponse *)c8d__unpack(
        arena, &c8dw__list_tasks_response__descriptor, tasks->exchange.reply);
    struct c8d_entry *entries = NULL;

    if (left != NULL && right != NULL)
        entries = c8d__arena_take(arena, (left->n_containers + right->n_tasks) * sizeof(*entries));
    if (entries == NULL || !add_containers(arena, left, entries)) {
        c8d__malformed(containers->remote,
                       left == NULL ? containers->exchange.method : tasks->exchange.method, out);
        return;
    }
    out->n_entries = add_tasks(right, entries, left->n_containers);
    out->entries = entries;
}

void c8d__list_join(struct c8d__rpc *containers, struct c8d__rpc *tasks, struct c8d_arrival *out)
{
    c8d__outcome_tell(containers->remote, &containers->exchange, out);
    if (out->status == C8D_OK)
        c8d__outcome_tell(tasks->remote, &tasks->exchange, out);
    if (out->status == C8D_OK)
        join(containers, tasks, out);
}
