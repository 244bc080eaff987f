/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many events a second are read from the socket and decoded, and what each costs: a server of our own in
 * a process of its own writes them as fast as it is let, in frames as containerd's have them. They tell of
 * the lives of tasks in a thousand known containers: created, started, ended, deleted.
 *
 *   events_bench [EVENTS]     over C8D_TEST_TRANSPORT
 */
#include "measure.h"
#include "remote_fake_internal.h"
#include "transport.h"
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)
#define CONTAINERS 1000
#define LIFE_EVENTS 4
#define BURST_LIVES 64
#define EVENT_BYTES 192
/* What flow control does not count. */
#define FRAME_HEAD 9

static unsigned long wanted = 1000000;

/* One DATA frame with one message: the prefix and an Envelope whose event is of this type and content. */
static size_t put_event(unsigned char *to, uint32_t stream, const char *type, const char *content,
                        size_t length)
{
    static const char head[] = "\12\14\10\300\304\7\20\1\30\1\30\1\30\1\22\5bench\32\13/tasks/some";
    unsigned char *at = to + 14;
    size_t type_length = strlen(type);
    size_t size;

    memcpy(at, head, sizeof(head) - 1);
    at += sizeof(head) - 1;
    *at++ = 0x22;
    *at++ = (unsigned char)(type_length + length + 4);
    *at++ = 0x0a;
    *at++ = (unsigned char)type_length;
    memcpy(at, type, type_length);
    at += type_length;
    *at++ = 0x12;
    *at++ = (unsigned char)length;
    memcpy(at, content, length);
    at += length;
    size = (size_t)(at - to) - 14;
    memset(to, 0, 14);
    to[2] = (unsigned char)(size + 5);
    to[7] = (unsigned char)(stream >> 8);
    to[8] = (unsigned char)stream;
    to[13] = (unsigned char)size;
    return (size_t)(at - to);
}

/* The life of one task: created, started, ended, deleted. */
static size_t put_life(unsigned char *to, uint32_t stream, unsigned n)
{
    static const struct {
        const char *type;
        char pid_field;
        bool exit;
    } events[LIFE_EVENTS] = {
        {"containerd.events.TaskCreate", 6 << 3, false},
        {"containerd.events.TaskStart", 2 << 3, false},
        {"containerd.events.TaskExit", 3 << 3, true},
        {"containerd.events.TaskDelete", 2 << 3, false},
    };
    /* exited_at, a time of some seconds and nanoseconds. */
    static const unsigned char ended[] = {0x20, 0x07, 0x2a, 0x06, 0x08, 0xc0, 0xc4, 0x07, 0x10, 0x01};
    size_t length = 0;

    for (int i = 0; i < LIFE_EVENTS; i++) {
        char content[64];
        int size = snprintf(content, sizeof(content), "\12\6c%05u", n % CONTAINERS);

        if (events[i].exit)
            size += snprintf(content + size, sizeof(content) - (size_t)size, "\22\6c%05u", n % CONTAINERS);
        content[size++] = events[i].pid_field;
        content[size++] = 77;
        if (events[i].exit) {
            memcpy(content + size, ended, sizeof(ended));
            size += (int)sizeof(ended);
        }
        length += put_event(to + length, stream, events[i].type, content, (size_t)size);
    }
    return length;
}

static bool has_room(struct fake *fake, uint32_t id, size_t size)
{
    struct fake_stream *stream;

    for (;;) {
        stream = fake_find(fake->link, id);
        if (stream == NULL)
            return false;
        if (fake->link->window >= (int64_t)size && stream->window >= (int64_t)size)
            break;
        if (!fake_read_frame(fake))
            return false;
    }
    fake->link->window -= (int64_t)size;
    stream->window -= (int64_t)size;
    return true;
}

/* The answer to the one call that the client makes when its stream is open. */
static void flood(struct fake *fake, uint32_t stream)
{
    static unsigned char burst[BURST_LIVES * LIFE_EVENTS * EVENT_BYTES];
    uint32_t subscription = fake->link->subscription;

    if (subscription == 0)
        return;
    for (unsigned n = 0; n < wanted / LIFE_EVENTS + BURST_LIVES; n += BURST_LIVES) {
        size_t length = 0;

        for (unsigned i = 0; i < BURST_LIVES; i++)
            length += put_life(burst + length, subscription, n + i);
        if (!has_room(fake, subscription, length - (size_t)BURST_LIVES * LIFE_EVENTS * FRAME_HEAD) ||
            !fake_raw(fake, burst, length))
            return;
    }
    (void)(fake_begin(fake, stream) && fake_message(fake, stream, "", 0) && fake_end(fake, stream, 0));
}

/* The server in a process of its own; the parent learns its address. */
static pid_t serve(char address[96])
{
    struct fake fake = {.reply = "", .answer = flood, .always = true};
    int ends[2];
    pid_t child;

    if (pipe(ends) != 0 || (child = fork()) < 0)
        exit(2);
    if (child == 0) {
        fake_start(&fake);
        if (write(ends[1], fake.address, sizeof(fake.address)) < 0)
            _exit(2);
        for (;;)
            pause();
    }
    if (read(ends[0], address, 96) != 96)
        exit(2);
    return child;
}

/* Waits for the reply to a call, or until so many events came; returns how many did. */
static unsigned long take(struct c8d_runtime runtime, unsigned long enough)
{
    struct c8d_arrival arrival;
    unsigned long events = 0;

    for (;;) {
        while (runtime.ops->next(runtime.ctx, &arrival)) {
            if (arrival.kind != C8D_ARRIVAL_EVENT)
                return events;
            if (++events == enough)
                return events;
        }
        runtime.ops->wait(runtime.ctx, NULL, 0, SECOND);
    }
}

static void call(struct c8d_runtime runtime, enum c8d_call_kind kind)
{
    const struct c8d_call what = {
        .kind = kind, .token = 1 + (uint64_t)kind, .deadline_ns = C8D_NO_DEADLINE - 1};

    if (runtime.ops->submit(runtime.ctx, &what, NULL) != C8D_OK)
        exit(1);
}

int main(int argc, char **argv)
{
    struct c8d_remote_options remote = {.size = sizeof(remote), .transport = test_transport()};
    struct c8d_error err = {0};
    struct c8d_runtime runtime;
    struct timespec begin;
    struct timespec end;
    unsigned long events;
    char address[96];
    double seconds;
    double cpu;
    pid_t server;

    if (argc > 1)
        wanted = strtoul(argv[1], NULL, 10);
    server = serve(address);
    remote.address = (struct c8d_str){address, strlen(address)};
    remote.namespace_ = (struct c8d_str){"bench", 5};
    if (c8d_remote_new(&remote, &runtime, &err) != C8D_OK) {
        fprintf(stderr, "events_bench: %s\n", err.message);
        return 1;
    }
    call(runtime, C8D_CALL_SUBSCRIBE);
    (void)take(runtime, 0);
    call(runtime, C8D_CALL_VERSION);
    cpu = measure_cpu_ns();
    clock_gettime(CLOCK_MONOTONIC, &begin);
    events = take(runtime, wanted);
    clock_gettime(CLOCK_MONOTONIC, &end);
    cpu = measure_cpu_ns() - cpu;
    seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    printf("%-7s events: %.0f thousand/s, CPU %.0f ns each (%.0f thousand/s of it)\n",
           c8d_transport_name(remote.transport), (double)events / seconds / 1e3, cpu / (double)events,
           (double)events / cpu * 1e6);
    runtime.ops->destroy(runtime.ctx);
    (void)kill(server, SIGKILL);
    (void)waitpid(server, NULL, 0);
    (void)unlink(address);
    *strrchr(address, '/') = '\0';
    (void)rmdir(address);
    return 0;
}
