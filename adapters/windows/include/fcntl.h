/* SPDX-License-Identifier: Apache-2.0 */
/* What mingw has of fcntl.h, and a copy of a descriptor of adapters/windows: nothing else is asked of
 * fcntl(). */
#ifndef C8D_WINDOWS_FCNTL_H
#define C8D_WINDOWS_FCNTL_H

#include_next <fcntl.h>

#include "../descriptor.h"

#define O_NONBLOCK 0x10000
#define O_CLOEXEC 0x20000
#define F_DUPFD_CLOEXEC 1030

#define fcntl(fd, command, argument) ((void)(command), (void)(argument), c8d__posix_dup(fd))

#endif
