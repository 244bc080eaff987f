/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A compute system that this runtime has not made is opened by its id: to be looked at, or to be ended. Ids
 * are those of the whole machine, so whose it is has to be asked before anything else is done to it.
 */
#include "system.h"

/* ---- what comes of it
 * -------------------------------------------------------------------------------------------------- */

static void forget(struct c8d__errand *errand)
{
    struct c8d__local_container *container = errand->container;

    c8d__errand_take(errand, NULL, NULL);
    c8d__local_remove(container);
    c8d__errand_end(errand);
}

static void load_failed(struct c8d__errand *errand)
{
    c8d__errand_reply_error(errand);
    forget(errand);
}

/* With the error that is kept. */
static void give_up(struct c8d__errand *errand)
{
    errand->after = load_failed;
    c8d__system_let_go(errand);
}

static void tell(struct c8d__errand *errand)
{
    bool told =
        errand->reply == NULL || c8d__local_tell_container(errand->local, errand->reply, errand->container);

    c8d__errand_reply(errand, told ? C8D_OK : C8D_EXHAUSTED, "%s", told ? "" : "no memory for the answer");
}

/* It was looked at, and is left as it is. */
static void looked_at(struct c8d__errand *errand)
{
    tell(errand);
    forget(errand);
}

/* ---- its end
 * ----------------------------------------------------------------------------------------------------------
 */

static void leftover_exited(struct c8d__errand *errand)
{
    if (!c8d__latch_is_set(&errand->container->watch, C8D__LATCH_EXITED) &&
        !c8d__hr_is_stopped(errand->code)) {
        c8d__errand_keep_error(errand, "the leftover compute system does not end");
        give_up(errand);
        return;
    }
    errand->container->loaded = true;
    errand->container->left = false;
    if (errand->kind == C8D_CALL_CONTAINER_DELETE) {
        c8d__system_delete(errand);
        return;
    }
    errand->container->record = C8D__RECORD_THERE;
    tell(errand);
    c8d__errand_end(errand);
}

static void leftover_terminated(struct c8d__errand *errand)
{
    if (c8d__system_accepted(errand)) {
        errand->container->terminated = true;
        c8d__errand_await(errand, &errand->container->watch, C8D__LATCH_EXITED, false,
                          errand->local->limits.load_ns, leftover_exited);
    } else {
        leftover_exited(errand);
    }
}

static void leftover_registered(struct c8d__errand *errand)
{
    errand->container->watch.registration = errand->job.made;
    if (errand->code != C8D__HR_DONE) {
        leftover_exited(errand);
        return;
    }
    errand->job.handle = errand->container->handle;
    c8d__errand_call(errand, C8D__JOB_TERMINATE, leftover_terminated);
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
    struct c8d__local_container *container = errand->container;

    if (errand->code != C8D__HR_DONE) {
        c8d__errand_keep_error(errand, "who the compute system of that id belongs to cannot be asked");
        give_up(errand);
    } else if (check_owner(errand) != C8D_OK) {
        give_up(errand);
    } else if (!errand->takes_over && errand->kind == C8D_CALL_CONTAINER_GET) {
        errand->after = looked_at;
        c8d__system_let_go(errand);
    } else {
        errand->job.handle = container->handle;
        errand->job.watch = &container->watch;
        c8d__errand_call(errand, C8D__JOB_REGISTER, leftover_registered);
    }
}

static void opened(struct c8d__errand *errand)
{
    if (errand->code != C8D__HR_DONE) {
        c8d__errand_keep_error(errand, "no such container");
        load_failed(errand);
        return;
    }
    errand->container->handle = errand->job.made;
    if (c8d__document_query(errand->local->allocator, NULL, &errand->job.document, &errand->err) != C8D_OK) {
        give_up(errand);
        return;
    }
    errand->job.handle = errand->container->handle;
    c8d__errand_call(errand, C8D__JOB_PROPERTIES, owner_told);
}

/* ---- what it begins with
 * ---------------------------------------------------------------------------------------------- */

void c8d__system_take_over(struct c8d__errand *errand)
{
    if (c8d__to_wide(errand->local->allocator, c8d__text_str(&errand->container->id), &errand->job.name) ==
        C8D__TEXT_OK) {
        c8d__errand_call(errand, C8D__JOB_OPEN, opened);
        return;
    }
    errand->container->record = C8D__RECORD_THERE;
    c8d__errand_reply(errand, C8D_EXHAUSTED, "%s", "no memory for a name");
    c8d__errand_end(errand);
}

void c8d__system_load(struct c8d__errand *errand)
{
    struct c8d__local *local = errand->local;
    struct c8d__local_container *container = c8d__local_add(local, errand);
    enum c8d__text_verdict verdict = C8D__TEXT_NO_MEMORY;

    if (container != NULL) {
        c8d__errand_take(errand, container, NULL);
        container->created_at_ns = 0;
        verdict = c8d__to_wide(local->allocator, c8d__text_str(&container->id), &errand->job.name);
    }
    if (verdict == C8D__TEXT_OK) {
        c8d__errand_call(errand, C8D__JOB_OPEN, opened);
        return;
    }
    c8d__errand_reply(errand, verdict == C8D__TEXT_MALFORMED ? C8D_NOT_FOUND : C8D_EXHAUSTED, "%s",
                      verdict == C8D__TEXT_MALFORMED ? "no container has such a name" : "no memory");
    if (container != NULL)
        forget(errand);
    else
        c8d__errand_end(errand);
}
