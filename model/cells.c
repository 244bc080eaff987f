/* SPDX-License-Identifier: Apache-2.0 */
/* The machines as tables, read from the compiled machines themselves: for diagrams, golden tables and
 * exhaustive tests. */
#include "machines.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define ROW(name, number) [number] = #name,
#define NAMES(name, upper) static const char *const name##_states[] = {C8D_##upper##_STATES(ROW)};
C8D__MACHINES(NAMES)
#undef NAMES
#undef ROW

static const struct {
    const char *name;
    const char *const *states;
    unsigned count;
    bool (*step)(uint8_t *state, uint8_t symbol, uint64_t *effects);
} machines[] = {
#define MACHINE(name, upper)                                                                                 \
    [C8D_MACHINE_##upper] = {#name, name##_states, COUNT_OF(name##_states), c8d__##name##_step},
    C8D__MACHINES(MACHINE)
#undef MACHINE
};

static bool is_machine(enum c8d_machine machine)
{
    return (size_t)machine < COUNT_OF(machines);
}

const char *c8d_machine_name(enum c8d_machine machine)
{
    return is_machine(machine) ? machines[machine].name : NULL;
}

unsigned c8d_machine_states(enum c8d_machine machine)
{
    return is_machine(machine) ? machines[machine].count : 0;
}

const char *c8d_state_name(enum c8d_machine machine, unsigned state)
{
    return state < c8d_machine_states(machine) ? machines[machine].states[state] : "?";
}

const char *c8d_effect_name(unsigned bit)
{
#define ROW(name, number, text) [number] = text,
    static const char *const names[] = {C8D_EFFECTS(ROW)};
#undef ROW
    return bit < COUNT_OF(names) ? names[bit] : NULL;
}

struct c8d_cell c8d_machine_cell(enum c8d_machine machine, unsigned state, unsigned symbol)
{
    struct c8d_cell cell = {.next = (uint8_t)state};

    if (state >= c8d_machine_states(machine) || symbol == C8D_SYM_NONE || symbol >= C8D_SYM__COUNT)
        return cell;
    cell.arrow = machines[machine].step(&cell.next, (uint8_t)symbol, &cell.effects);
    return cell;
}
