/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recorder: each input of a model is one line, given to the kernel in one write before the input has any
 * consequence. So whatever ends this process, all lines but perhaps the last are whole.
 */
#include "frame.h"
#include <c8d/error.h>
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_SECOND INT64_C(1000000000)

struct c8d_recorder {
    const struct c8d_allocator *allocator;
    struct c8d_recorder_sink sink;
    int fd;      /* of the sink that is a descriptor */
    int failure; /* errno of the first failure; 0 = none */
};

/* ---- the sink that is a descriptor
 * ----------------------------------------------------------------------------- */

static int write_to_fd(void *user, const char *bytes, size_t length, const struct c8d_log_record *record)
{
    const struct c8d_recorder *recorder = user;
    size_t written = 0;

    (void)record;
    while (written < length) {
        ssize_t n = write(recorder->fd, bytes + written, length - written);

        if (n > 0)
            written += (size_t)n;
        else if (n == 0)
            return EIO;
        else if (errno != EINTR)
            return errno;
    }
    return 0;
}

/* Pipes and terminals cannot be flushed; there is nothing to be lost in them. */
static int flush_fd(void *user)
{
    const struct c8d_recorder *recorder = user;

    return fsync(recorder->fd) != 0 && errno != EINVAL && errno != EROFS ? errno : 0;
}

/* ---- frames
 * --------------------------------------------------------------------------------------------------- */

/* A line that is not written to its end makes all after it unreadable, so nothing follows it. */
static void give(struct c8d_recorder *recorder, const struct c8d__frame *frame,
                 const struct c8d_log_record *record)
{
    if (recorder->failure == 0)
        recorder->failure = recorder->sink.frame(recorder->sink.user, frame->bytes, frame->length, record);
}

static int64_t wall_clock(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

static void begin(struct c8d_recorder *recorder, bool resumed)
{
    const struct c8d_log_record record = {
        .input = {.region = C8D_REGION_CONNECTION, .symbol = C8D_SYM_STREAM_ENDED},
        .resumed = true,
        .time_ns = wall_clock(),
    };
    struct c8d__frame frame;

    if (resumed)
        c8d__frame_input(&frame, &record);
    else
        c8d__frame_header(&frame);
    give(recorder, &frame, resumed ? &record : NULL);
}

enum c8d_status c8d_recorder_status(const struct c8d_recorder *recorder, struct c8d_error *err)
{
    char reason[128];

    if (recorder->failure == 0)
        return C8D_OK;
    return c8d_error_set_origin(err, C8D_REMOTE, C8D_ORIGIN_ERRNO, recorder->failure,
                                "cannot write the recording: %s",
                                strerror_r(recorder->failure, reason, sizeof(reason)));
}

/* `sink` NULL: the descriptor. */
static enum c8d_status make(const struct c8d_recorder_sink *sink, int fd, bool resumed,
                            const struct c8d_allocator *allocator, struct c8d_recorder **out,
                            struct c8d_error *err)
{
    const struct c8d_allocator *heap = allocator != NULL ? allocator : c8d_allocator_default();
    struct c8d_recorder *recorder = heap->allocate(heap->ctx, sizeof(*recorder));
    enum c8d_status status;

    if (recorder == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for a recorder");
    *recorder = (struct c8d_recorder){.allocator = heap, .fd = fd};
    recorder->sink =
        sink != NULL ? *sink
                     : (struct c8d_recorder_sink){.frame = write_to_fd, .finish = flush_fd, .user = recorder};
    begin(recorder, resumed);
    status = c8d_recorder_status(recorder, err);
    if (status != C8D_OK)
        heap->release(heap->ctx, recorder, sizeof(*recorder));
    else
        *out = recorder;
    return status;
}

enum c8d_status c8d_recorder_new(int fd, const struct c8d_allocator *allocator, struct c8d_recorder **out,
                                 struct c8d_error *err)
{
    return make(NULL, fd, false, allocator, out, err);
}

enum c8d_status c8d_recorder_new_on(const struct c8d_recorder_sink *sink, bool resumed,
                                    const struct c8d_allocator *allocator, struct c8d_recorder **out,
                                    struct c8d_error *err)
{
    return make(sink, -1, resumed, allocator, out, err);
}

size_t c8d_recording_header(char *out)
{
    struct c8d__frame header;

    c8d__frame_header(&header);
    memcpy(out, header.bytes, header.length);
    return header.length;
}

/* A tap shows the result of a kill as a KILL that was accepted and asks for no kill. */
static bool is_result_of_kill(const struct c8d_input *input, const struct c8d_actions *result)
{
    if (input->symbol != C8D_SYM_KILL || result->outcome != C8D_ACCEPTED)
        return false;
    for (uint32_t i = 0; i < result->count; i++) {
        if (result->items[i].kind == C8D_ACTION_COMMAND && result->items[i].what == C8D_COMMAND_KILL)
            return false;
    }
    return true;
}

void c8d_recorder_input(void *user, const struct c8d_input *input, struct c8d_str namespace_,
                        struct c8d_str container, struct c8d_str process, const struct c8d_actions *result)
{
    struct c8d_recorder *recorder = user;
    struct c8d__frame frame;
    const struct c8d_log_record record = {
        .input = *input,
        .outcome = (enum c8d_outcome)result->outcome,
        .killed = is_result_of_kill(input, result),
        .namespace_ = namespace_,
        .container = container,
        .process = process,
        .time_ns = wall_clock(),
    };

    c8d__frame_input(&frame, &record);
    give(recorder, &frame, &record);
}

enum c8d_status c8d_recorder_free(struct c8d_recorder *recorder, struct c8d_error *err)
{
    const struct c8d_allocator *heap;
    enum c8d_status status;

    if (recorder == NULL)
        return C8D_OK;
    if (recorder->failure == 0)
        recorder->failure = recorder->sink.finish(recorder->sink.user);
    status = c8d_recorder_status(recorder, err);
    heap = recorder->allocator;
    heap->release(heap->ctx, recorder, sizeof(*recorder));
    return status;
}
