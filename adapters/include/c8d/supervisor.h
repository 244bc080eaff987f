/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A supervisor: starts a private containerd, asks again and again whether it answers, starts it again when it
 * ends, and stops it. In libc8d-remote. What it does and when is decided by the model of c8d/supervision.h;
 * here are the process, its files, the clock and the call that asks (Version).
 *
 * A containerd that an earlier supervisor of the same directory has left running is taken over, since the
 * containers depend on it. It is known by its command line, which names the configuration file; the pid in
 * the pid file alone selects nothing. Signals go through a pidfd, so that they never reach a later process of
 * the same pid.
 *
 * Threads: one at a time for each supervisor, but c8d_supervisor_wake() from any. No thread is started. Time
 * passes for it only inside c8d_supervisor_start(), _stop() and _dispatch(). Not to be used in a child after
 * fork() without exec(). Linux 5.4 or later.
 */
#ifndef C8D_SUPERVISOR_H
#define C8D_SUPERVISOR_H

#include <c8d/allocator.h>
#include <c8d/error.h>
#include <c8d/remote.h>
#include <c8d/runtime.h>
#include <c8d/supervision.h>

C8D_BEGIN_DECLS

struct c8d_supervisor;

/** What is told of the process. Borrowed during the callback. */
struct c8d_supervisor_notice {
    enum c8d_supervision_action_kind kind; /**< C8D_SUPERVISION_UP, _DOWN or _UNRESPONSIVE */
    uint64_t generation;                   /**< from 1; one for each process */
    uint32_t pid;                          /**< 0 = it could not be started */
    bool adopted;                          /**< it was left running by an earlier supervisor */
    /** DOWN. Of an adopted process `known` is false: only its parent can have the code. */
    struct c8d_exit exit;
    uint32_t attempt; /**< DOWN: how often in a row it had to be started again so far */
};

/** Called inside c8d_supervisor_start(), _stop() and _dispatch(); must not call the supervisor. */
typedef void c8d_supervisor_notice_fn(void *user, const struct c8d_supervisor_notice *notice);

/** Zero, or an empty string, means the default that is named. All strings are copied. */
struct c8d_supervisor_options {
    uint32_t size; /**< sizeof(struct c8d_supervisor_options) */
    /** Where its files are: containerd.toml, containerd.pid, containerd.log, and unless said otherwise its
     * socket, root and state. Absolute; made (0700) when missing. */
    struct c8d_str directory;
    struct c8d_str program; /**< default: "containerd", found in PATH */
    /** A configuration file of one's own, used as it is, absolute; then `address` must be the one in it, and
     * root, state, metrics, log_level and oom_score_adj are its business. Default: containerd.toml is made.
     */
    struct c8d_str config;
    struct c8d_str address;   /**< of its socket, at most 107 bytes; default: containerd.sock */
    struct c8d_str root;      /**< what lasts; default: root */
    struct c8d_str state;     /**< what does not; default: state */
    struct c8d_str metrics;   /**< host:port of its metrics; default: none */
    struct c8d_str log_level; /**< trace, debug, info, warn, error, fatal or panic; default: info */
    int32_t oom_score_adj; /**< -1000 to 1000: what containerd sets for itself; default: it inherits ours */
    uint32_t failures_max; /**< unanswered checks in a row, and it is killed; default: 3 */
    int64_t start_timeout_ns; /**< for its first answer; default: 15 s */
    int64_t stop_timeout_ns;  /**< from SIGTERM to SIGKILL; default: 15 s */
    int64_t kill_timeout_ns;  /**< after SIGKILL; default: 10 s */
    int64_t check_every_ns;   /**< between two checks; default: 1 s */
    int64_t check_timeout_ns; /**< for the answer to one; default: 5 s */
    int64_t restart_min_ns;   /**< pause before the first restart, doubled with each further one; 100 ms */
    int64_t restart_max_ns;   /**< the longest pause; default: 10 s */
    c8d_supervisor_notice_fn *notice;      /**< may be NULL */
    void *user;                            /**< for notice */
    const struct c8d_allocator *allocator; /**< NULL = default */
};

/**
 * Makes a supervisor; nothing is started yet.
 *
 * @param out Set on success; to be freed by c8d_supervisor_free().
 * @return OK; INVALID (a path, a level or a number is none; err says which); EXHAUSTED; REMOTE (errno: the
 * directory or a file in it cannot be made).
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_supervisor_new(const struct c8d_supervisor_options *options,
                                                         struct c8d_supervisor **out, struct c8d_error *err);

/** Frees the supervisor (NULL is allowed). The process goes on running, to be taken over by the next one. */
C8D_API void c8d_supervisor_free(struct c8d_supervisor *supervisor);

/**
 * Starts containerd, or takes over the one that runs, and waits until it answers. One that ends before its
 * first answer is not started again: its configuration is wrong, and its log says why.
 *
 * @param timeout_ns C8D_NO_DEADLINE: as long as start_timeout_ns lets it. 0: only begin, go on in dispatch.
 * @return OK: it answers; UNAVAILABLE: it ended at once; NOT_FOUND: there is no such program; REMOTE (errno):
 * it cannot be started; DEADLINE: it did not answer within start_timeout_ns and was killed, or `timeout_ns`
 * was over and it goes on being started; CANCELED: c8d_supervisor_wake() was called, and it goes on too;
 * CONFLICT: one is being started or stopped.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_supervisor_start(struct c8d_supervisor *supervisor,
                                                           int64_t timeout_ns, struct c8d_error *err);

/**
 * Stops it: SIGTERM, after stop_timeout_ns SIGKILL, and waits for its end. Its containers go on running.
 *
 * @param timeout_ns As above.
 * @return OK: it has ended, or there was none; INDETERMINATE: not even SIGKILL has ended it; DEADLINE: the
 * time was over and it goes on being stopped; CANCELED: c8d_supervisor_wake() was called, and it goes on too;
 * CONFLICT: it is being stopped already.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_supervisor_stop(struct c8d_supervisor *supervisor,
                                                          int64_t timeout_ns, struct c8d_error *err);

/**
 * Keeps it: waits until something happens or the time is up, and does what is to be done.
 *
 * @return OK when something was done; DEADLINE when the time was up, or c8d_supervisor_wake() was called.
 */
C8D_API enum c8d_status c8d_supervisor_dispatch(struct c8d_supervisor *supervisor, int64_t timeout_ns);

/** @return Ns until dispatch is to be called at the latest, 0 or more; C8D_NO_DEADLINE. An event loop calls
 * dispatch(0) then, or when c8d_supervisor_fd() is readable. */
C8D_API int64_t c8d_supervisor_next_timeout(struct c8d_supervisor *supervisor);

/** @return A descriptor that is readable when dispatch has work. The same one for the supervisor's life. */
C8D_API int c8d_supervisor_fd(struct c8d_supervisor *supervisor);

/** Makes a call of another thread, or the one that a signal handler has interrupted, return soon. Safe in a
 * signal handler. */
C8D_API void c8d_supervisor_wake(struct c8d_supervisor *supervisor);

/** @return The path of the socket, for c8d_remote_new(). Borrowed for the supervisor's life. */
C8D_API struct c8d_str c8d_supervisor_address(const struct c8d_supervisor *supervisor);

/** @return The state of the machine, such as C8D_SUPERVISOR_SERVING. */
C8D_API enum c8d_supervisor_state c8d_supervisor_state(const struct c8d_supervisor *supervisor);

/** @return The pid of the process; 0 when there is none. */
C8D_API uint32_t c8d_supervisor_pid(const struct c8d_supervisor *supervisor);

C8D_END_DECLS

#endif
