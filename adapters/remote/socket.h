/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The platform's part of a connection: a byte stream to the server that never blocks. On POSIX it is a unix
 * socket, in socket_posix.c; a named pipe of Windows, with overlapped reads and writes, fits behind the same
 * functions.
 */
#ifndef C8D_REMOTE_SOCKET_H
#define C8D_REMOTE_SOCKET_H

#include <stdbool.h>
#include <stddef.h>

/* Connects to the server at this path. Returns 0 or an errno value. */
int c8d__socket_connect(const char *path, int *out);
/* Makes a socket of the embedder's one that does not block and is closed on exec. Returns 0 or an errno
 * value. */
int c8d__socket_adopt(int fd);
void c8d__socket_close(int fd);
/* Reads at most `size` bytes. Returns how many, 0 when there is nothing at present, -1 when the stream is
 * over or has failed. */
ptrdiff_t c8d__socket_read(int fd, void *to, size_t size);
/* Writes at most `size` bytes. Returns how many, 0 when there is no room at present, -1 when it has failed.
 */
ptrdiff_t c8d__socket_write(int fd, const void *from, size_t size);
/* Whether the peer has closed it. */
bool c8d__socket_hung_up(int fd);
/* Has `set`, an epoll set, tell when there is something to read and, when asked, room to write. Returns 0 or
 * an errno value. */
int c8d__socket_watch(int set, int fd);
void c8d__socket_watch_room(int set, int fd, bool room);
void c8d__socket_unwatch(int set, int fd);

#endif
