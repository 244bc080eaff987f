/* SPDX-License-Identifier: Apache-2.0 */
/* The client itself: its life, and what is asked of it as a whole. */
#include "client_internal.h"
#include <unistd.h>

#define DISPATCH_MAX 1024
#define PATIENCE_MAX (INT64_MAX / 4)
#define KEPT_NOTICES_MAX 4096

/*
 * Nobody drives any more, so what was submitted and is not completed never would be. A result that waits to
 * be told is told, but for a handle, which comes too late; for all others it is over. There are no handles
 * left: whatever a callback does with the client is wrong, but a blocking call, which is refused as in every
 * callback.
 */
static void cancel_submitted(struct c8d_client *client)
{
    client->driver = pthread_self();
    client->delivering = true;
    for (uint32_t i = 0; i < client->requests.capacity; i++) {
        const struct c8d__request *slot = &client->requests.slots[i];
        struct c8d__op *op = slot->kind == C8D__REQUEST_OPERATION ? slot->op : NULL;

        if (op != NULL && !op->done)
            c8d__op_cancel(op);
    }
}

static void destroy(struct c8d_client *client)
{
    const struct c8d_allocator *allocator = client->allocator;

    cancel_submitted(client);
    for (uint32_t i = 0; i < client->requests.capacity; i++) {
        if (client->requests.slots[i].kind == C8D__REQUEST_OPERATION)
            c8d__release(client, client->requests.slots[i].op, sizeof(struct c8d__op));
    }
    c8d__processes_free(client);
    c8d__containers_free(client);
    c8d__stdio_buffer_free(client);
    c8d__stdio_pollfds_free(client);
    if (client->runtime.ops != NULL)
        client->runtime.ops->destroy(client->runtime.ctx);
    c8d__model_free(client);
    c8d__release(client, client->requests.slots, client->requests.capacity * sizeof(*client->requests.slots));
    c8d__release(client, client->deliveries.items,
                 client->deliveries.capacity * sizeof(*client->deliveries.items));
    c8d__holds_free(client);
    c8d__release(client, client->timers.heap, client->timers.capacity * sizeof(*client->timers.heap));
    if (client->epoll >= 0)
        close(client->epoll);
    pthread_mutex_destroy(&client->lock);
    allocator->release(allocator->ctx, client, sizeof(*client));
}

static void set_patience(struct c8d_client *client, const struct c8d_client_options *options)
{
    const struct {
        int64_t wanted, otherwise;
    } of[C8D_PATIENCE__COUNT] = {
        [C8D_PATIENCE_SHORT] = {options->short_patience_ns, 10000 * C8D__MS},
        [C8D_PATIENCE_LONG] = {options->long_patience_ns, 30000 * C8D__MS},
        [C8D_PATIENCE_EXEC] = {options->exec_patience_ns, 10000 * C8D__MS},
        [C8D_PATIENCE_GRACE] = {0, 10000 * C8D__MS},
        [C8D_PATIENCE_KILL] = {options->kill_patience_ns, 10000 * C8D__MS},
    };

    for (unsigned i = 0; i < C8D_PATIENCE__COUNT; i++) {
        int64_t ns = of[i].wanted > 0 ? of[i].wanted : of[i].otherwise;

        /* Sums of a time and a patience stay numbers. */
        client->patience[i] = ns < PATIENCE_MAX ? ns : PATIENCE_MAX;
    }
}

static struct c8d_client *make(const struct c8d_client_options *options)
{
    const struct c8d_allocator *allocator =
        options->allocator != NULL ? options->allocator : c8d_allocator_default();
    struct c8d_client *client = allocator->allocate(allocator->ctx, sizeof(*client));

    if (client == NULL)
        return NULL;
    *client = (struct c8d_client){
        .allocator = allocator,
        .notice = options->notice,
        .user = options->user,
        .tap = options->tap,
        .adopt = options->adopt,
        .holds.kept_max = options->kept_notices_max != 0 ? options->kept_notices_max : KEPT_NOTICES_MAX,
        .refs = 1,
        .epoll = -1,
        .loop_due = C8D_NO_DEADLINE,
    };
    if (pthread_mutex_init(&client->lock, NULL) != 0) {
        allocator->release(allocator->ctx, client, sizeof(*client));
        return NULL;
    }
    client->namespace_ = c8d__store(client->namespace_bytes, options->namespace_);
    set_patience(client, options);
    return client;
}

static enum c8d_status check_options(const struct c8d_client_options *options, struct c8d_error *err)
{
    if (options->runtime.ops == NULL)
        return c8d_error_set(err, C8D_INVALID, "a client needs a runtime");
    if (options->runtime.ops->size < sizeof(struct c8d_runtime_ops))
        return c8d_error_set(err, C8D_INVALID, "the runtime table lacks functions");
    return c8d__check_identifier(options->namespace_, "a namespace", err);
}

static enum c8d_status furnish(struct c8d_client *client, const struct c8d_client_options *options,
                               struct c8d_error *err)
{
    enum c8d_status status = options->image.len != 0
                                 ? c8d__model_load(client, options->image.ptr, options->image.len, err)
                                 : c8d__model_new(client);

    if (status != C8D_OK)
        return options->image.len != 0 ? status : c8d_error_set(err, status, "no memory");
    if (!c8d__reserve(client, 1) || !c8d__processes_reserve(client))
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory");
    return C8D_OK;
}

enum c8d_status c8d_client_new(const struct c8d_client_options *options, struct c8d_client **out,
                               struct c8d_error *err)
{
    struct c8d_client_options known;
    struct c8d_client *client;
    enum c8d_status status;

    if (!c8d__options(&known, sizeof(known), options, options->size))
        return c8d_error_set(err, C8D_INVALID, "unknown size of the options");
    status = check_options(&known, err);
    if (status != C8D_OK)
        return status;
    client = make(&known);
    if (client == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory");
    status = furnish(client, &known, err);
    if (status != C8D_OK) {
        destroy(client);
        return status;
    }
    /* From here on it is ours to destroy. */
    client->runtime = known.runtime;
    *out = client;
    return C8D_OK;
}

void c8d__client_ref(struct c8d_client *client)
{
    client->refs++;
}

void c8d__client_unlock_unref(struct c8d_client *client)
{
    bool last = --client->refs == 0;

    pthread_mutex_unlock(&client->lock);
    if (last)
        destroy(client);
}

struct c8d_client *c8d_client_ref(struct c8d_client *client)
{
    pthread_mutex_lock(&client->lock);
    c8d__client_ref(client);
    pthread_mutex_unlock(&client->lock);
    return client;
}

void c8d_client_unref(struct c8d_client *client)
{
    if (client == NULL)
        return;
    pthread_mutex_lock(&client->lock);
    c8d__client_unlock_unref(client);
}

enum c8d_status c8d_client_version(struct c8d_client *client, int64_t timeout_ns, struct c8d_version *out,
                                   struct c8d_error *err)
{
    struct c8d__plain what = {.wanted.version = out, .call = {.kind = C8D_CALL_VERSION}};
    enum c8d_status status = c8d__enter(client, err);

    if (status != C8D_OK)
        return status;
    status = c8d__plain_call(client, &what, c8d__deadline(client, timeout_ns), err);
    c8d__leave(client);
    return status;
}

enum c8d_status c8d_client_connect(struct c8d_client *client, int64_t timeout_ns, struct c8d_error *err)
{
    enum c8d_status status = c8d__enter(client, err);

    if (status != C8D_OK)
        return status;
    status = c8d__connect(client, c8d__deadline(client, timeout_ns), err);
    c8d__leave(client);
    return status;
}

/* Not while the stream is being opened, or a list is under way. */
static bool can_restore(const struct c8d_client *client)
{
    enum c8d_connection_state state = c8d_model_connection(client->model);

    return state == C8D_CONNECTION_IDLE || state == C8D_CONNECTION_UP;
}

enum c8d_status c8d_client_restore(struct c8d_client *client, int64_t timeout_ns, struct c8d_error *err)
{
    const struct c8d__command what = {.region = C8D_REGION_CONNECTION, .symbol = C8D_SYM_RESTORE};
    enum c8d_status status = c8d__enter(client, err);
    int64_t deadline;

    if (status != C8D_OK)
        return status;
    deadline = c8d__deadline(client, timeout_ns);
    if (!client->adopt)
        status = c8d_error_set(err, C8D_INVALID, "a client that adopts nothing has nothing to restore");
    while (status == C8D_OK && !can_restore(client))
        status = c8d__connect(client, deadline, err);
    if (status == C8D_OK)
        status = c8d__command(client, &what, deadline, err);
    c8d__leave(client);
    return status;
}

struct progress {
    struct c8d_client *client;
    uint64_t progress;
};

static bool has_progressed(void *arg)
{
    const struct progress *before = arg;

    return before->client->progress != before->progress;
}

static bool has_progressed_or_woken(void *arg)
{
    const struct progress *before = arg;

    return has_progressed(arg) || atomic_load(&before->client->woken);
}

/* Handles all that is there, within reason: the caller has a loop of its own. */
static bool handle_all(struct c8d_client *client)
{
    struct progress before = {.client = client};
    unsigned handled = 0;

    for (; handled < DISPATCH_MAX; handled++) {
        before.progress = client->progress;
        if (c8d__wait(client, has_progressed, &before, c8d__now(client)) != C8D_OK)
            break;
    }
    return handled != 0;
}

enum c8d_status c8d_client_dispatch(struct c8d_client *client, int64_t timeout_ns)
{
    struct progress before = {.client = client};
    enum c8d_status status = c8d__enter(client, NULL);
    int64_t deadline;

    if (status != C8D_OK)
        return status;
    deadline = c8d__deadline(client, timeout_ns);
    if (!handle_all(client)) {
        before.progress = client->progress;
        status = c8d__wait(client, has_progressed_or_woken, &before, deadline);
        (void)handle_all(client);
    }
    atomic_store(&client->woken, false);
    c8d__leave(client);
    return status;
}

void c8d_client_wake(struct c8d_client *client)
{
    atomic_store(&client->woken, true);
    client->runtime.ops->wake(client->runtime.ctx);
}

void c8d_client_counters(struct c8d_client *client, struct c8d_client_counters *out)
{
    pthread_mutex_lock(&client->lock);
    out->model = *c8d_model_counters(client->model);
    client->runtime.ops->counters(client->runtime.ctx, &out->runtime);
    out->gaps = client->gaps;
    out->pending = client->pending;
    out->kept_notices = client->holds.n_kept;
    out->dropped_events = client->holds.dropped;
    pthread_mutex_unlock(&client->lock);
}

void c8d_client_visit(struct c8d_client *client, c8d_visit_fn *visit, void *user)
{
    struct c8d_container_view container;
    struct c8d_process_view task;

    pthread_mutex_lock(&client->lock);
    for (c8d_ref ref = c8d_model_next(client->model, C8D_REF_NONE); ref != C8D_REF_NONE;
         ref = c8d_model_next(client->model, ref)) {
        if (!c8d_model_view_container(client->model, ref, &container) ||
            !c8d_model_view_process(client->model, ref, C8D_REF_NONE, &task))
            continue;
        visit(user, &container, task.public_state != C8D_STATE_DELETED ? &task : NULL);
    }
    pthread_mutex_unlock(&client->lock);
}
