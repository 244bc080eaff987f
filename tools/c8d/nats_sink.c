/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recording in a stream of a NATS server.
 *
 * A message has an id of its own, so that one which is sent again, because its acknowledgement was lost, is
 * not stored twice. What cannot be stored within half a minute ends the recording.
 */
#include "nats_sink.h"
#include "c8d.h"
#include "link.h"
#include "nats_link.h"
#include "nats_subject.h"
#include "options.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_NS (INT64_C(30) * 1000 * 1000 * 1000)
#define AGAIN_US 200000
#define ID_BYTES 64

struct c8d__nats_sink {
    struct c8d__nats_wish wish;
    struct c8d__nats_link link;
    char host[C8D__TOKEN_BYTES_MAX + 1];
    int64_t begun_ns; /* wall clock, with the pid a name for this recorder */
    uint64_t frames;
};

/* ---- options
 * -------------------------------------------------------------------------------------------------- */

enum { OPTION_HOST = 0x540 };

static struct {
    struct c8d__nats_wish wish;
    const char *host;
} wished = {.wish = C8D__NATS_WISH_DEFAULT};

static const struct argp_option option_list[] = {
    {"host", OPTION_HOST, "NAME", 0, "NATS: this host's name in the stream [its own]", 3},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &wished.wish;
        return 0;
    case OPTION_HOST:
        if (*value == '\0' || strlen(value) > C8D__TOKEN_BYTES_MAX)
            return c8d__refuse(state, "not a host's name: '%s'", value);
        wished.host = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{.argp = &c8d__nats_argp}, {0}};

const struct argp c8d__nats_sink_argp = {.options = option_list, .parser = parse, .children = children};

/* ---- frames
 * --------------------------------------------------------------------------------------------------- */

static natsStatus publish(struct c8d__nats_sink *sink, const char *subject, const char *id, const char *bytes,
                          size_t length)
{
    jsPubOptions options;
    jsErrCode error = 0;
    natsStatus status = jsPubOptions_Init(&options);

    if (status != NATS_OK)
        return status;
    options.MsgId = id;
    options.ExpectStream = sink->wish.stream;
    return js_Publish(NULL, sink->link.jetstream, subject, bytes, (int)length, &options, &error);
}

/* Sends one message until the server has it. @return 0, or an errno value. */
static int store(struct c8d__nats_sink *sink, unsigned partition, const struct c8d__subject_names *names,
                 const char *bytes, size_t length)
{
    char subject[C8D__SUBJECT_BYTES];
    char id[ID_BYTES];
    int64_t begin = c8d__monotonic_ns();

    if (!c8d__subject_write(sink->wish.prefix, partition, names, subject))
        return ENAMETOOLONG;
    snprintf(id, sizeof(id), "%" PRIx64 "-%lx-%" PRIx64 "-%x", (uint64_t)sink->begun_ns,
             (unsigned long)getpid(), sink->frames, partition);
    while (publish(sink, subject, id, bytes, length) != NATS_OK) {
        if (c8d__monotonic_ns() - begin > PATIENCE_NS)
            return ETIMEDOUT;
        usleep(AGAIN_US);
    }
    return 0;
}

/* A header says nothing: what is in a stream are single frames. */
static int take_frame(void *user, const char *bytes, size_t length, const struct c8d_log_record *record)
{
    struct c8d__nats_sink *sink = user;
    struct c8d__subject_names names = {.host = c8d__str(sink->host)};
    int error = 0;

    if (record == NULL)
        return 0;
    sink->frames++;
    names.namespace_ = record->namespace_;
    if (record->input.region == C8D_REGION_CONNECTION) {
        for (unsigned partition = 0; partition < sink->wish.partitions && error == 0; partition++)
            error = store(sink, partition, &names, bytes, length);
        return error;
    }
    names.container = record->container;
    return store(sink, c8d__partition_of(&names, sink->wish.partitions), &names, bytes, length);
}

/* Each frame was acknowledged. */
static int finish(void *user)
{
    (void)user;
    return 0;
}

struct c8d_recorder_sink c8d__nats_recorder_sink(struct c8d__nats_sink *sink)
{
    return (struct c8d_recorder_sink){.frame = take_frame, .finish = finish, .user = sink};
}

/* ---- opening
 * -------------------------------------------------------------------------------------------------- */

static bool set_host(struct c8d__nats_sink *sink)
{
    if (wished.host != NULL) {
        snprintf(sink->host, sizeof(sink->host), "%s", wished.host);
        return true;
    }
    if (gethostname(sink->host, sizeof(sink->host) - 1) == 0 && sink->host[0] != '\0')
        return true;
    c8d__fail("record: this host has no name: give one with --host");
    return false;
}

struct c8d__nats_sink *c8d__nats_sink_open(const char *url)
{
    struct c8d__nats_sink *sink = calloc(1, sizeof(*sink));
    struct timespec now = {0};

    if (sink == NULL) {
        c8d__fail("record: no memory");
        return NULL;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    sink->begun_ns = now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
    sink->wish = wished.wish;
    sink->wish.url = url;
    if (set_host(sink) && c8d__nats_connect(&sink->link, &sink->wish, "record")) {
        if (c8d__nats_make_stream(&sink->link, &sink->wish, "record"))
            return sink;
        c8d__nats_disconnect(&sink->link);
    }
    free(sink);
    return NULL;
}

void c8d__nats_sink_close(struct c8d__nats_sink *sink)
{
    c8d__nats_disconnect(&sink->link);
    free(sink);
}
