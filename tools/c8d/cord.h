/* SPDX-License-Identifier: Apache-2.0 */
/* The connection to a runtime, held so that it can be cut: whether a client copes is to be seen. */
#ifndef C8D_COMMAND_CORD_H
#define C8D_COMMAND_CORD_H

#include <c8d/runtime.h>

struct c8d__cord {
    struct c8d_runtime simulated; /**< ops NULL = a socket */
    int fd;                       /**< ours, of the same connection; -1 = none */
};

/** Holds the connection of a simulated runtime. */
void c8d__cord_simulated(struct c8d__cord *cord, struct c8d_runtime runtime);

/**
 * Connects to a unix socket, and holds on to it.
 * @param fd Set: the connection, for whoever is to speak over it.
 * @return OK; UNAVAILABLE; INVALID (no such address can be).
 */
enum c8d_status c8d__cord_connect(struct c8d__cord *cord, struct c8d_str address, int *fd,
                                  struct c8d_error *err);

/** Cuts it, as a server that goes away does. What is made after that is not held. */
void c8d__cord_cut(struct c8d__cord *cord);

/** Lets go. */
void c8d__cord_release(struct c8d__cord *cord);

#endif
