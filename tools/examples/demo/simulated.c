/* SPDX-License-Identifier: Apache-2.0 */
/* The demo's world in memory. */
#include "world.h"

#include <c8d/simulated.h>
#include <stdio.h>

static bool kill_server(struct world *world)
{
    c8d_simulated_set_down(world->runtime, true);
    c8d_simulated_disconnect(world->runtime);
    return true;
}

static bool start_server(struct world *world)
{
    c8d_simulated_set_down(world->runtime, false);
    return true;
}

static uint64_t calls(struct world *world)
{
    struct c8d_runtime_counters counters;

    world->runtime.ops->counters(world->runtime.ctx, &counters);
    return counters.calls;
}

bool world_simulated(struct world *world)
{
    struct c8d_simulated_options options = {
        .size = sizeof(options), .seed = 1, .namespace_ = text("demo"), .real_time = true};
    struct c8d_error err = {0};

    *world = (struct world){
        .title = "a simulated runtime",
        .rootfs = "/",
        .namespace_ = "demo",
        .kill_server = kill_server,
        .start_server = start_server,
        .calls = calls,
        .counted = "as the client counts them, its attempts at a runtime that was not there included",
    };
    if (c8d_simulated_new(&options, &world->runtime, &err) == C8D_OK)
        return true;
    fprintf(stderr, "demo: %s\n", err.message);
    return false;
}
