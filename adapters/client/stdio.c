/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The output streams of processes, from their opening to their end. They are read by the driver between the
 * arrivals, one read each time round, so that no stream keeps the others waiting.
 */
#include "client_internal.h"
#include <errno.h>
#include <unistd.h>

#define READ_BYTES ((size_t)64 * 1024)
/* More than a pipe holds; somebody else may go on writing for ever. */
#define LAST_READS 17

static enum c8d_status make_buffer(struct c8d_client *client, struct c8d_error *err)
{
    if (client->buffer == NULL)
        client->buffer = c8d__alloc(client, READ_BYTES);
    return client->buffer != NULL ? C8D_OK : c8d_error_set(err, C8D_EXHAUSTED, "no memory");
}

/* The label by which libcontainerd names the directory of a container's pipes. Empty: there is none. */
static struct c8d_str directory_of(const struct c8d_container *container)
{
    static const char key[] = C8D_LABEL_BUNDLE_PATH;
    const struct c8d__record *record = &container->record;

    for (size_t i = 0; i < record->n_labels; i++) {
        if (c8d__same(record->labels[i].key, (struct c8d_str){key, sizeof(key) - 1}))
            return record->labels[i].value;
    }
    return (struct c8d_str){0};
}

enum c8d_status c8d__stdio_open(struct c8d_process *process, uint32_t flags, struct c8d_error *err)
{
    const struct c8d_runtime runtime = process->client->runtime;
    const struct c8d_stdio_place place = {
        .directory = directory_of(process->container),
        .container = process->container->id,
        .process = process->exec != C8D_REF_NONE ? process->id : (struct c8d_str){0},
    };

    if (flags == 0)
        return C8D_OK;
    if (make_buffer(process->client, err) != C8D_OK)
        return C8D_EXHAUSTED;
    if (place.directory.len != 0 && runtime.ops->open_stdio_in != NULL)
        return runtime.ops->open_stdio_in(runtime.ctx, &place, flags, &process->stdio, err);
    return runtime.ops->open_stdio(runtime.ctx, place.container, place.process, flags, &process->stdio, err);
}

enum c8d_status c8d__stdio_attach_to(struct c8d_process *process, const struct c8d_stdio_names *names,
                                     uint32_t flags, struct c8d_error *err)
{
    const struct c8d_runtime runtime = process->client->runtime;
    enum c8d_status status = make_buffer(process->client, err);

    if (status != C8D_OK)
        return status;
    if (runtime.ops->attach_stdio == NULL)
        return c8d_error_set(err, C8D_NOT_IMPLEMENTED, "this runtime has no streams to attach to");
    status = runtime.ops->attach_stdio(runtime.ctx, names, flags, &process->stdio, err);
    if (status == C8D_OK)
        c8d__stdio_attach(process);
    return status;
}

void c8d__stdio_buffer_free(struct c8d_client *client)
{
    c8d__release(client, client->buffer, READ_BYTES);
}

void c8d__stdio_attach(struct c8d_process *process)
{
    struct c8d_client *client = process->client;

    if (process->stdio.flags == 0)
        return;
    process->streaming = true;
    process->has_stdin = process->stdio.in >= 0;
    process->pins++;
    process->next_stream = client->streams;
    client->streams = process;
    if (!process->left)
        c8d__stdio_read(process);
}

bool c8d__stdio_is_read(const struct c8d_process *process, int stream)
{
    if (process->held)
        return false;
    return stream == C8D_STDIO_OUT ? process->out_open && !process->out_early
                                   : process->err_open && !process->err_early;
}

static void watch_what_is_read(struct c8d_process *process)
{
    struct c8d_client *client = process->client;

    if (c8d__stdio_is_read(process, C8D_STDIO_OUT))
        c8d__watch(client, process->stdio.out, true);
    if (c8d__stdio_is_read(process, C8D_STDIO_ERR))
        c8d__watch(client, process->stdio.err, true);
    c8d__poll_anew(client);
}

void c8d__stdio_read(struct c8d_process *process)
{
    process->left = false;
    process->out_open = process->stdio.out >= 0;
    process->err_open = process->stdio.err >= 0;
    watch_what_is_read(process);
}

void c8d__stdio_hold(struct c8d_process *process, bool hold)
{
    struct c8d_client *client = process->client;

    if (process->held == hold)
        return;
    if (c8d__stdio_is_read(process, C8D_STDIO_OUT))
        c8d__watch(client, process->stdio.out, false);
    if (c8d__stdio_is_read(process, C8D_STDIO_ERR))
        c8d__watch(client, process->stdio.err, false);
    process->held = hold;
    watch_what_is_read(process);
}

void c8d_process_hold_output(struct c8d_process *process, bool hold)
{
    pthread_mutex_lock(&process->client->lock);
    c8d__stdio_hold(process, hold);
    pthread_mutex_unlock(&process->client->lock);
}

static void detach(struct c8d_process *process)
{
    struct c8d_client *client = process->client;
    struct c8d_process **link = &client->streams;

    while (*link != process)
        link = &(*link)->next_stream;
    *link = process->next_stream;
    if (process->out_open)
        c8d__watch(client, process->stdio.out, false);
    if (process->err_open)
        c8d__watch(client, process->stdio.err, false);
    process->out_open = false;
    process->err_open = false;
    process->streaming = false;
}

void c8d__stdio_close(struct c8d_process *process)
{
    struct c8d_client *client = process->client;
    bool attached = process->streaming;

    if (attached)
        detach(process);
    if (process->stdio.flags != 0)
        client->runtime.ops->close_stdio(client->runtime.ctx, &process->stdio);
    process->stdio = (struct c8d_stdio){.in = -1, .out = -1, .err = -1};
    if (attached)
        c8d__process_unpin(process);
}

/* An end-of-file from before the start counts as none: whoever writes had not come yet. */
void c8d__stdio_started(struct c8d_process *process)
{
    bool out = process->out_early && !process->held;
    bool err = process->err_early && !process->held;

    if (out)
        c8d__watch(process->client, process->stdio.out, true);
    if (err)
        c8d__watch(process->client, process->stdio.err, true);
    process->out_early = false;
    process->err_early = false;
}

void c8d__stdio_exited(struct c8d_process *process)
{
    if (process->streaming && process->ended && !process->out_open && !process->err_open)
        c8d__stdio_close(process);
}

/* Tells the consumer, if there still is one who holds the handle or is to get it. */
static void tell(struct c8d_process *process, int stream, const void *data, size_t length)
{
    struct c8d_client *client = process->client;

    if (process->output == NULL || (process->refs == 0 && !process->promised))
        return;
    c8d__process_ref(process);
    client->delivering = true;
    pthread_mutex_unlock(&client->lock);
    process->output(process->user, process, stream, data, length);
    pthread_mutex_lock(&client->lock);
    client->delivering = false;
    c8d__process_unref(process);
}

static void end(struct c8d_process *process, int stream)
{
    bool *open = stream == C8D_STDIO_OUT ? &process->out_open : &process->err_open;
    bool early = stream == C8D_STDIO_OUT ? process->out_early : process->err_early;

    if (!early)
        c8d__watch(process->client, stream == C8D_STDIO_OUT ? process->stdio.out : process->stdio.err, false);
    *open = false;
    tell(process, stream, NULL, 0);
}

static void end_or_early(struct c8d_process *process, int stream)
{
    if (process->started || process->has_end) {
        end(process, stream);
        return;
    }
    if (stream == C8D_STDIO_OUT)
        process->out_early = true;
    else
        process->err_early = true;
    c8d__watch(process->client, stream == C8D_STDIO_OUT ? process->stdio.out : process->stdio.err, false);
}

/* One read. False: there is nothing (more) at present. */
static bool read_some(struct c8d_process *process, int stream)
{
    int fd = stream == C8D_STDIO_OUT ? process->stdio.out : process->stdio.err;
    ssize_t n = read(fd, process->client->buffer, READ_BYTES);

    if (n > 0) {
        tell(process, stream, process->client->buffer, (size_t)n);
        return true;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return errno == EINTR;
    /* A terminal whose other end was closed gives an error instead of an end. */
    end_or_early(process, stream);
    return false;
}

static bool is_open(const struct c8d_process *process, int stream)
{
    return stream == C8D_STDIO_OUT ? process->out_open : process->err_open;
}

static void finish(struct c8d_process *process, int stream)
{
    for (int i = 0; i < LAST_READS && is_open(process, stream); i++) {
        if (!read_some(process, stream))
            break;
    }
    if (is_open(process, stream))
        end(process, stream);
}

void c8d__stdio_finish(struct c8d_process *process)
{
    if (!process->streaming)
        return;
    if (process->launching) {
        /* A start that failed is being undone: of no interest to anybody. */
        c8d__stdio_close(process);
        return;
    }
    finish(process, C8D_STDIO_OUT);
    finish(process, C8D_STDIO_ERR);
    c8d__stdio_close(process);
}

/* ---- between the arrivals
 * ----------------------------------------------------------------------------------- */

static bool make_room(struct c8d_client *client, uint32_t wanted)
{
    struct c8d_process **polled;
    struct pollfd *pollfds;

    if (wanted <= client->pollfds_max)
        return true;
    wanted *= 2;
    polled = c8d__alloc(client, wanted * sizeof(struct c8d_process *));
    pollfds = polled != NULL ? c8d__alloc(client, wanted * sizeof(*pollfds)) : NULL;
    if (pollfds == NULL) {
        c8d__release(client, polled, wanted * sizeof(struct c8d_process *));
        return false;
    }
    c8d__stdio_pollfds_free(client);
    client->polled = polled;
    client->pollfds = pollfds;
    client->pollfds_max = wanted;
    return true;
}

void c8d__stdio_pollfds_free(struct c8d_client *client)
{
    c8d__release(client, client->polled, client->pollfds_max * sizeof(struct c8d_process *));
    c8d__release(client, client->pollfds, client->pollfds_max * sizeof(*client->pollfds));
}

static uint32_t add(struct c8d_client *client, uint32_t n, struct c8d_process *process, int fd)
{
    client->pollfds[n] = (struct pollfd){.fd = fd, .events = POLLIN};
    client->polled[n] = process;
    return n + 1;
}

uint32_t c8d__stdio_prepare(struct c8d_client *client)
{
    uint32_t wanted = 0;
    uint32_t n = 0;

    for (const struct c8d_process *process = client->streams; process != NULL; process = process->next_stream)
        wanted += 2;
    /* Without room for all, some streams wait until there is memory: nothing is lost. */
    (void)make_room(client, wanted);
    for (struct c8d_process *process = client->streams; process != NULL && n + 2 <= client->pollfds_max;
         process = process->next_stream) {
        if (c8d__stdio_is_read(process, C8D_STDIO_OUT))
            n = add(client, n, process, process->stdio.out);
        if (c8d__stdio_is_read(process, C8D_STDIO_ERR))
            n = add(client, n, process, process->stdio.err);
    }
    return n;
}

void c8d__stdio_pump(struct c8d_client *client, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        struct c8d_process *process = client->polled[i];

        /* Held meanwhile, or by what one of the streams before has brought. */
        if (client->pollfds[i].revents == 0 || process->held)
            continue;
        client->progress++;
        (void)read_some(process, client->pollfds[i].fd == process->stdio.out ? C8D_STDIO_OUT : C8D_STDIO_ERR);
        c8d__stdio_exited(process);
    }
}
