/* SPDX-License-Identifier: Apache-2.0 */
/* c8d supervise: starts a private containerd and keeps it. */
#include "c8d.h"
#include "options.h"
#include "output.h"
#include "signals.h"
#include <c8d/supervisor.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define DEFAULT_DIRECTORY "/run/c8d/containerd"

enum {
    OPTION_DIRECTORY = 0x200,
    OPTION_CONFIG,
    OPTION_CONTAINERD,
    OPTION_ROOT,
    OPTION_STATE,
    OPTION_METRICS,
    OPTION_LOG_LEVEL,
    OPTION_OOM_SCORE,
    OPTION_LEAVE,
    OPTION_STOP,
};

struct supervise {
    struct c8d__options options;
    struct c8d_supervisor_options wanted;
    char config[PATH_MAX];
    bool leave;
    bool stop;
    bool failed; /* what was to be told could not be written */
};

static const struct argp_option option_list[] = {
    {"directory", OPTION_DIRECTORY, "DIR", 0,
     "Where its configuration, pid and log are, and its socket, root and state unless said "
     "otherwise [" DEFAULT_DIRECTORY "]",
     0},
    {"config", OPTION_CONFIG, "FILE", 0,
     "Configuration of one's own, used as it is; --address must be the socket in it", 0},
    {"containerd", OPTION_CONTAINERD, "PROGRAM", 0, "The program [containerd, from PATH]", 0},
    {"root", OPTION_ROOT, "DIR", 0, "What lasts", 0},
    {"state", OPTION_STATE, "DIR", 0, "What does not", 0},
    {"metrics", OPTION_METRICS, "HOST:PORT", 0, "Offer its metrics there", 0},
    {"log-level", OPTION_LOG_LEVEL, "LEVEL", 0, "trace, debug, info, warn, error, fatal or panic [info]", 0},
    {"oom-score", OPTION_OOM_SCORE, "N", 0, "Its OOM score adjustment, -1000 to 1000", 0},
    {"leave", OPTION_LEAVE, NULL, 0, "At the end leave it running, for the next supervisor to take over", 0},
    {"stop", OPTION_STOP, NULL, 0, "Stop the one that was left running, and end", 0},
    {0},
};

static error_t read_score(const struct argp_state *state, const char *text, int32_t *out)
{
    uint64_t number;
    bool negative = text[0] == '-';

    if (!c8d__read_number(text + negative, 1000, &number))
        return c8d__refuse(state, "not a score from -1000 to 1000: '%s'", text);
    *out = negative ? -(int32_t)number : (int32_t)number;
    return 0;
}

/* Made absolute, since the server has a directory of its own. */
static error_t read_config(const struct argp_state *state, const char *value, struct supervise *supervise)
{
    if (realpath(value, supervise->config) == NULL)
        return c8d__refuse(state, "no such file: '%s'", value);
    supervise->wanted.config = c8d__str(supervise->config);
    return 0;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct supervise *supervise = state->input;
    struct c8d_supervisor_options *wanted = &supervise->wanted;

    switch (key) {
    case OPTION_DIRECTORY:
        wanted->directory = c8d__str(value);
        return 0;
    case OPTION_CONFIG:
        return read_config(state, value, supervise);
    case OPTION_CONTAINERD:
        wanted->program = c8d__str(value);
        return 0;
    case OPTION_ROOT:
        wanted->root = c8d__str(value);
        return 0;
    case OPTION_STATE:
        wanted->state = c8d__str(value);
        return 0;
    case OPTION_METRICS:
        wanted->metrics = c8d__str(value);
        return 0;
    case OPTION_LOG_LEVEL:
        wanted->log_level = c8d__str(value);
        return 0;
    case OPTION_OOM_SCORE:
        return read_score(state, value, &wanted->oom_score_adj);
    case OPTION_LEAVE:
        supervise->leave = true;
        return 0;
    case OPTION_STOP:
        supervise->stop = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .doc =
        "Starts a private containerd, or takes over the one that was left running, starts it again when it "
        "ends or does not answer, and stops it at INT or TERM.",
};

static void print_json(const struct supervise *supervise, const struct c8d_supervisor_notice *notice)
{
    const bool down = notice->kind == C8D_SUPERVISION_DOWN;

    c8d__print_json(
        json_pack("{s:s, s:s, s:I, s:I, s:b, s:o, s:o}", "type", "supervisor", "notice",
                  c8d_supervision_action_name(notice->kind), "generation", (json_int_t)notice->generation,
                  "pid", (json_int_t)notice->pid, "adopted", notice->adopted, "exit_code",
                  down && notice->exit.known ? json_integer((json_int_t)notice->exit.code) : json_null(),
                  "address", c8d__json_str(supervise->wanted.address)));
}

static void print_words(const struct supervise *supervise, const struct c8d_supervisor_notice *notice)
{
    printf("%s pid %" PRIu32, c8d_supervision_action_name(notice->kind), notice->pid);
    if (notice->kind == C8D_SUPERVISION_UP)
        printf(" %s at %.*s", notice->adopted ? "taken over" : "started", (int)supervise->wanted.address.len,
               supervise->wanted.address.ptr);
    if (notice->kind == C8D_SUPERVISION_DOWN && notice->exit.known)
        printf(" code %" PRIu32, notice->exit.code);
    else if (notice->kind == C8D_SUPERVISION_DOWN)
        printf(" code unknown");
    putchar('\n');
}

static void hear(void *user, const struct c8d_supervisor_notice *notice)
{
    struct supervise *supervise = user;

    if (supervise->options.json)
        print_json(supervise, notice);
    else
        print_words(supervise, notice);
    /* Nobody may read it: the server is kept all the same. */
    supervise->failed = c8d__print_flush() != 0 || supervise->failed;
}

static int fail(const struct c8d_error *err)
{
    c8d__fail("supervise: %s", err->message);
    return C8D__EXIT_FAILED;
}

/* How an end that somebody asked for is brought about. */
static int end(const struct supervise *supervise, struct c8d_supervisor *supervisor)
{
    struct c8d_error err = {0};
    enum c8d_status status;

    if (supervise->leave)
        return C8D__EXIT_OK;
    /* Signals do not cut it short: it has limits of its own. */
    do
        status = c8d_supervisor_stop(supervisor, C8D_NO_DEADLINE, &err);
    while (status == C8D_CANCELED);
    return status == C8D_OK ? C8D__EXIT_OK : fail(&err);
}

static int keep(const struct supervise *supervise, struct c8d_supervisor *supervisor)
{
    struct c8d_error err = {0};
    enum c8d_status status;

    if (supervise->stop)
        return end(supervise, supervisor);
    status = c8d_supervisor_start(supervisor, C8D_NO_DEADLINE, &err);
    if (status != C8D_OK && status != C8D_CANCELED)
        return fail(&err);
    while (c8d__signal_take() == 0)
        c8d_supervisor_dispatch(supervisor, C8D_NO_DEADLINE);
    return end(supervise, supervisor);
}

static void wake(void *supervisor)
{
    c8d_supervisor_wake(supervisor);
}

int c8d_command_supervise(int argc, char **argv)
{
    struct supervise supervise = {
        .wanted = {.size = sizeof(supervise.wanted), .directory = c8d__str(DEFAULT_DIRECTORY)}};
    struct c8d_supervisor *supervisor;
    struct c8d_error err = {0};
    int code;

    if (!c8d__parse(&argp, argc, argv, &supervise))
        return C8D__EXIT_FAILED;
    supervise.wanted.notice = hear;
    supervise.wanted.user = &supervise;
    if (supervise.options.address_given)
        supervise.wanted.address = c8d__str(supervise.options.address);
    if (supervise.options.timeout_given)
        supervise.wanted.start_timeout_ns = supervise.options.timeout_ns;
    if (c8d_supervisor_new(&supervise.wanted, &supervisor, &err) != C8D_OK)
        return fail(&err);
    supervise.wanted.address = c8d_supervisor_address(supervisor);
    c8d__signals_end_with(wake, supervisor);
    code = keep(&supervise, supervisor);
    c8d__signals_release();
    c8d_supervisor_free(supervisor);
    return code;
}
