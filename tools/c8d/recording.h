/* SPDX-License-Identifier: Apache-2.0 */
/* A file that all inputs of a client's model are recorded in. */
#ifndef C8D_COMMAND_RECORDING_H
#define C8D_COMMAND_RECORDING_H

#include <c8d/client.h>

struct c8d_recorder;

struct c8d__recording {
    const char *file;
    int fd;
    bool made;                     /**< the file was not there before */
    struct c8d_recorder *recorder; /**< NULL = nothing is recorded */
};

/**
 * Makes the file. One that is there is refused unless `force`, which replaces it.
 * @param file "-" = standard output.
 * @return False after a failure that was told.
 */
bool c8d__recording_open(struct c8d__recording *recording, const char *file, bool force);

/** @return The tap for the client. */
struct c8d_tap c8d__recording_tap(const struct c8d__recording *recording);

/** @return False when something could not be written. */
bool c8d__recording_intact(const struct c8d__recording *recording);

/** Closes the file and removes it if it was not there before: there was nothing to record. */
void c8d__recording_discard(struct c8d__recording *recording);

/** Closes the file, after the client. @return False after a failure that was told, earlier ones included. */
bool c8d__recording_close(struct c8d__recording *recording);

#endif
