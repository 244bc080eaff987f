/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors for Windows: the little of POSIX that libc8d uses, with its meaning. There are pipes and
 * counters, in the memory of the process; poll() waits for any of them. The first three numbers, and whatever
 * else the C runtime has opened, are passed on to it; they count as always ready.
 */
#ifndef C8D_WINDOWS_DESCRIPTOR_H
#define C8D_WINDOWS_DESCRIPTOR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct pollfd;

int c8d__posix_pipe2(int ends[2], int flags);
int c8d__posix_eventfd(unsigned count, int flags);
int c8d__posix_dup(int fd);
int c8d__posix_close(int fd);
ssize_t c8d__posix_read(int fd, void *bytes, size_t n);
ssize_t c8d__posix_write(int fd, const void *bytes, size_t n);
/* timeout_ms: -1 = for ever. */
int c8d__posix_poll(struct pollfd *fds, size_t n, int timeout_ms);

#endif
