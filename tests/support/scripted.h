/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A runtime whose every reply and event is written by the test. It has a virtual clock and no world behind
 * it, so a test can show the client any order of things, also one that no sane runtime would give.
 */
#ifndef C8D_TESTS_SCRIPTED_H
#define C8D_TESTS_SCRIPTED_H

#include <c8d/allocator.h>
#include <c8d/runtime.h>

#define SCRIPTED_NAME 80
#define SCRIPTED_LOG 4096

/* A call as it was submitted. */
struct scripted_call {
    enum c8d_call_kind kind;
    uint64_t token;
    int64_t deadline_ns;
    char container[SCRIPTED_NAME];
    char process[SCRIPTED_NAME];
    uint32_t signal;
    bool all;
    bool has_stdio;
    size_t spec_len;
};

struct scripted;

/* Answers a call, now or later. NULL in the script: scripted_ok(). */
typedef void scripted_respond_fn(struct scripted *script, const struct scripted_call *call);

struct scripted_stdio {
    int far_in, far_out, far_err; /* the process's ends */
};

struct scripted *scripted_new(scripted_respond_fn *respond);
struct c8d_runtime scripted_runtime(struct scripted *script);
void scripted_set_respond(struct scripted *script, scripted_respond_fn *respond);
/* Data of the test's own. */
void *scripted_user(struct scripted *script);
void scripted_set_user(struct scripted *script, void *user);

/* Answers with OK; to a query with what *answer says (default: created and running with pid 100). */
void scripted_ok(struct scripted *script, const struct scripted_call *call);
void scripted_reply(struct scripted *script, uint64_t token, enum c8d_status status, const char *message);
void scripted_reply_pid(struct scripted *script, uint64_t token, uint32_t pid);
void scripted_reply_exit(struct scripted *script, uint64_t token, uint32_t code);
void scripted_reply_state(struct scripted *script, const struct scripted_call *call,
                          enum c8d_entry_state state, uint32_t pid, uint32_t code);
/* Answers a LIST with one container and its task. */
void scripted_reply_list(struct scripted *script, uint64_t token, const char *container,
                         enum c8d_entry_state state, uint32_t pid, uint32_t code);
/* Answers a LIST with the containers and tasks m0, m1 and so on, of pids 1000, 1001... */
void scripted_reply_many(struct scripted *script, uint64_t token, unsigned n, enum c8d_entry_state state);
void scripted_event(struct scripted *script, enum c8d_event_kind kind, const char *container,
                    const char *process, uint32_t pid, uint32_t code);
/* The namespace that events are from; "test" at first. Borrowed. */
void scripted_set_namespace(struct scripted *script, const char *namespace_);
/* Ends the stream that the last SUBSCRIBE opened. */
void scripted_end_stream(struct scripted *script);

/* The next submits are refused with this status: no reply comes. C8D_OK ends it. */
void scripted_refuse(struct scripted *script, enum c8d_status status);

size_t scripted_n_calls(struct scripted *script, enum c8d_call_kind kind);
/* The n-th call of a kind from 0; it must exist. */
const struct scripted_call *scripted_call_of(struct scripted *script, enum c8d_call_kind kind, size_t n);
/* From now on states tell of an input and an output, to be attached to. */
void scripted_tell_streams(struct scripted *script);
/* The far ends of the streams that were opened last. */
struct scripted_stdio *scripted_stdio(struct scripted *script);
int scripted_open_stdios(struct scripted *script);
/* Returns when another thread is in a wait that nothing ends by itself. */
void scripted_await_sleep(struct scripted *script);
int64_t scripted_now(struct scripted *script);

#endif
