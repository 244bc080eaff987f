/* SPDX-License-Identifier: Apache-2.0 */
/* The procedures of a compute system that hold it up or end it: pause and resume, kill, and the shutdown that
 * a deletion begins with. */
#include "system.h"
#include <stdio.h>
#include <string.h>

bool c8d__system_is_busy(const struct c8d__errand *errand)
{
    const struct c8d__local_container *container = errand->container;

    if (container->users > 1)
        return true;
    for (const struct c8d__local_process *each = container->processes; each != NULL; each = each->next) {
        if (each->phase == C8D__LOCAL_RUNNING || each->phase == C8D__LOCAL_REAPING)
            return true;
    }
    return false;
}

/* ---- pause and resume
 * -------------------------------------------------------------------------------------------------- */

static void frozen(struct c8d__errand *errand)
{
    bool pauses = errand->kind == C8D_CALL_PAUSE;
    const struct c8d__local_process *init = c8d__local_find_process(errand->container, "");

    if (errand->code != C8D__HR_DONE) {
        c8d__errand_fail(errand, pauses ? "it cannot be paused" : "it cannot be resumed");
    } else {
        /* Of a task that has ended meanwhile nothing is paused. */
        errand->container->paused = pauses && init != NULL && init->phase == C8D__LOCAL_RUNNING;
        c8d__local_publish(errand->local, pauses ? C8D_EVENT_TASK_PAUSED : C8D_EVENT_TASK_RESUMED,
                           errand->container, NULL);
        c8d__errand_reply(errand, C8D_OK, "%s", "");
    }
    c8d__errand_end(errand);
}

static void freeze_called(struct c8d__errand *errand)
{
    enum c8d__latch latch = errand->kind == C8D_CALL_PAUSE ? C8D__LATCH_PAUSED : C8D__LATCH_RESUMED;

    if (errand->code == C8D__HR_PENDING)
        c8d__errand_await(errand, &errand->container->watch, latch, true, errand->local->limits.pause_ns,
                          frozen);
    else
        frozen(errand);
}

void c8d__system_freeze(struct c8d__errand *errand)
{
    bool pauses = errand->kind == C8D_CALL_PAUSE;

    /* A completion that came after its time is not this one's. */
    c8d__latch_clear(&errand->container->watch, pauses ? C8D__LATCH_PAUSED : C8D__LATCH_RESUMED);
    errand->job.handle = errand->container->handle;
    c8d__errand_call(errand, pauses ? C8D__JOB_PAUSE : C8D__JOB_RESUME, freeze_called);
}

/* ---- kill
 * --------------------------------------------------------------------------------------------------------------
 */

static bool terminates(const struct c8d__errand *errand)
{
    return errand->all || errand->signal == C8D__SIGNAL_KILL;
}

static void kill_called(struct c8d__errand *errand)
{
    if (c8d__system_accepted(errand) || c8d__hr_is_stopped(errand->code)) {
        c8d__errand_reply(errand, C8D_OK, "%s", "");
    } else {
        if (terminates(errand))
            errand->container->terminated = false;
        c8d__errand_fail(errand, terminates(errand) ? "the compute system cannot be terminated"
                                                    : "the compute system cannot be shut down");
    }
    c8d__errand_end(errand);
}

void c8d__system_kill(struct c8d__errand *errand)
{
    if (terminates(errand))
        errand->container->terminated = true;
    errand->job.handle = errand->container->handle;
    c8d__errand_call(errand, terminates(errand) ? C8D__JOB_TERMINATE : C8D__JOB_SHUTDOWN, kill_called);
}

/* ---- delete
 * ------------------------------------------------------------------------------------------------------------
 */

static void deleted(struct c8d__errand *errand)
{
    struct c8d__local_container *container = errand->container;

    if (errand->code != C8D__HR_DONE && errand->err.status == C8D_OK)
        c8d__errand_keep_error(errand, "the compute system cannot be closed");
    /* What could be done was done: nobody has a use for the record any more, whatever went wrong. */
    c8d__local_publish(errand->local, C8D_EVENT_CONTAINER_DELETE, container, NULL);
    if (errand->err.status == C8D_OK)
        c8d__errand_reply(errand, C8D_OK, "%s", "");
    else
        c8d__errand_reply_error(errand);
    c8d__errand_take(errand, NULL, NULL);
    c8d__local_remove(container);
    c8d__errand_end(errand);
}

static void let_go_when_idle(struct c8d__errand *errand)
{
    if (c8d__system_is_busy(errand)) {
        c8d__errand_wait(errand, let_go_when_idle);
        return;
    }
    errand->code = C8D__HR_DONE;
    errand->after = deleted;
    c8d__system_let_go(errand);
}

/* It could not be ended: what runs in it is out of our reach, and said to be, as if the service had gone. */
static void let_go_of_running(struct c8d__errand *errand)
{
    for (struct c8d__local_process *each = errand->container->processes; each != NULL; each = each->next)
        c8d__latch_notify(C8D__HCS_SERVICE_DISCONNECT, &each->watch, 0, NULL);
    let_go_when_idle(errand);
}

static bool has_exited(const struct c8d__errand *errand)
{
    return c8d__latch_is_set(&errand->container->watch, C8D__LATCH_EXITED) ||
           c8d__hr_is_stopped(errand->code);
}

static void terminated(struct c8d__errand *errand)
{
    char first[C8D_ERROR_MESSAGE_BYTES];

    if (has_exited(errand)) {
        let_go_when_idle(errand);
        return;
    }
    if (errand->err.status == C8D_OK) {
        c8d__errand_keep_error(errand, "the compute system cannot be terminated");
    } else {
        (void)snprintf(first, sizeof(first), "%.200s; nor can it be terminated", errand->err.message);
        c8d__errand_keep_error(errand, first);
    }
    let_go_of_running(errand);
}

static void terminate_called(struct c8d__errand *errand)
{
    if (c8d__system_accepted(errand))
        c8d__errand_await(errand, &errand->container->watch, C8D__LATCH_EXITED, false,
                          errand->local->limits.terminate_ns, terminated);
    else
        terminated(errand);
}

/* How the shutdown went wrong is told, also when termination goes well. */
static void terminate_instead(struct c8d__errand *errand)
{
    c8d__errand_keep_error(errand, "the compute system cannot be shut down");
    errand->container->terminated = true;
    errand->job.handle = errand->container->handle;
    c8d__errand_call(errand, C8D__JOB_TERMINATE, terminate_called);
}

/* Waited for was word that it failed; what ends the wait in the good case is the exit. */
static void shut_down(struct c8d__errand *errand)
{
    if (has_exited(errand)) {
        let_go_when_idle(errand);
        return;
    }
    if (errand->code == C8D__HR_DONE)
        errand->code = C8D__HR_INVALID_STATE;
    terminate_instead(errand);
}

static void shutdown_called(struct c8d__errand *errand)
{
    if (c8d__system_accepted(errand))
        c8d__errand_await(errand, &errand->container->watch, C8D__LATCH_SHUTDOWN_FAILED, true,
                          errand->local->limits.shutdown_ns, shut_down);
    else
        shut_down(errand);
}

void c8d__system_delete(struct c8d__errand *errand)
{
    struct c8d__local_container *container = errand->container;

    errand->code = C8D__HR_DONE;
    if (container->handle == NULL) {
        let_go_when_idle(errand);
    } else if (container->terminated) {
        c8d__errand_await(errand, &container->watch, C8D__LATCH_EXITED, false,
                          errand->local->limits.shutdown_ns, shut_down);
    } else {
        c8d__latch_clear(&container->watch, C8D__LATCH_SHUTDOWN_FAILED);
        errand->job.handle = container->handle;
        c8d__errand_call(errand, C8D__JOB_SHUTDOWN, shutdown_called);
    }
}
