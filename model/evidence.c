/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence: is an event, or the answer to a query, about the incarnation that is known?
 *
 * containerd's events carry a container id, a process id and a pid, and no incarnation. Ids are used again
 * after a restart, pids are used again by the kernel, VM runtimes report one pid for everything, an exit may
 * be said twice, or without a pid when the shim died. So no single piece decides: a pid that agrees lets an
 * event pass, one that disagrees makes it a reason to ask (VERIFY), and what was said before in the same
 * words is recognised as repeated. Times are compared for equality only; they never order.
 */
#include "engine.h"

static struct c8d__judgement give(uint8_t symbol)
{
    return (struct c8d__judgement){.symbol = symbol};
}

static struct c8d__judgement settled(enum c8d_outcome outcome)
{
    return (struct c8d__judgement){C8D_SYM_NONE, (uint8_t)outcome};
}

/* Both are told and they differ. Agreement proves little, disagreement is worth a question. */
static bool pids_disagree(uint32_t known, uint32_t told)
{
    return known != 0 && told != 0 && known != told;
}

bool c8d__repeats_last_exit(const struct c8d__subject *subject)
{
    const struct c8d_input *input = subject->input;
    const struct c8d__rest *rest;

    if ((subject->process->standing & C8D__LAST) == 0 || input->exited_at_ns == 0)
        return false;
    rest = c8d__rest_of(subject);
    return input->pid == rest->last_pid && input->exited_at_ns == rest->last_at_ns;
}

static bool in_its_beginning(uint8_t state)
{
    return !c8d__process_exists(state);
}

/* Said in the words of an incarnation that was deleted, the last one or the one before: a late event, and no
 * new life. */
static bool is_of_the_deleted(const struct c8d__subject *subject)
{
    const struct c8d__process *process = subject->process;
    const struct c8d_input *input = subject->input;

    /* Also while its successor is only asked for, or being made. */
    return (process->flags & C8D__GONE) != 0 && input->pid != 0 &&
           (input->pid == process->pid || input->pid == c8d__rest_of(subject)->last_pid);
}

bool c8d__has_history(const struct c8d__subject *subject)
{
    const struct c8d__process *process = subject->process;

    if ((process->flags & C8D__GONE) != 0)
        return true;
    /* An exec's life lies within its task's; a task's within its record's. */
    return subject->exec != NULL ? (subject->container->init.flags & C8D__WATCHED) != 0
                                 : (subject->container->flags & C8D__RECORD_BORN) != 0;
}

/* Somebody else has been under this name, or is. From now on what has no pid is nobody's in particular. */
static struct c8d__judgement ask_of_rival(struct c8d__process *process)
{
    process->flags |= C8D__RIVALED;
    return give(C8D_SYM_VERIFY);
}

static struct c8d__judgement judge_created(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;
    const struct c8d_input *input = subject->input;
    bool due = (process->flags & C8D__CREATED_DUE) != 0;
    /* Of an exec that was met in mid-life, or by an answer, it was not heard; of one that has ended, and was
     * not made by us, none is to come. */
    bool is_over = input->pid == 0 && !due && (process->flags & C8D__ENDED) != 0;
    bool again = (process->flags & C8D__SEEN_CREATED) != 0 || is_over;

    if (is_of_the_deleted(subject))
        return settled(C8D_LATE);
    /* Of the exec before, whose creation was our own. */
    if (due && in_its_beginning(process->state)) {
        process->flags &= (uint16_t)~C8D__CREATED_DUE;
        return settled(C8D_LATE);
    }
    process->flags &= (uint16_t)~C8D__CREATED_DUE;
    if (in_its_beginning(process->state)) {
        process->flags |= C8D__SEEN_CREATED;
        c8d__rest_of(subject)->held_pid = input->pid;
        return give(C8D_SYM_CREATED);
    }
    if (pids_disagree(process->pid, input->pid))
        return ask_of_rival(process);
    if (!again) {
        process->flags |= C8D__SEEN_CREATED;
        return settled(C8D_ACCEPTED);
    }
    /* The event of an exec's creation has no pid. Said a second time, it may be a new exec of the same name.
     */
    return input->pid != 0 ? settled(C8D_DUPLICATE) : give(C8D_SYM_VERIFY);
}

static struct c8d__judgement judge_started(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;
    const struct c8d_input *input = subject->input;
    bool again = (process->flags & C8D__SEEN_STARTED) != 0;
    bool others = pids_disagree(process->pid, input->pid);

    if (is_of_the_deleted(subject))
        return settled(C8D_LATE);
    if (in_its_beginning(process->state))
        return give(C8D_SYM_STARTED);
    if (others)
        return ask_of_rival(process);
    /* An exec has no pid before it is started, and this one had the exec before it. */
    if (process->pid == 0 && input->pid != 0 && input->pid == c8d__rest_of(subject)->last_pid)
        return give(C8D_SYM_VERIFY);
    process->flags |= C8D__SEEN_STARTED;
    /* Told to have never run because its start was refused: somebody else may have started it after all. */
    if ((process->flags & (C8D__ENDED | C8D__STARTED | C8D__SEEN_EXITED)) == C8D__ENDED)
        return give(C8D_SYM_VERIFY);
    /* An ended incarnation never runs again, however late its start event is. */
    if ((process->flags & C8D__ENDED) != 0)
        return settled(C8D_LATE);
    if ((process->flags & C8D__STARTED) != 0)
        return settled(again ? C8D_DUPLICATE : C8D_ACCEPTED);
    return give(C8D_SYM_STARTED);
}

/* A further exit of an incarnation whose end was told. The first code stands. */
static struct c8d__judgement judge_second_exit(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;
    const struct c8d_input *input = subject->input;

    if (pids_disagree(process->pid, input->pid))
        return settled(C8D_LATE);
    process->flags |= C8D__SEEN_EXITED;
    if (!input->exit_known)
        return settled(C8D_DUPLICATE);
    if ((process->flags & C8D__EXIT_KNOWN) == 0) {
        /* The end was inferred while its event was on the way: the code is learnt, the end is not told twice.
         */
        process->flags |= C8D__EXIT_KNOWN;
        process->exit_code = input->exit_code;
        process->exited_at_ns = input->exited_at_ns;
        /* Of one that was told to have never run, it is also a sign that something else did. */
        return (process->flags & C8D__STARTED) != 0 ? settled(C8D_ACCEPTED) : give(C8D_SYM_VERIFY);
    }
    if (process->exit_code != input->exit_code && (process->flags & C8D__CONFLICTED) == 0) {
        struct c8d_action *action =
            c8d__emit(subject, C8D_ACTION_NOTICE, C8D_NOTICE_CONFLICT, C8D_REGION_PROCESS);

        /* A dying shim makes containerd say a second end, mostly with 137. */
        process->flags |= C8D__CONFLICTED;
        action->exit_known = true;
        action->exit_code = input->exit_code;
        action->exited_at_ns = input->exited_at_ns;
    }
    return settled(C8D_DUPLICATE);
}

/* A gap hides the end of a run and the start of the next one, of which then nothing but its dead shim's exit
 * may be heard. */
bool c8d__is_sure(const struct c8d__subject *subject)
{
    return (subject->process->flags & C8D__RIVALED) == 0 && (subject->process->standing & C8D__FAILED) == 0 &&
           subject->process->confirmed == (uint32_t)subject->model->list_number;
}

/* Between two incarnations the record is still the old one's; only its own pid speaks of it. Once its end has
 * been told, another one with that pid is the next one's, which got it from the kernel again. */
static bool is_exit_of_the_deleted(const struct c8d__process *process, const struct c8d_input *input)
{
    bool told = (process->flags & C8D__SEEN_EXITED) != 0 || process->exited_at_ns != 0;

    return input->pid != 0 && input->pid == process->pid &&
           (!told || input->exited_at_ns == process->exited_at_ns);
}

static struct c8d__judgement judge_exited(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;
    const struct c8d_input *input = subject->input;

    if (c8d__repeats_last_exit(subject)) {
        process->standing |= C8D__LAST_HEARD;
        if (input->exit_code == c8d__rest_of(subject)->last_code)
            return settled(C8D_DUPLICATE);
    }
    if (in_its_beginning(process->state) && process->state != C8D_PROCESS_ABSENT &&
        !is_exit_of_the_deleted(process, input))
        return give(C8D_SYM_EXITED);
    if ((process->flags & C8D__ENDED) != 0)
        return judge_second_exit(subject);
    /* Deleted without an end, or its creation failed: an exit opens no incarnation. Only where nothing at all
     * is known (we came late) may there be something to find. */
    if (process->state == C8D_PROCESS_ABSENT)
        return c8d__has_history(subject) ? settled(C8D_LATE) : give(C8D_SYM_EXITED);
    if (pids_disagree(process->pid, input->pid))
        return ask_of_rival(process);
    if (input->pid == 0) {
        /* A dead shim's exit has no pid, and so has its echo after the next start. It is an end if the
         * runtime agrees; whose code it was is not known when there may have been another one. */
        if (input->exit_known && c8d__is_sure(subject)) {
            process->flags |= C8D__SUSPECTED;
            c8d__rest_of(subject)->held_code = input->exit_code;
            c8d__rest_of(subject)->held_at_ns = input->exited_at_ns;
        }
        return give(C8D_SYM_VERIFY);
    }
    process->flags |= C8D__SEEN_EXITED;
    return give(C8D_SYM_EXITED);
}

static struct c8d__judgement judge_deleted(struct c8d__process *process, const struct c8d_input *input)
{
    if (process->state == C8D_PROCESS_ABSENT) {
        if ((process->flags & C8D__GONE) == 0)
            return settled(C8D_FOREIGN);
        process->flags |= C8D__SEEN_DELETED;
        /* Its exit event was lost, and an answer came before this one. */
        return settled(c8d__learn_code_late(process, input) ? C8D_ACCEPTED : C8D_DUPLICATE);
    }
    /* A dead shim's delete has no pid, and its echo may come when another run has begun, or has failed to. */
    if (pids_disagree(process->pid, input->pid) || (input->pid == 0 && process->pid != 0))
        return give(C8D_SYM_VERIFY);
    process->flags |= C8D__SEEN_DELETED;
    return give(C8D_SYM_DELETED);
}

/* Pause, resume and checkpoint: each call of ours causes one event, which may come before the reply or long
 * after it. */
static struct c8d__judgement judge_freeze(struct c8d__subject *subject, uint8_t due)
{
    /* First heard of in mid-life: the whole task is asked for. */
    if (subject->process->state == C8D_PROCESS_ABSENT && !c8d__has_history(subject))
        return give(C8D_SYM_VERIFY);
    if (c8d__process_over(subject->process->state) || subject->process->state == C8D_PROCESS_ABSENT)
        return settled(C8D_LATE);
    if ((subject->container->flags & due) != 0) {
        subject->container->flags &= (uint8_t)~due;
        return settled(C8D_ACCEPTED);
    }
    return give(subject->input->symbol);
}

struct c8d__judgement c8d__judge_event(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;

    switch (subject->input->symbol) {
    case C8D_SYM_CREATED:
        return judge_created(subject);
    case C8D_SYM_STARTED:
        return judge_started(subject);
    case C8D_SYM_EXITED:
        return judge_exited(subject);
    case C8D_SYM_DELETED:
        return judge_deleted(process, subject->input);
    case C8D_SYM_PAUSED:
        return judge_freeze(subject, C8D__DUE_PAUSED);
    case C8D_SYM_RESUMED:
        return judge_freeze(subject, C8D__DUE_RESUMED);
    case C8D_SYM_CHECKPOINTED:
        return judge_freeze(subject, C8D__DUE_CHECKPOINTED);
    default: /* C8D_SYM_OOM: there is no other event */
        if (process->state == C8D_PROCESS_ABSENT && (process->flags & C8D__GONE) != 0)
            return settled(C8D_LATE);
        if (process->state == C8D_PROCESS_ABSENT && !c8d__has_history(subject))
            return give(C8D_SYM_VERIFY);
        return (process->flags & C8D__OOM) != 0 ? settled(C8D_DUPLICATE) : give(C8D_SYM_OOM);
    }
}

bool c8d__start_is_of_another(const struct c8d__process *process, const struct c8d_input *input)
{
    return input->symbol == C8D_SYM_OK && c8d__process_starts(process->state) &&
           pids_disagree(process->pid, input->pid);
}

bool c8d__answer_is_of_another(const struct c8d__process *process, const struct c8d_input *input)
{
    bool others = pids_disagree(process->pid, input->pid);

    if (in_its_beginning(process->state))
        return false;
    switch (input->symbol) {
    case C8D_SYM_IS_CREATED:
        /* What has run, or ended, never goes back to created; except that containerd leaves an exec whose
         * start failed there. */
        return others || (process->flags & C8D__STARTED) != 0;
    case C8D_SYM_IS_RUNNING:
    case C8D_SYM_IS_PAUSED:
        /* Our start was refused, and yet it runs: somebody else's start won, and that run is not the one that
         * was told to have never begun. A run that did end may be called running for a moment longer by a
         * runtime that publishes the exit before it commits it; not one whose shim died, whose end has no
         * pid. */
        return others || ((process->flags & C8D__ENDED) != 0 &&
                          ((process->flags & C8D__STARTED) == 0 || (process->pid == 0 && input->pid != 0)));
    case C8D_SYM_IS_STOPPED:
        return others;
    default:
        return false;
    }
}

bool c8d__answer_stands(const struct c8d__process *process, const struct c8d_input *input)
{
    return input->symbol == C8D_SYM_IS_STOPPED && c8d__process_exists(process->state) && process->pid != 0 &&
           input->pid == process->pid && (process->flags & (C8D__ENDED | C8D__ASKED_EARLIER)) == 0;
}

uint8_t c8d__symbol_behind_pause(const struct c8d_input *input)
{
    if (input->exited_at_ns != 0)
        return C8D_SYM_IS_STOPPED;
    return input->pid != 0 ? C8D_SYM_IS_RUNNING : C8D_SYM_IS_CREATED;
}
