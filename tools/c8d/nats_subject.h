/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a frame stands in a stream: PREFIX.PARTITION.HOST.NAMESPACE.CONTAINER.
 *
 * All of one container is in one partition, in the order in which it was recorded, so that whoever takes a
 * partition needs no other. What concerns all containers of a host is in each partition, with "=" for the
 * container.
 */
#ifndef C8D_COMMAND_NATS_SUBJECT_H
#define C8D_COMMAND_NATS_SUBJECT_H

#include <c8d/base.h>
#include <stdbool.h>
#include <stddef.h>

#define C8D__PARTITIONS_MAX 1024
#define C8D__TOKEN_BYTES_MAX 255
#define C8D__SUBJECT_BYTES (4 * (3 * C8D__TOKEN_BYTES_MAX + 1) + 16)

struct c8d__subject_names {
    struct c8d_str host;
    struct c8d_str namespace_;
    struct c8d_str container; /* empty: all of the host */
};

/* The partition of a container, from 0. */
unsigned c8d__partition_of(const struct c8d__subject_names *names, unsigned partitions);

/* Writes a subject. Bytes that a subject cannot have are written as =XX. @return False: a name is too long.
 */
bool c8d__subject_write(const char *prefix, unsigned partition, const struct c8d__subject_names *names,
                        char out[C8D__SUBJECT_BYTES]);

/* Reads the host out of a subject, decoded. @return False when it is no subject of ours. */
bool c8d__subject_host(const char *prefix, const char *subject, char out[C8D__TOKEN_BYTES_MAX + 1]);

#endif
