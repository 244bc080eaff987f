/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Short text traces: what happens to a model as one line, and what it makes of it as another.
 *
 * A trace is a list of steps separated by ';'. A step is a word, mostly a target and sometimes a pid, an exit
 * code ("?" = not told) and a time:
 *
 *     create.req c; create.ok c 100; start.req c; ev:exit c/c 100 137; start.ok c 100
 *
 * Targets: c is a container, c/c its init process, c/e1 an exec. Verbs are a word of trace.c's table and for
 * calls what happened to it: .req (the consumer asks) or .ok .err .nf .precond .unavail .lost (the runtime
 * replies) .expired (it does not). Events begin with "ev:", answers of a query with "is:" ("task.is:" and
 * "rec.is:" in the other regions), entries of a snapshot with "snap:" (all that it says of one container) or
 * "snap.is:" and the like (one).
 *
 * "hold" and "drop" are a handle of the consumer's on the target, had and given up; they print nothing.
 * "restart" starts the model's own process anew from an image; "pursue" follows the wishes that had to wait.
 *
 * What comes back is written as a line: steps separated by " | ", in each the notices, ">" and a command,
 * "done" and a status; "-" when nothing, and an outcome other than accepted in parentheses.
 *
 *     >create c | create c, done ok | >start c | - | start c, done ok, exit c 137
 *
 * Every step is watched by a witness (invariants.h): a broken one ends the line with "BROKEN" and its name.
 */
#ifndef C8D_TEST_TRACE_H
#define C8D_TEST_TRACE_H

#include "invariants.h"

#define TRACE_OUTPUT_BYTES 4096

struct trace {
    struct c8d_model *model;
    void *memory;
    struct c8d_actions actions;
    struct witness witness;
    uint64_t request;    /* the last one given */
    uint64_t kill;       /* the last KILL that was asked for */
    uint64_t close;      /* the last CLOSE_STDIN that was asked for */
    uint64_t list;       /* the last LIST that was asked for */
    uint64_t timer;      /* the last TIMER of a signal that was ordered */
    uint64_t wish_timer; /* the last TIMER of a wish that was ordered */
    char output[TRACE_OUTPUT_BYTES];
    size_t length;
};

/* One test: what has been, and is not looked at; what happens; what is to come back. */
struct trace_case {
    const char *given;
    const char *when;
    const char *then;
};

/* False when there is no memory. */
bool trace_open(struct trace *trace, bool adopt);
void trace_close(struct trace *trace);

/* Feeds a trace. Returns what came back; borrowed until the next call. A step that cannot be read gives
 * "UNREADABLE" and the step. */
const char *trace_feed(struct trace *trace, const char *text);

/* Runs each case on a model of its own and fails the cmocka test that runs when the line differs. */
void trace_check(const struct trace_case *cases, size_t count);

/* How a process stands: "running", ... and its query, as in "running asked". Borrowed until the next call. */
const char *trace_state(struct trace *trace, const char *target);

#endif
