/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first step of every call: what it is about, and whether this runtime can do it there. HCS keeps no
 * record of containers and no process that was created and not started; the records that a runtime has to
 * answer for are kept here.
 */
#include "local_internal.h"
#include <c8d/hcs_process.h>
#include <stdio.h>
#include <string.h>

static bool is_alphanumeric(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

/* The rule of containerd, so that an id is good for both: letters and digits, joined by single marks. */
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

/* ---- about no container
 * ------------------------------------------------------------------------------------------------ */

static void tell_version(struct c8d__errand *errand)
{
    static const char interface[] = "HCS 1";
    struct c8d__local *local = errand->local;
    struct c8d__local_arrival *reply = errand->reply;

    (void)snprintf(reply->process, sizeof(reply->process), "Windows build %u",
                   (unsigned)local->host.build(local->host.ctx));
    reply->arrival.version = (struct c8d_str){interface, sizeof(interface) - 1};
    reply->arrival.revision = (struct c8d_str){reply->process, strlen(reply->process)};
    c8d__errand_answer(errand, C8D_OK, "");
}

static void subscribe(struct c8d__errand *errand)
{
    struct c8d__local *local = errand->local;
    struct c8d__local_arrival *end = c8d__local_arrival_new(local);

    if (end == NULL) {
        c8d__errand_answer(errand, C8D_EXHAUSTED, "no memory for a stream");
        return;
    }
    /* There is one stream at a time. */
    c8d__local_end_stream(local);
    local->stream = errand->token;
    local->stream_end = end;
    c8d__errand_answer(errand, C8D_OK, "");
}

/* ---- containers
 * -------------------------------------------------------------------------------------------------------- */

static void create_container(struct c8d__errand *errand)
{
    struct c8d__local_container *container;

    if (!is_identifier(errand->container_id.chars)) {
        c8d__errand_answer(errand, C8D_INVALID, "the container's id is no identifier");
        return;
    }
    if (errand->has_extras) {
        c8d__errand_answer(errand, C8D_NOT_IMPLEMENTED, "HCS has neither snapshots nor options of a shim");
        return;
    }
    container = c8d__local_add(errand->local, errand);
    if (container == NULL) {
        c8d__errand_answer(errand, C8D_EXHAUSTED, "no memory for a container");
        return;
    }
    c8d__errand_take(errand, container, NULL);
    c8d__system_command(errand, C8D_SYM_CREATE);
}

static enum c8d_symbol look_of(const struct c8d__errand *errand)
{
    return errand->takes_over ? C8D_SYM_LOAD : C8D_SYM_ASK;
}

/* One that is not known here. */
static void load_container(struct c8d__errand *errand)
{
    struct c8d__local_container *container = c8d__local_add(errand->local, errand);

    if (container == NULL) {
        c8d__errand_answer(errand, C8D_EXHAUSTED, "no memory for a container");
        return;
    }
    container->created_at_ns = 0;
    c8d__errand_take(errand, container, NULL);
    c8d__system_command(errand, look_of(errand));
}

static void delete_container(struct c8d__errand *errand)
{
    if (c8d__local_find_process(errand->container, "") != NULL)
        c8d__errand_answer(errand, C8D_CONFLICT, "the container has a task");
    else
        c8d__system_command(errand, C8D_SYM_DELETE);
}

static void create_task(struct c8d__errand *errand)
{
    if (c8d__local_find_process(errand->container, "") != NULL)
        c8d__errand_answer(errand, C8D_ALREADY_EXISTS, "the container has a task");
    else
        c8d__system_command(errand, C8D_SYM_START);
}

static const char *refusal_of_task(const struct c8d__local_process *init, const char *otherwise)
{
    return c8d_hcs_process_seen(init->state) == C8D_STATE_PAUSED ? "the task is paused" : otherwise;
}

static void create_exec(struct c8d__errand *errand)
{
    struct c8d__local_container *container = errand->container;
    struct c8d__local_process *init = c8d__local_find_process(container, "");
    struct c8d__local_process *exec;

    if (!is_identifier(errand->process_id.chars)) {
        c8d__errand_answer(errand, C8D_INVALID, "the exec's id is no identifier");
    } else if (init == NULL) {
        c8d__errand_answer(errand, C8D_NOT_FOUND, "the container has no task");
    } else if (!c8d__hcs_process_hear(init, C8D_SYM_LOAD)) {
        c8d__errand_answer(errand, C8D_REMOTE, refusal_of_task(init, "the task has ended"));
    } else if (c8d__local_find_process(container, errand->process_id.chars) != NULL) {
        c8d__errand_answer(errand, C8D_ALREADY_EXISTS, "there is an exec of that id");
    } else {
        exec = c8d__local_add_process(errand);
        if (exec == NULL) {
            c8d__errand_answer(errand, C8D_EXHAUSTED, "no memory for an exec");
            return;
        }
        c8d__errand_take(errand, container, exec);
        c8d__hcs_process_command(errand, C8D_SYM_LOAD);
    }
}

static void freeze(struct c8d__errand *errand)
{
    struct c8d__local_process *init = c8d__local_find_process(errand->container, "");

    if (init == NULL) {
        c8d__errand_answer(errand, C8D_NOT_FOUND, "the container has no task");
    } else if (!errand->container->hyperv) {
        c8d__errand_answer(errand, C8D_NOT_IMPLEMENTED, "pause and resume need Hyper-V isolation");
    } else {
        c8d__errand_take(errand, errand->container, init);
        c8d__hcs_process_command(errand, errand->kind == C8D_CALL_PAUSE ? C8D_SYM_PAUSE : C8D_SYM_RESUME);
    }
}

static void measure(struct c8d__errand *errand)
{
    const struct c8d__local_process *init = c8d__local_find_process(errand->container, "");

    if (init != NULL && errand->container->handle != NULL)
        c8d__system_measure(errand);
    else if (errand->kind == C8D_CALL_STATS)
        c8d__errand_answer(errand, C8D_REMOTE, "there is no task to be measured");
    else
        c8d__errand_answer(errand, C8D_NOT_FOUND, "the container has no task");
}

/* ---- processes
 * ---------------------------------------------------------------------------------------------------------
 */

static void start_exec(struct c8d__errand *errand)
{
    struct c8d__local_process *init = c8d__local_find_process(errand->container, "");

    if (init == NULL)
        c8d__errand_answer(errand, C8D_REMOTE, "the task does not run");
    else if (!c8d__hcs_process_hear(init, C8D_SYM_LAUNCH))
        c8d__errand_answer(errand, C8D_REMOTE, refusal_of_task(init, "the task does not run"));
    else
        c8d__hcs_process_command(errand, C8D_SYM_LAUNCH);
}

static void start(struct c8d__errand *errand)
{
    if (*errand->process->id.chars != '\0')
        start_exec(errand);
    else
        c8d__hcs_process_command(errand, C8D_SYM_START);
}

static void kill(struct c8d__errand *errand)
{
    if (errand->signal == 0 || errand->signal > C8D__SIGNAL_MAX)
        c8d__hcs_process_command(errand, C8D_SYM_ASK);
    else if (errand->all || errand->signal == C8D__SIGNAL_KILL)
        c8d__hcs_process_command(errand, C8D_SYM_KILL);
    else
        c8d__hcs_process_command(errand, C8D_SYM_STOP);
}

static void tell_state(struct c8d__errand *errand)
{
    bool told = c8d__local_tell_process(errand->local, errand->reply, errand->process);

    c8d__errand_answer(errand, told ? C8D_OK : C8D_EXHAUSTED, told ? "" : "no memory for the answer");
}

static void of_process(struct c8d__errand *errand)
{
    switch (errand->kind) {
    case C8D_CALL_START:
        start(errand);
        break;
    case C8D_CALL_DELETE:
        c8d__hcs_process_command(errand, C8D_SYM_DELETE);
        break;
    case C8D_CALL_KILL:
        kill(errand);
        break;
    case C8D_CALL_STATE:
        tell_state(errand);
        break;
    case C8D_CALL_CLOSE_STDIN:
        c8d__hcs_process_command(errand, C8D_SYM_CLOSE_STDIN);
        break;
    case C8D_CALL_RESIZE:
        c8d__hcs_process_resize(errand);
        break;
    default:
        c8d__errand_answer(errand, C8D_NOT_IMPLEMENTED, "HCS has no operation for it");
    }
}

static void of_container(struct c8d__errand *errand)
{
    struct c8d__local_process *process;

    switch (errand->kind) {
    case C8D_CALL_CONTAINER_GET:
        c8d__system_command(errand, look_of(errand));
        return;
    case C8D_CALL_CONTAINER_DELETE:
        delete_container(errand);
        return;
    case C8D_CALL_TASK_CREATE:
        create_task(errand);
        return;
    case C8D_CALL_EXEC_CREATE:
        create_exec(errand);
        return;
    case C8D_CALL_PAUSE:
    case C8D_CALL_RESUME:
        freeze(errand);
        return;
    case C8D_CALL_STATS:
    case C8D_CALL_PIDS:
        measure(errand);
        return;
    default:
        break;
    }
    process = c8d__local_find_process(errand->container, errand->process_id.chars);
    if (process == NULL) {
        c8d__errand_answer(errand, C8D_NOT_FOUND, "there is no such process");
        return;
    }
    c8d__errand_take(errand, errand->container, process);
    of_process(errand);
}

/* What HCS has told since, which nobody waits for. */
static void hear_levels(struct c8d__local_container *container)
{
    if (c8d__latch_is_set(&container->watch, C8D__LATCH_EXITED))
        (void)c8d__system_hear(container, C8D_SYM_EXITED);
    else if (c8d__latch_is_set(&container->watch, C8D__LATCH_DISCONNECTED))
        (void)c8d__system_hear(container, C8D_SYM_LOST);
}

static void of_nobody(struct c8d__errand *errand)
{
    if (errand->kind == C8D_CALL_CONTAINER_CREATE)
        create_container(errand);
    else if (errand->kind == C8D_CALL_CONTAINER_GET)
        load_container(errand);
    else
        /* A measurement that was not taken proves nothing. */
        c8d__errand_answer(errand, errand->kind == C8D_CALL_STATS ? C8D_REMOTE : C8D_NOT_FOUND,
                           "there is no such container");
}

static void find_container(struct c8d__errand *errand)
{
    struct c8d__local_container *container = c8d__local_find(errand->local, errand->container_id.chars);
    enum c8d_compute_system_presence presence;

    c8d__errand_take(errand, NULL, NULL);
    if (container == NULL) {
        of_nobody(errand);
        return;
    }
    presence = c8d_compute_system_presence(container->system);
    if (errand->kind == C8D_CALL_CONTAINER_CREATE && presence != C8D_COMPUTE_SYSTEM_GOING) {
        c8d__errand_answer(errand, C8D_ALREADY_EXISTS, "there is a container of that id");
    } else if (presence != C8D_COMPUTE_SYSTEM_SETTLED) {
        /* Whoever makes or deletes it is heard first. */
        c8d__errand_wait(errand, c8d__dispatch);
    } else {
        c8d__errand_take(errand, container, NULL);
        hear_levels(container);
        of_container(errand);
    }
}

void c8d__dispatch(struct c8d__errand *errand)
{
    switch (errand->kind) {
    case C8D_CALL_VERSION:
        tell_version(errand);
        break;
    case C8D_CALL_SUBSCRIBE:
        subscribe(errand);
        break;
    case C8D_CALL_LIST:
        c8d__system_list(errand);
        break;
    default:
        find_container(errand);
    }
}
