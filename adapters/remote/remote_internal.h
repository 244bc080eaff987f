/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The containerd runtime inside: a transport, the calls in flight and the streams.
 *
 * How it is put together:
 *   runtime.c       the table, and making and destroying a runtime
 *   wait.c          when to look at the transport: sleeping, waking, taking arrivals
 *   waiter.h, socket.h   what differs between systems there; posix/ and windows/ have it, and the streams
 *   transport.h     what a transport is; grpc/ and nghttp2/ are two
 *   connection.c    having a connection, and finding out that it is gone
 *   rpc.c           exchanges, and those with one reply
 *   submit.c        a call of the table becomes one or two of those
 *   create.c        ... or as many as it takes to create a task
 *   archive/        ... or to take an image of one through the content store
 *   encode.c        ... and their requests
 *   list.c          ... and a list out of its two halves
 *   decode.c        replies become arrivals
 *   metrics.c       ... and what a task uses
 *   subscription.c  the event stream and the marker that proves it; events.c reads what comes on it
 */
#ifndef C8D_REMOTE_INTERNAL_H
#define C8D_REMOTE_INTERNAL_H

#include "arena.h"
#include "transport.h"
#include <c8d/remote.h>
#include <stdatomic.h>

struct c8d__waiter;

#define C8D__MS INT64_C(1000000)

/* Fills status, origin and message of a reply. An outcome that a lost connection may have made has it looked
 * at. */
void c8d__outcome_tell(struct c8d__remote *remote, const struct c8d__exchange *exchange,
                       struct c8d_arrival *out);

/* One gRPC call with one reply. */
struct c8d__rpc {
    struct c8d__exchange exchange; /* first */
    struct c8d__remote *remote;
    uint64_t token;
    /* a list: the other half; a marker: its subscription; mounts: the create that waits for them; a step of
     * an image: that */
    void *owner;
    bool done;                              /* a list: this half has ended */
    struct c8d__gathered *gathered;         /* ... and comes as a stream: what it has brought */
    char container[C8D_NAME_BYTES_MAX + 1]; /* what was asked about, cut at what containerd allows */
    char process[C8D_NAME_BYTES_MAX + 1];
};

/* A reply that no server has given. */
struct c8d__refusal {
    struct c8d__refusal *next;
    uint64_t token;
    enum c8d_status status;
    int error; /* errno; 0 = none */
    char message[C8D_ERROR_MESSAGE_BYTES];
};

/* An event stream, from the call that opens it to its end. */
struct c8d__subscription;

/* An image of a task on its way through the content store. */
struct c8d__image;

struct c8d__remote {
    const struct c8d_allocator *allocator;
    struct c8d_str address; /* NUL-terminated as well; empty = only what was handed over */
    char namespace_[C8D_NAME_BYTES_MAX + 1];
    struct c8d_str fifo_directory; /* NUL-terminated as well */
    unsigned forks;                /* what c8d__forks() was when the runtime was made */
    struct c8d__transport *transport;
    int64_t active_ns; /* when something was last sent or received */
    bool looped;       /* the descriptor was given out */
    bool closing;      /* nothing is begun any more */
    bool list_streams; /* a list of the containers was too large for one message */
    struct c8d__waiter *waiter;
    atomic_bool waiting;             /* a thread is in wait() */
    atomic_bool look;                /* the transport may have something */
    bool heard;                      /* the socket or somebody had us look, not the time */
    _Atomic int64_t wake_at;         /* when to look in any case */
    _Atomic int64_t echo_at;         /* ... and when nothing is heard until then */
    struct c8d__exchange *exchanges; /* in flight */
    struct c8d__subscription *subscriptions;
    bool images_in_store;      /* images of tasks go through the content store */
    struct c8d__image *images; /* on their way */
    struct c8d__refusal *refusals;
    struct c8d__refusal **refusals_end;
    uint64_t markers;          /* subscriptions made, for unique topics */
    struct c8d__arena arrival; /* what the last arrival points to */
    struct c8d__arena scratch; /* what a request is made of */
    struct c8d_runtime_counters counters;
};

/* runtime.c: memory, through the embedder's allocator; release takes NULL */
void *c8d__remote_alloc(const struct c8d__remote *remote, size_t bytes);
void c8d__remote_release(const struct c8d__remote *remote, void *memory, size_t bytes);

/* connection.c */
int64_t c8d__remote_now(void);
/* Makes sure that there is a connection. Returns 0 or an errno value. */
int c8d__connection_ensure(struct c8d__remote *remote);
/* Speaks over a connected socket, taken over also on failure. Returns 0 or an errno value. */
int c8d__connection_use(struct c8d__remote *remote, int fd);
/* Finds out whether the peer has gone, and gives the connection up when it has. */
void c8d__connection_check(struct c8d__remote *remote);

/* posix/fork.c, windows/fork.c */
unsigned c8d__forks(void);
bool c8d__remote_forked(const struct c8d__remote *remote);

/* rpc.c */
/* Gets an exchange ready; its request is the maker's. False: no memory. */
bool c8d__exchange_prepare(struct c8d__remote *remote, struct c8d__exchange *exchange);
/* Sends it; there must be a connection. `ended` must be set. */
void c8d__exchange_start(struct c8d__exchange *exchange);
/* The next message of a request that is a stream, freed also on failure. False: it cannot be sent, since the
 * one before is not out. */
bool c8d__exchange_send(struct c8d__exchange *exchange, struct c8d__packed *message, bool more);
void c8d__exchange_cancel(struct c8d__exchange *exchange, int code, const char *why);
/* Also of one that was never prepared. */
void c8d__exchange_release(struct c8d__exchange *exchange);
/* The nearest deadline of all in flight. */
int64_t c8d__exchanges_due(const struct c8d__remote *remote);
/* Takes over the request, also when it returns NULL for want of memory. */
struct c8d__rpc *c8d__rpc_new(struct c8d__remote *remote, enum c8d__method method,
                              struct c8d__packed *request, uint64_t token, int64_t deadline_ns);
void c8d__rpc_free(struct c8d__rpc *rpc);

/* encode.c */
enum c8d_status c8d__encode(struct c8d__remote *remote, const struct c8d_call *call, enum c8d__method method,
                            struct c8d__packed **out);
/* Returns NULL without memory. */
struct c8d__packed *c8d__pack(const struct c8d__remote *remote, const ProtobufCMessage *message);
/* The fields of the message behind those of a packed one: together they are one message. Likewise. */
struct c8d__packed *c8d__pack_behind(const struct c8d__remote *remote, const struct c8d__packed *first,
                                     const ProtobufCMessage *message);
void c8d__packed_free(const struct c8d__remote *remote, struct c8d__packed *packed);

/* decode.c */
/* Returns NULL for a message that is malformed or too large to decode. */
ProtobufCMessage *c8d__unpack(struct c8d__arena *arena, const ProtobufCMessageDescriptor *descriptor,
                              struct c8d_str bytes);
void c8d__decode_reply(struct c8d__rpc *rpc, struct c8d_arrival *out);
void c8d__malformed(struct c8d__remote *remote, enum c8d__method method, struct c8d_arrival *out);
struct C8dw__Container;
struct C8dw__Process;
struct C8dw__Timestamp;
struct c8d_str c8d__wire_str(const char *text);
int64_t c8d__wire_time(const struct C8dw__Timestamp *time);
/* The end that a status and a time tell of. */
struct c8d_exit c8d__wire_exit(uint32_t code, const struct C8dw__Timestamp *at);
/* Both return false without memory. */
bool c8d__entry_container(struct c8d__arena *arena, const struct C8dw__Container *container,
                          struct c8d_entry *out);
void c8d__entry_process(const struct C8dw__Process *process, struct c8d_entry *out);

/* metrics.c */
struct C8dw__MetricsResponse;
struct C8dw__ListPidsResponse;
/* Both return false without memory, and for what is malformed. */
bool c8d__wire_metrics(struct c8d__arena *arena, const struct C8dw__MetricsResponse *reply,
                       struct c8d_arrival *out);
bool c8d__wire_pids(struct c8d__arena *arena, const struct C8dw__ListPidsResponse *reply,
                    struct c8d_arrival *out);

/* list.c */
enum c8d_status c8d__list_submit(struct c8d__remote *remote, const struct c8d_call *call);
/* What a list that comes as a stream has brought; NULL is allowed. */
void c8d__gathered_free(struct c8d__remote *remote, struct c8d__gathered *gathered);

/* events.c */
enum c8d__wire_verdict { C8D__WIRE_EVENT, C8D__WIRE_FOREIGN, C8D__WIRE_MALFORMED };
struct C8dw__Envelope;
enum c8d__wire_verdict c8d__wire_event(struct c8d__arena *arena, const struct C8dw__Envelope *envelope,
                                       struct c8d_event *out);

/* create.c */
/* A task that is created in several steps. */
enum c8d_status c8d__create_task(struct c8d__remote *remote, const struct c8d_call *call);
/* Asks for the mounts of its root file system, before `create` goes on; that is the caller's still when this
 * fails. */
enum c8d_status c8d__mounts_first(struct c8d__remote *remote, const struct c8d_call *call,
                                  struct c8d__rpc *create);

/* archive/images.c, or no_archive/images.c where there is no libarchive */
bool c8d__images_available(void);
/* TASK_CREATE from an image, and CHECKPOINT. Fills err when it says INVALID or REMOTE. */
enum c8d_status c8d__image_submit(struct c8d__remote *remote, const struct c8d_call *call,
                                  struct c8d_error *err);
/* The mounts are there, or will not be. True: an arrival was filled. */
bool c8d__image_begin(struct c8d__image *image, struct c8d_arrival *out);
bool c8d__image_give_up(struct c8d__image *image, const struct c8d_arrival *why, struct c8d_arrival *out);
/* Does a piece of what can be done without the server. True: an arrival was filled. */
bool c8d__images_work(struct c8d__remote *remote, struct c8d_arrival *out);
void c8d__images_free(struct c8d__remote *remote);

/* submit.c */
/* Makes the exchange of a call's method, not yet started. */
enum c8d_status c8d__submit_prepare(struct c8d__remote *remote, const struct c8d_call *call,
                                    enum c8d__method method, struct c8d__rpc **out);
/* Reads the reply of such a one into the arrival. */
bool c8d__submit_done(struct c8d__exchange *exchange, struct c8d_arrival *out);
enum c8d_status c8d__remote_submit(void *ctx, const struct c8d_call *call, struct c8d_error *err);

/* subscription.c */
enum c8d_status c8d__subscribe(struct c8d__remote *remote, const struct c8d_call *call);
/* Publishes what is due. Returns when to be called again; C8D_NO_DEADLINE. */
int64_t c8d__subscriptions_tend(struct c8d__remote *remote, int64_t now);

/* wait.c */
/* Somebody may be asleep: makes him look at `at_ns` at the latest. */
void c8d__remote_look_at(struct c8d__remote *remote, int64_t at_ns);
void c8d__remote_look_now(struct c8d__remote *remote);
/* Has it looked at then, in place of the time that was last given here; C8D_NO_DEADLINE takes that back. From
 * `next` alone: then nobody is asleep. */
void c8d__remote_look_unless_heard(struct c8d__remote *remote, int64_t at_ns);
bool c8d__remote_next(void *ctx, struct c8d_arrival *out);
void c8d__remote_wait(void *ctx, struct pollfd *extra, size_t n_extra, int64_t timeout_ns);
void c8d__remote_wake(void *ctx);
int c8d__remote_fd(void *ctx);

/* posix/stdio.c and posix/stdio_attach.c, windows/stdio.c */
/* Where the streams of processes are to be made: the default for an empty one, INVALID for what cannot be. */
enum c8d_status c8d__stdio_directory(struct c8d_str *path, struct c8d_error *err);
enum c8d_status c8d__remote_open_stdio(void *ctx, struct c8d_str container, struct c8d_str process,
                                       uint32_t flags, struct c8d_stdio *out, struct c8d_error *err);
enum c8d_status c8d__remote_open_stdio_in(void *ctx, const struct c8d_stdio_place *place, uint32_t flags,
                                          struct c8d_stdio *out, struct c8d_error *err);
enum c8d_status c8d__remote_attach_stdio(void *ctx, const struct c8d_stdio_names *names, uint32_t flags,
                                         struct c8d_stdio *out, struct c8d_error *err);
void c8d__remote_close_stdio(void *ctx, struct c8d_stdio *stdio);
/* The far ends, to be told to containerd; "" = none. Borrowed from stdio. */
struct c8d__stdio_paths {
    const char *in;
    const char *out;
    const char *err;
    bool terminal;
};
struct c8d__stdio_paths c8d__stdio_paths(const struct c8d_stdio *stdio);

#endif
