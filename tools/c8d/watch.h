/* SPDX-License-Identifier: Apache-2.0 */
/* Watching a namespace: what events and record have in common. */
#ifndef C8D_COMMAND_WATCH_H
#define C8D_COMMAND_WATCH_H

#include "options.h"
#include "recording.h"

struct c8d__watch {
    const struct c8d__options *options;
    struct c8d__recording recording;
    const char *subcommand;
    bool print;     /**< the notices */
    uint64_t count; /**< ends after so many notices; 0 = does not */
    uint64_t seen;
    bool unheard; /**< nobody reads the notices, or they cannot be written */
    bool failed;  /**< the latter, which was told */
};

/**
 * Takes up all that is there and stays until a signal, the count, --timeout or a failure to write.
 * @return False after a failure that was told.
 */
bool c8d__watch_run(struct c8d__watch *watch);

#endif
