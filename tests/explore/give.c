/* SPDX-License-Identifier: Apache-2.0 */
/* What goes into the model, and what becomes of what comes out. */
#include "coverage.h"
#include "runtime.h"
#include "steps.h"
#include <c8d/image.h>
#include <c8d/wish.h>
#include <string.h>

static unsigned process_of(const struct scene *scene, c8d_ref process)
{
    for (unsigned i = 0; i < PROCESSES_MAX; i++) {
        if (scene->refs[i] == process)
            return i;
    }
    return 0;
}

/* The request of a signal under way belongs to nothing else. */
static bool signal_is_of_stop(const struct scene *scene, const struct c8d_action *action, unsigned process)
{
    const struct c8d__rest *about = scene_rest(scene, process);

    return about->stop_calls != 0 && about->stop_request == action->request;
}

static unsigned slot_of(const struct scene *scene, const struct c8d_action *action, unsigned process)
{
    bool asks = action->what == C8D_COMMAND_QUERY;

    switch (action->region) {
    case C8D_REGION_CONTAINER:
        return asks ? SLOT_RECORD_QUERY : SLOT_RECORD;
    case C8D_REGION_TASK:
        return asks ? SLOT_TASK_QUERY : SLOT_TASK;
    case C8D_REGION_CONNECTION:
        return action->what == C8D_COMMAND_SUBSCRIBE ? SLOT_SUBSCRIBE : SLOT_LIST;
    default:
        break;
    }
    switch (action->what) {
    case C8D_COMMAND_QUERY:
        return SLOT_PROCESS + SLOT__EACH * process + SLOT__QUERY;
    case C8D_COMMAND_KILL:
        return SLOT_PROCESS + SLOT__EACH * process +
               (signal_is_of_stop(scene, action, process) ? SLOT__STOP : SLOT__KILL);
    case C8D_COMMAND_ESCALATE:
        return SLOT_PROCESS + SLOT__EACH * process + SLOT__ESCALATE;
    case C8D_COMMAND_CLOSE_STDIN:
        return SLOT_PROCESS + SLOT__EACH * process + SLOT__CLOSE;
    case C8D_COMMAND_FORCE_KILL:
        return SLOT_PROCESS + SLOT__EACH * process + SLOT__FORCE;
    default:
        return SLOT_PROCESS + SLOT__EACH * process + SLOT__CALL;
    }
}

static void take_retry(struct scene *scene, const struct c8d_action *action, unsigned process)
{
    static const uint8_t pauses[] = {[C8D_REGION_CONTAINER] = PAUSE_RECORD,
                                     [C8D_REGION_TASK] = PAUSE_TASK,
                                     [C8D_REGION_CONNECTION] = PAUSE_LINK,
                                     [C8D_REGION_PROCESS] = PAUSE_PROCESS};
    unsigned pause = pauses[action->region] + (action->region == C8D_REGION_PROCESS ? process : 0);

    if (scene->runtime.pauses[pause]++ == 4)
        scene->broken = "pauses pile up";
}

/* One that is ordered in place of another leaves that one running: it is not cancelled. */
static void take_signal_timer(struct scene *scene, const struct c8d_action *action, unsigned process)
{
    uint64_t *timers = scene->runtime.signal_timers[process];
    unsigned which =
        action->request == c8d__force_timer_of(scene_process(scene, process), scene_rest(scene, process))
            ? TIMER_FORCE
            : TIMER_STOP;

    if (timers[which] != 0)
        timers[TIMER_OLD] = timers[which];
    timers[which] = action->request;
}

static void take_timer(struct scene *scene, const struct c8d_action *action, unsigned process)
{
    struct runtime *runtime = &scene->runtime;

    switch (action->patience) {
    case C8D_PATIENCE_EXEC:
        if (runtime->timers[process]++ == 4)
            scene->broken = "timers pile up";
        return;
    case C8D_PATIENCE_GRACE:
    case C8D_PATIENCE_KILL:
        /* Elsewhere such a timer is never over. */
        if (scene->setting->stops || scene->setting->wishes)
            take_signal_timer(scene, action, process);
        return;
    default:
        if (runtime->wish_timer != 0)
            runtime->old_wish_timer = runtime->wish_timer;
        runtime->wish_timer = action->patience;
        return;
    }
}

/* What has ended is waited for no more; its timers run on. */
static void age_timers(struct scene *scene)
{
    struct runtime *runtime = &scene->runtime;
    const struct c8d__wish *wish = c8d__wish_of(scene->model, c8d__container_at(scene->model, 0));

    for (unsigned i = 0; i <= scene->setting->execs; i++) {
        const struct c8d__process *process = scene_process(scene, i);
        uint64_t *timers = runtime->signal_timers[i];

        if (timers[TIMER_STOP] != 0 && process->stop == C8D_STOP_IDLE) {
            timers[TIMER_OLD] = timers[TIMER_STOP];
            timers[TIMER_STOP] = 0;
        }
        if (timers[TIMER_FORCE] != 0 && process->state != C8D_PROCESS_KILLING &&
            process->state != C8D_PROCESS_KILL_DOUBT) {
            timers[TIMER_OLD] = timers[TIMER_FORCE];
            timers[TIMER_FORCE] = 0;
        }
    }
    if (runtime->wish_timer != 0 && (wish == NULL || wish->timer == 0)) {
        runtime->old_wish_timer = runtime->wish_timer;
        runtime->wish_timer = 0;
    }
}

static bool carries_request(uint8_t command)
{
    return command == C8D_COMMAND_KILL || command == C8D_COMMAND_ESCALATE ||
           command == C8D_COMMAND_CLOSE_STDIN;
}

static uint8_t number_of(uint64_t request)
{
    return request == C8D_REQUEST_WISH ? REQUEST_OWN : (uint8_t)request;
}

static void take_command(struct scene *scene, const struct c8d_action *action)
{
    unsigned process = process_of(scene, action->process);
    unsigned slot = slot_of(scene, action, process);
    struct call *call = &scene->runtime.calls[slot];

    if (action->what == C8D_COMMAND_RETRY) {
        take_retry(scene, action, process);
        return;
    }
    if (action->what == C8D_COMMAND_TIMER) {
        take_timer(scene, action, process);
        return;
    }
    if (action->what == C8D_COMMAND_QUERY)
        scene->runtime.asked_in_a_row++;
    if (action->what == C8D_COMMAND_LIST) {
        if (call->stage != CALL_NONE)
            scene->runtime.calls[SLOT_OLD_LIST] = *call;
        memset(call, 0, sizeof(*call));
        witness_list_begin(&scene->witness);
        steps_write(scene, "list");
    }
    if (action->what == C8D_COMMAND_CLOSE_STDIN && call->stage != CALL_NONE) {
        scene->runtime.calls[slot + SLOT__OLD_CLOSE - SLOT__CLOSE] = *call;
        memset(call, 0, sizeof(*call));
    }
    if (call->stage != CALL_NONE)
        scene->broken = "a second call of a kind is made while one is under way";
    call->stage = CALL_ASKED;
    call->command = action->what;
    /* Of other calls the number is of no account: the reply does not carry it. */
    call->request = carries_request(action->what) ? number_of(action->request) : 0;
}

/* An input that is told to be closed has been closed, while its process is believed to run and is the one
 * that runs. */
static void check_done(struct scene *scene, const struct c8d_action *done)
{
    unsigned process = process_of(scene, done->process);
    const struct truth_process *truth = &scene->runtime.processes[process];
    const struct c8d__process *believed = scene_process(scene, process);

    if (done->region == C8D_REGION_STDIN && done->status == C8D_OK && c8d__process_runs(believed->state) &&
        truth->state == TRUTH_RUNNING && truth->pid == believed->pid && !truth->closed)
        scene->broken = "an input is told to be closed that is open";
}

static void take_up(struct scene *scene)
{
    coverage_count(coverage_of_thread(), &scene->actions);
    for (uint32_t i = 0; i < scene->actions.count; i++) {
        const struct c8d_action *action = &scene->actions.items[i];

        if (action->kind == C8D_ACTION_COMMAND)
            take_command(scene, action);
        else if (action->kind == C8D_ACTION_DONE)
            check_done(scene, action);
        else if (action->kind == C8D_ACTION_NOTICE && action->region == C8D_REGION_PROCESS)
            check_notice(scene, process_of(scene, action->process), action);
    }
    age_timers(scene);
    if (scene->witness.broken != NULL)
        scene->broken = scene->witness.broken;
}

/* More than this and the model asks for want of something better to do. Each
 * region may ask, find its answer stale because another region's has moved it,
 * and ask once more. */
static void count_queries(struct scene *scene, const struct c8d_input *input)
{
    const unsigned regions = 3 + scene->setting->execs;

    if (c8d_symbol_class((enum c8d_symbol)input->symbol) != C8D_CLASS_ANSWER ||
        input->symbol == C8D_SYM_IS_UNANSWERED || input->symbol == C8D_SYM_IS_EXPIRED)
        scene->runtime.asked_in_a_row = 0;
    else if (scene->runtime.asked_in_a_row > 2 * regions)
        scene->broken = "the model asks again and again";
}

static void step(struct scene *scene, const struct c8d_input *input)
{
    count_queries(scene, input);
    witness_step(&scene->witness, input, &scene->actions);
    take_up(scene);
}

static struct c8d_input input_of(const struct scene *scene, const struct message *message)
{
    return (struct c8d_input){
        .region = message->region,
        .symbol = message->symbol,
        .status = message->status,
        .exit_known = message->exit_known != 0,
        .pid = message->pid,
        .exit_code = message->exit_code,
        .exited_at_ns = message->at,
        .container = message->region != C8D_REGION_CONNECTION ? scene->container : C8D_REF_NONE,
        .process = message->region == C8D_REGION_PROCESS || message->region == C8D_REGION_STDIN
                       ? scene->refs[message->process]
                       : C8D_REF_NONE,
    };
}

/* The wishes that had to wait for the stream. */
static void pursue(struct scene *scene)
{
    if (!scene->setting->wishes)
        return;
    steps_write(scene, "pursue");
    while (scene->broken == NULL && witness_pursue(&scene->witness, &scene->actions))
        take_up(scene);
}

void give(struct scene *scene, const struct message *message, uint64_t request)
{
    struct c8d_input input = input_of(scene, message);

    input.request = request;
    steps_write_message(scene, message, request);
    step(scene, &input);
    check_code_is_kept(scene, message);
    if (message->region == C8D_REGION_CONNECTION && scene->model->connection == C8D_CONNECTION_UP)
        pursue(scene);
}

void give_symbol(struct scene *scene, uint8_t region, uint8_t symbol, uint64_t request)
{
    give(scene, &(struct message){.region = region, .symbol = symbol}, request);
}

void give_killed(struct scene *scene, unsigned process, uint64_t request, enum c8d_status status)
{
    steps_write_killed(scene, process, status);
    scene->runtime.asked_in_a_row = 0;
    witness_killed(&scene->witness, scene->container, scene->refs[process], request, status, &scene->actions);
    take_up(scene);
}

/* The entries of a snapshot, what it did not name, and that it is complete. */
void give_list(struct scene *scene, const struct message *seen, bool current)
{
    uint64_t request = scene->model->list_number - (current ? 0 : 1);

    if (c8d_model_list_counts(scene->model, request)) {
        struct message entry = *seen;

        if (seen->status != 0)
            give_symbol(scene, C8D_REGION_CONTAINER, C8D_SYM_IS_CREATED, C8D_REQUEST_SNAPSHOT);
        entry.status = C8D_OK;
        entry.region = C8D_REGION_TASK;
        if (seen->symbol != C8D_SYM_IS_ABSENT)
            give(scene, &entry, C8D_REQUEST_SNAPSHOT);
        entry.region = C8D_REGION_PROCESS;
        if (seen->symbol != C8D_SYM_IS_ABSENT)
            give(scene, &entry, C8D_REQUEST_SNAPSHOT);
        steps_write(scene, "sweep");
        scene->runtime.asked_in_a_row = 0;
        while (witness_list_sweep(&scene->witness, &scene->actions))
            take_up(scene);
    }
    give_symbol(scene, C8D_REGION_CONNECTION, C8D_SYM_LISTED, request);
}

void give_restart(struct scene *scene)
{
    _Alignas(8) uint8_t image[IMAGE_BYTES + 64];
    size_t bytes = c8d_model_image_bytes(scene->model);

    steps_write(scene, "restart");
    if (c8d_model_save(scene->model, image, bytes) != C8D_OK ||
        c8d_model_load(image, bytes, scene->image, sizeof(scene->image), &scene->model) != C8D_OK) {
        scene->broken = "the image cannot be read back";
        return;
    }
    while (scene->broken == NULL && witness_recover(&scene->witness, &scene->actions))
        take_up(scene);
    /* Whoever loads it holds what it goes on with. */
    for (unsigned i = 0; i <= scene->setting->execs; i++)
        (void)c8d_model_hold(scene->model, scene->container, scene->refs[i]);
}

void give_overdue(struct scene *scene, unsigned process, unsigned which)
{
    const struct message over = {
        .region = C8D_REGION_PROCESS, .process = (uint8_t)process, .symbol = C8D_SYM_OVERDUE};
    uint64_t request = scene->runtime.signal_timers[process][which];

    scene->runtime.signal_timers[process][which] = 0;
    give(scene, &over, request);
    if (which == TIMER_OLD && scene->actions.outcome == C8D_ACCEPTED)
        scene->broken = "a timer of a signal that is over is taken for one that counts";
}

void give_wish_timer(struct scene *scene, bool old)
{
    uint8_t *timer = old ? &scene->runtime.old_wish_timer : &scene->runtime.wish_timer;
    const struct message over = {.region = C8D_REGION_CONTAINER,
                                 .symbol = (uint8_t)c8d_symbol_of_timer((enum c8d_patience) * timer)};

    *timer = 0;
    /* Canonical scenes have the number 2 for the one that counts. */
    give(scene, &over, old ? 1 : 2);
    if (old && scene->actions.outcome == C8D_ACCEPTED)
        scene->broken = "a timer of an older wish is taken for the one that counts";
}
