/* SPDX-License-Identifier: Apache-2.0 */
/* c8d kill: a signal for a container's init process. */
#include "c8d.h"
#include "signals.h"
#include "target.h"
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

    if (key != 's')
        return c8d__take_id(key, value, state, &kill->id);
    kill->signal = c8d__signal_number(value);
    return kill->signal != 0 ? 0 : c8d__refuse(state, "no such signal: '%s'", value);
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "ID",
    .doc = "Sends a signal to the init process of a container.",
};

static int kill_task(void *command, const struct c8d__target *target)
{
    const struct kill *kill = command;
    struct c8d_error err = {0};

    if (c8d_process_kill(target->task, kill->signal, kill->options.timeout_ns, &err) != C8D_OK)
        return c8d__target_failed("kill", target, &err);
    return C8D__EXIT_OK;
}

int c8d_command_kill(int argc, char **argv)
{
    struct kill kill = {.signal = SIGTERM};

    if (!c8d__parse(&argp, argc, argv, &kill))
        return C8D__EXIT_FAILED;
    return c8d__on_target(&kill.options, "kill", kill.id, true, kill_task, &kill);
}
