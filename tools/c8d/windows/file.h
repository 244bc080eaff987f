/* SPDX-License-Identifier: Apache-2.0 */
/* Files with POSIX's meaning, for the headers in include/: what is open can be renamed and removed, bytes are
 * bytes, and numbers of descriptors are those of the C runtime. */
#ifndef C8D_COMMAND_WINDOWS_FILE_H
#define C8D_COMMAND_WINDOWS_FILE_H

#include <stddef.h>

struct _iobuf;

int c8d__windows_open(const char *path, int flags, ...);
/* A file without a name. */
int c8d__windows_nameless(void);
int c8d__windows_rename(const char *from, const char *to);
/* Of the whole file, exclusive, without waiting: nothing else is asked for. */
int c8d__windows_lock(int fd);
/* The absolute path of what is there, to be freed. */
char *c8d__windows_realpath(const char *path);
struct _iobuf *c8d__windows_fopen(const char *path, const char *mode);
struct _iobuf *c8d__windows_tmpfile(void);

#endif
