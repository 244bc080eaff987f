/* SPDX-License-Identifier: Apache-2.0 */
/* Measurements of containers, as JSON and as rows of a table. */
#ifndef C8D_COMMAND_MEASURE_H
#define C8D_COMMAND_MEASURE_H

#include "output.h"
#include <c8d/stats.h>

/** One container's last measurement, and the one before. */
struct c8d__measure {
    char id[C8D_NAME_BYTES_MAX + 1];
    struct c8d_stats now;
    struct c8d_stats before;
    int64_t now_ns; /**< monotonic; 0 = none yet */
    int64_t before_ns;
};

/** Takes a measurement in. */
void c8d__measure_take(struct c8d__measure *measure, const struct c8d_stats *stats);
/** @return An object of type "stats"; NULL without memory. */
json_t *c8d__measure_json(const struct c8d__measure *measure, const char *namespace_);
/** Prints the heading, or a row. @param width Of the column of IDs. */
void c8d__measure_print_heading(int width);
void c8d__measure_print(const struct c8d__measure *measure, int width);

#endif
