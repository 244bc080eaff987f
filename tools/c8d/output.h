/* SPDX-License-Identifier: Apache-2.0 */
/* What is printed: JSON lines with stable keys, and lines for a person. */
#ifndef C8D_COMMAND_OUTPUT_H
#define C8D_COMMAND_OUTPUT_H

#include <c8d/client.h>
#include <jansson.h>

/** Prints an object as one line, and takes it. @return False after a failure that was told. */
bool c8d__print_json(json_t *object);

/** Sends what was printed on its way. @return False when nobody reads it, or it cannot be written: the end of
 * the command tells. */
bool c8d__print_flush(void);

/** Prints a notice as one line. @return False after a failure that was told. */
bool c8d__print_notice(const struct c8d_notice *notice, bool json);

#endif
