/* SPDX-License-Identifier: Apache-2.0 */
/* A process in the foreground: its streams are ours, our signals are its, until it ends. */
#ifndef C8D_COMMAND_SESSION_H
#define C8D_COMMAND_SESSION_H

#include "feed.h"
#include "keys.h"
#include "options.h"
#include <c8d/process.h>

/** Rows of an option table: how somebody attends to a process. */
#define C8D__SESSION_OPTIONS                                                                                 \
    {"interactive", 'i', NULL, 0, "Pass our standard input on", 0},                                          \
        {"terminal", 't', NULL, 0, "Give it a terminal", 0},                                                 \
    {                                                                                                        \
        "detach-keys", C8D__OPTION_DETACH_KEYS, "KEYS", 0,                                                   \
            "Leave it, and let it go on, with these keys [" C8D__KEYS_DEFAULT "]", 0                         \
    }

enum { C8D__OPTION_DETACH_KEYS = 0x400 };

struct c8d__attending {
    bool interactive;
    bool terminal;
    struct c8d__keys keys; /**< the default ones unless others were given */
};

/** @return Whether it is one of these options. */
bool c8d__attending_takes(int key);
/** Takes one of them, or ARGP_KEY_INIT. As an argp parser. */
error_t c8d__attending_parse(int key, const char *value, const struct argp_state *state,
                             struct c8d__attending *attending);

struct c8d__session {
    const struct c8d__options *options;
    struct c8d_client *client;
    bool interactive;      /**< its standard input is ours */
    bool terminal;         /**< it has a terminal, and ours is passed through to it */
    struct c8d__keys keys; /**< by which somebody leaves it, with a terminal */
    bool detached;         /**< set: somebody has */
    struct c8d__feed feed;
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
 * Refuses what cannot be: a terminal for somebody who types, without one of ours.
 * @return False after a failure that was told.
 */
bool c8d__session_check(const struct c8d__session *session, const char *subcommand);

/**
 * Passes streams, signals and the size of our terminal on until the process has ended and all its output was
 * passed on, or until somebody leaves it (session->detached): then it goes on without us.
 * @param out Set when true, unless detached.
 * @return False when the output could not be written, which was told; the process may still run then.
 */
bool c8d__session_follow(struct c8d__session *session, struct c8d_process *process, struct c8d_exit *out);

/** @return The exit code for us, and tells when it is not known. */
int c8d__session_code(const struct c8d_exit *exit);

/** Tells of a failed start. @return 125, 126 or 127 as docker and ctr use them. */
int c8d__session_refused(const char *what, const struct c8d_error *err);

#endif
