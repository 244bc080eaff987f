/* SPDX-License-Identifier: Apache-2.0 */
/* Pause and resume: of a compute system, and told to the model of its init process. */
#include "process.h"
#include <string.h>

/* Of a task that has ended meanwhile nothing is paused: its model does not take it, and the caller is told
 * what HCS has said. */
static void frozen(struct c8d__errand *errand)
{
    bool pauses = errand->kind == C8D_CALL_PAUSE;

    if (errand->code != C8D__HR_DONE) {
        c8d__errand_keep_error(errand, pauses ? "it cannot be paused" : "it cannot be resumed");
        if (!c8d__hcs_process_feed(errand, C8D_SYM_IS_UNANSWERED))
            c8d__hcs_process_fail(errand);
    } else if (!c8d__hcs_process_feed(errand, pauses ? C8D_SYM_PAUSED : C8D_SYM_RESUMED)) {
        c8d__errand_answer(errand, C8D_OK, "");
    }
}

static void called(struct c8d__errand *errand)
{
    enum c8d__latch latch = errand->kind == C8D_CALL_PAUSE ? C8D__LATCH_PAUSED : C8D__LATCH_RESUMED;

    if (errand->code == C8D__HR_PENDING)
        c8d__errand_await(errand, &errand->container->watch, latch, true, errand->local->limits.pause_ns,
                          frozen);
    else
        frozen(errand);
}

static void freeze(struct c8d__errand *errand, enum c8d__latch latch, enum c8d__job_kind kind)
{
    /* A completion that came after its time is not this one's. */
    c8d__latch_clear(&errand->container->watch, latch);
    errand->job.handle = errand->container->handle;
    c8d__errand_call(errand, kind, called);
}

void c8d__hcs_process_pause(struct c8d__errand *errand)
{
    freeze(errand, C8D__LATCH_PAUSED, C8D__JOB_PAUSE);
}

void c8d__hcs_process_resume(struct c8d__errand *errand)
{
    freeze(errand, C8D__LATCH_RESUMED, C8D__JOB_RESUME);
}

/* ---- what it is
 * ------------------------------------------------------------------------------------------------------ */

static enum c8d_symbol told_state(struct c8d__errand *errand)
{
    struct c8d_error err = {0};
    json_t *properties = NULL;
    const char *state = NULL;
    enum c8d_symbol told = C8D_SYM_IS_UNANSWERED;

    if (errand->code == C8D__HR_DONE &&
        c8d__document_read(errand->local->allocator, errand->job.properties, &properties, &err) == C8D_OK)
        state = json_string_value(json_object_get(properties, "State"));
    if (state != NULL && strcmp(state, "Paused") == 0)
        told = C8D_SYM_IS_PAUSED;
    else if (state != NULL && strcmp(state, "Running") == 0)
        told = C8D_SYM_IS_RUNNING;
    json_decref(properties);
    return told;
}

static void asked(struct c8d__errand *errand)
{
    if (!c8d__hcs_process_feed(errand, told_state(errand)))
        c8d__hcs_process_fail(errand);
}

void c8d__hcs_process_ask_paused(struct c8d__errand *errand)
{
    struct c8d_error err = {0};

    if (c8d__document_query(errand->local->allocator, NULL, &errand->job.document, &err) != C8D_OK) {
        c8d__hcs_process_outcome(errand, C8D_SYM_IS_UNANSWERED);
        return;
    }
    errand->job.handle = errand->container->handle;
    c8d__errand_call(errand, C8D__JOB_PROPERTIES, asked);
}
