/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle.h"
#include <string.h>

uint64_t oracle_effect(const char *name)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        const char *of_bit = c8d_effect_name(bit);

        if (of_bit != NULL && strcmp(of_bit, name) == 0)
            return (uint64_t)1 << bit;
    }
    return 0;
}

bool oracle_cell(enum c8d_machine machine, unsigned state, unsigned symbol, struct c8d_cell *out)
{
    switch (machine) {
    case C8D_MACHINE_PROCESS:
        *out = oracle_process(state, symbol);
        return true;
    case C8D_MACHINE_TASK:
        *out = oracle_task(state, symbol);
        return true;
    default:
        return false;
    }
}
