/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One exchange as C core sees it. One with one reply is a single batch, so that it comes back as a single
 * completion. A stream is three: its end, which is asked for at once, since without it a stream that was
 * refused would look like a silent one; what is sent, one message at a time; and one message after the
 * other.
 */
#include "../socket.h"
#include "grpc_internal.h"
#include <grpc/byte_buffer_reader.h>
#include <grpc/support/alloc.h>
#include <grpc/support/log.h>
#include <stddef.h>

struct call {
    struct c8d__tag whole; /* of an exchange with one reply */
    struct c8d__tag sent;
    struct c8d__tag received;
    struct c8d__tag ended;
    struct c8d__exchange *exchange;
    grpc_call *call;
    const grpc_channel *channel; /* to tell whether it is still the one in use */
    unsigned pending;            /* tags that C core has */
    bool over;                   /* the stream has ended, or was told to */
    bool sending;                /* a message of a stream is in C core's hands */
    bool unsent;                 /* ... and the next one waits for it */
    grpc_byte_buffer *request;
    grpc_byte_buffer *message;
    grpc_slice reply; /* a message in one piece */
    grpc_metadata_array initial;
    grpc_metadata_array trailing;
    grpc_status_code code;
    grpc_slice details;
};

static struct c8d__grpc *grpc_of(const struct call *call)
{
    return (struct c8d__grpc *)call->exchange->remote->transport;
}

static void start_batch(struct call *call, const grpc_op *ops, size_t count, struct c8d__tag *tag)
{
    grpc_call_error error = grpc_call_start_batch(call->call, ops, count, tag, NULL);

    GPR_ASSERT(error == GRPC_CALL_OK); /* a refused one is a mistake of ours */
    call->pending++;
}

/* Puts the message together. ptr NULL: there is none that we can read. */
static struct c8d_str in_one_piece(struct call *call)
{
    const grpc_byte_buffer *buffer = call->message;
    grpc_byte_buffer_reader reader;

    if (buffer == NULL || buffer->type != GRPC_BB_RAW || buffer->data.raw.compression != GRPC_COMPRESS_NONE)
        return (struct c8d_str){0};
    grpc_slice_unref(call->reply);
    call->reply = grpc_empty_slice();
    /* A small message is in one piece, and read where it lies. */
    if (buffer->data.raw.slice_buffer.count == 1) {
        call->reply = grpc_slice_ref(buffer->data.raw.slice_buffer.slices[0]);
    } else if (grpc_byte_buffer_reader_init(&reader, call->message)) {
        call->reply = grpc_byte_buffer_reader_readall(&reader);
        grpc_byte_buffer_reader_destroy(&reader);
    }
    return (struct c8d_str){
        .ptr = (const char *)GRPC_SLICE_START_PTR(call->reply),
        .len = GRPC_SLICE_LENGTH(call->reply),
    };
}

/* C core ends some calls of a connection that breaks with UNKNOWN, in which containerd tells failures of its
 * own: whether it has acted is not known when nobody is left to have said so. */
static void doubt_unknown(struct call *call, const struct c8d__grpc *grpc)
{
    int fd = grpc->channel == call->channel ? grpc->fd : grpc->retired_fd;

    if (call->code == GRPC_STATUS_UNKNOWN && (fd < 0 || c8d__socket_hung_up(fd)))
        call->code = GRPC_STATUS_UNAVAILABLE;
}

static bool finish(struct call *call, struct c8d_arrival *out)
{
    struct c8d__exchange *exchange = call->exchange;
    struct c8d__grpc *grpc = grpc_of(call);

    doubt_unknown(call, grpc);
    if (call->code == GRPC_STATUS_UNAVAILABLE && grpc->fd >= 0 && grpc->channel == call->channel)
        c8d__grpc_retire(grpc);
    exchange->code = (int)call->code;
    exchange->details.ptr = (const char *)GRPC_SLICE_START_PTR(call->details);
    exchange->details.len = GRPC_SLICE_LENGTH(call->details);
    if (exchange->message == NULL)
        exchange->reply = in_one_piece(call);
    grpc->bytes_in_flight -= exchange->request->size;
    return exchange->ended(exchange, out);
}

/* The last thing that C core had of us is back: says how it ended. */
static bool settle(struct call *call, struct c8d_arrival *out)
{
    return --call->pending == 0 && finish(call, out);
}

static bool whole_done(struct c8d__tag *tag, bool ok, struct c8d_arrival *out)
{
    (void)ok; /* the status tells */
    return settle((struct call *)tag, out);
}

static struct call *from(struct c8d__tag *tag, size_t offset)
{
    return (struct call *)((char *)tag - offset);
}

static void receive(struct call *call, bool first)
{
    const grpc_op ops[] = {
        {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &call->message},
        {.op = GRPC_OP_RECV_INITIAL_METADATA,
         .data.recv_initial_metadata.recv_initial_metadata = &call->initial},
    };

    start_batch(call, ops, first ? 2 : 1, &call->received);
}

static bool received(struct c8d__tag *tag, bool ok, struct c8d_arrival *out)
{
    struct call *call = from(tag, offsetof(struct call, received));
    struct c8d_str bytes;
    bool told;

    if (!ok || call->message == NULL)
        return settle(call, out);
    bytes = in_one_piece(call);
    grpc_byte_buffer_destroy(call->message);
    call->message = NULL;
    told = !call->over && call->exchange->message(call->exchange, bytes, out);
    receive(call, false);
    call->pending--; /* this message's; the next one has its own */
    return told;
}

/* A copy of the request, for C core. */
static grpc_byte_buffer *copy_request(struct call *call)
{
    const struct c8d__packed *request = call->exchange->request;
    grpc_slice slice =
        grpc_slice_from_copied_buffer((const char *)request->bytes + C8D__PREFIX_BYTES, request->size);

    grpc_byte_buffer_destroy(call->request);
    call->request = grpc_raw_byte_buffer_create(&slice, 1);
    grpc_slice_unref(slice);
    return call->request;
}

/* The message that the exchange has now. */
static void send_next(struct call *call)
{
    const grpc_op ops[] = {
        {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = copy_request(call)},
        {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT},
    };

    call->sending = true;
    call->unsent = false;
    start_batch(call, ops, call->exchange->more ? 1 : 2, &call->sent);
}

static bool sent(struct c8d__tag *tag, bool ok, struct c8d_arrival *out)
{
    struct call *call = from(tag, offsetof(struct call, sent));

    (void)ok; /* the status tells */
    call->sending = false;
    if (call->unsent)
        send_next(call);
    return settle(call, out);
}

/* A server may have answered before C core says that the message is out. */
bool c8d__grpc_send(struct c8d__transport *transport, struct c8d__exchange *exchange,
                    struct c8d__packed *message)
{
    struct c8d__grpc *grpc = (struct c8d__grpc *)transport;
    struct call *call = exchange->carrier;

    if (call->over || call->unsent)
        return false;
    grpc->bytes_in_flight += message->size;
    grpc->bytes_in_flight -= exchange->request->size;
    c8d__packed_free(exchange->remote, exchange->request);
    exchange->request = message;
    if (call->sending)
        call->unsent = true;
    else
        send_next(call);
    return true;
}

static bool ended(struct c8d__tag *tag, bool ok, struct c8d_arrival *out)
{
    struct call *call = from(tag, offsetof(struct call, ended));

    (void)ok;
    call->over = true;
    return settle(call, out);
}

bool c8d__grpc_prepare(struct c8d__transport *transport, struct c8d__exchange *exchange)
{
    struct call *call = c8d__remote_alloc(exchange->remote, sizeof(*call));

    (void)transport;
    if (call == NULL)
        return false;
    *call = (struct call){
        .whole = {whole_done},
        .sent = {sent},
        .received = {received},
        .ended = {ended},
        .exchange = exchange,
        .code = GRPC_STATUS_UNKNOWN,
        .details = grpc_empty_slice(),
        .reply = grpc_empty_slice(),
    };
    grpc_metadata_array_init(&call->initial);
    grpc_metadata_array_init(&call->trailing);
    exchange->carrier = call;
    return true;
}

static void send_whole(struct call *call, const grpc_op sends[3])
{
    const grpc_op ops[] = {
        sends[0],
        sends[1],
        sends[2],
        {.op = GRPC_OP_RECV_INITIAL_METADATA,
         .data.recv_initial_metadata.recv_initial_metadata = &call->initial},
        {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &call->message},
        {.op = GRPC_OP_RECV_STATUS_ON_CLIENT,
         .data.recv_status_on_client = {.trailing_metadata = &call->trailing,
                                        .status = &call->code,
                                        .status_details = &call->details}},
    };

    start_batch(call, ops, sizeof(ops) / sizeof(ops[0]), &call->whole);
}

static void open_stream(struct call *call, const grpc_op sends[3])
{
    const grpc_op end = {
        .op = GRPC_OP_RECV_STATUS_ON_CLIENT,
        .data.recv_status_on_client = {.trailing_metadata = &call->trailing,
                                       .status = &call->code,
                                       .status_details = &call->details},
    };

    start_batch(call, &end, 1, &call->ended);
    call->sending = true;
    start_batch(call, sends, call->exchange->more ? 2 : 3, &call->sent);
    receive(call, true);
}

void c8d__grpc_begin(struct c8d__grpc *grpc, struct c8d__exchange *exchange)
{
    struct call *call = exchange->carrier;
    grpc_metadata headers[2] = {
        {.key = grpc_slice_from_static_string("containerd-namespace"),
         .value = grpc_slice_from_static_string(grpc->remote->namespace_)},
    };
    grpc_op sends[] = {
        {.op = GRPC_OP_SEND_INITIAL_METADATA,
         .data.send_initial_metadata = {.count = exchange->lease != NULL ? 2 : 1, .metadata = headers}},
        {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = copy_request(call)},
        {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT},
    };

    if (exchange->lease != NULL) {
        headers[1].key = grpc_slice_from_static_string("containerd-lease");
        headers[1].value = grpc_slice_from_copied_string(exchange->lease);
    }
    grpc->bytes_in_flight += exchange->request->size;
    call->channel = grpc->channel;
    call->call = c8d__grpc_call(grpc, exchange->method, exchange->deadline_ns);
    if (exchange->message != NULL)
        open_stream(call, sends);
    else
        send_whole(call, sends);
    if (exchange->lease != NULL)
        grpc_slice_unref(headers[1].value);
}

void c8d__grpc_cancel(struct c8d__transport *transport, struct c8d__exchange *exchange, int code,
                      const char *why)
{
    struct call *call = exchange->carrier;

    (void)transport;
    if (!call->over)
        (void)grpc_call_cancel_with_status(call->call, (grpc_status_code)code, why, NULL);
    call->over = true;
}

void c8d__grpc_release(struct c8d__transport *transport, struct c8d__exchange *exchange)
{
    struct call *call = exchange->carrier;

    (void)transport;
    if (call->call != NULL)
        grpc_call_unref(call->call);
    grpc_byte_buffer_destroy(call->request);
    grpc_byte_buffer_destroy(call->message);
    grpc_metadata_array_destroy(&call->initial);
    grpc_metadata_array_destroy(&call->trailing);
    grpc_slice_unref(call->reply);
    grpc_slice_unref(call->details);
    exchange->carrier = NULL;
    c8d__remote_release(exchange->remote, call, sizeof(*call));
}
