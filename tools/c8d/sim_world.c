/* SPDX-License-Identifier: Apache-2.0 */
/* One simulated world. */
#include "sim_world.h"
#include "c8d.h"
#include <c8d/task.h>
#include <stdio.h>
#include <string.h>

#define SECOND INT64_C(1000000000)
#define NAMESPACE "sim"

enum act { CREATE, START, REAP, EXEC, PAUSE, RESUME, FORCE_DELETE, KILL, DROP, WAIT, EXIT, BREAK, ACTS };

/* How often each comes. */
static const struct {
    const char *name;
    unsigned share;
} acts[ACTS] = {
    [CREATE] = {"create", 4},
    [START] = {"start", 4},
    [REAP] = {"delete the task", 4},
    [EXEC] = {"exec", 2},
    [PAUSE] = {"pause", 1},
    [RESUME] = {"resume", 1},
    [FORCE_DELETE] = {"delete the task by force", 1},
    [KILL] = {"kill", 1},
    [DROP] = {"delete", 2},
    [WAIT] = {"wait a while", 1},
    [EXIT] = {"the process ends by itself", 1},
    [BREAK] = {"the connection breaks", 1},
};

struct world {
    const struct c8d__trial_settings *settings;
    struct c8d_runtime runtime;
    struct c8d_client *client;
    struct c8d_container *containers[C8D__TRIAL_CONTAINERS_MAX];
    struct c8d_process *tasks[C8D__TRIAL_CONTAINERS_MAX];
    struct c8d__trial_story story;
};

/* ---- the plan
 * ------------------------------------------------------------------------------------------------- */

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint8_t choose_act(uint64_t random)
{
    unsigned all = 0;
    unsigned at;

    for (unsigned act = 0; act < ACTS; act++)
        all += acts[act].share;
    at = (unsigned)(random % all);
    for (unsigned act = 0;; act++) {
        if (at < acts[act].share)
            return (uint8_t)act;
        at -= acts[act].share;
    }
}

void c8d__trial_plan(const struct c8d__trial_settings *settings, struct c8d__trial_step *steps, size_t count)
{
    uint64_t state = settings->seed;

    for (size_t i = 0; i < count; i++) {
        steps[i].number = (uint32_t)i + 1;
        steps[i].act = choose_act(next_random(&state));
        steps[i].container = (uint8_t)(next_random(&state) % settings->containers);
        steps[i].choice = (uint8_t)(next_random(&state) % 8);
    }
}

const char *c8d__trial_act_name(const struct c8d__trial_step *step)
{
    return acts[step->act % ACTS].name;
}

/* ---- acts
 * ----------------------------------------------------------------------------------------------------- */

static void create(struct world *world, unsigned which, unsigned choice)
{
    static const char *const scripts[] = {"exit 3", "sleep 1; exit 4", "sleep 1000", "echo x; sleep 0.01",
                                          "hog"};
    char spec[256];
    char id[C8D__TRIAL_NAME_BYTES];
    struct c8d_container_options options = {.size = sizeof(options)};

    if (world->containers[which] != NULL)
        return;
    c8d__trial_name(which, id);
    snprintf(spec, sizeof(spec), "{\"process\":{\"args\":[\"sh\",\"-c\",\"%s\"]},\"root\":{\"path\":\"/x\"}}",
             scripts[choice % 5]);
    options.id = c8d__str(id);
    options.spec = c8d__str(spec);
    if (c8d_client_new_container(world->client, &options, SECOND, &world->containers[which], NULL) ==
        C8D_ALREADY_EXISTS)
        (void)!c8d_client_load_container(world->client, options.id, SECOND, &world->containers[which], NULL);
}

static void exec(struct world *world, unsigned which)
{
    struct c8d_exec_options options = {.size = sizeof(options),
                                       .id = c8d__str("e"),
                                       .spec = c8d__str("{\"args\":[\"sh\",\"-c\",\"sleep 0.02; exit 5\"]}")};
    struct c8d_process *process = NULL;

    if (world->tasks[which] == NULL ||
        c8d_task_exec(world->tasks[which], &options, SECOND, &process, NULL) != C8D_OK)
        return;
    (void)!c8d_process_wait(process, SECOND, NULL, NULL);
    (void)!c8d_process_delete(process, SECOND, NULL, NULL);
    c8d_process_unref(process);
}

/* One that has ended makes room for the next run. */
static void reap(struct world *world, unsigned which)
{
    if (world->tasks[which] == NULL || c8d_process_delete(world->tasks[which], SECOND, NULL, NULL) != C8D_OK)
        return;
    c8d_process_unref(world->tasks[which]);
    world->tasks[which] = NULL;
}

static void end_task(struct world *world, unsigned which, bool force)
{
    enum c8d_status status;

    if (world->tasks[which] == NULL)
        return;
    status = force ? c8d_task_force_delete(world->tasks[which], SECOND, NULL, NULL)
                   : c8d_process_kill(world->tasks[which], 9, SECOND, NULL);
    if (status != C8D_OK && status != C8D_NOT_FOUND)
        return;
    c8d_process_unref(world->tasks[which]);
    world->tasks[which] = NULL;
}

static void drop(struct world *world, unsigned which)
{
    if (world->containers[which] == NULL ||
        c8d_container_delete(world->containers[which], SECOND, NULL) != C8D_OK)
        return;
    c8d_process_unref(world->tasks[which]);
    c8d_container_unref(world->containers[which]);
    world->tasks[which] = NULL;
    world->containers[which] = NULL;
}

static void act_on_task(struct world *world, const struct c8d__trial_step *step)
{
    unsigned which = step->container;
    char id[C8D__TRIAL_NAME_BYTES];

    if (world->tasks[which] == NULL)
        return;
    c8d__trial_name(which, id);
    if (step->act == PAUSE)
        (void)!c8d_task_pause(world->tasks[which], SECOND, NULL);
    else if (step->act == RESUME)
        (void)!c8d_task_resume(world->tasks[which], SECOND, NULL);
    else
        (void)c8d_simulated_exit(world->runtime, c8d__str(id), c8d__str(id), step->choice);
}

static void carry_out(struct world *world, const struct c8d__trial_step *step)
{
    unsigned which = step->container;

    switch (step->act) {
    case CREATE:
        create(world, which, step->choice);
        break;
    case START:
        if (world->containers[which] != NULL && world->tasks[which] == NULL)
            (void)!c8d_container_start(world->containers[which], NULL, SECOND, &world->tasks[which], NULL);
        break;
    case REAP:
        reap(world, which);
        break;
    case EXEC:
        exec(world, which);
        break;
    case FORCE_DELETE:
    case KILL:
        end_task(world, which, step->act == FORCE_DELETE);
        break;
    case DROP:
        drop(world, which);
        break;
    case WAIT:
        (void)c8d_client_dispatch(world->client, SECOND);
        break;
    case BREAK:
        c8d_simulated_disconnect(world->runtime);
        break;
    default:
        act_on_task(world, step);
        break;
    }
    (void)c8d_client_dispatch(world->client, SECOND / 100);
}

/* ---- the end
 * -------------------------------------------------------------------------------------------------- */

static void remove_task(struct world *world, struct c8d_container *container)
{
    struct c8d_process *task;

    for (int tries = 0; tries < 20 && (task = c8d_container_task(container)) != NULL; tries++) {
        (void)!c8d_task_resume(task, 10 * SECOND, NULL);
        (void)!c8d_task_force_delete(task, 10 * SECOND, NULL, NULL);
        c8d_process_unref(task);
        (void)c8d_client_dispatch(world->client, SECOND);
    }
}

static bool remove_container(struct world *world, unsigned which)
{
    struct c8d_container *container = world->containers[which];
    char id[C8D__TRIAL_NAME_BYTES];
    enum c8d_status status = C8D_OK;

    c8d__trial_name(which, id);
    c8d_process_unref(world->tasks[which]);
    world->tasks[which] = NULL;
    world->containers[which] = NULL;
    if (container == NULL)
        status = c8d_client_load_container(world->client, c8d__str(id), 60 * SECOND, &container, NULL);
    if (container == NULL)
        return status == C8D_NOT_FOUND;
    remove_task(world, container);
    status = c8d_container_delete(container, 60 * SECOND, NULL);
    c8d_container_unref(container);
    return status == C8D_OK || status == C8D_NOT_FOUND;
}

static void pass_time(struct world *world, int tenths)
{
    while (tenths-- > 0)
        (void)c8d_client_dispatch(world->client, SECOND / 10);
}

/* The world is well from here on. A last loss of the stream lets the client find what was lost before. */
static void settle(struct world *world)
{
    bool removed = true;

    c8d_simulated_set_faults(world->runtime, &(struct c8d_simulated_faults){0});
    c8d_simulated_disconnect(world->runtime);
    pass_time(world, 100);
    for (unsigned which = 0; which < world->settings->containers; which++)
        removed = remove_container(world, which) && removed;
    pass_time(world, 50);
    c8d__trial_end(&world->story, world->settings->containers);
    c8d__trial_expect(&world->story, removed && c8d_simulated_objects(world->runtime) == 0,
                      C8D__NOTHING_IS_LEFT);
}

static void give_back(struct world *world)
{
    for (unsigned which = 0; which < world->settings->containers; which++) {
        c8d_process_unref(world->tasks[which]);
        c8d_container_unref(world->containers[which]);
    }
    c8d_client_unref(world->client);
}

static bool open_world(struct world *world)
{
    const struct c8d__trial_settings *settings = world->settings;
    const struct c8d_simulated_options options = {.size = sizeof(options),
                                                  .seed = settings->seed,
                                                  .faults = settings->faults,
                                                  .namespace_ = c8d__str(NAMESPACE)};
    struct c8d_client_options client = {.size = sizeof(client),
                                        .namespace_ = c8d__str(NAMESPACE),
                                        .notice = c8d__trial_hear,
                                        .user = &world->story,
                                        .tap = settings->tap};

    if (c8d_simulated_new(&options, &world->runtime, NULL) != C8D_OK)
        return false;
    client.runtime = world->runtime;
    if (c8d_client_new(&client, &world->client, NULL) == C8D_OK)
        return true;
    world->runtime.ops->destroy(world->runtime.ctx);
    return false;
}

bool c8d__trial_run(const struct c8d__trial_settings *settings, const struct c8d__trial_step *steps,
                    size_t count, struct c8d__trial_result *out)
{
    struct world world = {.settings = settings};

    *out = (struct c8d__trial_result){0};
    if (!open_world(&world))
        return false;
    for (size_t i = 0; i < count && world.story.broken == NULL; i++) {
        carry_out(&world, &steps[i]);
        out->step = steps[i].number;
    }
    if (world.story.broken == NULL) {
        out->step = 0;
        settle(&world);
    }
    give_back(&world);
    out->broken = world.story.broken;
    out->notices = world.story.notices;
    out->starts = world.story.starts;
    out->ends = world.story.ends;
    return true;
}
