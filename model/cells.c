/* SPDX-License-Identifier: Apache-2.0 */
/* The machines as tables, read from the compiled machines themselves: for diagrams, golden tables and
 * exhaustive tests. */
#include "machines.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define ROW(name, number) [number] = #name,
static const char *const process_states[] = {C8D_PROCESS_STATES(ROW)};
static const char *const task_states[] = {C8D_TASK_STATES(ROW)};
static const char *const container_states[] = {C8D_CONTAINER_STATES(ROW)};
static const char *const connection_states[] = {C8D_CONNECTION_STATES(ROW)};
static const char *const query_states[] = {C8D_QUERY_STATES(ROW)};
static const char *const launch_states[] = {C8D_LAUNCH_STATES(ROW)};
static const char *const response_states[] = {C8D_RESPONSE_STATES(ROW)};
static const char *const supervisor_states[] = {C8D_SUPERVISOR_STATES(ROW)};
static const char *const stop_states[] = {C8D_STOP_STATES(ROW)};
static const char *const replace_states[] = {C8D_REPLACE_STATES(ROW)};
static const char *const stdin_states[] = {C8D_STDIN_STATES(ROW)};
static const char *const compute_system_states[] = {C8D_COMPUTE_SYSTEM_STATES(ROW)};
static const char *const hcs_process_states[] = {C8D_HCS_PROCESS_STATES(ROW)};
static const char *const wish_states[] = {C8D_WISH_STATES(ROW)};
#undef ROW

static const struct {
    const char *name;
    const char *const *states;
    unsigned count;
    bool (*step)(uint8_t *state, uint8_t symbol, uint64_t *effects);
} machines[] = {
    [C8D_MACHINE_CONTAINER] = {"container", container_states, COUNT_OF(container_states),
                               c8d__container_step},
    [C8D_MACHINE_TASK] = {"task", task_states, COUNT_OF(task_states), c8d__task_step},
    [C8D_MACHINE_PROCESS] = {"process", process_states, COUNT_OF(process_states), c8d__process_step},
    [C8D_MACHINE_CONNECTION] = {"connection", connection_states, COUNT_OF(connection_states),
                                c8d__connection_step},
    [C8D_MACHINE_QUERY] = {"query", query_states, COUNT_OF(query_states), c8d__query_step},
    [C8D_MACHINE_LAUNCH] = {"launch", launch_states, COUNT_OF(launch_states), c8d__launch_step},
    [C8D_MACHINE_REPLACE] = {"replace", replace_states, COUNT_OF(replace_states), c8d__replace_step},
    [C8D_MACHINE_WISH] = {"wish", wish_states, COUNT_OF(wish_states), c8d__wish_step},
    [C8D_MACHINE_STOP] = {"stop", stop_states, COUNT_OF(stop_states), c8d__stop_step},
    [C8D_MACHINE_RESPONSE] = {"response", response_states, COUNT_OF(response_states), c8d__response_step},
    [C8D_MACHINE_SUPERVISOR] = {"supervisor", supervisor_states, COUNT_OF(supervisor_states),
                                c8d__supervisor_step},
    [C8D_MACHINE_COMPUTE_SYSTEM] = {"compute_system", compute_system_states, COUNT_OF(compute_system_states),
                                    c8d__compute_system_step},
    [C8D_MACHINE_HCS_PROCESS] = {"hcs_process", hcs_process_states, COUNT_OF(hcs_process_states),
                                 c8d__hcs_process_step},
    [C8D_MACHINE_STDIN] = {"stdin", stdin_states, COUNT_OF(stdin_states), c8d__stdin_step},
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
