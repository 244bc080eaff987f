/* SPDX-License-Identifier: Apache-2.0 */
/* What a task can do beyond being a process. */
#include "client_internal.h"

/* Begins a blocking call on a task. */
static enum c8d_status enter_task(struct c8d_process *task, struct c8d_error *err)
{
    if (task->exec != C8D_REF_NONE)
        return c8d_error_set(err, C8D_INVALID, "an exec is no task");
    return c8d__enter(task->client, err);
}

static enum c8d_status take_options(const struct c8d_process *task, const struct c8d_exec_options *options,
                                    struct c8d_exec_options *known, struct c8d_error *err)
{
    if (!c8d__options(known, sizeof(*known), options, options->size))
        return c8d_error_set(err, C8D_INVALID, "unknown size of the options");
    if (c8d__same(known->id, task->container->id))
        return c8d_error_set(err, C8D_INVALID, "an exec cannot have the name of its container");
    if (known->spec.len == 0)
        return c8d_error_set(err, C8D_INVALID, "an exec needs a spec");
    return c8d__check_identifier(known->id, "an exec id", err);
}

/* What is to be launched, with a place in the model; it takes a connection. */
static enum c8d_status open_exec(struct c8d_process *task, const struct c8d_exec_options *options,
                                 struct c8d__launch *out, struct c8d_error *err)
{
    enum c8d_status status = c8d__process_check(task, err);

    /* Without its own run there is nothing to run in. */
    if (status == C8D_NOT_FOUND)
        return c8d_error_set(err, C8D_CONFLICT, "the task does not run");
    *out = (struct c8d__launch){
        .container = task->container,
        .id = options->id,
        .spec = options->spec,
        .stdio = options->stdio,
        .output = options->output,
        .user = options->user,
    };
    status = c8d__open_exec(task->client, task->container->ref, options->id, &out->exec);
    if (status != C8D_OK)
        return c8d_error_set(err, status, "no room for the exec");
    return C8D_OK;
}

static enum c8d_status exec(struct c8d_process *task, const struct c8d_exec_options *options,
                            int64_t deadline, struct c8d_process **out, struct c8d_error *err)
{
    struct c8d__launch what = {0};
    enum c8d_status status = c8d__connect(task->client, deadline, err);

    if (status == C8D_OK)
        status = open_exec(task, options, &what, err);
    if (status == C8D_OK)
        status = c8d__launch(&what, deadline, out, err);
    return status;
}

enum c8d_status c8d_task_exec(struct c8d_process *task, const struct c8d_exec_options *options,
                              int64_t timeout_ns, struct c8d_process **out, struct c8d_error *err)
{
    struct c8d_exec_options known = {0};
    enum c8d_status status = take_options(task, options, &known, err);

    if (status == C8D_OK)
        status = enter_task(task, err);
    if (status != C8D_OK)
        return status;
    status = exec(task, &known, c8d__deadline(task->client, timeout_ns), out, err);
    c8d__leave(task->client);
    return status;
}

enum c8d_status c8d_task_exec_submit(struct c8d_process *task, const struct c8d_exec_options *options,
                                     c8d_process_done_fn *done, void *user, struct c8d_error *err)
{
    struct c8d_client *client = task->client;
    struct c8d_exec_options known = {0};
    struct c8d__launch what = {0};
    enum c8d_status status = take_options(task, options, &known, err);

    if (status == C8D_OK && task->exec != C8D_REF_NONE)
        status = c8d_error_set(err, C8D_INVALID, "an exec is no task");
    if (status != C8D_OK)
        return status;
    pthread_mutex_lock(&client->lock);
    status = c8d__check_connected(client, err);
    if (status == C8D_OK)
        status = open_exec(task, &known, &what, err);
    if (status == C8D_OK)
        status = c8d__launch_submit(&what, done, user, err);
    pthread_mutex_unlock(&client->lock);
    return status;
}

static enum c8d_status freeze(struct c8d_process *task, enum c8d_symbol symbol, int64_t timeout_ns,
                              struct c8d_error *err)
{
    const struct c8d__command what = {task->container, task, C8D_REGION_TASK, symbol};
    struct c8d_client *client = task->client;
    enum c8d_status status = enter_task(task, err);
    int64_t deadline;

    if (status != C8D_OK)
        return status;
    deadline = c8d__deadline(client, timeout_ns);
    status = c8d__process_begin(task, deadline, err);
    if (status == C8D_OK)
        status = c8d__command(client, &what, deadline, err);
    c8d__leave(client);
    return status;
}

enum c8d_status c8d_task_pause(struct c8d_process *task, int64_t timeout_ns, struct c8d_error *err)
{
    return freeze(task, C8D_SYM_PAUSE, timeout_ns, err);
}

enum c8d_status c8d_task_resume(struct c8d_process *task, int64_t timeout_ns, struct c8d_error *err)
{
    return freeze(task, C8D_SYM_RESUME, timeout_ns, err);
}

/* The directory is borrowed until the request is made, which is at once. */
static void step_checkpoint(struct c8d_client *client, struct c8d__op *op, struct c8d_str directory,
                            bool exit)
{
    op->checkpoint = directory;
    op->exit = exit;
    c8d__op_step(client, op, C8D_REGION_TASK, C8D_SYM_CHECKPOINT);
    op->checkpoint = (struct c8d_str){0};
}

static enum c8d_status check_checkpoint(const struct c8d_process *task, struct c8d_str directory,
                                        struct c8d_error *err)
{
    if (directory.len == 0 || directory.ptr[0] != '/')
        return c8d_error_set(err, C8D_INVALID, "the directory of a checkpoint needs an absolute path");
    if (task->exec != C8D_REF_NONE)
        return c8d_error_set(err, C8D_INVALID, "an exec is no task");
    return C8D_OK;
}

static enum c8d_status checkpoint(struct c8d_process *task, struct c8d_str directory, bool exit,
                                  int64_t deadline, struct c8d_error *err)
{
    struct c8d_client *client = task->client;
    enum c8d_status status = c8d__process_begin(task, deadline, err);
    struct c8d__op *op;

    if (status != C8D_OK)
        return status;
    op = c8d__op_new(client, task->container, task, err);
    if (op == NULL)
        return C8D_EXHAUSTED;
    step_checkpoint(client, op, directory, exit);
    return c8d__op_wait(client, op, deadline, C8D_INDETERMINATE, err);
}

enum c8d_status c8d_task_checkpoint(struct c8d_process *task, struct c8d_str directory, bool exit,
                                    int64_t timeout_ns, struct c8d_error *err)
{
    enum c8d_status status = check_checkpoint(task, directory, err);

    if (status == C8D_OK)
        status = c8d__enter(task->client, err);
    if (status != C8D_OK)
        return status;
    status = checkpoint(task, directory, exit, c8d__deadline(task->client, timeout_ns), err);
    c8d__leave(task->client);
    return status;
}

enum c8d_status c8d_task_checkpoint_submit(struct c8d_process *task, struct c8d_str directory, bool exit,
                                           c8d_done_fn *done, void *user, struct c8d_error *err)
{
    struct c8d_client *client = task->client;
    enum c8d_status status = check_checkpoint(task, directory, err);
    struct c8d__op *op;

    if (status != C8D_OK)
        return status;
    pthread_mutex_lock(&client->lock);
    op = c8d__process_submit(task, done, user, &status, err);
    if (op != NULL) {
        step_checkpoint(client, op, directory, exit);
        c8d__kick(client);
    }
    pthread_mutex_unlock(&client->lock);
    return status;
}

enum c8d_status c8d_task_force_delete(struct c8d_process *task, int64_t timeout_ns, struct c8d_exit *out,
                                      struct c8d_error *err)
{
    struct c8d_client *client = task->client;
    enum c8d_status status = enter_task(task, err);

    if (status != C8D_OK)
        return status;
    status = c8d__process_end(task, C8D_SYM_FORCE_DELETE, c8d__deadline(client, timeout_ns), out, err);
    c8d__leave(client);
    return status;
}
