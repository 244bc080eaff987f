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

static void begin(struct c8d__trial_story *story, struct c8d__trial_life *life, uint32_t incarnation)
{
    c8d__trial_expect(story, !life->created || life->gone, C8D__INCARNATIONS_COUNT);
    c8d__trial_expect(story, incarnation == life->incarnation + 1, C8D__INCARNATIONS_COUNT);
    *life = (struct c8d__trial_life){.incarnation = incarnation, .created = true};
}

static void start(struct c8d__trial_story *story, struct c8d__trial_life *life)
{
    story->starts++;
    c8d__trial_expect(story, !life->started && !life->ended, C8D__NO_START_AFTER_END);
    life->started = true;
}

static void end(struct c8d__trial_story *story, struct c8d__trial_life *life)
{
    story->ends++;
    c8d__trial_expect(story, !life->ended, C8D__ONE_END);
    life->ended = true;
    life->paused = false;
}

static void pause_or_resume(struct c8d__trial_story *story, struct c8d__trial_life *life, bool paused)
{
    c8d__trial_expect(story, life->started && !life->ended && life->paused != paused, C8D__PAUSES_PAIR);
    life->paused = paused;
}

static void take(struct c8d__trial_story *story, struct c8d__trial_life *life,
                 const struct c8d_notice *notice)
{
    switch (notice->kind) {
    case C8D_NOTICE_START:
    case C8D_NOTICE_EXEC_STARTED:
        start(story, life);
        break;
    case C8D_NOTICE_EXIT:
        end(story, life);
        break;
    case C8D_NOTICE_OOM:
        c8d__trial_expect(story, !life->oom, C8D__OOM_ONCE);
        life->oom = true;
        break;
    case C8D_NOTICE_PAUSED:
    case C8D_NOTICE_RESUMED:
        pause_or_resume(story, life, notice->kind == C8D_NOTICE_PAUSED);
        break;
    case C8D_NOTICE_DELETED:
        c8d__trial_expect(story, !life->started || life->ended, C8D__END_BEFORE_GONE);
        life->gone = true;
        break;
    default:
        break;
    }
}

void c8d__trial_hear(void *user, const struct c8d_notice *notice)
{
    struct c8d__trial_story *story = user;
    struct c8d__trial_life *life;
    unsigned number;

    story->notices++;
    c8d__trial_expect(story, notice->sequence == story->notices, C8D__SEQUENCE_IS_WHOLE);
    if (notice->container.len < 2 || notice->container.len >= C8D__TRIAL_NAME_BYTES)
        return;
    number = (unsigned)strtoul(notice->container.ptr + 1, NULL, 10);
    life = &story->lives[number % C8D__TRIAL_CONTAINERS_MAX][notice->process.ptr[0] == 'e'];
    if (notice->kind == C8D_NOTICE_CREATE || notice->kind == C8D_NOTICE_EXEC_ADDED) {
        begin(story, life, notice->incarnation);
        return;
    }
    /* A second code for an end that has been told may come whenever it likes. */
    if (notice->kind == C8D_NOTICE_CONFLICT)
        return;
    c8d__trial_expect(story, life->created && !life->gone && life->incarnation == notice->incarnation,
                      C8D__WITHIN_LIFE);
    take(story, life, notice);
}

void c8d__trial_end(struct c8d__trial_story *story, unsigned containers)
{
    for (unsigned number = 0; number < containers; number++) {
        for (unsigned kind = 0; kind < 2; kind++)
            c8d__trial_expect(story, !story->lives[number][kind].started || story->lives[number][kind].ended,
                              C8D__EACH_START_ENDS);
    }
}
