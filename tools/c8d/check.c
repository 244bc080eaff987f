/* SPDX-License-Identifier: Apache-2.0 */
/*
 * c8d check: whether a runtime does what the library takes for granted. A container lives its life, step by
 * step; each step has to succeed, and to cost the calls that it is known to cost.
 */
#include "c8d.h"
#include "check_root.h"
#include "link.h"
#include "output.h"
#include "signals.h"
#include "spec.h"
#include <c8d/task.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_SECOND INT64_C(1000000000)
/* What an event brings about comes soon after it. */
#define AFTERMATH (NS_PER_SECOND / 20)
#define EXEC_CODE 7
#define KILLED 137

enum { EXIT_FOUND = 1 };
enum { OPTION_ROOTFS = 0x200 };

struct check {
    struct c8d__options options;
    const char *rootfs;                   /* NULL = the host's programs */
    char own_root[C8D__CHECK_ROOT_BYTES]; /* empty = none was made */
    char id[64];
    struct c8d_client *client;
    struct c8d__cord cord;
    struct c8d_container *container;
    struct c8d_process *task;
    uint64_t calls; /* before the step */
    /* what was heard */
    unsigned starts;
    unsigned exits;
    unsigned conflicts;
    unsigned gaps;
    unsigned resyncs;
    unsigned failed;
    bool told; /* the reason why it does not go on is on standard error */
};

static const struct argp_option option_list[] = {
    {"rootfs", OPTION_ROOTFS, "DIR", 0, "Root file system with a /bin/sh [the host's own programs]", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct check *check = state->input;

    if (key != OPTION_ROOTFS)
        return ARGP_ERR_UNKNOWN;
    check->rootfs = value;
    return 0;
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .doc =
        "Tries a runtime: a container lives its life, the connection is cut in between, and each step has "
        "to cost the calls that it is known to cost."
        "\vThe container and all that belongs to it are removed again. 1: something is not as it should be.",
};

static void hear(void *user, const struct c8d_notice *notice)
{
    struct check *check = user;

    check->starts += notice->kind == C8D_NOTICE_START || notice->kind == C8D_NOTICE_EXEC_STARTED;
    check->exits += notice->kind == C8D_NOTICE_EXIT;
    check->conflicts += notice->kind == C8D_NOTICE_CONFLICT;
    check->gaps += notice->kind == C8D_NOTICE_GAP;
    check->resyncs += notice->kind == C8D_NOTICE_RESYNCED;
}

/* ---- the steps
 * ------------------------------------------------------------------------------------------------ */

static enum c8d_status do_connect(struct check *check, struct c8d_error *err)
{
    return c8d_client_connect(check->client, c8d__patience(&check->options), err);
}

static enum c8d_status do_version(struct check *check, struct c8d_error *err)
{
    struct c8d_version version;

    return c8d_client_version(check->client, c8d__patience(&check->options), &version, err);
}

/* NULL after a failure that was told. */
static char *make_spec(struct check *check)
{
    char sleeps[] = "sleep";
    char long_enough[] = "600";
    char *args[] = {sleeps, long_enough, NULL};
    const struct c8d__wishes wishes = {.args = args};
    const char *root = check->rootfs != NULL ? check->rootfs : check->own_root;
    json_t *spec = c8d__spec_default(*root != '\0' ? root : "/", check->options.namespace_, check->id);
    char *text = NULL;

    if (spec != NULL && (*check->own_root == '\0' || c8d__check_root_fill(check->own_root, spec)) &&
        c8d__spec_wish(spec, &wishes))
        text = c8d__spec_text(spec);
    json_decref(spec);
    return text;
}

static enum c8d_status do_create(struct check *check, struct c8d_error *err)
{
    char *spec = make_spec(check);
    const struct c8d_container_options options = {
        .size = sizeof(options), .id = c8d__str(check->id), .spec = c8d__str(spec != NULL ? spec : "")};
    enum c8d_status status = C8D_EXHAUSTED;

    if (spec != NULL)
        status = c8d_client_new_container(check->client, &options, c8d__patience(&check->options),
                                          &check->container, err);
    check->told = spec == NULL;
    free(spec);
    return status;
}

static enum c8d_status do_start(struct check *check, struct c8d_error *err)
{
    return c8d_container_start(check->container, NULL, c8d__patience(&check->options), &check->task, err);
}

static enum c8d_status expect(const struct c8d_exit *end, uint32_t code, struct c8d_error *err)
{
    if (!end->known)
        return c8d_error_set(err, C8D_INTERNAL, "it has ended, and its code cannot be had");
    if (end->code != code)
        return c8d_error_set(err, C8D_INTERNAL, "it has ended with %" PRIu32 " instead of %" PRIu32,
                             end->code, code);
    return C8D_OK;
}

static char *exec_spec(struct check *check, const char *script)
{
    char shell[] = "/bin/sh";
    char option[] = "-c";
    char *text = strdup(script);
    char *args[] = {shell, option, text, NULL};
    const struct c8d__wishes wishes = {.args = args};
    json_t *process = c8d__spec_of_exec(c8d_container_spec(check->container));
    char *out = NULL;

    if (process != NULL && text != NULL && c8d__spec_wish_process(process, &wishes))
        out = c8d__spec_text(process);
    json_decref(process);
    free(text);
    return out;
}

static struct c8d_process *exec(struct check *check, const char *id, const char *script,
                                struct c8d_error *err)
{
    char *spec = exec_spec(check, script);
    const struct c8d_exec_options options = {
        .size = sizeof(options), .id = c8d__str(id), .spec = c8d__str(spec != NULL ? spec : "")};
    struct c8d_process *process = NULL;

    check->told = spec == NULL;
    if (spec == NULL ||
        c8d_task_exec(check->task, &options, c8d__patience(&check->options), &process, err) != C8D_OK)
        process = NULL;
    free(spec);
    return process;
}

/* To its end and beyond; the handle is given up. */
static enum c8d_status see_off(struct check *check, struct c8d_process *process, uint32_t code,
                               struct c8d_error *err)
{
    const int64_t patience = c8d__patience(&check->options);
    struct c8d_exit end = {0};
    enum c8d_status status = c8d_process_wait(process, patience, &end, err);

    if (status == C8D_OK)
        status = expect(&end, code, err);
    if (status == C8D_OK)
        status = c8d_process_delete(process, patience, NULL, err);
    c8d_process_unref(process);
    return status;
}

static enum c8d_status do_exec(struct check *check, struct c8d_error *err)
{
    struct c8d_process *process = exec(check, "exec", "exit 7", err);

    return process != NULL ? see_off(check, process, EXEC_CODE, err) : err->status;
}

static enum c8d_status do_pause(struct check *check, struct c8d_error *err)
{
    return c8d_task_pause(check->task, c8d__patience(&check->options), err);
}

static enum c8d_status do_resume(struct check *check, struct c8d_error *err)
{
    return c8d_task_resume(check->task, c8d__patience(&check->options), err);
}

static enum c8d_status do_stats(struct check *check, struct c8d_error *err)
{
    struct c8d_stats stats;

    return c8d_task_stats(check->task, c8d__patience(&check->options), &stats, err);
}

/* The connection is cut under a process that ends by itself soon after: its end has to be told all the same.
 */
static enum c8d_status do_reconnect(struct check *check, struct c8d_error *err)
{
    const int64_t until = c8d__monotonic_ns() + c8d__patience(&check->options);
    const unsigned resyncs = check->resyncs;
    struct c8d_process *process = exec(check, "late", "sleep 1; exit 7", err);
    enum c8d_status status;

    if (process == NULL)
        return err->status;
    c8d__cord_cut(&check->cord);
    status = see_off(check, process, EXEC_CODE, err);
    while (status == C8D_OK && check->resyncs == resyncs && c8d__monotonic_ns() < until)
        c8d_client_dispatch(check->client, until - c8d__monotonic_ns());
    if (status == C8D_OK && (check->gaps == 0 || check->resyncs == resyncs))
        status =
            c8d_error_set(err, C8D_INTERNAL, "the connection was cut and made again, and nobody was told");
    if (status == C8D_OK && c8d_process_state(check->task) != C8D_STATE_RUNNING)
        status = c8d_error_set(err, C8D_INTERNAL, "the container is not known to run any more");
    return status;
}

static enum c8d_status do_kill(struct check *check, struct c8d_error *err)
{
    const int64_t patience = c8d__patience(&check->options);
    struct c8d_exit end = {0};
    enum c8d_status status = c8d_process_kill(check->task, 9, patience, err);

    if (status == C8D_OK)
        status = c8d_process_wait(check->task, patience, &end, err);
    return status == C8D_OK ? expect(&end, KILLED, err) : status;
}

static enum c8d_status do_delete(struct check *check, struct c8d_error *err)
{
    const int64_t patience = c8d__patience(&check->options);
    enum c8d_status status = c8d_process_delete(check->task, patience, NULL, err);

    if (status != C8D_OK)
        return status;
    c8d_process_unref(check->task);
    check->task = NULL;
    status = c8d_container_delete(check->container, patience, err);
    if (status != C8D_OK)
        return status;
    c8d_container_unref(check->container);
    check->container = NULL;
    return C8D_OK;
}

/* Init and two execs. */
static enum c8d_status do_ends(struct check *check, struct c8d_error *err)
{
    enum { PROCESSES = 3 };

    if (check->starts == PROCESSES && check->exits == PROCESSES && check->conflicts == 0)
        return C8D_OK;
    return c8d_error_set(err, C8D_INTERNAL, "of %d processes %u starts, %u ends and %u other ends were told",
                         PROCESSES, check->starts, check->exits, check->conflicts);
}

struct step {
    const char *name;
    int calls; /* that it is to cost; -1 = as many as it takes */
    enum c8d_status (*run)(struct check *check, struct c8d_error *err);
};

static const struct step steps[] = {
    {"connect", -1, do_connect}, {"version", 1, do_version}, {"create", 1, do_create},
    {"start", 2, do_start},      {"exec", 3, do_exec},       {"pause", 1, do_pause},
    {"resume", 1, do_resume},    {"stats", 1, do_stats},     {"reconnect", -1, do_reconnect},
    {"kill", 1, do_kill},        {"delete", 2, do_delete},   {"ends", 0, do_ends},
};
#define N_STEPS (sizeof(steps) / sizeof(steps[0]))

/* ---- one after the other
 * -------------------------------------------------------------------------------------- */

static uint64_t calls_since(struct check *check, uint64_t before)
{
    struct c8d_client_counters counters;

    c8d_client_counters(check->client, &counters);
    return counters.runtime.calls - before;
}

static bool print_json(const struct step *step, bool well, uint64_t calls, const char *detail)
{
    return c8d__print_json(json_pack("{s:s, s:s, s:b, s:I, s:o, s:o}", "type", "check", "step", step->name,
                                     "ok", well, "calls", (json_int_t)calls, "calls_expected",
                                     step->calls >= 0 ? json_integer(step->calls) : json_null(), "detail",
                                     *detail != '\0' ? json_string(detail) : json_null()));
}

static bool print(const struct check *check, const struct step *step, bool well, uint64_t calls,
                  const char *detail)
{
    if (check->options.json)
        return print_json(step, well, calls, detail);
    printf("%-5s %-10s %2" PRIu64 " %s%s%s\n", well ? "ok" : "FAIL", step->name, calls,
           calls == 1 ? "call" : "calls", *detail != '\0' ? ": " : "", detail);
    return true;
}

/* Returns whether the next step makes sense. */
static bool take(struct check *check, const struct step *step)
{
    const uint64_t before = calls_since(check, 0);
    struct c8d_error err = {0};
    enum c8d_status status = step->run(check, &err);
    bool well = status == C8D_OK;
    uint64_t calls;

    while (well && step->calls != 0 && c8d_client_dispatch(check->client, AFTERMATH) == C8D_OK)
        ;
    calls = calls_since(check, before);
    if (well && step->calls >= 0 && calls != (uint64_t)step->calls) {
        well = false;
        c8d_error_set(&err, C8D_INTERNAL, "%d would do", step->calls);
    }
    check->failed += !well;
    return !check->told && print(check, step, well, calls, well ? "" : err.message) && status == C8D_OK;
}

static bool summarize(const struct check *check, size_t taken)
{
    if (check->options.json)
        return c8d__print_json(json_pack("{s:s, s:I, s:I, s:I}", "type", "summary", "steps",
                                         (json_int_t)N_STEPS, "taken", (json_int_t)taken, "failed",
                                         (json_int_t)check->failed));
    if (check->failed == 0)
        printf("%zu steps, nothing found\n", taken);
    else
        printf("%zu of %zu steps, %u of them failed\n", taken, N_STEPS, check->failed);
    return true;
}

static void clean_up(struct check *check)
{
    const int64_t patience = c8d__patience(&check->options);
    struct c8d_error err = {0};

    if (check->task != NULL)
        (void)!c8d_task_force_delete(check->task, patience, NULL, NULL);
    if (check->container != NULL && c8d_container_delete(check->container, patience, &err) != C8D_OK)
        c8d__fail("check: %s is left behind: %s", check->id, err.message);
    c8d_process_unref(check->task);
    c8d_container_unref(check->container);
}

/* Returns the exit code. */
static int run(struct check *check)
{
    size_t taken = 0;
    bool stopped = false;
    bool told = true;

    c8d__signals_end(check->client);
    while (taken < N_STEPS && take(check, &steps[taken++]) && !stopped)
        stopped = c8d__signal_take() != 0;
    clean_up(check);
    c8d__signals_release();
    if (stopped)
        c8d__fail("check: interrupted");
    if (!check->told)
        told = summarize(check, taken);
    if (stopped || check->told || !told)
        return C8D__EXIT_FAILED;
    return check->failed != 0 ? EXIT_FOUND : C8D__EXIT_OK;
}

int c8d_command_check(int argc, char **argv)
{
    struct check check = {.cord = {.fd = -1}};
    const struct c8d__link link = {.notice = hear, .user = &check, .cord = &check.cord};
    int code = C8D__EXIT_FAILED;

    if (!c8d__parse(&argp, argc, argv, &check))
        return code;
    snprintf(check.id, sizeof(check.id), "c8d-check-%ld-%" PRIx64, (long)getpid(),
             (uint64_t)c8d__monotonic_ns());
    check.client = c8d__link_open(&check.options, &link);
    if (check.client != NULL) {
        if (check.options.simulated || check.rootfs != NULL || c8d__check_root_make(check.own_root))
            code = run(&check);
        c8d__link_close(&check.options, check.client);
        c8d__check_root_remove(check.own_root);
    }
    c8d__cord_release(&check.cord);
    return code;
}
