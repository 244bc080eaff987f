/* SPDX-License-Identifier: Apache-2.0 */
/* One call that takes an image through the content store: its lease, its steps and its end. */
#include "content.pb-c.h"
#include "image_internal.h"
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* When a lease that nobody has ended is over, as other clients of containerd have it. */
#define LEASE_SECONDS (24L * 3600)
/* How long the end of a lease may take when the call's own time is up. */
#define RELEASE_PATIENCE (5000 * C8D__MS)
#define STAMP_BYTES 32

bool c8d__images_available(void)
{
    return true;
}

static void free_image(struct c8d__image *image)
{
    struct c8d__remote *remote = image->remote;
    struct c8d__image **link = &remote->images;

    while (*link != image)
        link = &(*link)->next;
    *link = image->next;
    c8d__rpc_free(image->call);
    c8d__packer_free(image->packer);
    c8d__unpacker_free(image->unpacker);
    c8d__remote_release(remote, image, sizeof(*image));
}

void c8d__images_free(struct c8d__remote *remote)
{
    while (remote->images != NULL)
        free_image(remote->images);
}

static bool fail(struct c8d__image *image, enum c8d_status status, const char *why)
{
    (void)c8d_error_set(&image->err, status, "%s", why);
    return false;
}

bool c8d__image_keep(struct c8d__image *image, const struct c8d_arrival *told)
{
    image->pid = told->pid;
    if (told->status != C8D_OK)
        (void)c8d_error_set_origin(&image->err, told->status, told->origin, told->origin_code, "%.*s",
                                   (int)told->message.len, told->message.ptr);
    return told->status == C8D_OK;
}

bool c8d__image_keep_step(struct c8d__image *image, const struct c8d__exchange *exchange,
                          enum c8d_status when_lost)
{
    struct c8d_arrival told = {0};

    if (image->err.status != C8D_OK)
        return false;
    c8d__outcome_tell(image->remote, exchange, &told);
    if (told.status == C8D_INDETERMINATE || told.status == C8D_UNAVAILABLE)
        told.status = when_lost;
    else if (told.status == C8D_NOT_FOUND || told.status == C8D_ALREADY_EXISTS)
        told.status = C8D_REMOTE;
    told.pid = image->pid;
    return c8d__image_keep(image, &told);
}

void c8d__image_cancel(struct c8d__image *image, struct c8d__exchange *exchange)
{
    (void)image;
    c8d__exchange_cancel(exchange, C8D__GRPC_CANCELLED, "the image cannot be gone on with");
}

static bool can_send(struct c8d__image *image)
{
    if (!image->remote->closing && c8d__connection_ensure(image->remote) == 0)
        return true;
    return fail(image, C8D_UNAVAILABLE, "the connection was lost on the way of an image");
}

struct c8d__rpc *c8d__image_ask(struct c8d__image *image, enum c8d__method method,
                                struct c8d__packed *request,
                                bool (*ended)(struct c8d__exchange *exchange, struct c8d_arrival *out))
{
    struct c8d__rpc *rpc = c8d__rpc_new(image->remote, method, request, image->token, image->deadline_ns);

    if (rpc == NULL) {
        (void)fail(image, C8D_EXHAUSTED, "no memory for the request");
        return NULL;
    }
    if (!can_send(image)) {
        c8d__rpc_free(rpc);
        return NULL;
    }
    rpc->owner = image;
    rpc->exchange.ended = ended;
    rpc->exchange.lease = image->leased ? image->lease : NULL;
    return rpc;
}

bool c8d__image_send_call(struct c8d__image *image,
                          bool (*ended)(struct c8d__exchange *exchange, struct c8d_arrival *out))
{
    struct c8d__rpc *call = image->call;

    if (!can_send(image))
        return false;
    image->call = NULL;
    call->owner = image;
    call->exchange.ended = ended;
    call->exchange.lease = image->lease;
    c8d__exchange_start(&call->exchange);
    return true;
}

static bool tell(struct c8d__image *image, struct c8d_arrival *out)
{
    const struct c8d_error *err = &image->err;
    char *kept;

    *out = (struct c8d_arrival){.kind = C8D_ARRIVAL_REPLY,
                                .token = image->token,
                                .pid = image->pid,
                                .status = err->status,
                                .origin = err->origin,
                                .origin_code = err->origin_code};
    if (err->status != C8D_OK) {
        kept = c8d__arena_string(&image->remote->arrival, c8d__wire_str(err->message));
        out->message = c8d__wire_str(kept != NULL ? kept : c8d_status_text(err->status));
    }
    free_image(image);
    return true;
}

/* Whether it was ended does not change what the call is answered with. */
static bool released(struct c8d__exchange *exchange, struct c8d_arrival *out)
{
    struct c8d__rpc *rpc = (struct c8d__rpc *)exchange;
    struct c8d__image *image = rpc->owner;

    c8d__rpc_free(rpc);
    return tell(image, out);
}

static bool release(struct c8d__image *image)
{
    const struct c8d_error outcome = image->err;
    C8dw__DeleteLeaseRequest request = C8DW__DELETE_LEASE_REQUEST__INIT;
    int64_t soon = c8d__remote_now() + RELEASE_PATIENCE;
    struct c8d__rpc *rpc;

    image->released = true;
    request.id = image->lease;
    request.sync = true;
    image->deadline_ns = image->deadline_ns > soon ? image->deadline_ns : soon;
    rpc = c8d__image_ask(image, C8D__METHOD_LEASE_DELETE, c8d__pack(image->remote, &request.base), released);
    image->err = outcome;
    if (rpc == NULL)
        return false;
    rpc->exchange.lease = NULL;
    c8d__exchange_start(&rpc->exchange);
    return true;
}

bool c8d__image_finish(struct c8d__image *image, struct c8d_arrival *out)
{
    image->working = false;
    return (image->leased && !image->released && release(image)) ? false : tell(image, out);
}

static bool leased(struct c8d__exchange *exchange, struct c8d_arrival *out)
{
    struct c8d__rpc *rpc = (struct c8d__rpc *)exchange;
    struct c8d__image *image = rpc->owner;

    image->leased = c8d__image_keep_step(image, exchange, C8D_UNAVAILABLE);
    c8d__rpc_free(rpc);
    if (!image->leased)
        return tell(image, out);
    return image->packer != NULL ? c8d__image_store(image, out) : c8d__image_fetch(image, out);
}

/* Labels are texts, so the time is as well. */
static void write_expiry(char out[STAMP_BYTES])
{
    time_t at = time(NULL) + LEASE_SECONDS;
    struct tm broken_down = {0};

    (void)gmtime_r(&at, &broken_down);
    if (strftime(out, STAMP_BYTES, "%Y-%m-%dT%H:%M:%SZ", &broken_down) == 0)
        out[0] = '\0';
}

bool c8d__image_begin(struct c8d__image *image, struct c8d_arrival *out)
{
    char key[] = "containerd.io/gc.expire";
    char expiry[STAMP_BYTES];
    C8dw__CreateLeaseRequest__LabelsEntry label = C8DW__CREATE_LEASE_REQUEST__LABELS_ENTRY__INIT;
    C8dw__CreateLeaseRequest__LabelsEntry *labels[] = {&label};
    C8dw__CreateLeaseRequest request = C8DW__CREATE_LEASE_REQUEST__INIT;
    struct c8d__rpc *rpc;

    write_expiry(expiry);
    label.key = key;
    label.value = expiry;
    request.id = image->lease;
    request.labels = labels;
    request.n_labels = 1;
    rpc = c8d__image_ask(image, C8D__METHOD_LEASE_CREATE, c8d__pack(image->remote, &request.base), leased);
    if (rpc == NULL)
        return tell(image, out);
    c8d__exchange_start(&rpc->exchange);
    return false;
}

bool c8d__image_give_up(struct c8d__image *image, const struct c8d_arrival *why, struct c8d_arrival *out)
{
    (void)c8d__image_keep(image, why);
    return tell(image, out);
}

static void name_lease(struct c8d__image *image)
{
    unsigned long long salt[2] = {0, (unsigned long long)c8d__remote_now()};

    (void)getrandom(salt, sizeof(salt), GRND_NONBLOCK);
    (void)snprintf(image->lease, sizeof(image->lease), "c8d-%llx-%llx", salt[0] ^ image->token, salt[1]);
}

static struct c8d__image *make(struct c8d__remote *remote, const struct c8d_call *call)
{
    struct c8d__image *image = c8d__remote_alloc(remote, sizeof(*image));

    if (image == NULL)
        return NULL;
    *image = (struct c8d__image){
        .next = remote->images, .remote = remote, .token = call->token, .deadline_ns = call->deadline_ns};
    remote->images = image;
    name_lease(image);
    sha256_init(&image->sum);
    return image;
}

/* Opens the directory, so that one that is none is told of before containerd is asked anything. */
static enum c8d_status open_directory(struct c8d__image *image, const struct c8d_call *call,
                                      struct c8d_error *err)
{
    const struct c8d__remote *remote = image->remote;
    char *path = c8d__arena_string(&image->remote->scratch, call->checkpoint);

    if (path == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for the request");
    if (strlen(path) != call->checkpoint.len)
        return c8d_error_set(err, C8D_INVALID, "%s: a string with a NUL inside", c8d_call_name(call->kind));
    if (call->kind == C8D_CALL_TASK_CREATE)
        return c8d__packer_new(remote->allocator, path, &image->packer, err);
    return c8d__unpacker_new(remote->allocator, path, &image->unpacker, err);
}

enum c8d_status c8d__image_submit(struct c8d__remote *remote, const struct c8d_call *call,
                                  struct c8d_error *err)
{
    bool restores = call->kind == C8D_CALL_TASK_CREATE;
    struct c8d__image *image = make(remote, call);
    struct c8d_arrival none;
    enum c8d_status status;

    if (image == NULL)
        return C8D_EXHAUSTED;
    status = open_directory(image, call, err);
    if (status == C8D_OK)
        status = c8d__submit_prepare(
            remote, call, restores ? C8D__METHOD_TASK_CREATE : C8D__METHOD_CHECKPOINT, &image->call);
    if (status == C8D_OK && restores && call->snapshot_key.len != 0) {
        image->call->owner = image;
        status = c8d__mounts_first(remote, call, image->call);
    } else if (status == C8D_OK && c8d__image_begin(image, &none)) {
        return C8D_EXHAUSTED; /* the connection was there: it is memory that was not */
    }
    if (status != C8D_OK)
        free_image(image);
    return status;
}

static bool work(struct c8d__image *image, struct c8d_arrival *out)
{
    bool done = false;

    if (c8d__remote_now() >= image->deadline_ns)
        (void)fail(image, C8D_INDETERMINATE, "the image was not unpacked in time");
    else
        (void)c8d__unpacker_step(image->unpacker, &done, &image->err);
    return (done || image->err.status != C8D_OK) && c8d__image_finish(image, out);
}

bool c8d__images_work(struct c8d__remote *remote, struct c8d_arrival *out)
{
    struct c8d__image *following;
    bool told = false;
    bool more = false;

    for (struct c8d__image *at = remote->images; at != NULL && !told; at = following) {
        following = at->next;
        told = at->working && work(at, out);
    }
    for (const struct c8d__image *at = remote->images; at != NULL; at = at->next)
        more = more || at->working;
    if (more)
        c8d__remote_look_now(remote);
    return told;
}
