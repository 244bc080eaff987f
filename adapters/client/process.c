/* SPDX-License-Identifier: Apache-2.0 */
/* What the consumer can do with a process handle. */
#include "client_internal.h"

/* How long a delete waits for output that is still to come. Something else may hold the stream open for ever.
 */
#define DRAIN_PATIENCE (2000 * C8D__MS)

struct c8d_process *c8d_process_ref(struct c8d_process *process)
{
    pthread_mutex_lock(&process->client->lock);
    c8d__process_ref(process);
    pthread_mutex_unlock(&process->client->lock);
    return process;
}

void c8d_process_unref(struct c8d_process *process)
{
    struct c8d_client *client;

    if (process == NULL)
        return;
    client = process->client;
    pthread_mutex_lock(&client->lock);
    c8d__client_ref(client);
    c8d__process_unref(process);
    c8d__client_unlock_unref(client);
}

struct c8d_str c8d_process_id(const struct c8d_process *process)
{
    return process->id;
}

uint32_t c8d_process_pid(struct c8d_process *process)
{
    struct c8d_process_view view;
    uint32_t pid;

    pthread_mutex_lock(&process->client->lock);
    pid = c8d__process_view(process, &view) && view.pid != 0 ? view.pid : process->pid;
    pthread_mutex_unlock(&process->client->lock);
    return pid;
}

enum c8d_public_state c8d_process_state(struct c8d_process *process)
{
    struct c8d_process_view view;
    enum c8d_public_state state;

    pthread_mutex_lock(&process->client->lock);
    if (process->incarnation == 0)
        state = C8D_STATE_UNKNOWN;
    else
        state =
            c8d__process_view(process, &view) ? (enum c8d_public_state)view.public_state : C8D_STATE_DELETED;
    pthread_mutex_unlock(&process->client->lock);
    return state;
}

static bool has_ended(void *arg)
{
    const struct c8d_process *process = arg;

    return process->ended;
}

enum c8d_status c8d_process_exit(struct c8d_process *process, struct c8d_exit *out)
{
    enum c8d_status status = C8D_CONFLICT;

    pthread_mutex_lock(&process->client->lock);
    if (process->ended) {
        c8d__process_refresh(process);
        *out = process->exit;
        status = C8D_OK;
    }
    pthread_mutex_unlock(&process->client->lock);
    return status;
}

static bool is_drained(void *arg)
{
    const struct c8d_process *process = arg;

    return !process->out_open && !process->err_open;
}

/* A later run of the same name is none of the handle's business. */
enum c8d_status c8d__process_check(const struct c8d_process *process, struct c8d_error *err)
{
    struct c8d_process_view view;

    if (!c8d__process_view(process, &view))
        return c8d_error_set(err, C8D_NOT_FOUND, "this run of the process is gone");
    return C8D_OK;
}

enum c8d_status c8d__process_begin(struct c8d_process *process, int64_t deadline, struct c8d_error *err)
{
    enum c8d_status status = c8d__connect(process->client, deadline, err);

    return status == C8D_OK ? c8d__process_check(process, err) : status;
}

enum c8d_status c8d_process_wait(struct c8d_process *process, int64_t timeout_ns, struct c8d_exit *out,
                                 struct c8d_error *err)
{
    struct c8d_client *client = process->client;
    enum c8d_status status = c8d__enter(client, err);

    if (status != C8D_OK)
        return status;
    if (c8d__wait(client, has_ended, process, c8d__deadline(client, timeout_ns)) != C8D_OK) {
        status = c8d_error_set(err, C8D_DEADLINE, "it has not ended when the time was up");
    } else {
        c8d__process_refresh(process);
        if (out != NULL)
            *out = process->exit;
    }
    c8d__leave(client);
    return status;
}

enum c8d_status c8d_process_drain(struct c8d_process *process, int64_t timeout_ns, struct c8d_error *err)
{
    struct c8d_client *client = process->client;
    enum c8d_status status = c8d__enter(client, err);

    if (status != C8D_OK)
        return status;
    if (c8d__wait(client, is_drained, process, c8d__deadline(client, timeout_ns)) != C8D_OK)
        status = c8d_error_set(err, C8D_DEADLINE, "something holds its output open");
    c8d__leave(client);
    return status;
}

/* Gives output that was written before the end the time to arrive. */
static void drain_before_delete(struct c8d_process *process, int64_t deadline)
{
    int64_t limit = c8d__deadline(process->client, DRAIN_PATIENCE);

    if (process->ended)
        (void)c8d__wait(process->client, is_drained, process, limit < deadline ? limit : deadline);
}

enum c8d_status c8d__process_end(struct c8d_process *process, enum c8d_symbol symbol, int64_t deadline,
                                 struct c8d_exit *out, struct c8d_error *err)
{
    const struct c8d__command what = {process->container, process, C8D_REGION_PROCESS, symbol};
    struct c8d_client *client = process->client;
    enum c8d_status status = c8d__process_begin(process, deadline, err);

    if (status != C8D_OK)
        return status;
    c8d__stdio_hold(process, false);
    drain_before_delete(process, deadline);
    status = c8d__command(client, &what, deadline, err);
    if (status == C8D_OK && out != NULL) {
        c8d__process_refresh(process);
        *out = process->exit;
    }
    return status;
}

enum c8d_status c8d_process_delete(struct c8d_process *process, int64_t timeout_ns, struct c8d_exit *out,
                                   struct c8d_error *err)
{
    struct c8d_client *client = process->client;
    enum c8d_status status = c8d__enter(client, err);

    if (status != C8D_OK)
        return status;
    status = c8d__process_end(process, C8D_SYM_DELETE, c8d__deadline(client, timeout_ns), out, err);
    c8d__leave(client);
    return status;
}

static enum c8d_status send_signal(struct c8d_process *process, uint32_t signal, int64_t deadline,
                                   struct c8d_error *err)
{
    struct c8d_client *client = process->client;
    struct c8d__op *op = c8d__op_new(client, process->container, process, err);

    if (op == NULL)
        return C8D_EXHAUSTED;
    op->signal = signal;
    c8d__op_step(client, op, C8D_REGION_PROCESS, C8D_SYM_KILL);
    return c8d__op_wait(client, op, deadline, C8D_INDETERMINATE, err);
}

enum c8d_status c8d_process_kill(struct c8d_process *process, uint32_t signal, int64_t timeout_ns,
                                 struct c8d_error *err)
{
    struct c8d_client *client = process->client;
    enum c8d_status status = c8d__enter(client, err);
    int64_t deadline;

    if (status != C8D_OK)
        return status;
    deadline = c8d__deadline(client, timeout_ns);
    status = c8d__process_begin(process, deadline, err);
    if (status == C8D_OK)
        status = send_signal(process, signal, deadline, err);
    c8d__leave(client);
    return status;
}

struct c8d__op *c8d__process_submit(struct c8d_process *process, c8d_done_fn *done, void *user,
                                    enum c8d_status *status, struct c8d_error *err)
{
    struct c8d_client *client = process->client;
    struct c8d__op *op;

    *status = c8d__process_check(process, err);
    if (*status == C8D_OK)
        *status = c8d__check_connected(client, err);
    if (*status != C8D_OK)
        return NULL;
    op = c8d__op_new(client, process->container, process, err);
    if (op == NULL) {
        *status = C8D_EXHAUSTED;
        return NULL;
    }
    op->abandoned = true;
    op->callback = done;
    op->user = user;
    return op;
}

enum c8d_status c8d_process_kill_submit(struct c8d_process *process, uint32_t signal, int64_t timeout_ns,
                                        c8d_done_fn *done, void *user, struct c8d_error *err)
{
    struct c8d_client *client = process->client;
    struct c8d__op *op;
    enum c8d_status status;

    pthread_mutex_lock(&client->lock);
    op = c8d__process_submit(process, done, user, &status, err);
    if (op != NULL) {
        op->signal = signal;
        op->call_deadline = c8d__deadline(client, timeout_ns);
        c8d__op_step(client, op, C8D_REGION_PROCESS, C8D_SYM_KILL);
        c8d__kick(client);
    }
    pthread_mutex_unlock(&client->lock);
    return status;
}
