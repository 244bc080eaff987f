/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated HCS from inside. One lock guards it all; callbacks are called without it. */
#ifndef C8D_TESTS_SIM_INTERNAL_H
#define C8D_TESTS_SIM_INTERNAL_H

#include "hcs_sim.h"
#include <jansson.h>
#include <pthread.h>

#define SIM_MS INT64_C(1000000)
#define SIM_HANDLES_MAX 4096
#define SIM_FAULTS_MAX 64

#define SIM_PENDING ((c8d__hr)0xc0370103)
#define SIM_INVALID_STATE ((c8d__hr)0xc0370105)
#define SIM_NOT_FOUND ((c8d__hr)0xc037010e)
#define SIM_EXISTS ((c8d__hr)0xc037010f)
#define SIM_STOPPED ((c8d__hr)0xc0370110)
#define SIM_INVALID_JSON ((c8d__hr)0xc037010d)
#define SIM_UNEXPECTED_EXIT ((c8d__hr)0xc0370106)
#define SIM_INVALID_HANDLE ((c8d__hr)0x80070006)
#define SIM_FILE_NOT_FOUND ((c8d__hr)0x80070002)
#define SIM_ACCESS_DENIED ((c8d__hr)0x80070005)
#define SIM_ELEMENT_NOT_FOUND ((c8d__hr)0x80070490)
#define SIM_NO_MEMORY ((c8d__hr)0x80070008)

/* ---- objects
 * -----------------------------------------------------------------------------------------------------------
 */

enum sim_state { SIM_CREATED, SIM_RUNNING, SIM_PAUSED, SIM_OVER };

struct sim_process;

struct sim_system {
    struct sim_system *next;
    char *id, *owner;
    enum sim_state state;
    bool hyperv;
    bool exit_told; /* its exit was or is being told to all that were registered */
    c8d__hr exit_status;
    unsigned handles;
    bool held[16]; /* completions that came when nobody was registered */
    c8d__hr held_status[16];
    struct sim_process *processes;
};

/* Bytes on their way; both ends are closed on their own. */
struct sim_pipe {
    char *bytes;
    size_t n, room;
    size_t step; /* most that is taken or given at once; 0 = all */
    size_t breaks_after;
    bool inward; /* the process reads it */
    bool writer_gone, reader_gone, broken;
    bool refused;             /* nobody outside can open it */
    void (*ready)(void *ctx); /* of who is outside */
    void *ctx;
    struct sim_process *process; /* who is inside; NULL when it is gone */
};

enum sim_blocked { SIM_GOES_ON, SIM_SLEEPS, SIM_READS, SIM_WRITES };

struct sim_process {
    struct sim_process *next;
    struct sim_system *system;
    uint32_t pid, code;
    bool over, wait_failed, told, untold;
    c8d__hr told_status;
    unsigned handles;
    char *script; /* what is left of it, cut into commands */
    char *at;
    enum sim_blocked blocked;
    uint32_t last; /* code of its last command */
    unsigned run;  /* counts its wake-ups, so that an old one is recognised */
    char *unwritten;
    bool to_err;
    bool copies; /* cat */
    struct sim_pipe *in, *out, *err;
};

enum sim_kind { SIM_SYSTEM = 1, SIM_PROCESS, SIM_SYSTEM_CALLBACK, SIM_PROCESS_CALLBACK };

struct sim_handle {
    enum sim_kind kind; /* 0 = closed, and never used again */
    void *object;
    c8d__notify_fn callback;
    void *ctx;
    unsigned busy; /* calls of the callback under way */
};

/* ---- what is to come
 * --------------------------------------------------------------------------------------------------- */

enum sim_due_kind { SIM_NOTIFY_SYSTEM, SIM_NOTIFY_PROCESS, SIM_STEP };

struct sim_due {
    struct sim_due *next;
    int64_t at;
    enum sim_due_kind kind;
    struct sim_system *system;
    struct sim_process *process;
    uint32_t type;
    c8d__hr status;
    unsigned run;
    bool timer; /* the step that ends a sleep */
};

struct sim {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool open, threads, stop, no_telling;
    pthread_t thread;
    struct c8d__workers *workers;
    uint64_t random;
    int64_t now;
    int wake_fds[2];
    uint32_t next_pid;
    struct sim_system *systems;
    struct sim_due *due;
    struct sim_handle handles[SIM_HANDLES_MAX];
    size_t n_handles;
    struct hcs_sim_fault faults[SIM_FAULTS_MAX];
    size_t n_faults;
    unsigned counts[HCS_SIM__COUNT];
    unsigned all_calls, fail_at;
    bool fail_on;
    c8d__hr fail_hr;
    char *documents[HCS_SIM__COUNT];
    char *log;
    size_t log_length;
    char *folders[8];
    bool folders_are_closed;
    size_t strings, streams;
    struct c8d__hcs table;
};

extern struct sim sim;

/* sim.c */
void sim_lock(void);
void sim_unlock(void);
uint32_t sim_random(uint32_t below);
void sim_schedule(const struct sim_due *due, int64_t delay_ns);
void sim_forget_process(const struct sim_process *process); /* nothing is due of it any more */
void sim_forget_system(const struct sim_system *system);
void sim_run(void); /* all that is due; with the lock */
void *sim_alloc(size_t bytes);
char *sim_copy(const char *text);

/* sim_handle.c */
c8d__handle sim_handle_new(enum sim_kind kind, void *object);
struct sim_handle *sim_handle_find(c8d__handle handle, enum sim_kind kind);
void sim_handle_close(struct sim_handle *handle);
void sim_tell(enum sim_kind kind, const void *object, uint32_t type, c8d__hr status);
bool sim_has_listener(enum sim_kind kind, const void *object);
c8d__wide *sim_string(const char *text);
char *sim_narrow(const c8d__wide *text);

/* sim_fault.c */
/* Writes a call down, and says what is to go wrong with it. */
struct hcs_sim_fault sim_enter(enum hcs_sim_function function, const c8d__wide *text, bool *strikes);
/* What a call that fails gives. */
c8d__hr sim_failure(const struct hcs_sim_fault *fault, c8d__wide **result);

/* sim_system.c */
struct sim_system *sim_system_find(const char *id);
struct sim_system *sim_system_of(c8d__handle handle); /* NULL: no handle of one */
struct sim_system *sim_system_add(const char *id, const char *owner);
void sim_system_exit(struct sim_system *system, c8d__hr status);
void sim_system_notify(struct sim_system *system, uint32_t type, c8d__hr status, int64_t delay_ns);
void sim_system_told(struct sim_system *system, uint32_t type, c8d__hr status);
void sim_system_sweep(void);
void sim_system_table(struct c8d__hcs *table);

/* sim_query.c */
void sim_query_table(struct c8d__hcs *table);

/* sim_process.c */
void sim_process_end(struct sim_process *process, uint32_t code);
void sim_process_told(struct sim_process *process);
void sim_process_free(struct sim_process *process);
void sim_process_table(struct c8d__hcs *table);

/* sim_program.c */
bool sim_program_read(struct sim_process *process,
                      const char *command_line); /* false: there is no such program */
void sim_program_step(struct sim_process *process);

/* sim_pipe.c */
struct sim_pipe *sim_pipe_new(struct sim_process *process, bool inward);
ptrdiff_t sim_pipe_read(struct sim_pipe *pipe, void *bytes, size_t n);
ptrdiff_t sim_pipe_write(struct sim_pipe *pipe, const void *bytes, size_t n);
void sim_pipe_close(struct sim_pipe **pipe, bool outside, bool writer);
void sim_pipe_table(struct c8d__hcs *table);

#endif
