/* SPDX-License-Identifier: Apache-2.0 */
/* Pause and checkpoint of one task. */
#include "engine.h"

/* What the calls of one run are still to cause. */
#define DUE (C8D__DUE_PAUSED | C8D__DUE_RESUMED | C8D__DUE_CHECKPOINTED)

static void notify(struct c8d__subject *subject, uint64_t effects)
{
    if ((effects & C8D_FX(NOTICE_PAUSED)) != 0)
        c8d__emit(subject, C8D_ACTION_NOTICE, C8D_NOTICE_PAUSED, C8D_REGION_TASK);
    if ((effects & C8D_FX(NOTICE_RESUMED)) != 0)
        c8d__emit(subject, C8D_ACTION_NOTICE, C8D_NOTICE_RESUMED, C8D_REGION_TASK);
    if ((effects & C8D_FX(NOTICE_CHECKPOINTED)) != 0)
        c8d__emit(subject, C8D_ACTION_NOTICE, C8D_NOTICE_CHECKPOINTED, C8D_REGION_TASK);
}

static void command(struct c8d__subject *subject, uint64_t effects)
{
    enum c8d_command_kind kind = C8D_COMMAND_KIND__COUNT;

    if ((effects & C8D_FX(CALL_PAUSE)) != 0)
        kind = C8D_COMMAND_PAUSE;
    if ((effects & C8D_FX(CALL_RESUME)) != 0)
        kind = C8D_COMMAND_RESUME;
    if ((effects & C8D_FX(CALL_CHECKPOINT)) != 0)
        kind = C8D_COMMAND_CHECKPOINT;
    if (kind != C8D_COMMAND_KIND__COUNT)
        c8d__emit(subject, C8D_ACTION_COMMAND, kind, C8D_REGION_TASK)->request =
            c8d__rest_of_container(subject)->task_request;
}

static bool is_up(uint8_t state)
{
    return state != C8D_TASK_DOWN && state != C8D_TASK_DOWN_CALLING;
}

void c8d__task_settled(struct c8d__subject *subject)
{
    struct c8d__container *container = subject->container;

    /* A query is of use only for a task that is up, and only when no call of ours can change the answer. */
    if (is_up(container->task) && !c8d__task_calls(container->task) &&
        !c8d__process_calls(container->init.state))
        c8d__query(subject, &container->task_query, C8D_REGION_TASK, C8D_SYM_SETTLED);
}

static bool take(struct c8d__subject *subject, uint8_t symbol)
{
    struct c8d__container *container = subject->container;
    uint64_t effects = 0;

    if (!c8d__task_step(&container->task, symbol, &effects))
        return false;
    notify(subject, effects);
    c8d__complete(subject, C8D_REGION_TASK, &c8d__rest_of_container(subject)->task_request, effects);
    command(subject, effects);
    if (c8d__query_sleeps(container->task_query, effects))
        return true;
    if (c8d_symbol_class((enum c8d_symbol)symbol) != C8D_CLASS_ANSWER)
        c8d__query(subject, &container->task_query, C8D_REGION_TASK, C8D_SYM_STIR);
    if ((effects & C8D_FX(ASK)) != 0)
        c8d__query(subject, &container->task_query, C8D_REGION_TASK, C8D_SYM_ASK);
    if ((effects & C8D_FX(DEFER)) != 0)
        c8d__query(subject, &container->task_query, C8D_REGION_TASK, C8D_SYM_DEFER);
    c8d__task_settled(subject);
    return true;
}

/* What an answer about the process says of the task beside it. */
static void compare(struct c8d__subject *subject, uint8_t symbol, bool first_seen)
{
    uint8_t state = subject->container->task;

    if (subject->succeeds) {
        (void)take(subject, C8D_SYM_VERIFY);
        return;
    }
    /* During a checkpoint it is looked into once that is over. */
    if (symbol == C8D_SYM_IS_PAUSED && (first_seen || state == C8D_TASK_CHECKPOINTING))
        (void)take(subject, C8D_SYM_IS_PAUSED);
    else if ((symbol == C8D_SYM_IS_PAUSED && state == C8D_TASK_THAWED) ||
             (symbol == C8D_SYM_IS_RUNNING && state == C8D_TASK_PAUSED))
        /* Not taken as it is: calls of this region may have passed it on its way. */
        (void)take(subject, C8D_SYM_VERIFY);
}

void c8d__task_follow(struct c8d__subject *subject, uint8_t symbol, bool first_seen)
{
    struct c8d__container *container = subject->container;
    bool runs = c8d__process_runs(container->init.state);

    /* A call of the run before may yet be carried out on this one: what it causes is looked into, once this
     * one is up. */
    if (runs != is_up(container->task)) {
        container->flags &= (uint8_t)~DUE;
        (void)take(subject, runs ? C8D_SYM_TASK_UP : C8D_SYM_TASK_DOWN);
    }
    if (runs)
        compare(subject, symbol, first_seen);
}

void c8d__task_thaw(struct c8d__subject *subject)
{
    struct c8d__container *container = subject->container;
    struct c8d__subject whole = *subject;

    if (container->task != C8D_TASK_PAUSED)
        return;
    whole.exec = NULL;
    whole.process = &container->init;
    container->flags |= C8D__DUE_RESUMED;
    (void)take(&whole, C8D_SYM_RESUME);
}

static enum c8d_outcome task_command(struct c8d__subject *subject)
{
    struct c8d__container *container = subject->container;
    uint64_t *request = &c8d__rest_of_container(subject)->task_request;
    uint64_t before = *request;
    uint8_t symbol = subject->input->symbol;

    *request = subject->input->request;
    if (take(subject, symbol)) {
        /* The call will cause one event; not the reply's business when. */
        if (symbol == C8D_SYM_PAUSE)
            container->flags |= C8D__DUE_PAUSED;
        if (symbol == C8D_SYM_RESUME)
            container->flags |= C8D__DUE_RESUMED;
        if (symbol == C8D_SYM_CHECKPOINT)
            container->flags |= C8D__DUE_CHECKPOINTED;
        return C8D_ACCEPTED;
    }
    *request = before;
    c8d__emit_done(subject, C8D_REGION_TASK, subject->input->request,
                   c8d__refusal(C8D_MACHINE_TASK, container->task, symbol));
    return C8D_IMPOSSIBLE;
}

static enum c8d_outcome task_reply(struct c8d__subject *subject)
{
    struct c8d__container *container = subject->container;
    uint8_t before = container->task;
    uint8_t symbol = subject->input->symbol;

    if (!take(subject, symbol))
        return c8d__outcome_without_arrow(false, symbol);
    /* A call that was refused causes no event. */
    if (symbol != C8D_SYM_OK && before == C8D_TASK_PAUSING)
        container->flags &= (uint8_t)~C8D__DUE_PAUSED;
    if (symbol != C8D_SYM_OK && before == C8D_TASK_RESUMING)
        container->flags &= (uint8_t)~C8D__DUE_RESUMED;
    if (symbol != C8D_SYM_OK && before == C8D_TASK_CHECKPOINTING)
        container->flags &= (uint8_t)~C8D__DUE_CHECKPOINTED;
    return C8D_ACCEPTED;
}

static enum c8d_outcome task_event(struct c8d__subject *subject)
{
    struct c8d__judgement judgement;

    c8d__find(subject);
    judgement = c8d__judge_event(subject);
    if (judgement.symbol == C8D_SYM_VERIFY) {
        (void)c8d__process_verify(subject);
        return C8D_ACCEPTED;
    }
    if (judgement.symbol != C8D_SYM_NONE && take(subject, judgement.symbol))
        return C8D_ACCEPTED;
    if (judgement.symbol != C8D_SYM_NONE)
        judgement.outcome = (uint8_t)c8d__outcome_without_arrow(false, subject->input->symbol);
    if (judgement.outcome == C8D_LATE) {
        /* As for a process; and an answer about the process tells whether it is paused, too. */
        c8d__query(subject, &subject->container->task_query, C8D_REGION_TASK, C8D_SYM_STIR);
        c8d__query(subject, &subject->process->query, C8D_REGION_PROCESS, C8D_SYM_STIR);
    }
    return (enum c8d_outcome)judgement.outcome;
}

/* The same snapshot is about to tell of the process, too. */
static bool process_entry_follows(const struct c8d__subject *subject)
{
    return subject->input->request == C8D_REQUEST_SNAPSHOT &&
           subject->container->init.query == C8D_QUERY_LISTED;
}

static bool take_answer(struct c8d__subject *subject)
{
    const struct c8d_input *input = subject->input;
    const struct c8d__process *init = &subject->container->init;
    bool paused = input->symbol == C8D_SYM_IS_PAUSED;

    /* Paused before its start was told here, perhaps by a call of ours that was given up: asked once it is
     * up. */
    if (!is_up(subject->container->task) && (!paused || process_entry_follows(subject)))
        return false;
    if (!is_up(subject->container->task))
        return take(subject, C8D_SYM_IS_STALE);
    if ((input->symbol == C8D_SYM_IS_RUNNING || paused) && !c8d__answer_is_of_another(init, input))
        return take(subject, input->symbol);
    /* Not up, or not this one: its end is no business of this region. */
    if (!process_entry_follows(subject))
        (void)c8d__process_verify(subject);
    return true;
}

static enum c8d_outcome task_answer(struct c8d__subject *subject)
{
    struct c8d__container *container = subject->container;
    const struct c8d_input *input = subject->input;
    bool of_snapshot = input->request == C8D_REQUEST_SNAPSHOT;
    uint64_t effects;

    if (c8d__is_unanswered(input->symbol)) {
        effects = c8d__query(subject, &container->task_query, C8D_REGION_TASK, input->symbol);
        return effects != 0 ? C8D_ACCEPTED : C8D_LATE;
    }
    effects = c8d__query(subject, &container->task_query, C8D_REGION_TASK,
                         of_snapshot ? C8D_SYM_SNAPSHOT : C8D_SYM_ANSWERED);
    if ((effects & C8D_FX(FRESH)) != 0)
        return take_answer(subject) ? C8D_ACCEPTED : C8D_LATE;
    if (effects == 0)
        return C8D_LATE;
    (void)take(subject, C8D_SYM_IS_STALE);
    return C8D_ACCEPTED;
}

enum c8d_outcome c8d__task_input(struct c8d__subject *subject)
{
    switch (c8d_symbol_class((enum c8d_symbol)subject->input->symbol)) {
    case C8D_CLASS_COMMAND:
        return task_command(subject);
    case C8D_CLASS_REPLY:
        return task_reply(subject);
    case C8D_CLASS_EVENT:
        return task_event(subject);
    case C8D_CLASS_ANSWER:
        return task_answer(subject);
    case C8D_CLASS_LINK:
        if (subject->input->symbol == C8D_SYM_RETRY)
            return c8d__query(subject, &subject->container->task_query, C8D_REGION_TASK, C8D_SYM_RETRY) != 0
                       ? C8D_ACCEPTED
                       : C8D_LATE;
        return C8D_IMPOSSIBLE;
    default: /* C8D_CLASS_INTERNAL */
        return C8D_IMPOSSIBLE;
    }
}
