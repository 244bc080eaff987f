/* SPDX-License-Identifier: Apache-2.0 */
/* Where clients and the streams of processes come in; posix/place.c, windows/place.c. */
#ifndef C8D_TESTS_PLACE_H
#define C8D_TESTS_PLACE_H

#include <stdbool.h>

/* Listens at an address. Exits when it cannot. */
void place_listen(const char *address);
/* A descriptor to wait for, with these events, when somebody may come. */
int place_waits(short *events);
/* Whoever has come; -1: nobody. */
int place_accept(void);
void place_close(void);

/* The client's end of an output; -1: it is not there. Writing to it raises no signal. */
int place_open_output(const char *name);
/* ... and of an input. Its end does not show before place_end_input(). */
int place_open_input(const char *name, int *held);

#endif
