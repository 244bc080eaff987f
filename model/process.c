/* SPDX-License-Identifier: Apache-2.0 */
/* One process: an arrow, and what follows from it. */
#include "engine.h"

/* ---- what follows
 * --------------------------------------------------------------------------------------------- */

static void launched(struct c8d__subject *subject, enum c8d_status status);

static void complete(struct c8d__subject *subject, enum c8d_status status)
{
    struct c8d__rest *rest = c8d__rest_of(subject);
    uint64_t request = rest->request;

    if (subject->process->launch != C8D_LAUNCH_IDLE) {
        launched(subject, status);
        return;
    }
    rest->request = 0;
    c8d__emit_done(subject, C8D_REGION_PROCESS, request, status);
}

/* The process machine has completed a step of a launch. */
static void launched(struct c8d__subject *subject, enum c8d_status status)
{
    struct c8d__process *process = subject->process;
    uint64_t effects = 0;

    if (process->launch != C8D_LAUNCH_UNDOING)
        c8d__rest_of(subject)->launch_status = (uint8_t)status;
    (void)c8d__launch_step(&process->launch, status == C8D_OK ? C8D_SYM_OK : C8D_SYM_ERROR, &effects);
    /* Its creation was found out late, by a query: it may be over by now, or somebody else has started it. */
    if ((effects & C8D_FX(CALL_START)) != 0 && !c8d__process_take(subject, C8D_SYM_START))
        launched(subject, c8d__process_runs(process->state) ? C8D_OK : C8D_CONFLICT);
    if ((effects & C8D_FX(CALL_DELETE)) != 0 && !c8d__process_take(subject, C8D_SYM_FORCE_DELETE))
        launched(subject, C8D_CONFLICT); /* nothing is there to be undone */
    if ((effects & C8D_FX(DONE_OK)) != 0)
        complete(subject, C8D_OK);
    if ((effects & C8D_FX(DONE_FAILED)) != 0)
        complete(subject, (enum c8d_status)c8d__rest_of(subject)->launch_status);
}

static void tell(struct c8d__subject *subject, enum c8d_notice_kind of_init, enum c8d_notice_kind of_exec)
{
    c8d__emit(subject, C8D_ACTION_NOTICE, subject->exec != NULL ? of_exec : of_init, C8D_REGION_PROCESS);
}

static void notify(struct c8d__subject *subject, uint64_t effects)
{
    if ((effects & C8D_FX(NOTICE_CREATED)) != 0)
        tell(subject, C8D_NOTICE_CREATE, C8D_NOTICE_EXEC_ADDED);
    if ((effects & C8D_FX(NOTICE_STARTED)) != 0)
        tell(subject, C8D_NOTICE_START, C8D_NOTICE_EXEC_STARTED);
    /* The completion of a start stands between what it began and an end that is known already. */
    if ((effects & C8D_FX(DONE_STARTED)) != 0)
        complete(subject, C8D_OK);
    if ((effects & C8D_FX(NOTICE_OOM)) != 0)
        tell(subject, C8D_NOTICE_OOM, C8D_NOTICE_OOM);
    if ((effects & C8D_FX(NOTICE_EXIT)) != 0)
        tell(subject, C8D_NOTICE_EXIT, C8D_NOTICE_EXIT);
    if ((effects & C8D_FX(NOTICE_GONE)) != 0)
        tell(subject, C8D_NOTICE_DELETED, C8D_NOTICE_DELETED);
}

/* Most arrows call for nothing. */
#define CALLS                                                                                                \
    (C8D_FX(CALL_CREATE) | C8D_FX(CALL_START) | C8D_FX(CALL_DELETE) | C8D_FX(CALL_KILL) |                    \
     C8D_FX(CALL_FORCE_KILL) | C8D_FX(CALL_TIMER))

static void command(struct c8d__subject *subject, uint64_t effects)
{
    static const struct {
        uint64_t effect;
        uint8_t command;
    } commands[] = {
        {C8D_FX(CALL_CREATE), C8D_COMMAND_CREATE},         {C8D_FX(CALL_START), C8D_COMMAND_START},
        {C8D_FX(CALL_DELETE), C8D_COMMAND_DELETE},         {C8D_FX(CALL_KILL), C8D_COMMAND_KILL},
        {C8D_FX(CALL_FORCE_KILL), C8D_COMMAND_FORCE_KILL},
    };

    if ((effects & CALLS) == 0)
        return;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        struct c8d_action *action;

        if ((effects & commands[i].effect) == 0)
            continue;
        action = c8d__emit(subject, C8D_ACTION_COMMAND, commands[i].command, C8D_REGION_PROCESS);
        /* Any number of kills may be under way; each is told apart by its request. */
        action->request = commands[i].command == C8D_COMMAND_KILL
                              ? subject->input->request
                              : c8d__request_behind(subject, c8d__rest_of(subject)->request);
        if (commands[i].command == C8D_COMMAND_KILL)
            c8d__rest_of(subject)->kills++;
        if (commands[i].command == C8D_COMMAND_FORCE_KILL)
            subject->process->flags |= C8D__FORCING;
    }
    if ((effects & C8D_FX(CALL_TIMER)) != 0)
        c8d__force_timer(subject);
}

static bool has_ended(uint8_t state)
{
    return state == C8D_PROCESS_EXITED || state == C8D_PROCESS_NEVER_RAN;
}

/* Its task is gone, and every exec with it: those that ended are deleted too, for the rest the end is asked
 * for. But where another task has taken its place unseen, an exec may be that one's. */
static void orphan_execs(struct c8d__subject *subject)
{
    for (uint32_t next = subject->container->execs; next != 0;) {
        struct c8d__exec *exec = c8d__exec_at(subject->model, next - 1);
        struct c8d__subject orphan = c8d__subject_of_exec(subject, exec);
        struct c8d_input nothing = {0};

        orphan.input = &nothing;
        next = exec->next;
        if (has_ended(exec->process.state) && !subject->replaced)
            (void)c8d__process_take(&orphan, C8D_SYM_DELETED);
        else if (exec->process.state != C8D_PROCESS_ABSENT)
            (void)c8d__process_take(&orphan, C8D_SYM_VERIFY);
        c8d__exec_settle(subject->model, exec);
    }
}

static void ask(struct c8d__subject *subject, uint64_t effects)
{
    struct c8d__process *process = subject->process;

    if (c8d__query_sleeps(process->query, effects))
        return;
    /* Nothing to an idle one, as it is after its answer. A signal moves nothing by itself, and whoever sends
     * them again and again is not to put off every answer. */
    if ((effects & C8D_FX(CALL_KILL)) == 0)
        c8d__query(subject, &process->query, C8D_REGION_PROCESS, C8D_SYM_STIR);
    if ((effects & C8D_FX(ASK)) != 0)
        c8d__query(subject, &process->query, C8D_REGION_PROCESS, C8D_SYM_ASK);
    if ((effects & C8D_FX(DEFER)) != 0)
        c8d__query(subject, &process->query, C8D_REGION_PROCESS, C8D_SYM_DEFER);
    if (!c8d__process_calls(process->state))
        c8d__query(subject, &process->query, C8D_REGION_PROCESS, C8D_SYM_SETTLED);
}

static bool is_missing_end(const struct c8d__process *process, uint8_t symbol, uint64_t effects)
{
    /* An exit without a pid was seen: it is odd by itself, but not missing. */
    return (effects & C8D_FX(NOTICE_EXIT)) != 0 && (process->flags & C8D__STARTED) != 0 &&
           (process->flags & C8D__SUSPECTED) == 0 &&
           (symbol == C8D_SYM_DELETED || symbol == C8D_SYM_IS_ABSENT);
}

/* What follows from an arrow of init for the rest of its container. */
static void lead(struct c8d__subject *subject, uint8_t symbol, uint64_t effects)
{
    c8d__task_follow(subject, symbol, (effects & C8D_FX(NOTICE_STARTED)) != 0);
    c8d__task_settled(subject);
    if ((effects & C8D_FX(NOTICE_EXIT)) != 0 && !subject->replaced)
        c8d__grace_of_execs(subject);
    if ((effects & C8D_FX(NOTICE_GONE)) != 0)
        orphan_execs(subject);
}

/* What follows from an end, or from there being none. */
static void end(struct c8d__subject *subject, uint8_t symbol, uint64_t effects)
{
    if ((effects & (C8D_FX(NOTICE_EXIT) | C8D_FX(NOTICE_GONE))) == 0)
        return;
    /* An end that silence alone has told is no sign of life. */
    if (symbol != C8D_SYM_OUTLIVED)
        c8d__respond(subject, C8D_SYM_EXITED);
    if (subject->process->stop != C8D_STOP_IDLE)
        c8d__stop_ended(subject);
}

bool c8d__process_take(struct c8d__subject *subject, uint8_t symbol)
{
    struct c8d__process *process = subject->process;
    uint64_t effects = 0;

    /* A kill that is still in flight from the incarnation before would be taken for this one's. */
    if (symbol == C8D_SYM_FORCE_DELETE && (process->flags & C8D__FORCING) != 0 &&
        c8d__process_runs(process->state))
        return false;
    if (!c8d__process_step(&process->state, symbol, &effects))
        return false;
    if ((effects & C8D_FX(NOTICE_OOM)) != 0)
        process->flags |= C8D__OOM;
    if (is_missing_end(process, symbol, effects)) {
        subject->actions->finding = C8D_FINDING_MISSING_EXIT;
        subject->actions->finding_incarnation = process->incarnation;
    }
    c8d__learn(subject, symbol, effects);
    notify(subject, effects);
    if ((effects & C8D_FX(NOTICE_UNRESPONSIVE)) != 0)
        c8d__respond(subject, C8D_SYM_OVERDUE);
    if ((effects & C8D_FX_DONE & ~C8D_FX(DONE_STARTED)) != 0)
        complete(subject, c8d__status_of_done(effects, subject->input));
    command(subject, effects);
    ask(subject, effects);
    if (subject->exec == NULL)
        lead(subject, symbol, effects);
    else if ((effects & C8D_FX(NOTICE_STARTED)) != 0)
        c8d__grace_of_exec(subject);
    end(subject, symbol, effects);
    if (process->closing != C8D_STDIN_OPEN)
        c8d__stdin_follow(subject, effects);
    return true;
}

bool c8d__process_verify(struct c8d__subject *subject)
{
    return c8d__process_take(subject, C8D_SYM_VERIFY);
}
