/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the model remembers, and the functions its files share. All of it is flat and holds offsets instead of
 * pointers: an image of the model can be moved, stored and compared byte by byte.
 */
#ifndef C8D_ENGINE_H
#define C8D_ENGINE_H

#include "machines.h"
#include <c8d/wish.h>

/* What is known of a process besides its states. */
enum {
    C8D__EXIT_KNOWN = 1,       /* exit_code counts */
    C8D__ENDED = 2,            /* its end has been told */
    C8D__STARTED = 4,          /* its start has been told in this incarnation */
    C8D__OOM = 8,              /* an OOM kill in it has been told */
    C8D__CONFLICTED = 16,      /* a second code has been told */
    C8D__SEEN_CREATED = 32,    /* the event of its creation has been seen */
    C8D__SEEN_STARTED = 64,    /* the event of its start has been seen */
    C8D__SEEN_EXITED = 128,    /* the event of its end has been seen */
    C8D__SUSPECTED = 256,      /* held_* is an exit event without a pid: an end if a query confirms it */
    C8D__GONE = 512,           /* it has been deleted: what comes now is late */
    C8D__WATCHED = 1024,       /* it was seen before it was started: nothing in its life is unobserved */
    C8D__SEEN_DELETED = 2048,  /* the event of its deletion has been seen */
    C8D__CREATED_DUE = 4096,   /* an exec that we made: the event of it, which has no pid, is still to come */
    C8D__ASKED_EARLIER = 8192, /* the query under way was asked before this incarnation began */
    C8D__FORCING =
        16384, /* the kill of a force-delete is in flight, perhaps that of the incarnation before */
    C8D__RIVALED = 32768, /* an event of another pid has been seen, or the exit of the incarnation before has
                             not: an exit without one may be that one's */
};

/* Where an entity stands with regard to being forgotten. */
enum {
    C8D__LISTED = 1, /* in the list of the ended */
    C8D__HELD = 2,
    C8D__WISHED = 4,      /* a container of which something is wished */
    C8D__LAST = 8,        /* last_pid is one: spares most exits a look at it */
    C8D__LAST_HEARD = 16, /* the exit event of the incarnation before has been seen */
    C8D__FAILED = 32,     /* a creation under this name has failed, ever: see c8d__is_sure */
};

/* One process of one incarnation at a time: init, or an exec. This is what nearly every event reads or
 * writes; what few need lies apart (struct c8d__rest), so that a step waits for as little memory as can be.
 */
struct c8d__process {
    uint8_t state;    /* enum c8d_process_state */
    uint8_t query;    /* enum c8d_query_state */
    uint8_t launch;   /* enum c8d_launch_state */
    uint8_t stop;     /* enum c8d_stop_state */
    uint8_t closing;  /* enum c8d_stdin_state */
    uint8_t standing; /* C8D__LISTED and so on: of the exec, or of the container whose init it is; and of the
                         incarnation before */
    uint16_t flags;
    uint32_t pid;
    uint32_t incarnation;
    uint32_t confirmed; /* the snapshot, by its number, since which its pid has been told: see c8d__is_sure */
    uint32_t exit_code;
    int64_t exited_at_ns;
};

/* The rest of a process. */
struct c8d__rest {
    uint64_t request;
    uint64_t stop_request;
    uint64_t close_request;
    int64_t held_at_ns;
    int64_t last_at_ns;
    uint32_t held_pid; /* of an exit that came before its start, or of the creation event that came before its
                          reply */
    uint32_t held_code; /* with C8D__SUSPECTED */
    uint32_t last_pid;  /* the incarnation before: to recognise its end when it is said again */
    uint32_t last_code;
    uint8_t launch_status;
    uint8_t kills;         /* signals of the consumer's under way */
    uint8_t stop_calls;    /* signals of stops under way */
    uint8_t stop_status;   /* enum c8d_status of the signal that was refused */
    uint16_t force_timers; /* ordered so far, for force-deletes: the last one counts */
    uint16_t stop_timers;  /* ordered so far, for stops that nobody asked for: the last one counts */
};

/* An entity's neighbours in the list that it stands in; index + 1. What is held stands in none. */
struct c8d__links {
    uint32_t next;  /* in the list of the free; younger neighbour among the ended; or how often it is held */
    uint32_t older; /* older neighbour among the ended */
};

enum {
    C8D__RECORD_BORN = 1, /* the creation of the record has been seen: nothing of its life is unobserved */
    /* Events that our own calls are still to cause. */
    C8D__DUE_PAUSED = 2,
    C8D__DUE_RESUMED = 4,
    C8D__DUE_CHECKPOINTED = 8,
    C8D__DUE_DELETED = 16,
};

/* Two lines of the processor's memory, with the whole of the name. */
struct c8d__container {
    struct c8d__process init;
    uint32_t generation; /* odd while in use */
    uint32_t execs;      /* first of its list; index + 1 */
    uint16_t exec_count;
    uint8_t namespace_;
    uint8_t flags;
    uint8_t record;         /* enum c8d_container_state */
    uint8_t record_query;   /* enum c8d_query_state */
    uint8_t task;           /* enum c8d_task_state */
    uint8_t task_query;     /* enum c8d_query_state */
    uint8_t response;       /* enum c8d_response_state */
    uint8_t replace;        /* enum c8d_replace_state */
    uint8_t replace_result; /* enum c8d_status + 1 of the command that it waits for; 0 = not there yet */
    uint8_t name_length;
    char name[C8D_NAME_BYTES_MAX];
};

struct c8d__container_rest {
    struct c8d__rest init;
    uint64_t replace_request;
    uint64_t record_request;
    uint64_t task_request;
    uint32_t wish;          /* index + 1, with C8D__WISHED; 0 = none */
    uint8_t replace_status; /* enum c8d_status of the command that failed */
    uint8_t reserved[3];
};

#define C8D__NUMBER_BITS 24 /* of a container or exec */
#define C8D__NUMBER_MASK (((uint32_t)1 << C8D__NUMBER_BITS) - 1)

struct c8d__exec {
    struct c8d__process process;
    uint32_t generation;                   /* odd while in use */
    uint32_t container : C8D__NUMBER_BITS; /* index */
    uint32_t name_length : 32 - C8D__NUMBER_BITS;
    uint32_t next; /* of its container's list; index + 1 */
    char name[C8D_NAME_BYTES_MAX];
};

/* What the consumer wishes of a container. */
struct c8d__wish {
    uint64_t timer;     /* number of the one that counts; 0 = none */
    uint32_t container; /* index */
    uint32_t next;      /* free list; index + 1 */
    uint8_t state;      /* enum c8d_wish_state */
    uint8_t result;     /* enum c8d_status + 1 of the command that it waits for; 0 = not there yet */
    uint8_t attempts;   /* pauses in a row */
    uint8_t lapsed_at;  /* as many commands away from the wish, and it has lapsed */
    uint8_t looked;     /* what was unknown has been asked for */
    uint8_t in_use;
    uint8_t reserved[2];
};

/* Entities of one kind: those free, and those ended but remembered, oldest first. Index + 1 everywhere; 0 =
 * none. */
struct c8d__pool {
    uint32_t capacity;
    uint32_t used; /* slots handed out at least once */
    uint32_t free;
    uint32_t ended_oldest;
    uint32_t ended_youngest;
};

/* Where each part begins, counted from the start of the model. */
struct c8d__layout {
    uint64_t container_rests;
    uint64_t container_links;
    uint64_t execs;
    uint64_t exec_rests;
    uint64_t exec_links;
    uint64_t namespaces;
    uint64_t wishes;
};

struct c8d_model {
    struct c8d_model_limits limits;
    struct c8d__layout layout;
    struct c8d_model_counters counters;
    uint64_t sequence;
    uint64_t open_request;
    uint64_t restore_request; /* may come while the stream is being opened */
    uint64_t list_number;     /* snapshots asked for */
    uint32_t sweep_at;        /* where c8d_model_list_sweep goes on */
    uint32_t sweep_region;
    uint8_t connection; /* enum c8d_connection_state */
    uint8_t listing;    /* a snapshot is under way */
    uint8_t recovering; /* how far c8d_model_recover has come */
    uint8_t reserved[1];
    uint32_t recover_at;
    struct c8d__pool containers;
    struct c8d__pool execs;
    uint32_t index_mask;
    uint32_t namespaces; /* how many are known */
    uint32_t wishes_used;
    uint32_t wishes_free; /* index + 1 */
    uint64_t wish_timers; /* ordered so far */
    uint32_t pursue_at;   /* where c8d_model_pursue goes on */
    uint32_t reserved2;
    /* Behind it: the index, the containers, and what the layout says; see memory.c. */
};

#define C8D__NAMESPACES_MAX 64

#define C8D__NONE UINT32_MAX

/* A namespace, while containers are in it. */
struct c8d__namespace {
    uint32_t users;
    uint32_t length;
    char name[C8D_NAME_BYTES_MAX];
    uint32_t reserved;
};

/* memory.c */
uint32_t *c8d__index_of(const struct c8d_model *model);
struct c8d__namespace *c8d__namespaces_of(const struct c8d_model *model);
struct c8d__container *c8d__container_at(const struct c8d_model *model, uint32_t index);
uint32_t c8d__container_number(const struct c8d_model *model, const struct c8d__container *container);
struct c8d__container_rest *c8d__container_rest(const struct c8d_model *model,
                                                const struct c8d__container *container);
/* Asks memory for all of it at once, where each line would else be waited for alone. It has no effect that
 * could be seen but time. */
void c8d__container_fetch(const struct c8d__container *container);
struct c8d__exec *c8d__exec_at(const struct c8d_model *model, uint32_t index);
uint32_t c8d__exec_number(const struct c8d_model *model, const struct c8d__exec *exec);
struct c8d__rest *c8d__exec_rest(const struct c8d_model *model, const struct c8d__exec *exec);
/* Of the entities in that pool. */
struct c8d__links *c8d__links_at(const struct c8d_model *model, const struct c8d__pool *pool, uint32_t index);
struct c8d_str c8d__namespace_name(const struct c8d_model *model, uint32_t number);
struct c8d__wish *c8d__wish_at(const struct c8d_model *model, uint32_t index);
/* NULL: there is none. */
struct c8d__wish *c8d__wish_of(const struct c8d_model *model, const struct c8d__container *container);

/* index.c: numbers, or C8D__NONE */
bool c8d__is_name(struct c8d_str name);
bool c8d__same_name(struct c8d_str name, const char *bytes, uint32_t length);
uint32_t c8d__namespace_find(const struct c8d_model *model, struct c8d_str name);
uint32_t c8d__namespace_enter(struct c8d_model *model, struct c8d_str name);
uint32_t c8d__hash_of(uint32_t namespace_, struct c8d_str id);
uint32_t c8d__container_hash(const struct c8d__container *container);
/* An entry of the index, which is no hole, and the container that it is of. */
uint32_t c8d__index_entry(uint32_t hash, uint32_t container);
uint32_t c8d__index_container(uint32_t entry);
void c8d__index_put(struct c8d_model *model, uint32_t hash, uint32_t container);
void c8d__index_remove(struct c8d_model *model, uint32_t hash, uint32_t container);
/* hash: of this namespace and id. */
uint32_t c8d__index_find(const struct c8d_model *model, uint32_t namespace_, uint32_t hash,
                         struct c8d_str id);
/* Where the search begins: the first that may be of that hash, without a look at its name. */
uint32_t c8d__index_guess(const struct c8d_model *model, uint32_t hash);

/* table.c */
/* By the generation of a container or an exec. */
bool c8d__in_use(uint32_t generation);
struct c8d__container *c8d__container_of(const struct c8d_model *model, c8d_ref ref);
struct c8d__exec *c8d__exec_of(const struct c8d_model *model, c8d_ref ref);
c8d_ref c8d__container_ref(const struct c8d_model *model, const struct c8d__container *container);
bool c8d__exec_is_in(const struct c8d_model *model, const struct c8d__exec *exec,
                     const struct c8d__container *container);
c8d_ref c8d__exec_ref(const struct c8d_model *model, const struct c8d__exec *exec);
/* Puts an entity among the ended when its machines have all come to rest in their first state, takes it out
 * otherwise. */
void c8d__container_settle(struct c8d_model *model, struct c8d__container *container);
void c8d__exec_settle(struct c8d_model *model, struct c8d__exec *exec);
/* Who held it is gone. */
void c8d__release_all(struct c8d__process *process, struct c8d__links *links);

/* Whom a step is about: filled by step.c, used by all. exec is NULL for init. */
struct c8d__subject {
    struct c8d_model *model;
    struct c8d_actions *actions;
    const struct c8d_input *input;
    struct c8d__container *container;
    struct c8d__exec *exec;
    struct c8d__process *process;
    uint8_t cause; /* enum c8d_cause */
    bool replaced; /* its end is known from the sight of its successor */
    bool succeeds; /* it is that successor, and its predecessor's calls may have been its own */
};

/* The rest of the subject's container, and of its process. */
struct c8d__container_rest *c8d__rest_of_container(const struct c8d__subject *subject);
struct c8d__rest *c8d__rest_of(const struct c8d__subject *subject);

/* The same step, about an exec of the subject's container. */
struct c8d__subject c8d__subject_of_exec(const struct c8d__subject *subject, struct c8d__exec *exec);

/* evidence.c: what an event says about the incarnation that is known. */
struct c8d__judgement {
    uint8_t symbol;  /* what the machine is to be given; C8D_SYM_NONE: nothing, `outcome` is final */
    uint8_t outcome; /* enum c8d_outcome, with C8D_SYM_NONE */
};
struct c8d__judgement c8d__judge_event(struct c8d__subject *subject);
/* True when the life of the subject has been watched from its beginning, or an earlier one has. */
bool c8d__has_history(const struct c8d__subject *subject);
/* Whether an exit without a pid can be nobody else's: nothing has been missed since its pid was told, and
 * nobody else has been heard of under its name. */
bool c8d__is_sure(const struct c8d__subject *subject);
/* An exit that is said in the words of the run before this one. */
bool c8d__repeats_last_exit(const struct c8d__subject *subject);
/* The event of its end has been seen, or an exit without a pid that may have been it. */
bool c8d__end_is_heard(const struct c8d__process *process);
/* True when the reply to our start names another process than the one that was created. */
bool c8d__start_is_of_another(const struct c8d__process *process, const struct c8d_input *input);
/* True when a query's answer can only be about another incarnation than the one that is known. */
bool c8d__answer_is_of_another(const struct c8d__process *process, const struct c8d_input *input);
/* True for "stopped", said of this very process: it can never become false again, however much has happened
 * since it was asked; unless one pid serves for all, and it was asked of the incarnation before. */
bool c8d__answer_stands(const struct c8d__process *process, const struct c8d_input *input);
/* containerd says "paused" of every exec of a paused task, whatever has become of it: its pid and the time of
 * its end tell what has. */
uint8_t c8d__symbol_behind_pause(const struct c8d_input *input);

/* learn.c: takes up what the input under way tells of the process, once its arrow has been taken. */
void c8d__learn(struct c8d__subject *subject, uint8_t symbol, uint64_t effects);
/* What ended without a code is told it later, by name and pid. False when it is not. */
bool c8d__learn_code_late(struct c8d__process *process, const struct c8d_input *input);

/* finding.c */
/* Sets the finding of the actions, and the run that it is about. */
void c8d__find(struct c8d__subject *subject);

/* emit.c: effects into actions. */
struct c8d_action *c8d__emit(struct c8d__subject *subject, enum c8d_action_kind kind, unsigned what,
                             enum c8d_region region);
void c8d__emit_done(struct c8d__subject *subject, enum c8d_region region, uint64_t request,
                    enum c8d_status status);
enum c8d_status c8d__status_of_done(uint64_t effects, const struct c8d_input *input);

/* Completes the request that a region holds, when the effects say so. */
void c8d__complete(struct c8d__subject *subject, enum c8d_region region, uint64_t *request, uint64_t effects);

/* refusal.c: why a command without an arrow is refused (of the process, task or container machine), and
 * whether a reply or an event without one is late. */
enum c8d_status c8d__refusal(enum c8d_machine machine, uint8_t state, uint8_t symbol);
bool c8d__is_force_reply(uint8_t symbol);
enum c8d_outcome c8d__outcome_without_arrow(bool nothing_there, uint8_t symbol);

/* phases of the process machine (phases.c) */
bool c8d__process_calls(uint8_t state);  /* a lifecycle call is in flight */
bool c8d__process_starts(uint8_t state); /* a start of ours is in flight */
bool c8d__process_runs(uint8_t state);   /* its start has been told and its end has not */
bool c8d__process_exists(uint8_t state);
bool c8d__process_over(uint8_t state); /* ended, and not yet deleted */
bool c8d__task_calls(uint8_t state);
bool c8d__record_calls(uint8_t state);
/* A reply was lost: only a query can tell what has become of the call. */
bool c8d__process_doubts(uint8_t state);
bool c8d__task_doubts(uint8_t state);
bool c8d__record_doubts(uint8_t state);

/* process.c */
/* Takes one arrow with all that follows from it. False, and nothing has changed, when there is none. */
bool c8d__process_take(struct c8d__subject *subject, uint8_t symbol);

/* process_input.c, task.c, record.c, connection.c: one region each. */
enum c8d_outcome c8d__process_input(struct c8d__subject *subject);
enum c8d_outcome c8d__task_input(struct c8d__subject *subject);
enum c8d_outcome c8d__record_input(struct c8d__subject *subject);
enum c8d_outcome c8d__connection_input(struct c8d__subject *subject);
/* Asks for the present state of a process whose believed state something speaks against. False when it cannot
 * be asked. */
bool c8d__process_verify(struct c8d__subject *subject);
/* Makes the task region follow its init process, which has taken `symbol`: up, down, and what an answer tells
 * of pausing; `first_seen`: by that answer it is known to run. */
void c8d__task_follow(struct c8d__subject *subject, uint8_t symbol, bool first_seen);
/* The call in flight that a deferred query waits for may have settled. */
void c8d__task_settled(struct c8d__subject *subject);

/* response.c */
/* Gives the container's response machine a symbol. */
void c8d__respond(const struct c8d__subject *about, uint8_t symbol);
/* What the step's own input, a reply or an answer, says of whether calls are answered. */
void c8d__hear(const struct c8d__subject *subject);
void c8d__hear_call(const struct c8d__subject *subject, uint8_t status);

/* grace.c */
/* The exec has been seen to run: if its task has ended, its time begins. */
void c8d__grace_of_exec(struct c8d__subject *subject);
/* The task has ended: the time of each exec that runs begins. */
void c8d__grace_of_execs(struct c8d__subject *subject);
/* The time of an exec is over. What its machine is to be given; C8D_SYM_NONE: nothing. */
uint8_t c8d__grace_over(struct c8d__subject *subject);

/* stop.c */
enum c8d_outcome c8d__stop(struct c8d__subject *subject);
/* The process has ended, or is gone. */
void c8d__stop_ended(struct c8d__subject *subject);
/* True when a signal's result is a stop's: then it was taken. */
bool c8d__stop_signaled(struct c8d__subject *subject, uint64_t request, enum c8d_status status);
/* What the timer of a stop, or of a force-delete, has been ordered with: the one that counts. */
uint64_t c8d__stop_timer_of(const struct c8d__process *process, const struct c8d__rest *rest);
uint64_t c8d__force_timer_of(const struct c8d__process *process, const struct c8d__rest *rest);
/* Orders the timer of a stop again. */
void c8d__stop_recover(struct c8d__subject *subject);
/* A timer for a process to end after a signal: of a stop, or of a force-delete. */
void c8d__force_timer(struct c8d__subject *subject);
enum c8d_outcome c8d__overdue(struct c8d__subject *subject);
/* Thaws a paused task: what is frozen does not take a signal. */
void c8d__task_thaw(struct c8d__subject *subject);

/* connection.c: the stream of a process that is gone. */
void c8d__connection_recover(struct c8d__subject *subject);

/* replace.c */
/* The request of the commands that a REPLACE is made of. */
#define C8D__REQUEST_REPLACE (UINT64_MAX - 1)
enum c8d_outcome c8d__replace(struct c8d__subject *subject);
/* Goes on with a replace whose command has been completed. */
void c8d__replace_advance(const struct c8d__subject *subject);
/* The consumer's request that a command of the model's serves. */
uint64_t c8d__request_behind(const struct c8d__subject *subject, uint64_t request);

/* stdin.c */
enum c8d_outcome c8d__stdin_input(struct c8d__subject *subject);
/* What an arrow of the process means for its standard input. */
void c8d__stdin_follow(struct c8d__subject *subject, uint64_t effects);
/* The call that was under way belongs to a program that is gone, as does who wanted it. */
void c8d__stdin_recover(struct c8d__subject *subject);

/* own.c */
void c8d__command_own(const struct c8d__subject *about, enum c8d_region region, enum c8d_symbol symbol,
                      uint64_t request);

/* wish.c */
enum c8d_outcome c8d__wish(struct c8d__subject *subject);
/* Compares the wish with what is known now, if there is one. */
void c8d__wish_advance(const struct c8d__subject *about);
/* The consumer has commanded something by hand. */
void c8d__wish_hear(const struct c8d__subject *about);
/* True when a command of the consumer's may change what is wished, even if it cannot be carried out. */
bool c8d__wish_overrules(const struct c8d__subject *subject);
enum c8d_outcome c8d__wish_timer(struct c8d__subject *subject);
void c8d__wish_recover(struct c8d__subject *subject);

/* query.c */
bool c8d__is_unanswered(uint8_t symbol);
uint64_t c8d__query(struct c8d__subject *subject, uint8_t *query, enum c8d_region region, uint8_t symbol);
/* True when an arrow's effects want no query, and none is under way that it could disturb, or settle: there
 * is none, it is disturbed already, or it waits to be asked again. That is so with nine arrows of ten: to ask
 * the machine twice each time took a tenth of a step. */
static inline bool c8d__query_sleeps(uint8_t query, uint64_t effects)
{
    return (query == C8D_QUERY_IDLE || query == C8D_QUERY_DISTURBED || query == C8D_QUERY_WAITING) &&
           (effects & (C8D_FX(ASK) | C8D_FX(DEFER))) == 0;
}

/* model.c */
uint8_t c8d__cause_of(const struct c8d_input *input);
/* Empties the actions of a step that no input has brought. */
void c8d__begin_actions(struct c8d_actions *actions);

#endif
