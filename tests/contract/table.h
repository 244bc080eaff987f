/* SPDX-License-Identifier: Apache-2.0 */
/* A runtime's table with no client above it: calls go in, and what arrives is written down. */
#ifndef C8D_TESTS_TABLE_H
#define C8D_TESTS_TABLE_H

#include "spec.h"

#include <c8d/runtime.h>

#define TABLE_SECOND INT64_C(1000000000)
#define TABLE_PATIENCE (30 * TABLE_SECOND)
#define TABLE_NAME (C8D_NAME_BYTES_MAX + 1)
#define TABLE_ENTRIES_MAX 16
#define TABLE_EVENTS_MAX 256
#define TABLE_CALLS_MAX 256

struct table_entry {
    char container[TABLE_NAME];
    char process[TABLE_NAME];
    bool container_present;
    bool process_told;
    enum c8d_entry_state state;
    uint32_t pid;
    struct c8d_exit exit;
    char spec[SPEC_BYTES];
    char runtime[64];
    int64_t created_at_ns;
    char label[64]; /* the value of the label that every container of the suite has */
};

struct table_reply {
    enum c8d_status status;
    uint32_t pid;
    struct c8d_exit exit;
    char message[C8D_ERROR_MESSAGE_BYTES];
    char version[64];
    size_t n_entries;
    struct table_entry entries[TABLE_ENTRIES_MAX];
    bool has_stats;
    struct c8d_stats stats;
    size_t n_processes;
    struct c8d_task_process processes[TABLE_ENTRIES_MAX];
};

struct table_event {
    enum c8d_event_kind kind;
    char namespace_[TABLE_NAME];
    char container[TABLE_NAME];
    char process[TABLE_NAME];
    uint32_t pid;
    struct c8d_exit exit;
    int64_t time_ns;
};

struct table {
    const struct contract_maker *maker;
    struct c8d_runtime runtime;
    uint64_t tokens;                 /* how many calls were made: tokens are 1 and up */
    size_t replies[TABLE_CALLS_MAX]; /* by token: how many came */
    struct table_reply reply;        /* the last one */
    struct table_event events[TABLE_EVENTS_MAX];
    size_t n_events;
    size_t n_ended; /* ends of the stream */
};

/* For cmocka: a table, subscribed to its events. At the end each call must have had its one reply. */
int table_set_up(void **state);
int table_tear_down(void **state);

struct c8d_str table_str(const char *text);
/* Sends a call; its token is chosen here and returned. Without a deadline it gets a generous one. */
uint64_t table_submit(struct table *table, struct c8d_call *call);
/* Takes what is there, and waits for more until the time is up. */
void table_go_on(struct table *table, int64_t timeout_ns);
/* Waits for the reply. */
const struct table_reply *table_await(struct table *table, uint64_t token);
const struct table_reply *table_call(struct table *table, struct c8d_call *call);
/* The same for a call that has no more than names; returns what became of it. */
enum c8d_status table_do(struct table *table, enum c8d_call_kind kind, const char *container,
                         const char *process);
enum c8d_status table_kill(struct table *table, const char *container, const char *process, uint32_t signal,
                           bool all);
/* What STATE says; UNKNOWN when it fails. */
enum c8d_entry_state table_state(struct table *table, const char *container, const char *process);

enum c8d_status table_update(struct table *table, const char *container, const char *resources);

enum c8d_status table_create(struct table *table, const char *id, const char *args);
/* A container whose shell runs a script, and with start its task. They assert success. */
void table_create_shell(struct table *table, const char *id, const char *script);
uint32_t table_start_shell(struct table *table, const char *id, const char *script,
                           const struct c8d_stdio *stdio);
enum c8d_status table_exec(struct table *table, const char *container, const char *id, const char *args,
                           const struct c8d_stdio *stdio);
/* Makes an exec and starts it; asserts success. */
uint32_t table_start_exec(struct table *table, const char *container, const char *id, const char *args);
/* Ends and deletes whatever there is of a container. */
void table_remove(struct table *table, const char *id);

/* The first such event; waits for it, and fails the test when it does not come. */
const struct table_event *table_await_event(struct table *table, enum c8d_event_kind kind,
                                            const char *container, const char *process);
size_t table_count(const struct table *table, enum c8d_event_kind kind, const char *container,
                   const char *process);
/* Where in the stream the first such event is. */
size_t table_place(const struct table *table, enum c8d_event_kind kind, const char *container,
                   const char *process);

/* The cases that stand on it; the result is the number of those that failed. */
int contract_calls(void);
int contract_execs(void);
int contract_streams(void);
int contract_measures(void);

#define TEST(function) cmocka_unit_test_setup_teardown(function, table_set_up, table_tear_down)

#endif
