/* SPDX-License-Identifier: Apache-2.0 */
/* What is printed: JSON lines with stable keys, and lines for a person. */
#ifndef C8D_COMMAND_OUTPUT_H
#define C8D_COMMAND_OUTPUT_H

#include "options.h"
#include <c8d/client.h>
#include <jansson.h>

#define C8D__TIME_BYTES 40
#define C8D__TIME_LENGTH 30 /* of what is written */

/** @return The time in UTC as 2024-12-11T05:54:19.191684944Z, written to `out`. */
const char *c8d__format_time(int64_t ns, char out[C8D__TIME_BYTES]);

/** @return A JSON string; to be taken like any other new value. */
json_t *c8d__json_str(struct c8d_str str);

/** Prints an object as one line, and takes it. @return False after a failure that was told. */
bool c8d__print_json(json_t *object);

/** Prints the ID of a container, or with --json an object of this type. @return As c8d__print_json(). */
bool c8d__print_id(const struct c8d__options *options, const char *type, const char *id);

/** Has what is printed leave in pieces of 64 KiB, unless a person looks on: for whoever prints much. To be
 * called before anything is printed. */
void c8d__print_in_large_pieces(void);

/** Sends what was printed on its way. @return 0, or an errno value: what was printed is then given up. */
int c8d__print_flush(void);

/**
 * What becomes of a write to standard output that failed. A reader who goes away, as in `c8d ps | head -1`,
 * has had enough, which is no failure.
 * @param error An errno value; 0 = not known any more.
 * @return Whether it is a failure: it was told then.
 */
bool c8d__print_failed(int error);

/** Prints a notice as one line. @return False after a failure that was told. */
bool c8d__print_notice(const struct c8d_notice *notice, bool json);

#endif
