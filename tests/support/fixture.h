/* SPDX-License-Identifier: Apache-2.0 */
/* A client on a scripted runtime, and the notices that it gave. */
#ifndef C8D_TESTS_FIXTURE_H
#define C8D_TESTS_FIXTURE_H

#include "scripted.h"
#include <c8d/task.h>

#define SECOND INT64_C(1000000000)

struct heard {
    enum c8d_notice_kind kind;
    enum c8d_cause cause;
    uint64_t sequence;
    uint32_t incarnation;
    char process[SCRIPTED_NAME];
    struct c8d_exit exit;
};

struct fixture {
    struct scripted *script;
    struct c8d_client *client;
    struct heard heard[1024];
    size_t n_heard;
};

struct c8d_str str(const char *string);
/* Makes a client on `respond` (see scripted.h); adopts nothing. */
void fixture_open(struct fixture *fixture, scripted_respond_fn *respond);
void fixture_open_with(struct fixture *fixture, scripted_respond_fn *respond, bool adopt,
                       const struct c8d_allocator *allocator);
void fixture_close(struct fixture *fixture);

/* These assert success. */
struct c8d_container *fixture_create(struct fixture *fixture, const char *id);
struct c8d_process *fixture_start(struct fixture *fixture, struct c8d_container *container);
struct c8d_process *fixture_exec(struct fixture *fixture, struct c8d_process *task, const char *id);
/* Dispatches until nothing more happens. */
void fixture_settle(struct fixture *fixture);

size_t fixture_count(const struct fixture *fixture, enum c8d_notice_kind kind);
/* The kinds of all notices in order, such as "create start exit", in static memory. */
const char *fixture_story(const struct fixture *fixture);

/* An allocator that counts, and fails when told to. */
struct failing {
    struct c8d_allocator allocator;
    long live;     /* allocations not released */
    long made;     /* allocations asked for */
    long fail_at;  /* the number, from 1, of the one that fails; 0 = none */
    bool for_ever; /* and all after it */
};
void failing_init(struct failing *failing);

#endif
