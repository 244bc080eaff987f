/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The time that an exec is given to end after its task. Shims hold back the end of the task until its execs
 * are drained, or have lost one of the two ends over it (containerd#9719, #10589; with the host's pid
 * namespace an exec may really outlive its task, moby#42328). When the time is over, the end is told without
 * a code; an exit event that comes later fills it in.
 */
#include "engine.h"

static bool task_has_ended(const struct c8d__container *container)
{
    return (container->init.flags & C8D__ENDED) != 0;
}

static bool task_has_run(const struct c8d__container *container)
{
    return (container->init.flags & C8D__STARTED) != 0;
}

static void begin(struct c8d__subject *subject)
{
    if (c8d__process_runs(subject->process->state))
        c8d__emit(subject, C8D_ACTION_COMMAND, C8D_COMMAND_TIMER, C8D_REGION_PROCESS)->request =
            subject->process->incarnation;
}

void c8d__grace_of_exec(struct c8d__subject *subject)
{
    if (task_has_ended(subject->container))
        begin(subject);
}

void c8d__grace_of_execs(struct c8d__subject *subject)
{
    for (uint32_t next = subject->container->execs; next != 0;) {
        struct c8d__exec *exec = c8d__exec_at(subject->model, next - 1);
        struct c8d__subject other = c8d__subject_of_exec(subject, exec);

        next = exec->next;
        begin(&other);
    }
}

/* Silence means something only while the stream can speak, and while nothing is asked of the task: the answer
 * may be that another one runs under its name, and that the exec is that one's. And an exec that runs is a
 * sign that its task does, whose start was refused to us: somebody else's has won. */
static bool silence_speaks(const struct c8d__subject *subject)
{
    uint8_t link = subject->model->connection;

    return (link == C8D_CONNECTION_UP || link == C8D_CONNECTION_IDLE) &&
           subject->container->init.query == C8D_QUERY_IDLE && task_has_run(subject->container);
}

uint8_t c8d__grace_over(struct c8d__subject *subject)
{
    if (subject->exec == NULL || subject->input->request != subject->process->incarnation ||
        !c8d__process_runs(subject->process->state))
        return C8D_SYM_NONE;
    /* A task runs under that name, and it may be that one's. */
    if (!task_has_ended(subject->container))
        return C8D_SYM_VERIFY;
    if (!silence_speaks(subject)) {
        begin(subject);
        return C8D_SYM_NONE;
    }
    return C8D_SYM_OUTLIVED;
}
