/* SPDX-License-Identifier: Apache-2.0 */
/* Stopping a process: the numbers, and waiting. What is done when, the model says. */
#include "client_internal.h"

#define SIGNAL_TERM 15
#define GRACE (10000 * C8D__MS)
#define GRACE_MAX (INT64_MAX / 4)

static bool take_options(const struct c8d_stop_options *options, struct c8d_stop_options *known)
{
    *known = (struct c8d_stop_options){0};
    if (options != NULL && !c8d__options(known, sizeof(*known), options, options->size))
        return false;
    if (known->signal == 0)
        known->signal = SIGNAL_TERM;
    if (known->grace_ns == 0)
        known->grace_ns = GRACE;
    if (known->grace_ns < 0)
        known->grace_ns = 0;
    if (known->grace_ns > GRACE_MAX)
        known->grace_ns = GRACE_MAX;
    return true;
}

static void begin(struct c8d__op *op, const struct c8d_stop_options *how, struct c8d_client *client)
{
    op->signal = how->signal;
    op->grace_ns = how->grace_ns;
    c8d__op_step(client, op, C8D_REGION_PROCESS, C8D_SYM_STOP);
}

static enum c8d_status stop(struct c8d_process *process, const struct c8d_stop_options *how, int64_t deadline,
                            struct c8d_exit *out, struct c8d_error *err)
{
    struct c8d_client *client = process->client;
    enum c8d_status status = c8d__process_begin(process, deadline, err);
    struct c8d__op *op;

    if (status != C8D_OK)
        return status;
    op = c8d__op_new(client, process->container, process, err);
    if (op == NULL)
        return C8D_EXHAUSTED;
    begin(op, how, client);
    status = c8d__op_wait(client, op, deadline, C8D_INDETERMINATE, err);
    if (status == C8D_OK && out != NULL) {
        c8d__process_refresh(process);
        *out = process->exit;
    }
    return status;
}

enum c8d_status c8d_process_stop(struct c8d_process *process, const struct c8d_stop_options *options,
                                 int64_t timeout_ns, struct c8d_exit *out, struct c8d_error *err)
{
    struct c8d_client *client = process->client;
    struct c8d_stop_options how;
    enum c8d_status status;

    if (!take_options(options, &how))
        return c8d_error_set(err, C8D_INVALID, "unknown size of the options");
    status = c8d__enter(client, err);
    if (status != C8D_OK)
        return status;
    status = stop(process, &how, c8d__deadline(client, timeout_ns), out, err);
    c8d__leave(client);
    return status;
}

enum c8d_status c8d_process_stop_submit(struct c8d_process *process, const struct c8d_stop_options *options,
                                        c8d_done_fn *done, void *user, struct c8d_error *err)
{
    struct c8d_client *client = process->client;
    struct c8d_stop_options how;
    struct c8d__op *op;
    enum c8d_status status;

    if (!take_options(options, &how))
        return c8d_error_set(err, C8D_INVALID, "unknown size of the options");
    pthread_mutex_lock(&client->lock);
    op = c8d__process_submit(process, done, user, &status, err);
    if (op != NULL) {
        begin(op, &how, client);
        c8d__kick(client);
    }
    pthread_mutex_unlock(&client->lock);
    return status;
}
