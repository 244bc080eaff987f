/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A containerd runtime under test: its server, what came from it, and the usual calls.
 *
 * The server is that of C8D_TEST_ADDRESS and C8D_TEST_NAMESPACE, with a root file system at C8D_TEST_ROOTFS;
 * without them a private one is started. What breaks a server starts one of its own in any case.
 */
#ifndef C8D_TESTS_REMOTE_WORLD_H
#define C8D_TESTS_REMOTE_WORLD_H

#include "fixture.h"
#include <c8d/remote.h>
#include <sys/types.h>

#define MS INT64_C(1000000)
#define PATIENCE (30000 * MS)
#define EVENTS_MAX 256

struct server {
    char directory[256]; /* empty: somebody else's */
    char address[256];
    char namespace_[128];
    char rootfs[256];
};

extern struct server shared;

/* An event with its strings copied. */
struct event {
    enum c8d_event_kind kind;
    char container[80];
    char process[80];
    uint32_t pid;
    struct c8d_exit exit;
};

/* A reply with its strings copied. */
struct reply {
    enum c8d_status status;
    enum c8d_origin origin;
    int32_t origin_code;
    char message[256];
    char version[64];
    uint32_t pid;
    struct c8d_exit exit;
    size_t n_entries;
    struct c8d_entry entry; /* the one about the container asked for; strings below */
    char *spec;
    size_t spec_length;
    char runtime[64];
    char label[64];
};

struct world {
    const struct server *server;
    struct c8d_runtime runtime;
    char fifos[256];
    uint64_t token;
    struct event events[EVENTS_MAX];
    size_t n_events;
    size_t stream_ends;
};

/* Runs containerd.sh; asserts that it succeeds. */
void server_script(const char *verb, const char *directory, const char *argument);
void server_start(struct server *server);
void server_stop(struct server *server);
pid_t server_pid(const struct server *server);
/* Stops the server as SIGSTOP does, and returns when it has. SIGCONT lets it go on. */
void server_pause(const struct server *server);
/* Group set-up and tear-down: the server of the environment, or a private one. */
int shared_start(void **state);
int shared_stop(void **state);
/* Asserts that a runtime can be made. */
void world_open(struct world *world, const struct server *server);
/* Destroys it; asserts that no pipe was left behind. */
void world_close(struct world *world);
int64_t world_now(struct world *world);
/* Takes what is there. Returns true when it was the reply to `token`. */
bool world_take(struct world *world, uint64_t token, struct c8d_str container, struct reply *reply);
/* Waits for the reply to `token`; reply->spec is to be freed. */
void world_await(struct world *world, uint64_t token, struct c8d_str container, struct reply *reply);
/* Without a deadline the call gets a patient one. Returns the token. */
uint64_t world_submit(struct world *world, struct c8d_call call);
/* Calls and waits; spec is not kept. */
struct reply world_call(struct world *world, struct c8d_call request);
/* Asserts success. */
void world_call_ok(struct world *world, struct c8d_call request);
/* Returns NULL when it has not come. */
const struct event *world_find_event(const struct world *world, enum c8d_event_kind kind,
                                     const char *container, const char *process);
const struct event *world_await_event(struct world *world, enum c8d_event_kind kind, const char *container,
                                      const char *process);
/* An OCI process that runs commands in a shell. */
void process_json(char *to, size_t size, const char *commands, bool terminal);
/* A whole OCI spec with such a process. */
void spec_json(const struct world *world, char *to, size_t size, const char *id, const char *commands,
               bool terminal);
void world_create(struct world *world, const char *id, const char *commands, bool terminal);
struct c8d_call call_on(enum c8d_call_kind kind, const char *container);
struct c8d_call call_on_exec(enum c8d_call_kind kind, const char *container, const char *process);
void world_subscribe(struct world *world);
void world_open_stdio(struct world *world, const char *id, uint32_t flags, struct c8d_stdio *out);
void world_close_stdio(struct world *world, struct c8d_stdio *stdio);
/* Task create and start. */
void world_launch(struct world *world, const char *id, const struct c8d_stdio *stdio);
/* Waits for init's end and deletes it and the container. Returns its code. */
uint32_t world_finish(struct world *world, const char *id);
void world_kill(struct world *world, const char *id);

#endif
