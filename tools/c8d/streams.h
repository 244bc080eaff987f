/* SPDX-License-Identifier: Apache-2.0 */
/* Our standard streams, as the system gave them to us. */
#ifndef C8D_COMMAND_STREAMS_H
#define C8D_COMMAND_STREAMS_H

#include <stdbool.h>

/** Makes them fit for use: none is missing, none changes what passes through it, and a reader that goes away
 * is an error of writing and no more. Ends the command when that cannot be had. */
void c8d__streams_begin(void);

/** @param error The errno of a write to standard output that failed.
 * @return Whether that was for want of a reader, who knows by himself. */
bool c8d__streams_reader_is_gone(int error);

/** @return A descriptor of our standard input that poll() tells of; -1 with errno. */
int c8d__streams_input(void);

#endif
