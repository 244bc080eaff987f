/* SPDX-License-Identifier: Apache-2.0 */
/* What the client gets: replies with their entries, and events. */
#include "local_internal.h"
#include <c8d/hcs_process.h>
#include <string.h>

static void free_text(struct c8d__local *local, struct c8d_str text)
{
    if (text.ptr != NULL)
        c8d__local_free(local, (char *)(uintptr_t)text.ptr, text.len + 1);
}

static void free_entries(struct c8d__local *local, struct c8d__local_arrival *arrival)
{
    for (size_t i = 0; i < arrival->n_entries; i++) {
        const struct c8d_entry *entry = &arrival->entries[i];

        free_text(local, entry->container);
        free_text(local, entry->process);
        free_text(local, entry->spec);
        free_text(local, entry->runtime);
        c8d__local_free_labels(local, (struct c8d_label *)(uintptr_t)entry->labels, entry->n_labels);
    }
    c8d__local_free(local, arrival->entries, arrival->n_entries * sizeof(*arrival->entries));
    arrival->entries = NULL;
    arrival->n_entries = 0;
}

static void free_measures(struct c8d__local *local, struct c8d__local_arrival *arrival)
{
    c8d__local_free(local, arrival->stats, sizeof(*arrival->stats));
    c8d__local_free(local, arrival->processes, arrival->n_processes * sizeof(*arrival->processes));
}

struct c8d__local_arrival *c8d__local_arrival_new(struct c8d__local *local)
{
    return c8d__local_alloc(local, sizeof(struct c8d__local_arrival));
}

void c8d__local_arrival_free(struct c8d__local *local, struct c8d__local_arrival *arrival)
{
    if (arrival == NULL)
        return;
    free_entries(local, arrival);
    free_measures(local, arrival);
    c8d__local_free(local, arrival, sizeof(*arrival));
}

void c8d__local_arrive(struct c8d__local *local, struct c8d__local_arrival *arrival)
{
    if (arrival->arrival.status != C8D_OK)
        free_entries(local, arrival);
    arrival->arrival.entries = arrival->entries;
    arrival->arrival.n_entries = arrival->n_entries;
    arrival->arrival.stats = arrival->stats;
    arrival->arrival.processes = arrival->processes;
    arrival->arrival.n_processes = arrival->n_processes;
    arrival->arrival.message = (struct c8d_str){arrival->message, strlen(arrival->message)};
    arrival->next = NULL;
    *local->ready_end = arrival;
    local->ready_end = &arrival->next;
}

void c8d__local_end_stream(struct c8d__local *local)
{
    if (local->stream == 0)
        return;
    local->stream_end->arrival.kind = C8D_ARRIVAL_STREAM_ENDED;
    local->stream_end->arrival.token = local->stream;
    c8d__local_arrive(local, local->stream_end);
    local->stream_end = NULL;
    local->stream = 0;
}

static struct c8d_str store(char *to, const struct c8d__text *text)
{
    size_t length = strlen(text->chars);

    memcpy(to, text->chars, length + 1);
    return (struct c8d_str){to, length};
}

static struct c8d_event event_of(const struct c8d__local *local, enum c8d_event_kind kind,
                                 const struct c8d__local_process *process)
{
    struct c8d_event event = {.kind = kind,
                              .namespace_ = {local->namespace_, strlen(local->namespace_)},
                              .time_ns = local->host.wall(local->host.ctx)};

    if (process == NULL)
        return event;
    if (kind != C8D_EVENT_EXEC_ADDED)
        event.pid = process->pid;
    if (kind == C8D_EVENT_TASK_EXIT || kind == C8D_EVENT_TASK_DELETE)
        event.exit = process->exit;
    return event;
}

void c8d__local_publish(struct c8d__local *local, enum c8d_event_kind kind,
                        const struct c8d__local_container *container,
                        const struct c8d__local_process *process)
{
    struct c8d__local_arrival *arrival = local->stream != 0 ? c8d__local_arrival_new(local) : NULL;

    if (arrival == NULL) {
        /* A stream that cannot give every event is over, so that what is missing is asked for. */
        c8d__local_end_stream(local);
        return;
    }
    arrival->arrival.kind = C8D_ARRIVAL_EVENT;
    arrival->arrival.event = event_of(local, kind, process);
    arrival->arrival.event.container = store(arrival->container, &container->id);
    if (process != NULL)
        arrival->arrival.event.process = store(arrival->process, &process->id);
    c8d__local_arrive(local, arrival);
}

/* ---- entries
 * ----------------------------------------------------------------------------------------------------------
 */

/* At least one. */
static bool reserve(struct c8d__local *local, struct c8d__local_arrival *reply, size_t n)
{
    reply->entries = c8d__local_alloc(local, n * sizeof(*reply->entries));
    reply->n_entries = reply->entries != NULL ? n : 0;
    return reply->entries != NULL;
}

static bool copy(struct c8d__local *local, const struct c8d__text *text, struct c8d_str *out)
{
    struct c8d__text copied = {0};

    if (text->chars == NULL) /* of a leftover nothing is known */
        return true;
    if (!c8d__text_copy(local->allocator, c8d__text_str(text), &copied))
        return false;
    *out = c8d__text_str(&copied);
    return true;
}

/* Who runs in a task that is paused is paused with it. */
static enum c8d_entry_state running(const struct c8d__local_process *process)
{
    const struct c8d__local_process *init = c8d__local_find_process(process->container, "");

    return init != NULL && c8d_hcs_process_seen(init->state) == C8D_STATE_PAUSED ? C8D_ENTRY_PAUSED
                                                                                 : C8D_ENTRY_RUNNING;
}

static enum c8d_entry_state state_of(const struct c8d__local_process *process)
{
    if (process == NULL)
        return C8D_ENTRY_ABSENT;
    switch (c8d_hcs_process_seen(process->state)) {
    case C8D_STATE_CREATED:
        return C8D_ENTRY_CREATED;
    case C8D_STATE_STOPPED:
        return C8D_ENTRY_STOPPED;
    default:
        return running(process);
    }
}

static void tell_state(const struct c8d__local_process *process, struct c8d_entry *entry)
{
    entry->process_told = true;
    entry->process_state = state_of(process);
    if (process == NULL)
        return;
    entry->pid = process->pid;
    if (entry->process_state == C8D_ENTRY_STOPPED)
        entry->exit = process->exit;
}

static bool tell_record(struct c8d__local *local, const struct c8d__local_container *container,
                        struct c8d_entry *entry)
{
    entry->container_present = true;
    entry->created_at_ns = container->created_at_ns;
    entry->labels = c8d__local_labels(local, container->labels, container->n_labels);
    entry->n_labels = entry->labels != NULL ? container->n_labels : 0;
    return entry->n_labels == container->n_labels && copy(local, &container->id, &entry->container) &&
           copy(local, &container->runtime, &entry->runtime);
}

bool c8d__local_tell_container(struct c8d__local *local, struct c8d__local_arrival *reply,
                               const struct c8d__local_container *container)
{
    return reserve(local, reply, 1) && tell_record(local, container, &reply->entries[0]) &&
           copy(local, &container->spec, &reply->entries[0].spec);
}

bool c8d__local_tell_process(struct c8d__local *local, struct c8d__local_arrival *reply,
                             const struct c8d__local_process *process)
{
    if (!reserve(local, reply, 1))
        return false;
    tell_state(process, &reply->entries[0]);
    return copy(local, &process->container->id, &reply->entries[0].container) &&
           copy(local, &process->id, &reply->entries[0].process);
}

static bool is_listed(const struct c8d__local_container *container)
{
    return c8d_compute_system_presence(container->system) != C8D_COMPUTE_SYSTEM_COMING;
}

bool c8d__local_tell_all(struct c8d__local *local, struct c8d__local_arrival *reply)
{
    struct c8d_entry *entry;
    size_t n = 0;

    for (struct c8d__local_container *each = local->containers; each != NULL; each = each->next)
        n += is_listed(each);
    if (n == 0)
        return true;
    if (!reserve(local, reply, n))
        return false;
    entry = reply->entries;
    for (struct c8d__local_container *each = local->containers; each != NULL; each = each->next) {
        if (!is_listed(each))
            continue;
        if (!tell_record(local, each, entry))
            return false;
        tell_state(c8d__local_find_process(each, ""), entry);
        entry++;
    }
    return true;
}
