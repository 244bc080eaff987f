/* SPDX-License-Identifier: Apache-2.0 */
/* c8d replay: a recorded event log through the model; what ran, how it ended, and what was odd. */
#include "c8d.h"
#include "explain.h"
#include "log_input.h"
#include "options.h"
#include "output.h"
#include "picture.h"
#include "replay_show.h"
#include "when.h"
#include <c8d/error.h>
#include <c8d/log.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#ifdef C8D_WITH_NATS
#include "nats_worker.h"
#endif

enum { EXIT_FOUND = 1 };

struct replay {
    struct c8d__options options;
    struct c8d__log_input input;
    enum c8d_log_format format;
    unsigned jobs;
    bool strict;
    struct c8d__when since;
    struct c8d__when until;
    struct c8d__when state_at;

    struct c8d__show show;
    struct c8d__picture picture;
    struct c8d__story story;
    struct c8d_replay *replay;
    struct c8d_replay_summary summary;
    uint64_t lines_left; /* to be fed; UINT64_MAX = all */
};

/* ---- words
 * --------------------------------------------------------------------------------------------- */

enum {
    OPTION_FORMAT = 0x200,
    OPTION_STRICT,
    OPTION_CONTAINER,
    OPTION_SINCE,
    OPTION_UNTIL,
    OPTION_STATE_AT,
    OPTION_EXPLAIN,
    OPTION_FOLLOW,
    OPTION_JOBS,
};

static const struct argp_option option_list[] = {
    {"format", OPTION_FORMAT, "FORMAT", 0,
     "auto, ctr, nerdctl, docker, podman, crictl, containerd or c8d [auto]", 0},
    {"strict", OPTION_STRICT, NULL, 0, "Exit with 1 also for lines that cannot be read", 0},
    {"container", OPTION_CONTAINER, "ID", 0, "Show the runs and anomalies of this container alone", 0},
    {"since", OPTION_SINCE, "WHEN", 0, "Show what was not over before this time or line", 0},
    {"until", OPTION_UNTIL, "WHEN", 0, "Take the log for one that ends with this time or line", 0},
    {"state-at", OPTION_STATE_AT, "WHEN", 0, "Show the states at this time or line, and nothing else", 0},
    {"explain", OPTION_EXPLAIN, "N", 0, "Tell the story of the N-th anomaly that is shown", 0},
    {"follow", OPTION_FOLLOW, NULL, 0, "Wait for the last file to grow, until INT or TERM", 0},
    {"jobs", OPTION_JOBS, "N", 0, "Divide the work among N threads [1]", 0},
    {0},
};

static error_t read_when(const struct argp_state *state, const char *text, struct c8d__when *out)
{
    return c8d__when_read(text, out) ? 0 : c8d__refuse(state, "neither a time nor a line: '%s'", text);
}

static error_t read_jobs(const struct argp_state *state, const char *text, unsigned *out)
{
    uint64_t jobs;

    if (!c8d__read_number(text, C8D_REPLAY_JOBS_MAX, &jobs) || jobs == 0)
        return c8d__refuse(state, "not a number of jobs: '%s' (1 to %d)", text, C8D_REPLAY_JOBS_MAX);
    *out = (unsigned)jobs;
    return 0;
}

static error_t check(const struct replay *replay, const struct argp_state *state)
{
    bool cut = replay->until.given || replay->state_at.given;

    if (replay->picture.svg != NULL && replay->show.container == NULL)
        return c8d__refuse(state, "--svg draws one container: name it with --container");
    if (replay->picture.text && replay->options.json)
        return c8d__refuse(state, "--timeline is for people, --json for programs");
    if (replay->until.given && replay->state_at.given)
        return c8d__refuse(state, "--until and --state-at both say where the log ends");
    if (replay->input.follow && (cut || replay->since.given || replay->story.number > 0))
        return c8d__refuse(state, "--follow does not go with --since, --until, --state-at and --explain");
    return 0;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct replay *replay = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &replay->picture;
        return 0;
    case OPTION_FORMAT:
        return c8d__read_format(state, value, &replay->format);
    case OPTION_STRICT:
        replay->strict = true;
        return 0;
    case OPTION_CONTAINER:
        replay->show.container = value;
        return 0;
    case OPTION_SINCE:
        return read_when(state, value, &replay->since);
    case OPTION_UNTIL:
        return read_when(state, value, &replay->until);
    case OPTION_STATE_AT:
        return read_when(state, value, &replay->state_at);
    case OPTION_EXPLAIN:
        return c8d__read_number(value, UINT64_MAX, &replay->story.number) && replay->story.number > 0
                   ? 0
                   : c8d__refuse(state, "not a number of an anomaly: '%s'", value);
    case OPTION_FOLLOW:
        replay->input.follow = true;
        return 0;
    case OPTION_JOBS:
        return read_jobs(state, value, &replay->jobs);
    case ARGP_KEY_ARG:
        replay->input.files[replay->input.n_files++] = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        return c8d__refuse(state, "no file (- for standard input)");
    case ARGP_KEY_END:
        return check(replay, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{.argp = &c8d__picture_argp}, {0}};

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .children = children,
#ifdef C8D_WITH_NATS
    .args_doc = "FILE... | -\nnats://HOST[:PORT]",
#else
    .args_doc = "FILE... | -",
#endif
    .doc =
        "Plays a recorded event log through the model: shows how each process ran and ended, and what was "
        "odd about the events.\vSeveral files are the parts of one log, the oldest first; lines are "
        "numbered through; files of gzip and zstd are read as they are. Exits with 0 when nothing was odd, 1 "
        "when something was, 2 when a file cannot be read or is no event log. Lines that cannot be read are "
        "shown and, without --strict, leave the exit code alone. WHEN is the number of a line, or a time "
        "such "
        "as 2026-11-26T00:51:02.5Z.",
};

/* ---- one reading
 * --------------------------------------------------------------------------------------- */

/* The part of a piece that lies before the end that was asked for. */
static size_t length_left(struct replay *replay, const char *bytes, size_t length)
{
    const char *at = bytes;
    const char *end = bytes + length;

    while (replay->lines_left > 0 && at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));

        if (line_end == NULL)
            return length;
        at = line_end + 1;
        replay->lines_left--;
    }
    return (size_t)(at - bytes);
}

static bool feed(void *user, const char *bytes, size_t length)
{
    struct replay *replay = user;

    if (replay->lines_left != UINT64_MAX)
        length = length_left(replay, bytes, length);
    if (c8d_replay_feed(replay->replay, bytes, length) == C8D_OK)
        return !replay->show.failed;
    c8d__fail("replay: %s: no memory, or more namespaces or processes than can be followed",
              replay->input.files[0]);
    return false;
}

static bool show_what_is_there(void *user)
{
    struct replay *replay = user;
    int error = c8d__print_flush();

    if (error != 0)
        replay->show.failed = c8d__print_failed(error);
    return error == 0;
}

static bool read_log(struct replay *replay, const struct c8d_replay_sink *sink)
{
    bool done;

    if (c8d_replay_new(replay->format, sink, NULL, &replay->replay) != C8D_OK ||
        c8d_replay_set_jobs(replay->replay, replay->jobs) != C8D_OK) {
        c8d__fail("replay: no memory, or no threads");
        c8d_replay_free(replay->replay);
        return false;
    }
    replay->input.piece = feed;
    replay->input.idle = show_what_is_there;
    replay->input.user = replay;
    done = c8d__log_read(&replay->input) && !replay->show.failed;
    if (done && c8d_replay_finish(replay->replay, &replay->summary) != C8D_OK) {
        c8d__fail("replay: no memory");
        done = false;
    }
    c8d_replay_free(replay->replay);
    return done;
}

static bool is_event_log(const struct replay *replay)
{
    const char *name = replay->input.files[0];

    if (replay->input.bytes == 0)
        c8d__fail("replay: %s: empty", name);
    else if (replay->summary.events + replay->summary.ignored == 0)
        c8d__fail("replay: %s: no line of it is one of an event log", name);
    else
        return true;
    return false;
}

/* ---- times are looked for first
 * ------------------------------------------------------------------------ */

static void ignore_run(void *user, const struct c8d_replay_run *run)
{
    (void)user;
    (void)run;
}

static void ignore_anomaly(void *user, const struct c8d_replay_anomaly *anomaly)
{
    (void)user;
    (void)anomaly;
}

/* Times are no order. A beginning is the first line stamped with it or later, an end the last line stamped
 * with it or earlier, wherever they stand. */
static void find_beginning(struct c8d__when *when, const struct c8d_replay_step *step)
{
    if (when->is_time && when->line == 0 && step->time_ns >= when->ns)
        when->line = step->line;
}

static void find_end(struct c8d__when *when, const struct c8d_replay_step *step)
{
    if (when->is_time && step->time_ns != 0 && step->time_ns <= when->ns)
        when->line = step->line;
}

static void find_lines(void *user, const struct c8d_replay_step *step)
{
    struct replay *replay = user;

    find_beginning(&replay->since, step);
    find_end(&replay->until, step);
    find_end(&replay->state_at, step);
}

/* Without a line up to there nothing would be judged, and a log be taken for none. */
static bool end_is_found(const struct replay *replay)
{
    const struct c8d__when *end = replay->state_at.given ? &replay->state_at : &replay->until;

    if (!end->is_time || end->line != 0)
        return true;
    c8d__fail("replay: %s: no event of it is as early as %s", replay->input.files[0],
              replay->state_at.given ? "--state-at" : "--until");
    return false;
}

static bool find_times(struct replay *replay)
{
    const struct c8d_replay_sink sink = {
        .run = ignore_run, .anomaly = ignore_anomaly, .user = replay, .step = find_lines};

    if (!replay->since.is_time && !replay->until.is_time && !replay->state_at.is_time)
        return true;
    if (!c8d__log_spool(&replay->input) || !read_log(replay, &sink))
        return false;
    if (!is_event_log(replay) || !end_is_found(replay))
        return false;
    /* Nothing is as late. */
    if (replay->since.is_time && replay->since.line == 0)
        replay->since.line = UINT64_MAX;
    return true;
}

/* The lines of a record that has several are counted up to its first: it is taken whole by the next. */
static void limit_lines(struct replay *replay)
{
    const struct c8d__when *end = replay->state_at.given ? &replay->state_at : &replay->until;

    replay->lines_left = end->given ? end->line : UINT64_MAX;
    replay->show.since_line = replay->since.line;
    replay->show.states_only = replay->state_at.given;
}

/* ---- what it is read for
 * ------------------------------------------------------------------------------- */

static void take_run(void *user, const struct c8d_replay_run *run)
{
    struct replay *replay = user;

    if (c8d__picture_wanted(&replay->picture) && c8d__show_wants_run(&replay->show, run))
        c8d__timeline_run(&replay->picture.timeline, run);
    c8d__show_run(&replay->show, run);
}

static void take_anomaly(void *user, const struct c8d_replay_anomaly *anomaly)
{
    struct replay *replay = user;
    bool shown = c8d__show_wants_anomaly(&replay->show, anomaly);

    if (shown && replay->story.number > 0)
        c8d__story_anomaly(&replay->story, anomaly);
    if (shown && c8d__picture_wanted(&replay->picture))
        c8d__timeline_anomaly(&replay->picture.timeline, anomaly);
    c8d__show_anomaly(&replay->show, anomaly);
}

/* Steps of the connection concern all. */
static void draw_step(void *user, const struct c8d_replay_step *step)
{
    struct replay *replay = user;

    if (c8d__show_wants(&replay->show, step->namespace_, step->container))
        c8d__timeline_step(&replay->picture.timeline, step);
}

static bool judge(struct replay *replay)
{
    const struct c8d_replay_sink sink = {.run = take_run,
                                         .anomaly = take_anomaly,
                                         .user = replay,
                                         .step = c8d__picture_wanted(&replay->picture) ? draw_step : NULL};

    limit_lines(replay);
    return read_log(replay, &sink) && is_event_log(replay);
}

static void tell_step(void *user, const struct c8d_replay_step *step)
{
    c8d__story_step(&((struct replay *)user)->story, step);
}

static bool tell_story(struct replay *replay)
{
    const struct c8d_replay_sink sink = {
        .run = ignore_run, .anomaly = ignore_anomaly, .user = replay, .step = tell_step};

    if (!replay->story.found) {
        c8d__fail("replay: there is no anomaly %" PRIu64 "; %" PRIu64 " are shown", replay->story.number,
                  replay->show.anomalies);
        return false;
    }
    limit_lines(replay);
    return read_log(replay, &sink) && !replay->story.failed &&
           c8d__story_print(&replay->story, replay->options.json);
}

/* Of a name that was mistyped nothing is odd, which must not be all that is said. */
static void mention_nothing(const struct c8d__show *show)
{
    if (show->runs == 0 && show->anomalies == 0 && show->container != NULL)
        c8d__fail("replay: no run and no anomaly of '%s' to be shown", show->container);
    else if (show->runs == 0 && show->anomalies == 0 && show->namespace_ != NULL)
        c8d__fail("replay: no run and no anomaly in namespace '%s' to be shown", show->namespace_);
}

static int exit_code(const struct replay *replay)
{
    bool found = replay->show.odd > 0 || (replay->strict && replay->summary.malformed > 0);

    return found && !replay->state_at.given ? EXIT_FOUND : C8D__EXIT_OK;
}

static int explain(struct replay *replay)
{
    replay->show.silent = true;
    if (!c8d__log_spool(&replay->input) || !judge(replay) || !tell_story(replay))
        return C8D__EXIT_FAILED;
    return EXIT_FOUND;
}

static int play(struct replay *replay)
{
    if (!c8d__log_check(&replay->input) || !find_times(replay))
        return C8D__EXIT_FAILED;
    if (replay->story.number > 0)
        return explain(replay);
    if (!judge(replay))
        return C8D__EXIT_FAILED;
    replay->picture.timeline.summary = replay->summary;
    if (!c8d__picture_draw(&replay->picture,
                           &(struct c8d__subject){replay->input.files[0], replay->show.container}) ||
        !c8d__show_summary(&replay->show, &replay->summary))
        return C8D__EXIT_FAILED;
    mention_nothing(&replay->show);
    return exit_code(replay);
}

int c8d_command_replay(int argc, char **argv)
{
    struct replay replay = {.jobs = 1, .lines_left = UINT64_MAX, .input.subcommand = "replay"};
    int code = C8D__EXIT_FAILED;

    replay.input.files = calloc((size_t)argc, sizeof(*replay.input.files));
    if (replay.input.files == NULL) {
        c8d__fail("replay: no memory");
        return code;
    }
#ifdef C8D_WITH_NATS
    if (c8d__nats_worker_wanted(argc, argv)) {
        free(replay.input.files);
        return c8d__nats_worker(argc, argv);
    }
#endif
    c8d__print_in_large_pieces();
    if (c8d__parse(&argp, argc, argv, &replay) && c8d__show_begin(&replay.show)) {
        replay.show.json = replay.options.json;
        replay.show.at_once = replay.input.follow;
        replay.show.namespace_ = replay.options.namespace_given ? replay.options.namespace_ : NULL;
        code = play(&replay);
    }
    c8d__show_end(&replay.show);
    c8d__story_free(&replay.story);
    c8d__timeline_free(&replay.picture.timeline);
    c8d__log_close(&replay.input);
    free(replay.input.files);
    return code;
}
