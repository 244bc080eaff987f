/* SPDX-License-Identifier: Apache-2.0 */
/* Runs: one for every process of every incarnation, given when the next one begins or at the end of the log.
 */
#include "replay.h"
#include <stdlib.h>

static struct c8d_str process_name(const struct c8d_replay *replay,
                                   const struct c8d_container_view *container, c8d_ref process)
{
    return process != C8D_REF_NONE ? c8d_model_exec_id(replay->store.model, process) : container->id;
}

static void give_anew(struct c8d_replay *replay, c8d_ref container, c8d_ref process,
                      const struct c8d_process_view *view, bool is_last)
{
    struct c8d__note *note = c8d__note_of(replay, container, process);
    struct c8d_container_view owner = {0};
    struct c8d_replay_run run = {
        .incarnation = view->incarnation,
        .state = note->deleted ? C8D_STATE_DELETED : (enum c8d_public_state)view->public_state,
        .pid = view->pid,
        .oom = view->oom,
        .exit = view->ended ? view->exit : (struct c8d_exit){0},
        .started_at_ns = note->started_at_ns,
        .first_line = note->first_line,
        .last_line = note->last_line,
        .is_last = is_last,
    };

    (void)c8d_model_view_container(replay->store.model, container, &owner);
    run.namespace_ = owner.namespace_;
    run.container = owner.id;
    run.process = process_name(replay, &owner, process);
    note->given = view->incarnation;
    replay->summary.runs++;
    replay->sink.run(replay->sink.user, &run);
}

static void give(struct c8d_replay *replay, c8d_ref container, c8d_ref process,
                 const struct c8d_process_view *view, bool is_last)
{
    if (view->incarnation != 0 && c8d__note_of(replay, container, process)->given != view->incarnation)
        give_anew(replay, container, process, view, is_last);
}

void c8d__give_run(struct c8d_replay *replay, c8d_ref container, c8d_ref process,
                   const struct c8d_process_view *view)
{
    give(replay, container, process, view, true);
}

/* The incarnation that was there before the step has come to its end within the step. */
static void end_run(struct c8d_process_view *view, const struct c8d_action *notice)
{
    view->ended = true;
    view->public_state = notice->what == C8D_NOTICE_DELETED ? C8D_STATE_DELETED : C8D_STATE_STOPPED;
    view->exit = (struct c8d_exit){.known = notice->exit_known,
                                   .ran = notice->ran,
                                   .code = notice->exit_code,
                                   .at_ns = notice->exited_at_ns};
}

/* True when the line is the one that tells of a start: the event, or the reply to the call. What an exit or a
 * snapshot lets conclude has begun before. */
static bool tells_start(const struct c8d_replay *replay, const struct c8d_input *subject)
{
    return replay->event == C8D_SYM_STARTED || subject->symbol == C8D_SYM_STARTED ||
           subject->symbol == C8D_SYM_OK;
}

static void follow(struct c8d_replay *replay, const struct c8d_input *subject,
                   const struct c8d_action *notice, struct c8d_process_view *before)
{
    struct c8d__note *note = c8d__note_of(replay, notice->container, notice->process);

    if (notice->what != C8D_NOTICE_CREATE && notice->what != C8D_NOTICE_EXEC_ADDED)
        note->last_line = replay->line;
    switch (notice->what) {
    case C8D_NOTICE_CREATE:
    case C8D_NOTICE_EXEC_ADDED:
        give(replay, notice->container, notice->process, before, false);
        note->first_line = replay->line;
        note->started_at_ns = 0;
        note->exit_line = 0;
        note->deleted = false;
        note->last_line = replay->line;
        break;
    case C8D_NOTICE_START:
    case C8D_NOTICE_EXEC_STARTED:
        note->started_at_ns = tells_start(replay, subject) ? replay->time_ns : 0;
        break;
    case C8D_NOTICE_EXIT:
        note->exit_line = replay->line;
        end_run(before, notice);
        break;
    case C8D_NOTICE_DELETED:
        note->deleted = true;
        if (before->ended)
            end_run(before, notice);
        break;
    default:
        break;
    }
}

void c8d__follow_runs(struct c8d_replay *replay, const struct c8d_input *subject,
                      struct c8d_process_view *before)
{
    const struct c8d_actions *actions = &replay->store.actions;

    /* Too late to be told of, but here it stands. */
    if (actions->finding == C8D_FINDING_EXIT_BEFORE_START)
        c8d__note_of(replay, subject->container, subject->process)->started_at_ns = replay->time_ns;
    for (uint32_t i = 0; i < actions->count; i++) {
        const struct c8d_action *action = &actions->items[i];

        if (action->kind != C8D_ACTION_NOTICE || action->container == C8D_REF_NONE)
            continue;
        if (action->process == subject->process) {
            follow(replay, subject, action, before);
        } else {
            /* A step begins no incarnation but the subject's; it may end those of a task's execs. */
            struct c8d_process_view other = {0};

            follow(replay, subject, action, &other);
        }
    }
}

static void give_backwards(struct c8d_replay *replay, c8d_ref container, c8d_ref *execs, uint32_t room)
{
    const struct c8d_model *model = replay->store.model;
    uint32_t n = 0;

    for (c8d_ref exec = c8d_model_next_exec(model, container, C8D_REF_NONE); exec != C8D_REF_NONE && n < room;
         exec = c8d_model_next_exec(model, container, exec))
        execs[n++] = exec;
    while (n-- > 0) {
        struct c8d_process_view view = {0};

        (void)c8d_model_view_process(model, container, execs[n], &view);
        c8d__give_run(replay, container, execs[n], &view);
    }
}

/* The model has them the other way round. Few have more than some health checks. */
enum c8d_status c8d__give_execs(struct c8d_replay *replay, c8d_ref container)
{
    const struct c8d_allocator *heap = replay->allocator;
    struct c8d_container_view owner = {0};
    c8d_ref few[16];
    c8d_ref *execs;

    (void)c8d_model_view_container(replay->store.model, container, &owner);
    if (owner.execs <= sizeof(few) / sizeof(few[0])) {
        give_backwards(replay, container, few, owner.execs);
        return C8D_OK;
    }
    execs = heap->allocate(heap->ctx, owner.execs * sizeof(c8d_ref));
    if (execs == NULL)
        return C8D_EXHAUSTED;
    give_backwards(replay, container, execs, owner.execs);
    heap->release(heap->ctx, execs, owner.execs * sizeof(c8d_ref));
    return C8D_OK;
}

struct place {
    uint64_t line;
    c8d_ref container;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;

    return left->line < right->line ? -1 : left->line > right->line;
}

static enum c8d_status give_rest_of(struct c8d_replay *replay, const struct place *place)
{
    struct c8d_process_view init = {0};

    replay->order = C8D__ORDER_OF_REST + place->line;
    (void)c8d_model_view_process(replay->store.model, place->container, C8D_REF_NONE, &init);
    c8d__give_run(replay, place->container, C8D_REF_NONE, &init);
    return c8d__give_execs(replay, place->container);
}

enum c8d_status c8d__give_all_runs(struct c8d_replay *replay)
{
    const struct c8d_allocator *heap = replay->allocator;
    const struct c8d_model *model = replay->store.model;
    size_t bytes = replay->store.n_containers * sizeof(struct place);
    struct place *places;
    enum c8d_status status = C8D_OK;
    size_t n = 0;

    if (bytes == 0)
        return C8D_OK;
    places = heap->allocate(heap->ctx, bytes);
    if (places == NULL)
        return C8D_EXHAUSTED;
    for (c8d_ref container = c8d_model_next(model, C8D_REF_NONE);
         container != C8D_REF_NONE && n < replay->store.n_containers;
         container = c8d_model_next(model, container))
        places[n++] = (struct place){c8d__container_note_of(replay, container)->first_line, container};
    qsort(places, n, sizeof(*places), compare_places);
    for (size_t i = 0; i < n && status == C8D_OK; i++)
        status = give_rest_of(replay, &places[i]);
    heap->release(heap->ctx, places, bytes);
    return status;
}
