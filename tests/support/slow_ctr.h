/* SPDX-License-Identifier: Apache-2.0 */
/* A second reader of `ctr events`, written for being obvious: what the quick one says is compared with it. */
#ifndef C8D_TESTS_SLOW_CTR_H
#define C8D_TESTS_SLOW_CTR_H

#include <c8d/log.h>

/* Reads a line without its line end, a carriage return included. `event` is set for C8D_LINE_EVENT. */
enum c8d_line_verdict slow_ctr_read(struct c8d_str line, struct c8d_event *event);

#endif
