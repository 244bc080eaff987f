/* SPDX-License-Identifier: Apache-2.0 */
/* An event as docker and podman tell it: of a container as its user sees it, without a pid. */
#ifndef C8D_ENGINE_EVENT_H
#define C8D_ENGINE_EVENT_H

#include "lexing.h"

struct c8d__engine_event {
    struct c8d_str type; /* "container", "network", ... */
    struct c8d_str action;
    struct c8d_str id;
    struct c8d_str exec; /* the id of the exec that it is about; empty = not told */
    struct c8d_str exit_code;
    bool oom;
};

/*
 * Makes the record, whose time is set already. `namespace_` is a static string: these engines have none, or
 * do not tell it. What cannot be told apart (an exec without an id) is of no concern.
 */
enum c8d_line_verdict c8d__engine_record(const struct c8d__engine_event *event, const char *namespace_,
                                         struct c8d_log_record *out);

#endif
