/* SPDX-License-Identifier: Apache-2.0 */
/* Checkpointing: containerd puts the image into its content store, from where it is read and unpacked. */
#include "content.pb-c.h"
#include "image_internal.h"
#include "tasks.pb-c.h"
#include <string.h>

static bool has_read(struct c8d__exchange *exchange, struct c8d_arrival *out)
{
    struct c8d__rpc *rpc = (struct c8d__rpc *)exchange;
    struct c8d__image *image = rpc->owner;
    /* The task was checkpointed before: what is lost now has acted. */
    bool whole = c8d__image_keep_step(image, exchange, C8D_INDETERMINATE) &&
                 c8d__unpacker_end(image->unpacker, &image->err) == C8D_OK;

    c8d__rpc_free(rpc);
    if (!whole)
        return c8d__image_finish(image, out);
    image->working = true;
    c8d__remote_look_now(image->remote);
    return false;
}

static bool came(struct c8d__exchange *exchange, struct c8d_str bytes, struct c8d_arrival *out)
{
    struct c8d__image *image = ((struct c8d__rpc *)exchange)->owner;
    const C8dw__ReadContentResponse *reply = (const C8dw__ReadContentResponse *)c8d__unpack(
        &image->remote->arrival, &c8dw__read_content_response__descriptor, bytes);

    (void)out;
    if (image->err.status != C8D_OK)
        return false;
    if (reply == NULL || reply->offset != image->read) {
        (void)c8d_error_set(&image->err, C8D_INTERNAL, "containerd sent a malformed Content/Read reply");
    } else {
        const struct c8d_str data = {(const char *)reply->data.data, reply->data.len};

        image->read += (int64_t)data.len;
        (void)c8d__unpacker_take(image->unpacker, data, &image->err);
    }
    if (image->err.status != C8D_OK)
        c8d__image_cancel(image, exchange);
    return false;
}

static bool read_blob(struct c8d__image *image, char *digest)
{
    C8dw__ReadContentRequest request = C8DW__READ_CONTENT_REQUEST__INIT;
    struct c8d__rpc *rpc;

    request.digest = digest;
    rpc = c8d__image_ask(image, C8D__METHOD_CONTENT_READ, c8d__pack(image->remote, &request.base), has_read);
    if (rpc == NULL)
        return false;
    rpc->exchange.message = came;
    c8d__exchange_start(&rpc->exchange);
    return true;
}

/* The image among what containerd has stored; the container's spec is there too. NULL: it is not there. */
static const C8dw__Descriptor *find_image(struct c8d__image *image, const struct c8d__rpc *rpc)
{
    const C8dw__CheckpointTaskResponse *reply = (const C8dw__CheckpointTaskResponse *)c8d__unpack(
        &image->remote->arrival, &c8dw__checkpoint_task_response__descriptor, rpc->exchange.reply);

    if (reply == NULL) {
        (void)c8d_error_set(&image->err, C8D_INTERNAL, "containerd sent a malformed Tasks/Checkpoint reply");
        return NULL;
    }
    for (size_t i = 0; i < reply->n_descriptors; i++) {
        if (strcmp(reply->descriptors[i]->media_type, C8D__IMAGE_TYPE) == 0)
            return reply->descriptors[i];
    }
    (void)c8d_error_set(&image->err, C8D_REMOTE, "containerd has stored no image of the task");
    return NULL;
}

static bool checkpointed(struct c8d__exchange *exchange, struct c8d_arrival *out)
{
    struct c8d__rpc *rpc = (struct c8d__rpc *)exchange;
    struct c8d__image *image = rpc->owner;
    const C8dw__Descriptor *found = NULL;
    struct c8d_arrival told = {0};
    bool goes_on;

    c8d__decode_reply(rpc, &told);
    if (c8d__image_keep(image, &told))
        found = find_image(image, rpc);
    goes_on = found != NULL &&
              c8d__unpacker_expect(image->unpacker, c8d__wire_str(found->digest), found->size, &image->err) ==
                  C8D_OK &&
              read_blob(image, found->digest);
    c8d__rpc_free(rpc);
    return !goes_on && c8d__image_finish(image, out);
}

bool c8d__image_fetch(struct c8d__image *image, struct c8d_arrival *out)
{
    return !c8d__image_send_call(image, checkpointed) && c8d__image_finish(image, out);
}
