/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The invariants of the model (promises.h), and the witness that checks them.
 *
 * A witness stands between a test and a model: it hands each input on, watches the actions that come back,
 * and keeps its own small account of every life from nothing but inputs and actions. What the account and
 * the model do not agree on breaks an invariant. Unit tests and the fuzzer use the same table.
 */
#ifndef C8D_TEST_INVARIANTS_H
#define C8D_TEST_INVARIANTS_H

#include "told.h"

#define WITNESS_LIVES_MAX 16
#define WITNESS_REQUESTS_MAX 256

/* One process as far as notices and commands tell. */
struct witness_life {
    c8d_ref container;
    c8d_ref process;
    struct c8d__told told;
    bool forced;     /* a force-delete has sent its kill in this incarnation */
    bool call;       /* a lifecycle call is in flight */
    bool force_call; /* the kill of a force-delete is in flight */
    bool timed;      /* its time to end after its task runs */
    unsigned kills;  /* signals of the consumer's in flight */
    uint64_t stop;   /* the request of the STOP that was accepted and is not completed */
    uint64_t close;  /* the request whose call to close its standard input is in flight */
    bool query;      /* a query is in flight */
    bool task_call;  /* of init only, as the next three */
    bool task_query;
    bool record_call;
    bool record_query;
    uint8_t wish;                   /* enum c8d_wish_state, as the model shows it after the step */
    uint8_t wish_call;              /* a call for a wish is in flight: its region + 1 */
    uint8_t wish_refused;           /* the one that the step under way has refused, likewise */
    uint8_t wish_calls;             /* made for a wish since its last pause */
    uint8_t codes[32];              /* set of the exit codes that inputs have told, modulo 256 */
    struct c8d_process_view before; /* as the model shows it, before the step under way */
    struct c8d_process_view after;
    uint8_t task_before;
    uint8_t task_after;
    uint8_t record_before;
    uint8_t record_after;
};

struct witness {
    struct c8d_model *model;
    struct witness_life lives[WITNESS_LIVES_MAX];
    unsigned life_count;
    uint64_t pending[WITNESS_REQUESTS_MAX]; /* requests that were accepted and are not completed */
    unsigned pending_count;
    uint64_t sequence;
    void *image; /* the model's bytes before the step under way */
    size_t image_bytes;
    /* The step under way. */
    const struct c8d_input *input; /* NULL: a step of the sweep */
    bool is_kill_result;
    bool recovering;
    bool gap; /* told, and no list has made it good yet */
    const struct c8d_actions *actions;
    /* Called after each step, or NULL. */
    void (*observer)(const struct witness *witness);
    /* The label of the first invariant that was broken, or NULL. */
    const char *broken;
};

/* One row of the table. */
struct invariant {
    const char *name;
    const char *label;   /* its promise and its name, as in "S1 one-end" */
    const char *promise; /* as in "S1" */
    const char *sentence;
};

struct invariant invariant_in_words(enum c8d__invariant which);
/* False: it is asked at rest, by who knows the truth. */
bool invariant_is_asked_in_steps(enum c8d__invariant which);
/* The label of the first that an action breaks, before the witness takes it into its account; NULL: of none.
 */
const char *invariants_broken_by(const struct witness *witness, const struct c8d_action *action);
/* The same, when all actions of a step are in the account. */
const char *invariants_broken(const struct witness *witness);
const char *invariant_label(enum c8d__invariant which);

struct c8d__telling witness_telling(const struct c8d_action *notice);

/* Returns false when there is no memory. */
bool witness_init(struct witness *witness, struct c8d_model *model);
void witness_fini(struct witness *witness);

/* The model's functions of the same name, watched. */
void witness_step(struct witness *witness, const struct c8d_input *input, struct c8d_actions *actions);
void witness_killed(struct witness *witness, c8d_ref container, c8d_ref process, uint64_t request,
                    enum c8d_status status, struct c8d_actions *actions);
void witness_list_begin(struct witness *witness);
bool witness_list_sweep(struct witness *witness, struct c8d_actions *actions);
bool witness_pursue(struct witness *witness, struct c8d_actions *actions);
/* One step of a recovery; the invariants are asked when it is over. */
bool witness_recover(struct witness *witness, struct c8d_actions *actions);

/* The account of one process, opened at first sight; NULL when there are too many. */
struct witness_life *witness_life_of(struct witness *witness, c8d_ref container, c8d_ref process);

/* An observer that writes each step to stderr as a line. */
void witness_print(const struct witness *witness);

/* True for the reply to the kill of a force-delete. */
bool witness_is_force_reply(const struct c8d_input *input);

/* For the table. */
const struct witness_life *witness_find(const struct witness *witness, c8d_ref container, c8d_ref process);
/* True for the reply to a lifecycle call. */
bool witness_is_reply(const struct c8d_input *input);
/* True for a call that a wish makes, its first signal of a stop included. */
bool witness_is_for_a_wish(const struct c8d_action *action);
bool witness_is_pending(const struct witness *witness, uint64_t request);

#endif
