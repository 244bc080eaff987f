/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transport table: gRPC over one socket, whatever speaks HTTP/2. There are two fillers, in grpc/ (gRPC C
 * core) and in nghttp2/.
 *
 * A transport carries exchanges: calls with one reply, calls whose reply is a stream of messages, and such
 * whose request is one as well. It knows nothing of what they say. Everything here is called under the
 * client's lock, and never blocks.
 */
#ifndef C8D_REMOTE_TRANSPORT_H
#define C8D_REMOTE_TRANSPORT_H

#include "method.h"
#include "status.h"
#include <c8d/remote.h>

/* containerd's own limit of a message. */
#define C8D__MESSAGE_BYTES_MAX (16 << 20)
/* What gRPC puts before each message: whether it is compressed, and its size. */
#define C8D__PREFIX_BYTES 5

struct c8d__remote;

/* A packed message, with its prefix. */
struct c8d__packed {
    size_t size; /* without the prefix */
    unsigned char bytes[];
};

/* One call, from its start to its end. Who makes it has it as the first member of something larger. */
struct c8d__exchange {
    struct c8d__remote *remote;
    enum c8d__method method;
    int64_t deadline_ns; /* C8D_NO_DEADLINE */
    struct c8d__packed *request;
    bool more;         /* with `message`: the request is not the last one, see `send` */
    const char *lease; /* of containerd's, in whose name it is done; NULL = none. Outlives the exchange */
    /* Takes one message of a stream, borrowed during the call. NULL: there is one reply. True: it has filled
     * an arrival. */
    bool (*message)(struct c8d__exchange *exchange, struct c8d_str bytes, struct c8d_arrival *out);
    /* It is over, and what follows is set. True: it has filled an arrival. */
    bool (*ended)(struct c8d__exchange *exchange, struct c8d_arrival *out);

    /* Set by the transport. Strings are borrowed until it is released. */
    int code;               /* gRPC's; C8D__GRPC_BROKEN */
    bool unprocessed;       /* the server has certainly not acted */
    struct c8d_str details; /* of a failure, for a person */
    struct c8d_str reply;   /* ptr NULL = none */

    /* Of whoever carries it. */
    struct c8d__exchange *next;
    struct c8d__exchange *previous;
    bool started;
    void *carrier;
};

struct c8d__transport;

struct c8d__transport_ops {
    const char *name;
    /* Speaks over a connected socket from now on, and owns it, also on failure. Returns 0 or an errno value.
     */
    int (*connect)(struct c8d__transport *transport, int fd);
    /* Whether there is a connection that takes calls. */
    bool (*connected)(const struct c8d__transport *transport);
    /* Finds out whether the peer has gone, and gives its connection up then. Its calls end by themselves. */
    void (*check)(struct c8d__transport *transport);
    /* Gets what the exchange will need. False: no memory. */
    bool (*prepare)(struct c8d__transport *transport, struct c8d__exchange *exchange);
    /* Sends the request. Whatever becomes of it comes by `next`. */
    void (*start)(struct c8d__transport *transport, struct c8d__exchange *exchange);
    /* Sends the next message of the request and takes it over; `more` then tells whether that is the last.
     * False: the one before is not out yet, so that nobody can have answered it. */
    bool (*send)(struct c8d__transport *transport, struct c8d__exchange *exchange,
                 struct c8d__packed *message);
    /* Ends it from this side, with this code and line (static). `ended` comes by `next`. */
    void (*cancel)(struct c8d__transport *transport, struct c8d__exchange *exchange, int code,
                   const char *why);
    /* Gives back what the exchange has: it was never started, or has ended. */
    void (*release)(struct c8d__transport *transport, struct c8d__exchange *exchange);
    /* Reads, until an arrival is filled. False: there is nothing more at present. */
    bool (*next)(struct c8d__transport *transport, int64_t now, struct c8d_arrival *out);
    /* When to be called though nothing shows on the socket. C8D_NO_DEADLINE */
    int64_t (*due)(struct c8d__transport *transport, int64_t now);
    /* Ends every exchange, unheard, and frees the transport. */
    void (*destroy)(struct c8d__transport *transport);
    /* As destroy, in a child after fork(), where nothing of the parent's may be touched. */
    void (*abandon)(struct c8d__transport *transport);
};

/* A filler's own begins with this. */
struct c8d__transport {
    const struct c8d__transport_ops *ops;
};

/* transport.c: the one that is wanted, which must be available. NULL without memory. */
struct c8d__transport *c8d__transport_new(struct c8d__remote *remote, enum c8d_transport wanted);
/* The fillers. NULL without memory. */
struct c8d__transport *c8d__grpc_transport(struct c8d__remote *remote);
struct c8d__transport *c8d__nghttp2_transport(struct c8d__remote *remote);

#endif
