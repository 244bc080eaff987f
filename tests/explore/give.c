/* SPDX-License-Identifier: Apache-2.0 */
/* What goes into the model, and what becomes of what comes out. */
#include "coverage.h"
#include "runtime.h"
#include "steps.h"
#include <string.h>

static unsigned process_of(const struct scene *scene, c8d_ref process)
{
    for (unsigned i = 0; i < PROCESSES_MAX; i++) {
        if (scene->refs[i] == process)
            return i;
    }
    return 0;
}

static unsigned slot_of(const struct c8d_action *action, unsigned process)
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
        return SLOT_PROCESS + SLOT__EACH * process + SLOT__KILL;
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

static void take_command(struct scene *scene, const struct c8d_action *action)
{
    unsigned process = process_of(scene, action->process);
    unsigned slot = slot_of(action, process);
    struct call *call = &scene->runtime.calls[slot];

    if (action->what == C8D_COMMAND_RETRY) {
        take_retry(scene, action, process);
        return;
    }
    if (action->what == C8D_COMMAND_TIMER) {
        /* Others are never over here. */
        if (action->patience == C8D_PATIENCE_EXEC && scene->runtime.timers[process]++ == 4)
            scene->broken = "timers pile up";
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
    if (call->stage != CALL_NONE)
        scene->broken = "a second call of a kind is made while one is under way";
    call->stage = CALL_ASKED;
    call->command = action->what;
    /* Of other calls the number is of no account: the reply does not carry it. */
    call->request = action->what == C8D_COMMAND_KILL ? (uint8_t)action->request : 0;
}

static void take_up(struct scene *scene)
{
    coverage_count(coverage_of_thread(), &scene->actions);
    for (uint32_t i = 0; i < scene->actions.count; i++) {
        const struct c8d_action *action = &scene->actions.items[i];

        if (action->kind == C8D_ACTION_COMMAND)
            take_command(scene, action);
        else if (action->kind == C8D_ACTION_NOTICE && action->region == C8D_REGION_PROCESS)
            check_notice(scene, action);
    }
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
        .process = message->region == C8D_REGION_PROCESS ? scene->refs[message->process] : C8D_REF_NONE,
    };
}

void give(struct scene *scene, const struct message *message, uint64_t request)
{
    struct c8d_input input = input_of(scene, message);

    input.request = request;
    steps_write_message(scene, message, request);
    step(scene, &input);
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
