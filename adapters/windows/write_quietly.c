/* SPDX-License-Identifier: Apache-2.0 */
/* There are no signals here that a write could raise. */
#include "client/client_internal.h"
#include <unistd.h>

ssize_t c8d__write_quietly(int fd, const void *data, size_t length)
{
    return write(fd, data, length);
}
