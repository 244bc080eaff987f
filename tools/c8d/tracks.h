/* SPDX-License-Identifier: Apache-2.0 */
/* A timeline row by row: what is kept in the order of the log, put in the order of the rows. */
#ifndef C8D_COMMAND_TRACKS_H
#define C8D_COMMAND_TRACKS_H

#include "timeline.h"

/* The items of row r are those with the numbers order[starts[r]] to order[starts[r + 1] - 1], in the log's
 * order. */
struct c8d__sorted {
    size_t *starts;
    size_t *order;
};

struct c8d__tracks {
    const struct c8d__timeline *timeline;
    struct c8d__sorted changes;
    struct c8d__sorted marks;
    struct c8d__sorted odds;
    struct c8d__sorted lives;
    struct c8d__sorted families; /* by their init: itself, then its execs */
};

/* @return False when there is no memory. To be freed either way. */
bool c8d__tracks_make(const struct c8d__timeline *timeline, struct c8d__tracks *out);
void c8d__tracks_free(struct c8d__tracks *tracks);

size_t c8d__tracks_count(const struct c8d__sorted *sorted, uint32_t row);
const struct c8d__change *c8d__tracks_change(const struct c8d__tracks *tracks, uint32_t row, size_t i);
const struct c8d__mark *c8d__tracks_mark(const struct c8d__tracks *tracks, uint32_t row, size_t i);
const struct c8d__odd *c8d__tracks_odd(const struct c8d__tracks *tracks, uint32_t row, size_t i);
/* The i-th row of the family of an init. */
uint32_t c8d__tracks_member(const struct c8d__tracks *tracks, uint32_t init, size_t i);
/* The last run of a row; NULL = none. */
const struct c8d__life *c8d__tracks_last_life(const struct c8d__tracks *tracks, uint32_t row);

/* The time of a line, or of the last one before it that has one; 0 = none. */
int64_t c8d__tracks_time(const struct c8d__timeline *timeline, uint64_t line);
/* Whether a line's time is earlier than that of a line before it. */
bool c8d__tracks_runs_back(const struct c8d__timeline *timeline, uint64_t line);

#endif
