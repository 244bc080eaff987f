/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is over is told and let go, so that memory follows what lives and not how long the log is.
 *
 * An end is often not the last that is said: an exit comes twice, an oom late. So a container that is over is
 * kept until so many lines have passed without one about it. What comes later finds it unknown. The lines are
 * those of the whole log, so that the same is told whoever else is in it and however the work is divided.
 */
#include "replay.h"

#define REMEMBERED_LINES ((uint64_t)1 << 16)

/* ---- the queue, longest silent first
 * -------------------------------------------------------------------- */

static struct c8d__container_note *note_at(struct c8d_replay *replay, uint32_t link)
{
    return &replay->store.containers[link - 1];
}

static uint32_t link_of(c8d_ref container)
{
    return (uint32_t)container + 1;
}

static void unlink_note(struct c8d_replay *replay, struct c8d__container_note *note)
{
    struct c8d__store *store = &replay->store;

    if (note->older != 0)
        note_at(replay, note->older)->younger = note->younger;
    else
        store->oldest = note->younger;
    if (note->younger != 0)
        note_at(replay, note->younger)->older = note->older;
    else
        store->youngest = note->older;
    note->older = 0;
    note->younger = 0;
    note->queued = false;
}

static void append(struct c8d_replay *replay, struct c8d__container_note *note)
{
    struct c8d__store *store = &replay->store;
    uint32_t link = link_of(note->self);

    note->older = store->youngest;
    if (store->youngest != 0)
        note_at(replay, store->youngest)->younger = link;
    else
        store->oldest = link;
    store->youngest = link;
    note->queued = true;
}

void c8d__touch(struct c8d_replay *replay, c8d_ref container, bool ends)
{
    struct c8d__container_note *note = c8d__container_note_of(replay, container);

    note->last_line = replay->line;
    if (note->queued)
        unlink_note(replay, note);
    else if (!ends)
        return;
    append(replay, note);
}

/* ---- what may go
 * ---------------------------------------------------------------------------------------- */

/* In a recording a task counts as over when it was deleted: its client may have more to do with it. */
static bool process_is_over(const struct c8d_replay *replay, const struct c8d_process_view *view)
{
    return view->state == C8D_PROCESS_ABSENT ||
           (replay->format != C8D_LOG_C8D && view->public_state == C8D_STATE_STOPPED);
}

static bool is_over(const struct c8d_replay *replay, c8d_ref container, const struct c8d_process_view *init)
{
    const struct c8d_model *model = replay->store.model;
    struct c8d_container_view owner = {0};
    struct c8d_process_view view = {0};

    (void)c8d_model_view_container(model, container, &owner);
    if (owner.state == C8D_CONTAINER_PRESENT || !process_is_over(replay, init))
        return false;
    for (c8d_ref exec = c8d_model_next_exec(model, container, C8D_REF_NONE); exec != C8D_REF_NONE;
         exec = c8d_model_next_exec(model, container, exec)) {
        (void)c8d_model_view_process(model, container, exec, &view);
        if (!process_is_over(replay, &view))
            return false;
    }
    return true;
}

/* A log does not always show that what has ended was deleted. Nobody is told of this. */
static void bring_to_rest(struct c8d_replay *replay, c8d_ref container, c8d_ref process,
                          const struct c8d_process_view *view)
{
    struct c8d__store *store = &replay->store;
    const struct c8d_input deleted = {.region = C8D_REGION_PROCESS,
                                      .symbol = C8D_SYM_DELETED,
                                      .container = container,
                                      .process = process,
                                      .pid = view->pid};

    if (view->state != C8D_PROCESS_ABSENT)
        (void)c8d_model_step(store->model, &deleted, &store->actions);
}

void c8d__forget_exec(struct c8d_replay *replay, c8d_ref container, c8d_ref exec)
{
    struct c8d__note *note = c8d__note_of(replay, container, exec);
    struct c8d_process_view view = {0};

    (void)c8d_model_view_process(replay->store.model, container, exec, &view);
    bring_to_rest(replay, container, exec, &view);
    if (note->held)
        c8d_model_release(replay->store.model, container, exec);
    note->held = false;
    (void)c8d_model_forget(replay->store.model, container, exec);
}

static void forget(struct c8d_replay *replay, c8d_ref container, const struct c8d_process_view *init)
{
    struct c8d_model *model = replay->store.model;
    c8d_ref exec;

    c8d__give_run(replay, container, C8D_REF_NONE, init);
    replay->failure = c8d__give_execs(replay, container);
    bring_to_rest(replay, container, C8D_REF_NONE, init);
    while ((exec = c8d_model_next_exec(model, container, C8D_REF_NONE)) != C8D_REF_NONE) {
        c8d__forget_exec(replay, container, exec);
        if (c8d_model_next_exec(model, container, C8D_REF_NONE) == exec)
            break;
    }
    c8d_model_release(model, container, C8D_REF_NONE);
    if (replay->store.last == container)
        replay->store.last = C8D_REF_NONE;
    /* Something is still owed an answer: it stays, and is let go after the next time it ends. */
    if (c8d_model_forget(model, container, C8D_REF_NONE))
        replay->store.n_containers--;
    else
        (void)c8d_model_hold(model, container, C8D_REF_NONE);
}

void c8d__forget_old(struct c8d_replay *replay, uint64_t line)
{
    struct c8d__store *store = &replay->store;

    while (store->oldest != 0 && replay->failure == C8D_OK) {
        struct c8d__container_note *note = note_at(replay, store->oldest);
        c8d_ref container = note->self;
        struct c8d_process_view init = {0};

        if (note->last_line + REMEMBERED_LINES >= line)
            break;
        unlink_note(replay, note);
        replay->order = 2 * (note->last_line + REMEMBERED_LINES) + 2;
        (void)c8d_model_view_process(store->model, container, C8D_REF_NONE, &init);
        if (is_over(replay, container, &init))
            forget(replay, container, &init);
    }
}
