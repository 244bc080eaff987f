/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server writes, into the transport over nghttp2: the runtime is given one end of a socket pair and
 * has a call with one reply and a stream open; the bytes of the input come from the other end, in pieces
 * whose sizes the input chooses. Each call ends once, with a status and, when it is none, a line; and all
 * memory comes back.
 *
 * The first byte is the size of the pieces, 0 = all at once.
 */
#include <c8d/remote.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            (void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                            \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

enum { VERSION = 1, STREAM = 2 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static long live;

static void *take(void *ctx, size_t bytes)
{
    void *memory = malloc(bytes);

    (void)ctx;
    live += memory != NULL;
    return memory;
}

static void give(void *ctx, void *memory, size_t bytes)
{
    (void)ctx;
    (void)bytes;
    live -= memory != NULL;
    free(memory);
}

static const struct c8d_allocator allocator = {take, give, NULL};

static struct c8d_runtime open_runtime(int fd)
{
    const struct c8d_remote_options options = {
        .size = sizeof(options),
        .namespace_ = {"fuzz", 4},
        .allocator = &allocator,
        .transport = C8D_TRANSPORT_NGHTTP2,
        .has_fd = true,
        .fd = fd,
    };
    struct c8d_runtime runtime;

    CHECK(c8d_remote_new(&options, &runtime, NULL) == C8D_OK);
    return runtime;
}

static void submit(struct c8d_runtime runtime, enum c8d_call_kind kind, uint64_t token)
{
    const struct c8d_call call = {.kind = kind, .token = token, .deadline_ns = C8D_NO_DEADLINE};

    CHECK(runtime.ops->submit(runtime.ctx, &call, NULL) == C8D_OK);
}

/* Takes what has come; counts the replies, each of which is the only one of its call. */
static void take_arrivals(struct c8d_runtime runtime, unsigned replies[STREAM + 1])
{
    struct c8d_arrival arrival;

    runtime.ops->wait(runtime.ctx, NULL, 0, 0);
    while (runtime.ops->next(runtime.ctx, &arrival)) {
        if (arrival.kind != C8D_ARRIVAL_REPLY)
            continue;
        CHECK(arrival.token == VERSION || arrival.token == STREAM);
        CHECK(++replies[arrival.token] == 1);
        CHECK(arrival.status == C8D_OK || arrival.message.len != 0);
    }
}

/* Nobody reads what the client says: it is dropped before the socket is full. */
static void drop_input(int fd)
{
    char bytes[4096];

    while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
        ;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t piece = size != 0 && data[0] != 0 ? data[0] : size;
    unsigned replies[STREAM + 1] = {0};
    struct c8d_runtime runtime;
    int ends[2];

    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    runtime = open_runtime(ends[0]);
    submit(runtime, C8D_CALL_VERSION, VERSION);
    submit(runtime, C8D_CALL_SUBSCRIBE, STREAM);
    for (size_t at = 1; at < size; at += piece) {
        size_t n = size - at < piece ? size - at : piece;

        if (send(ends[1], data + at, n, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)n)
            break;
        take_arrivals(runtime, replies);
        drop_input(ends[1]);
    }
    (void)close(ends[1]);
    take_arrivals(runtime, replies);
    take_arrivals(runtime, replies);
    CHECK(replies[VERSION] == 1 && replies[STREAM] == 1);
    runtime.ops->destroy(runtime.ctx);
    CHECK(live == 0);
    return 0;
}
