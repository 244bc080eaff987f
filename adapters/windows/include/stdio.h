/* SPDX-License-Identifier: Apache-2.0 */
/* What mingw has of stdio.h, pipes to programs as POSIX calls them, and a stream into memory as POSIX has it:
 * its text is there after fflush() and fclose(). */
#ifndef C8D_WINDOWS_STDIO_H
#define C8D_WINDOWS_STDIO_H

#include_next <stdio.h>

FILE *c8d__posix_open_memstream(char **text, size_t *size);
int c8d__posix_fflush(FILE *stream);
int c8d__posix_fclose(FILE *stream);

#define open_memstream(text, size) c8d__posix_open_memstream(text, size)
#define fflush(stream) c8d__posix_fflush(stream)
#define popen(command, mode) _popen(command, mode)
#define pclose(stream) _pclose(stream)
#define fclose(stream) c8d__posix_fclose(stream)

#endif
