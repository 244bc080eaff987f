/* SPDX-License-Identifier: Apache-2.0 */
/* Scenes: how one begins, how it is kept small, and when two are the same. */
#include "acts.h"
#include <stdlib.h>
#include <string.h>

#define NEWEST_LIST 2

static bool open_model(struct scene *scene)
{
    static const struct c8d_str names[] = {{"n", 1}, {"c", 1}, {"x", 1}, {"y", 1}};
    struct c8d_model *model = scene->model;

    if (c8d_model_open(model, names[0], names[1], &scene->container) != C8D_OK ||
        !c8d_model_hold(model, scene->container, C8D_REF_NONE))
        return false;
    /* Held, so that the lists of what may be forgotten do not tell one scene from
     * another. */
    for (unsigned i = 1; i <= scene->setting->execs; i++) {
        if (c8d_model_open_exec(model, scene->container, names[1 + i], &scene->refs[i]) != C8D_OK ||
            !c8d_model_hold(model, scene->container, scene->refs[i]))
            return false;
    }
    return true;
}

static void set_prior(struct scene *scene, enum truth_state prior)
{
    struct runtime *runtime = &scene->runtime;
    struct truth_process *init = &runtime->processes[0];

    runtime->next_serial = 1;
    runtime->record = scene->setting->no_record || prior != TRUTH_NONE;
    if (prior == TRUTH_NONE)
        return;
    *init = (struct truth_process){.state = (uint8_t)prior, .serial = 1, .pid = 1};
    runtime->next_serial = 2;
    if (prior == TRUTH_RUNNING)
        runtime->alive = 1u << 1;
}

bool scene_init(struct scene *scene, const struct setting *setting, enum truth_state prior)
{
    struct c8d_model_limits limits = {.containers_max = 1,
                                      .execs_max = setting->execs,
                                      .execs_per_container_max = setting->execs,
                                      .wishes_max = setting->wishes,
                                      .adopt = true};

    memset(scene, 0, sizeof(*scene));
    scene->setting = setting;
    scene->actions = (struct c8d_actions){.items = scene->items, .capacity = 64};
    for (uint8_t i = 0; i < PROCESSES_MAX; i++)
        scene->names[i] = i;
    if (c8d_model_actions_max(&limits) > scene->actions.capacity ||
        c8d_model_init(scene->image, sizeof(scene->image), &limits, &scene->model) != C8D_OK ||
        !open_model(scene) || !witness_init(&scene->witness, scene->model))
        return false;
    /* Names and namespaces never change here: the image that a step is compared
     * with ends before them. */
    scene->witness.image_bytes =
        (size_t)((const uint8_t *)c8d__namespaces_of(scene->model) - (const uint8_t *)scene->model);
    scene->runtime.left = setting->budgets;
    set_prior(scene, prior);
    scene->witness.life_count = 1u + setting->execs;
    for (unsigned i = 0; i <= setting->execs; i++) {
        scene->witness.lives[i].container = scene->container;
        scene->witness.lives[i].process = scene->refs[i];
        /* Codes are compared with the truth itself, which is more than with all
         * that was ever told. */
        memset(scene->witness.lives[i].codes, 0xff, sizeof(scene->witness.lives[i].codes));
    }
    scene_canonicalise(scene);
    return true;
}

void scene_fini(struct scene *scene)
{
    witness_fini(&scene->witness);
}

/* ---- the account */

#define LIFE_BITS(X)                                                                                         \
    X(told.created, 0)                                                                                       \
    X(told.started, 1)                                                                                       \
    X(told.ended, 2)                                                                                         \
    X(told.gone, 3)                                                                                          \
    X(told.oom, 4)                                                                                           \
    X(told.paused, 5)                                                                                        \
    X(forced, 6)                                                                                             \
    X(call, 7)                                                                                               \
    X(force_call, 8)                                                                                         \
    X(query, 9)                                                                                              \
    X(task_call, 10)                                                                                         \
    X(task_query, 11)                                                                                        \
    X(record_call, 12)                                                                                       \
    X(record_query, 13)                                                                                      \
    X(timed, 14)                                                                                             \
    X(told.unresponsive, 15)

void scene_load_account(struct scene *scene)
{
    struct witness *witness = &scene->witness;

    /* Not stored: they are counted from each act on. */
    memset(&scene->model->counters, 0, sizeof(scene->model->counters));
    scene->model->sequence = 0;
    witness->sequence = 0;
    witness->broken = NULL;
    scene->broken = NULL;
    scene->cut = false;
    scene->actions.count = 0;
    for (unsigned i = 0; i <= scene->setting->execs; i++) {
        struct witness_life *life = &witness->lives[i];
        uint16_t bits = scene->account.lives[i];

#define LOAD_BIT(name, bit) life->name = (bits >> (bit)&1) != 0;
        LIFE_BITS(LOAD_BIT)
#undef LOAD_BIT
        life->told.incarnation = scene->account.incarnations[i];
        life->kills = 0;
        for (unsigned slot = SLOT_PROCESS + SLOT__EACH * i; slot < SLOT_PROCESS + SLOT__EACH * (i + 1);
             slot++)
            life->kills += slot_is_signal(slot) && scene->runtime.calls[slot].stage != CALL_NONE;
        life->stop = scene->account.stops[i];
        life->close = scene->account.closes[i];
    }
    witness->lives[0].wish_call = scene->account.wish_call;
    witness->lives[0].wish_calls = scene->account.wish_calls;
    witness->gap = scene->account.gap != 0;
    witness->pending_count = 0;
    for (unsigned i = 1; i <= REQUESTS_MAX; i++) {
        if ((scene->account.pending >> i & 1) != 0)
            witness->pending[witness->pending_count++] = i;
    }
}

void scene_save_account(struct scene *scene)
{
    const struct witness *witness = &scene->witness;

    for (unsigned i = 0; i <= scene->setting->execs; i++) {
        const struct witness_life *life = &witness->lives[i];
        unsigned bits = 0;

#define SAVE_BIT(name, bit) bits |= (unsigned)life->name << (bit);
        LIFE_BITS(SAVE_BIT)
#undef SAVE_BIT
        scene->account.lives[i] = (uint16_t)bits;
        scene->account.incarnations[i] = (uint8_t)life->told.incarnation;
        scene->account.stops[i] = (uint8_t)life->stop;
        scene->account.closes[i] = (uint8_t)life->close;
    }
    scene->account.wish_call = witness->lives[0].wish_call;
    scene->account.wish_calls = witness->lives[0].wish_calls;
    scene->account.gap = witness->gap;
    scene->account.pending = 0;
    for (unsigned i = 0; i < witness->pending_count; i++)
        scene->account.pending |= (uint32_t)1 << witness->pending[i];
}

/* ---- what is the same */

struct c8d__process *scene_process(const struct scene *scene, unsigned process)
{
    return process == 0 ? &c8d__container_at(scene->model, 0)->init
                        : &c8d__exec_at(scene->model, process - 1)->process;
}

struct c8d__rest *scene_rest(const struct scene *scene, unsigned process)
{
    return process == 0 ? &c8d__container_rest(scene->model, c8d__container_at(scene->model, 0))->init
                        : c8d__exec_rest(scene->model, c8d__exec_at(scene->model, process - 1));
}

/* Incarnations are compared with the one before and with none at all, nothing
 * else. */
static void rebase_incarnation(struct scene *scene, unsigned process)
{
    struct c8d__process *known = scene_process(scene, process);
    uint32_t shift = known->incarnation > 1 ? known->incarnation - 1 : 0;

    /* Timers come back with it. */
    if (scene->setting->stops || scene->setting->wishes)
        shift = 0;
    known->incarnation -= shift;
    scene->account.incarnations[process] = (uint8_t)(scene->account.incarnations[process] - shift);
    /* What was ordered then is out of date now. */
    if (shift > 0 && scene->runtime.timers[process] > 0) {
        scene->runtime.timers[process] = 0;
        scene->runtime.old_timers[process] = 1;
    }
    /* Written when the next launch begins, and read only during one. */
    if (known->launch == C8D_LAUNCH_IDLE)
        scene_rest(scene, process)->launch_status = 0;
}

#define SWAP(type, a, b)                                                                                     \
    do {                                                                                                     \
        type swapped = (a);                                                                                  \
        (a) = (b);                                                                                           \
        (b) = swapped;                                                                                       \
    } while (0)

static void swap_execs(struct scene *scene)
{
    struct runtime *runtime = &scene->runtime;
    struct c8d__process *one = scene_process(scene, 1);
    struct c8d__process *two = scene_process(scene, 2);

    SWAP(struct c8d__process, *one, *two);
    SWAP(struct c8d__rest, *scene_rest(scene, 1), *scene_rest(scene, 2));
    SWAP(uint16_t, scene->account.lives[1], scene->account.lives[2]);
    SWAP(uint8_t, scene->account.incarnations[1], scene->account.incarnations[2]);
    SWAP(struct truth_process, runtime->processes[1], runtime->processes[2]);
    SWAP(uint8_t, runtime->pauses[PAUSE_PROCESS + 1], runtime->pauses[PAUSE_PROCESS + 2]);
    SWAP(uint8_t, runtime->timers[1], runtime->timers[2]);
    SWAP(uint8_t, runtime->old_timers[1], runtime->old_timers[2]);
    for (unsigned i = 0; i < SIGNAL_TIMERS; i++)
        SWAP(uint64_t, runtime->signal_timers[1][i], runtime->signal_timers[2][i]);
    SWAP(uint8_t, scene->account.stops[1], scene->account.stops[2]);
    SWAP(uint8_t, scene->account.closes[1], scene->account.closes[2]);
    SWAP(uint8_t, runtime->to_be_told[1], runtime->to_be_told[2]);
    SWAP(uint8_t, scene->names[1], scene->names[2]);
    for (unsigned i = 0; i < SLOT__EACH; i++) {
        struct call *first = &runtime->calls[SLOT_PROCESS + SLOT__EACH + i];
        struct call *second = &runtime->calls[SLOT_PROCESS + 2 * SLOT__EACH + i];

        SWAP(struct call, *first, *second);
        if (first->stage == CALL_SERVED)
            first->reply.process = 1;
        if (second->stage == CALL_SERVED)
            second->reply.process = 2;
    }
    for (unsigned i = 0; i < runtime->event_count; i++) {
        if (runtime->events[i].process != 0)
            runtime->events[i].process = (uint8_t)(3 - runtime->events[i].process);
    }
    for (unsigned i = 0; i < runtime->late_count; i++) {
        if (runtime->late[i].process != 0)
            runtime->late[i].process = (uint8_t)(3 - runtime->late[i].process);
    }
}

/* Nothing in the model or here treats one exec otherwise than another: the
 * order in which both are asked after is the one difference, and calls wait
 * each in its own place. */
static void order_execs(struct scene *scene)
{
    int order = memcmp(scene_process(scene, 1), scene_process(scene, 2), sizeof(struct c8d__process));
    const struct truth_process *truth = scene->runtime.processes;

    if (order == 0)
        order = memcmp(scene_rest(scene, 1), scene_rest(scene, 2), sizeof(struct c8d__rest));
    if (order == 0)
        order = memcmp(&truth[1], &truth[2], sizeof(truth[1]));
    if (order == 0)
        order =
            memcmp(&scene->runtime.calls[SLOT_PROCESS + SLOT__EACH],
                   &scene->runtime.calls[SLOT_PROCESS + 2 * SLOT__EACH], SLOT__EACH * sizeof(struct call));
    if (order > 0)
        swap_execs(scene);
}

static void order_events(struct runtime *runtime)
{
    for (unsigned i = 1; i < runtime->event_count; i++) {
        for (unsigned j = i;
             j > 0 && memcmp(&runtime->events[j - 1], &runtime->events[j], sizeof(struct message)) > 0; j--)
            SWAP(struct message, runtime->events[j - 1], runtime->events[j]);
    }
}

/* Of the wish's timers one counts, and an older one may run; that there were several pauses in a row is told,
 * and whether there was one decides. */
static void number_wish_timers(struct scene *scene)
{
    struct c8d__wish *wish = c8d__wish_of(scene->model, c8d__container_at(scene->model, 0));

    if (!scene->setting->wishes)
        return;
    scene->model->wish_timers = 2;
    if (wish != NULL && wish->timer != 0)
        wish->timer = 2;
    if (wish != NULL && wish->attempts > 2)
        wish->attempts = 2;
}

/* The newest list has the newest number, and one older may be under way. Of a process it matters only whether
 * its pid has been told since the newest one. */
static void renumber_lists(struct scene *scene)
{
    struct c8d_model *model = scene->model;

    if (model->list_number == 0)
        return;
    for (unsigned i = 0; i <= scene->setting->execs; i++) {
        struct c8d__process *known = scene_process(scene, i);

        known->confirmed = known->confirmed == (uint32_t)model->list_number ? NEWEST_LIST : 0;
    }
    model->list_number = NEWEST_LIST;
}

void scene_canonicalise(struct scene *scene)
{
    struct c8d_model *model = scene->model;

    /* Numbers that are told and never read back. */
    memset(&model->counters, 0, sizeof(model->counters));
    model->sequence = 0;
    renumber_lists(scene);
    /* The sweep starts anew with each list. */
    model->sweep_at = 0;
    model->sweep_region = 0;
    for (unsigned i = 0; i <= scene->setting->execs; i++)
        rebase_incarnation(scene, i);
    number_wish_timers(scene);
    if (scene->setting->execs == 2)
        order_execs(scene);
    /* Where any event may overtake any other, their order tells nothing. */
    if (scene->setting->window >= EVENTS_MAX)
        order_events(&scene->runtime);
}

static uint32_t offset_in(const struct scene *scene, const void *at)
{
    return (uint32_t)((const uint8_t *)at - (const uint8_t *)scene);
}

unsigned scene_chunks(const struct scene *scene, struct chunk chunks[CHUNKS_MAX])
{
    const struct c8d__container *container = c8d__container_at(scene->model, 0);
    unsigned count = 0;

#define CHUNK(from, size) (chunks[count++] = (struct chunk){offset_in(scene, (from)), (uint32_t)(size)})
    CHUNK(scene_process(scene, 0), sizeof(struct c8d__process));
    CHUNK((const uint8_t *)container + offsetof(struct c8d__container, execs),
          offsetof(struct c8d__container, name) - offsetof(struct c8d__container, execs));
    CHUNK(c8d__container_rest(scene->model, container), sizeof(struct c8d__container_rest));
    CHUNK((const uint8_t *)scene->model + offsetof(struct c8d_model, sequence),
          sizeof(struct c8d_model) - offsetof(struct c8d_model, sequence));
    CHUNK(&scene->account, sizeof(scene->account));
    CHUNK(&scene->runtime, offsetof(struct runtime, calls));
    CHUNK(scene->runtime.calls, SLOT_PROCESS * sizeof(struct call));
    CHUNK(&scene->runtime.calls[SLOT_PROCESS], SLOT__EACH * sizeof(struct call));
    CHUNK(scene->runtime.events, sizeof(scene->runtime.events));
    if (scene->setting->wishes)
        CHUNK(c8d__wish_at(scene->model, 0), sizeof(struct c8d__wish));
    for (unsigned i = 1; i <= scene->setting->execs; i++) {
        CHUNK(scene_process(scene, i), sizeof(struct c8d__process));
        CHUNK(scene_rest(scene, i), sizeof(struct c8d__rest));
        CHUNK(&scene->runtime.calls[SLOT_PROCESS + SLOT__EACH * i], SLOT__EACH * sizeof(struct call));
    }
#undef CHUNK
    return count;
}
