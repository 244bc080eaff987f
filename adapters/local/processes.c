/* SPDX-License-Identifier: Apache-2.0 */
/* What HCS is asked to do with processes: create, watch, end, close, and what is done to them in between. */
#include "process.h"

/* Done or refused; the first error on the way is kept. */
static void settle(struct c8d__errand *errand, const char *what)
{
    if (errand->code == C8D__HR_DONE) {
        c8d__hcs_process_outcome(errand, C8D_SYM_OK);
        return;
    }
    if (errand->err.status == C8D_OK)
        c8d__errand_keep_error(errand, what);
    c8d__hcs_process_outcome(errand, C8D_SYM_ERROR);
}

/* ---- create and watch
 * -------------------------------------------------------------------------------------------------------------
 */

static void created(struct c8d__errand *errand)
{
    struct c8d__local_process *process = errand->process;

    if (errand->code == C8D__HR_DONE) {
        process->handle = errand->job.made;
        process->pid = errand->job.info.pid;
        if (!c8d__plumbing_connect(errand->local, process->plumbing, &errand->job.info)) {
            errand->code = C8D__HR_NOT_ENOUGH_MEMORY;
            c8d__errand_keep_error(errand, "its streams cannot be connected");
            c8d__hcs_process_outcome(errand, C8D_SYM_LOST);
            return;
        }
    }
    settle(errand, "the process cannot be created");
}

/* The document of init is in its container's spec, that of an exec is its own. */
static enum c8d_status write_document(struct c8d__errand *errand)
{
    const struct c8d__local_process *process = errand->process;
    bool is_exec = *process->id.chars != '\0';
    const struct c8d__text *text = is_exec ? &process->spec : &errand->container->spec;
    uint32_t stdio = process->plumbing != NULL ? process->plumbing->flags : 0;
    json_t *spec = NULL;
    enum c8d_status status =
        c8d__json_read(c8d__text_str(text), is_exec ? "the process" : "the spec", &spec, &errand->err);

    if (status == C8D_OK)
        status =
            c8d__document_process(errand->local->allocator, is_exec ? spec : json_object_get(spec, "process"),
                                  stdio, &errand->job.document, &errand->err);
    json_decref(spec);
    return status;
}

void c8d__hcs_process_create(struct c8d__errand *errand)
{
    if (write_document(errand) != C8D_OK) {
        c8d__hcs_process_outcome(errand, C8D_SYM_ERROR);
        return;
    }
    c8d__watch_reset(errand->local, &errand->process->watch);
    errand->job.handle = errand->container->handle;
    c8d__errand_call(errand, C8D__JOB_CREATE_PROCESS, created);
}

static void watched(struct c8d__errand *errand)
{
    errand->process->watch.registration = errand->job.made;
    settle(errand, "the process cannot be watched");
}

void c8d__hcs_process_watch(struct c8d__errand *errand)
{
    errand->job.handle = errand->process->handle;
    errand->job.watch = &errand->process->watch;
    c8d__errand_call(errand, C8D__JOB_REGISTER_PROCESS, watched);
}

/* ---- end and close
 * -------------------------------------------------------------------------------------------------------------
 */

/* Of a start that has failed. */
static void undone(struct c8d__errand *errand)
{
    errand->process->pid = 0;
    settle(errand, "the process cannot be ended");
}

/* The consumer's own call, which is no step of a procedure. */
static void killed(struct c8d__errand *errand)
{
    if (errand->code != C8D__HR_DONE && !c8d__hr_is_ended(errand->code)) {
        c8d__errand_fail(errand, "the process cannot be ended");
        c8d__errand_end(errand);
        return;
    }
    c8d__errand_reply(errand, C8D_OK, "%s", "");
    if (errand->code == C8D__HR_DONE)
        c8d__errand_end(errand);
    else
        c8d__hcs_process_missed(errand);
}

void c8d__hcs_process_end(struct c8d__errand *errand)
{
    errand->job.handle = errand->process->handle;
    c8d__errand_call(errand, C8D__JOB_TERMINATE_PROCESS, errand->kind == C8D_CALL_KILL ? killed : undone);
}

static void closed(struct c8d__errand *errand)
{
    settle(errand, "the process cannot be closed");
}

/* Nobody may use the handle any more. */
static void close_handle(struct c8d__errand *errand)
{
    if (errand->process->users > 1) {
        c8d__errand_wait(errand, close_handle);
        return;
    }
    errand->job.handle = errand->process->handle;
    errand->process->handle = NULL;
    c8d__errand_call(errand, C8D__JOB_CLOSE_PROCESS, closed);
}

static void unregistered(struct c8d__errand *errand)
{
    close_handle(errand);
}

void c8d__hcs_process_close(struct c8d__errand *errand)
{
    if (errand->process->watch.registration == NULL) {
        close_handle(errand);
        return;
    }
    errand->job.handle = errand->process->watch.registration;
    c8d__errand_call(errand, C8D__JOB_UNREGISTER_PROCESS, unregistered);
}

/* ---- in between
 * -------------------------------------------------------------------------------------------------------- */

static void stdin_closed(struct c8d__errand *errand)
{
    /* A process that is about to end has none any more. */
    if (errand->code == C8D__HR_DONE || errand->code == C8D__HR_INVALID_STATE ||
        errand->code == C8D__HR_INVALID_HANDLE || c8d__hr_is_stopped(errand->code))
        c8d__errand_reply(errand, C8D_OK, "%s", "");
    else
        c8d__errand_fail(errand, "the standard input cannot be closed");
    c8d__errand_end(errand);
}

/* What was written before is passed on first. */
void c8d__hcs_process_close_stdin(struct c8d__errand *errand)
{
    struct c8d__local_process *process = errand->process;
    struct c8d_error err = {0};

    if (process->plumbing == NULL || !c8d__hcs_process_runs(process)) {
        c8d__errand_answer(errand, C8D_OK, "");
        return;
    }
    if (!c8d__plumbing_is_drained(errand->local, process->plumbing)) {
        c8d__errand_wait(errand, c8d__hcs_process_close_stdin);
        return;
    }
    c8d__plumbing_close_input(errand->local, process->plumbing);
    if (c8d__document_close_stdin(errand->local->allocator, &errand->job.document, &err) != C8D_OK) {
        c8d__errand_answer(errand, err.status, err.message);
        return;
    }
    errand->job.handle = process->handle;
    c8d__errand_call(errand, C8D__JOB_MODIFY_PROCESS, stdin_closed);
}

static void resized(struct c8d__errand *errand)
{
    if (errand->code == C8D__HR_DONE)
        c8d__errand_reply(errand, C8D_OK, "%s", "");
    else
        c8d__errand_fail(errand, "the console cannot be resized");
    c8d__errand_end(errand);
}

void c8d__hcs_process_resize(struct c8d__errand *errand)
{
    struct c8d_error err = {0};

    if (!c8d__hcs_process_runs(errand->process)) {
        c8d__errand_answer(errand, C8D_NOT_FOUND, "the process does not run");
        return;
    }
    if (c8d__document_resize(errand->local->allocator, errand->columns, errand->rows, &errand->job.document,
                             &err) != C8D_OK) {
        c8d__errand_answer(errand, err.status, err.message);
        return;
    }
    errand->job.handle = errand->process->handle;
    c8d__errand_call(errand, C8D__JOB_MODIFY_PROCESS, resized);
}
