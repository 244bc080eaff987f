/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a run of the miniature runtime: everything arrives, and the model knows the truth. */
#include "world.h"

#define DRAIN_STEPS_MAX 4096

/* The first call that is not a timer which has to wait. */
static unsigned next_call(const struct world *world)
{
    unsigned at = 0;

    while (at < world->call_count && !world->calls[at].served && !world__can_serve(world, at))
        at++;
    return at;
}

bool world_drain(struct world *world)
{
    for (unsigned steps = 0; steps < DRAIN_STEPS_MAX && world->broken == NULL; steps++) {
        unsigned at = next_call(world);

        if (at < world->call_count && world->calls[at].served)
            world_reply(world, at);
        else if (at < world->call_count)
            world_serve(world, at, 0);
        else if (world->event_count > 0)
            world_deliver(world, 0);
        else if (c8d_model_connection(world->witness->model) == C8D_CONNECTION_IDLE)
            world__restore(world);
        else
            return true;
    }
    return world->broken != NULL;
}

static bool state_agrees(enum world_state truth, uint8_t state)
{
    switch (truth) {
    case WORLD_NONE:
        return state == C8D_PROCESS_ABSENT;
    case WORLD_CREATED:
        /* What could not be started is over for the consumer and stays created in the runtime. */
        return state == C8D_PROCESS_CREATED || state == C8D_PROCESS_NEVER_RAN;
    case WORLD_RUNNING:
        return state == C8D_PROCESS_RUNNING;
    case WORLD_STOPPED:
        return state == C8D_PROCESS_EXITED || state == C8D_PROCESS_NEVER_RAN;
    }
    return false;
}

static const char *compare_process(const struct world *world, unsigned container, unsigned process)
{
    const struct world_container *in = &world->containers[container];
    const struct world_process *truth = &in->processes[process];
    const struct witness_life *life = witness_find(world->witness, in->container, in->refs[process]);
    struct c8d_process_view view;

    if (!c8d_model_view_process(world->witness->model, in->container, in->refs[process], &view))
        return "a process is forgotten";
    if (!state_agrees(truth->state, view.state))
        return "a process is not what the model believes";
    if (view.query != C8D_QUERY_IDLE)
        return "a query is left over";
    if (truth->state == WORLD_RUNNING && view.pid != 0 && view.pid != truth->pid)
        return "the model believes in another pid";
    if (view.closing == C8D_STDIN_CLOSED && truth->state == WORLD_RUNNING && !truth->closed)
        return "an input that is open is believed closed";
    if (life != NULL && life->told.created && life->told.started && !life->told.ended &&
        truth->state != WORLD_RUNNING)
        return "an end was never told";
    return NULL;
}

static const char *compare_container(const struct world *world, unsigned container)
{
    const struct world_container *in = &world->containers[container];
    bool runs = in->processes[0].state == WORLD_RUNNING;
    struct c8d_container_view view;

    if (!c8d_model_view_container(world->witness->model, in->container, &view))
        return "a container is forgotten";
    if (view.state != (in->record ? C8D_CONTAINER_PRESENT : C8D_CONTAINER_ABSENT))
        return "a record is not what the model believes";
    if (view.task_state != (!runs ? C8D_TASK_DOWN : in->paused ? C8D_TASK_PAUSED : C8D_TASK_THAWED))
        return "a task is not paused as the model believes";
    return NULL;
}

/* Requests that wait for a start, which nobody may ever ask for. */
static unsigned held_back(const struct world *world)
{
    unsigned count = 0;

    for (unsigned i = 0; i < WORLD_CONTAINERS; i++) {
        for (unsigned j = 0; j <= WORLD_EXECS; j++) {
            struct c8d_process_view view = {0};

            (void)c8d_model_view_process(world->witness->model, world->containers[i].container,
                                         world->containers[i].refs[j], &view);
            count += view.state == C8D_PROCESS_CREATED && view.closing == C8D_STDIN_WISHED;
        }
    }
    return count;
}

void world_compare(struct world *world)
{
    for (unsigned i = 0; i < WORLD_CONTAINERS && world->broken == NULL; i++) {
        world->broken = compare_container(world, i);
        for (unsigned j = 0; j <= WORLD_EXECS && world->broken == NULL; j++)
            world->broken = compare_process(world, i, j);
    }
    if (world->broken == NULL && world->witness->pending_count > held_back(world))
        world->broken = invariant_label(C8D__EACH_REQUEST_ENDS);
}
