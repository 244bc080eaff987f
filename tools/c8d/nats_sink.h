/* SPDX-License-Identifier: Apache-2.0 */
/* A recording in a stream of a NATS server: each frame a message, which counts when the server has it. */
#ifndef C8D_COMMAND_NATS_SINK_H
#define C8D_COMMAND_NATS_SINK_H

#include "nats_wish.h"
#include <argp.h>
#include <c8d/log.h>

struct c8d__nats_sink;

/* The options of it, kept by the sink's own file: an argp child without an input. */
extern const struct argp c8d__nats_sink_argp;

/** @return The sink, connected; NULL after a failure that was told. */
struct c8d__nats_sink *c8d__nats_sink_open(const char *url);
struct c8d_recorder_sink c8d__nats_recorder_sink(struct c8d__nats_sink *sink);
void c8d__nats_sink_close(struct c8d__nats_sink *sink);

#endif
