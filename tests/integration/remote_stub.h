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
/* Starts a container from stub->images. */
enum c8d_status stub_restore(struct c8d_container *container, const struct stub *stub, struct user *user,
                             struct c8d_process **out, struct c8d_error *err);

#endif
