/* SPDX-License-Identifier: Apache-2.0 */
/* c8d start and c8d attach: a container that is there already, to be started or to be joined. */
#include "c8d.h"
#include "output.h"
#include "restoring.h"
#include "session.h"
#include "signals.h"
#include "target.h"
#include <jansson.h>
#include <stdio.h>

struct start {
    struct c8d__options options;
    const char *id;
    struct c8d__attending attending;
    struct c8d__restoring restoring;
    bool attach;
    bool no_input;
    bool ended; /* the exit code is the container's */
};

static const struct argp_option start_options[] = {
    {"attach", 'a', NULL, 0, "Pass its output on, and end with its code", 0},
    C8D__SESSION_OPTIONS,
    C8D__RESTORE_OPTIONS,
    {0},
};

enum { OPTION_NO_INPUT = 0x200 };

static const struct argp_option attach_options[] = {
    {"no-stdin", OPTION_NO_INPUT, NULL, 0, "Leave its standard input alone", 0},
    {"detach-keys", C8D__OPTION_DETACH_KEYS, "KEYS", 0,
     "Leave it, and let it go on, with these keys [" C8D__KEYS_DEFAULT "]", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct start *start = state->input;

    switch (key) {
    case 'a':
        start->attach = true;
        return 0;
    case OPTION_NO_INPUT:
        start->no_input = true;
        return 0;
    case ARGP_KEY_END:
        return c8d__restoring_check(&start->restoring, &start->options, state);
    default:
        if (c8d__attending_takes(key))
            return c8d__attending_parse(key, value, state, &start->attending);
        if (c8d__restoring_takes(key))
            return c8d__restoring_parse(key, value, &start->options, &start->restoring);
        return c8d__take_id(key, value, state, &start->id);
    }
}

static const struct argp start_argp = {
    .options = start_options,
    .parser = parse,
    .args_doc = "ID",
    .doc = "Starts a container that was made with c8d create, or that has ended and whose task was deleted, "
           "and prints "
           "its ID; with --attach it passes its output and our signals on and ends with its exit code "
           "instead. With "
           "--interactive or --terminal, and without --attach, it keeps its streams for c8d attach.",
};

static const struct argp attach_argp = {
    .options = attach_options,
    .parser = parse,
    .args_doc = "ID",
    .doc = "Joins a container that runs: its streams are ours, our signals are its, until it ends, whose "
           "code we end "
           "with, or until the detach keys. 125: c8d failed.",
};

/* What the container was made with says whether it has a terminal; the option only has to agree. */
static bool has_terminal(const struct c8d_container *container)
{
    struct c8d_str text = c8d_container_spec(container);
    json_t *spec = json_loadb(text.ptr, text.len, 0, NULL);
    bool terminal = json_is_true(json_object_get(json_object_get(spec, "process"), "terminal"));

    json_decref(spec);
    return terminal;
}

/* Until its end, or until somebody leaves it. */
static int follow(struct start *start, struct c8d__session *session, struct c8d_process *task)
{
    struct c8d_exit end = {0};

    if (!c8d__session_follow(session, task, &end))
        return C8D__EXIT_RUN_FAILED;
    start->ended = true;
    return session->detached ? C8D__EXIT_OK : c8d__session_code(&end);
}

/* The task of a container in the foreground goes with its end; the record stays. */
static int follow_and_delete(struct start *start, struct c8d__session *session, struct c8d_process *task)
{
    struct c8d_error err = {0};
    int code = follow(start, session, task);

    if (!start->ended || session->detached)
        return code;
    if (c8d_process_delete(task, c8d__patience(&start->options), NULL, &err) != C8D_OK &&
        err.status != C8D_NOT_FOUND) {
        c8d__fail("start: its task is left behind: %s", err.message);
        start->ended = false;
    }
    return code;
}

static int start_task(void *command, const struct c8d__target *target)
{
    struct start *start = command;
    struct c8d__session session = {
        .options = &start->options,
        .client = target->client,
        .interactive = start->attending.interactive,
        .terminal = has_terminal(target->container),
        .keys = start->attending.keys,
    };
    const bool streams = start->attach || session.interactive || session.terminal;
    const struct c8d_start_options options = {
        .size = sizeof(options),
        .stdio = streams ? c8d__session_stdio(&session) | (start->attach ? 0 : (uint32_t)C8D_STDIO_LEAVE) : 0,
        .output = c8d__session_output,
        .user = &session,
        .checkpoint = c8d__restoring_image(&start->restoring),
    };
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};
    int code = C8D__EXIT_OK;

    if (start->attending.terminal && !session.terminal)
        (void)c8d_error_set(&err, C8D_INVALID, "it was not made with a terminal");
    else if (start->attach && !c8d__session_check(&session, "start"))
        return C8D__EXIT_RUN_FAILED;
    else if (c8d_container_start(target->container, &options, c8d__patience(&start->options), &task, &err) ==
             C8D_OK)
        err.status = C8D_OK;
    if (err.status != C8D_OK) {
        start->ended = true;
        c8d__fail_of("start", target->id, target->container, &err);
        return C8D__EXIT_RUN_FAILED;
    }
    if (start->attach)
        code = follow_and_delete(start, &session, task);
    else if (!c8d__print_id(&start->options, "started", target->id))
        code = C8D__EXIT_RUN_FAILED;
    start->ended = start->ended || !start->attach;
    c8d_process_unref(task);
    return code;
}

static int attach_task(void *command, const struct c8d__target *target)
{
    struct start *start = command;
    struct c8d__session session = {
        .options = &start->options,
        .client = target->client,
        .terminal = has_terminal(target->container),
        .keys = start->attending.keys,
    };
    const struct c8d_attach_options options = {
        .size = sizeof(options),
        .stdio = start->no_input ? C8D_STDIO_OUT | C8D_STDIO_ERR : 0,
        .output = c8d__session_output,
        .user = &session,
    };
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};
    int code;

    if (c8d_container_attach_task(target->container, &options, start->options.timeout_ns, &task, &err) !=
        C8D_OK)
        return c8d__target_failed("attach", target, &err);
    session.interactive = c8d_process_stdin_fd(task) >= 0;
    code = follow(start, &session, task);
    c8d_process_unref(task);
    return code;
}

/* Signals are kept before anything runs that they could be for. */
static int with_signals(struct start *start, const struct c8d__target *target, c8d__target_fn *act)
{
    int code;

    c8d__signals_keep(target->client);
    code = act(start, target);
    c8d__signals_release();
    return code;
}

static int start_with_signals(void *command, const struct c8d__target *target)
{
    return with_signals(command, target, start_task);
}

static int attach_with_signals(void *command, const struct c8d__target *target)
{
    return with_signals(command, target, attach_task);
}

int c8d_command_start(int argc, char **argv)
{
    struct start start = {0};
    int code = C8D__EXIT_RUN_FAILED;

    if (c8d__parse(&start_argp, argc, argv, &start) && c8d__restoring_find(&start.restoring))
        code = c8d__on_target(&start.options, "start", start.id, false, start_with_signals, &start);
    c8d__restoring_free(&start.restoring);
    return start.ended ? code : C8D__EXIT_RUN_FAILED;
}

int c8d_command_attach(int argc, char **argv)
{
    struct start start = {0};
    int code = C8D__EXIT_RUN_FAILED;

    if (c8d__parse(&attach_argp, argc, argv, &start))
        code = c8d__on_target(&start.options, "attach", start.id, true, attach_with_signals, &start);
    return start.ended ? code : C8D__EXIT_RUN_FAILED;
}
