/* SPDX-License-Identifier: Apache-2.0 */
/* Leaves out steps of a plan. */
#include "sim_shrink.h"
#include <stdlib.h>
#include <string.h>

/* The plan without `length` steps from `at` on. */
static size_t without(const struct c8d__trial_step *steps, size_t count, size_t at, size_t length,
                      struct c8d__trial_step *out)
{
    size_t after = at + length < count ? at + length : count;

    memcpy(out, steps, at * sizeof(*steps));
    memcpy(out + at, steps + after, (count - after) * sizeof(*steps));
    return at + count - after;
}

size_t c8d__trial_shrink(struct c8d__trial_step *steps, size_t count, c8d__trial_shows_fn *shows, void *user)
{
    struct c8d__trial_step *shorter = malloc((count + 1) * sizeof(*shorter));
    size_t length = count / 2 > 0 ? count / 2 : 1;

    if (shorter == NULL)
        return count;
    while (count > 0) {
        bool left_out = false;

        for (size_t at = 0; at < count;) {
            size_t rest = without(steps, count, at, length, shorter);

            if (!shows(user, shorter, rest)) {
                at += length;
                continue;
            }
            memcpy(steps, shorter, rest * sizeof(*steps));
            count = rest;
            left_out = true;
        }
        if (length == 1 && !left_out)
            break;
        if (length > 1)
            length /= 2;
    }
    free(shorter);
    return count;
}
