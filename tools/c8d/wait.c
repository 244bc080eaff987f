/* SPDX-License-Identifier: Apache-2.0 */
/* c8d wait: until a container has ended. */
#include "c8d.h"
#include "output.h"
#include "session.h"
#include "signals.h"
#include "target.h"
#include <inttypes.h>
#include <stdio.h>

struct wait {
    struct c8d__options options;
    const char *id;
    bool ended; /* the exit code is the container's */
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct wait *wait = state->input;

    return c8d__take_id(key, value, state, &wait->id);
}

static const struct argp argp = {
    .parser = parse,
    .args_doc = "ID",
    .doc = "Waits until a container has ended, prints its exit code and ends with it. 125: c8d failed, or "
           "the code "
           "cannot be had. --timeout limits the wait, if it is given.",
};

/* Until its end, the time, or a signal that asks us to go. */
static enum c8d_status await(const struct wait *wait, const struct c8d__target *target, struct c8d_exit *out,
                             struct c8d_error *err)
{
    int64_t until = c8d__monotonic_ns() + wait->options.timeout_ns;

    while (c8d_process_wait(target->task, 0, out, err) != C8D_OK) {
        int64_t left = wait->options.timeout_given ? until - c8d__monotonic_ns() : C8D_NO_DEADLINE;

        if (left <= 0)
            return c8d_error_set(err, C8D_DEADLINE, "it has not ended in time");
        if (c8d__signal_take() != 0)
            return c8d_error_set(err, C8D_CANCELED, "interrupted before its end");
        c8d_client_dispatch(target->client, left);
    }
    return C8D_OK;
}

static bool print(const struct wait *wait, const struct c8d__target *target, const struct c8d_exit *end)
{
    char at[C8D__TIME_BYTES];

    if (!wait->options.json) {
        printf("%" PRIu32 "\n", end->code);
        return true;
    }
    return c8d__print_json(json_pack(
        "{s:s, s:s, s:s, s:o, s:o}", "type", "exit", "namespace", wait->options.namespace_, "container",
        target->id, "exit_code", end->known ? json_integer((json_int_t)end->code) : json_null(), "exited_at",
        end->at_ns > 0 ? json_string(c8d__format_time(end->at_ns, at)) : json_null()));
}

static int wait_for(void *command, const struct c8d__target *target)
{
    struct wait *wait = command;
    struct c8d_error err = {0};
    struct c8d_exit end = {0};
    enum c8d_status status;

    c8d__signals_end(target->client);
    status = await(wait, target, &end, &err);
    c8d__signals_release();
    if (status != C8D_OK)
        return c8d__target_failed("wait", target, &err);
    if ((end.known || wait->options.json) && !print(wait, target, &end))
        return C8D__EXIT_FAILED;
    wait->ended = true;
    return c8d__session_code(&end);
}

int c8d_command_wait(int argc, char **argv)
{
    struct wait wait = {0};
    int code = C8D__EXIT_RUN_FAILED;

    if (c8d__parse(&argp, argc, argv, &wait))
        code = c8d__on_target(&wait.options, "wait", wait.id, true, wait_for, &wait);
    return wait.ended ? code : C8D__EXIT_RUN_FAILED;
}
