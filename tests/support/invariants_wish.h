/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of stops and wishes, for the table of invariants.c. */
#ifndef C8D_TEST_INVARIANTS_WISH_H
#define C8D_TEST_INVARIANTS_WISH_H

#include "invariants.h"

bool invariant_stop_is_an_end(const struct witness *witness, const struct c8d_action *action);
bool invariant_wish_acts_on_evidence(const struct witness *witness, const struct c8d_action *action);
bool invariant_wish_is_followed(const struct witness *witness);
bool invariant_wish_is_paced(const struct witness *witness);
bool invariant_refusal_pauses(const struct witness *witness);

#endif
