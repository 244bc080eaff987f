/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transport over gRPC C core:
 *   core.c        C core as a whole
 *   channel.c     the socket and its channel
 *   call.c        one exchange: its batches and what they bring
 *   transport.c   the table, the completion queue, and when to look at it
 */
#ifndef C8D_REMOTE_GRPC_INTERNAL_H
#define C8D_REMOTE_GRPC_INTERNAL_H

#include "../remote_internal.h"
#include <grpc/grpc.h>

/* Requests of more bytes than this in all may fill the socket: then C core must be called to send the rest.
 */
#define C8D__SOCKET_BYTES ((size_t)64 << 10)
/* How soon C core is called then, and while the first reply of a connection is awaited. */
#define C8D__NUDGE C8D__MS

struct c8d__grpc {
    struct c8d__transport transport; /* first */
    struct c8d__remote *remote;
    bool called; /* the first call is made: C core has all its threads */
    grpc_completion_queue *queue;
    int fd;                 /* a duplicate of C core's socket, to poll; -1 = no connection */
    int retired_fd;         /* of the connection before, on which calls may still end; -1 = none */
    bool fresh;             /* nothing has come back yet: C core may be waiting to send */
    bool found;             /* the queue had something since it was last empty */
    int64_t echo_ns;        /* how long we last waited before looking again */
    size_t bytes_in_flight; /* of requests */
    grpc_channel *channel;
    void *methods[C8D__METHOD__COUNT]; /* registered on the channel on first use */
};

/* What the completion queue gives back. `complete` returns true when it has filled an arrival. */
struct c8d__tag {
    bool (*complete)(struct c8d__tag *tag, bool ok, struct c8d_arrival *out);
};

void c8d__grpc_start(void);

/* channel.c */
int c8d__grpc_connect(struct c8d__transport *transport, int fd);
void c8d__grpc_disconnect(struct c8d__grpc *grpc);
/* A call has failed as it would on a connection that takes no more: the next one gets another, while what is
 * on this one ends there. C core does not say so itself when a server has sent GOAWAY. */
void c8d__grpc_retire(struct c8d__grpc *grpc);
/* Forgets the retired connection when it is over, or when it must. */
void c8d__grpc_drop_retired(struct c8d__grpc *grpc);
grpc_call *c8d__grpc_call(struct c8d__grpc *grpc, enum c8d__method method, int64_t deadline_ns);

/* call.c */
bool c8d__grpc_prepare(struct c8d__transport *transport, struct c8d__exchange *exchange);
void c8d__grpc_begin(struct c8d__grpc *grpc, struct c8d__exchange *exchange);
bool c8d__grpc_send(struct c8d__transport *transport, struct c8d__exchange *exchange,
                    struct c8d__packed *message);
void c8d__grpc_cancel(struct c8d__transport *transport, struct c8d__exchange *exchange, int code,
                      const char *why);
void c8d__grpc_release(struct c8d__transport *transport, struct c8d__exchange *exchange);

#endif
