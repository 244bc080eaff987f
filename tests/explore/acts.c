/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that can happen next, as one list. */
#include "acts.h"

static struct act acts[ACTS_MAX];
static unsigned acts_used;

static void add(enum act_kind kind, unsigned process, unsigned a, unsigned b)
{
    acts[acts_used++] = (struct act){(uint8_t)kind, (uint8_t)process, (uint8_t)a, (uint8_t)b};
}

static void add_commands(void)
{
    static const uint8_t of_record[] = {C8D_SYM_CREATE,       C8D_SYM_DELETE,      C8D_SYM_LOAD,
                                        C8D_SYM_REPLACE,      C8D_SYM_WISH_NONE,   C8D_SYM_WISH_RUNNING,
                                        C8D_SYM_WISH_STOPPED, C8D_SYM_WISH_PAUSED, C8D_SYM_WISH_REMOVED};
    static const uint8_t of_task[] = {C8D_SYM_PAUSE, C8D_SYM_RESUME, C8D_SYM_CHECKPOINT};
    static const uint8_t of_process[] = {C8D_SYM_CREATE, C8D_SYM_START,  C8D_SYM_DELETE, C8D_SYM_FORCE_DELETE,
                                         C8D_SYM_LOAD,   C8D_SYM_LAUNCH, C8D_SYM_KILL,   C8D_SYM_STOP};

    for (unsigned i = 0; i < sizeof(of_record); i++)
        add(ACT_COMMAND, 0, C8D_REGION_CONTAINER, of_record[i]);
    for (unsigned i = 0; i < sizeof(of_task); i++)
        add(ACT_COMMAND, 0, C8D_REGION_TASK, of_task[i]);
    for (unsigned p = 0; p < PROCESSES_MAX; p++) {
        for (unsigned i = 0; i < sizeof(of_process); i++)
            add(ACT_COMMAND, p, C8D_REGION_PROCESS, of_process[i]);
        add(ACT_COMMAND, p, C8D_REGION_STDIN, C8D_SYM_CLOSE_STDIN);
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
        {C8D_REGION_TASK, C8D_COMMAND_RESUME},      {C8D_REGION_TASK, C8D_COMMAND_CHECKPOINT},
    };
    /* The deletion of an exec has no event: nobody could find out. */
    static const uint8_t of_exec[] = {C8D_COMMAND_CREATE, C8D_COMMAND_START};

    for (unsigned i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
        add(ACT_FOREIGN, 0, foreign[i].region, foreign[i].command);
    for (unsigned i = 0; i < sizeof(of_exec); i++)
        add(ACT_FOREIGN, 1, C8D_REGION_PROCESS, of_exec[i]);
}

static void make_list(void)
{
    add_commands();
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        for (enum act_kind kind = ACT_SERVE; kind <= ACT_IGNORE; kind++)
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
        for (unsigned i = 0; i < SIGNAL_TIMERS; i++)
            add(ACT_OVERDUE, p, i, 0);
    }
    add(ACT_WISH_TIMER, 0, 0, 0);
    add(ACT_WISH_TIMER, 0, 1, 0);
    for (unsigned i = 0; i < EVENTS_MAX; i++)
        add(ACT_DELIVER, 0, i, 0);
    for (unsigned i = 0; i < EVENTS_MAX; i++)
        add(ACT_REPEAT, 0, i, 0);
    for (unsigned i = 0; i < EVENTS_MAX; i++)
        add(ACT_VANISH, 0, i, 0);
    add(ACT_NOTICE, 0, 0, 0);
    add(ACT_DROP, 0, 0, 0);
    add(ACT_BREAK, 0, 0, 0);
    add(ACT_OUTAGE, 0, 0, 0);
    add(ACT_OUTAGE, 0, 1, 0);
    add(ACT_OUTAGE, 0, 0, 1);
    add(ACT_OUTAGE, 0, 1, 1);
    add(ACT_RESTART, 0, 0, 0);
    add(ACT_RESTART, 0, 1, 0);
    for (unsigned p = 0; p < PROCESSES_MAX; p++)
        add(ACT_DIE, p, 0, 0);
    add(ACT_OOM, 0, 0, 0);
    add(ACT_CRASH, 0, 0, 0);
    add(ACT_CRASH, 0, 1, 0);
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
    if (slot_is_close(slot))
        return C8D_REGION_STDIN;
    return slot >= SLOT_PROCESS ? C8D_REGION_PROCESS : C8D_REGION_CONNECTION;
}

bool call_is_query(const struct call *call)
{
    return call->command == C8D_COMMAND_QUERY;
}

bool slot_is_close(unsigned slot)
{
    return slot >= SLOT_PROCESS && (slot - SLOT_PROCESS) % SLOT__EACH >= SLOT__CLOSE;
}

bool slot_is_signal(unsigned slot)
{
    unsigned kind = (slot - SLOT_PROCESS) % SLOT__EACH;

    return slot >= SLOT_PROCESS && (kind == SLOT__KILL || kind == SLOT__STOP || kind == SLOT__ESCALATE);
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

static bool record_is_allowed(const struct setting *setting, uint8_t symbol)
{
    if (symbol >= C8D_SYM_WISH_NONE)
        return setting->wishes && !(symbol == C8D_SYM_WISH_PAUSED && setting->no_pause);
    return symbol == C8D_SYM_REPLACE ? setting->replaces : !setting->no_record && !setting->no_steps;
}

static bool is_allowed(const struct setting *setting, const struct act *act)
{
    if (act->process > setting->execs)
        return false;
    if (act->a == C8D_REGION_CONTAINER)
        return record_is_allowed(setting, act->b);
    if (act->a == C8D_REGION_TASK)
        return !setting->no_pause && !setting->no_steps;
    switch (act->b) {
    case C8D_SYM_CREATE:
    case C8D_SYM_START:
    case C8D_SYM_DELETE:
        return !setting->no_steps || act->process != 0;
    case C8D_SYM_STOP:
        return setting->stops;
    case C8D_SYM_CLOSE_STDIN:
        return setting->closes;
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
    case ACT_IGNORE:
        return call->stage == CALL_ASKED && runtime->left.ignores > 0 &&
               runtime->processes[slot_process(act->a)].state == TRUTH_RUNNING &&
               (slot_is_signal(act->a) || call->command == C8D_COMMAND_FORCE_KILL);
    case ACT_FAIL:
        return call->stage == CALL_ASKED && runtime->left.fails > 0;
    case ACT_FAIL_ODDLY:
        return call->stage == CALL_ASKED && runtime->left.fails > 0 && odd;
    case ACT_FAIL_DONE:
        return call->stage == CALL_ASKED && runtime->left.fails > 0 && lifecycle;
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

static bool event_can_come(const struct scene *scene, unsigned which)
{
    return scene->runtime.subscribed && which < scene->runtime.event_count && which < scene->setting->window;
}

static bool may_die(const struct scene *scene, unsigned process)
{
    const struct runtime *runtime = &scene->runtime;
    uint8_t state = runtime->processes[process].state;

    return process != 0 ? state == TRUTH_RUNNING
                        : (state == TRUTH_RUNNING && !runtime->paused) ||
                              (state == TRUTH_CREATED && runtime->left.early > 0);
}

static bool fault_is_enabled(const struct scene *scene, const struct act *act)
{
    const struct runtime *runtime = &scene->runtime;
    const struct budgets *left = &runtime->left;

    switch (act->kind) {
    case ACT_REPEAT:
        return event_can_come(scene, act->a) && left->repeats > 0;
    case ACT_VANISH:
        return event_can_come(scene, act->a) && left->vanishings > 0;
    case ACT_NOTICE:
        return runtime->subscribed && runtime->unnoticed;
    case ACT_DROP:
        return runtime->subscribed && left->drops > 0;
    case ACT_BREAK:
        return runtime->subscribed && left->breaks > 0;
    case ACT_OUTAGE:
        return left->outages > 0;
    case ACT_RESTART:
        return left->restarts > 0;
    case ACT_DIE:
        return may_die(scene, act->process);
    case ACT_OOM:
        return runtime->processes[0].state == TRUTH_RUNNING && left->ooms > 0;
    case ACT_CRASH:
        return runtime->processes[0].state != TRUTH_NONE && left->crashes > 0;
    default:
        return left->foreign > 0 && !(act->a == C8D_REGION_TASK && scene->setting->no_pause) &&
               !(act->a == C8D_REGION_CONTAINER && scene->setting->no_record);
    }
}

/* Until a timer is over the kernel has ended whatever was left of a task; of it may be heard later, or not at
 * all while the stream is away. */
static bool timer_is_enabled(const struct scene *scene, const struct act *act)
{
    const struct runtime *runtime = &scene->runtime;
    if (act->a != 0)
        return runtime->old_timers[act->process] > 0;
    return runtime->timers[act->process] > 0 &&
           (act->b == 0 || (runtime->left.mutes > 0 && truth_outlives(scene, act->process)));
}

/* There is one call of a kind, and room for one more end of an input. */
static bool has_place(const struct scene *scene, const struct act *act)
{
    const struct call *calls = &scene->runtime.calls[SLOT_PROCESS + SLOT__EACH * (unsigned)act->process];

    switch (act->b) {
    case C8D_SYM_KILL:
        return calls[SLOT__KILL].stage == CALL_NONE;
    case C8D_SYM_FORCE_DELETE:
        return calls[SLOT__FORCE].stage == CALL_NONE;
    case C8D_SYM_CLOSE_STDIN:
        return calls[SLOT__OLD_CLOSE].stage == CALL_NONE;
    default:
        return true;
    }
}

/* In settings with stops a moment may be as long as it likes. */
static bool signal_timer_is_enabled(const struct scene *scene, const struct act *act)
{
    return scene->runtime.signal_timers[act->process][act->a] != 0;
}

/* A wish that cannot be fulfilled is tried again for ever. */
static bool wish_timer_is_enabled(const struct scene *scene, const struct act *act)
{
    const struct runtime *runtime = &scene->runtime;

    if (act->a != 0)
        return runtime->old_wish_timer != 0;
    return runtime->wish_timer == C8D_PATIENCE_STEADY ||
           (runtime->wish_timer == C8D_PATIENCE_BACKOFF && runtime->left.agains > 0);
}

bool act_is_enabled(const struct scene *scene, unsigned number)
{
    const struct act *act = &acts[number];
    const struct runtime *runtime = &scene->runtime;

    switch (act->kind) {
    case ACT_COMMAND:
        return runtime->left.commands > 0 && is_allowed(scene->setting, act) && has_place(scene, act);
    case ACT_OVERDUE:
        return signal_timer_is_enabled(scene, act);
    case ACT_WISH_TIMER:
        return wish_timer_is_enabled(scene, act);
    case ACT_RESTORE:
        return scene->model->connection == C8D_CONNECTION_IDLE;
    case ACT_LATE:
        return act->a < runtime->late_count;
    case ACT_RETRY:
        return runtime->pauses[act->a] > 0;
    case ACT_DELIVER:
        return event_can_come(scene, act->a);
    case ACT_TIMER:
        return timer_is_enabled(scene, act);
    default:
        return act->kind <= ACT_IGNORE ? call_act_is_enabled(scene, act) : fault_is_enabled(scene, act);
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
    case ACT_NOTICE:
        return true;
    case ACT_TIMER:
        return acts[number].b == 0;
    case ACT_OVERDUE:
        return acts[number].a != TIMER_OLD;
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
    case ACT_OVERDUE:
        return act->a != TIMER_OLD ? 4 + SLOTS + PAUSES + PROCESSES_MAX + act->process : 0;
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
    case ACT_VANISH:
        return budgets->vanishings != 0 && act->a < setting->window;
    case ACT_NOTICE:
        return budgets->vanishings != 0;
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
        return budgets->foreign != 0 && act->process <= setting->execs;
    }
}

/* Whether a setting has calls of a kind at all. */
static bool slot_is_of(const struct setting *setting, unsigned slot)
{
    unsigned kind = (slot - SLOT_PROCESS) % SLOT__EACH;

    if (slot < SLOT_PROCESS)
        return true;
    if (slot_process(slot) > setting->execs)
        return false;
    if (kind == SLOT__STOP || kind == SLOT__ESCALATE)
        return setting->stops || setting->wishes;
    return kind < SLOT__CLOSE || setting->closes;
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
    case ACT_FAIL_DONE:
        return budgets->fails != 0 && slot_is_of(setting, act->a);
    case ACT_LOSE:
    case ACT_LOSE_LATE:
        return budgets->losses != 0 && slot_is_of(setting, act->a);
    case ACT_EXPIRE:
    case ACT_EXPIRE_LATE:
        return budgets->expiries != 0 && slot_is_of(setting, act->a);
    case ACT_IGNORE:
        return budgets->ignores != 0 && slot_is_of(setting, act->a);
    case ACT_OVERDUE:
        return (setting->stops || setting->wishes) && act->process <= setting->execs;
    case ACT_WISH_TIMER:
        return setting->wishes;
    case ACT_TIMER:
        return act->process != 0 && act->process <= setting->execs && (act->b == 0 || budgets->mutes != 0);
    case ACT_SERVE:
    case ACT_REPLY:
        return slot_is_of(setting, act->a);
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
