/* SPDX-License-Identifier: Apache-2.0 */
/* Between the model of a process and HCS: commands, facts and outcomes go in, and actions are carried out. */
#include "process.h"

static bool is_exec(const struct c8d__local_process *process)
{
    return *process->id.chars != '\0';
}

/* ---- answers
 * ---------------------------------------------------------------------------------------------------------
 */

static void done(struct c8d__errand *errand)
{
    const struct c8d__local_process *process = errand->process;

    if (errand->kind == C8D_CALL_KILL && errand->signal > C8D__SIGNAL_MAX) {
        c8d__errand_answer(errand, C8D_REMOTE, "there is no such signal");
        return;
    }
    if (errand->reply != NULL && (errand->kind == C8D_CALL_START || errand->kind == C8D_CALL_DELETE))
        errand->reply->arrival.pid = process->pid;
    if (errand->reply != NULL && errand->kind == C8D_CALL_DELETE)
        errand->reply->arrival.exit = process->exit;
    c8d__errand_answer(errand, C8D_OK, "");
}

void c8d__hcs_process_fail(struct c8d__errand *errand)
{
    c8d__errand_reply_error(errand);
    c8d__errand_end(errand);
}

static void refuse_ended(struct c8d__errand *errand)
{
    c8d__errand_answer(errand, C8D_NOT_FOUND, "the process has ended");
}

static void refuse_unstarted(struct c8d__errand *errand)
{
    c8d__errand_answer(errand, C8D_CONFLICT, "the exec was not started");
}

/* Of a command that the model does not take. */
static const char *refusal(const struct c8d__errand *errand, enum c8d_symbol command)
{
    enum c8d_public_state seen = c8d_hcs_process_seen(errand->process->state);

    switch (command) {
    case C8D_SYM_PAUSE:
        return seen == C8D_STATE_PAUSED ? "the task is paused" : "the task does not run";
    case C8D_SYM_RESUME:
        return seen == C8D_STATE_RUNNING ? "the task is not paused" : "the task does not run";
    case C8D_SYM_DELETE:
        return "a process that runs cannot be deleted";
    default:
        return "the process was started before";
    }
}

/* ---- events
 * ----------------------------------------------------------------------------------------------------------
 */

static void tell(struct c8d__errand *errand, enum c8d_event_kind kind)
{
    c8d__local_publish(errand->local, kind, errand->container, errand->process);
}

static void tell_created(struct c8d__errand *errand)
{
    tell(errand, is_exec(errand->process) ? C8D_EVENT_EXEC_ADDED : C8D_EVENT_TASK_CREATE);
}

static void tell_started(struct c8d__errand *errand)
{
    tell(errand, is_exec(errand->process) ? C8D_EVENT_EXEC_STARTED : C8D_EVENT_TASK_START);
}

/* Of these two the events are about the task, and name no process. */
static void tell_paused(struct c8d__errand *errand)
{
    c8d__local_publish(errand->local, C8D_EVENT_TASK_PAUSED, errand->container, NULL);
}

static void tell_resumed(struct c8d__errand *errand)
{
    c8d__local_publish(errand->local, C8D_EVENT_TASK_RESUMED, errand->container, NULL);
}

static void tell_end(struct c8d__errand *errand, struct c8d_exit exit)
{
    errand->process->exit = exit;
    tell(errand, C8D_EVENT_TASK_EXIT);
}

static void tell_exit(struct c8d__errand *errand)
{
    errand->exit.at_ns = errand->local->host.wall(errand->local->host.ctx);
    tell_end(errand, errand->exit);
}

static void tell_exit_unknown(struct c8d__errand *errand)
{
    tell_end(errand,
             (struct c8d_exit){.ran = true, .at_ns = errand->local->host.wall(errand->local->host.ctx)});
}

static void tell_never_ran(struct c8d__errand *errand)
{
    tell_end(errand, (struct c8d_exit){0});
}

static void tell_deleted(struct c8d__errand *errand)
{
    tell(errand, C8D_EVENT_TASK_DELETE);
}

static void forget_execs(struct c8d__errand *errand)
{
    for (struct c8d__local_process *each = errand->container->processes; each != NULL; each = each->next) {
        if (is_exec(each))
            (void)c8d__hcs_process_hear(each, C8D_SYM_DELETED);
    }
}

/* ---- what an init process leaves to its system
 * ------------------------------------------------------------------------------ */

static void shut_down(struct c8d__errand *errand)
{
    c8d__system_command(errand, C8D_SYM_STOP);
}

static void terminate(struct c8d__errand *errand)
{
    c8d__system_command(errand, C8D_SYM_KILL);
}

/* ---- what is fed
 * ------------------------------------------------------------------------------------------------------ */

bool c8d__hcs_process_feed(struct c8d__errand *errand, enum c8d_symbol symbol)
{
    static const c8d__then carry_out[] = {
        [C8D_HCS_PROCESS_DO_TELL_CREATED] = tell_created,
        [C8D_HCS_PROCESS_DO_TELL_STARTED] = tell_started,
        [C8D_HCS_PROCESS_DO_TELL_PAUSED] = tell_paused,
        [C8D_HCS_PROCESS_DO_TELL_RESUMED] = tell_resumed,
        [C8D_HCS_PROCESS_DO_TELL_EXIT] = tell_exit,
        [C8D_HCS_PROCESS_DO_TELL_EXIT_UNKNOWN] = tell_exit_unknown,
        [C8D_HCS_PROCESS_DO_TELL_NEVER_RAN] = tell_never_ran,
        [C8D_HCS_PROCESS_DO_TELL_DELETED] = tell_deleted,
        [C8D_HCS_PROCESS_DO_FORGET_EXECS] = forget_execs,
        [C8D_HCS_PROCESS_DO_DONE] = done,
        [C8D_HCS_PROCESS_DO_FAIL] = c8d__hcs_process_fail,
        [C8D_HCS_PROCESS_DO_REFUSE_ENDED] = refuse_ended,
        [C8D_HCS_PROCESS_DO_REFUSE_UNSTARTED] = refuse_unstarted,
        [C8D_HCS_PROCESS_DO_CREATE] = c8d__hcs_process_create,
        [C8D_HCS_PROCESS_DO_WATCH] = c8d__hcs_process_watch,
        [C8D_HCS_PROCESS_DO_SHUT_DOWN] = shut_down,
        [C8D_HCS_PROCESS_DO_TERMINATE] = terminate,
        [C8D_HCS_PROCESS_DO_END] = c8d__hcs_process_end,
        [C8D_HCS_PROCESS_DO_ASK_CODE] = c8d__hcs_process_ask_code,
        [C8D_HCS_PROCESS_DO_ASK_ENDED] = c8d__hcs_process_ask_ended,
        [C8D_HCS_PROCESS_DO_ASK_PAUSED] = c8d__hcs_process_ask_paused,
        [C8D_HCS_PROCESS_DO_PAUSE] = c8d__hcs_process_pause,
        [C8D_HCS_PROCESS_DO_RESUME] = c8d__hcs_process_resume,
        [C8D_HCS_PROCESS_DO_CLOSE_STDIN] = c8d__hcs_process_close_stdin,
        [C8D_HCS_PROCESS_DO_CLOSE] = c8d__hcs_process_close,
        [C8D_HCS_PROCESS_DO_DEFER] = c8d__errand_defer,
    };
    struct c8d_hcs_process_actions actions;

    if (!c8d_hcs_process_step(&errand->process->state, (uint8_t)symbol, &actions))
        return false;
    for (uint32_t i = 0; i < actions.count; i++)
        carry_out[actions.items[i]](errand);
    return true;
}

void c8d__hcs_process_command(struct c8d__errand *errand, enum c8d_symbol command)
{
    if (!c8d__hcs_process_feed(errand, command))
        c8d__errand_answer(errand, C8D_REMOTE, refusal(errand, command));
}

bool c8d__hcs_process_hear(struct c8d__local_process *process, enum c8d_symbol fact)
{
    struct c8d_hcs_process_actions actions;

    return c8d_hcs_process_step(&process->state, (uint8_t)fact, &actions);
}

static bool goes_on(const struct c8d__errand *errand)
{
    return errand->over || errand->working || errand->waiting || errand->then != NULL;
}

void c8d__hcs_process_outcome(struct c8d__errand *errand, enum c8d_symbol symbol)
{
    errand->then = NULL;
    (void)c8d__hcs_process_feed(errand, symbol);
    if (goes_on(errand))
        return;
    /* Who still waits is not left without an answer, whatever has become of the process. */
    c8d__errand_answer(errand, C8D_INDETERMINATE, "the process has changed meanwhile");
}

void c8d__hcs_process_missed(struct c8d__errand *errand)
{
    c8d__hcs_process_outcome(errand, C8D_SYM_FORCE_MISSING);
}

/* ---- what HCS tells by itself
 * ------------------------------------------------------------------------------------------------------ */

/* Its system has exited, and a while later HCS still has not told that it has. */
static int64_t silence_ends(const struct c8d__local_process *process)
{
    const struct c8d__local_container *container = process->container;

    return container->exited_at != 0 ? container->exited_at + container->local->limits.silence_ns
                                     : C8D_NO_DEADLINE;
}

/* What is to be heard of it; none = nothing. */
static enum c8d_symbol level_of(const struct c8d__local_process *process, int64_t now)
{
    const struct c8d__watch *watch = &process->watch;

    /* Told of as a failure: nobody can ask about it any more. */
    if (c8d__latch_is_set(watch, C8D__LATCH_EXITED))
        return c8d__latch_code(watch, C8D__LATCH_EXITED) == C8D__HR_DONE ? C8D_SYM_EXITED : C8D_SYM_LOST;
    if (c8d__latch_is_set(watch, C8D__LATCH_DISCONNECTED))
        return C8D_SYM_LOST;
    return silence_ends(process) <= now ? C8D_SYM_OVERDUE : C8D_SYM_NONE;
}

/* Each process has an errand for its end, made with it, so that this needs no memory. */
static void hear_level(struct c8d__local_process *process, enum c8d_symbol level)
{
    struct c8d__local *local = process->container->local;
    struct c8d__errand *reaper = process->reaper;

    process->reaper = NULL;
    c8d__errand_take(reaper, process->container, process);
    reaper->next = local->errands;
    local->errands = reaper;
    c8d__hcs_process_outcome(reaper, level);
}

/* It runs, and its end has not been heard of. */
static bool is_heard(const struct c8d__local_process *process)
{
    return process->reaper != NULL && c8d__hcs_process_runs(process);
}

void c8d__processes_look(struct c8d__local *local)
{
    int64_t now = local->host.now(local->host.ctx);

    for (struct c8d__local_container *each = local->containers; each != NULL; each = each->next) {
        if (each->exited_at == 0 && c8d__latch_is_set(&each->watch, C8D__LATCH_EXITED))
            each->exited_at = now + 1;
        for (struct c8d__local_process *process = each->processes; process != NULL; process = process->next) {
            enum c8d_symbol level = level_of(process, now);

            if (level != C8D_SYM_NONE && is_heard(process))
                hear_level(process, level);
        }
    }
}

int64_t c8d__processes_due(const struct c8d__local *local)
{
    int64_t due = C8D_NO_DEADLINE;

    for (const struct c8d__local_container *each = local->containers; each != NULL; each = each->next) {
        for (const struct c8d__local_process *process = each->processes; process != NULL;
             process = process->next) {
            if (is_heard(process) && silence_ends(process) < due)
                due = silence_ends(process);
        }
    }
    return due;
}

bool c8d__hcs_process_runs(const struct c8d__local_process *process)
{
    enum c8d_public_state seen = c8d_hcs_process_seen(process->state);

    return seen == C8D_STATE_RUNNING || seen == C8D_STATE_PAUSED;
}
