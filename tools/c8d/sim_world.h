/* SPDX-License-Identifier: Apache-2.0 */
/* One simulated world: a plan, carried out step by step by the whole client while things go wrong. */
#ifndef C8D_COMMAND_SIM_WORLD_H
#define C8D_COMMAND_SIM_WORLD_H

#include "sim_story.h"
#include <c8d/simulated.h>

struct c8d__trial_step {
    uint32_t number; /* in the whole plan, from 1 */
    uint8_t act;
    uint8_t container;
    uint8_t choice; /* among what the act leaves open */
};

struct c8d__trial_settings {
    uint64_t seed;
    unsigned containers; /* 1 to C8D__TRIAL_CONTAINERS_MAX */
    struct c8d_simulated_faults faults;
    struct c8d_tap tap; /* for a recording */
};

struct c8d__trial_result {
    const char *broken; /* a promise; NULL = all were kept */
    uint32_t step;      /* after which that was seen; 0 = when all was over */
    uint64_t notices, starts, ends;
};

/* The first `count` steps that a seed gives. */
void c8d__trial_plan(const struct c8d__trial_settings *settings, struct c8d__trial_step *steps, size_t count);

/* What a step is, in words. Static. */
const char *c8d__trial_act_name(const struct c8d__trial_step *step);

/* Carries out a plan in a new world. @return False when there is no memory for one. */
bool c8d__trial_run(const struct c8d__trial_settings *settings, const struct c8d__trial_step *steps,
                    size_t count, struct c8d__trial_result *out);

#endif
