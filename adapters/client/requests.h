/* SPDX-License-Identifier: Apache-2.0 */
/* What is under way: calls, operations of the consumer, pauses, and what is still to be told. See
 * client_internal.h for the lock. */
#ifndef C8D_CLIENT_REQUESTS_H
#define C8D_CLIENT_REQUESTS_H

#include <c8d/client.h>

/* Where the waiter wants what a plain call is answered with; NULL = it was not asked for. */
struct c8d__wanted {
    struct c8d_version *version;
    struct c8d_stats *stats;
    struct c8d_task_process *processes;
    size_t capacity; /* of processes */
    size_t *n_processes;
    struct c8d_process_status *status;
};

/* What a reply is for. */
enum c8d__request_kind {
    C8D__REQUEST_FREE,
    C8D__REQUEST_OPERATION,  /* no call: stands for an operation of the consumer */
    C8D__REQUEST_LIFECYCLE,  /* create, start, delete, pause, resume for the model */
    C8D__REQUEST_KILL,       /* a signal of the consumer's */
    C8D__REQUEST_FORCE_KILL, /* the kill of a force-delete */
    C8D__REQUEST_CLOSE_STDIN,
    C8D__REQUEST_QUERY,
    C8D__REQUEST_SUBSCRIBE,
    C8D__REQUEST_STREAM, /* the stream that a SUBSCRIBE opened; lives until it ends */
    C8D__REQUEST_LIST,
    C8D__REQUEST_PLAIN, /* of no concern to the model: the reply completes the operation */
};

struct c8d__request {
    uint32_t generation;   /* of the slot: makes the keys of its successive tenants differ */
    uint32_t next;         /* free or unsent list: index + 1, 0 = last */
    uint8_t kind;          /* enum c8d__request_kind */
    uint8_t region;        /* enum c8d_region */
    uint8_t level;         /* how often it was tried in vain before: the back-off */
    uint8_t status;        /* unsent: enum c8d_status */
    uint8_t patience;      /* enum c8d_patience; NONE = no deadline of ours */
    uint32_t older, newer; /* of those with the same patience: index + 1 */
    int64_t due;           /* when it is given up, with a patience */
    c8d_ref container;
    c8d_ref process;
    uint64_t request; /* of the model's command: key of the operation that it serves, or number of the list */
    struct c8d__op *op; /* OPERATION */
};

struct c8d__requests {
    struct c8d__request *slots;
    uint32_t capacity;
    uint32_t n_free;
    uint32_t first_free; /* index + 1 */
    uint32_t first_unsent, last_unsent;
    /* What is waited for, by patience: each is given the same time, so the oldest is due first. */
    struct c8d__awaited {
        uint32_t oldest, newest; /* index + 1 */
    } awaited[C8D_PATIENCE__COUNT];
};

/* How far the loading of a container has come: the step that is under way. */
enum c8d__load {
    C8D__LOAD_NONE,
    C8D__LOAD_RECORD,
    C8D__LOAD_SPEC,
    C8D__LOAD_TASK,
};

/* One operation of the consumer, from its start to its completion. The waiter may be gone before. */
struct c8d__op {
    uint64_t key;
    bool completed; /* the result is set; told when it is delivered */
    bool done;      /* delivered */
    bool abandoned; /* nobody waits any more */
    bool launches;  /* process is being launched by it */
    enum c8d__load load;
    enum c8d_status status;
    struct c8d_error err;
    /* One of the three when it was submitted; none: somebody waits. */
    c8d_done_fn *callback;
    c8d_container_done_fn *container_done; /* hands `container` out */
    c8d_process_done_fn *process_done;     /* hands `process` out */
    void *user;
    struct c8d_container *container; /* pinned; may be NULL */
    struct c8d_process *process;     /* pinned; may be NULL */
    struct c8d_str spec;             /* borrowed while the command is stepped */
    struct c8d_any options;          /* likewise */
    struct c8d_str checkpoint;       /* likewise */
    bool exit;                       /* of a checkpoint */
    uint32_t signal;
    int64_t grace_ns;          /* of a stop */
    int64_t call_deadline;     /* of a kill that was submitted; C8D_NO_DEADLINE = the client's own */
    struct c8d__wanted wanted; /* the waiter's */
    struct c8d__op *next_wait; /* for the end of the same process */
};

/* Why the model is stepped. What it then wants done inherits the back-off. */
struct c8d__cause {
    const struct c8d_arrival *reply; /* NULL = no reply */
    uint8_t level;                   /* failures in a row so far */
};

/* Something to be told to the consumer: a notice, or (op set) a completion. */
struct c8d__delivery {
    struct c8d__op *op;
    struct c8d_action action;
    uint8_t container_len, process_len;
    char container[C8D_NAME_BYTES_MAX];
    char process[C8D_NAME_BYTES_MAX];
};

struct c8d__deliveries {
    struct c8d__delivery *items; /* a ring */
    uint32_t capacity, head, count;
};

/* A container whose notices wait. It ends when no answer is awaited and nothing is kept for it. */
struct c8d__hold {
    c8d_ref container;
    uint64_t sequence;    /* of the notice whose answer is awaited; 0 = none */
    uint32_t first, last; /* kept for it: index + 1 */
    bool lossy;           /* events about it were dropped */
};

struct c8d__kept {
    struct c8d__delivery delivery;
    uint32_t next; /* of the same container, or free: index + 1 */
};

struct c8d__holds {
    struct c8d__hold *items;
    uint32_t capacity, count;
    struct c8d__kept *kept;
    uint32_t kept_capacity, n_kept, first_free;
    uint32_t kept_max;
    bool overflow; /* the model is to be told of a loss */
    uint64_t dropped;
};

struct c8d__timer {
    int64_t due;
    uint8_t region, level;
    uint8_t symbol; /* to give */
    c8d_ref container, process;
    uint64_t request;
};

struct c8d__timers {
    struct c8d__timer *heap; /* the soonest first */
    uint32_t capacity, count;
};

/* requests.c */
bool c8d__requests_reserve(struct c8d_client *client, uint32_t more);
uint64_t c8d__request_new(struct c8d_client *client, const struct c8d__request *what); /* needs a free slot */
struct c8d__request *c8d__request_find(struct c8d_client *client, uint64_t key);       /* NULL = none */
void c8d__request_free(struct c8d_client *client, uint64_t key);
void c8d__request_unsent(struct c8d_client *client, uint64_t key, enum c8d_status status);
bool c8d__request_take_unsent(struct c8d_client *client, struct c8d_arrival *out);

/* deadlines.c */
/* Begins the time of a request that has a patience; it ends with the request, or when it is answered. */
void c8d__deadline_begin(struct c8d_client *client, uint64_t key);
void c8d__deadline_end(struct c8d_client *client, struct c8d__request *slot);
bool c8d__deadline_is_over(struct c8d_client *client, const struct c8d__request *slot);
/* The reply that is made up for a call whose time is over. */
bool c8d__deadline_take(struct c8d_client *client, int64_t now, struct c8d_arrival *out);
int64_t c8d__deadline_next(const struct c8d_client *client); /* C8D_NO_DEADLINE = none */

/* timers.c */
bool c8d__timers_reserve(struct c8d_client *client, uint32_t more);
void c8d__timer_add(struct c8d_client *client, const struct c8d_action *action, uint8_t level);
bool c8d__timer_take(struct c8d_client *client, int64_t now, struct c8d__timer *out);
int64_t c8d__timer_next(const struct c8d_client *client); /* C8D_NO_DEADLINE = none */

/* notices.c */
bool c8d__deliveries_reserve(struct c8d_client *client, uint32_t more);
void c8d__push_notice(struct c8d_client *client, const struct c8d_action *action);
void c8d__push_completion(struct c8d_client *client, struct c8d__op *op);
bool c8d__deliver(struct c8d_client *client); /* the driver's; false: nothing was there */

/* holds.c */
bool c8d__hold_is(struct c8d_client *client, const struct c8d__delivery *item);
/* False: no memory, and it was not kept. */
bool c8d__hold_keep(struct c8d_client *client, const struct c8d__delivery *item);
/* What was kept, and may be told now; c8d__hold_told() comes after it. */
bool c8d__hold_take(struct c8d_client *client, struct c8d__delivery *out);
void c8d__hold_told(struct c8d_client *client, c8d_ref container);
/* True: an event about this container is not to be taken. */
bool c8d__hold_drops(struct c8d_client *client, struct c8d_str container);
bool c8d__hold_overflow(struct c8d_client *client); /* once for each time that the model is to be told */
bool c8d__holds_wait(struct c8d_client *client);    /* for the driver */
void c8d__holds_free(struct c8d_client *client);

/* operations.c */
/* With room for its command. NULL: no memory, and err says so. */
struct c8d__op *c8d__op_new(struct c8d_client *client, struct c8d_container *container,
                            struct c8d_process *process, struct c8d_error *err);
void c8d__op_free(struct c8d_client *client, struct c8d__op *op);
struct c8d__op *c8d__op_find(struct c8d_client *client, uint64_t key);
void c8d__op_answer(struct c8d__op *op, const struct c8d_arrival *reply); /* of a plain call */
void c8d__op_note(struct c8d__op *op, const struct c8d_arrival *reply);
void c8d__op_complete(struct c8d_client *client, struct c8d__op *op, enum c8d_status status,
                      const struct c8d_arrival *reply);
void c8d__op_finish(struct c8d_client *client, struct c8d__op *op); /* the driver's: tells the completion */
void c8d__op_cancel(struct c8d__op *op); /* the client goes: tells one that was submitted */
/* Gives the model a command for the operation. */
void c8d__op_step(struct c8d_client *client, struct c8d__op *op, enum c8d_region region,
                  enum c8d_symbol symbol);
/* Makes a call for it that is of no concern to the model. There must be room. */
void c8d__plain_begin(struct c8d_client *client, struct c8d__op *op, struct c8d_call *call);
/* Waits for it and frees it. `late`: the result when the time is up. */
enum c8d_status c8d__op_wait(struct c8d_client *client, struct c8d__op *op, int64_t deadline,
                             enum c8d_status late, struct c8d_error *err);

/* load.c */
void c8d__load_begin(struct c8d_client *client, struct c8d__op *op);
/* The driver's, when a step of a load has its result. False: that was the last one, and the result is all's.
 */
bool c8d__load_goes_on(struct c8d_client *client, struct c8d__op *op);

#endif
