/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the clients of the fake server come in, and how bytes come and go there: a unix socket, or a named
 * pipe of Windows (posix/, windows/). One client at a time; whoever comes meanwhile waits. Nothing of the
 * library is in it. Whatever waits does so until it is stopped, from another thread.
 */
#ifndef C8D_TESTS_REMOTE_FAKE_PLACE_H
#define C8D_TESTS_REMOTE_FAKE_PLACE_H

#include <stdbool.h>
#include <stddef.h>

struct fake_place;

/* At an address of its own, which it writes down. */
struct fake_place *fake_place_open(char *address, size_t size);
void fake_place_stop(struct fake_place *place);
/* After whoever waited has come back. */
void fake_place_close(struct fake_place *place);
/* Waits for a client. False: it was stopped. */
bool fake_place_accept(struct fake_place *place);
/* The client's end of a connection that is there without an address, to be accepted first; POSIX alone. */
int fake_place_pair(struct fake_place *place, int send_buffer);
bool fake_place_is_connected(const struct fake_place *place);
/* At least one byte. 0: there is no connection any more, or it was stopped. */
size_t fake_place_read(struct fake_place *place, void *to, size_t size);
size_t fake_place_write(struct fake_place *place, const void *from, size_t size);
/* Waits until the client has read all that was written. */
void fake_place_await_read(struct fake_place *place);
void fake_place_hang_up(struct fake_place *place);

#endif
