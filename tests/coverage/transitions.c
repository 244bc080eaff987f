/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts the arrows that a test takes. gcov knows the lines of a machine's actions, but an arrow without an
 * action has no line, so the linker puts these functions around the steps (--wrap). What was taken is written
 * behind the file that C8D_TRANSITIONS names when the program ends: machine, state and symbol, one a line.
 */
#include "machines.h"
#include <stdio.h>
#include <stdlib.h>

#define STATES_MAX 64

static bool taken[C8D_MACHINE__COUNT][STATES_MAX][C8D_SYM__COUNT];
static bool only_read; /* by c8d_machine_cell: to read a cell is not to take its arrow */

#define WRAP(name, upper)                                                                                    \
    bool __real_c8d__##name##_step(uint8_t *state, uint8_t symbol, uint64_t *effects);                       \
    bool __wrap_c8d__##name##_step(uint8_t *state, uint8_t symbol, uint64_t *effects);                       \
    bool __wrap_c8d__##name##_step(uint8_t *state, uint8_t symbol, uint64_t *effects)                        \
    {                                                                                                        \
        uint8_t before = *state;                                                                             \
        bool has_arrow = __real_c8d__##name##_step(state, symbol, effects);                                  \
                                                                                                             \
        if (has_arrow && !only_read)                                                                         \
            taken[C8D_MACHINE_##upper][before][symbol] = true;                                               \
        return has_arrow;                                                                                    \
    }

/* One that the linker was not told of, or one too many, does not link. */
C8D__MACHINES(WRAP)

struct c8d_cell __real_c8d_machine_cell(enum c8d_machine machine, unsigned state, unsigned symbol);
struct c8d_cell __wrap_c8d_machine_cell(enum c8d_machine machine, unsigned state, unsigned symbol);

struct c8d_cell __wrap_c8d_machine_cell(enum c8d_machine machine, unsigned state, unsigned symbol)
{
    struct c8d_cell cell;

    only_read = true;
    cell = __real_c8d_machine_cell(machine, state, symbol);
    only_read = false;
    return cell;
}

__attribute__((destructor)) static void write_down(void)
{
    const char *path = getenv("C8D_TRANSITIONS");
    FILE *file = path != NULL ? fopen(path, "a") : NULL;

    if (file == NULL)
        return;
    for (unsigned machine = 0; machine < C8D_MACHINE__COUNT; machine++) {
        enum c8d_machine which = (enum c8d_machine)machine;

        for (unsigned state = 0; state < c8d_machine_states(which); state++) {
            for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
                if (taken[machine][state][symbol])
                    (void)fprintf(file, "%s %s %s\n", c8d_machine_name(which), c8d_state_name(which, state),
                                  c8d_symbol_name((enum c8d_symbol)symbol));
            }
        }
    }
    (void)fclose(file);
}
