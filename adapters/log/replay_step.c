/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines into steps of the model.
 *
 * The model may answer an event with a query for the present state. A log has nobody to be asked, so the
 * event that made the model ask is its own witness. A recording holds the answers, and there nothing is made
 * up.
 */
#include "client/meaning.h"
#include "replay.h"
#include "testimony.h"

static void collect_asks(struct c8d__store *store)
{
    for (uint32_t i = 0; i < store->actions.count; i++) {
        const struct c8d_action *action = &store->actions.items[i];

        if (action->kind == C8D_ACTION_COMMAND && action->what == C8D_COMMAND_LIST)
            store->list_number = action->request;
        if (action->kind == C8D_ACTION_COMMAND && action->what == C8D_COMMAND_QUERY &&
            store->n_asks < store->actions.capacity)
            store->asks[store->n_asks++] =
                (struct c8d__ask){action->region, action->container, action->process};
    }
}

static struct c8d_process_view view_of(const struct c8d_replay *replay, c8d_ref container, c8d_ref process)
{
    struct c8d_process_view view = {0};

    (void)c8d_model_view_process(replay->store.model, container, process, &view);
    return view;
}

static void step_and_tell(struct c8d_replay *replay, const struct c8d_input *input)
{
    const struct c8d__before before = c8d__look_before(replay, input->container, input->process);

    (void)c8d_model_step(replay->store.model, input, &replay->store.actions);
    c8d__tell_step(replay, input, &before);
}

/* `before`: the subject's view, which is changed. */
static void step_from(struct c8d_replay *replay, const struct c8d_input *input,
                      struct c8d_process_view *before)
{
    struct c8d__store *store = &replay->store;

    if (replay->sink.step != NULL)
        step_and_tell(replay, input);
    else
        (void)c8d_model_step(store->model, input, &store->actions);
    c8d__tell_finding(replay, input, before);
    c8d__follow_runs(replay, input, before);
    collect_asks(store);
}

void c8d__replay_step(struct c8d_replay *replay, const struct c8d_input *input)
{
    struct c8d_process_view before = view_of(replay, input->container, input->process);

    step_from(replay, input, &before);
}

/* ---- events
 * --------------------------------------------------------------------------------------------------- */

/* An end told of another process than the one that is known says nothing of that one. */
static bool is_end_of_another(const struct c8d_input *event, uint32_t known_pid)
{
    return (event->symbol == C8D_SYM_EXITED || event->symbol == C8D_SYM_DELETED) && event->pid != 0 &&
           known_pid != 0 && event->pid != known_pid;
}

static bool is_over_for_good(const struct c8d_replay *replay, const struct c8d__ask *ask)
{
    const struct c8d_process_view view = view_of(replay, ask->container, ask->process);

    return c8d__is_over_for_good(replay, &view);
}

/* Answers one question with what the event testifies; leaves it open when that is nothing. */
static void answer(struct c8d_replay *replay, const struct c8d_input *event, uint32_t pid_before,
                   const struct c8d__ask *ask)
{
    struct c8d_input input = *event;

    input.region = ask->region;
    input.container = ask->container;
    input.process = ask->process;
    if (ask->region != C8D_REGION_CONTAINER && ask->process != event->process &&
        event->process == C8D_REF_NONE) {
        /* About an exec: its task went, or it would not be asked for. */
        input.symbol = C8D_SYM_IS_ABSENT;
        input.pid = 0;
        input.exit_known = false;
        input.exit_code = 0;
        input.exited_at_ns = 0;
    } else if (event->symbol == C8D_SYM_STARTED && is_over_for_good(replay, ask)) {
        input.symbol = C8D_SYM_IS_STOPPED;
    } else if (!is_end_of_another(event, pid_before)) {
        input.symbol = (uint8_t)c8d__testimony_of((enum c8d_symbol)event->symbol);
    } else {
        input.symbol = C8D_SYM_NONE;
    }
    if (input.symbol != C8D_SYM_NONE)
        c8d__replay_step(replay, &input);
}

static bool is_asked_for(const struct c8d_process_view *view)
{
    return view->query == C8D_QUERY_ASKED || view->query == C8D_QUERY_DISTURBED;
}

/*
 * Every answer may lead to further questions: a stale one is asked again, and the end of a task asks for each
 * of its execs. More rounds than this only happen when an answer does not settle its question.
 */
static void answer_all(struct c8d_replay *replay, const struct c8d_input *event, uint32_t pid_before)
{
    struct c8d__store *store = &replay->store;
    uint32_t rounds = 4 * store->actions.capacity;

    while (store->n_asks > 0 && rounds-- > 0) {
        struct c8d__ask ask = store->asks[--store->n_asks];

        answer(replay, event, pid_before, &ask);
    }
    store->n_asks = 0;
}

/* An oom is published on a way of its own beside the other events (containerd#8180): next to them, its time
 * may be either side of theirs in a healthy log. */
static void check_time(struct c8d_replay *replay, const struct c8d_input *input)
{
    int64_t *last = &c8d__container_note_of(replay, input->container)->last_time_ns;

    if (replay->time_ns == 0 || input->symbol == C8D_SYM_OOM)
        return;
    if (replay->time_ns < *last)
        c8d__tell_time(replay, input->container, input->process);
    *last = replay->time_ns;
}

void c8d__replay_settle(struct c8d_replay *replay, const struct c8d_input *event,
                        struct c8d_process_view *before)
{
    struct c8d__store *store = &replay->store;
    bool was_asked_for = is_asked_for(before);
    uint32_t pid_before = before->pid;

    store->n_asks = 0;
    replay->event = event->symbol;
    step_from(replay, event, before);
    /* A question that an earlier event could not answer is still open. */
    if (was_asked_for)
        store->asks[store->n_asks++] =
            (struct c8d__ask){C8D_REGION_PROCESS, event->container, event->process};
    answer_all(replay, event, pid_before);
}

enum c8d_status c8d__replay_event(struct c8d_replay *replay, const struct c8d_log_record *record)
{
    const struct c8d_event *event = &record->event;
    struct c8d_input input = c8d__input_of_event(event);
    enum c8d_status status = c8d__store_open(replay, event->namespace_, event->container, event->process,
                                             &input.container, &input.process);
    struct c8d_process_view before;

    if (status != C8D_OK)
        return status;
    replay->record_format = record->format;
    check_time(replay, &input);
    c8d__replay_implied(replay, record, &input);
    before = view_of(replay, input.container, input.process);
    c8d__replay_settle(replay, &input, &before);
    c8d__touch(replay, input.container, input.symbol == C8D_SYM_EXITED || input.symbol == C8D_SYM_DELETED);
    return C8D_OK;
}

/* ---- recorded inputs
 * ------------------------------------------------------------------------------------------ */

/* The steps of a snapshot's end are not recorded: they follow from it. */
static void sweep(struct c8d_replay *replay)
{
    const struct c8d_actions *actions = &replay->store.actions;

    while (c8d_model_list_sweep(replay->store.model, &replay->store.actions)) {
        struct c8d_input subject = {.region = C8D_REGION_CONNECTION};
        struct c8d__before before = {0};

        if (actions->count > 0) {
            subject.container = actions->items[0].container;
            subject.process = actions->items[0].process;
        }
        c8d__tell_step(replay, &subject, &before);
        c8d__tell_finding(replay, &subject, &before.process);
        c8d__follow_runs(replay, &subject, &before.process);
    }
}

static void replay_link(struct c8d_replay *replay, const struct c8d_input *input)
{
    struct c8d_input numbered = *input;

    if (input->symbol == C8D_SYM_LISTING) {
        c8d_model_list_begin(replay->store.model);
        return;
    }
    if (input->symbol == C8D_SYM_LISTED || input->symbol == C8D_SYM_LIST_FAILED)
        numbered.request = c8d__replay_list_number(replay, input->request);
    if (input->symbol == C8D_SYM_LISTED)
        sweep(replay);
    c8d__replay_step(replay, &numbered);
    if (input->symbol == C8D_SYM_LISTED)
        c8d__replay_ask_again(replay);
}

static void replay_killed(struct c8d_replay *replay, const struct c8d_input *input)
{
    struct c8d_process_view before = view_of(replay, input->container, input->process);

    (void)c8d_model_killed(replay->store.model, input->container, input->process, input->request,
                           (enum c8d_status)input->status, &replay->store.actions);
    c8d__follow_runs(replay, input, &before);
}

enum c8d_status c8d__replay_input(struct c8d_replay *replay, const struct c8d_log_record *record)
{
    struct c8d_input input = record->input;
    enum c8d_status status;

    replay->event = C8D_SYM_NONE;
    replay->record_format = C8D_LOG_C8D;
    /* What was nobody's when it was recorded is nobody's now. */
    if (record->outcome == C8D_FOREIGN)
        return C8D_OK;
    if (record->resumed) {
        c8d__replay_resume(replay);
        return C8D_OK;
    }
    if (input.region == C8D_REGION_CONNECTION) {
        replay_link(replay, &input);
        return C8D_OK;
    }
    status = c8d__store_open(replay, record->namespace_, record->container, record->process, &input.container,
                             &input.process);
    /* An exec cannot have its container's name, so nothing can have happened to it. */
    if (status == C8D_INVALID)
        return C8D_OK;
    if (status != C8D_OK)
        return status;
    check_time(replay, &input);
    if (record->killed)
        replay_killed(replay, &input);
    else
        c8d__replay_step(replay, &input);
    c8d__touch(replay, input.container, true);
    return C8D_OK;
}
