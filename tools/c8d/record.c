/* SPDX-License-Identifier: Apache-2.0 */
/* c8d record: all that happens, in a file. */
#include "c8d.h"
#include "nats_wish.h"
#include "watch.h"
#include <string.h>
#ifdef C8D_WITH_NATS
#include "nats_sink.h"
#endif

/* A frame has at most 2 KiB: a part holds some. */
#define ROTATE_BYTES_MIN 65536
#define KEEP_MAX 999

enum { OPTION_COUNT = 0x200, OPTION_SYNC, OPTION_ROTATE_SIZE, OPTION_KEEP };

struct record {
    struct c8d__options options;
    struct c8d__watch watch;
    struct c8d__file_wish wish;
    bool keep_given;
};

static const struct argp_option option_list[] = {
    {"output", 'o', "FILE", 0, "Where to; - is standard output, nats://HOST[:PORT] a server", 0},
    {"append", 'a', NULL, 0, "Go on with FILE when it is there; what came between is told as a gap", 0},
    {"force", 'f', NULL, 0, "Replace FILE when it is there and a recording", 0},
    {"sync", OPTION_SYNC, "WHEN", 0,
     "Make it outlive the machine: never, interval (once a second) or frame (each before it counts) "
     "[interval]",
     0},
    {"rotate-size", OPTION_ROTATE_SIZE, "BYTES", 0, "Begin another file before this one is larger (K, M, G)",
     0},
    {"keep", OPTION_KEEP, "N", 0, "Keep so many older files, FILE.1 the newest [4]", 0},
    {"count", OPTION_COUNT, "N", 0, "End after N notices", 0},
    {0},
};

static error_t check(struct record *record, const struct argp_state *state)
{
    bool to_stdout = record->wish.path != NULL && strcmp(record->wish.path, "-") == 0;

    if (record->wish.path == NULL || *record->wish.path == '\0')
        return c8d__refuse(state, "no file: -o FILE (see --help)");
    if (record->options.json && to_stdout)
        return c8d__refuse(state, "-o - and --json both want standard output");
    if (record->wish.path != NULL && c8d__is_nats_url(record->wish.path) &&
        (record->wish.rotate_bytes != 0 || record->wish.if_there != C8D__REFUSE))
        return c8d__refuse(state, "a server is no file to be rotated, replaced or gone on with");
    if (to_stdout && (record->wish.rotate_bytes != 0 || record->wish.if_there == C8D__GO_ON))
        return c8d__refuse(state, "-o - is no file to be rotated or gone on with");
    if (record->keep_given && record->wish.rotate_bytes == 0)
        return c8d__refuse(state, "--keep goes with --rotate-size");
    return 0;
}

static error_t take_sync(enum c8d__sync *sync, const char *word, const struct argp_state *state)
{
    static const char *const words[] = {
        [C8D__SYNC_NEVER] = "never", [C8D__SYNC_INTERVAL] = "interval", [C8D__SYNC_FRAME] = "frame"};

    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(word, words[i]) == 0) {
            *sync = (enum c8d__sync)i;
            return 0;
        }
    }
    return c8d__refuse(state, "not never, interval or frame: '%s'", word);
}

/* "64K", "100M", "2G" or bytes. */
static error_t take_size(uint64_t *bytes, const char *text, const struct argp_state *state)
{
    static const char units[] = "KMG";
    char digits[24] = "";
    size_t length = strlen(text);
    const char *unit = length > 0 ? strchr(units, text[length - 1]) : NULL;
    unsigned shift = unit != NULL && *unit != '\0' ? 10 * (unsigned)(unit - units + 1) : 0;

    if (length < sizeof(digits))
        memcpy(digits, text, shift != 0 ? length - 1 : length);
    if (!c8d__read_number(digits, UINT64_MAX >> shift, bytes) || (*bytes <<= shift) < ROTATE_BYTES_MIN)
        return c8d__refuse(state, "not a size of at least 64K: '%s'", text);
    return 0;
}

static error_t take_keep(struct record *record, const char *text, const struct argp_state *state)
{
    uint64_t keep;

    if (!c8d__read_number(text, KEEP_MAX, &keep))
        return c8d__refuse(state, "not a number of files: '%s'", text);
    record->wish.keep = (unsigned)keep;
    record->keep_given = true;
    return 0;
}

static error_t take_if_there(struct record *record, enum c8d__if_there what, const struct argp_state *state)
{
    if (record->wish.if_there != C8D__REFUSE && record->wish.if_there != what)
        return c8d__refuse(state, "--append and --force want different things");
    record->wish.if_there = what;
    return 0;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct record *record = state->input;

    switch (key) {
    case 'o':
        record->wish.path = value;
        return 0;
    case 'a':
        return take_if_there(record, C8D__GO_ON, state);
    case 'f':
        return take_if_there(record, C8D__REPLACE, state);
    case OPTION_SYNC:
        return take_sync(&record->wish.sync, value, state);
    case OPTION_ROTATE_SIZE:
        return take_size(&record->wish.rotate_bytes, value, state);
    case OPTION_KEEP:
        return take_keep(record, value, state);
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

static const struct argp_child children[] = {
#ifdef C8D_WITH_NATS
    {.argp = &c8d__nats_sink_argp},
#endif
    {0},
};

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .children = children,
    .args_doc = "-o FILE",
    .doc =
        "Records what runs already and all that happens from then on, until INT or TERM or, with --timeout, "
        "until the time is up. With --json the notices are printed too.",
};

int c8d_command_record(int argc, char **argv)
{
    struct record record = {.watch = {.subcommand = "record"},
                            .wish = {.keep = 4, .there = "--append goes on with it, --force replaces it"}};
    bool done = false;

    record.watch.options = &record.options;
    if (!c8d__parse(&argp, argc, argv, &record))
        return C8D__EXIT_FAILED;
    record.watch.print = record.options.json;
    if (!c8d__recording_open(&record.watch.recording, &record.wish))
        return C8D__EXIT_FAILED;
    done = c8d__watch_run(&record.watch);
    /* It tells of its own failure, which comes on top of one of the watch. */
    return c8d__recording_close(&record.watch.recording) && done ? C8D__EXIT_OK : C8D__EXIT_FAILED;
}
