/* SPDX-License-Identifier: Apache-2.0 */
/* What ends a compute system: kill, and the calls that its end is made of. */
#include "system.h"

/* ---- shutdown and termination
 * -------------------------------------------------------------------------------------------- */

bool c8d__system_accepted(const struct c8d__errand *errand)
{
    return errand->code == C8D__HR_DONE || errand->code == C8D__HR_PENDING;
}

static bool has_exited(const struct c8d__errand *errand)
{
    return c8d__latch_is_set(&errand->container->watch, C8D__LATCH_EXITED) ||
           c8d__hr_is_stopped(errand->code);
}

static void called(struct c8d__errand *errand)
{
    if (c8d__system_accepted(errand))
        c8d__system_outcome(errand, C8D_SYM_OK);
    else
        c8d__system_outcome(errand, has_exited(errand) ? C8D_SYM_EXITED : C8D_SYM_ERROR);
}

/* The consumer's own call, which is no step of a procedure. */
static void kill_called(struct c8d__errand *errand)
{
    bool terminates = errand->job.kind == C8D__JOB_TERMINATE;
    enum c8d_symbol answer = c8d__hr_is_stopped(errand->code) ? C8D_SYM_FORCE_MISSING : C8D_SYM_FORCE_ERROR;

    if (c8d__system_accepted(errand))
        answer = C8D_SYM_FORCE_OK;
    if (terminates)
        (void)c8d__system_hear(errand->container, answer);
    if (answer == C8D_SYM_FORCE_ERROR)
        c8d__errand_fail(errand, terminates ? "the compute system cannot be terminated"
                                            : "the compute system cannot be shut down");
    else
        c8d__errand_reply(errand, C8D_OK, "%s", "");
    /* HCS tells of no exit of what it knows no more. */
    if (answer == C8D_SYM_FORCE_MISSING)
        c8d__hcs_process_missed(errand);
    else
        c8d__errand_end(errand);
}

static void call(struct c8d__errand *errand, enum c8d__job_kind kind)
{
    errand->job.handle = errand->container->handle;
    c8d__errand_call(errand, kind, errand->kind == C8D_CALL_KILL ? kill_called : called);
}

void c8d__system_shut_down(struct c8d__errand *errand)
{
    /* Word of a failure that came before is not this one's. */
    c8d__latch_clear(&errand->container->watch, C8D__LATCH_SHUTDOWN_FAILED);
    call(errand, C8D__JOB_SHUTDOWN);
}

void c8d__system_terminate(struct c8d__errand *errand)
{
    call(errand, C8D__JOB_TERMINATE);
}

/* ---- exit
 * ------------------------------------------------------------------------------------------------------------
 */

static void waited(struct c8d__errand *errand)
{
    if (has_exited(errand)) {
        c8d__system_outcome(errand, C8D_SYM_EXITED);
    } else if (errand->code == C8D__HR_TIMEOUT) {
        c8d__system_outcome(errand, C8D_SYM_OVERDUE);
    } else if (errand->code == C8D__HR_SERVICE_DISCONNECT) {
        c8d__system_outcome(errand, C8D_SYM_LOST);
    } else {
        /* Word that the shutdown has failed need not say why. */
        if (errand->code == C8D__HR_DONE)
            errand->code = C8D__HR_INVALID_STATE;
        c8d__system_outcome(errand, C8D_SYM_ERROR);
    }
}

void c8d__system_await_exit(struct c8d__errand *errand, int64_t limit_ns)
{
    c8d__errand_await(errand, &errand->container->watch, C8D__LATCH_EXITED, false, limit_ns, waited);
}

void c8d__system_await_shutdown(struct c8d__errand *errand)
{
    c8d__errand_await(errand, &errand->container->watch, C8D__LATCH_SHUTDOWN_FAILED, true,
                      errand->local->limits.shutdown_ns, waited);
}

/* ---- letting go
 * --------------------------------------------------------------------------------------------------------
 */

/* Told as if the service had gone. */
void c8d__system_abandon(struct c8d__errand *errand)
{
    for (struct c8d__local_process *each = errand->container->processes; each != NULL; each = each->next)
        c8d__latch_notify(C8D__HCS_SERVICE_DISCONNECT, &each->watch, 0, NULL);
}

/* Somebody else uses the errand's system, or a process in it has not been told to have ended: it lives in the
 * handles that are let go. */
static bool is_busy(const struct c8d__errand *errand)
{
    const struct c8d__local_container *container = errand->container;

    if (container->users > 1)
        return true;
    for (const struct c8d__local_process *each = container->processes; each != NULL; each = each->next) {
        if (c8d__hcs_process_runs(each))
            return true;
    }
    return false;
}

static void closed(struct c8d__errand *errand)
{
    errand->container->handle = NULL;
    c8d__system_outcome(errand, errand->code == C8D__HR_DONE ? C8D_SYM_OK : C8D_SYM_ERROR);
}

static void unregistered(struct c8d__errand *errand)
{
    errand->container->watch.registration = NULL;
    errand->job.handle = errand->container->handle;
    c8d__errand_call(errand, C8D__JOB_CLOSE, closed);
}

void c8d__system_close(struct c8d__errand *errand)
{
    if (is_busy(errand)) {
        c8d__errand_wait(errand, c8d__system_close);
    } else if (errand->container->handle == NULL) {
        c8d__system_outcome(errand, C8D_SYM_OK);
    } else if (errand->container->watch.registration != NULL) {
        errand->job.handle = errand->container->watch.registration;
        c8d__errand_call(errand, C8D__JOB_UNREGISTER, unregistered);
    } else {
        unregistered(errand);
    }
}
