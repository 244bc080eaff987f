/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the consumer wishes of a container: compared with what is observed after each step that concerns it.
 * The steps on the way are commands like the consumer's, under a request of the model's own.
 */
#include "engine.h"
#include <string.h>

enum observation { ABSENT, VACANT, CREATED, RUNNING, PAUSED, STOPPED, UNKNOWN };

/* How many commands are left to be given. */
static const uint8_t distances[][UNKNOWN] = {
    /*                     absent vacant created running paused stopped */
    [C8D_WISH_RUNNING] = {3, 2, 1, 0, 1, 4},
    [C8D_WISH_STOPPED] = {0, 0, 0, 1, 1, 0},
    [C8D_WISH_PAUSED] = {0, 0, 0, 1, 0, 0},
    [C8D_WISH_REMOVED] = {0, 1, 2, 3, 3, 2},
};

/* Nothing has been reached yet from which it could have lapsed. */
#define NEVER UINT8_MAX

/* ---- memory
 * --------------------------------------------------------------------------------------------------- */

static struct c8d__wish *wish_of(const struct c8d__subject *subject)
{
    return c8d__wish_of(subject->model, subject->container);
}

static bool is_wished(const struct c8d__subject *subject)
{
    return (subject->container->init.standing & C8D__WISHED) != 0;
}

static bool open(struct c8d__subject *subject)
{
    struct c8d_model *model = subject->model;
    uint32_t index = model->wishes_free;

    if (index != 0)
        model->wishes_free = c8d__wish_at(model, index - 1)->next;
    else if (model->wishes_used < model->limits.wishes_max)
        index = ++model->wishes_used;
    else
        return false;
    *c8d__wish_at(model, index - 1) =
        (struct c8d__wish){.container = c8d__container_number(model, subject->container), .in_use = true};
    c8d__rest_of_container(subject)->wish = index;
    subject->container->init.standing |= C8D__WISHED;
    return true;
}

static void close(struct c8d__subject *subject)
{
    struct c8d_model *model = subject->model;
    struct c8d__container_rest *rest = c8d__rest_of_container(subject);
    struct c8d__wish *wish = wish_of(subject);

    memset(wish, 0, sizeof(*wish));
    wish->next = model->wishes_free;
    model->wishes_free = rest->wish;
    rest->wish = 0;
    subject->container->init.standing &= (uint8_t)~C8D__WISHED;
}

/* ---- what an arrow wants
 * -------------------------------------------------------------------------------------- */

static void order(struct c8d__subject *subject, enum c8d_patience patience)
{
    struct c8d__wish *wish = wish_of(subject);
    struct c8d_action *action =
        c8d__emit(subject, C8D_ACTION_COMMAND, C8D_COMMAND_TIMER, C8D_REGION_CONTAINER);

    wish->timer = ++subject->model->wish_timers;
    action->patience = (uint8_t)patience;
    action->request = wish->timer;
    action->attempt = patience == C8D_PATIENCE_BACKOFF ? wish->attempts : 0;
}

static void command(struct c8d__subject *subject, uint64_t effects)
{
    static const struct {
        uint64_t effect;
        uint8_t region;
        uint8_t symbol;
    } commands[] = {
        {C8D_FX(CALL_CREATE), C8D_REGION_CONTAINER, C8D_SYM_CREATE},
        {C8D_FX(CALL_CREATE_TASK), C8D_REGION_PROCESS, C8D_SYM_CREATE},
        {C8D_FX(CALL_START), C8D_REGION_PROCESS, C8D_SYM_START},
        {C8D_FX(CALL_STOP), C8D_REGION_PROCESS, C8D_SYM_STOP},
        {C8D_FX(CALL_PAUSE), C8D_REGION_TASK, C8D_SYM_PAUSE},
        {C8D_FX(CALL_RESUME), C8D_REGION_TASK, C8D_SYM_RESUME},
        {C8D_FX(CALL_DELETE_TASK), C8D_REGION_PROCESS, C8D_SYM_DELETE},
        {C8D_FX(CALL_DELETE), C8D_REGION_CONTAINER, C8D_SYM_DELETE},
    };

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if ((effects & commands[i].effect) != 0)
            c8d__command_own(subject, (enum c8d_region)commands[i].region,
                             (enum c8d_symbol)commands[i].symbol, C8D_REQUEST_WISH);
    }
}

static bool take(struct c8d__subject *subject, uint8_t symbol)
{
    struct c8d__wish *wish = wish_of(subject);
    uint8_t before = wish->state;
    uint64_t effects = 0;

    if (!c8d__wish_step(&wish->state, symbol, &effects))
        return false;
    if (wish->state == C8D_WISH_NONE) {
        close(subject);
        return true;
    }
    if ((effects & C8D_FX(FORGIVE)) != 0)
        wish->attempts = 0;
    if ((effects & C8D_FX(CALL_BACKOFF)) != 0) {
        /* Ordered again after a restart of the program, it is the same pause. */
        if (before != wish->state && wish->attempts < UINT8_MAX)
            wish->attempts++;
        order(subject, C8D_PATIENCE_BACKOFF);
    }
    if ((effects & C8D_FX(CALL_STEADY)) != 0 && wish->attempts != 0 && wish->timer == 0)
        order(subject, C8D_PATIENCE_STEADY);
    command(subject, effects);
    return true;
}

/* ---- what is observed
 * ----------------------------------------------------------------------------------------- */

/* Nothing of the container is in flight, asked or in doubt. */
static bool at_rest(const struct c8d__subject *subject)
{
    const struct c8d__container *container = subject->container;
    const struct c8d__process *init = &container->init;

    if (container->replace != C8D_REPLACE_IDLE || container->record_query != C8D_QUERY_IDLE ||
        (container->record != C8D_CONTAINER_ABSENT && container->record != C8D_CONTAINER_PRESENT))
        return false;
    /* A query of the task is owed to a task that is up; what is down owes it to nobody. */
    if (container->task != C8D_TASK_DOWN &&
        (container->task_query != C8D_QUERY_IDLE ||
         (container->task != C8D_TASK_THAWED && container->task != C8D_TASK_PAUSED)))
        return false;
    return init->query == C8D_QUERY_IDLE && init->launch == C8D_LAUNCH_IDLE && init->stop == C8D_STOP_IDLE &&
           c8d__rest_of_container(subject)->init.stop_calls == 0;
}

static enum observation observe(const struct c8d__subject *subject)
{
    const struct c8d__container *container = subject->container;

    if (!at_rest(subject))
        return UNKNOWN;
    switch (container->init.state) {
    case C8D_PROCESS_ABSENT:
        return container->record == C8D_CONTAINER_PRESENT ? VACANT : ABSENT;
    case C8D_PROCESS_CREATED:
        return CREATED;
    case C8D_PROCESS_RUNNING:
        return container->task == C8D_TASK_PAUSED ? PAUSED : RUNNING;
    case C8D_PROCESS_EXITED:
    case C8D_PROCESS_NEVER_RAN:
        return STOPPED;
    default:
        return UNKNOWN;
    }
}

/* What nobody has told anything of yet may be there all the same. */
static void look(struct c8d__subject *subject)
{
    struct c8d__container *container = subject->container;

    wish_of(subject)->looked = true;
    if (container->record == C8D_CONTAINER_ABSENT && (container->flags & C8D__RECORD_BORN) == 0)
        c8d__command_own(subject, C8D_REGION_CONTAINER, C8D_SYM_VERIFY, 0);
    if (container->init.state == C8D_PROCESS_ABSENT && !c8d__has_history(subject))
        c8d__command_own(subject, C8D_REGION_PROCESS, C8D_SYM_VERIFY, 0);
}

static uint8_t judge(struct c8d__wish *wish, enum observation seen)
{
    static const uint8_t symbols[] = {C8D_SYM_IS_ABSENT,  C8D_SYM_VACANT,    C8D_SYM_IS_CREATED,
                                      C8D_SYM_IS_RUNNING, C8D_SYM_IS_PAUSED, C8D_SYM_IS_STOPPED};
    uint8_t distance = distances[wish->state][seen];
    bool lapsed = distance >= wish->lapsed_at;

    wish->lapsed_at = distance != 0 ? distance : 1;
    if (lapsed)
        return wish->state == C8D_WISH_RUNNING && seen == STOPPED ? C8D_SYM_EXITED : C8D_SYM_LAPSED;
    return distance == 0 ? C8D_SYM_REACHED : symbols[seen];
}

/* The wish waits for nothing but evidence. */
static bool keeps(uint8_t state)
{
    return state == C8D_WISH_RUNNING || state == C8D_WISH_STOPPED || state == C8D_WISH_PAUSED ||
           state == C8D_WISH_REMOVED;
}

static void compare(struct c8d__subject *subject)
{
    struct c8d__wish *wish = wish_of(subject);
    enum observation seen;

    if (!keeps(wish->state) || subject->model->connection != C8D_CONNECTION_UP)
        return;
    if (!wish->looked)
        look(subject);
    seen = observe(subject);
    if (seen != UNKNOWN)
        (void)take(subject, judge(wish, seen));
}

static void take_result(struct c8d__subject *subject)
{
    struct c8d__wish *wish = wish_of(subject);
    enum c8d_status status = (enum c8d_status)(wish->result - 1);

    wish->result = 0;
    (void)take(subject, c8d_symbol_of_reply(status) == C8D_SYM_OK ? C8D_SYM_OK : C8D_SYM_ERROR);
}

static struct c8d__subject of_container(const struct c8d__subject *about)
{
    struct c8d__subject subject = *about;

    subject.exec = NULL;
    subject.process = &subject.container->init;
    return subject;
}

void c8d__wish_advance(const struct c8d__subject *about)
{
    struct c8d__subject subject;

    if (!is_wished(about))
        return;
    subject = of_container(about);
    if (wish_of(&subject)->result != 0)
        take_result(&subject);
    if (is_wished(&subject))
        compare(&subject);
}

/* ---- what the consumer says
 * ----------------------------------------------------------------------------------- */

/* What went wrong for the old wish says nothing of the new one, and a timer that runs is out of date. */
static void change(struct c8d__subject *subject, uint8_t symbol)
{
    struct c8d__wish *wish;

    if (!take(subject, symbol) || !is_wished(subject))
        return;
    wish = wish_of(subject);
    wish->lapsed_at = NEVER;
    wish->attempts = 0;
    wish->timer = 0;
}

enum c8d_outcome c8d__wish(struct c8d__subject *subject)
{
    uint8_t symbol = subject->input->symbol;
    bool fits = is_wished(subject) || symbol == C8D_SYM_WISH_NONE || open(subject);

    c8d__emit_done(subject, C8D_REGION_CONTAINER, subject->input->request, fits ? C8D_OK : C8D_EXHAUSTED);
    if (fits && is_wished(subject))
        change(subject, symbol);
    return fits ? C8D_ACCEPTED : C8D_IMPOSSIBLE;
}

/* What a command of the consumer's makes of a wish: its last word counts. */
static uint8_t wish_behind(const struct c8d_input *input)
{
    switch (input->symbol) {
    case C8D_SYM_START:
    case C8D_SYM_LAUNCH:
    case C8D_SYM_RESUME:
        return C8D_SYM_WISH_RUNNING;
    case C8D_SYM_PAUSE:
        return C8D_SYM_WISH_PAUSED;
    case C8D_SYM_STOP:
    case C8D_SYM_FORCE_DELETE:
        return C8D_SYM_WISH_STOPPED;
    case C8D_SYM_DELETE:
        return input->region == C8D_REGION_CONTAINER ? C8D_SYM_WISH_REMOVED : C8D_SYM_WISH_STOPPED;
    default:
        return C8D_SYM_NONE;
    }
}

bool c8d__wish_overrules(const struct c8d__subject *subject)
{
    const struct c8d__wish *wish = wish_of(subject);

    return subject->exec == NULL && wish != NULL && wish->state > C8D_WISH_DROPPED &&
           wish->state < C8D_WISH_REMOVED;
}

void c8d__wish_hear(const struct c8d__subject *about)
{
    struct c8d__subject subject;
    uint8_t symbol;

    if (!c8d__wish_overrules(about))
        return;
    symbol = wish_behind(about->input);
    if (symbol == C8D_SYM_NONE)
        return;
    subject = of_container(about);
    change(&subject, symbol);
}

/* ---- time
 * ----------------------------------------------------------------------------------------------------- */

enum c8d_outcome c8d__wish_timer(struct c8d__subject *subject)
{
    struct c8d__wish *wish = wish_of(subject);

    if (wish == NULL || wish->timer == 0 || wish->timer != subject->input->request ||
        !take(subject, subject->input->symbol))
        return C8D_LATE;
    wish->timer = 0;
    if (subject->input->symbol == C8D_SYM_AGAIN)
        wish->lapsed_at = NEVER;
    return C8D_ACCEPTED;
}

void c8d__wish_recover(struct c8d__subject *subject)
{
    struct c8d__wish *wish = wish_of(subject);

    if (wish == NULL)
        return;
    wish->result = 0;
    wish->timer = 0;
    (void)take(subject, C8D_SYM_RECOVER);
}

/* ---- all of them
 * ---------------------------------------------------------------------------------------------- */

bool c8d_model_pursue(struct c8d_model *model, struct c8d_actions *actions)
{
    const struct c8d_input nothing = {0};
    struct c8d__subject subject = {
        .model = model, .actions = actions, .input = &nothing, .cause = C8D_CAUSE_RESYNC};

    c8d__begin_actions(actions);
    while (model->pursue_at < model->wishes_used) {
        const struct c8d__wish *wish = c8d__wish_at(model, model->pursue_at++);

        if (!wish->in_use)
            continue;
        subject.container = c8d__container_at(model, wish->container);
        c8d__wish_advance(&subject);
        c8d__container_settle(model, subject.container);
        if (actions->count > 0)
            return true;
    }
    model->pursue_at = 0;
    return false;
}
