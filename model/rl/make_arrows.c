/* SPDX-License-Identifier: Apache-2.0 */
/* Part of the build: asks the machines that Ragel has compiled for each of their cells, and writes arrows.c.
 */
#include "machines.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define SETS_MAX 256 /* what fits into an arrow's byte */

typedef bool step_fn(uint8_t *state, uint8_t symbol, uint64_t *effects);

struct sets {
    uint64_t set[SETS_MAX];
    unsigned count;
};

static unsigned number_of(struct sets *sets, uint64_t effects)
{
    unsigned i = 1; /* 0 is no arrow's */

    while (i < sets->count && sets->set[i] != effects)
        i++;
    if (i == SETS_MAX) {
        (void)fputs("make_arrows: a machine has more sets of effects than a byte can tell\n", stderr);
        exit(1);
    }
    sets->set[i] = effects;
    if (i == sets->count)
        sets->count++;
    return i;
}

static void write_machine(const char *name, const char *upper, unsigned states, step_fn *step)
{
    struct sets sets = {.count = 1};

    (void)printf("\nstatic const struct arrow %s_arrows[C8D_%s_STATE__COUNT * C8D_SYM__COUNT] = {\n", name,
                 upper);
    for (unsigned state = 0; state < states; state++) {
        for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
            uint8_t next = (uint8_t)state;
            uint64_t effects = 0;

            if (step(&next, (uint8_t)symbol, &effects))
                (void)printf("    [%u] = {%u, %u},\n", state * C8D_SYM__COUNT + symbol, next,
                             number_of(&sets, effects));
        }
    }
    (void)printf("};\n\nstatic const uint64_t %s_effects[] = {\n", name);
    for (unsigned i = 0; i < sets.count; i++)
        (void)printf("    UINT64_C(0x%" PRIx64 "),\n", sets.set[i]);
    (void)printf(
        "};\n\nbool c8d__%s_step(uint8_t *state, uint8_t symbol, uint64_t *effects)\n{\n"
        "    return c8d__follow(%s_arrows, C8D_%s_STATE__COUNT, %s_effects, state, symbol, effects);\n}\n",
        name, name, upper, name);
}

int main(void)
{
    (void)puts("/* Made by rl/make_arrows.c. */\n#include \"arrows.h\"");
#define WRITE(name, upper) write_machine(#name, #upper, C8D_##upper##_STATE__COUNT, c8d__##name##_step);
    C8D__MACHINES(WRITE)
#undef WRITE
    return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}
