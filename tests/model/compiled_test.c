/* SPDX-License-Identifier: Apache-2.0 */
/* What the library steps through are tables; what the machines say is what Ragel has compiled. Each cell is
 * asked of both. */
#include "machines.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

typedef bool step_fn(uint8_t *state, uint8_t symbol, uint64_t *effects);

#define COMPILED(name, upper) bool c8d__##name##_compiled(uint8_t *state, uint8_t symbol, uint64_t *effects);
C8D__MACHINES(COMPILED)
#undef COMPILED

static void compare_cell(const char *name, uint8_t state, uint8_t symbol, step_fn *table, step_fn *compiled)
{
    uint8_t next[2] = {state, state};
    uint64_t effects[2] = {UINT64_MAX, UINT64_MAX};
    bool taken = table(&next[0], symbol, &effects[0]);

    if (taken != compiled(&next[1], symbol, &effects[1]) || next[0] != next[1] || effects[0] != effects[1])
        fail_msg("%s: state %u, symbol %u: the table is another machine", name, state, symbol);
}

static void compare(const char *name, unsigned states, step_fn *table, step_fn *compiled)
{
    for (unsigned state = 0; state < states; state++) {
        for (unsigned symbol = 1; symbol <= UINT8_MAX; symbol++)
            compare_cell(name, (uint8_t)state, (uint8_t)symbol, table, compiled);
    }
}

static void test_table__in_each_cell__is_what_was_compiled(void **state)
{
    (void)state;
#define COMPARE(name, upper)                                                                                 \
    compare(#name, C8D_##upper##_STATE__COUNT, c8d__##name##_step, c8d__##name##_compiled);
    C8D__MACHINES(COMPARE)
#undef COMPARE
}

static void refuse(unsigned states, step_fn *table)
{
    for (unsigned state = 0; state <= UINT8_MAX; state++) {
        for (unsigned symbol = 0; symbol <= UINT8_MAX; symbol++) {
            uint8_t next = (uint8_t)state;
            uint64_t effects = UINT64_MAX;

            if (state < states && symbol != C8D_SYM_NONE && symbol < C8D_SYM__COUNT)
                continue;
            assert_false(table(&next, (uint8_t)symbol, &effects));
            assert_int_equal(next, state);
            assert_true(effects == UINT64_MAX);
        }
    }
}

static void test_table__of_no_state_or_symbol__has_no_arrow(void **state)
{
    (void)state;
#define REFUSE(name, upper) refuse(C8D_##upper##_STATE__COUNT, c8d__##name##_step);
    C8D__MACHINES(REFUSE)
#undef REFUSE
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table__in_each_cell__is_what_was_compiled),
        cmocka_unit_test(test_table__of_no_state_or_symbol__has_no_arrow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
