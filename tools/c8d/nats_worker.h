/* SPDX-License-Identifier: Apache-2.0 */
/* c8d replay nats://...: a worker on some partitions of a stream that many hosts record into. */
#ifndef C8D_COMMAND_NATS_WORKER_H
#define C8D_COMMAND_NATS_WORKER_H

#include <stdbool.h>

/* Whether the words of `c8d replay` name a server instead of files. */
bool c8d__nats_worker_wanted(int argc, char **argv);

/* @return The exit code. */
int c8d__nats_worker(int argc, char **argv);

#endif
