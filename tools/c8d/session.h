/* SPDX-License-Identifier: Apache-2.0 */
/* A process in the foreground: its streams are ours, our signals are its, until it ends. */
#ifndef C8D_COMMAND_SESSION_H
#define C8D_COMMAND_SESSION_H

#include "options.h"
#include <c8d/process.h>

struct c8d__session {
    const struct c8d__options *options;
    struct c8d_client *client;
    bool interactive;      /**< its standard input is ours */
    uint64_t output_bytes; /**< given to us so far */
    int failed_stream;     /**< where we could not write; 0 = nowhere */
    int failure;           /**< the errno of it */
};

/** @return The C8D_STDIO_* of a process in the foreground. */
uint32_t c8d__session_stdio(const struct c8d__session *session);

/** Passes output on: a c8d_output_fn whose user is the session. */
void c8d__session_output(void *user, struct c8d_process *process, int stream, const void *data,
                         size_t length);

/**
 * Passes streams and signals on until the process has ended and all its output was passed on.
 * @param out Set when true.
 * @return False when the output could not be written, which was told; the process may still run then.
 */
bool c8d__session_follow(struct c8d__session *session, struct c8d_process *process, struct c8d_exit *out);

/** @return The exit code for us, and tells when it is not known. */
int c8d__session_code(const struct c8d_exit *exit);

/** Tells of a failed start. @return 125, 126 or 127 as docker and ctr use them. */
int c8d__session_refused(const char *what, const struct c8d_error *err);

#endif
