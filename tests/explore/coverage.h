/* SPDX-License-Identifier: Apache-2.0 */
/* Which cells of the machines were visited, and what the model gave. The step
 * functions are wrapped by the linker. */
#ifndef C8D_TEST_COVERAGE_H
#define C8D_TEST_COVERAGE_H

#include <c8d/model.h>
#include <stdio.h>

#define COVERAGE_STATES 40

struct coverage {
    uint8_t cells[C8D_MACHINE__COUNT][COVERAGE_STATES][C8D_SYM__COUNT];
    uint64_t notices[C8D_NOTICE_KIND__COUNT];
    uint64_t commands[C8D_COMMAND_KIND__COUNT];
    uint64_t outcomes[C8D_OUTCOME__COUNT];
};

/* The cells that this thread has visited since it began. */
struct coverage *coverage_of_thread(void);
void coverage_add(struct coverage *sum, const struct coverage *more);
void coverage_count(struct coverage *coverage, const struct c8d_actions *actions);
/* One line a machine: arrows taken of arrows there are. With `all`, each that
 * was not. */
void coverage_print(const struct coverage *coverage, FILE *out, bool all);

#endif
