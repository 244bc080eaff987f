/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Process handles: their lives, and what they hear. A handle is bound to one incarnation. What it knows of
 * its end it keeps itself, so that a later run of the same name never answers for it.
 */
#include "client_internal.h"

#define FIRST_BUCKETS 64

static struct c8d_process **bucket_of(const struct c8d_client *client, c8d_ref container, c8d_ref exec)
{
    uint64_t hash = (container ^ (exec << 1)) * UINT64_C(0x9E3779B97F4A7C15);

    return &client->buckets[(hash >> 32) & (client->n_buckets - 1)];
}

/* More buckets for more handles. Without memory they just get longer. */
bool c8d__processes_reserve(struct c8d_client *client)
{
    uint32_t before = client->n_buckets;
    uint32_t after = before != 0 ? before * 2 : FIRST_BUCKETS;
    struct c8d_process **old = client->buckets;
    struct c8d_process **buckets;

    if (client->n_processes < before)
        return true;
    buckets = c8d__alloc(client, after * sizeof(struct c8d_process *));
    if (buckets == NULL)
        return before != 0;
    client->buckets = buckets;
    client->n_buckets = after;
    for (uint32_t i = 0; i < before; i++) {
        for (struct c8d_process *process = old[i], *next; process != NULL; process = next) {
            struct c8d_process **bucket = bucket_of(client, process->container->ref, process->exec);

            next = process->next;
            process->next = *bucket;
            *bucket = process;
        }
    }
    c8d__release(client, old, before * sizeof(struct c8d_process *));
    return true;
}

struct c8d_process *c8d__process_new(struct c8d_container *container, c8d_ref exec, struct c8d_str id)
{
    struct c8d_client *client = container->client;
    struct c8d_process *process =
        c8d__processes_reserve(client) ? c8d__alloc(client, sizeof(*process)) : NULL;
    struct c8d_process **bucket;

    if (process == NULL)
        return NULL;
    process->client = client;
    process->container = container;
    process->exec = exec;
    process->refs = 1;
    process->stdio = (struct c8d_stdio){.in = -1, .out = -1, .err = -1};
    process->id = c8d__store(process->id_bytes, id);
    bucket = bucket_of(client, container->ref, exec);
    process->next = *bucket;
    *bucket = process;
    client->n_processes++;
    client->refs++;
    container->pins++;
    (void)c8d_model_hold(client->model, container->ref, exec);
    return process;
}

/* Takes what the model knows of the present run into a new handle. */
static void adopt_view(struct c8d_process *process, const struct c8d_process_view *view)
{
    process->incarnation = view->incarnation;
    process->pid = view->pid;
    process->started = view->started;
    process->has_end = view->ended;
    process->ended = view->ended;
    process->exit = view->exit;
}

struct c8d_process *c8d__process_of(struct c8d_container *container, c8d_ref exec, uint32_t incarnation)
{
    struct c8d_client *client = container->client;
    struct c8d_process *process = *bucket_of(client, container->ref, exec);
    struct c8d_process_view view = {0};

    for (; process != NULL; process = process->next) {
        if (process->container->ref == container->ref && process->exec == exec &&
            process->incarnation == incarnation) {
            c8d__process_ref(process);
            return process;
        }
    }
    process = c8d__process_new(container, exec, container->id);
    if (process != NULL && c8d_model_view_process(client->model, container->ref, exec, &view))
        adopt_view(process, &view);
    return process;
}

static void destroy(struct c8d_process *process)
{
    struct c8d_client *client = process->client;
    struct c8d_process **link = bucket_of(client, process->container->ref, process->exec);

    while (*link != process)
        link = &(*link)->next;
    *link = process->next;
    client->n_processes--;
    c8d_model_release(client->model, process->container->ref, process->exec);
    c8d__container_unpin(process->container);
    c8d__release(client, process, sizeof(*process));
}

void c8d__process_ref(struct c8d_process *process)
{
    if (process->refs++ == 0)
        c8d__client_ref(process->client);
}

/* The caller drops the client's reference that the handle had. */
void c8d__process_unref(struct c8d_process *process)
{
    if (--process->refs == 0) {
        process->client->refs--;
        c8d__stdio_hold(process, false); /* nobody is left to want it later */
        if (process->pins == 0)
            destroy(process);
    }
}

void c8d__process_unpin(struct c8d_process *process)
{
    if (--process->pins == 0 && process->refs == 0)
        destroy(process);
}

bool c8d__process_view(const struct c8d_process *process, struct c8d_process_view *out)
{
    return process->incarnation != 0 &&
           c8d_model_view_process(process->client->model, process->container->ref, process->exec, out) &&
           out->incarnation == process->incarnation;
}

void c8d__process_refresh(struct c8d_process *process)
{
    struct c8d_process_view view;

    if (process->has_end && c8d__process_view(process, &view) && view.ended)
        process->exit = view.exit;
}

static void hear(struct c8d_process *process, const struct c8d_action *notice)
{
    if (notice->pid != 0)
        process->pid = notice->pid;
    switch (notice->what) {
    case C8D_NOTICE_START:
    case C8D_NOTICE_EXEC_STARTED:
        process->started = true;
        c8d__stdio_started(process);
        break;
    case C8D_NOTICE_EXIT:
        process->has_end = true;
        process->exit.ran = notice->ran;
        break;
    case C8D_NOTICE_DELETED:
        /* Deleted without an end: it was created and never ran. */
        process->has_end = true;
        break;
    default:
        return;
    }
    if (notice->exit_known) {
        process->exit.known = true;
        process->exit.code = notice->exit_code;
        process->exit.at_ns = notice->exited_at_ns;
    }
}

static bool is_about(const struct c8d_action *notice, const struct c8d_process *process)
{
    return process->container->ref == notice->container && process->exec == notice->process;
}

void c8d__processes_hear(struct c8d_client *client, const struct c8d_action *notice)
{
    bool creates = notice->what == C8D_NOTICE_CREATE || notice->what == C8D_NOTICE_EXEC_ADDED;
    struct c8d_process *process = *bucket_of(client, notice->container, notice->process);

    if (creates && notice->process == C8D_REF_NONE)
        c8d__streams_forget(client, notice->container);
    for (; process != NULL; process = process->next) {
        if (!is_about(notice, process))
            continue;
        if (process->incarnation == 0 && creates)
            process->incarnation = notice->incarnation;
        if (process->incarnation == notice->incarnation)
            hear(process, notice);
    }
}

/* Finds a handle that has not been marked by what was told. */
static struct c8d_process *find_unmarked(struct c8d_client *client, const struct c8d_action *notice)
{
    struct c8d_process *process = *bucket_of(client, notice->container, notice->process);
    bool deleted = notice->what == C8D_NOTICE_DELETED;

    for (; process != NULL; process = process->next) {
        if (is_about(notice, process) && process->incarnation == notice->incarnation &&
            (!process->ended || (deleted && !process->gone)))
            return process;
    }
    return NULL;
}

void c8d__processes_told(struct c8d_client *client, const struct c8d_action *notice)
{
    struct c8d_process *process;

    if (notice->what != C8D_NOTICE_EXIT && notice->what != C8D_NOTICE_DELETED)
        return;
    /* Searched anew each time: the handles may change while a stream's last bytes are told. */
    while ((process = find_unmarked(client, notice)) != NULL) {
        process->ended = true;
        process->pins++; /* whoever waits may let go of it */
        if (notice->what == C8D_NOTICE_DELETED) {
            process->gone = true;
            c8d__stdio_finish(process);
        } else {
            c8d__stdio_exited(process);
        }
        c8d__waits_complete(process);
        c8d__process_unpin(process);
    }
}

void c8d__processes_free(struct c8d_client *client)
{
    for (uint32_t i = 0; i < client->n_buckets; i++) {
        for (struct c8d_process *process = client->buckets[i], *next; process != NULL; process = next) {
            next = process->next;
            /* A task goes on without us, and whoever comes next may attach to it. */
            process->stdio.keep = process->exec == C8D_REF_NONE && process->started && !process->has_end;
            if (process->streaming)
                client->runtime.ops->close_stdio(client->runtime.ctx, &process->stdio);
            c8d__release(client, process, sizeof(*process));
        }
    }
    c8d__release(client, client->buckets, client->n_buckets * sizeof(struct c8d_process *));
}
