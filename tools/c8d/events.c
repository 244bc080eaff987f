/* SPDX-License-Identifier: Apache-2.0 */
/* c8d events: what happens to containers, live. */
#include "c8d.h"
#include "watch.h"
#include <errno.h>
#include <stdio.h>

enum { OPTION_FOLLOW = 0x200, OPTION_COUNT };

struct events {
    struct c8d__options options;
    struct c8d__watch watch;
};

static const struct argp_option option_list[] = {
    {"follow", OPTION_FOLLOW, NULL, 0, "Stay until a signal comes (the default)", 0},
    {"count", OPTION_COUNT, "N", 0, "End after N notices", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct events *events = state->input;

    switch (key) {
    case OPTION_FOLLOW:
        return 0;
    case OPTION_COUNT:
        if (!c8d__read_number(value, UINT64_MAX, &events->watch.count) || events->watch.count == 0)
            return c8d__refuse(state, "not a count: '%s'", value);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .doc = "Tells of all that runs already (cause \"resync\") and then of what happens, until INT or TERM "
           "or, with --timeout, until the time is up.",
};

int c8d_command_events(int argc, char **argv)
{
    struct events events = {.watch = {.subcommand = "events", .print = true}};

    events.watch.options = &events.options;
    if (!c8d__parse(&argp, argc, argv, &events) || !c8d__watch_run(&events.watch))
        return C8D__EXIT_FAILED;
    return C8D__EXIT_OK;
}
