/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Host Compute Service in memory, for tests: its exports, and a host whose clock is virtual. Everything
 * random comes from one seed, and everything happens in the thread that waits: the same seed and the same
 * calls give the same run. With threads, clocks are real and notifications come from a thread of its own.
 *
 * Its processes understand a command line whose program is sh -c SCRIPT, sleep, echo, cat, true, false or
 * stay, a script being commands joined by ";"; cmd /c SCRIPT is the same, joined by "&". Free choices of this
 * simulation, which real Windows may make otherwise: what is killed ends with 0xC000013A; the exit of a
 * system is told before those of its processes; a system that has stopped cannot be opened; the names that
 * NameToGuid gives.
 */
#ifndef C8D_TESTS_HCS_SIM_H
#define C8D_TESTS_HCS_SIM_H

#include <local/host.h>
#include <stdbool.h>

#define HCS_SIM_KILLED 3221225786u /* 0xC000013A */

/* The exports, as numbers for faults. */
enum hcs_sim_function {
#define HCS_SIM_FUNCTION(name, member, parameters, required) HCS_SIM_##name,
    C8D__HCS_EXPORTS(HCS_SIM_FUNCTION)
#undef HCS_SIM_FUNCTION
        HCS_SIM__COUNT
};

enum hcs_sim_action {
    HCS_SIM_GOES_WELL,
    HCS_SIM_RETURN,          /* fails at once with `hr` and an error document */
    HCS_SIM_PEND,            /* fails by its notification, with `hr` */
    HCS_SIM_PEND_NEVER,      /* is accepted, and its notification never comes; it does not act */
    HCS_SIM_PEND_UNTOLD,     /* is accepted and acts, and its notification never comes */
    HCS_SIM_PEND_EARLY,      /* the notification comes before the call returns */
    HCS_SIM_PEND_TWICE,      /* it comes twice */
    HCS_SIM_SYNC,            /* acts at once and returns S_OK where it mostly is pending */
    HCS_SIM_BLOCK,           /* the call itself takes `delay_ns` */
    HCS_SIM_EXIT_DURING,     /* is accepted, and the system exits instead of completing it */
    HCS_SIM_SHUTDOWN_FAILED, /* Shutdown: is accepted, and told to have failed */
    HCS_SIM_DISCONNECT,      /* the service goes away instead: every callback is told */
    HCS_SIM_NO_RESULT,       /* S_OK and no document */
    HCS_SIM_GARBAGE,     /* S_OK and a document that is none; RETURN's document likewise when `hr` is set */
    HCS_SIM_WAIT_FAILED, /* HcsGetProcessProperties: LastWaitResult is not 0 */
    HCS_SIM_EXIT_STATUS, /* HcsCreateProcess: the exit of that process is told with the status `hr` */
    HCS_SIM_EXIT_UNTOLD, /* HcsCreateProcess: the exit of that process is never told */
    HCS_SIM_STREAM_MISSING, /* HcsCreateProcess: no handle for standard output */
    HCS_SIM_STREAM_REFUSED, /* HcsCreateProcess: its standard output cannot be opened */
    HCS_SIM_STREAM_BREAKS,  /* HcsCreateProcess: its standard output breaks after the first bytes */
    HCS_SIM_STREAM_STALLS,  /* HcsCreateProcess: its streams take and give one byte at a time */
    HCS_SIM_NO_STRING,      /* fails with `hr`, without memory for the document that would explain it */
};

struct hcs_sim_fault {
    enum hcs_sim_function function;
    unsigned nth; /* which call of it from now, from 1; 0 = each */
    enum hcs_sim_action action;
    c8d__hr hr;
    int64_t delay_ns;
};

/* What is left of all that was handed out. */
struct hcs_sim_left {
    size_t systems, processes, handles, callbacks, strings, streams;
};

/* Begins anew, with no system and no fault. */
void hcs_sim_reset(uint64_t seed);
/* The same with real clocks and threads. */
void hcs_sim_reset_threads(uint64_t seed);
/* Ends the threads, if there are any, and frees everything. */
void hcs_sim_finish(void);

/* A host on it. Its table can be changed by `lacking`: an export that this Windows does not have. */
struct c8d__host hcs_sim_host(void);
void hcs_sim_lack(enum hcs_sim_function function);
const struct c8d__hcs *hcs_sim_table(void);

void hcs_sim_fault(const struct hcs_sim_fault *fault);
/* From now on each call of any function, or the n-th alone, fails with E_OUTOFMEMORY's like; 0 ends it. */
void hcs_sim_fail_calls(unsigned nth, bool for_ever, c8d__hr hr);
/* Whoever opens a system late is not told of its exit again. */
void hcs_sim_never_tell_again(void);
/* Names a folder that is there. */
void hcs_sim_folder(const char *path);
/* From now on nobody may look at those that were named. */
void hcs_sim_close_folders(void);

/* What happens behind everybody's back. False: there is no such system or process. */
bool hcs_sim_exit_system(const char *id, c8d__hr status);
bool hcs_sim_exit_process(const char *id, uint32_t pid, uint32_t code);
void hcs_sim_disconnect(void);
/* A notification that nobody has asked for. */
bool hcs_sim_notify(const char *id, uint32_t type, c8d__hr status);
/* A system that somebody else has left behind; owner "" = nobody's, and none is told of it. */
void hcs_sim_leave(const char *id, const char *owner);

int64_t hcs_sim_now(void);
struct hcs_sim_left hcs_sim_left(void);
/* The functions called since the last reset, one a line, with the text that each was given. */
const char *hcs_sim_calls(void);
/* The last document that a function was given. */
const char *hcs_sim_document(enum hcs_sim_function function);
unsigned hcs_sim_count(enum hcs_sim_function function);

#endif
