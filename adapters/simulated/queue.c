/* SPDX-License-Identifier: Apache-2.0 */
/* The clock, chance, and the queue of what is due. */
#include "simulated_internal.h"
#include <time.h>

int64_t c8d__sim_now(struct c8d__world *world)
{
    struct timespec now;

    if (!world->real_time)
        return atomic_load(&world->now_ns);
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Only the thread that waits moves the clock. */
void c8d__sim_advance(struct c8d__world *world, int64_t to_ns)
{
    if (to_ns > atomic_load(&world->now_ns))
        atomic_store(&world->now_ns, to_ns);
}

/* xorshift64*: the same on every machine. */
uint32_t c8d__sim_random(struct c8d__world *world, uint32_t below)
{
    world->random ^= world->random >> 12;
    world->random ^= world->random << 25;
    world->random ^= world->random >> 27;
    return (uint32_t)((world->random * 0x2545f4914f6cdd1du) >> 33) % below;
}

bool c8d__sim_strikes(struct c8d__world *world, uint32_t per_mille)
{
    return per_mille != 0 && c8d__sim_random(world, 1000) < per_mille;
}

struct c8d__due *c8d__sim_due_new(struct c8d__world *world, enum c8d__due_kind kind)
{
    struct c8d__due *due = c8d__sim_alloc(world, sizeof(*due));

    if (due != NULL)
        due->kind = kind;
    return due;
}

void c8d__sim_due_free(struct c8d__world *world, struct c8d__due *due)
{
    if (due == NULL)
        return;
    c8d__sim_free_string(world, due->call.container);
    c8d__sim_free_string(world, due->call.process);
    c8d__sim_free_string(world, due->call.spec);
    c8d__sim_free_string(world, due->call.runtime);
    c8d__sim_free_labels(world, due->call.labels, due->call.n_labels);
    c8d__sim_extras_free(world, &due->call.extras);
    c8d__sim_streams_drop(world, due->call.streams);
    c8d__sim_free_entries(world, due);
    c8d__sim_free_measures(world, due);
    c8d__sim_free(world, due, sizeof(*due));
}

void c8d__sim_schedule(struct c8d__world *world, struct c8d__due *due, int64_t at)
{
    struct c8d__due **link = &world->due;

    due->at = at;
    while (*link != NULL && (*link)->at <= at)
        link = &(*link)->next;
    due->next = *link;
    *link = due;
}

void c8d__sim_append(struct c8d__due **list, struct c8d__due *due)
{
    while (*list != NULL)
        list = &(*list)->next;
    due->next = NULL;
    *list = due;
}

static void wake(struct c8d__world *world, struct c8d__due *due)
{
    struct c8d__sim_container *container = c8d__sim_find(world, due->container);
    struct c8d__sim_process *process =
        container != NULL ? c8d__sim_find_process(container, due->process) : NULL;

    if (process != NULL && process->run == due->run && process->phase == C8D__PHASE_RUNNING &&
        !c8d__sim_is_held(process) && process->wake_at <= c8d__sim_now(world))
        c8d__sim_step(world, process);
    c8d__sim_due_free(world, due);
}

static bool is_reply(const struct c8d__due *due)
{
    return due->arrival.kind == C8D_ARRIVAL_REPLY;
}

void c8d__sim_run(struct c8d__world *world)
{
    while (world->due != NULL && world->due->at <= c8d__sim_now(world)) {
        struct c8d__due *due = world->due;

        world->due = due->next;
        due->next = NULL;
        if (due->kind == C8D__DUE_CALL)
            c8d__sim_carry_out(world, due);
        else if (due->kind == C8D__DUE_WAKE)
            wake(world, due);
        else
            c8d__sim_append(world->hold_replies && is_reply(due) ? &world->held : &world->ready, due);
    }
}
