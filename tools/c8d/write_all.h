/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to a descriptor, all of them. */
#ifndef C8D_WRITE_ALL_H
#define C8D_WRITE_ALL_H

#include <stddef.h>

/* 0, or the errno of the write that failed; EIO for one that took nothing. */
int c8d__write_all(int fd, const void *bytes, size_t length);

#endif
