/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Create in place of what is there. The steps are commands like the consumer's, under a request of the
 * model's own: their completions come here, when the step that brought them is over.
 */
#include "engine.h"

static void carry_out(struct c8d__subject *subject, uint64_t effects)
{
    static const struct {
        uint64_t effect;
        uint8_t region;
        uint8_t symbol;
    } commands[] = {
        {C8D_FX(CALL_CREATE), C8D_REGION_CONTAINER, C8D_SYM_CREATE},
        {C8D_FX(CALL_LOAD), C8D_REGION_CONTAINER, C8D_SYM_LOAD},
        {C8D_FX(CALL_LOAD_TASK), C8D_REGION_PROCESS, C8D_SYM_LOAD},
        {C8D_FX(CALL_CLEAR), C8D_REGION_PROCESS, C8D_SYM_FORCE_DELETE},
        {C8D_FX(CALL_DELETE), C8D_REGION_CONTAINER, C8D_SYM_DELETE},
    };
    struct c8d__container_rest *rest = c8d__rest_of_container(subject);
    uint64_t request = rest->replace_request;

    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if ((effects & commands[i].effect) != 0)
            c8d__command_own(subject, (enum c8d_region)commands[i].region,
                             (enum c8d_symbol)commands[i].symbol, C8D__REQUEST_REPLACE);
    }
    if ((effects & C8D_FX_DONE) == 0)
        return;
    rest->replace_request = 0;
    c8d__emit_done(subject, C8D_REGION_CONTAINER, request,
                   (effects & C8D_FX(DONE_FAILED)) != 0 ? (enum c8d_status)rest->replace_status
                                                        : c8d__status_of_done(effects, subject->input));
}

enum c8d_outcome c8d__replace(struct c8d__subject *subject)
{
    struct c8d__container *container = subject->container;
    uint64_t effects = 0;

    if (!c8d__replace_step(&container->replace, C8D_SYM_REPLACE, &effects)) {
        c8d__emit_done(subject, C8D_REGION_CONTAINER, subject->input->request, C8D_CONFLICT);
        return C8D_IMPOSSIBLE;
    }
    c8d__rest_of_container(subject)->replace_request = subject->input->request;
    carry_out(subject, effects);
    return C8D_ACCEPTED;
}

static uint8_t symbol_of(enum c8d_status status)
{
    enum c8d_symbol symbol = c8d_symbol_of_reply(status);

    /* Whether it was done cannot be found out here: the consumer is told what the command was. */
    return (uint8_t)(symbol == C8D_SYM_LOST || symbol == C8D_SYM_EXPIRED ? C8D_SYM_ERROR : symbol);
}

/* Apart from the question whether there is anything, which each step asks. */
static void advance(const struct c8d__subject *about)
{
    struct c8d__subject subject = *about;
    struct c8d__container *container = subject.container;

    subject.exec = NULL;
    subject.process = &container->init;
    while (container->replace_result != 0) {
        enum c8d_status status = (enum c8d_status)(container->replace_result - 1);
        uint64_t effects = 0;

        container->replace_result = 0;
        if (status != C8D_OK)
            c8d__rest_of_container(&subject)->replace_status = (uint8_t)status;
        (void)c8d__replace_step(&container->replace, symbol_of(status), &effects);
        carry_out(&subject, effects);
    }
}

void c8d__replace_advance(const struct c8d__subject *about)
{
    if (about->container->replace_result != 0)
        advance(about);
}

uint64_t c8d__request_behind(const struct c8d__subject *subject, uint64_t request)
{
    return request == C8D__REQUEST_REPLACE ? c8d__rest_of_container(subject)->replace_request : request;
}
