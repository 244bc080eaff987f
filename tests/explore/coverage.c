/* SPDX-License-Identifier: Apache-2.0 */
/* Coverage of the machines' cells, notices, commands and outcomes. */
#include "coverage.h"
#include "machines.h"
#include <inttypes.h>

static _Thread_local struct coverage here;

struct coverage *coverage_of_thread(void)
{
    return &here;
}

/* Each machine's step function, as the linker wraps it. */
#define WRAP(name, upper)                                                                                    \
    bool __real_c8d__##name##_step(uint8_t *state, uint8_t symbol, uint64_t *effects);                       \
    bool __wrap_c8d__##name##_step(uint8_t *state, uint8_t symbol, uint64_t *effects);                       \
    bool __wrap_c8d__##name##_step(uint8_t *state, uint8_t symbol, uint64_t *effects)                        \
    {                                                                                                        \
        here.cells[C8D_MACHINE_##upper][*state][symbol] = 1;                                                 \
        return __real_c8d__##name##_step(state, symbol, effects);                                            \
    }

/* NOLINTBEGIN(bugprone-reserved-identifier): the linker makes these names */
C8D__MACHINES(WRAP)
/* NOLINTEND(bugprone-reserved-identifier) */

void coverage_add(struct coverage *sum, const struct coverage *more)
{
    uint8_t *to = &sum->cells[0][0][0];
    const uint8_t *from = &more->cells[0][0][0];

    for (size_t i = 0; i < sizeof(sum->cells); i++)
        to[i] |= from[i];
    for (unsigned i = 0; i < C8D_NOTICE_KIND__COUNT; i++)
        sum->notices[i] += more->notices[i];
    for (unsigned i = 0; i < C8D_COMMAND_KIND__COUNT; i++)
        sum->commands[i] += more->commands[i];
    for (unsigned i = 0; i < C8D_OUTCOME__COUNT; i++)
        sum->outcomes[i] += more->outcomes[i];
}

void coverage_count(struct coverage *coverage, const struct c8d_actions *actions)
{
    coverage->outcomes[actions->outcome]++;
    for (uint32_t i = 0; i < actions->count; i++) {
        if (actions->items[i].kind == C8D_ACTION_NOTICE)
            coverage->notices[actions->items[i].what]++;
        else if (actions->items[i].kind == C8D_ACTION_COMMAND)
            coverage->commands[actions->items[i].what]++;
    }
}

static void print_machine(const struct coverage *coverage, FILE *out, enum c8d_machine machine, bool all)
{
    unsigned arrows = 0;
    unsigned taken = 0;
    unsigned cells = 0;
    unsigned visited = 0;

    for (unsigned state = 0; state < c8d_machine_states(machine); state++) {
        for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
            bool arrow = c8d_machine_cell(machine, state, symbol).arrow;
            bool seen = coverage->cells[machine][state][symbol] != 0;

            cells++;
            visited += seen;
            arrows += arrow;
            taken += arrow && seen;
            if (all && arrow && !seen)
                (void)fprintf(out, "    not taken: %s %s %s\n", c8d_machine_name(machine),
                              c8d_state_name(machine, state), c8d_symbol_name((enum c8d_symbol)symbol));
        }
    }
    (void)fprintf(out, "  %-14s %3u of %3u arrows taken, %3u of %4u cells visited\n",
                  c8d_machine_name(machine), taken, arrows, visited, cells);
}

void coverage_print(const struct coverage *coverage, FILE *out, bool all)
{
    for (unsigned i = 0; i < C8D_MACHINE__COUNT; i++)
        print_machine(coverage, out, (enum c8d_machine)i, all);
    (void)fprintf(out, "  notices:");
    for (unsigned i = 0; i < C8D_NOTICE_KIND__COUNT; i++)
        (void)fprintf(out, " %s %" PRIu64, c8d_notice_name((enum c8d_notice_kind)i), coverage->notices[i]);
    (void)fprintf(out, "\n  commands:");
    for (unsigned i = 0; i < C8D_COMMAND_KIND__COUNT; i++)
        (void)fprintf(out, " %s %" PRIu64, c8d_command_name((enum c8d_command_kind)i), coverage->commands[i]);
    (void)fprintf(out, "\n  outcomes:");
    for (unsigned i = 0; i < C8D_OUTCOME__COUNT; i++)
        (void)fprintf(out, " %s %" PRIu64, c8d_outcome_name((enum c8d_outcome)i), coverage->outcomes[i]);
    (void)fprintf(out, "\n");
}
