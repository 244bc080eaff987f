/* SPDX-License-Identifier: Apache-2.0 */
/* Creating and starting a process, the same for a task and for an exec. */
#include "client_internal.h"

/* A handle with its streams, before anything is asked of the runtime. NULL: *status says why not. */
static struct c8d_process *make(const struct c8d__launch *what, enum c8d_status *status,
                                struct c8d_error *err)
{
    struct c8d_process *process = c8d__process_new(what->container, what->exec, what->id);

    if (process == NULL) {
        *status = c8d_error_set(err, C8D_EXHAUSTED, "no memory");
        return NULL;
    }
    process->output = what->output;
    process->user = what->user;
    process->left = (what->stdio & C8D_STDIO_LEAVE) != 0;
    *status = c8d__stdio_open(process, what->stdio & ~(uint32_t)C8D_STDIO_LEAVE, err);
    if (*status == C8D_OK)
        return process;
    c8d__process_unref(process);
    return NULL;
}

/* The operation that launches it, not begun. NULL: no memory, and its streams are closed. */
static struct c8d__op *launch_op(struct c8d_process *process, struct c8d_error *err)
{
    struct c8d__op *op = c8d__op_new(process->client, process->container, process, err);

    if (op != NULL)
        op->launches = true;
    else
        c8d__stdio_close(process);
    return op;
}

static void begin(const struct c8d__launch *what, struct c8d_process *process, struct c8d__op *op)
{
    process->launching = true;
    op->spec = what->spec;
    op->options = what->options;
    op->checkpoint = what->checkpoint;
    c8d__stdio_attach(process);
    c8d__op_step(process->client, op, C8D_REGION_PROCESS, C8D_SYM_LAUNCH);
    op->spec = (struct c8d_str){0};
    op->options = (struct c8d_any){0};
    op->checkpoint = (struct c8d_str){0};
}

static enum c8d_status run(const struct c8d__launch *what, struct c8d_process *process, int64_t deadline,
                           struct c8d_error *err)
{
    struct c8d__op *op = launch_op(process, err);

    if (op == NULL)
        return C8D_EXHAUSTED;
    begin(what, process, op);
    return c8d__op_wait(process->client, op, deadline, C8D_INDETERMINATE, err);
}

enum c8d_status c8d__launch(const struct c8d__launch *what, int64_t deadline, struct c8d_process **out,
                            struct c8d_error *err)
{
    struct c8d_process *process;
    enum c8d_status status = c8d__connect(what->container->client, deadline, err);

    if (status != C8D_OK)
        return status;
    process = make(what, &status, err);
    if (process == NULL)
        return status;
    status = run(what, process, deadline, err);
    if (status == C8D_OK)
        *out = process;
    else
        c8d__process_unref(process);
    return status;
}

/* Until it is handed out, the handle lives by its operation alone. */
enum c8d_status c8d__launch_submit(const struct c8d__launch *what, c8d_process_done_fn *done, void *user,
                                   struct c8d_error *err)
{
    enum c8d_status status = c8d__check_connected(what->container->client, err);
    struct c8d_process *process = status == C8D_OK ? make(what, &status, err) : NULL;
    struct c8d__op *op;

    if (process == NULL)
        return status;
    op = launch_op(process, err);
    if (op != NULL) {
        op->abandoned = true;
        op->process_done = done;
        op->user = user;
        process->promised = true;
        begin(what, process, op);
        c8d__kick(process->client);
    }
    c8d__process_unref(process);
    return op != NULL ? C8D_OK : C8D_EXHAUSTED;
}
