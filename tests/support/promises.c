/* SPDX-License-Identifier: Apache-2.0 */
/* The invariants in words. */
#include "invariants.h"

static const struct invariant invariants[] = {
#define ROW(of, constant, words, text)                                                                       \
    {.name = words, .label = #of " " words, .promise = #of, .sentence = text},
    C8D__INVARIANTS(ROW)
#undef ROW
};

struct invariant invariant_in_words(enum c8d__invariant which)
{
    return invariants[which];
}

const char *invariant_label(enum c8d__invariant which)
{
    return invariants[which].label;
}
