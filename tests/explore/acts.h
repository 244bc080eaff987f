/* SPDX-License-Identifier: Apache-2.0 */
/* What the list of acts and their doing share. */
#ifndef C8D_TEST_ACTS_H
#define C8D_TEST_ACTS_H

#include "runtime.h"

/* What an act does; `a` and `b` of the list say to what. */
enum act_kind {
    ACT_COMMAND, /* a: region, b: symbol */
    ACT_RESTORE,
    ACT_SERVE, /* slot */
    ACT_FAIL,
    ACT_FAIL_ODDLY,
    ACT_FAIL_DONE, /* refused, and carried out all the same */
    ACT_REPLY,
    ACT_LOSE,
    ACT_LOSE_LATE, /* lost, and carried out later */
    ACT_EXPIRE,
    ACT_EXPIRE_LATE,
    ACT_IGNORE,     /* slot: a signal is delivered, and nothing comes of it */
    ACT_LATE,       /* which */
    ACT_RETRY,      /* pause */
    ACT_TIMER,      /* process; a: of an earlier incarnation, b: an exec that it is
                       about ends and nobody tells */
    ACT_OVERDUE,    /* process; a: enum of runtime.h */
    ACT_WISH_TIMER, /* a: one that counts no more */
    ACT_DELIVER,    /* which */
    ACT_REPEAT,
    ACT_VANISH, /* which */
    ACT_NOTICE, /* that one has vanished */
    ACT_DROP,
    ACT_BREAK,
    ACT_OUTAGE,  /* a: calls not yet carried out are, later; b: no event is lost, those that come late come
                    when the runtime is there again */
    ACT_RESTART, /* a: likewise */
    ACT_DIE,     /* process */
    ACT_OOM,
    ACT_CRASH,   /* a: its remains still tell the pid */
    ACT_FOREIGN, /* process; a: region, b: command */
    ACT_KINDS
};

struct act {
    uint8_t kind;
    uint8_t process;
    uint8_t a;
    uint8_t b;
};

/* acts.c */
const struct act *act_at(unsigned number);
unsigned slot_process(unsigned slot);
uint8_t slot_region(unsigned slot);
bool slot_is_link(unsigned slot);
bool slot_is_close(unsigned slot);
/* True for a signal other than that of a force-delete. */
bool slot_is_signal(unsigned slot);
bool call_is_query(const struct call *call);
/* Whether a call that is given up on may still be carried out. */
bool call_may_be_late(const struct scene *scene, unsigned slot);

#endif
