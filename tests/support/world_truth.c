/* SPDX-License-Identifier: Apache-2.0 */
/* The truth of the miniature runtime: what a call does, and the events that it causes. */
#include "world.h"

static void publish(struct world *world, unsigned container, unsigned process, uint8_t region, uint8_t symbol)
{
    const struct world_process *about = &world->containers[container].processes[process];
    bool tells_exit = symbol == C8D_SYM_EXITED || (symbol == C8D_SYM_DELETED && about->pid != 0);

    if (!world->subscribed || world->event_count == WORLD_QUEUE_MAX)
        return;
    world->events[world->event_count++] = (struct c8d_input){
        .region = region,
        .symbol = symbol,
        .pid = region == C8D_REGION_PROCESS ? about->pid : 0,
        .exit_known = region == C8D_REGION_PROCESS && tells_exit,
        .exit_code = region == C8D_REGION_PROCESS && tells_exit ? about->code : 0,
        .exited_at_ns = region == C8D_REGION_PROCESS && tells_exit ? about->at_ns : 0,
        .container = world->containers[container].container,
        .process = world->containers[container].refs[process],
    };
}

void world__end(struct world *world, unsigned container, unsigned process, uint32_t code)
{
    struct world_process *ends = &world->containers[container].processes[process];

    ends->state = WORLD_STOPPED;
    ends->code = code;
    ends->at_ns = ++world->now;
    world->fates[ends->pid] = (struct world_fate){.ran = true, .ended = true, .code = code};
    if (process == 0)
        world->containers[container].paused = false;
    publish(world, container, process, C8D_REGION_PROCESS, C8D_SYM_EXITED);
}

/* The time of an exec that outlives its task is over: whatever is left has been killed, and may be told late.
 */
void world__outlive(struct world *world, const struct world_call *timer, unsigned chance)
{
    struct world_container *in = &world->containers[timer->container];
    bool heard = world->subscribed;

    if (timer->patience != C8D_PATIENCE_EXEC || in->processes[0].state == WORLD_RUNNING ||
        in->processes[timer->process].state != WORLD_RUNNING)
        return;
    world->subscribed = heard && chance % 2 == 0;
    world__end(world, timer->container, timer->process, 137);
    world->subscribed = heard;
}

/* What containerd makes up for a dead shim: an exit and a delete without a pid; of execs it says nothing. */
void world_crash(struct world *world, unsigned a)
{
    struct world_container *in = &world->containers[a % WORLD_CONTAINERS];

    if (in->processes[0].state != WORLD_RUNNING)
        return;
    for (unsigned i = 0; i <= WORLD_EXECS; i++) {
        struct world_process *dies = &in->processes[i];

        if (dies->state == WORLD_RUNNING)
            world->fates[dies->pid] = (struct world_fate){.ran = true, .ended = true, .code = 137};
        *dies = (struct world_process){.state = WORLD_NONE, .code = 137, .at_ns = ++world->now};
    }
    in->paused = false;
    publish(world, a % WORLD_CONTAINERS, 0, C8D_REGION_PROCESS, C8D_SYM_EXITED);
    publish(world, a % WORLD_CONTAINERS, 0, C8D_REGION_PROCESS, C8D_SYM_DELETED);
}

static enum c8d_status create(struct world *world, unsigned container, unsigned process)
{
    struct world_container *in = &world->containers[container];
    struct world_process *made = &in->processes[process];

    if (process == 0 ? !in->record : in->processes[0].state != WORLD_RUNNING)
        return C8D_NOT_FOUND;
    if (made->state != WORLD_NONE)
        return C8D_ALREADY_EXISTS;
    if (world->next_pid + 1 >= WORLD_PIDS_MAX)
        return C8D_EXHAUSTED;
    /* An exec has a pid from its start on. */
    *made = (struct world_process){.state = WORLD_CREATED, .pid = process == 0 ? world->next_pid++ : 0};
    publish(world, container, process, C8D_REGION_PROCESS, C8D_SYM_CREATED);
    return C8D_OK;
}

static enum c8d_status start(struct world *world, unsigned container, unsigned process, unsigned chance)
{
    struct world_process *starts = &world->containers[container].processes[process];

    if (starts->state == WORLD_NONE)
        return C8D_NOT_FOUND;
    if (starts->state != WORLD_CREATED)
        return C8D_CONFLICT;
    if (chance % 4 == 3 || world->next_pid + 1 >= WORLD_PIDS_MAX)
        return C8D_REMOTE;
    if (process != 0)
        starts->pid = world->next_pid++;
    starts->state = WORLD_RUNNING;
    world->fates[starts->pid].ran = true;
    publish(world, container, process, C8D_REGION_PROCESS, C8D_SYM_STARTED);
    return C8D_OK;
}

static void forget_execs(struct world *world, unsigned container)
{
    for (unsigned i = 1; i <= WORLD_EXECS; i++) {
        if (world->containers[container].processes[i].state == WORLD_RUNNING)
            world__end(world, container, i, 137);
        world->containers[container].processes[i] = (struct world_process){.state = WORLD_NONE};
    }
}

static enum c8d_status erase(struct world *world, unsigned container, unsigned process, unsigned chance)
{
    struct world_process *goes = &world->containers[container].processes[process];

    if (goes->state == WORLD_NONE)
        return C8D_NOT_FOUND;
    if (goes->state == WORLD_RUNNING)
        return C8D_CONFLICT;
    if (chance % 4 == 3)
        return C8D_REMOTE;
    if (process == 0)
        forget_execs(world, container);
    /* The delete of a created task looks like an end from outside. */
    if (process == 0 && goes->state == WORLD_CREATED) {
        goes->code = 137;
        publish(world, container, 0, C8D_REGION_PROCESS, C8D_SYM_EXITED);
    }
    if (process == 0)
        publish(world, container, 0, C8D_REGION_PROCESS, C8D_SYM_DELETED);
    *goes = (struct world_process){.state = WORLD_NONE};
    return C8D_OK;
}

static enum c8d_status kill(struct world *world, unsigned container, unsigned process, unsigned chance)
{
    struct world_process *dies = &world->containers[container].processes[process];

    if (dies->state != WORLD_RUNNING)
        return C8D_NOT_FOUND;
    if (chance % 4 == 3)
        return C8D_REMOTE;
    world__end(world, container, process, 137);
    return C8D_OK;
}

/* Once more does no harm. */
static enum c8d_status close_input(struct world *world, unsigned container, unsigned process, unsigned chance)
{
    struct world_process *reads = &world->containers[container].processes[process];

    if (reads->state != WORLD_RUNNING)
        return C8D_NOT_FOUND;
    if (chance % 4 == 3)
        return C8D_REMOTE;
    reads->closed = true;
    return C8D_OK;
}

static enum c8d_status freeze(struct world *world, unsigned container, bool pause)
{
    struct world_container *in = &world->containers[container];

    if (in->processes[0].state != WORLD_RUNNING || in->paused == pause)
        return C8D_CONFLICT;
    in->paused = pause;
    publish(world, container, 0, C8D_REGION_TASK, pause ? C8D_SYM_PAUSED : C8D_SYM_RESUMED);
    return C8D_OK;
}

static enum c8d_status record(struct world *world, unsigned container, bool make)
{
    struct world_container *in = &world->containers[container];

    if (in->record == make)
        return make ? C8D_ALREADY_EXISTS : C8D_NOT_FOUND;
    if (in->processes[0].state != WORLD_NONE)
        return C8D_CONFLICT;
    in->record = make;
    publish(world, container, 0, C8D_REGION_CONTAINER, make ? C8D_SYM_CREATED : C8D_SYM_DELETED);
    return C8D_OK;
}

static enum c8d_status act(struct world *world, const struct world_call *call, unsigned chance)
{
    switch (call->command) {
    case C8D_COMMAND_CREATE:
        return call->region == C8D_REGION_CONTAINER ? record(world, call->container, true)
                                                    : create(world, call->container, call->process);
    case C8D_COMMAND_START:
        return start(world, call->container, call->process, chance);
    case C8D_COMMAND_DELETE:
        return call->region == C8D_REGION_CONTAINER ? record(world, call->container, false)
                                                    : erase(world, call->container, call->process, chance);
    case C8D_COMMAND_KILL:
    case C8D_COMMAND_FORCE_KILL:
    case C8D_COMMAND_ESCALATE:
        return kill(world, call->container, call->process, chance);
    case C8D_COMMAND_PAUSE:
    case C8D_COMMAND_RESUME:
        return freeze(world, call->container, call->command == C8D_COMMAND_PAUSE);
    case C8D_COMMAND_CLOSE_STDIN:
        return close_input(world, call->container, call->process, chance);
    default:
        return C8D_NOT_IMPLEMENTED;
    }
}

void world__answer(const struct world *world, unsigned container, unsigned process, uint8_t region,
                   struct c8d_input *answer)
{
    static const uint8_t symbols[] = {C8D_SYM_IS_ABSENT, C8D_SYM_IS_CREATED, C8D_SYM_IS_RUNNING,
                                      C8D_SYM_IS_STOPPED};
    const struct world_container *in = &world->containers[container];
    const struct world_process *about = &in->processes[process];

    answer->region = region;
    if (region == C8D_REGION_CONTAINER) {
        answer->symbol = in->record ? C8D_SYM_IS_CREATED : C8D_SYM_IS_ABSENT;
        return;
    }
    answer->symbol = symbols[about->state];
    if (process == 0 && in->paused && about->state == WORLD_RUNNING)
        answer->symbol = C8D_SYM_IS_PAUSED;
    answer->pid = about->pid;
    answer->exit_known = about->state == WORLD_STOPPED;
    answer->exit_code = answer->exit_known ? about->code : 0;
    answer->exited_at_ns = answer->exit_known ? about->at_ns : 0;
}

void world__carry_out(struct world *world, struct world_call *call, unsigned chance)
{
    struct world_process before = world->containers[call->container].processes[call->process];
    enum c8d_status status;

    call->served = true;
    call->reply.container = world->containers[call->container].container;
    call->reply.process = world->containers[call->container].refs[call->process];
    if (call->command == C8D_COMMAND_QUERY) {
        world__answer(world, call->container, call->process, call->region, &call->reply);
        if (chance % 8 == 7)
            call->reply.symbol = C8D_SYM_IS_UNANSWERED;
        return;
    }
    status = act(world, call, chance);
    call->reply.region = call->region;
    call->reply.request = call->region == C8D_REGION_STDIN ? call->request : 0;
    call->reply.status = (uint8_t)status;
    call->reply.symbol = (uint8_t)c8d_symbol_of_reply(status);
    if (call->command == C8D_COMMAND_FORCE_KILL)
        call->reply.symbol = (uint8_t)(call->reply.symbol - C8D_SYM_OK + C8D_SYM_FORCE_OK);
    if (status == C8D_OK && call->region == C8D_REGION_PROCESS)
        call->reply.pid = world->containers[call->container].processes[call->process].pid;
    if (status == C8D_OK && call->region == C8D_REGION_PROCESS && call->command == C8D_COMMAND_DELETE) {
        call->reply.pid = before.pid;
        call->reply.exit_known = before.state == WORLD_STOPPED;
        call->reply.exit_code = call->reply.exit_known ? before.code : 0;
    }
}
