/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Named pipes of Windows as descriptors that do not block: what is written waits in a buffer until the pipe
 * has taken it, what comes is read ahead, by overlapped transfers whose completions come on threads of the
 * system.
 *
 * To poll(), one end is silent until there is another one; POLLHUP comes once the other one has gone. Closing
 * lets go what was written: it still arrives.
 */
#ifndef C8D_WINDOWS_LINK_H
#define C8D_WINDOWS_LINK_H

#include <stdbool.h>
#include <stddef.h>

enum {
    /* It is the only one of its name: somebody else who has made it before is no place to write to. */
    C8D__LINK_FIRST = 1,
    /* Writing is never in vain, as it is to a FIFO whose reader may come back: until somebody is there, and
     * after he has gone, what fits is taken. */
    C8D__LINK_PATIENT = 2,
};

/* Makes one end of a pipe of this name (UTF-8, such as \\.\pipe\web) and waits for whoever connects, of this
 * machine. Returns a descriptor; -1 with errno. */
int c8d__link_listen(const char *name, int flags);
/* The same at an end that is made already, for overlapped transfers; a HANDLE, which is taken over. */
int c8d__link_listen_at(void *handle, int flags);
/* Connects to one that waits. Returns a descriptor; -1 with errno: ENOENT when there is none of the name,
 * EAGAIN when all are taken, also after a short wait. */
int c8d__link_connect(const char *name);

#endif
