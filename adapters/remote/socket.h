/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The platform's part of a connection: a byte stream to the server that never blocks. On POSIX it is a unix
 * socket, on Windows a named pipe.
 */
#ifndef C8D_REMOTE_SOCKET_H
#define C8D_REMOTE_SOCKET_H

#include <c8d/error.h>
#include <stdbool.h>
#include <stddef.h>

/* Takes the scheme off an address; INVALID when there can be no server at it. */
enum c8d_status c8d__socket_address(struct c8d_str *address, struct c8d_error *err);
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

#endif
