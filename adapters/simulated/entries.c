/* SPDX-License-Identifier: Apache-2.0 */
/* What the runtime tells of the present: the entries of a list, of one container, of one process. */
#include "simulated_internal.h"

static char *owned(struct c8d_str text)
{
    return (char *)(uintptr_t)text.ptr;
}

void c8d__sim_free_entries(struct c8d__world *world, struct c8d__due *due)
{
    for (size_t i = 0; i < due->arrival.n_entries; i++) {
        struct c8d_entry *entry = &due->entries[i];

        c8d__sim_free_string(world, owned(entry->container));
        c8d__sim_free_string(world, owned(entry->process));
        c8d__sim_free_string(world, owned(entry->spec));
        c8d__sim_free_string(world, owned(entry->runtime));
        c8d__sim_free_labels(world, (struct c8d_label *)(uintptr_t)entry->labels, entry->n_labels);
    }
    c8d__sim_free(world, due->entries, due->arrival.n_entries * sizeof(*due->entries));
    c8d__sim_extras_free(world, &due->extras);
    due->entries = NULL;
    due->arrival.entries = NULL;
    due->arrival.n_entries = 0;
}

static bool reserve(struct c8d__world *world, struct c8d__due *reply, size_t n)
{
    reply->entries = n != 0 ? c8d__sim_alloc(world, n * sizeof(*reply->entries)) : NULL;
    if (n != 0 && reply->entries == NULL)
        return false;
    reply->arrival.entries = reply->entries;
    reply->arrival.n_entries = n;
    return true;
}

static bool copy(struct c8d__world *world, const char *text, struct c8d_str *out)
{
    char *string = c8d__sim_string(world, c8d__sim_str(text));

    *out = c8d__sim_str(string);
    return string != NULL;
}

static enum c8d_entry_state state_of(const struct c8d__sim_process *process)
{
    if (process == NULL)
        return C8D_ENTRY_ABSENT;
    /* Of a paused task an exec is paused too, whatever has become of it. */
    if (process->container->paused)
        return C8D_ENTRY_PAUSED;
    switch (process->phase) {
    case C8D__PHASE_CREATED:
        return C8D_ENTRY_CREATED;
    case C8D__PHASE_STOPPED:
        return C8D_ENTRY_STOPPED;
    default:
        return C8D_ENTRY_RUNNING;
    }
}

struct c8d_exit c8d__sim_exit_of(const struct c8d__sim_process *process)
{
    if (process->phase != C8D__PHASE_STOPPED || process->exited_at_ns == 0)
        return (struct c8d_exit){0};
    return (struct c8d_exit){
        .known = true, .ran = true, .code = process->exit_code, .at_ns = process->exited_at_ns};
}

static void tell_state(const struct c8d__sim_process *process, struct c8d_entry *entry)
{
    entry->process_told = true;
    entry->process_state = state_of(process);
    if (process == NULL)
        return;
    entry->pid = process->pid;
    if (entry->process_state == C8D_ENTRY_STOPPED)
        entry->exit = c8d__sim_exit_of(process);
}

static bool tell_record(struct c8d__world *world, const struct c8d__sim_container *container,
                        struct c8d_entry *entry)
{
    entry->container_present = true;
    entry->created_at_ns = container->created_at_ns;
    if (!copy(world, container->id, &entry->container) || !copy(world, container->runtime, &entry->runtime))
        return false;
    entry->labels = c8d__sim_labels(world, container->labels, container->n_labels);
    if (container->n_labels != 0 && entry->labels == NULL)
        return false;
    entry->n_labels = container->n_labels;
    return true;
}

bool c8d__sim_tell_list(struct c8d__world *world, struct c8d__due *reply)
{
    size_t n = 0;

    for (const struct c8d__sim_container *each = world->containers; each != NULL; each = each->next)
        n++;
    if (!reserve(world, reply, n))
        return false;
    n = 0;
    for (const struct c8d__sim_container *each = world->containers; each != NULL; each = each->next) {
        struct c8d_entry *entry = &reply->entries[n++];

        if (!tell_record(world, each, entry))
            return false;
        tell_state(each->init, entry);
    }
    return true;
}

bool c8d__sim_tell_container(struct c8d__world *world, struct c8d__due *reply,
                             const struct c8d__sim_container *container)
{
    if (!reserve(world, reply, 1) || !tell_record(world, container, &reply->entries[0]) ||
        !copy(world, container->spec, &reply->entries[0].spec) ||
        !c8d__sim_extras_copy(world, &reply->extras, &container->extras))
        return false;
    reply->entries[0].options = reply->extras.options;
    reply->entries[0].snapshotter = reply->extras.snapshotter;
    reply->entries[0].snapshot_key = reply->extras.snapshot_key;
    return true;
}

bool c8d__sim_tell_process(struct c8d__world *world, struct c8d__due *reply,
                           const struct c8d__sim_process *process)
{
    if (!reserve(world, reply, 1))
        return false;
    tell_state(process, &reply->entries[0]);
    return copy(world, process->container->id, &reply->entries[0].container) &&
           copy(world, process->id, &reply->entries[0].process);
}
