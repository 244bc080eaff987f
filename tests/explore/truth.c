/* SPDX-License-Identifier: Apache-2.0 */
/* The truth: what calls do to it, and the events that come of it. */
#include "runtime.h"
#include <string.h>

uint8_t truth_code(const struct scene *scene, unsigned process, uint8_t serial)
{
    unsigned base = process == 0 ? CODES_OF_INIT : CODES_OF_EXECS;

    return (scene->runtime.crashed >> serial & 1) != 0 ? CODE_OF_KILLED : (uint8_t)(base + serial);
}

/* The most events that one act causes: a task is deleted with its running
 * execs. */
bool truth_has_room(const struct scene *scene)
{
    return scene->runtime.event_count + 2 + scene->setting->execs <= EVENTS_MAX;
}

static bool has_ended(const struct truth_process *process)
{
    return process->state == TRUTH_STOPPED;
}

void truth_tell_end(const struct scene *scene, unsigned process, const struct truth_process *ended,
                    struct message *message)
{
    message->exit_known = 1;
    message->exit_code = ended->never_ran ? CODE_OF_KILLED : truth_code(scene, process, ended->serial);
    message->at = ended->untimed ? 0 : ended->serial;
}

static void put_event(struct scene *scene, const struct message *event)
{
    struct runtime *runtime = &scene->runtime;

    if (runtime->subscribed || runtime->resends)
        runtime->events[runtime->event_count++] = *event;
}

void truth_publish(struct scene *scene, uint8_t region, unsigned process, uint8_t symbol)
{
    const struct truth_process *about = &scene->runtime.processes[process];
    struct message event = {.region = region, .process = (uint8_t)process, .symbol = symbol};

    if (region == C8D_REGION_PROCESS) {
        /* That of an OOM kill names the task alone. */
        event.pid = symbol != C8D_SYM_OOM ? about->pid : 0;
        if (symbol == C8D_SYM_EXITED || symbol == C8D_SYM_DELETED)
            truth_tell_end(scene, process, about, &event);
    }
    put_event(scene, &event);
}

static void count_end(struct scene *scene, unsigned process)
{
    if (scene->setting->pids != PIDS_UNIQUE)
        scene->runtime.to_be_told[process]++;
}

static void never_ran(struct scene *scene, unsigned process)
{
    struct truth_process *about = &scene->runtime.processes[process];

    about->never_ran = 1;
    count_end(scene, process);
    scene->runtime.never_ran |= (uint16_t)(1u << about->serial);
}

void truth_end(struct scene *scene, unsigned process)
{
    struct truth_process *ends = &scene->runtime.processes[process];

    ends->state = TRUTH_STOPPED;
    ends->closed = 0;
    count_end(scene, process);
    scene->runtime.alive &= (uint16_t) ~(1u << ends->serial);
    if (process == 0)
        scene->runtime.paused = 0;
    truth_publish(scene, C8D_REGION_PROCESS, process, C8D_SYM_EXITED);
}

/* Killed, or for lack of memory. */
void truth_end_early(struct scene *scene)
{
    struct truth_process *ends = &scene->runtime.processes[0];

    ends->state = TRUTH_STOPPED;
    never_ran(scene, 0);
    truth_publish(scene, C8D_REGION_PROCESS, 0, C8D_SYM_EXITED);
}

bool truth_outlives(const struct scene *scene, unsigned process)
{
    const struct truth_process *processes = scene->runtime.processes;

    return process != 0 && processes[process].state == TRUTH_RUNNING && processes[0].state != TRUTH_RUNNING;
}

/* What containerd makes up for a dead shim: an exit and a delete, with the pid that is found in what it has
 * left or without one; of execs it says nothing. */
void truth_crash(struct scene *scene, bool with_pid)
{
    struct runtime *runtime = &scene->runtime;
    struct message event = {.region = C8D_REGION_PROCESS,
                            .pid = with_pid ? runtime->processes[0].pid : 0,
                            .exit_known = 1,
                            .exit_code = CODE_OF_KILLED,
                            .at = (uint8_t)(64 + runtime->processes[0].serial)};

    runtime->made_up |= (uint16_t)(1u << runtime->processes[0].serial);
    for (unsigned i = 0; i <= scene->setting->execs; i++) {
        struct truth_process *dies = &runtime->processes[i];

        if (dies->state == TRUTH_RUNNING) {
            count_end(scene, i);
            runtime->alive &= (uint16_t) ~(1u << dies->serial);
            runtime->crashed |= (uint16_t)(1u << dies->serial);
        }
        memset(dies, 0, sizeof(*dies));
    }
    runtime->paused = 0;
    event.symbol = C8D_SYM_EXITED;
    put_event(scene, &event);
    event.symbol = C8D_SYM_DELETED;
    put_event(scene, &event);
}

/* ---- calls */

static uint8_t next_pid(const struct scene *scene)
{
    const struct runtime *runtime = &scene->runtime;

    if (scene->setting->pids == PIDS_ALL_ONE)
        return 1;
    if (scene->setting->pids == PIDS_UNIQUE)
        return runtime->next_serial;
    for (uint8_t pid = 1;; pid++) {
        bool used = false;

        for (unsigned i = 0; i < PROCESSES_MAX; i++)
            used |= runtime->processes[i].pid == pid && !has_ended(&runtime->processes[i]);
        if (!used)
            return pid;
    }
}

static void give_pid(struct scene *scene, struct truth_process *process)
{
    process->pid = next_pid(scene);
    process->serial = scene->runtime.next_serial++;
}

static bool may_make_one(struct scene *scene)
{
    uint8_t *left = &scene->runtime.left.processes;

    if (*left == 0 || scene->runtime.next_serial > SERIALS_MAX)
        return false;
    if (*left != 255)
        --*left;
    return true;
}

static enum c8d_status create(struct scene *scene, unsigned process)
{
    struct runtime *runtime = &scene->runtime;
    struct truth_process *made = &runtime->processes[process];

    if (process == 0 ? !runtime->record : runtime->processes[0].state != TRUTH_RUNNING)
        return C8D_NOT_FOUND;
    if (made->state != TRUTH_NONE)
        return C8D_ALREADY_EXISTS;
    if (!may_make_one(scene))
        return C8D_EXHAUSTED;
    memset(made, 0, sizeof(*made));
    made->state = TRUTH_CREATED;
    /* An exec has a pid from its start on. */
    if (process == 0)
        give_pid(scene, made);
    truth_publish(scene, C8D_REGION_PROCESS, process, C8D_SYM_CREATED);
    return C8D_OK;
}

static enum c8d_status start(struct scene *scene, unsigned process)
{
    struct runtime *runtime = &scene->runtime;
    struct truth_process *starts = &runtime->processes[process];

    if (starts->state == TRUTH_NONE)
        return C8D_NOT_FOUND;
    if (starts->state != TRUTH_CREATED)
        return C8D_CONFLICT;
    if (process != 0 && (runtime->paused || runtime->processes[0].state != TRUTH_RUNNING))
        return C8D_REMOTE;
    if (process != 0)
        give_pid(scene, starts);
    starts->state = TRUTH_RUNNING;
    runtime->alive |= (uint16_t)(1u << starts->serial);
    truth_publish(scene, C8D_REGION_PROCESS, process, C8D_SYM_STARTED);
    return C8D_OK;
}

static void forget_execs(struct scene *scene)
{
    for (unsigned i = 1; i <= scene->setting->execs; i++) {
        if (scene->runtime.processes[i].state == TRUTH_RUNNING)
            truth_end(scene, i);
        memset(&scene->runtime.processes[i], 0, sizeof(scene->runtime.processes[i]));
    }
}

static enum c8d_status erase(struct scene *scene, unsigned process)
{
    struct truth_process *goes = &scene->runtime.processes[process];

    if (goes->state == TRUTH_NONE)
        return C8D_NOT_FOUND;
    if (goes->state == TRUTH_RUNNING)
        return C8D_CONFLICT;
    if (process == 0)
        forget_execs(scene);
    /* The delete of a created task looks like an end from outside. */
    if (process == 0 && goes->state == TRUTH_CREATED) {
        goes->untimed = 1;
        never_ran(scene, 0);
        truth_publish(scene, C8D_REGION_PROCESS, 0, C8D_SYM_EXITED);
    }
    /* The deletion of an exec has no event. */
    if (process == 0)
        truth_publish(scene, C8D_REGION_PROCESS, 0, C8D_SYM_DELETED);
    memset(goes, 0, sizeof(*goes));
    return C8D_OK;
}

/* Whether anybody is there to get a signal. The init process of a task is, also before it is started. */
static enum c8d_status find_alive(const struct scene *scene, unsigned process)
{
    switch (scene->runtime.processes[process].state) {
    case TRUTH_CREATED:
        return process == 0 ? C8D_OK : C8D_CONFLICT;
    case TRUTH_RUNNING:
        return C8D_OK;
    default:
        return C8D_NOT_FOUND;
    }
}

static void end_by_signal(struct scene *scene, unsigned process)
{
    if (scene->runtime.processes[process].state == TRUTH_CREATED)
        truth_end_early(scene);
    else
        truth_end(scene, process);
}

static enum c8d_status kill(struct scene *scene, unsigned process)
{
    enum c8d_status found = find_alive(scene, process);

    if (found == C8D_OK)
        end_by_signal(scene, process);
    return found;
}

/* SIGKILL to all that is in the task of an init process; to one exec alone. */
static enum c8d_status escalate(struct scene *scene, unsigned process)
{
    enum c8d_status found = find_alive(scene, process);

    if (found != C8D_OK)
        return found;
    for (unsigned i = 1; i <= scene->setting->execs && process == 0; i++) {
        if (scene->runtime.processes[i].state == TRUTH_RUNNING)
            truth_end(scene, i);
    }
    end_by_signal(scene, process);
    return C8D_OK;
}

static enum c8d_status close_stdin(struct scene *scene, unsigned process)
{
    struct truth_process *closes = &scene->runtime.processes[process];

    if (closes->state != TRUTH_RUNNING)
        return C8D_NOT_FOUND;
    closes->closed = 1;
    return C8D_OK;
}

static enum c8d_status freeze(struct scene *scene, bool pause)
{
    struct runtime *runtime = &scene->runtime;

    if (runtime->processes[0].state != TRUTH_RUNNING || (runtime->paused != 0) == pause)
        return C8D_CONFLICT;
    runtime->paused = pause;
    truth_publish(scene, C8D_REGION_TASK, 0, pause ? C8D_SYM_PAUSED : C8D_SYM_RESUMED);
    return C8D_OK;
}

static enum c8d_status checkpoint(struct scene *scene)
{
    if (scene->runtime.processes[0].state != TRUTH_RUNNING)
        return C8D_CONFLICT;
    truth_publish(scene, C8D_REGION_TASK, 0, C8D_SYM_CHECKPOINTED);
    return C8D_OK;
}

static enum c8d_status record(struct scene *scene, bool make)
{
    struct runtime *runtime = &scene->runtime;

    if ((runtime->record != 0) == make)
        return make ? C8D_ALREADY_EXISTS : C8D_NOT_FOUND;
    if (runtime->processes[0].state != TRUTH_NONE)
        return C8D_CONFLICT;
    runtime->record = make;
    truth_publish(scene, C8D_REGION_CONTAINER, 0, make ? C8D_SYM_CREATED : C8D_SYM_DELETED);
    return C8D_OK;
}

enum c8d_status truth_act(struct scene *scene, uint8_t command, uint8_t region, unsigned process)
{
    bool of_record = region == C8D_REGION_CONTAINER;

    switch (command) {
    case C8D_COMMAND_CREATE:
        return of_record ? record(scene, true) : create(scene, process);
    case C8D_COMMAND_START:
        return start(scene, process);
    case C8D_COMMAND_DELETE:
        return of_record ? record(scene, false) : erase(scene, process);
    case C8D_COMMAND_KILL:
    case C8D_COMMAND_FORCE_KILL:
        return kill(scene, process);
    case C8D_COMMAND_ESCALATE:
        return escalate(scene, process);
    case C8D_COMMAND_CLOSE_STDIN:
        return close_stdin(scene, process);
    case C8D_COMMAND_PAUSE:
    case C8D_COMMAND_RESUME:
        return freeze(scene, command == C8D_COMMAND_PAUSE);
    case C8D_COMMAND_CHECKPOINT:
        return checkpoint(scene);
    default:
        return C8D_NOT_IMPLEMENTED;
    }
}

/* A call that is refused, and what may be seen of it all the same: a start that
 * fails is told to have exited, a creation that fails is followed by an exit
 * without a pid. */
void truth_fail(struct scene *scene, uint8_t command, unsigned process, bool oddly)
{
    struct truth_process *about = &scene->runtime.processes[process];
    struct message exit = {.region = C8D_REGION_PROCESS,
                           .process = (uint8_t)process,
                           .symbol = C8D_SYM_EXITED,
                           .exit_known = 1,
                           .exit_code = CODE_OF_KILLED,
                           .at = 127};

    if (!oddly)
        return;
    if (command == C8D_COMMAND_CREATE) {
        scene->runtime.made_up |= 1;
        put_event(scene, &exit);
    } else if (about->state == TRUTH_CREATED) {
        if (process != 0)
            give_pid(scene, about);
        about->state = TRUTH_STOPPED;
        never_ran(scene, process);
        truth_publish(scene, C8D_REGION_PROCESS, process, C8D_SYM_EXITED);
    }
}

void truth_describe(const struct scene *scene, unsigned process, uint8_t region, struct message *answer)
{
    static const uint8_t symbols[] = {C8D_SYM_IS_ABSENT, C8D_SYM_IS_CREATED, C8D_SYM_IS_RUNNING,
                                      C8D_SYM_IS_STOPPED};
    const struct runtime *runtime = &scene->runtime;
    const struct truth_process *about = &runtime->processes[process];

    *answer = (struct message){.region = region, .process = (uint8_t)process};
    if (region == C8D_REGION_CONTAINER) {
        answer->symbol = runtime->record ? C8D_SYM_IS_CREATED : C8D_SYM_IS_ABSENT;
        return;
    }
    answer->symbol = symbols[about->state];
    /* containerd says "paused" of each exec of a paused task, whatever has become
     * of it (its pkg/process/exec.go). */
    if (runtime->paused && about->state != TRUTH_NONE && (process == 0 || scene->setting->veiled))
        answer->symbol = C8D_SYM_IS_PAUSED;
    answer->pid = about->pid;
    if (has_ended(about))
        truth_tell_end(scene, process, about, answer);
}
