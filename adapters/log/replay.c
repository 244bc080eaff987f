/* SPDX-License-Identifier: Apache-2.0 */
/* The replay: records into what the model is given, and what is counted of them. */
#include "replay.h"

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
    c8d__crew_free(replay);
    c8d__store_free(replay);
    heap->release(heap->ctx, replay->partial.bytes, replay->partial.capacity);
    heap->release(heap->ctx, replay, sizeof(*replay));
}

/* The first event says what log this is. What another program wrote into it later cannot be read, even if it
 * has a form that is known. */
static void detect(struct c8d_replay *replay, enum c8d_line_verdict verdict, enum c8d_log_format format)
{
    if (verdict == C8D_LINE_EVENT || verdict == C8D_LINE_INPUT || format == C8D_LOG_C8D)
        replay->format = format;
}

enum c8d_line_verdict c8d__read_text(enum c8d_log_format format, struct c8d_str text,
                                     struct c8d__recent *recent, struct c8d_log_record *record)
{
    if (text.len > C8D__RECORD_BYTES_MAX) {
        *record = (struct c8d_log_record){.format = format};
        return C8D_LINE_MALFORMED;
    }
    if (format == C8D_LOG_CTR && c8d__read_common_ctr(text, recent, record))
        return C8D_LINE_EVENT;
    return c8d_log_read_line(format, text, record);
}

enum c8d_line_verdict c8d__read_record(struct c8d_replay *replay, struct c8d_str text,
                                       struct c8d_log_record *record)
{
    enum c8d_line_verdict verdict = c8d__read_text(replay->format, text, &replay->recent, record);

    if (replay->format == C8D_LOG_AUTO)
        detect(replay, verdict, record->format);
    return verdict;
}

static void take_event(struct c8d_replay *replay, enum c8d_line_verdict verdict,
                       const struct c8d_log_record *record)
{
    replay->summary.events++;
    replay->time_ns = record->time_ns;
    replay->failure =
        verdict == C8D_LINE_EVENT ? c8d__replay_event(replay, record) : c8d__replay_input(replay, record);
}

void c8d__replay_judged(struct c8d_replay *replay, enum c8d_line_verdict verdict,
                        const struct c8d_log_record *record, bool is_unfinished)
{
    c8d__forget_old(replay, replay->line);
    replay->order = 2 * replay->line + 1;
    if (replay->failure != C8D_OK)
        return;
    if (verdict == C8D_LINE_EVENT || verdict == C8D_LINE_INPUT) {
        take_event(replay, verdict, record);
    } else if (verdict == C8D_LINE_IGNORED) {
        replay->summary.ignored++;
    } else {
        replay->summary.malformed++;
        c8d__tell_line(replay, is_unfinished ? C8D_LINE_TRUNCATED : C8D_LINE_MALFORMED);
    }
}

void c8d__replay_record(struct c8d_replay *replay, struct c8d_str text, bool is_unfinished)
{
    struct c8d_log_record record;

    if (replay->crew != NULL)
        c8d__crew_take(replay, text, is_unfinished);
    else
        c8d__replay_judged(replay, c8d__read_record(replay, text, &record), &record, is_unfinished);
}

enum c8d_status c8d_replay_finish(struct c8d_replay *replay, struct c8d_replay_summary *out)
{
    if (replay->failure == C8D_OK)
        c8d__replay_last_line(replay);
    if (replay->failure == C8D_OK)
        replay->failure = replay->crew != NULL ? c8d__crew_finish(replay) : c8d__give_all_runs(replay);
    *out = replay->summary;
    return replay->failure;
}

enum c8d_status c8d_replay_set_jobs(struct c8d_replay *replay, unsigned jobs)
{
    /* Steps are told as they happen. */
    if (jobs <= 1 || replay->sink.step != NULL || replay->crew != NULL)
        return C8D_OK;
    return c8d__crew_new(replay, jobs < C8D_REPLAY_JOBS_MAX ? jobs : C8D_REPLAY_JOBS_MAX);
}
