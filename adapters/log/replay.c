/* SPDX-License-Identifier: Apache-2.0 */
/* The replay: bytes into lines, lines into what the model is given. */
#include "replay.h"
#include <string.h>

#define LINE_BYTES_MAX ((size_t)1 << 20)
#define FIRST_PARTIAL_BYTES 4096

enum c8d_status c8d_replay_new(enum c8d_log_format format, const struct c8d_replay_sink *sink,
                               const struct c8d_allocator *allocator, struct c8d_replay **out)
{
    const struct c8d_allocator *heap = allocator != NULL ? allocator : c8d_allocator_default();
    struct c8d_replay *replay = heap->allocate(heap->ctx, sizeof(*replay));
    enum c8d_status status;

    if (replay == NULL)
        return C8D_EXHAUSTED;
    *replay = (struct c8d_replay){.allocator = heap, .sink = *sink, .format = format};
    status = c8d__store_new(replay);
    if (status != C8D_OK)
        heap->release(heap->ctx, replay, sizeof(*replay));
    else
        *out = replay;
    return status;
}

void c8d_replay_free(struct c8d_replay *replay)
{
    const struct c8d_allocator *heap;

    if (replay == NULL)
        return;
    heap = replay->allocator;
    c8d__store_free(replay);
    heap->release(heap->ctx, replay->partial, replay->partial_capacity);
    heap->release(heap->ctx, replay, sizeof(*replay));
}

/* ---- one line
 * ------------------------------------------------------------------------------------------------- */

static void take_line(struct c8d_replay *replay, struct c8d_str line, bool is_unfinished)
{
    struct c8d_log_record record;
    enum c8d_line_verdict verdict = C8D_LINE_MALFORMED;

    replay->summary.lines++;
    if (line.len <= LINE_BYTES_MAX)
        verdict = c8d_log_read_line(replay->format, line, &record);
    switch (verdict) {
    case C8D_LINE_EVENT:
        replay->summary.events++;
        replay->time_ns = record.time_ns;
        replay->failure = c8d__replay_event(replay, &record.event);
        break;
    case C8D_LINE_INPUT:
        replay->summary.events++;
        replay->time_ns = record.time_ns;
        replay->failure = c8d__replay_input(replay, &record);
        break;
    case C8D_LINE_IGNORED:
        replay->summary.ignored++;
        break;
    default:
        replay->summary.malformed++;
        c8d__tell_line(replay, is_unfinished ? C8D_LINE_TRUNCATED : C8D_LINE_MALFORMED);
        break;
    }
}

/* ---- lines out of pieces
 * -------------------------------------------------------------------------------------- */

static bool reserve_partial(struct c8d_replay *replay, size_t length)
{
    const struct c8d_allocator *heap = replay->allocator;
    size_t capacity = replay->partial_capacity != 0 ? replay->partial_capacity : FIRST_PARTIAL_BYTES;
    char *grown;

    if (length <= replay->partial_capacity)
        return true;
    while (capacity < length)
        capacity *= 2;
    grown = heap->allocate(heap->ctx, capacity);
    if (grown == NULL)
        return false;
    if (replay->partial_length > 0)
        memcpy(grown, replay->partial, replay->partial_length);
    heap->release(heap->ctx, replay->partial, replay->partial_capacity);
    replay->partial = grown;
    replay->partial_capacity = capacity;
    return true;
}

/* Of a line that is too long to be read only that is kept. */
static enum c8d_status keep(struct c8d_replay *replay, const char *bytes, size_t length)
{
    if (length > LINE_BYTES_MAX || replay->partial_length + length > LINE_BYTES_MAX)
        replay->partial_is_too_long = true;
    if (replay->partial_is_too_long || length == 0)
        return C8D_OK;
    if (!reserve_partial(replay, replay->partial_length + length))
        return C8D_EXHAUSTED;
    memcpy(replay->partial + replay->partial_length, bytes, length);
    replay->partial_length += length;
    return C8D_OK;
}

static void take_partial(struct c8d_replay *replay, bool is_unfinished)
{
    struct c8d_str line = {replay->partial,
                           replay->partial_is_too_long ? LINE_BYTES_MAX + 1 : replay->partial_length};

    take_line(replay, line, is_unfinished);
    replay->partial_length = 0;
    replay->partial_is_too_long = false;
}

static bool has_partial(const struct c8d_replay *replay)
{
    return replay->partial_length > 0 || replay->partial_is_too_long;
}

enum c8d_status c8d_replay_feed(struct c8d_replay *replay, const void *data, size_t length)
{
    const char *p = data;
    const char *end = p + length;

    while (p < end && replay->failure == C8D_OK) {
        const char *line_end = memchr(p, '\n', (size_t)(end - p));
        size_t rest = (size_t)((line_end != NULL ? line_end : end) - p);

        if (line_end != NULL && !has_partial(replay)) {
            take_line(replay, (struct c8d_str){p, rest}, false);
        } else {
            replay->failure = keep(replay, p, rest);
            if (line_end != NULL && replay->failure == C8D_OK)
                take_partial(replay, false);
        }
        p += rest + (line_end != NULL);
    }
    return replay->failure;
}

enum c8d_status c8d_replay_finish(struct c8d_replay *replay, struct c8d_replay_summary *out)
{
    if (replay->failure == C8D_OK && has_partial(replay))
        take_partial(replay, true);
    if (replay->failure == C8D_OK)
        replay->failure = c8d__give_all_runs(replay);
    *out = replay->summary;
    return replay->failure;
}
