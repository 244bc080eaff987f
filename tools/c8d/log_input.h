/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a log: as they are, compressed, growing, or standard input. */
#ifndef C8D_COMMAND_LOG_INPUT_H
#define C8D_COMMAND_LOG_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** The parts of one log, the oldest first. */
struct c8d__log_input {
    const char *subcommand; /**< for messages */
    const char **files;     /**< "-" = standard input */
    size_t n_files;
    bool follow;   /**< wait for more at the end of the last one, also when it is put aside and begun anew */
    int spool;     /**< standard input, kept so that it can be read again; 0 = not kept */
    int64_t bytes; /**< read so far, as the log has them */
    /** Takes a piece. Its first piece is never binary. @return False to end. */
    bool (*piece)(void *user, const char *bytes, size_t length);
    /** The log is waited for: what was told so far should be seen. NULL is allowed. @return False to end. */
    bool (*idle)(void *user);
    void *user;
};

/** Tries to open all, before anything is shown. @return False after a failure that was told. */
bool c8d__log_check(const struct c8d__log_input *input);

/** Makes standard input one that can be read again. @return False after a failure that was told. */
bool c8d__log_spool(struct c8d__log_input *input);

/** Reads all, as long as standard output takes what is written. With follow it ends at INT or TERM, or when
 * `idle` says so. @return False after a failure that was told, or when a piece was refused. */
bool c8d__log_read(struct c8d__log_input *input);

/** Gives up what was kept of standard input. */
void c8d__log_close(struct c8d__log_input *input);

#endif
