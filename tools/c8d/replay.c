/* SPDX-License-Identifier: Apache-2.0 */
/* c8d replay: a recorded event log through the model; what ran, how it ended, and what was odd. */
#include "c8d.h"
#include "options.h"
#include "output.h"
#include "picture.h"
#include <c8d/error.h>
#include <c8d/log.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)1 << 20)
/* Less is read before anybody wonders. */
#define PROGRESS_BYTES_MIN ((int64_t)256 << 20)

enum { EXIT_FOUND = 1 };

struct replay {
    struct c8d__options options;
    const char **files;
    size_t n_files;
    enum c8d_log_format format;
    bool strict;
    const char *container; /* NULL = all */

    struct c8d__picture picture;
    struct c8d_replay *replay;
    struct c8d_replay_summary summary;
    uint64_t runs;      /* shown */
    uint64_t anomalies; /* shown */
    uint64_t odd;       /* of them, those of containers */
    FILE *report;       /* for a person: anomalies, kept until the runs have been printed */
    char *report_text;
    size_t report_size;
    bool failed; /* told */
};

/* ---- words
 * ---------------------------------------------------------------------------------------------------- */

enum { OPTION_FORMAT = 0x200, OPTION_STRICT, OPTION_CONTAINER };

static const struct argp_option option_list[] = {
    {"format", OPTION_FORMAT, "FORMAT", 0,
     "auto, ctr, nerdctl, docker, podman, crictl, containerd or c8d [auto]", 0},
    {"strict", OPTION_STRICT, NULL, 0, "Exit with 1 also for lines that cannot be read", 0},
    {"container", OPTION_CONTAINER, "ID", 0, "Show the runs and anomalies of this container alone", 0},
    {0},
};

static error_t read_format(const struct argp_state *state, const char *text, enum c8d_log_format *out)
{
    for (int format = 0; format < C8D_LOG_FORMAT__COUNT; format++) {
        if (strcmp(text, c8d_log_format_name((enum c8d_log_format)format)) == 0) {
            *out = (enum c8d_log_format)format;
            return 0;
        }
    }
    return c8d__refuse(
        state, "no such format: '%s' (auto, ctr, nerdctl, docker, podman, crictl, containerd or c8d)", text);
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct replay *replay = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &replay->picture;
        return 0;
    case OPTION_FORMAT:
        return read_format(state, value, &replay->format);
    case OPTION_STRICT:
        replay->strict = true;
        return 0;
    case OPTION_CONTAINER:
        replay->container = value;
        return 0;
    case ARGP_KEY_ARG:
        replay->files[replay->n_files++] = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        return c8d__refuse(state, "no file (- for standard input)");
    case ARGP_KEY_END:
        if (replay->picture.svg != NULL && replay->container == NULL)
            return c8d__refuse(state, "--svg draws one container: name it with --container");
        if (replay->picture.text && replay->options.json)
            return c8d__refuse(state, "--timeline is for people, --json for programs");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{.argp = &c8d__picture_argp}, {0}};

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .children = children,
    .args_doc = "FILE... | -",
    .doc = "Plays a recorded event log through the model: shows how each process ran and ended, and what was "
           "odd about the events.\vSeveral files are the parts of one log, the oldest first; lines are "
           "numbered through. Exits with 0 when nothing was odd, 1 when something was, 2 when a file cannot "
           "be read or is no event log. Lines that cannot be read are shown and, without --strict, leave the "
           "exit code alone.",
};

/* ---- what is shown
 * -------------------------------------------------------------------------------------------- */

static bool is_shown(const struct replay *replay, struct c8d_str container)
{
    return replay->container == NULL || (strlen(replay->container) == container.len &&
                                         memcmp(replay->container, container.ptr, container.len) == 0);
}

static bool same(struct c8d_str a, struct c8d_str b)
{
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

/* "moby/web", or "moby/web/exec-1" for an exec. */
static void print_name(FILE *out, struct c8d_str namespace_, struct c8d_str container, struct c8d_str process)
{
    fprintf(out, "%.*s/%.*s", (int)namespace_.len, namespace_.ptr, (int)container.len, container.ptr);
    if (!same(container, process))
        fprintf(out, "/%.*s", (int)process.len, process.ptr);
}

static bool is_over(const struct c8d_replay_run *run)
{
    return run->state == C8D_STATE_STOPPED || run->state == C8D_STATE_DELETED;
}

static json_t *json_of_time(int64_t ns)
{
    char text[C8D__TIME_BYTES];

    return ns > 0 ? json_string(c8d__format_time(ns, text)) : json_null();
}

static bool print_run_json(const struct c8d_replay_run *run)
{
    bool code = is_over(run) && run->exit.known;

    return c8d__print_json(
        json_pack("{s:s, s:o, s:o, s:o, s:I, s:s, s:I, s:o, s:o, s:b, s:o}", "type", "run", "namespace",
                  c8d__json_str(run->namespace_), "container", c8d__json_str(run->container), "process",
                  c8d__json_str(run->process), "incarnation", (json_int_t)run->incarnation, "state",
                  c8d_public_state_name(run->state), "pid", (json_int_t)run->pid, "exit_code",
                  code ? json_integer((json_int_t)run->exit.code) : json_null(), "exited_at",
                  json_of_time(is_over(run) ? run->exit.at_ns : 0), "oom", (int)run->oom, "started_at",
                  json_of_time(run->started_at_ns)));
}

/* The name comes last, since it may be long. */
static void print_run_row(const struct c8d_replay_run *run, bool first)
{
    char code[16] = "-";
    char started[C8D__TIME_BYTES] = "-";

    if (first)
        printf("%-8s %-4s %-4s %-10s %-3s %-31s %s\n", "STATE", "CODE", "OOM", "PID", "RUN", "STARTED",
               "NAME");
    if (is_over(run) && run->exit.known)
        snprintf(code, sizeof(code), "%" PRIu32, run->exit.code);
    if (run->started_at_ns > 0)
        c8d__format_time(run->started_at_ns, started);
    printf("%-8s %-4s %-4s %-10" PRIu32 " %-3" PRIu32 " %-31s ", c8d_public_state_name(run->state), code,
           run->oom ? "oom" : "-", run->pid, run->incarnation, started);
    print_name(stdout, run->namespace_, run->container, run->process);
    putchar('\n');
}

static void show_run(void *user, const struct c8d_replay_run *run)
{
    struct replay *replay = user;

    if (replay->failed || !is_shown(replay, run->container))
        return;
    replay->runs++;
    if (c8d__picture_wanted(&replay->picture))
        c8d__timeline_run(&replay->picture.timeline, run);
    if (replay->options.json)
        replay->failed = !print_run_json(run);
    else
        print_run_row(run, replay->runs == 1);
}

static bool print_anomaly_json(const struct c8d_replay_anomaly *anomaly)
{
    return c8d__print_json(
        json_pack("{s:s, s:s, s:I, s:o, s:o, s:o, s:I, s:s}", "type", "anomaly", "kind", anomaly->kind,
                  "line", (json_int_t)anomaly->line, "namespace", c8d__json_str(anomaly->namespace_),
                  "container", c8d__json_str(anomaly->container), "process", c8d__json_str(anomaly->process),
                  "incarnation", (json_int_t)anomaly->incarnation, "detail", anomaly->detail));
}

static void report_anomaly(FILE *report, const struct c8d_replay_anomaly *anomaly)
{
    fprintf(report, "line %" PRIu64 ": %s", anomaly->line, anomaly->kind);
    if (anomaly->container.len > 0) {
        fputs(": ", report);
        print_name(report, anomaly->namespace_, anomaly->container, anomaly->process);
        fprintf(report, ", run %" PRIu32, anomaly->incarnation);
    }
    fprintf(report, ": %s\n", anomaly->detail);
}

static void show_anomaly(void *user, const struct c8d_replay_anomaly *anomaly)
{
    struct replay *replay = user;
    bool of_line = anomaly->container.len == 0;

    /* A line that cannot be read may be about any container. */
    if (replay->failed || (!of_line && !is_shown(replay, anomaly->container)))
        return;
    replay->anomalies++;
    if (!of_line)
        replay->odd++;
    if (c8d__picture_wanted(&replay->picture))
        c8d__timeline_anomaly(&replay->picture.timeline, anomaly);
    if (replay->options.json)
        replay->failed = !print_anomaly_json(anomaly);
    else
        report_anomaly(replay->report, anomaly);
}

/* Steps of the connection concern all. */
static void draw_step(void *user, const struct c8d_replay_step *step)
{
    struct replay *replay = user;

    if (step->container.len == 0 || is_shown(replay, step->container))
        c8d__timeline_step(&replay->picture.timeline, step);
}

static bool print_summary_json(const struct replay *replay)
{
    const struct c8d_replay_summary *summary = &replay->summary;

    return c8d__print_json(
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "type", "summary", "lines",
                  (json_int_t)summary->lines, "events", (json_int_t)summary->events, "ignored",
                  (json_int_t)summary->ignored, "malformed", (json_int_t)summary->malformed, "continued",
                  (json_int_t)summary->continued, "containers", (json_int_t)summary->containers, "runs",
                  (json_int_t)replay->runs, "anomalies", (json_int_t)replay->anomalies));
}

static void print_summary(struct replay *replay)
{
    const struct c8d_replay_summary *summary = &replay->summary;

    if (replay->report_size > 0)
        printf("\n%s", replay->report_text);
    printf("\n%" PRIu64 " lines: %" PRIu64 " events, %" PRIu64 " ignored, %" PRIu64 " malformed",
           summary->lines, summary->events, summary->ignored, summary->malformed);
    if (summary->continued > 0)
        printf(", %" PRIu64 " more of records of several lines", summary->continued);
    printf("; %" PRIu64 " containers, %" PRIu64 " runs, %" PRIu64 " anomalies\n", summary->containers,
           replay->runs, replay->anomalies);
}

/* ---- reading
 * -------------------------------------------------------------------------------------------------- */

struct input {
    const char *name;
    int fd;
    int64_t size; /* 0 = not known, or too small for anybody to wait */
    int64_t done;
    int64_t shown_percent;
};

static bool open_input(const char *file, struct input *input)
{
    struct stat status;

    *input = (struct input){.name = file, .fd = STDIN_FILENO};
    if (strcmp(file, "-") != 0)
        input->fd = open(file, O_RDONLY | O_CLOEXEC);
    if (input->fd < 0 || fstat(input->fd, &status) != 0) {
        c8d__fail("replay: %s: %s", file, strerror(errno));
        if (input->fd > STDIN_FILENO)
            close(input->fd);
        return false;
    }
    if (S_ISREG(status.st_mode) && status.st_size >= PROGRESS_BYTES_MIN && isatty(STDERR_FILENO))
        input->size = status.st_size;
    return true;
}

static void close_input(const struct input *input)
{
    if (input->fd != STDIN_FILENO)
        close(input->fd);
}

static void show_progress(struct input *input)
{
    int64_t percent = input->size > 0 ? input->done / (input->size / 100) : 0;

    if (percent <= input->shown_percent)
        return;
    if (percent < 100)
        fprintf(stderr, "\r%3" PRId64 " %%", percent);
    else
        fputs("\r     \r", stderr);
    input->shown_percent = percent;
}

/* What `ctr events` printed before containerd 1.0: a table, whose columns say less than the events did. */
static bool is_old_table(const char *text, size_t length)
{
    const char *end = memchr(text, '\n', length);
    size_t width = end != NULL ? (size_t)(end - text) : 0;

    return width > 0 && memcmp(text, "TIME ", width < 5 ? width : 5) == 0 &&
           memmem(text, width, " TYPE ", 6) != NULL && memmem(text, width, " STATUS", 7) != NULL;
}

/* One piece of a file. @return Bytes read; 0 at the end; -1 after a failure that was told. */
static ssize_t read_piece(struct input *input, char *buffer)
{
    ssize_t n;

    do
        n = read(input->fd, buffer, BUFFER_BYTES);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
        c8d__fail("replay: %s: %s", input->name, strerror(errno));
        return -1;
    }
    if (n > 0 && input->done == 0 && memchr(buffer, '\0', (size_t)n) != NULL) {
        c8d__fail("replay: %s: binary, and no event log", input->name);
        return -1;
    }
    if (n > 0 && input->done == 0 && is_old_table(buffer, (size_t)n)) {
        c8d__fail("replay: %s: the table that containerd 0.2 printed; it cannot be read", input->name);
        return -1;
    }
    input->done += n;
    return n;
}

static bool feed(struct replay *replay, const struct input *input, const char *buffer, size_t length)
{
    if (c8d_replay_feed(replay->replay, buffer, length) == C8D_OK)
        return !replay->failed;
    c8d__fail("replay: %s: no memory, or more namespaces or processes than can be followed", input->name);
    return false;
}

static bool read_file(struct replay *replay, const char *file, char *buffer, int64_t *bytes)
{
    struct input input;
    ssize_t n = -1;

    if (!open_input(file, &input))
        return false;
    do {
        n = read_piece(&input, buffer);
        show_progress(&input);
        if (n > 0 && !feed(replay, &input, buffer, (size_t)n))
            n = -1;
    } while (n > 0 && ferror(stdout) == 0);
    close_input(&input);
    *bytes += input.done;
    return n == 0;
}

static bool is_event_log(const struct replay *replay, int64_t bytes)
{
    const char *name = replay->files[0];

    if (bytes == 0)
        c8d__fail("replay: %s: empty", name);
    else if (replay->summary.events + replay->summary.ignored == 0)
        c8d__fail("replay: %s: no line of it is one of an event log", name);
    else
        return true;
    return false;
}

/* Before anything is shown. */
static bool can_open_all(const struct replay *replay)
{
    struct input input;

    for (size_t i = 0; i < replay->n_files; i++) {
        if (!open_input(replay->files[i], &input))
            return false;
        close_input(&input);
    }
    return true;
}

static bool read_files(struct replay *replay)
{
    char *buffer = malloc(BUFFER_BYTES);
    int64_t bytes = 0;
    bool done = buffer != NULL;

    if (!done)
        c8d__fail("replay: no memory");
    for (size_t i = 0; i < replay->n_files && done; i++)
        done = read_file(replay, replay->files[i], buffer, &bytes);
    free(buffer);
    if (done && c8d_replay_finish(replay->replay, &replay->summary) != C8D_OK) {
        c8d__fail("replay: no memory");
        done = false;
    }
    return done && is_event_log(replay, bytes);
}

/* ---- all of it
 * ------------------------------------------------------------------------------------------------ */

static bool play(struct replay *replay)
{
    const struct c8d_replay_sink sink = {.run = show_run,
                                         .anomaly = show_anomaly,
                                         .user = replay,
                                         .step = c8d__picture_wanted(&replay->picture) ? draw_step : NULL};
    bool done;

    if (!can_open_all(replay))
        return false;
    replay->report = open_memstream(&replay->report_text, &replay->report_size);
    if (replay->report == NULL || c8d_replay_new(replay->format, &sink, NULL, &replay->replay) != C8D_OK) {
        c8d__fail("replay: no memory");
        return false;
    }
    done = read_files(replay);
    c8d_replay_free(replay->replay);
    return done;
}

static bool show_summary(struct replay *replay)
{
    if (fclose(replay->report) != 0) {
        c8d__fail("replay: no memory");
        return false;
    }
    if (replay->options.json)
        return print_summary_json(replay);
    print_summary(replay);
    return true;
}

int c8d_command_replay(int argc, char **argv)
{
    struct replay replay = {.files = calloc((size_t)argc, sizeof(*replay.files))};
    int code = C8D__EXIT_FAILED;

    if (replay.files == NULL) {
        c8d__fail("replay: no memory");
        return code;
    }
    if (c8d__parse(&argp, argc, argv, &replay)) {
        bool done = play(&replay);

        replay.picture.timeline.summary = replay.summary;
        done = done &&
               c8d__picture_draw(&replay.picture, &(struct c8d__subject){replay.files[0], replay.container});

        if (done && show_summary(&replay))
            code =
                replay.odd > 0 || (replay.strict && replay.summary.malformed > 0) ? EXIT_FOUND : C8D__EXIT_OK;
        else if (!done && replay.report != NULL)
            fclose(replay.report);
    }
    c8d__timeline_free(&replay.picture.timeline);
    free(replay.report_text);
    free(replay.files);
    return code;
}
