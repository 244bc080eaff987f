/* SPDX-License-Identifier: Apache-2.0 */
/* Making and destroying a containerd runtime, and its table. */
#include "remote_internal.h"
#include "socket.h"
#include "waiter.h"
#include <errno.h>
#include <stddef.h>
#include <string.h>

/* What a reply may decode to: two full messages of a list, and what they are made of. */
#define ARRIVAL_BYTES_MAX ((size_t)128 << 20)
/* What a request may be made of, its spec not included. */
#define SCRATCH_BYTES_MAX ((size_t)16 << 20)

void *c8d__remote_alloc(const struct c8d__remote *remote, size_t bytes)
{
    return remote->allocator->allocate(remote->allocator->ctx, bytes);
}

void c8d__remote_release(const struct c8d__remote *remote, void *memory, size_t bytes)
{
    if (memory != NULL)
        remote->allocator->release(remote->allocator->ctx, memory, bytes);
}

static bool alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* containerd's identifiers: words of letters and digits, joined by one of "._-" each. */
static bool is_identifier(struct c8d_str name)
{
    bool word = false;

    if (name.len == 0 || name.len > C8D_NAME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        bool joint = name.ptr[i] == '.' || name.ptr[i] == '_' || name.ptr[i] == '-';

        if (!alphanumeric(name.ptr[i]) && !(joint && word))
            return false;
        word = !joint;
    }
    return word;
}

/* Copies and terminates. */
static enum c8d_status keep(struct c8d__remote *remote, struct c8d_str text, struct c8d_str *out,
                            struct c8d_error *err)
{
    char *copy = c8d__remote_alloc(remote, text.len + 1);

    if (copy == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for a runtime");
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    *out = (struct c8d_str){copy, text.len};
    return C8D_OK;
}

static enum c8d_status take_address(struct c8d__remote *remote, const struct c8d_remote_options *options,
                                    struct c8d_error *err)
{
    struct c8d_str address = options->address;
    enum c8d_status status;

    if (address.len == 0 && options->has_fd)
        return C8D_OK;
    status = c8d__socket_address(&address, err);
    return status == C8D_OK ? keep(remote, address, &remote->address, err) : status;
}

static enum c8d_status take_directory(struct c8d__remote *remote, struct c8d_str path, struct c8d_error *err)
{
    enum c8d_status status = c8d__stdio_directory(&path, err);

    return status == C8D_OK ? keep(remote, path, &remote->fifo_directory, err) : status;
}

static enum c8d_status take_options(struct c8d__remote *remote, const struct c8d_remote_options *options,
                                    struct c8d_error *err)
{
    enum c8d_status status = take_address(remote, options, err);

    if (status != C8D_OK)
        return status;
    if (!is_identifier(options->namespace_))
        return c8d_error_set(err, C8D_INVALID, "namespace: not 1 to %d letters and digits joined by . _ or -",
                             C8D_NAME_BYTES_MAX);
    memcpy(remote->namespace_, options->namespace_.ptr, options->namespace_.len);
    return take_directory(remote, options->fifo_directory, err);
}

/* The embedder's socket is closed on each way out of here. */
static enum c8d_status use_given(struct c8d__remote *remote, int fd, struct c8d_error *err)
{
    int error = c8d__socket_adopt(fd);

    if (error == 0)
        error = c8d__connection_use(remote, fd);
    else if (fd >= 0)
        c8d__socket_close(fd);
    if (error == 0)
        return C8D_OK;
    return c8d_error_set_origin(err, C8D_UNAVAILABLE, C8D_ORIGIN_ERRNO, error,
                                "cannot use the given descriptor: %s", strerrordesc_np(error));
}

static enum c8d_status connect_first(struct c8d__remote *remote, const struct c8d_remote_options *options,
                                     struct c8d_error *err)
{
    int error;

    if (options->has_fd)
        return use_given(remote, options->fd, err);
    error = c8d__connection_ensure(remote);
    if (error == 0)
        return C8D_OK;
    return c8d_error_set_origin(err, C8D_UNAVAILABLE, C8D_ORIGIN_ERRNO, error, "cannot connect to %s: %s",
                                remote->address.ptr, strerrordesc_np(error));
}

static void destroy(void *ctx)
{
    struct c8d__remote *remote = ctx;
    const struct c8d_allocator *allocator = remote->allocator;

    remote->closing = true;
    if (remote->transport != NULL && c8d__remote_forked(remote))
        remote->transport->ops->abandon(remote->transport);
    else if (remote->transport != NULL)
        remote->transport->ops->destroy(remote->transport);
    c8d__images_free(remote);
    while (remote->refusals != NULL) {
        struct c8d__refusal *refusal = remote->refusals;

        remote->refusals = refusal->next;
        c8d__remote_release(remote, refusal, sizeof(*refusal));
    }
    c8d__waiter_free(remote->waiter);
    c8d__arena_free(&remote->arrival);
    c8d__arena_free(&remote->scratch);
    c8d__remote_release(remote, (char *)remote->address.ptr, remote->address.len + 1);
    c8d__remote_release(remote, (char *)remote->fifo_directory.ptr, remote->fifo_directory.len + 1);
    allocator->release(allocator->ctx, remote, sizeof(*remote));
}

static int64_t now(void *ctx)
{
    (void)ctx;
    return c8d__remote_now();
}

static void counters(void *ctx, struct c8d_runtime_counters *out)
{
    const struct c8d__remote *remote = ctx;

    *out = remote->counters;
}

static const struct c8d_runtime_ops ops = {
    .size = sizeof(struct c8d_runtime_ops),
    .submit = c8d__remote_submit,
    .next = c8d__remote_next,
    .wait = c8d__remote_wait,
    .wake = c8d__remote_wake,
    .now = now,
    .fd = c8d__remote_fd,
    .open_stdio = c8d__remote_open_stdio,
    .close_stdio = c8d__remote_close_stdio,
    .counters = counters,
    .destroy = destroy,
    .open_stdio_in = c8d__remote_open_stdio_in,
    .attach_stdio = c8d__remote_attach_stdio,
};

static struct c8d__remote *make(const struct c8d_allocator *allocator)
{
    struct c8d__remote *remote = allocator->allocate(allocator->ctx, sizeof(*remote));

    if (remote == NULL)
        return NULL;
    memset(remote, 0, sizeof(*remote));
    remote->allocator = allocator;
    remote->forks = c8d__forks();
    remote->refusals_end = &remote->refusals;
    atomic_init(&remote->wake_at, C8D_NO_DEADLINE);
    atomic_init(&remote->echo_at, C8D_NO_DEADLINE);
    c8d__arena_init(&remote->arrival, allocator, ARRIVAL_BYTES_MAX);
    c8d__arena_init(&remote->scratch, allocator, SCRATCH_BYTES_MAX);
    return remote;
}

static enum c8d_status start(struct c8d__remote *remote, const struct c8d_remote_options *options,
                             struct c8d_error *err)
{
    enum c8d_status status = take_options(remote, options, err);

    if (status != C8D_OK)
        return status;
    remote->waiter = c8d__waiter_new(remote->allocator);
    if (remote->waiter == NULL)
        return c8d_error_set_origin(err, C8D_EXHAUSTED, C8D_ORIGIN_ERRNO, errno,
                                    "no descriptors for a runtime");
    remote->transport = c8d__transport_new(remote, options->transport);
    if (remote->transport == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for a runtime");
    return connect_first(remote, options, err);
}

enum c8d_status c8d_remote_new(const struct c8d_remote_options *options, struct c8d_runtime *out,
                               struct c8d_error *err)
{
    struct c8d_remote_options known = {0};
    struct c8d__remote *remote;
    enum c8d_status status;

    if (options->size < offsetof(struct c8d_remote_options, transport))
        return c8d_error_set(err, C8D_INVALID, "size: not that of struct c8d_remote_options");
    memcpy(&known, options, options->size < sizeof(known) ? options->size : sizeof(known));
    if ((unsigned)known.transport >= C8D_TRANSPORT__COUNT)
        return c8d_error_set(err, C8D_INVALID, "transport: there is none of this number");
    if (!c8d_transport_available(known.transport))
        return c8d_error_set(err, C8D_NOT_IMPLEMENTED, "this library was built without the transport %s",
                             c8d_transport_name(known.transport));
    if (known.images_in_store && !c8d__images_available())
        return c8d_error_set(err, C8D_NOT_IMPLEMENTED, "this library was built without libarchive");
    remote = make(known.allocator != NULL ? known.allocator : c8d_allocator_default());
    if (remote == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for a runtime");
    remote->images_in_store = known.images_in_store;
    status = start(remote, &known, err);
    if (status != C8D_OK) {
        destroy(remote);
        return status;
    }
    *out = (struct c8d_runtime){.ops = &ops, .ctx = remote};
    return C8D_OK;
}
