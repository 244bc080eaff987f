/* SPDX-License-Identifier: Apache-2.0 */
/* The client's model across a restart of the program: taking an image, and beginning with one. */
#include "client_internal.h"
#include <c8d/image.h>

static bool is_all_told(void *arg)
{
    const struct c8d_client *client = arg;

    return client->deliveries.count == 0;
}

enum c8d_status c8d_client_save(struct c8d_client *client, void *image, size_t bytes, size_t *needed,
                                struct c8d_error *err)
{
    enum c8d_status status = c8d__enter(client, err);

    if (status != C8D_OK)
        return status;
    /* What the model has said, and nobody has heard, is in no image. */
    (void)c8d__wait(client, is_all_told, client, C8D_NO_DEADLINE);
    if (client->holds.n_kept != 0) {
        c8d__leave(client);
        return c8d_error_set(err, C8D_CONFLICT, "notices wait for the answer to an earlier one");
    }
    *needed = c8d_model_image_bytes(client->model);
    status = c8d_model_save(client->model, image, bytes);
    if (status != C8D_OK)
        c8d_error_set(err, status, "an image takes %zu bytes", *needed);
    c8d__leave(client);
    return status;
}

static bool is_of_namespace(const struct c8d_client *client)
{
    for (c8d_ref ref = c8d_model_next(client->model, C8D_REF_NONE); ref != C8D_REF_NONE;
         ref = c8d_model_next(client->model, ref)) {
        struct c8d_container_view view;

        if (c8d_model_view_container(client->model, ref, &view) &&
            !c8d__same(view.namespace_, client->namespace_))
            return false;
    }
    return true;
}

enum c8d_status c8d__model_load(struct c8d_client *client, const void *image, size_t bytes,
                                struct c8d_error *err)
{
    struct c8d_model_limits limits;
    enum c8d_status status = c8d_model_image_limits(image, bytes, &limits);

    if (status == C8D_CONFLICT)
        return c8d_error_set(err, status, "the image is of another build of the library");
    if (status != C8D_OK)
        return c8d_error_set(err, status, "no image, or a damaged one");
    status = c8d__model_make(client, &limits, image, bytes);
    if (status != C8D_OK)
        return c8d_error_set(err, status, "no memory");
    if (!is_of_namespace(client))
        return c8d_error_set(err, C8D_CONFLICT, "the image is of another namespace");
    client->recovers = true;
    return C8D_OK;
}

enum c8d_status c8d__recover(struct c8d_client *client, struct c8d_error *err)
{
    while (client->recovers) {
        if (!c8d__reserve(client, 1))
            return c8d_error_set(err, C8D_EXHAUSTED, "no memory");
        client->recovers = c8d__step_recover(client);
    }
    return C8D_OK;
}
