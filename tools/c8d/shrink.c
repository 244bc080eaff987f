/* SPDX-License-Identifier: Apache-2.0 */
/*
 * c8d shrink: the shortest part of a log that still shows the same anomaly.
 *
 * Records of other containers go first, then halves, quarters and so on of what is left, down to single
 * records, as long as the anomaly stays: no record of the result can be left out.
 */
#include "c8d.h"
#include "log_input.h"
#include "options.h"
#include "output.h"
#include "shrinking.h"
#include "write_all.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct shrink {
    struct c8d__options options;
    enum c8d_log_format format;
    const char *file;
    const char *output; /* NULL = standard output */
    bool force;
    uint64_t number;
    struct c8d__shrinking work;
};

enum { OPTION_FORMAT = 0x200, OPTION_ANOMALY };

static const struct argp_option option_list[] = {
    {"format", OPTION_FORMAT, "FORMAT", 0, "As for replay [auto]", 0},
    {"anomaly", OPTION_ANOMALY, "N", 0, "The N-th anomaly that replay shows [1]", 0},
    {"output", 'o', "FILE", 0, "Where to [standard output]", 0},
    {"force", 'f', NULL, 0, "Replace FILE when it is there", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct shrink *shrink = state->input;

    switch (key) {
    case OPTION_FORMAT:
        return c8d__read_format(state, value, &shrink->format);
    case OPTION_ANOMALY:
        return c8d__read_number(value, UINT64_MAX, &shrink->number) && shrink->number > 0
                   ? 0
                   : c8d__refuse(state, "not a number of an anomaly: '%s'", value);
    case 'o':
        shrink->output = value;
        return 0;
    case 'f':
        shrink->force = true;
        return 0;
    case ARGP_KEY_ARG:
        if (shrink->file != NULL)
            return c8d__refuse(state, "one log is shrunk; '%s' is one more", value);
        shrink->file = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        return c8d__refuse(state, "no file (- for standard input)");
    case ARGP_KEY_END:
        return shrink->options.json ? c8d__refuse(state, "a log is printed as it is: not with --json") : 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "FILE",
    .doc = "Prints the shortest part of a log that still shows the same anomaly: no record of it can be left "
           "out.\vThe same anomaly is one of the same kind, of the same process, wherever it stands. Exits "
           "with 0 "
           "when it was found, 1 when the log has no such anomaly, 2 when it cannot be read.",
};

static bool take_piece(void *user, const char *bytes, size_t length)
{
    struct shrink *shrink = user;

    if (c8d__shrinking_add(&shrink->work, bytes, length))
        return true;
    c8d__fail("shrink: %s: no memory", shrink->file);
    return false;
}

static bool write_kept(int fd, const struct c8d__shrinking *work)
{
    for (size_t i = 0; i < work->n_units; i++) {
        const struct c8d__unit *unit = &work->units[i];
        int failure = unit->kept ? c8d__write_all(fd, unit->text, unit->length) : 0;

        if (failure != 0) {
            errno = failure;
            return false;
        }
    }
    return true;
}

static bool write_result(const struct shrink *shrink)
{
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (shrink->force ? O_TRUNC : O_EXCL);
    int fd = shrink->output != NULL ? open(shrink->output, flags, 0644) : STDOUT_FILENO;
    bool done = fd >= 0 && write_kept(fd, &shrink->work);

    if (!done && fd == STDOUT_FILENO)
        return !c8d__print_failed(errno);
    if (!done)
        c8d__fail("shrink: %s: %s%s", shrink->output, strerror(errno),
                  fd < 0 && errno == EEXIST ? " (--force replaces it)" : "");
    if (fd > STDERR_FILENO && close(fd) != 0 && done) {
        c8d__fail("shrink: %s: %s", shrink->output, strerror(errno));
        done = false;
    }
    return done;
}

static int run(struct shrink *shrink)
{
    struct c8d__log_input input = {
        .subcommand = "shrink", .files = &shrink->file, .n_files = 1, .piece = take_piece, .user = shrink};
    enum c8d__shrunk shrunk;

    if (!c8d__log_read(&input))
        return C8D__EXIT_FAILED;
    shrunk = c8d__shrinking_run(&shrink->work, shrink->format, shrink->number);
    if (shrunk == C8D__SHRUNK_EXHAUSTED)
        c8d__fail("shrink: %s: no memory", shrink->file);
    else if (shrunk == C8D__SHRUNK_NO_LOG)
        c8d__fail("shrink: %s: no line of it is one of an event log", shrink->file);
    if (shrunk == C8D__SHRUNK_NOTHING_ODD) {
        c8d__fail("shrink: %s: there is no anomaly %" PRIu64, shrink->file, shrink->number);
        return 1;
    }
    if (shrunk != C8D__SHRUNK)
        return C8D__EXIT_FAILED;
    return write_result(shrink) ? C8D__EXIT_OK : C8D__EXIT_FAILED;
}

int c8d_command_shrink(int argc, char **argv)
{
    struct shrink shrink = {.number = 1};
    int code = C8D__EXIT_FAILED;

    if (c8d__parse(&argp, argc, argv, &shrink))
        code = run(&shrink);
    c8d__shrinking_free(&shrink.work);
    return code;
}
