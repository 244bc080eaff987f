/* SPDX-License-Identifier: Apache-2.0 */
/* c8d graph: the state machines as pictures, drawn from the compiled machines themselves. */
#include "c8d.h"
#include "dot.h"
#include "draw.h"
#include "options.h"
#include "output.h"
#include <c8d/states.h>
#include <c8d/symbols.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_FORMAT = 0x200, OPTION_NO_SELF };

struct graph {
    struct c8d__options options;
    struct c8d__drawing drawing;
    bool format_given;
    bool svg;
};

static const struct argp_option option_list[] = {
    {"format", OPTION_FORMAT, "dot|svg", 0, "dot, or svg through graphviz [dot]", 0},
    {"no-self", OPTION_NO_SELF, NULL, 0, "Leave arrows from a state to itself out", 0},
    {0},
};

static error_t take_machine(struct c8d__drawing *drawing, const char *name, const struct argp_state *state)
{
    for (unsigned i = 0; i < C8D_MACHINE__COUNT; i++) {
        if (strcmp(c8d_machine_name((enum c8d_machine)i), name) == 0) {
            drawing->first = i;
            drawing->last = i;
            return 0;
        }
    }
    return c8d__refuse(
        state,
        "no such machine: '%s' (container, task, process, connection, query, launch, response, "
        "supervisor, stop, replace, stdin, wish, compute_system, "
        "hcs_process)",
        name);
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct graph *graph = state->input;

    switch (key) {
    case OPTION_FORMAT:
        graph->format_given = true;
        graph->svg = strcmp(value, "svg") == 0;
        if (!graph->svg && strcmp(value, "dot") != 0)
            return c8d__refuse(state, "no such format: '%s' (dot or svg)", value);
        return 0;
    case OPTION_NO_SELF:
        graph->drawing.no_self = true;
        return 0;
    case ARGP_KEY_ARG:
        return state->arg_num == 0 ? take_machine(&graph->drawing, value, state) : ARGP_ERR_UNKNOWN;
    case ARGP_KEY_END:
        return graph->options.json && graph->format_given ? c8d__refuse(state, "either --json or --format")
                                                          : 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "[MACHINE]",
    .doc =
        "Draws the state machines, or one of them: container, task, process, connection, query, launch, "
        "response, supervisor, stop, replace, stdin, wish, compute_system or hcs_process. An arrow's label "
        "names the symbols that take it and, after the slash, what the machine then wants. With --json "
        "each symbol that takes an arrow is one object.",
};

static json_t *effects_json(uint64_t effects)
{
    json_t *list = json_array();

    for (unsigned bit = 0; bit < 64; bit++) {
        const char *name = c8d_effect_name(bit);

        if ((effects & (UINT64_C(1) << bit)) != 0 && name != NULL &&
            json_array_append_new(list, json_string(name)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static bool print_cell(enum c8d_machine machine, unsigned state, unsigned symbol)
{
    const struct c8d_cell cell = c8d_machine_cell(machine, state, symbol);

    return c8d__print_json(
        json_pack("{s:s, s:s, s:s, s:s, s:o}", "machine", c8d_machine_name(machine), "from",
                  c8d_state_name(machine, state), "symbol", c8d_symbol_name((enum c8d_symbol)symbol), "to",
                  c8d_state_name(machine, cell.next), "effects", effects_json(cell.effects)));
}

static bool print_machine(const struct c8d__drawing *drawing, enum c8d_machine machine)
{
    for (unsigned state = 0; state < c8d_machine_states(machine); state++) {
        for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
            const struct c8d_cell cell = c8d_machine_cell(machine, state, symbol);

            if (cell.arrow && !(drawing->no_self && cell.next == state) &&
                !print_cell(machine, state, symbol))
                return false;
        }
    }
    return true;
}

static bool print_json(const struct c8d__drawing *drawing)
{
    for (unsigned machine = drawing->first; machine <= drawing->last; machine++) {
        if (!print_machine(drawing, (enum c8d_machine)machine))
            return false;
    }
    return true;
}

/* The text goes through a file without a name: a pipe could fill up with nobody reading. */
static bool draw_svg(const struct c8d__drawing *drawing)
{
    FILE *text = tmpfile();
    bool done = false;
    int error;

    if (text == NULL) {
        c8d__fail("graph: no temporary file: %s", strerror(errno));
        return false;
    }
    c8d__draw(drawing, text);
    if (fflush(text) != 0 || fseek(text, 0, SEEK_SET) != 0) {
        c8d__fail("graph: temporary file: %s", strerror(errno));
        fclose(text);
        return false;
    }
    error = c8d__dot_run(fileno(text), &done);
    if (error == ENOENT)
        c8d__fail("graph: svg needs the program dot of graphviz, which is not installed");
    else if (error != 0)
        c8d__fail("graph: dot: %s", strerror(error));
    else if (!done)
        c8d__fail("graph: dot failed");
    fclose(text);
    return done;
}

int c8d_command_graph(int argc, char **argv)
{
    struct graph graph = {.drawing = {.first = 0, .last = C8D_MACHINE__COUNT - 1}};

    if (!c8d__parse(&argp, argc, argv, &graph))
        return C8D__EXIT_FAILED;
    if (graph.options.json)
        return print_json(&graph.drawing) ? C8D__EXIT_OK : C8D__EXIT_FAILED;
    if (graph.svg)
        return draw_svg(&graph.drawing) ? C8D__EXIT_OK : C8D__EXIT_FAILED;
    c8d__draw(&graph.drawing, stdout);
    return C8D__EXIT_OK;
}
