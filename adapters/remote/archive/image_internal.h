/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images of tasks that go through containerd's content store, for a containerd that does not see the
 * directories of this process.
 *
 *   images.c   one such call, step by step, and its end
 *   store.c    a restore: the directory is packed and written into the store, and the task made from it
 *   fetch.c    a checkpoint: what containerd has put into the store is read, and unpacked
 *   tar.h      packing and unpacking
 *   libarchive.h  what does it, loaded when it is needed first
 *
 * Nothing refers to the content meanwhile. A lease keeps it from being collected, and with the end of the
 * lease it goes, unless it is somebody else's as well. A lease that could not be ended ends by itself.
 */
#ifndef C8D_REMOTE_IMAGE_INTERNAL_H
#define C8D_REMOTE_IMAGE_INTERNAL_H

#include "../remote_internal.h"
#include "sha256.h"
#include "tar.h"

/* What containerd calls the tar of an image. */
#define C8D__IMAGE_TYPE "application/vnd.containerd.container.criu.checkpoint.criu.tar"
#define C8D__LEASE_BYTES 40

struct c8d__image {
    struct c8d__image *next;
    struct c8d__remote *remote;
    uint64_t token;
    int64_t deadline_ns;
    char lease[C8D__LEASE_BYTES];
    bool leased;
    bool released;
    bool working;          /* a piece of it is unpacked whenever arrivals are asked for */
    struct c8d__rpc *call; /* Tasks.Create or Tasks.Checkpoint, not sent yet; NULL = it was */
    uint32_t pid;
    struct c8d_error err; /* what the call is answered with; status OK = it succeeded */
    /* of a restore */
    struct c8d__packer *packer;
    struct sha256_ctx sum;
    int64_t written; /* bytes that were sent */
    bool awaiting;   /* an answer to what was sent last */
    bool committing; /* which was the last */
    bool committed;
    char digest[C8D__DIGEST_BYTES];
    /* of a checkpoint */
    struct c8d__unpacker *unpacker;
    int64_t read;
};

/* images.c */
/* Sends a request in the name of the lease; frees it also on failure, which is then the outcome. */
struct c8d__rpc *c8d__image_ask(struct c8d__image *image, enum c8d__method method,
                                struct c8d__packed *request,
                                bool (*ended)(struct c8d__exchange *exchange, struct c8d_arrival *out));
/* Sends `call`. False: it could not be, which is then the outcome. */
bool c8d__image_send_call(struct c8d__image *image,
                          bool (*ended)(struct c8d__exchange *exchange, struct c8d_arrival *out));
/* Keeps the outcome of an exchange. Returns whether it is a success. */
bool c8d__image_keep(struct c8d__image *image, const struct c8d_arrival *told);
/* As above, of a step before or after the call, which cannot say that the task is absent, or there. */
bool c8d__image_keep_step(struct c8d__image *image, const struct c8d__exchange *exchange,
                          enum c8d_status when_lost);
/* Ends an exchange whose answers make no sense, or cannot be gone on with: err says why. */
void c8d__image_cancel(struct c8d__image *image, struct c8d__exchange *exchange);
/* It is over, but for the lease. True: an arrival was filled. */
bool c8d__image_finish(struct c8d__image *image, struct c8d_arrival *out);

/* store.c, fetch.c: what follows the lease. True: an arrival was filled. */
bool c8d__image_store(struct c8d__image *image, struct c8d_arrival *out);
bool c8d__image_fetch(struct c8d__image *image, struct c8d_arrival *out);

#endif
