/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded event logs: reading them line by line, writing our own, and replaying them through the model.
 */
#ifndef C8D_LOG_H
#define C8D_LOG_H

#include <c8d/allocator.h>
#include <c8d/model.h>
#include <c8d/runtime.h>

C8D_BEGIN_DECLS

enum c8d_log_format {
    C8D_LOG_AUTO,       /**< a line: each is tried; a log: what its first event has */
    C8D_LOG_CTR,        /**< `ctr events` of containerd 1.x and 2.x: time, namespace, topic, JSON */
    C8D_LOG_C8D,        /**< our own recording: checksummed lines of model inputs */
    C8D_LOG_NERDCTL,    /**< `nerdctl events`: as ctr, or as JSON in which the event is a string */
    C8D_LOG_DOCKER,     /**< `docker events`, as text or as JSON */
    C8D_LOG_PODMAN,     /**< `podman events`, as text, as JSON or from the journal */
    C8D_LOG_CRICTL,     /**< `crictl events`, an object on many lines */
    C8D_LOG_CONTAINERD, /**< logs of containerd and dockerd, in logfmt or JSON, bare or from the journal */
    C8D_LOG_FORMAT__COUNT
};

/** @return The format's name in lower case, such as "ctr"; "?" for a value that is none. Static. */
C8D_API const char *c8d_log_format_name(enum c8d_log_format format);

enum c8d_line_verdict {
    C8D_LINE_EVENT,     /**< record.event counts */
    C8D_LINE_INPUT,     /**< record.input and the names count (our own recording) */
    C8D_LINE_IGNORED,   /**< well-formed and of no concern: another topic, a header, an empty line */
    C8D_LINE_MALFORMED, /**< cannot be read */
    C8D_LINE_TRUNCATED, /**< the last line, cut off in the middle; a replay's verdict, a line alone cannot
                         * tell
                         */
};

/** One line of a log. Strings are borrowed from the line. */
struct c8d_log_record {
    struct c8d_event event;
    struct c8d_input input;   /**< references are unset: the names are below */
    enum c8d_outcome outcome; /**< INPUT: what became of it when it was recorded */
    bool killed;              /**< INPUT: it is for c8d_model_killed(), with the input's request and status */
    bool
        resumed; /**< INPUT: here another recorder went on where one had stopped: what came between is lost */
    struct c8d_str namespace_;
    struct c8d_str container;
    struct c8d_str process;
    int64_t time_ns; /**< wall clock of the line; 0 = none */
    bool oom;        /**< EVENT: the exit that it tells was for lack of memory */
    enum c8d_log_format format;
};

/**
 * Reads one record: a line, or what several lines make together (`crictl events`, an entry of the journal, a
 * command with line feeds in it that docker tells).
 *
 * Where a format has no namespaces, or does not tell them, they are said to be "moby" (docker), "podman" and
 * "k8s.io" (crictl, the CRI plugin's lines in containerd's log).
 *
 * @param format AUTO tries each.
 * @param line   Without its line feed; a final carriage return is passed over. Borrowed; `out` points into
 * it.
 * @param out    Set whatever the verdict.
 */
C8D_API enum c8d_line_verdict c8d_log_read_line(enum c8d_log_format format, struct c8d_str line,
                                                struct c8d_log_record *out);

/* ---- recording
 * ------------------------------------------------------------------------------------------------ */

struct c8d_recorder;

/**
 * Writes model inputs to a file, one checksummed line each, so that a torn end is recognised and all before
 * it counts. Give its tap to a client: c8d_tap.input = c8d_recorder_input, c8d_tap.user = the recorder.
 *
 * A line is the CRC-32 of the rest in 8 hex digits, a blank, a JSON object and a line feed. The first one is
 * {"c8d":1}. Those after it have the keys time and exited_at (ns since 1970), region, symbol, status,
 * namespace, container, process, pid, exit_code, request, killed, resumed and outcome; a key that is not
 * there means zero, and no exit_code means that none is known.
 *
 * @param fd Open for writing; stays the caller's.
 * @return OK; EXHAUSTED; REMOTE with origin errno: the header could not be written.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_recorder_new(int fd, const struct c8d_allocator *allocator,
                                                       struct c8d_recorder **out, struct c8d_error *err);

/** Where frames go, when it is not a descriptor. */
struct c8d_recorder_sink {
    /**
     * Takes one whole frame: a line with its line feed.
     * @param record What it tells; NULL for the header. Borrowed during the call, as are the bytes.
     * @return 0, or an errno value: nothing more is given then.
     */
    int (*frame)(void *user, const char *bytes, size_t length, const struct c8d_log_record *record);
    /** Makes lasting what was taken. Called once, at the end, unless a frame failed. @return 0 or an errno
     * value. */
    int (*finish)(void *user);
    void *user;
};

/**
 * As c8d_recorder_new(), for a sink.
 *
 * @param sink    Copied; its functions are called by whoever records.
 * @param resumed True: the recording goes on after another recorder's frames. Instead of the header a frame
 * says that events may have been lost before it (symbol STREAM_ENDED of the connection, and "resumed").
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_recorder_new_on(const struct c8d_recorder_sink *sink, bool resumed,
                                                          const struct c8d_allocator *allocator,
                                                          struct c8d_recorder **out, struct c8d_error *err);

/**
 * Finds out where a recording can be gone on with: after the last whole frame of it.
 *
 * @param fd    A regular file, open for reading. Its position is left alone.
 * @param whole Set on success: the bytes up to there; 0 for an empty file and for one that was cut off within
 * its header. What is behind is the rest of a frame that was being written when its recorder was ended.
 * @return OK; INVALID: the file is no recording, or its last 64 KiB hold no whole frame; REMOTE with origin
 * errno: it cannot be read.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_recording_scan(int fd, int64_t *whole, struct c8d_error *err);

/** The line that every recording begins with, and each part of one that goes over several files.
 *  @return Its bytes with the line feed, written to `out`, which has C8D_RECORDING_HEADER_BYTES. */
#define C8D_RECORDING_HEADER_BYTES 64
C8D_API size_t c8d_recording_header(char *out);

C8D_API void c8d_recorder_input(void *recorder, const struct c8d_input *input, struct c8d_str namespace_,
                                struct c8d_str container, struct c8d_str process,
                                const struct c8d_actions *result);
/** @return OK, or the first failure to write (disk full): nothing was recorded after it, and *err says why.
 */
C8D_API enum c8d_status c8d_recorder_status(const struct c8d_recorder *recorder, struct c8d_error *err);
/** Flushes (fsync) and frees. NULL is allowed. @return As c8d_recorder_status(). */
C8D_API enum c8d_status c8d_recorder_free(struct c8d_recorder *recorder, struct c8d_error *err);

/* ---- replay
 * --------------------------------------------------------------------------------------------------- */

struct c8d_replay;

/** One process of one incarnation, as the log has it. Strings are borrowed during the callback. */
struct c8d_replay_run {
    struct c8d_str namespace_;
    struct c8d_str container;
    struct c8d_str process; /**< the container's id for init */
    uint32_t incarnation;
    enum c8d_public_state state;
    uint32_t pid;
    bool oom;
    struct c8d_exit exit;  /**< counts in state STOPPED and DELETED; known = false: no code in the log */
    int64_t started_at_ns; /**< wall clock of the start line; 0 = not in the log */
    uint64_t first_line;   /**< where it began, or was first heard of */
    uint64_t last_line;    /**< the last one that told something new of it */
    bool is_last;          /**< no later run of this process is known */
};

/** Something odd. Strings are borrowed during the callback. */
struct c8d_replay_anomaly {
    const char *kind; /**< a finding's key, or "out-of-order-time", "malformed-line", "truncated-line" */
    uint64_t line;    /**< from 1 */
    struct c8d_str namespace_;
    struct c8d_str container;
    struct c8d_str process;
    uint32_t incarnation;
    const char *detail; /**< what was expected, what came, and the known cause where there is one */
};

/**
 * One step of the model: what came, and what each machine of its subject made of it. Several may belong to
 * one line: a log has nobody who could be asked, so its own events answer what the model asks. When a step
 * has consequences for other processes too (the end of a task is that of its execs), each of them is told as
 * a step of its own, without a symbol.
 */
struct c8d_replay_step {
    uint64_t line;             /**< from 1 */
    int64_t time_ns;           /**< wall clock of the line; 0 = none. It never orders: the log's order does */
    struct c8d_str namespace_; /**< empty, as are the names below, when the step is the connection's */
    struct c8d_str container;
    struct c8d_str process; /**< the container's id for init */
    enum c8d_region region;
    enum c8d_symbol symbol; /**< C8D_SYM_NONE: no input of its own; another's had this consequence */
    enum c8d_outcome outcome;
    struct c8d_process_view before; /**< the process; all zero when it was not known yet */
    struct c8d_process_view after;
    uint8_t container_states[2];       /**< enum c8d_container_state before and after; 0 for the connection */
    uint8_t task_states[2];            /**< enum c8d_task_state, likewise */
    uint8_t connection_states[2];      /**< enum c8d_connection_state, likewise; the same for all */
    const struct c8d_actions *actions; /**< what it led to, notices among them */
    c8d_ref container_ref; /**< which of the actions are about this process: those with the same references */
    c8d_ref process_ref;
};

/** lines = events + ignored + malformed + continued; the last are those of records that take several lines,
 * the first line of each left out. */
struct c8d_replay_summary {
    uint64_t lines, events, ignored, malformed, continued, containers, runs, anomalies;
};

struct c8d_replay_sink {
    void (*run)(void *user, const struct c8d_replay_run *run);
    void (*anomaly)(void *user, const struct c8d_replay_anomaly *anomaly);
    void *user;
    /** Called after each step, before the anomaly and the runs that come of it; NULL = nobody wants to know.
     * Strings and actions are borrowed during the callback. */
    void (*step)(void *user, const struct c8d_replay_step *step);
};

/**
 * Makes a replay. Its memory follows what lives: runs are told when the next one begins, when their container
 * has been over for 65536 lines, or at the end of the log.
 *
 * @return OK, EXHAUSTED.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_replay_new(enum c8d_log_format format,
                                                     const struct c8d_replay_sink *sink,
                                                     const struct c8d_allocator *allocator,
                                                     struct c8d_replay **out);
/** More jobs than this are as many as this. */
#define C8D_REPLAY_JOBS_MAX 64

/**
 * Divides the work among threads: to be called before anything is fed. What is told is the same, in the same
 * order, by the thread that feeds. A recording of our own is always one job, since its connection concerns
 * all containers, and so is a replay whose sink wants steps.
 *
 * Its threads use the allocator as well, at the same time.
 *
 * @param jobs 0 and 1: none but the caller's thread.
 * @return OK; EXHAUSTED: no memory, or no threads.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_replay_set_jobs(struct c8d_replay *replay, unsigned jobs);
/** @return True when what was fed ends within a record: a line without its end, or one of those records that
 * take several lines. */
C8D_API bool c8d_replay_within_record(const struct c8d_replay *replay);
/** Feeds bytes of the log, cut anywhere. @return OK, EXHAUSTED. */
C8D_NODISCARD C8D_API enum c8d_status c8d_replay_feed(struct c8d_replay *replay, const void *data,
                                                      size_t length);
/** Ends the log: judges an unfinished last line, gives the runs that are left, fills the summary. */
C8D_NODISCARD C8D_API enum c8d_status c8d_replay_finish(struct c8d_replay *replay,
                                                        struct c8d_replay_summary *out);
C8D_API void c8d_replay_free(struct c8d_replay *replay); /**< NULL is allowed */

C8D_END_DECLS

#endif
