/* SPDX-License-Identifier: Apache-2.0 */
/* Our standard input, fed to a process by a thread of its own. */
#ifndef C8D_COMMAND_FEED_H
#define C8D_COMMAND_FEED_H

#include <c8d/process.h>
#include <pthread.h>

struct c8d__feed {
    struct c8d_process *process;
    int64_t timeout_ns;
    int stop[2]; /**< a pipe: closing the second end stops the thread */
    pthread_t thread;
};

/** @return False after a failure that was told. */
bool c8d__feed_start(struct c8d__feed *feed, struct c8d_process *process, int64_t timeout_ns);
void c8d__feed_stop(struct c8d__feed *feed);

#endif
