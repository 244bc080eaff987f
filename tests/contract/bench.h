/* SPDX-License-Identifier: Apache-2.0 */
/* What the suite stands on: a client of the runtime under test, what it tells, and short words for what tests
 * do. */
#ifndef C8D_TESTS_BENCH_H
#define C8D_TESTS_BENCH_H

#include "spec.h"

#include <c8d/task.h>

#define SECOND INT64_C(1000000000)
#define PATIENCE (30 * SECOND)
#define HEARD_MAX 256

struct heard {
    enum c8d_notice_kind kind;
    char container[C8D_NAME_BYTES_MAX + 1];
    char process[C8D_NAME_BYTES_MAX + 1];
    struct c8d_exit exit;
    uint64_t sequence;
};

/* One client on the runtime under test, what it has told, and what the processes have written. */
struct bench {
    struct c8d_runtime runtime;
    struct c8d_client *client;
    struct heard heard[HEARD_MAX];
    size_t n_heard;
    char output[2][4096];
    size_t n_output[2];
};

struct c8d_str bench_str(const char *text);
struct bench *bench_open(bool adopt);
/* With functions of a test's own in the runtime's table. */
typedef void bench_alter_fn(struct c8d_runtime *runtime);
struct bench *bench_open_with(bool adopt, bench_alter_fn *alter);
/* For cmocka; a client that adopts nothing. */
int bench_set_up(void **state);
int bench_tear_down(void **state);

/* The args of a container or an exec are JSON strings; a script is what sh -c gets. Those without "try"
 * assert success. */
enum c8d_status bench_try_create(struct bench *bench, const char *id, const char *args,
                                 struct c8d_container **out, struct c8d_error *err);
struct c8d_container *bench_create_args(struct bench *bench, const char *id, const char *args);
struct c8d_container *bench_create(struct bench *bench, const char *id, const char *script);
struct c8d_process *bench_start_with(struct bench *bench, struct c8d_container *container, uint32_t stdio);
struct c8d_process *bench_start(struct bench *bench, struct c8d_container *container);
enum c8d_status bench_try_exec(struct bench *bench, struct c8d_process *task, const char *id,
                               const char *args, struct c8d_process **out, struct c8d_error *err);
struct c8d_process *bench_exec(struct bench *bench, struct c8d_process *task, const char *id,
                               const char *script);
void bench_expect_end(struct c8d_process *process, uint32_t code);
/* Ends and deletes a task and its container, and gives up both. */
void bench_remove(struct c8d_container *container, struct c8d_process *task);

/* How many notices of a kind there were about a process. */
size_t bench_count(const struct bench *bench, enum c8d_notice_kind kind, const char *process);
/* Drives the client until there were n of them. */
bool bench_hear_until(struct bench *bench, enum c8d_notice_kind kind, const char *process, size_t n);

/* The cases that stand on it; the result is the number of those that failed. */
int contract_handles(void);
int contract_tasks(void);
int contract_submitted(void);

#endif
