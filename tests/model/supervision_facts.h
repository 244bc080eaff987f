/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of a supervision a second time, as facts and what follows from them, instead of states and
 * arrows: written from what c8d/supervision.h promises. Slow, and meant to be read.
 */
#ifndef C8D_TESTS_SUPERVISION_FACTS_H
#define C8D_TESTS_SUPERVISION_FACTS_H

#include <c8d/supervision.h>

/* What there is of the process. */
enum facts_process {
    FACTS_NONE,
    FACTS_SOUGHT,  /* is one left of an earlier life? */
    FACTS_BEGUN,   /* to be started, and nothing is heard of that yet */
    FACTS_RUNNING, /* it has a pid */
    FACTS_PAUSED,  /* it has ended, and is to be started again */
};

struct facts {
    struct c8d_supervision_limits limits;
    enum facts_process process;
    bool adopted;
    bool serves;      /* it has answered */
    bool terminated;  /* SIGTERM */
    bool killed;      /* SIGKILL */
    bool given_up_on; /* not even that has ended it, and whoever waited has been told */
    uint32_t pid;
    uint64_t generation;
    enum c8d_status trouble; /* why the start does not succeed */
    uint64_t start;          /* the request that waits; 0 = none */
    uint64_t stop;
    uint32_t silences; /* checks in a row without an answer */
    uint32_t answers;  /* with one */
    uint32_t restarts; /* in a row */
    uint64_t timers;   /* ordered */
    uint64_t pause;    /* the timers that count */
    uint64_t limit;
};

/* What the input brings about, as c8d_supervision_step() says it. */
bool facts_step(struct facts *facts, const struct c8d_supervision_input *input,
                struct c8d_supervision_actions *actions);

#endif
