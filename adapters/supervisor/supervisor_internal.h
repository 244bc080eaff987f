/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the supervisor share. */
#ifndef C8D_SUPERVISOR_INTERNAL_H
#define C8D_SUPERVISOR_INTERNAL_H

#include <c8d/supervisor.h>
#include <limits.h>

/* A path, terminated. */
struct c8d__path {
    char text[PATH_MAX];
};

/* What the options come to, with every default in its place. */
struct c8d__kept {
    struct c8d__path directory, config, address, root, state, pid_file, log, program;
    char metrics[128];
    char log_level[16];
    int32_t oom_score_adj;
    bool own_config;
    uint32_t failures_max;
    int64_t times_ns[C8D_SUPERVISION_TIMER__COUNT];
    int64_t check_timeout_ns;
    int64_t restart_max_ns;
};

/* The process of one generation. */
struct c8d__keeper {
    int pidfd; /* -1 = none */
    uint32_t pid;
    uint64_t generation;
};

/* A timer that counts: one of each symbol at a time. */
struct c8d__due {
    int64_t at;
    uint64_t number; /* 0 = none */
    uint8_t symbol;
};

enum { C8D__REPLIES_MAX = 4 };

struct c8d_supervisor {
    const struct c8d_allocator *allocator;
    struct c8d__kept kept;
    c8d_supervisor_notice_fn *notice;
    void *user;
    struct c8d_supervision model;
    struct c8d__due dues[2];
    /* What our own actions came to at once, still to be given to the model. */
    struct c8d_supervision_input replies[C8D__REPLIES_MAX];
    uint32_t n_replies;
    struct c8d__keeper keeper;
    struct c8d_runtime runtime; /* ops NULL = no connection */
    uint64_t checking;          /* generation of the check under way; 0 = none */
    int wake, epoll;
    uint64_t requests; /* made so far */
    uint64_t waited;   /* number of the request that a call waits for; 0 = none */
    bool done;
    enum c8d_status result;
    struct c8d_error trouble; /* why the last start failed */
};

int64_t c8d__supervisor_now(void);
void c8d__supervisor_reply(struct c8d_supervisor *supervisor, const struct c8d_supervision_input *reply);

/* options.c */
enum c8d_status c8d__keep_options(const struct c8d_supervisor_options *options, struct c8d__kept *out,
                                  struct c8d_error *err);

/* files.c */
enum c8d_status c8d__supervisor_directories(const struct c8d__kept *kept, struct c8d_error *err);
enum c8d_status c8d__supervisor_write_config(const struct c8d__kept *kept, struct c8d_error *err);
void c8d__supervisor_write_pid(const struct c8d__kept *kept, uint32_t pid);
uint32_t c8d__supervisor_read_pid(const struct c8d__kept *kept); /* 0 = none */
void c8d__supervisor_remove_pid(const struct c8d__kept *kept, uint32_t pid);

/* keeper.c: the process */
/* Starts it. Its pidfd is in *out. */
enum c8d_status c8d__keeper_spawn(const struct c8d__kept *kept, struct c8d__keeper *out,
                                  struct c8d_error *err);
/* The one that was left running, if the pid file names one with our configuration. */
bool c8d__keeper_find(const struct c8d__kept *kept, struct c8d__keeper *out);
void c8d__keeper_signal(const struct c8d__keeper *keeper, int signal);
/* True when it has ended; *out is its end. */
bool c8d__keeper_ended(const struct c8d__keeper *keeper, struct c8d_exit *out);
void c8d__keeper_close(struct c8d__keeper *keeper);

/* check.c */
void c8d__check_begin(struct c8d_supervisor *supervisor, uint64_t generation);
bool c8d__check_take(struct c8d_supervisor *supervisor); /* true when an answer was taken */
void c8d__check_close(struct c8d_supervisor *supervisor);

#endif
