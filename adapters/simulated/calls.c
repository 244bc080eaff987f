/* SPDX-License-Identifier: Apache-2.0 */
/* What each call does to the world, and how containerd would answer it. */
#include "simulated_internal.h"
#include <stdio.h>

#define SIGNAL_KILL 9

/* What a call comes to. */
struct result {
    enum c8d_status status;
    const char *message;
};

static struct result ok(void)
{
    return (struct result){C8D_OK, ""};
}

static struct result no(enum c8d_status status, const char *message)
{
    return (struct result){status, message};
}

static struct result no_memory(void)
{
    return no(C8D_EXHAUSTED, "no memory");
}

struct c8d__due *c8d__sim_reply_new(struct c8d__world *world, uint64_t token, enum c8d_status status,
                                    const char *message)
{
    struct c8d__due *reply = c8d__sim_due_new(world, C8D__DUE_ARRIVAL);

    if (reply == NULL)
        return NULL;
    reply->arrival.kind = C8D_ARRIVAL_REPLY;
    reply->arrival.token = token;
    reply->arrival.status = status;
    snprintf(reply->message, sizeof(reply->message), "%s", message);
    reply->arrival.message = c8d__sim_str(reply->message);
    return reply;
}

static struct result create_container(struct c8d__world *world, struct c8d__sim_call *call)
{
    struct c8d__sim_container *container;

    if (c8d__sim_find(world, call->container) != NULL)
        return no(C8D_ALREADY_EXISTS, "container already exists");
    container = c8d__sim_add_container(world, call);
    if (container == NULL)
        return no_memory();
    c8d__sim_publish(world, C8D_EVENT_CONTAINER_CREATE, container, NULL);
    return ok();
}

static struct result delete_container(struct c8d__world *world, struct c8d__sim_container *container)
{
    if (container->init != NULL)
        return no(C8D_CONFLICT, "container has a task");
    c8d__sim_publish(world, C8D_EVENT_CONTAINER_DELETE, container, NULL);
    c8d__sim_remove_container(world, container);
    return ok();
}

static struct result create_task(struct c8d__world *world, struct c8d__sim_container *container,
                                 struct c8d__sim_call *call, struct c8d__due *reply)
{
    struct c8d__sim_process *init;

    if (container->init != NULL)
        return no(C8D_ALREADY_EXISTS, "task already exists");
    init = c8d__sim_add_process(world, container, call, c8d__sim_str(container->spec));
    if (init == NULL)
        return no_memory();
    if (init->script == NULL) {
        /* runc looks for the program when it creates the container. */
        c8d__sim_remove_process(world, init);
        return no(C8D_REMOTE, "OCI runtime create failed: executable file not found in $PATH");
    }
    init->pid = world->next_pid++;
    reply->arrival.pid = init->pid;
    c8d__sim_publish(world, C8D_EVENT_TASK_CREATE, container, init);
    return ok();
}

static struct result create_exec(struct c8d__world *world, struct c8d__sim_container *container,
                                 struct c8d__sim_call *call)
{
    struct c8d__sim_process *exec;

    if (container->init == NULL)
        return no(C8D_NOT_FOUND, "no running task");
    if (container->init->phase != C8D__PHASE_RUNNING)
        return no(C8D_CONFLICT, "task does not run");
    if (c8d__sim_find_process(container, call->process) != NULL)
        return no(C8D_ALREADY_EXISTS, "exec id already exists");
    exec = c8d__sim_add_process(world, container, call, c8d__sim_str(call->spec));
    if (exec == NULL)
        return no_memory();
    c8d__sim_publish(world, C8D_EVENT_EXEC_ADDED, container, exec);
    return ok();
}

static struct result start(struct c8d__world *world, struct c8d__sim_process *process, struct c8d__due *reply)
{
    bool is_exec = process->id[0] != '\0';

    if (process->phase != C8D__PHASE_CREATED || process->start_failed)
        return no(C8D_CONFLICT, "process is not in the state created");
    if (is_exec && process->container->init->phase != C8D__PHASE_RUNNING)
        return no(C8D_CONFLICT, "task does not run");
    if (process->script == NULL) {
        /* No exit event follows, and the process stays "created". */
        process->start_failed = true;
        return no(C8D_REMOTE, "OCI runtime exec failed: executable file not found in $PATH");
    }
    c8d__sim_start(world, process);
    reply->arrival.pid = process->pid;
    c8d__sim_publish(world, is_exec ? C8D_EVENT_EXEC_STARTED : C8D_EVENT_TASK_START, process->container,
                     process);
    return ok();
}

static struct result delete_process(struct c8d__world *world, struct c8d__sim_process *process,
                                    struct c8d__due *reply)
{
    bool is_init = process->id[0] == '\0';

    if (process->phase == C8D__PHASE_RUNNING)
        return no(C8D_REMOTE, "cannot delete a running process");
    if (process->phase == C8D__PHASE_CREATED && is_init) {
        /* A created task is killed first; its exit has no time. */
        c8d__sim_end(world, process, 128 + SIGNAL_KILL);
    }
    if (process->phase == C8D__PHASE_STOPPED)
        reply->arrival.exit = (struct c8d_exit){
            .known = true, .ran = true, .code = process->exit_code, .at_ns = process->exited_at_ns};
    reply->arrival.pid = process->pid;
    if (is_init)
        c8d__sim_publish(world, C8D_EVENT_TASK_DELETE, process->container, process);
    c8d__sim_remove_process(world, process);
    return ok();
}

static struct result kill_process(struct c8d__world *world, struct c8d__sim_process *process,
                                  const struct c8d__sim_call *call)
{
    if (process->phase == C8D__PHASE_STOPPED ||
        (process->phase == C8D__PHASE_CREATED && process->id[0] != '\0'))
        return no(C8D_NOT_FOUND, "process already finished");
    if (process->container->paused && call->all && call->signal == SIGNAL_KILL)
        c8d__sim_resume(world, process->container);
    c8d__sim_signal(world, process, call->signal);
    return ok();
}

static struct result freeze(struct c8d__world *world, struct c8d__sim_container *container, bool pause)
{
    if (container->init == NULL)
        return no(C8D_NOT_FOUND, "no task");
    if (container->init->phase != C8D__PHASE_RUNNING || container->paused == pause)
        return no(C8D_REMOTE, pause ? "cannot pause a task that does not run" : "task is not paused");
    if (pause)
        container->paused = true;
    c8d__sim_publish(world, pause ? C8D_EVENT_TASK_PAUSED : C8D_EVENT_TASK_RESUMED, container, NULL);
    if (!pause)
        c8d__sim_resume(world, container);
    return ok();
}

static void close_held_input(struct c8d__sim_process *process)
{
    struct c8d__far_stdio held = {-1, process->stdio.in_held, -1, -1};

    c8d__sim_close_far(&held);
    process->stdio.in_held = -1;
}

static struct result of_process(struct c8d__world *world, struct c8d__sim_call *call,
                                struct c8d__sim_process *process, struct c8d__due *reply)
{
    switch (call->kind) {
    case C8D_CALL_START:
        return start(world, process, reply);
    case C8D_CALL_DELETE:
        return delete_process(world, process, reply);
    case C8D_CALL_KILL:
        return kill_process(world, process, call);
    case C8D_CALL_STATE:
        return c8d__sim_tell_process(world, reply, process) ? ok() : no_memory();
    case C8D_CALL_CLOSE_STDIN:
        close_held_input(process);
        return ok();
    default:
        return ok(); /* RESIZE */
    }
}

static struct result of_container(struct c8d__world *world, struct c8d__sim_call *call,
                                  struct c8d__due *reply)
{
    struct c8d__sim_container *container = c8d__sim_find(world, call->container);
    struct c8d__sim_process *process;

    if (container == NULL)
        return no(C8D_NOT_FOUND, "container not found");
    switch (call->kind) {
    case C8D_CALL_CONTAINER_GET:
        return c8d__sim_tell_container(world, reply, container) ? ok() : no_memory();
    case C8D_CALL_CONTAINER_DELETE:
        return delete_container(world, container);
    case C8D_CALL_TASK_CREATE:
        return create_task(world, container, call, reply);
    case C8D_CALL_EXEC_CREATE:
        return create_exec(world, container, call);
    case C8D_CALL_PAUSE:
    case C8D_CALL_RESUME:
        return freeze(world, container, call->kind == C8D_CALL_PAUSE);
    default:
        break;
    }
    process = c8d__sim_find_process(container, call->process);
    return process != NULL ? of_process(world, call, process, reply) : no(C8D_NOT_FOUND, "process not found");
}

static struct result subscribe(struct c8d__world *world, const struct c8d__sim_call *call)
{
    /* Of a connection that is gone: its stream went with it. */
    if (call->answered)
        return ok();
    if (world->stream_end == NULL)
        world->stream_end = c8d__sim_due_new(world, C8D__DUE_ARRIVAL);
    if (world->stream_end == NULL)
        return no_memory();
    world->stream = call->token;
    return ok();
}

static struct result act(struct c8d__world *world, struct c8d__sim_call *call, struct c8d__due *reply)
{
    switch (call->kind) {
    case C8D_CALL_VERSION:
        reply->arrival.version = c8d__sim_str("simulated");
        reply->arrival.revision = c8d__sim_str("0");
        return ok();
    case C8D_CALL_SUBSCRIBE:
        return subscribe(world, call);
    case C8D_CALL_LIST:
        return c8d__sim_tell_list(world, reply) ? ok() : no_memory();
    case C8D_CALL_CONTAINER_CREATE:
        return create_container(world, call);
    default:
        return of_container(world, call, reply);
    }
}

/* Acts, or does not, as the faults of the world have it. */
static struct result act_with_faults(struct c8d__world *world, struct c8d__sim_call *call,
                                     struct c8d__due *reply)
{
    struct result result;

    if (world->fail_next[call->kind]) {
        world->fail_next[call->kind] = false;
        if (world->fail_acts[call->kind])
            (void)act(world, call, reply);
        return no(world->fail_status[call->kind], "injected");
    }
    if (c8d__sim_strikes(world, world->faults.reply_failed))
        return no(C8D_REMOTE, "simulated failure");
    if (c8d__sim_strikes(world, world->faults.reply_lost)) {
        if (call->kind != C8D_CALL_SUBSCRIBE && c8d__sim_random(world, 2) != 0)
            (void)act(world, call, reply);
        return no(C8D_INDETERMINATE, "simulated loss of the reply");
    }
    result = act(world, call, reply);
    return result;
}

static void perhaps_kill_shim(struct c8d__world *world, const struct c8d__sim_call *call)
{
    struct c8d__sim_container *container = c8d__sim_find(world, call->container);

    if (container != NULL && container->init != NULL && c8d__sim_strikes(world, world->faults.shim_killed))
        c8d__sim_kill_shim(world, container);
}

void c8d__sim_reply(struct c8d__world *world, struct c8d__due *reply)
{
    c8d__sim_schedule(world, reply, c8d__sim_now(world) + c8d__sim_random(world, 1000) * C8D__US);
}

void c8d__sim_carry_out(struct c8d__world *world, struct c8d__due *due)
{
    struct c8d__sim_call *call = &due->call;
    struct c8d__due *reply = c8d__sim_reply_new(world, call->token, C8D_OK, "");
    struct result result;

    if (reply == NULL) {
        /* Without memory for its reply a call is tried again a moment later; it has not acted. */
        c8d__sim_schedule(world, due, c8d__sim_now(world) + C8D__MILLI);
        return;
    }
    perhaps_kill_shim(world, call);
    result = act_with_faults(world, call, reply);
    reply->arrival.status = result.status;
    reply->call.deadline_ns = call->deadline_ns;
    snprintf(reply->message, sizeof(reply->message), "%s", result.message);
    reply->arrival.message = c8d__sim_str(reply->message);
    if (result.status != C8D_OK) {
        c8d__sim_free_entries(world, reply);
        reply->arrival.pid = 0;
        reply->arrival.exit = (struct c8d_exit){0};
    }
    if (call->answered)
        c8d__sim_due_free(world, reply);
    else
        c8d__sim_reply(world, reply);
    c8d__sim_due_free(world, due);
}
