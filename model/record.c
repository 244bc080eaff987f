/* SPDX-License-Identifier: Apache-2.0 */
/* The record of one container. It has no notices: the consumer's own calls tell it all there is to know. */
#include "engine.h"

static void command(struct c8d__subject *subject, uint64_t effects)
{
    struct c8d_action *action = NULL;

    if ((effects & C8D_FX(CALL_CREATE)) != 0)
        action = c8d__emit(subject, C8D_ACTION_COMMAND, C8D_COMMAND_CREATE, C8D_REGION_CONTAINER);
    if ((effects & C8D_FX(CALL_DELETE)) != 0)
        action = c8d__emit(subject, C8D_ACTION_COMMAND, C8D_COMMAND_DELETE, C8D_REGION_CONTAINER);
    if (action != NULL)
        action->request = c8d__request_behind(subject, c8d__rest_of_container(subject)->record_request);
}

static uint64_t query(struct c8d__subject *subject, uint8_t symbol)
{
    return c8d__query(subject, &subject->container->record_query, C8D_REGION_CONTAINER, symbol);
}

static bool take(struct c8d__subject *subject, uint8_t symbol)
{
    struct c8d__container *container = subject->container;
    uint8_t before = container->record;
    uint64_t effects = 0;

    if (!c8d__container_step(&container->record, symbol, &effects))
        return false;
    /* Its creation was watched (our own call, or the event): whatever happens to its task is observed from
     * the start. */
    if (symbol == C8D_SYM_CREATED || (before == C8D_CONTAINER_CREATING && symbol == C8D_SYM_OK))
        container->flags |= C8D__RECORD_BORN;
    c8d__complete(subject, C8D_REGION_CONTAINER, &c8d__rest_of_container(subject)->record_request, effects);
    command(subject, effects);
    if (c8d__query_sleeps(container->record_query, effects))
        return true;
    /* A replacement loads in the step that told it that its create was in vain, which has asked already. */
    if (symbol == C8D_SYM_LOAD && subject->input->request == C8D__REQUEST_REPLACE)
        return true;
    query(subject, C8D_SYM_STIR); /* nothing to an idle one, as it is after its answer */
    if ((effects & C8D_FX(ASK)) != 0)
        query(subject, C8D_SYM_ASK);
    if ((effects & C8D_FX(DEFER)) != 0)
        query(subject, C8D_SYM_DEFER);
    if (!c8d__record_calls(container->record))
        query(subject, C8D_SYM_SETTLED);
    return true;
}

static enum c8d_outcome refuse(struct c8d__subject *subject, enum c8d_status status)
{
    c8d__emit_done(subject, C8D_REGION_CONTAINER, subject->input->request, status);
    return C8D_IMPOSSIBLE;
}

static enum c8d_outcome record_command(struct c8d__subject *subject)
{
    struct c8d__container *container = subject->container;
    uint64_t *request = &c8d__rest_of_container(subject)->record_request;
    uint64_t before = *request;
    uint8_t symbol = subject->input->symbol;

    if (symbol == C8D_SYM_REPLACE)
        return c8d__replace(subject);
    if (symbol >= C8D_SYM_WISH_NONE)
        return c8d__wish(subject);
    /* A record with a task is not deleted: its processes would run on without a name. */
    if (symbol == C8D_SYM_DELETE && container->init.state != C8D_PROCESS_ABSENT &&
        container->record != C8D_CONTAINER_ABSENT)
        return refuse(subject, C8D_CONFLICT);
    *request = subject->input->request;
    if (take(subject, symbol)) {
        if (symbol == C8D_SYM_DELETE)
            container->flags |= C8D__DUE_DELETED;
        return C8D_ACCEPTED;
    }
    *request = before;
    return refuse(subject, c8d__refusal(C8D_MACHINE_CONTAINER, container->record, symbol));
}

static enum c8d_outcome record_answer(struct c8d__subject *subject)
{
    const struct c8d_input *input = subject->input;
    bool of_snapshot = input->request == C8D_REQUEST_SNAPSHOT;
    uint64_t effects;

    if (c8d__is_unanswered(input->symbol))
        return query(subject, input->symbol) != 0 ? C8D_ACCEPTED : C8D_LATE;
    effects = query(subject, of_snapshot ? C8D_SYM_SNAPSHOT : C8D_SYM_ANSWERED);
    if ((effects & C8D_FX(FRESH)) != 0)
        return take(subject, input->symbol) ? C8D_ACCEPTED : C8D_LATE;
    if (effects == 0)
        return C8D_LATE;
    (void)take(subject, C8D_SYM_IS_STALE);
    return C8D_ACCEPTED;
}

static enum c8d_outcome record_reply(struct c8d__subject *subject)
{
    struct c8d__container *container = subject->container;
    uint8_t before = container->record;

    if (!take(subject, subject->input->symbol))
        return c8d__outcome_without_arrow(false, subject->input->symbol);
    /* A delete that was refused, or that may not have happened, causes no event that could be counted on. */
    if (subject->input->symbol != C8D_SYM_OK)
        container->flags &= (uint8_t)~C8D__DUE_DELETED;
    /* Refused, and yet a creation was seen, then or before: somebody else may have made it. */
    if (before == C8D_CONTAINER_CREATING && container->record == C8D_CONTAINER_ABSENT &&
        (container->flags & C8D__RECORD_BORN) != 0)
        (void)take(subject, C8D_SYM_VERIFY);
    return C8D_ACCEPTED;
}

static enum c8d_outcome record_event(struct c8d__subject *subject)
{
    struct c8d__container *container = subject->container;
    bool was_due = subject->input->symbol == C8D_SYM_DELETED && (container->flags & C8D__DUE_DELETED) != 0;

    /* The event of our own delete may come when the next record of that name is there already. */
    if (was_due) {
        container->flags &= (uint8_t)~C8D__DUE_DELETED;
        return C8D_ACCEPTED;
    }
    if (take(subject, subject->input->symbol))
        return C8D_ACCEPTED;
    query(subject, C8D_SYM_STIR);
    return c8d__outcome_without_arrow(false, subject->input->symbol);
}

enum c8d_outcome c8d__record_input(struct c8d__subject *subject)
{
    uint8_t symbol = subject->input->symbol;

    switch (c8d_symbol_class((enum c8d_symbol)symbol)) {
    case C8D_CLASS_COMMAND:
        return record_command(subject);
    case C8D_CLASS_ANSWER:
        return record_answer(subject);
    case C8D_CLASS_LINK:
        if (symbol == C8D_SYM_RETRY)
            return query(subject, C8D_SYM_RETRY) != 0 ? C8D_ACCEPTED : C8D_LATE;
        if (symbol == C8D_SYM_AGAIN || symbol == C8D_SYM_STEADY)
            return c8d__wish_timer(subject);
        if (symbol != C8D_SYM_VERIFY)
            return C8D_IMPOSSIBLE;
        (void)take(subject, symbol);
        return C8D_ACCEPTED;
    case C8D_CLASS_EVENT:
        return record_event(subject);
    case C8D_CLASS_REPLY:
        return record_reply(subject);
    default: /* C8D_CLASS_INTERNAL */
        return C8D_IMPOSSIBLE;
    }
}
