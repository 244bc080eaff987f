/* SPDX-License-Identifier: Apache-2.0 */
/* What calls do to containers and processes, and how containerd 1.6 with runc answers them. */
#include "simulated_internal.h"

#define SIGNAL_KILL 9

static bool is_alphanumeric(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/* containerd's rule for identifiers: letters and digits, joined by single marks. */
static bool is_identifier(const char *name)
{
    bool mark = true;

    for (; *name != '\0'; name++) {
        bool was_mark = mark;

        mark = *name == '.' || *name == '_' || *name == '-';
        if ((mark && was_mark) || (!mark && !is_alphanumeric(*name)))
            return false;
    }
    return !mark;
}

static struct c8d__result create_container(struct c8d__world *world, struct c8d__sim_call *call,
                                           struct c8d__due *reply)
{
    struct c8d__sim_container *container;

    if (!is_identifier(call->container))
        return c8d__no(C8D_INVALID, "the container's id is no identifier");
    if (call->runtime[0] == '\0')
        return c8d__no(C8D_INVALID, "container.Runtime.Name must be set");
    if (c8d__sim_find(world, call->container) != NULL)
        return c8d__no(C8D_ALREADY_EXISTS, "container already exists");
    container = c8d__sim_add_container(world, call);
    if (container == NULL)
        return c8d__no_memory();
    c8d__sim_publish(world, C8D_EVENT_CONTAINER_CREATE, container, NULL);
    return c8d__sim_tell_container(world, reply, container) ? c8d__ok() : c8d__no_memory();
}

static struct c8d__result delete_container(struct c8d__world *world, struct c8d__sim_container *container)
{
    if (container->init != NULL)
        return c8d__no(C8D_CONFLICT, "container has a task");
    c8d__sim_publish(world, C8D_EVENT_CONTAINER_DELETE, container, NULL);
    c8d__sim_remove_container(world, container);
    return c8d__ok();
}

/* Adds a process that runs a program, which is not there any more afterwards. */
static struct c8d__sim_process *add(struct c8d__world *world, struct c8d__sim_container *container,
                                    struct c8d__sim_call *call, struct c8d__program *program)
{
    struct c8d__sim_process *process = c8d__sim_add_process(world, container, call, program);

    if (process == NULL)
        c8d__program_free(world->allocator, program);
    return process;
}

static struct c8d__result create_task(struct c8d__world *world, struct c8d__sim_container *container,
                                      struct c8d__sim_call *call, struct c8d__due *reply)
{
    struct c8d__sim_process *init = NULL;
    struct c8d__program *program;

    if (container->init != NULL)
        return c8d__no(C8D_ALREADY_EXISTS, "task already exists");
    if (call->restores)
        return c8d__no(C8D_NOT_IMPLEMENTED, "the simulated runtime restores nothing");
    switch (c8d__program_read(world->allocator, c8d__sim_str(container->spec), false, &program)) {
    case C8D__PROGRAM_FOUND:
        init = add(world, container, call, program);
        break;
    case C8D__PROGRAM_MISSING:
        /* runc looks for the program when it creates the container. */
        return c8d__no(C8D_REMOTE, "OCI runtime create failed: executable file not found in $PATH");
    case C8D__PROGRAM_MALFORMED:
        return c8d__no(C8D_REMOTE, "failed to start shim: the spec is malformed");
    case C8D__PROGRAM_NO_MEMORY:
        break;
    }
    if (init == NULL)
        return c8d__no_memory();
    init->pid = world->next_pid++;
    reply->arrival.pid = init->pid;
    c8d__sim_publish(world, C8D_EVENT_TASK_CREATE, container, init);
    return c8d__ok();
}

static struct c8d__result may_exec(struct c8d__sim_container *container, const struct c8d__sim_call *call)
{
    if (container->init == NULL)
        return c8d__no(C8D_NOT_FOUND, "task not found");
    if (container->init->phase == C8D__PHASE_STOPPED)
        return c8d__no(C8D_REMOTE, "cannot exec in a stopped state");
    if (container->paused)
        return c8d__no(C8D_REMOTE, "cannot exec in a paused state");
    if (c8d__sim_find_process(container, call->process) != NULL)
        return c8d__no(C8D_ALREADY_EXISTS, "exec id already exists");
    return c8d__ok();
}

static struct c8d__result create_exec(struct c8d__world *world, struct c8d__sim_container *container,
                                      struct c8d__sim_call *call)
{
    struct c8d__result allowed;
    struct c8d__program *program;
    struct c8d__sim_process *exec = NULL;

    if (!is_identifier(call->process))
        return c8d__no(C8D_INVALID, "the exec's id is no identifier");
    allowed = may_exec(container, call);
    if (allowed.status != C8D_OK)
        return allowed;
    switch (c8d__program_read(world->allocator, c8d__sim_str(call->spec), true, &program)) {
    case C8D__PROGRAM_FOUND:
    case C8D__PROGRAM_MISSING: /* that is found out at its start */
        exec = add(world, container, call, program);
        break;
    case C8D__PROGRAM_MALFORMED:
        return c8d__no(C8D_REMOTE, "the spec of the process is malformed");
    case C8D__PROGRAM_NO_MEMORY:
        break;
    }
    if (exec == NULL)
        return c8d__no_memory();
    c8d__sim_publish(world, C8D_EVENT_EXEC_ADDED, container, exec);
    return c8d__ok();
}

/* Why a process cannot be started; OK when it can. */
static struct c8d__result may_start(const struct c8d__sim_process *process)
{
    const struct c8d__sim_container *container = process->container;

    if (process->phase == C8D__PHASE_STOPPED)
        return c8d__no(C8D_REMOTE, "cannot start a stopped process");
    if (process->phase == C8D__PHASE_RUNNING)
        return c8d__no(C8D_REMOTE, container->paused ? "cannot start a paused process"
                                                     : "cannot start a running process");
    if (process == container->init)
        return c8d__ok();
    if (container->paused)
        return c8d__no(C8D_REMOTE, "OCI runtime exec failed: cannot exec in a paused container");
    if (container->init->phase == C8D__PHASE_STOPPED)
        return c8d__no(C8D_REMOTE, "OCI runtime exec failed: cannot exec in a stopped container");
    if (process->program == NULL)
        return c8d__no(C8D_REMOTE, "OCI runtime exec failed: executable file not found in $PATH");
    return c8d__ok();
}

static struct c8d__result start(struct c8d__world *world, struct c8d__sim_process *process,
                                struct c8d__due *reply)
{
    struct c8d__result allowed = may_start(process);

    if (process->start_failed) {
        /* A second attempt is more than a shim of containerd 1.6 bears. */
        c8d__sim_kill_shim(world, process->container);
        return c8d__no(C8D_REMOTE, "ttrpc: closed");
    }
    if (allowed.status != C8D_OK) {
        /* No exit event follows, and an exec stays "created". */
        process->start_failed = process->phase == C8D__PHASE_CREATED;
        return allowed;
    }
    c8d__sim_start(world, process);
    reply->arrival.pid = process->pid;
    c8d__sim_publish(world, process->id[0] != '\0' ? C8D_EVENT_EXEC_STARTED : C8D_EVENT_TASK_START,
                     process->container, process);
    return c8d__ok();
}

static struct c8d__result delete_process(struct c8d__world *world, struct c8d__sim_process *process,
                                         struct c8d__due *reply)
{
    bool is_init = process->id[0] == '\0';

    if (process->phase == C8D__PHASE_RUNNING)
        return c8d__no(C8D_REMOTE, "cannot delete a running process");
    if (process->phase == C8D__PHASE_CREATED && is_init) {
        /* It is killed first; that it never ran shows in an end without a time. */
        process->never_ran = true;
        c8d__sim_end(world, process, 128 + SIGNAL_KILL);
    }
    reply->arrival.exit = c8d__sim_exit_of(process);
    reply->arrival.pid = process->pid;
    if (is_init)
        c8d__sim_publish(world, C8D_EVENT_TASK_DELETE, process->container, process);
    c8d__sim_remove_process(world, process);
    return c8d__ok();
}

static struct c8d__result kill_process(struct c8d__world *world, struct c8d__sim_process *process,
                                       const struct c8d__sim_call *call)
{
    bool is_init = process->id[0] == '\0';

    if (process->phase == C8D__PHASE_STOPPED)
        return c8d__no(C8D_NOT_FOUND, "process already finished");
    if (process->phase == C8D__PHASE_CREATED && !is_init)
        return c8d__no(C8D_CONFLICT, "process not created");
    if (call->signal > C8D__SIGNAL_MAX)
        return c8d__no(C8D_REMOTE, "unable to signal: invalid argument");
    if (is_init)
        c8d__sim_signal_task(world, process->container, call->signal, call->all);
    else
        c8d__sim_signal(world, process, call->signal);
    return c8d__ok();
}

static struct c8d__result pause(struct c8d__world *world, struct c8d__sim_container *container)
{
    if (container->init->phase == C8D__PHASE_CREATED)
        return c8d__no(C8D_REMOTE, "cannot pause task in created state");
    if (container->init->phase == C8D__PHASE_STOPPED)
        return c8d__no(C8D_REMOTE, "cannot pause a stopped container");
    if (container->paused)
        return c8d__no(C8D_REMOTE, "cannot pause a paused container");
    container->paused = true;
    container->frozen = true;
    c8d__sim_publish(world, C8D_EVENT_TASK_PAUSED, container, NULL);
    return c8d__ok();
}

static struct c8d__result resume(struct c8d__world *world, struct c8d__sim_container *container)
{
    if (container->init->phase == C8D__PHASE_CREATED)
        return c8d__no(C8D_REMOTE, "cannot resume task in created state");
    if (container->init->phase == C8D__PHASE_STOPPED)
        return c8d__no(C8D_REMOTE, "cannot resume a stopped container");
    if (!container->paused)
        return c8d__no(C8D_REMOTE, "cannot resume a running process");
    if (!container->frozen)
        return c8d__no(C8D_REMOTE, "OCI runtime resume failed: container not paused");
    container->paused = false;
    c8d__sim_publish(world, C8D_EVENT_TASK_RESUMED, container, NULL);
    c8d__sim_thaw(world, container);
    return c8d__ok();
}

static struct c8d__result freeze(struct c8d__world *world, struct c8d__sim_container *container,
                                 enum c8d_call_kind kind)
{
    if (container->init == NULL)
        return c8d__no(C8D_NOT_FOUND, "task not found");
    return kind == C8D_CALL_PAUSE ? pause(world, container) : resume(world, container);
}

/* Before a process has opened its streams there is nothing to close yet. */
static void close_input(struct c8d__sim_process *process)
{
    if (process->streams != NULL && process->has_streams)
        c8d__sim_streams_close_input(process->streams);
}

static struct c8d__result of_process(struct c8d__world *world, struct c8d__sim_call *call,
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
        return c8d__sim_tell_process(world, reply, process) ? c8d__ok() : c8d__no_memory();
    case C8D_CALL_CLOSE_STDIN:
        close_input(process);
        return c8d__ok();
    default:
        return c8d__ok(); /* RESIZE */
    }
}

struct c8d__result c8d__sim_serve(struct c8d__world *world, struct c8d__sim_call *call,
                                  struct c8d__due *reply)
{
    struct c8d__sim_container *container = c8d__sim_find(world, call->container);
    struct c8d__sim_process *process;

    if (call->kind == C8D_CALL_CONTAINER_CREATE)
        return create_container(world, call, reply);
    if (call->kind == C8D_CALL_STATS)
        return c8d__sim_tell_stats(world, reply, container);
    if (container == NULL)
        return c8d__no(C8D_NOT_FOUND, "container not found");
    switch (call->kind) {
    case C8D_CALL_CONTAINER_GET:
        return c8d__sim_tell_container(world, reply, container) ? c8d__ok() : c8d__no_memory();
    case C8D_CALL_CONTAINER_DELETE:
        return delete_container(world, container);
    case C8D_CALL_TASK_CREATE:
        return create_task(world, container, call, reply);
    case C8D_CALL_EXEC_CREATE:
        return create_exec(world, container, call);
    case C8D_CALL_PAUSE:
    case C8D_CALL_RESUME:
        return freeze(world, container, call->kind);
    case C8D_CALL_PIDS:
        return c8d__sim_tell_pids(world, reply, container);
    case C8D_CALL_UPDATE:
        return c8d__sim_update(world, container, call);
    case C8D_CALL_CHECKPOINT:
        return c8d__no(C8D_NOT_IMPLEMENTED, "the simulated runtime makes no images");
    default:
        break;
    }
    process = c8d__sim_find_process(container, call->process);
    return process != NULL ? of_process(world, call, process, reply)
                           : c8d__no(C8D_NOT_FOUND, "process not found");
}
