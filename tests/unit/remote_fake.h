/* SPDX-License-Identifier: Apache-2.0 */
/* A gRPC server that says what a test wants, in a thread of its own: for what no containerd would ever say.
 */
#ifndef C8D_TESTS_REMOTE_FAKE_H
#define C8D_TESTS_REMOTE_FAKE_H

#include <grpc/grpc.h>
#include <pthread.h>
#include <stdbool.h>

/* Set before fake_start. */
struct fake {
    const void *reply; /* to every call but Publish and Subscribe */
    size_t reply_size;
    grpc_status_code status;        /* of the same */
    grpc_status_code stream_status; /* of Subscribe; OK = it stays open */
    bool silent;                    /* the stream does not bring what is published */
    const void *event;              /* what the stream brings after the marker */
    size_t event_size;
    /* the server's own */
    char directory[64];
    char address[96];
    grpc_server *server;
    grpc_completion_queue *queue;
    grpc_call *stream;
    pthread_t thread;
};

void fake_start(struct fake *fake);
void fake_stop(struct fake *fake);

#endif
