/* SPDX-License-Identifier: Apache-2.0 */
/* What a compute system uses, and who runs in it. */
#include "local_internal.h"
#include <stdio.h>
#include <string.h>

#define NS_PER_TICK 100

/* ---- statistics
 * -------------------------------------------------------------------------------------------------------- */

static struct c8d_number number(const json_t *object, const char *name, uint64_t unit)
{
    const json_t *value = json_object_get(object, name);

    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return (struct c8d_number){0};
    return (struct c8d_number){.value = (uint64_t)json_integer_value(value) * unit, .told = true};
}

static void read_statistics(const json_t *statistics, struct c8d_stats *stats)
{
    const json_t *cpu = json_object_get(statistics, "Processor");
    const json_t *memory = json_object_get(statistics, "Memory");
    const json_t *storage = json_object_get(statistics, "Storage");

    stats->cpu.usage_ns = number(cpu, "TotalRuntime100ns", NS_PER_TICK);
    stats->cpu.user_ns = number(cpu, "RuntimeUser100ns", NS_PER_TICK);
    stats->cpu.system_ns = number(cpu, "RuntimeKernel100ns", NS_PER_TICK);
    stats->memory.usage = number(memory, "MemoryUsageCommitBytes", 1);
    stats->memory.max_usage = number(memory, "MemoryUsageCommitPeakBytes", 1);
    stats->memory.anonymous = number(memory, "MemoryUsagePrivateWorkingSetBytes", 1);
    stats->io.read_bytes = number(storage, "ReadSizeBytes", 1);
    stats->io.write_bytes = number(storage, "WriteSizeBytes", 1);
    stats->io.read_operations = number(storage, "ReadCountNormalized", 1);
    stats->io.write_operations = number(storage, "WriteCountNormalized", 1);
}

static void tell_stats(struct c8d__errand *errand, const json_t *properties)
{
    struct c8d__local *local = errand->local;
    const json_t *statistics = json_object_get(properties, "Statistics");
    struct c8d_stats *stats;

    if (!json_is_object(statistics)) {
        c8d__errand_answer(errand, C8D_REMOTE, "HCS gives no statistics of it");
        return;
    }
    stats = errand->reply != NULL ? c8d__local_alloc(local, sizeof(*stats)) : NULL;
    if (stats == NULL) {
        c8d__errand_answer(errand, C8D_EXHAUSTED, "no memory for statistics");
        return;
    }
    stats->at_ns = local->host.wall(local->host.ctx);
    read_statistics(statistics, stats);
    errand->reply->stats = stats;
    c8d__errand_answer(errand, C8D_OK, "");
}

/* ---- processes
 * ---------------------------------------------------------------------------------------------------------
 */

/* Which of ours it is; its name is empty for init and for what ours have started. */
static void name_process(const struct c8d__local_container *container, struct c8d_task_process *out)
{
    for (const struct c8d__local_process *each = container->processes; each != NULL; each = each->next) {
        if (each->pid == out->pid && c8d__hcs_process_runs(each))
            memcpy(out->exec, each->id.chars, strlen(each->id.chars) + 1);
    }
}

static void tell_pids(struct c8d__errand *errand, const json_t *properties)
{
    const json_t *list = json_object_get(properties, "ProcessList");
    size_t n = json_array_size(list);
    struct c8d_task_process *processes = NULL;

    if (errand->reply != NULL && n != 0)
        processes = c8d__local_alloc(errand->local, n * sizeof(*processes));
    if (n != 0 && processes == NULL) {
        c8d__errand_answer(errand, C8D_EXHAUSTED, "no memory for the processes");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        processes[i].pid =
            (uint32_t)json_integer_value(json_object_get(json_array_get(list, i), "ProcessId"));
        name_process(errand->container, &processes[i]);
    }
    if (errand->reply != NULL) {
        errand->reply->processes = processes;
        errand->reply->n_processes = n;
    }
    c8d__errand_answer(errand, C8D_OK, "");
}

/* ---- both
 * --------------------------------------------------------------------------------------------------------------
 */

static void properties_came(struct c8d__errand *errand)
{
    struct c8d_error err = {0};
    json_t *properties = NULL;

    if (errand->code != C8D__HR_DONE) {
        c8d__errand_fail(errand, "it cannot be measured");
        c8d__errand_end(errand);
        return;
    }
    if (c8d__document_read(errand->local->allocator, errand->job.properties, &properties, &err) != C8D_OK)
        c8d__errand_answer(errand, err.status, err.message);
    else if (errand->kind == C8D_CALL_STATS)
        tell_stats(errand, properties);
    else
        tell_pids(errand, properties);
    json_decref(properties);
}

void c8d__system_measure(struct c8d__errand *errand)
{
    struct c8d_error err = {0};
    const char *what = errand->kind == C8D_CALL_STATS ? "Statistics" : "ProcessList";

    if (c8d__document_query(errand->local->allocator, what, &errand->job.document, &err) != C8D_OK) {
        c8d__errand_answer(errand, err.status, err.message);
        return;
    }
    errand->job.handle = errand->container->handle;
    c8d__errand_call(errand, C8D__JOB_PROPERTIES, properties_came);
}
