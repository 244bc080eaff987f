/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody who looks back over the events would call odd, judged before the event is taken. A life that
 * began before we looked is not odd: only what contradicts something that was seen is.
 */
#include "engine.h"

static bool is_over(const struct c8d__process *process)
{
    return (process->flags & C8D__ENDED) != 0;
}

static enum c8d_finding of_start(const struct c8d__subject *subject)
{
    const struct c8d__process *process = subject->process;
    bool others = process->pid != 0 && subject->input->pid != 0 && process->pid != subject->input->pid;

    if (process->state == C8D_PROCESS_ABSENT) {
        if ((process->flags & C8D__GONE) != 0 && !others)
            return C8D_FINDING_EVENT_AFTER_DELETE;
        return c8d__has_history(subject) ? C8D_FINDING_MISSING_CREATE : C8D_FINDING_NONE;
    }
    if (!is_over(process))
        return C8D_FINDING_NONE;
    return others || (process->flags & (C8D__SEEN_STARTED | C8D__STARTED)) != 0
               ? C8D_FINDING_START_AFTER_EXIT
               : C8D_FINDING_EXIT_BEFORE_START;
}

/* Of an end that is told already, and perhaps by an answer or a reply, which its event may come behind. */
static enum c8d_finding of_further_exit(const struct c8d__process *process, const struct c8d_input *input)
{
    if ((process->flags & C8D__EXIT_KNOWN) == 0)
        return C8D_FINDING_NONE;
    if (input->exit_known && input->exit_code != process->exit_code)
        return C8D_FINDING_CONFLICTING_EXIT;
    if (c8d__end_is_heard(process))
        return C8D_FINDING_DUPLICATE_EXIT;
    return (process->flags & C8D__SEEN_DELETED) != 0 ? C8D_FINDING_EVENT_AFTER_DELETE : C8D_FINDING_NONE;
}

/* Made up when its shim died; but an exec that could not be started has no pid to tell. */
static bool lacks_its_pid(const struct c8d__subject *subject)
{
    const struct c8d__process *process = subject->process;

    return subject->input->pid == 0 && c8d__process_exists(process->state) &&
           (subject->exec == NULL || process->pid != 0);
}

static enum c8d_finding of_exit(const struct c8d__subject *subject)
{
    const struct c8d__process *process = subject->process;
    const struct c8d_input *input = subject->input;
    bool others = process->pid != 0 && input->pid != 0 && process->pid != input->pid;

    if (c8d__repeats_last_exit(subject))
        return (process->standing & C8D__LAST_HEARD) != 0 ? C8D_FINDING_DUPLICATE_EXIT : C8D_FINDING_NONE;
    if (is_over(process))
        return others ? C8D_FINDING_EXIT_WITHOUT_TASK : of_further_exit(process, input);
    if (process->state == C8D_PROCESS_ABSENT && c8d__has_history(subject))
        return (process->flags & C8D__GONE) != 0 ? C8D_FINDING_EVENT_AFTER_DELETE
                                                 : C8D_FINDING_EXIT_WITHOUT_TASK;
    if (others)
        return C8D_FINDING_EXIT_WITHOUT_TASK;
    return lacks_its_pid(subject) ? C8D_FINDING_PID_ZERO_EXIT : C8D_FINDING_NONE;
}

static enum c8d_finding of_exec(const struct c8d__subject *subject)
{
    const struct c8d__process *init = &subject->container->init;

    /* On a deleted task as on an ended one: the exec cannot have begun before it. */
    return is_over(init) || (init->state == C8D_PROCESS_ABSENT && (init->flags & C8D__GONE) != 0)
               ? C8D_FINDING_EXEC_AFTER_EXIT
               : C8D_FINDING_NONE;
}

static enum c8d_finding finding_of(const struct c8d__subject *subject)
{
    const struct c8d__process *process = subject->process;
    bool deleted = process->state == C8D_PROCESS_ABSENT && (process->flags & C8D__GONE) != 0;
    enum c8d_finding finding;

    switch (subject->input->symbol) {
    case C8D_SYM_CREATED:
        if (deleted && subject->input->pid != 0 && subject->input->pid == process->pid)
            return C8D_FINDING_EVENT_AFTER_DELETE;
        return subject->exec != NULL ? of_exec(subject) : C8D_FINDING_NONE;
    case C8D_SYM_STARTED:
        finding = subject->exec != NULL ? of_exec(subject) : C8D_FINDING_NONE;
        return finding != C8D_FINDING_NONE ? finding : of_start(subject);
    case C8D_SYM_EXITED:
        return of_exit(subject);
    case C8D_SYM_OOM:
        if (deleted)
            return C8D_FINDING_EVENT_AFTER_DELETE;
        return is_over(process) ? C8D_FINDING_OOM_AFTER_EXIT : C8D_FINDING_NONE;
    case C8D_SYM_PAUSED:
    case C8D_SYM_RESUMED:
    case C8D_SYM_CHECKPOINTED:
        if (deleted)
            return C8D_FINDING_EVENT_AFTER_DELETE;
        return is_over(process) ? C8D_FINDING_PAUSED_AFTER_EXIT : C8D_FINDING_NONE;
    default: /* C8D_SYM_DELETED: there is no other event */
        /* The event of our own delete may come after its reply: odd is only another one. */
        return (process->flags & C8D__SEEN_DELETED) != 0 ? C8D_FINDING_EVENT_AFTER_DELETE : C8D_FINDING_NONE;
    }
}

static bool opens_a_run(const struct c8d__subject *subject)
{
    return subject->input->symbol == C8D_SYM_CREATED ||
           (subject->input->symbol == C8D_SYM_STARTED && subject->process->state == C8D_PROCESS_ABSENT);
}

void c8d__find(struct c8d__subject *subject)
{
    const struct c8d__process *process = subject->process;
    enum c8d_finding finding = finding_of(subject);
    uint32_t incarnation = process->incarnation;

    if (finding == C8D_FINDING_NONE)
        return;
    if (subject->input->symbol == C8D_SYM_EXITED && c8d__repeats_last_exit(subject))
        incarnation--;
    else if (opens_a_run(subject) && finding != C8D_FINDING_EVENT_AFTER_DELETE)
        incarnation++;
    subject->actions->finding = (uint8_t)finding;
    subject->actions->finding_incarnation = incarnation;
}
