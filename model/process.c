/* SPDX-License-Identifier: Apache-2.0 */
/* One process: what an input means for it, the arrow, and what follows from the arrow. */
#include "engine.h"

static bool take(struct c8d__subject *subject, uint8_t symbol);

/* ---- what follows
 * --------------------------------------------------------------------------------------------- */

static void launched(struct c8d__subject *subject, enum c8d_status status);

static void complete(struct c8d__subject *subject, enum c8d_status status)
{
    struct c8d__process *process = subject->process;
    uint64_t request = process->request;

    if (process->launch != C8D_LAUNCH_IDLE) {
        launched(subject, status);
        return;
    }
    process->request = 0;
    c8d__emit_done(subject, C8D_REGION_PROCESS, request, status);
}

/* The process machine has completed a step of a launch. */
static void launched(struct c8d__subject *subject, enum c8d_status status)
{
    struct c8d__process *process = subject->process;
    uint64_t effects = 0;

    if (process->launch != C8D_LAUNCH_UNDOING)
        process->launch_status = (uint8_t)status;
    (void)c8d__launch_step(&process->launch, status == C8D_OK ? C8D_SYM_OK : C8D_SYM_ERROR, &effects);
    /* Its creation was found out late, by a query: it may be over by now, or somebody else has started it. */
    if ((effects & C8D_FX(CALL_START)) != 0 && !take(subject, C8D_SYM_START))
        launched(subject, c8d__process_runs(process->state) ? C8D_OK : C8D_CONFLICT);
    if ((effects & C8D_FX(CALL_DELETE)) != 0 && !take(subject, C8D_SYM_FORCE_DELETE))
        launched(subject, C8D_CONFLICT); /* nothing is there to be undone */
    if ((effects & C8D_FX(DONE_OK)) != 0)
        complete(subject, C8D_OK);
    if ((effects & C8D_FX(DONE_FAILED)) != 0)
        complete(subject, (enum c8d_status)process->launch_status);
}

static void notify(struct c8d__subject *subject, uint64_t effects)
{
    static const struct {
        uint64_t effect;
        uint8_t of_init;
        uint8_t of_exec;
    } notices[] = {
        {C8D_FX(NOTICE_CREATED), C8D_NOTICE_CREATE, C8D_NOTICE_EXEC_ADDED},
        {C8D_FX(NOTICE_STARTED), C8D_NOTICE_START, C8D_NOTICE_EXEC_STARTED},
        {C8D_FX(NOTICE_OOM), C8D_NOTICE_OOM, C8D_NOTICE_OOM},
        {C8D_FX(NOTICE_EXIT), C8D_NOTICE_EXIT, C8D_NOTICE_EXIT},
        {C8D_FX(NOTICE_GONE), C8D_NOTICE_DELETED, C8D_NOTICE_DELETED},
    };

    for (size_t i = 0; i < sizeof(notices) / sizeof(notices[0]); i++) {
        /* The completion of a start stands between what it began and an end that is known already. */
        if (notices[i].effect == C8D_FX(NOTICE_OOM) && (effects & C8D_FX(DONE_STARTED)) != 0)
            complete(subject, C8D_OK);
        if ((effects & notices[i].effect) != 0)
            c8d__emit(subject, C8D_ACTION_NOTICE,
                      subject->exec != NULL ? notices[i].of_exec : notices[i].of_init, C8D_REGION_PROCESS);
    }
}

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

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        struct c8d_action *action;

        if ((effects & commands[i].effect) == 0)
            continue;
        action = c8d__emit(subject, C8D_ACTION_COMMAND, commands[i].command, C8D_REGION_PROCESS);
        /* Any number of kills may be under way; each is told apart by its request. */
        action->request =
            commands[i].command == C8D_COMMAND_KILL ? subject->input->request : subject->process->request;
        if (commands[i].command == C8D_COMMAND_KILL)
            subject->process->kills++;
    }
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
            (void)take(&orphan, C8D_SYM_DELETED);
        else if (exec->process.state != C8D_PROCESS_ABSENT)
            (void)take(&orphan, C8D_SYM_VERIFY);
        c8d__exec_settle(subject->model, exec);
    }
}

static void ask(struct c8d__subject *subject, uint64_t effects)
{
    struct c8d__process *process = subject->process;

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
    if ((effects & (C8D_FX(NOTICE_EXIT) | C8D_FX(NOTICE_GONE))) != 0)
        c8d__respond(subject, C8D_SYM_EXITED);
    if ((effects & C8D_FX(NOTICE_EXIT)) != 0 && !subject->replaced)
        c8d__grace_of_execs(subject);
    if ((effects & C8D_FX(NOTICE_GONE)) != 0)
        orphan_execs(subject);
}

/* Takes one arrow with all that follows from it. False, and nothing has changed, when there is none. */
static bool take(struct c8d__subject *subject, uint8_t symbol)
{
    struct c8d__process *process = subject->process;
    uint64_t effects = 0;

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
    if ((effects & C8D_FX_DONE & ~C8D_FX(DONE_STARTED)) != 0)
        complete(subject, c8d__status_of_done(effects, subject->input));
    command(subject, effects);
    ask(subject, effects);
    if (subject->exec == NULL)
        lead(subject, symbol, effects);
    else if ((effects & C8D_FX(NOTICE_STARTED)) != 0)
        c8d__grace_of_exec(subject);
    return true;
}

bool c8d__process_verify(struct c8d__subject *subject)
{
    return take(subject, C8D_SYM_VERIFY);
}

/* ---- inputs by class
 * ------------------------------------------------------------------------------------------ */

static enum c8d_outcome refuse(struct c8d__subject *subject, enum c8d_status status)
{
    c8d__emit_done(subject, C8D_REGION_PROCESS, subject->input->request, status);
    return C8D_IMPOSSIBLE;
}

/* What must be there before a process can be created in it. */
static enum c8d_status check_parent(const struct c8d__subject *subject)
{
    if (subject->exec != NULL)
        return subject->container->init.state == C8D_PROCESS_RUNNING ? C8D_OK : C8D_CONFLICT;
    if (subject->container->record == C8D_CONTAINER_PRESENT)
        return C8D_OK;
    return subject->container->record == C8D_CONTAINER_ABSENT ? C8D_NOT_FOUND : C8D_CONFLICT;
}

static enum c8d_outcome launch(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;
    uint64_t effects = 0;

    if (process->state != C8D_PROCESS_ABSENT)
        return refuse(subject, c8d__refusal(C8D_MACHINE_PROCESS, process->state, C8D_SYM_LAUNCH));
    (void)c8d__launch_step(&process->launch, C8D_SYM_LAUNCH, &effects);
    process->request = subject->input->request;
    (void)take(subject, C8D_SYM_CREATE);
    return C8D_ACCEPTED;
}

static enum c8d_outcome process_command(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;
    uint8_t symbol = subject->input->symbol;
    uint64_t before = process->request;

    if (symbol == C8D_SYM_CREATE || symbol == C8D_SYM_LAUNCH) {
        enum c8d_status status = check_parent(subject);

        if (status != C8D_OK)
            return refuse(subject, status);
    }
    if (symbol == C8D_SYM_KILL && process->kills == C8D_KILLS_MAX)
        return refuse(subject, C8D_EXHAUSTED);
    if (symbol == C8D_SYM_LAUNCH)
        return launch(subject);
    if (symbol == C8D_SYM_LOAD && c8d__process_exists(process->state)) {
        /* Known already, whatever call is in flight for it: there is something to have a handle on. */
        c8d__emit_done(subject, C8D_REGION_PROCESS, subject->input->request, C8D_OK);
        return C8D_ACCEPTED;
    }
    if (symbol != C8D_SYM_KILL)
        process->request = subject->input->request;
    if (take(subject, symbol))
        return C8D_ACCEPTED;
    process->request = before;
    return refuse(subject, c8d__refusal(C8D_MACHINE_PROCESS, process->state, symbol));
}

/* After the reply to a creation: does what its event said agree? If not, somebody else was at work under that
 * name. */
static void compare_creation(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;
    uint32_t held = process->held_pid;
    bool failed_and_yet_seen =
        process->state == C8D_PROCESS_ABSENT && (process->flags & C8D__SEEN_CREATED) != 0;
    bool two_incarnations =
        held != 0 && process->pid != 0 && held != process->pid && c8d__process_exists(process->state);

    process->held_pid = 0;
    if (process->state == C8D_PROCESS_ABSENT)
        process->flags &= (uint16_t)~C8D__SEEN_CREATED;
    else if (subject->exec != NULL && (process->flags & C8D__SEEN_CREATED) == 0)
        process->flags |= C8D__CREATED_DUE;
    if (failed_and_yet_seen || two_incarnations)
        (void)take(subject, C8D_SYM_VERIFY);
}

static bool held_exit_is_not_ours(const struct c8d__subject *subject)
{
    const struct c8d__process *process = subject->process;
    uint8_t symbol = subject->input->symbol;

    return process->state == C8D_PROCESS_STARTING_ENDED &&
           (symbol == C8D_SYM_OK || symbol == C8D_SYM_STARTED) && subject->input->pid != 0 &&
           process->held_pid != subject->input->pid;
}

static void drop_held_exit(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;

    (void)take(subject, C8D_SYM_NOT_OURS);
    process->flags &= (uint16_t)~C8D__EXIT_KNOWN;
    process->exit_code = 0;
    process->exited_at_ns = 0;
}

static enum c8d_outcome process_reply(struct c8d__subject *subject)
{
    uint8_t before = subject->process->state;
    uint8_t symbol = subject->input->symbol;

    if (held_exit_is_not_ours(subject))
        drop_held_exit(subject);
    if (!take(subject, symbol))
        return c8d__outcome_without_arrow(before == C8D_PROCESS_ABSENT, symbol);
    if (before == C8D_PROCESS_CREATING)
        compare_creation(subject);
    return C8D_ACCEPTED;
}

static enum c8d_outcome process_event(struct c8d__subject *subject)
{
    struct c8d__judgement judgement;
    uint8_t before = subject->process->state;

    c8d__find(subject);
    if (held_exit_is_not_ours(subject))
        drop_held_exit(subject);
    judgement = c8d__judge_event(subject);
    if (judgement.symbol != C8D_SYM_NONE && take(subject, judgement.symbol))
        return C8D_ACCEPTED;
    if (judgement.symbol != C8D_SYM_NONE)
        judgement.outcome =
            (uint8_t)c8d__outcome_without_arrow(before == C8D_PROCESS_ABSENT, subject->input->symbol);
    /* It moves nothing here, but it may be about what an answer under way has seen a moment too early. */
    c8d__query(subject, &subject->process->query, C8D_REGION_PROCESS, C8D_SYM_STIR);
    return (enum c8d_outcome)judgement.outcome;
}

/* An answer that names another incarnation: ours is gone, and that one is seen for the first time. */
static bool take_answer(struct c8d__subject *subject)
{
    if (c8d__answer_is_of_another(subject->process, subject->input)) {
        struct c8d_input gone = {0};
        const struct c8d_input *answer = subject->input;

        subject->input = &gone;
        subject->replaced = true;
        /* With a call in flight this defers; the query after it will see to it. */
        (void)take(subject, C8D_SYM_IS_ABSENT);
        subject->input = answer;
        subject->replaced = false;
        if (c8d__process_exists(subject->process->state))
            return true;
    }
    return take(subject, subject->input->symbol);
}

static enum c8d_outcome process_answer(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;
    const struct c8d_input *input = subject->input;
    bool of_snapshot = input->request == C8D_REQUEST_SNAPSHOT;
    bool stands = c8d__answer_stands(process, input);
    uint64_t effects;

    if (c8d__is_unanswered(input->symbol)) {
        effects = c8d__query(subject, &process->query, C8D_REGION_PROCESS, input->symbol);
        return effects != 0 ? C8D_ACCEPTED : C8D_LATE;
    }
    effects = c8d__query(subject, &process->query, C8D_REGION_PROCESS,
                         of_snapshot ? C8D_SYM_SNAPSHOT : C8D_SYM_ANSWERED);
    if (effects == 0)
        return C8D_LATE;
    process->flags &= (uint16_t)~C8D__ASKED_EARLIER;
    if ((effects & C8D_FX(FRESH)) != 0)
        return take_answer(subject) ? C8D_ACCEPTED : C8D_LATE;
    if (stands)
        (void)take(subject, C8D_SYM_IS_STOPPED);
    (void)take(subject, C8D_SYM_IS_STALE);
    return C8D_ACCEPTED;
}

static enum c8d_outcome process_link(struct c8d__subject *subject)
{
    uint8_t over;

    if (subject->input->symbol == C8D_SYM_RETRY)
        return c8d__query(subject, &subject->process->query, C8D_REGION_PROCESS, C8D_SYM_RETRY) != 0
                   ? C8D_ACCEPTED
                   : C8D_LATE;
    if (subject->input->symbol == C8D_SYM_OUTLIVED) {
        over = c8d__grace_over(subject);
        if (over != C8D_SYM_NONE)
            return take(subject, over) ? C8D_ACCEPTED : C8D_LATE;
        return subject->actions->count > 0 ? C8D_ACCEPTED : C8D_LATE; /* it was given more */
    }
    if (subject->input->symbol != C8D_SYM_VERIFY)
        return C8D_IMPOSSIBLE;
    (void)take(subject, C8D_SYM_VERIFY);
    return C8D_ACCEPTED;
}

static enum c8d_outcome answer_of_exec(struct c8d__subject *subject)
{
    const struct c8d_input *input = subject->input;
    struct c8d_input unveiled = *input;
    enum c8d_outcome outcome;

    if (subject->exec == NULL || input->symbol != C8D_SYM_IS_PAUSED)
        return process_answer(subject);
    unveiled.symbol = c8d__symbol_behind_pause(input);
    subject->input = &unveiled;
    outcome = process_answer(subject);
    subject->input = input;
    return outcome;
}

enum c8d_outcome c8d__process_input(struct c8d__subject *subject)
{
    switch (c8d_symbol_class((enum c8d_symbol)subject->input->symbol)) {
    case C8D_CLASS_COMMAND:
        return process_command(subject);
    case C8D_CLASS_REPLY:
        return process_reply(subject);
    case C8D_CLASS_EVENT:
        return process_event(subject);
    case C8D_CLASS_ANSWER:
        return answer_of_exec(subject);
    case C8D_CLASS_LINK:
        return process_link(subject);
    default: /* C8D_CLASS_INTERNAL */
        return C8D_IMPOSSIBLE;
    }
}
