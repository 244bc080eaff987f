/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A runtime in miniature, for the fuzzer: the truth about two containers with two execs each, and the
 * channels between it and a model. What is asked, served, published and delivered happens in any order that
 * the bytes choose; replies and events get lost, events are repeated and overtake each other, the stream
 * breaks, and somebody else acts on the same containers.
 */
#ifndef C8D_TEST_WORLD_H
#define C8D_TEST_WORLD_H

#include "invariants.h"

#define WORLD_CONTAINERS 2
#define WORLD_EXECS 2
#define WORLD_PIDS_MAX 256
#define WORLD_QUEUE_MAX 64

enum world_state { WORLD_NONE, WORLD_CREATED, WORLD_RUNNING, WORLD_STOPPED };

struct world_process {
    enum world_state state;
    uint32_t pid;
    uint32_t code;
    int64_t at_ns;
    bool closed; /* its standard input */
};

struct world_container {
    bool record;
    bool paused;
    struct world_process processes[1 + WORLD_EXECS]; /* init first */
    c8d_ref container;
    c8d_ref refs[1 + WORLD_EXECS]; /* the first one is C8D_REF_NONE */
};

/* What became of each pid, none of which is used twice. */
struct world_fate {
    bool ran;
    bool ended;
    uint32_t code;
};

/* A call or query on its way there (not served) or back (served: `reply` is the input to deliver). */
struct world_call {
    uint8_t command; /* enum c8d_command_kind */
    uint8_t region;
    uint8_t container;
    uint8_t process;
    bool served;
    bool unheard; /* its caller has given it up: it may still be carried out */
    uint8_t patience;
    uint64_t request;
    struct c8d_input reply;
};

struct world {
    struct witness *witness;
    struct c8d_actions *actions;
    struct world_container containers[WORLD_CONTAINERS];
    struct world_fate fates[WORLD_PIDS_MAX];
    uint32_t next_pid;
    int64_t now;
    struct world_call calls[WORLD_QUEUE_MAX];
    unsigned call_count;
    struct c8d_input events[WORLD_QUEUE_MAX];
    unsigned event_count;
    struct c8d_input last_event; /* to be said again */
    bool subscribed;
    uint64_t request;
    const char *broken; /* what the model got wrong, or NULL */
};

bool world_init(struct world *world, struct witness *witness, struct c8d_actions *actions);

/* What bytes can choose; `a` and `b` choose among what there is. Nothing happens where there is nothing. */
void world_command(struct world *world, unsigned a, unsigned b); /* the consumer wants something */
void world_serve(struct world *world, unsigned a, unsigned b);   /* a call is carried out */
void world_reply(struct world *world, unsigned a);               /* its reply arrives */
void world_lose(struct world *world, unsigned a, unsigned b);    /* its reply does not */
void world_deliver(struct world *world, unsigned a);             /* an event arrives */
void world_repeat(struct world *world);                          /* the last event arrives again */
void world_die(struct world *world, unsigned a, unsigned b);     /* a process ends */
void world_meddle(struct world *world, unsigned a, unsigned b);  /* somebody else acts */
void world_break(struct world *world);                           /* the stream breaks */
void world_drop(struct world *world, unsigned a);                /* events are dropped on our side */
void world_restart(struct world *world, unsigned a);             /* we are started anew from an image */
void world_crash(struct world *world, unsigned a);               /* a shim dies with all that is in it */

/* Lets all that is under way arrive. False when it never comes to rest. */
bool world_drain(struct world *world);

/* After a drain: what the model believes is the truth, or world->broken says what is not. */
void world_compare(struct world *world);

/* world_truth.c: carries out one call and fills in its reply. */
void world__carry_out(struct world *world, struct world_call *call, unsigned chance);
void world__answer(const struct world *world, unsigned container, unsigned process, uint8_t region,
                   struct c8d_input *answer);
void world__outlive(struct world *world, const struct world_call *timer, unsigned chance);
void world__end(struct world *world, unsigned container, unsigned process, uint32_t code);
/* world.c */
bool world__can_serve(const struct world *world, unsigned at);
/* Asks for the stream and all that there is. */
void world__restore(struct world *world);
/* Gives an input to the model and takes up its commands. */
void world__give(struct world *world, const struct c8d_input *input);

#endif
