/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The local runtime from inside. A call becomes an errand, which goes from one HCS call to the next: each is
 * work that may block and is done elsewhere, and what HCS calls pending is a latch to wait for, with a limit
 * on the clock. Nothing here holds a lock while it waits for HCS, and no call under way is ever abandoned: an
 * errand whose caller has been told that it takes too long goes on to its end.
 *
 * Latches are levels. A callback sets one and wakes whoever waits, and does nothing else; so a notification
 * that comes early, twice or for nobody does no harm, and any number of errands may wait for the same one.
 */
#ifndef C8D_LOCAL_INTERNAL_H
#define C8D_LOCAL_INTERNAL_H

#include "document.h"
#include "hresult.h"
#include <c8d/compute_system.h>
#include <c8d/local.h>
#include <c8d/runtime.h>
#include <pthread.h>
#include <stdatomic.h>

#define C8D__LOCAL_SECOND INT64_C(1000000000)
#define C8D__SIGNAL_KILL 9
#define C8D__SIGNAL_MAX 64

/* ---- latches
 * ----------------------------------------------------------------------------------------------------------
 */

enum c8d__latch {
    C8D__LATCH_EXITED,
    C8D__LATCH_CREATED,
    C8D__LATCH_STARTED,
    C8D__LATCH_PAUSED,
    C8D__LATCH_RESUMED,
    C8D__LATCH_SHUTDOWN_FAILED,
    C8D__LATCH_DISCONNECTED,
    C8D__LATCH__COUNT
};

/* What is known of one handle by its notifications. It stays where it is until its callback is unregistered.
 */
struct c8d__watch {
    const struct c8d__host *host;
    atomic_bool *stirred; /* of the runtime: something was latched */
    c8d__handle registration;
    atomic_bool set[C8D__LATCH__COUNT];
    _Atomic c8d__hr status[C8D__LATCH__COUNT]; /* the first one that came */
};

/* latch.c */
void C8D__HCSAPI c8d__latch_notify(uint32_t type, void *ctx, c8d__hr status, const c8d__wide *data);
bool c8d__latch_is_set(const struct c8d__watch *watch, enum c8d__latch latch);
int32_t c8d__latch_code(const struct c8d__watch *watch, enum c8d__latch latch); /* 0 = it went well */
void c8d__latch_clear(struct c8d__watch *watch, enum c8d__latch latch);

/* ---- streams
 * ----------------------------------------------------------------------------------------------------------
 */

enum { C8D__PUMP_BYTES = 4096 };

/* One stream of a process: the pipe to the client, and the stream of HCS. */
struct c8d__pump {
    int far;  /* our end of the pipe; -1 = none */
    int held; /* a copy of the near end of an output, so that nobody is ended by a SIGPIPE */
    struct c8d__stream *stream; /* NULL until the process is there, and after the end */
    size_t from, to;            /* what is in between */
    bool ended;                 /* no more comes */
    char bytes[C8D__PUMP_BYTES];
};

enum { C8D__PUMP_IN, C8D__PUMP_OUT, C8D__PUMP_ERR, C8D__PUMP__COUNT };

/* The streams of a process. Shared by the near ends and the process. */
struct c8d__plumbing {
    unsigned users;
    uint32_t flags;
    bool unread; /* the near ends are closed: output is thrown away */
    struct c8d__pump pumps[C8D__PUMP__COUNT];
};

struct c8d__local;
struct c8d__errand;

/* plumbing.c */
enum c8d_status c8d__plumbing_open(struct c8d__local *local, uint32_t flags, struct c8d_stdio *out,
                                   struct c8d_error *err);
void c8d__plumbing_close(struct c8d__local *local, struct c8d_stdio *stdio);
void c8d__plumbing_drop(struct c8d__local *local, struct c8d__plumbing *plumbing);
/* Takes the handles of a new process. False: no memory; then all of them are closed. */
bool c8d__plumbing_connect(struct c8d__local *local, struct c8d__plumbing *plumbing,
                           const struct c8d__process_info *info);
/* Moves what can be moved. True: something was. */
bool c8d__plumbing_pump(struct c8d__local *local, struct c8d__plumbing *plumbing);
/* All that was written to the input so far has been passed on. */
bool c8d__plumbing_is_drained(const struct c8d__local *local, const struct c8d__plumbing *plumbing);
void c8d__plumbing_close_input(struct c8d__local *local, struct c8d__plumbing *plumbing);
/* Adds the descriptors to wait for; with fds NULL they are only counted. Returns the new number. */
size_t c8d__plumbing_watch(const struct c8d__plumbing *plumbing, struct pollfd *fds, size_t n);

/* ---- what there is
 * ---------------------------------------------------------------------------------------------------- */

struct c8d__local_process {
    struct c8d__local_process *next; /* of its container */
    struct c8d__local_container *container;
    struct c8d__text id;   /* "" = init */
    struct c8d__text spec; /* an exec's OCI process */
    uint8_t state;         /* enum c8d_hcs_process_state: the model's */
    c8d__handle handle;
    struct c8d__watch watch;
    uint32_t pid;
    struct c8d_exit exit;
    struct c8d__plumbing *plumbing; /* NULL = no streams */
    struct c8d__errand *reaper; /* made with it, so that its end needs no memory; NULL once it is heard of */
    unsigned users;             /* errands about it */
};

/* A container and its compute system. */
struct c8d__local_container {
    struct c8d__local_container *next;
    struct c8d__local *local;
    uint8_t system; /* enum c8d_compute_system_state: the model's */
    bool hyperv;
    struct c8d__text id, spec, runtime;
    struct c8d_label *labels;
    size_t n_labels;
    int64_t created_at_ns;
    c8d__handle handle; /* NULL = no compute system */
    struct c8d__watch watch;
    int64_t exited_at; /* when its exit was first seen; 0 = not yet */
    struct c8d__local_process *processes;
    unsigned users; /* errands about it */
};

/* ---- arrivals
 * -----------------------------------------------------------------------------------------------------------
 */

/* Something for the client, with the texts that it names. */
struct c8d__local_arrival {
    struct c8d__local_arrival *next;
    struct c8d_arrival arrival;
    char container[C8D_NAME_BYTES_MAX + 1];
    char process[C8D_NAME_BYTES_MAX + 1];
    char message[C8D_ERROR_MESSAGE_BYTES];
    struct c8d_entry *entries; /* owned, with their texts */
    size_t n_entries;
    struct c8d_stats *stats;            /* owned */
    struct c8d_task_process *processes; /* owned */
    size_t n_processes;
};

/* arrivals.c */
struct c8d__local_arrival *c8d__local_arrival_new(struct c8d__local *local);
void c8d__local_arrival_free(struct c8d__local *local, struct c8d__local_arrival *arrival);
void c8d__local_arrive(struct c8d__local *local, struct c8d__local_arrival *arrival);
/* Tells of a container or, with `process`, of a process of it. */
void c8d__local_publish(struct c8d__local *local, enum c8d_event_kind kind,
                        const struct c8d__local_container *container,
                        const struct c8d__local_process *process);
/* The answers to GET, STATE and LIST. False: no memory. */
bool c8d__local_tell_container(struct c8d__local *local, struct c8d__local_arrival *reply,
                               const struct c8d__local_container *container);
bool c8d__local_tell_process(struct c8d__local *local, struct c8d__local_arrival *reply,
                             const struct c8d__local_process *process);
bool c8d__local_tell_all(struct c8d__local *local, struct c8d__local_arrival *reply);
void c8d__local_end_stream(struct c8d__local *local);

/* ---- errands
 * ------------------------------------------------------------------------------------------------------------
 */

/* One call of HCS with all that it needs and gives. */
enum c8d__job_kind {
    C8D__JOB_NAME_TO_GUID,
    C8D__JOB_CREATE,
    C8D__JOB_OPEN,
    C8D__JOB_START,
    C8D__JOB_SHUTDOWN,
    C8D__JOB_TERMINATE,
    C8D__JOB_PAUSE,
    C8D__JOB_RESUME,
    C8D__JOB_PROPERTIES,
    C8D__JOB_ENUMERATE,
    C8D__JOB_REGISTER,
    C8D__JOB_UNREGISTER,
    C8D__JOB_CLOSE,
    C8D__JOB_CREATE_PROCESS,
    C8D__JOB_PROCESS_PROPERTIES,
    C8D__JOB_MODIFY_PROCESS,
    C8D__JOB_TERMINATE_PROCESS,
    C8D__JOB_REGISTER_PROCESS,
    C8D__JOB_UNREGISTER_PROCESS,
    C8D__JOB_CLOSE_PROCESS,
};

struct c8d__job {
    struct c8d__work work; /* first: it is cast back */
    struct c8d__local *local;
    struct c8d__errand *errand;
    enum c8d__job_kind kind;
    c8d__handle handle;
    struct c8d__watch *watch;
    struct c8d__wide_text name, document;
    /* What came of it. */
    c8d__hr hr;
    c8d__handle made;
    struct c8d__process_info info;
    struct c8d__guid guid;
    c8d__wide *properties, *result;
};

typedef void (*c8d__then)(struct c8d__errand *errand);

struct c8d__errand {
    struct c8d__errand *next; /* of all that are under way */
    struct c8d__local *local;
    /* The call, with its texts. */
    uint64_t token;
    int64_t deadline_ns;
    struct c8d__text container_id, process_id, spec, runtime;
    struct c8d_label *labels;
    size_t n_labels;
    struct c8d__plumbing *plumbing;
    enum c8d_call_kind kind;
    uint32_t signal, columns, rows;
    struct c8d__local_arrival *reply; /* NULL when it was given, or nobody waits for one */
    /* What it is about; counted as a user of both. */
    struct c8d__local_container *container;
    struct c8d__local_process *process;
    /* Where it is. */
    c8d__then then;
    struct c8d__job job;
    struct c8d__watch *watch;
    int64_t until;
    enum c8d__latch latch;
    int32_t code;    /* of what was done or waited for; 0 = it went well */
    char words[160]; /* what HCS said about a failure */
    /* Of the procedures. */
    struct c8d__spec oci;
    struct c8d__guid *guids;
    size_t n_guids, n_named;
    uint64_t removals;    /* when HCS was asked for its list */
    struct c8d_error err; /* why it is being undone, or what went wrong on the way */
    struct c8d_exit exit; /* as HCS has told it */
    /* Of the call. */
    bool all, takes_over, has_extras;
    bool acted; /* HCS was called */
    bool over;
    /* Of the place where it is. */
    bool working;   /* the job is under way */
    bool finished;  /* and has been done: set by whoever did it, under the lock of finished jobs */
    bool waiting;   /* for a latch */
    bool exits_too; /* the system's exit ends the wait as well */
    bool creation_pends;
};

struct c8d__local {
    const struct c8d_allocator *allocator;
    struct c8d__host host;
    struct c8d_local_limits limits;
    pthread_mutex_t lock; /* guards all but what is atomic; never held while HCS is called by a worker */
    pthread_mutex_t finished_lock;
    atomic_bool stirred;
    bool waiting; /* a thread waits, and sees nothing of what is submitted */
    char namespace_[C8D_NAME_BYTES_MAX + 1];
    char owner[C8D_NAME_BYTES_MAX + 1];
    struct c8d__local_container *containers;
    uint64_t removals; /* of containers, so far */
    struct c8d__errand *errands;
    uint64_t stream; /* token of the subscription; 0 = none */
    struct c8d__local_arrival *stream_end;
    struct c8d__local_arrival *ready, **ready_end, *given;
    struct pollfd *fds;
    size_t n_fds;
    struct c8d_runtime_counters counters;
};

/* local.c: the table. Makes a runtime on a host, which it takes over on success. */
enum c8d_status c8d__local_new(const struct c8d_local_options *options, const struct c8d__host *host,
                               struct c8d_runtime *out, struct c8d_error *err);

/* memory.c */
void *c8d__local_alloc(struct c8d__local *local, size_t bytes); /* zeroed; NULL when there is none */
void c8d__local_free(struct c8d__local *local, void *memory, size_t bytes);
struct c8d_label *c8d__local_labels(struct c8d__local *local, const struct c8d_label *labels, size_t n);
void c8d__local_free_labels(struct c8d__local *local, struct c8d_label *labels, size_t n);
struct c8d__local_container *c8d__local_find(struct c8d__local *local, const char *id);
struct c8d__local_process *c8d__local_find_process(struct c8d__local_container *container, const char *id);
struct c8d__local_container *c8d__local_add(struct c8d__local *local, struct c8d__errand *errand);
void c8d__local_remove(struct c8d__local_container *container);
/* A process of the errand's container, whose texts and streams it takes over. NULL: no memory. */
struct c8d__local_process *c8d__local_add_process(struct c8d__errand *errand);
/* Frees the processes that are forgotten and that nobody uses. */
void c8d__local_sweep(struct c8d__local_container *container);
void c8d__watch_reset(struct c8d__local *local, struct c8d__watch *watch);

/* errand.c */
struct c8d__errand *c8d__errand_new(struct c8d__local *local);
enum c8d_status c8d__errand_of_call(struct c8d__local *local, const struct c8d_call *call,
                                    struct c8d__errand **out, struct c8d_error *err);
void c8d__errand_free(struct c8d__errand *errand);
/* What it is about from now on. */
void c8d__errand_take(struct c8d__errand *errand, struct c8d__local_container *container,
                      struct c8d__local_process *process);
/* Calls HCS, and goes on with `then`. What the job needs is filled in before. */
void c8d__errand_call(struct c8d__errand *errand, enum c8d__job_kind kind, c8d__then then);
/* Waits for a latch, at most so long. */
void c8d__errand_await(struct c8d__errand *errand, struct c8d__watch *watch, enum c8d__latch latch,
                       bool exits_too, int64_t limit_ns, c8d__then then);
/* Waits until `then` finds what it wants: it is called again whenever something may have changed. */
void c8d__errand_wait(struct c8d__errand *errand, c8d__then then);
/* Lets all errands go on as far as they get. */
void c8d__errands_run(struct c8d__local *local);
/* When the next of them must be looked at. */
int64_t c8d__errands_due(const struct c8d__local *local);
/* Answers the call, if it was not answered yet. */
void c8d__errand_reply(struct c8d__errand *errand, enum c8d_status status, const char *format, ...)
    C8D_PRINTF(3, 4);
/* Answers it with what HCS said. */
void c8d__errand_fail(struct c8d__errand *errand, const char *what);
/* The error that HCS has given, and the answer that tells of it. */
void c8d__errand_keep_error(struct c8d__errand *errand, const char *what);
void c8d__errand_reply_error(struct c8d__errand *errand);
/* It is over. */
void c8d__errand_end(struct c8d__errand *errand);
/* Both. */
void c8d__errand_answer(struct c8d__errand *errand, enum c8d_status status, const char *message);
/* It is dispatched once more, when something may have changed. */
void c8d__errand_defer(struct c8d__errand *errand);

/* job.c */
void c8d__job_run(struct c8d__work *work);
void c8d__job_forget(struct c8d__job *job); /* what the last call gave */
void c8d__job_clear(struct c8d__job *job);  /* that, and what the next one was to be given */

/* dispatch.c: the first step of every call. */
void c8d__dispatch(struct c8d__errand *errand);

/* lifecycle.c: what the model of a compute system is given. */
/* A command: the errand is answered in the end, and goes on with what the model says. */
void c8d__system_command(struct c8d__errand *errand, enum c8d_symbol command);
/* A fact that is nobody's outcome. False: it changes nothing. */
bool c8d__system_hear(struct c8d__local_container *container, enum c8d_symbol fact);

void c8d__system_list(struct c8d__errand *errand); /* LIST; leftovers.c */

/* measures.c */
void c8d__system_measure(struct c8d__errand *errand); /* STATS, PIDS */

/* process_life.c: what the model of a process is given. */
/* A command: the errand is answered in the end, and goes on with what the model says. */
void c8d__hcs_process_command(struct c8d__errand *errand, enum c8d_symbol command);
/* What is nobody's outcome, and needs nothing to be done. False: it is not taken. */
bool c8d__hcs_process_hear(struct c8d__local_process *process, enum c8d_symbol fact);
/* The consumer's termination of the errand's process, or of its system, has found that it has ended. */
void c8d__hcs_process_missed(struct c8d__errand *errand);
bool c8d__hcs_process_runs(const struct c8d__local_process *process);
/* Hears of the ends of all that have. */
void c8d__processes_look(struct c8d__local *local);
/* When the end of a process that its system does not tell is to be assumed. */
int64_t c8d__processes_due(const struct c8d__local *local);

void c8d__hcs_process_resize(struct c8d__errand *errand); /* processes.c */

#endif
