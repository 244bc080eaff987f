/* SPDX-License-Identifier: Apache-2.0 */
#include "rows.h"

uint32_t c8d__rows_of(const struct c8d__row *rows, size_t n, uint64_t effects, uint8_t *out)
{
    uint32_t count = 0;

    for (size_t i = 0; i < n; i++) {
        if ((effects & rows[i].effect) != 0)
            out[count++] = rows[i].action;
    }
    return count;
}
