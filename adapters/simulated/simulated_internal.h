/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated runtime from inside. A world holds containers and their processes; a queue holds what is due
 * on the world's clock: calls to be carried out, processes to go on, replies and events to arrive. Everything
 * random comes from one seed.
 */
#ifndef C8D_SIMULATED_INTERNAL_H
#define C8D_SIMULATED_INTERNAL_H

#include "program.h"

#include <c8d/simulated.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#define C8D__US ((int64_t)1000)
#define C8D__MILLI ((int64_t)1000000)

#define C8D__SIGNAL_MAX 63

/* The far ends of a process's streams; -1 = none. Shared by the near ends, the calls that name them and the
 * process that has them. */
struct c8d__streams {
    unsigned users;
    bool terminal;
    int in; /* what the process reads */
    int in_held;
    int out;
    int out_held;
    int err;
    int err_held;
};

enum c8d__process_phase { C8D__PHASE_CREATED, C8D__PHASE_RUNNING, C8D__PHASE_STOPPED };

/* What a running process waits for. */
enum c8d__blocked { C8D__BLOCKED_NOT, C8D__BLOCKED_CLOCK, C8D__BLOCKED_IN, C8D__BLOCKED_OUT };

struct c8d__sim_process {
    struct c8d__sim_process *next; /* of its container's execs */
    struct c8d__sim_container *container;
    char *id;                     /* "" = init */
    struct c8d__program *program; /* NULL: it cannot be found */
    size_t at;                    /* the command that it is at */
    enum c8d__process_phase phase;
    enum c8d__blocked blocked;
    int64_t wake_at;
    uint32_t pid;
    uint32_t exit_code;
    int64_t exited_at_ns;
    uint32_t run; /* number of its start, so that a wake-up of an earlier one is recognised */
    bool hogs;    /* takes memory until its next wake-up, which is its last */
    bool start_failed;
    bool never_ran;               /* it was deleted before its start */
    bool is_stopped;              /* by a signal, until SIGCONT */
    uint64_t ignored;             /* signals, one bit each */
    uint64_t pending_signals;     /* held back until it goes on */
    struct c8d__streams *streams; /* NULL = none */
    bool has_streams;             /* it has opened them */
    const char *unwritten;        /* what it is writing; it is blocked until all is written */
    size_t n_unwritten;
    bool unwritten_to_err;
    char bytes[4096]; /* for what it reads, and its complaints */
};

/* What a container's record carries and the world has no use for. */
struct c8d__sim_extras {
    char *bytes; /* behind all of it; owned */
    size_t size;
    struct c8d_any options;
    struct c8d_str snapshotter;
    struct c8d_str snapshot_key;
};

struct c8d__sim_container {
    struct c8d__sim_container *next;
    char *id;
    char *spec;
    char *runtime;
    struct c8d_label *labels; /* keys and values are owned */
    size_t n_labels;
    struct c8d__sim_extras extras;
    int64_t created_at_ns;
    uint64_t memory_limit;         /* bytes, or C8D_NO_LIMIT */
    struct c8d__sim_process *init; /* NULL = no task */
    struct c8d__sim_process *execs;
    bool paused; /* as the shim tells */
    bool frozen; /* as it is */
};

enum c8d__due_kind { C8D__DUE_CALL, C8D__DUE_WAKE, C8D__DUE_ARRIVAL };

/* A call, with its strings. */
struct c8d__sim_call {
    enum c8d_call_kind kind;
    uint64_t token;
    int64_t deadline_ns;
    char *container;
    char *process;
    char *spec;
    char *runtime;
    struct c8d_label *labels;
    size_t n_labels;
    struct c8d__sim_extras extras;
    struct c8d__streams *streams; /* NULL = none */
    uint32_t signal;
    bool all;
    bool restores; /* instead of starting afresh */
    bool answered; /* its reply was given when the connection broke: it is carried out, and nobody hears of it
                    */
};

/* Something due. Owned strings of an arrival are in `texts` and in the entries. */
struct c8d__due {
    struct c8d__due *next;
    int64_t at;
    enum c8d__due_kind kind;
    struct c8d__sim_call call;
    char container[C8D_NAME_BYTES_MAX + 1]; /* WAKE, and the names of an event */
    char process[C8D_NAME_BYTES_MAX + 1];
    uint32_t run;
    struct c8d_arrival arrival;
    char message[C8D_ERROR_MESSAGE_BYTES];
    struct c8d_entry *entries;          /* owned, with their strings */
    struct c8d__sim_extras extras;      /* what the one entry points to */
    struct c8d_stats *stats;            /* owned */
    struct c8d_task_process *processes; /* owned */
};

struct c8d__world {
    const struct c8d_allocator *allocator;
    struct c8d_simulated_faults faults;
    char namespace_[C8D_NAME_BYTES_MAX + 1];
    uint64_t random;
    bool real_time;
    pthread_mutex_t lock; /* guards all but the clock: one thread may wait while another one submits */
    _Atomic int64_t now_ns;
    int64_t epoch_ns; /* wall clock at time 0 */
    int64_t last_event_at;
    uint32_t next_pid;
    uint32_t next_run;

    struct c8d__sim_container *containers;
    struct c8d__due *due;   /* by time, and by age within a time */
    struct c8d__due *ready; /* arrivals to be taken, oldest first */
    struct c8d__due *held;  /* replies held back */
    struct c8d__due *given; /* the arrival that the last next() gave */

    uint64_t stream;             /* token of the subscription; 0 = none */
    struct c8d__due *stream_end; /* what tells of its end, made when there still was memory */
    bool down;
    bool hold_replies;
    bool fail_next[C8D_CALL_KIND__COUNT];
    bool fail_acts[C8D_CALL_KIND__COUNT];
    enum c8d_status fail_status[C8D_CALL_KIND__COUNT];
    bool drop_next[C8D_EVENT_KIND__COUNT];

    int wake_fd;
    bool polling;           /* a thread waits, and sees nothing of what is submitted */
    struct pollfd *pollfds; /* used by the thread that waits */
    size_t n_pollfds;
    struct c8d_runtime_counters counters;
};

/* world.c */
void *c8d__sim_alloc(struct c8d__world *world, size_t bytes); /* zeroed; NULL when there is none */
void c8d__sim_free(struct c8d__world *world, void *memory, size_t bytes);
char *c8d__sim_string(struct c8d__world *world, struct c8d_str text); /* NUL-terminated copy */
void c8d__sim_free_string(struct c8d__world *world, char *text);
struct c8d_label *c8d__sim_labels(struct c8d__world *world, const struct c8d_label *labels, size_t n);
void c8d__sim_free_labels(struct c8d__world *world, struct c8d_label *labels, size_t n);
struct c8d_str c8d__sim_str(const char *text);
struct c8d__sim_container *c8d__sim_find(struct c8d__world *world, const char *id);
/* The exec of that id; init for "". NULL = none. */
struct c8d__sim_process *c8d__sim_find_process(struct c8d__sim_container *container, const char *id);
struct c8d__sim_container *c8d__sim_add_container(struct c8d__world *world, struct c8d__sim_call *call);
/* A process that runs a program, which it takes over. NULL: no memory. */
struct c8d__sim_process *c8d__sim_add_process(struct c8d__world *world, struct c8d__sim_container *container,
                                              struct c8d__sim_call *call, struct c8d__program *program);
void c8d__sim_remove_process(struct c8d__world *world, struct c8d__sim_process *process);
void c8d__sim_remove_container(struct c8d__world *world, struct c8d__sim_container *container);

/* extras.c: a copy of what is borrowed. False: no memory. */
bool c8d__sim_extras_copy(struct c8d__world *world, struct c8d__sim_extras *to,
                          const struct c8d__sim_extras *from);
void c8d__sim_extras_free(struct c8d__world *world, struct c8d__sim_extras *extras);

/* queue.c */
int64_t c8d__sim_now(struct c8d__world *world);
void c8d__sim_advance(struct c8d__world *world, int64_t to_ns);
uint32_t c8d__sim_random(struct c8d__world *world, uint32_t below);
bool c8d__sim_strikes(struct c8d__world *world, uint32_t per_mille); /* a fault happens now */
struct c8d__due *c8d__sim_due_new(struct c8d__world *world, enum c8d__due_kind kind);
void c8d__sim_due_free(struct c8d__world *world, struct c8d__due *due);
void c8d__sim_schedule(struct c8d__world *world, struct c8d__due *due, int64_t at);
void c8d__sim_append(struct c8d__due **list, struct c8d__due *due);
void c8d__sim_run(struct c8d__world *world); /* carries out all that is due */

/* What a call comes to. */
struct c8d__result {
    enum c8d_status status;
    const char *message;
};

static inline struct c8d__result c8d__ok(void)
{
    return (struct c8d__result){C8D_OK, ""};
}

static inline struct c8d__result c8d__no(enum c8d_status status, const char *message)
{
    return (struct c8d__result){status, message};
}

static inline struct c8d__result c8d__no_memory(void)
{
    return c8d__no(C8D_EXHAUSTED, "no memory");
}

/* tasks.c: carries out a call about a container; what else it brings goes into the reply. */
struct c8d__result c8d__sim_serve(struct c8d__world *world, struct c8d__sim_call *call,
                                  struct c8d__due *reply);

/* calls.c */
void c8d__sim_carry_out(struct c8d__world *world, struct c8d__due *due);
struct c8d__due *c8d__sim_reply_new(struct c8d__world *world, uint64_t token, enum c8d_status status,
                                    const char *message);

/* entries.c: what LIST, CONTAINER_GET and STATE tell. False: no memory. */
bool c8d__sim_tell_list(struct c8d__world *world, struct c8d__due *reply);
bool c8d__sim_tell_container(struct c8d__world *world, struct c8d__due *reply,
                             const struct c8d__sim_container *container);
bool c8d__sim_tell_process(struct c8d__world *world, struct c8d__due *reply,
                           const struct c8d__sim_process *process);
void c8d__sim_free_entries(struct c8d__world *world, struct c8d__due *due);

/* measures.c: what STATS and PIDS tell of a task, and UPDATE changes. */
struct c8d__result c8d__sim_tell_stats(struct c8d__world *world, struct c8d__due *reply,
                                       const struct c8d__sim_container *container);
struct c8d__result c8d__sim_tell_pids(struct c8d__world *world, struct c8d__due *reply,
                                      const struct c8d__sim_container *container);
struct c8d__result c8d__sim_update(struct c8d__world *world, struct c8d__sim_container *container,
                                   const struct c8d__sim_call *call);
/* Takes the limit out of the container's spec. False: no memory. */
bool c8d__sim_read_limit(struct c8d__world *world, struct c8d__sim_container *container);
void c8d__sim_free_measures(struct c8d__world *world, struct c8d__due *due);

/* How it ended, as containerd tells: an end without a time is none. */
struct c8d_exit c8d__sim_exit_of(const struct c8d__sim_process *process);

/* events.c */
void c8d__sim_publish(struct c8d__world *world, enum c8d_event_kind kind,
                      const struct c8d__sim_container *container, const struct c8d__sim_process *process);
void c8d__sim_publish_event(struct c8d__world *world, const struct c8d_event *event);
void c8d__sim_end_stream(struct c8d__world *world);
void c8d__sim_break_connection(struct c8d__world *world);
/* Makes the due itself, which is in no list, the reply that was lost. */
void c8d__sim_lose_reply(struct c8d__world *world, struct c8d__due *due, const char *message);

/* process.c */
void c8d__sim_start(struct c8d__world *world, struct c8d__sim_process *process);
void c8d__sim_end(struct c8d__world *world, struct c8d__sim_process *process, uint32_t code);
void c8d__sim_sleep(struct c8d__world *world, struct c8d__sim_process *process, int64_t span_ns);
void c8d__sim_signal(struct c8d__world *world, struct c8d__sim_process *process, uint32_t signal);
/* To init, or to all processes of its task. */
void c8d__sim_signal_task(struct c8d__world *world, struct c8d__sim_container *container, uint32_t signal,
                          bool all);
/* Frozen, or stopped by a signal. */
bool c8d__sim_is_held(const struct c8d__sim_process *process);
void c8d__sim_thaw(struct c8d__world *world, struct c8d__sim_container *container);
void c8d__sim_kill_shim(struct c8d__world *world, struct c8d__sim_container *container);

/* script.c: goes on with the process until it waits for something, or ends. */
void c8d__sim_step(struct c8d__world *world, struct c8d__sim_process *process);

/* stdio.c */
enum c8d_status c8d__sim_open_stdio(struct c8d__world *world, uint32_t flags, struct c8d_stdio *out,
                                    struct c8d_error *err);
void c8d__sim_close_stdio(struct c8d__world *world, struct c8d_stdio *near);
struct c8d__streams *c8d__sim_streams_use(struct c8d__streams *streams); /* one user more; NULL is allowed */
void c8d__sim_streams_drop(struct c8d__world *world, struct c8d__streams *streams); /* and one less */
void c8d__sim_streams_close_input(struct c8d__streams *streams);                    /* the shim's end of it */
void c8d__sim_streams_end(struct c8d__streams *streams); /* their process has ended */
/* The descriptor that the process is writing to; -1 = none. */
int c8d__sim_output(const struct c8d__sim_process *process);
/* Writes what fits. False: the process is blocked until the rest does. */
bool c8d__sim_flush(struct c8d__sim_process *process);

#endif
