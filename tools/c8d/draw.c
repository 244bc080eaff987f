/* SPDX-License-Identifier: Apache-2.0 */
/* The machines in the language of graphviz: one arrow for each pair of states, one line of its label for each
 * set of effects. */
#include "draw.h"
#include <c8d/states.h>
#include <c8d/symbols.h>
#include <stddef.h>

static bool takes(enum c8d_machine machine, unsigned state, unsigned next, unsigned symbol)
{
    struct c8d_cell cell = c8d_machine_cell(machine, state, symbol);

    return cell.arrow && cell.next == next;
}

static uint64_t effects(enum c8d_machine machine, unsigned state, unsigned symbol)
{
    return c8d_machine_cell(machine, state, symbol).effects;
}

/* Whether an earlier symbol takes the same arrow to the same effect. */
static bool is_told(enum c8d_machine machine, unsigned state, unsigned next, unsigned symbol)
{
    for (unsigned earlier = 1; earlier < symbol; earlier++) {
        if (takes(machine, state, next, earlier) &&
            effects(machine, state, earlier) == effects(machine, state, symbol))
            return true;
    }
    return false;
}

static void draw_effects(uint64_t bits, FILE *out)
{
    const char *before = " / ";

    for (unsigned bit = 0; bit < 64; bit++) {
        const char *name = c8d_effect_name(bit);

        if ((bits & (UINT64_C(1) << bit)) != 0 && name != NULL) {
            fprintf(out, "%s%s", before, name);
            before = ", ";
        }
    }
}

/* All symbols that take the arrow to the effect of this one. */
static void draw_line(enum c8d_machine machine, unsigned state, unsigned next, unsigned symbol, FILE *out)
{
    const char *before = "";

    for (unsigned other = symbol; other < C8D_SYM__COUNT; other++) {
        if (takes(machine, state, next, other) &&
            effects(machine, state, other) == effects(machine, state, symbol)) {
            fprintf(out, "%s%s", before, c8d_symbol_name((enum c8d_symbol)other));
            before = ", ";
        }
    }
    draw_effects(effects(machine, state, symbol), out);
    fputs("\\l", out);
}

static void draw_arrow(enum c8d_machine machine, unsigned state, unsigned next, FILE *out)
{
    const char *name = c8d_machine_name(machine);
    bool begun = false;

    for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
        if (!takes(machine, state, next, symbol) || is_told(machine, state, next, symbol))
            continue;
        if (!begun)
            fprintf(out, "    %s_%u -> %s_%u [label=\"", name, state, name, next);
        begun = true;
        draw_line(machine, state, next, symbol, out);
    }
    if (begun)
        fputs("\"];\n", out);
}

static void draw_machine(const struct c8d__drawing *drawing, enum c8d_machine machine, FILE *out)
{
    const char *name = c8d_machine_name(machine);
    unsigned states = c8d_machine_states(machine);

    fprintf(out, "  subgraph cluster_%s {\n    label=\"%s\";\n", name, name);
    for (unsigned state = 0; state < states; state++)
        fprintf(out, "    %s_%u [label=\"%s\"%s];\n", name, state, c8d_state_name(machine, state),
                state == 0 ? ", penwidth=2" : "");
    for (unsigned state = 0; state < states; state++) {
        for (unsigned next = 0; next < states; next++) {
            if (state != next || !drawing->no_self)
                draw_arrow(machine, state, next, out);
        }
    }
    fputs("  }\n", out);
}

void c8d__draw(const struct c8d__drawing *drawing, FILE *out)
{
    fputs("digraph c8d {\n"
          "  rankdir=LR;\n"
          "  node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=11];\n"
          "  edge [fontname=\"sans-serif\", fontsize=9];\n",
          out);
    for (unsigned machine = drawing->first; machine <= drawing->last; machine++)
        draw_machine(drawing, (enum c8d_machine)machine, out);
    fputs("}\n", out);
}
