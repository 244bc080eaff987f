/* SPDX-License-Identifier: Apache-2.0 */
/* The procedures of a compute system that begin its life: create and start. */
#include "system.h"
#include <string.h>

bool c8d__system_accepted(const struct c8d__errand *errand)
{
    return errand->code == C8D__HR_DONE || errand->code == C8D__HR_PENDING;
}

/* ---- undoing
 * -----------------------------------------------------------------------------------------------------------
 */

static void closed(struct c8d__errand *errand)
{
    errand->container->handle = NULL;
    errand->after(errand);
}

static void unregistered(struct c8d__errand *errand)
{
    errand->container->watch.registration = NULL;
    errand->job.handle = errand->container->handle;
    c8d__errand_call(errand, C8D__JOB_CLOSE, closed);
}

void c8d__system_let_go(struct c8d__errand *errand)
{
    if (errand->container->handle == NULL) {
        errand->after(errand);
    } else if (errand->container->watch.registration != NULL) {
        errand->job.handle = errand->container->watch.registration;
        c8d__errand_call(errand, C8D__JOB_UNREGISTER, unregistered);
    } else {
        unregistered(errand);
    }
}

static void terminate_called(struct c8d__errand *errand)
{
    if (c8d__system_accepted(errand))
        c8d__errand_await(errand, &errand->container->watch, C8D__LATCH_EXITED, false,
                          errand->local->limits.terminate_ns, c8d__system_let_go);
    else
        c8d__system_let_go(errand);
}

/* What was made is ended and given up; the error that brought us here is what is told. */
static void undo(struct c8d__errand *errand, const char *what)
{
    c8d__errand_keep_error(errand, what);
    if (errand->container->handle == NULL) {
        errand->after(errand);
        return;
    }
    errand->job.handle = errand->container->handle;
    c8d__errand_call(errand, C8D__JOB_TERMINATE, terminate_called);
}

/* ---- create and start
 * -------------------------------------------------------------------------------------------------- */

static void started(struct c8d__errand *errand)
{
    if (errand->code != C8D__HR_DONE)
        undo(errand, "the compute system cannot be started");
    else
        errand->after(errand);
}

static void start_called(struct c8d__errand *errand)
{
    if (errand->code == C8D__HR_PENDING)
        c8d__errand_await(errand, &errand->container->watch, C8D__LATCH_STARTED, true,
                          errand->local->limits.start_ns, started);
    else
        started(errand);
}

static void created(struct c8d__errand *errand)
{
    if (errand->code != C8D__HR_DONE) {
        undo(errand, "the compute system cannot be created");
        return;
    }
    errand->job.handle = errand->container->handle;
    c8d__errand_call(errand, C8D__JOB_START, start_called);
}

/* HCS has held the completion back, if it was faster than we. */
static void registered(struct c8d__errand *errand)
{
    errand->container->watch.registration = errand->job.made;
    if (errand->code != C8D__HR_DONE)
        undo(errand, "the compute system cannot be watched");
    else if (errand->creation_pends)
        c8d__errand_await(errand, &errand->container->watch, C8D__LATCH_CREATED, true,
                          errand->local->limits.create_ns, created);
    else
        created(errand);
}

static void create_called(struct c8d__errand *errand)
{
    if (!c8d__system_accepted(errand)) {
        undo(errand, "the compute system cannot be created");
        return;
    }
    errand->creation_pends = errand->code == C8D__HR_PENDING;
    errand->container->handle = errand->job.made;
    errand->job.handle = errand->job.made;
    errand->job.watch = &errand->container->watch;
    c8d__errand_call(errand, C8D__JOB_REGISTER, registered);
}

/* The procedure fails before anything was made. */
static void refuse(struct c8d__errand *errand, enum c8d_status status)
{
    errand->err.status = status;
    errand->after(errand);
}

static void call_create(struct c8d__errand *errand)
{
    struct c8d__local *local = errand->local;
    struct c8d__local_container *container = errand->container;
    struct c8d_str id = c8d__text_str(&container->id);
    const struct c8d__container_wish wish = {&local->host, &errand->oci, id, local->owner, errand->guids};
    enum c8d_status status =
        c8d__document_container(local->allocator, &wish, &errand->job.document, &errand->err);

    if (status == C8D_OK && c8d__to_wide(local->allocator, id, &errand->job.name) != C8D__TEXT_OK)
        status = c8d_error_set(&errand->err, C8D_EXHAUSTED, "no memory for a name");
    if (status != C8D_OK) {
        refuse(errand, status);
        return;
    }
    container->hyperv = errand->oci.hyperv;
    container->paused = false;
    container->terminated = false;
    container->exited_at = 0;
    c8d__watch_reset(local, &container->watch);
    c8d__errand_call(errand, C8D__JOB_CREATE, create_called);
}

static void name_layer(struct c8d__errand *errand);

static void named(struct c8d__errand *errand)
{
    if (errand->code != C8D__HR_DONE) {
        undo(errand, "a layer cannot be named");
        return;
    }
    errand->guids[errand->n_named++] = errand->job.guid;
    name_layer(errand);
}

static void name_layer(struct c8d__errand *errand)
{
    const char *path;
    enum c8d__text_verdict verdict;

    if (errand->n_named == errand->n_guids) {
        call_create(errand);
        return;
    }
    path = json_string_value(json_array_get(errand->oci.layers, errand->n_named));
    verdict = c8d__to_wide(errand->local->allocator, c8d__layer_name(path), &errand->job.name);
    if (verdict != C8D__TEXT_OK)
        refuse(errand, c8d_error_set(&errand->err, C8D_EXHAUSTED, "no memory for a layer's name"));
    else
        c8d__errand_call(errand, C8D__JOB_NAME_TO_GUID, named);
}

static void make(struct c8d__errand *errand)
{
    struct c8d__local *local = errand->local;
    enum c8d_status status = c8d__spec_read(
        &local->host, local->allocator, c8d__text_str(&errand->container->spec), &errand->oci, &errand->err);
    size_t n;

    if (status != C8D_OK) {
        refuse(errand, status);
        return;
    }
    n = json_array_size(errand->oci.layers) - 1;
    errand->guids = c8d__local_alloc(local, n * sizeof(*errand->guids));
    if (errand->guids == NULL) {
        refuse(errand, c8d_error_set(&errand->err, C8D_EXHAUSTED, "no memory for the layers"));
        return;
    }
    errand->n_guids = n;
    name_layer(errand);
}

static void create_done(struct c8d__errand *errand)
{
    struct c8d__local_container *container = errand->container;

    if (errand->err.status == C8D_OK) {
        container->record = C8D__RECORD_THERE;
        c8d__local_publish(errand->local, C8D_EVENT_CONTAINER_CREATE, container, NULL);
        /* It was made, whether or not there is memory to say when. */
        if (errand->reply != NULL)
            (void)c8d__local_tell_container(errand->local, errand->reply, container);
        c8d__errand_reply(errand, C8D_OK, "%s", "");
    } else {
        c8d__errand_reply_error(errand);
        c8d__errand_take(errand, NULL, NULL);
        c8d__local_remove(container);
    }
    c8d__errand_end(errand);
}

void c8d__system_create(struct c8d__errand *errand)
{
    errand->after = create_done;
    make(errand);
}

/* ---- once more
 * ---------------------------------------------------------------------------------------------------------
 */

static void old_one_gone(struct c8d__errand *errand)
{
    errand->after = errand->finally;
    make(errand);
}

/* Its processes are told to have ended first: they live in the handles that are let go. */
static void let_old_one_go(struct c8d__errand *errand)
{
    if (c8d__system_is_busy(errand)) {
        c8d__errand_wait(errand, let_old_one_go);
        return;
    }
    errand->finally = errand->after;
    errand->after = old_one_gone;
    c8d__system_let_go(errand);
}

static void old_one_exited(struct c8d__errand *errand)
{
    if (c8d__latch_is_set(&errand->container->watch, C8D__LATCH_EXITED) ||
        errand->code == C8D__HR_SERVICE_DISCONNECT) {
        let_old_one_go(errand);
        return;
    }
    c8d__errand_keep_error(errand, "the container's compute system does not exit");
    errand->after(errand);
}

void c8d__system_bring_up(struct c8d__errand *errand)
{
    if (errand->container->handle == NULL)
        make(errand);
    else
        c8d__errand_await(errand, &errand->container->watch, C8D__LATCH_EXITED, false,
                          errand->local->limits.terminate_ns, old_one_exited);
}
