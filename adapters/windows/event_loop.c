/* SPDX-License-Identifier: Apache-2.0 */
/* There is no one descriptor for an event loop on Windows: whoever has one gives the client a thread that
 * dispatches. */
#include "client/client_internal.h"

void c8d__watch(struct c8d_client *client, int fd, bool on)
{
    (void)client;
    (void)fd;
    (void)on;
}

int c8d_client_fd(struct c8d_client *client)
{
    (void)client;
    return -1;
}
