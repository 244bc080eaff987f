/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a replay tells, kept in the order of the log, to be drawn: as a page, as a picture of one container,
 * or in a terminal. The place on the axis is the line. Times are labels, since they may run backwards.
 */
#ifndef C8D_COMMAND_TIMELINE_H
#define C8D_COMMAND_TIMELINE_H

#include <c8d/log.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define C8D__NO_PROCESS UINT32_MAX /* the connection, or a line that could not be read */

/* A row of the picture: init (owner == its own number) or an exec of it. */
struct c8d__row {
    char *namespace_;
    char *container;
    char *name; /* the container's for init */
    uint32_t owner;
    uint32_t incarnation; /* the last that was told; 0 = none */
    uint8_t state;        /* enum c8d_public_state, likewise */
    uint8_t process;      /* enum c8d_process_state after its last step */
};

/* From this line on, a process is in this state. */
struct c8d__change {
    uint64_t line;
    uint32_t row;
    uint32_t incarnation;
    uint8_t state; /* enum c8d_public_state */
};

/* What a symbol did to one machine. from == to: nothing. */
struct c8d__move {
    uint64_t line;
    uint32_t row;
    uint8_t machine; /* enum c8d_machine */
    uint8_t from;
    uint8_t to;
    uint8_t symbol; /* C8D_SYM_NONE: a consequence of what happened to another */
    uint8_t outcome;
};

struct c8d__moment {
    uint64_t line;
    int64_t time_ns;
};

struct c8d__mark {
    uint64_t line;
    uint32_t row;
    uint32_t incarnation;
    uint8_t notice; /* EXIT, OOM, CHECKPOINTED, CONFLICT, GAP, RESYNCED */
    bool exit_known;
    uint32_t exit_code;
    int64_t exited_at_ns;
};

struct c8d__odd {
    uint64_t line;
    uint32_t row;
    uint32_t incarnation;
    const char *kind;
    char *detail;
};

struct c8d__life {
    uint32_t row;
    uint32_t incarnation;
    enum c8d_public_state state;
    uint32_t pid;
    bool oom;
    struct c8d_exit exit;
    int64_t started_at_ns;
};

struct c8d__list {
    void *items;
    size_t count;
    size_t capacity;
};

/* All zero at first. */
struct c8d__timeline {
    struct c8d__list rows;    /* struct c8d__row */
    struct c8d__list changes; /* the others: in the order of the log */
    struct c8d__list moves;
    struct c8d__list moments;
    struct c8d__list marks;
    struct c8d__list odds;
    struct c8d__list lives;
    struct c8d_replay_summary summary; /* set by whoever has replayed */
    json_t *numbers;                   /* row by name */
    bool failed;                       /* no memory; nothing is kept after it */
};

/* Take what a replay tells. A failure stays in `failed`. */
void c8d__timeline_step(struct c8d__timeline *timeline, const struct c8d_replay_step *step);
void c8d__timeline_anomaly(struct c8d__timeline *timeline, const struct c8d_replay_anomaly *anomaly);
void c8d__timeline_run(struct c8d__timeline *timeline, const struct c8d_replay_run *run);

void c8d__timeline_free(struct c8d__timeline *timeline);

#endif
