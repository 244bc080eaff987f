/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transport over nghttp2, which knows HTTP/2 and does no I/O:
 *   transport.c    the table; deadlines; giving out what has come
 *   connection.c   one socket and its session: reading, writing, its end
 *   session.c      what nghttp2 tells us
 *   request.c      the header and the body of a request
 *   stream.c       one exchange: putting messages together, and how it ended
 *   trailer.c      what the server says in headers and trailers
 *   memory.c       nghttp2's memory, from the embedder's allocator
 *
 * Nothing is read before somebody asks for it, and what is read is given out before more is: a session pauses
 * at each piece of a body, and messages that came whole are decoded where they lie. So an embedder who does
 * not ask costs no memory here; the server's own flow control holds the rest.
 */
#ifndef C8D_REMOTE_NGHTTP2_INTERNAL_H
#define C8D_REMOTE_NGHTTP2_INTERNAL_H

#include "../remote_internal.h"
#include <nghttp2/nghttp2.h>

/* What is read, and written, at once. Two frames of the usual size, so that one always fits. */
#define C8D__BUFFER_BYTES ((size_t)64 << 10)
/* How many pings wait for their answers, from when on these go with the next request, and when without one.
 * containerd measures with each request how fast we are, but for when it does so already: answered at once,
 * it would wake us once more with each call. One that asks whether we live waits for many seconds. */
#define C8D__PINGS_MAX 8
#define C8D__PING_REST (500 * C8D__MS)
#define C8D__PING_PATIENCE (1000 * C8D__MS)
/* Of all headers of a stream. */
#define C8D__HEADER_BYTES_MAX ((size_t)16 << 10)
#define C8D__PING_BYTES 8

struct c8d__h2_stream;

/* Bytes on their way to the server. */
struct c8d__h2_output {
    size_t at; /* up to here they are written */
    size_t length;
    const unsigned char *held; /* a frame of the session's that did not fit */
    size_t held_length;
    bool wants_room; /* the socket is full: we wait for it */
    unsigned char bytes[C8D__BUFFER_BYTES];
};

struct c8d__h2_connection {
    struct c8d__h2_connection *next;
    struct c8d__h2 *h2;
    nghttp2_session *session;
    int fd;
    bool retired; /* takes no further call: the server goes away, or is gone */
    bool lost;    /* is over: what is on it has ended */
    bool drained; /* the last read took all there was */
    bool resume;  /* the session has not yet done with what it paused at */
    const char *why;
    struct c8d__h2_stream *paused; /* whose piece it is; NULL = nobody's any more */
    const unsigned char *piece;
    size_t piece_length;
    unsigned n_pings;
    int64_t pings_due;
    unsigned char pings[C8D__PINGS_MAX][C8D__PING_BYTES];
    size_t at; /* up to here the input is processed */
    size_t length;
    unsigned char input[C8D__BUFFER_BYTES];
    struct c8d__h2_output output;
};

/* A message that is being put together. */
struct c8d__h2_message {
    unsigned char prefix[C8D__PREFIX_BYTES];
    unsigned prefix_length;
    size_t size; /* as the prefix says */
    size_t length;
    size_t capacity;
    unsigned char *bytes;
};

struct c8d__h2_stream {
    struct c8d__exchange *exchange;
    struct c8d__h2_connection *connection;
    int32_t id;
    size_t sent; /* of the request's present message */
    bool on_wire;
    bool over; /* its end is known, and waits to be told */
    bool complete;
    struct c8d__h2_message message;
    /* what headers and trailers said */
    int http_status; /* 0 = nothing yet */
    int grpc_status; /* C8D__GRPC_BROKEN = not told */
    size_t header_bytes;
    size_t text_length;
    char text[C8D_ERROR_MESSAGE_BYTES];
    struct c8d__h2_stream *next_over;
};

struct c8d__h2 {
    struct c8d__transport transport; /* first */
    struct c8d__remote *remote;
    nghttp2_mem memory;
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *option;
    struct c8d__h2_connection *connections; /* the first one takes calls, unless it is retired */
    struct c8d__h2_stream *over;            /* ended and not yet told, in order */
    struct c8d__h2_stream **over_end;
    int64_t due_ns;    /* when a deadline or an answer to a ping may be due */
    size_t assembling; /* bytes of messages that are not whole yet */
};

/* memory.c */
void c8d__h2_memory(nghttp2_mem *memory, struct c8d__remote *remote);

/* session.c */
int c8d__h2_callbacks(nghttp2_session_callbacks **out);
int c8d__h2_options(nghttp2_option **out);

/* connection.c */
int c8d__h2_connect(struct c8d__transport *transport, int fd);
/* Writes what the session has to say, as far as there is room. */
void c8d__h2_flush(struct c8d__h2_connection *connection);
/* Has the server get its answers with the next flush. */
void c8d__h2_answer_pings(struct c8d__h2_connection *connection);
/* Processes what was read, or reads. False: there is nothing at present. */
bool c8d__h2_advance(struct c8d__h2_connection *connection);
/* Ends all that is on it. */
void c8d__h2_lose(struct c8d__h2_connection *connection, const char *why);
void c8d__h2_close(struct c8d__h2_connection *connection);

/* request.c */
void c8d__h2_request(struct c8d__h2_connection *connection, struct c8d__h2_stream *stream);
bool c8d__h2_send(struct c8d__transport *transport, struct c8d__exchange *exchange,
                  struct c8d__packed *message);

/* stream.c */
/* Takes a piece of the body. Returns true when an arrival was filled; what is left is taken by the next call.
 */
bool c8d__h2_take_piece(struct c8d__h2_connection *connection, struct c8d_arrival *out);
/* The stream is closed: works out how it ended. */
void c8d__h2_closed(struct c8d__h2_stream *stream, uint32_t error_code);
/* Ends it with this. The text is static. */
void c8d__h2_end(struct c8d__h2_stream *stream, int code, const char *text);
/* As above, and tells the server that we have lost interest. */
void c8d__h2_reset(struct c8d__h2_stream *stream, int code, const char *text);
void c8d__h2_message_free(struct c8d__h2 *h2, struct c8d__h2_message *message);

/* trailer.c */
/* False: the headers are too many. */
bool c8d__h2_header(struct c8d__h2_stream *stream, struct c8d_str name, struct c8d_str value);
/* What gRPC makes of an HTTP status without one of its own. */
int c8d__h2_code_of_http(int status);

#endif
