/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Restoring: the directory goes into the content store piece by piece, each written when the one before was
 * answered, and the task is created from it.
 */
#include "content.pb-c.h"
#include "image_internal.h"
#include "tasks.pb-c.h"
#include <string.h>

static bool created(struct c8d__exchange *exchange, struct c8d_arrival *out)
{
    struct c8d__rpc *rpc = (struct c8d__rpc *)exchange;
    struct c8d__image *image = rpc->owner;
    struct c8d_arrival told = {0};

    c8d__decode_reply(rpc, &told);
    (void)c8d__image_keep(image, &told);
    c8d__rpc_free(rpc);
    return c8d__image_finish(image, out);
}

/* The request, with the descriptor of the image in it. */
static bool add_descriptor(struct c8d__image *image)
{
    char type[] = C8D__IMAGE_TYPE;
    C8dw__Descriptor descriptor = C8DW__DESCRIPTOR__INIT;
    C8dw__CreateTaskRequest checkpoint = C8DW__CREATE_TASK_REQUEST__INIT;
    struct c8d__exchange *exchange = &image->call->exchange;
    struct c8d__packed *whole;

    descriptor.media_type = type;
    descriptor.digest = image->digest;
    descriptor.size = image->written;
    checkpoint.checkpoint = &descriptor;
    whole = c8d__pack_behind(image->remote, exchange->request, &checkpoint.base);
    if (whole == NULL) {
        (void)c8d_error_set(&image->err, C8D_EXHAUSTED, "no memory for the request");
        return false;
    }
    c8d__packed_free(image->remote, exchange->request);
    exchange->request = whole;
    return true;
}

static bool written(struct c8d__exchange *exchange, struct c8d_arrival *out)
{
    struct c8d__rpc *rpc = (struct c8d__rpc *)exchange;
    struct c8d__image *image = rpc->owner;
    bool exists =
        image->err.status == C8D_OK && image->committing && exchange->code == C8D__GRPC_ALREADY_EXISTS;
    bool stored = exists || c8d__image_keep_step(image, exchange, C8D_UNAVAILABLE);

    if (stored && !exists && !image->committed) {
        (void)c8d_error_set(&image->err, C8D_REMOTE, "containerd has not taken all of the image");
        stored = false;
    }
    c8d__rpc_free(rpc);
    if (stored && add_descriptor(image) && c8d__image_send_call(image, created))
        return false;
    return c8d__image_finish(image, out);
}

/* The next piece as a request, or what ends them. NULL: err says why. */
static struct c8d__packed *next_request(struct c8d__image *image)
{
    C8dw__WriteContentRequest request = C8DW__WRITE_CONTENT_REQUEST__INIT;
    struct c8d__packed *packed;
    struct c8d_str piece = {0};
    union {
        const char *borrowed;
        uint8_t *field;
    } data;

    if (c8d__packer_next(image->packer, &piece, &image->err) != C8D_OK)
        return NULL;
    sha256_update(&image->sum, piece.len, (const unsigned char *)piece.ptr);
    data.borrowed = piece.ptr;
    request.ref = image->lease;
    request.action = C8DW__WRITE_ACTION__WRITE;
    request.offset = image->written;
    request.data = (ProtobufCBinaryData){.len = piece.len, .data = data.field};
    image->written += (int64_t)piece.len;
    image->committing = piece.len == 0;
    if (image->committing) {
        c8d__sha256_name(&image->sum, image->digest);
        request.action = C8DW__WRITE_ACTION__COMMIT;
        request.total = image->written;
        request.expected = image->digest;
    }
    packed = c8d__pack(image->remote, &request.base);
    if (packed == NULL)
        (void)c8d_error_set(&image->err, C8D_EXHAUSTED, "no memory for the request");
    return packed;
}

/* Whether the answer is one to what was sent. */
static bool is_answer(struct c8d__image *image, struct c8d_str bytes)
{
    const C8dw__WriteContentResponse *reply = (const C8dw__WriteContentResponse *)c8d__unpack(
        &image->remote->arrival, &c8dw__write_content_response__descriptor, bytes);

    return reply != NULL && image->awaiting && reply->offset == image->written;
}

/* One piece was written. */
static bool answered(struct c8d__exchange *exchange, struct c8d_str bytes, struct c8d_arrival *out)
{
    struct c8d__image *image = ((struct c8d__rpc *)exchange)->owner;
    struct c8d__packed *next;

    (void)out;
    /* containerd says its last word twice. */
    if (image->err.status != C8D_OK || image->committed)
        return false;
    if (!is_answer(image, bytes)) {
        (void)c8d_error_set(&image->err, C8D_INTERNAL, "containerd sent a malformed Content/Write reply");
        c8d__image_cancel(image, exchange);
        return false;
    }
    image->awaiting = !image->committing;
    image->committed = image->committing;
    if (image->committed)
        return false;
    next = next_request(image);
    if (next != NULL && c8d__exchange_send(exchange, next, !image->committing))
        return false;
    if (next != NULL)
        (void)c8d_error_set(&image->err, C8D_INTERNAL, "containerd answered what it cannot have read");
    c8d__image_cancel(image, exchange);
    return false;
}

bool c8d__image_store(struct c8d__image *image, struct c8d_arrival *out)
{
    struct c8d__packed *first = next_request(image);
    struct c8d__rpc *rpc =
        first != NULL ? c8d__image_ask(image, C8D__METHOD_CONTENT_WRITE, first, written) : NULL;

    if (rpc == NULL)
        return c8d__image_finish(image, out);
    rpc->exchange.message = answered;
    rpc->exchange.more = true;
    image->awaiting = true;
    c8d__exchange_start(&rpc->exchange);
    return false;
}
