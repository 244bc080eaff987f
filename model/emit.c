/* SPDX-License-Identifier: Apache-2.0 */
/* Actions out: each is written with all that is known of its subject at that moment. */
#include "engine.h"
#include <string.h>

static bool tells_an_end(const struct c8d_action *action)
{
    return action->kind == C8D_ACTION_NOTICE &&
           (action->what == C8D_NOTICE_EXIT || action->what == C8D_NOTICE_DELETED);
}

static void add_process(struct c8d_action *action, const struct c8d__process *process)
{
    action->incarnation = process->incarnation;
    action->pid = process->pid;
    action->ran = (process->flags & C8D__STARTED) != 0;
    if (!tells_an_end(action))
        return;
    action->exit_known = (process->flags & C8D__EXIT_KNOWN) != 0;
    action->exit_code = action->exit_known ? process->exit_code : 0;
    action->exited_at_ns = process->exited_at_ns;
}

/* How long the reply to each call is worth waiting for. */
static enum c8d_patience patience_of(unsigned command)
{
    switch (command) {
    case C8D_COMMAND_CREATE:
    case C8D_COMMAND_START:
    case C8D_COMMAND_DELETE:
    case C8D_COMMAND_CHECKPOINT:
        return C8D_PATIENCE_LONG;
    case C8D_COMMAND_TIMER:
        return C8D_PATIENCE_EXEC;
    case C8D_COMMAND_RETRY:
        return C8D_PATIENCE_NONE;
    default:
        return C8D_PATIENCE_SHORT;
    }
}

struct c8d_action *c8d__emit(struct c8d__subject *subject, enum c8d_action_kind kind, unsigned what,
                             enum c8d_region region)
{
    /* The caller's array has room for the most that a step can give; a smaller one would lose a command, so
     * it is a fault that must not go unnoticed: the last place is then written over. */
    uint32_t at = subject->actions->count < subject->actions->capacity ? subject->actions->count++
                                                                       : subject->actions->capacity - 1;
    struct c8d_action *action = &subject->actions->items[at];

    memset(action, 0, sizeof(*action));
    action->kind = (uint8_t)kind;
    action->what = (uint8_t)what;
    action->region = (uint8_t)region;
    action->cause = subject->cause;
    if (subject->container != NULL)
        action->container = c8d__container_ref(subject->model, subject->container);
    action->process = c8d__exec_ref(subject->model, subject->exec);
    if (subject->process != NULL)
        add_process(action, subject->process);
    if (kind == C8D_ACTION_COMMAND)
        action->patience = (uint8_t)patience_of(what);
    if (kind == C8D_ACTION_NOTICE) {
        action->sequence = ++subject->model->sequence;
        subject->model->counters.notices++;
    } else if (kind == C8D_ACTION_COMMAND && what == C8D_COMMAND_QUERY) {
        subject->model->counters.queries++;
    }
    return action;
}

void c8d__emit_done(struct c8d__subject *subject, enum c8d_region region, uint64_t request,
                    enum c8d_status status)
{
    struct c8d_action *action;

    /* Nobody asked: the model did it for itself. */
    if (request == 0)
        return;
    if (request == C8D__REQUEST_REPLACE) {
        subject->container->replace_result = (uint8_t)(status + 1);
        return;
    }
    if (request == C8D_REQUEST_WISH) {
        if ((subject->container->init.standing & C8D__WISHED) != 0)
            c8d__wish_of(subject->model, subject->container)->result = (uint8_t)(status + 1);
        return;
    }
    action = c8d__emit(subject, C8D_ACTION_DONE, 0, region);
    action->request = request;
    action->status = (uint8_t)status;
}

enum c8d_status c8d__status_of_done(uint64_t effects, const struct c8d_input *input)
{
    if ((effects & C8D_FX(DONE_OK)) != 0)
        return C8D_OK;
    if ((effects & C8D_FX(DONE_MISSING)) != 0)
        return C8D_NOT_FOUND;
    if ((effects & C8D_FX(DONE_UNDONE)) != 0)
        return C8D_UNAVAILABLE;
    if ((effects & C8D_FX(DONE_LOST)) != 0)
        return C8D_INDETERMINATE;
    if ((effects & C8D_FX(DONE_LATE)) != 0)
        return C8D_DEADLINE;
    if ((effects & C8D_FX(DONE_CONFLICT)) != 0)
        return C8D_CONFLICT;
    return input->status != C8D_OK ? (enum c8d_status)input->status : C8D_INTERNAL;
}

void c8d__complete(struct c8d__subject *subject, enum c8d_region region, uint64_t *request, uint64_t effects)
{
    uint64_t done = *request;

    if ((effects & C8D_FX_DONE) == 0)
        return;
    *request = 0;
    c8d__emit_done(subject, region, done, c8d__status_of_done(effects, subject->input));
}
