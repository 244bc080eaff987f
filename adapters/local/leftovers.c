/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list, with what a former life of this owner has left in HCS. A leftover is kept here from the list that
 * named it until one that does not, or until it is taken over or deleted; HCS is asked of nothing else about
 * it before that.
 */
#include "local_internal.h"
#include "system.h"
#include <string.h>

static void answer(struct c8d__errand *errand)
{
    struct c8d__local *local = errand->local;
    bool told = errand->reply == NULL || c8d__local_tell_all(local, errand->reply);

    c8d__errand_answer(errand, told ? C8D_OK : C8D_EXHAUSTED, told ? "" : "no memory for the answer");
}

/* What cannot be listed as a whole is not listed: whatever is missing in a list is gone. */
static void fail(struct c8d__errand *errand)
{
    if (errand->err.status == C8D_NOT_FOUND)
        errand->err.status = C8D_REMOTE;
    c8d__errand_reply_error(errand);
    c8d__errand_end(errand);
}

enum c8d__owned c8d__system_owned(const struct c8d__local *local, const json_t *properties)
{
    const char *owner = json_string_value(json_object_get(properties, "Owner"));

    if (owner == NULL)
        return C8D__OWNED_UNTOLD;
    return strcmp(owner, local->owner) == 0 ? C8D__OWNED_BY_US : C8D__OWNED_BY_ANOTHER;
}

/* The id of a system that is a leftover, be it known already; NULL for any other. */
static const char *leftover_id(const struct c8d__local *local, const json_t *system)
{
    const char *id = json_string_value(json_object_get(system, "Id"));
    const char *state = json_string_value(json_object_get(system, "State"));
    bool ours = c8d__system_owned(local, system) == C8D__OWNED_BY_US;

    if (!ours || id == NULL || *id == '\0' || strlen(id) > C8D_NAME_BYTES_MAX ||
        (state != NULL && strcmp(state, "Stopped") == 0))
        return NULL;
    return id;
}

static bool is_named(const struct c8d__local *local, const json_t *systems, const char *id)
{
    const json_t *system;
    size_t i;

    json_array_foreach(systems, i, system)
    {
        const char *named = leftover_id(local, system);

        if (named != NULL && strcmp(named, id) == 0)
            return true;
    }
    return false;
}

static void forget_missing(struct c8d__local *local, const json_t *systems)
{
    struct c8d__local_container *next;

    for (struct c8d__local_container *each = local->containers; each != NULL; each = next) {
        next = each->next;
        if (each->users == 0 && !is_named(local, systems, each->id.chars) &&
            c8d__system_hear(each, C8D_SYM_IS_ABSENT))
            c8d__local_remove(each);
    }
}

static bool add(struct c8d__errand *errand, const char *id)
{
    struct c8d__local *local = errand->local;
    struct c8d__local_container *container;

    c8d__text_free(local->allocator, &errand->container_id);
    if (!c8d__text_copy(local->allocator, (struct c8d_str){id, strlen(id)}, &errand->container_id))
        return false;
    container = c8d__local_add(local, errand);
    if (container == NULL)
        return false;
    container->created_at_ns = 0;
    return c8d__system_hear(container, C8D_SYM_SNAPSHOT);
}

static bool add_new(struct c8d__errand *errand, const json_t *systems)
{
    const json_t *system;
    size_t i;

    json_array_foreach(systems, i, system)
    {
        const char *id = leftover_id(errand->local, system);

        if (id != NULL && c8d__local_find(errand->local, id) == NULL && !add(errand, id))
            return false;
    }
    return true;
}

static void enumerate(struct c8d__errand *errand);

static void take_list(struct c8d__errand *errand, const json_t *systems)
{
    forget_missing(errand->local, systems);
    if (add_new(errand, systems))
        answer(errand);
    else
        fail(errand);
}

static void enumerated(struct c8d__errand *errand)
{
    json_t *systems = NULL;

    if (errand->local->host.hcs->enumerate == NULL) {
        answer(errand);
    } else if (errand->code != C8D__HR_DONE) {
        c8d__errand_keep_error(errand, "the compute systems cannot be listed");
        fail(errand);
    } else if (errand->removals != errand->local->removals) {
        /* What was deleted meanwhile may still stand in this list, and would be taken for a leftover. */
        enumerate(errand);
    } else if (c8d__document_read_list(errand->local->allocator, errand->job.properties, &systems,
                                       &errand->err) != C8D_OK) {
        fail(errand);
    } else {
        (void)c8d_error_set(&errand->err, C8D_EXHAUSTED, "no memory for the answer");
        take_list(errand, systems);
    }
    json_decref(systems);
}

static void enumerate(struct c8d__errand *errand)
{
    struct c8d__local *local = errand->local;

    errand->removals = local->removals;
    if (c8d__document_owner(local->allocator, local->owner, &errand->job.document, &errand->err) == C8D_OK)
        c8d__errand_call(errand, C8D__JOB_ENUMERATE, enumerated);
    else
        fail(errand);
}

void c8d__system_list(struct c8d__errand *errand)
{
    enumerate(errand);
}
