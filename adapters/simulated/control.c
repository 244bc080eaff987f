/* SPDX-License-Identifier: Apache-2.0 */
/* What a test can do to the world behind the client's back. */
#include "simulated_internal.h"
#include <stdio.h>
#include <unistd.h>

static struct c8d__world *lock(struct c8d_runtime runtime)
{
    struct c8d__world *world = runtime.ctx;

    pthread_mutex_lock(&world->lock);
    return world;
}

/* Whoever waits looks at the world anew. */
static void unlock(struct c8d__world *world)
{
    const uint64_t one = 1;

    (void)!write(world->wake_fd, &one, sizeof(one));
    pthread_mutex_unlock(&world->lock);
}

static void name(char *to, size_t size, struct c8d_str text)
{
    snprintf(to, size, "%.*s", (int)text.len, text.ptr != NULL ? text.ptr : "");
}

bool c8d_simulated_exit(struct c8d_runtime runtime, struct c8d_str container, struct c8d_str process,
                        uint32_t code)
{
    struct c8d__world *world = lock(runtime);
    char id[C8D_NAME_BYTES_MAX + 1];
    struct c8d__sim_container *found;
    struct c8d__sim_process *running;
    bool runs;

    name(id, sizeof(id), container);
    found = c8d__sim_find(world, id);
    name(id, sizeof(id), process);
    running = found != NULL ? c8d__sim_find_process(found, id) : NULL;
    runs = running != NULL && running->phase == C8D__PHASE_RUNNING;
    if (runs)
        c8d__sim_end(world, running, code);
    unlock(world);
    return runs;
}

void c8d_simulated_set_faults(struct c8d_runtime runtime, const struct c8d_simulated_faults *faults)
{
    struct c8d__world *world = lock(runtime);

    world->faults = *faults;
    unlock(world);
}

void c8d_simulated_disconnect(struct c8d_runtime runtime)
{
    struct c8d__world *world = lock(runtime);

    c8d__sim_break_connection(world);
    unlock(world);
}

void c8d_simulated_set_down(struct c8d_runtime runtime, bool down)
{
    struct c8d__world *world = lock(runtime);

    if (down && !world->down)
        c8d__sim_break_connection(world);
    world->down = down;
    unlock(world);
}

void c8d_simulated_fail_next(struct c8d_runtime runtime, enum c8d_call_kind kind, enum c8d_status status,
                             bool acts)
{
    struct c8d__world *world = lock(runtime);

    if (kind < C8D_CALL_KIND__COUNT) {
        world->fail_next[kind] = true;
        world->fail_status[kind] = status;
        world->fail_acts[kind] = acts;
    }
    unlock(world);
}

void c8d_simulated_hold_replies(struct c8d_runtime runtime, bool hold)
{
    struct c8d__world *world = lock(runtime);

    world->hold_replies = hold;
    while (!hold && world->held != NULL) {
        struct c8d__due *due = world->held;

        world->held = due->next;
        c8d__sim_append(&world->ready, due);
    }
    unlock(world);
}

void c8d_simulated_inject(struct c8d_runtime runtime, const struct c8d_event *event)
{
    struct c8d__world *world = lock(runtime);

    if (event->kind < C8D_EVENT_KIND__COUNT)
        c8d__sim_publish_event(world, event);
    unlock(world);
}

void c8d_simulated_drop_next(struct c8d_runtime runtime, enum c8d_event_kind kind)
{
    struct c8d__world *world = lock(runtime);

    if (kind < C8D_EVENT_KIND__COUNT)
        world->drop_next[kind] = true;
    unlock(world);
}

size_t c8d_simulated_objects(struct c8d_runtime runtime)
{
    struct c8d__world *world = lock(runtime);
    size_t n = 0;

    for (const struct c8d__sim_container *each = world->containers; each != NULL; each = each->next) {
        n += each->init != NULL ? 2 : 1;
        for (const struct c8d__sim_process *exec = each->execs; exec != NULL; exec = exec->next)
            n++;
    }
    unlock(world);
    return n;
}
