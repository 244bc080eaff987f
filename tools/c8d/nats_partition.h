/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One partition of a stream, read in order with a durable consumer.
 *
 * The consumer remembers what has been processed: a message is acknowledged when its lines are written. A
 * worker that comes after another builds its models anew from the stream itself, up to what the consumer has
 * handed out; what had been told before stays untold. What the consumer hands out again was taken on this
 * way, and is only acknowledged.
 */
#ifndef C8D_COMMAND_NATS_PARTITION_H
#define C8D_COMMAND_NATS_PARTITION_H

#include "nats_hosts.h"
#include "nats_link.h"
#include "nats_subject.h"

#define C8D__CONSUMER_BYTES (2 * C8D__TOKEN_BYTES_MAX + 16)

struct c8d__nats_partition {
    const struct c8d__nats_wish *wish;
    struct c8d__nats_link *link;
    natsSubscription *subscription;
    char consumer[C8D__CONSUMER_BYTES];
    struct c8d__nats_hosts hosts;
    uint64_t taken;     /* the last message of the stream that the models have seen */
    uint64_t told;      /* up to here nothing is to be told any more */
    uint64_t delivered; /* how many times the consumer has handed a message out */
};

/** @return False after a failure that was told. */
bool c8d__nats_partition_open(struct c8d__nats_partition *partition, const char *durable);

/** Takes what is there. @param more Set: there was something. @return As above. */
bool c8d__nats_partition_take(struct c8d__nats_partition *partition, bool *more);

/** Asks whether the consumer has more. @param more Set if so. @return As above. */
bool c8d__nats_partition_rest(struct c8d__nats_partition *partition, bool *more);

void c8d__nats_partition_close(struct c8d__nats_partition *partition);

#endif
