/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for a log to grow, to be replaced or to be cut. */
#ifndef C8D_COMMAND_LOG_WAIT_H
#define C8D_COMMAND_LOG_WAIT_H

#include <stdbool.h>

struct c8d__log_wait {
    int notify; /**< inotify, on the directory */
    const char *name;
};

enum c8d__log_change {
    C8D__LOG_GROWN,    /**< or nothing at all: read and see */
    C8D__LOG_REPLACED, /**< the name is another file's now: read this one to its end, then that one */
    C8D__LOG_CUT,      /**< shorter than what was read: it begins anew */
    C8D__LOG_OVER,     /**< INT or TERM */
};

/** From now on INT and TERM end the waiting. @return False: errno says why. */
bool c8d__log_wait_begin(struct c8d__log_wait *wait, const char *name);
enum c8d__log_change c8d__log_wait(struct c8d__log_wait *wait, int fd);
void c8d__log_wait_end(struct c8d__log_wait *wait);

/** @return True after INT or TERM. */
bool c8d__log_wait_is_over(void);

#endif
