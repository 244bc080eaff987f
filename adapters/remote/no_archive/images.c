/* SPDX-License-Identifier: Apache-2.0 */
/* Without libarchive no image goes through the content store: c8d_remote_new() refuses, so that nothing here
 * is reached with one. */
#include "../remote_internal.h"

bool c8d__images_available(void)
{
    return false;
}

enum c8d_status c8d__image_submit(struct c8d__remote *remote, const struct c8d_call *call,
                                  struct c8d_error *err)
{
    (void)remote;
    return c8d_error_set(err, C8D_NOT_IMPLEMENTED, "%s: this library was built without libarchive",
                         c8d_call_name(call->kind));
}

bool c8d__image_begin(struct c8d__image *image, struct c8d_arrival *out)
{
    (void)image;
    (void)out;
    return false;
}

bool c8d__image_give_up(struct c8d__image *image, const struct c8d_arrival *why, struct c8d_arrival *out)
{
    (void)image;
    (void)why;
    (void)out;
    return false;
}

bool c8d__images_work(struct c8d__remote *remote, struct c8d_arrival *out)
{
    (void)remote;
    (void)out;
    return false;
}

void c8d__images_free(struct c8d__remote *remote)
{
    (void)remote;
}
