/* SPDX-License-Identifier: Apache-2.0 */
/* What is told, and what is believed in the end, against the truth. */
#include "runtime.h"
#include <c8d/wish.h>

static bool in_set(uint16_t serials, unsigned serial)
{
    return serial <= SERIALS_MAX && (serials >> serial & 1) != 0;
}

/* Whose code it is; 0: of none in particular. */
static unsigned serial_of_code(const struct scene *scene, unsigned process, uint32_t code)
{
    unsigned base = process == 0 ? CODES_OF_INIT : CODES_OF_EXECS;

    return code > base && code < base + scene->runtime.next_serial ? code - base : 0;
}

static bool code_is_true(const struct scene *scene, unsigned process, const struct c8d_action *end)
{
    const struct runtime *runtime = &scene->runtime;
    bool exact = scene->setting->pids == PIDS_UNIQUE && end->pid != 0;
    uint16_t killed = runtime->made_up | runtime->never_ran;

    if (!end->exit_known)
        return true;
    /* Made up of whatever went with its shim, and told of what never ran: also to who comes late and takes it
     * for one that ran. */
    if (end->exit_code == CODE_OF_KILLED)
        return exact ? in_set(killed, end->pid) : killed != 0;
    if (exact)
        return end->exit_code == truth_code(scene, process, (uint8_t)end->pid);
    return serial_of_code(scene, process, end->exit_code) != 0;
}

/* Which process has ended, as far as can be said: 0 when it cannot. */
static unsigned serial_of_end(const struct scene *scene, unsigned process, const struct c8d_action *end)
{
    if (scene->setting->pids == PIDS_UNIQUE)
        return end->ran ? end->pid : 0;
    return end->exit_known ? serial_of_code(scene, process, end->exit_code) : 0;
}

static void check_end(struct scene *scene, unsigned process, const struct c8d_action *end)
{
    struct runtime *runtime = &scene->runtime;
    unsigned serial = serial_of_end(scene, process, end);

    if (!code_is_true(scene, process, end))
        scene->broken = "an end is told with a code that is not its own";
    if (end->ran && scene->setting->pids != PIDS_UNIQUE && runtime->to_be_told[process] == 0)
        scene->broken = "more ends are told than there were";
    if (runtime->to_be_told[process] > 0)
        runtime->to_be_told[process]--;
    if (serial == 0)
        return;
    if (serial > SERIALS_MAX) {
        scene->broken = "an end is told with a pid that no process had";
        return;
    }
    if (in_set(runtime->alive, serial))
        scene->broken = "an end is told of a process that runs";
    if (in_set(runtime->end_told, serial))
        scene->broken = "the end of one process is told twice, in two incarnations";
    runtime->end_told |= (uint16_t)(1u << serial);
}

void check_notice(struct scene *scene, unsigned process, const struct c8d_action *notice)
{
    if (notice->what == C8D_NOTICE_EXIT)
        check_end(scene, process, notice);
    if ((notice->what == C8D_NOTICE_START || notice->what == C8D_NOTICE_EXEC_STARTED) && notice->pid != 0 &&
        scene->setting->pids == PIDS_UNIQUE)
        scene->runtime.start_told |= (uint16_t)(1u << notice->pid);
}

void check_code_is_kept(struct scene *scene, const struct message *told)
{
    const struct c8d_process_view *now;

    if (told->region != C8D_REGION_PROCESS || !told->exit_known || told->pid == 0 ||
        scene->setting->pids != PIDS_UNIQUE)
        return;
    /* The entry of a list behind which the process has been asked for by itself. */
    if (told->symbol == C8D_SYM_IS_STOPPED && scene->actions.outcome == C8D_LATE)
        return;
    now = &scene->witness.lives[told->process].after;
    /* What is out of date is asked for once more. */
    if (now->pid == told->pid && now->ended && !now->exit.known && now->query == C8D_QUERY_IDLE &&
        scene->broken == NULL)
        scene->broken = "a code is told and not kept";
}

/* One that counts is still to be over. */
static bool timers_run(const struct scene *scene)
{
    const struct runtime *runtime = &scene->runtime;

    for (unsigned i = 0; i <= scene->setting->execs; i++) {
        if (runtime->signal_timers[i][TIMER_STOP] != 0 || runtime->signal_timers[i][TIMER_FORCE] != 0)
            return true;
        if (runtime->timers[i] != 0 && c8d__process_runs(scene_process(scene, i)->state))
            return true;
    }
    return false;
}

bool scene_is_quiet(const struct scene *scene)
{
    const struct runtime *runtime = &scene->runtime;

    if (!runtime->subscribed || scene->model->connection != C8D_CONNECTION_UP || runtime->event_count != 0 ||
        runtime->unnoticed || runtime->late_count != 0 || timers_run(scene))
        return false;
    for (unsigned i = 0; i < PAUSES; i++) {
        if (runtime->pauses[i] != 0)
            return false;
    }
    for (unsigned i = 0; i < SLOTS; i++) {
        if (runtime->calls[i].stage != CALL_NONE)
            return false;
    }
    return true;
}

static bool state_agrees(const struct truth_process *truth, uint8_t state)
{
    switch (truth->state) {
    case TRUTH_NONE:
        return state == C8D_PROCESS_ABSENT;
    case TRUTH_CREATED:
        /* What could not be started is over for the consumer and stays created in
         * the runtime. */
        return state == C8D_PROCESS_CREATED || state == C8D_PROCESS_NEVER_RAN;
    case TRUTH_RUNNING:
        return state == C8D_PROCESS_RUNNING;
    default:
        return state == C8D_PROCESS_EXITED || state == C8D_PROCESS_NEVER_RAN;
    }
}

static const char *check_process(const struct scene *scene, unsigned process)
{
    const struct truth_process *truth = &scene->runtime.processes[process];
    const struct witness_life *life = &scene->witness.lives[process];
    struct c8d_process_view view;

    if (!c8d_model_view_process(scene->model, scene->container, scene->refs[process], &view))
        return "S12 truth-is-known: a process is forgotten";
    if (!state_agrees(truth, view.state))
        return "S12 truth-is-known: a process is not what the model believes";
    if (view.query != C8D_QUERY_IDLE)
        return invariant_label(C8D__NOTHING_IS_LEFT);
    if (truth->state == TRUTH_RUNNING && view.pid != truth->pid)
        return "S12 truth-is-known: the model believes in another pid";
    if (life->told.created && life->told.started && !life->told.ended && truth->state != TRUTH_RUNNING)
        return invariant_label(C8D__EACH_START_ENDS);
    return NULL;
}

/* What is held back until a process starts that is not asked to. */
static uint32_t held_back(const struct scene *scene)
{
    uint32_t held = 0;

    for (unsigned i = 0; i <= scene->setting->execs; i++) {
        const struct c8d__process *process = scene_process(scene, i);

        if (process->closing == C8D_STDIN_WISHED && process->state == C8D_PROCESS_CREATED)
            held |= (uint32_t)1 << scene_rest(scene, i)->close_request;
    }
    return held;
}

/* What is wished for is there, unless its pause runs. */
static bool wish_is_followed(const struct scene *scene)
{
    const struct runtime *runtime = &scene->runtime;
    const struct c8d__wish *wish = c8d__wish_of(scene->model, c8d__container_at(scene->model, 0));
    uint8_t state = runtime->processes[0].state;
    bool runs = state == TRUTH_RUNNING;

    switch (wish != NULL ? wish->state : C8D_WISH_NONE) {
    case C8D_WISH_NONE:
        return true;
    case C8D_WISH_RUNNING:
        return runs && !runtime->paused;
    case C8D_WISH_STOPPED:
        return !runs;
    case C8D_WISH_PAUSED:
        return !runs || runtime->paused;
    case C8D_WISH_RUNNING_BACKOFF:
    case C8D_WISH_STOPPED_BACKOFF:
    case C8D_WISH_PAUSED_BACKOFF:
    case C8D_WISH_REMOVED_BACKOFF:
        return runtime->wish_timer == C8D_PATIENCE_BACKOFF;
    default: /* a removal is over when nothing is left; a command has been completed */
        return false;
    }
}

static const char *check_container(const struct scene *scene)
{
    const struct runtime *runtime = &scene->runtime;
    bool runs = runtime->processes[0].state == TRUTH_RUNNING;
    struct c8d_container_view view;

    if (!c8d_model_view_container(scene->model, scene->container, &view))
        return "S12 truth-is-known: the container is forgotten";
    if (view.state != (runtime->record ? C8D_CONTAINER_PRESENT : C8D_CONTAINER_ABSENT))
        return "S12 truth-is-known: the record is not what the model believes";
    if (view.task_state != (!runs ? C8D_TASK_DOWN : runtime->paused ? C8D_TASK_PAUSED : C8D_TASK_THAWED))
        return "S12 truth-is-known: the task is not paused as the model believes";
    if ((scene->account.pending & ~held_back(scene)) != 0)
        return invariant_label(C8D__EACH_REQUEST_ENDS);
    if (view.wish != C8D_WISH_NONE && !wish_is_followed(scene))
        return invariant_label(C8D__WISH_IS_FULFILLED);
    if ((runtime->start_told & ~runtime->alive & ~runtime->end_told) != 0)
        return invariant_label(C8D__EACH_START_ENDS);
    return NULL;
}

void scene_check_quiet(struct scene *scene)
{
    scene->broken = check_container(scene);
    for (unsigned i = 0; i <= scene->setting->execs && scene->broken == NULL; i++)
        scene->broken = check_process(scene, i);
}
