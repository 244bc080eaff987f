/* SPDX-License-Identifier: Apache-2.0 */
/* What a task uses and may use. The numbers are made up, but they move as real ones do. */
#include "json.h"
#include "simulated_internal.h"
#include <string.h>

#define PROCESS_BYTES (UINT64_C(256) << 10)
#define START_NS UINT64_C(1000000)
/* How much of the time that passes a process is busy: one thousandth. */
#define BUSY_SHARE 1000

void c8d__sim_free_measures(struct c8d__world *world, struct c8d__due *due)
{
    if (due->stats != NULL)
        c8d__sim_free(world, due->stats, sizeof(*due->stats));
    if (due->processes != NULL)
        c8d__sim_free(world, due->processes, due->arrival.n_processes * sizeof(*due->processes));
    due->arrival.stats = NULL;
    due->arrival.processes = NULL;
    due->arrival.n_processes = 0;
    due->stats = NULL;
    due->processes = NULL;
}

static bool has_pid(const struct c8d__sim_process *process)
{
    bool is_init = process->id[0] == '\0';

    return process->phase == C8D__PHASE_RUNNING || (is_init && process->phase == C8D__PHASE_CREATED);
}

static size_t count(const struct c8d__sim_container *container)
{
    size_t n = has_pid(container->init);

    for (const struct c8d__sim_process *exec = container->execs; exec != NULL; exec = exec->next)
        n += has_pid(exec);
    return n;
}

static struct c8d_number told(uint64_t value)
{
    return (struct c8d_number){.value = value, .told = true};
}

struct c8d__result c8d__sim_tell_stats(struct c8d__world *world, struct c8d__due *reply,
                                       const struct c8d__sim_container *container)
{
    struct c8d_stats *stats;
    uint64_t age;

    if (container == NULL || container->init == NULL)
        return c8d__no(C8D_REMOTE, "nothing was measured");
    stats = c8d__sim_alloc(world, sizeof(*stats));
    if (stats == NULL)
        return c8d__no_memory();
    stats->cgroup = C8D_CGROUP_V1;
    stats->at_ns = world->epoch_ns + c8d__sim_now(world);
    age = (uint64_t)(stats->at_ns - container->created_at_ns);
    stats->cpu.usage_ns = told(START_NS + age / BUSY_SHARE);
    stats->cpu.user_ns = told(stats->cpu.usage_ns.value / 2);
    stats->cpu.system_ns = told(stats->cpu.usage_ns.value - stats->cpu.user_ns.value);
    stats->memory.usage = told(PROCESS_BYTES * (1 + count(container)));
    stats->memory.limit = told(container->memory_limit);
    stats->pids.current = told(count(container));
    stats->pids.limit = told(C8D_NO_LIMIT);
    reply->stats = stats;
    reply->arrival.stats = stats;
    return c8d__ok();
}

static void add(struct c8d__due *reply, const struct c8d__sim_process *process)
{
    struct c8d_task_process *to = &reply->processes[reply->arrival.n_processes];

    if (!has_pid(process))
        return;
    reply->arrival.n_processes++;
    to->pid = process->pid;
    memcpy(to->exec, process->id, strlen(process->id));
}

struct c8d__result c8d__sim_tell_pids(struct c8d__world *world, struct c8d__due *reply,
                                      const struct c8d__sim_container *container)
{
    size_t n;

    if (container->init == NULL)
        return c8d__no(C8D_NOT_FOUND, "task not found");
    n = count(container);
    if (n == 0)
        return c8d__ok();
    reply->processes = c8d__sim_alloc(world, n * sizeof(*reply->processes));
    if (reply->processes == NULL)
        return c8d__no_memory();
    reply->arrival.processes = reply->processes;
    add(reply, container->init);
    for (const struct c8d__sim_process *exec = container->execs; exec != NULL; exec = exec->next)
        add(reply, exec);
    return c8d__ok();
}

/* Looks for a limit. EXHAUSTED; REMOTE: malformed; NOT_FOUND: there is none. */
static enum c8d_status find_limit(struct c8d__world *world, const char *json, const char *const *path,
                                  uint64_t *out)
{
    size_t length = strlen(json);
    char *scratch = c8d__sim_alloc(world, length + 1);
    enum c8d__json_verdict verdict;

    if (scratch == NULL)
        return C8D_EXHAUSTED;
    verdict = c8d__json_number(c8d__sim_str(json), path, scratch, out);
    c8d__sim_free(world, scratch, length + 1);
    if (verdict == C8D__JSON_MALFORMED)
        return C8D_REMOTE;
    return verdict == C8D__JSON_FOUND ? C8D_OK : C8D_NOT_FOUND;
}

bool c8d__sim_read_limit(struct c8d__world *world, struct c8d__sim_container *container)
{
    static const char *const path[] = {"linux", "resources", "memory", "limit", NULL};

    /* A spec that is malformed is found out when it is used. */
    container->memory_limit = C8D_NO_LIMIT;
    return find_limit(world, container->spec, path, &container->memory_limit) != C8D_EXHAUSTED;
}

struct c8d__result c8d__sim_update(struct c8d__world *world, struct c8d__sim_container *container,
                                   const struct c8d__sim_call *call)
{
    static const char *const path[] = {"memory", "limit", NULL};
    uint64_t limit = container->memory_limit;

    if (container->init == NULL)
        return c8d__no(C8D_NOT_FOUND, "task not found");
    if (container->init->phase == C8D__PHASE_STOPPED)
        return c8d__no(C8D_REMOTE, "cannot update a stopped container");
    switch (find_limit(world, call->spec, path, &limit)) {
    case C8D_EXHAUSTED:
        return c8d__no_memory();
    case C8D_REMOTE:
        return c8d__no(C8D_REMOTE, "the resources are malformed");
    default:
        container->memory_limit = limit;
        return c8d__ok();
    }
}
