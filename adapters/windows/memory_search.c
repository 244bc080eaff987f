/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

void *c8d__posix_memmem(const void *where, size_t where_length, const void *what, size_t what_length)
{
    const char *at = where;
    const char *end = at + where_length;

    if (what_length == 0)
        return (void *)(uintptr_t)at;
    while ((size_t)(end - at) >= what_length) {
        at = memchr(at, *(const char *)what, (size_t)(end - at) - what_length + 1);
        if (at == NULL)
            return NULL;
        if (memcmp(at, what, what_length) == 0)
            return (void *)(uintptr_t)at;
        at++;
    }
    return NULL;
}

void *c8d__posix_memrchr(const void *where, int byte, size_t length)
{
    const unsigned char *bytes = where;

    while (length > 0) {
        if (bytes[--length] == (unsigned char)byte)
            return (void *)(uintptr_t)&bytes[length];
    }
    return NULL;
}
