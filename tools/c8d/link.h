/* SPDX-License-Identifier: Apache-2.0 */
/* From the shared options to a client. */
#ifndef C8D_COMMAND_LINK_H
#define C8D_COMMAND_LINK_H

#include "cord.h"
#include "options.h"
#include <c8d/container.h>

/** What a subcommand adds to the shared options. */
struct c8d__link {
    bool adopt;
    c8d_notice_fn *notice;
    void *user;
    struct c8d_tap tap;
    struct c8d__cord *cord; /**< set: the connection can be cut with it */
};

/**
 * Makes a client on the runtime that the options name.
 * @return The client, to be given to c8d__link_close(); NULL after a failure that was told.
 */
struct c8d_client *c8d__link_open(const struct c8d__options *options, const struct c8d__link *link);

/** @return The container of that name; NULL after a failure that was told as the subcommand's. */
struct c8d_container *c8d__link_load(const struct c8d__options *options, struct c8d_client *client,
                                     const char *subcommand, const char *id);

/** @return A monotonic clock. */
int64_t c8d__monotonic_ns(void);

/** Gives the client up; with --verbose it says what the runtime was asked. */
void c8d__link_close(const struct c8d__options *options, struct c8d_client *client);

#endif
