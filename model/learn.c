/* SPDX-License-Identifier: Apache-2.0 */
/* What an arrow and the input behind it teach about a process: its incarnation, its pid, its end and its
 * code. */
#include "engine.h"

bool c8d__end_is_heard(const struct c8d__process *process)
{
    return (process->flags & (C8D__SEEN_EXITED | C8D__SUSPECTED)) != 0;
}

/* Its pid says whose an event is, of the next incarnation as well: told to have never run, since our start of
 * it was refused, it is seen to run by somebody else's. What is known of the one before stays of use. */
static bool leaves_nothing_to_remember(const struct c8d__subject *subject)
{
    const struct c8d__process *process = subject->process;

    return process->exited_at_ns == 0 && process->pid == subject->input->pid;
}

static void begin_incarnation(const struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;
    bool heard = c8d__end_is_heard(process);

    /* Its exit event may come yet, and without a pid if its shim died. */
    if (process->incarnation > 0 && !heard)
        process->flags |= C8D__RIVALED;
    /* Its events may come yet, also when it was deleted and nothing of its start or end was heard. */
    if (((process->flags & C8D__ENDED) != 0 || process->pid != 0) && !leaves_nothing_to_remember(subject)) {
        struct c8d__rest *rest = c8d__rest_of(subject);

        rest->last_pid = process->pid;
        rest->last_code = process->exit_code;
        rest->last_at_ns = process->exited_at_ns;
        process->standing &= (uint8_t) ~(C8D__LAST | C8D__LAST_HEARD);
        if (process->pid != 0)
            process->standing |= C8D__LAST;
        if (heard)
            process->standing |= C8D__LAST_HEARD;
    }
    process->incarnation++;
    process->flags &= C8D__SEEN_CREATED | C8D__FORCING | C8D__RIVALED;
    /* Its answer may yet be about the incarnation before. */
    if (process->query != C8D_QUERY_IDLE)
        process->flags |= C8D__ASKED_EARLIER;
    process->pid = 0;
    process->exit_code = 0;
    process->exited_at_ns = 0;
}

static void learn_exit(struct c8d__process *process, bool known, uint32_t code, int64_t at_ns)
{
    if ((process->flags & C8D__EXIT_KNOWN) != 0)
        return;
    if (known) {
        process->flags |= C8D__EXIT_KNOWN;
        process->exit_code = code;
    }
    if (process->exited_at_ns == 0)
        process->exited_at_ns = at_ns;
}

/* The code that a message carries, unless it names another process: a delete may meet somebody else's run. */
static void learn_told_exit(struct c8d__process *process, const struct c8d_input *input)
{
    bool of_another = process->pid != 0 && input->pid != 0 && process->pid != input->pid;

    if (!of_another)
        learn_exit(process, input->exit_known, input->exit_code, input->exited_at_ns);
}

bool c8d__learn_code_late(struct c8d__process *process, const struct c8d_input *input)
{
    if ((process->flags & (C8D__ENDED | C8D__EXIT_KNOWN)) != C8D__ENDED || !input->exit_known ||
        process->pid == 0 || input->pid != process->pid)
        return false;
    learn_exit(process, true, input->exit_code, input->exited_at_ns);
    return true;
}

static void learn_end(const struct c8d__subject *subject, uint8_t symbol)
{
    struct c8d__process *process = subject->process;

    process->flags |= C8D__ENDED;
    /* Silence has no code, whatever the timer carries. */
    if (symbol == C8D_SYM_OUTLIVED)
        return;
    learn_told_exit(process, subject->input);
    /* The exit event without a pid, which the query has now confirmed, has the code, unless there has been a
     * gap in between: then it may have been the echo of an older one, and the end another. The refused start
     * of a task confirms nothing; of execs nobody makes up an end. */
    if ((process->flags & C8D__SUSPECTED) != 0 && c8d__is_sure(subject) &&
        (subject->exec != NULL || process->state != C8D_PROCESS_NEVER_RAN))
        learn_exit(process, true, c8d__rest_of(subject)->held_code, c8d__rest_of(subject)->held_at_ns);
}

/* The symbols that tell whose pid it is. An exit does not: it may be an older exec's, see NOT_OURS. */
static void learn_pid(struct c8d__process *process, const struct c8d_input *input, uint8_t symbol)
{
    if (process->pid != 0 || !c8d__process_exists(process->state))
        return;
    if (symbol == C8D_SYM_EXITED && process->state == C8D_PROCESS_STARTING_ENDED)
        return;
    /* What makes us ask may be about another incarnation, and so may an answer that is out of date. */
    if (symbol == C8D_SYM_VERIFY || symbol == C8D_SYM_IS_STALE)
        return;
    process->pid = input->pid;
}

/* A creation that fails is followed by an exit without a pid, which may come when the next one has succeeded,
 * or whole lives later: from then on an exit without one may be that one's. */
static bool has_failed_to_begin(const struct c8d__process *process, uint64_t effects)
{
    return process->state == C8D_PROCESS_ABSENT && (effects & C8D_FX(NOTICE_GONE)) == 0 &&
           (effects & (C8D_FX(DONE_FAILED) | C8D_FX(DONE_UNDONE))) != 0;
}

/* From when on nothing of it can have been missed: a creation of ours was asked for then; an answer has seen
 * it that nothing has come between; or an event tells of it in its order, which none does while a gap is made
 * good. A reply may have been under way during a gap. */
static void learn_presence(const struct c8d__subject *subject, uint8_t symbol, uint64_t effects)
{
    struct c8d__process *process = subject->process;
    const struct c8d_model *model = subject->model;
    enum c8d_symbol_class is = c8d_symbol_class((enum c8d_symbol)symbol);
    bool told =
        is == C8D_CLASS_ANSWER ? symbol != C8D_SYM_IS_STALE : is == C8D_CLASS_EVENT && model->listing == 0;

    if ((effects & C8D_FX(CALL_CREATE)) != 0 ||
        (told && process->pid != 0 && subject->input->pid == process->pid))
        process->confirmed = (uint32_t)model->list_number;
}

void c8d__learn(struct c8d__subject *subject, uint8_t symbol, uint64_t effects)
{
    struct c8d__process *process = subject->process;
    const struct c8d_input *input = subject->input;

    if ((effects & C8D_FX(NOTICE_CREATED)) != 0) {
        begin_incarnation(subject);
        if ((effects & C8D_FX(NOTICE_STARTED)) == 0)
            process->flags |= C8D__WATCHED;
        if (symbol == C8D_SYM_EXITED)
            process->flags |= C8D__SEEN_EXITED;
    }
    /* Nothing is there: should it fail, an exit that follows is no life. */
    if ((effects & C8D_FX(CALL_CREATE)) != 0)
        process->flags |= C8D__GONE;
    learn_pid(process, input, symbol);
    learn_presence(subject, symbol, effects);
    if ((effects & C8D_FX(NOTICE_STARTED)) != 0) {
        process->flags |= C8D__STARTED;
        /* The reply that names the pid was lost; the exit that was held back has named it. */
        if (process->pid == 0 && (effects & C8D_FX(NOTICE_EXIT)) != 0)
            process->pid = c8d__rest_of(subject)->held_pid;
    }
    if (symbol == C8D_SYM_EXITED && process->state == C8D_PROCESS_STARTING_ENDED) {
        c8d__rest_of(subject)->held_pid = input->pid;
        learn_exit(process, input->exit_known, input->exit_code, input->exited_at_ns);
    }
    if ((effects & C8D_FX(NOTICE_EXIT)) != 0)
        learn_end(subject, symbol);
    else if (symbol == C8D_SYM_OK && (process->flags & C8D__ENDED) != 0)
        learn_told_exit(process, input); /* a delete tells the code, too */
    else if (symbol == C8D_SYM_IS_STOPPED || symbol == C8D_SYM_DELETED)
        (void)c8d__learn_code_late(process, input);
    if (symbol == C8D_SYM_IS_RUNNING || symbol == C8D_SYM_IS_PAUSED)
        process->flags &= (uint16_t)~C8D__SUSPECTED;
    if ((effects & C8D_FX(NOTICE_GONE)) != 0)
        process->flags = (uint16_t)((process->flags | C8D__GONE) & ~(C8D__SEEN_CREATED | C8D__RIVALED));
    if (has_failed_to_begin(process, effects))
        process->standing |= C8D__FAILED;
}
