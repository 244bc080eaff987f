/* SPDX-License-Identifier: Apache-2.0 */
/* c8d kill: a signal for a container's init process. */
#include "c8d.h"
#include "link.h"
#include "signals.h"
#include <c8d/process.h>
#include <signal.h>

struct kill {
    struct c8d__options options;
    uint32_t signal;
    const char *id;
};

static const struct argp_option option_list[] = {
    {"signal", 's', "SIGNAL", 0, "By name (TERM, SIGTERM) or number [TERM]", 0},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct kill *kill = state->input;

    switch (key) {
    case 's':
        kill->signal = c8d__signal_number(value);
        return kill->signal != 0 ? 0 : c8d__refuse(state, "no such signal: '%s'", value);
    case ARGP_KEY_ARG:
        if (kill->id != NULL)
            return ARGP_ERR_UNKNOWN;
        kill->id = value;
        return 0;
    case ARGP_KEY_NO_ARGS:
        return c8d__refuse(state, "no container ID (see --help)");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "ID",
    .doc = "Sends a signal to the init process of a container.",
};

static int kill_container(const struct kill *kill, struct c8d_container *container)
{
    struct c8d_process *task = c8d_container_task(container);
    struct c8d_error err = {0};
    enum c8d_status status;

    if (task == NULL) {
        c8d__fail("kill: %s: it does not run", kill->id);
        return C8D__EXIT_FAILED;
    }
    status = c8d_process_kill(task, kill->signal, kill->options.timeout_ns, &err);
    if (status != C8D_OK)
        c8d__fail("kill: %s: %s", kill->id, err.message);
    c8d_process_unref(task);
    return status == C8D_OK ? C8D__EXIT_OK : C8D__EXIT_FAILED;
}

int c8d_command_kill(int argc, char **argv)
{
    struct kill kill = {.signal = SIGTERM};
    const struct c8d__link link = {0};
    struct c8d_container *container;
    struct c8d_client *client;
    int code = C8D__EXIT_FAILED;

    if (!c8d__parse(&argp, argc, argv, &kill))
        return code;
    client = c8d__link_open(&kill.options, &link);
    if (client == NULL)
        return code;
    container = c8d__link_load(&kill.options, client, "kill", kill.id);
    if (container != NULL)
        code = kill_container(&kill, container);
    c8d_container_unref(container);
    c8d__link_close(&kill.options, client);
    return code;
}
