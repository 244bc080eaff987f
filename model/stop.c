/* SPDX-License-Identifier: Apache-2.0 */
/* Stopping a process: signals, the time that each is given, and what becomes of the request. */
#include "engine.h"

/* What a timer is ordered with, and comes back with. None is cancelled, and one that is out of date must not
 * cut the grace of the next stop short. A request of the consumer's is like no other; what nobody asked for
 * has a number for each timer, with the incarnation that it is about. */
#define FORCE_TIMER ((uint64_t)1 << 63)
#define STOP_TIMER ((uint64_t)1 << 62)

static uint64_t numbered(const struct c8d__process *process, uint64_t whose, uint16_t number)
{
    return whose | (uint64_t)process->incarnation << 16 | number;
}

uint64_t c8d__force_timer_of(const struct c8d__process *process, const struct c8d__rest *rest)
{
    return numbered(process, FORCE_TIMER, rest->force_timers);
}

uint64_t c8d__stop_timer_of(const struct c8d__process *process, const struct c8d__rest *rest)
{
    uint64_t request = rest->stop_request;

    return request != 0 && request != C8D_REQUEST_WISH ? request
                                                       : numbered(process, STOP_TIMER, rest->stop_timers);
}

static void order_timer(struct c8d__subject *subject, enum c8d_patience patience, uint64_t request)
{
    struct c8d_action *action = c8d__emit(subject, C8D_ACTION_COMMAND, C8D_COMMAND_TIMER, C8D_REGION_PROCESS);

    action->patience = (uint8_t)patience;
    action->request = request;
}

static void order_stop_timer(struct c8d__subject *subject)
{
    const struct c8d__process *process = subject->process;
    struct c8d__rest *rest = c8d__rest_of(subject);

    rest->stop_timers++;
    order_timer(subject, process->stop == C8D_STOP_SIGNALED ? C8D_PATIENCE_GRACE : C8D_PATIENCE_KILL,
                c8d__stop_timer_of(process, rest));
}

static void send(struct c8d__subject *subject, enum c8d_command_kind kind)
{
    struct c8d__rest *rest = c8d__rest_of(subject);

    c8d__task_thaw(subject);
    c8d__emit(subject, C8D_ACTION_COMMAND, kind, C8D_REGION_PROCESS)->request = rest->stop_request;
    rest->stop_calls++;
}

static void carry_out(struct c8d__subject *subject, uint64_t effects)
{
    struct c8d__rest *rest = c8d__rest_of(subject);

    if ((effects & C8D_FX(CALL_SIGNAL)) != 0)
        send(subject, C8D_COMMAND_KILL);
    if ((effects & C8D_FX(CALL_ESCALATE)) != 0)
        send(subject, C8D_COMMAND_ESCALATE);
    if ((effects & C8D_FX(CALL_TIMER)) != 0)
        order_stop_timer(subject);
    if ((effects & C8D_FX(NOTICE_UNRESPONSIVE)) != 0)
        c8d__respond(subject, C8D_SYM_OVERDUE);
    if ((effects & C8D_FX(DONE_FAILED)) != 0)
        c8d__emit_done(subject, C8D_REGION_PROCESS, rest->stop_request, (enum c8d_status)rest->stop_status);
    else if ((effects & C8D_FX_DONE) != 0)
        c8d__emit_done(subject, C8D_REGION_PROCESS, rest->stop_request,
                       c8d__status_of_done(effects, subject->input));
}

static bool take(struct c8d__subject *subject, uint8_t symbol)
{
    uint64_t effects = 0;

    if (!c8d__stop_step(&subject->process->stop, symbol, &effects))
        return false;
    carry_out(subject, effects);
    return true;
}

static enum c8d_status refusal(const struct c8d__subject *subject)
{
    const struct c8d__process *process = subject->process;
    uint8_t state = process->state;
    uint64_t effects = 0;

    if (c8d__process_over(state))
        return C8D_NOT_MODIFIED;
    if (state == C8D_PROCESS_ABSENT)
        return C8D_NOT_FOUND;
    /* What can be sent a signal can be stopped; one stop at a time, and not before the last one's signals
     * have come back. */
    return c8d__process_step(&state, C8D_SYM_KILL, &effects) && process->stop == C8D_STOP_IDLE &&
                   c8d__rest_of(subject)->stop_calls == 0
               ? C8D_OK
               : C8D_CONFLICT;
}

enum c8d_outcome c8d__stop(struct c8d__subject *subject)
{
    enum c8d_status status = refusal(subject);

    if (status != C8D_OK) {
        c8d__emit_done(subject, C8D_REGION_PROCESS, subject->input->request, status);
        /* A stop while a restart waits for its time is heard all the same. */
        return c8d__wish_overrules(subject) ? C8D_ACCEPTED : C8D_IMPOSSIBLE;
    }
    c8d__rest_of(subject)->stop_request = subject->input->request;
    (void)take(subject, C8D_SYM_STOP);
    return C8D_ACCEPTED;
}

void c8d__stop_ended(struct c8d__subject *subject)
{
    (void)take(subject, C8D_SYM_EXITED);
}

bool c8d__stop_signaled(struct c8d__subject *subject, uint64_t request, enum c8d_status status)
{
    struct c8d__rest *rest = c8d__rest_of(subject);

    if (rest->stop_calls == 0 || rest->stop_request != request)
        return false;
    rest->stop_calls--;
    rest->stop_status = (uint8_t)status;
    (void)take(subject, (uint8_t)c8d_symbol_of_reply(status));
    return true;
}

void c8d__stop_recover(struct c8d__subject *subject)
{
    if (subject->process->stop != C8D_STOP_IDLE)
        order_stop_timer(subject);
}

void c8d__force_timer(struct c8d__subject *subject)
{
    struct c8d__rest *rest = c8d__rest_of(subject);

    rest->force_timers++;
    order_timer(subject, C8D_PATIENCE_KILL, c8d__force_timer_of(subject->process, rest));
}

enum c8d_outcome c8d__overdue(struct c8d__subject *subject)
{
    const struct c8d__process *process = subject->process;
    const struct c8d__rest *rest = c8d__rest_of(subject);
    uint64_t request = subject->input->request;

    if (request == c8d__force_timer_of(process, rest))
        return c8d__process_take(subject, C8D_SYM_OVERDUE) ? C8D_ACCEPTED : C8D_LATE;
    return request == c8d__stop_timer_of(process, rest) && take(subject, C8D_SYM_OVERDUE) ? C8D_ACCEPTED
                                                                                          : C8D_LATE;
}
