/* SPDX-License-Identifier: Apache-2.0 */
/* The story of one anomaly: what was told of that run, and what the model made of it. */
#ifndef C8D_COMMAND_EXPLAIN_H
#define C8D_COMMAND_EXPLAIN_H

#include <c8d/log.h>

/** How many lines of a story are told before and after what was odd. */
#define C8D__STORY_LINES 40

struct c8d__story {
    uint64_t number; /**< of the anomaly, from 1; 0 = no story is wanted */
    uint64_t seen;   /**< anomalies so far */
    bool found;
    /** A copy of the anomaly. */
    uint64_t line;
    uint32_t incarnation;
    char kind[64];
    char detail[512];
    char namespace_[C8D_NAME_BYTES_MAX + 1];
    char container[C8D_NAME_BYTES_MAX + 1];
    char process[C8D_NAME_BYTES_MAX + 1];
    struct c8d__story_line *lines;
    size_t n_lines;
    size_t capacity;
    bool failed;
};

/** First reading: finds the anomaly. */
void c8d__story_anomaly(struct c8d__story *story, const struct c8d_replay_anomaly *anomaly);

/** Second reading: keeps what is about its run. */
void c8d__story_step(struct c8d__story *story, const struct c8d_replay_step *step);

/** Prints it. @return False after a failure that was told. */
bool c8d__story_print(const struct c8d__story *story, bool json);

void c8d__story_free(struct c8d__story *story);

#endif
