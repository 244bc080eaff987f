/* SPDX-License-Identifier: Apache-2.0 */
/* A process as facts: what is known of its life, and what we are doing about it. */
#ifndef C8D_TEST_ORACLE_FACTS_H
#define C8D_TEST_ORACLE_FACTS_H

#include "oracle.h"

enum doing { NOTHING, CREATING, STARTING, DELETING };

struct facts {
    bool heard;  /* something of that name was heard of and is asked after */
    bool wanted; /* ... because the consumer wants it */
    bool made;   /* its creation has been told */
    bool ran;    /* its start has been told */
    bool over;   /* its end has been told */
    bool held;   /* its end was seen before the reply to its start */
    bool forced; /* SIGKILL was sent, and the delete is to follow */
    bool doubt;  /* the reply to what we are doing was lost */
    enum doing doing;
};

struct about {
    struct facts facts;
    uint64_t effects;
    bool defined;
};

/* oracle_process.c */
void oracle__want(struct about *about, const char *effect);
void oracle__tell_creation(struct about *about);
void oracle__tell_start(struct about *about);
void oracle__tell_end(struct about *about);
void oracle__tell_deletion(struct about *about);
void oracle__settle(struct about *about, const char *effect);
bool oracle__calls(const struct facts *facts);
bool oracle__runs(const struct facts *facts);
bool oracle__idle(const struct facts *facts);
bool oracle__unknown(const struct facts *facts);
void oracle__begin_delete(struct about *about);

/* oracle_seen.c: events, answers and hints */
void oracle__look_into(struct about *about);
void oracle__seen_created(struct about *about);
void oracle__seen_started(struct about *about);
void oracle__seen_ended(struct about *about);
void oracle__seen_deleted(struct about *about);
void oracle__seen_oom(struct about *about);
void oracle__outlived(struct about *about);
void oracle__answer(struct about *about, unsigned symbol);

#endif
