/* SPDX-License-Identifier: Apache-2.0 */
#include "life.h"
#include "oracle.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

void life_write(char *out, size_t bytes, const char *action)
{
    size_t at = strlen(out);

    (void)snprintf(out + at, bytes - at, "%s%s", at != 0 ? " " : "", action);
}

void life_check(enum c8d_machine machine, life_step *step, const struct life_row *rows, size_t n,
                unsigned last)
{
    uint8_t state = 0;

    for (size_t i = 0; i < n; i++) {
        char seen[120] = "";
        uint8_t before = state;

        step(&state, rows[i].symbol, seen, sizeof(seen));
        if (strcmp(seen, "!") == 0)
            assert_int_equal(state, before);
        if (strcmp(seen, rows[i].wanted) != 0)
            fail_msg("row %zu, %s: \"%s\" instead of \"%s\"", i, c8d_symbol_name(rows[i].symbol), seen,
                     rows[i].wanted);
    }
    assert_string_equal(c8d_state_name(machine, state), c8d_state_name(machine, last));
}

static void check_state(enum c8d_machine machine, unsigned state, const struct life_answers *answers)
{
    for (const uint8_t *symbol = answers->symbols; *symbol != C8D_SYM_NONE; symbol++) {
        if (!c8d_machine_cell(machine, state, *symbol).arrow)
            fail_msg("%s in %s has no arrow, and %s may be answered so",
                     c8d_symbol_name((enum c8d_symbol) * symbol), c8d_state_name(machine, state),
                     answers->effect);
    }
}

void life_check_answers(enum c8d_machine machine, const struct life_answers *answers, size_t n,
                        bool (*passes)(uint8_t state))
{
    for (unsigned state = 0; state < c8d_machine_states(machine); state++) {
        for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
            struct c8d_cell cell = c8d_machine_cell(machine, state, symbol);

            for (size_t i = 0; i < n; i++) {
                if ((cell.effects & oracle_effect(answers[i].effect)) != 0 && passes(cell.next))
                    check_state(machine, cell.next, &answers[i]);
            }
        }
    }
}

uint32_t life_pick(uint64_t *seed, uint32_t below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % below;
}
