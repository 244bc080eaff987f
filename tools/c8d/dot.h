/* SPDX-License-Identifier: Apache-2.0 */
/* Graphviz's dot, which draws. */
#ifndef C8D_COMMAND_DOT_H
#define C8D_COMMAND_DOT_H

#include <stdbool.h>

/**
 * Runs it over a text, with its picture on our standard output.
 * @param input Where the text is read from.
 * @param out   Set when 0: whether it went well.
 * @return 0; or an errno value: it could not be run (ENOENT: it is not installed).
 */
int c8d__dot_run(int input, bool *out);

#endif
