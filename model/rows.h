/* SPDX-License-Identifier: Apache-2.0 */
/* Effects of an arrow as actions for somebody outside of the model, who is told them by a list of his own. */
#ifndef C8D_ROWS_H
#define C8D_ROWS_H

#include "effects.h"
#include <stddef.h>
#include <stdint.h>

#define C8D__COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct c8d__row {
    uint64_t effect;
    uint8_t action;
};

/* Writes the actions of those effects to `out`, in the order of the rows; it has room for them. Returns how
 * many. */
uint32_t c8d__rows_of(const struct c8d__row *rows, size_t n, uint64_t effects, uint8_t *out);

#endif
