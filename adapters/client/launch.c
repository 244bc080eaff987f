/* SPDX-License-Identifier: Apache-2.0 */
/* Creating and starting a process, the same for a task and for an exec. */
#include "client_internal.h"

static enum c8d_status run(const struct c8d__launch *what, struct c8d_process *process, int64_t deadline,
                           struct c8d_error *err)
{
    struct c8d_client *client = process->client;
    struct c8d__op *op = c8d__op_new(client, what->container, process, err);

    if (op == NULL)
        return C8D_EXHAUSTED;
    op->launches = true;
    process->launching = true;
    op->spec = what->spec;
    op->options = what->options;
    op->checkpoint = what->checkpoint;
    c8d__stdio_attach(process);
    c8d__op_step(client, op, C8D_REGION_PROCESS, C8D_SYM_LAUNCH);
    op->spec = (struct c8d_str){0};
    op->options = (struct c8d_any){0};
    op->checkpoint = (struct c8d_str){0};
    return c8d__op_wait(client, op, deadline, C8D_INDETERMINATE, err);
}

enum c8d_status c8d__launch(const struct c8d__launch *what, int64_t deadline, struct c8d_process **out,
                            struct c8d_error *err)
{
    struct c8d_process *process;
    enum c8d_status status = c8d__connect(what->container->client, deadline, err);

    if (status != C8D_OK)
        return status;
    process = c8d__process_new(what->container, what->exec, what->id);
    if (process == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory");
    process->output = what->output;
    process->user = what->user;
    process->left = (what->stdio & C8D_STDIO_LEAVE) != 0;
    status = c8d__stdio_open(process, what->stdio & ~(uint32_t)C8D_STDIO_LEAVE, err);
    if (status == C8D_OK) {
        status = run(what, process, deadline, err);
        if (status != C8D_OK && !process->streaming)
            c8d__stdio_close(process);
    }
    if (status == C8D_OK)
        *out = process;
    else
        c8d__process_unref(process);
    return status;
}
