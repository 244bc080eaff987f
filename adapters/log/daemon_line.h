/* SPDX-License-Identifier: Apache-2.0 */
/* One line of the log of containerd or dockerd, in logfmt or in JSON. */
#ifndef C8D_DAEMON_LINE_H
#define C8D_DAEMON_LINE_H

#include "containerd_event.h"

struct c8d__daemon_line {
    struct c8d_str time;
    struct c8d_str level;
    struct c8d_str message; /* as it stands in the log: quotes within it have backslashes */
    struct c8d_str topic;
    struct c8d_str namespace_;
    struct c8d_str container;
    struct c8d_str process;
    struct c8d_str pid;
    struct c8d_str exit_status;
    struct c8d_str exited_at;
};

/* Takes one pair, whose key may be any. */
void c8d__daemon_pair(struct c8d__daemon_line *line, struct c8d_str key, struct c8d_str value);

enum c8d_line_verdict c8d__daemon_record(const struct c8d__daemon_line *line, struct c8d_log_record *out);

/*
 * Finds an event in the text of a message, as gogo (containerd up to 1.6) or protobuf-go print it. Sets kind
 * and fields. False when there is none.
 */
bool c8d__read_task_text(struct c8d_str text, struct c8d__containerd_event *out);

#endif
