/* SPDX-License-Identifier: Apache-2.0 */
/* A run as a line of JSON, or a row of a table. */
#ifndef C8D_COMMAND_RUN_LINE_H
#define C8D_COMMAND_RUN_LINE_H

#include <c8d/log.h>
#include <stdbool.h>

/* True when a process is over, so that its exit says something. */
bool c8d__run_is_over(const struct c8d_replay_run *run);

/** Prints a run as one line of JSON. A failure to write stays with the stream. */
void c8d__print_run_line(const struct c8d_replay_run *run);

/** Prints it as a row, below the heading when it is the first one. Likewise. */
void c8d__print_run_row(const struct c8d_replay_run *run, bool first);

#endif
