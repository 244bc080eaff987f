/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files of the trace interpreter share. */
#ifndef C8D_TEST_TRACE_INTERNAL_H
#define C8D_TEST_TRACE_INTERNAL_H

#include "trace.h"

/* trace.c: fills in whom a target names, made when it is not known. */
bool trace__find(struct trace *trace, const char *target, struct c8d_input *input);

/* trace_print.c: writes the actions of the last step behind the output. */
void trace__print(struct trace *trace);

#endif
