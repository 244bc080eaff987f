/* SPDX-License-Identifier: Apache-2.0 */
/* Where all inputs of a client's model are recorded. */
#ifndef C8D_COMMAND_RECORDING_H
#define C8D_COMMAND_RECORDING_H

#include "recording_file.h"
#include <c8d/client.h>

struct c8d__nats_sink;

struct c8d__recording {
    struct c8d__file_sink sink;
    struct c8d__nats_sink *nats;   /**< instead of a file; NULL = it is a file */
    struct c8d_recorder *recorder; /**< NULL = nothing is recorded */
    int failure;                   /**< errno of making it lasting; 0 = none */
};

/** Opens a file, or connects to a server when its name is an address of one (nats:// or tls://).
 *  @return False after a failure that was told. */
bool c8d__recording_open(struct c8d__recording *recording, const struct c8d__file_wish *wish);

/** Whether c8d__recording_open() will find a place for it: for what takes long before there is something to
 *  record. Leaves nothing behind. @return False after a failure that was told. */
bool c8d__recording_check(const struct c8d__file_wish *wish);

/** @return The tap for the client. */
struct c8d_tap c8d__recording_tap(const struct c8d__recording *recording);

/** @return False when something could not be written, or nobody reads it any more. */
bool c8d__recording_intact(const struct c8d__recording *recording);

/** To be called now and then. @return Ns until the next time; INT64_MAX: no need. */
int64_t c8d__recording_tick(struct c8d__recording *recording);

/** Closes the file and removes it if it was not there before: there was nothing to record. */
void c8d__recording_discard(struct c8d__recording *recording);

/** Closes the file, after the client. @return False after a failure that was told, earlier ones included. */
bool c8d__recording_close(struct c8d__recording *recording);

#endif
