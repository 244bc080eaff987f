/* SPDX-License-Identifier: Apache-2.0 */
/* Every cell of the machines against the rules as tests/support/oracle.h has them. */
#include "oracle.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void print_cell(const char *whose, enum c8d_machine machine, const struct c8d_cell *cell)
{
    print_error("  %s: %s", whose, cell->arrow ? c8d_state_name(machine, cell->next) : "no arrow");
    for (unsigned bit = 0; bit < 64; bit++) {
        if ((cell->effects >> bit & 1) != 0)
            print_error(" %s", c8d_effect_name(bit));
    }
    print_error("\n");
}

static bool same(const struct c8d_cell *one, const struct c8d_cell *other)
{
    return one->arrow == other->arrow &&
           (!one->arrow || (one->next == other->next && one->effects == other->effects));
}

static unsigned compare(enum c8d_machine machine)
{
    unsigned different = 0;

    for (unsigned state = 0; state < c8d_machine_states(machine); state++) {
        for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
            struct c8d_cell compiled = c8d_machine_cell(machine, state, symbol);
            struct c8d_cell naive;

            assert_true(oracle_cell(machine, state, symbol, &naive));
            if (same(&compiled, &naive))
                continue;
            different++;
            print_error("%s %s %s\n", c8d_machine_name(machine), c8d_state_name(machine, state),
                        c8d_symbol_name((enum c8d_symbol)symbol));
            print_cell("machine", machine, &compiled);
            print_cell("oracle", machine, &naive);
        }
    }
    return different;
}

/* The supervisor's rules are compared by supervision_oracle_test.c, along its lives. */
static void test_machines__every_cell__is_as_the_facts_have_it(void **state)
{
    unsigned different = 0;

    (void)state;
    for (unsigned machine = 0; machine < C8D_MACHINE__COUNT; machine++) {
        if (machine != C8D_MACHINE_SUPERVISOR)
            different += compare((enum c8d_machine)machine);
    }
    assert_int_equal(different, 0);
}

static void test_effects__each_that_the_oracle_names__is_one(void **state)
{
    (void)state;
    assert_int_not_equal(oracle_effect("notice-exit"), 0);
    assert_int_equal(oracle_effect("no-such-effect"), 0);
    assert_int_equal(oracle_effects("done  list"), oracle_effect("done") | oracle_effect("list"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_machines__every_cell__is_as_the_facts_have_it),
        cmocka_unit_test(test_effects__each_that_the_oracle_names__is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
