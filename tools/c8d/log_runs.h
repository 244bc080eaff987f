/* SPDX-License-Identifier: Apache-2.0 */
/* All runs of a log, in memory, to be compared with another's. */
#ifndef C8D_COMMAND_LOG_RUNS_H
#define C8D_COMMAND_LOG_RUNS_H

#include <c8d/log.h>

struct c8d__log_run {
    char namespace_[C8D_NAME_BYTES_MAX + 1];
    char container[C8D_NAME_BYTES_MAX + 1];
    char process[C8D_NAME_BYTES_MAX + 1];
    uint64_t line; /**< where it begins */
    enum c8d_public_state state;
    bool code_known;
    bool oom;
    bool started;  /**< its start was told */
    bool end_told; /**< and not only concluded */
    uint32_t code;
};

struct c8d__log_runs {
    bool execs;                /**< keep those of execs, too */
    const char *namespace_;    /**< NULL = all */
    struct c8d__log_run *runs; /**< sorted by name, then by line */
    size_t n;
    size_t capacity;
    bool failed;
};

/** Replays a file. @return False after a failure that was told. */
bool c8d__log_runs_read(struct c8d__log_runs *log, const char *subcommand, const char *file,
                        enum c8d_log_format format);

/** Compares names alone. */
int c8d__log_run_compare(const struct c8d__log_run *a, const struct c8d__log_run *b);

/** @return How many runs from `at` on are of the same process. */
size_t c8d__log_runs_of_one(const struct c8d__log_runs *log, size_t at);

void c8d__log_runs_free(struct c8d__log_runs *log);

#endif
