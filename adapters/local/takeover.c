/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A compute system that this runtime has not made is opened by its id, and whose it is is asked: ids are
 * those of the whole machine.
 */
#include "system.h"

/* With the error that is kept, or that of the call. */
static enum c8d_symbol failure(const struct c8d__errand *errand)
{
    enum c8d_status status = errand->err.status != C8D_OK ? errand->err.status : c8d__hr_status(errand->code);

    return status == C8D_NOT_FOUND ? C8D_SYM_MISSING : C8D_SYM_ERROR;
}

/* ---- open
 * ---------------------------------------------------------------------------------------------- */

static void opened(struct c8d__errand *errand)
{
    if (errand->code != C8D__HR_DONE) {
        c8d__system_outcome(errand, failure(errand));
        return;
    }
    errand->container->handle = errand->job.made;
    c8d__system_outcome(errand, C8D_SYM_OK);
}

void c8d__system_open(struct c8d__errand *errand)
{
    struct c8d__local_container *container = errand->container;
    enum c8d__text_verdict verdict =
        c8d__to_wide(errand->local->allocator, c8d__text_str(&container->id), &errand->job.name);

    if (verdict == C8D__TEXT_OK) {
        container->exited_at = 0;
        c8d__watch_reset(errand->local, &container->watch);
        c8d__errand_call(errand, C8D__JOB_OPEN, opened);
        return;
    }
    if (verdict == C8D__TEXT_MALFORMED)
        (void)c8d_error_set(&errand->err, C8D_NOT_FOUND, "no container has such a name");
    else
        (void)c8d_error_set(&errand->err, C8D_EXHAUSTED, "no memory for a name");
    c8d__system_outcome(errand, failure(errand));
}

/* ---- whose it is
 * ------------------------------------------------------------------------------------------------------ */

static enum c8d_status check_owner(struct c8d__errand *errand)
{
    const struct c8d__local *local = errand->local;
    json_t *properties = NULL;
    enum c8d_status status =
        c8d__document_read(local->allocator, errand->job.properties, &properties, &errand->err);
    enum c8d__owned owned = status == C8D_OK ? c8d__system_owned(local, properties) : C8D__OWNED_UNTOLD;

    if (owned == C8D__OWNED_BY_ANOTHER)
        status = c8d_error_set(&errand->err, C8D_NOT_FOUND,
                               "no container of this owner: the compute system of that id belongs to \"%s\"",
                               json_string_value(json_object_get(properties, "Owner")));
    else if (status == C8D_OK && owned == C8D__OWNED_UNTOLD)
        status = c8d_error_set(&errand->err, C8D_REMOTE,
                               "HCS does not tell who the compute system of that id belongs to");
    json_decref(properties);
    return status;
}

static void owner_told(struct c8d__errand *errand)
{
    if (errand->code == C8D__HR_DONE && check_owner(errand) == C8D_OK)
        c8d__system_outcome(errand, C8D_SYM_OK);
    else
        c8d__system_outcome(errand, failure(errand));
}

void c8d__system_ask_owner(struct c8d__errand *errand)
{
    if (c8d__document_query(errand->local->allocator, NULL, &errand->job.document, &errand->err) != C8D_OK) {
        c8d__system_outcome(errand, failure(errand));
        return;
    }
    errand->job.handle = errand->container->handle;
    c8d__errand_call(errand, C8D__JOB_PROPERTIES, owner_told);
}

/* ---- to see its end
 * ---------------------------------------------------------------------------------------------- */

static void watched(struct c8d__errand *errand)
{
    errand->container->watch.registration = errand->job.made;
    if (errand->code == C8D__HR_DONE)
        c8d__system_outcome(errand, C8D_SYM_OK);
    else
        c8d__system_outcome(errand, c8d__hr_is_stopped(errand->code) ? C8D_SYM_EXITED : C8D_SYM_ERROR);
}

void c8d__system_watch(struct c8d__errand *errand)
{
    errand->job.handle = errand->container->handle;
    errand->job.watch = &errand->container->watch;
    c8d__errand_call(errand, C8D__JOB_REGISTER, watched);
}
