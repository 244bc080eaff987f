/* SPDX-License-Identifier: Apache-2.0 */
/* What mingw has of unistd.h, with the calls on descriptors replaced by those of adapters/windows. */
#ifndef C8D_WINDOWS_UNISTD_H
#define C8D_WINDOWS_UNISTD_H

/* An old name of the C runtime that ours may have. */
#define tell c8d__posix_unused_tell
#include_next <unistd.h>

#include <io.h>
#undef tell

#include "../descriptor.h"

#define pipe2(ends, flags) c8d__posix_pipe2(ends, flags)
#define pipe(ends) c8d__posix_pipe2(ends, 0)
#define close(fd) c8d__posix_close(fd)
#define read(fd, bytes, n) c8d__posix_read(fd, bytes, n)
#define write(fd, bytes, n) c8d__posix_write(fd, bytes, n)
#define pread(fd, bytes, n, at) (_lseeki64(fd, at, SEEK_SET), _read(fd, bytes, (unsigned)(n)))
#define fsync(fd) _commit(fd)

#endif
