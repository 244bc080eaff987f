/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a task uses and which processes it has, out of containerd's words.
 *
 * A number of a proto3 message that is 0 is not on the wire, so what tells whether it was told is the message
 * around it: a cgroup without a controller has none of that controller's.
 */
#include "metrics.pb-c.h"
#include "remote_internal.h"
#include "runhcs.pb-c.h"
#include "tasks.pb-c.h"
#include <string.h>

#define V1_URL "io.containerd.cgroups.v1.Metrics"
#define V2_URL "io.containerd.cgroups.v2.Metrics"
#define RUNHCS_URL "containerd.runhcs.stats.v1.Statistics"
#define RUNC_DETAILS_URL "containerd.runc.v1.ProcessDetails"
#define RUNHCS_DETAILS_URL "containerd.runhcs.v1.ProcessDetails"
#define NS_PER_US UINT64_C(1000)
/* cgroup v1 says "no limit" with the largest multiple of a page that is a signed number; a page may be 64
 * KiB. */
#define UNLIMITED (UINT64_C(0x7fffffffffffffff) - 65535)

static struct c8d_number told(uint64_t value)
{
    return (struct c8d_number){.value = value, .told = true};
}

static struct c8d_number limit(uint64_t value)
{
    return told(value >= UNLIMITED ? C8D_NO_LIMIT : value);
}

static struct c8d_number microseconds(uint64_t value)
{
    return told(value <= UINT64_MAX / NS_PER_US ? value * NS_PER_US : UINT64_MAX);
}

static void read_pids(const C8dw__PidsStat *pids, struct c8d_stats *out)
{
    if (pids == NULL)
        return;
    out->pids.current = told(pids->current);
    /* v1 has 0 for "max". */
    out->pids.limit = limit(pids->limit != 0 ? pids->limit : C8D_NO_LIMIT);
}

/* ---- cgroup v1
 * ------------------------------------------------------------------------------------------------ */

static void read_cpu_v1(const C8dw__CpuStatV1 *cpu, struct c8d_cpu_stats *out)
{
    if (cpu != NULL && cpu->usage != NULL) {
        out->usage_ns = told(cpu->usage->total);
        out->user_ns = told(cpu->usage->user);
        out->system_ns = told(cpu->usage->kernel);
    }
    if (cpu != NULL && cpu->throttling != NULL) {
        out->periods = told(cpu->throttling->periods);
        out->throttled_periods = told(cpu->throttling->throttled_periods);
        out->throttled_ns = told(cpu->throttling->throttled_time);
    }
}

static void read_entries_v1(const C8dw__MemoryStatV1 *memory, struct c8d_memory_stats *out)
{
    if (memory->usage != NULL) {
        out->usage = told(memory->usage->usage);
        out->max_usage = told(memory->usage->max);
        out->limit = limit(memory->usage->limit);
        out->failures = told(memory->usage->failures);
    }
    if (memory->swap != NULL) {
        out->swap_usage = told(memory->swap->usage);
        out->swap_limit = limit(memory->swap->limit);
    }
    if (memory->kernel != NULL)
        out->kernel_usage = told(memory->kernel->usage);
}

static void read_memory_v1(const C8dw__MemoryStatV1 *memory, struct c8d_memory_stats *out)
{
    if (memory == NULL)
        return;
    out->anonymous = told(memory->total_rss);
    out->file = told(memory->total_cache);
    out->file_mapped = told(memory->total_mapped_file);
    out->file_dirty = told(memory->total_dirty);
    out->file_writeback = told(memory->total_writeback);
    out->active_anonymous = told(memory->total_active_anon);
    out->inactive_anonymous = told(memory->total_inactive_anon);
    out->active_file = told(memory->total_active_file);
    out->inactive_file = told(memory->total_inactive_file);
    out->unevictable = told(memory->total_unevictable);
    out->page_faults = told(memory->total_page_faults);
    out->major_page_faults = told(memory->total_major_page_faults);
    read_entries_v1(memory, out);
}

static struct c8d_number sum_of(C8dw__BlockEntry *const *entries, size_t n, const char *op)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += strcmp(entries[i]->op, op) == 0 ? entries[i]->value : 0;
    return told(sum);
}

static void read_block_v1(const C8dw__BlockStat *block, struct c8d_io_stats *out)
{
    if (block == NULL)
        return;
    out->read_bytes = sum_of(block->bytes, block->n_bytes, "Read");
    out->write_bytes = sum_of(block->bytes, block->n_bytes, "Write");
    out->read_operations = sum_of(block->operations, block->n_operations, "Read");
    out->write_operations = sum_of(block->operations, block->n_operations, "Write");
}

static void read_metrics_v1(const C8dw__MetricsV1 *metrics, struct c8d_stats *out)
{
    out->cgroup = C8D_CGROUP_V1;
    read_pids(metrics->pids, out);
    read_cpu_v1(metrics->cpu, &out->cpu);
    read_memory_v1(metrics->memory, &out->memory);
    read_block_v1(metrics->block, &out->io);
    if (metrics->oom_control != NULL) {
        out->memory_events.under_oom = told(metrics->oom_control->under_oom);
        out->memory_events.oom_kill = told(metrics->oom_control->oom_kill);
    }
}

static void read_v1(const ProtobufCMessage *message, struct c8d_stats *out)
{
    read_metrics_v1((const C8dw__MetricsV1 *)message, out);
}

/* ---- cgroup v2
 * ------------------------------------------------------------------------------------------------ */

static void read_cpu_v2(const C8dw__CpuStatV2 *cpu, struct c8d_cpu_stats *out)
{
    if (cpu == NULL)
        return;
    out->usage_ns = microseconds(cpu->usage_us);
    out->user_ns = microseconds(cpu->user_us);
    out->system_ns = microseconds(cpu->system_us);
    out->periods = told(cpu->periods);
    out->throttled_periods = told(cpu->throttled_periods);
    out->throttled_ns = microseconds(cpu->throttled_us);
}

static void read_kinds_v2(const C8dw__MemoryStatV2 *memory, struct c8d_memory_stats *out)
{
    out->kernel_stack = told(memory->kernel_stack);
    out->slab = told(memory->slab);
    out->socket = told(memory->sock);
    out->shared = told(memory->shmem);
    out->anonymous = told(memory->anon);
    out->file = told(memory->file);
    out->file_mapped = told(memory->file_mapped);
    out->file_dirty = told(memory->file_dirty);
    out->file_writeback = told(memory->file_writeback);
    out->active_anonymous = told(memory->active_anon);
    out->inactive_anonymous = told(memory->inactive_anon);
    out->active_file = told(memory->active_file);
    out->inactive_file = told(memory->inactive_file);
    out->unevictable = told(memory->unevictable);
    out->page_faults = told(memory->page_faults);
    out->major_page_faults = told(memory->major_page_faults);
}

static void read_memory_v2(const C8dw__MemoryStatV2 *memory, struct c8d_memory_stats *out)
{
    if (memory == NULL)
        return;
    read_kinds_v2(memory, out);
    out->usage = told(memory->usage);
    out->limit = limit(memory->usage_limit);
    out->swap_usage = told(memory->swap_usage);
    out->swap_limit = limit(memory->swap_limit);
    /* A cgroup whose usage was never above 0 is none: 0 is from before the number was sent. */
    if (memory->max_usage != 0)
        out->max_usage = told(memory->max_usage);
}

static void read_io_v2(const C8dw__IoStat *io, struct c8d_io_stats *out)
{
    struct c8d_io_stats sum = {told(0), told(0), told(0), told(0)};

    if (io == NULL)
        return;
    for (size_t i = 0; i < io->n_usage; i++) {
        sum.read_bytes.value += io->usage[i]->read_bytes;
        sum.write_bytes.value += io->usage[i]->write_bytes;
        sum.read_operations.value += io->usage[i]->read_operations;
        sum.write_operations.value += io->usage[i]->write_operations;
    }
    *out = sum;
}

static void read_v2(const ProtobufCMessage *message, struct c8d_stats *out)
{
    const C8dw__MetricsV2 *metrics = (const C8dw__MetricsV2 *)message;
    const C8dw__MemoryEvents *events = metrics->memory_events;

    out->cgroup = C8D_CGROUP_V2;
    read_pids(metrics->pids, out);
    read_cpu_v2(metrics->cpu, &out->cpu);
    read_memory_v2(metrics->memory, &out->memory);
    read_io_v2(metrics->io, &out->io);
    if (events != NULL) {
        out->memory_events.low = told(events->low);
        out->memory_events.high = told(events->high);
        out->memory_events.max = told(events->max);
        out->memory_events.oom = told(events->oom);
        out->memory_events.oom_kill = told(events->oom_kill);
    }
}

/* ---- Windows
 * --------------------------------------------------------------------------------------------------- */

/* The same numbers that HCS gives the local runtime, at the same places. */
static void read_windows(const C8dw__RunhcsWindows *windows, struct c8d_stats *out)
{
    if (windows->timestamp != NULL) /* HCS's own, and so nearer to it than the reply's */
        out->at_ns = c8d__wire_time(windows->timestamp);
    if (windows->processor != NULL) {
        out->cpu.usage_ns = told(windows->processor->total_runtime_ns);
        out->cpu.user_ns = told(windows->processor->runtime_user_ns);
        out->cpu.system_ns = told(windows->processor->runtime_kernel_ns);
    }
    if (windows->memory != NULL) {
        out->memory.usage = told(windows->memory->commit);
        out->memory.max_usage = told(windows->memory->commit_peak);
        out->memory.anonymous = told(windows->memory->private_working_set);
    }
    if (windows->storage != NULL) {
        out->io.read_operations = told(windows->storage->read_count_normalized);
        out->io.read_bytes = told(windows->storage->read_size_bytes);
        out->io.write_operations = told(windows->storage->write_count_normalized);
        out->io.write_bytes = told(windows->storage->write_size_bytes);
    }
}

/* A Linux container in a utility VM has a cgroup there. */
static void read_runhcs(const ProtobufCMessage *message, struct c8d_stats *out)
{
    const C8dw__RunhcsStatistics *statistics = (const C8dw__RunhcsStatistics *)message;

    if (statistics->container_case == C8DW__RUNHCS_STATISTICS__CONTAINER_WINDOWS)
        read_windows(statistics->windows, out);
    else if (statistics->container_case == C8DW__RUNHCS_STATISTICS__CONTAINER_CGROUP)
        read_metrics_v1(statistics->cgroup, out);
}

/* ---- replies
 * -------------------------------------------------------------------------------------------------- */

struct dialect {
    const char *url;
    const ProtobufCMessageDescriptor *descriptor;
    void (*read)(const ProtobufCMessage *message, struct c8d_stats *out);
};

static const struct dialect dialects[] = {
    {V1_URL, &c8dw__metrics_v1__descriptor, read_v1},
    {V2_URL, &c8dw__metrics_v2__descriptor, read_v2},
    {RUNHCS_URL, &c8dw__runhcs_statistics__descriptor, read_runhcs},
};

/* The type is what follows the last slash. */
static bool is_of(const C8dw__Any *any, const char *url)
{
    const char *slash = strrchr(any->type_url, '/');

    return strcmp(slash != NULL ? slash + 1 : any->type_url, url) == 0;
}

/* Words that are not known tell nothing, and are no failure. */
static bool read_data(struct c8d__arena *arena, const C8dw__Any *data, struct c8d_stats *out)
{
    for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++) {
        ProtobufCMessage *message;

        if (!is_of(data, dialects[i].url))
            continue;
        message = protobuf_c_message_unpack(dialects[i].descriptor, &arena->protobuf, data->value.len,
                                            data->value.data);
        if (message == NULL)
            return false;
        dialects[i].read(message, out);
    }
    return true;
}

bool c8d__wire_metrics(struct c8d__arena *arena, const C8dw__MetricsResponse *reply, struct c8d_arrival *out)
{
    const C8dw__Metric *metric = reply->n_metrics != 0 ? reply->metrics[0] : NULL;
    struct c8d_stats *stats = c8d__arena_take(arena, sizeof(*stats));

    if (stats == NULL)
        return false;
    *stats = (struct c8d_stats){0};
    if (metric == NULL || metric->data == NULL) {
        /* What cannot be measured is left out, be it gone or not. */
        out->status = C8D_REMOTE;
        out->message = c8d__wire_str("containerd has measured nothing");
        return true;
    }
    stats->at_ns = c8d__wire_time(metric->timestamp);
    out->stats = stats;
    return read_data(arena, metric->data, stats);
}

/* The exec that a process is, as a shim tells it. "": none, or it is told in words that are not known. NULL:
 * the words are malformed. */
static const char *exec_of(struct c8d__arena *arena, const C8dw__Any *info)
{
    const C8dw__ProcessDetails *runc;
    const C8dw__RunhcsProcessDetails *runhcs;

    if (info != NULL && is_of(info, RUNC_DETAILS_URL)) {
        runc = (const C8dw__ProcessDetails *)protobuf_c_message_unpack(
            &c8dw__process_details__descriptor, &arena->protobuf, info->value.len, info->value.data);
        return runc != NULL ? runc->exec_id : NULL;
    }
    if (info != NULL && is_of(info, RUNHCS_DETAILS_URL)) {
        runhcs = (const C8dw__RunhcsProcessDetails *)protobuf_c_message_unpack(
            &c8dw__runhcs_process_details__descriptor, &arena->protobuf, info->value.len, info->value.data);
        return runhcs != NULL ? runhcs->exec_id : NULL;
    }
    return "";
}

static bool read_details(struct c8d__arena *arena, const C8dw__Any *info, struct c8d_task_process *out)
{
    const char *exec = exec_of(arena, info);

    if (exec == NULL || strlen(exec) >= sizeof(out->exec))
        return false;
    memcpy(out->exec, exec, strlen(exec) + 1);
    return true;
}

bool c8d__wire_pids(struct c8d__arena *arena, const C8dw__ListPidsResponse *reply, struct c8d_arrival *out)
{
    struct c8d_task_process *list = c8d__arena_take(arena, reply->n_processes * sizeof(*list));

    if (list == NULL)
        return false;
    for (size_t i = 0; i < reply->n_processes; i++) {
        list[i] = (struct c8d_task_process){.pid = reply->processes[i]->pid};
        if (!read_details(arena, reply->processes[i]->info, &list[i]))
            return false;
    }
    out->processes = list;
    out->n_processes = reply->n_processes;
    return true;
}
