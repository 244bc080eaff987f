/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a command line that say how a process is to run. */
#include "wishes.h"
#include <stdlib.h>
#include <string.h>

static error_t take_env(struct c8d__wishes *wishes, const char *pair, struct argp_state *state)
{
    const char **grown;

    if (*pair == '=' || strchr(pair, '=') == NULL)
        return c8d__refuse(state, "not NAME=VALUE: '%s'", pair);
    grown = reallocarray(wishes->env, wishes->n_env + 1, sizeof(*grown));
    if (grown == NULL)
        return c8d__refuse(state, "no memory");
    grown[wishes->n_env++] = pair;
    wishes->env = grown;
    return 0;
}

/* What follows ID is the program's, options included. */
static error_t take_words(struct c8d__command_line *line, char *id, struct argp_state *state)
{
    int first = state->next;

    line->id = id;
    if (first < state->argc && strcmp(state->argv[first], "--") == 0)
        first++;
    if (first < state->argc)
        line->wishes.args = state->argv + first;
    state->next = state->argc;
    return 0;
}

error_t c8d__command_line_parse(int key, char *value, struct argp_state *state,
                                struct c8d__command_line *line)
{
    switch (key) {
    case 'e':
        return take_env(&line->wishes, value, state);
    case 'w':
        if (*value != '/')
            return c8d__refuse(state, "not an absolute path: '%s'", value);
        line->wishes.workdir = value;
        return 0;
    case ARGP_KEY_ARG:
        return take_words(line, value, state);
    case ARGP_KEY_NO_ARGS:
        return c8d__refuse(state, "no container ID (see --help)");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

void c8d__command_line_free(struct c8d__command_line *line)
{
    free(line->wishes.env);
}
