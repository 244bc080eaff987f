/* SPDX-License-Identifier: Apache-2.0 */
/* One question for what a task uses or who runs in it, to a fake server with a reply written by hand. */
#ifndef C8D_TESTS_REMOTE_MEASURED_H
#define C8D_TESTS_REMOTE_MEASURED_H

#include "remote_wire.h"
#include <c8d/runtime.h>

struct measured {
    enum c8d_status status;
    bool has_stats;
    struct c8d_stats stats;
    size_t n;
    struct c8d_task_process processes[4];
};

/* Asks once. The answer is good until the next one. */
const struct measured *ask(enum c8d_call_kind kind, const struct wire *reply);
/* The same for a MetricsResponse with one Metric, of 1700000000 s and 5 ns. */
const struct measured *measure(const char *type_url, const struct wire *metrics);

/* A message whose fields are numbers: field first, first + 1 and so on. */
void numbers(struct wire *wire, unsigned first, const uint64_t *values, size_t n);

#define NUMBERS(wire, first, ...)                                                                            \
    numbers(wire, first, (const uint64_t[]){__VA_ARGS__},                                                    \
            sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

#define TELLS(number, expected)                                                                              \
    do {                                                                                                     \
        assert_true((number).told);                                                                          \
        assert_true((number).value == (uint64_t)(expected));                                                 \
    } while (0)

#define SILENT(number)                                                                                       \
    do {                                                                                                     \
        assert_false((number).told);                                                                         \
        assert_true((number).value == 0);                                                                    \
    } while (0)

/* Whether no number at all was told. */
bool all_silent(const struct c8d_stats *stats);

#endif
