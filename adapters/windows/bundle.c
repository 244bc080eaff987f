/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle is a directory with an owner and modes of POSIX. */
#include <c8d/container.h>

enum c8d_status c8d_bundle_make(struct c8d_str path, uint32_t uid, uint32_t gid, char *out, size_t bytes,
                                struct c8d_error *err)
{
    (void)path;
    (void)uid;
    (void)gid;
    (void)out;
    (void)bytes;
    return c8d_error_set(err, C8D_NOT_IMPLEMENTED, "there are no bundles on Windows");
}
