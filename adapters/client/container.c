/* SPDX-License-Identifier: Apache-2.0 */
/* Container handles. */
#include "client_internal.h"

static struct c8d_container *container_new(struct c8d_client *client, struct c8d_str id)
{
    struct c8d_container *container;
    c8d_ref ref;

    if (c8d__open(client, id, &ref) != C8D_OK)
        return NULL;
    container = c8d__alloc(client, sizeof(*container));
    if (container == NULL)
        return NULL;
    container->client = client;
    container->ref = ref;
    container->refs = 1;
    container->id = c8d__store(container->id_bytes, id);
    container->next = client->containers;
    container->link = &client->containers;
    if (container->next != NULL)
        container->next->link = &container->next;
    client->containers = container;
    client->refs++;
    (void)c8d_model_hold(client->model, ref, C8D_REF_NONE);
    return container;
}

static void free_container(struct c8d_container *container)
{
    struct c8d_client *client = container->client;

    c8d__record_free(client, &container->record);
    c8d__streams_free(container);
    c8d__release(client, container, sizeof(*container));
}

static void destroy(struct c8d_container *container)
{
    struct c8d_client *client = container->client;

    *container->link = container->next;
    if (container->next != NULL)
        container->next->link = container->link;
    c8d_model_release(client->model, container->ref, C8D_REF_NONE);
    free_container(container);
}

void c8d__container_unpin(struct c8d_container *container)
{
    if (--container->pins == 0 && container->refs == 0)
        destroy(container);
}

void c8d__container_take_ref(struct c8d_container *container)
{
    if (container->refs++ == 0)
        c8d__client_ref(container->client);
}

void c8d__container_unref(struct c8d_container *container)
{
    if (--container->refs == 0) {
        container->client->refs--;
        if (container->pins == 0)
            destroy(container);
    }
}

void c8d__containers_free(struct c8d_client *client)
{
    for (struct c8d_container *container = client->containers, *next; container != NULL; container = next) {
        next = container->next;
        free_container(container);
    }
}

void c8d__containers_learn(struct c8d_client *client, c8d_ref ref, const struct c8d_entry *entry)
{
    const struct c8d__record told = c8d__record_of(entry);

    for (struct c8d_container *container = client->containers; container != NULL;
         container = container->next) {
        if (container->ref == ref && container->loading &&
            c8d__record_keep(client, &container->record, &told))
            container->loading = false;
    }
}

void c8d__containers_made(struct c8d_client *client, c8d_ref ref, const struct c8d_entry *entry)
{
    for (struct c8d_container *container = client->containers; container != NULL;
         container = container->next) {
        if (container->ref == ref && container->record.created_at_ns == 0)
            container->record.created_at_ns = entry->created_at_ns;
    }
}

static enum c8d_status check_options(const struct c8d_container_options *options, struct c8d_error *err)
{
    if (options->spec.len == 0)
        return c8d_error_set(err, C8D_INVALID, "a container needs a spec");
    if ((options->snapshotter.len == 0) != (options->snapshot_key.len == 0))
        return c8d_error_set(err, C8D_INVALID, "a snapshot has a snapshotter and a key");
    return c8d__check_identifier(options->id, "a container id", err);
}

static bool keep_options(struct c8d_container *container, const struct c8d_container_options *options)
{
    static const char runc[] = "io.containerd.runc.v2";
    struct c8d__record given = {
        .spec = options->spec,
        .runtime = options->runtime,
        .options = options->runtime_options,
        .snapshotter = options->snapshotter,
        .snapshot_key = options->snapshot_key,
        .labels = options->labels,
        .n_labels = options->n_labels,
    };

    if (given.runtime.len == 0)
        given.runtime = (struct c8d_str){runc, sizeof(runc) - 1};
    return c8d__record_keep(container->client, &container->record, &given);
}

/* An operation that is to create, with the record that it needs. NULL: no memory, and err says so. */
static struct c8d__op *create_op(struct c8d_container *container, const struct c8d_container_options *options,
                                 struct c8d_error *err)
{
    if (keep_options(container, options))
        return c8d__op_new(container->client, container, NULL, err);
    c8d_error_set(err, C8D_EXHAUSTED, "no memory");
    return NULL;
}

/* CREATE, or REPLACE: then the record that was kept serves a second create, too. */
static enum c8d_status create(struct c8d_container *container, const struct c8d_container_options *options,
                              enum c8d_symbol how, int64_t deadline, struct c8d_error *err)
{
    struct c8d_client *client = container->client;
    struct c8d__op *op = create_op(container, options, err);

    if (op == NULL)
        return C8D_EXHAUSTED;
    c8d__op_step(client, op, C8D_REGION_CONTAINER, how);
    return c8d__op_wait(client, op, deadline, C8D_INDETERMINATE, err);
}

/* An operation that is to load: three steps at most, see load.c. NULL: no memory, and err says so. */
static struct c8d__op *load_op(struct c8d_container *container, struct c8d_error *err)
{
    struct c8d__op *op = c8d__op_new(container->client, container, NULL, err);

    if (op != NULL)
        op->load = C8D__LOAD_RECORD;
    return op;
}

static enum c8d_status load(struct c8d_container *container, int64_t deadline, struct c8d_error *err)
{
    struct c8d__op *op = load_op(container, err);

    if (op == NULL)
        return C8D_EXHAUSTED;
    c8d__load_begin(container->client, op);
    return c8d__op_wait(container->client, op, deadline, C8D_DEADLINE, err);
}

/* A container that is to be made, one way or the other, or loaded (without options). */
struct opening {
    struct c8d_str id;
    enum c8d_symbol how;
    const struct c8d_container_options *options;
};

static enum c8d_status open_handle(struct c8d_client *client, const struct opening *what, int64_t deadline,
                                   struct c8d_container **out, struct c8d_error *err)
{
    enum c8d_status status = c8d__connect(client, deadline, err);
    struct c8d_container *container;

    if (status != C8D_OK)
        return status;
    container = container_new(client, what->id);
    if (container == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory");
    status = what->options != NULL ? create(container, what->options, what->how, deadline, err)
                                   : load(container, deadline, err);
    if (status == C8D_OK)
        *out = container;
    else
        c8d__container_unref(container);
    return status;
}

static enum c8d_status take_options(const struct c8d_container_options *options,
                                    struct c8d_container_options *known, struct c8d_error *err)
{
    if (!c8d__options(known, sizeof(*known), options, options->size))
        return c8d_error_set(err, C8D_INVALID, "unknown size of the options");
    return check_options(known, err);
}

static enum c8d_status make(struct c8d_client *client, const struct c8d_container_options *options,
                            enum c8d_symbol how, int64_t timeout_ns, struct c8d_container **out,
                            struct c8d_error *err)
{
    struct c8d_container_options known = {0};
    struct opening what = {.how = how, .options = &known};
    enum c8d_status status = take_options(options, &known, err);

    if (status == C8D_OK)
        status = c8d__enter(client, err);
    if (status != C8D_OK)
        return status;
    what.id = known.id;
    status = open_handle(client, &what, c8d__deadline(client, timeout_ns), out, err);
    c8d__leave(client);
    return status;
}

enum c8d_status c8d_client_new_container(struct c8d_client *client,
                                         const struct c8d_container_options *options, int64_t timeout_ns,
                                         struct c8d_container **out, struct c8d_error *err)
{
    return make(client, options, C8D_SYM_CREATE, timeout_ns, out, err);
}

/* Who hears of it. */
struct teller {
    c8d_container_done_fn *done;
    void *user;
};

/* Until it is handed out, the handle lives by its operation alone. */
static enum c8d_status submit(struct c8d_client *client, const struct opening *what,
                              const struct teller *teller, struct c8d_error *err)
{
    enum c8d_status status = c8d__check_connected(client, err);
    struct c8d_container *container;
    struct c8d__op *op;

    if (status != C8D_OK)
        return status;
    container = container_new(client, what->id);
    if (container == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory");
    op = what->options != NULL ? create_op(container, what->options, err) : load_op(container, err);
    if (op != NULL) {
        op->abandoned = true;
        op->container_done = teller->done;
        op->user = teller->user;
        if (what->options != NULL)
            c8d__op_step(client, op, C8D_REGION_CONTAINER, what->how);
        else
            c8d__load_begin(client, op);
        c8d__kick(client);
    }
    c8d__container_unref(container);
    return op != NULL ? C8D_OK : C8D_EXHAUSTED;
}

static enum c8d_status make_submit(struct c8d_client *client, const struct c8d_container_options *options,
                                   enum c8d_symbol how, const struct teller *teller, struct c8d_error *err)
{
    struct c8d_container_options known = {0};
    struct opening what = {.how = how, .options = &known};
    enum c8d_status status = take_options(options, &known, err);

    if (status != C8D_OK)
        return status;
    what.id = known.id;
    pthread_mutex_lock(&client->lock);
    status = submit(client, &what, teller, err);
    pthread_mutex_unlock(&client->lock);
    return status;
}

enum c8d_status c8d_client_new_container_submit(struct c8d_client *client,
                                                const struct c8d_container_options *options,
                                                c8d_container_done_fn *done, void *user,
                                                struct c8d_error *err)
{
    const struct teller teller = {done, user};

    return make_submit(client, options, C8D_SYM_CREATE, &teller, err);
}

enum c8d_status c8d_client_replace_container_submit(struct c8d_client *client,
                                                    const struct c8d_container_options *options,
                                                    c8d_container_done_fn *done, void *user,
                                                    struct c8d_error *err)
{
    const struct teller teller = {done, user};

    return make_submit(client, options, C8D_SYM_REPLACE, &teller, err);
}

enum c8d_status c8d_client_load_container_submit(struct c8d_client *client, struct c8d_str id,
                                                 c8d_container_done_fn *done, void *user,
                                                 struct c8d_error *err)
{
    enum c8d_status status = c8d__check_identifier(id, "a container id", err);
    const struct opening what = {.id = id, .how = C8D_SYM_LOAD};
    const struct teller teller = {done, user};

    if (status != C8D_OK)
        return status;
    pthread_mutex_lock(&client->lock);
    status = submit(client, &what, &teller, err);
    pthread_mutex_unlock(&client->lock);
    return status;
}

enum c8d_status c8d_client_replace_container(struct c8d_client *client,
                                             const struct c8d_container_options *options, int64_t timeout_ns,
                                             struct c8d_container **out, struct c8d_error *err)
{
    return make(client, options, C8D_SYM_REPLACE, timeout_ns, out, err);
}

enum c8d_status c8d_client_load_container(struct c8d_client *client, struct c8d_str id, int64_t timeout_ns,
                                          struct c8d_container **out, struct c8d_error *err)
{
    enum c8d_status status = c8d__check_identifier(id, "a container id", err);
    const struct opening what = {.id = id, .how = C8D_SYM_LOAD};

    if (status == C8D_OK)
        status = c8d__enter(client, err);
    if (status != C8D_OK)
        return status;
    status = open_handle(client, &what, c8d__deadline(client, timeout_ns), out, err);
    c8d__leave(client);
    return status;
}

struct c8d_container *c8d_container_ref(struct c8d_container *container)
{
    pthread_mutex_lock(&container->client->lock);
    c8d__container_take_ref(container);
    pthread_mutex_unlock(&container->client->lock);
    return container;
}

void c8d_container_unref(struct c8d_container *container)
{
    struct c8d_client *client;

    if (container == NULL)
        return;
    client = container->client;
    pthread_mutex_lock(&client->lock);
    c8d__client_ref(client);
    c8d__container_unref(container);
    c8d__client_unlock_unref(client);
}

struct c8d_str c8d_container_id(const struct c8d_container *container)
{
    return container->id;
}

struct c8d_str c8d_container_spec(const struct c8d_container *container)
{
    return container->record.spec;
}

struct c8d_str c8d_container_runtime(const struct c8d_container *container)
{
    return container->record.runtime;
}

struct c8d_any c8d_container_runtime_options(const struct c8d_container *container)
{
    return container->record.options;
}

const struct c8d_label *c8d_container_labels(const struct c8d_container *container, size_t *count)
{
    *count = container->record.n_labels;
    return container->record.labels;
}

struct c8d_str c8d_container_snapshotter(const struct c8d_container *container)
{
    return container->record.snapshotter;
}

struct c8d_str c8d_container_snapshot_key(const struct c8d_container *container)
{
    return container->record.snapshot_key;
}

int64_t c8d_container_created_at(struct c8d_container *container)
{
    int64_t at_ns;

    pthread_mutex_lock(&container->client->lock);
    at_ns = container->record.created_at_ns;
    pthread_mutex_unlock(&container->client->lock);
    return at_ns;
}

enum c8d_public_state c8d_container_state(struct c8d_container *container)
{
    struct c8d_process_view view = {.public_state = C8D_STATE_UNKNOWN};

    pthread_mutex_lock(&container->client->lock);
    (void)c8d_model_view_process(container->client->model, container->ref, C8D_REF_NONE, &view);
    pthread_mutex_unlock(&container->client->lock);
    return (enum c8d_public_state)view.public_state;
}

struct c8d_process *c8d_container_task(struct c8d_container *container)
{
    struct c8d_process_view view;
    struct c8d_process *task = NULL;

    pthread_mutex_lock(&container->client->lock);
    if (c8d_model_view_process(container->client->model, container->ref, C8D_REF_NONE, &view) &&
        view.incarnation != 0 && view.public_state != C8D_STATE_DELETED)
        task = c8d__process_of(container, C8D_REF_NONE, view.incarnation);
    pthread_mutex_unlock(&container->client->lock);
    return task;
}

static enum c8d_status take_start(struct c8d_container *container, const struct c8d_start_options *options,
                                  struct c8d__launch *out, struct c8d_error *err)
{
    struct c8d_start_options known = {0};

    if (options != NULL && !c8d__options(&known, sizeof(known), options, options->size))
        return c8d_error_set(err, C8D_INVALID, "unknown size of the options");
    *out = (struct c8d__launch){
        .container = container,
        .id = container->id,
        .stdio = known.stdio,
        .output = known.output,
        .user = known.user,
        .options = known.runtime_options,
        .checkpoint = known.checkpoint,
    };
    return C8D_OK;
}

enum c8d_status c8d_container_start(struct c8d_container *container, const struct c8d_start_options *options,
                                    int64_t timeout_ns, struct c8d_process **out, struct c8d_error *err)
{
    struct c8d_client *client = container->client;
    struct c8d__launch what = {0};
    enum c8d_status status = take_start(container, options, &what, err);

    if (status == C8D_OK)
        status = c8d__enter(client, err);
    if (status != C8D_OK)
        return status;
    status = c8d__launch(&what, c8d__deadline(client, timeout_ns), out, err);
    c8d__leave(client);
    return status;
}

enum c8d_status c8d_container_start_submit(struct c8d_container *container,
                                           const struct c8d_start_options *options, c8d_process_done_fn *done,
                                           void *user, struct c8d_error *err)
{
    struct c8d_client *client = container->client;
    struct c8d__launch what = {0};
    enum c8d_status status = take_start(container, options, &what, err);

    if (status != C8D_OK)
        return status;
    pthread_mutex_lock(&client->lock);
    status = c8d__launch_submit(&what, done, user, err);
    pthread_mutex_unlock(&client->lock);
    return status;
}

enum c8d_status c8d_container_delete(struct c8d_container *container, int64_t timeout_ns,
                                     struct c8d_error *err)
{
    const struct c8d__command what = {container, NULL, C8D_REGION_CONTAINER, C8D_SYM_DELETE};
    struct c8d_client *client = container->client;
    enum c8d_status status = c8d__enter(client, err);
    int64_t deadline;

    if (status != C8D_OK)
        return status;
    deadline = c8d__deadline(client, timeout_ns);
    status = c8d__connect(client, deadline, err);
    if (status == C8D_OK)
        status = c8d__command(client, &what, deadline, err);
    c8d__leave(client);
    return status;
}
