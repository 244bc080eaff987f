/* SPDX-License-Identifier: Apache-2.0 */
/* The life of processes: their start, what signals and the freezer do to them, and their ends. */
#include "simulated_internal.h"
#include <stdio.h>

enum { KILL = 9, CHLD = 17, CONT = 18, STOP = 19, TSTP = 20, TTIN = 21, TTOU = 22, URG = 23, WINCH = 28 };

static void wake_later(struct c8d__world *world, struct c8d__sim_process *process, int64_t at)
{
    struct c8d__due *due = c8d__sim_due_new(world, C8D__DUE_WAKE);

    process->blocked = C8D__BLOCKED_CLOCK;
    process->wake_at = at;
    /* Without memory for the wake-up the process sleeps for ever: a hung process, which is a legal world. */
    if (due == NULL)
        return;
    snprintf(due->container, sizeof(due->container), "%s", process->container->id);
    snprintf(due->process, sizeof(due->process), "%s", process->id);
    due->run = process->run;
    c8d__sim_schedule(world, due, at);
}

void c8d__sim_sleep(struct c8d__world *world, struct c8d__sim_process *process, int64_t span_ns)
{
    wake_later(world, process, c8d__sim_now(world) + span_ns);
}

void c8d__sim_start(struct c8d__world *world, struct c8d__sim_process *process)
{
    if (process->pid == 0)
        process->pid = world->next_pid++;
    process->phase = C8D__PHASE_RUNNING;
    process->run = ++world->next_run;
    process->has_streams = true;
    c8d__sim_sleep(world, process, c8d__sim_random(world, 1000) * C8D__US);
}

static void stop(struct c8d__world *world, struct c8d__sim_process *process, uint32_t code)
{
    process->phase = C8D__PHASE_STOPPED;
    process->exit_code = code;
    process->exited_at_ns = process->never_ran ? 0 : world->epoch_ns + c8d__sim_now(world);
    process->n_unwritten = 0;
    if (process->streams != NULL && process->has_streams)
        c8d__sim_streams_end(process->streams);
}

void c8d__sim_end(struct c8d__world *world, struct c8d__sim_process *process, uint32_t code)
{
    struct c8d__sim_container *container = process->container;

    if (process == container->init) {
        container->paused = false;
        container->frozen = false;
        /* The kernel kills what is left in the pid namespace, and the shim tells of it first. */
        for (struct c8d__sim_process *exec = container->execs; exec != NULL; exec = exec->next) {
            if (exec->phase == C8D__PHASE_RUNNING)
                c8d__sim_end(world, exec, 128 + KILL);
        }
    }
    stop(world, process, code);
    c8d__sim_publish(world, C8D_EVENT_TASK_EXIT, container, process);
}

/* ---- signals and the freezer
 * ---------------------------------------------------------------------------------- */

bool c8d__sim_is_held(const struct c8d__sim_process *process)
{
    return process->container->frozen || process->is_stopped;
}

static void deliver(struct c8d__world *world, struct c8d__sim_process *process, uint32_t signal);

/* It goes on where it was; what came meanwhile comes now. */
static void release(struct c8d__world *world, struct c8d__sim_process *process)
{
    uint64_t pending = process->pending_signals;

    if (process->phase != C8D__PHASE_RUNNING || c8d__sim_is_held(process))
        return;
    process->pending_signals = 0;
    if (process->blocked == C8D__BLOCKED_CLOCK) {
        int64_t now = c8d__sim_now(world);

        wake_later(world, process, process->wake_at > now ? process->wake_at : now);
    }
    for (uint32_t signal = 1; signal <= C8D__SIGNAL_MAX; signal++) {
        if ((pending >> signal & 1) != 0 && process->phase == C8D__PHASE_RUNNING)
            deliver(world, process, signal);
    }
}

static void deliver(struct c8d__world *world, struct c8d__sim_process *process, uint32_t signal)
{
    switch (signal) {
    case CHLD:
    case URG:
    case WINCH:
        break;
    case CONT:
        process->is_stopped = false;
        release(world, process);
        break;
    case STOP:
    case TSTP:
    case TTIN:
    case TTOU:
        process->is_stopped = true;
        break;
    default:
        if ((process->ignored >> signal & 1) == 0)
            c8d__sim_end(world, process, 128 + signal);
    }
}

void c8d__sim_signal(struct c8d__world *world, struct c8d__sim_process *process, uint32_t signal)
{
    if (signal == 0 || process->phase == C8D__PHASE_STOPPED)
        return;
    /* The freezer holds back all of them, SIGKILL too. */
    if (process->container->frozen || (process->is_stopped && signal != KILL && signal != CONT))
        process->pending_signals |= UINT64_C(1) << signal;
    else
        deliver(world, process, signal);
}

void c8d__sim_thaw(struct c8d__world *world, struct c8d__sim_container *container)
{
    container->frozen = false;
    for (struct c8d__sim_process *exec = container->execs; exec != NULL; exec = exec->next)
        release(world, exec);
    if (container->init != NULL)
        release(world, container->init);
}

void c8d__sim_signal_task(struct c8d__world *world, struct c8d__sim_container *container, uint32_t signal,
                          bool all)
{
    /* runc thaws for a SIGKILL, and once it has signalled every process; the shim does not learn of it. */
    if (container->frozen && (all || signal == KILL))
        c8d__sim_thaw(world, container);
    for (struct c8d__sim_process *exec = container->execs; all && exec != NULL; exec = exec->next) {
        if (exec->phase == C8D__PHASE_RUNNING)
            c8d__sim_signal(world, exec, signal);
    }
    if (container->init->phase != C8D__PHASE_STOPPED)
        c8d__sim_signal(world, container->init, signal);
}

/* containerd makes up an exit without a pid, and a delete, when the shim has gone. */
void c8d__sim_kill_shim(struct c8d__world *world, struct c8d__sim_container *container)
{
    struct c8d_event event = {
        .kind = C8D_EVENT_TASK_EXIT,
        .namespace_ = c8d__sim_str(world->namespace_),
        .container = c8d__sim_str(container->id),
        .exit = {.known = true, .ran = true, .code = 137, .at_ns = world->epoch_ns + c8d__sim_now(world)},
    };

    c8d__sim_publish_event(world, &event);
    event.kind = C8D_EVENT_TASK_DELETE;
    c8d__sim_publish_event(world, &event);
    c8d__sim_remove_process(world, container->init);
}
