/* SPDX-License-Identifier: Apache-2.0 */
/* A gRPC server that says what a test wants: one call after the other, each step waited for. */
#include "remote_fake.h"
#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc_security.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Tags are addresses of these. */
static char accepted, step, closed, stopped;

/* Waits for the tag; passes over the end of streams. Returns false when the server was stopped, or the step
 * failed. */
static bool await(struct fake *fake, const char *tag)
{
    for (;;) {
        grpc_event event = grpc_completion_queue_next(fake->queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);

        if (event.tag == tag)
            return event.success != 0;
        if (event.tag == &stopped)
            return false;
    }
}

static bool run(struct fake *fake, grpc_call *call, const grpc_op *ops, size_t n)
{
    if (grpc_call_start_batch(call, ops, n, &step, NULL) != GRPC_CALL_OK)
        abort();
    return await(fake, &step);
}

static grpc_byte_buffer *buffer_of(const void *bytes, size_t size)
{
    grpc_slice slice = grpc_slice_from_copied_buffer(bytes, size);
    grpc_byte_buffer *buffer = grpc_raw_byte_buffer_create(&slice, 1);

    grpc_slice_unref(slice);
    return buffer;
}

static void reply(struct fake *fake, grpc_call *call, const void *bytes, size_t size, grpc_status_code status)
{
    grpc_byte_buffer *buffer = buffer_of(bytes, size);
    int cancelled = 0;
    const grpc_op ops[] = {
        {.op = GRPC_OP_SEND_INITIAL_METADATA},
        {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = buffer},
        {.op = GRPC_OP_SEND_STATUS_FROM_SERVER, .data.send_status_from_server.status = status},
        {.op = GRPC_OP_RECV_CLOSE_ON_SERVER, .data.recv_close_on_server.cancelled = &cancelled},
    };

    (void)run(fake, call, ops, sizeof(ops) / sizeof(ops[0]));
    grpc_byte_buffer_destroy(buffer);
    grpc_call_unref(call);
}

static void push(struct fake *fake, const void *bytes, size_t size)
{
    grpc_byte_buffer *buffer = buffer_of(bytes, size);
    const grpc_op op = {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = buffer};

    (void)run(fake, fake->stream, &op, 1);
    grpc_byte_buffer_destroy(buffer);
}

static void open_stream(struct fake *fake, grpc_call *call)
{
    static int cancelled;
    const grpc_op watch = {.op = GRPC_OP_RECV_CLOSE_ON_SERVER,
                           .data.recv_close_on_server.cancelled = &cancelled};
    const grpc_op open = {.op = GRPC_OP_SEND_INITIAL_METADATA};

    if (grpc_call_start_batch(call, &watch, 1, &closed, NULL) != GRPC_CALL_OK)
        abort();
    (void)run(fake, call, &open, 1);
    if (fake->stream != NULL)
        grpc_call_unref(fake->stream);
    fake->stream = call;
}

/* A PublishRequest begins with its topic (field 1); an Envelope has it as field 3. */
static void publish(struct fake *fake, grpc_byte_buffer *request)
{
    grpc_byte_buffer_reader reader;
    unsigned char envelope[130];
    grpc_slice all;
    size_t length;

    if (request == NULL || fake->stream == NULL || fake->silent ||
        !grpc_byte_buffer_reader_init(&reader, request))
        return;
    all = grpc_byte_buffer_reader_readall(&reader);
    length = (size_t)GRPC_SLICE_START_PTR(all)[1] + 2;
    memcpy(envelope, GRPC_SLICE_START_PTR(all), length);
    envelope[0] = 3 << 3 | 2;
    grpc_slice_unref(all);
    grpc_byte_buffer_reader_destroy(&reader);
    push(fake, envelope, length);
    if (fake->event != NULL)
        push(fake, fake->event, fake->event_size);
}

static bool ends_with(const grpc_slice *method, const char *end)
{
    size_t length = strlen(end);

    return GRPC_SLICE_LENGTH(*method) >= length &&
           memcmp(GRPC_SLICE_START_PTR(*method) + GRPC_SLICE_LENGTH(*method) - length, end, length) == 0;
}

static void serve(struct fake *fake, grpc_call *call, const grpc_slice *method)
{
    grpc_byte_buffer *request = NULL;
    const grpc_op receive = {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &request};

    (void)run(fake, call, &receive, 1);
    if (ends_with(method, "/Subscribe") && fake->stream_status == GRPC_STATUS_OK) {
        open_stream(fake, call);
    } else if (ends_with(method, "/Subscribe")) {
        reply(fake, call, "", 0, fake->stream_status);
    } else if (ends_with(method, "/Publish")) {
        publish(fake, request);
        reply(fake, call, "", 0, GRPC_STATUS_OK);
    } else {
        reply(fake, call, fake->reply, fake->reply_size, fake->status);
    }
    grpc_byte_buffer_destroy(request);
}

static void *serve_all(void *arg)
{
    struct fake *fake = arg;
    bool on = true;

    while (on) {
        grpc_call *call = NULL;
        grpc_call_details details;
        grpc_metadata_array metadata;

        grpc_call_details_init(&details);
        grpc_metadata_array_init(&metadata);
        if (grpc_server_request_call(fake->server, &call, &details, &metadata, fake->queue, fake->queue,
                                     &accepted) != GRPC_CALL_OK)
            abort();
        on = await(fake, &accepted) && call != NULL;
        if (on)
            serve(fake, call, &details.method);
        grpc_call_details_destroy(&details);
        grpc_metadata_array_destroy(&metadata);
    }
    return NULL;
}

void fake_start(struct fake *fake)
{
    grpc_server_credentials *credentials = grpc_insecure_server_credentials_create();
    char target[128];

    grpc_init();
    (void)snprintf(fake->directory, sizeof(fake->directory), "/tmp/c8d-fake-XXXXXX");
    assert_non_null(mkdtemp(fake->directory));
    (void)snprintf(fake->address, sizeof(fake->address), "%s/socket", fake->directory);
    (void)snprintf(target, sizeof(target), "unix:%s", fake->address);
    fake->queue = grpc_completion_queue_create_for_next(NULL);
    fake->server = grpc_server_create(NULL, NULL);
    grpc_server_register_completion_queue(fake->server, fake->queue, NULL);
    assert_int_not_equal(grpc_server_add_http2_port(fake->server, target, credentials), 0);
    grpc_server_credentials_release(credentials);
    grpc_server_start(fake->server);
    assert_int_equal(pthread_create(&fake->thread, NULL, serve_all, fake), 0);
}

void fake_stop(struct fake *fake)
{
    grpc_event event;

    grpc_server_shutdown_and_notify(fake->server, fake->queue, &stopped);
    grpc_server_cancel_all_calls(fake->server);
    assert_int_equal(pthread_join(fake->thread, NULL), 0);
    if (fake->stream != NULL)
        grpc_call_unref(fake->stream);
    grpc_server_destroy(fake->server);
    grpc_completion_queue_shutdown(fake->queue);
    do
        event = grpc_completion_queue_next(fake->queue, gpr_inf_future(GPR_CLOCK_MONOTONIC), NULL);
    while (event.type != GRPC_QUEUE_SHUTDOWN);
    grpc_completion_queue_destroy(fake->queue);
    (void)unlink(fake->address);
    assert_int_equal(rmdir(fake->directory), 0);
    grpc_shutdown();
}
