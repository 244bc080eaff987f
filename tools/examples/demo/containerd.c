/* SPDX-License-Identifier: Apache-2.0 */
/* The demo's world on a real containerd. */
#include "metrics.h"
#include "world.h"

#include <c8d/remote.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static bool control(const struct place *place, const char *verb)
{
    const char *const arguments[] = {place->control, verb, place->directory, NULL};
    int status;
    pid_t pid;

    if (posix_spawn(&pid, place->control, NULL, NULL, (char *const *)arguments, environ) != 0) {
        perror("demo: posix_spawn");
        return false;
    }
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static uint64_t calls(struct world *world)
{
    return world->calls_before + (world->up ? metrics_calls(world->place->metrics) : 0);
}

/* Its counters die with it. */
static bool kill_server(struct world *world)
{
    world->calls_before = calls(world);
    world->up = false;
    return control(world->place, "kill");
}

static bool start_server(struct world *world)
{
    world->up = control(world->place, "restart");
    /* The script asks for the version to see whether it answers: no call of ours. */
    if (world->up)
        world->calls_before -= metrics_calls(world->place->metrics);
    return world->up;
}

bool world_of_containerd(struct world *world, const struct place *place)
{
    struct c8d_remote_options options = {
        .size = sizeof(options), .address = text(place->address), .namespace_ = text(place->namespace_)};
    struct c8d_error err = {0};

    *world = (struct world){
        .title = "a private containerd",
        .rootfs = place->rootfs,
        .namespace_ = place->namespace_,
        .kill_server = kill_server,
        .start_server = start_server,
        .calls = calls,
        .counted = "as containerd itself counts them, those of its event service left out",
        .place = place,
        .up = true,
    };
    world->calls_before = 0 - metrics_calls(place->metrics);
    if (c8d_remote_new(&options, &world->runtime, &err) == C8D_OK)
        return true;
    fprintf(stderr, "demo: %s\n", err.message);
    return false;
}
