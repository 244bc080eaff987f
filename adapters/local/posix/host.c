/* SPDX-License-Identifier: Apache-2.0 */
/* There is no Host Compute Service but on Windows. */
#include "../local_internal.h"

enum c8d_status c8d_local_new(const struct c8d_local_options *options, struct c8d_runtime *out,
                              struct c8d_error *err)
{
    (void)options;
    (void)out;
    return c8d_error_set(err, C8D_NOT_IMPLEMENTED,
                         "there is no Host Compute Service on this system: it is a part of Windows");
}
