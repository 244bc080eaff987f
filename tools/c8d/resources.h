/* SPDX-License-Identifier: Apache-2.0 */
/* Limits on the command line, as members of an OCI linux.resources object. */
#ifndef C8D_COMMAND_RESOURCES_H
#define C8D_COMMAND_RESOURCES_H

#include "options.h"
#include <jansson.h>

#define C8D__N_RESOURCES 8

/** Rows of an option table; their keys are `first` and on. */
#define C8D__RESOURCE_OPTIONS(first)                                                                         \
    {"memory", (first), "BYTES", 0, "Limit of its memory; k, m or g may follow", 0},                         \
        {"memory-swap", (first) + 1, "BYTES", 0, "Limit of memory and swap together; -1 = none", 0},         \
        {"cpu-shares", (first) + 2, "N", 0, "Weight beside other containers", 0},                            \
        {"cpu-period", (first) + 3, "US", 0, "Period of the quota, in microseconds", 0},                     \
        {"cpu-quota", (first) + 4, "US", 0, "Processor time in each period, in microseconds; -1 = all", 0},  \
        {"cpuset-cpus", (first) + 5, "LIST", 0, "Processors that it may run on, such as 0-2,4", 0},          \
        {"cpuset-mems", (first) + 6, "LIST", 0, "Memory nodes that it may use", 0},                          \
    {                                                                                                        \
        "pids-limit", (first) + 7, "N", 0, "How many processes and threads it may have; -1 = no limit", 0    \
    }

/** Takes the value of the option of that number, from 0. As an argp parser. */
error_t c8d__resource_take(unsigned which, const char *value, struct argp_state *state, json_t *resources);

/**
 * Puts it all together.
 * @param file      What to begin with; "-" = standard input, NULL = nothing.
 * @param resources What takes the place of members of it.
 * @return Text, to be freed; NULL after a failure that was told.
 */
char *c8d__resources_text(const char *file, const json_t *resources);

#endif
