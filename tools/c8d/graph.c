/* SPDX-License-Identifier: Apache-2.0 */
/* c8d graph: the state machines as pictures, drawn from the compiled machines themselves. */
#include "c8d.h"
#include "dot.h"
#include "draw.h"
#include "options.h"
#include <c8d/states.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_FORMAT = 0x200, OPTION_NO_SELF };

struct graph {
    struct c8d__options options;
    struct c8d__drawing drawing;
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
        graph->svg = strcmp(value, "svg") == 0;
        if (!graph->svg && strcmp(value, "dot") != 0)
            return c8d__refuse(state, "no such format: '%s' (dot or svg)", value);
        return 0;
    case OPTION_NO_SELF:
        graph->drawing.no_self = true;
        return 0;
    case ARGP_KEY_ARG:
        return state->arg_num == 0 ? take_machine(&graph->drawing, value, state) : ARGP_ERR_UNKNOWN;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "[MACHINE]",
    .doc = "Draws the state machines, or one of them: container, task, process, connection, query, launch, "
           "response, supervisor, stop, replace, stdin or wish. An arrow's label names the symbols that take "
           "it and, "
           "after the slash, "
           "what the machine then wants.",
};

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
    if (graph.svg)
        return draw_svg(&graph.drawing) ? C8D__EXIT_OK : C8D__EXIT_FAILED;
    c8d__draw(&graph.drawing, stdout);
    return C8D__EXIT_OK;
}
