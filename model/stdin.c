/* SPDX-License-Identifier: Apache-2.0 */
/* The end of the standard input: what is asked of it, and what the life of its process means for it. */
#include "engine.h"

static bool take(struct c8d__subject *subject, uint8_t symbol)
{
    uint64_t *request = &c8d__rest_of(subject)->close_request;
    uint64_t effects = 0;

    if (!c8d__stdin_step(&subject->process->closing, symbol, &effects))
        return false;
    if ((effects & C8D_FX(CALL_CLOSE_STDIN)) != 0)
        c8d__emit(subject, C8D_ACTION_COMMAND, C8D_COMMAND_CLOSE_STDIN, C8D_REGION_STDIN)->request = *request;
    c8d__complete(subject, C8D_REGION_STDIN, request, effects);
    return true;
}

static enum c8d_outcome refuse(struct c8d__subject *subject)
{
    bool nothing_there = subject->process->state == C8D_PROCESS_ABSENT;

    c8d__emit_done(subject, C8D_REGION_STDIN, subject->input->request,
                   nothing_there ? C8D_NOT_FOUND : C8D_CONFLICT);
    return C8D_IMPOSSIBLE;
}

static enum c8d_outcome command(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;
    uint64_t *request = &c8d__rest_of(subject)->close_request;
    uint64_t before = *request;

    if (subject->input->symbol != C8D_SYM_CLOSE_STDIN || !c8d__process_exists(process->state))
        return refuse(subject);
    *request = subject->input->request;
    if (!take(subject, C8D_SYM_CLOSE_STDIN)) {
        *request = before;
        return refuse(subject);
    }
    if (c8d__process_runs(process->state))
        (void)take(subject, C8D_SYM_STARTED);
    else if (c8d__process_over(process->state))
        (void)take(subject, C8D_SYM_EXITED);
    return C8D_ACCEPTED;
}

static enum c8d_outcome reply(struct c8d__subject *subject)
{
    struct c8d__process *process = subject->process;
    const struct c8d_input *input = subject->input;

    /* That of a call whose process has ended meanwhile; perhaps there is another run by now. */
    if (c8d__rest_of(subject)->close_request != input->request || !take(subject, input->symbol))
        return C8D_LATE;
    /* Its end may have been lost: its code is to be found. */
    if (input->symbol == C8D_SYM_MISSING && process->query == C8D_QUERY_IDLE)
        (void)c8d__process_verify(subject);
    return C8D_ACCEPTED;
}

enum c8d_outcome c8d__stdin_input(struct c8d__subject *subject)
{
    switch (c8d_symbol_class((enum c8d_symbol)subject->input->symbol)) {
    case C8D_CLASS_COMMAND:
        return command(subject);
    case C8D_CLASS_REPLY:
        return reply(subject);
    default:
        return C8D_IMPOSSIBLE;
    }
}

void c8d__stdin_follow(struct c8d__subject *subject, uint64_t effects)
{
    if ((effects & C8D_FX(NOTICE_GONE)) != 0)
        (void)take(subject, C8D_SYM_DELETED);
    else if ((effects & C8D_FX(NOTICE_EXIT)) != 0)
        (void)take(subject, C8D_SYM_EXITED);
    else if ((effects & C8D_FX(NOTICE_STARTED)) != 0)
        (void)take(subject, C8D_SYM_STARTED);
}

void c8d__stdin_recover(struct c8d__subject *subject)
{
    uint64_t effects;

    c8d__rest_of(subject)->close_request = 0;
    (void)c8d__stdin_step(&subject->process->closing, C8D_SYM_RECOVER, &effects);
}
