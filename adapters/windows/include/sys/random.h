/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that nobody can guess, as Linux gives them. */
#ifndef C8D_WINDOWS_RANDOM_H
#define C8D_WINDOWS_RANDOM_H

#include <sys/types.h>

ssize_t c8d__posix_getrandom(void *bytes, size_t n, unsigned flags);

#define GRND_NONBLOCK 1

#define getrandom(bytes, n, flags) c8d__posix_getrandom(bytes, n, flags)

#endif
