/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine as a table of its arrows, which rl/make_arrows.c reads from what Ragel has compiled: in the
 * engine a lookup costs less than the jumps of the compiled machine do (tests/bench/README.md), and it is the
 * same in every cell (tests/model/compiled_test.c).
 */
#ifndef C8D_ARROWS_H
#define C8D_ARROWS_H

#include "machines.h"

/* One cell. Two bytes, so that the states a life goes through share a few lines of the cache. */
struct arrow {
    uint8_t next;
    uint8_t effects; /* which of its machine's sets of effects; 0: there is no arrow */
};

/* Takes an arrow as machines.h says; `arrows` has C8D_SYM__COUNT cells for each of `states`. */
static inline bool c8d__follow(const struct arrow *arrows, unsigned states, const uint64_t *effect_sets,
                               uint8_t *state, uint8_t symbol, uint64_t *effects)
{
    const struct arrow *arrow;

    /* What no machine has: symbols come from callers too, and states from images. */
    if (*state >= states || symbol >= C8D_SYM__COUNT)
        return false;
    arrow = &arrows[*state * C8D_SYM__COUNT + symbol];
    if (arrow->effects == 0)
        return false;
    *state = arrow->next;
    *effects = effect_sets[arrow->effects];
    return true;
}

#endif
