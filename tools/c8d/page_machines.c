/* SPDX-License-Identifier: Apache-2.0 */
/* The machines, read from their compiled tables, for the diagram of the page. */
#include "page.h"
#include <c8d/states.h>
#include <c8d/symbols.h>

static void write_states(enum c8d_machine machine, FILE *out)
{
    for (unsigned state = 0; state < c8d_machine_states(machine); state++)
        fprintf(out, "%s\"%s\"", state > 0 ? "," : "", c8d_state_name(machine, state));
}

/* One arrow for each pair of states, with all symbols that take it. */
static void write_arrow(enum c8d_machine machine, unsigned from, unsigned to, const char **before, FILE *out)
{
    bool begun = false;

    for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
        struct c8d_cell cell = c8d_machine_cell(machine, from, symbol);

        if (!cell.arrow || cell.next != to)
            continue;
        if (!begun)
            fprintf(out, "%s[%u,%u", *before, from, to);
        fprintf(out, ",%u", symbol);
        begun = true;
    }
    if (begun) {
        fputc(']', out);
        *before = ",";
    }
}

static void write_arrows(enum c8d_machine machine, FILE *out)
{
    unsigned states = c8d_machine_states(machine);
    const char *before = "";

    for (unsigned from = 0; from < states; from++) {
        for (unsigned to = 0; to < states; to++) {
            if (from != to)
                write_arrow(machine, from, to, &before, out);
        }
    }
}

void c8d__page_machines(FILE *out)
{
    for (unsigned i = 0; i < C8D_MACHINE__COUNT; i++) {
        enum c8d_machine machine = (enum c8d_machine)i;

        fprintf(out, "%s{\"name\":\"%s\",\"states\":[", i > 0 ? "," : "", c8d_machine_name(machine));
        write_states(machine, out);
        fputs("],\"arrows\":[", out);
        write_arrows(machine, out);
        fputs("]}", out);
    }
}
