/* SPDX-License-Identifier: Apache-2.0 */
/* What mingw has of string.h, and the words for an error as glibc gives them. */
#ifndef C8D_WINDOWS_STRING_H
#define C8D_WINDOWS_STRING_H

#include_next <string.h>

void *c8d__posix_memmem(const void *where, size_t where_length, const void *what, size_t what_length);

void *c8d__posix_memrchr(const void *where, int byte, size_t length);

#define memrchr(where, byte, length) c8d__posix_memrchr(where, byte, length)
#define memmem(where, where_length, what, what_length)                                                       \
    c8d__posix_memmem(where, where_length, what, what_length)
#define strerrordesc_np(error) strerror(error)
#define strerror_r(error, buffer, size) (strerror_s(buffer, size, error), (buffer))

#endif
