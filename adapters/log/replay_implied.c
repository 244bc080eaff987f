/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a log says without writing it down.
 *
 * docker, podman and the CRI tell of a container as its user sees it: a start is the creation of a task and
 * its start in one, the next start and the removal of the container delete the task before, an end may be for
 * lack of memory, and no event has a pid. The model is given what each of them implies, in containerd's
 * words. containerd itself leaves but one thing to be concluded: with its container a task is gone.
 */
#include "replay.h"

bool c8d__is_coarse(enum c8d_log_format format)
{
    return format == C8D_LOG_DOCKER || format == C8D_LOG_PODMAN || format == C8D_LOG_CRICTL;
}

static struct c8d_process_view init_of(const struct c8d_replay *replay, c8d_ref container)
{
    struct c8d_process_view view = {0};

    (void)c8d_model_view_process(replay->store.model, container, C8D_REF_NONE, &view);
    return view;
}

static void imply(struct c8d_replay *replay, const struct c8d_input *input, enum c8d_symbol symbol)
{
    const struct c8d_input implied = {
        .region = C8D_REGION_PROCESS,
        .symbol = (uint8_t)symbol,
        .container = input->container,
        .process = input->process,
    };
    struct c8d_process_view view = {0};

    (void)c8d_model_view_process(replay->store.model, input->container, input->process, &view);
    replay->implying = true;
    c8d__replay_settle(replay, &implied, &view);
    replay->implying = false;
}

/* There is, or was, more of it in this log than the event that is to come; and it may have another run. */
static bool has_history(struct c8d_replay *replay, c8d_ref container, const struct c8d_process_view *init)
{
    struct c8d_container_view view = {0};

    if (c8d__container_note_of(replay, container)->removed)
        return false;
    (void)c8d_model_view_container(replay->store.model, container, &view);
    return init->incarnation > 0 || view.state == C8D_CONTAINER_PRESENT;
}

/* In the CRI a container has one run: another start is a late one. */
static bool runs_once(enum c8d_log_format format)
{
    return format == C8D_LOG_CRICTL;
}

/* From its removal on it is over, until it is made or starts again. */
static bool is_after_removal(struct c8d_replay *replay, c8d_ref container, enum c8d_event_kind kind)
{
    if (kind == C8D_EVENT_CONTAINER_CREATE || kind == C8D_EVENT_TASK_START)
        return false;
    return kind == C8D_EVENT_CONTAINER_DELETE || c8d__container_note_of(replay, container)->removed;
}

static void imply_of_init(struct c8d_replay *replay, const struct c8d_input *input,
                          const struct c8d_log_record *record)
{
    const struct c8d_process_view init = init_of(replay, input->container);
    bool is_there =
        init.public_state != C8D_STATE_DELETED && init.incarnation > 0 && init.state != C8D_PROCESS_ABSENT;

    c8d__container_note_of(replay, input->container)->removed =
        is_after_removal(replay, input->container, record->event.kind);
    switch (record->event.kind) {
    case C8D_EVENT_TASK_START:
        if (is_there && runs_once(record->format))
            break;
        if (is_there)
            imply(replay, input, C8D_SYM_DELETED);
        imply(replay, input, C8D_SYM_CREATED);
        break;
    case C8D_EVENT_TASK_EXIT:
        /* A start that failed is told as an end by some. */
        if (!is_there && has_history(replay, input->container, &init))
            imply(replay, input, C8D_SYM_CREATED);
        if (record->oom)
            imply(replay, input, C8D_SYM_OOM);
        break;
    case C8D_EVENT_CONTAINER_DELETE:
        if (is_there)
            imply(replay, input, C8D_SYM_DELETED);
        break;
    default:
        break;
    }
}

/* podman tells of an exec's end, with its id, and of its beginning without; of docker's the beginning may be
 * before the log's. */
static void imply_of_exec(struct c8d_replay *replay, const struct c8d_input *input)
{
    struct c8d_process_view exec = {0};

    (void)c8d_model_view_process(replay->store.model, input->container, input->process, &exec);
    if (input->symbol == C8D_SYM_EXITED && exec.incarnation == 0)
        imply(replay, input, C8D_SYM_CREATED);
}

/* Every client of containerd deletes the task first. The event of that may come a little later, and so does
 * not the exit that went before it. */
static void imply_of_record(struct c8d_replay *replay, const struct c8d_input *input,
                            const struct c8d_log_record *record)
{
    struct c8d_process_view init;

    if (record->event.kind != C8D_EVENT_CONTAINER_DELETE)
        return;
    init = init_of(replay, input->container);
    if (init.public_state == C8D_STATE_RUNNING || init.public_state == C8D_STATE_PAUSED)
        imply(replay, input, C8D_SYM_DELETED);
}

void c8d__replay_implied(struct c8d_replay *replay, const struct c8d_log_record *record,
                         const struct c8d_input *input)
{
    if (!c8d__is_coarse(record->format))
        imply_of_record(replay, input, record);
    else if (input->process == C8D_REF_NONE)
        imply_of_init(replay, input, record);
    else
        imply_of_exec(replay, input);
}

bool c8d__is_over_for_good(const struct c8d_replay *replay, const struct c8d_process_view *view)
{
    return view->ended && runs_once(replay->record_format);
}

bool c8d__is_in_the_nature_of(struct c8d_replay *replay, enum c8d_finding finding,
                              const struct c8d_input *input, const struct c8d_process_view *before)
{
    enum c8d_log_format format = replay->record_format;

    switch (finding) {
    case C8D_FINDING_PID_ZERO_EXIT:
        return c8d__is_coarse(format);
    case C8D_FINDING_DUPLICATE_EXIT:
        /* A line of a daemon's log is one handling of the event, of which there may be several. */
        return format == C8D_LOG_CONTAINERD && input->exited_at_ns != 0 &&
               input->exited_at_ns == before->exit.at_ns;
    case C8D_FINDING_EXEC_AFTER_EXIT:
        /* It is the end of the exec that came after the task's, as ends may; when it began is not told. */
        return replay->implying;
    default:
        return false;
    }
}
