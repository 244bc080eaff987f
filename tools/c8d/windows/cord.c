/* SPDX-License-Identifier: Apache-2.0 */
#include "cord.h"
#include <c8d/simulated.h>

void c8d__cord_simulated(struct c8d__cord *cord, struct c8d_runtime runtime)
{
    *cord = (struct c8d__cord){.simulated = runtime, .fd = -1};
}

/* A connection that is made already cannot be handed to the runtime there. */
enum c8d_status c8d__cord_connect(struct c8d__cord *cord, struct c8d_str address, int *fd,
                                  struct c8d_error *err)
{
    (void)address;
    (void)fd;
    *cord = (struct c8d__cord){.fd = -1};
    return c8d_error_set(err, C8D_NOT_IMPLEMENTED, "not on Windows: its connection cannot be cut there");
}

void c8d__cord_cut(struct c8d__cord *cord)
{
    if (cord->simulated.ops != NULL)
        c8d_simulated_disconnect(cord->simulated);
}

void c8d__cord_release(struct c8d__cord *cord)
{
    (void)cord;
}
