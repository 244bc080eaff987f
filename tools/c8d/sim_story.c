/* SPDX-License-Identifier: Apache-2.0 */
/* What a consumer was told, and the promises that it has to keep. They are those of model/README.md that a
 * consumer can see, by the same names. */
#include "sim_story.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    const char *sentence;
} promises[] = {
    {"one-end", "an incarnation is told to end at most once"},
    {"within-life", "what is told of an incarnation lies between creation and deletion"},
    {"no-start-after-end", "a start is told once, and never after the end"},
    {"end-before-gone", "what has started is told to have ended before it is told to be deleted"},
    {"incarnations-count", "a new incarnation begins after the one before was deleted, one number higher"},
    {"oom-once", "an incarnation is told once to have run out of memory"},
    {"pauses-pair", "paused and resumed alternate, between start and end"},
    {"sequence-is-whole", "notices are numbered from 1 without a hole"},
    {"each-start-ends", "what has started has ended when the world is well again"},
    {"all-is-removed", "when the world is well again, everything in it can be removed"},
};

const char *c8d__trial_promise(const char *name)
{
    for (size_t i = 0; i < sizeof(promises) / sizeof(promises[0]); i++) {
        if (strcmp(promises[i].name, name) == 0)
            return promises[i].sentence;
    }
    return NULL;
}

void c8d__trial_name(unsigned number, char out[C8D__TRIAL_NAME_BYTES])
{
    snprintf(out, C8D__TRIAL_NAME_BYTES, "c%u", number % 1000);
}

/* The first one counts: the rest may follow from it. */
static void expect(struct c8d__trial_story *story, bool kept, const char *promise)
{
    if (!kept && story->broken == NULL)
        story->broken = promise;
}

static void begin(struct c8d__trial_story *story, struct c8d__trial_life *life, uint32_t incarnation)
{
    expect(story, !life->created || life->gone, "incarnations-count");
    expect(story, incarnation == life->incarnation + 1, "incarnations-count");
    *life = (struct c8d__trial_life){.incarnation = incarnation, .created = true};
}

static void start(struct c8d__trial_story *story, struct c8d__trial_life *life)
{
    story->starts++;
    expect(story, !life->started && !life->ended, "no-start-after-end");
    life->started = true;
}

static void end(struct c8d__trial_story *story, struct c8d__trial_life *life)
{
    story->ends++;
    expect(story, !life->ended, "one-end");
    life->ended = true;
    life->paused = false;
}

static void pause_or_resume(struct c8d__trial_story *story, struct c8d__trial_life *life, bool paused)
{
    expect(story, life->started && !life->ended && life->paused != paused, "pauses-pair");
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
        expect(story, !life->oom, "oom-once");
        life->oom = true;
        break;
    case C8D_NOTICE_PAUSED:
    case C8D_NOTICE_RESUMED:
        pause_or_resume(story, life, notice->kind == C8D_NOTICE_PAUSED);
        break;
    case C8D_NOTICE_DELETED:
        expect(story, !life->started || life->ended, "end-before-gone");
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
    expect(story, notice->sequence == story->notices, "sequence-is-whole");
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
    expect(story, life->created && !life->gone && life->incarnation == notice->incarnation, "within-life");
    take(story, life, notice);
}

void c8d__trial_end(struct c8d__trial_story *story, unsigned containers)
{
    for (unsigned number = 0; number < containers; number++) {
        for (unsigned kind = 0; kind < 2; kind++)
            expect(story, !story->lives[number][kind].started || story->lives[number][kind].ended,
                   "each-start-ends");
    }
}
