/* SPDX-License-Identifier: Apache-2.0 */
/* The supervision of a private runtime: what an input means for the process that is known, and what follows
 * from an arrow. */
#include "machines.h"
#include <c8d/supervision.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

const char *c8d_supervision_timer_name(enum c8d_supervision_timer timer)
{
#define ROW(name, number, text) [number] = text,
    static const char *const names[] = {C8D_SUPERVISION_TIMERS(ROW)};
#undef ROW
    return (size_t)timer < COUNT_OF(names) ? names[timer] : "?";
}

const char *c8d_supervision_action_name(enum c8d_supervision_action_kind kind)
{
#define ROW(name, number, text) [number] = text,
    static const char *const names[] = {C8D_SUPERVISION_ACTIONS(ROW)};
#undef ROW
    return (size_t)kind < COUNT_OF(names) ? names[kind] : "?";
}

enum c8d_status c8d_supervision_init(struct c8d_supervision *supervision,
                                     const struct c8d_supervision_limits *limits)
{
    if (limits->failures_max == 0 || limits->steady_checks == 0)
        return C8D_INVALID;
    memset(supervision, 0, sizeof(*supervision));
    supervision->limits = *limits;
    return C8D_OK;
}

/* ---- what follows from an arrow
 * ------------------------------------------------------------------------------- */

static struct c8d_supervision_action *emit(const struct c8d_supervision *supervision,
                                           struct c8d_supervision_actions *actions,
                                           enum c8d_supervision_action_kind kind)
{
    struct c8d_supervision_action *action = &actions->items[actions->count++];

    *action = (struct c8d_supervision_action){
        .kind = (uint8_t)kind,
        .adopted = supervision->adopted != 0,
        .pid = supervision->pid,
        .generation = supervision->generation,
    };
    return action;
}

static void order(struct c8d_supervision *supervision, struct c8d_supervision_actions *actions,
                  enum c8d_supervision_timer timer)
{
    bool pause = timer >= C8D_SUPERVISION_TIMER_CHECK;
    struct c8d_supervision_action *action = emit(supervision, actions, C8D_SUPERVISION_TIMER);

    action->timer = (uint8_t)timer;
    action->symbol = pause ? C8D_SYM_RETRY : C8D_SYM_OVERDUE;
    action->number = ++supervision->timers;
    action->attempt = timer == C8D_SUPERVISION_TIMER_RESTART ? ++supervision->attempts : 0;
    *(pause ? &supervision->pause : &supervision->limit) = action->number;
}

static void complete(const struct c8d_supervision *supervision, struct c8d_supervision_actions *actions,
                     uint64_t request, enum c8d_status status)
{
    struct c8d_supervision_action *action = emit(supervision, actions, C8D_SUPERVISION_DONE);

    action->number = request;
    action->status = (uint8_t)status;
}

static void tell(struct c8d_supervision *supervision, const struct c8d_supervision_input *input,
                 struct c8d_supervision_actions *actions, uint64_t effects)
{
    if ((effects & C8D_FX(NOTICE_STARTED)) != 0)
        emit(supervision, actions, C8D_SUPERVISION_UP);
    if ((effects & C8D_FX(NOTICE_UNRESPONSIVE)) != 0)
        emit(supervision, actions, C8D_SUPERVISION_UNRESPONSIVE);
    if ((effects & C8D_FX(NOTICE_EXIT)) != 0) {
        struct c8d_supervision_action *action = emit(supervision, actions, C8D_SUPERVISION_DOWN);

        action->exit_known = input->exit_known;
        action->exit_code = input->exit_known ? input->exit_code : 0;
    }
}

static void finish(const struct c8d_supervision *supervision, struct c8d_supervision_actions *actions,
                   uint64_t effects)
{
    if ((effects & C8D_FX(DONE_STARTED)) != 0)
        complete(supervision, actions, supervision->start_request, C8D_OK);
    if ((effects & C8D_FX(DONE_FAILED)) != 0)
        complete(supervision, actions, supervision->start_request,
                 (enum c8d_status)supervision->start_status);
    if ((effects & C8D_FX(DONE_UNDONE)) != 0)
        complete(supervision, actions, supervision->start_request, C8D_CANCELED);
    if ((effects & C8D_FX(DONE_OK)) != 0)
        complete(supervision, actions, supervision->stop_request, C8D_OK);
    if ((effects & C8D_FX(DONE_LOST)) != 0)
        complete(supervision, actions, supervision->stop_request, C8D_INDETERMINATE);
}

static bool serves(const struct c8d_supervision *supervision)
{
    return supervision->state == C8D_SUPERVISOR_SERVING || supervision->state == C8D_SUPERVISOR_FAILING;
}

/* A new process: what was counted of the one before says nothing of it. */
static void begin_generation(struct c8d_supervision *supervision, uint32_t pid, bool adopted)
{
    supervision->generation++;
    supervision->pid = pid;
    supervision->adopted = adopted;
    supervision->answers = 0;
    supervision->pause = 0;
    supervision->start_status = C8D_UNAVAILABLE;
}

static void carry(struct c8d_supervision *supervision, struct c8d_supervision_actions *actions,
                  uint64_t effects)
{
    if ((effects & C8D_FX(LOOK)) != 0)
        emit(supervision, actions, C8D_SUPERVISION_LOOK);
    if ((effects & C8D_FX(CALL_CREATE)) != 0) {
        begin_generation(supervision, 0, false);
        emit(supervision, actions, C8D_SUPERVISION_SPAWN);
    }
    if ((effects & C8D_FX(CALL_KILL)) != 0) {
        emit(supervision, actions, C8D_SUPERVISION_TERMINATE);
        order(supervision, actions, C8D_SUPERVISION_TIMER_STOP);
    }
    if ((effects & C8D_FX(CALL_FORCE_KILL)) != 0) {
        emit(supervision, actions, C8D_SUPERVISION_KILL);
        order(supervision, actions, C8D_SUPERVISION_TIMER_KILL);
    }
    if ((effects & C8D_FX(AWAIT)) != 0)
        order(supervision, actions, C8D_SUPERVISION_TIMER_START);
    if ((effects & C8D_FX(CALL_QUERY)) != 0)
        emit(supervision, actions, C8D_SUPERVISION_CHECK);
    if ((effects & C8D_FX(AGAIN)) != 0)
        order(supervision, actions,
              serves(supervision) ? C8D_SUPERVISION_TIMER_CHECK : C8D_SUPERVISION_TIMER_FIRST_CHECK);
    if ((effects & C8D_FX(CALL_RETRY)) != 0)
        order(supervision, actions, C8D_SUPERVISION_TIMER_RESTART);
}

/* ---- what an input means
 * -------------------------------------------------------------------------------------- */

/* Of an older process, or a timer that is out of date: a reaper that reports late has been taken for the end
 * of the process that runs now. */
static bool is_out_of_date(const struct c8d_supervision *supervision,
                           const struct c8d_supervision_input *input)
{
    switch (input->symbol) {
    case C8D_SYM_RETRY:
        return input->number == 0 || input->number != supervision->pause;
    case C8D_SYM_OVERDUE:
        return input->number != supervision->limit;
    case C8D_SYM_START:
    case C8D_SYM_STOP:
    case C8D_SYM_IS_ABSENT:
        return false;
    default:
        return input->generation != supervision->generation;
    }
}

static uint8_t judge(const struct c8d_supervision *supervision, uint8_t symbol)
{
    bool last = supervision->failures + 1 >= supervision->limits.failures_max;

    /* Before its first answer it is the time that counts, not the number of checks. */
    return symbol == C8D_SYM_UNHEALTHY && serves(supervision) && last ? C8D_SYM_GIVEN_UP : symbol;
}

static void learn(struct c8d_supervision *supervision, const struct c8d_supervision_input *input)
{
    switch (input->symbol) {
    case C8D_SYM_IS_RUNNING:
        begin_generation(supervision, input->pid, true);
        break;
    case C8D_SYM_OK:
        supervision->pid = input->pid;
        break;
    case C8D_SYM_ERROR:
        supervision->start_status = input->status;
        break;
    case C8D_SYM_HEALTHY:
        supervision->failures = 0;
        if (++supervision->answers >= supervision->limits.steady_checks)
            supervision->attempts = 0;
        break;
    case C8D_SYM_UNHEALTHY:
        supervision->failures++;
        supervision->answers = 0;
        break;
    case C8D_SYM_RETRY:
        supervision->pause = 0;
        break;
    case C8D_SYM_OVERDUE:
        supervision->start_status = C8D_DEADLINE;
        break;
    default:
        break;
    }
}

static void refuse(const struct c8d_supervision *supervision, const struct c8d_supervision_input *input,
                   struct c8d_supervision_actions *actions)
{
    if (input->symbol == C8D_SYM_START || input->symbol == C8D_SYM_STOP)
        complete(supervision, actions, input->number, C8D_CONFLICT);
}

bool c8d_supervision_step(struct c8d_supervision *supervision, const struct c8d_supervision_input *input,
                          struct c8d_supervision_actions *actions)
{
    uint8_t symbol = judge(supervision, input->symbol);
    uint64_t effects = 0;

    actions->count = 0;
    /* For no symbol at all the machine has an arrow that is Ragel's, not its own. */
    if (symbol == C8D_SYM_NONE || is_out_of_date(supervision, input))
        return false;
    if (!c8d__supervisor_step(&supervision->state, symbol, &effects)) {
        refuse(supervision, input, actions);
        return false;
    }
    if (symbol == C8D_SYM_START)
        supervision->start_request = input->number;
    if (symbol == C8D_SYM_STOP)
        supervision->stop_request = input->number;
    learn(supervision, input);
    tell(supervision, input, actions, effects);
    finish(supervision, actions, effects);
    carry(supervision, actions, effects);
    return true;
}
