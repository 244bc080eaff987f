/* SPDX-License-Identifier: Apache-2.0 */
/* c8d record: all that happens, in a file. */
#include "c8d.h"
#include "watch.h"
#include <string.h>

enum { OPTION_COUNT = 0x200 };

struct record {
    struct c8d__options options;
    struct c8d__watch watch;
    const char *file;
    bool force;
};

static const struct argp_option option_list[] = {
    {"output", 'o', "FILE", 0, "Where to; - is standard output", 0},
    {"force", 'f', NULL, 0, "Replace FILE when it is there", 0},
    {"count", OPTION_COUNT, "N", 0, "End after N notices", 0},
    {0},
};

static error_t check(const struct record *record, const struct argp_state *state)
{
    if (record->file == NULL)
        return c8d__refuse(state, "no file: -o FILE (see --help)");
    if (record->options.json && strcmp(record->file, "-") == 0)
        return c8d__refuse(state, "-o - and --json both want standard output");
    return 0;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct record *record = state->input;

    switch (key) {
    case 'o':
        record->file = value;
        return 0;
    case 'f':
        record->force = true;
        return 0;
    case OPTION_COUNT:
        if (!c8d__read_number(value, UINT64_MAX, &record->watch.count) || record->watch.count == 0)
            return c8d__refuse(state, "not a count: '%s'", value);
        return 0;
    case ARGP_KEY_END:
        return check(record, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "-o FILE",
    .doc =
        "Records what runs already and all that happens from then on, until INT or TERM or, with --timeout, "
        "until the time is up. With --json the notices are printed too.",
};

int c8d_command_record(int argc, char **argv)
{
    struct record record = {.watch = {.subcommand = "record"}};
    bool done = false;

    record.watch.options = &record.options;
    if (!c8d__parse(&argp, argc, argv, &record))
        return C8D__EXIT_FAILED;
    record.watch.print = record.options.json;
    if (!c8d__recording_open(&record.watch.recording, record.file, record.force))
        return C8D__EXIT_FAILED;
    done = c8d__watch_run(&record.watch);
    /* It tells of its own failure, which comes on top of one of the watch. */
    return c8d__recording_close(&record.watch.recording) && done ? C8D__EXIT_OK : C8D__EXIT_FAILED;
}
