/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the local runtime needs of the system: HCS, clocks, a place to run calls that block, directories.
 * Windows has one filler, a simulation another, whose clock is virtual and which runs calls where they are
 * made.
 */
#ifndef C8D_LOCAL_HOST_H
#define C8D_LOCAL_HOST_H

#include "hcs.h"
#include <c8d/base.h>

struct pollfd;

/* Work that may block. It is run once, on any thread, and then belongs to nobody but who made it. */
struct c8d__work {
    struct c8d__work *next;
    void (*run)(struct c8d__work *work);
};

struct c8d__host {
    void *ctx;
    const struct c8d__hcs *hcs;
    /* Monotonic, ns. Callable from any thread. */
    int64_t (*now)(void *ctx);
    /* Wall clock, ns since 1970. */
    int64_t (*wall)(void *ctx);
    /* Waits for a descriptor, for wake() or for the time; a virtual clock moves on instead. By one thread at
     * a time. */
    void (*wait)(void *ctx, struct pollfd *fds, size_t n, int64_t timeout_ns);
    /* Ends a wait, or the next one. From any thread. */
    void (*wake)(void *ctx);
    /* Runs the work, now or later. */
    void (*run)(void *ctx, struct c8d__work *work);
    /* DONE: there is a directory of that name (UTF-8); FILE_NOT_FOUND or PATH_NOT_FOUND: there is none; else
     * the condition (hresult.h) that kept it from being seen. */
    int32_t (*find_directory)(void *ctx, const char *path);
    uint32_t (*processors)(void *ctx);
    /* Of Windows, such as 17763. */
    uint32_t (*build)(void *ctx);
    /* Ends when no work is left running. Called once, last. */
    void (*destroy)(void *ctx);
};

#endif
