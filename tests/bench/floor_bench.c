/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What whole lives of containers cost over gRPC C core alone: the RPCs of lifecycle_bench, one after the
 * other, with nothing of the library but the messages: no model, no client, no reply decoded, and of the
 * events only the ends. It is a floor of what lifecycle_bench can cost over this transport.
 *
 *   floor_bench LIVES        so many lives; C core itself waits
 *   floor_bench LIVES poll   C core is called when poll() has seen something on its socket, as in the library
 *   floor_bench idle         resident memory and threads with the event stream open
 *
 * Beside a containerd (tests/support/with-containerd.sh).
 */
#include "containers.pb-c.h"
#include "events.pb-c.h"
#include "life.h"
#include "tasks.pb-c.h"
#include <fcntl.h>
#include <grpc/byte_buffer.h>
#include <grpc/grpc.h>
#include <grpc/grpc_posix.h>
#include <grpc/grpc_security.h>
#include <grpc/support/log.h>
#include <grpc/support/time.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CONTAINERS "/containerd.services.containers.v1.Containers/"
#define TASKS "/containerd.services.tasks.v1.Tasks/"
#define EVENTS "/containerd.services.events.v1.Events/"

enum method {
    CONTAINER_CREATE,
    TASK_CREATE,
    START,
    EXEC,
    DELETE_PROCESS,
    PAUSE,
    RESUME,
    METRICS,
    KILL,
    TASK_DELETE,
    CONTAINER_DELETE,
    SUBSCRIBE,
    METHOD_COUNT
};

static const char *const paths[METHOD_COUNT] = {
    [CONTAINER_CREATE] = CONTAINERS "Create",
    [TASK_CREATE] = TASKS "Create",
    [START] = TASKS "Start",
    [EXEC] = TASKS "Exec",
    [DELETE_PROCESS] = TASKS "DeleteProcess",
    [PAUSE] = TASKS "Pause",
    [RESUME] = TASKS "Resume",
    [METRICS] = TASKS "Metrics",
    [KILL] = TASKS "Kill",
    [TASK_DELETE] = TASKS "Delete",
    [CONTAINER_DELETE] = CONTAINERS "Delete",
    [SUBSCRIBE] = EVENTS "Subscribe",
};

/* One call, and what C core fills. */
struct call {
    grpc_call *call;
    grpc_byte_buffer *request;
    grpc_byte_buffer *reply;
    grpc_metadata_array initial;
    grpc_metadata_array trailing;
    grpc_status_code code;
    grpc_slice details;
};

static grpc_completion_queue *queue;
static grpc_channel *channel;
static void *registered[METHOD_COUNT];
static int to_poll = -1; /* a duplicate of C core's socket; -1: C core waits */
static grpc_metadata header;
static struct call stream;
static unsigned exits; /* events of ends that have come */

static void keep_silent(gpr_log_func_args *args)
{
    (void)args;
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        perror(path);
        exit(1);
    }
    return fd;
}

/* The library's settings. */
static void open_channel(bool polled)
{
    static const char *const off[] = {GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION,
                                      GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, GRPC_ARG_ENABLE_RETRIES,
                                      GRPC_ARG_ENABLE_CHANNELZ, GRPC_ARG_HTTP2_BDP_PROBE};
    enum { COUNT = sizeof(off) / sizeof(off[0]) };
    grpc_arg list[COUNT];
    const grpc_channel_args args = {COUNT, list};
    grpc_channel_credentials *credentials;
    int fd = connect_to(life_setting("C8D_TEST_ADDRESS"));

    for (size_t i = 0; i < COUNT; i++) {
        list[i] = (grpc_arg){.type = GRPC_ARG_INTEGER};
        memcpy(&list[i].key, &off[i], sizeof(list[i].key));
    }
    (void)setenv("GRPC_POLL_STRATEGY", "poll", 0);
    gpr_set_log_function(keep_silent);
    grpc_init();
    if (polled)
        to_poll = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    queue = grpc_completion_queue_create_for_next(NULL);
    credentials = grpc_insecure_credentials_create();
    channel = grpc_channel_create_from_fd("localhost", fd, credentials, &args);
    grpc_channel_credentials_release(credentials);
    for (int i = 0; i < METHOD_COUNT; i++)
        registered[i] = grpc_channel_register_call(channel, paths[i], NULL, NULL);
    header.key = grpc_slice_from_static_string("containerd-namespace");
    header.value = grpc_slice_from_static_string(life_setting("C8D_TEST_NAMESPACE"));
}

static void begin(struct call *call, enum method method, const ProtobufCMessage *message, bool limited)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    grpc_slice slice = grpc_slice_malloc(size);
    gpr_timespec limit = gpr_inf_future(GPR_CLOCK_MONOTONIC);

    if (limited)
        limit = gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_seconds(60, GPR_TIMESPAN));
    (void)protobuf_c_message_pack(message, GRPC_SLICE_START_PTR(slice));
    *call = (struct call){.request = grpc_raw_byte_buffer_create(&slice, 1)};
    grpc_slice_unref(slice);
    grpc_metadata_array_init(&call->initial);
    grpc_metadata_array_init(&call->trailing);
    call->call = grpc_channel_create_registered_call(channel, NULL, GRPC_PROPAGATE_DEFAULTS, queue,
                                                     registered[method], limit, NULL);
}

static void batch(struct call *call, const grpc_op *ops, size_t n)
{
    if (grpc_call_start_batch(call->call, ops, n, call, NULL) != GRPC_CALL_OK)
        abort();
}

/* All that is sent, and what is asked for with it. */
static void batch_whole(struct call *call, bool to_its_end)
{
    const grpc_op ops[] = {
        {.op = GRPC_OP_SEND_INITIAL_METADATA,
         .data.send_initial_metadata = {.count = 1, .metadata = &header}},
        {.op = GRPC_OP_SEND_MESSAGE, .data.send_message.send_message = call->request},
        {.op = GRPC_OP_SEND_CLOSE_FROM_CLIENT},
        {.op = GRPC_OP_RECV_INITIAL_METADATA,
         .data.recv_initial_metadata.recv_initial_metadata = &call->initial},
        {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &call->reply},
        {.op = GRPC_OP_RECV_STATUS_ON_CLIENT,
         .data.recv_status_on_client = {.trailing_metadata = &call->trailing,
                                        .status = &call->code,
                                        .status_details = &call->details}},
    };

    batch(call, ops, sizeof(ops) / sizeof(ops[0]) - (to_its_end ? 0 : 1));
}

static void read_event(void)
{
    const grpc_op op = {.op = GRPC_OP_RECV_MESSAGE, .data.recv_message.recv_message = &stream.reply};

    batch(&stream, &op, 1);
}

static void subscribe(void)
{
    C8dw__SubscribeRequest request = C8DW__SUBSCRIBE_REQUEST__INIT;
    char filter[256];
    char *filters[] = {filter};

    snprintf(filter, sizeof(filter), "topic==\"/tasks/exit\",namespace==%s",
             life_setting("C8D_TEST_NAMESPACE"));
    request.filters = filters;
    request.n_filters = 1;
    begin(&stream, SUBSCRIBE, &request.base, false);
    batch_whole(&stream, false);
}

/* Takes the next completion; an event is counted and the next one asked for. */
static struct call *next(void)
{
    gpr_timespec limit =
        to_poll >= 0 ? gpr_inf_past(GPR_CLOCK_MONOTONIC) : gpr_inf_future(GPR_CLOCK_MONOTONIC);

    for (;;) {
        grpc_event event = grpc_completion_queue_next(queue, limit, NULL);
        struct pollfd one = {.fd = to_poll, .events = POLLIN};

        if (event.type == GRPC_QUEUE_TIMEOUT) {
            (void)poll(&one, 1, 1000);
            continue;
        }
        if (event.tag != &stream)
            return event.tag;
        if (stream.reply == NULL)
            abort();
        grpc_byte_buffer_destroy(stream.reply);
        exits++;
        read_event();
        return NULL;
    }
}

static void do_call(enum method method, const ProtobufCMessage *message)
{
    struct call call;

    begin(&call, method, message, true);
    batch_whole(&call, true);
    while (next() != &call)
        ;
    if (call.code != GRPC_STATUS_OK) {
        fprintf(stderr, "floor_bench: %s: %d %.*s\n", paths[method], (int)call.code,
                (int)GRPC_SLICE_LENGTH(call.details), (const char *)GRPC_SLICE_START_PTR(call.details));
        exit(1);
    }
    grpc_call_unref(call.call);
    grpc_byte_buffer_destroy(call.request);
    grpc_byte_buffer_destroy(call.reply);
    grpc_metadata_array_destroy(&call.initial);
    grpc_metadata_array_destroy(&call.trailing);
    grpc_slice_unref(call.details);
}

static void await_exit(unsigned before)
{
    while (exits == before)
        (void)next();
}

static void create(char *id)
{
    C8dw__CreateContainerRequest request = C8DW__CREATE_CONTAINER_REQUEST__INIT;
    C8dw__Container container = C8DW__CONTAINER__INIT;
    C8dw__Runtime runtime = C8DW__RUNTIME__INIT;
    C8dw__Any spec = C8DW__ANY__INIT;
    char text[LIFE_SPEC_BYTES];

    life_spec(text, id);
    spec.type_url = (char[]){"types.containerd.io/opencontainers/runtime-spec/1/Spec"};
    spec.value = (ProtobufCBinaryData){.len = strlen(text), .data = (uint8_t *)text};
    runtime.name = (char[]){"io.containerd.runc.v2"};
    container.id = id;
    container.runtime = &runtime;
    container.spec = &spec;
    request.container = &container;
    do_call(CONTAINER_CREATE, &request.base);
}

static void run_exec(char *id)
{
    C8dw__ExecProcessRequest request = C8DW__EXEC_PROCESS_REQUEST__INIT;
    C8dw__ProcessRequest named = C8DW__PROCESS_REQUEST__INIT;
    C8dw__Any spec = C8DW__ANY__INIT;
    char text[] = LIFE_EXEC;
    char exec_id[] = "e";
    unsigned before = exits;

    spec.type_url = (char[]){"types.containerd.io/opencontainers/runtime-spec/1/Process"};
    spec.value = (ProtobufCBinaryData){.len = strlen(text), .data = (uint8_t *)text};
    request.container_id = named.container_id = id;
    request.exec_id = named.exec_id = exec_id;
    request.spec = &spec;
    do_call(EXEC, &request.base);
    do_call(START, &named.base);
    await_exit(before);
    do_call(DELETE_PROCESS, &named.base);
}

static void live(char *id)
{
    C8dw__CreateTaskRequest task = C8DW__CREATE_TASK_REQUEST__INIT;
    C8dw__ProcessRequest init = C8DW__PROCESS_REQUEST__INIT;
    C8dw__TaskRequest named = C8DW__TASK_REQUEST__INIT;
    C8dw__MetricsRequest metrics = C8DW__METRICS_REQUEST__INIT;
    C8dw__KillRequest kill = C8DW__KILL_REQUEST__INIT;
    C8dw__ContainerRequest container = C8DW__CONTAINER_REQUEST__INIT;
    char filter[64];
    char *filters[] = {filter};
    unsigned before;

    snprintf(filter, sizeof(filter), "id==%s", id);
    task.container_id = init.container_id = named.container_id = kill.container_id = container.id = id;
    metrics.filters = filters;
    metrics.n_filters = 1;
    kill.signal = 9;
    create(id);
    do_call(TASK_CREATE, &task.base);
    do_call(START, &init.base);
    run_exec(id);
    do_call(PAUSE, &named.base);
    do_call(RESUME, &named.base);
    do_call(METRICS, &metrics.base);
    before = exits;
    do_call(KILL, &kill.base);
    await_exit(before);
    do_call(TASK_DELETE, &named.base);
    do_call(CONTAINER_DELETE, &container.base);
}

static void run_lives(unsigned n)
{
    struct rusage before;
    struct rusage after;

    getrusage(RUSAGE_SELF, &before);
    for (unsigned i = 0; i < n; i++) {
        char id[32];

        snprintf(id, sizeof(id), "floor%u", i);
        live(id);
    }
    getrusage(RUSAGE_SELF, &after);
    printf("C core alone life/1, CPU %8.1f us, switches %.2f + %.2f\n", life_cpu_us(&before, &after) / n,
           (double)(after.ru_nvcsw - before.ru_nvcsw) / n, (double)(after.ru_nivcsw - before.ru_nivcsw) / n);
}

static void idle(void)
{
    C8dw__MetricsRequest none = C8DW__METRICS_REQUEST__INIT;

    do_call(METRICS, &none.base);
    (void)sleep(1);
    life_report_idle("C core alone");
}

int main(int argc, char **argv)
{
    open_channel(argc > 2 && strcmp(argv[2], "poll") == 0);
    subscribe();
    if (argc > 1 && strcmp(argv[1], "idle") == 0)
        idle();
    else
        run_lives(argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10);
    /* Its own way down is not measured. */
    fflush(stdout);
    _exit(0);
}
