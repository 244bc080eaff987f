/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the client share. One lock guards all of it; functions here are called with the lock held
 * unless they say otherwise. Only the driver, the one thread that waits for the runtime, takes arrivals,
 * delivers, and reads streams; it gives up the lock while it waits and while a callback runs.
 */
#ifndef C8D_CLIENT_INTERNAL_H
#define C8D_CLIENT_INTERNAL_H

#include "handles.h"
#include "requests.h"
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#define C8D__MS ((int64_t)1000000)

/* A thread that waits while another one drives. */
struct c8d__waiter {
    struct c8d__waiter *next;
    bool (*ready)(void *arg);
    void *arg;
    int64_t deadline;
    pthread_cond_t wake;
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
    int64_t patience[C8D_PATIENCE__COUNT]; /* ns */
    uint32_t refs;

    struct c8d_model *model;
    void *model_memory;
    size_t model_bytes;
    struct c8d_actions actions;

    struct c8d__requests requests;
    struct c8d__deliveries deliveries;
    struct c8d__holds holds;
    const struct c8d_action *telling; /* the notice that the callback is hearing */
    struct c8d__timers timers;
    uint64_t stream; /* key of the STREAM request; 0 = none */
    uint64_t gaps, pending;

    struct c8d_container *containers;
    struct c8d_process **buckets;
    uint32_t n_buckets, n_processes; /* n_buckets is a power of two */
    struct c8d_process *streams;
    void *buffer; /* what is read from a stream passes through here */

    bool recovers; /* the model comes from an image, and has not caught up yet */
    bool driving, delivering, polling, starved;
    pthread_t driver;
    struct c8d__waiter *waiters;
    uint64_t progress; /* grows whenever something was handled */
    atomic_bool woken; /* by c8d_client_wake(): for a dispatch to see */
    struct pollfd *pollfds;
    struct c8d_process **polled; /* whose stream each of the pollfds is */
    uint32_t pollfds_max;
    int64_t rest_until; /* while polling: when the driver looks by itself */
    int epoll;          /* -1 until somebody asks for it */
    int64_t loop_due;   /* when an event loop will look by itself, as far as it was told */
};

/* memory.c */
void *c8d__alloc(struct c8d_client *client, size_t bytes); /* zeroed */
void c8d__release(struct c8d_client *client, void *memory, size_t bytes);
/* Moves an array of *capacity items into one of at least `wanted`. False: no memory, nothing changed. */
bool c8d__grow(struct c8d_client *client, void **array, uint32_t *capacity, uint32_t wanted, size_t item);
bool c8d__same(struct c8d_str a, struct c8d_str b);
struct c8d_str c8d__store(char *bytes, struct c8d_str name);
/* Copies options of the size that the caller knew into `known` bytes of ours. False: a size that cannot be.
 */
bool c8d__options(void *to, size_t known, const void *from, uint32_t size);
enum c8d_status c8d__check_identifier(struct c8d_str name, const char *what, struct c8d_error *err);

/* client.c */
void c8d__client_ref(struct c8d_client *client);
void c8d__client_unlock_unref(struct c8d_client *client); /* unlocks, and may destroy */

/* step.c */
/* Makes room for all that so many steps may want done and said. */
bool c8d__reserve(struct c8d_client *client, uint32_t steps);
/* Makes a model of these limits, or of this image; with a model there already, what it holds moves. */
enum c8d_status c8d__model_make(struct c8d_client *client, const struct c8d_model_limits *limits,
                                const void *image, size_t image_bytes);
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
bool c8d__step_recover(struct c8d_client *client);

/* image.c */
enum c8d_status c8d__model_load(struct c8d_client *client, const void *image, size_t bytes,
                                struct c8d_error *err);
/* Catches up after a load, the first time that the client has to do with its runtime. */
enum c8d_status c8d__recover(struct c8d_client *client, struct c8d_error *err);

/* carry.c */
void c8d__carry(struct c8d_client *client, const struct c8d_action *action, const struct c8d__cause *cause);
void c8d__submit(struct c8d_client *client, struct c8d_call *call, const struct c8d__request *request);

/* translate.c, answers.c */
void c8d__take(struct c8d_client *client, struct c8d_arrival *arrival);
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
void c8d__kick(struct c8d_client *client);      /* work may have been made for whoever drives */
bool c8d__has_work(struct c8d_client *client);  /* there is something to do, whatever the runtime has */
void c8d__poll_anew(struct c8d_client *client); /* a stream was added that the driver does not poll yet */
int64_t c8d__next_due(struct c8d_client *client);

/* operations.c */
enum c8d_status c8d__enter(struct c8d_client *client, struct c8d_error *err); /* locks, when OK */
void c8d__leave(struct c8d_client *client);
/* A command for the model. */
struct c8d__command {
    struct c8d_container *container; /* NULL for the connection */
    struct c8d_process *process;     /* NULL = the container, or its init */
    enum c8d_region region;
    enum c8d_symbol symbol;
};

/* All of it: new, step, wait. */
enum c8d_status c8d__command(struct c8d_client *client, const struct c8d__command *what, int64_t deadline,
                             struct c8d_error *err);

/* A call that is of no concern to the model. */
struct c8d__plain {
    struct c8d_container *container; /* learns what the reply tells of it; may be NULL */
    struct c8d_process *process;     /* may be NULL */
    struct c8d__wanted wanted;
    struct c8d_call call;
};
enum c8d_status c8d__plain_call(struct c8d_client *client, struct c8d__plain *what, int64_t deadline,
                                struct c8d_error *err);

enum c8d_status c8d__connect(struct c8d_client *client, int64_t deadline, struct c8d_error *err);
/* For what does not wait. */
enum c8d_status c8d__check_connected(const struct c8d_client *client, struct c8d_error *err);

#endif
