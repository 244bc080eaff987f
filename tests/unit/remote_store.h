/* SPDX-License-Identifier: Apache-2.0 */
/* A content store that answers as a test wants, on the fake server, and what was asked of it. */
#ifndef C8D_TESTS_REMOTE_STORE_H
#define C8D_TESTS_REMOTE_STORE_H

#include "remote_fake.h"
#include "remote_tar.h"
#include <stdatomic.h>

/* What is wrong with the answers. */
enum harm {
    HARM_NONE,
    HARM_LEASE,       /* no lease is given */
    HARM_RELEASE,     /* ... or ended */
    HARM_EXISTS,      /* the content is there already */
    HARM_WRITE,       /* writing fails */
    HARM_OFFSET,      /* another number of bytes was written, or is read */
    HARM_TWICE,       /* what was written is answered twice */
    HARM_EARLY,       /* the writing is over before it is */
    HARM_HANG_UP,     /* in the middle of writing, or reading */
    HARM_CALL,        /* Tasks.Create or Tasks.Checkpoint fails */
    HARM_NO_IMAGE,    /* no descriptors */
    HARM_OTHER_IMAGE, /* one of something else */
    HARM_SIZE,        /* a negative size */
    HARM_LONG,        /* more than was told */
    HARM_SHORT,       /* less */
    HARM_DIGEST,      /* something else */
    HARM_READ,        /* reading fails */
};

struct store {
    enum harm harm;
    int stalls_at;   /* the message that is not answered; 0 = none */
    atomic_int seen; /* messages so far */
    struct tar blob; /* that a checkpoint has made */
    char digest[C8D__DIGEST_BYTES];
    /* what was asked; to be read when the fake has stopped */
    char calls[512];
    char lease[64];
    char expiry[64];
    char released[64];
    bool synchronous;
    bool in_lease; /* both the content and the call were */
    struct tar written;
    char ref[64];
    char expected[C8D__DIGEST_BYTES];
    int64_t total;
    unsigned char request[4096]; /* Tasks.Create, Tasks.Checkpoint */
    size_t request_size;
};

void store_init(struct store *store, enum harm harm);
void store_done(struct store *store);
/* Of a fake whose user is the store. */
void store_message(struct fake *fake, uint32_t stream, const char *path, const unsigned char *bytes,
                   size_t size);

#endif
