/* SPDX-License-Identifier: Apache-2.0 */
/* c8d diff: two logs of the same host, and what one of them lacks. */
#include "c8d.h"
#include "log_runs.h"
#include "options.h"
#include "output.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_DIFFERENT = 1 };

struct diff {
    struct c8d__options options;
    enum c8d_log_format formats[2];
    const char *files[2];
    size_t n_files;
    bool execs;
    struct c8d__log_runs logs[2];
    uint64_t same;
    uint64_t different;
    bool failed;
};

enum { OPTION_FORMAT = 0x200, OPTION_NO_EXECS };

static const struct argp_option option_list[] = {
    {"format", OPTION_FORMAT, "FORMAT", 0, "Of both logs; auto finds it for each [auto]", 0},
    {"no-execs", OPTION_NO_EXECS, NULL, 0, "Compare what containers ran alone, without their execs", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct diff *diff = state->input;

    switch (key) {
    case OPTION_FORMAT:
        diff->formats[0] = C8D_LOG_AUTO;
        if (c8d__read_format(state, value, &diff->formats[0]) != 0)
            return EINVAL;
        diff->formats[1] = diff->formats[0];
        return 0;
    case OPTION_NO_EXECS:
        diff->execs = false;
        return 0;
    case ARGP_KEY_ARG:
        if (diff->n_files == 2)
            return c8d__refuse(state, "two logs are compared; '%s' is one more", value);
        diff->files[diff->n_files++] = value;
        return 0;
    case ARGP_KEY_END:
        return diff->n_files == 2 ? 0 : c8d__refuse(state, "two logs are wanted");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "A B",
    .doc =
        "Compares two logs of the same host, such as what containerd and docker told of the same time, and "
        "names what one of them lacks.\vContainers are the same when their namespace and id are; docker's "
        "are in \"moby\". Their runs are compared in order. What one log does not tell at all (a code, a "
        "pid) "
        "is no difference. Exits with 0 when there is none, 1 when there is one, 2 when a log cannot be "
        "read.",
};

/* ---- one difference
 * ------------------------------------------------------------------------------------ */

static void print_name(const struct c8d__log_run *run)
{
    printf("%s/%s", run->namespace_, run->container);
    if (strcmp(run->process, run->container) != 0)
        printf("/%s", run->process);
}

static const char *code_text(const struct c8d__log_run *run, char out[16])
{
    if (!run->code_known)
        return "unknown";
    snprintf(out, 16, "%" PRIu32, run->code);
    return out;
}

static bool tell_json(const char *what, const struct c8d__log_run *a, const struct c8d__log_run *b)
{
    const struct c8d__log_run *run = a != NULL ? a : b;

    return c8d__print_json(
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "type", "difference", "what", what,
                  "namespace", run->namespace_, "container", run->container, "process", run->process,
                  "line_a", a != NULL ? json_integer((json_int_t)a->line) : json_null(), "line_b",
                  b != NULL ? json_integer((json_int_t)b->line) : json_null(), "exit_code_a",
                  a != NULL && a->code_known ? json_integer(a->code) : json_null(), "exit_code_b",
                  b != NULL && b->code_known ? json_integer(b->code) : json_null()));
}

/* A run that log number `which` has and the other has not. */
static void tell_alone(struct diff *diff, size_t which, const struct c8d__log_run *run)
{
    char code[16];

    diff->different++;
    if (diff->options.json) {
        bool done = tell_json("run", which == 0 ? run : NULL, which == 0 ? NULL : run);

        diff->failed = diff->failed || !done;
        return;
    }
    print_name(run);
    printf(": a run that ended with code %s is in %s alone (line %" PRIu64 ")\n", code_text(run, code),
           diff->files[which], run->line);
}

/* One thing, "code", "state" or "oom", and how each log has it. */
static void tell_both(struct diff *diff, const char *what, const struct c8d__log_run *runs[2],
                      const char *const words[2])
{
    diff->different++;
    if (diff->options.json) {
        bool done = tell_json(what, runs[0], runs[1]);

        diff->failed = diff->failed || !done;
        return;
    }
    print_name(runs[0]);
    printf(": %s (%s, line %" PRIu64 "), and %s (%s, line %" PRIu64 ")\n", words[0], diff->files[0],
           runs[0]->line, words[1], diff->files[1], runs[1]->line);
}

static void tell_codes(struct diff *diff, const struct c8d__log_run *runs[2])
{
    char codes[2][16];
    char words[2][24];

    snprintf(words[0], sizeof(words[0]), "code %s", code_text(runs[0], codes[0]));
    snprintf(words[1], sizeof(words[1]), "code %s", code_text(runs[1], codes[1]));
    tell_both(diff, "code", runs, (const char *const[2]){words[0], words[1]});
}

static const char *oom_words(const struct c8d__log_run *run)
{
    return run->oom ? "out of memory" : "no lack of memory";
}

static bool is_over(const struct c8d__log_run *run)
{
    return run->state == C8D_STATE_STOPPED || run->state == C8D_STATE_DELETED;
}

/* It ran, and that it is over was concluded. Of what was never seen to run no end is due. */
static bool lacks_its_end(const struct c8d__log_run *run)
{
    return is_over(run) && run->started && !run->end_told;
}

static bool codes_differ(const struct c8d__log_run *a, const struct c8d__log_run *b)
{
    if (a->code_known && b->code_known)
        return a->code != b->code;
    return (a->code_known && lacks_its_end(b)) || (b->code_known && lacks_its_end(a));
}

/* A log that does not tell the code of an end, as podman's text, does not tell what caused it. */
static bool may_lack_oom(const struct c8d__log_run *run)
{
    return !run->oom && is_over(run) && !run->code_known;
}

static void compare_runs(struct diff *diff, const struct c8d__log_run *a, const struct c8d__log_run *b)
{
    const struct c8d__log_run *runs[2] = {a, b};
    uint64_t before = diff->different;

    if (codes_differ(a, b))
        tell_codes(diff, runs);
    else if (is_over(a) != is_over(b) && a->state != C8D_STATE_UNKNOWN && b->state != C8D_STATE_UNKNOWN)
        tell_both(diff, "state", runs,
                  (const char *const[2]){c8d_public_state_name(a->state), c8d_public_state_name(b->state)});
    if (a->oom != b->oom && !may_lack_oom(a) && !may_lack_oom(b))
        tell_both(diff, "oom", runs, (const char *const[2]){oom_words(a), oom_words(b)});
    if (diff->different == before)
        diff->same++;
}

/* ---- the runs of one process
 * --------------------------------------------------------------------------- */

static bool may_be_same(const struct c8d__log_run *a, const struct c8d__log_run *b)
{
    return !a->code_known || !b->code_known || a->code == b->code;
}

/*
 * Runs of the same process, in order. Where one log has more, those that do not fit are its own; of those
 * that fit as well as others the later ones are taken to be the same, since a log mostly lacks its beginning.
 */
static void compare_process(struct diff *diff, const struct c8d__log_run *a, size_t n_a,
                            const struct c8d__log_run *b, size_t n_b)
{
    while (n_a > 0 && n_b > 0) {
        bool same = may_be_same(&a[n_a - 1], &b[n_b - 1]);

        if (same || n_a == n_b) {
            compare_runs(diff, &a[--n_a], &b[--n_b]);
        } else if (n_a > n_b) {
            tell_alone(diff, 0, &a[--n_a]);
        } else {
            tell_alone(diff, 1, &b[--n_b]);
        }
    }
    while (n_a > 0)
        tell_alone(diff, 0, &a[--n_a]);
    while (n_b > 0)
        tell_alone(diff, 1, &b[--n_b]);
}

/* Both are sorted by name, and the runs of a process by line. */
static void compare(struct diff *diff)
{
    const struct c8d__log_runs *a = &diff->logs[0];
    const struct c8d__log_runs *b = &diff->logs[1];
    size_t i = 0;
    size_t j = 0;

    while (i < a->n || j < b->n) {
        int order = i == a->n ? 1 : j == b->n ? -1 : c8d__log_run_compare(&a->runs[i], &b->runs[j]);
        size_t n_a = order <= 0 ? c8d__log_runs_of_one(a, i) : 0;
        size_t n_b = order >= 0 ? c8d__log_runs_of_one(b, j) : 0;

        compare_process(diff, a->runs + i, n_a, b->runs + j, n_b);
        i += n_a;
        j += n_b;
    }
}

static bool print_summary(const struct diff *diff)
{
    if (diff->options.json)
        return c8d__print_json(json_pack("{s:s, s:I, s:I}", "type", "summary", "same", (json_int_t)diff->same,
                                         "differences", (json_int_t)diff->different));
    printf("%" PRIu64 " runs are the same; %" PRIu64 " differences\n", diff->same, diff->different);
    return true;
}

static int run(struct diff *diff)
{
    for (size_t i = 0; i < 2; i++) {
        diff->logs[i].execs = diff->execs;
        diff->logs[i].namespace_ = diff->options.namespace_given ? diff->options.namespace_ : NULL;
        if (!c8d__log_runs_read(&diff->logs[i], "diff", diff->files[i], diff->formats[i]))
            return C8D__EXIT_FAILED;
    }
    compare(diff);
    if (!print_summary(diff) || diff->failed)
        return C8D__EXIT_FAILED;
    return diff->different > 0 ? EXIT_DIFFERENT : C8D__EXIT_OK;
}

int c8d_command_diff(int argc, char **argv)
{
    struct diff diff = {.execs = true};
    int code = C8D__EXIT_FAILED;

    if (c8d__parse(&argp, argc, argv, &diff))
        code = run(&diff);
    c8d__log_runs_free(&diff.logs[0]);
    c8d__log_runs_free(&diff.logs[1]);
    return code;
}
