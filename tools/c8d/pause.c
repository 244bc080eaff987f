/* SPDX-License-Identifier: Apache-2.0 */
/* c8d pause and c8d resume: freeze all processes of a container, and let them go on. */
#include "c8d.h"
#include "target.h"

typedef enum c8d_status freeze_fn(struct c8d_process *task, int64_t timeout_ns, struct c8d_error *err);

struct freezing {
    struct c8d__options options;
    struct c8d__ids ids;
    const char *subcommand;
    const char *unchanged; /* what to say when it is so already */
    freeze_fn *freeze;
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct freezing *freezing = state->input;

    return c8d__take_ids(key, value, state, &freezing->ids, false);
}

static const struct argp pause_argp = {
    .parser = parse,
    .args_doc = "ID...",
    .doc = "Freezes all processes of containers, until c8d resume.",
};

static const struct argp resume_argp = {
    .parser = parse,
    .args_doc = "ID...",
    .doc = "Lets the processes of paused containers go on.",
};

static int freeze_task(void *command, const struct c8d__target *target)
{
    const struct freezing *freezing = command;
    struct c8d_error err = {0};
    enum c8d_status status = freezing->freeze(target->task, freezing->options.timeout_ns, &err);

    if (status == C8D_OK)
        return C8D__EXIT_OK;
    if (status == C8D_NOT_MODIFIED)
        (void)c8d_error_set(&err, status, "%s", freezing->unchanged);
    return c8d__target_failed(freezing->subcommand, target, &err);
}

static int run(struct freezing *freezing, const struct argp *argp, int argc, char **argv)
{
    int code = C8D__EXIT_FAILED;

    if (c8d__parse(argp, argc, argv, freezing))
        code = c8d__on_targets(&freezing->options, freezing->subcommand, &freezing->ids, true, freeze_task,
                               freezing);
    c8d__ids_free(&freezing->ids);
    return code;
}

int c8d_command_pause(int argc, char **argv)
{
    struct freezing freezing = {
        .subcommand = "pause", .unchanged = "it is paused already", .freeze = c8d_task_pause};

    return run(&freezing, &pause_argp, argc, argv);
}

int c8d_command_resume(int argc, char **argv)
{
    struct freezing freezing = {
        .subcommand = "resume", .unchanged = "it is not paused", .freeze = c8d_task_resume};

    return run(&freezing, &resume_argp, argc, argv);
}
