/* SPDX-License-Identifier: Apache-2.0 */
/* What a replay tells, as text, for the tests of whole logs. */
#ifndef C8D_TESTS_LOG_TOLD_H
#define C8D_TESTS_LOG_TOLD_H

#include <c8d/log.h>
#include <stdio.h>

/* What a replay told, as JSON lines. Written apart from the command's own printing, as a check on it. */
struct told {
    FILE *out;
    char *text;
    size_t size;
    struct c8d_replay_summary summary;
};

/* A sink that writes into told->out. */
struct c8d_replay_sink told_sink(struct told *told);
/* A replay that writes into *told; told->text is to be freed after the end. */
struct c8d_replay *told_begin(struct told *told);
void told_end(struct told *told, struct c8d_replay *replay);

/* Feeds a log in pieces of `piece` bytes, from begin to end. */
void told_replay(struct told *told, const char *log, size_t length, size_t piece);

/* The same with several jobs. */
void told_replay_jobs(struct told *told, const char *log, size_t length, size_t piece, unsigned jobs);

/* A whole file, with a NUL behind it; to be freed. */
char *told_read_file(const char *directory, const char *name, size_t *length);
/* Hands in each *.log of a directory. @return How many there were. */
typedef void told_log_fn(const char *name, const char *log, size_t length);
size_t told_for_each_log(const char *directory, told_log_fn *check);

#endif
