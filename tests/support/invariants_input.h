/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of inputs that move nothing, for the table of invariants.c. */
#ifndef C8D_TEST_INVARIANTS_INPUT_H
#define C8D_TEST_INVARIANTS_INPUT_H

#include "invariants.h"

bool invariant_impossible_leaves_no_trace(const struct witness *witness);
bool invariant_only_accepted_moves(const struct witness *witness);
bool invariant_refusal_is_answered(const struct witness *witness);

#endif
