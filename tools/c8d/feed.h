/* SPDX-License-Identifier: Apache-2.0 */
/* Our standard input, fed to a process by a thread of its own. */
#ifndef C8D_COMMAND_FEED_H
#define C8D_COMMAND_FEED_H

#include "keys.h"
#include <c8d/process.h>
#include <pthread.h>
#include <stdatomic.h>

struct c8d__feed {
    struct c8d_process *process;
    int64_t timeout_ns;
    struct c8d_client *client; /**< woken when the keys have come */
    struct c8d__keys keys;     /**< that end it; none unless it is typed at a terminal */
    atomic_bool detached;      /**< they have come */
    int input;                 /**< our standard input */
    int stop[2];               /**< a pipe: closing the second end stops the thread */
    pthread_t thread;
};

/** Starts with feed->process, timeout_ns, client and keys set. @return False after a failure that was told.
 */
bool c8d__feed_start(struct c8d__feed *feed);
void c8d__feed_stop(struct c8d__feed *feed);

#endif
