/* SPDX-License-Identifier: Apache-2.0 */
#include "write_all.h"
#include <errno.h>
#include <unistd.h>

int c8d__write_all(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;

    while (length > 0) {
        ssize_t n = write(fd, at, length);

        if (n == 0)
            return EIO;
        if (n < 0 && errno != EINTR)
            return errno;
        if (n > 0) {
            at += n;
            length -= (size_t)n;
        }
    }
    return 0;
}
