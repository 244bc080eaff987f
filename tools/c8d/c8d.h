/* SPDX-License-Identifier: Apache-2.0 */
/* The c8d command: its subcommands, and what they share. */
#ifndef C8D_COMMAND_H
#define C8D_COMMAND_H

#include "place.h"
#include <c8d/base.h>
#include <stdarg.h>

#define C8D__DEFAULT_NAMESPACE "default"

/** Exit codes. `run` and `exec` end with the process's own code unless they fail themselves. */
enum {
    C8D__EXIT_OK = 0,
    C8D__EXIT_FAILED = 2,
    C8D__EXIT_RUN_FAILED = 125,
    C8D__EXIT_NOT_EXECUTABLE = 126,
    C8D__EXIT_NOT_FOUND = 127,
};

/* Each takes its own argv ("c8d: <name>", arguments...) and returns the exit code. */
int c8d_command_run(int argc, char **argv);
int c8d_command_exec(int argc, char **argv);
int c8d_command_create(int argc, char **argv);
int c8d_command_start(int argc, char **argv);
int c8d_command_attach(int argc, char **argv);
int c8d_command_kill(int argc, char **argv);
int c8d_command_pause(int argc, char **argv);
int c8d_command_resume(int argc, char **argv);
int c8d_command_state(int argc, char **argv);
int c8d_command_stats(int argc, char **argv);
int c8d_command_pids(int argc, char **argv);
int c8d_command_update(int argc, char **argv);
int c8d_command_checkpoint(int argc, char **argv);
int c8d_command_wait(int argc, char **argv);
int c8d_command_ps(int argc, char **argv);
int c8d_command_delete(int argc, char **argv);
int c8d_command_events(int argc, char **argv);
int c8d_command_record(int argc, char **argv);
int c8d_command_replay(int argc, char **argv);
int c8d_command_diff(int argc, char **argv);
int c8d_command_shrink(int argc, char **argv);
int c8d_command_sim(int argc, char **argv);
int c8d_command_graph(int argc, char **argv);
int c8d_command_supervise(int argc, char **argv);
int c8d_command_check(int argc, char **argv);
int c8d_command_version(int argc, char **argv);

/** Prints the one line of a failure on standard error: "c8d: " and the message. */
void c8d__fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Prints one line on standard error: `who`, a colon and the message, with question marks for control
 * characters. */
void c8d__say(const char *who, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/** @return The borrowed string. */
struct c8d_str c8d__str(const char *text);

#endif
