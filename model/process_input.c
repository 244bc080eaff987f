/* SPDX-License-Identifier: Apache-2.0 */
/* One process: what an input means for it, by the class of its symbol. */
#include "engine.h"

static enum c8d_outcome refuse(struct c8d__subject *subject, enum c8d_status status)
{
    c8d__emit_done(subject, C8D_REGION_PROCESS, subject->input->request, status);
    return C8D_IMPOSSIBLE;
}

/* What must be there before a process can be created in it. */
static enum c8d_status check_parent(const struct c8d__subject *subject)
{
    if (subject->exec != NULL)
        return subject->container->init.state == C8D_PROCESS_RUNNING ? C8D_OK : C8D_CONFLICT;
    if (subject->container->record == C8D_CONTAINER_PRESENT)
        return C8D_OK;
    return subject->container->record == C8D_CONTAINER_ABSENT ? C8D_NOT_FOUND : C8D_CONFLICT;
}

static enum c8d_outcome launch(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;
    uint64_t effects = 0;

    if (process->state != C8D_PROCESS_ABSENT)
        return refuse(subject, c8d__refusal(C8D_MACHINE_PROCESS, process->state, C8D_SYM_LAUNCH));
    (void)c8d__launch_step(&process->launch, C8D_SYM_LAUNCH, &effects);
    c8d__rest_of(subject)->request = subject->input->request;
    (void)c8d__process_take(subject, C8D_SYM_CREATE);
    return C8D_ACCEPTED;
}

static enum c8d_outcome process_command(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;
    struct c8d__rest *rest = c8d__rest_of(subject);
    uint8_t symbol = subject->input->symbol;
    uint64_t before = rest->request;

    if (symbol == C8D_SYM_CREATE || symbol == C8D_SYM_LAUNCH) {
        enum c8d_status status = check_parent(subject);

        if (status != C8D_OK)
            return refuse(subject, status);
    }
    if (symbol == C8D_SYM_STOP)
        return c8d__stop(subject);
    if (symbol == C8D_SYM_KILL && rest->kills == C8D_KILLS_MAX)
        return refuse(subject, C8D_EXHAUSTED);
    if (symbol == C8D_SYM_LAUNCH)
        return launch(subject);
    if (symbol == C8D_SYM_LOAD && c8d__process_exists(process->state)) {
        /* Known already, whatever call is in flight for it: there is something to have a handle on. */
        c8d__emit_done(subject, C8D_REGION_PROCESS, subject->input->request, C8D_OK);
        return C8D_ACCEPTED;
    }
    if (symbol != C8D_SYM_KILL)
        rest->request = subject->input->request;
    if (c8d__process_take(subject, symbol))
        return C8D_ACCEPTED;
    rest->request = before;
    return refuse(subject, c8d__refusal(C8D_MACHINE_PROCESS, process->state, symbol));
}

/* After the reply to a creation: does what its event said agree? If not, somebody else was at work under that
 * name. */
static void compare_creation(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;
    struct c8d__rest *rest = c8d__rest_of(subject);
    uint32_t held = rest->held_pid;
    bool failed_and_yet_seen =
        process->state == C8D_PROCESS_ABSENT && (process->flags & C8D__SEEN_CREATED) != 0;
    bool two_incarnations =
        held != 0 && process->pid != 0 && held != process->pid && c8d__process_exists(process->state);

    rest->held_pid = 0;
    if (process->state == C8D_PROCESS_ABSENT)
        process->flags &= (uint16_t)~C8D__SEEN_CREATED;
    else if (subject->exec != NULL && (process->flags & C8D__SEEN_CREATED) == 0)
        process->flags |= C8D__CREATED_DUE;
    if (failed_and_yet_seen || two_incarnations)
        (void)c8d__process_take(subject, C8D_SYM_VERIFY);
}

/* Held back before any pid was known; where one was, the exit has been compared with it. */
static bool held_exit_is_not_ours(const struct c8d__subject *subject)
{
    const struct c8d__process *process = subject->process;
    uint8_t symbol = subject->input->symbol;

    return process->state == C8D_PROCESS_STARTING_ENDED && process->pid == 0 &&
           (symbol == C8D_SYM_OK || symbol == C8D_SYM_STARTED) && subject->input->pid != 0 &&
           c8d__rest_of(subject)->held_pid != subject->input->pid;
}

static void drop_held_exit(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;

    (void)c8d__process_take(subject, C8D_SYM_NOT_OURS);
    process->flags &= (uint16_t) ~(C8D__EXIT_KNOWN | C8D__SEEN_EXITED);
    process->exit_code = 0;
    process->exited_at_ns = 0;
}

/* There is no task to create an exec in: it may have ended, with its events lost. Not an end by itself: its
 * code is to be found. When it was the task that could not be created, there is none to be doubted. */
static void doubt_task(const struct c8d__subject *created)
{
    struct c8d__subject task = *created;

    task.exec = NULL;
    task.process = &task.container->init;
    if (c8d__process_exists(task.process->state) && task.process->query == C8D_QUERY_IDLE)
        (void)c8d__process_verify(&task);
}

/* Names select for the runtime: what it has started is the task that stood under this name by then. Of the
 * one that we know, the reply says no more than if it had been lost; what has become of it is asked for. */
static enum c8d_outcome take_start_of_another(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;

    process->flags |= C8D__RIVALED;
    (void)c8d__process_take(subject, C8D_SYM_LOST);
    if (process->query == C8D_QUERY_IDLE)
        (void)c8d__process_verify(subject);
    return C8D_ACCEPTED;
}

static enum c8d_outcome process_reply(struct c8d__subject *subject)
{
    uint8_t before = subject->process->state;
    uint8_t symbol = subject->input->symbol;

    if (c8d__is_force_reply(symbol))
        subject->process->flags &= (uint16_t)~C8D__FORCING;
    if (c8d__start_is_of_another(subject->process, subject->input))
        return take_start_of_another(subject);
    if (held_exit_is_not_ours(subject))
        drop_held_exit(subject);
    if (!c8d__process_take(subject, symbol))
        return c8d__outcome_without_arrow(false, symbol);
    if (before == C8D_PROCESS_CREATING)
        compare_creation(subject);
    if (before == C8D_PROCESS_CREATING && symbol == C8D_SYM_MISSING)
        doubt_task(subject);
    return C8D_ACCEPTED;
}

static enum c8d_outcome process_event(struct c8d__subject *subject)
{
    struct c8d__judgement judgement;
    uint8_t before = subject->process->state;

    c8d__find(subject);
    if (held_exit_is_not_ours(subject))
        drop_held_exit(subject);
    judgement = c8d__judge_event(subject);
    if (judgement.symbol != C8D_SYM_NONE && c8d__process_take(subject, judgement.symbol))
        return C8D_ACCEPTED;
    if (judgement.symbol != C8D_SYM_NONE)
        judgement.outcome =
            (uint8_t)c8d__outcome_without_arrow(before == C8D_PROCESS_ABSENT, subject->input->symbol);
    /* It moves nothing here, but it may be about what an answer under way has seen a moment too early. */
    c8d__query(subject, &subject->process->query, C8D_REGION_PROCESS, C8D_SYM_STIR);
    return (enum c8d_outcome)judgement.outcome;
}

/* An answer that names another incarnation: ours is gone, and that one is seen for the first time. */
static bool take_answer(struct c8d__subject *subject)
{
    if (c8d__answer_is_of_another(subject->process, subject->input)) {
        struct c8d_input gone = {0};
        const struct c8d_input *answer = subject->input;
        bool ran = c8d__process_runs(subject->process->state);

        subject->input = &gone;
        subject->replaced = true;
        /* With a call in flight this defers; the query after it will see to it. */
        (void)c8d__process_take(subject, C8D_SYM_IS_ABSENT);
        subject->input = answer;
        subject->replaced = false;
        if (c8d__process_exists(subject->process->state))
            return true;
        /* Names select for the runtime: what was paused meanwhile under that name was this one. A snapshot
         * has been compared with the calls on its way already. */
        subject->succeeds = ran && answer->request != C8D_REQUEST_SNAPSHOT;
    }
    return c8d__process_take(subject, subject->input->symbol);
}

static enum c8d_outcome process_answer(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;
    const struct c8d_input *input = subject->input;
    bool of_snapshot = input->request == C8D_REQUEST_SNAPSHOT;
    bool stands = c8d__answer_stands(process, input);
    uint64_t effects;

    if (c8d__is_unanswered(input->symbol)) {
        effects = c8d__query(subject, &process->query, C8D_REGION_PROCESS, input->symbol);
        return effects != 0 ? C8D_ACCEPTED : C8D_LATE;
    }
    effects = c8d__query(subject, &process->query, C8D_REGION_PROCESS,
                         of_snapshot ? C8D_SYM_SNAPSHOT : C8D_SYM_ANSWERED);
    if (effects == 0)
        return C8D_LATE;
    process->flags &= (uint16_t)~C8D__ASKED_EARLIER;
    if ((effects & C8D_FX(FRESH)) != 0)
        return take_answer(subject) ? C8D_ACCEPTED : C8D_LATE;
    if (stands)
        (void)c8d__process_take(subject, C8D_SYM_IS_STOPPED);
    (void)c8d__process_take(subject, C8D_SYM_IS_STALE);
    return C8D_ACCEPTED;
}

static enum c8d_outcome process_link(struct c8d__subject *subject)
{
    uint8_t over;

    if (subject->input->symbol == C8D_SYM_RETRY)
        return c8d__query(subject, &subject->process->query, C8D_REGION_PROCESS, C8D_SYM_RETRY) != 0
                   ? C8D_ACCEPTED
                   : C8D_LATE;
    if (subject->input->symbol == C8D_SYM_OVERDUE)
        return c8d__overdue(subject);
    if (subject->input->symbol == C8D_SYM_OUTLIVED) {
        over = c8d__grace_over(subject);
        if (over != C8D_SYM_NONE) {
            (void)c8d__process_take(subject, over);
            return C8D_ACCEPTED;
        }
        return subject->actions->count > 0 ? C8D_ACCEPTED : C8D_LATE; /* it was given more */
    }
    if (subject->input->symbol != C8D_SYM_VERIFY)
        return C8D_IMPOSSIBLE;
    (void)c8d__process_take(subject, C8D_SYM_VERIFY);
    return C8D_ACCEPTED;
}

static enum c8d_outcome answer_of_exec(struct c8d__subject *subject)
{
    const struct c8d_input *input = subject->input;
    struct c8d_input unveiled = *input;
    enum c8d_outcome outcome;

    if (subject->exec == NULL || input->symbol != C8D_SYM_IS_PAUSED)
        return process_answer(subject);
    unveiled.symbol = c8d__symbol_behind_pause(input);
    subject->input = &unveiled;
    outcome = process_answer(subject);
    subject->input = input;
    return outcome;
}

enum c8d_outcome c8d__process_input(struct c8d__subject *subject)
{
    switch (c8d_symbol_class((enum c8d_symbol)subject->input->symbol)) {
    case C8D_CLASS_COMMAND:
        return process_command(subject);
    case C8D_CLASS_REPLY:
        return process_reply(subject);
    case C8D_CLASS_EVENT:
        return process_event(subject);
    case C8D_CLASS_ANSWER:
        return answer_of_exec(subject);
    case C8D_CLASS_LINK:
        return process_link(subject);
    default: /* C8D_CLASS_INTERNAL */
        return C8D_IMPOSSIBLE;
    }
}
