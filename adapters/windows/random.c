/* SPDX-License-Identifier: Apache-2.0 */
#define _CRT_RAND_S
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

ssize_t c8d__posix_getrandom(void *bytes, size_t n, unsigned flags)
{
    unsigned some;

    (void)flags;
    for (size_t at = 0; at < n; at += sizeof(some)) {
        if (rand_s(&some) != 0) {
            errno = EIO;
            return -1;
        }
        memcpy((char *)bytes + at, &some, n - at < sizeof(some) ? n - at : sizeof(some));
    }
    return (ssize_t)n;
}
