/* SPDX-License-Identifier: Apache-2.0 */
/* Between the model of a compute system and HCS: commands and outcomes go in, and actions are carried out. */
#include "system.h"
#include <stdio.h>

/* ---- answers
 * ---------------------------------------------------------------------------------------------------------
 */

static void add_task(struct c8d__errand *errand)
{
    struct c8d__local_process *init = c8d__local_add_process(errand);

    if (init == NULL) {
        c8d__errand_answer(errand, C8D_EXHAUSTED, "no memory for a task");
        return;
    }
    c8d__errand_take(errand, errand->container, init);
    c8d__hcs_process_command(errand, C8D_SYM_CREATE);
}

static void tell(struct c8d__errand *errand)
{
    bool told =
        errand->reply == NULL || c8d__local_tell_container(errand->local, errand->reply, errand->container);

    /* What was made was made, whether or not there is memory to say when. */
    told = told || errand->kind == C8D_CALL_CONTAINER_CREATE;
    c8d__errand_answer(errand, told ? C8D_OK : C8D_EXHAUSTED, told ? "" : "no memory for the answer");
}

static void done(struct c8d__errand *errand)
{
    if (errand->kind == C8D_CALL_TASK_CREATE)
        add_task(errand);
    else if (errand->kind == C8D_CALL_CONTAINER_DELETE)
        c8d__errand_answer(errand, C8D_OK, "");
    else
        tell(errand);
}

static void fail(struct c8d__errand *errand)
{
    c8d__errand_reply_error(errand);
    c8d__errand_end(errand);
}

/* ---- actions
 * ---------------------------------------------------------------------------------------------------------
 */

static void tell_created(struct c8d__errand *errand)
{
    c8d__local_publish(errand->local, C8D_EVENT_CONTAINER_CREATE, errand->container, NULL);
}

static void tell_deleted(struct c8d__errand *errand)
{
    c8d__local_publish(errand->local, C8D_EVENT_CONTAINER_DELETE, errand->container, NULL);
}

static void await_exit(struct c8d__errand *errand)
{
    c8d__system_await_exit(errand, errand->local->limits.terminate_ns);
}

static void await_leftover(struct c8d__errand *errand)
{
    c8d__system_await_exit(errand, errand->local->limits.load_ns);
}

static bool feed(struct c8d__errand *errand, enum c8d_symbol symbol)
{
    static const c8d__then carry_out[] = {
        [C8D_COMPUTE_SYSTEM_DO_TELL_CREATED] = tell_created,
        [C8D_COMPUTE_SYSTEM_DO_TELL_DELETED] = tell_deleted,
        [C8D_COMPUTE_SYSTEM_DO_DONE] = done,
        [C8D_COMPUTE_SYSTEM_DO_FAIL] = fail,
        [C8D_COMPUTE_SYSTEM_DO_CREATE] = c8d__system_create,
        [C8D_COMPUTE_SYSTEM_DO_START] = c8d__system_start,
        [C8D_COMPUTE_SYSTEM_DO_SHUT_DOWN] = c8d__system_shut_down,
        [C8D_COMPUTE_SYSTEM_DO_TERMINATE] = c8d__system_terminate,
        [C8D_COMPUTE_SYSTEM_DO_OPEN] = c8d__system_open,
        [C8D_COMPUTE_SYSTEM_DO_ASK_OWNER] = c8d__system_ask_owner,
        [C8D_COMPUTE_SYSTEM_DO_WATCH] = c8d__system_watch,
        [C8D_COMPUTE_SYSTEM_DO_AWAIT_EXIT] = await_exit,
        [C8D_COMPUTE_SYSTEM_DO_AWAIT_SHUTDOWN] = c8d__system_await_shutdown,
        [C8D_COMPUTE_SYSTEM_DO_AWAIT_LEFTOVER] = await_leftover,
        [C8D_COMPUTE_SYSTEM_DO_ABANDON] = c8d__system_abandon,
        [C8D_COMPUTE_SYSTEM_DO_CLOSE] = c8d__system_close,
        [C8D_COMPUTE_SYSTEM_DO_AGAIN] = c8d__dispatch,
        [C8D_COMPUTE_SYSTEM_DO_DEFER] = c8d__errand_defer,
    };
    struct c8d__local_container *container = errand->container;
    struct c8d_compute_system_actions actions;
    bool forgotten;

    if (!c8d_compute_system_step(&container->system, (uint8_t)symbol, &actions))
        return false;
    forgotten = container->system == C8D_COMPUTE_SYSTEM_NONE;
    for (uint32_t i = 0; i < actions.count; i++)
        carry_out[actions.items[i]](errand);
    if (forgotten) {
        c8d__errand_take(errand, NULL, NULL);
        c8d__local_remove(container);
    }
    return true;
}

/* ---- what is fed
 * ------------------------------------------------------------------------------------------------------ */

void c8d__system_command(struct c8d__errand *errand, enum c8d_symbol command)
{
    if (!feed(errand, command))
        c8d__errand_answer(errand, C8D_NOT_IMPLEMENTED, "a leftover container cannot be started");
}

bool c8d__system_hear(struct c8d__local_container *container, enum c8d_symbol fact)
{
    struct c8d_compute_system_actions actions;

    return c8d_compute_system_step(&container->system, (uint8_t)fact, &actions);
}

/* How a failure is told, by what was being done. What is not here has been told already, or is of no account.
 */
static const char *const failures[C8D_COMPUTE_SYSTEM_STATE__COUNT] = {
    [C8D_COMPUTE_SYSTEM_RENEWING] = "the container's compute system does not exit",
    [C8D_COMPUTE_SYSTEM_SHUTTING_DOWN] = "the compute system cannot be shut down",
    [C8D_COMPUTE_SYSTEM_CLOSING] = "the compute system cannot be closed",
    [C8D_COMPUTE_SYSTEM_LOOK_OPENING] = "no such container",
    [C8D_COMPUTE_SYSTEM_OPENING] = "no such container",
    [C8D_COMPUTE_SYSTEM_LEFT_OPENING] = "no such container",
    [C8D_COMPUTE_SYSTEM_LOOK_ASKING] = "who the compute system of that id belongs to cannot be asked",
    [C8D_COMPUTE_SYSTEM_ASKING] = "who the compute system of that id belongs to cannot be asked",
    [C8D_COMPUTE_SYSTEM_LEFT_ASKING] = "who the compute system of that id belongs to cannot be asked",
    [C8D_COMPUTE_SYSTEM_WATCHING] = "the leftover compute system does not end",
    [C8D_COMPUTE_SYSTEM_ENDING] = "the leftover compute system does not end",
};

static void keep_error(struct c8d__errand *errand)
{
    uint8_t state = errand->container->system;
    char both[C8D_ERROR_MESSAGE_BYTES];

    if (state == C8D_COMPUTE_SYSTEM_TERMINATING) {
        (void)snprintf(both, sizeof(both), "%.200s; nor can it be terminated", errand->err.message);
        c8d__errand_keep_error(errand, both);
    } else if (failures[state] != NULL && errand->err.status == C8D_OK) {
        c8d__errand_keep_error(errand, failures[state]);
    }
}

void c8d__system_outcome(struct c8d__errand *errand, enum c8d_symbol symbol)
{
    if (symbol != C8D_SYM_OK && symbol != C8D_SYM_EXITED)
        keep_error(errand);
    /* Each answer has an arrow (tests/model/compute_system_test.c); without one nobody would be answered. */
    if (!feed(errand, symbol))
        c8d__errand_answer(errand, C8D_INDETERMINATE, "what HCS has answered means nothing here");
}
