/* SPDX-License-Identifier: Apache-2.0 */
/* The way in: one input to the region it speaks to. */
#include "engine.h"

uint8_t c8d__cause_of(const struct c8d_input *input)
{
    switch (c8d_symbol_class((enum c8d_symbol)input->symbol)) {
    case C8D_CLASS_EVENT:
        return C8D_CAUSE_EVENT;
    case C8D_CLASS_ANSWER:
        return C8D_CAUSE_RESYNC;
    case C8D_CLASS_LINK:
        return input->symbol == C8D_SYM_RETRY || input->symbol == C8D_SYM_OUTLIVED ||
                       input->symbol == C8D_SYM_OVERDUE || input->symbol == C8D_SYM_AGAIN ||
                       input->symbol == C8D_SYM_STEADY
                   ? C8D_CAUSE_TIMER
                   : C8D_CAUSE_RESYNC;
    default: /* commands, replies */
        return C8D_CAUSE_REPLY;
    }
}

/* Finds whom an input is about. False when the references name nothing (any more). */
static bool find_subject(struct c8d__subject *subject)
{
    const struct c8d_input *input = subject->input;

    subject->container = c8d__container_of(subject->model, input->container);
    if (subject->container == NULL)
        return false;
    subject->process = &subject->container->init;
    if (input->process == C8D_REF_NONE)
        return true;
    subject->exec = c8d__exec_of(subject->model, input->process);
    if (!c8d__exec_is_in(subject->model, subject->exec, subject->container))
        return false;
    subject->process = &subject->exec->process;
    return true;
}

static enum c8d_outcome route(struct c8d__subject *subject)
{
    switch (subject->input->region) {
    case C8D_REGION_CONTAINER:
        return c8d__record_input(subject);
    case C8D_REGION_TASK:
        /* Pausing is the task's, whichever process is named. */
        subject->exec = NULL;
        subject->process = &subject->container->init;
        return c8d__task_input(subject);
    case C8D_REGION_PROCESS:
        return c8d__process_input(subject);
    case C8D_REGION_STDIN:
        return c8d__stdin_input(subject);
    default:
        return C8D_IMPOSSIBLE;
    }
}

static enum c8d_outcome finish(struct c8d__subject *subject, struct c8d__exec *exec, enum c8d_outcome outcome)
{
    if (exec != NULL)
        c8d__exec_settle(subject->model, exec);
    if (subject->container != NULL)
        c8d__container_settle(subject->model, subject->container);
    subject->model->counters.outcomes[outcome]++;
    subject->actions->outcome = (uint8_t)outcome;
    return outcome;
}

void c8d__begin_actions(struct c8d_actions *actions)
{
    actions->count = 0;
    actions->outcome = C8D_ACCEPTED;
    actions->finding = C8D_FINDING_NONE;
    actions->finding_incarnation = 0;
}

static struct c8d__subject begin(struct c8d_model *model, const struct c8d_input *input,
                                 struct c8d_actions *actions)
{
    model->counters.inputs++;
    c8d__begin_actions(actions);
    return (struct c8d__subject){
        .model = model, .actions = actions, .input = input, .cause = c8d__cause_of(input)};
}

static enum c8d_outcome foreign(struct c8d__subject *subject)
{
    const struct c8d_input *input = subject->input;

    subject->container = NULL;
    subject->exec = NULL;
    subject->process = NULL;
    if (c8d_symbol_class((enum c8d_symbol)input->symbol) != C8D_CLASS_COMMAND)
        return C8D_FOREIGN;
    c8d__emit_done(subject, (enum c8d_region)input->region, input->request, C8D_NOT_FOUND);
    return C8D_IMPOSSIBLE;
}

enum c8d_outcome c8d_model_step(struct c8d_model *model, const struct c8d_input *input,
                                struct c8d_actions *actions)
{
    struct c8d__subject subject = begin(model, input, actions);
    enum c8d_outcome outcome;
    struct c8d__exec *exec;

    /* Nothing has happened: for that the machines have an arrow that is Ragel's, not their own. */
    if (input->symbol == C8D_SYM_NONE)
        return finish(&subject, NULL, C8D_IMPOSSIBLE);
    if (input->region == C8D_REGION_CONNECTION)
        return finish(&subject, NULL, c8d__connection_input(&subject));
    if (!find_subject(&subject))
        return finish(&subject, NULL, foreign(&subject));
    exec = subject.exec;
    outcome = route(&subject);
    if (outcome == C8D_ACCEPTED) {
        c8d__hear(&subject);
        c8d__wish_hear(&subject);
    }
    c8d__replace_advance(&subject);
    /* What is late or impossible moves nothing, not even a wish that has been waiting for the stream. */
    if (outcome == C8D_ACCEPTED)
        c8d__wish_advance(&subject);
    return finish(&subject, exec, outcome);
}

enum c8d_outcome c8d_model_killed(struct c8d_model *model, c8d_ref container, c8d_ref process,
                                  uint64_t request, enum c8d_status status, struct c8d_actions *actions)
{
    struct c8d_input input = {.symbol = (uint8_t)c8d_symbol_of_reply(status),
                              .status = (uint8_t)status,
                              .container = container,
                              .process = process};
    struct c8d__subject subject = begin(model, &input, actions);
    enum c8d_status result = status == C8D_DEADLINE ? C8D_INDETERMINATE : status;

    if (!find_subject(&subject)) {
        enum c8d_outcome outcome = foreign(&subject);

        c8d__emit_done(&subject, C8D_REGION_PROCESS, request, result);
        return finish(&subject, NULL, outcome);
    }
    if (!c8d__stop_signaled(&subject, request, status)) {
        if (c8d__rest_of(&subject)->kills > 0)
            c8d__rest_of(&subject)->kills--;
        c8d__emit_done(&subject, C8D_REGION_PROCESS, request, result);
    }
    c8d__hear_call(&subject, (uint8_t)status);
    /* Nobody there to signal: it may have ended with its exit event lost. Not an end by itself: its code is
     * to be found. */
    if (status == C8D_NOT_FOUND && c8d__process_exists(subject.process->state) &&
        subject.process->query == C8D_QUERY_IDLE)
        (void)c8d__process_verify(&subject);
    c8d__replace_advance(&subject);
    c8d__wish_advance(&subject);
    return finish(&subject, subject.exec, C8D_ACCEPTED);
}
