/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A double of containerd: a process of its own that speaks containerd's API, with a simulated runtime behind
 * it in the place of shims and containers. It stands where no containerd can run, at a named pipe of Windows;
 * and, so that it is known to be a good one, at a unix socket too, where the same suite runs on a real
 * containerd.
 *
 *   main.c     the loop
 *   place.h    where a client, and the streams of a process, come in: FIFOs and a socket, or named pipes
 *   server.c   connections and calls: HTTP/2 and gRPC, as nghttp2 has them
 *   serve.c    a request becomes a call of the runtime's table
 *   answer.c   what arrives becomes a reply, or an event on every stream
 *   shuttle.c  carries the streams of processes between the runtime and the client
 *
 * It shares with the library under test the messages of proto/ and no code.
 */
#ifndef C8D_TESTS_DOUBLE_H
#define C8D_TESTS_DOUBLE_H

#include <c8d/runtime.h>
#include <poll.h>
#include <protobuf-c/protobuf-c.h>

/* Descriptors that are waited for at once. */
#define POLLED_MAX 1024

/* gRPC's codes, as far as they are given. */
enum {
    CODE_OK = 0,
    CODE_UNKNOWN = 2,
    CODE_INVALID = 3,
    CODE_DEADLINE = 4,
    CODE_NOT_FOUND = 5,
    CODE_ALREADY_EXISTS = 6,
    CODE_EXHAUSTED = 8,
    CODE_PRECONDITION = 9,
    CODE_UNIMPLEMENTED = 12,
    CODE_UNAVAILABLE = 14,
};

struct connection;
struct method;

/* Bytes that grow. */
struct bytes {
    unsigned char *at;
    size_t n, room;
};

/* One call, from its header to the end of its stream. */
struct stream {
    struct stream *next;
    struct connection *connection;
    int32_t id;
    char path[128];
    char namespace_[128];
    struct bytes request; /* with its prefix */
    const struct method *method;
    uint64_t token; /* 0 = the runtime is not asked */
    bool subscribed;
    bool begun; /* the answer's header is on its way */
    struct bytes answer;
    size_t sent;
    bool over; /* nothing is added to the answer any more */
    int code;
    char message[256];
};

struct streams;

struct double_ {
    struct c8d_runtime runtime;
    char namespace_[128];
    uint64_t tokens;
    struct connection *connections;
    struct streams *streams; /* of processes */
    struct pollfd polled[POLLED_MAX];
    size_t n_polled;
};

void *take(size_t bytes); /* zeroed; there is always some */
void append(struct bytes *to, const void *bytes, size_t n);
void release(struct bytes *bytes);
struct c8d_str str(const char *text);

/* main.c */
/* Has the loop wait for it as well. */
void poll_for(struct double_ *self, int fd, short events);
/* What the last wait has shown; 0 for one that was not waited for. */
short shown(const struct double_ *self, int fd);

/* server.c */
void server_take(struct double_ *self, int fd);
/* Asks for what the connections wait for; and then reads and writes. */
void server_poll(struct double_ *self);
void server_go_on(struct double_ *self);
/* Breaks all connections. */
void server_drop(struct double_ *self);
/* Adds a message to a stream's answer. */
void stream_say(struct stream *stream, const ProtobufCMessage *message);
/* Ends it. */
void stream_end(struct stream *stream, int code, const char *message);
/* The stream that waits for this reply; NULL: it is gone. */
struct stream *stream_of(struct double_ *self, uint64_t token);

/* serve.c */
/* A request is whole. */
void serve(struct double_ *self, struct stream *stream);
/* A message to every subscriber. */
void broadcast(struct double_ *self, const ProtobufCMessage *envelope);

/* How a method is served. */
struct method {
    const char *path; /* behind "/containerd.services." */
    const ProtobufCMessageDescriptor *request;
    enum c8d_call_kind kind;
    /* Fills the call; strings are the message's. False: it has answered itself. */
    bool (*ask)(struct double_ *self, struct stream *stream, ProtobufCMessage *message,
                struct c8d_call *call);
    /* Says what has arrived. */
    void (*answer)(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival);
};

/* answer.c */
void answer_arrival(struct double_ *self, const struct c8d_arrival *arrival);
void answer_empty(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival);
void answer_version(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival);
void answer_container(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival);
void answer_containers(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival);
void answer_task(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival);
void answer_tasks(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival);
void answer_created(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival);
void answer_started(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival);
void answer_deleted(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival);
void answer_stats(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival);
void answer_pids(struct double_ *self, struct stream *stream, const struct c8d_arrival *arrival);

/* shuttle.c */
/* The streams that a process is to have. NULL: none. Their names are kept. */
const struct c8d_stdio *shuttle_open(struct double_ *self, struct c8d_str container, struct c8d_str process,
                                     const struct c8d_stdio_names *names);
/* A call is on its way to the runtime, and its reply has come. */
void shuttle_note(const struct c8d_call *call);
void shuttle_hear(struct double_ *self, const struct c8d_arrival *arrival);
/* The input is to end, once all that is on its way is there. False: the runtime can be told at once. */
bool shuttle_ends_input(struct double_ *self, struct c8d_str container, struct c8d_str process);
struct c8d_stdio_names shuttle_names(const struct double_ *self, struct c8d_str container,
                                     struct c8d_str process);
void shuttle_poll(struct double_ *self);
void shuttle_go_on(struct double_ *self);

#endif
