/* SPDX-License-Identifier: Apache-2.0 */
/* Taking up the streams of a task that runs: where they are is told by the runtime. */
#include "client_internal.h"
#include <string.h>

void c8d__streams_free(struct c8d_container *container)
{
    c8d__release(container->client, container->streams.bytes, container->streams.size);
    container->streams = (struct c8d__streams_told){0};
}

static struct c8d_str keep(char **to, struct c8d_str name)
{
    struct c8d_str kept = {*to, name.len};

    if (name.len != 0)
        memcpy(*to, name.ptr, name.len);
    *to += name.len;
    return kept;
}

/* Without memory nothing is known: it is asked for again. */
static void tell(struct c8d_container *container, const struct c8d_stdio_names *names)
{
    /* One byte more, so that there is always something to point into. */
    size_t size = names->in.len + names->out.len + names->err.len + 1;
    char *bytes = c8d__alloc(container->client, size);
    char *to = bytes;

    c8d__streams_free(container);
    if (bytes == NULL)
        return;
    container->streams = (struct c8d__streams_told){
        .bytes = bytes,
        .size = size,
        .told = true,
        .names = {.terminal = names->terminal},
    };
    container->streams.names.in = keep(&to, names->in);
    container->streams.names.out = keep(&to, names->out);
    container->streams.names.err = keep(&to, names->err);
}

void c8d__streams_tell(struct c8d_client *client, c8d_ref ref, const struct c8d_entry *entry)
{
    if (!entry->process_told)
        return;
    for (struct c8d_container *container = client->containers; container != NULL;
         container = container->next) {
        if (container->ref == ref)
            tell(container, &entry->stdio);
    }
}

void c8d__streams_forget(struct c8d_client *client, c8d_ref ref)
{
    for (struct c8d_container *container = client->containers; container != NULL;
         container = container->next) {
        if (container->ref == ref)
            container->streams.told = false;
    }
}

/* Makes sure that it is known where the streams are. */
static enum c8d_status locate(struct c8d_container *container, int64_t deadline, struct c8d_error *err)
{
    struct c8d__plain what = {.container = container,
                              .call = {.kind = C8D_CALL_STATE, .container = container->id}};
    enum c8d_status status;

    if (container->streams.told)
        return C8D_OK;
    status = c8d__plain_call(container->client, &what, deadline, err);
    if (status == C8D_OK && !container->streams.told)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory");
    return status;
}

/* Those of the streams wanted that there are. */
static uint32_t flags_of(const struct c8d_stdio_names *names, uint32_t wanted)
{
    uint32_t flags = 0;

    if (names->in.len != 0)
        flags |= C8D_STDIO_IN;
    if (names->out.len != 0)
        flags |= C8D_STDIO_OUT;
    if (names->err.len != 0 && !names->terminal)
        flags |= C8D_STDIO_ERR;
    return wanted != 0 ? flags & wanted : flags;
}

static enum c8d_status take_streams(struct c8d_process *task, const struct c8d_attach_options *options,
                                    struct c8d_error *err)
{
    const struct c8d_stdio_names *names = &task->container->streams.names;
    uint32_t flags = flags_of(names, options->stdio);
    enum c8d_status status;

    if (task->streaming && !task->left)
        return c8d_error_set(err, C8D_CONFLICT, "its streams are attached already");
    if (flags == 0)
        return C8D_OK;
    task->output = options->output;
    task->user = options->user;
    if (task->left) {
        /* Ours all the time. */
        c8d__stdio_read(task);
        return C8D_OK;
    }
    status = c8d__stdio_attach_to(task, names, flags, err);
    /* Of one that has ended there may be something left to read, or not. */
    return task->has_end && status != C8D_EXHAUSTED ? C8D_OK : status;
}

static enum c8d_status attach(struct c8d_container *container, const struct c8d_attach_options *options,
                              int64_t deadline, struct c8d_process **out, struct c8d_error *err)
{
    enum c8d_status status = c8d__connect(container->client, deadline, err);
    struct c8d_process_view view = {0};
    struct c8d_process *task;

    if (status == C8D_OK)
        status = locate(container, deadline, err);
    if (status != C8D_OK)
        return status;
    if (!c8d_model_view_process(container->client->model, container->ref, C8D_REF_NONE, &view) ||
        view.incarnation == 0 || view.public_state == C8D_STATE_DELETED)
        return c8d_error_set(err, C8D_NOT_FOUND, "it has no task");
    task = c8d__process_of(container, C8D_REF_NONE, view.incarnation);
    if (task == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory");
    status = take_streams(task, options, err);
    if (status == C8D_OK)
        *out = task;
    else
        c8d__process_unref(task);
    return status;
}

enum c8d_status c8d_container_attach_task(struct c8d_container *container,
                                          const struct c8d_attach_options *options, int64_t timeout_ns,
                                          struct c8d_process **out, struct c8d_error *err)
{
    struct c8d_client *client = container->client;
    struct c8d_attach_options known = {0};
    enum c8d_status status;

    if (options != NULL && !c8d__options(&known, sizeof(known), options, options->size))
        return c8d_error_set(err, C8D_INVALID, "unknown size of the options");
    status = c8d__enter(client, err);
    if (status != C8D_OK)
        return status;
    status = attach(container, &known, c8d__deadline(client, timeout_ns), out, err);
    c8d__leave(client);
    return status;
}
