/* SPDX-License-Identifier: Apache-2.0 */
/* What can be asked of a process without waiting for it. Kill, stop, checkpoint and close_stdin, which
 * take more than a symbol, stand beside their blocking forms. */
#include "client_internal.h"

static enum c8d_status submit(struct c8d_process *process, enum c8d_region region, enum c8d_symbol symbol,
                              c8d_done_fn *done, void *user, struct c8d_error *err)
{
    struct c8d_client *client = process->client;
    enum c8d_status status;
    struct c8d__op *op;

    pthread_mutex_lock(&client->lock);
    op = c8d__process_submit(process, done, user, &status, err);
    if (op != NULL) {
        c8d__op_step(client, op, region, symbol);
        c8d__kick(client);
    }
    pthread_mutex_unlock(&client->lock);
    return status;
}

static enum c8d_status submit_to_task(struct c8d_process *task, enum c8d_region region,
                                      enum c8d_symbol symbol, c8d_done_fn *done, void *user,
                                      struct c8d_error *err)
{
    if (task->exec != C8D_REF_NONE)
        return c8d_error_set(err, C8D_INVALID, "an exec is no task");
    return submit(task, region, symbol, done, user, err);
}

enum c8d_status c8d_task_pause_submit(struct c8d_process *task, c8d_done_fn *done, void *user,
                                      struct c8d_error *err)
{
    return submit_to_task(task, C8D_REGION_TASK, C8D_SYM_PAUSE, done, user, err);
}

enum c8d_status c8d_task_resume_submit(struct c8d_process *task, c8d_done_fn *done, void *user,
                                       struct c8d_error *err)
{
    return submit_to_task(task, C8D_REGION_TASK, C8D_SYM_RESUME, done, user, err);
}

enum c8d_status c8d_task_force_delete_submit(struct c8d_process *task, c8d_done_fn *done, void *user,
                                             struct c8d_error *err)
{
    return submit_to_task(task, C8D_REGION_PROCESS, C8D_SYM_FORCE_DELETE, done, user, err);
}

enum c8d_status c8d_process_delete_submit(struct c8d_process *process, c8d_done_fn *done, void *user,
                                          struct c8d_error *err)
{
    return submit(process, C8D_REGION_PROCESS, C8D_SYM_DELETE, done, user, err);
}

enum c8d_status c8d_process_wait_submit(struct c8d_process *process, c8d_done_fn *done, void *user,
                                        struct c8d_error *err)
{
    struct c8d_client *client = process->client;
    struct c8d__op *op;

    pthread_mutex_lock(&client->lock);
    op = c8d__op_new(client, process->container, process, err);
    if (op != NULL) {
        op->abandoned = true;
        op->callback = done;
        op->user = user;
        if (process->ended) {
            c8d__op_complete(client, op, C8D_OK, NULL);
            c8d__kick(client);
        } else {
            op->next_wait = process->waits;
            process->waits = op;
        }
    }
    pthread_mutex_unlock(&client->lock);
    return op != NULL ? C8D_OK : C8D_EXHAUSTED;
}

void c8d__waits_complete(struct c8d_process *process)
{
    while (process->waits != NULL) {
        struct c8d__op *op = process->waits;

        process->waits = op->next_wait;
        op->completed = true;
        c8d__op_finish(process->client, op);
    }
}
