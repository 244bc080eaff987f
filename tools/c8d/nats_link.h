/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to a NATS server with JetStream: its options, its credentials, its stream. */
#ifndef C8D_COMMAND_NATS_LINK_H
#define C8D_COMMAND_NATS_LINK_H

#include <argp.h>
#include <nats/nats.h>
#include <stdbool.h>

struct c8d__nats_wish {
    const char *url; /* nats:// or tls:// */
    const char *stream;
    const char *prefix;
    const char *credentials; /* a file; NULL = none */
    const char *authority;   /* a file with the certificates that are trusted; NULL = the system's */
    unsigned partitions;
};

#define C8D__NATS_WISH_DEFAULT                                                                               \
    {                                                                                                        \
        .stream = "C8D", .prefix = "c8d", .partitions = 16                                                   \
    }

/* An argp child: give it the wish as its input. */
extern const struct argp c8d__nats_argp;

struct c8d__nats_link {
    natsConnection *connection;
    jsCtx *jetstream;
};

/**
 * Connects. Passwords and tokens come from the environment (C8D_NATS_USER and C8D_NATS_PASSWORD, or
 * C8D_NATS_TOKEN) or a file of credentials.
 * @return False after a failure that was told as the subcommand's.
 */
bool c8d__nats_connect(struct c8d__nats_link *link, const struct c8d__nats_wish *wish,
                       const char *subcommand);

/* Makes the stream unless it is there. @return As above. */
bool c8d__nats_make_stream(struct c8d__nats_link *link, const struct c8d__nats_wish *wish,
                           const char *subcommand);

void c8d__nats_disconnect(struct c8d__nats_link *link);

#endif
