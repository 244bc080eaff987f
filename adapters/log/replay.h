/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the replay share. */
#ifndef C8D_REPLAY_H
#define C8D_REPLAY_H

#include "lexing.h"

/* A longer record is malformed; it is not kept in memory. */
#define C8D__RECORD_BYTES_MAX ((size_t)1 << 20)

/* What is known of a process besides what the model knows: where in the log things stood. */
struct c8d__note {
    int64_t started_at_ns; /* of the present incarnation; 0 = its start is not in the log */
    uint64_t exit_line;    /* likewise */
    uint64_t first_line;   /* likewise */
    uint64_t last_line;    /* likewise */
    uint32_t given;        /* the last incarnation whose run has been given */
    bool deleted;          /* the present incarnation has been deleted, whatever has been tried since */
    bool held;             /* execs: the model must not forget it yet */
};

struct c8d__container_note {
    struct c8d__note init;
    int64_t last_time_ns; /* of the last line about it */
    uint64_t first_line;
    uint64_t last_line;
    c8d_ref self;
    uint32_t exec_limit; /* how many of its execs are kept before those that are over are let go */
    /* In the queue of those that seem to be over: slots plus one, 0 = none. */
    uint32_t older;
    uint32_t younger;
    bool queued;
    bool removed; /* as docker and its like tell it */
};

/* The region of a process or record whose present state the model wants to know. */
struct c8d__ask {
    uint8_t region;
    c8d_ref container;
    c8d_ref process;
};

/* The model and all that grows with it, in one piece of memory. */
struct c8d__store {
    void *memory;
    size_t bytes;
    struct c8d_model *model;
    struct c8d_actions actions;
    struct c8d__ask *asks; /* as many as actions */
    uint32_t n_asks;
    uint64_t list_number; /* the request of the last list that the model asked for */
    /* By the slot that a reference names (its lower half). Containers and execs are held, so that slots are
     * theirs until they are let go. */
    struct c8d__container_note *containers;
    struct c8d__note *execs;
    uint32_t n_containers;
    uint32_t oldest; /* the queue's ends */
    uint32_t youngest;
    c8d_ref last; /* the container that was looked up last, and its names; NONE = it was forgotten */
    struct c8d__recent_name last_namespace;
    struct c8d__recent_name last_id;
};

/* Records that take several lines, see replay_lines.c. */
enum c8d__block {
    C8D__BLOCK_NONE,
    C8D__BLOCK_OBJECT,
    C8D__BLOCK_ENTRY,
    C8D__BLOCK_COMMAND,    /* the id, which ends a command, is to come */
    C8D__BLOCK_ATTRIBUTES, /* the bracket that ends them is to come */
};

/* The beginning of a record whose end has not come yet. */
struct c8d__partial {
    char *bytes;
    size_t length;
    size_t capacity;
    size_t line_begins_at;
    bool is_too_long; /* and is not kept */
};

/* Where in a field that is given as bytes the log is, see replay_binary.c. */
enum c8d__binary_phase {
    C8D__BINARY_NONE,
    C8D__BINARY_LENGTH,
    C8D__BINARY_VALUE,
    C8D__BINARY_END, /* the line feed behind it is to come */
};

struct c8d__binary {
    enum c8d__binary_phase phase;
    char length[8];
    size_t n_length;
    uint64_t left;  /* of the value */
    size_t name_at; /* in what is kept */
    bool is_message;
    bool is_kept;
    bool is_within_line; /* behind the last line feed there is more */
};

struct c8d_replay {
    const struct c8d_allocator *allocator;
    struct c8d_replay_sink sink;
    struct c8d_replay_summary summary;
    enum c8d_log_format format; /* AUTO until an event has been read */
    enum c8d_status failure;    /* the first one; nothing is taken after it */
    struct c8d__store store;
    bool resumed;          /* by another recorder, whose lists are counted from 1 again */
    uint64_t lists_before; /* those of the recorders before it */
    int64_t time_ns;       /* of the line that is being taken */
    uint64_t line;         /* where the record that is being taken begins */
    uint8_t event;         /* enum c8d_symbol: the event that it is; C8D_SYM_NONE in a recording */
    bool implying;         /* what the record says without writing it down is being taken */
    enum c8d_log_format record_format;
    struct c8d__recent recent;

    /* Where what is told stands among all that is told: 2 n + 1 of what the n-th line says, 2 n + 2 of what
     * is let go after it, and from ORDER_OF_REST on what is left at the end. */
    uint64_t order;
    struct c8d__crew *crew; /* takes the records; NULL = none */

    enum c8d__block block; /* what the lines that are kept are part of */
    struct c8d__partial partial;
    struct c8d__binary binary;
};

/* replay_lines.c */
void c8d__keep(struct c8d_replay *replay, struct c8d_str bytes);
/* Takes what is kept as a record. */
void c8d__take_partial(struct c8d_replay *replay, bool is_unfinished);

/* replay_binary.c */
/* The name alone on its line is kept. */
void c8d__binary_begin(struct c8d_replay *replay, struct c8d_str name);
/* Takes some of what follows it, at least a byte unless it is broken. How much. */
size_t c8d__binary_take(struct c8d_replay *replay, struct c8d_str bytes);
/* The rest of it is not to be had: the entry cannot be read. */
void c8d__binary_break(struct c8d_replay *replay);

/* replay_store.c */
enum c8d_status c8d__store_new(struct c8d_replay *replay);
void c8d__store_free(struct c8d_replay *replay);
struct c8d__note *c8d__note_of(struct c8d_replay *replay, c8d_ref container, c8d_ref process);
struct c8d__container_note *c8d__container_note_of(struct c8d_replay *replay, c8d_ref container);
/* Finds an object or makes room for it. `process` empty: init, and *process_out is C8D_REF_NONE. */
enum c8d_status c8d__store_open(struct c8d_replay *replay, struct c8d_str namespace_,
                                struct c8d_str container, struct c8d_str process, c8d_ref *container_out,
                                c8d_ref *process_out);

#define C8D__ORDER_OF_REST ((uint64_t)1 << 63)

/* replay_forget.c */
/* Notes that the line that is being taken was about a container. `ends`: it told an end. */
void c8d__touch(struct c8d_replay *replay, c8d_ref container, bool ends);
/* Tells of and lets go what has long been over, as seen from a line. */
void c8d__forget_old(struct c8d_replay *replay, uint64_t line);
/* Ends an exec's life in the model, whatever it was, so that it can be forgotten, and forgets it. */
void c8d__forget_exec(struct c8d_replay *replay, c8d_ref container, c8d_ref exec);

/* replay_crew.c */
enum c8d_status c8d__crew_new(struct c8d_replay *front, unsigned jobs);
void c8d__crew_free(struct c8d_replay *front);
/* Takes a record, whose text lives until the next flush. */
void c8d__crew_take(struct c8d_replay *front, struct c8d_str text, bool is_unfinished);
/* Works through what was taken, and tells. */
void c8d__crew_flush(struct c8d_replay *front);
/* Gives all runs that are left, and adds up the summary. */
enum c8d_status c8d__crew_finish(struct c8d_replay *front);

/* replay.c */
/* Counts a record and, when it can be read, takes it. */
void c8d__replay_judged(struct c8d_replay *replay, enum c8d_line_verdict verdict,
                        const struct c8d_log_record *record, bool is_unfinished);
/* Reads a record in a format that is known, or of any. */
enum c8d_line_verdict c8d__read_text(enum c8d_log_format format, struct c8d_str text,
                                     struct c8d__recent *recent, struct c8d_log_record *record);
/* Reads a record in the log's format, which the first event determines. */
enum c8d_line_verdict c8d__read_record(struct c8d_replay *replay, struct c8d_str text,
                                       struct c8d_log_record *record);
/* Takes one record. `is_unfinished`: the log ends within it. */
void c8d__replay_record(struct c8d_replay *replay, struct c8d_str text, bool is_unfinished);

/* replay_lines.c */
/* Takes what is there at the end of the log without having come to its own. */
void c8d__replay_last_line(struct c8d_replay *replay);

/* replay_implied.c */
/* True for a format that tells a task by its start and end alone, and no pid. */
bool c8d__is_coarse(enum c8d_log_format format);
/* Steps what the event implies to have happened before it. */
void c8d__replay_implied(struct c8d_replay *replay, const struct c8d_log_record *record,
                         const struct c8d_input *input);
/* True when a process has ended that does not start again in a log of this format. */
bool c8d__is_over_for_good(const struct c8d_replay *replay, const struct c8d_process_view *view);
/* True for a finding that says nothing in a log of this format. */
bool c8d__is_in_the_nature_of(struct c8d_replay *replay, enum c8d_finding finding,
                              const struct c8d_input *input, const struct c8d_process_view *before);

/* replay_step.c */
/* Takes one record that could be read. */
enum c8d_status c8d__replay_event(struct c8d_replay *replay, const struct c8d_log_record *record);
enum c8d_status c8d__replay_input(struct c8d_replay *replay, const struct c8d_log_record *record);
/* Steps the model with an event, and answers what it asks for with what the event testifies. `before`: the
 * subject's view before it, which is changed. */
void c8d__replay_settle(struct c8d_replay *replay, const struct c8d_input *event,
                        struct c8d_process_view *before);
/* Steps the model and tells what came of it. */
void c8d__replay_step(struct c8d_replay *replay, const struct c8d_input *input);

/* replay_resume.c */
/* Another recorder has gone on: what the one before was waiting for never came. */
void c8d__replay_resume(struct c8d_replay *replay);
/* The request that a list's end has here. */
uint64_t c8d__replay_list_number(const struct c8d_replay *replay, uint64_t recorded);
/* After its first snapshot, the new recorder asks what the one before was asking. */
void c8d__replay_ask_again(struct c8d_replay *replay);

/* replay_told.c */
/* What is to be remembered of a subject before it is stepped, for c8d__tell_step(). */
struct c8d__before {
    struct c8d_process_view process;
    struct c8d_container_view container;
    enum c8d_connection_state connection;
};
struct c8d__before c8d__look_before(const struct c8d_replay *replay, c8d_ref container, c8d_ref process);
/* Tells of the last step, if somebody wants to know. */
void c8d__tell_step(const struct c8d_replay *replay, const struct c8d_input *input,
                    const struct c8d__before *before);

/* replay_runs.c */
/* Gives the present run of a process, which is its last one, unless it has been given. */
void c8d__give_run(struct c8d_replay *replay, c8d_ref container, c8d_ref process,
                   const struct c8d_process_view *view);
/* Follows the notices of the last step. `before`: the subject's view before it. */
void c8d__follow_runs(struct c8d_replay *replay, const struct c8d_input *subject,
                      struct c8d_process_view *before);
/* The execs of one container, those seen first first. */
enum c8d_status c8d__give_execs(struct c8d_replay *replay, c8d_ref container);
/* Gives all runs that are left, in the order in which their containers were first seen. */
enum c8d_status c8d__give_all_runs(struct c8d_replay *replay);

/* replay_anomalies.c */
/* Tells of the last step's finding, if it has one. */
void c8d__tell_finding(struct c8d_replay *replay, const struct c8d_input *input,
                       const struct c8d_process_view *before);
void c8d__tell_time(struct c8d_replay *replay, c8d_ref container, c8d_ref process);
void c8d__tell_line(struct c8d_replay *replay, enum c8d_line_verdict verdict);

#endif
