/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The containerd runtime inside: one connection, one completion queue, the calls in flight and the streams.
 *
 * How it is put together:
 *   runtime.c       the table, and making and destroying a runtime
 *   wait.c          when to look at the completion queue: sleeping, waking, taking arrivals
 *   connection.c    the socket and its channel; finding out that it is gone
 *   rpc.c           one gRPC call with one reply
 *   submit.c        a call of the table becomes one or two of those
 *   encode.c        ... and their requests
 *   decode.c        replies become arrivals; list.c joins the two halves of a list
 *   subscription.c  the event stream and the marker that proves it; events.c reads what comes on it
 *   stdio.c         FIFOs
 */
#ifndef C8D_REMOTE_INTERNAL_H
#define C8D_REMOTE_INTERNAL_H

#include "arena.h"
#include <c8d/remote.h>
#include <grpc/grpc.h>
#include <stdatomic.h>
#include <sys/un.h>

#define C8D__MS INT64_C(1000000)
/* containerd's own limit of a message. */
#define C8D__MESSAGE_BYTES_MAX (16 << 20)

struct c8d__remote;

/* What containerd is asked. */
enum c8d__method {
    C8D__METHOD_VERSION,
    C8D__METHOD_PUBLISH,
    C8D__METHOD_SUBSCRIBE,
    C8D__METHOD_CONTAINER_CREATE,
    C8D__METHOD_CONTAINER_GET,
    C8D__METHOD_CONTAINER_LIST,
    C8D__METHOD_CONTAINER_DELETE,
    C8D__METHOD_TASK_CREATE,
    C8D__METHOD_EXEC,
    C8D__METHOD_START,
    C8D__METHOD_DELETE,
    C8D__METHOD_DELETE_PROCESS,
    C8D__METHOD_KILL,
    C8D__METHOD_GET,
    C8D__METHOD_TASK_LIST,
    C8D__METHOD_PAUSE,
    C8D__METHOD_RESUME,
    C8D__METHOD_CLOSE_IO,
    C8D__METHOD_RESIZE,
    C8D__METHOD__COUNT
};

/* The path of a method, such as "/containerd.services.tasks.v1.Tasks/Kill". Static. */
const char *c8d__method_path(enum c8d__method method);
/* The path's end, such as "Tasks/Kill". Static. */
const char *c8d__method_name(enum c8d__method method);

/* What the completion queue gives back. `complete` returns true when it has filled an arrival. */
struct c8d__tag {
    bool (*complete)(struct c8d__tag *tag, bool ok, struct c8d_arrival *out);
};

/* How a gRPC call ended, as C core writes it. */
struct c8d__outcome {
    grpc_metadata_array initial;
    grpc_metadata_array trailing;
    grpc_status_code code;
    grpc_slice details;
};

void c8d__outcome_init(struct c8d__outcome *outcome);
void c8d__outcome_free(struct c8d__outcome *outcome);
/* Fills status, origin and message of a reply. An outcome that a lost connection may have made has it looked
 * at. */
void c8d__outcome_tell(struct c8d__remote *remote, const struct c8d__outcome *outcome,
                       struct c8d_arrival *out);

/* One gRPC call with one reply. */
struct c8d__rpc {
    struct c8d__tag tag; /* first */
    struct c8d__rpc *next;
    struct c8d__rpc *previous;
    struct c8d__remote *remote;
    enum c8d__method method;
    uint64_t token;
    int64_t deadline_ns;
    size_t bytes;                           /* of the request */
    void *owner;                            /* a list: the other half; a marker: its subscription */
    bool done;                              /* a list: this half has ended */
    char container[C8D_NAME_BYTES_MAX + 1]; /* what was asked about, cut at what containerd allows */
    char process[C8D_NAME_BYTES_MAX + 1];
    grpc_call *call;
    grpc_byte_buffer *request;
    grpc_byte_buffer *reply;
    struct c8d__outcome outcome;
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

struct c8d__connection {
    int fd;            /* a duplicate of C core's socket, to poll; -1 = no connection */
    bool fresh;        /* nothing has come back yet: C core may be waiting to send */
    int64_t active_ns; /* when something was last sent or received */
    grpc_channel *channel;
    void *methods[C8D__METHOD__COUNT]; /* registered on the channel on first use */
};

struct c8d__remote {
    const struct c8d_allocator *allocator;
    struct sockaddr_un address;
    char namespace_[C8D_NAME_BYTES_MAX + 1];
    struct c8d_str fifo_directory; /* NUL-terminated as well */
    unsigned forks;                /* what c8d__forks() was when the runtime was made */
    bool called;                   /* the first call is made: C core has all its threads */
    bool looped;                   /* the descriptor was given out */
    int epoll_fd;                  /* the socket, wake_fd and timer_fd */
    int wake_fd;
    int timer_fd;            /* stands for wake_at in an event loop of somebody else */
    atomic_bool waiting;     /* a thread is in wait() */
    atomic_bool look;        /* the completion queue may have something */
    bool heard;              /* the socket or somebody had us look, not the time */
    int64_t echo_ns;         /* how long we last waited before looking again */
    bool found;              /* it had something since it was last empty */
    _Atomic int64_t wake_at; /* when to look in any case */
    grpc_completion_queue *queue;
    struct c8d__connection connection;
    struct c8d__rpc *rpcs;
    size_t bytes_in_flight; /* of their requests */
    struct c8d__subscription *subscriptions;
    struct c8d__refusal *refusals;
    struct c8d__refusal **refusals_end;
    uint64_t markers;          /* subscriptions made, for unique topics */
    struct c8d__arena arrival; /* what the last arrival points to */
    struct c8d__arena scratch; /* what a request is made of */
    struct c8d_runtime_counters counters;
    struct pollfd *pollfds; /* used by wait() alone */
    size_t n_pollfds;
};

/* runtime.c: memory, through the embedder's allocator; release takes NULL */
void *c8d__remote_alloc(const struct c8d__remote *remote, size_t bytes);
void c8d__remote_release(const struct c8d__remote *remote, void *memory, size_t bytes);

/* connection.c */
int64_t c8d__remote_now(void);
/* Makes sure that there is a connection. Returns 0 or an errno value. */
int c8d__connection_ensure(struct c8d__remote *remote);
/* Finds out whether the peer has gone, and gives the connection up when it has. */
void c8d__connection_check(struct c8d__remote *remote);
void c8d__connection_close(struct c8d__remote *remote);
grpc_call *c8d__connection_call(struct c8d__remote *remote, enum c8d__method method, int64_t deadline_ns);

/* grpc.c: C core as a whole */
void c8d__grpc_start(void);
unsigned c8d__forks(void);
bool c8d__remote_forked(const struct c8d__remote *remote);

/* rpc.c */
/* Requests of more bytes than this in all may fill the socket: then C core must be called to send the rest.
 */
#define C8D__SOCKET_BYTES ((size_t)64 << 10)
/* How soon C core is called then, and while the first reply of a connection is awaited. */
#define C8D__NUDGE C8D__MS
/* Takes over the request, also when it returns NULL for want of memory. */
struct c8d__rpc *c8d__rpc_new(struct c8d__remote *remote, enum c8d__method method, grpc_byte_buffer *request,
                              uint64_t token, int64_t deadline_ns);
/* Sends it; there must be a connection. tag.complete must be set. */
void c8d__rpc_start(struct c8d__rpc *rpc);
void c8d__rpc_free(struct c8d__rpc *rpc);
/* Starts a batch; a refused one is a mistake of ours. */
void c8d__batch(grpc_call *call, const grpc_op *ops, size_t count, struct c8d__tag *tag);
/* The one header that containerd wants. */
grpc_metadata c8d__namespace_header(const struct c8d__remote *remote);

/* encode.c */
enum c8d_status c8d__encode(struct c8d__remote *remote, const struct c8d_call *call, enum c8d__method method,
                            grpc_byte_buffer **out);
grpc_byte_buffer *c8d__pack(const ProtobufCMessage *message);

/* decode.c */
/* Returns NULL for a message that is malformed or too large to decode. */
ProtobufCMessage *c8d__unpack(struct c8d__arena *arena, const ProtobufCMessageDescriptor *descriptor,
                              grpc_byte_buffer *buffer);
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

/* list.c */
void c8d__list_join(struct c8d__rpc *containers, struct c8d__rpc *tasks, struct c8d_arrival *out);

/* events.c */
enum c8d__wire_verdict { C8D__WIRE_EVENT, C8D__WIRE_FOREIGN, C8D__WIRE_MALFORMED };
struct C8dw__Envelope;
enum c8d__wire_verdict c8d__wire_event(struct c8d__arena *arena, const struct C8dw__Envelope *envelope,
                                       struct c8d_event *out);

/* submit.c */
enum c8d_status c8d__remote_submit(void *ctx, const struct c8d_call *call, struct c8d_error *err);

/* subscription.c */
enum c8d_status c8d__subscribe(struct c8d__remote *remote, const struct c8d_call *call);
/* Publishes what is due. Returns when to be called again; C8D_NO_DEADLINE. */
int64_t c8d__subscriptions_tend(struct c8d__remote *remote, int64_t now);
void c8d__subscriptions_cancel(struct c8d__remote *remote);

/* wait.c */
/* Somebody may be asleep: makes him look at `at_ns` at the latest. */
void c8d__remote_look_at(struct c8d__remote *remote, int64_t at_ns);
void c8d__remote_look_now(struct c8d__remote *remote);
bool c8d__remote_next(void *ctx, struct c8d_arrival *out);
void c8d__remote_wait(void *ctx, struct pollfd *extra, size_t n_extra, int64_t timeout_ns);
void c8d__remote_wake(void *ctx);
int c8d__remote_fd(void *ctx);

/* stdio.c */
enum c8d_status c8d__remote_open_stdio(void *ctx, struct c8d_str container, struct c8d_str process,
                                       uint32_t flags, struct c8d_stdio *out, struct c8d_error *err);
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
