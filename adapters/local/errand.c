/* SPDX-License-Identifier: Apache-2.0 */
/* Errands: from a call to its reply, and on to their end. */
#include "local_internal.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- from beginning to end
 * --------------------------------------------------------------------------------------------- */

struct c8d__errand *c8d__errand_new(struct c8d__local *local)
{
    struct c8d__errand *errand = c8d__local_alloc(local, sizeof(*errand));

    if (errand == NULL)
        return NULL;
    errand->local = local;
    errand->deadline_ns = C8D_NO_DEADLINE;
    errand->until = C8D_NO_DEADLINE;
    errand->job.local = local;
    errand->job.errand = errand;
    errand->job.work.run = c8d__job_run;
    return errand;
}

void c8d__errand_take(struct c8d__errand *errand, struct c8d__local_container *container,
                      struct c8d__local_process *process)
{
    if (container != NULL)
        container->users++;
    if (process != NULL)
        process->users++;
    if (errand->container != NULL)
        errand->container->users--;
    if (errand->process != NULL)
        errand->process->users--;
    errand->container = container;
    errand->process = process;
}

void c8d__errand_free(struct c8d__errand *errand)
{
    struct c8d__local *local = errand->local;
    const struct c8d_allocator *allocator = local->allocator;

    c8d__errand_take(errand, NULL, NULL);
    c8d__job_clear(&errand->job);
    c8d__spec_free(allocator, &errand->oci);
    c8d__local_free(local, errand->guids, errand->n_guids * sizeof(*errand->guids));
    c8d__text_free(allocator, &errand->container_id);
    c8d__text_free(allocator, &errand->process_id);
    c8d__text_free(allocator, &errand->spec);
    c8d__text_free(allocator, &errand->runtime);
    c8d__local_free_labels(local, errand->labels, errand->n_labels);
    c8d__plumbing_drop(local, errand->plumbing);
    c8d__local_arrival_free(local, errand->reply);
    c8d__local_free(local, errand, sizeof(*errand));
}

static bool copy_texts(struct c8d__errand *errand, const struct c8d_call *call)
{
    const struct c8d_allocator *allocator = errand->local->allocator;

    errand->labels = c8d__local_labels(errand->local, call->labels, call->n_labels);
    errand->n_labels = errand->labels != NULL ? call->n_labels : 0;
    return errand->n_labels == call->n_labels &&
           c8d__text_copy(allocator, call->container, &errand->container_id) &&
           c8d__text_copy(allocator, call->process, &errand->process_id) &&
           c8d__text_copy(allocator, call->spec, &errand->spec) &&
           c8d__text_copy(allocator, call->runtime, &errand->runtime);
}

enum c8d_status c8d__errand_of_call(struct c8d__local *local, const struct c8d_call *call,
                                    struct c8d__errand **out, struct c8d_error *err)
{
    struct c8d__errand *errand = c8d__errand_new(local);

    if (errand != NULL)
        errand->reply = c8d__local_arrival_new(local);
    if (errand == NULL || errand->reply == NULL || !copy_texts(errand, call)) {
        if (errand != NULL)
            c8d__errand_free(errand);
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for a call");
    }
    errand->kind = call->kind;
    errand->token = call->token;
    errand->deadline_ns = call->deadline_ns;
    errand->signal = call->signal;
    errand->all = call->all;
    errand->takes_over = call->takes_over;
    errand->has_extras = call->options.type.len != 0 || call->snapshot_key.len != 0;
    errand->columns = call->columns;
    errand->rows = call->rows;
    if (call->stdio != NULL && call->stdio->runtime_data != NULL) {
        errand->plumbing = call->stdio->runtime_data;
        errand->plumbing->users++;
    }
    errand->reply->arrival.kind = C8D_ARRIVAL_REPLY;
    errand->reply->arrival.token = call->token;
    errand->then = c8d__dispatch;
    *out = errand;
    return C8D_OK;
}

/* ---- answers
 * -----------------------------------------------------------------------------------------------------------
 */

void c8d__errand_reply(struct c8d__errand *errand, enum c8d_status status, const char *format, ...)
{
    struct c8d__local_arrival *reply = errand->reply;
    va_list args;

    if (reply == NULL)
        return;
    va_start(args, format);
    (void)vsnprintf(reply->message, sizeof(reply->message), format, args);
    va_end(args);
    reply->arrival.status = status;
    errand->reply = NULL;
    c8d__local_arrive(errand->local, reply);
}

void c8d__errand_keep_error(struct c8d__errand *errand, const char *what)
{
    const char *text = c8d__hr_text(errand->code);

    (void)c8d_error_set_origin(&errand->err, c8d__hr_status(errand->code), C8D_ORIGIN_HRESULT, errand->code,
                               "%s: %s (0x%x)%s", what, text != NULL ? text : "HCS error",
                               (unsigned)errand->code, errand->words);
}

void c8d__errand_reply_error(struct c8d__errand *errand)
{
    if (errand->reply == NULL)
        return;
    errand->reply->arrival.origin = errand->err.origin;
    errand->reply->arrival.origin_code = errand->err.origin_code;
    c8d__errand_reply(errand, errand->err.status, "%s", errand->err.message);
}

void c8d__errand_fail(struct c8d__errand *errand, const char *what)
{
    c8d__errand_keep_error(errand, what);
    c8d__errand_reply_error(errand);
}

void c8d__errand_end(struct c8d__errand *errand)
{
    errand->over = true;
    errand->then = NULL;
}

void c8d__errand_answer(struct c8d__errand *errand, enum c8d_status status, const char *message)
{
    c8d__errand_reply(errand, status, "%s", message);
    c8d__errand_end(errand);
}

void c8d__errand_defer(struct c8d__errand *errand)
{
    c8d__errand_take(errand, NULL, NULL);
    c8d__errand_wait(errand, c8d__dispatch);
}

/* ---- calls and waits
 * ---------------------------------------------------------------------------------------------------- */

void c8d__errand_call(struct c8d__errand *errand, enum c8d__job_kind kind, c8d__then then)
{
    struct c8d__job *job = &errand->job;
    const struct c8d__host *host = &errand->local->host;

    c8d__job_forget(job);
    job->kind = kind;
    job->hr = 0;
    job->made = NULL;
    job->info = (struct c8d__process_info){0};
    errand->words[0] = '\0';
    errand->acted = true;
    errand->working = true;
    errand->finished = false;
    errand->then = then;
    errand->local->counters.calls++;
    host->run(host->ctx, &job->work);
}

void c8d__errand_await(struct c8d__errand *errand, struct c8d__watch *watch, enum c8d__latch latch,
                       bool exits_too, int64_t limit_ns, c8d__then then)
{
    errand->waiting = true;
    errand->watch = watch;
    errand->latch = latch;
    errand->exits_too = exits_too;
    errand->until = errand->local->host.now(errand->local->host.ctx) + limit_ns;
    errand->then = then;
}

void c8d__errand_wait(struct c8d__errand *errand, c8d__then then)
{
    errand->then = then;
}

static void hear_words(struct c8d__errand *errand)
{
    struct c8d__job *job = &errand->job;

    if (errand->code != C8D__HR_DONE && errand->code != C8D__HR_PENDING && job->result != NULL)
        c8d__document_events(errand->local->allocator, job->result, errand->words, sizeof(errand->words));
}

/* True: the job has been done. */
static bool take_job(struct c8d__errand *errand)
{
    bool finished;

    pthread_mutex_lock(&errand->local->finished_lock);
    finished = errand->finished;
    pthread_mutex_unlock(&errand->local->finished_lock);
    if (!finished)
        return false;
    errand->working = false;
    /* Only what is negative is a failure. */
    errand->code = errand->job.hr < 0 ? c8d__hr_code(errand->job.hr) : C8D__HR_DONE;
    hear_words(errand);
    c8d__wide_free(errand->local->allocator, &errand->job.name);
    c8d__wide_free(errand->local->allocator, &errand->job.document);
    return true;
}

/* True: the wait is over. */
static bool take_latch(struct c8d__errand *errand, int64_t now)
{
    const struct c8d__watch *watch = errand->watch;

    if (c8d__latch_is_set(watch, errand->latch))
        errand->code = c8d__latch_code(watch, errand->latch);
    else if (errand->exits_too && c8d__latch_is_set(watch, C8D__LATCH_EXITED))
        errand->code = C8D__HR_UNEXPECTED_EXIT;
    else if (c8d__latch_is_set(watch, C8D__LATCH_DISCONNECTED))
        errand->code = C8D__HR_SERVICE_DISCONNECT;
    else if (now >= errand->until)
        errand->code = C8D__HR_TIMEOUT;
    else
        return false;
    errand->waiting = false;
    errand->until = C8D_NO_DEADLINE;
    return true;
}

/* Nobody waits for longer than was said; what was begun goes on. */
static void expire(struct c8d__errand *errand, int64_t now)
{
    if (errand->reply == NULL || now < errand->deadline_ns)
        return;
    if (errand->acted) {
        c8d__errand_reply(errand, C8D_INDETERMINATE, "no answer in time");
        return;
    }
    c8d__errand_reply(errand, C8D_DEADLINE, "the deadline passed before anything was asked of HCS");
    c8d__errand_end(errand);
}

static void go_on(struct c8d__errand *errand, bool *moved)
{
    c8d__then before = errand->then;

    errand->then(errand);
    if (errand->over || errand->working || errand->waiting || errand->then != before)
        *moved = true;
}

static void run(struct c8d__errand *errand, int64_t now, bool *moved)
{
    expire(errand, now);
    if (errand->over || (errand->working && !take_job(errand)) ||
        (errand->waiting && !take_latch(errand, now)))
        return;
    go_on(errand, moved);
}

static void bury(struct c8d__local *local)
{
    struct c8d__errand **link = &local->errands;

    while (*link != NULL) {
        struct c8d__errand *errand = *link;
        struct c8d__local_container *container = errand->container;

        if (!errand->over) {
            link = &errand->next;
            continue;
        }
        *link = errand->next;
        c8d__errand_free(errand);
        if (container != NULL)
            c8d__local_sweep(container);
    }
}

void c8d__errands_run(struct c8d__local *local)
{
    int64_t now = local->host.now(local->host.ctx);
    bool moved = true;

    while (moved) {
        moved = false;
        c8d__processes_look(local);
        for (struct c8d__errand *errand = local->errands; errand != NULL; errand = errand->next)
            run(errand, now, &moved);
        bury(local);
    }
}

int64_t c8d__errands_due(const struct c8d__local *local)
{
    int64_t due = C8D_NO_DEADLINE;

    for (const struct c8d__errand *errand = local->errands; errand != NULL; errand = errand->next) {
        if (errand->reply != NULL && errand->deadline_ns < due)
            due = errand->deadline_ns;
        if (errand->waiting && errand->until < due)
            due = errand->until;
    }
    return due;
}
