/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traces of a supervision, a row for each input.
 *
 * The inputs are named as in the table of supervision_rows.c. "start" and "stop" count up the requests; "old"
 * before an input makes it one of the generation before, "late" before a timer the one that was ordered
 * before the last one. What an input is to bring about is written as the actions in their order, separated by
 * blanks;
 * "!" before it says that the input is not taken, and that not a byte of the supervision is different then.
 */
#ifndef C8D_TESTS_SUPERVISION_ROWS_H
#define C8D_TESTS_SUPERVISION_ROWS_H

#include <stdint.h>

struct row {
    const char *given; /* NULL = the end */
    const char *wanted;
};

/* Asserts that each row brings about what it says; it is given up after three unanswered checks, and is
 * steady after two answered ones. */
void check(const struct row *rows);
void check_with(const struct row *rows, uint32_t failures_max);

/* How it comes to serve. */
#define SERVING                                                                                              \
    {"start", "look"}, {"absent", "spawn"}, {"spawned", "start check"},                                      \
    {                                                                                                        \
        "healthy", "up done(ok) check"                                                                       \
    }

#endif
