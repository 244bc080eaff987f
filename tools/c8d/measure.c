/* SPDX-License-Identifier: Apache-2.0 */
/* Measurements, as JSON and as rows of a table. */
#include "measure.h"
#include "link.h"
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#define NS_PER_SECOND 1e9
#define CELL 24

void c8d__measure_take(struct c8d__measure *measure, const struct c8d_stats *stats)
{
    measure->before = measure->now;
    measure->before_ns = measure->now_ns;
    measure->now = *stats;
    measure->now_ns = c8d__monotonic_ns();
}

/* ---- JSON
 * ----------------------------------------------------------------------------------------------------- */

/* Where each number is, and what it is called: the names of stats.h. */
static const struct {
    const char *group;
    const char *name;
    size_t offset;
} numbers[] = {
#define NUMBER(group, name)                                                                                  \
    {                                                                                                        \
#group, #name, offsetof(struct c8d_stats, group.name)                                                \
    }
    NUMBER(pids, current),
    NUMBER(pids, limit),
    NUMBER(cpu, usage_ns),
    NUMBER(cpu, user_ns),
    NUMBER(cpu, system_ns),
    NUMBER(cpu, periods),
    NUMBER(cpu, throttled_periods),
    NUMBER(cpu, throttled_ns),
    NUMBER(memory, usage),
    NUMBER(memory, max_usage),
    NUMBER(memory, limit),
    NUMBER(memory, failures),
    NUMBER(memory, swap_usage),
    NUMBER(memory, swap_limit),
    NUMBER(memory, kernel_usage),
    NUMBER(memory, kernel_stack),
    NUMBER(memory, slab),
    NUMBER(memory, socket),
    NUMBER(memory, shared),
    NUMBER(memory, anonymous),
    NUMBER(memory, file),
    NUMBER(memory, file_mapped),
    NUMBER(memory, file_dirty),
    NUMBER(memory, file_writeback),
    NUMBER(memory, active_anonymous),
    NUMBER(memory, inactive_anonymous),
    NUMBER(memory, active_file),
    NUMBER(memory, inactive_file),
    NUMBER(memory, unevictable),
    NUMBER(memory, page_faults),
    NUMBER(memory, major_page_faults),
    NUMBER(memory_events, low),
    NUMBER(memory_events, high),
    NUMBER(memory_events, max),
    NUMBER(memory_events, oom),
    NUMBER(memory_events, oom_kill),
    NUMBER(memory_events, under_oom),
    NUMBER(io, read_bytes),
    NUMBER(io, write_bytes),
    NUMBER(io, read_operations),
    NUMBER(io, write_operations),
#undef NUMBER
};

/* Without a limit "max", as in a cgroup's own files; JSON has no larger integers than int64. */
static json_t *number_json(const struct c8d_number *number)
{
    if (!number->told)
        return json_null();
    if (number->value == C8D_NO_LIMIT)
        return json_string("max");
    return json_integer(number->value <= INT64_MAX ? (json_int_t)number->value : INT64_MAX);
}

static bool add_number(json_t *object, size_t i, const struct c8d_stats *stats)
{
    const char *at = (const char *)stats + numbers[i].offset;
    json_t *group = json_object_get(object, numbers[i].group);

    if (group == NULL) {
        group = json_object();
        if (json_object_set_new(object, numbers[i].group, group) != 0)
            return false;
    }
    return json_object_set_new(group, numbers[i].name,
                               number_json((const struct c8d_number *)(const void *)at)) == 0;
}

static const char *cgroup_name(enum c8d_cgroup_version version)
{
    switch (version) {
    case C8D_CGROUP_V1:
        return "v1";
    case C8D_CGROUP_V2:
        return "v2";
    default:
        return NULL;
    }
}

json_t *c8d__measure_json(const struct c8d__measure *measure, const char *namespace_)
{
    const struct c8d_stats *stats = &measure->now;
    char text[C8D__TIME_BYTES];
    json_t *object = json_pack("{s:s, s:s, s:s, s:s?, s:s?}", "type", "stats", "namespace", namespace_,
                               "container", measure->id, "cgroup", cgroup_name(stats->cgroup), "at",
                               stats->at_ns > 0 ? c8d__format_time(stats->at_ns, text) : NULL);

    for (size_t i = 0; object != NULL && i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        if (!add_number(object, i, stats)) {
            json_decref(object);
            object = NULL;
        }
    }
    return object;
}

/* ---- rows
 * ----------------------------------------------------------------------------------------------------- */

static const char *bytes_cell(const struct c8d_number *number, char out[CELL])
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)number->value;
    size_t unit = 0;

    if (!number->told || number->value == C8D_NO_LIMIT)
        return number->told ? "none" : "-";
    for (; value >= 1024; unit++)
        value /= 1024;
    snprintf(out, CELL, unit == 0 ? "%.0f%s" : "%.1f%s", value, units[unit]);
    return out;
}

static const char *count_cell(const struct c8d_number *number, char out[CELL])
{
    if (!number->told)
        return "-";
    snprintf(out, CELL, "%" PRIu64, number->value);
    return out;
}

static const char *seconds_cell(const struct c8d_number *number, char out[CELL])
{
    if (!number->told)
        return "-";
    snprintf(out, CELL, "%.2fs", (double)number->value / NS_PER_SECOND);
    return out;
}

/* Of one processor, since the measurement before. */
static const char *share_cell(const struct c8d__measure *measure, char out[CELL])
{
    const struct c8d_number *now = &measure->now.cpu.usage_ns;
    const struct c8d_number *before = &measure->before.cpu.usage_ns;

    if (measure->before_ns == 0 || !now->told || !before->told || now->value < before->value)
        return "-";
    snprintf(out, CELL, "%.1f%%",
             100 * (double)(now->value - before->value) / (double)(measure->now_ns - measure->before_ns));
    return out;
}

static const char *used_cell(const struct c8d_memory_stats *memory, char out[CELL])
{
    if (!memory->usage.told || !memory->limit.told || memory->limit.value == C8D_NO_LIMIT ||
        memory->limit.value == 0)
        return "-";
    snprintf(out, CELL, "%.1f%%", 100 * (double)memory->usage.value / (double)memory->limit.value);
    return out;
}

#define ROW "%-*s %7s %10s %10s %10s %7s %6s %10s %10s\n"

void c8d__measure_print_heading(int width)
{
    printf(ROW, width, "ID", "CPU", "CPU TIME", "MEMORY", "LIMIT", "USED", "PIDS", "READ", "WRITTEN");
}

void c8d__measure_print(const struct c8d__measure *measure, int width)
{
    const struct c8d_stats *stats = &measure->now;
    char cells[8][CELL];

    printf(ROW, width, measure->id, share_cell(measure, cells[0]),
           seconds_cell(&stats->cpu.usage_ns, cells[1]), bytes_cell(&stats->memory.usage, cells[2]),
           bytes_cell(&stats->memory.limit, cells[3]), used_cell(&stats->memory, cells[4]),
           count_cell(&stats->pids.current, cells[5]), bytes_cell(&stats->io.read_bytes, cells[6]),
           bytes_cell(&stats->io.write_bytes, cells[7]));
}
