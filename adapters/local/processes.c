/* SPDX-License-Identifier: Apache-2.0 */
/* The procedures of processes: start, the ends of their lives, and what is done to them in between. */
#include "local_internal.h"
#include <string.h>

static int64_t now(const struct c8d__local *local)
{
    return local->host.now(local->host.ctx);
}

/* ---- start
 * -------------------------------------------------------------------------------------------------------------
 */

static void start_failed(struct c8d__errand *errand)
{
    c8d__errand_reply_error(errand);
    c8d__errand_end(errand);
}

static void closed_unstarted(struct c8d__errand *errand)
{
    errand->process->handle = NULL;
    start_failed(errand);
}

static void killed_unstarted(struct c8d__errand *errand)
{
    errand->job.handle = errand->process->handle;
    c8d__errand_call(errand, C8D__JOB_CLOSE_PROCESS, closed_unstarted);
}

static void unregistered_unstarted(struct c8d__errand *errand)
{
    errand->process->watch.registration = NULL;
    errand->job.handle = errand->process->handle;
    c8d__errand_call(errand, C8D__JOB_TERMINATE_PROCESS, killed_unstarted);
}

/* Nobody was told of it, so nobody is told of its end. */
static void undo_start(struct c8d__errand *errand)
{
    errand->process->phase = C8D__LOCAL_CREATED;
    errand->process->pid = 0;
    if (errand->process->handle == NULL) {
        start_failed(errand);
    } else if (errand->process->watch.registration != NULL) {
        errand->job.handle = errand->process->watch.registration;
        c8d__errand_call(errand, C8D__JOB_UNREGISTER_PROCESS, unregistered_unstarted);
    } else {
        unregistered_unstarted(errand);
    }
}

static void give_up_start(struct c8d__errand *errand, const char *what)
{
    c8d__errand_keep_error(errand, what);
    undo_start(errand);
}

static void started(struct c8d__errand *errand)
{
    struct c8d__local_process *process = errand->process;

    process->watch.registration = errand->job.made;
    if (errand->code != C8D__HR_DONE) {
        give_up_start(errand, "the process cannot be watched");
        return;
    }
    process->phase = C8D__LOCAL_RUNNING;
    c8d__local_publish(errand->local,
                       *process->id.chars != '\0' ? C8D_EVENT_EXEC_STARTED : C8D_EVENT_TASK_START,
                       errand->container, process);
    if (errand->reply != NULL)
        errand->reply->arrival.pid = process->pid;
    c8d__errand_reply(errand, C8D_OK, "%s", "");
    c8d__errand_end(errand);
}

static void created(struct c8d__errand *errand)
{
    struct c8d__local_process *process = errand->process;

    if (errand->code != C8D__HR_DONE) {
        give_up_start(errand, "the process cannot be created");
        return;
    }
    process->handle = errand->job.made;
    process->pid = errand->job.info.pid;
    if (!c8d__plumbing_connect(errand->local, process->plumbing, &errand->job.info)) {
        errand->code = C8D__HR_NOT_ENOUGH_MEMORY;
        give_up_start(errand, "its streams cannot be connected");
        return;
    }
    errand->job.handle = process->handle;
    errand->job.watch = &process->watch;
    c8d__errand_call(errand, C8D__JOB_REGISTER_PROCESS, started);
}

/* The document of init is in its container's spec, that of an exec is its own. */
static enum c8d_status write_document(struct c8d__errand *errand, struct c8d_error *err)
{
    const struct c8d__local_process *process = errand->process;
    bool is_exec = *process->id.chars != '\0';
    const struct c8d__text *text = is_exec ? &process->spec : &errand->container->spec;
    uint32_t stdio = process->plumbing != NULL ? process->plumbing->flags : 0;
    json_t *spec = NULL;
    enum c8d_status status =
        c8d__json_read(c8d__text_str(text), is_exec ? "the process" : "the spec", &spec, err);

    if (status == C8D_OK)
        status =
            c8d__document_process(errand->local->allocator, is_exec ? spec : json_object_get(spec, "process"),
                                  stdio, &errand->job.document, err);
    json_decref(spec);
    return status;
}

void c8d__process_start(struct c8d__errand *errand)
{
    struct c8d_error err = {0};
    enum c8d_status status = write_document(errand, &err);

    if (status != C8D_OK) {
        c8d__errand_reply(errand, status, "%s", err.message);
        c8d__errand_end(errand);
        return;
    }
    errand->process->phase = C8D__LOCAL_STARTING;
    c8d__watch_reset(errand->local, &errand->process->watch);
    errand->job.handle = errand->container->handle;
    c8d__errand_call(errand, C8D__JOB_CREATE_PROCESS, created);
}

/* ---- its end
 * -----------------------------------------------------------------------------------------------------------
 */

static void reaped(struct c8d__errand *errand)
{
    c8d__errand_end(errand);
}

/* Nobody may use the handle any more; whether it can be closed changes nothing of the end. */
static void close_process(struct c8d__errand *errand)
{
    if (errand->process->users > 1) {
        c8d__errand_wait(errand, close_process);
        return;
    }
    errand->job.handle = errand->process->handle;
    errand->process->handle = NULL;
    c8d__errand_call(errand, C8D__JOB_CLOSE_PROCESS, reaped);
}

static void unregistered(struct c8d__errand *errand)
{
    errand->process->watch.registration = NULL;
    close_process(errand);
}

static void tell_end(struct c8d__errand *errand, struct c8d_exit exit)
{
    struct c8d__local_process *process = errand->process;
    struct c8d__local *local = errand->local;

    exit.at_ns = local->host.wall(local->host.ctx);
    process->exit = exit;
    process->phase = C8D__LOCAL_STOPPED;
    if (*process->id.chars == '\0')
        errand->container->paused = false;
    c8d__local_publish(local, C8D_EVENT_TASK_EXIT, errand->container, process);
    errand->job.handle = process->watch.registration;
    c8d__errand_call(errand, C8D__JOB_UNREGISTER_PROCESS, unregistered);
}

static void code_came(struct c8d__errand *errand)
{
    const c8d__wide *properties = errand->code == C8D__HR_DONE ? errand->job.properties : NULL;

    tell_end(errand, c8d__document_exit(errand->local->allocator, properties));
}

static void reap(struct c8d__errand *errand)
{
    const struct c8d__watch *watch = &errand->process->watch;
    bool told = c8d__latch_is_set(watch, C8D__LATCH_EXITED);

    /* After a failed wait, or without the service, no code can be had. */
    if (told ? c8d__latch_code(watch, C8D__LATCH_EXITED) != C8D__HR_DONE
             : c8d__latch_is_set(watch, C8D__LATCH_DISCONNECTED)) {
        tell_end(errand, (struct c8d_exit){.ran = true});
        return;
    }
    errand->job.handle = errand->process->handle;
    c8d__errand_call(errand, C8D__JOB_PROCESS_PROPERTIES, code_came);
}

/* Its system has exited, and a while later HCS still has not told that it has. */
static int64_t silence_ends(const struct c8d__local_process *process)
{
    const struct c8d__local_container *container = process->container;

    return container->exited_at != 0 ? container->exited_at + container->local->limits.silence_ns
                                     : C8D_NO_DEADLINE;
}

static bool has_ended(const struct c8d__local_process *process)
{
    return process->phase == C8D__LOCAL_RUNNING &&
           (c8d__latch_is_set(&process->watch, C8D__LATCH_EXITED) ||
            c8d__latch_is_set(&process->watch, C8D__LATCH_DISCONNECTED) ||
            silence_ends(process) <= now(process->container->local));
}

static void begin_reaping(struct c8d__local_process *process)
{
    struct c8d__local *local = process->container->local;
    struct c8d__errand *reaper = process->reaper;

    process->phase = C8D__LOCAL_REAPING;
    process->reaper = NULL;
    c8d__errand_take(reaper, process->container, process);
    reaper->then = reap;
    reaper->next = local->errands;
    local->errands = reaper;
}

void c8d__processes_look(struct c8d__local *local)
{
    for (struct c8d__local_container *each = local->containers; each != NULL; each = each->next) {
        if (each->exited_at == 0 && c8d__latch_is_set(&each->watch, C8D__LATCH_EXITED))
            each->exited_at = now(local) + 1;
        for (struct c8d__local_process *process = each->processes; process != NULL; process = process->next) {
            if (has_ended(process))
                begin_reaping(process);
        }
    }
}

int64_t c8d__processes_due(const struct c8d__local *local)
{
    int64_t due = C8D_NO_DEADLINE;

    for (const struct c8d__local_container *each = local->containers; each != NULL; each = each->next) {
        for (const struct c8d__local_process *process = each->processes; process != NULL;
             process = process->next) {
            if (process->phase == C8D__LOCAL_RUNNING && silence_ends(process) < due)
                due = silence_ends(process);
        }
    }
    return due;
}

/* ---- in between
 * -------------------------------------------------------------------------------------------------------- */

static void killed(struct c8d__errand *errand)
{
    if (errand->code == C8D__HR_DONE || c8d__hr_is_ended(errand->code))
        c8d__errand_reply(errand, C8D_OK, "%s", "");
    else
        c8d__errand_fail(errand, "the process cannot be ended");
    c8d__errand_end(errand);
}

void c8d__process_kill(struct c8d__errand *errand)
{
    errand->job.handle = errand->process->handle;
    c8d__errand_call(errand, C8D__JOB_TERMINATE_PROCESS, killed);
}

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

static void answer_ok(struct c8d__errand *errand)
{
    c8d__errand_reply(errand, C8D_OK, "%s", "");
    c8d__errand_end(errand);
}

/* What was written before is passed on first. */
static void close_when_drained(struct c8d__errand *errand)
{
    struct c8d__local_process *process = errand->process;
    struct c8d_error err = {0};

    if (process->phase != C8D__LOCAL_RUNNING) {
        answer_ok(errand);
        return;
    }
    if (!c8d__plumbing_is_drained(errand->local, process->plumbing)) {
        c8d__errand_wait(errand, close_when_drained);
        return;
    }
    c8d__plumbing_close_input(errand->local, process->plumbing);
    if (c8d__document_close_stdin(errand->local->allocator, &errand->job.document, &err) != C8D_OK) {
        c8d__errand_reply(errand, err.status, "%s", err.message);
        c8d__errand_end(errand);
        return;
    }
    errand->job.handle = process->handle;
    c8d__errand_call(errand, C8D__JOB_MODIFY_PROCESS, stdin_closed);
}

void c8d__process_close_stdin(struct c8d__errand *errand)
{
    if (errand->process->plumbing == NULL)
        answer_ok(errand);
    else if (errand->process->phase == C8D__LOCAL_STARTING)
        c8d__errand_wait(errand, c8d__dispatch);
    else
        close_when_drained(errand);
}

static void resized(struct c8d__errand *errand)
{
    if (errand->code == C8D__HR_DONE)
        c8d__errand_reply(errand, C8D_OK, "%s", "");
    else
        c8d__errand_fail(errand, "the console cannot be resized");
    c8d__errand_end(errand);
}

void c8d__process_resize(struct c8d__errand *errand)
{
    struct c8d_error err = {0};

    if (errand->process->phase != C8D__LOCAL_RUNNING) {
        c8d__errand_reply(errand, C8D_NOT_FOUND, "the process does not run");
        c8d__errand_end(errand);
        return;
    }
    if (c8d__document_resize(errand->local->allocator, errand->columns, errand->rows, &errand->job.document,
                             &err) != C8D_OK) {
        c8d__errand_reply(errand, err.status, "%s", err.message);
        c8d__errand_end(errand);
        return;
    }
    errand->job.handle = errand->process->handle;
    c8d__errand_call(errand, C8D__JOB_MODIFY_PROCESS, resized);
}
