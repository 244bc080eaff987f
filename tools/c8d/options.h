/* SPDX-License-Identifier: Apache-2.0 */
/* The options that all subcommands share, and parsing in the house's way: a failure is one line. */
#ifndef C8D_COMMAND_OPTIONS_H
#define C8D_COMMAND_OPTIONS_H

#include <argp.h>
#include <c8d/log.h>
#include <c8d/remote.h>
#include <stdbool.h>
#include <stdint.h>

struct c8d__options {
    const char *address;
    bool address_given; /**< on the command line, and not by the environment */
    const char *namespace_;
    bool namespace_given; /**< as an option, not by the environment */
    int64_t timeout_ns;   /**< of one operation; what the user gave, or the default */
    bool timeout_given;
    bool json;
    bool verbose;
    bool simulated;
    const char *runtime; /**< "local", "remote" or "auto"; NULL = auto */
    const char *owner;   /**< of the local runtime's compute systems; "" = the library's default */
    bool content_store;  /**< images of tasks go through containerd's content store */
    enum c8d_transport transport;
    bool transport_given; /**< on the command line */
};

/**
 * Parses a subcommand's words, the shared options among them.
 *
 * @param argp  Of the subcommand: options, parser, texts. Arguments that its parser does not take are
 * refused.
 * @param input What the parser finds in state->input; begins with a struct c8d__options, all zero.
 * @return False after a failure that was told on standard error.
 */
bool c8d__parse(const struct argp *argp, int argc, char **argv, void *input);

/** @return How long to wait for what was begun: the time that the user gave, and at least the default. What
 * is given up half-way might be left behind. */
int64_t c8d__patience(const struct c8d__options *options);

/** Refuses an argument: prints the line and gives what the parser returns. */
error_t c8d__refuse(const struct argp_state *state, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Reads the name of a log's format, or refuses it. */
error_t c8d__read_format(const struct argp_state *state, const char *text, enum c8d_log_format *out);

/** Reads a whole number from 0 to `limit`. @return False when it is none. */
bool c8d__read_number(const char *text, uint64_t limit, uint64_t *out);

/** The same for a number of bytes, after which k, m or g may follow; at most INT64_MAX and not 0. */
bool c8d__read_bytes(const char *text, uint64_t *out);

#endif
