/* SPDX-License-Identifier: Apache-2.0 */
/* What begins the life of a compute system: create and start. */
#include "system.h"
#include <string.h>

/* ---- create
 * -------------------------------------------------------------------------------------------------- */

/* What there is of it is the model's to end. */
static void create_failed(struct c8d__errand *errand, const char *what)
{
    c8d__errand_keep_error(errand, what);
    c8d__system_outcome(errand, errand->container->handle != NULL ? C8D_SYM_LOST : C8D_SYM_ERROR);
}

static void created(struct c8d__errand *errand)
{
    if (errand->code != C8D__HR_DONE)
        create_failed(errand, "the compute system cannot be created");
    else
        c8d__system_outcome(errand, C8D_SYM_OK);
}

/* HCS has held the completion back, if it was faster than we. */
static void registered(struct c8d__errand *errand)
{
    errand->container->watch.registration = errand->job.made;
    if (errand->code != C8D__HR_DONE)
        create_failed(errand, "the compute system cannot be watched");
    else if (errand->creation_pends)
        c8d__errand_await(errand, &errand->container->watch, C8D__LATCH_CREATED, true,
                          errand->local->limits.create_ns, created);
    else
        created(errand);
}

static void create_called(struct c8d__errand *errand)
{
    if (!c8d__system_accepted(errand)) {
        create_failed(errand, "the compute system cannot be created");
        return;
    }
    errand->creation_pends = errand->code == C8D__HR_PENDING;
    errand->container->handle = errand->job.made;
    errand->job.handle = errand->job.made;
    errand->job.watch = &errand->container->watch;
    c8d__errand_call(errand, C8D__JOB_REGISTER, registered);
}

/* Before anything was made. */
static void refuse(struct c8d__errand *errand, enum c8d_status status)
{
    errand->err.status = status;
    c8d__system_outcome(errand, C8D_SYM_ERROR);
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
    container->exited_at = 0;
    c8d__watch_reset(local, &container->watch);
    c8d__errand_call(errand, C8D__JOB_CREATE, create_called);
}

static void name_layer(struct c8d__errand *errand);

static void named(struct c8d__errand *errand)
{
    if (errand->code != C8D__HR_DONE) {
        create_failed(errand, "a layer cannot be named");
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

void c8d__system_create(struct c8d__errand *errand)
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

/* ---- start
 * ---------------------------------------------------------------------------------------------------------
 */

static void started(struct c8d__errand *errand)
{
    if (errand->code != C8D__HR_DONE)
        c8d__errand_keep_error(errand, "the compute system cannot be started");
    c8d__system_outcome(errand, errand->code != C8D__HR_DONE ? C8D_SYM_ERROR : C8D_SYM_OK);
}

static void start_called(struct c8d__errand *errand)
{
    if (errand->code == C8D__HR_PENDING)
        c8d__errand_await(errand, &errand->container->watch, C8D__LATCH_STARTED, true,
                          errand->local->limits.start_ns, started);
    else
        started(errand);
}

void c8d__system_start(struct c8d__errand *errand)
{
    errand->job.handle = errand->container->handle;
    c8d__errand_call(errand, C8D__JOB_START, start_called);
}
