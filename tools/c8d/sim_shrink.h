/* SPDX-License-Identifier: Apache-2.0 */
/* Leaves out steps of a plan as long as what it shows is still shown. */
#ifndef C8D_COMMAND_SIM_SHRINK_H
#define C8D_COMMAND_SIM_SHRINK_H

#include "sim_world.h"

/* Whether a plan still shows it. */
typedef bool c8d__trial_shows_fn(void *user, const struct c8d__trial_step *steps, size_t count);

/**
 * Shrinks a plan in place, by halves, quarters and so on down to single steps, until no single step can be
 * left out.
 * @return The new count; `count` also when there is no memory.
 */
size_t c8d__trial_shrink(struct c8d__trial_step *steps, size_t count, c8d__trial_shows_fn *shows, void *user);

#endif
