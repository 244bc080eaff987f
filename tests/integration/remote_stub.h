/* SPDX-License-Identifier: Apache-2.0 */
/* A stub that stands for runc, see support/runc_stub.sh, and what it was asked. */
#ifndef C8D_TESTS_REMOTE_STUB_H
#define C8D_TESTS_REMOTE_STUB_H

#include "remote_client.h"
#include <c8d/runc.h>

#define STUB_MEMORY 512

struct stub {
    char directory[64];
    char images[128];
    char binary[128];
    char memory[STUB_MEMORY];
    struct c8d_any options; /* for a container that is to be run by it */
};

void stub_make(struct stub *stub);
void stub_remove(const struct stub *stub);
void stub_expect_call(const struct stub *stub, const char *words);
void stub_expect_no_call(const struct stub *stub, const char *words);

/* A stub, a client, and one container with its task; NULL: there is none. */
struct stubbed {
    struct stub stub;
    struct user user;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_error err; /* of the last checkpoint or restore */
};

/* For cmocka; with `storing`, images of tasks go through containerd's content store. At the end nothing is
 * left. */
int stubbed_set_up(void **state);
int stubbed_set_up_storing(void **state);
int stubbed_tear_down(void **state);
/* The container, to be run by the stub. */
void stubbed_create(struct stubbed *stubbed, const char *id, const char *commands);
/* The same, and its task. */
void stubbed_start(struct stubbed *stubbed, const char *id, const char *commands);
/* Asserts success; the image goes to stub->images. */
void stubbed_checkpoint(struct stubbed *stubbed, bool exit);
/* The task, from stub->images. */
enum c8d_status stubbed_try_restore(struct stubbed *stubbed);
/* Asserts success. */
void stubbed_restore(struct stubbed *stubbed);

#endif
