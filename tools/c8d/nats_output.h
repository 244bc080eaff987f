/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a worker tells, a line each, with the partition and the number of the message that it comes of. All
 * lines of one message are written at once; so a worker that goes on with a file knows from its end what has
 * been told.
 */
#ifndef C8D_COMMAND_NATS_OUTPUT_H
#define C8D_COMMAND_NATS_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct c8d__nats_output {
    int fd;
    FILE *lines; /* of the message that is being taken */
    char *text;
    size_t size;
    uint64_t *told; /* by partition: the last message that lines were written of */
    unsigned partitions;
    bool failed; /* a line is missing */
    bool is_standard;
    bool unread; /* whoever read it has gone */
};

/** @param path NULL = standard output. @return False after a failure that was told. */
bool c8d__nats_output_open(struct c8d__nats_output *output, const char *path, unsigned partitions);

/** Adds a line, and takes the object. */
void c8d__nats_output_add(struct c8d__nats_output *output, json_t *object);

/** Writes the lines of a message. @return False after a failure that was told. */
bool c8d__nats_output_write(struct c8d__nats_output *output);

void c8d__nats_output_close(struct c8d__nats_output *output);

#endif
