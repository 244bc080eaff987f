/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that says what a test wants, in a thread of its own: for what no containerd would ever say. It
 * writes HTTP/2 frames by hand, so that each byte of them can be wrong.
 */
#ifndef C8D_TESTS_REMOTE_FAKE_H
#define C8D_TESTS_REMOTE_FAKE_H

#include "remote_fake_place.h"
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FAKE_DATA,
    FAKE_HEADERS,
    FAKE_RST = 3,
    FAKE_SETTINGS,
    FAKE_PUSH,
    FAKE_PING,
    FAKE_GOAWAY,
    FAKE_WINDOW,
    FAKE_CONTINUATION
};
enum { FAKE_ACK = 1, FAKE_END_STREAM = 1, FAKE_END_HEADERS = 4 };

struct fake;
typedef void fake_answer_fn(struct fake *fake, uint32_t stream);
/* A message of a request, as soon as it is whole, though more may come. Of one request at a time. */
typedef void fake_message_fn(struct fake *fake, uint32_t stream, const char *path, const unsigned char *bytes,
                             size_t size);

#define FAKE_MESSAGE_MAX ((size_t)128 << 10)

/* Set before fake_start. */
struct fake {
    const void *reply; /* to every call but Publish and Subscribe */
    size_t reply_size;
    int status;        /* gRPC's, of the same */
    int stream_status; /* of Subscribe; 0 = it stays open */
    bool silent;       /* the stream does not bring what is published */
    const void *event; /* what the stream brings after the marker */
    size_t event_size;
    fake_answer_fn *after_marker;        /* ... or this, with the stream */
    fake_answer_fn *answer;              /* in place of the reply, to the first call */
    bool always;                         /* ... and to every other one */
    fake_message_fn *message;            /* in place of the reply, to every call */
    void *user;                          /* the test's own */
    void (*greeting)(struct fake *fake); /* in place of SETTINGS, on the first connection */
    size_t drip; /* bytes written at once, and only when the other side has read the last ones; 0 = all */
    /* what it has seen; to be read after fake_stop */
    unsigned calls;
    unsigned connections;
    unsigned pongs;   /* answers to pings */
    size_t largest;   /* body of a request, with its prefix */
    char timeout[32]; /* the last grpc-timeout */
    char lease[64];   /* the containerd-lease of the last call; empty = none */
    /* the server's own */
    char address[96];
    struct fake_place *place;
    pthread_t thread;
    struct fake_link *link;
    size_t message_length;
    unsigned char message_bytes[FAKE_MESSAGE_MAX]; /* that is not whole, with its prefix */
};

void fake_start(struct fake *fake);
/* As fake_start, and returns the client's end of a connection already made; POSIX alone. */
int fake_start_connected(struct fake *fake, int send_buffer);
void fake_stop(struct fake *fake);

/* For an answer. They return false when the client has hung up. */
bool fake_raw(struct fake *fake, const void *bytes, size_t size);
bool fake_frame(struct fake *fake, int type, int flags, uint32_t stream, const void *bytes, size_t size);
/* Names and values, up to a NULL; flags besides END_HEADERS. */
bool fake_headers(struct fake *fake, uint32_t stream, int flags, ...);
/* The usual beginning of a reply. */
bool fake_begin(struct fake *fake, uint32_t stream);
/* One message with its prefix, in as many frames as the windows allow. */
bool fake_message(struct fake *fake, uint32_t stream, const void *bytes, size_t size);
/* The usual end. */
bool fake_end(struct fake *fake, uint32_t stream, int status);
/* Closes the connection. */
void fake_hang_up(struct fake *fake);
/* Waits until the client has given the call up: has reset it, hung up or made another one; or the fake is
 * stopped. */
void fake_await_end(struct fake *fake, uint32_t stream);
/* Waits until the client has answered a ping, or has gone. */
void fake_await_pong(struct fake *fake);

#endif
