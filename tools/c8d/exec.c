/* SPDX-License-Identifier: Apache-2.0 */
/* c8d exec: a further process in a container. */
#include "c8d.h"
#include "link.h"
#include "session.h"
#include "signals.h"
#include "target.h"
#include "wishes.h"
#include <c8d/task.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { OPTION_EXEC_ID = 0x200 };

struct exec {
    struct c8d__options options;
    struct c8d__command_line line;
    struct c8d__attending attending;
    const char *exec_id;
    char made_id[32];
};

static const struct argp_option option_list[] = {
    C8D__WISH_OPTIONS,
    C8D__SESSION_OPTIONS,
    {"exec-id", OPTION_EXEC_ID, "ID", 0, "Name of the process [made up]", 0},
    {"user", 'u', "UID[:GID]", 0, "Who it runs as [as the container]", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct exec *exec = state->input;

    switch (key) {
    case OPTION_EXEC_ID:
        exec->exec_id = value;
        return 0;
    case 'u':
        exec->line.wishes.user = value;
        return 0;
    case ARGP_KEY_END:
        exec->line.wishes.terminal = exec->attending.terminal;
        return exec->line.wishes.args != NULL ? 0 : c8d__refuse(state, "no command (see --help)");
    default:
        if (c8d__attending_takes(key))
            return c8d__attending_parse(key, value, state, &exec->attending);
        return c8d__command_line_parse(key, value, state, &exec->line);
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "ID COMMAND [ARGUMENT...]",
    .doc =
        "Runs a further process in a running container, passes its output and our signals on, and ends with "
        "its exit code; 125: c8d failed, 126: COMMAND cannot be executed, 127: COMMAND was not found."
        "\vIts user, environment, directory and capabilities are those of the container's spec, unless an "
        "option says otherwise. What follows ID belongs to COMMAND.",
};

static bool make_id(struct exec *exec)
{
    uint64_t random;

    if (exec->exec_id != NULL)
        return true;
    if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
        c8d__fail("exec: no random name: %s", strerror(errno));
        return false;
    }
    snprintf(exec->made_id, sizeof(exec->made_id), "exec-%016" PRIx64, random);
    exec->exec_id = exec->made_id;
    return true;
}

static char *make_spec(const struct exec *exec, const struct c8d_container *container)
{
    json_t *process = c8d__spec_of_exec(c8d_container_spec(container));
    char *text = NULL;

    if (process != NULL && c8d__spec_wish_process(process, &exec->line.wishes))
        text = c8d__spec_text(process);
    json_decref(process);
    return text;
}

/* Nobody is left to hear it: it must not go on. */
static void end_by_force(const struct exec *exec, struct c8d_process *process)
{
    const int64_t timeout = c8d__patience(&exec->options);
    struct c8d_exit exit;

    if (c8d_process_kill(process, SIGKILL, timeout, NULL) != C8D_OK ||
        c8d_process_wait(process, timeout, &exit, NULL) != C8D_OK)
        c8d__fail("exec: it could not be ended");
}

static int follow(const struct exec *exec, struct c8d__session *session, struct c8d_process *process)
{
    struct c8d_error err = {0};
    struct c8d_exit exit;
    int code = C8D__EXIT_RUN_FAILED;
    enum c8d_status status;

    if (c8d__session_follow(session, process, &exit)) {
        if (session->detached)
            return C8D__EXIT_OK;
        code = c8d__session_code(&exit);
    } else {
        end_by_force(exec, process);
    }
    status = c8d_process_delete(process, c8d__patience(&exec->options), NULL, &err);
    if (status == C8D_OK || status == C8D_NOT_FOUND)
        return code;
    c8d__fail("exec: it is left behind: %s", err.message);
    return C8D__EXIT_RUN_FAILED;
}

/* A conflict is about the task; all else about the exec, or what the runtime says. */
static int refused(const struct exec *exec, struct c8d_container *container, const struct c8d_error *err)
{
    if (err->status != C8D_CONFLICT)
        return c8d__session_refused("exec", err);
    c8d__fail_of("exec", exec->line.id, container, err);
    return C8D__EXIT_RUN_FAILED;
}

static int exec_in_task(const struct exec *exec, const struct c8d__target *target, const char *spec)
{
    struct c8d__session session = {
        .options = &exec->options,
        .client = target->client,
        .interactive = exec->attending.interactive,
        .terminal = exec->attending.terminal,
        .keys = exec->attending.keys,
    };
    const struct c8d_exec_options options = {
        .size = sizeof(options),
        .id = c8d__str(exec->exec_id),
        .spec = c8d__str(spec),
        .stdio = c8d__session_stdio(&session),
        .output = c8d__session_output,
        .user = &session,
    };
    struct c8d_process *process = NULL;
    struct c8d_error err = {0};
    int code;

    if (!c8d__session_check(&session, "exec"))
        return C8D__EXIT_RUN_FAILED;
    if (c8d_task_exec(target->task, &options, c8d__patience(&exec->options), &process, &err) != C8D_OK)
        return refused(exec, target->container, &err);
    code = follow(exec, &session, process);
    c8d_process_unref(process);
    return code;
}

static int exec_in_container(const struct exec *exec, struct c8d_client *client,
                             struct c8d_container *container)
{
    const struct c8d__target target = {
        .id = exec->line.id,
        .client = client,
        .container = container,
        .task = c8d_container_task(container),
    };
    int code = C8D__EXIT_RUN_FAILED;
    char *spec = NULL;

    if (target.task == NULL)
        c8d__fail("exec: %s: it does not run", target.id);
    else
        spec = make_spec(exec, container);
    if (spec != NULL)
        code = exec_in_task(exec, &target, spec);
    free(spec);
    c8d_process_unref(target.task);
    return code;
}

static int exec_on_runtime(const struct exec *exec)
{
    const struct c8d__link link = {0};
    struct c8d_client *client = c8d__link_open(&exec->options, &link);
    struct c8d_container *container;
    int code = C8D__EXIT_RUN_FAILED;

    if (client == NULL)
        return code;
    c8d__signals_keep(client);
    container = c8d__link_load(&exec->options, client, "exec", exec->line.id);
    if (container != NULL)
        code = exec_in_container(exec, client, container);
    c8d_container_unref(container);
    c8d__signals_release();
    c8d__link_close(&exec->options, client);
    return code;
}

int c8d_command_exec(int argc, char **argv)
{
    struct exec exec = {0};
    int code = C8D__EXIT_RUN_FAILED;

    if (c8d__parse(&argp, argc, argv, &exec) && make_id(&exec))
        code = exec_on_runtime(&exec);
    c8d__command_line_free(&exec.line);
    return code;
}
