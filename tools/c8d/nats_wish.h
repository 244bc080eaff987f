/* SPDX-License-Identifier: Apache-2.0 */
/* What is told from a file by its name alone, whether NATS is built in or not. */
#ifndef C8D_COMMAND_NATS_WISH_H
#define C8D_COMMAND_NATS_WISH_H

#include <stdbool.h>
#include <string.h>

static inline bool c8d__is_nats_url(const char *path)
{
    return strncmp(path, "nats://", 7) == 0 || strncmp(path, "tls://", 6) == 0;
}

#endif
