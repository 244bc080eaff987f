/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the client share. One lock guards all of it; functions here are called with the lock held
 * unless they say otherwise. Only the driver, the one thread that waits for the runtime, takes arrivals,
 * delivers, and reads streams; it gives up the lock while it waits and while a callback runs.
 */
#ifndef C8D_CLIENT_INTERNAL_H
#define C8D_CLIENT_INTERNAL_H

#include <c8d/client.h>
#include <c8d/container.h>
#include <c8d/process.h>
#include <c8d/task.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#define C8D__MS ((int64_t)1000000)

/* What a reply is for. */
enum c8d__request_kind {
    C8D__REQUEST_FREE,
    C8D__REQUEST_OPERATION,  /* no call: stands for an operation of the consumer */
    C8D__REQUEST_LIFECYCLE,  /* create, start, delete, pause, resume for the model */
    C8D__REQUEST_KILL,       /* a signal of the consumer's */
    C8D__REQUEST_FORCE_KILL, /* the kill of a force-delete */
    C8D__REQUEST_QUERY,
    C8D__REQUEST_SUBSCRIBE,
    C8D__REQUEST_STREAM, /* the stream that a SUBSCRIBE opened; lives until it ends */
    C8D__REQUEST_LIST,
    C8D__REQUEST_PLAIN, /* of no concern to the model: the reply completes the operation */
};

struct c8d__request {
    uint32_t generation; /* of the slot: makes the keys of its successive tenants differ */
    uint32_t next;       /* free or unsent list: index + 1, 0 = last */
    uint8_t kind;        /* enum c8d__request_kind */
    uint8_t region;      /* enum c8d_region */
    uint8_t level;       /* how often it was tried in vain before: the back-off */
    uint8_t status;      /* unsent: enum c8d_status */
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
};

/* One operation of the consumer, from its start to its completion. The waiter may be gone before. */
struct c8d__op {
    uint64_t key;
    bool completed; /* the result is set; told when it is delivered */
    bool done;      /* delivered */
    bool abandoned; /* nobody waits any more */
    bool launches;  /* process is being launched by it */
    enum c8d_status status;
    struct c8d_error err;
    c8d_done_fn *callback; /* NULL = somebody waits */
    void *user;
    struct c8d_container *container;            /* pinned; may be NULL */
    struct c8d_process *process;                /* pinned; may be NULL */
    const struct c8d_container_options *create; /* borrowed while the command is stepped */
    struct c8d_str spec;                        /* likewise */
    uint32_t signal;
    int64_t call_deadline;       /* of a kill that was submitted; C8D_NO_DEADLINE = the client's own */
    struct c8d_version *version; /* the waiter's; NULL = not asked for */
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

struct c8d__timer {
    int64_t due;
    uint8_t region, level;
    c8d_ref container, process;
};

struct c8d__timers {
    struct c8d__timer *heap; /* the soonest first */
    uint32_t capacity, count;
};

/* A thread that waits while another one drives. */
struct c8d__waiter {
    struct c8d__waiter *next;
    bool (*ready)(void *arg);
    void *arg;
    int64_t deadline;
    pthread_cond_t wake;
};

struct c8d_container {
    struct c8d_client *client;
    struct c8d_container *next; /* of all */
    c8d_ref ref;
    uint32_t refs; /* the consumer's */
    uint32_t pins; /* ours: operations and processes */
    bool loading;  /* its spec is wanted from the next CONTAINER_GET */
    struct c8d_str id;
    struct c8d_str spec;
    char id_bytes[C8D_NAME_BYTES_MAX];
};

struct c8d_process {
    struct c8d_client *client;
    struct c8d_container *container; /* pinned */
    struct c8d_process *next;        /* in its bucket */
    struct c8d_process *next_stream; /* of those with streams */
    c8d_ref exec;                    /* C8D_REF_NONE = init */
    uint32_t refs;                   /* the consumer's */
    uint32_t pins;                   /* ours: operations and streams */
    uint32_t incarnation;            /* 0 = its creation is under way */
    uint32_t pid;
    bool started;
    bool has_end; /* exit counts */
    bool ended;   /* and was told */
    bool gone;    /* and was deleted */
    bool launching; /* nobody has the handle yet */
    bool streaming;
    bool out_open, err_open;   /* no end-of-file yet */
    bool out_early, err_early; /* an end-of-file before the start: not believed, not polled */
    struct c8d_exit exit;
    struct c8d_stdio stdio;
    c8d_output_fn *output;
    void *user;
    struct c8d_str id;
    char id_bytes[C8D_NAME_BYTES_MAX];
};

struct c8d_client {
    pthread_mutex_t lock;
    const struct c8d_allocator *allocator;
    struct c8d_runtime runtime;
    c8d_notice_fn *notice;
    void *user;
    struct c8d_tap tap;
    struct c8d_str namespace_;
    char namespace_bytes[C8D_NAME_BYTES_MAX];
    bool adopt;
    uint32_t refs;

    struct c8d_model *model;
    void *model_memory;
    size_t model_bytes;
    struct c8d_actions actions;

    struct c8d__requests requests;
    struct c8d__deliveries deliveries;
    struct c8d__timers timers;
    uint64_t stream; /* key of the STREAM request; 0 = none */
    uint64_t gaps, pending;

    struct c8d_container *containers;
    struct c8d_process **buckets;
    uint32_t n_buckets, n_processes; /* n_buckets is a power of two */
    struct c8d_process *streams;
    void *buffer; /* what is read from a stream passes through here */

    bool driving, delivering, polling, starved;
    pthread_t driver;
    struct c8d__waiter *waiters;
    uint64_t progress; /* grows whenever something was handled */
    atomic_bool woken; /* by c8d_client_wake(): for a dispatch to see */
    struct pollfd *pollfds;
    struct c8d_process **polled; /* whose stream each of the pollfds is */
    uint32_t pollfds_max;
    int epoll; /* -1 until somebody asks for it */
};

/* memory.c */
void *c8d__alloc(struct c8d_client *client, size_t bytes); /* zeroed */
void c8d__release(struct c8d_client *client, void *memory, size_t bytes);
/* Moves an array of *capacity items into one of at least `wanted`. False: no memory, nothing changed. */
bool c8d__grow(struct c8d_client *client, void **array, uint32_t *capacity, uint32_t wanted, size_t item);
bool c8d__copy(struct c8d_client *client, struct c8d_str from, struct c8d_str *to);
bool c8d__same(struct c8d_str a, struct c8d_str b);
struct c8d_str c8d__store(char *bytes, struct c8d_str name);
/* Copies options of the size that the caller knew into `known` bytes of ours. False: a size that cannot be.
 */
bool c8d__options(void *to, size_t known, const void *from, uint32_t size);
bool c8d__is_identifier(struct c8d_str name);

/* client.c */
void c8d__client_ref(struct c8d_client *client);
void c8d__client_unlock_unref(struct c8d_client *client); /* unlocks, and may destroy */

/* requests.c */
bool c8d__requests_reserve(struct c8d_client *client, uint32_t more);
uint64_t c8d__request_new(struct c8d_client *client, const struct c8d__request *what); /* needs a free slot */
struct c8d__request *c8d__request_find(struct c8d_client *client, uint64_t key);       /* NULL = none */
void c8d__request_free(struct c8d_client *client, uint64_t key);
void c8d__request_unsent(struct c8d_client *client, uint64_t key, enum c8d_status status);
bool c8d__request_take_unsent(struct c8d_client *client, struct c8d_arrival *out);

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

/* step.c */
/* Makes room for all that so many steps may want done and said. */
bool c8d__reserve(struct c8d_client *client, uint32_t steps);
enum c8d_status c8d__model_new(struct c8d_client *client);
void c8d__model_free(struct c8d_client *client);
enum c8d_status c8d__open(struct c8d_client *client, struct c8d_str id, c8d_ref *out);
enum c8d_status c8d__open_exec(struct c8d_client *client, c8d_ref container, struct c8d_str id, c8d_ref *out);
/* Step, and carry out what the model wants. There must be room. */
void c8d__step(struct c8d_client *client, const struct c8d_input *input, const struct c8d__cause *cause);
void c8d__step_foreign(struct c8d_client *client, const struct c8d_input *input,
                       const struct c8d_event *event);
void c8d__step_killed(struct c8d_client *client, const struct c8d_input *input,
                      const struct c8d__cause *cause);
bool c8d__step_sweep(struct c8d_client *client, const struct c8d__cause *cause);
void c8d__step_list_begin(struct c8d_client *client);

/* carry.c */
void c8d__carry(struct c8d_client *client, const struct c8d_action *action, const struct c8d__cause *cause);
void c8d__submit(struct c8d_client *client, struct c8d_call *call, const struct c8d__request *request);

/* translate.c, answers.c */
void c8d__take(struct c8d_client *client, const struct c8d_arrival *arrival);
enum c8d_symbol c8d__symbol_of_entry(enum c8d_entry_state state);
enum c8d_symbol c8d__answer(const struct c8d_arrival *reply, enum c8d_region region);
void c8d__take_list(struct c8d_client *client, const struct c8d_arrival *reply, uint64_t number,
                    struct c8d__cause *cause);
/* Finds what names of the runtime's stand for, or takes it up. NOT_FOUND: foreign. EXHAUSTED: no room. */
enum c8d_status c8d__lookup(struct c8d_client *client, struct c8d_str container, struct c8d_str process,
                            c8d_ref *container_out, c8d_ref *process_out);

/* loop.c */
int64_t c8d__now(struct c8d_client *client);
int64_t c8d__deadline(struct c8d_client *client, int64_t timeout_ns);
enum c8d_status c8d__wait(struct c8d_client *client, bool (*ready)(void *arg), void *arg, int64_t deadline);
void c8d__kick(struct c8d_client *client); /* work was made for whoever drives */
int64_t c8d__next_due(struct c8d_client *client);

/* operations.c */
enum c8d_status c8d__enter(struct c8d_client *client, struct c8d_error *err); /* locks, when OK */
void c8d__leave(struct c8d_client *client);
struct c8d__op *c8d__op_new(struct c8d_client *client, struct c8d_container *container,
                            struct c8d_process *process);
void c8d__op_free(struct c8d_client *client, struct c8d__op *op);
struct c8d__op *c8d__op_find(struct c8d_client *client, uint64_t key);
void c8d__op_answer(struct c8d__op *op, const struct c8d_arrival *reply); /* of a plain call */
void c8d__op_note(struct c8d__op *op, const struct c8d_arrival *reply);
void c8d__op_complete(struct c8d_client *client, struct c8d__op *op, enum c8d_status status,
                      const struct c8d_arrival *reply);
void c8d__op_finish(struct c8d_client *client, struct c8d__op *op); /* the driver's: tells the completion */
/* Gives the model a command for the operation. */
void c8d__op_step(struct c8d_client *client, struct c8d__op *op, enum c8d_region region,
                  enum c8d_symbol symbol);
/* Waits for it and frees it. `late`: the result when the time is up. */
enum c8d_status c8d__op_wait(struct c8d_client *client, struct c8d__op *op, int64_t deadline,
                             enum c8d_status late, struct c8d_error *err);
/* All of it: new, step, wait. */
enum c8d_status c8d__command(struct c8d_client *client, struct c8d_container *container,
                             struct c8d_process *process, enum c8d_region region, enum c8d_symbol symbol,
                             int64_t deadline, struct c8d_error *err);
/* A call that is of no concern to the model. `version` may be NULL. */
enum c8d_status c8d__plain_call(struct c8d_client *client, struct c8d_container *container,
                                struct c8d_process *process, struct c8d_call *call, int64_t deadline,
                                struct c8d_version *version, struct c8d_error *err);
enum c8d_status c8d__connect(struct c8d_client *client, int64_t deadline, struct c8d_error *err);

/* container.c */
void c8d__container_unpin(struct c8d_container *container);
void c8d__container_unref(struct c8d_container *container);
void c8d__containers_free(struct c8d_client *client);
void c8d__containers_learn(struct c8d_client *client, c8d_ref ref, const struct c8d_entry *entry);

/* handles.c */
/* Room for one more handle; the first time it makes the table. */
bool c8d__processes_reserve(struct c8d_client *client);
struct c8d_process *c8d__process_new(struct c8d_container *container, c8d_ref exec, struct c8d_str id);
struct c8d_process *c8d__process_of(struct c8d_container *container, c8d_ref exec, uint32_t incarnation);
void c8d__process_ref(struct c8d_process *process);
void c8d__process_unref(struct c8d_process *process);
void c8d__process_unpin(struct c8d_process *process);
bool c8d__process_view(const struct c8d_process *process, struct c8d_process_view *out); /* of its own run */
void c8d__process_refresh(struct c8d_process *process);
void c8d__processes_hear(struct c8d_client *client, const struct c8d_action *notice);
void c8d__processes_told(struct c8d_client *client, const struct c8d_action *notice);
void c8d__processes_free(struct c8d_client *client);

/* process.c */
/* Begins a command on the handle's own run. */
enum c8d_status c8d__process_begin(struct c8d_process *process, int64_t deadline, struct c8d_error *err);
/* Delete or force-delete, with what the process has still written before. */
enum c8d_status c8d__process_end(struct c8d_process *process, enum c8d_symbol symbol, int64_t deadline,
                                 struct c8d_exit *out, struct c8d_error *err);

/* launch.c */
struct c8d__launch {
    struct c8d_container *container;
    c8d_ref exec; /* C8D_REF_NONE = init */
    struct c8d_str id;
    struct c8d_str spec;
    uint32_t stdio;
    c8d_output_fn *output;
    void *user;
};
enum c8d_status c8d__launch(const struct c8d__launch *what, int64_t deadline, struct c8d_process **out,
                            struct c8d_error *err);

/* stdio.c; what closes a stream that is attached is the driver's alone, since it may be polling it */
enum c8d_status c8d__stdio_open(struct c8d_process *process, uint32_t flags, struct c8d_error *err);
void c8d__stdio_attach(struct c8d_process *process);
void c8d__stdio_started(struct c8d_process *process);
void c8d__stdio_exited(struct c8d_process *process); /* closes when there is nothing more to read */
void c8d__stdio_finish(struct c8d_process *process); /* reads what is left, tells the end, closes */
void c8d__stdio_close(struct c8d_process *process);
uint32_t c8d__stdio_prepare(struct c8d_client *client);
void c8d__stdio_pump(struct c8d_client *client, uint32_t n);
void c8d__stdio_buffer_free(struct c8d_client *client);
void c8d__stdio_pollfds_free(struct c8d_client *client);

/* descriptor.c */
void c8d__watch(struct c8d_client *client, int fd, bool on);

#endif
