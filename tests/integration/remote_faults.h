/* SPDX-License-Identifier: Apache-2.0 */
/* Lives of containers under faults, and a ledger of what was told of their processes. */
#ifndef C8D_TESTS_REMOTE_FAULTS_H
#define C8D_TESTS_REMOTE_FAULTS_H

#include "remote_memory.h"
#include "remote_world.h"
#include <c8d/task.h>
#include <pthread.h>
#include <stdatomic.h>

#define LIVES_MAX 16384

/* One process: init, or the one exec. */
struct account {
    unsigned starts; /* START or EXEC-STARTED notices */
    unsigned exits;
    bool returned; /* the call that started it succeeded */
    bool killed;   /* by us, or with its shim: its code may be that of SIGKILL */
    uint32_t expected;
    struct c8d_exit exit;
};

struct faults {
    struct server server;
    struct c8d_client *client;
    char fifos[64];
    unsigned descriptors; /* open before all */
    struct counted memory;
    atomic_uint next;
    atomic_bool stop;
    unsigned conflicts;
    pthread_mutex_t lock; /* of the ledger */
    struct account ledger[LIVES_MAX][2];
};

int64_t faults_now(void);
void faults_open(struct faults *faults, enum c8d_transport transport);
/* Asserts that nothing is left in containerd, of FIFOs and of descriptors. */
void faults_close(struct faults *faults);
/* A whole life of the container number `n`. Whatever fails, it is gone afterwards. */
void faults_live(struct faults *faults, unsigned n);
/* SIGKILL to one of the server's shims, if there is any. */
void faults_kill_a_shim(struct faults *faults);
/* Processes that were seen to start and not to end. */
unsigned faults_open_ends(struct faults *faults);
/* Processes whose end was told. */
unsigned faults_ends(struct faults *faults);
/* Asserts that each was told right. */
void faults_judge(struct faults *faults);

#endif
