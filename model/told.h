/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A life as a consumer is told of it, and those invariants that it can see by itself. The witness of the
 * tests, the explorer, Spin and the fuzzer asks them, and so does c8d sim.
 */
#ifndef C8D_TOLD_H
#define C8D_TOLD_H

#include "promises.h"
#include <c8d/model.h>

/* All false: nothing was ever told. */
struct c8d__told {
    uint32_t incarnation;
    bool created, started, ended, gone, oom, paused;
    bool unresponsive; /* outlasts an incarnation */
};

/* One notice of that life. */
struct c8d__telling {
    enum c8d_notice_kind kind;
    uint32_t incarnation;
    bool ran; /* of an exit */
};

static inline bool c8d__tells_creation(enum c8d_notice_kind kind)
{
    return kind == C8D_NOTICE_CREATE || kind == C8D_NOTICE_EXEC_ADDED;
}

static inline bool c8d__tells_start(enum c8d_notice_kind kind)
{
    return kind == C8D_NOTICE_START || kind == C8D_NOTICE_EXEC_STARTED;
}

static inline bool c8d__told_pairs(const struct c8d__told *life, enum c8d_notice_kind kind)
{
    if (kind != C8D_NOTICE_PAUSED && kind != C8D_NOTICE_RESUMED)
        return true;
    return life->started && !life->ended && life->paused == (kind == C8D_NOTICE_RESUMED);
}

/* Asked before the notice is taken. True of an invariant that a consumer cannot see. */
static inline bool c8d__told_keeps(enum c8d__invariant which, const struct c8d__told *life,
                                   const struct c8d__telling *notice)
{
    enum c8d_notice_kind kind = notice->kind;

    switch (which) {
    case C8D__ONE_END:
        return kind != C8D_NOTICE_EXIT || !life->ended;
    case C8D__WITHIN_LIFE: /* a second code for an end that has been told may come whenever it likes */
        return c8d__tells_creation(kind) || kind == C8D_NOTICE_CONFLICT ||
               (life->created && !life->gone && notice->incarnation == life->incarnation);
    case C8D__NO_START_AFTER_END:
        return !c8d__tells_start(kind) || (!life->started && !life->ended);
    case C8D__END_BEFORE_GONE:
        return kind != C8D_NOTICE_DELETED || !life->started || life->ended;
    case C8D__INCARNATIONS_COUNT:
        return !c8d__tells_creation(kind) ||
               (notice->incarnation == life->incarnation + 1 && (!life->created || life->gone));
    case C8D__RAN_IS_TRUE:
        return kind != C8D_NOTICE_EXIT || notice->ran == life->started;
    case C8D__OOM_ONCE:
        return kind != C8D_NOTICE_OOM || !life->oom;
    case C8D__PAUSES_PAIR:
        return c8d__told_pairs(life, kind);
    case C8D__SILENCE_IS_TOLD_ONCE:
        return (kind != C8D_NOTICE_UNRESPONSIVE && kind != C8D_NOTICE_RESPONSIVE) ||
               life->unresponsive == (kind == C8D_NOTICE_RESPONSIVE);
    default:
        return true;
    }
}

static inline void c8d__told_take(struct c8d__told *life, const struct c8d__telling *notice)
{
    switch (notice->kind) {
    case C8D_NOTICE_CREATE:
    case C8D_NOTICE_EXEC_ADDED:
        *life = (struct c8d__told){
            .incarnation = notice->incarnation, .created = true, .unresponsive = life->unresponsive};
        break;
    case C8D_NOTICE_START:
    case C8D_NOTICE_EXEC_STARTED:
        life->started = true;
        break;
    case C8D_NOTICE_EXIT:
        life->ended = true;
        break;
    case C8D_NOTICE_DELETED:
        life->gone = true;
        break;
    case C8D_NOTICE_OOM:
        life->oom = true;
        break;
    case C8D_NOTICE_UNRESPONSIVE:
    case C8D_NOTICE_RESPONSIVE:
        life->unresponsive = notice->kind == C8D_NOTICE_UNRESPONSIVE;
        break;
    case C8D_NOTICE_PAUSED:
    case C8D_NOTICE_RESUMED:
        life->paused = notice->kind == C8D_NOTICE_PAUSED;
        break;
    default:
        break;
    }
}

#endif
