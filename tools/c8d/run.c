/* SPDX-License-Identifier: Apache-2.0 */
/* c8d run: a container from its creation to its end. */
#include "c8d.h"
#include "link.h"
#include "making.h"
#include "output.h"
#include "recording.h"
#include "restoring.h"
#include "session.h"
#include "signals.h"
#include <c8d/task.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_RM = 0x200, OPTION_RECORD };

struct run {
    struct c8d__options options;
    struct c8d__making making;
    struct c8d__attending attending;
    bool remove;
    bool detach;
    const char *record;
    struct c8d__restoring restoring;
};

static const struct argp_option option_list[] = {
    C8D__MAKING_OPTIONS,
    {"rm", OPTION_RM, NULL, 0, "Delete the container when it has ended", 0},
    {"detach", 'd', NULL, 0, "Print the ID and do not wait for the end", 0},
    C8D__SESSION_OPTIONS,
    C8D__RESTORE_OPTIONS,
    {"record", OPTION_RECORD, "FILE", 0, "Record all that happens in FILE, for c8d replay", 0},
    {0},
};

static error_t check(const struct run *run, const struct argp_state *state)
{
    error_t error = c8d__restoring_check(&run->restoring, &run->options, state);

    if (error != 0)
        return error;
    if (run->detach && run->remove)
        return c8d__refuse(state, "--rm needs somebody who waits for the end: not with --detach");
    if (run->detach && run->record != NULL)
        return c8d__refuse(state, "--record goes on to the end: not with --detach");
    return c8d__making_check(&run->making, &run->options, state);
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct run *run = state->input;

    switch (key) {
    case OPTION_RM:
        run->remove = true;
        return 0;
    case 'd':
        run->detach = true;
        return 0;
    case OPTION_RECORD:
        run->record = value;
        return 0;
    case ARGP_KEY_END:
        run->making.line.wishes.terminal = run->attending.terminal;
        return check(run, state);
    default:
        if (c8d__attending_takes(key))
            return c8d__attending_parse(key, value, state, &run->attending);
        if (c8d__restoring_takes(key))
            return c8d__restoring_parse(key, value, &run->options, &run->restoring);
        return c8d__making_parse(key, value, state, &run->making);
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "ID [COMMAND [ARGUMENT...]]",
    .doc =
        "Creates and starts a container, passes its output and our signals on, and ends with its exit code; "
        "125: c8d failed, 126: COMMAND cannot be executed, 127: COMMAND was not found."
        "\vWhat follows ID belongs to COMMAND (/bin/sh when there is none). "
        "Without --rm the container's record stays, until c8d delete.",
};

/* The task, whatever it does, and the record. */
static enum c8d_status delete_all(const struct run *run, struct c8d_container *container,
                                  struct c8d_error *err)
{
    const int64_t timeout = c8d__patience(&run->options);
    struct c8d_process *task = c8d_container_task(container);
    enum c8d_status status = C8D_OK;

    if (task != NULL)
        status = c8d_task_force_delete(task, timeout, NULL, err);
    c8d_process_unref(task);
    if (status == C8D_OK || status == C8D_NOT_FOUND)
        status = c8d_container_delete(container, timeout, err);
    return status;
}

/* Until it is gone: it may be in the middle of something. @return False after a failure that was told. */
static bool remove_container(const struct run *run, struct c8d_client *client,
                             struct c8d_container *container)
{
    int64_t until = c8d__monotonic_ns() + c8d__patience(&run->options);

    for (;;) {
        struct c8d_error err = {0};
        enum c8d_status status = delete_all(run, container, &err);
        int64_t left = until - c8d__monotonic_ns();

        if (status == C8D_OK || status == C8D_NOT_FOUND)
            return true;
        if (status != C8D_CONFLICT || left <= 0) {
            c8d__fail("run: the container is left behind: %s", err.message);
            return false;
        }
        c8d_client_dispatch(client, left);
    }
}

/* The task alone, when it has ended and the record is to stay. */
static bool remove_task(const struct run *run, struct c8d_process *task)
{
    struct c8d_error err = {0};
    enum c8d_status status = c8d_process_delete(task, c8d__patience(&run->options), NULL, &err);

    if (status == C8D_OK || status == C8D_NOT_FOUND)
        return true;
    c8d__fail("run: its task is left behind: %s", err.message);
    return false;
}

static bool print_id(const struct run *run)
{
    int error;

    if (!c8d__print_id(&run->options, "started", run->making.line.id))
        return false;
    error = c8d__print_flush();
    return error == 0 || !c8d__print_failed(error);
}

/* Starts the task and stays with it. @param keep Set: the container is to stay. */
static int run_task(const struct run *run, struct c8d__session *session, struct c8d_container *container,
                    bool *keep)
{
    /* In the background it has streams only if it is to be attached to. */
    const bool streams = !run->detach || session->interactive || session->terminal;
    const struct c8d_start_options start = {
        .size = sizeof(start),
        .stdio = streams ? c8d__session_stdio(session) | (run->detach ? (uint32_t)C8D_STDIO_LEAVE : 0) : 0,
        .output = c8d__session_output,
        .user = session,
        .checkpoint = c8d__restoring_image(&run->restoring),
    };
    int code = C8D__EXIT_RUN_FAILED;
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};
    struct c8d_exit exit;
    enum c8d_status status =
        c8d_container_start(container, &start, c8d__patience(&run->options), &task, &err);

    if (status != C8D_OK)
        return c8d__session_refused("run", &err);
    if (run->detach) {
        *keep = print_id(run);
        code = *keep ? C8D__EXIT_OK : code;
    } else if (c8d__session_follow(session, task, &exit)) {
        code = session->detached ? C8D__EXIT_OK : c8d__session_code(&exit);
        *keep = session->detached || !run->remove;
        if (*keep && !session->detached && !remove_task(run, task))
            code = C8D__EXIT_RUN_FAILED;
    }
    c8d_process_unref(task);
    return code;
}

static int run_container(const struct run *run, struct c8d_client *client)
{
    struct c8d__session session = {
        .options = &run->options,
        .client = client,
        .interactive = run->attending.interactive,
        .terminal = run->making.terminal,
        .keys = run->attending.keys,
    };
    struct c8d_container *container = NULL;
    bool keep = false;
    int code;

    if (run->detach || c8d__session_check(&session, "run"))
        container = c8d__making_container(&run->making, &run->options, client, "run");
    if (container == NULL)
        return C8D__EXIT_RUN_FAILED;
    code = run_task(run, &session, container, &keep);
    if (!keep && !remove_container(run, client, container))
        code = C8D__EXIT_RUN_FAILED;
    c8d_container_unref(container);
    return code;
}

static int run_on_runtime(const struct run *run)
{
    const struct c8d__file_wish wish = {.path = run->record};
    struct c8d__recording recording = {0};
    struct c8d__link link = {0};
    struct c8d_client *client;
    int code = C8D__EXIT_RUN_FAILED;

    if (run->record != NULL && !c8d__recording_open(&recording, &wish))
        return code;
    link.tap = c8d__recording_tap(&recording);
    client = c8d__link_open(&run->options, &link);
    if (client != NULL) {
        c8d__signals_keep(client);
        code = run_container(run, client);
        c8d__signals_release();
        c8d__link_close(&run->options, client);
    } else if (run->record != NULL) {
        c8d__recording_discard(&recording);
    }
    return c8d__recording_close(&recording) ? code : C8D__EXIT_RUN_FAILED;
}

int c8d_command_run(int argc, char **argv)
{
    struct run run = {0};
    int code = C8D__EXIT_RUN_FAILED;

    if (c8d__parse(&argp, argc, argv, &run) && c8d__restoring_find(&run.restoring) &&
        c8d__making_spec(&run.making, &run.options))
        code = run_on_runtime(&run);
    c8d__restoring_free(&run.restoring);
    c8d__making_free(&run.making);
    return code;
}
