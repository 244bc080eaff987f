/* SPDX-License-Identifier: Apache-2.0 */
/* What a consumer was told, and the promises that it has to keep. They are those of model/README.md that a
 * consumer can see, by the same names. */
#include "sim_story.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    const char *promise;
    const char *sentence;
} invariants[] = {
#define ROW(promise, constant, name, sentence) {name, #promise, sentence},
    C8D__INVARIANTS(ROW)
#undef ROW
};

static const char *field_of(const char *name, bool promise)
{
    for (size_t i = 0; i < sizeof(invariants) / sizeof(invariants[0]); i++) {
        if (strcmp(invariants[i].name, name) == 0)
            return promise ? invariants[i].promise : invariants[i].sentence;
    }
    return NULL;
}

const char *c8d__trial_promise(const char *name)
{
    return field_of(name, true);
}

const char *c8d__trial_sentence(const char *name)
{
    return field_of(name, false);
}

void c8d__trial_name(unsigned number, char out[C8D__TRIAL_NAME_BYTES])
{
    snprintf(out, C8D__TRIAL_NAME_BYTES, "c%u", number % 1000);
}

/* The first one counts: the rest may follow from it. */
void c8d__trial_expect(struct c8d__trial_story *story, bool kept, enum c8d__invariant invariant)
{
    if (!kept && story->broken == NULL)
        story->broken = invariants[invariant].name;
}

void c8d__trial_hear(void *user, const struct c8d_notice *notice)
{
    struct c8d__trial_story *story = user;
    struct c8d__telling telling = {notice->kind, notice->incarnation, notice->exit.ran};
    struct c8d__told *life;
    unsigned number;

    story->notices++;
    c8d__trial_expect(story, notice->sequence == story->notices, C8D__SEQUENCE_IS_WHOLE);
    if (notice->container.len < 2 || notice->container.len >= C8D__TRIAL_NAME_BYTES)
        return;
    number = (unsigned)strtoul(notice->container.ptr + 1, NULL, 10);
    life = &story->lives[number % C8D__TRIAL_CONTAINERS_MAX][notice->process.ptr[0] == 'e'];
    for (unsigned i = 0; i < C8D__INVARIANT__COUNT; i++)
        c8d__trial_expect(story, c8d__told_keeps((enum c8d__invariant)i, life, &telling),
                          (enum c8d__invariant)i);
    story->starts += c8d__tells_start(notice->kind);
    story->ends += notice->kind == C8D_NOTICE_EXIT;
    c8d__told_take(life, &telling);
}

void c8d__trial_end(struct c8d__trial_story *story, unsigned containers)
{
    for (unsigned number = 0; number < containers; number++) {
        for (unsigned kind = 0; kind < 2; kind++)
            c8d__trial_expect(story, !story->lives[number][kind].started || story->lives[number][kind].ended,
                              C8D__EACH_START_ENDS);
    }
}
