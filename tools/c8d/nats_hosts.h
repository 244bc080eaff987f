/* SPDX-License-Identifier: Apache-2.0 */
/* The models of a partition, one for each host that records into it. */
#ifndef C8D_COMMAND_NATS_HOSTS_H
#define C8D_COMMAND_NATS_HOSTS_H

#include "nats_output.h"

struct c8d__nats_hosts {
    void *root; /* of a search tree */
    unsigned partition;
    struct c8d__nats_output *output;
    uint64_t seq;   /* of the message that is being taken */
    bool muted;     /* it has been told of before */
    uint64_t found; /* anomalies, told or not */
};

/* Feeds a frame to the model of its host. @return False when there is no memory for it. */
bool c8d__nats_hosts_feed(struct c8d__nats_hosts *hosts, const char *host, const char *frame, size_t length);
void c8d__nats_hosts_free(struct c8d__nats_hosts *hosts);

#endif
