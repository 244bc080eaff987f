/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that can happen next, as one list. */
#include "acts.h"
#include <stdio.h>

static const char *const kind_names[] = {"want",
                                         "want restore",
                                         "serve",
                                         "fail",
                                         "fail oddly",
                                         "reply",
                                         "lose",
                                         "lose, carry out later",
                                         "time over",
                                         "time over, carry out later",
                                         "carry out late",
                                         "retry",
                                         "timer",
                                         "deliver",
                                         "repeat",
                                         "drop events",
                                         "break the stream",
                                         "outage",
                                         "restart of the daemon",
                                         "die",
                                         "oom",
                                         "crash the shim",
                                         "foreign"};

static struct act acts[ACTS_MAX];
static unsigned acts_used;

static void add(enum act_kind kind, unsigned process, unsigned a, unsigned b)
{
    acts[acts_used++] = (struct act){(uint8_t)kind, (uint8_t)process, (uint8_t)a, (uint8_t)b};
}

static void add_commands(void)
{
    static const uint8_t of_record[] = {C8D_SYM_CREATE, C8D_SYM_DELETE, C8D_SYM_LOAD};
    static const uint8_t of_task[] = {C8D_SYM_PAUSE, C8D_SYM_RESUME, C8D_SYM_CHECKPOINT};
    static const uint8_t of_process[] = {C8D_SYM_CREATE, C8D_SYM_START,  C8D_SYM_DELETE, C8D_SYM_FORCE_DELETE,
                                         C8D_SYM_LOAD,   C8D_SYM_LAUNCH, C8D_SYM_KILL};

    for (unsigned i = 0; i < sizeof(of_record); i++)
        add(ACT_COMMAND, 0, C8D_REGION_CONTAINER, of_record[i]);
    for (unsigned i = 0; i < sizeof(of_task); i++)
        add(ACT_COMMAND, 0, C8D_REGION_TASK, of_task[i]);
    for (unsigned p = 0; p < PROCESSES_MAX; p++) {
        for (unsigned i = 0; i < sizeof(of_process); i++)
            add(ACT_COMMAND, p, C8D_REGION_PROCESS, of_process[i]);
    }
    add(ACT_RESTORE, 0, 0, 0);
}

static void add_foreign(void)
{
    static const struct {
        uint8_t region;
        uint8_t command;
    } foreign[] = {
        {C8D_REGION_CONTAINER, C8D_COMMAND_CREATE}, {C8D_REGION_CONTAINER, C8D_COMMAND_DELETE},
        {C8D_REGION_PROCESS, C8D_COMMAND_CREATE},   {C8D_REGION_PROCESS, C8D_COMMAND_START},
        {C8D_REGION_PROCESS, C8D_COMMAND_DELETE},   {C8D_REGION_TASK, C8D_COMMAND_PAUSE},
        {C8D_REGION_TASK, C8D_COMMAND_RESUME},
    };

    for (unsigned i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
        add(ACT_FOREIGN, 0, foreign[i].region, foreign[i].command);
}

static void make_list(void)
{
    add_commands();
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        for (enum act_kind kind = ACT_SERVE; kind <= ACT_EXPIRE_LATE; kind++)
            add(kind, 0, slot, 0);
    }
    for (unsigned i = 0; i < LATE_MAX; i++)
        add(ACT_LATE, 0, i, 0);
    for (unsigned i = 0; i < PAUSES; i++)
        add(ACT_RETRY, 0, i, 0);
    for (unsigned p = 0; p < PROCESSES_MAX; p++) {
        add(ACT_TIMER, p, 0, 0);
        add(ACT_TIMER, p, 1, 0);
        add(ACT_TIMER, p, 0, 1);
    }
    for (unsigned i = 0; i < EVENTS_MAX; i++)
        add(ACT_DELIVER, 0, i, 0);
    for (unsigned i = 0; i < EVENTS_MAX; i++)
        add(ACT_REPEAT, 0, i, 0);
    add(ACT_DROP, 0, 0, 0);
    add(ACT_BREAK, 0, 0, 0);
    add(ACT_OUTAGE, 0, 0, 0);
    add(ACT_OUTAGE, 0, 1, 0);
    add(ACT_RESTART, 0, 0, 0);
    add(ACT_RESTART, 0, 1, 0);
    for (unsigned p = 0; p < PROCESSES_MAX; p++)
        add(ACT_DIE, p, 0, 0);
    add(ACT_OOM, 0, 0, 0);
    add(ACT_CRASH, 0, 0, 0);
    add_foreign();
}

/* To be called once before there is a second thread. */
unsigned act_count(void)
{
    if (acts_used == 0)
        make_list();
    return acts_used;
}

const struct act *act_at(unsigned number)
{
    return &acts[number];
}

/* ---- calls */

unsigned slot_process(unsigned slot)
{
    return slot >= SLOT_PROCESS ? (slot - SLOT_PROCESS) / SLOT__EACH : 0;
}

uint8_t slot_region(unsigned slot)
{
    if (slot == SLOT_RECORD || slot == SLOT_RECORD_QUERY)
        return C8D_REGION_CONTAINER;
    if (slot == SLOT_TASK || slot == SLOT_TASK_QUERY)
        return C8D_REGION_TASK;
    return slot >= SLOT_PROCESS ? C8D_REGION_PROCESS : C8D_REGION_CONNECTION;
}

bool call_is_query(const struct call *call)
{
    return call->command == C8D_COMMAND_QUERY;
}

bool slot_is_link(unsigned slot)
{
    return slot_region(slot) == C8D_REGION_CONNECTION;
}

bool call_may_be_late(const struct scene *scene, unsigned slot)
{
    const struct call *call = &scene->runtime.calls[slot];
    bool of_exec = slot_process(slot) != 0;

    return call->stage == CALL_ASKED && scene->runtime.late_count < LATE_MAX &&
           !(of_exec && (call->command == C8D_COMMAND_CREATE || call->command == C8D_COMMAND_DELETE));
}

/* ---- which can happen */

static bool is_allowed(const struct setting *setting, const struct act *act)
{
    if (act->process > setting->execs)
        return false;
    if (act->a == C8D_REGION_CONTAINER && setting->no_record)
        return false;
    if (act->a == C8D_REGION_TASK)
        return !setting->no_pause;
    switch (act->b) {
    case C8D_SYM_LAUNCH:
        return !setting->no_launch;
    case C8D_SYM_LOAD:
        return !setting->no_load;
    case C8D_SYM_FORCE_DELETE:
        return !setting->no_force;
    case C8D_SYM_KILL:
        return !setting->no_kill;
    default:
        return true;
    }
}

static bool call_act_is_enabled(const struct scene *scene, const struct act *act)
{
    const struct runtime *runtime = &scene->runtime;
    const struct call *call = &runtime->calls[act->a];
    bool lifecycle = !slot_is_link(act->a) && !call_is_query(call);
    bool odd = act->a >= SLOT_PROCESS && (call->command == C8D_COMMAND_START ||
                                          (call->command == C8D_COMMAND_CREATE && act->a == SLOT_PROCESS));

    switch (act->kind) {
    case ACT_SERVE:
        return call->stage == CALL_ASKED || call->stage == CALL_HALF;
    case ACT_FAIL:
        return call->stage == CALL_ASKED && runtime->left.fails > 0;
    case ACT_FAIL_ODDLY:
        return call->stage == CALL_ASKED && runtime->left.fails > 0 && odd;
    case ACT_REPLY:
        return call->stage == CALL_SERVED && !(scene->setting->prompt && runtime->event_count != 0);
    case ACT_LOSE:
        return call->stage != CALL_NONE && runtime->left.losses > 0 && lifecycle;
    case ACT_EXPIRE:
        return call->stage != CALL_NONE && runtime->left.expiries > 0 && !slot_is_link(act->a);
    case ACT_EXPIRE_LATE:
        return runtime->left.expiries > 0 && lifecycle && call_may_be_late(scene, act->a);
    default:
        return runtime->left.losses > 0 && lifecycle && call_may_be_late(scene, act->a);
    }
}

static bool fault_is_enabled(const struct scene *scene, const struct act *act)
{
    const struct runtime *runtime = &scene->runtime;
    const struct budgets *left = &runtime->left;

    switch (act->kind) {
    case ACT_REPEAT:
        return act->a < runtime->event_count && act->a < scene->setting->window && left->repeats > 0;
    case ACT_DROP:
        return runtime->subscribed && left->drops > 0;
    case ACT_BREAK:
        return runtime->subscribed && left->breaks > 0;
    case ACT_OUTAGE:
        return left->outages > 0;
    case ACT_RESTART:
        return left->restarts > 0;
    case ACT_DIE:
        return runtime->processes[act->process].state == TRUTH_RUNNING &&
               (act->process != 0 || !runtime->paused);
    case ACT_OOM:
        return runtime->processes[0].state == TRUTH_RUNNING && left->ooms > 0;
    case ACT_CRASH:
        return runtime->processes[0].state != TRUTH_NONE && left->crashes > 0;
    default:
        return left->foreign > 0 && !(act->a == C8D_REGION_TASK && scene->setting->no_pause) &&
               !(act->a == C8D_REGION_CONTAINER && scene->setting->no_record);
    }
}

/* A timer is over when all that was published before has been heard, and what
 * was given up on has happened. Until then the kernel has ended whatever was
 * left of a task. */
static bool timer_is_enabled(const struct scene *scene, const struct act *act)
{
    const struct runtime *runtime = &scene->runtime;
    bool settled = runtime->event_count == 0 && runtime->subscribed && runtime->late_count == 0;

    if (act->a != 0)
        return runtime->old_timers[act->process] > 0;
    return settled && runtime->timers[act->process] > 0 &&
           (act->b == 0 || (runtime->left.mutes > 0 && truth_outlives(scene, act->process)));
}

bool act_is_enabled(const struct scene *scene, unsigned number)
{
    const struct act *act = &acts[number];
    const struct runtime *runtime = &scene->runtime;

    switch (act->kind) {
    case ACT_COMMAND:
        return runtime->left.commands > 0 && is_allowed(scene->setting, act) &&
               !(act->b == C8D_SYM_KILL &&
                 runtime->calls[SLOT_PROCESS + SLOT__EACH * act->process + SLOT__KILL].stage != CALL_NONE) &&
               !(act->b == C8D_SYM_FORCE_DELETE &&
                 runtime->calls[SLOT_PROCESS + SLOT__EACH * act->process + SLOT__FORCE].stage != CALL_NONE);
    case ACT_RESTORE:
        return scene->model->connection == C8D_CONNECTION_IDLE;
    case ACT_LATE:
        return act->a < runtime->late_count;
    case ACT_RETRY:
        return runtime->pauses[act->a] > 0;
    case ACT_DELIVER:
        return act->a < runtime->event_count && act->a < scene->setting->window;
    case ACT_TIMER:
        return timer_is_enabled(scene, act);
    default:
        return act->kind <= ACT_EXPIRE_LATE ? call_act_is_enabled(scene, act) : fault_is_enabled(scene, act);
    }
}

bool act_is_quiet(unsigned number)
{
    switch (acts[number].kind) {
    case ACT_RESTORE:
    case ACT_SERVE:
    case ACT_REPLY:
    case ACT_LATE:
    case ACT_RETRY:
    case ACT_DELIVER:
        return true;
    case ACT_TIMER:
        return acts[number].b == 0;
    default:
        return false;
    }
}

bool act_is_delivery(unsigned number)
{
    return acts[number].kind == ACT_DELIVER;
}

unsigned act_channel(unsigned number)
{
    const struct act *act = &acts[number];

    switch (act->kind) {
    case ACT_RESTORE:
        return 1;
    case ACT_DELIVER:
        return 2;
    case ACT_LATE:
        return 3;
    case ACT_RETRY:
        return 4 + SLOTS + act->a;
    case ACT_TIMER:
        return 4 + SLOTS + PAUSES + act->process;
    default:
        return act->kind >= ACT_SERVE && act->kind <= ACT_EXPIRE_LATE ? 4u + act->a : 0;
    }
}

static bool fault_is_of(const struct setting *setting, const struct act *act)
{
    const struct budgets *budgets = &setting->budgets;

    switch (act->kind) {
    case ACT_REPEAT:
        return budgets->repeats != 0 && act->a < setting->window;
    case ACT_DROP:
        return budgets->drops != 0;
    case ACT_BREAK:
        return budgets->breaks != 0;
    case ACT_OUTAGE:
        return budgets->outages != 0;
    case ACT_RESTART:
        return budgets->restarts != 0;
    case ACT_DIE:
        return act->process <= setting->execs;
    case ACT_OOM:
        return budgets->ooms != 0;
    case ACT_CRASH:
        return budgets->crashes != 0;
    default:
        return budgets->foreign != 0;
    }
}

bool act_is_of(const struct setting *setting, unsigned number)
{
    const struct act *act = &acts[number];
    const struct budgets *budgets = &setting->budgets;

    switch (act->kind) {
    case ACT_COMMAND:
        return is_allowed(setting, act);
    case ACT_FAIL:
    case ACT_FAIL_ODDLY:
        return budgets->fails != 0 && slot_process(act->a) <= setting->execs;
    case ACT_LOSE:
    case ACT_LOSE_LATE:
        return budgets->losses != 0 && slot_process(act->a) <= setting->execs;
    case ACT_EXPIRE:
    case ACT_EXPIRE_LATE:
        return budgets->expiries != 0 && slot_process(act->a) <= setting->execs;
    case ACT_TIMER:
        return act->process != 0 && act->process <= setting->execs && (act->b == 0 || budgets->mutes != 0);
    case ACT_SERVE:
    case ACT_REPLY:
        return slot_process(act->a) <= setting->execs;
    case ACT_RETRY:
        return act->a <= PAUSE_PROCESS + setting->execs;
    case ACT_DELIVER:
        return act->a < setting->window;
    case ACT_RESTORE:
    case ACT_LATE:
        return true;
    default:
        return fault_is_of(setting, act);
    }
}

/* ---- names */

static void name_slot(char *text, size_t size, unsigned slot)
{
    static const char *const names[] = {"record",    "record query", "task",    "task query",
                                        "subscribe", "list",         "old list"};
    static const char *const kinds[] = {"call", "force-kill", "kill", "query"};

    if (slot < SLOT_PROCESS)
        (void)snprintf(text, size, "%s", names[slot]);
    else
        (void)snprintf(text, size, "%s of process %u", kinds[(slot - SLOT_PROCESS) % SLOT__EACH],
                       slot_process(slot));
}

const char *act_name(unsigned number)
{
    static const char *const regions[] = {"record", "process", "task", "link"};
    static _Thread_local char text[96];
    const struct act *act = &acts[number];
    char whom[48];

    if (act->kind >= ACT_SERVE && act->kind <= ACT_EXPIRE_LATE)
        name_slot(whom, sizeof(whom), act->a);
    else if (act->kind == ACT_COMMAND)
        (void)snprintf(whom, sizeof(whom), "%s %u %s", regions[act->a], act->process,
                       c8d_symbol_name((enum c8d_symbol)act->b));
    else if (act->kind == ACT_FOREIGN)
        (void)snprintf(whom, sizeof(whom), "%s %s", regions[act->a],
                       c8d_command_name((enum c8d_command_kind)act->b));
    else
        (void)snprintf(whom, sizeof(whom), "%u",
                       act->kind == ACT_DIE || act->kind == ACT_TIMER ? act->process : act->a);
    (void)snprintf(text, sizeof(text), "%s %s", kind_names[act->kind], whom);
    return text;
}
