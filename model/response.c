/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a container's calls are answered, and what follows when they are not. */
#include "engine.h"

/* A request whose fate only a query could tell is not kept waiting for one that is not answered. What was
 * asked for goes on; its own end is then told by notices alone. */
static void give_up(struct c8d__subject *subject, enum c8d_region region, bool in_doubt, uint64_t *request)
{
    uint64_t done = *request;

    if (!in_doubt)
        return;
    *request = 0;
    c8d__emit_done(subject, region, done, C8D_INDETERMINATE);
}

static void give_up_all(struct c8d__subject *subject)
{
    struct c8d__container *container = subject->container;
    struct c8d__container_rest *rest = c8d__rest_of_container(subject);

    give_up(subject, C8D_REGION_CONTAINER, c8d__record_doubts(container->record), &rest->record_request);
    give_up(subject, C8D_REGION_TASK, c8d__task_doubts(container->task), &rest->task_request);
    give_up(subject, C8D_REGION_PROCESS, c8d__process_doubts(container->init.state), &rest->init.request);
    for (uint32_t next = container->execs; next != 0;) {
        struct c8d__exec *exec = c8d__exec_at(subject->model, next - 1);
        struct c8d__subject other = c8d__subject_of_exec(subject, exec);

        next = exec->next;
        give_up(&other, C8D_REGION_PROCESS, c8d__process_doubts(exec->process.state),
                &c8d__rest_of(&other)->request);
    }
}

static void tell(struct c8d__subject subject, uint64_t effects)
{
    subject.exec = NULL;
    subject.process = &subject.container->init;
    if ((effects & C8D_FX(NOTICE_UNRESPONSIVE)) != 0)
        subject.cause = C8D_CAUSE_TIMER;
    if ((effects & C8D_FX(NOTICE_UNRESPONSIVE)) != 0)
        c8d__emit(&subject, C8D_ACTION_NOTICE, C8D_NOTICE_UNRESPONSIVE, C8D_REGION_CONTAINER);
    if ((effects & C8D_FX(NOTICE_RESPONSIVE)) != 0)
        c8d__emit(&subject, C8D_ACTION_NOTICE, C8D_NOTICE_RESPONSIVE, C8D_REGION_CONTAINER);
    if ((effects & C8D_FX(DONE_LOST)) != 0)
        give_up_all(&subject);
}

void c8d__respond(const struct c8d__subject *about, uint8_t symbol)
{
    uint64_t effects = 0;

    (void)c8d__response_step(&about->container->response, symbol, &effects);
    if (effects != 0)
        tell(*about, effects);
}

/* The runtime itself has spoken, whatever it said; and not our side, which could not reach it. */
static bool is_answer_of_runtime(uint8_t status)
{
    static const uint32_t answers = 1u << C8D_OK | 1u << C8D_NOT_FOUND | 1u << C8D_ALREADY_EXISTS |
                                    1u << C8D_CONFLICT | 1u << C8D_NOT_MODIFIED | 1u << C8D_REMOTE;

    return (answers >> status & 1) != 0;
}

void c8d__hear_call(const struct c8d__subject *subject, uint8_t status)
{
    if (status == C8D_DEADLINE)
        c8d__respond(subject, C8D_SYM_EXPIRED);
    else if (is_answer_of_runtime(status))
        c8d__respond(subject, C8D_SYM_OK);
}

void c8d__hear(const struct c8d__subject *subject)
{
    uint8_t symbol = subject->input->symbol;
    enum c8d_symbol_class class_ = c8d_symbol_class((enum c8d_symbol)symbol);

    if (class_ == C8D_CLASS_REPLY)
        c8d__hear_call(subject, subject->input->status);
    else if (symbol == C8D_SYM_IS_EXPIRED)
        c8d__respond(subject, C8D_SYM_IS_EXPIRED);
    else if (class_ == C8D_CLASS_ANSWER && symbol != C8D_SYM_IS_UNANSWERED)
        c8d__respond(subject, C8D_SYM_ANSWERED);
}
