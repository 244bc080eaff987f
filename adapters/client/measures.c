/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of a running process, and set, beside its lifecycle: the model has no part in it. */
#include "client_internal.h"

#define TERMINAL_SIZE_MAX 65535

/* One call about the handle's own run, from its beginning to its end. */
static enum c8d_status ask(struct c8d_process *process, struct c8d__plain *what, int64_t timeout_ns,
                           struct c8d_error *err)
{
    struct c8d_client *client = process->client;
    enum c8d_status status = c8d__enter(client, err);
    int64_t deadline;

    if (status != C8D_OK)
        return status;
    deadline = c8d__deadline(client, timeout_ns);
    what->process = process;
    what->call.container = process->container->id;
    if (process->exec != C8D_REF_NONE)
        what->call.process = process->id;
    status = c8d__process_begin(process, deadline, err);
    if (status == C8D_OK)
        status = c8d__plain_call(client, what, deadline, err);
    c8d__leave(client);
    return status;
}

static enum c8d_status ask_task(struct c8d_process *task, struct c8d__plain *what, int64_t timeout_ns,
                                struct c8d_error *err)
{
    if (task->exec != C8D_REF_NONE)
        return c8d_error_set(err, C8D_INVALID, "an exec is no task");
    return ask(task, what, timeout_ns, err);
}

enum c8d_status c8d_process_status(struct c8d_process *process, int64_t timeout_ns,
                                   struct c8d_process_status *out, struct c8d_error *err)
{
    struct c8d__plain what = {.wanted.status = out, .call = {.kind = C8D_CALL_STATE}};

    return ask(process, &what, timeout_ns, err);
}

enum c8d_status c8d_process_resize(struct c8d_process *process, uint32_t columns, uint32_t rows,
                                   int64_t timeout_ns, struct c8d_error *err)
{
    struct c8d__plain what = {.call = {.kind = C8D_CALL_RESIZE, .columns = columns, .rows = rows}};

    if (columns == 0 || columns > TERMINAL_SIZE_MAX || rows == 0 || rows > TERMINAL_SIZE_MAX)
        return c8d_error_set(err, C8D_INVALID, "a terminal has 1 to %d columns and rows", TERMINAL_SIZE_MAX);
    return ask(process, &what, timeout_ns, err);
}

enum c8d_status c8d_task_stats(struct c8d_process *task, int64_t timeout_ns, struct c8d_stats *out,
                               struct c8d_error *err)
{
    struct c8d__plain what = {.wanted.stats = out, .call = {.kind = C8D_CALL_STATS}};

    return ask_task(task, &what, timeout_ns, err);
}

enum c8d_status c8d_task_pids(struct c8d_process *task, int64_t timeout_ns, struct c8d_task_process *out,
                              size_t capacity, size_t *count, struct c8d_error *err)
{
    struct c8d__plain what = {
        .wanted = {.processes = out, .capacity = capacity, .n_processes = count},
        .call = {.kind = C8D_CALL_PIDS},
    };

    return ask_task(task, &what, timeout_ns, err);
}

enum c8d_status c8d_task_update_resources(struct c8d_process *task, struct c8d_str resources,
                                          int64_t timeout_ns, struct c8d_error *err)
{
    struct c8d__plain what = {.call = {.kind = C8D_CALL_UPDATE, .spec = resources}};

    if (resources.len == 0)
        return c8d_error_set(err, C8D_INVALID, "an update needs resources");
    return ask_task(task, &what, timeout_ns, err);
}
