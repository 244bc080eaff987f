/* SPDX-License-Identifier: Apache-2.0 */
/* The local runtime on the simulated HCS, with no client above it: short words for calls, and what came of
 * them. */
#ifndef C8D_TESTS_RIG_H
#define C8D_TESTS_RIG_H

#include "hcs_sim.h"

#include <c8d/local.h>

#define RIG_SECOND INT64_C(1000000000)
#define RIG_EVENTS_MAX 64

struct rig_event {
    enum c8d_event_kind kind;
    char container[C8D_NAME_BYTES_MAX + 1];
    char process[C8D_NAME_BYTES_MAX + 1];
    uint32_t pid;
    struct c8d_exit exit;
};

struct rig {
    struct c8d_runtime runtime;
    uint64_t tokens;
    uint64_t replied; /* the token of the last reply */
    bool ended;       /* the stream */
    enum c8d_status status;
    int32_t code; /* of its origin */
    uint32_t pid;
    struct c8d_exit exit;
    enum c8d_entry_state state;
    size_t n_entries;
    size_t n_processes;
    struct c8d_stats stats;
    char message[C8D_ERROR_MESSAGE_BYTES];
    struct rig_event events[RIG_EVENTS_MAX];
    size_t n_events;
};

/* A runtime on the present HCS, subscribed; NULL without memory. */
bool rig_open(struct rig *rig, const struct c8d_allocator *allocator, const struct c8d_local_limits *limits);
void rig_close(struct rig *rig);

/* The spec of a container whose init runs a script; static, until the next call. */
const char *rig_spec(const char *script, bool hyperv);

/* Sends a call whose deadline is so far away; its token, 0 when it could not be sent. */
uint64_t rig_send(struct rig *rig, struct c8d_call *call, int64_t deadline_ns);
/* Goes on until the reply to a call is there, or so long. */
bool rig_await(struct rig *rig, uint64_t token, int64_t timeout_ns);
void rig_go_on(struct rig *rig, int64_t timeout_ns);
/* Both: the status of the reply. */
enum c8d_status rig_call(struct rig *rig, struct c8d_call *call);

enum c8d_status rig_do(struct rig *rig, enum c8d_call_kind kind, const char *container, const char *process);
enum c8d_status rig_create(struct rig *rig, const char *id, const char *script, bool hyperv);
enum c8d_status rig_start(struct rig *rig, const char *id); /* TASK_CREATE and START */
enum c8d_status rig_exec(struct rig *rig, const char *id, const char *exec, const char *script);
enum c8d_status rig_kill(struct rig *rig, const char *id, const char *process, uint32_t signal);

/* How many events of a kind there were about a process. */
size_t rig_count(const struct rig *rig, enum c8d_event_kind kind, const char *id, const char *process);
/* Goes on until there is one, at most so long; NULL when there is none. */
const struct rig_event *rig_event(struct rig *rig, enum c8d_event_kind kind, const char *id,
                                  const char *process, int64_t timeout_ns);

#endif
