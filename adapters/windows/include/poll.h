/* SPDX-License-Identifier: Apache-2.0 */
/* POSIX's poll(), for the descriptors of adapters/windows. */
#ifndef C8D_WINDOWS_POLL_H
#define C8D_WINDOWS_POLL_H

#include <stddef.h>

#define POLLIN 0x001
#define POLLOUT 0x004
#define POLLERR 0x008
#define POLLHUP 0x010
#define POLLNVAL 0x020

typedef size_t nfds_t;

struct pollfd {
    int fd;
    short events;
    short revents;
};

#include "../descriptor.h"

#define poll(fds, n, timeout) c8d__posix_poll(fds, n, timeout)

#endif
