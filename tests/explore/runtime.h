/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An abstract runtime that does all that a real one, its network and its kernel
 * may do, in any order: the environment in which the model is explored.
 *
 * There is one container, its init process and up to two execs. What can happen
 * next is a fixed list of acts; each is enabled or not in a scene, and doing
 * one leads to the next scene, without chance or clock. What may happen without
 * bound (commands, faults, processes) is drawn from budgets.
 *
 * What is idealised: a call is carried out in one moment between being asked
 * and being answered; the entries of a snapshot are fed without a pause between
 * them; an exec's registration or removal that was given up on does not happen
 * later (nobody could find out: neither has an event that is certain to come).
 */
#ifndef C8D_TEST_RUNTIME_H
#define C8D_TEST_RUNTIME_H

#include "engine.h"
#include "invariants.h"

#define EXECS_MAX 2
#define PROCESSES_MAX (1 + EXECS_MAX)
#define EVENTS_MAX 8
#define LATE_MAX 2     /* calls given up on that are still to be carried out */
#define SERIALS_MAX 15 /* processes that run in one exploration */
#define REQUESTS_MAX 30
#define REQUEST_OWN 31 /* of the model itself, for a wish */
#define IMAGE_BYTES 8192

/* No end has the code of another: its serial is added to one of these. */
#define CODES_OF_INIT 10
#define CODES_OF_EXECS 40
#define CODE_OF_KILLED 137 /* of what has never run, and of what its shim has taken with it */

/* Budgets: how often something may happen. 255 is without bound. */
#define BUDGETS(X)                                                                                           \
    X(commands, "commands of the consumer that are accepted")                                                \
    X(processes, "processes that are created, all incarnations of init and execs together")                  \
    X(fails, "calls and queries that the runtime refuses without reason")                                    \
    X(losses, "replies that are lost one by one")                                                            \
    X(expiries, "calls and queries whose time is over before they are answered")                             \
    X(mutes, "ends of execs after their task that nobody tells")                                             \
    X(repeats, "events delivered twice")                                                                     \
    X(drops, "overflows: events dropped on our side")                                                        \
    X(vanishings, "events that are lost one by one on their way, told by an overflow in the end")            \
    X(breaks, "event streams that break")                                                                    \
    X(outages, "runtimes that restart: the stream and all replies under way are lost")                       \
    X(restarts, "restarts of our own process: the model's image is taken up "                                \
                "again, nothing else")                                                                       \
    X(ignores, "signals that a process does not heed")                                                       \
    X(agains, "pauses of a wish that are over")                                                              \
    X(early, "tasks that end before they are started")                                                       \
    X(crashes, "shims that die with all that is in them")                                                    \
    X(ooms, "OOM kills that are told")                                                                       \
    X(foreign, "acts of another client of the same runtime")

struct budgets {
#define BUDGET_MEMBER(name, text) uint8_t name;
    BUDGETS(BUDGET_MEMBER)
#undef BUDGET_MEMBER
};

enum { PIDS_UNIQUE, PIDS_REUSED, PIDS_ALL_ONE };

/* What is explored. */
struct setting {
    const char *name;
    const char *sentence;
    struct budgets budgets;
    uint8_t execs;
    uint8_t pids;   /* the kernel's: never used twice, the lowest free one, or one
                       for all (as a VM tells) */
    uint8_t window; /* events may be overtaken by so many others, less one;
                       EVENTS_MAX: any order at all */
    bool prompt;    /* no reply overtakes an event */
    bool no_pause;
    bool no_launch;
    bool no_load;
    bool no_force;
    bool no_kill;
    bool no_record; /* the record is there from the beginning and stays */
    bool no_steps;  /* no creation, start or deletion by hand */
    bool stops;     /* stops, and what a signal is given time for */
    bool closes;    /* ends of the standard input */
    bool replaces;
    bool wishes;
    bool veiled;  /* an exec is said to be paused when its task is, whatever has
                     become of it */
    bool is_long; /* not among those that are explored when none is named */
    bool spin;    /* for Spin: with commands without end */
    bool prior;   /* any task that was there before we came, too */
};

enum truth_state { TRUTH_NONE, TRUTH_CREATED, TRUTH_RUNNING, TRUTH_STOPPED };

struct truth_process {
    uint8_t state;
    uint8_t serial; /* of all that have run here; 0: has no pid yet */
    uint8_t pid;
    uint8_t never_ran; /* stopped without having run */
    uint8_t closed;    /* its standard input */
    uint8_t untimed;   /* containerd tells a time of zero */
    uint8_t reserved[2];
};

/* An event, the reply to a call, or the answer to a query. */
struct message {
    uint8_t region;
    uint8_t process;
    uint8_t symbol;
    uint8_t status;
    uint8_t pid;
    uint8_t exit_known;
    uint8_t exit_code;
    uint8_t at; /* when it ended, as a number that is told of no other end */
};

enum { CALL_NONE, CALL_ASKED, CALL_HALF, CALL_SERVED };

struct call {
    uint8_t stage;
    uint8_t command;
    uint8_t request; /* of a signal, or of the end of an input: REQUEST_OWN when a wish has asked for it */
    uint8_t reserved;
    struct message reply; /* when served; of a list: what was seen of the task,
                             `status` 1 when the record was there */
};

/* Where each kind of call waits: there is one of a kind at most. */
enum {
    SLOT_RECORD,
    SLOT_RECORD_QUERY,
    SLOT_TASK,
    SLOT_TASK_QUERY,
    SLOT_SUBSCRIBE,
    SLOT_LIST,
    SLOT_OLD_LIST, /* given up on for a newer one */
    SLOT_PROCESS,  /* eight for each process: */
    SLOT__CALL = 0,
    SLOT__FORCE = 1,
    SLOT__KILL = 2,
    SLOT__QUERY = 3,
    SLOT__STOP = 4, /* the signal of a stop */
    SLOT__ESCALATE = 5,
    SLOT__CLOSE = 6,
    SLOT__OLD_CLOSE = 7, /* of a run that has ended meanwhile, or of one that nobody waits for */
    SLOT__EACH = 8,
    SLOTS = SLOT_PROCESS + SLOT__EACH * PROCESSES_MAX
};

enum { PAUSE_RECORD, PAUSE_TASK, PAUSE_LINK, PAUSE_PROCESS, PAUSES = PAUSE_PROCESS + PROCESSES_MAX };

struct late_call {
    uint8_t command;
    uint8_t region;
    uint8_t process;
};

/* Timers for a process to end after a signal, by what they were ordered with; 0: none. They are not
 * cancelled. */
enum { TIMER_STOP, TIMER_FORCE, TIMER_OLD, SIGNAL_TIMERS };

/* The witness's account, small. */
struct account {
    uint16_t lives[PROCESSES_MAX];
    uint8_t incarnations[PROCESSES_MAX];
    uint8_t stops[PROCESSES_MAX];  /* requests */
    uint8_t closes[PROCESSES_MAX]; /* requests */
    uint8_t wish_call;
    uint8_t wish_calls;
    uint8_t gap;
    uint32_t pending; /* set of requests */
};

/* All that tells one scene from another, beside the model's image. */
struct runtime {
    struct truth_process processes[PROCESSES_MAX];
    uint8_t record;
    uint8_t paused;
    uint8_t subscribed;
    uint8_t event_count;
    uint8_t late_count;
    uint8_t next_serial;
    uint8_t asked_in_a_row; /* queries since anything but answers came in */
    uint8_t unnoticed;      /* an event has vanished, and no gap or overflow has been told since */
    uint8_t resends;        /* while the runtime is away its shims keep their events for it */
    uint16_t alive;         /* set of serials that run */
    uint16_t crashed;       /* ... that went with their shim while they ran */
    uint16_t made_up;       /* ... of which, whatever became of them, a dead shim's end was made up; the first
                               bit: of nobody in particular */
    uint16_t never_ran;     /* ... that never did, and of which an end was told all
                               the same */
    uint16_t start_told;    /* ... whose start the consumer has heard of */
    uint16_t end_told;      /* ... and whose end */
    uint8_t to_be_told[PROCESSES_MAX]; /* where pids tell nothing: ends that have come, less those told */
    struct budgets left;
    uint8_t pauses[PAUSES]; /* RETRY wanted so often */
    uint8_t timers[PROCESSES_MAX];
    uint8_t old_timers[PROCESSES_MAX]; /* ordered in an earlier incarnation */
    uint8_t wish_timer;                /* enum c8d_patience of the timer of the wish; 0: none */
    uint8_t old_wish_timer;            /* likewise, of one that counts no more */
    uint64_t signal_timers[PROCESSES_MAX][SIGNAL_TIMERS];
    struct late_call late[LATE_MAX];
    struct call calls[SLOTS];
    struct message events[EVENTS_MAX];
};

/* What is stored of a scene stands in front. */
struct scene {
    uint64_t image[IMAGE_BYTES / 8];
    struct account account;
    struct runtime runtime;
    /* Not part of what is stored. */
    const struct setting *setting;
    const struct c8d_model_limits *limits;
    struct c8d_model *model;
    struct witness witness;
    struct c8d_actions actions;
    struct c8d_action items[64];
    c8d_ref container;
    c8d_ref refs[PROCESSES_MAX];
    uint8_t names[PROCESSES_MAX]; /* of each process, for printing: symmetry may
                                     have exchanged two */
    bool log;                     /* write each input as a step of a trace */
    bool cut;                     /* something could not happen for want of room */
    const char *broken;
};

/* False when the model cannot be made. `prior` is the task that is there
 * already: enum truth_state. */
bool scene_init(struct scene *scene, const struct setting *setting, enum truth_state prior);
void scene_fini(struct scene *scene);
/* What the model knows of a process, 0 being init. */
struct c8d__process *scene_process(const struct scene *scene, unsigned process);
struct c8d__rest *scene_rest(const struct scene *scene, unsigned process);
/* Brings the witness in line with the stored account, before an act; and the
 * account with it, after one. */
void scene_load_account(struct scene *scene);
void scene_save_account(struct scene *scene);
/* Gives numbers that only grow their smallest equivalent, and equal execs an
 * order: scenes that cannot be told apart become equal. */
void scene_canonicalise(struct scene *scene);

/* Where what is stored of a scene lies: the parts that change; the rest of the
 * image is compared now and then. */
struct chunk {
    uint32_t offset;
    uint32_t bytes;
};
#define CHUNKS_MAX 16
unsigned scene_chunks(const struct scene *scene, struct chunk chunks[CHUNKS_MAX]);

/* acts.c */
#define ACTS_MAX 512
unsigned act_count(void);
bool act_is_enabled(const struct scene *scene, unsigned act);
void act_do(struct scene *scene, unsigned act);
/* "serve create init", ...: borrowed until the next call of the same thread. */
const char *act_name(unsigned act);
/* True for an act that only lets something arrive which is under way already.
 */
bool act_is_quiet(unsigned act);
bool act_is_delivery(unsigned act); /* of the event that is first in line, or
                                       that may overtake it */
/* Which of several things that go on side by side an act belongs to: each call,
 * each pause, the event stream. 0: what nobody can count on to happen
 * (commands, faults, ends). */
unsigned act_channel(unsigned act);
#define ACT_CHANNELS (4 + SLOTS + PAUSES + 2 * PROCESSES_MAX)
/* True for an act that a setting allows at all. */
bool act_is_of(const struct setting *setting, unsigned act);

/* give.c */
void give(struct scene *scene, const struct message *message, uint64_t request);
void give_symbol(struct scene *scene, uint8_t region, uint8_t symbol, uint64_t request);
void give_killed(struct scene *scene, unsigned process, uint64_t request, enum c8d_status status);
void give_list(struct scene *scene, const struct message *seen, bool current);
/* Our own process starts anew, from the model's image. */
void give_restart(struct scene *scene);
/* A timer of a signal is over, that of a wish. */
void give_overdue(struct scene *scene, unsigned process, unsigned which);
void give_wish_timer(struct scene *scene, bool old);

/* truth.c */
enum c8d_status truth_act(struct scene *scene, uint8_t command, uint8_t region, unsigned process);
void truth_describe(const struct scene *scene, unsigned process, uint8_t region, struct message *answer);
void truth_end(struct scene *scene, unsigned process);
/* Of a task that is created and not started. */
void truth_end_early(struct scene *scene);
/* The code of an end and when it was, as an event, an answer or a reply tells it. */
void truth_tell_end(const struct scene *scene, unsigned process, const struct truth_process *ended,
                    struct message *message);
/* True for an exec that runs although its task does not any more. */
bool truth_outlives(const struct scene *scene, unsigned process);
void truth_crash(struct scene *scene, bool with_pid);
void truth_fail(struct scene *scene, uint8_t command, unsigned process, bool oddly);
void truth_publish(struct scene *scene, uint8_t region, unsigned process, uint8_t symbol);
/* Its own for each, and told of no other process. */
uint8_t truth_code(const struct scene *scene, unsigned process, uint8_t serial);
bool truth_has_room(const struct scene *scene);

/* check.c */
void check_notice(struct scene *scene, unsigned process, const struct c8d_action *notice);
/* A code that the input under way has told of the process that is known is not lost. */
void check_code_is_kept(struct scene *scene, const struct message *told);
/* Nothing is under way any more. */
bool scene_is_quiet(const struct scene *scene);
/* In a quiet scene the model knows the truth, and nobody waits: else
 * scene->broken says what is wrong. */
void scene_check_quiet(struct scene *scene);

#endif
