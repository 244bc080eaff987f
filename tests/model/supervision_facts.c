/* SPDX-License-Identifier: Apache-2.0 */
#include "supervision_facts.h"

/* ---- what is done and told
 * ------------------------------------------------------------------------------------ */

static struct c8d_supervision_action *act(const struct facts *facts, struct c8d_supervision_actions *actions,
                                          enum c8d_supervision_action_kind kind)
{
    struct c8d_supervision_action *action = &actions->items[actions->count++];

    *action = (struct c8d_supervision_action){0};
    action->kind = (uint8_t)kind;
    action->adopted = facts->adopted;
    action->pid = facts->pid;
    action->generation = facts->generation;
    return action;
}

static void done(const struct facts *facts, struct c8d_supervision_actions *actions, uint64_t *request,
                 enum c8d_status status)
{
    struct c8d_supervision_action *action = act(facts, actions, C8D_SUPERVISION_DONE);

    action->number = *request;
    action->status = (uint8_t)status;
    *request = 0;
}

static struct c8d_supervision_action *order(struct facts *facts, struct c8d_supervision_actions *actions,
                                            enum c8d_supervision_timer timer, uint8_t symbol)
{
    struct c8d_supervision_action *action = act(facts, actions, C8D_SUPERVISION_TIMER);

    action->timer = (uint8_t)timer;
    action->symbol = symbol;
    action->number = ++facts->timers;
    if (symbol == C8D_SYM_RETRY)
        facts->pause = action->number;
    else
        facts->limit = action->number;
    return action;
}

static void begin(struct facts *facts, enum facts_process process, uint32_t pid)
{
    facts->process = process;
    facts->adopted = process == FACTS_RUNNING;
    facts->pid = pid;
    facts->generation++;
    facts->serves = facts->terminated = facts->killed = facts->given_up_on = false;
    facts->silences = facts->answers = 0;
    facts->pause = facts->limit = 0;
    facts->trouble = C8D_UNAVAILABLE;
}

static void spawn(struct facts *facts, struct c8d_supervision_actions *actions)
{
    begin(facts, FACTS_BEGUN, 0);
    act(facts, actions, C8D_SUPERVISION_SPAWN);
}

static void restart(struct facts *facts, struct c8d_supervision_actions *actions)
{
    facts->process = FACTS_PAUSED;
    order(facts, actions, C8D_SUPERVISION_TIMER_RESTART, C8D_SYM_RETRY)->attempt = ++facts->restarts;
}

static void terminate(struct facts *facts, struct c8d_supervision_actions *actions)
{
    facts->terminated = true;
    act(facts, actions, C8D_SUPERVISION_TERMINATE);
    order(facts, actions, C8D_SUPERVISION_TIMER_STOP, C8D_SYM_OVERDUE);
}

static void kill_it(struct facts *facts, struct c8d_supervision_actions *actions)
{
    facts->killed = true;
    act(facts, actions, C8D_SUPERVISION_KILL);
    order(facts, actions, C8D_SUPERVISION_TIMER_KILL, C8D_SYM_OVERDUE);
}

/* It runs: the time for its first answer begins before it is asked. */
static void ask_first(struct facts *facts, struct c8d_supervision_actions *actions)
{
    order(facts, actions, C8D_SUPERVISION_TIMER_START, C8D_SYM_OVERDUE);
    act(facts, actions, C8D_SUPERVISION_CHECK);
}

static void be_gone(struct facts *facts)
{
    facts->process = FACTS_NONE;
    facts->pause = facts->limit = 0;
}

static bool is_being_ended(const struct facts *facts)
{
    return facts->terminated || facts->killed;
}

/* ---- commands
 * ------------------------------------------------------------------------------------------------- */

static bool refuse(const struct facts *facts, struct c8d_supervision_actions *actions, uint64_t request)
{
    done(facts, actions, &request, C8D_CONFLICT);
    return false;
}

static bool start(struct facts *facts, struct c8d_supervision_actions *actions, uint64_t request)
{
    if (facts->process == FACTS_NONE) {
        facts->start = request;
        facts->process = FACTS_SOUGHT;
        act(facts, actions, C8D_SUPERVISION_LOOK);
        return true;
    }
    if (facts->process != FACTS_RUNNING || !facts->serves || is_being_ended(facts))
        return refuse(facts, actions, request);
    done(facts, actions, &request, C8D_OK);
    return true;
}

static bool stop(struct facts *facts, struct c8d_supervision_actions *actions, uint64_t request)
{
    if (facts->stop != 0)
        return refuse(facts, actions, request);
    facts->stop = request;
    if (facts->process == FACTS_NONE) {
        facts->process = FACTS_SOUGHT;
        act(facts, actions, C8D_SUPERVISION_LOOK);
        return true;
    }
    if (facts->start != 0)
        done(facts, actions, &facts->start, C8D_CANCELED);
    if (facts->process == FACTS_RUNNING && facts->killed) {
        facts->given_up_on = false;
        kill_it(facts, actions);
    } else if (facts->process == FACTS_RUNNING) {
        terminate(facts, actions);
    } else if (facts->process != FACTS_BEGUN) {
        done(facts, actions, &facts->stop, C8D_OK);
        be_gone(facts);
    }
    return true;
}

/* ---- what became of looking and of starting
 * -------------------------------------------------------------------- */

static bool absent(struct facts *facts, struct c8d_supervision_actions *actions)
{
    if (facts->process != FACTS_SOUGHT)
        return false;
    if (facts->stop == 0) {
        spawn(facts, actions);
    } else {
        done(facts, actions, &facts->stop, C8D_OK);
        be_gone(facts);
    }
    return true;
}

static bool found(struct facts *facts, struct c8d_supervision_actions *actions, uint32_t pid)
{
    if (facts->process != FACTS_SOUGHT)
        return false;
    begin(facts, FACTS_RUNNING, pid);
    if (facts->stop != 0)
        terminate(facts, actions);
    else
        ask_first(facts, actions);
    return true;
}

static bool spawned(struct facts *facts, struct c8d_supervision_actions *actions, uint32_t pid)
{
    if (facts->process != FACTS_BEGUN)
        return false;
    facts->process = FACTS_RUNNING;
    facts->pid = pid;
    if (facts->stop != 0)
        terminate(facts, actions);
    else
        ask_first(facts, actions);
    return true;
}

static bool not_spawned(struct facts *facts, struct c8d_supervision_actions *actions, enum c8d_status status)
{
    if (facts->process != FACTS_BEGUN)
        return false;
    if (facts->stop != 0) {
        done(facts, actions, &facts->stop, C8D_OK);
        be_gone(facts);
    } else if (facts->start != 0) {
        done(facts, actions, &facts->start, status);
        be_gone(facts);
    } else {
        restart(facts, actions);
    }
    return true;
}

/* ---- the end
 * -------------------------------------------------------------------------------------------------- */

static bool ended(struct facts *facts, const struct c8d_supervision_input *input,
                  struct c8d_supervision_actions *actions)
{
    struct c8d_supervision_action *down;

    if (facts->process != FACTS_BEGUN && facts->process != FACTS_RUNNING)
        return false;
    down = act(facts, actions, C8D_SUPERVISION_DOWN);
    down->exit_known = input->exit_known;
    down->exit_code = input->exit_known ? input->exit_code : 0;
    facts->pause = facts->limit = 0;
    if (facts->stop != 0) {
        done(facts, actions, &facts->stop, C8D_OK);
        be_gone(facts);
    } else if (facts->given_up_on) {
        be_gone(facts);
    } else if (facts->start != 0 && facts->adopted) {
        spawn(facts, actions);
    } else if (facts->start != 0) {
        done(facts, actions, &facts->start, facts->trouble);
        be_gone(facts);
    } else {
        restart(facts, actions);
    }
    return true;
}

/* ---- answers, and their lack
 * ----------------------------------------------------------------------------------- */

static bool answered(struct facts *facts, struct c8d_supervision_actions *actions)
{
    if (facts->process != FACTS_RUNNING)
        return false;
    facts->silences = 0;
    facts->answers++;
    if (facts->answers >= facts->limits.steady_checks)
        facts->restarts = 0;
    if (is_being_ended(facts))
        return true;
    if (!facts->serves) {
        facts->serves = true;
        facts->limit = 0;
        act(facts, actions, C8D_SUPERVISION_UP);
        if (facts->start != 0)
            done(facts, actions, &facts->start, C8D_OK);
    }
    order(facts, actions, C8D_SUPERVISION_TIMER_CHECK, C8D_SYM_RETRY);
    return true;
}

static bool silent(struct facts *facts, struct c8d_supervision_actions *actions)
{
    if (facts->process != FACTS_RUNNING)
        return false;
    facts->silences++;
    facts->answers = 0;
    if (is_being_ended(facts))
        return true;
    if (!facts->serves) {
        order(facts, actions, C8D_SUPERVISION_TIMER_FIRST_CHECK, C8D_SYM_RETRY);
    } else if (facts->silences < facts->limits.failures_max) {
        order(facts, actions, C8D_SUPERVISION_TIMER_CHECK, C8D_SYM_RETRY);
    } else {
        act(facts, actions, C8D_SUPERVISION_UNRESPONSIVE);
        kill_it(facts, actions);
    }
    return true;
}

/* ---- timers
 * --------------------------------------------------------------------------------------------------- */

static bool pause_over(struct facts *facts, struct c8d_supervision_actions *actions, uint64_t number)
{
    if (number == 0 || number != facts->pause)
        return false;
    facts->pause = 0;
    if (facts->process == FACTS_PAUSED)
        spawn(facts, actions);
    else if (!is_being_ended(facts))
        act(facts, actions, C8D_SUPERVISION_CHECK);
    return true;
}

/* SIGKILL has not ended it in time: whoever waits hears so, and nobody waits for ever. */
static void unending(struct facts *facts, struct c8d_supervision_actions *actions)
{
    bool replaced = facts->start != 0 && facts->adopted;

    if (facts->stop == 0 && (facts->start == 0 || replaced)) {
        kill_it(facts, actions);
        return;
    }
    facts->given_up_on = true;
    act(facts, actions, C8D_SUPERVISION_UNRESPONSIVE);
    if (facts->stop != 0)
        done(facts, actions, &facts->stop, C8D_INDETERMINATE);
    else
        done(facts, actions, &facts->start, C8D_DEADLINE);
}

static bool limit_over(struct facts *facts, struct c8d_supervision_actions *actions, uint64_t number)
{
    if (number == 0 || number != facts->limit)
        return false;
    facts->limit = 0;
    facts->trouble = C8D_DEADLINE;
    if (facts->killed) {
        unending(facts, actions);
        return true;
    }
    /* The start of one of ours fails; any other silence is told of by itself. */
    if (!facts->terminated && (facts->start == 0 || facts->adopted))
        act(facts, actions, C8D_SUPERVISION_UNRESPONSIVE);
    kill_it(facts, actions);
    return true;
}

/* --------------------------------------------------------------------------------------------------------------
 */

static bool is_of_another(const struct facts *facts, const struct c8d_supervision_input *input)
{
    switch (input->symbol) {
    case C8D_SYM_IS_RUNNING:
    case C8D_SYM_OK:
    case C8D_SYM_ERROR:
    case C8D_SYM_EXITED:
    case C8D_SYM_HEALTHY:
    case C8D_SYM_UNHEALTHY:
        return input->generation != facts->generation;
    default:
        return false;
    }
}

bool facts_step(struct facts *facts, const struct c8d_supervision_input *input,
                struct c8d_supervision_actions *actions)
{
    actions->count = 0;
    if (is_of_another(facts, input))
        return false;
    switch (input->symbol) {
    case C8D_SYM_START:
        return start(facts, actions, input->number);
    case C8D_SYM_STOP:
        return stop(facts, actions, input->number);
    case C8D_SYM_IS_ABSENT:
        return absent(facts, actions);
    case C8D_SYM_IS_RUNNING:
        return found(facts, actions, input->pid);
    case C8D_SYM_OK:
        return spawned(facts, actions, input->pid);
    case C8D_SYM_ERROR:
        return not_spawned(facts, actions, (enum c8d_status)input->status);
    case C8D_SYM_EXITED:
        return ended(facts, input, actions);
    case C8D_SYM_HEALTHY:
        return answered(facts, actions);
    case C8D_SYM_UNHEALTHY:
        return silent(facts, actions);
    case C8D_SYM_RETRY:
        return pause_over(facts, actions, input->number);
    case C8D_SYM_OVERDUE:
        return limit_over(facts, actions, input->number);
    default:
        return false;
    }
}
