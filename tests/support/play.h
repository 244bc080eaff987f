/* SPDX-License-Identifier: Apache-2.0 */
/* What numbers, from a fuzzer or at random, let happen to a world and its model. */
#ifndef C8D_TEST_PLAY_H
#define C8D_TEST_PLAY_H

#include "world.h"

/* Gives the model any input at all, legal or not. Each number is taken below 256. */
void play_any_input(struct world *world, unsigned what, unsigned whom, unsigned data);

/* Lets the runtime in miniature, its consumer, its channels or somebody else act once. */
void play_act(struct world *world, unsigned what, unsigned a, unsigned b);

#endif
